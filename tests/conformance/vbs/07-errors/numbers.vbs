' Every run-time error that a script or a component can raise, with the place it is reported at.
' Fail(hresult[, source[, description]]) fails as a component does.
' ---- 5-1
' error: 5 line 5 column 1
x = Left("abc", -1)
' ---- 5-2
' error: 5 line 8 column 1
x = Right("abc", -1)
' ---- 5-3
' error: 5 line 11 column 1
x = Mid("abc", 0)
' ---- 5-4
' error: 5 line 14 column 1
x = Mid("abc", 1, -1)
' ---- 5-5
' error: 5 line 17 column 1
x = Space(-1)
' ---- 5-6
' error: 5 line 20 column 1
x = String(-1, "a")
' ---- 5-7
' error: 5 line 23 column 1
x = String(2, "")
' ---- 5-8
' error: 5 line 26 column 1
x = InStr(0, "a", "a")
' ---- 5-9
' error: 5 line 29 column 1
x = InStr(1, "a", "a", 3)
' ---- 5-10
' error: 5 line 32 column 1
x = InStrRev("a", "a", 0)
' ---- 5-11
' error: 5 line 35 column 1
x = Replace("a", "a", "b", 0)
' ---- 5-12
' error: 5 line 38 column 1
x = StrComp("a", "b", 5)
' ---- 5-13
' error: 5 line 41 column 1
x = Split("a", ",", -2)
' ---- 5-14
' error: 5 line 44 column 1
x = Asc("")
' ---- 5-15
' error: 5 line 47 column 1
x = AscW("")
' ---- 5-16
' error: 5 line 50 column 1
x = AscB("")
' ---- 5-17
' error: 5 line 53 column 1
x = Chr(-1)
' ---- 5-18
' error: 5 line 56 column 1
x = Chr(256)
' ---- 5-19
' error: 5 line 59 column 1
x = ChrB(256)
' ---- 5-20
' error: 5 line 62 column 1
x = Sqr(-1)
' ---- 5-21
' error: 5 line 65 column 1
x = Log(0)
' ---- 5-22
' error: 5 line 68 column 1
x = Log(-1)
' ---- 5-23
' error: 5 line 71 column 1
x = Round(1, -1)
' ---- 5-24
' error: 5 line 74 column 1
x = (-8) ^ (1/3)
' ---- 5-25
' error: 5 line 77 column 1
x = 0 ^ -1
' ---- 5-26
' error: 5 line 80 column 1
x = RGB(-1, 0, 0)
' ---- 5-27
' error: 5 line 83 column 1
x = MonthName(13)
' ---- 5-28
' error: 5 line 86 column 1
x = MonthName(0)
' ---- 5-29
' error: 5 line 89 column 1
x = WeekdayName(8)
' ---- 5-30
' error: 5 line 92 column 1
x = WeekdayName(0)
' ---- 5-31
' error: 5 line 95 column 1
x = Weekday(Now, 9)
' ---- 5-32
' error: 5 line 98 column 1
x = DateAdd("x", 1, Now)
' ---- 5-33
' error: 5 line 101 column 1
x = DateDiff("x", Now, Now)
' ---- 5-34
' error: 5 line 104 column 1
x = DatePart("x", Now)
' ---- 5-35
' error: 5 line 107 column 1
x = DateSerial(10000, 1, 1)
' ---- 5-36
' error: 5 line 110 column 1
x = DateAdd("yyyy", 10000, #1/1/2000#)
' ---- 5-37
' error: 5 line 113 column 1
x = FormatDateTime(Now, 9)
' ---- 5-38
' error: 5 line 116 column 1
x = FormatNumber(1, 200)
' ---- 5-39
' error: 5 line 119 column 1
x = LeftB("a", -1)
' ---- 5-40
' error: 5 line 122 column 1
x = RightB("a", -1)
' ---- 5-41
' error: 5 line 125 column 1
x = MidB("a", 0)
' ---- 5-42
' error: 5 line 128 column 1
x = InStrB(0, "a", "a")
' ---- 5-43
' error: 5 line 131 column 1
Set x = GetRef("nope")
' ---- 5-44
' error: 5 line 134 column 1
Err.Raise 0
' ---- 5-45
' error: 5 line 137 column 1
Fail &H80070057
' ---- 6-1
' error: 6 line 140 column 1
x = CInt(32768)
' ---- 6-2
' error: 6 line 143 column 1
x = CInt("99999")
' ---- 6-3
' error: 6 line 146 column 1
x = CLng(2147483648)
' ---- 6-4
' error: 6 line 149 column 1
x = CByte(256)
' ---- 6-5
' error: 6 line 152 column 1
x = CByte(-1)
' ---- 6-6
' error: 6 line 155 column 1
x = CCur(1E15)
' ---- 6-7
' error: 6 line 158 column 1
x = CSng(1E39)
' ---- 6-8
' error: 6 line 161 column 1
x = 1E308 * 10
' ---- 6-9
' error: 6 line 164 column 1
x = 1E308 + 1E308
' ---- 6-10
' error: 6 line 167 column 1
x = -1E308 - 1E308
' ---- 6-11
' error: 6 line 170 column 1
x = 10 ^ 400
' ---- 6-12
' error: 6 line 173 column 1
x = Exp(1000)
' ---- 6-13
' error: 6 line 176 column 1
x = CDate(3000000)
' ---- 6-14
' error: 6 line 179 column 1
x = Hex(1E10)
' ---- 6-15
' error: 6 line 182 column 1
x = Oct(1E10)
' ---- 6-16
' error: 6 line 185 column 1
x = 5E9 \ 1
' ---- 6-17
' error: 6 line 188 column 1
x = 5E9 Mod 2
' ---- 6-18
' error: 6 line 191 column 1
x = 5E9 And 1
' ---- 6-19
' error: 6 line 194 column 1
x = Space(3E9)
' ---- 6-20
' error: 6 line 197 column 1
ReDim a(3E9)
' ---- 6-21
' error: 6 line 200 column 1
Fail &H8002000A
' ---- 7-1
' option: --memory 200000
' error: 7 line 205 column 1
Do
s = s & String(1000, "x")
Loop
' ---- 7-2
' option: --memory 200000
' error: 7 line 210 column 1
Fail &H8007000E
' ---- 7-3
' option: --memory 200000
' error: 7 line 214 column 1
Fail &H80030008
' ---- 9-1
' error: 9 line 218 column 1
Dim a(2)
a(3) = 1
' ---- 9-2
' error: 9 line 222 column 1
Dim a(2)
x = a(-1)
' ---- 9-3
' error: 9 line 226 column 1
Dim a(2)
x = a(1, 1)
' ---- 9-4
' error: 9 line 230 column 1
Dim a()
x = a(0)
' ---- 9-5
' error: 9 line 234 column 1
a = Array()
x = a(0)
' ---- 9-6
' error: 9 line 238 column 1
a = Split("a,b", ",")
x = a(2)
' ---- 9-7
' error: 9 line 242 column 1
Dim a()
x = UBound(a)
' ---- 9-8
' error: 9 line 246 column 1
Dim a()
x = LBound(a)
' ---- 9-9
' error: 9 line 250 column 1
Dim a(2)
x = UBound(a, 2)
' ---- 9-10
' error: 9 line 254 column 1
Dim a(2)
x = UBound(a, 0)
' ---- 9-11
' error: 9 line 259 column 1
Dim a(1, 1)
ReDim Preserve b(1)
b(2) = 1
' ---- 9-12
' error: 9 line 263 column 1
ReDim a(1, 1)
ReDim Preserve a(2, 1)
' ---- 9-13
' error: 9 line 266 column 1
ReDim a(-2)
' ---- 9-14
' error: 9 line 269 column 1
Fail &H8002000B
' ---- 9-15
' error: 9 line 272 column 1
Fail &H80028CA1
' ---- 10-1
' error: 10 line 276 column 1
Dim a(2)
ReDim a(3)
' ---- 10-2
' error: 10 line 280 column 1
Dim a(2)
ReDim Preserve a(3)
' ---- 10-3
' error: 10 line 283 column 1
Fail &H8002000D
' ---- 11-1
' error: 11 line 286 column 1
x = 1 / 0
' ---- 11-2
' error: 11 line 289 column 1
x = 1 \ 0
' ---- 11-3
' error: 11 line 292 column 1
x = 1 Mod 0
' ---- 11-4
' error: 11 line 295 column 1
x = 1.5 / 0
' ---- 11-5
' error: 11 line 298 column 1
x = 1 \ 0.2
' ---- 11-6
' error: 11 line 301 column 1
x = 5 Mod 0.4
' ---- 11-7
' error: 11 line 304 column 1
x = CCur(1) / 0
' ---- 11-8
' error: 11 line 307 column 1
Fail &H80020012
' ---- 13-1
' error: 13 line 310 column 1
x = "abc" + 1
' ---- 13-2
' error: 13 line 313 column 1
x = CInt("x")
' ---- 13-3
' error: 13 line 316 column 1
x = 1 + "x"
' ---- 13-4
' error: 13 line 319 column 1
x = -"x"
' ---- 13-5
' error: 13 line 322 column 1
x = Not "x"
' ---- 13-6
' error: 13 line 325 column 1
x = "x" And 1
' ---- 13-7
' error: 13 line 328 column 1
x = Array(1) + 1
' ---- 13-8
' error: 13 line 331 column 1
x = Array(1) & "a"
' ---- 13-9
' error: 13 line 334 column 1
If "x" Then y = 1
' ---- 13-10
' error: 13 line 337 column 1
If Array(1) = 1 Then y = 1
' ---- 13-11
' error: 13 line 340 column 1
x = CDate("nothing of a date")
' ---- 13-12
' error: 13 line 343 column 1
x = CBool("x")
' ---- 13-13
' error: 13 line 346 column 1
x = CDbl("")
' ---- 13-14
' error: 13 line 349 column 1
x = Len(Array(1))
' ---- 13-15
' error: 13 line 352 column 1
For i = 1 To "x"
Next
' ---- 13-16
' error: 13 line 356 column 1
Nope 1, 2
' ---- 13-17
' error: 13 line 359 column 1
x = Nope(1)
' ---- 13-18
' error: 13 line 362 column 1
Call Nope
' ---- 13-19
' error: 13 line 366 column 1
x = 5
y = x(1)
' ---- 13-20
' error: 13 line 369 column 1
x = UBound(5)
' ---- 13-21
' error: 13 line 372 column 1
x = Join("a")
' ---- 13-22
' error: 13 line 375 column 1
x = Filter("a", "a")
' ---- 13-23
' error: 13 line 378 column 1
x = DateValue("x")
' ---- 13-24
' error: 13 line 381 column 1
x = TimeValue("x")
' ---- 13-25
' error: 13 line 384 column 1
x = Year("x")
' ---- 13-26
' error: 13 line 387 column 1
x = DateAdd("d", "x", Now)
' ---- 13-27
' error: 13 line 390 column 1
x = Abs("x")
' ---- 13-28
' error: 13 line 393 column 1
x = Sgn("x")
' ---- 13-29
' error: 13 line 396 column 1
x = Left("a", "x")
' ---- 13-30
' error: 13 line 399 column 1
x = Hex("x")
' ---- 13-31
' error: 13 line 402 column 1
x = FormatNumber("x")
' ---- 13-32
' error: 13 line 405 column 1
x = FormatCurrency("x")
' ---- 13-33
' error: 13 line 408 column 1
x = FormatPercent("x")
' ---- 13-34
' error: 13 line 411 column 1
x = FormatDateTime("x")
' ---- 13-35
' error: 13 line 416 column 1
Dim a(1)
a = 3
b = a(1)
' ---- 13-36
' error: 13 line 419 column 1
While "x"
Wend
' ---- 13-37
' error: 13 line 423 column 1
Do Until "x"
Loop
' ---- 13-38
' error: 13 line 427 column 1
Select Case Array(1)
Case 1
End Select
' ---- 13-39
' error: 13 line 432 column 1
Erase x
' ---- 13-40
' error: 13 line 435 column 1
Randomize "x"
' ---- 13-41
' error: 13 line 438 column 1
Fail &H80020005
' ---- 28-1
' error: 28 line 442 column 1
Sub f
f
End Sub
f
' ---- 28-2
' error: 28 line 448 column 1
Function f(n)
f = f(n + 1)
End Function
x = f(1)
' ---- 28-3
' error: 28 line 455 column 1
Class A
Public Default Property Get v
v = Me
End Property
End Class
x = New A
' ---- 53-1
' error: 53 line 461 column 1
Fail &H800300FC
' ---- 57-1
' error: 57 line 464 column 1
Fail &H80028CA2
' ---- 57-2
' error: 57 line 467 column 1
Fail &H8003001D
' ---- 58-1
' error: 58 line 470 column 1
Fail &H80030050
' ---- 61-1
' error: 61 line 473 column 1
Fail &H80030070
' ---- 67-1
' error: 67 line 476 column 1
Fail &H80030004
' ---- 70-1
' error: 70 line 479 column 1
x = MsgBox("a")
' ---- 70-2
' error: 70 line 482 column 1
x = InputBox("a")
' ---- 70-3
' error: 70 line 485 column 1
Fail &H80070005
' ---- 70-4
' error: 70 line 488 column 1
Fail &H80030005
' ---- 75-1
' error: 75 line 491 column 1
Fail &H80030020
' ---- 76-1
' error: 76 line 494 column 1
Fail &H80030003
' ---- 424-21
' error: 424 line 499 column 1
Dim x
Set x = Nothing
x.y
' ---- 424-22
' error: 424 line 504 column 1
Dim x
Set x = Nothing
x.y = 1
' ---- 91-3
' error: 91 line 509 column 1
Dim x
Set x = Nothing
z = x
' ---- 424-23
' error: 424 line 514 column 1
Set x = Nothing
With x
.y = 1
End With
' ---- 91-5
' error: 91 line 519 column 1
Set x = Nothing
For Each i In x
Next
' ---- 13-61
' error: 13 line 524 column 1
Set x = Nothing
x(1) = 2
' ---- 92-1
' error: 92 line 530 column 1
On Error Resume Next
For i = 1 To CInt("x")
On Error GoTo 0
Next
' ---- 94-1
' error: 94 line 533 column 1
x = CInt(Null)
' ---- 94-2
' error: 94 line 536 column 1
x = CStr(Null)
' ---- 94-3
' error: 94 line 539 column 1
x = CLng(Null)
' ---- 94-4
' error: 94 line 542 column 1
x = CDbl(Null)
' ---- 94-5
' error: 94 line 545 column 1
x = CBool(Null)
' ---- 94-6
' error: 94 line 548 column 1
x = CDate(Null)
' ---- 94-7
' error: 94 line 551 column 1
x = CByte(Null)
' ---- 94-8
' error: 94 line 554 column 1
x = CCur(Null)
' ---- 94-9
' error: 94 line 557 column 1
x = CSng(Null)
' ---- 94-10
' error: 94 line 560 column 1
x = Chr(Null)
' ---- 94-11
' error: 94 line 563 column 1
x = Asc(Null)
' ---- 94-12
' error: 94 line 566 column 1
x = Space(Null)
' ---- 94-13
' error: 94 line 569 column 1
x = String(Null, "a")
' ---- 94-14
' error: 94 line 572 column 1
x = StrReverse(Null)
' ---- 94-15
' error: 94 line 575 column 1
x = Replace(Null, "a", "b")
' ---- 94-16
' error: 94 line 578 column 1
x = Split(Null)
' ---- 94-17
' error: 94 line 581 column 1
x = Sqr(Null)
' ---- 94-18
' error: 94 line 584 column 1
x = Left("a", Null)
' ---- 94-19
' error: 94 line 587 column 1
For i = Null To 3
Next
' ---- 94-20
' error: 94 line 591 column 1
For i = 1 To Null
Next
' ---- 94-21
' error: 94 line 595 column 25
If Null Then x = 1 Else x = CInt(Null)
' ---- 94-22
' error: 94 line 598 column 1
x = Round(1, Null)
' ---- 94-23
' error: 94 line 601 column 1
x = DateSerial(Null, 1, 1)
' ---- 94-24
' error: 94 line 604 column 1
x = MonthName(Null)
' ---- 94-25
' error: 94 line 607 column 1
ReDim a(Null)
' ---- 94-26
' error: 94 line 610 column 1
x = Array(1)(Null)
' ---- 322-1
' error: 322 line 613 column 1
Fail &H80028CA3
' ---- 424-1
' error: 424 line 616 column 1
Set x = 1
' ---- 424-2
' error: 424 line 620 column 1
x = 1
x.y
' ---- 424-3
' error: 424 line 624 column 1
x = "a"
x.y = 1
' ---- 424-4
' error: 424 line 628 column 1
x = 1
With x
.y = 1
End With
' ---- 424-5
' error: 424 line 633 column 1
If x Is 1 Then y = 1
' ---- 424-6
' error: 424 line 637 column 1
x = 5
Set y = x
' ---- 424-7
' error: 424 line 640 column 1
Set x = "a" & "b"
' ---- 424-8
' error: 424 line 643 column 1
Nope.Method
' ---- 424-9
' error: 424 line 646 column 1
x = Nope.Prop
' ---- 429-1
' error: 429 line 649 column 1
Set x = CreateObject("No.Such")
' ---- 429-2
' error: 429 line 652 column 1
Set x = CreateObject("")
' ---- 429-3
' error: 429 line 655 column 1
Fail &H80040111
' ---- 429-4
' error: 429 line 658 column 1
Fail &H80040154
' ---- 429-5
' error: 429 line 661 column 1
Fail &H800401F3
' ---- 429-6
' error: 429 line 664 column 1
Fail &H800401E3
' ---- 430-1
' error: 430 line 667 column 1
Fail &H80004002
' ---- 430-2
' error: 430 line 670 column 1
Fail &H80004002, "source"
' ---- 432-1
' error: 432 line 673 column 1
Set x = GetObject("c:\nothing")
' ---- 432-2
' error: 432 line 676 column 1
Set x = GetObject()
' ---- 432-3
' error: 432 line 679 column 1
Fail &H80030002
' ---- 438-1
' error: 438 line 682 column 1
Err.Nope
' ---- 438-2
' error: 438 line 685 column 1
x = Err.Nope
' ---- 438-3
' error: 438 line 688 column 1
Err.Nope = 3
' ---- 438-4
' error: 438 line 694 column 1
Class A
End Class
Set x = New A
x.y
' ---- 438-5
' error: 438 line 701 column 1
Class A
Private y
End Class
Set x = New A
x.y = 3
' ---- 438-6
' error: 438 line 709 column 1
Class A
Private Sub y
End Sub
End Class
Set x = New A
x.y
' ---- 438-7
' error: 438 line 715 column 1
Class A
End Class
Set x = New A
y = x
' ---- 438-8
' error: 438 line 721 column 1
Class A
End Class
Set x = New A
y = x(1)
' ---- 438-9
' error: 438 line 727 column 1
Class A
End Class
Set x = New A
y = x & ""
' ---- 438-10
' error: 438 line 730 column 1
Fail &H80020003
' ---- 438-11
' error: 438 line 733 column 1
Fail &H80020006
' ---- 445-1
' error: 445 line 736 column 1
Fail &H80004001
' ---- 446-1
' error: 446 line 739 column 1
Fail &H80020007
' ---- 447-1
' error: 447 line 742 column 1
SetLocale 99999
' ---- 447-2
' error: 447 line 745 column 1
Fail &H8002000C
' ---- 448-1
' error: 448 line 748 column 1
Fail &H80020004
' ---- 449-1
' error: 449 line 751 column 1
Fail &H8002000F
' ---- 450-1
' error: 450 line 756 column 1
Sub f(a)
End Sub
f
' ---- 450-2
' error: 450 line 761 column 1
Sub f(a)
End Sub
f 1, 2
' ---- 450-3
' error: 450 line 766 column 1
Function f()
End Function
x = f(1)
' ---- 450-4
' error: 450 line 774 column 1
Class A
Property Get v(i)
End Property
End Class
Set x = New A
y = x.v
' ---- 450-5
' error: 450 line 782 column 1
Class A
Sub s
End Sub
End Class
Set x = New A
x.s 1
' ---- 450-6
' error: 450 line 785 column 1
Fail &H8002000E
' ---- 451-1
' error: 451 line 788 column 1
For Each x In 5
Next
' ---- 451-2
' error: 451 line 792 column 1
For Each x In "abc"
Next
' ---- 451-3
' error: 451 line 796 column 1
For Each x In Err
Next
' ---- 451-4
' error: 451 line 803 column 1
Class A
End Class
Set y = New A
For Each x In y
Next
' ---- 451-5
' error: 451 line 807 column 1
Fail &H80020011
' ---- 453-1
' error: 453 line 810 column 1
Fail &H8002802F
' ---- 457-1
' error: 457 line 815 column 1
Set d = CreateObject("Scripting.Dictionary")
d.Add "a", 1
d.Add "a", 2
' ---- 458-1
' error: 458 line 818 column 1
x = Odd
' ---- 458-2
' error: 458 line 821 column 1
Fail &H80020008
' ---- 462-1
' error: 462 line 824 column 1
Fail &H800706BA
' ---- 462-2
' error: 462 line 827 column 1
Fail &H800706BA, "src"
' ---- 500-1
' error: 500 line 831 column 1
Option Explicit
x = 1
' ---- 500-2
' error: 500 line 835 column 1
Option Explicit
y = Nope
' ---- 500-3
' error: 500 line 840 column 1
Option Explicit
Sub f
z = 1
End Sub
f
' ---- 500-4
' error: 500 line 847 column 1
Option Explicit
Dim a
a = b + 1
' ---- 500-5
' error: 500 line 851 column 1
Option Explicit
For i = 1 To 2
Next
' ---- 500-6
' error: 500 line 856 column 1
Option Explicit
ReDim b(2)
' ---- 501-1
' error: 501 line 860 column 1
Const a = 1
a = 2
' ---- 501-2
' error: 501 line 863 column 1
Left = 3
' ---- 501-3
' error: 501 line 868 column 1
Sub f
End Sub
f = 3
' ---- 501-4
' error: 501 line 871 column 1
vbCr = "x"
' ---- 501-5
' error: 501 line 876 column 1
Function f
End Function
f = 2
' ---- 501-6
' error: 501 line 881 column 1
Class A
End Class
A = 1
' ---- 501-7
' error: 501 line 885 column 1
Const a = 1
For a = 1 To 2
Next
' ---- 505-1
' error: 505 line 889 column 1
.x = 1
' ---- 505-2
' error: 505 line 892 column 1
y = .x
' ---- 505-3
' error: 505 line 896 column 1
Sub f
.x 1
End Sub
f
' ---- 506-1
' error: 506 line 901 column 1
Set x = New Nope
' ---- 506-2
' error: 506 line 905 column 1
Dim a
Set x = New a
