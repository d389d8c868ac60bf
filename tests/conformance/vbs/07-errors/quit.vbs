On Error Resume Next
Echo "before"
' expect: before
Quit
Echo "never"
