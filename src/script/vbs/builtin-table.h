/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the built-in functions: name, function vbs_fn_*, least and most arguments; and of the
 * constants. The conformance suite's coverage is checked against this table.
 */
#pragma once

/* clang-format off */
#define VBS_FUNCTIONS(X) \
	/* builtin-convert.c */ \
	X("CBool", cbool, 1, 1) X("CByte", cbyte, 1, 1) X("CCur", ccur, 1, 1) \
	X("CDate", cdate, 1, 1) X("CDbl", cdbl, 1, 1) X("CInt", cint, 1, 1) \
	X("CLng", clng, 1, 1) X("CSng", csng, 1, 1) X("CStr", cstr, 1, 1) X("Hex", hex, 1, 1) \
	X("Oct", oct, 1, 1) X("Asc", asc, 1, 1) X("AscW", ascw, 1, 1) X("Chr", chr, 1, 1) \
	X("ChrW", chrw, 1, 1) X("TypeName", typename, 1, 1) X("VarType", vartype, 1, 1) \
	X("IsArray", isarray, 1, 1) X("IsDate", isdate, 1, 1) X("IsEmpty", isempty, 1, 1) \
	X("IsNull", isnull, 1, 1) X("IsNumeric", isnumeric, 1, 1) X("IsObject", isobject, 1, 1) \
	/* builtin-string.c */ \
	X("Len", len, 1, 1) X("Left", left, 2, 2) X("Right", right, 2, 2) X("Mid", mid, 2, 3) \
	X("InStr", instr, 2, 4) X("InStrRev", instrrev, 2, 4) X("Replace", replace, 3, 6) \
	X("UCase", ucase, 1, 1) X("LCase", lcase, 1, 1) X("Trim", trim, 1, 1) \
	X("LTrim", ltrim, 1, 1) X("RTrim", rtrim, 1, 1) X("Space", space, 1, 1) \
	X("String", string, 2, 2) X("StrReverse", strreverse, 1, 1) X("StrComp", strcomp, 2, 3) \
	X("Escape", escape, 1, 1) X("Unescape", unescape, 1, 1) \
	/* builtin-bytes.c */ \
	X("LenB", lenb, 1, 1) X("LeftB", leftb, 2, 2) X("RightB", rightb, 2, 2) \
	X("MidB", midb, 2, 3) X("InStrB", instrb, 2, 4) X("AscB", ascb, 1, 1) \
	X("ChrB", chrb, 1, 1) \
	/* builtin-array.c */ \
	X("Array", array, 0, 64) X(ARRAY_MORE, arraymore, 1, 64) X("LBound", lbound, 1, 2) X("UBound", ubound, 1, 2) \
	X("Split", split, 1, 4) X("Join", join, 1, 2) X("Filter", filter, 2, 4) \
	/* builtin-math.c */ \
	X("Abs", abs, 1, 1) X("Int", int, 1, 1) X("Fix", fix, 1, 1) X("Round", round, 1, 2) \
	X("Sgn", sgn, 1, 1) X("Sqr", sqr, 1, 1) X("Exp", exp, 1, 1) X("Log", log, 1, 1) \
	X("Sin", sin, 1, 1) X("Cos", cos, 1, 1) X("Tan", tan, 1, 1) X("Atn", atn, 1, 1) \
	X("Rnd", rnd, 0, 1) X("Randomize", randomize, 0, 1) X("RGB", rgb, 3, 3) \
	/* builtin-date.c */ \
	X("Now", now, 0, 0) X("Date", date, 0, 0) X("Time", time, 0, 0) X("Timer", timer, 0, 0) \
	X("DateSerial", dateserial, 3, 3) X("TimeSerial", timeserial, 3, 3) \
	X("DateValue", datevalue, 1, 1) X("TimeValue", timevalue, 1, 1) X("Year", year, 1, 1) \
	X("Month", month, 1, 1) X("Day", day, 1, 1) X("Hour", hour, 1, 1) \
	X("Minute", minute, 1, 1) X("Second", second, 1, 1) X("Weekday", weekday, 1, 2) \
	X("WeekdayName", weekdayname, 1, 3) X("MonthName", monthname, 1, 2) \
	X("DateAdd", dateadd, 3, 3) X("DateDiff", datediff, 3, 5) X("DatePart", datepart, 2, 4) \
	/* builtin-format.c */ \
	X("FormatNumber", formatnumber, 1, 5) X("FormatCurrency", formatcurrency, 1, 5) \
	X("FormatPercent", formatpercent, 1, 5) X("FormatDateTime", formatdatetime, 1, 2) \
	/* builtin-object.c */ \
	X("CreateObject", createobject, 1, 2) X("GetObject", getobject, 0, 2) \
	X("GetRef", getref, 1, 1) X("Err", err, 0, 0) X("MsgBox", msgbox, 1, 5) \
	X("InputBox", inputbox, 1, 7) X("ScriptEngine", scriptengine, 0, 0) \
	X("ScriptEngineMajorVersion", scriptmajor, 0, 0) \
	X("ScriptEngineMinorVersion", scriptminor, 0, 0) \
	X("ScriptEngineBuildVersion", scriptbuild, 0, 0) X("GetLocale", getlocale, 0, 0) \
	X("SetLocale", setlocale, 0, 1) \
	/* compiled to an instruction of their own */ \
	X("Eval", eval, 1, 1) X("Execute", execute, 1, 1) \
	X("ExecuteGlobal", executeglobal, 1, 1)

#define VBS_CONSTANTS(X) \
	X("vbEmpty", 0) X("vbNull", 1) X("vbInteger", 2) X("vbLong", 3) X("vbSingle", 4) \
	X("vbDouble", 5) X("vbCurrency", 6) X("vbDate", 7) X("vbString", 8) X("vbObject", 9) \
	X("vbError", 10) X("vbBoolean", 11) X("vbVariant", 12) X("vbDataObject", 13) \
	X("vbDecimal", 14) X("vbByte", 17) X("vbLongLong", 20) X("vbArray", 8192) \
	X("vbBinaryCompare", 0) X("vbTextCompare", 1) X("vbDatabaseCompare", 2) \
	X("vbUseDefault", -2) X("vbTrue", -1) X("vbFalse", 0) X("vbUseSystem", 0) \
	X("vbUseSystemDayOfWeek", 0) X("vbSunday", 1) X("vbMonday", 2) X("vbTuesday", 3) \
	X("vbWednesday", 4) X("vbThursday", 5) X("vbFriday", 6) X("vbSaturday", 7) \
	X("vbFirstJan1", 1) X("vbFirstFourDays", 2) X("vbFirstFullWeek", 3) \
	X("vbGeneralDate", 0) X("vbLongDate", 1) X("vbShortDate", 2) X("vbLongTime", 3) \
	X("vbShortTime", 4) X("vbOKOnly", 0) X("vbOKCancel", 1) \
	X("vbAbortRetryIgnore", 2) X("vbYesNoCancel", 3) X("vbYesNo", 4) X("vbRetryCancel", 5) \
	X("vbCritical", 16) X("vbQuestion", 32) X("vbExclamation", 48) X("vbInformation", 64) \
	X("vbDefaultButton1", 0) X("vbDefaultButton2", 256) X("vbDefaultButton3", 512) \
	X("vbDefaultButton4", 768) X("vbApplicationModal", 0) X("vbSystemModal", 4096) \
	X("vbOK", 1) X("vbCancel", 2) X("vbAbort", 3) X("vbRetry", 4) X("vbIgnore", 5) \
	X("vbYes", 6) X("vbNo", 7)

/* These are Longs whatever their value. */
#define VBS_LONG_CONSTANTS(X) \
	X("vbObjectError", -2147221504) X("vbBlack", 0) X("vbRed", 255) \
	X("vbGreen", 65280) X("vbYellow", 65535) X("vbBlue", 16711680) \
	X("vbMagenta", 16711935) X("vbCyan", 16776960) X("vbWhite", 16777215) \
	X("vbMsgBoxHelpButton", 16384) X("vbMsgBoxSetForeground", 65536) X("vbMsgBoxRight", 524288) \
	X("vbMsgBoxRtlReading", 1048576)

#define VBS_TEXT_CONSTANTS(X) \
	X("vbCr", "\r") X("vbLf", "\n") X("vbCrLf", "\r\n") X("vbNewLine", "\r\n") \
	X("vbTab", "\t") X("vbBack", "\b") X("vbFormFeed", "\f") X("vbVerticalTab", "\v") \
	X("vbNullChar", "\0") X("vbNullString", "")
/* clang-format on */
