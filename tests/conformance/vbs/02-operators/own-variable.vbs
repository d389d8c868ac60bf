' The variable on the left is also on the right, as the procedure's only, first and last variable.
Function Twice(n)
  Twice = n
  Twice = Twice + n
End Function
Sub Last
  Dim first, x
  x = 5 : x = (x + 1) * x
  Echo x
  ' expect: 30
  x = 5 : x = (x + 1) * (x - 1) + x
  Echo x
  ' expect: 29
  x = "ab" : x = (x & "c") & x
  Echo x
  ' expect: abcab
  x = "ab" : x = UCase(x) & x
  Echo x
  ' expect: ABab
  x = "ab" : x = "-" & UCase(x) & x
  Echo x
  ' expect: -ABab
  x = "heb" : x = Mid(x, 2) & x & Len(x)
  Echo x
  ' expect: ebheb3
  x = 3 : x = Abs(-1) + x
  Echo x
  ' expect: 4
  x = 3 : x = -x + x * x
  Echo x
  ' expect: 6
  x = 3 : x = Not (x = 4) And x
  Echo x
  ' expect: 3
  x = 3 : x = Twice(x) + x
  Echo x
  ' expect: 9
  x = 3 : x = (x > 2) = (x < 4)
  Echo x
  ' expect: True
  x = 7 : x = x \ 2 + x Mod 4
  Echo x
  ' expect: 6
  x = Array(4, 5) : x = x(0) + x(1)
  Echo x
  ' expect: 9
End Sub
Sub Only
  Dim x
  x = 5 : x = (x + 1) * x - x
  Echo x
  ' expect: 25
End Sub
Sub Parameter(x)
  x = (x + 1) * x
  Echo x
  ' expect: 30
End Sub
Function Result
  Result = 5
  Result = (Result + 1) * Result
End Function
Last
Only
Dim y
y = 5 : Parameter y
y = 5 : y = (y + 1) * y
Echo y, Result
' expect: 30 30
