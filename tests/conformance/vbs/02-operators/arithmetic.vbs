Echo 1 + 2, 5 - 7, 3 * 4, 7 / 2, 7 \ 2, 7 Mod 3, 2 ^ 10
' expect: 3 -2 12 3.5 3 1 1024
Echo -7 \ 2, -7 Mod 3, 7 Mod -3, 2.5 \ 1, 3.5 \ 1, 11.7 Mod 4
' expect: -3 -1 1 2 4 0
Echo 2 + 3 * 4, (2 + 3) * 4, 2 ^ 3 ^ 2, -2 ^ 2, 10 - 3 - 2
' expect: 14 20 64 4 5
Echo 10 \ 3 * 2, 10 / 2 \ 2, 7 Mod 4 * 2, 2 ^ -1
' expect: 1 2 7 0.5
Echo "a" & 1 + 2 & "b"
' expect: a3b
Echo TypeName(1 + 1), TypeName(32767 + 1), TypeName(2147483647 + 1), TypeName(1 / 1), TypeName(1 + 1.5)
' expect: Integer Long Double Double Double
Echo TypeName(CByte(1) + CByte(1)), CByte(255) + CByte(1), TypeName(CByte(255) + CByte(1))
' expect: Byte 256 Integer
Echo TypeName(CCur(1) + 1), TypeName(CCur(1) * 1.5), TypeName(CSng(1) + 1), TypeName(CSng(1) + CLng(1))
' expect: Currency Double Single Double
Echo TypeName(#1/1/2000# + 1), #1/1/2000# + 1, #1/3/2000# - #1/1/2000#, TypeName(#1/3/2000# - #1/1/2000#)
' expect: Date 1/2/2000 2 Double
Echo "3" + 4, "3" + "4", "3" * "4", TypeName("3" * "4")
' expect: 7 34 12 Double
Echo True + 1, True + True, TypeName(True + True), Empty + 1, Empty & "x"
' expect: 0 -2 Integer 1 x
Echo TypeName(Null + 1), TypeName(Null & "x"), TypeName(Null & Null)
' expect: Null String Null
Echo 5 \ 2, TypeName(5 \ 2), TypeName(5.0 \ 2), TypeName(32768 Mod 7)
' expect: 2 Integer Long Long
Echo -(-32767 - 1), TypeName(-CInt(-32768)), -True
' expect: 32768 Long 1
Echo 0.1 + 0.2, 1/3, 1e15, 123456789012345, 1e-5, 100000 * 100000
' expect: 0.3 0.333333333333333 1E+15 123456789012345 0.00001 10000000000
