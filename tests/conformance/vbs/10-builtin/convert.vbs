Echo CInt(2.5), CInt(3.5), CInt(-2.5), CLng("12"), CDbl("1.5e2"), CStr(1.0), CStr(True), CBool("True"), CBool(5), CByte(200)
' expect: 2 4 -2 12 150 1 True True True 200
Echo CDbl("1,234.5"), CDbl("$5.25"), CDbl("(5)"), CDbl(" 7 "), CLng("&HFF"), CDbl("-3"), CDbl("5-")
' expect: 1234.5 5.25 -5 7 255 -3 -5
Echo CCur(1.23456), TypeName(CCur(1)), CSng(1.1), TypeName(CSng(1)), CDate("1/2/2003"), CDate(1.5), TypeName(CDate(1))
' expect: 1.2346 Currency 1.1 Single 1/2/2003 12/31/1899 12:00:00 PM Date
Echo IsNumeric("12"), IsNumeric("abc"), IsNumeric(""), IsNumeric(Empty), IsNumeric("1e5"), IsNumeric("$1"), IsNumeric(Null), IsNumeric("&H1F")
' expect: True False False True True True False True
Echo IsDate("1/1/2000"), IsDate("abc"), IsDate(#1/1/2000#), IsEmpty(Empty), IsNull(Null), IsObject(Nothing), IsArray(Array())
' expect: True False True True True True True
Echo VarType(Empty), VarType(Null), VarType(1), VarType(100000), VarType(1.5), VarType("a"), VarType(True), VarType(#1/1/2000#), VarType(CCur(1)), VarType(CByte(1)), VarType(Nothing)
' expect: 0 1 2 3 5 8 11 7 6 17 9
Echo vbCrLf = Chr(13) & Chr(10), Len(vbNullChar), vbTextCompare, vbObjectError, vbSunday, vbString
' expect: True 1 1 -2147221504 1 8
Echo TypeName(Hex(10)), 1 & "", 1.10 & "", -0.5 & "", 1e20 & "", 1.23456789012345678 & "", 1e-10 & ""
' expect: String 1 1.1 -0.5 1E+20 1.23456789012346 0.0000000001
On Error Resume Next
Echo CInt("12abc") : Echo Err.Number, Err.Description : Err.Clear
' expect: 13 Type mismatch
Echo CBool("maybe") : Echo Err.Number : Err.Clear
' expect: 13
Echo CDate("not a date") : Echo Err.Number : Err.Clear
' expect: 13
Echo CLng(Array(1)) : Echo Err.Number : Err.Clear
' expect: 13
