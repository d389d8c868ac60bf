' Patterns and texts that would take for ever, or all memory, end as errors.
Dim re, s, i
Set re = New RegExp

Sub E(pattern, text)
	On Error Resume Next
	Err.Clear
	re.Pattern = pattern
	i = re.Test(text)
	If Err.Number Then Echo Err.Number, Err.Description Else Echo i
End Sub

E "^(a+)+$", String(40, "a") & "!"		' expect: 17 Can't perform requested operation
E "(x+x+)+[yz]", String(60, "x")			' expect: 17 Can't perform requested operation
' Parentheses in each other, and repetitions of repetitions
E String(250, "(") & String(250, ")"), "a"	' expect: True
E String(251, "(") & String(251, ")"), "a"	' expect: 7 Out of memory
E "(((a{999}){999}){999}){999}", "a"		' expect: 7 Out of memory
E "a{70000}", "a"				' expect: 7 Out of memory
E "a{0,70000}b", "aab"				' expect: True
E String(65537, "a"), "a"			' expect: 7 Out of memory
E "b" & String(30000, "a"), "a"			' expect: False
' Long texts are none
s = String(300000, "a")
E "(a|b)*c", s & "c"				' expect: True
E "(?:a|b)*$", s				' expect: True
E "b", s & "b"					' expect: True
E "(a)(?=.*b)", s & "b"				' expect: True
re.Global = True
re.Pattern = "a"
Echo re.Execute(s).Count, Len(re.Replace(s, "bb"))	' expect: 300000 600000
