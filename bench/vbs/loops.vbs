Sub Main
  Dim i, j, n, x
  n = 0 : x = 0.5
  For i = 1 To 3000
    For j = 1 To 3000
      n = n + (j Mod 7)
      x = x * 0.5 + 1.5
    Next
  Next
  Echo n, x
End Sub
Main
