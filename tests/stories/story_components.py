# SPDX-License-Identifier: Apache-2.0
"""The components that scripts make: WScript.Shell, WScript.Network, FileSystemObject, Encoder."""

import os
import pathlib

from stage import also_sanitized


def run(t, code, *args, name="script.vbs", env=None):
    path = t.write(name, code)
    return t.run("cscript", "//nologo", path, *args, env=env)


def expect(t, done, out="", err="", status=0):
    t.equal((done.out, done.err, done.status), (out, err, status), f"{done}")


def shown(path):
    return "C:" + str(path).replace("/", "\\")


@also_sanitized
def story_a_script_starts_programs_and_scripts(t):
    t.write("Other Script.vbs", "WScript.Echo WScript.Arguments(0)\nWScript.Quit 5\n")
    code = f'''
Set s = CreateObject("WScript.Shell")
s.CurrentDirectory = "{shown(t.site)}"
WScript.Echo s.Run("cscript //nologo ""other script.vbs"" ""a b""", 1, True)
WScript.Echo s.Run("""other script.vbs"" c", 1, True)
Set e = s.Exec("cmd /c cat && exit 3")
e.StdIn.Write "through a pipe"
e.StdIn.Close
WScript.Echo e.StdOut.ReadAll
Do While e.Status = 0: WScript.Sleep 1: Loop
WScript.Echo e.ExitCode
s.Run "no-such-program"
'''
    done = run(t, code)
    t.equal((done.out, done.status), ("a b\n5\nc\n5\nthrough a pipe\n3\n", 1), f"{done}")
    t.contains(done.err, "WshShell.Run: The system cannot find the file specified: no-such-program",
               f"{done}")


@also_sanitized
def story_a_script_keeps_things_in_registry_and_event_log(t):
    env = {"SURROGATE_STATE": str(t.root / "kept")}
    os.mkdir(env["SURROGATE_STATE"])
    expect(t, run(t, """
Set s = CreateObject("WScript.Shell")
s.RegWrite "HKLM\\Software\\Site\\Port", 8080, "REG_DWORD"
s.Environment("SYSTEM")("SITE") = "C:\\site"
WScript.Echo s.LogEvent(2, "a warning of a script")
""", env=env), "-1\n")
    expect(t, run(t, """
Set s = CreateObject("WScript.Shell")
WScript.Echo s.RegRead("HKLM\\SOFTWARE\\Site\\Port"), s.Environment("SYSTEM").Item("site")
s.RegRead "HKLM\\SOFTWARE\\None\\"
""", env=env), "8080 C:\\site\n", status=1, err=f'{t.site}/script.vbs(4, 1) WshShell.RegRead: '
        'Unable to open registry key "HKLM\\SOFTWARE\\None\\" for reading.\n')
    log = t.run("wevtutil", "qe", "Application", "/f:text", env=env)
    t.contains(log.out, "a warning of a script", f"{log}")
    t.contains(log.out, "WSH", f"{log}")


@also_sanitized
def story_paths_come_out_as_scripts_cut_them(t):
    t.write("Data/A long name.txt", "text")
    folder = shown(t.site) + "\\Data"
    expect(t, run(t, f"""
Set f = CreateObject("Scripting.FileSystemObject")
Set file = f.GetFile("{folder.lower().replace('c:', 'C:', 1)}\\a LONG name.TXT")
path = file.Path
WScript.Echo path
WScript.Echo Left(path, InStrRev(path, "\\") - 1) = file.ParentFolder.Path
WScript.Echo f.FileExists(f.GetParentFolderName(path) & "\\" & file.ShortName)
WScript.Echo f.GetFile(file.ShortPath).Path = path
WScript.Echo f.GetDriveName(path), file.Drive, file.Drive.IsReady, f.Drives.Count
WScript.Echo f.GetBaseName(WScript.ScriptFullName), f.GetFileVersion(path) = ""
f.GetStandardStream(1).WriteLine "written"
"""), f"{folder}\\A long name.txt\n-1\n-1\n-1\nC: C: -1 1\nscript -1\nwritten\n")


@also_sanitized
def story_encoded_scripts_run(t):
    plain = 'WScript.Echo "from an encoded script: " & WScript.ScriptName, ChrW(228) & "ä"\n'
    t.write("plain.vbs", plain)
    expect(t, run(t, f"""
Set f = CreateObject("Scripting.FileSystemObject")
text = f.OpenTextFile("{t.site}/plain.vbs").ReadAll
text = CreateObject("Scripting.Encoder").EncodeScriptFile(".vbs", text, 0, "")
f.CreateTextFile("{t.site}/encoded.vbe").Write text
"""))
    encoded = pathlib.Path(t.site / "encoded.vbe").read_bytes()
    t.check(encoded.startswith(b"#@~^") and b"WScript" not in encoded, f"{encoded}")
    done = t.run("cscript", "//nologo", t.site / "encoded.vbe")
    expect(t, done, "from an encoded script: encoded.vbe ää\n")
    (t.site / "damaged.vbe").write_bytes(encoded[:30] + encoded[31:])
    done = t.run("cscript", "//nologo", t.site / "damaged.vbe")
    t.equal((done.out, done.status), ("", 1), f"{done}")
    t.contains(done.err, "the encoded script is damaged", f"{done}")


def story_a_script_knows_where_it_runs(t):
    done = run(t, """
Set n = CreateObject("WScript.Network")
Set s = CreateObject("WScript.Shell")
WScript.Echo n.ComputerName = s.ExpandEnvironmentStrings("%COMPUTERNAME%")
WScript.Echo n.UserName = s.ExpandEnvironmentStrings("%USERNAME%"), n.UserName <> ""
WScript.Echo n.EnumNetworkDrives.Count Mod 2, n.EnumPrinterConnections.Count
n.MapNetworkDrive "Z:", "\\\\server\\share"
""")
    t.equal((done.out, done.status), ("-1\n-1 -1\n0 0\n", 1), f"{done}")
    t.contains(done.err, "WshNetwork: Scripts connect no network drives here", f"{done}")


@also_sanitized
def story_a_page_has_its_paths_and_leaves_the_host_alone(t):
    t.write("Sub/Page.asp", '''<%
Dim s, n, f, paths
Set s = Server.CreateObject("WScript.Shell")
Set n = Server.CreateObject("WScript.Network")
Set f = Server.CreateObject("Scripting.FileSystemObject")
paths = Array(Server.MapPath("Page.asp"), f.GetFile(Server.MapPath("/sub/PAGE.asp")).Path, _
              Request.ServerVariables("PATH_TRANSLATED"), _
              Request.ServerVariables("APPL_PHYSICAL_PATH") & "Sub\\Page.asp")
Response.Write Join(paths, "|") & vbLf & n.UserDomain & "\\" & n.UserName & vbLf
On Error Resume Next
s.CurrentDirectory = "C:\\": Response.Write Hex(Err.Number) & " ": Err.Clear
s.Environment("PROCESS")("A") = "1": Response.Write Hex(Err.Number) & " ": Err.Clear
s.RegRead "HKLM\\A\\b": Response.Write Hex(Err.Number) & " ": Err.Clear
s.Run "no-such-program": Response.Write Hex(Err.Number) & " ": Err.Clear
Response.Write s.LogEvent(0, "x") & vbLf
status = s.Run("/bin/true", 0, True)
Response.Write Err.Number & " " & status
%>''')
    t.serve()
    answer = t.get("/Sub/Page.asp")
    t.equal(answer.status, 200, f"{answer.text}")
    lines = answer.text.split("\n")
    t.equal(lines[0], "|".join([shown(t.site) + "\\Sub\\Page.asp"] * 4), "the paths")
    t.equal(lines[2], "46 46 46 80070002 False", "what is refused")
    if os.geteuid() == 0:
        t.equal(lines[1].partition("\\")[0], "IIS APPPOOL", "the user's domain")
    # Either the kernel lets the host start programs, or that is error 70.
    t.check(lines[3] in ("0 0", "70 "), f"starting a program: {lines[3]}")
