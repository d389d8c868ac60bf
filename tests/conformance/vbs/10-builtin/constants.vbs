' Every constant has its documented value and type.
Sub Tell(names)
  Dim i, v, s
  For Each i In Split(names)
    v = Eval(i)
    s = s & i & "=" & v & " "
    If VarType(v) <> vbInteger And VarType(v) <> vbLong Then s = s & "(" & TypeName(v) & ") "
  Next
  Echo s
End Sub
Sub Codes(names)
  Dim i, v, s, k
  For Each i In Split(names)
    v = Eval(i)
    s = s & i & "="
    For k = 1 To Len(v) : s = s & AscW(Mid(v, k)) & "," : Next
    s = s & TypeName(v) & " "
  Next
  Echo s
End Sub
' types of VarType
Tell "vbEmpty vbNull vbInteger vbLong vbSingle vbDouble vbCurrency vbDate vbString vbObject vbError"
' expect: vbEmpty=0 vbNull=1 vbInteger=2 vbLong=3 vbSingle=4 vbDouble=5 vbCurrency=6 vbDate=7 vbString=8 vbObject=9 vbError=10
Tell "vbBoolean vbVariant vbDataObject vbDecimal vbByte vbArray"
' expect: vbBoolean=11 vbVariant=12 vbDataObject=13 vbDecimal=14 vbByte=17 vbArray=8192
Tell "vbLongLong"
' expect: vbLongLong=20
' comparison and three-valued choices
Tell "vbBinaryCompare vbTextCompare vbDatabaseCompare vbUseDefault vbTrue vbFalse"
' expect: vbBinaryCompare=0 vbTextCompare=1 vbDatabaseCompare=2 vbUseDefault=-2 vbTrue=-1 vbFalse=0
' calendar
Tell "vbUseSystem vbUseSystemDayOfWeek vbSunday vbMonday vbTuesday vbWednesday vbThursday vbFriday vbSaturday"
' expect: vbUseSystem=0 vbUseSystemDayOfWeek=0 vbSunday=1 vbMonday=2 vbTuesday=3 vbWednesday=4 vbThursday=5 vbFriday=6 vbSaturday=7
Tell "vbFirstJan1 vbFirstFourDays vbFirstFullWeek vbGeneralDate vbLongDate vbShortDate vbLongTime vbShortTime"
' expect: vbFirstJan1=1 vbFirstFourDays=2 vbFirstFullWeek=3 vbGeneralDate=0 vbLongDate=1 vbShortDate=2 vbLongTime=3 vbShortTime=4
' errors
Tell "vbObjectError"
' expect: vbObjectError=-2147221504
Echo Hex(vbObjectError), TypeName(vbObjectError), TypeName(vbInteger)
' expect: 80040000 Long Integer
' MsgBox
Tell "vbOKOnly vbOKCancel vbAbortRetryIgnore vbYesNoCancel vbYesNo vbRetryCancel"
' expect: vbOKOnly=0 vbOKCancel=1 vbAbortRetryIgnore=2 vbYesNoCancel=3 vbYesNo=4 vbRetryCancel=5
Tell "vbCritical vbQuestion vbExclamation vbInformation"
' expect: vbCritical=16 vbQuestion=32 vbExclamation=48 vbInformation=64
Tell "vbDefaultButton1 vbDefaultButton2 vbDefaultButton3 vbDefaultButton4 vbApplicationModal vbSystemModal"
' expect: vbDefaultButton1=0 vbDefaultButton2=256 vbDefaultButton3=512 vbDefaultButton4=768 vbApplicationModal=0 vbSystemModal=4096
Tell "vbMsgBoxHelpButton vbMsgBoxSetForeground vbMsgBoxRight vbMsgBoxRtlReading"
' expect: vbMsgBoxHelpButton=16384 vbMsgBoxSetForeground=65536 vbMsgBoxRight=524288 vbMsgBoxRtlReading=1048576
Tell "vbOK vbCancel vbAbort vbRetry vbIgnore vbYes vbNo"
' expect: vbOK=1 vbCancel=2 vbAbort=3 vbRetry=4 vbIgnore=5 vbYes=6 vbNo=7
' colours
Tell "vbBlack vbRed vbGreen vbYellow vbBlue vbMagenta vbCyan vbWhite"
' expect: vbBlack=0 vbRed=255 vbGreen=65280 vbYellow=65535 vbBlue=16711680 vbMagenta=16711935 vbCyan=16776960 vbWhite=16777215
Echo vbRed = RGB(255, 0, 0), vbMagenta = RGB(255, 0, 255), vbWhite = RGB(999, 255, 255)
' expect: True True True
' texts
Codes "vbCr vbLf vbCrLf vbNewLine vbTab vbBack vbFormFeed vbVerticalTab vbNullChar vbNullString"
' expect: vbCr=13,String vbLf=10,String vbCrLf=13,10,String vbNewLine=13,10,String vbTab=9,String vbBack=8,String vbFormFeed=12,String vbVerticalTab=11,String vbNullChar=0,String vbNullString=String
' words that are values
Echo TypeName(Empty), TypeName(Null), TypeName(Nothing), TypeName(True), True, False
' expect: Empty Null Nothing Boolean True False
' a constant can be hidden by a local name, and not be assigned
Sub Hides(vbRed) : Echo vbRed : End Sub
Hides 3
' expect: 3
On Error Resume Next
vbBlue = 3 : Echo Err.Number, vbBlue
' expect: 501 16711680
