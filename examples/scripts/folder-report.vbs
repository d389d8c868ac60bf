#!/usr/bin/env -S surrogate-cscript //nologo
' What a folder holds: files and bytes by extension, the largest first.
'
'   surrogate-cscript //nologo folder-report.vbs [/top:N] FOLDER ...
Option Explicit

Dim fso, counts, bytes, folder
Set fso = CreateObject("Scripting.FileSystemObject")
Set counts = CreateObject("Scripting.Dictionary")
Set bytes = CreateObject("Scripting.Dictionary")
counts.CompareMode = vbTextCompare
bytes.CompareMode = vbTextCompare

If WScript.Arguments.Unnamed.Count = 0 Then
    WScript.StdErr.WriteLine "usage: " & WScript.ScriptName & " [/top:N] FOLDER ..."
    WScript.Quit 1
End If
For Each folder In WScript.Arguments.Unnamed
    If Not fso.FolderExists(folder) Then
        WScript.StdErr.WriteLine folder & " is no folder"
        WScript.Quit 1
    End If
    Collect fso.GetFolder(folder)
Next
Print Sorted(bytes.Keys), Top()

Sub Collect(folder)
    Dim file, below, extension
    For Each file In folder.Files
        extension = fso.GetExtensionName(file.Name)
        If extension = "" Then extension = "(none)"
        counts(extension) = counts(extension) + 1
        bytes(extension) = bytes(extension) + file.Size
    Next
    For Each below In folder.SubFolders
        Collect below
    Next
End Sub

Function Top()
    Top = 10
    If WScript.Arguments.Named.Exists("top") Then Top = CInt(WScript.Arguments.Named("top"))
End Function

' The extensions by the bytes of their files: an insertion sort.
Function Sorted(ByVal names)
    Dim i, k, name
    For i = 1 To UBound(names)
        name = names(i)
        k = i - 1
        Do While k >= 0
            If bytes(names(k)) >= bytes(name) Then Exit Do
            names(k + 1) = names(k)
            k = k - 1
        Loop
        names(k + 1) = name
    Next
    Sorted = names
End Function

Function Padded(text, width)
    Padded = Space(width - Len(Left(text, width))) & text
End Function

Sub Print(names, most)
    Dim i, total
    WScript.Echo Padded("files", 8) & Padded("bytes", 14) & "  extension"
    For i = 0 To UBound(names)
        If i < most Then
            WScript.Echo Padded(counts(names(i)), 8) & _
                Padded(FormatNumber(bytes(names(i)), 0), 14) & "  " & names(i)
        End If
        total = total + bytes(names(i))
    Next
    WScript.Echo Padded(FormatNumber(total, 0), 22) & "  in all"
End Sub
