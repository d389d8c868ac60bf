' What the jobs of words.wsf share.
Dim fso
Set fso = CreateObject("Scripting.FileSystemObject")

' The words of a text file, as matches of a regular expression.
Function WordsOf(name)
    Dim pattern, stream
    Set pattern = New RegExp
    pattern.Global = True
    pattern.Pattern = "[A-Za-z]+"
    Set stream = fso.OpenTextFile(name)
    If stream.AtEndOfStream Then
        Set WordsOf = pattern.Execute("")
    Else
        Set WordsOf = pattern.Execute(stream.ReadAll)
    End If
End Function

' The key with the largest number; of several, the first.
Function MostFrequent(counts)
    Dim key, most
    most = 0
    For Each key In counts.Keys
        If counts(key) > most Then
            most = counts(key)
            MostFrequent = key
        End If
    Next
End Function
