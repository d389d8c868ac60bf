' Counting words in a Dictionary: reading, writing, Exists, and going through the keys.
Sub Main
  Dim d, i, k, hits, sum
  Set d = CreateObject("Scripting.Dictionary")
  For i = 1 To 1000000 \ Parts
    k = "key" & (i Mod 20011)
    If d.Exists(k) Then
      d(k) = d(k) + 1
    Else
      d.Add k, 1
    End If
  Next
  For i = 1 To 300000 \ Parts
    If d.Exists(i Mod 1000) Then hits = hits + 1
    d.Item(i Mod 1000) = i
  Next
  For Each k In d.Keys
    sum = sum + d.Item(k)
  Next
  Echo d.Count & " " & hits & " " & sum
End Sub
Main
