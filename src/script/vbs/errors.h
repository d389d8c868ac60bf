/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documented errors of VBScript: number and text. Run-time errors are below 1000, syntax
 * errors from 1001 on, errors of later engines from 5000 on. From this one table come the texts,
 * vbs_error_text and the coverage test of the conformance suite.
 */
#pragma once

#include <surrogate/com.h>

#define VBS_HR(n) MAKE_SCRIPT_HRESULT(n)

#define VBS_RUNTIME_SOURCE "Microsoft VBScript runtime error"
#define VBS_COMPILE_SOURCE "Microsoft VBScript compilation error"

#define VBS_ERRORS(X)                                                                              \
	X(5, "Invalid procedure call or argument")                                                 \
	X(6, "Overflow")                                                                           \
	X(7, "Out of memory")                                                                      \
	X(9, "Subscript out of range")                                                             \
	X(10, "This array is fixed or temporarily locked")                                         \
	X(11, "Division by zero")                                                                  \
	X(13, "Type mismatch")                                                                     \
	X(14, "Out of string space")                                                               \
	X(17, "Can't perform requested operation")                                                 \
	X(28, "Out of stack space")                                                                \
	X(35, "Sub or Function not defined")                                                       \
	X(48, "Error in loading DLL")                                                              \
	X(51, "Internal error")                                                                    \
	X(52, "Bad file name or number")                                                           \
	X(53, "File not found")                                                                    \
	X(54, "Bad file mode")                                                                     \
	X(55, "File already open")                                                                 \
	X(57, "Device I/O error")                                                                  \
	X(58, "File already exists")                                                               \
	X(61, "Disk full")                                                                         \
	X(62, "Input past end of file")                                                            \
	X(67, "Too many files")                                                                    \
	X(68, "Device unavailable")                                                                \
	X(70, "Permission denied")                                                                 \
	X(71, "Disk not ready")                                                                    \
	X(74, "Can't rename with different drive")                                                 \
	X(75, "Path/File access error")                                                            \
	X(76, "Path not found")                                                                    \
	X(91, "Object variable not set")                                                           \
	X(92, "For loop not initialized")                                                          \
	X(94, "Invalid use of Null")                                                               \
	X(322, "Can't create necessary temporary file")                                            \
	X(424, "Object required")                                                                  \
	X(429, "ActiveX component can't create object")                                            \
	X(430, "Class doesn't support Automation")                                                 \
	X(432, "File name or class name not found during Automation operation")                    \
	X(438, "Object doesn't support this property or method")                                   \
	X(440, "Automation error")                                                                 \
	X(445, "Object doesn't support this action")                                               \
	X(446, "Object doesn't support named arguments")                                           \
	X(447, "Object doesn't support current locale setting")                                    \
	X(448, "Named argument not found")                                                         \
	X(449, "Argument not optional")                                                            \
	X(450, "Wrong number of arguments or invalid property assignment")                         \
	X(451, "Object not a collection")                                                          \
	X(453, "Specified DLL function not found")                                                 \
	X(455, "Code resource lock error")                                                         \
	X(457, "This key is already associated with an element of this collection")                \
	X(458, "Variable uses an Automation type not supported in VBScript")                       \
	X(462, "The remote server machine does not exist or is unavailable")                       \
	X(481, "Invalid picture")                                                                  \
	X(500, "Variable is undefined")                                                            \
	X(501, "Illegal assignment")                                                               \
	X(502, "Object not safe for scripting")                                                    \
	X(503, "Object not safe for initializing")                                                 \
	X(504, "Object not safe for creating")                                                     \
	X(505, "Invalid or unqualified reference")                                                 \
	X(506, "Class not defined")                                                                \
	X(507, "An exception occurred")                                                            \
	X(1001, "Out of memory")                                                                   \
	X(1002, "Syntax error")                                                                    \
	X(1003, "Expected ':'")                                                                    \
	X(1005, "Expected '('")                                                                    \
	X(1006, "Expected ')'")                                                                    \
	X(1007, "Expected ']'")                                                                    \
	X(1010, "Expected identifier")                                                             \
	X(1011, "Expected '='")                                                                    \
	X(1012, "Expected 'If'")                                                                   \
	X(1013, "Expected 'To'")                                                                   \
	X(1014, "Expected 'End'")                                                                  \
	X(1015, "Expected 'Function'")                                                             \
	X(1016, "Expected 'Sub'")                                                                  \
	X(1017, "Expected 'Then'")                                                                 \
	X(1018, "Expected 'Wend'")                                                                 \
	X(1019, "Expected 'Loop'")                                                                 \
	X(1020, "Expected 'Next'")                                                                 \
	X(1021, "Expected 'Case'")                                                                 \
	X(1022, "Expected 'Select'")                                                               \
	X(1023, "Expected expression")                                                             \
	X(1024, "Expected statement")                                                              \
	X(1025, "Expected end of statement")                                                       \
	X(1026, "Expected integer constant")                                                       \
	X(1027, "Expected 'While' or 'Until'")                                                     \
	X(1028, "Expected 'While', 'Until' or end of statement")                                   \
	X(1029, "Expected 'With'")                                                                 \
	X(1030, "Identifier too long")                                                             \
	X(1031, "Invalid number")                                                                  \
	X(1032, "Invalid character")                                                               \
	X(1033, "Unterminated string constant")                                                    \
	X(1034, "Unterminated comment")                                                            \
	X(1037, "Invalid use of 'Me' keyword")                                                     \
	X(1038, "'loop' without 'do'")                                                             \
	X(1039, "Invalid 'exit' statement")                                                        \
	X(1040, "Invalid 'for' loop control variable")                                             \
	X(1041, "Name redefined")                                                                  \
	X(1042, "Must be first statement on the line")                                             \
	X(1043, "Cannot assign to non-ByVal argument")                                             \
	X(1044, "Cannot use parentheses when calling a Sub")                                       \
	X(1045, "Expected literal constant")                                                       \
	X(1046, "Expected 'In'")                                                                   \
	X(1047, "Expected 'Class'")                                                                \
	X(1048, "Must be defined inside a Class")                                                  \
	X(1049, "Expected Let or Set or Get in property declaration")                              \
	X(1050, "Expected 'Property'")                                                             \
	X(1051, "Number of arguments must be consistent across properties specification")          \
	X(1052, "Cannot have multiple default property/method in a Class")                         \
	X(1053, "Class initialize or terminate do not have arguments")                             \
	X(1054, "Property Set or Let must have at least one argument")                             \
	X(1055, "Unexpected 'Next'")                                                               \
	X(1056, "'Default' can be specified only on 'Property' or 'Function' or 'Sub'")            \
	X(1057, "'Default' specification must also specify 'Public'")                              \
	X(1058, "'Default' specification can only be on Property Get")                             \
	X(5016, "Regular Expression object expected")                                              \
	X(5017, "Syntax error in regular expression")                                              \
	X(5018, "Unexpected quantifier")                                                           \
	X(5019, "Expected ']' in regular expression")                                              \
	X(5020, "Expected ')' in regular expression")                                              \
	X(5021, "Invalid range in character set")                                                  \
	X(32811, "Element not found")                                                              \
	X(32812, "The specified date is not available in the current locale's calendar")

/* The script number an HRESULT of automation stands for (DISP_E_TYPEMISMATCH -> 13), or 0 when
 * it has none and the script sees the HRESULT itself. */
int vbs_error_of_hresult(HRESULT hr);
