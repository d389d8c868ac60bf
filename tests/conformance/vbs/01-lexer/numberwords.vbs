' A number ends where its digits end, and a word may follow at once.
For i = 1To 3Step 2
  If i = 1Then Echo "one" Else Echo 31Mod 2 & " " & i
Next
If i = 4Then Echo "four" : x = 1Else x = 2
Echo x
' expect: one
' expect: 1 3
' expect: 2
