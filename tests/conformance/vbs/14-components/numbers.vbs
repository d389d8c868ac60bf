' Errors of the Scripting library: files, folders, streams, Dictionary.
' ---- 52-1
' error: 52 line 5 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.OpenTextFile("")
' ---- 52-2
' error: 52 line 9 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.CreateTextFile(String(300, "x"))
' ---- 53-1
' error: 53 line 13 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.OpenTextFile("nothing.txt")
' ---- 53-2
' error: 53 line 17 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.GetFile("nothing.txt")
' ---- 53-3
' error: 53 line 21 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.DeleteFile "nothing.txt"
' ---- 53-4
' error: 53 line 25 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CopyFile "nothing.txt", "b.txt"
' ---- 54-1
' error: 54 line 30 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.CreateTextFile("a.txt")
x = t.ReadLine
' ---- 54-2
' error: 54 line 36 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CreateTextFile("a.txt").Close
Set t = f.OpenTextFile("a.txt")
t.Write "x"
' ---- 58-1
' error: 58 line 41 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CreateTextFile("a.txt").Close
Set t = f.CreateTextFile("a.txt", False)
' ---- 58-2
' error: 58 line 46 column 1
Set f = CreateObject("Scripting.FileSystemObject")
If Not f.FolderExists("d") Then f.CreateFolder "d"
f.CreateFolder "d"
' ---- 61-1
' error: 61 line 51 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.OpenTextFile("/dev/full", 2)
t.Write String(100000, "x")
' ---- 61-2
' error: 61 line 57 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.OpenTextFile("/dev/full", 2)
t.Write "x"
t.Close
' ---- 62-1
' error: 62 line 63 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CreateTextFile("a.txt").Close
Set t = f.OpenTextFile("a.txt")
x = t.ReadLine
' ---- 62-2
' error: 62 line 69 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CreateTextFile("a.txt").Close
Set t = f.OpenTextFile("a.txt")
x = t.ReadAll
' ---- 62-3
' error: 62 line 75 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CreateTextFile("a.txt").Close
Set t = f.OpenTextFile("a.txt")
x = t.Read(1)
' ---- 62-4
' error: 62 line 81 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CreateTextFile("a.txt").Close
Set t = f.OpenTextFile("a.txt")
t.SkipLine
' ---- 68-1
' error: 68 line 85 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set d = f.GetDrive("Q:")
' ---- 70-1
' error: 70 line 90 column 1
Set f = CreateObject("Scripting.FileSystemObject")
If Not f.FolderExists("d") Then f.CreateFolder "d"
Set t = f.OpenTextFile("d", 2)
' ---- 76-1
' error: 76 line 94 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set d = f.GetFolder("nothing")
' ---- 76-2
' error: 76 line 98 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.CreateTextFile("no/thing.txt")
' ---- 76-3
' error: 76 line 102 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.DeleteFolder "nothing"
' ---- 76-4
' error: 76 line 106 column 1
Set f = CreateObject("Scripting.FileSystemObject")
f.CreateFolder "no/thing"
' ---- 5-1
' error: 5 line 110 column 1
Set f = CreateObject("Scripting.FileSystemObject")
Set t = f.OpenTextFile("a.txt", 5, True)
' ---- 32811-1
' error: 32811 line 114 column 1
Set d = CreateObject("Scripting.Dictionary")
d.Remove "a"
' ---- 32811-2
' error: 32811 line 118 column 1
Set d = CreateObject("Scripting.Dictionary")
d.Key("a") = "b"
' ---- 457-1
' error: 457 line 124 column 1
Set d = CreateObject("Scripting.Dictionary")
d.Add "a", 1
d.Add "b", 1
d.Key("a") = "b"
' ---- 5-2
' error: 5 line 129 column 1
Set d = CreateObject("Scripting.Dictionary")
d.Add "a", 1
d.CompareMode = 1
' ---- 450-1
' error: 450 line 133 column 1
Set d = CreateObject("Scripting.Dictionary")
d.Add "a"
