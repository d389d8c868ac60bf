Echo Abs(-5), Abs(-1.5), Int(-1.5), Fix(-1.5), Int(1.9), TypeName(Int(5)), TypeName(Int(1.5))
' expect: 5 1.5 -2 -1 1 Integer Double
Echo Round(2.5), Round(3.5), Round(1.005, 2), Round(-2.5), Round(1234.567, 1)
' expect: 2 4 1 -2 1234.6
Echo Sgn(-3), Sgn(0), Sgn(2.5), Sqr(16), Exp(0), Log(1), Atn(0), Sin(0), Cos(0), Tan(0)
' expect: -1 0 1 4 1 0 0 0 1 0
Echo Round(Atn(1) * 4, 6), Round(Exp(1), 6), Round(Log(10), 6)
' expect: 3.141593 2.718282 2.302585
Echo RGB(255, 0, 0), RGB(0, 255, 0), RGB(1, 2, 300)
' expect: 255 65280 16712193
Echo Rnd, TypeName(Rnd)
' expect: 0.7055475 Single
Echo Rnd > 0, Rnd(0) = Rnd(0)
' expect: True True
Rnd -1 : Randomize 42
Dim first : first = Rnd
Rnd -1 : Randomize 42
Echo first = Rnd
' expect: True
On Error Resume Next
Echo Sqr(-1) : Echo Err.Number : Err.Clear
' expect: 5
Echo Log(0) : Echo Err.Number : Err.Clear
' expect: 5
Echo Exp(1000) : Echo Err.Number : Err.Clear
' expect: 6
