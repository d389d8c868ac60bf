' The subtype of each operator's result for each pair of operands: Empty, Byte, bOolean, Integer,
' Long, longlong (W), Single, Double, Currency, deciMal, daTe and teXt, as the documentation and the
' (Empty - 7 is negative: no Byte.)
' automation library's rules of coercion give it. No row is computed by the engine under test.
Dim v(11), letters, i, k, line
v(1) = CByte(7) : v(2) = True : v(3) = 7 : v(4) = CLng(7) : v(5) = Typed(20, 7) : v(6) = CSng(7)
v(7) = 7.0 : v(7) = CDbl(7) : v(8) = CCur(7) : v(9) = Typed(14, 7) : v(10) = CDate(7) : v(11) = "7"
Function Letter(x)
  Select Case TypeName(x)
    Case "Boolean" Letter = "O"
    Case "LongLong" Letter = "W"
    Case "Decimal" Letter = "M"
    Case "Date" Letter = "T"
    Case "String" Letter = "X"
    Case Else Letter = Left(TypeName(x), 1)
  End Select
End Function
Echo "+"
' expect: +
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) + v(k)) : Next : Echo line : Next
' expect: IBIILWSDCMTX
' expect: BBIILWSDCMTD
' expect: IIIILWSDCMTD
' expect: IIIILWSDCMTD
' expect: LLLLLWDDCMTD
' expect: WWWWWWDDCMTD
' expect: SSSSDDSDCMTD
' expect: DDDDDDDDCMTD
' expect: CCCCCCCCCMTC
' expect: MMMMMMMMMMMM
' expect: TTTTTTTTTMTT
' expect: XDDDDDDDCMTX
Echo "-"
' expect: -
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) - v(k)) : Next : Echo line : Next
' expect: IIIILWSDCMTD
' expect: BBIILWSDCMTD
' expect: IIIILWSDCMTD
' expect: IIIILWSDCMTD
' expect: LLLLLWDDCMTD
' expect: WWWWWWDDCMTD
' expect: SSSSDDSDCMTD
' expect: DDDDDDDDCMTD
' expect: CCCCCCCCCMTC
' expect: MMMMMMMMMMMM
' expect: TTTTTTTTTMDT
' expect: DDDDDDDDCMTD
Echo "*"
' expect: *
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) * v(k)) : Next : Echo line : Next
' expect: IBIILWSDCMDD
' expect: BBIILWSDCMDD
' expect: IIIILWSDCMDD
' expect: IIIILWSDCMDD
' expect: LLLLLWDDCMDD
' expect: WWWWWWDDCMDD
' expect: SSSSDDSDDMDD
' expect: DDDDDDDDDMDD
' expect: CCCCCCDDCMDD
' expect: MMMMMMMMMMMM
' expect: DDDDDDDDDMDD
' expect: DDDDDDDDDMDD
Echo "/"
' expect: /
For i = 0 To 11 : line = "" : For k = 1 To 11 : line = line & Letter(v(i) / v(k)) : Next : Echo line : Next
' expect: DDDDDSDDMDD
' expect: DDDDDSDDMDD
' expect: DDDDDSDDMDD
' expect: DDDDDSDDMDD
' expect: DDDDDDDDMDD
' expect: DDDDDDDDMDD
' expect: SSSDDSDDMDD
' expect: DDDDDDDDMDD
' expect: DDDDDDDDMDD
' expect: MMMMMMMMMMM
' expect: DDDDDDDDMDD
' expect: DDDDDDDDMDD
Echo "\"
' expect: \
For i = 0 To 11 : line = "" : For k = 1 To 11 : line = line & Letter(v(i) \ v(k)) : Next : Echo line : Next
' expect: IIILWLLLLLL
' expect: BIILWLLLLLL
' expect: IIILWLLLLLL
' expect: IIILWLLLLLL
' expect: LLLLWLLLLLL
' expect: WWWWWWWWWWW
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
Echo "Mod"
' expect: Mod
For i = 0 To 11 : line = "" : For k = 1 To 11 : line = line & Letter(v(i) Mod v(k)) : Next : Echo line : Next
' expect: IIILWLLLLLL
' expect: BIILWLLLLLL
' expect: IIILWLLLLLL
' expect: IIILWLLLLLL
' expect: LLLLWLLLLLL
' expect: WWWWWWWWWWW
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
' expect: LLLLWLLLLLL
Echo "And"
' expect: And
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) And v(k)) : Next : Echo line : Next
' expect: IIIILWLLLLLL
' expect: IBIILWLLLLLL
' expect: IIOILWLLLLLL
' expect: IIIILWLLLLLL
' expect: LLLLLWLLLLLL
' expect: WWWWWWWWWWWW
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
Echo "Or"
' expect: Or
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) Or v(k)) : Next : Echo line : Next
' expect: IIIILWLLLLLL
' expect: IBIILWLLLLLL
' expect: IIOILWLLLLLL
' expect: IIIILWLLLLLL
' expect: LLLLLWLLLLLL
' expect: WWWWWWWWWWWW
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
Echo "Xor"
' expect: Xor
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) Xor v(k)) : Next : Echo line : Next
' expect: IIIILWLLLLLL
' expect: IBIILWLLLLLL
' expect: IIOILWLLLLLL
' expect: IIIILWLLLLLL
' expect: LLLLLWLLLLLL
' expect: WWWWWWWWWWWW
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
Echo "Eqv"
' expect: Eqv
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) Eqv v(k)) : Next : Echo line : Next
' expect: IIIILWLLLLLL
' expect: IBIILWLLLLLL
' expect: IIOILWLLLLLL
' expect: IIIILWLLLLLL
' expect: LLLLLWLLLLLL
' expect: WWWWWWWWWWWW
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
Echo "Imp"
' expect: Imp
For i = 0 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) Imp v(k)) : Next : Echo line : Next
' expect: IIIILWLLLLLL
' expect: IBIILWLLLLLL
' expect: IIOILWLLLLLL
' expect: IIIILWLLLLLL
' expect: LLLLLWLLLLLL
' expect: WWWWWWWWWWWW
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
' expect: LLLLLWLLLLLL
Echo "^"
' expect: ^
For i = 1 To 11 : line = "" : For k = 0 To 11 : line = line & Letter(v(i) ^ v(k)) : Next : Echo line : Next
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
' expect: DDDDDDDDDDDD
line = "" : For i = 0 To 11 : line = line & Letter(-v(i)) : Next : Echo line
' expect: IIIILWSDCMTD
line = "" : For i = 0 To 11 : line = line & Letter(Not v(i)) : Next : Echo line
' expect: IBOILWLLLLLL
' Null spreads, but where logic is decided without it.
line = "" : For i = 0 To 11 : line = line & IsNull(v(i) + Null) & IsNull(Null - v(i)) & IsNull(v(i) * Null) & IsNull(Null / v(i)) & IsNull(v(i) \ Null) & IsNull(Null Mod v(i)) & IsNull(v(i) ^ Null) & IsNull(v(i) Xor Null) & IsNull(Null Eqv v(i)) & IsNull(v(i) = Null) & IsNull(Null < v(i)) : Next : Echo Replace(line, "True", "")
' expect: 
Echo IsNull(-Null), IsNull(Not Null), IsNull(Null & Null), Null & "a", IsNull(Null And 1), Null And 0, False And Null, IsNull(True And Null), Null Or 5, True Or Null, IsNull(False Or Null)
' expect: True True True a True 0 False True 5 True True
Echo Null Imp True, IsNull(Null Imp False), False Imp Null, IsNull(True Imp Null), Null Imp 3, IsNull(-1 Imp Null), 1 Imp Null, IsNull(Null Imp Null)
' expect: True True True True 3 True -2 True
