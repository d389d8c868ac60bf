' Literals of every kind.
Echo 1, 32767, 32768, 2147483648, TypeName(32767), TypeName(32768), TypeName(2147483648)
' expect: 1 32767 32768 2147483648 Integer Long Double
Echo &H10, &HFFFF, &HFFFF&, &H7FFF, &O17, TypeName(&HFFFF), TypeName(&H10000)
' expect: 16 -1 65535 32767 15 Integer Long
Echo 1.5, .5, 1e3, 1E-3, TypeName(1e3)
' expect: 1.5 0.5 1000 0.001 Double
Echo "a ""quoted"" b", ""
' expect: a "quoted" b
Echo #1/31/2026#, #2026-01-31 13:05:09#, TypeName(#1/1/2000#)
' expect: 1/31/2026 1/31/2026 1:05:09 PM Date
Echo True, False, TypeName(Null), TypeName(Empty), TypeName(Nothing)
' expect: True False Null Empty Nothing
Echo -1, - 1, -32768, TypeName(-32768)
' expect: -1 -1 -32768 Long
Dim [my name], [dim]
[my name] = 5 : [dim] = 6
Echo [my name] + [dim]
' expect: 11
Echo "a" & _
  "b" & _
  "c"
' expect: abc
Rem a comment
Echo 1 : Rem another
' expect: 1
Echo "ünïcödé", Len("ünïcödé"), Len("😀")
' expect: ünïcödé 7 2
