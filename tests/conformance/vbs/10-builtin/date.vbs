Dim d
d = #2/28/2024 13:45:30#
Echo Year(d), Month(d), Day(d), Hour(d), Minute(d), Second(d), Weekday(d), Weekday(d, 2)
' expect: 2024 2 28 13 45 30 4 3
Echo d, DateValue(d), TimeValue(d), CDbl(#1/1/2000#)
' expect: 2/28/2024 1:45:30 PM 2/28/2024 1:45:30 PM 36526
Echo DateSerial(2024, 2, 30), DateSerial(2024, 13, 1), DateSerial(2024, 1, 0), TimeSerial(25, 0, 0), TimeSerial(1, 2, 3)
' expect: 3/1/2024 1/1/2025 12/31/2023 12/31/1899 1:00:00 AM 1:02:03 AM
Echo DateAdd("d", 1, d), DateAdd("m", 1, #1/31/2024#), DateAdd("yyyy", -1, #2/29/2024#), DateAdd("h", 12, d), DateAdd("ww", 2, #1/1/2024#), DateAdd("q", 1, #1/1/2024#), DateAdd("n", -46, d), DateAdd("s", 30, d)
' expect: 2/29/2024 1:45:30 PM 2/29/2024 2/28/2023 2/29/2024 1:45:30 AM 1/15/2024 4/1/2024 2/28/2024 12:59:30 PM 2/28/2024 1:46:00 PM
Echo DateDiff("d", #1/1/2024#, #3/1/2024#), DateDiff("m", #1/31/2024#, #2/1/2024#), DateDiff("yyyy", #12/31/2023#, #1/1/2024#), DateDiff("h", #1/1/2024 0:59:00#, #1/1/2024 1:00:00#), DateDiff("s", #1/1/2024#, #1/2/2024#), DateDiff("ww", #1/6/2024#, #1/7/2024#), DateDiff("w", #1/1/2024#, #1/14/2024#), DateDiff("n", d, d)
' expect: 60 1 1 1 86400 1 1 0
Echo DatePart("q", d), DatePart("y", d), DatePart("ww", d), DatePart("w", d), DatePart("ww", #12/31/2024#, 2, 2), DatePart("yyyy", d)
' expect: 1 59 9 4 1 2024
Echo MonthName(2), MonthName(2, True), WeekdayName(1), WeekdayName(2, True), WeekdayName(1, False, 2)
' expect: February Feb Sunday Mon Monday
Echo FormatDateTime(d), FormatDateTime(d, 1), FormatDateTime(d, 2), FormatDateTime(d, 3), FormatDateTime(d, 4)
' expect: 2/28/2024 1:45:30 PM Wednesday, February 28, 2024 2/28/2024 1:45:30 PM 13:45
Echo CDate("31 Jan 2026"), CDate("January 5, 2026"), CDate("2026-03-04"), CDate("10:30"), CDate("3/4/26 5 PM"), CDate("25/12/2025")
' expect: 1/31/2026 1/5/2026 3/4/2026 10:30:00 AM 3/4/2026 5:00:00 PM 12/25/2025
Echo IsDate(Now), IsDate(Date), IsDate(Time), Timer > 0, TypeName(Timer), Now >= Date
' expect: True True True True Single True
Echo #12/30/1899#, CDate(0.25), CDate(-1.25), IsDate("13/13/2000"), IsDate("2/30/2000")
' expect: 12:00:00 AM 6:00:00 AM 12/29/1899 6:00:00 AM False False
On Error Resume Next
Echo DateAdd("x", 1, d) : Echo Err.Number : Err.Clear
' expect: 5
Echo MonthName(13) : Echo Err.Number : Err.Clear
' expect: 5
On Error Resume Next
x = TimeSerial(40000, 0, 0) : Echo Err.Number : Err.Clear
' expect: 6
x = DateSerial(2000, 1, 32768) : Echo Err.Number : Err.Clear
' expect: 6
Echo TimeSerial(0, 32767, 0)
' expect: 1/21/1900 6:07:00 PM
' Years below 0 count back from 2000, and months roll before the year is judged.
Echo DateSerial(-1, 1, 1), DateSerial(-1020, 12001, 1), DateSerial(1980, -300, 1), DateSerial(1980, 3, -59)
' expect: 1/1/1999 1/1/1980 12/1/1954 1/1/1980
x = DateSerial(-10000, 1, 1) : Echo Err.Number : Err.Clear
' expect: 5
x = DateSerial(-1901, 1, 1) : Echo Err.Number : Err.Clear
' expect: 5
