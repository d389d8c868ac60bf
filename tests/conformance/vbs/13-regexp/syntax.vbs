' Patterns: what VBScript reads, and what of Perl is text or an error.
Dim re
Set re = New RegExp

Sub T(pattern, text)
	Dim m, s, i
	re.Pattern = pattern
	Set m = re.Execute(text)
	If m.Count = 0 Then
		Echo "none"
		Exit Sub
	End If
	s = m(0).FirstIndex & "+" & m(0).Length
	For i = 0 To m(0).SubMatches.Count - 1
		If IsEmpty(m(0).SubMatches(i)) Then
			s = s & " -"
		Else
			s = s & " " & m(0).SubMatches(i)
		End If
	Next
	Echo s
End Sub

T "b+", "abbbc"			' expect: 1+3
T "b+?", "abbbc"		' expect: 1+1
T "b{2}", "abbbc"		' expect: 1+2
T "b{2,}", "abbbc"		' expect: 1+3
T "b{1,2}?", "abbbc"		' expect: 1+1
T "x?", "abc"			' expect: 0+0
T "", "abc"			' expect: 0+0
T "cat|dog", "hotdog"		' expect: 3+3
T "a.c", "a" & vbLf & "c"	' expect: none
T "a.c", "a" & vbCr & "c"	' expect: 0+3
T "a.c", "a" & ChrW(&H2028) & "c"	' expect: 0+3
' End of text is the end, not a line break before it.
T "a$", "a" & vbLf		' expect: none
T "^b", vbLf & "b"		' expect: none
T "^$", ""			' expect: 0+0
' Groups
T "(\w+)@(\w+)", "me@home"	' expect: 0+7 me home
T "(?:a)(b)", "ab"		' expect: 0+2 b
T "(a)|(b)", "b"		' expect: 0+1 - b
T "((a)(b))c", "abc"		' expect: 0+3 ab a b
T "a(?=b)", "acab"		' expect: 2+1
T "a(?!c)", "acab"		' expect: 2+1
T "(?=(a))a", "a"		' expect: 0+1 a
T "(?=a)*a", "a"		' expect: 0+1
' Back references; a group that took no part is empty
T "(['""]).*?\1", "x='a""b'"	' expect: 2+5 '
T "(a)?\1b", "b"		' expect: 0+1 -
T "(a\1)", "aa"			' expect: 0+1 a
T "(a)\10", "aa0"		' expect: 0+3 a
T "(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)\10", "abcdefghijj"	' expect: 0+11 a b c d e f g h i j
' Without that many groups before it the number is octal
T "\101", "A"			' expect: 0+1
T "\012", vbLf			' expect: 0+1
T "\0", Chr(0)			' expect: 0+1
T "\1(a)", "a" & Chr(1) & "a"	' expect: 1+2 a
T "\477", "'7"			' expect: 0+2
T "\8", "8"			' expect: 0+1
' Escapes
T "\x41\u0042\cJ", "AB" & vbLf	' expect: 0+3
T "\xg\u12", "xgu12"		' expect: 0+5
T "\c1", "c1"			' expect: 0+2
T "\f\n\r\t\v", Chr(12) & vbLf & vbCr & vbTab & Chr(11)	' expect: 0+5
T "\.\*\?\+\^\$\|\\\(\)\[\]\{\}\-\/", ".*?+^$|\()[]{}-/"	' expect: 0+16
' Letters are ASCII, blanks too
T "\d+", "a12" & ChrW(&H0661)	' expect: 1+2
T "\w+", "-a_9" & ChrW(233)	' expect: 1+3
T "\s+", "a " & vbTab & vbCrLf & ChrW(160)	' expect: 1+4
T "\D\W\S", "a" & ChrW(233) & ChrW(160)	' expect: 0+3
T "\bb", "ab b"			' expect: 3+1
T "\Bb", "b ab"			' expect: 3+1
T "\bb", ChrW(233) & "b"	' expect: 1+1
' Classes
T "[a-c]+", "xabcd"		' expect: 1+3
T "[^a-c]+", "abxyc"		' expect: 2+2
T "[\]\-\\]+", "a]-\b"		' expect: 1+3
T "[-a]+", "b-a"		' expect: 1+2
T "[a-]+", "b-a"		' expect: 1+2
T "[\w-.]+", "@a-.b"		' expect: 1+4
T "[a-\d]+", "xa-9"		' expect: 1+3
T "[\b]", "a" & Chr(8)		' expect: 1+1
T "[\x41-\u0043]+", "xABC"	' expect: 1+3
T "[\n\r]+", "a" & vbCrLf	' expect: 1+2
T "[.*+?^$|(){}[]+", "a.*+?^$|(){}[b"	' expect: 1+12
T "[\D]", "1a"			' expect: 1+1
T "[]", "a"			' expect: none
T "[]a]", "]a]"			' expect: none
T "[^]", vbLf			' expect: 0+1
' Braces that are no quantifier, and brackets that close nothing, are text
T "{a}", "{a}"			' expect: 0+3
T "a{,5}", "a{,5}"		' expect: 0+5
T "a{x", "a{x"			' expect: 0+3
T "a]}", "a]}"			' expect: 0+3
' Only Perl knows these
T "\Aa\Z", "AaZ"		' expect: 0+3
T "\Qa.\E", "Qa-E"		' expect: 0+4
T "\p{2}", "pp"			' expect: 0+2
T "\K\R\X\G\h\e\a\z", "KRXGheaz"	' expect: 0+8
T "[[:alpha:]]+", "a]]"		' expect: 0+3
T "#x", "#x"			' expect: 0+2
T "(*)?x", "x"			' error: 5018
