' How numbers become text, and text becomes numbers.
Echo 0.1 + 0.2, 1 / 3, 2 / 3, 1 / 30, 1 / 300, 100 / 3, 1e15, 1e14, 999999999999999, 9999999999999999, 123456789012345678
' expect: 0.3 0.333333333333333 0.666666666666667 3.33333333333333E-02 3.33333333333333E-03 33.3333333333333 1E+15 100000000000000 999999999999999 1E+16 1.23456789012346E+17
Echo 1e20, 1.5e300, 1e-300, -1e-7, 0.00001, 1e-15, 1e-16, -0.0, 4.94065645841247E-324, 1.79769313486231E+308, 0.5, -0.5
' expect: 1E+20 1.5E+300 1E-300 -0.0000001 0.00001 0.000000000000001 1E-16 0 4.94065645841247E-324 1.79769313486231E+308 0.5 -0.5
Echo CSng(0.1), CSng(1) / 3, CSng(1e7), CSng(12345678), CSng(1e-5), CSng(1) / 30, CSng(3.402823E+38), CSng(16777216)
' expect: 0.1 0.3333333 1E+07 1.234568E+07 0.00001 3.333334E-02 3.402823E+38 1.677722E+07
Echo CCur(1.5), CCur("-0.0001"), CCur(1234567.1), CCur("922337203685477.5807"), CCur(0), CCur("-922337203685477.5808")
' expect: 1.5 -0.0001 1234567.1 922337203685477.5807 0 -922337203685477.5808
Echo CDbl(" 12 "), CDbl("1,234.5"), CDbl("1,2,3"), CDbl("(5)"), CDbl("$5"), CDbl("-$5"), CDbl("$-5"), CDbl("5-"), CDbl("+5"), CDbl("1e3"), CDbl("1D-2"), CDbl(".5")
' expect: 12 1234.5 123 -5 5 -5 -5 -5 5 1000 0.01 0.5
Echo CDbl("5."), CDbl("&H10"), CDbl("&o10"), CDbl("&HFFFF"), CLng("&H7FFFFFFF"), CDbl("$(5)"), CDbl("($5)"), CDbl("0.30000000000000004") = 0.1 + 0.2, CDbl("1" & vbTab)
' expect: 5 16 8 65535 2147483647 -5 -5 True 1
Echo IsNumeric("12abc"), IsNumeric("1 2"), IsNumeric("1.2.3"), IsNumeric("--1"), IsNumeric("-(1)"), IsNumeric("(1"), IsNumeric("1)"), IsNumeric("$"), IsNumeric("."), IsNumeric(","), IsNumeric("e5"), IsNumeric("1e"), IsNumeric("&H"), IsNumeric("&HG")
' expect: False False False False False False False False False False False False False False
Echo IsNumeric("1d2"), IsNumeric("1,2,3"), IsNumeric("5."), IsNumeric("$1.5-"), IsNumeric(" ( 5 ) "), IsNumeric("&H1F"), IsNumeric(Empty), IsNumeric(True), IsNumeric(#1/1/2000#), IsNumeric(Null), IsNumeric("")
' expect: True True True True True True True True False False False
