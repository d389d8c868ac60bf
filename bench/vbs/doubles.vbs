' Arithmetic of doubles, and an array of them: a wave on a string.
Sub Main
  Dim a(1000), v(1000), i, k, sum
  For i = 0 To 1000
    a(i) = Sin(i / 50.0)
    v(i) = 0.0
  Next
  For k = 1 To 2000 \ Parts
    For i = 1 To 999
      v(i) = v(i) * 0.999 + (a(i - 1) + a(i + 1) - 2.0 * a(i)) * 0.25
    Next
    For i = 1 To 999
      a(i) = a(i) + v(i) * 0.5
    Next
  Next
  sum = 0.0
  For i = 0 To 1000
    sum = sum + a(i) * a(i)
  Next
  Echo Int(sum * 1000)
End Sub
Main
