Echo Len("hello"), Len(""), Len(12345), Left("hello", 2), Right("hello", 3), Mid("hello", 2, 3), Mid("hello", 3)
' expect: 5 0 5 he llo ell llo
Echo Left("ab", 10) & Right("ab", 10) & Mid("ab", 5) & Left("ab", 0) & "|"
' expect: abab|
Echo InStr("hello", "l"), InStr(4, "hello", "l"), InStr("hello", "z"), InStr(1, "HELLO", "l", 1), InStr("abc", ""), InStr("", "a"), InStr("abc", "")
' expect: 3 4 0 3 1 0 1
Echo InStrRev("hello", "l"), InStrRev("hello", "l", 3), InStrRev("a/b/c", "/"), InStrRev("abc", "z")
' expect: 4 3 4 0
Echo Replace("aXbXc", "X", "-"), Replace("aaa", "a", "b", 2), Replace("aaa", "a", "b", 1, 2), Replace("AbA", "a", "x", 1, -1, 1)
' expect: a-b-c bb bba xbx
Echo UCase("abc"), LCase("ABC"), "[" & Trim("  a  ") & "]", "[" & LTrim("  a  ") & "]", "[" & RTrim("  a  ") & "]"
' expect: ABC abc [a] [a  ] [  a]
Echo "[" & Space(3) & "]", String(3, "x"), String(3, 65), StrReverse("abc")
' expect: [   ] xxx AAA cba
Echo StrComp("a", "b"), StrComp("b", "a"), StrComp("a", "A"), StrComp("a", "A", 1)
' expect: -1 1 1 0
Echo Asc("A"), Chr(66), AscW(ChrW(8364)), Asc("€"), Hex(255), Hex(-1), Oct(8), Hex(&H12345)
' expect: 65 B 8364 128 FF FFFF 10 12345
Echo Join(Array("a", "b", "c"), "-"), Join(Array(1, 2)), Join(Split("a,b,c", ","), ";"), UBound(Split("")), UBound(Split("a,b,c", ",", 2))
' expect: a-b-c 1 2 a;b;c -1 1
Echo Split("a,b,c", ",", 2)(1), Split("a b")(1), Join(Filter(Array("ab", "cd", "ae"), "a"), ","), Join(Filter(Array("ab", "cd"), "a", False), ",")
' expect: b,c b ab,ae cd
Echo Escape("a b/ü€"), Unescape("a%20b%u20AC")
' expect: a%20b/%FC%u20AC a b€
Echo TypeName(Len(Null)), TypeName(UCase(Null)), TypeName(InStr(Null, "a")), TypeName(Left(Null, 1))
' expect: Null Null Null Null
Echo LenB("ab"), AscB("A"), LenB(ChrB(65)), MidB("AB", 3, 1) = ChrB(66), InStrB("AB", "B"), LeftB("AB", 2), RightB("AB", 2)
' expect: 4 65 1 True 3 A B
Echo LCase("ÄÖÜ"), UCase("straße")
' expect: äöü STRAßE
On Error Resume Next
Echo Left("a", -1) : Echo Err.Number, Err.Description : Err.Clear
' expect: 5 Invalid procedure call or argument
Echo Mid("a", 0) : Echo Err.Number : Err.Clear
' expect: 5
Echo Asc("") : Echo Err.Number : Err.Clear
' expect: 5
Echo Chr(256) : Echo Err.Number : Err.Clear
' expect: 5
Echo Len() : Echo Err.Number : Err.Clear
' expect: 450
