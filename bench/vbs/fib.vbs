' Recursive calls.
Function Fib(n)
  If n < 2 Then
    Fib = n
  Else
    Fib = Fib(n - 1) + Fib(n - 2)
  End If
End Function
Dim k, sum
For k = 1 To 50 \ Parts
  sum = sum + Fib(22)
Next
Echo sum
