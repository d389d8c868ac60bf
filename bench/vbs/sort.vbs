' Quicksort of an array.
Sub Sort(a, low, high)
  Dim i, j, p, t
  i = low : j = high : p = a((low + high) \ 2)
  Do While i <= j
    Do While a(i) < p : i = i + 1 : Loop
    Do While a(j) > p : j = j - 1 : Loop
    If i <= j Then
      t = a(i) : a(i) = a(j) : a(j) = t
      i = i + 1 : j = j - 1
    End If
  Loop
  If low < j Then Sort a, low, j
  If i < high Then Sort a, i, high
End Sub
Dim a(299999), x, k, last
x = 12345
last = 300000 \ Parts - 1
For k = 0 To last
  x = (x * 1103 + 12345) Mod 65536
  a(k) = x
Next
Sort a, 0, last
Echo a(0) & " " & a(last \ 2) & " " & a(last)
