' A loop over global variables, as most scripts and pages are written.
n = 0
For i = 1 To 5000000 \ Parts
  If i Mod 3 = 0 Then n = n + i Mod 5
Next
Echo n
