Echo ScriptEngine, ScriptEngineMajorVersion, ScriptEngineMinorVersion, GetLocale
' expect: VBScript 5 8 1033
On Error Resume Next
CreateObject "No.Such" : Echo Err.Number, Err.Description : Err.Clear
' expect: 429 ActiveX component can't create object
GetObject "IIS://x" : Echo Err.Number : Err.Clear
' expect: 432
MsgBox "hi" : Echo Err.Number : Err.Clear
' expect: 70
x = GetRef("nothere") : Echo Err.Number : Err.Clear
' expect: 5
Left = 5 : Echo Err.Number, Err.Description : Err.Clear
' expect: 501 Illegal assignment
