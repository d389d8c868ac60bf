' What the lexer refuses: errors 1030 to 1034.
' ---- 1031-1
' error: 1031 line 4 column 5
x = 1e999
' ---- 1031-2
' error: 1031 line 7 column 5
x = &hFFFFFFFFF
' ---- 1032-1
' error: 1032 line 10 column 5
x = `
' ---- 1032-2
' error: 1032 line 13 column 5
x = ?
' ---- 1032-3
' error: 1032 line 16 column 5
x = !
' ---- 1032-4
' error: 1032 line 19 column 5
x = $a
' ---- 1032-5
' error: 1032 line 22 column 5
x = {1}
' ---- 1032-6
' error: 1032 line 25 column 6
x = 1;
' ---- 1032-7
' error: 1032 line 28 column 6
x = a@b
' ---- 1032-8
' error: 1032 line 31 column 2
x% = 3
' ---- 1032-9
' error: 1032 line 34 column 1
_a = 3
' ---- 1033-1
' error: 1033 line 37 column 9
x = "abc
' ---- 1033-2
' error: 1033 line 40 column 11
x = "abc""
