' IgnoreCase, Multiline, Global and what they begin as.
Dim re
Set re = CreateObject("VBScript.RegExp")
Echo TypeName(re), VarType(re.Pattern), re.Pattern = ""	' expect: IRegExp2 8 True
Echo re.IgnoreCase, re.Global, re.Multiline		' expect: False False False

Function Found(pattern, text)
	re.Pattern = pattern
	Found = re.Test(text)
End Function

Echo Found("abc", "xABC")				' expect: False
re.IgnoreCase = True
Echo re.Test("xABC"), re.Pattern			' expect: True abc
Echo Found("[a-c]{3}", "ABC"), Found("[^a]", "A")	' expect: True False
Echo Found("(.)\1", "aA"), Found("\x41", "a")		' expect: True True
' Letters beyond ASCII as well
Echo Found(ChrW(233), ChrW(201)), Found(ChrW(201), ChrW(233))	' expect: True True
Echo Found("[" & ChrW(224) & "-" & ChrW(246) & "]", ChrW(201))	' expect: True
Echo Found("[^" & ChrW(233) & "]", ChrW(201))		' expect: False
Echo Found(ChrW(&H3C3), ChrW(&H3C2)), Found("(" & ChrW(&H434) & ")\1", ChrW(&H434) & ChrW(&H414))	' expect: True True
Echo Found("\w", ChrW(233)), Found("(x)?\1\w", ChrW(233))	' expect: False False
' but no ASCII letter is another one's form
Echo Found("k", ChrW(&H212A)), Found("[s]", ChrW(&H17F))	' expect: False False
re.IgnoreCase = False
Echo Found(ChrW(233), ChrW(201))			' expect: False

re.Multiline = True
Echo Found("^b$", "a" & vbLf & "b" & vbLf & "c")	' expect: True
Echo Found("^b$", "a" & vbCr & "b" & vbCr & "c")	' expect: True
Echo Found("^b$", "a" & vbCrLf & "b" & vbCrLf)		' expect: True
Echo Found("^$", "a" & vbLf), Found("^$", "a")		' expect: True False
Echo Found("^$", vbCrLf & "a"), Found("^b", "ab")	' expect: True False
re.Multiline = False
Echo re.Test("a" & vbLf & "b")				' expect: False

re.Pattern = "\d"
Echo re.Execute("1a2b3").Count				' expect: 1
re.Global = True
Echo re.Execute("1a2b3").Count				' expect: 3
' Test takes no notice of Global: it begins at the beginning each time.
Echo re.Test("a1"), re.Test("a1"), re.Test("a1")	' expect: True True True
re.Global = "false"
Echo re.Global						' expect: False
re.Pattern = 12
Echo TypeName(re.Pattern), re.Test(3123)		' expect: String True
re.Global = "perhaps"					' error: 13
