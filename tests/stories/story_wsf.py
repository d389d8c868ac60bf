# SPDX-License-Identifier: Apache-2.0
"""cscript with .wsf jobs, scripts they include, and encoded scripts."""

from stage import also_sanitized

USAGE = """Restarts a server
Usage: job.wsf /server:value [/force[+|-]] file1 file2 [file3...]

Options:

server : The server
force  : Do not ask
file   : Files to write

Example: job.wsf /server:web1
"""

STRICT = """<?xml version="1.0"?>
<package>
  <job id="First">
    <?job error="true" debug="false"?>
    <runtime>
      <description>Restarts a server</description>
      <named name="server" helpstring="The server" type="string" required="true"/>
      <named name="force" helpstring="Do not ask" type="boolean" required="false"/>
      <unnamed name="file" helpstring="Files to write" many="true" required="2"/>
      <example>
        Example: job.wsf /server:web1
      </example>
    </runtime>
    <object id="names" progid="Scripting.Dictionary"/>
    <resource id="greeting">Hello &amp; good bye</resource>
    <script language="VBScript" src="Lib\\Twice.vbs"/>
    <script language="VBScript"><![CDATA[
      names.Add "a", 1
      If 1 < 2 Then WScript.Echo names.Count, getResource("GREETING"), Twice(4)
      shared = "kept"
    ]]></script>
    <script language="VBScript">
      WScript.Echo shared, 1 &lt; 2
      x = CInt("x")
    </script>
  </job>
  <job id="second"><script language="VBScript">WScript.Echo "second", WScript.Arguments.Count</script></job>
  <job id="other"><script language="JScript">a &lt; 1</script></job>
</package>
"""


def fails(t, done, line, text):
    t.equal((done.out, done.status), ("", 1), f"{done}")
    t.check(done.err.startswith(f"{t.site}/job.wsf({line}, "), f"line {line}: {done}")
    t.check(done.err.endswith(f") Windows Script Host: {text}\n"), f"{text}: {done}")


@also_sanitized
def story_a_job_runs_its_scripts(t):
    t.write("lib/twice.VBS", "Function Twice(x)\nTwice = 2 * x\nEnd Function\n")
    job = t.write("job.wsf", STRICT)
    done = t.run("cscript", "//nologo", job)
    t.equal((done.out, done.status), ("1 Hello & good bye 8\nkept -1\n", 1), f"{done}")
    t.check(done.err.startswith(f"{job}(24, "), f"{done}")
    done = t.run("cscript", "//nologo", job, "//Job:SECOND", "x")
    t.equal((done.out, done.err, done.status), ("second 1\n", "", 0), f"{done}")
    fails(t, t.run("cscript", "//nologo", job, "//Job:other"), 28,
          'Can\'t find script engine "JScript" for script')
    done = t.run("cscript", "//nologo", job, "//Job:third")
    t.equal((done.err, done.status), ('CScript Error: Unable to find job "third".\n', 1), f"{done}")


@also_sanitized
def story_a_job_says_how_to_use_it(t):
    job = t.write("job.wsf", STRICT)
    t.write("lib/twice.vbs", "")
    done = t.run("cscript", "//nologo", job, "/?")
    t.equal((done.out, done.err, done.status), (USAGE, "", 0), f"{done}")
    t.write("job.wsf", "<job><runtime><usage>As you like</usage></runtime><script>"
                       "WScript.Arguments.ShowUsage</script></job>")
    t.equal(t.run("cscript", "//nologo", job).out, "As you like\n", "usage of its own")


@also_sanitized
def story_the_scripts_of_a_job_share_their_names(t):
    job = t.write("job.wsf", """<job><reference object="Scripting.FileSystemObject"/><script>
Option Explicit
Const Mine = 5
Dim shared: shared = "s"
Sub Show: WScript.Echo Mine, shared, Later, Twice(4): End Sub
</script><script>
Const Later = "later"
Function Twice(x): Twice = 2 * x: End Function
Show
WScript.Echo Mine, ForAppending, TristateTrue
On Error Resume Next
Mine = 6
WScript.Echo Err.Number, Mine
</script></job>""")
    done = t.run("cscript", "//nologo", job)
    t.equal((done.out, done.err), ("5 s later 8\n5 8 -1\n501 5\n", ""), "names of all scripts")


@also_sanitized
def story_a_file_without_a_declaration_is_read_as_it_stands(t):
    job = t.write("job.wsf", '<job id=x><script language=vbscript>\n'
                             'If 1 < 2 And "&amp;" & "b" = "&amp;b" Then WScript.Echo "<b>"\n'
                             "</script><SCRIPT><![CDATA[ WScript.Echo 2 ]]></SCRIPT></job>")
    t.equal(t.run("cscript", "//nologo", job).out, "<b>\n2\n", "loose text")


@also_sanitized
def story_a_job_that_is_not_well_formed_is_refused_by_its_place(t):
    for text, line, why in [
        ("<job>", 1, "</job> is missing"),
        ("\n<resource/>", 2, "expected <package> or <job>"),
        ("<job>\n<loop/></job>", 2, "<job> holds no <loop>"),
        ("<job>\nx</job>", 1, "text where an element of <job> is expected"),
        ("<job><object id='a'/></job>", 1, "<object> has no progid"),
        ("<job>\n<object id='a' progid='b.c'/></job>", 2, 'Could not create object named "b.c".'),
        ("<job><reference object='No.Such'/></job>", 1, 'There is no type library of "No.Such".'),
        ("<job><script>x = 1", 1, "</script> is missing"),
        ("<?xml version='1.0'?><job><script>a & b</script></job>", 1,
         "'&' begins no entity here: write &amp;, or use <![CDATA[ ... ]]>"),
        ("<?xml version='1.0'?>\n<job id=a></job>", 2, "expected a value in quotes"),
        ("<?xml version='1.0'?>\n<job><script>a < b</script></job>", 2,
         "'<' begins no tag here: write &lt;, or use <![CDATA[ ... ]]>"),
        ("<package></package>", 1, "there is no <job>"),
    ]:
        fails(t, t.run("cscript", "//nologo", t.write("job.wsf", text)), line, why)
    done = t.run("cscript", "//nologo", t.write("job.wsf", "<job><script src='no.vbs'/></job>"))
    t.equal((done.err, done.status),
            (f'Input Error: Can not find script file "{t.site}/no.vbs".\n', 1), f"{done}")


@also_sanitized
def story_an_encoded_script_runs(t):
    t.write("encode.vbs", 'WScript.StdOut.Write CreateObject("Scripting.Encoder").EncodeScriptFile('
                          '".vbs", WScript.StdIn.ReadAll, 0, "VBScript")')
    plain = 'WScript.Echo "hidden"\nx = CInt("x")\n'
    encoded = t.run("cscript", "//nologo", t.site / "encode.vbs", stdin=plain.encode()).out
    t.check("hidden" not in encoded, encoded)
    done = t.run("cscript", "//nologo", t.write("e.vbe", encoded))
    t.equal((done.out, done.status), ("hidden\n", 1), f"{done}")
    t.check(done.err.startswith(f"{t.site}/e.vbe(2, "), f"{done}")
    done = t.run("cscript", "//nologo", t.write(
        "e.wsf", f'<job><script language="VBScript.Encode">{encoded}</script></job>'))
    t.equal(done.out, "hidden\n", f"{done}")
