# SPDX-License-Identifier: Apache-2.0
"""cscript: scripts as their owners run them, by their output, error lines and exit status."""

import os
import re
import signal

from stage import also_sanitized


def run(t, code, *args, name="script.vbs", stdin=None, options=("//nologo",)):
    path = t.write(name, code)
    return t.run("cscript", *options, path, *args, stdin=stdin)


def expect(t, done, out="", err="", status=0):
    t.equal((done.out, done.err, done.status), (out, err, status), f"{done}")


def error_line(t, done, line, text, name="script.vbs"):
    """The one line on standard error; the column is the engine's to say."""
    t.check(re.fullmatch(rf"{re.escape(str(t.site / name))}\({line}, \d+\) {re.escape(text)}\n",
                         done.err), f"expected line {line} and {text!r}: {done}")


@also_sanitized
def story_a_script_echoes_and_quits(t):
    done = run(t, 'WScript.Echo "a", 1.5, True, Null, Empty, CCur(2)\nWScript.Quit 7\n'
                  'WScript.Echo "never"\n')
    expect(t, done, "a 1.5 -1 null  2\n", status=7)
    expect(t, run(t, "WScript.Quit 256"), status=1)
    expect(t, run(t, "On Error Resume Next\nWScript.Quit\nWScript.Echo 1"), status=0)


@also_sanitized
def story_a_script_sees_its_arguments(t):
    code = """
Dim a
WScript.Echo WScript.Arguments.Count, WScript.Arguments.Length, WScript.Arguments(1)
For Each a In WScript.Arguments.Unnamed: WScript.Echo a: Next
For Each a In WScript.Arguments.Named
    WScript.Echo a, TypeName(WScript.Arguments.Named(a)), WScript.Arguments.Named.Item(a)
Next
WScript.Echo WScript.Arguments.Named.Exists("NAME"), WScript.Arguments.Named.Count
WScript.Echo WScript.Arguments.Unnamed(9)
"""
    done = run(t, code, "one", "/name:a:b", "/on+", "/off-", "/bare", "/srv/www", "//B", "//I",
               "/name:again", "ä")
    t.equal((done.out, done.status), (
        "8 8 /name:a:b\none\n/srv/www\nä\nname String a:b\non Boolean -1\n"
        "off Boolean 0\nbare Empty \n-1 4\n", 1), f"{done}")
    error_line(t, done, 9, "Microsoft VBScript runtime error: Subscript out of range")


@also_sanitized
def story_a_script_knows_itself(t):
    done = run(t, "WScript.Echo WScript.ScriptFullName, WScript.ScriptName\n"
                  "WScript.Echo WScript, WSH.Version, WScript.Application.Name\n"
                  "WScript.Echo WScript.FullName, WScript.Path, WScript.Interactive\n",
               name="Dir/Some.vbs")
    program = t.program("cscript")
    shown = lambda path: "C:" + str(path).replace("/", "\\")
    expect(t, done, f"{shown(t.site)}\\Dir\\Some.vbs Some.vbs\nWindows Script Host 5.8 "
                    f"Windows Script Host\n{shown(program)} "
                    f"{shown(program.rpartition('/')[0])} -1\n")
    # Windows spelling finds the file too, and is answered with the file's own.
    done = t.run("cscript", "//NoLogo", shown(t.site) + "\\dir\\SOME.VBS")
    t.contains(done.out, f"{shown(t.site)}\\Dir\\Some.vbs Some.vbs\n", f"{done}")


@also_sanitized
def story_an_error_is_one_line_and_status_1(t):
    for code, line, text in [
        ('x = 1\ny = CInt("x")', 2, "Microsoft VBScript runtime error: Type mismatch: 'CInt'"),
        ("x = 1\nIf x Then\n", 3, "Microsoft VBScript compilation error: Expected 'End'"),
        ('Err.Raise 1000, "A source", "A text"', 1, "A source: A text"),
        ("Err.Raise &H80041001", 1, "(null): 0x80041001"),
        ('WScript.CreateObject "No.Such"', 1, "WScript.CreateObject: Could not locate "
                                              'automation class named "No.Such".'),
        ("Sub f: f: End Sub: f", 1, "Microsoft VBScript runtime error: Out of stack space"),
        ("WScript.Echo WScript.Arguments", 1, "Microsoft VBScript runtime error: "
                                              "Object doesn't support this property or method"),
        ("WScript.Echo Array(1)", 1, "Microsoft VBScript runtime error: Type mismatch"),
    ]:
        done = run(t, code)
        t.equal((done.out, done.status), ("", 1), f"{code}: {done}")
        error_line(t, done, line, text)
    # Batch mode is silent, and says it with its status alone.
    expect(t, run(t, 'WScript.Echo 1\nx = CInt("x")', options=("//b",)), status=1)


@also_sanitized
def story_what_cannot_be_run_is_said(t):
    for args, line in [
        (["//xyz"], 'Input Error: Unknown option "//xyz" specified.'),
        (["//T:soon", "x.vbs"],
         'Input Error: "//T:soon" is no number of seconds from 0 to 32767.'),
        (["//D", "x.vbs"], 'Input Error: "//D": there is no script debugger.'),
        (["//nologo", t.site / "none.vbs"],
         f'Input Error: Can not find script file "{t.site}/none.vbs".'),
        (["//nologo", t.write("a.foo", "x")],
         'Input Error: There is no script engine for file extension ".foo".'),
        (["//nologo", t.write("plain", "x")],
         f'Input Error: There is no file extension in "{t.site}/plain".'),
        (["//nologo", t.write("a.js", "x")],
         f'CScript Error: Can\'t find script engine "JScript" for script "{t.site}/a.js".'),
        (["//nologo", "//E:perl", t.write("a.vbs", "x")],
         f'CScript Error: Can\'t find script engine "perl" for script "{t.site}/a.vbs".'),
    ]:
        expect(t, t.run("cscript", *args), err=line + "\n", status=1)
    expect(t, t.run("cscript", "//nologo", "//E:vbscript", t.write("b.txt", "WScript.Echo 1")), "1\n")
    done = t.run("cscript", t.site / "b.txt", "//e:VBS")
    t.check(done.out.startswith("Surrogate Script Host ") and done.out.endswith("\n1\n"), f"{done}")


@also_sanitized
def story_files_in_every_encoding(t):
    code = '\'first\r\nWScript.Echo "äöü" & ChrW(8364)\r\n'
    for encoded in [code.encode(), b"\xEF\xBB\xBF" + code.encode(), code.encode("utf-16"),
                    b"\xFE\xFF" + code.encode("utf-16-be"), code.encode("cp1252")]:
        expect(t, run(t, encoded), "äöü€\n")
    done = run(t, "#!/usr/bin/env surrogate-cscript\nWScript.Echo 1\nx = CInt(\"\")", name="command")
    t.equal(done.out, "1\n", f"{done}")
    error_line(t, done, 3, "Microsoft VBScript runtime error: Type mismatch: 'CInt'", "command")


@also_sanitized
def story_standard_streams(t):
    code = """
Do Until WScript.StdIn.AtEndOfStream
    n = WScript.StdIn.Line
    WScript.StdOut.WriteLine n & ":" & WScript.StdIn.Column & ":" & WScript.StdIn.ReadLine
Loop
WScript.StdErr.Write "done"
"""
    expect(t, run(t, code, stdin="a\r\nä\n\nlast".encode()), "1:1:a\n2:1:ä\n3:1:\n4:1:last\n", "done")
    code = "WScript.StdOut.Write UCase(WScript.StdIn.Read(2)) & WScript.StdIn.ReadAll"
    expect(t, run(t, code, stdin=b"abc\n"), "ABc\n")
    # //U: UTF-16 in and out.
    done = run(t, "WScript.Echo WScript.StdIn.ReadLine", stdin="ä\n".encode("utf-16-le"),
               options=("//nologo", "//U"))
    t.equal(done.out.encode(), "ä\n".encode("utf-16-le").decode("utf-8", "replace").encode(), f"{done}")


@also_sanitized
def story_classes_end_before_the_host(t):
    expect(t, run(t, 'Class T\nSub Class_Terminate\nWScript.Echo "end"\nEnd Sub\nEnd Class\n'
                     "Set x = New T\nWScript.Quit 3"), "end\n", status=3)


@also_sanitized
def story_the_disassembly(t):
    done = t.run("cscript", "--dump", t.write("d.vbs", "x = 1"))
    t.equal((done.err, done.status), ("", 0), f"{done}")
    t.contains(done.out, "proc (global)", f"{done}")


def story_a_closed_standard_stream_is_no_file_of_the_script(t):
    out = t.site / "kept.txt"
    code = ('Set f = CreateObject("Scripting.FileSystemObject").CreateTextFile("%s")\n'
            'f.WriteLine "data"\nx = 1 / 0' % out)
    for closed in ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"]:
        done = t.run("/bin/sh", "-c", f'exec "$0" //nologo "$1" {closed}', t.program("cscript"),
                     t.write("closed.vbs", code))
        t.equal((done.status, out.read_text()), (1, "data\n"), closed)


def story_a_disassembly_that_cannot_be_written_is_said(t):
    done = t.run("/bin/sh", "-c", 'exec "$0" --dump "$1" > /dev/full', t.program("cscript"),
                 t.write("d.vbs", "x = 1"))
    t.equal((done.status, done.err), (1, "CScript Error: Can not write to standard output: "
                                         "No space left on device.\n"), f"{done}")


@also_sanitized
def story_the_process_is_the_script_s(t):
    code = r'''
Set shell = CreateObject("WScript.Shell")
shell.CurrentDirectory = "C:\"
shell.Environment("Process")("STORY") = "told"
WScript.Echo shell.CurrentDirectory, shell.ExpandEnvironmentStrings("%STORY%")
shell.RegWrite "HKCU\Software\Story", 7, "REG_DWORD"
WScript.Echo shell.RegRead("HKCU\Software\Story")
WScript.Quit shell.Run("/bin/sh -c ""exit 3""", 0, True)
'''
    state = t.root / "other-state"
    state.mkdir()
    done = run(t, code, options=("//nologo", "--state", state))
    expect(t, done, "C:\\ told\n7\n", status=3)
    t.check(list(state.iterdir()), "the registry is in the state directory that was named")


@also_sanitized
def story_a_message_box_is_a_line_on_standard_error(t):
    expect(t, run(t, 'WScript.Echo MsgBox("Text", vbInformation, "Title")\nMsgBox 1'), "1\n",
           "Title: Text\n1\n")
    # A choice is for a person, never for a pipe.
    done = run(t, 'MsgBox "Delete all?", vbYesNo')
    error_line(t, done, 1, "Microsoft VBScript runtime error: Permission denied")


TIME_IS_OVER = 'Script execution time was exceeded on script "{}".\nScript execution was terminated.\n'


def story_a_script_is_ended_when_its_time_is_over(t):
    silent = t.site / "silent"  # a pipe that nobody writes to
    os.mkfifo(silent)
    for code, out in [
        ("On Error Resume Next\nDo: Loop", ""),
        ("WScript.Sleep 600000\nWScript.Echo 1", ""),
        ("Class T\nSub Class_Terminate\nDo: Loop\nEnd Sub\nEnd Class\nSet x = New T\n"
         "Set x = Nothing", ""),
        ("WScript.Timeout = 1\nWScript.Echo WScript.Timeout\nWScript.StdIn.ReadAll", "1\n"),
    ]:
        path = t.write("long.vbs", code)
        process = t.start("/bin/sh", "-c", 'exec "$0" //nologo //T:1 "$1" <> "$2"',
                          t.program("cscript"), path, silent)
        t.equal(t.wait_for(lambda: process.status, "its end"), 1, code)
        t.equal((process.out, process.err), (out, TIME_IS_OVER.format(path)), code)


@also_sanitized
def story_a_time_limit_that_is_not_reached_changes_nothing(t):
    expect(t, run(t, "WScript.Sleep 1\nWScript.Echo WScript.Timeout", "//T:600"), "600\n")
    expect(t, run(t, "WScript.Timeout = 5\nWScript.Timeout = 0\nWScript.Echo WScript.Timeout"), "0\n")


def story_ctrl_c_and_a_reader_that_goes_away_end_it_quietly(t):
    code = ("Class T\nSub Class_Terminate\nWScript.StdErr.WriteLine \"end\"\nEnd Sub\nEnd Class\n"
            "Set x = New T\nWScript.Echo 1\nWScript.Sleep 600000")
    process = t.start("cscript", "//nologo", t.write("wait.vbs", code))
    t.wait_for(lambda: process.out == "1\n", "the script to begin")
    process.kill(signal.SIGINT)
    t.equal(t.wait_for(lambda: process.status, "its end"), -signal.SIGINT, "status")
    t.equal(process.err, "", "nothing more is run")
    path = t.write("much.vbs", "For i = 1 To 1000000: WScript.Echo i: Next")
    done = t.run("/bin/bash", "-c", f"{t.program('cscript')} //nologo {path} | head -n 2; "
                                    'echo "${PIPESTATUS[0]}"')
    t.equal((done.out, done.err), ("1\n2\n141\n", ""), "a reader that goes away")
