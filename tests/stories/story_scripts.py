# SPDX-License-Identifier: Apache-2.0
"""The scripts of examples/scripts run and say what they promise; cscript without memory."""

import pathlib

from stage import also_sanitized

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "examples/scripts"


def script(t, name, *args, stdin=None):
    done = t.run("cscript", "//nologo", SCRIPTS / name, *args, stdin=stdin)
    t.equal(done.err, "", f"{done}")
    return done


@also_sanitized
def story_the_examples_run(t):
    t.write("folder/a.txt", "x" * 1500)
    t.write("folder/deep/b.TXT", "x")
    t.write("folder/c", "x" * 7)
    t.equal(script(t, "folder-report.vbs", "/top:1", t.site / "folder").out,
            "   files         bytes  extension\n       2         1,501  txt\n"
            "                 1,508  in all\n", "the report of a folder")
    table = script(t, "csv-table.vbs", stdin='name,price,"a ""b"""\nApple,1.5,"x, y"\nPear,20,\n'.encode())
    t.equal(table.out, 'name   price  a "b"\n-----  -----  -----\nApple    1.5  x, y\nPear      20\n',
            "the table")
    text = t.write("text.txt", "One two\ntwo three two\none\n")
    t.equal(script(t, "words.wsf", "/top:2", text).out, "3 two\n2 one\n", "the first job")
    t.equal(script(t, "words.wsf", "//Job:find", "/word:ONE", text).out,
            "text.txt:1: One two\ntext.txt:3: one\n", "the second job")
    t.contains(script(t, "words.wsf", "/?").out, "Usage: words.wsf [/top:value] file1 [file2...]\n",
               "the usage")
    files = [path for path in SCRIPTS.iterdir() if path.suffix in (".vbs", ".wsf")]
    done = t.run("cscript", "--lint", *files)
    t.equal((done.out, done.err, done.status), ("", "", 0), "nothing to warn of")


JOB = """<?xml version="1.0"?><job><runtime><named name="a" helpstring="b"/></runtime>
<object id="d" progid="Scripting.Dictionary"/><reference object="Scripting.Dictionary"/>
<resource id="r">text</resource><script>Const k = 2</script><script>
d.Add "a", WScript.Arguments.Count + WScript.Arguments.Named.Count
For Each x In WScript.Arguments: WScript.Echo x, k: Next
WScript.StdOut.WriteLine getResource("r") &amp; d("a") &amp; ForReading
WScript.Arguments.ShowUsage
WScript.Quit 5
</script></job>"""


def story_whatever_allocation_fails_a_script_ends_by_itself(t):
    job = t.write("job.wsf", JOB)
    for args, status in [(["//nologo", job, "/a:1", "b"], 5), (["--lint", job], 0)]:
        plain = t.run("cscript", *args)
        t.equal((plain.status, plain.err), (status, ""), f"{plain}")
        good = n = 0
        while good < 20:
            n += 1
            t.check(n < 5000, f"{args}: never without a failure")
            done = t.run("cscript", *args, env={"SURROGATE_FAULT": f"alloc:{n}"})
            t.check(done.status in (status, 1), f"allocation {n} fails: {done}")
            t.check(done.status == status or done.err or "--lint" in args,
                    f"allocation {n} fails, and nothing is said: {done}")
            good = good + 1 if (done.out, done.err) == (plain.out, plain.err) else 0
