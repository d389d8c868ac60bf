#!/usr/bin/env -S surrogate-cscript //nologo
' CSV from standard input as a table, numbers to the right:
'
'   surrogate-cscript //nologo csv-table.vbs < prices.csv
Option Explicit

Dim fields, number, rows(), widths(), count, line, i
Set fields = New RegExp
fields.Global = True
fields.Pattern = "(""([^""]|"""")*""|[^,]*)(,|$)"
Set number = New RegExp
number.Pattern = "^-?\d+(\.\d+)?$"

ReDim widths(0)
Do Until WScript.StdIn.AtEndOfStream
    line = WScript.StdIn.ReadLine
    If line <> "" Then
        ReDim Preserve rows(count)
        rows(count) = Split(Cells(line), vbNullChar)
        Measure rows(count)
        count = count + 1
    End If
Loop
For i = 0 To count - 1
    WScript.Echo Drawn(rows(i))
    If i = 0 Then WScript.Echo Ruler()
Next

' The cells of a line with vbNullChar between them.
Function Cells(line)
    Dim match, text
    For Each match In fields.Execute(line)
        text = match.SubMatches(0)
        If Left(text, 1) = """" Then text = Replace(Mid(text, 2, Len(text) - 2), """""", """")
        Cells = Cells & text
        If match.SubMatches(2) = "" Then Exit Function
        Cells = Cells & vbNullChar
    Next
End Function

Sub Measure(cells)
    Dim i
    If UBound(cells) > UBound(widths) Then ReDim Preserve widths(UBound(cells))
    For i = 0 To UBound(cells)
        If Len(cells(i)) > widths(i) Then widths(i) = Len(cells(i))
    Next
End Sub

Function Drawn(cells)
    Dim i, pad
    For i = 0 To UBound(cells)
        pad = Space(widths(i) - Len(cells(i)))
        If number.Test(cells(i)) Then
            Drawn = Drawn & pad & cells(i) & "  "
        Else
            Drawn = Drawn & cells(i) & pad & "  "
        End If
    Next
    Drawn = RTrim(Drawn)
End Function

Function Ruler()
    Dim width
    For Each width In widths
        Ruler = Ruler & String(width, "-") & "  "
    Next
    Ruler = RTrim(Ruler)
End Function
