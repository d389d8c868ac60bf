' Loops over integers, in a procedure.
Sub Main
  Dim i, j, n
  n = 0
  For i = 1 To 3000 \ Parts
    For j = 1 To 3000
      n = n + (j Mod 7)
      If n > 1000000 Then n = n - 1000000
    Next
  Next
  Echo n
End Sub
Main
