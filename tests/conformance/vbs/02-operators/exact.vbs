' Currency, Decimal and LongLong are exact; where they end is error 6.
Dim d, w, c
c = CCur("922337203685477.5807")
Echo c, c - CCur("0.0001"), CCur("0.1") + CCur("0.2") = CCur("0.3"), CCur(1.5) * CCur("2.2222"), CCur("0.0003") * CCur(0.5)
' expect: 922337203685477.5807 922337203685477.5806 True 3.3333 0.0002
Echo TypeName(CCur(10) / 4), CCur(10) / 4, CCur("123.45") \ 10, CCur(7.5) Mod 4, -CCur("1.25"), Abs(CCur("-1.25")), Int(CCur("-1.25")), Fix(CCur("-1.25")), Round(CCur("1.125"), 2)
' expect: Double 2.5 12 0 -1.25 1.25 -2 -1 1.12
d = Typed(14, "79228162514264337593543950335")
Echo TypeName(d), d, d - 1, Typed(14, "0.1") + Typed(14, "0.2"), Typed(14, 1) / 3, d = d - 1, d > d - 1
' expect: Decimal 79228162514264337593543950335 79228162514264337593543950334 0.3 0.3333333333333333333333333333 False True
Echo Typed(14, "1.10") * 2, Typed(14, "-2.5") \ 1, -Typed(14, "2.5"), Abs(Typed(14, "-2.5")), Int(Typed(14, "-2.5")), Fix(Typed(14, "-2.5")), Round(Typed(14, "2.5")), Sgn(Typed(14, "-0.1")), CDbl(Typed(14, "0.5")), CCur(Typed(14, "1.00005"))
' expect: 2.2 -2 -2.5 2.5 -3 -2 2 -1 0.5 1
Echo Typed(14, "1") = 1, Typed(14, "1.50") = CCur(1.5), Typed(14, "0.1") = 0.1, Typed(14, "2") > "1", TypeName(Typed(14, 5) + 0.25), VarType(d)
' expect: True True True True Decimal 14
w = Typed(20, "9223372036854775807")
Echo TypeName(w), w, w - 1, w > w - 1, w = w - 1, TypeName(w + 1), TypeName(w + CByte(0)), Typed(20, 7) \ 2, Typed(20, 7) Mod 4, -Typed(20, 7), Typed(20, 5) And 4, VarType(w)
' expect: LongLong 9223372036854775807 9223372036854775806 True False Double LongLong 3 3 -7 4 20
' What components return beside the subtypes of the language.
Echo TypeName(Typed(16, 5)), TypeName(Typed(18, 5)), TypeName(Typed(19, 5)), TypeName(Typed(22, 5)), TypeName(Typed(19, "4000000000")), Typed(19, "4000000000")
' expect: Integer Long Long Long Double 4000000000
Echo CByte(True), CInt(True), CCur(True), CLng("&HFFFF&"), CInt("&HFFFF"), CLng("&HFFFFFFFF"), CDbl("&HFF"), CLng("&o17")
' expect: 255 -1 -1 65535 -1 -1 255 15
Echo CByte(0.5), CByte(1.5), CByte(254.5), CInt(-0.5), CInt(-1.5), CLng(2.5), CLng("3.5"), CCur("0.00005"), CCur("0.00015"), CInt(CCur(2.5)), CLng(Typed(14, "3.5"))
' expect: 0 2 254 0 -2 2 4 0 0.0002 2 4
Echo CByte(200) + CByte(100), TypeName(CByte(200) + CByte(100)), TypeName(CByte(2) + CByte(1)), TypeName(CByte(1) - CByte(2)), 32767 + 1, TypeName(32767 + 1), TypeName(2147483647 + 1), TypeName(CInt(300) * CInt(300))
' expect: 300 Integer Byte Integer 32768 Long Double Long
Echo CSng(1) / 3, CSng(0.1) + CSng(0.2), TypeName(CSng(1e38) * CSng(10)), CSng(16777217), CSng(1) / 3 = 1 / 3
' expect: 0.3333333 0.3 Double 1.677722E+07 False
Echo CCur(1.5) = 1.50001, CCur(1.5) < 1.5001, CCur(1) < 1e300, CCur(-1) > -1e300, CCur(2) = Typed(14, "2.0"), CCur("0.0001") > Typed(14, "0.00009"), Typed(20, 3) < 3.5, Typed(14, 1) < 1e300
' expect: True True True True True True True True
On Error Resume Next
Echo c + CCur("0.0001") : Echo Err.Number : Err.Clear
' expect: 6
Echo c * 2 : Echo Err.Number : Err.Clear
' expect: 6
Echo CCur("-922337203685477.5808") - CCur(1) : Echo Err.Number : Err.Clear
' expect: 6
Echo -CCur("-922337203685477.5808") : Echo Err.Number : Err.Clear
' expect: 6
Echo CCur("922337203685477.5808") : Echo Err.Number : Err.Clear
' expect: 6
Echo d + 1 : Echo Err.Number : Err.Clear
' expect: 6
Echo d / 0 : Echo Err.Number : Err.Clear
' expect: 11
Echo Typed(14, 0) / 0 : Echo Err.Number : Err.Clear
' expect: 6
Echo d \ 1 : Echo Err.Number : Err.Clear
' expect: 6
Echo CCur("x") + 1 : Echo Err.Number : Err.Clear
' expect: 13
Echo CCur(1) + "x" : Echo Err.Number, Err.Description : Err.Clear
' expect: 13 Type mismatch
Echo CByte(255.5) : Echo Err.Number : Err.Clear
' expect: 6
Echo CInt("32767.5") : Echo Err.Number : Err.Clear
' expect: 6
Echo Abs(CInt(-32768)) : Echo Err.Number : Err.Clear
' expect: 6
Echo CDbl("1e400") : Echo Err.Number, IsNumeric("1e400"), IsNumeric("-1e-400") : Err.Clear
' expect: 6 False True
Echo CLng("1e400") : Echo Err.Number : Err.Clear
' expect: 6
Echo "1e400" + 1 : Echo Err.Number : Err.Clear
' expect: 6
