' Dates: ranges, intervals, weeks, texts; and the formats' arguments.
Option Explicit
Function Fails(code)
  Dim x
  On Error Resume Next
  Execute "x = " & code
  Fails = Err.Number
End Function
Echo DateSerial(0, 2, 1), DateSerial(29, 2, 1), DateSerial(30, 2, 1), DateSerial(99, 2, 1), DateSerial(100, 2, 1), DateSerial(2000, 14, 2), DateSerial(2000, 1, -1), DateSerial(2000, 3, 0), DateSerial(9999, 12, 31), DateSerial(2000.5, "2", True)
' expect: 2/1/2000 2/1/2029 2/1/1930 2/1/1999 2/1/100 2/2/2001 12/30/1999 2/29/2000 12/31/9999 1/30/2000
Echo Fails("DateSerial(10000, 1, 1)"), Fails("DateSerial(-10000, 1, 1)"), Fails("DateSerial(Null, 1, 1)"), Fails("DateSerial(2000, 1, Null)"), Fails("DateSerial(9999, 12, 32)"), Fails("DateSerial(""x"", 1, 1)"), Fails("TimeSerial(Null, 1, 1)"), Fails("TimeSerial(1, 1, ""x"")")
' expect: 5 5 94 94 5 13 94 13
Echo TimeSerial(0, 0, 0), TimeSerial(24, 2, 1), TimeSerial(50, 2, 1), TimeSerial(10, 60, 2), TimeSerial(10, 0, 60), TimeSerial(10, -15, 0), TimeSerial(12, 0, 0) = 0.5
' expect: 12:00:00 AM 12/31/1899 12:02:01 AM 1/1/1900 2:02:01 AM 11:00:02 AM 10:01:00 AM 9:45:00 AM True
Echo CDate(0), CDate(0.5), CDate(1), CDate(-1), CDate(-1.25), CDate(100000), CDate("45000"), CDate("1"), CDate("-657434"), CDate(2958465), CDate(True), CDate("1:05"), CDate("13.30")
' expect: 12:00:00 AM 12:00:00 PM 12/31/1899 12/29/1899 12/29/1899 6:00:00 AM 10/14/2173 3/15/2023 12/31/1899 1/1/100 12/31/9999 12/29/1899 1:05:00 AM 1:30:00 PM
Echo Fails("CDate(2958466)"), Fails("CDate(-657435)"), Fails("CDate(""3000000"")"), Fails("CDate(""2/30/2000"")"), Fails("CDate(""25:00"")"), Fails("CDate(""x"")"), IsDate("4"), IsDate(4), IsDate("2/29/2000"), IsDate("2/29/1900"), IsDate("1 May"), IsDate(Empty), IsDate(#1/1/2000#)
' expect: 6 6 6 13 13 13 False False True False True False True
Echo CDate("1/31/99"), CDate("31/1/1999"), CDate("1999-1-31"), CDate("Jan 31, 1999"), CDate("31-Jan-29"), CDate("January 1999"), CDate("1/31/1999 1:02:03 PM"), CDate("5 pm 1/31/1999"), CDate(" 12:00 am ")
' expect: 1/31/1999 1/31/1999 1/31/1999 1/31/1999 1/31/2029 1/1/1999 1/31/1999 1:02:03 PM 1/31/1999 5:00:00 PM 12:00:00 AM
Echo Day(2), Month(2), Year(2), Hour(2.75), Minute(2.02083), Second(0.99999), Year("1/1/30"), TypeName(Day(2)), IsNull(Year(Null)), Fails("Year(""x"")"), Fails("Month(3000000)"), Hour(-1.25)
' expect: 1 1 1900 18 30 59 1930 Integer True 13 6 6
Echo DateAdd("yyyy", 1, #2/29/2000#), DateAdd("q", 1, #1/31/2000#), DateAdd("M", -1, #3/31/2001#), DateAdd("y", 1, #12/31/2000#), DateAdd("d", -1, #1/1/2000#), DateAdd("w", 1, #12/31/2000#), DateAdd("ww", 1, #1/1/2000#), DateAdd("h", 25, #1/1/2000#), DateAdd("n", -1, #1/1/2000#), DateAdd("s", 61, #1/1/2000#), DateAdd("d", 1.6, #1/1/2000#), DateAdd("h", 1, #12/30/1899 23:30:00#)
' expect: 2/28/2001 4/30/2000 2/28/2001 1/1/2001 12/31/1999 1/1/2001 1/8/2000 1/2/2000 1:00:00 AM 12/31/1999 11:59:00 PM 1/1/2000 12:01:01 AM 1/3/2000 12/31/1899 12:30:00 AM
Echo Fails("DateAdd(""k"", 1, 1)"), Fails("DateAdd(Null, 1, 1)"), Fails("DateAdd(""q"", Null, 1)"), IsNull(DateAdd("q", 1, Null)), Fails("DateAdd(""yyyy"", 9000, #1/1/2000#)"), Fails("DateAdd(""d"", ""x"", 1)"), Fails("DateAdd(""d"", 1, ""x"")"), Fails("DateAdd("""", 1, 1)")
' expect: 5 94 94 True 5 13 13 5
Echo DateDiff("yyyy", #12/31/1999#, #1/1/2000#), DateDiff("q", #3/31/2000#, #4/1/2000#), DateDiff("m", #1/31/2000#, #2/1/2000#), DateDiff("y", 1, 3), DateDiff("w", #1/1/2000#, #1/14/2000#), DateDiff("ww", #1/1/2000#, #1/2/2000#), DateDiff("ww", #1/1/2000#, #1/2/2000#, 2), DateDiff("h", #1/1/2000 0:59:00#, #1/1/2000 1:00:00#), DateDiff("n", 0, 1), DateDiff("s", #1/1/2000#, #1/1/1999#), DateDiff("d", #1/2/2000#, #1/1/2000 23:00:00#), IsNull(DateDiff("d", Null, 1)), TypeName(DateDiff("d", 1, 2))
' expect: 1 1 1 2 1 1 0 1 1440 -31536000 -1 True Long
Echo Fails("DateDiff(""d"", ""x"", 1)"), Fails("DateDiff(""z"", 1, 1)"), Fails("DateDiff(""d"", 1, 1, 8)"), Fails("DateDiff(""s"", #1/1/1900#, #1/1/2000#)"), Fails("DateDiff(""d"", 1, 2, Null)")
' expect: 13 5 5 6 94
Echo DatePart("yyyy", #8/15/2001 13:14:15#), DatePart("q", #8/15/2001#), DatePart("m", #8/15/2001#), DatePart("y", #8/15/2001#), DatePart("d", #8/15/2001#), DatePart("w", #8/15/2001#), DatePart("w", #8/15/2001#, 4), DatePart("ww", #8/15/2001#), DatePart("h", #8/15/2001 13:14:15#), DatePart("n", #8/15/2001 13:14:15#), DatePart("s", #8/15/2001 13:14:15#), IsNull(DatePart("d", Null))
' expect: 2001 3 8 227 15 4 1 33 13 14 15 True
Echo DatePart("ww", #1/1/2000#), DatePart("ww", #1/2/2000#), DatePart("ww", #1/1/2000#, 2, 2), DatePart("ww", #1/1/2000#, 1, 3), DatePart("ww", #12/31/2000#, 2, 2), DatePart("ww", #1/1/2001#, 2, 3), Fails("DatePart(""ww"", 1, 1, 4)"), Fails("DatePart(""q"", ""x"")"), Fails("DatePart(""x"", 1)")
' expect: 1 2 52 52 52 1 5 13 5
Echo Weekday(#1/1/2000#), Weekday(#1/1/2000#, 2), Weekday(#1/1/2000#, 7), IsNull(Weekday(Null, 1)), Fails("Weekday(Null, -1)"), Fails("Weekday(1, 10)"), Fails("Weekday(1, Null)"), Fails("Weekday(Null, ""a"")"), WeekdayName(1), WeekdayName(1, 10), WeekdayName(1, True, 2.5), WeekdayName(7, True, 7), Fails("WeekdayName(8)"), Fails("WeekdayName(1, True, 8)"), Fails("WeekdayName(0)")
' expect: 7 6 1 True 5 5 94 13 Sunday Sun Mon Fri 5 5 5
Echo MonthName(1), MonthName(12, True), MonthName(1, 10), Fails("MonthName(13)"), Fails("MonthName(Null)"), Fails("MonthName(""a"", Null)"), Fails("MonthName(0)")
' expect: January Dec Jan 5 94 94 5
Echo DateValue("1/31/1999 1:02"), TimeValue("1/31/1999 1:02"), DateValue("1:02"), Fails("DateValue(Null)"), Fails("DateValue(""x"")"), Fails("TimeValue(""x"")"), Fails("TimeValue(Null)"), TypeName(Now), TypeName(Date), TypeName(Time), TypeName(Timer), Date = DateValue(Now)
' expect: 1/31/1999 1:02:00 AM 12:00:00 AM 94 13 13 94 Date Date Date Single True
Echo FormatNumber(1234.5), FormatNumber(-1234.567, 1), FormatNumber(0.5, 2, 0), FormatNumber(-5, 0, -1, -1), FormatNumber(1234567, 0, , , 0), FormatNumber("12", 3), FormatNumber(CCur("922337203685477.5807"), 4), FormatNumber(1e20, 0), FormatNumber(2.345), FormatNumber(0.0049)
' expect: 1,234.50 -1,234.6 .50 (5) 1234567 12.000 922,337,203,685,477.5807 100,000,000,000,000,000,000 2.35 0.00
Echo FormatCurrency(1234.5), FormatCurrency(-5), FormatCurrency(-5, , , 0), FormatCurrency(0.5, , 0), FormatPercent(0.125), FormatPercent(-0.5, 0), FormatPercent(-0.5, 0, , -1), FormatPercent(12, 0)
' expect: $1,234.50 ($5.00) -$5.00 $.50 12.50% -50% (50%) 1,200%
Echo Fails("FormatNumber(Null)"), Fails("FormatNumber(""x"")"), Fails("FormatNumber(1, Null)"), Fails("FormatNumber(1, -2)"), Fails("FormatNumber(1, 2, 3)"), Fails("FormatCurrency(Null)"), Fails("FormatCurrency(1, 0, Null)"), Fails("FormatPercent(Null)"), Fails("FormatPercent(1, 0, 0, 0, Null)"), Fails("FormatDateTime(Null)"), Fails("FormatDateTime(1, Null)"), Fails("FormatDateTime(1, 5)"), Fails("FormatDateTime(""x"")")
' expect: 13 13 94 5 5 13 94 13 94 13 94 5 13
Echo FormatDateTime(#1/31/1999 13:02:03#), FormatDateTime(#1/31/1999 13:02:03#, 1), FormatDateTime(#1/31/1999 13:02:03#, 2), FormatDateTime(#1/31/1999 13:02:03#, 3), FormatDateTime(#1/31/1999 13:02:03#, 4), FormatDateTime(1)
' expect: 1/31/1999 1:02:03 PM Sunday, January 31, 1999 1/31/1999 1:02:03 PM 13:02 12/31/1899
