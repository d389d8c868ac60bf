' A variable that gets a joined text again and again keeps its memory, but only when nobody else
' has the text that was in it, and it is no part of the new one.
Dim s, t, a(2), i, d, long1
Sub Keep(ByVal v)
    s = "new" & 2
    Echo v & " " & s
End Sub
Sub Change(v)
    v = "changed" & v
End Sub

s = "key" & 1
t = s
s = "key" & 2
Echo t & " " & s
' expect: key1 key2
For i = 0 To 2
    s = "item" & i
    a(i) = s
Next
Echo a(0) & a(1) & a(2)
' expect: item0item1item2
s = "old" & 1
Keep s
' expect: old1 new2
s = "a" & s
s = s & s
Echo s
' expect: anew2anew2
s = "x" & Left(s, 2)
s = Mid(s, 2) & Left(s, 1)
Echo s
' expect: anx
Change s
Change s
Echo s
' expect: changedchangedanx
Set d = CreateObject("Scripting.Dictionary")
For i = 1 To 3
    s = "k" & i
    d(s) = s
    s = "v" & i
    d("k" & i) = d("k" & i) & s
Next
Echo Join(d.Keys, ",") & " " & Join(d.Items, ",")
' expect: k1,k2,k3 k1v1,k2v2,k3v3
long1 = "long" & String(5000, "-")
long1 = "short" & 1
Echo long1 & Len(long1)
' expect: short16
long1 = "of a length" & long1 & "!"
long1 = "longer than before" & 123456789
Echo long1
' expect: longer than before123456789
long1 = "" & 5
Echo long1 & TypeName(long1)
' expect: 5String
For Each t In Array("p" & 1, "q" & 2)
    s = t & 0
    t = t & 9
    Echo s & t
Next
' expect: p10p19
' expect: q20q29
