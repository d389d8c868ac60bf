/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each documented member of FileSystemObject, Drive, Folder, File and TextStream as scripts use it,
 * and each documented error number, in a folder of their own.
 */
#include "script.h"

#include "library/scripting/scripting.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define F "Set f = CreateObject(\"Scripting.FileSystemObject\")\n"
/* A file "x.txt" and what `then` does with it as `x`; a folder "d" with one in it. */
#define X F "f.CreateTextFile(\"x.txt\").Write \"12345\"\nSet x = f.GetFile(\"x.txt\")\n"
#define D                                                                                          \
	F "If Not f.FolderExists(\"d\") Then f.CreateFolder \"d\"\n"                               \
	  "f.CreateTextFile(\"d\\in.txt\").Write \"12\"\nSet d = f.GetFolder(\"d\")\n"
#define RESUME(statement) "On Error Resume Next\n" statement "\nR = Err.Number\n"

static char root[64];

static int set_up(void **state)
{
	snprintf(root, sizeof root, "/tmp/surrogate-members-XXXXXX");
	if (!mkdtemp(root) || chdir(root) < 0)
		return -1;
	return scripting_register();
}

static int tear_down(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", root);
	return system(command);
}

static const struct script_row members_rows[] = {
	{ F "R = TypeName(f)", "FileSystemObject" },
	{ F "R = f.BuildPath(\"C:\\a\", \"b\") & f.BuildPath(\"C:\", \"b\")", "C:\\a\\bC:\\b" },
	{ F "R = f.GetAbsolutePathName(\"C:\\a\\..\\b\\.\\c\")", "C:\\b\\c" },
	{ F "R = f.GetAbsolutePathName(\".\") = f.GetFolder(\".\").Path", "True" },
	{ F "R = f.GetAbsolutePathName(\"d:/a/../../b\")", "D:\\b" },
	{ F "R = f.GetBaseName(\"C:\\a\\b.c.d\") & f.GetBaseName(\"C:\\a\\\")", "b.ca" },
	{ F "R = f.GetExtensionName(\"C:\\a.b\\c\") & f.GetExtensionName(\"a.b.c\")", "c" },
	{ F "R = f.GetFileName(\"C:\\a\\b.c\") & f.GetFileName(\"C:\\\")", "b.c" },
	{ F "R = f.GetParentFolderName(\"C:\\a\\b\\c\") & f.GetParentFolderName(\"C:\\\")",
	  "C:\\a\\b" },
	{ F "R = f.GetDriveName(\"c:\\x\") & f.GetDriveName(\"\\x\")", "c:" },
	{ F "R = Len(f.GetTempName) & Right(f.GetTempName, 4)", "12.tmp" },
	{ F "R = f.GetFileVersion(\"x.txt\")", "" },
	{ F "R = f.GetSpecialFolder(0) & f.GetSpecialFolder(1)", "C:\\usrC:\\usr\\lib" },
	{ F "R = f.FolderExists(f.GetSpecialFolder(2))", "True" },
	{ F RESUME("f.GetSpecialFolder 3"), "5" },
	{ F "R = f.DriveExists(\"C\") & f.DriveExists(\"c:\\\") & f.DriveExists(\"D:\")",
	  "TrueTrueFalse" },
	{ F RESUME("f.GetDrive \"D:\""), "68" },
	{ F RESUME("f.GetDrive \"C:\\x\""), "5" },
	{ F RESUME("f.Drives.Item \"D\""), "68" },
	{ F RESUME("f.GetFile \"none\""), "53" },
	{ F RESUME("f.GetFolder \"none\""), "76" },
	{ F RESUME("f.GetFile \"D:\\x\""), "76" },
	{ F RESUME("f.CreateFolder \"no\\where\""), "76" },
	{ F RESUME("f.CreateFolder \"a?b\""), "52" },
	{ F RESUME("f.CreateTextFile \"a<b\""), "52" },
	{ F RESUME("f.OpenTextFile \"a*b\", 2, True"), "52" },
	{ F RESUME("f.OpenTextFile \"a\" & Chr(0) & \"b\", 2, True"), "52" },
	{ F RESUME("f.CreateTextFile \"no\\where\""), "76" },
	{ F RESUME("f.OpenTextFile \"none\""), "53" },
	{ F RESUME("f.OpenTextFile \"x.txt\", 9"), "5" },
	{ F RESUME("f.GetStandardStream 7"), "5" },
	{ F "R = TypeName(f.GetStandardStream(1))", "TextStream" },
	{ F RESUME("f.DeleteFile \"none\""), "53" },
	{ F RESUME("f.DeleteFile \"*.none\""), "53" },
	{ F RESUME("f.DeleteFolder \"none\""), "76" },
	{ F RESUME("f.DeleteFolder \"*none\""), "76" },
	{ F RESUME("f.CopyFolder \"none\", \"b\""), "76" },
	{ F RESUME("f.MoveFolder \"none\", \"b\""), "76" },
	{ F RESUME("f.MoveFile \"none\", \"b\""), "53" },
};

static const struct script_row drive_rows[] = {
	{ F "Set d = f.GetDrive(\"c:\")\nR = d & d.Path & d.DriveLetter & d.DriveType", "C:C:C2" },
	{ F "Set d = f.Drives(\"C\")\nR = d.FileSystem & d.IsReady & d.ShareName & d.VolumeName",
	  "NTFSTrue" },
	{ F "Set d = f.GetDrive(\"C\")\nR = d.RootFolder & d.RootFolder.IsRootFolder", "C:\\True" },
	{ F "Set d = f.GetFolder(\".\").Drive\nR = (d.TotalSize >= d.FreeSpace) & "
	    "(d.FreeSpace >= d.AvailableSpace) & (d.TotalSize > 0)",
	  "TrueTrueTrue" },
	{ F "R = TypeName(f.GetDrive(\"C\").SerialNumber)", "Long" },
	{ F RESUME("f.GetDrive(\"C\").VolumeName = \"x\""), "70" },
	{ F "For Each d In f.Drives: R = R & d: Next\nR = R & f.Drives.Count", "C:1" },
	{ F "R = f.GetFolder(\"C:\\\").Name & f.GetFolder(\"C:\\\").ShortName", "" },
	{ F "R = f.GetFolder(\"C:\\\").ParentFolder Is Nothing", "True" },
};

static const struct script_row file_rows[] = {
	{ X "R = x.Name & x.Size & x.Type & x.Attributes & TypeName(x)",
	  "x.txt5Text Document32File" },
	{ X "R = (x = x.Path) & (x.ParentFolder = f.GetFolder(\".\").Path) & x.Drive",
	  "TrueTrueC:" },
	{ X "R = x.ShortName & (x.ShortPath = f.GetFile(x.ShortPath).ShortPath)", "x.txtTrue" },
	{ X "R = IsDate(x.DateCreated) & IsDate(x.DateLastModified) & IsDate(x.DateLastAccessed)",
	  "TrueTrueTrue" },
	{ X "R = (Abs(DateDiff(\"s\", x.DateCreated, Now)) < 3600 * 25)", "True" },
	{ X "x.Copy \"y.txt\"\nR = f.OpenTextFile(\"y.txt\").ReadAll\n", "12345" },
	{ X RESUME("x.Copy \"y.txt\", False"), "58" },
	{ X RESUME("x.Copy \"a|b\""), "52" },
	{ X RESUME("x.Move \"y.txt\""), "58" },
	{ X "x.Move \"z.txt\"\nR = x.Name & f.FileExists(\"x.txt\")\nx.Delete\n"
	    "R = R & f.FileExists(\"z.txt\")",
	  "z.txtFalseFalse" },
	{ X "x.Name = \"n.txt\"\nR = x.Name & f.FileExists(\"N.TXT\")\nx.Delete", "n.txtTrue" },
	{ X RESUME("x.Name = \"a:b\""), "52" },
	{ X RESUME("x.Name = \"a\\b\""), "5" },
	{ X "x.Attributes = x.Attributes Or 1\nR = x.Attributes\n" RESUME(
		  "x.Delete") "R = R & x.Attributes\nx.Delete True\nR = R & "
			      "f.FileExists(\"x.txt\")",
	  "7033False" },
	{ X "x.Attributes = 1\n" RESUME("f.OpenTextFile \"x.txt\", 8") "x.Delete True", "70" },
	{ X "x.Attributes = 1\n" RESUME("f.CreateTextFile \"x.txt\", True") "x.Delete True", "70" },
	{ X "x.Attributes = 1\n" RESUME("f.CreateTextFile \"x.txt\", False") "x.Delete True",
	  "58" },
	{ X "x.Attributes = 1\n" RESUME("f.CopyFile \"y.txt\", \"x.txt\"") "x.Delete True", "70" },
	{ X "Set t = x.OpenAsTextStream(8)\nt.Write \"6\"\nt.Close\nR = x.Size", "6" },
	{ X "R = x.OpenAsTextStream.ReadAll & x.OpenAsTextStream(1, -1).Read(1) = \"\"", "False" },
	{ X RESUME("x.OpenAsTextStream 5"), "5" },
	{ X "x.Delete\n" RESUME("n = x.Size"), "53" },
};

static const struct script_row folder_rows[] = {
	{ D "R = d.Name & d.Size & d.Type & d.Attributes & d.IsRootFolder & TypeName(d)",
	  "d2File folder16FalseFolder" },
	{ D "R = (d = f.BuildPath(f.GetFolder(\".\"), \"d\")) & d.ShortName & d.Drive", "TruedC:" },
	{ D "R = d.Files.Count & d.SubFolders.Count & d.Files(\"IN.txt\").Name", "10in.txt" },
	{ D "d.SubFolders.Add \"s\"\nFor Each s In d.SubFolders: R = R & s.Name: Next\n"
	    "R = R & d.SubFolders(\"S\").ParentFolder.Name",
	  "sd" },
	{ D RESUME("d.SubFolders.Add \"s\""), "58" },
	{ D RESUME("d.SubFolders.Add \"a>b\""), "52" },
	{ D RESUME("d.Files.Item \"none\""), "53" },
	{ D RESUME("d.SubFolders.Item \"none\""), "76" },
	{ D
	  "d.CreateTextFile(\"two.txt\").Write \"x\"\nFor Each x In d.Files: R = R & x.Name: Next",
	  "in.txttwo.txt" },
	{ D RESUME("d.CreateTextFile \"two.txt\", False"), "58" },
	{ D "d.Copy \"e\"\nR = f.GetFolder(\"e\").Files.Count & f.FolderExists(\"e\\s\")",
	  "2True" },
	{ D RESUME("d.Move \"e\""), "58" },
	{ D RESUME("f.CopyFolder \"d\", \"d\\in\""), "70" },
	{ D "d.Name = \"g\"\nR = d.Name & f.FolderExists(\"d\")\nd.Delete\n"
	    "R = R & f.FolderExists(\"g\")",
	  "gFalseFalse" },
	{ D "f.CopyFolder \"e\", \"d\\\"\nR = f.FileExists(\"d\\e\\two.txt\")\n"
	    "f.DeleteFolder \"d\\e*\"\nR = R & f.FolderExists(\"d\\e\")",
	  "TrueFalse" },
	{ D "f.CopyFile \"d\\*.txt\", \"e\"\nR = f.FileExists(\"e\\in.txt\")\n"
	    "f.MoveFile \"d\\*.TXT\", \"e\\s\\\"\nR = R & f.FileExists(\"e\\s\\in.txt\") & "
	    "d.Files.Count",
	  "TrueTrue0" },
	{ D "f.DeleteFile \"d\\*.*\"\nR = d.Files.Count", "0" },
	{ D RESUME("f.DeleteFile \"d\""), "53" },
	{ D RESUME("f.GetFile \"d\""), "53" },
	{ D RESUME("f.OpenTextFile \"d\""), "70" },
	{ D RESUME("f.CreateFolder \"D\""), "58" },
};

static const struct script_row stream_rows[] = {
	{ F "Set t = f.CreateTextFile(\"t.txt\", True)\nt.Write \"ab\"\nt.WriteLine \"c\"\n"
	    "t.WriteLine\nt.WriteBlankLines 2\nR = TypeName(t) & t.Line & t.Column\nt.Close\n"
	    "R = R & f.GetFile(\"t.txt\").Size",
	  "TextStream5111" },
	{ F "Set t = f.OpenTextFile(\"t.txt\")\nR = t.ReadLine & t.Line & t.AtEndOfLine & "
	    "t.AtEndOfStream\nt.SkipLine\nt.Skip 2\nR = R & t.Line & Len(t.ReadAll) & "
	    "t.AtEndOfStream",
	  "abc2TrueFalse42True" },
	{ F "Set t = f.OpenTextFile(\"t.txt\")\nt.ReadAll\n" RESUME("t.ReadAll"), "62" },
	{ F "Set t = f.OpenTextFile(\"t.txt\")\nt.ReadAll\n" RESUME("t.ReadLine"), "62" },
	{ F "Set t = f.OpenTextFile(\"t.txt\")\nt.ReadAll\n" RESUME("t.SkipLine"), "62" },
	{ F "Set t = f.OpenTextFile(\"t.txt\")\n" RESUME("t.Read -1"), "5" },
	{ F "Set t = f.OpenTextFile(\"t.txt\")\n" RESUME("t.Write \"x\""), "54" },
	{ F "Set t = f.OpenTextFile(\"t.txt\", 8)\n" RESUME("t.ReadAll"), "54" },
	{ F "Set t = f.OpenTextFile(\"t.txt\")\nt.Close\n" RESUME("t.ReadAll"), "91" },
	{ F "Set t = f.CreateTextFile(\"u.txt\", True, True)\nt.Write ChrW(8364)\nt.Close\n"
	    "R = f.GetFile(\"u.txt\").Size & AscW(f.OpenTextFile(\"u.txt\", 1, False, "
	    "-1).ReadAll)",
	  "48364" },
	{ F "R = AscW(f.OpenTextFile(\"u.txt\").Read(1))", "255" },
	{ F "f.OpenTextFile(\"u.txt\", 8, False, -1).Write \"x\"\nR = f.GetFile(\"u.txt\").Size",
	  "6" },
	{ F "R = f.OpenTextFile(\"none.txt\", 8, True).Line & f.FileExists(\"none.txt\")",
	  "1True" },
	/* Windows-1252: the whole file, whatever stands further behind */
	{ F "Set t = f.OpenTextFile(\"latin.txt\")\nR = t.ReadLine & \"|\" & t.ReadAll",
	  "caf\xC3\xA9 \xE2\x82\xAC|\xC3\x83\xC2\xA4" },
};

#define CHECK(name)                                                                                \
	static void name(void **state)                                                             \
	{                                                                                          \
		script_check(name##_rows, ARRAY_LEN(name##_rows));                                 \
	}
CHECK(members)
CHECK(drive)
CHECK(file)
CHECK(folder)

static void stream(void **state)
{
	FILE *f = fopen("latin.txt", "wb");

	fputs("caf\xE9 \x80\r\n\xC3\xA4", f);
	fclose(f);
	script_check(stream_rows, ARRAY_LEN(stream_rows));
}

#define BYTES F "For i = 0 To 255: s = s & Chr(i): Next\n"

/* Sites that keep bytes in texts: each character is a byte, there and back. */
static void bytes(void **state)
{
	static const struct script_row rows[] = {
		{ BYTES "f.CreateTextFile(\"b.bin\").Write s\nR = f.GetFile(\"b.bin\").Size & "
			"(f.OpenTextFile(\"b.bin\").ReadAll = s)",
		  "256True" },
		{ F "Set t = f.CreateTextFile(\"c.txt\")\n" RESUME("t.Write \"a\" & ChrW(28450)"),
		  "5" },
		{ F "f.CreateTextFile(\"u.txt\", True, True).Write ChrW(28450)\n"
		    "R = AscW(f.OpenTextFile(\"u.txt\", 1, False, -1).ReadAll)",
		  "28450" },
		{ F "Set t = f.OpenTextFile(\"utf8.txt\")\nR = Len(t.ReadAll)", "5" },
	};
	FILE *f = fopen("utf8.txt", "wb");

	fputs("\xEF\xBB\xBF\xC3\xA4", f);
	fclose(f);
	assert_string_equal(script_run(F "R = Len(f.OpenTextFile(\"utf8.txt\").ReadAll)"), "1");
	setenv("SURROGATE_ANSI_CODEPAGE", "1252", 1);
	script_check(rows, ARRAY_LEN(rows));
	unsetenv("SURROGATE_ANSI_CODEPAGE");
	/* A picture is no UTF-8, and so its bytes are characters without that setting, too. */
	assert_string_equal(script_run(BYTES "R = f.OpenTextFile(\"b.bin\").ReadAll = s"), "True");
	assert_string_equal(script_run(F "f.CreateTextFile(\"d.txt\").Write ChrW(28450)\n"
					 "R = f.GetFile(\"d.txt\").Size & "
					 "AscW(f.OpenTextFile(\"d.txt\").ReadAll)"),
			    "328450");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members), cmocka_unit_test(drive),  cmocka_unit_test(file),
		cmocka_unit_test(folder),  cmocka_unit_test(stream), cmocka_unit_test(bytes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
