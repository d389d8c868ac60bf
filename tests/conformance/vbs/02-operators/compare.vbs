Dim s, n, t
s = "5" : n = 5 : t = "abc"
Echo 1 = 1.0, "a" = "A", "a" < "b", "abc" > "abd", 1 <> 2, 2 >= 2, 3 <= 2
' expect: True False True False True True False
' Two variables: a number is less than any text. A literal decides how to compare.
Echo s = n, s > n, s = 5, n = "5", "5" = 5
' expect: False True True True True
Echo Empty = 0, Empty = "", Empty = False, Null = Null, TypeName(Null = 1)
' expect: True True True  Null
Echo Nothing Is Nothing, #1/1/2000# < #1/2/2000#, True = -1, CCur(1.5) = 1.5
' expect: True True True True
Echo "" < "a", "a" < "aa", StrComp("a", "B", 1)
' expect: True True -1
On Error Resume Next
If t = 5 Then Echo "entered"
Echo Err.Number
' expect: entered
' expect: 13
Echo 1 Is 2
Echo Err.Number
' expect: 424
' Numbers that are literals convert text, the text of a literal too, and fail when they cannot. A
' Const, a negation, the result of an operator or function is no literal: text is compared with a
' literal text, and is more than any number otherwise (published tests of Wine's engine).
Const FIVE = 5
On Error Resume Next
n = 10 : s = "abc" : t = "x"
t = ("abc" = 5) : Echo t, Err.Number : Err.Clear
t = ("" = 0) : Echo t, Err.Number : Err.Clear
t = (s = 5) : Echo t, Err.Number : Err.Clear
' expect: x 13
' expect: x 13
' expect: x 13
Echo "abc" = -5, "abc" = FIVE, "abc" = n, "010" = n, "010" = 10, "010" = (5 + 5), "010" = CInt(10)
' expect: False False False False True False False
Echo s = -1, s = FIVE, s > n, "10" > CDbl(5), "9" < CDbl(10), 30 > "0", "42" = 42, "&hff" = 255, " 5" = 5
' expect: False False True False False True True True True
If s = -1 Then Echo "no" Else Echo "else", Err.Number
If s = FIVE Then Echo "no" Else Echo "else", Err.Number
Select Case s : Case -1, FIVE : Echo "no" : Case Else : Echo "case else", Err.Number : End Select
' expect: else 0
' expect: else 0
' expect: case else 0
' A Single is made a Double, not the other way round.
Echo CSng(0.1) = 0.1, CSng(0.1) = CDbl(0.1), 0.1 < CSng(0.1), CSng(0.5) = 0.5
' expect: False False True True
