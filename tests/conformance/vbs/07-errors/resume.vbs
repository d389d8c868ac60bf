Sub Inner
  Dim x
  x = 1 / 0
  Echo "not reached"
End Sub
Sub Outer
  On Error Resume Next
  Inner
  Echo "outer goes on", Err.Number
End Sub
Outer
' expect: outer goes on 11
On Error Resume Next
Err.Raise 1000, "src", "desc", "help.hlp", 7
Echo Err.Number, Err.Source, Err.Description, Err.HelpFile, Err.HelpContext
' expect: 1000 src desc help.hlp 7
Err.Clear
Echo Err.Number, Err.Description = ""
' expect: 0 True
Err.Raise vbObjectError + 5, "mine", "custom"
Echo Err.Number, Err.Description
' expect: -2147221499 custom
On Error GoTo 0
Echo Err.Number
' expect: 0
On Error Resume Next
Err.Raise 13
Echo Err, Err.Description, Err.Source
' expect: 13 Type mismatch Microsoft VBScript runtime error
' An error in a condition goes on inside the block.
If 1 / 0 Then
  Echo "inside"
Else
  Echo "else"
End If
' expect: inside
x = undefinedFunction(1)
Echo Err.Number, Err.Description
' expect: 13 Type mismatch
Err.Clear
undefinedSub 1, 2
Echo Err.Number
' expect: 13
For i = 1 To 3
  Err.Clear
  y = 10 \ (i - 2)
  Echo i, Err.Number
Next
' expect: 1 0
' expect: 2 11
' expect: 3 0
