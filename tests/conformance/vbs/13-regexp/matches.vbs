' What Execute gives: MatchCollection, Match, SubMatches.
Dim re, ms, m, s, sm, i
Set re = New RegExp
re.Global = True
re.Pattern = "(\w)(\d)?"
Set ms = re.Execute("a1-b-c3")
Echo TypeName(ms), TypeName(ms(0)), TypeName(ms(0).SubMatches)	' expect: IMatchCollection2 IMatch2 ISubMatches
Echo ms.Count, ms.Item(1).Value, ms(1), ms(1) & "!"		' expect: 3 b b b!
For Each m In ms
	Echo m, m.FirstIndex, m.Length, m.SubMatches.Count
' expect: a1 0 2 2
' expect: b 3 1 2
' expect: c3 5 2 2
Next
Set sm = ms(1).SubMatches
Echo TypeName(sm(0)), TypeName(sm(1)), sm.Item(0)		' expect: String Empty b
For Each s In ms(2).SubMatches
	Echo s
' expect: c
' expect: 3
Next
' An index is a number of any kind, many times over, in a loop that may become native code.
s = 0
For i = 1 To 3000
	If sm(CByte(0)) & sm("0") & sm(0.2) & ms(2).SubMatches(CLng(1)) & ms(2).SubMatches("1") = "bbb33" Then s = s + 1
	If IsEmpty(sm(1)) And IsEmpty(ms(1).SubMatches(1)) Then s = s + 1
Next
Echo s								' expect: 6000
On Error Resume Next
For Each i In Array(-1, 2, -32768, 2147483647, "x")
	Err.Clear
	s = sm(i)
	s = Err.Number
	Err.Clear
	m = ms(1).SubMatches(i)
	Echo s, Err.Number
' expect: 5 5
' expect: 5 5
' expect: 5 5
' expect: 5 5
' expect: 13 13
Next
On Error Goto 0
' They outlive each other.
Set m = ms(2)
Set ms = Nothing
re.Pattern = "else"
Set re = Nothing
Echo m.Value, m.SubMatches(1), sm(0)				' expect: c3 3 b
Set re = New RegExp
re.Global = True
' A match of nothing goes on behind it.
re.Pattern = "x*"
Set ms = re.Execute("abxc")
s = ""
For Each m In ms
	s = s & m.FirstIndex & "+" & m.Length & " "
Next
Echo s								' expect: 0+0 1+0 2+1 3+0 4+0
re.Pattern = "$"
Echo re.Execute("ab").Count, re.Execute("").Count		' expect: 1 1
re.Pattern = "z"
Set ms = re.Execute("ab")
Echo ms.Count							' expect: 0
For Each m In ms
	Echo "never"
Next
re.Pattern = "a"
Set ms = re.Execute(Empty)
Echo ms.Count							' expect: 0
' Each unit of UTF-16 counts
re.Pattern = "."
Echo re.Execute(ChrW(&HD83D) & ChrW(&HDE00)).Count		' expect: 2
' Strings may hold anything
re.Pattern = "\0+"
Echo re.Execute("a" & String(3, Chr(0)) & "b")(0).Length	' expect: 3
On Error Resume Next
Echo ms(0)
Echo Err.Number, Err.Description				' expect: 5 Invalid procedure call or argument
Err.Clear
re.Pattern = "a(b)"
Echo re.Execute("ab")(0).SubMatches(1)
Echo Err.Number							' expect: 5
Err.Clear
re.Execute Null
Echo Err.Number							' expect: 13
Err.Clear
re.Execute
Echo Err.Number							' expect: 450
Err.Clear
ms.Count = 3
Echo Err.Number							' expect: 438
