' The published generator: x = (x * 16598013 + 12820163) Mod 2 ^ 24, beginning with 327680.
Dim i, x, a, b
Echo Rnd(0) * 16777216, TypeName(Rnd(0))
' expect: 327680 Single
Echo Rnd, Rnd, Rnd, Rnd, Rnd
' expect: 0.7055475 0.533424 0.5795186 0.2895625 0.301948
Echo Rnd(0), Rnd(1), Rnd(0)
' expect: 0.301948 0.7747401 0.7747401
Echo Rnd(-1), Rnd(-1), Rnd
' expect: 0.224007 0.224007 3.584582E-02
' Randomize changes the middle of the state: only after Rnd of a negative number does it repeat.
Rnd -1 : Randomize 123 : a = Rnd : Randomize 123 : b = Rnd : Echo a = b
' expect: False
Rnd -1 : Randomize 123 : Echo a = Rnd
' expect: True
Rnd -1 : x = 0
' The same computed step by step: 2 ^ 53 is enough for each product of 24 bits.
Dim state : state = Rnd(0) * 16777216
For i = 1 To 100
  state = state * 16598013 + 12820163
  state = state - Int(state / 16777216) * 16777216
  If Rnd <> CSng(state / 16777216) Then x = x + 1
Next
Echo x
' expect: 0
On Error Resume Next
x = Rnd(Null) : Echo Err.Number : Err.Clear
' expect: 94
x = Rnd("x") : Echo Err.Number : Err.Clear
' expect: 13
Randomize "x" : Echo Err.Number : Err.Clear
' expect: 13
