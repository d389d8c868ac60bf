' MsgBox where there is a desktop (the test's own: it tells what it was asked and presses the button
' that the title names), and the engine's own names.
' ---- asked
' option: --desktop
Echo MsgBox("text")
' expect: MsgBox [text] 0 []
' expect: 1
Echo MsgBox("sure?", vbYesNo + vbQuestion + vbDefaultButton2, "7"), vbNo
' expect: MsgBox [sure?] 292 [7]
' expect: 7 7
MsgBox 1.5, , "title"
' expect: MsgBox [1.5] 0 [title]
MsgBox Empty
' expect: MsgBox [] 0 []
Select Case MsgBox("again", vbRetryCancel Or vbCritical, vbRetry)
Case vbRetry Echo "retry"
Case Else Echo "no"
End Select
' expect: MsgBox [again] 21 [4]
' expect: retry
On Error Resume Next
MsgBox : Echo Err.Number : Err.Clear
' expect: 450
MsgBox "a", "b" : Echo Err.Number : Err.Clear
' expect: 13
MsgBox Null : Echo Err.Number : Err.Clear
' expect: 94
' ---- none
' error: 70 line 30 column 1
MsgBox "nobody sees it"
' ---- no-input
' error: 70 line 33 column 1
s = InputBox("name?", "title", "default")
' ---- engine
Echo ScriptEngine & " " & ScriptEngineMajorVersion & "." & ScriptEngineMinorVersion, ScriptEngineBuildVersion > 0
' expect: VBScript 5.8 True
Echo ScriptEngine(), ScriptEngineMajorVersion(), TypeName(ScriptEngineMajorVersion), TypeName(ScriptEngine)
' expect: VBScript 5 Long String
