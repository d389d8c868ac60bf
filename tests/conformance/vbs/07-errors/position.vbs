Dim a
a = 5

Function Deep(n)
  Deep = n / 0
End Function
Echo "start"
' expect: start
a = Deep(a)
' error: 11 line 5 column 3
