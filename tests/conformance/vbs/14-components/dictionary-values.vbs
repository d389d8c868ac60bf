' Items of every subtype by every way to reach them, and keys one after the other, out of order,
' removed and put anew.
Sub Show(list)
    Echo Join(list, " ")
End Sub
Class Watcher
    Public Name
    Private Sub Class_Terminate
        Echo "end of " & Name & ": " & TypeName(d("k")) & " " & d.Count
    End Sub
End Class
Function NewWatcher(name)
    Set NewWatcher = New Watcher
    NewWatcher.Name = name
End Function

Dim d, k, i, v, t
Set d = CreateObject("Scripting.Dictionary")
For Each v In Array(Empty, Null, True, CByte(7), 300, 70000, CSng(0.1), 0.1, CCur(1.5), _
    DateSerial(2020, 1, 2), "", "text", Array(1, 2), CDbl(1))
    d("k") = v
    t = TypeName(d("k")) & " " & TypeName(d.Item("k"))
    d.Item("k") = d("k")
    Echo t & " " & TypeName(d("k"))
Next
' expect: Empty Empty Empty
' expect: Null Null Null
' expect: Boolean Boolean Boolean
' expect: Byte Byte Byte
' expect: Integer Integer Integer
' expect: Long Long Long
' expect: Single Single Single
' expect: Double Double Double
' expect: Currency Currency Currency
' expect: Date Date Date
' expect: String String String
' expect: String String String
' expect: Variant() Variant() Variant()
' expect: Double Double Double

' The item is replaced before what it was ends.
Set d("k") = NewWatcher("a")
d("k") = 1
' expect: end of a: Integer 1
d.Add "w", NewWatcher("b")
d("w") = "text"
' expect: end of b: Integer 2
d("w") = "other"
Echo d("w")
' expect: other
Set d.Item("w") = NewWatcher("c")
d.Remove "w"
' expect: end of c: Integer 1
Echo d.Exists("w")
' expect: False
d("w") = 5
Show Array(d("w"), d.Count)
' expect: 5 2

' A dictionary that only the expression holds.
Echo Made("x")("x")
' expect: x!
Function Made(k)
    Set Made = CreateObject("Scripting.Dictionary")
    Made(k) = k & "!"
End Function

' Numbers are one key whatever their subtype; text is not a number.
d.RemoveAll
d(1) = "Integer"
Show Array(d(CLng(1)), d(1.0), d(CByte(1)), d(CSng(1)), d.Exists("1"), d.Exists(-1))
' expect: Integer Integer Integer Integer False False
d(70000) = "Long"
Show Array(d(70000.0), d.Exists(70000 + 65536), d.Exists(4464))
' expect: Long False False
Show Array(d.Exists(True), d.Exists(False), d.Exists(Empty), d.Exists(Null))
' expect: False False False False
d(Empty) = "e" : d(Null) = "n" : d("") = "t" : d(0) = "z"
Echo d(Empty) & d(Null) & d("") & d(0) & d.Count
' expect: entz6

' In the order of adding, against it, with gaps.
d.RemoveAll
For i = 1 To 300 : d.Add "key" & i, i : Next
t = 0
For i = 1 To 300 : t = t + d("key" & i) : Next
For i = 300 To 1 Step -1 : t = t + d("key" & i) : Next
For i = 1 To 300 Step 3 : d.Remove "key" & i : Next
For i = 1 To 300
    If d.Exists("key" & i) Then t = t + d("key" & i)
Next
Show Array(t, d.Count)
' expect: 120500 200
For i = 1 To 300 Step 3 : d("key" & i) = -i : Next
For Each k In d.Keys : t = t + d(k) : Next
Show Array(t, d.Count, d.Keys()(0), d.Keys()(299))
' expect: 135750 300 key2 key298
d.Key("key2") = "key0"
Show Array(d.Exists("key2"), d("key0"), d("key3"), d.Keys()(0))
' expect: False 2 3 key0

' Keys of every length, equal but for one character.
d.RemoveAll
For i = 1 To 20
    d.Add String(i, "a"), i
    d.Add String(i - 1, "a") & "b", -i
    If i > 1 Then d.Add "b" & String(i - 1, "a"), 100 + i
Next
t = 0
For i = 20 To 1 Step -1
    If d(String(i, "a")) <> i Or d(String(i - 1, "a") & "b") <> -i Then t = t + 1
    If i > 1 Then
        If d("b" & String(i - 1, "a")) <> 100 + i Then t = t + 1
    End If
Next
Show Array(t, d.Count)
' expect: 0 59

' Case.
Set d = CreateObject("Scripting.Dictionary")
d.CompareMode = vbTextCompare
d("Key") = 1
d("KEY") = d("key") + 1
Show Array(d("kEY"), d.Count, d.Keys()(0), d.Exists("ke"), d.Exists(1))
' expect: 2 1 Key False False

' What a name and a number make.
Show Array("n" & 0, "n" & -1, "n" & 9, "n" & 10, "n" & 99, "n" & 100, "n" & -32768, "n" & 2147483647, "" & 1000000)
' expect: n0 n-1 n9 n10 n99 n100 n-32768 n2147483647 1000000
k = "n"
k = k & 1
k = k & 23
Show Array(k, LenB(ChrB(65) & 12))
' expect: n123 5

' Errors stay what they are.
On Error Resume Next
d.Add "key", 1
Echo Err.Number
' expect: 457
Err.Clear
v = d(Array(1))
Show Array(Err.Number <> 0, d.Count)
' expect: True 1
Err.Clear
d.Exists
Echo Err.Number
' expect: 450
