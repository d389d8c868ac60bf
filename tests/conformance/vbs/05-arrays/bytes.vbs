' Byte() values come from objects. Scripts can take them apart with the functions of bytes alone.
Dim b, c, n, s, all
b = Host.Bytes(ChrB(0) & ChrB(65) & ChrB(255) & ChrB(13) & ChrB(10))
Echo TypeName(b), VarType(b), IsArray(b), LBound(b), UBound(b), LBound(b, 1), UBound(b, 1)
' expect: Byte() 8209 True 0 4 0 4
Echo IsNumeric(b), IsEmpty(b), IsNull(b), IsObject(b), IsDate(b)
' expect: False False False False False
For Each n In b
  s = s & TypeName(n) & n & " "
Next
Echo s
' expect: Byte0 Byte65 Byte255 Byte13 Byte10
Echo LenB(b), Len(b), AscB(MidB(b, 3, 1)), TypeName(MidB(b, 3, 1)), LenB(LeftB(b, 2)), AscB(RightB(b, 1))
' expect: 5 2 255 String 2 10
Echo InStrB(b, ChrB(13) & ChrB(10)), InStrB(3, b, ChrB(65)), InStrB(b, MidB(b, 2, 2))
' expect: 4 0 2
' Sharing: the copy and a string made of it are the same bytes.
c = b
Echo TypeName(c), LenB(c & ChrB(7)), LenB(b), LenB(CStr(c)), CStr(c) = b & ""
' expect: Byte() 6 5 5 True
' What objects get.
Echo Host.Seen(b), Host.Seen(c & ""), Host.Seen(Array(1, 2)), TypeName(Host.Bytes(c)), UBound(Host.Bytes(c))
' expect: 8209[5] 8 8204[2] Byte() 4
Echo UBound(Host.Bytes("")), LenB(Host.Bytes("")), Host.Seen(Host.Bytes(""))
' expect: -1 0 8209[0]
For Each n In Host.Bytes("") : Echo "never" : Next
' Every byte goes through unchanged.
For n = 0 To 255 : all = all & ChrB(n) : Next
c = Host.Bytes(all)
s = 0
For n = 1 To LenB(c)
  If AscB(MidB(c, n, 1)) <> n - 1 Then s = s + 1
Next
Echo LenB(c), s, MidB(c, 66, 1) = ChrB(65), MidB(c, 66, 1) = ChrB(66), MidB(c, 66, 1) = "", ChrB(65) < ChrB(66)
' expect: 256 0 True False False True
' Inside of arrays, ByVal and ByRef.
Function Size(ByVal x) : Size = LenB(x) : End Function
Sub Grow(x) : x = x & ChrB(1) : End Sub
n = Array(b, c)
Echo Size(n(0)), Size(n(1)), Size(b)
' expect: 5 256 5
Grow b
Echo TypeName(b), LenB(b)
' expect: String 6
' What does not work.
On Error Resume Next
b = Host.Bytes("ab")
s = b(0) : Echo Err.Number, Err.Description : Err.Clear
' expect: 13 Type mismatch
b(0) = 1 : Echo Err.Number : Err.Clear
' expect: 13
Erase b : Echo Err.Number, UBound(b) : Err.Clear
' expect: 13 3
ReDim Preserve b(9) : Echo Err.Number, UBound(b) : Err.Clear
' expect: 13 3
s = UBound(b, 2) : Echo Err.Number : Err.Clear
' expect: 9
s = Join(b) : Echo Err.Number : Err.Clear
' expect: 13
s = b + 1 : Echo Err.Number : Err.Clear
' expect: 13
s = CLng(b) : Echo Err.Number : Err.Clear
' expect: 13
s = (b = "ab") : Echo Err.Number : Err.Clear
' expect: 13
s = LenB(Array(1, 2)) : Echo Err.Number : Err.Clear
' expect: 13
' An ordinary ReDim replaces whatever the variable held.
ReDim b(2) : Echo Err.Number, TypeName(b)
' expect: 0 Variant()
