' A missing operand is "Syntax error" (attested for Eval and Execute by the published tests of Wine's
' engine); a Case without a value is "Expected expression".

' ---- operand
x = 
' error: 1002 line 5 column 5
' ---- right
x = 1 +
' error: 1002 line 8 column 8
' ---- case
Select Case 1
Case
' error: 1023 line 12 column 5
