' The number, date and money habits of locales (SetLocale), and what they change.
Echo GetLocale(), SetLocale(1031), GetLocale()
' expect: 1033 1033 1031
Echo 1.5, 1.5 & "", CStr(-0.25), CDbl("1.234,5"), CDbl("0,5"), CInt("2,5"), CCur("1,2345") & "", CSng(0.1)
' expect: 1,5 1,5 -0,25 1234,5 0,5 2 1,2345 0,1
Echo #3/5/2026#, #3/5/2026 2:07:09 PM# & "", CDate("5.3.2026") = #3/5/2026#, CDate("5. März 2026 8:30")
' expect: 05.03.2026 05.03.2026 14:07:09 True 05.03.2026 08:30:00
Echo IsNumeric("1,5"), IsNumeric("1.5"), IsNumeric("1,5 €"), IsNumeric("$1"), IsDate("31.12.2026"), IsDate("31. Mai 2026"), IsDate("31 May 2026")
' expect: True True True False True True False
Echo FormatNumber(-1234.567), FormatNumber(0.5, 1, 0), FormatCurrency(-1234.5), FormatCurrency(-1, , , -1), FormatPercent(0.1234)
' expect: -1.234,57 ,5 -1.234,50 € (1,00 €) 12,34%
Echo FormatDateTime(#3/5/2026 2:07:09 PM#, 0) & "|" & FormatDateTime(#3/5/2026#, 1) & "|" & FormatDateTime(#3/5/2026#, 2) & "|" & FormatDateTime(0.5, 3) & "|" & FormatDateTime(0.5, 4)
' expect: 05.03.2026 14:07:09|Donnerstag, 5. März 2026|05.03.2026|12:00:00|12:00
Echo MonthName(3), MonthName(3, True), WeekdayName(1), WeekdayName(1, True), WeekdayName(1, False, 1), Weekday(#3/5/2026#, 0), Weekday(#3/5/2026#)
' expect: März Mrz Montag Mo Sonntag 4 5
Echo "1,5" + 1, "2,5" * 2, 1.5 = "1,5", CBool("0,0"), True & ""
' expect: 2,5 5 True False True
Echo SetLocale("fr-FR"), FormatNumber(1234567.891, 1), FormatCurrency(1234.5), CDbl("1 234,5"), CDate("1 février 2026"), WeekdayName(2, False, 1)
' expect: 1031 1 234 567,9 1 234,50 € 1234,5 01/02/2026 lundi
Echo SetLocale("en-gb"), CDate("1/2/2026") = #2/1/2026#, FormatCurrency(-1.5), #1/2/2026#
' expect: 1036 True -£1.50 02/01/2026
Echo SetLocale(1046), FormatCurrency(1234.5), FormatDateTime(#3/5/2026#, 1), 1.5
' expect: 2057 R$ 1.234,50 quinta-feira, 5 de março de 2026 1,5
Echo SetLocale("ja"), FormatCurrency(1234.5), FormatDateTime(#3/5/2026#, 1), CDate("2026年3月5日") = #3/5/2026#, MonthName(3), WeekdayName(1)
' expect: 1046 ¥1,235 2026年3月5日 True 3月 日曜日
Echo SetLocale("1033"), SetLocale(0), SetLocale(), SetLocale("")
' expect: 1041 1033 1033 1033
' Literals are en-US wherever the script runs, and so is what Execute compiles.
SetLocale 1031
Echo 1.5 + #1/2/2026#, Eval("1.5 * 2"), Eval("Month(#1/2/2026#)")
' expect: 03.01.2026 12:00:00 3 1
SetLocale 1041
Echo Chr(&h82A0), Hex(Asc("あ")), Asc(Chr(&h8e8e)), Asc(Chr(220)), Chr(-32096), Hex(Asc("A"))
' expect: あ 82A0 -29042 220 あ 41
SetLocale "ru" : Echo Chr(255), Asc("я"), Asc("é"), MonthName(5), FormatDateTime(#5/9/2026#, 1), WeekdayName(1)
' expect: я 255 63 Май 9 мая 2026 г. понедельник
SetLocale "pl" : Echo Asc("ł"), CDate("3 maja 2026") = #5/3/2026#, FormatCurrency(-1.5)
' expect: 179 True -1,50 zł
SetLocale 1031
On Error Resume Next
SetLocale 99999 : Echo Err.Number, GetLocale() : Err.Clear
' expect: 447 1031
SetLocale "xx-yy" : Echo Err.Number : Err.Clear
' expect: 447
SetLocale Null : Echo Err.Number : Err.Clear
' expect: 94
Echo CDbl("1.5.2026x") : Echo Err.Number : Err.Clear
' expect: 13
Echo CDate("31/31/2026") : Echo Err.Number : Err.Clear
' expect: 13
