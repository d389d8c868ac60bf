Echo True And False, True Or False, True Xor True, True Eqv True, True Imp False
' expect: False True False True False
Echo 12 And 10, 12 Or 10, 12 Xor 10, Not 5, 12 Eqv 10, 12 Imp 10
' expect: 8 14 6 -6 -7 -5
Echo TypeName(Null And True), Null And False, TypeName(Null Or False), Null Or True, TypeName(Not Null)
' expect: Null False Null True Null
Echo Not True, Not 0, Not -1, TypeName(Not True), TypeName(Not 1)
' expect: False -1 0 Boolean Integer
Echo 1 < 2 And 2 < 3, Not 1 = 2, 1 = 1 = True
' expect: True True True
Echo True And 3, TypeName(True And 3), 5.6 And 7
' expect: 3 Integer 6
If Null Then Echo "yes" Else Echo "no"
' expect: no
If Not Null Then Echo "yes" Else Echo "no"
' expect: no
If "true" Then Echo "text is true"
' expect: text is true
