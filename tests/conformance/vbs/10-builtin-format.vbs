Echo FormatNumber(1234567.891), FormatNumber(1234.5, 0), FormatNumber(0.5, 2), FormatNumber(0.5, 2, 0), FormatNumber(-5, 1, -1, -1), FormatNumber(1234, 2, -1, 0, 0)
' expect: 1,234,567.89 1,235 0.50 .50 (5.0) 1234.00
Echo FormatCurrency(1234.5), FormatCurrency(-1234.5), FormatPercent(0.1234), FormatPercent(1.5, 0), FormatNumber(2.345, 2), FormatNumber(-0.001, 2)
' expect: $1,234.50 ($1,234.50) 12.34% 150% 2.35 0.00
Echo FormatNumber("12.345", 1), FormatNumber(999.999), FormatNumber(1e15, 0)
' expect: 12.3 1,000.00 1,000,000,000,000,000
