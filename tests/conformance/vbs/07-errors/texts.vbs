' The documented text of every error, run-time and syntax, and what Err says of a number that is none.
Sub Tell(n)
	On Error Resume Next
	Err.Clear
	Err.Raise n
	Echo Err.Number & " " & Err.Description
End Sub
Tell 5
' expect: 5 Invalid procedure call or argument
Tell 6
' expect: 6 Overflow
Tell 7
' expect: 7 Out of memory
Tell 9
' expect: 9 Subscript out of range
Tell 10
' expect: 10 This array is fixed or temporarily locked
Tell 11
' expect: 11 Division by zero
Tell 13
' expect: 13 Type mismatch
Tell 14
' expect: 14 Out of string space
Tell 17
' expect: 17 Can't perform requested operation
Tell 28
' expect: 28 Out of stack space
Tell 35
' expect: 35 Sub or Function not defined
Tell 48
' expect: 48 Error in loading DLL
Tell 51
' expect: 51 Internal error
Tell 52
' expect: 52 Bad file name or number
Tell 53
' expect: 53 File not found
Tell 54
' expect: 54 Bad file mode
Tell 55
' expect: 55 File already open
Tell 57
' expect: 57 Device I/O error
Tell 58
' expect: 58 File already exists
Tell 61
' expect: 61 Disk full
Tell 62
' expect: 62 Input past end of file
Tell 67
' expect: 67 Too many files
Tell 68
' expect: 68 Device unavailable
Tell 70
' expect: 70 Permission denied
Tell 71
' expect: 71 Disk not ready
Tell 74
' expect: 74 Can't rename with different drive
Tell 75
' expect: 75 Path/File access error
Tell 76
' expect: 76 Path not found
Tell 91
' expect: 91 Object variable not set
Tell 92
' expect: 92 For loop not initialized
Tell 94
' expect: 94 Invalid use of Null
Tell 322
' expect: 322 Can't create necessary temporary file
Tell 424
' expect: 424 Object required
Tell 429
' expect: 429 ActiveX component can't create object
Tell 430
' expect: 430 Class doesn't support Automation
Tell 432
' expect: 432 File name or class name not found during Automation operation
Tell 438
' expect: 438 Object doesn't support this property or method
Tell 440
' expect: 440 Automation error
Tell 445
' expect: 445 Object doesn't support this action
Tell 446
' expect: 446 Object doesn't support named arguments
Tell 447
' expect: 447 Object doesn't support current locale setting
Tell 448
' expect: 448 Named argument not found
Tell 449
' expect: 449 Argument not optional
Tell 450
' expect: 450 Wrong number of arguments or invalid property assignment
Tell 451
' expect: 451 Object not a collection
Tell 453
' expect: 453 Specified DLL function not found
Tell 455
' expect: 455 Code resource lock error
Tell 457
' expect: 457 This key is already associated with an element of this collection
Tell 458
' expect: 458 Variable uses an Automation type not supported in VBScript
Tell 462
' expect: 462 The remote server machine does not exist or is unavailable
Tell 481
' expect: 481 Invalid picture
Tell 500
' expect: 500 Variable is undefined
Tell 501
' expect: 501 Illegal assignment
Tell 502
' expect: 502 Object not safe for scripting
Tell 503
' expect: 503 Object not safe for initializing
Tell 504
' expect: 504 Object not safe for creating
Tell 505
' expect: 505 Invalid or unqualified reference
Tell 506
' expect: 506 Class not defined
Tell 507
' expect: 507 An exception occurred
Tell 1001
' expect: 1001 Out of memory
Tell 1002
' expect: 1002 Syntax error
Tell 1003
' expect: 1003 Expected ':'
Tell 1005
' expect: 1005 Expected '('
Tell 1006
' expect: 1006 Expected ')'
Tell 1007
' expect: 1007 Expected ']'
Tell 1010
' expect: 1010 Expected identifier
Tell 1011
' expect: 1011 Expected '='
Tell 1012
' expect: 1012 Expected 'If'
Tell 1013
' expect: 1013 Expected 'To'
Tell 1014
' expect: 1014 Expected 'End'
Tell 1015
' expect: 1015 Expected 'Function'
Tell 1016
' expect: 1016 Expected 'Sub'
Tell 1017
' expect: 1017 Expected 'Then'
Tell 1018
' expect: 1018 Expected 'Wend'
Tell 1019
' expect: 1019 Expected 'Loop'
Tell 1020
' expect: 1020 Expected 'Next'
Tell 1021
' expect: 1021 Expected 'Case'
Tell 1022
' expect: 1022 Expected 'Select'
Tell 1023
' expect: 1023 Expected expression
Tell 1024
' expect: 1024 Expected statement
Tell 1025
' expect: 1025 Expected end of statement
Tell 1026
' expect: 1026 Expected integer constant
Tell 1027
' expect: 1027 Expected 'While' or 'Until'
Tell 1028
' expect: 1028 Expected 'While', 'Until' or end of statement
Tell 1029
' expect: 1029 Expected 'With'
Tell 1030
' expect: 1030 Identifier too long
Tell 1031
' expect: 1031 Invalid number
Tell 1032
' expect: 1032 Invalid character
Tell 1033
' expect: 1033 Unterminated string constant
Tell 1034
' expect: 1034 Unterminated comment
Tell 1037
' expect: 1037 Invalid use of 'Me' keyword
Tell 1038
' expect: 1038 'loop' without 'do'
Tell 1039
' expect: 1039 Invalid 'exit' statement
Tell 1040
' expect: 1040 Invalid 'for' loop control variable
Tell 1041
' expect: 1041 Name redefined
Tell 1042
' expect: 1042 Must be first statement on the line
Tell 1043
' expect: 1043 Cannot assign to non-ByVal argument
Tell 1044
' expect: 1044 Cannot use parentheses when calling a Sub
Tell 1045
' expect: 1045 Expected literal constant
Tell 1046
' expect: 1046 Expected 'In'
Tell 1047
' expect: 1047 Expected 'Class'
Tell 1048
' expect: 1048 Must be defined inside a Class
Tell 1049
' expect: 1049 Expected Let or Set or Get in property declaration
Tell 1050
' expect: 1050 Expected 'Property'
Tell 1051
' expect: 1051 Number of arguments must be consistent across properties specification
Tell 1052
' expect: 1052 Cannot have multiple default property/method in a Class
Tell 1053
' expect: 1053 Class initialize or terminate do not have arguments
Tell 1054
' expect: 1054 Property Set or Let must have at least one argument
Tell 1055
' expect: 1055 Unexpected 'Next'
Tell 1056
' expect: 1056 'Default' can be specified only on 'Property' or 'Function' or 'Sub'
Tell 1057
' expect: 1057 'Default' specification must also specify 'Public'
Tell 1058
' expect: 1058 'Default' specification can only be on Property Get
Tell 5016
' expect: 5016 Regular Expression object expected
Tell 5017
' expect: 5017 Syntax error in regular expression
Tell 5018
' expect: 5018 Unexpected quantifier
Tell 5019
' expect: 5019 Expected ']' in regular expression
Tell 5020
' expect: 5020 Expected ')' in regular expression
Tell 5021
' expect: 5021 Invalid range in character set
Tell 32811
' expect: 32811 Element not found
Tell 32812
' expect: 32812 The specified date is not available in the current locale's calendar
Tell 1
' expect: 1 Unknown runtime error
Tell 999
' expect: 999 Unknown runtime error
Tell 65535
' expect: 65535 Unknown runtime error
