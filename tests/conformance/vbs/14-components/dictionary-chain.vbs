' As many objects in each other as there is memory for: releasing the first releases them all.
Dim first, d, i, ended
Class Link
    Public Held
    Private Sub Class_Terminate
        ended = ended + 1
    End Sub
End Class
For i = 1 To 100000
    Set d = CreateObject("Scripting.Dictionary")
    d.Add "next", first
    Set first = d
Next
Set d = Nothing
Set first = Nothing
Echo "freed"
' expect: freed
For i = 1 To 50000
    Set d = CreateObject("Scripting.Dictionary")
    d.Add "next", Array(first)
    Set first = New Link
    Set first.Held = d
Next
Set d = Nothing
Set first = Nothing
Echo ended
' expect: 50000
