' Patterns that are refused, at the statement that first uses them.
' ---- 5017-1
' error: 5017 line 6 column 1
Set r = New RegExp
r.Pattern = "a)"
x = r.Test("a")
' ---- 5018-1
' error: 5018 line 11 column 1
Set r = New RegExp
r.Pattern = "*a"
x = r.Test("a")
' ---- 5019-1
' error: 5019 line 16 column 1
Set r = New RegExp
r.Pattern = "[a"
x = r.Test("a")
' ---- 5020-1
' error: 5020 line 21 column 1
Set r = New RegExp
r.Pattern = "(a"
x = r.Test("a")
' ---- 5021-1
' error: 5021 line 26 column 1
Set r = New RegExp
r.Pattern = "[z-a]"
x = r.Test("a")
' ---- 5018-2
' error: 5018 line 31 column 1
Set r = New RegExp
r.Pattern = "a**"
Set m = r.Execute("a")
' ---- 5018-3
' error: 5018 line 36 column 1
Set r = New RegExp
r.Pattern = "+"
x = r.Replace("a", "b")
' ---- 5017-2
' error: 5017 line 41 column 1
Set r = New RegExp
r.Pattern = "\"
x = r.Test("a")
' ---- 17-1
' error: 17 line 46 column 1
Set r = New RegExp
r.Pattern = "^(a+)+$"
x = r.Test(String(40, "a") & "!")
