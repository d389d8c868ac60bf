<%
' The book: one entry a line, its fields separated by tabs.

Const ForReading = 1
Const ForAppending = 8
Const TristateTrue = -1

Function BookPath()
	BookPath = Server.MapPath("/App_Data/guestbook.txt")
End Function

' Tabs and line ends separate, so they must not be inside a field.
Function Packed(text)
	Packed = Replace(text, "\", "\\")
	Packed = Replace(Packed, vbTab, " ")
	Packed = Replace(Packed, vbCr, "")
	Packed = Replace(Packed, vbLf, "\n")
End Function

Function Unpacked(text)
	Unpacked = Replace(text, "\\", Chr(1))
	Unpacked = Replace(Unpacked, "\n", vbLf)
	Unpacked = Replace(Unpacked, Chr(1), "\")
End Function

Sub BookAdd(name, text)
	Dim files, file
	Set files = Server.CreateObject("Scripting.FileSystemObject")
	Application.Lock
	Set file = files.OpenTextFile(BookPath(), ForAppending, True, TristateTrue)
	file.WriteLine FormatDateTime(Now) & vbTab & Packed(name) & vbTab & Packed(text)
	file.Close
	Application.UnLock
End Sub

' The entries, oldest first; an empty array when there are none.
Function BookRead()
	Dim files, file, lines(), count
	BookRead = Array()
	Set files = Server.CreateObject("Scripting.FileSystemObject")
	If Not files.FileExists(BookPath()) Then Exit Function
	count = 0
	Set file = files.OpenTextFile(BookPath(), ForReading, False, TristateTrue)
	Do Until file.AtEndOfStream
		ReDim Preserve lines(count)
		lines(count) = file.ReadLine
		count = count + 1
	Loop
	file.Close
	If count > 0 Then BookRead = lines
End Function
%>
