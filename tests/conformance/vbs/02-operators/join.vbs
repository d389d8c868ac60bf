' Chains of &, which the compiler joins in one step: what runs or fails keeps its place.
Option Explicit
Dim s, t, o, n
Class Teller
  Private mine
  Public Default Property Get Text
    s = "changed"
    Text = "<told>"
  End Property
End Class
Function Loud(x)
  s = "loud"
  Loud = x
End Function

' expect: a1b
s = "a" : n = 1
Echo s & n & "b"
' expect: -5|32768|2147483648||True|1.5
n = -5
Echo n & "|" & 32768 & "|" & 2147483648 & "|" & Empty & "|" & True & "|" & 1.5
' expect: x
Echo Null & "x" & Null
' expect: Null
Echo TypeName(Null & Null & Null)
' expect: String
Echo TypeName(Empty & Empty & t)
' The text itself among what is appended.
' expect: abab-ab
s = "ab" : s = s & s & "-" & s
Echo s
' expect: 12,12
s = 12 : s = s & "," & s
Echo s
' Another holder of the text keeps it.
' expect: one
' expect: one two 3
s = "one" : t = s : s = s & " two " & 3
Echo t
Echo s
' What the default property changes is not what is continued.
' expect: old<told>!
Set o = New Teller
s = "old" : s = s & o & "!"
Echo s
' expect: old<told>changed
s = "old" : t = "" & "old" & o & s
Echo t
' A function among them changes the variable.
' expect: oldxloud
s = "old" : s = s & Loud("x") & s
Echo s
' expect: q-loud-x
s = "old" : t = "q" & "-" & Mid("aloud", 2) & "-" & Loud("x")
Echo t
' An error leaves the variable as it was.
' expect: 13 old
Dim list(2)
On Error Resume Next
s = "old"
s = s & "a" & list & "b"
Echo Err.Number & " " & s
On Error GoTo 0
' expect: ref:12
Sub Add(ByRef x)
  x = x & 1 & 2
End Sub
s = "ref:"
Add s
Echo s
' More than one step takes.
' expect: 0123456789abcdefghijklmnopqrs
n = "9"
Echo "0" & "1" & "2" & "3" & "4" & "5" & "6" & "7" & "8" & n & "a" & "b" & "c" & "d" & "e" & "f" & "g" & "h" & "i" & "j" & "k" & "l" & "m" & "n" & "o" & "p" & "q" & "r" & "s"
