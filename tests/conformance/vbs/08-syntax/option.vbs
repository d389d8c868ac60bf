x = 1
Option Explicit
' error: 1024 line 2 column 1
