Echo FormatNumber(1234567.891), FormatNumber(1234.5, 0), FormatNumber(0.5, 2), FormatNumber(0.5, 2, 0), FormatNumber(-5, 1, -1, -1), FormatNumber(1234, 2, -1, 0, 0)
' expect: 1,234,567.89 1,235 0.50 .50 (5.0) 1234.00
Echo FormatCurrency(1234.5), FormatCurrency(-1234.5), FormatPercent(0.1234), FormatPercent(1.5, 0), FormatNumber(2.345, 2), FormatNumber(-0.001, 2)
' expect: $1,234.50 ($1,234.50) 12.34% 150% 2.35 0.00
Echo FormatNumber("12.345", 1), FormatNumber(999.999), FormatNumber(1e15, 0)
' expect: 12.3 1,000.00 1,000,000,000,000,000
' Rounding at halves, carries, and where whole numbers do not reach.
Echo FormatNumber(1.005, 2), FormatNumber(0.125, 2), FormatNumber(999.995, 2), FormatNumber(0, 0), FormatNumber(0, 3), FormatNumber(0.004, 2), FormatNumber(9.99, 1)
' expect: 1.01 0.13 1,000.00 0 0.000 0.00 10.0
Echo FormatNumber(12345678901234.5, 0), FormatNumber(99999999999999, 2), FormatNumber(0.1234567, 7), FormatNumber(1234567.5, 6), FormatNumber(0.5, 0), FormatNumber(1.5, 0)
' expect: 12,345,678,901,235 99,999,999,999,999.00 0.1234567 1,234,567.500000 1 2
Echo FormatPercent(False), FormatPercent(CByte(0), 1, 0), FormatPercent("0"), FormatPercent(CCur(0)), FormatPercent(True)
' expect: 0.00% .0% 0.00% 0.00% -100.00%
