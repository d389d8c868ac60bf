' Patterns that are refused: when they are used, not when they are set.
Dim re, s
Set re = New RegExp
On Error Resume Next

Sub E(pattern)
	On Error Resume Next
	Err.Clear
	re.Pattern = pattern
	If Err.Number Then Echo "set"
	re.Test "x"
	If Err.Number Then
		Echo Err.Number, Err.Description
	Else
		Echo "fine"
	End If
End Sub

E "*"		' expect: 5018 Unexpected quantifier
E "a**"		' expect: 5018 Unexpected quantifier
E "a++"		' expect: 5018 Unexpected quantifier
E "a{2}{3}"	' expect: 5018 Unexpected quantifier
E "{2}"		' expect: 5018 Unexpected quantifier
E "(?:*)"	' expect: 5018 Unexpected quantifier
E "a|*"		' expect: 5018 Unexpected quantifier
E "^*"		' expect: 5018 Unexpected quantifier
E "(*FAIL)"	' expect: 5018 Unexpected quantifier
E "["		' expect: 5019 Expected ']' in regular expression
E "[a"		' expect: 5019 Expected ']' in regular expression
E "[^a\]"	' expect: 5019 Expected ']' in regular expression
E "("		' expect: 5020 Expected ')' in regular expression
E "(a(b)"	' expect: 5020 Expected ')' in regular expression
E "[z-a]"	' expect: 5021 Invalid range in character set
E "[\u0042-A]"	' expect: 5021 Invalid range in character set
E ")"		' expect: 5017 Syntax error in regular expression
E "a)b"		' expect: 5017 Syntax error in regular expression
E "\"		' expect: 5017 Syntax error in regular expression
E "[\"		' expect: 5017 Syntax error in regular expression
E "a{3,2}"	' expect: 5017 Syntax error in regular expression
E "(?<=a)b"	' expect: 5017 Syntax error in regular expression
E "(?<!a)b"	' expect: 5017 Syntax error in regular expression
E "(?<n>a)"	' expect: 5017 Syntax error in regular expression
E "(?P<n>a)"	' expect: 5017 Syntax error in regular expression
E "(?i)a"	' expect: 5017 Syntax error in regular expression
E "(?#a)"	' expect: 5017 Syntax error in regular expression
E "(?>a)"	' expect: 5017 Syntax error in regular expression
E "(?(1)a|b)"	' expect: 5017 Syntax error in regular expression
E "(?R)"	' expect: 5017 Syntax error in regular expression
E "(?"		' expect: 5017 Syntax error in regular expression
E "x"		' expect: fine
Echo Err.Number	' expect: 0
re.Pattern = "("
s = re.Replace("a", "b")
Echo Err.Number, Err.Source	' expect: 5020 Microsoft VBScript runtime error
Err.Clear
Set s = re.Execute("a")
Echo Err.Number, Hex(Err.Number)	' expect: 5020 139C
On Error GoTo 0
re.Pattern = "[b-a]"
re.Test "x"	' error: 5021 line 60
