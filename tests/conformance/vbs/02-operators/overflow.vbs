Dim x
On Error Resume Next
x = 1e308 * 10 : Echo Err.Number, Err.Description : Err.Clear
' expect: 6 Overflow
x = 3000000000 \ 1 : Echo Err.Number : Err.Clear
' expect: 6
x = 1 / 0 : Echo Err.Number : Err.Clear
' expect: 11
x = 0 / 0 : Echo Err.Number : Err.Clear
' expect: 6
x = 1 \ 0 : Echo Err.Number : Err.Clear
' expect: 11
x = 5 Mod 0 : Echo Err.Number : Err.Clear
' expect: 11
x = CInt(40000) : Echo Err.Number : Err.Clear
' expect: 6
x = CByte(-1) : Echo Err.Number : Err.Clear
' expect: 6
x = (-1) ^ 0.5 : Echo Err.Number : Err.Clear
' expect: 5
x = "abc" * 2 : Echo Err.Number, Err.Description : Err.Clear
' expect: 13 Type mismatch
x = CLng(Null) : Echo Err.Number, Err.Description : Err.Clear
' expect: 94 Invalid use of Null
' Nothing by nothing overflows, but a real, a text or a date by Empty is a division by zero.
x = 0 / Empty : Echo Err.Number : Err.Clear
' expect: 6
x = CCur(0) / Empty : Echo Err.Number : Err.Clear
' expect: 6
x = 0.0 / Empty : Echo Err.Number : Err.Clear
' expect: 11
x = "0" / Empty : Echo Err.Number : Err.Clear
' expect: 11
x = CDate(0) / Empty : Echo Err.Number : Err.Clear
' expect: 11
' Sums beyond the calendar are Doubles.
Echo TypeName(#12/31/9999# + 1), #12/31/9999# + 1, TypeName(1 + #12/31/9999#), #1/1/100# - 1, TypeName(-#12/31/9999#)
' expect: Double 2958466 Double -657435 Double
Echo TypeName(#12/31/9999# + 0), TypeName(#1/1/2000# - 1)
' expect: Date Date
x = CDate(2958466) : Echo Err.Number : Err.Clear
' expect: 6
x = CDate("2958466") : Echo Err.Number, IsDate("2958466") : Err.Clear
' expect: 6 False
x = CDate("1e400") : Echo Err.Number : Err.Clear
' expect: 13
