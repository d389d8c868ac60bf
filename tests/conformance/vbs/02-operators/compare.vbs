Dim s, n, t
s = "5" : n = 5 : t = "abc"
Echo 1 = 1.0, "a" = "A", "a" < "b", "abc" > "abd", 1 <> 2, 2 >= 2, 3 <= 2
' expect: True False True False True True False
' Two variables: a number is less than any text. A literal decides how to compare.
Echo s = n, s > n, s = 5, n = "5", "5" = 5
' expect: False True True True False
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
