' What an uncaught error is about: the last line of output. Err.Description has only the plain text
' (published tests of Wine's engine); the details are those of public error reports.

' ---- plain
On Error Resume Next
x = CInt("a")
Echo Err.Description, "/", Err.Source
Dim o
o.Foo
Echo Err.Description
Nothing1
Echo Err.Description
Set o = CreateObject("No.Such")
Echo Err.Description
Err.Clear
Echo Err.Number, "[" & Err.Description & "]", "[" & Err.Source & "]"
' expect: Type mismatch / Microsoft VBScript runtime error
' expect: Object required
' expect: Type mismatch
' expect: ActiveX component can't create object
' expect: 0 [] []
' ---- raised
On Error Resume Next
Err.Raise 13
Echo Err.Number, Err.Description, Err.Source
Err.Raise 2
Echo Err.Number, Err.Description
Err.Raise vbObjectError + 5, "My.Source", "my text", "my.chm", 77
Echo Err.Number = vbObjectError + 5, Err.Source, Err.Description, Err.HelpFile, Err.HelpContext
Err.Raise 0
Echo Err.Number
Err.Raise 70000
Echo Err.Number
Err.Raise 65535
Echo Err.Number
Echo TypeName(Err), TypeName(Err.Number)
On Error GoTo 0
Echo Err.Number, Err = 0
' expect: 13 Type mismatch Microsoft VBScript runtime error
' expect: 2 Unknown runtime error
' expect: True My.Source my text my.chm 77
' expect: 5
' expect: 5
' expect: 65535
' expect: Object Long
' expect: 0 True
