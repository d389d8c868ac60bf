' Replace, and what $ means in the text put in.
Dim re
Set re = New RegExp

Function R(pattern, text, by)
	re.Pattern = pattern
	R = re.Replace(text, by)
End Function

Echo R("b", "abcb", "-")			' expect: a-cb
Echo R("z", "abcb", "-")			' expect: abcb
re.Global = True
Echo R("b", "abcb", "-")			' expect: a-c-
Echo R("b", "abcb", "")				' expect: ac
Echo R("x*", "abxc", "-")			' expect: -a-b--c-
Echo R("^", "abc", ">")				' expect: >abc
Echo R("", "abc", ".")				' expect: .a.b.c.
Echo R("(\w+) (\w+)", "John Smith", "$2, $1")	' expect: Smith, John
Echo R("(b)(x)?", "abc", "[$1$2]")		' expect: a[b]c
Echo R("(b)", "abc", "[$&|$`|$'|$$]")		' expect: a[b|a|c|$]c
Echo R("(b)", "abc", "[$01$10$2$0]")		' expect: a[bb0$2$0]c
Echo R("b", "abc", "[$1$x$]")			' expect: a[$1$x$]c
Echo R("b", "abc", "$$1$$$$")			' expect: a$1$$c
Echo R("(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)", "abcdefghijk", "$11$10$1")	' expect: kja
Echo R("b", "abcb", "$`")			' expect: aacabc
Echo R("\s+", "  a  b ", " ")			' expect:  a b
Echo R("\d", 12345, 0)				' expect: 00000
Echo R("<[^>]*>", "<p>Some <b>text</b></p>", "")	' expect: Some text
Echo TypeName(R("a", "b", "c")), R("a", Empty, "c") = ""	' expect: String True
Dim s, i
s = ""
For i = 1 To 2000
	s = s & "ab "
Next
Echo Len(R("(a)(b)", s, "$2$1$2")), Left(R("(a)(b)", s, "$2$1$2"), 8)	' expect: 8000 bab bab
