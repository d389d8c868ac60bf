' Which arguments the functions take, which subtype they answer with, and how they fail.
Option Explicit
Dim failures
' Fails(code): the number of the error of a piece of code, 0 when it has none.
Function Fails(code)
  Dim x
  On Error Resume Next
  x = Empty
  Execute "x = " & code
  Fails = Err.Number
End Function
Class Box
  Public Item
  Public Default Property Get Value
    Value = Item
  End Property
End Class
Class Bare
End Class
Dim b : Set b = New Box : b.Item = 2.5
Echo CInt(b), Fix(b), Int(b), Round(b), CStr(b), CByte(b), Abs(b), Hex(b), Chr(b * 26)
' expect: 2 2 2 2 2.5 2 2.5 2 A
Echo Fails("CInt(""TRUE"")"), Fails("CByte(""#True#"")"), Fails("CDbl(""False"")"), Fails("CCur(""True"")"), Fails("CBool("""")"), Fails("CLng("""")"), Fails("CDate("""")"), Fails("CStr(Null)"), Fails("CDate(Null)"), Fails("CInt(Nothing)"), Fails("CInt(New Bare)"), Fails("CLng(Array(1))")
' expect: 13 13 13 13 13 13 13 94 94 91 438 13
Echo CBool("true"), CBool("FALSE"), CBool("#TRUE#"), CBool("#false#"), CBool("0.0"), CBool("-1"), CBool(0.1), CBool(Empty)
' expect: True False True False False True True False
Echo TypeName(Round(3)), TypeName(Round(3.3)), TypeName(Round("2")), TypeName(Round(True)), Round(True), TypeName(Round(Empty)), TypeName(Round(CCur(1))), TypeName(Round(CSng(1.5))), TypeName(Round(Null)), Round(2.5), Round(3.5), Round(-2.5), Round(2.345, 1), Round(0.125, 2)
' expect: Integer Double Double Boolean True Integer Currency Single Null 2 4 -2 2.3 0.12
Echo Fails("Round(1, -1)"), Fails("Round(""x"")"), Fails("Round(1, Null)"), Fails("Abs(""x"")"), Fails("Sqr(-1)"), Fails("Log(0)"), Fails("Exp(1000)"), Fails("Sgn(Null)"), Fails("Sin(Null)"), Fails("Int(""x"")"), Fails("Tan(""x"")")
' expect: 5 13 94 13 5 5 6 94 94 13 13
Echo Abs(True), Abs(Empty), TypeName(Abs("-1")), IsNull(Abs(Null)), Int(True), TypeName(Fix(True)), TypeName(Int(CSng(1.5))), Int(-1.5), Fix(-1.5), TypeName(Fix(CCur(-0.99))), Fix(CCur(-0.99)), Int(CCur(-0.99)), TypeName(Int(#1/1/2000 6:00:00 AM#)), Sgn("-3"), Sgn(True), TypeName(Sqr(4))
' expect: 1 0 Double True -1 Integer Single -2 -1 Currency 0 -1 Date -1 -1 Double
Echo Hex(-1), Hex(-32767), Hex(-32768), Hex(-934859845), Hex("17"), Hex(228.5), Hex(2147483647.49), IsNull(Hex(Null)), Oct(-1), Oct(9.5), Oct(-32768), Oct(-2147483648.5), Hex(True), Hex(CByte(255)), Hex(Empty)
' expect: FFFF 8001 FFFF8000 C8472BBB 11 E4 7FFFFFFF True 177777 12 37777700000 20000000000 FFFF FF 0
Echo Fails("Hex(2147483647.5)"), Fails("Hex(""test"")"), Fails("Oct(-2147483648.51)"), Fails("Chr(-1)"), Fails("Chr(256)"), Fails("Chr(65536)"), Fails("ChrW(65536)"), Fails("ChrB(256)"), Fails("Asc("""")"), Fails("Asc(Null)"), Fails("Asc(Empty)"), Fails("AscW("""")"), Fails("AscB("""")")
' expect: 6 13 6 5 5 5 5 5 5 94 5 5 5
Echo Chr(120.5), Chr(119.5), Asc("test"), Asc(3), Asc(True), AscW(ChrW(-2)), AscW(ChrW(65534)), Chr(128), Asc(Chr(150)), TypeName(Asc("a")), TypeName(AscB("a")), TypeName(ChrW(65))
' expect: x x 116 51 84 -2 -2 € 150 Integer Byte String
Echo Fails("Left(Null, -1)"), Fails("Left(""a"", Null)"), IsNull(Left(Null, 1)), Fails("Right(Null, -1)"), Fails("Mid(Null, -1, -1)"), Fails("Mid(""a"", 0)"), Fails("Mid(""a"", ""x"", Null)"), Fails("Mid(""a"", ""x"", 1)"), IsNull(Mid(Null, 5, 2)), Mid(1234, 1, 2), Mid("test", 5, 2) & "|", Left("123456", 2.5), Right(123, "2")
' expect: 5 94 True 5 5 5 94 13 True 12 | 12 23
Echo Fails("Space(-1)"), Fails("Space(Null)"), Fails("String(-2, ""x"")"), Fails("String(3, """")"), Fails("String(0, """")"), Fails("String(Null, ""x"")"), Len(Space(5.5)), Len(Space(4.5)), String("3", "xy"), String(2, 65), String(2, 321), IsNull(String(3, Null))
' expect: 5 94 5 5 5 94 6 4 xxx AA AA True
Echo Fails("InStr(Null, ""a"", ""a"")"), Fails("InStr(-20, ""a"", ""a"", 1)"), Fails("InStr(2, ""a"", ""a"", 10)"), Fails("InStr(2, ""a"", ""a"", Null)"), IsNull(InStr(2, Null, "a")), InStr(4, "abcdef", ""), InStr(20, "abcdef", ""), InStr(4, "", ""), InStr(2.6, "abcd", "bc"), InStr(1, "abcABC", "aB", 1), InStr(3, "abcdefgh", "FG", -0.3)
' expect: 94 5 5 94 True 4 0 0 0 1 0
Echo Fails("InStrRev(""a"", Null)"), Fails("InStrRev(Null, ""a"")"), Fails("InStrRev(""a"", ""a"", -20)"), Fails("InStrRev(""a"", ""a"", 0)"), Fails("InStrRev(""a"", ""a"", 1, 10)"), InStrRev("abcd", "", 3, 1), InStrRev("", "", 3, 0), InStrRev("abcd", "bc", 2.6), InStrRev("abcd", "bc", 2), InStrRev("abcd", "bc", 15), InStrRev("bcabcd", "bc", -1)
' expect: 94 94 5 5 5 3 0 2 0 0 4
Echo Fails("Replace(Null, ""a"", ""b"")"), Fails("Replace(""a"", Null, ""b"")"), Fails("Replace(""a"", ""a"", Null)"), Fails("Replace(""a"", ""a"", ""b"", 0)"), Fails("Replace(""a"", ""a"", ""b"", 1, -2)"), Fails("Replace(""a"", ""a"", ""b"", 1, 1, 8)"), Replace("xx testxx", "xx", "!", 2), Replace("xxxxx", "xx", "y"), Replace("xx", "x", "y", 2000) & "|", Replace("aA", "A", "!", 1, -1, 1), Replace("xx", "x", "y", 1, 0)
' expect: 94 94 94 5 5 5 x test! yyx | !! xx
Echo Fails("Split(Null)"), Fails("Split(""a"", Null)"), Fails("Split(""a"", ""-"", -42)"), Fails("Split(""a"", ""-"", -1, 2)"), Fails("Split(""a"", ""-"", -1, Null)"), UBound(Split("")), UBound(Split("abc", "")), UBound(Split("a-b-c", "-", 2)), Split("12345", 3)(1), UBound(Split("aZb", "z", 3, 1))
' expect: 94 94 5 5 94 -1 0 1 45 1
Echo Fails("Join(Null)"), Fails("Join(Empty)"), Fails("Join(1)"), Fails("Join(New Bare)"), Fails("Join(Array(1, Null))"), Fails("Join(Array(Array(1)))"), Fails("Join(Array(), Null)"), Join(Array(1, Empty)) & "|", Join(Array("a", 2), ""), Join(Array("a", 2), Empty), Join(Array()) & "|"
' expect: 94 13 13 438 13 13 94 1 | a2 a2 |
Echo Fails("UBound(Empty)"), Fails("UBound(Null)"), Fails("LBound(Array(), 2)"), Fails("UBound(Array(1), 0)"), LBound(Array(1)), UBound(Array()), TypeName(UBound(Array(1)))
' expect: 13 13 9 9 0 -1 Long
Echo Fails("StrComp(""a"", ""b"", 3)"), Fails("StrComp(""a"", ""b"", Null)"), IsNull(StrComp("a", Null)), StrComp(Empty, ""), StrComp("ABC", "abc", 1), StrComp("ABC", "abc"), StrComp("", 1), Fails("StrReverse(Null)"), StrReverse(True), IsNull(UCase(Null)), UCase(0.5), IsNull(Len(Null)), Len(1.5), LenB("ab"), IsNull(Trim(Null))
' expect: 5 94 True 0 0 -1 -1 94 eurT True 0.5 True 3 4 True
Echo Fails("RGB(-1, 0, 0)"), RGB(1, 256, 999), TypeName(RGB(0, 0, 0)), TypeName(vbRed), TypeName(vbBlack), TypeName(vbObjectError), TypeName(vbOK), vbMsgBoxHelpButton, vbMsgBoxSetForeground, vbMsgBoxRight, vbMsgBoxRtlReading, TypeName(vbMsgBoxHelpButton)
' expect: 5 16776961 Long Long Long Long Integer 16384 65536 524288 1048576 Long
