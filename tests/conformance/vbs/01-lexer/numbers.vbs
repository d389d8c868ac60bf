' Numbers. Subtypes of hexadecimal literals as the published tests of Wine's engine attest them.
Dim hi
Sub Kind(v)
	Echo TypeName(v), v
End Sub
Kind &HFF
Kind &HFFFF
Kind &HFFFF&
Kind &HFFFE
Kind &H10&
Kind &H10000
Kind &HFFFFFFFF
Kind &HFFFFFFFF&
Kind &H00000000000000FF
Kind &H007FFFFFFF
Kind &O17
Kind &O177777
Kind &O177777&
' expect: Integer 255
' expect: Integer -1
' expect: Long 65535
' expect: Integer -2
' expect: Integer 16
' expect: Long 65536
' expect: Integer -1
' expect: Integer -1
' expect: Integer 255
' expect: Long 2147483647
' expect: Integer 15
' expect: Integer -1
' expect: Long 65535
Kind 32767
Kind 32768
Kind -32768
Kind 2147483647
Kind 2147483648
Kind 010
Kind .5
Kind 10.
Kind 34e5
Kind 56.789e-2
Kind .5E+1
Kind 1e-94938484
' expect: Integer 32767
' expect: Long 32768
' expect: Long -32768
' expect: Long 2147483647
' expect: Double 2147483648
' expect: Integer 10
' expect: Double 0.5
' expect: Double 10
' expect: Double 3400000
' expect: Double 0.56789
' expect: Double 5
' expect: Double 0
hi = "y"
Echo "x" &hi, (&h01or&h02), 1 &2
' expect: xy 3 12
Echo 2 ^ -1, -3 ^ 2, 2 ^ 3 ^ 2, --1, +--+-+1, 7 Mod 4 + 2, 2 + 3 \ 4, 12 / 3 \ 2
' expect: 0.5 9 64 1 -1 5 2 2
