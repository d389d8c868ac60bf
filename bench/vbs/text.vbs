' Split, Join, Replace and the functions of strings, on long and on short texts.
Sub Main
  Dim i, s, t, u, fields, n, f, p
  For i = 1 To 5000
    s = s & "field " & i & ","
  Next
  For i = 1 To 100 \ Parts
    fields = Split(s, ",")
    t = Join(fields, ";")
    u = Replace(UCase(t), ";", ", ")
    n = n + Len(u) + UBound(fields) + InStr(u, "FIELD 4999") + Len(LCase(u))
  Next
  Echo n
  n = 0
  For i = 1 To 500000 \ Parts
    f = "name=  value " & i & " "
    p = InStr(f, "=")
    n = n + Len(Left(f, p - 1)) + Len(Trim(Mid(f, p + 1)))
    If Right(f, 2) = "7 " Then n = n + Len(Replace(f, "value", "v")) + UBound(Split(f, " "))
  Next
  Echo n
End Sub
Main
