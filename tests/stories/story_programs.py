# SPDX-License-Identifier: Apache-2.0
"""Every program as a stranger meets it: what it is, which version, and one line for a mistake."""

PROGRAMS = ["surrogate", "inetinfo", "dllhost", "surrogate-launch", "cscript",
            "iisreset", "regsvr", "sc", "wevtutil"]
MISTAKES = [
    ("surrogate", "serve"), ("surrogate", "dance"), ("surrogate", "status", "extra"),
    ("surrogate", "serve", "/nonexistent"), ("surrogate", "status", "--state"),
    ("sc", "dance"), ("sc", "start"), ("wevtutil", "dance"), ("wevtutil", "qe"),
    ("wevtutil", "qe", "System", "/c:many"), ("iisreset", "/timeout:soon"),
    ("iisreset", "/start", "/stop"), ("cscript", "//nologo", "nothing.vbs"), ("iisreset", "another-computer"),
]


def one_line(t, done):
    t.check(done.status not in (0, None) and done.status > 0, f"{done} says that it failed")
    t.equal(done.out, "", f"standard output of {done}")
    t.equal(done.err.count("\n"), 1, f"lines on standard error of {done}")


def story_every_program_says_what_it_is(t):
    for program in PROGRAMS:
        done = t.run(program, "--version")
        t.equal((done.status, done.out.split()[0]), (0, program), f"{program} --version")
        done = t.run(program, "--help")
        t.equal((done.status, done.err), (0, ""), f"{program} --help")
        t.contains(done.out.lower(), program.split("-")[0], f"{program} --help")


def story_a_mistake_is_answered_in_one_line(t):
    for program in PROGRAMS:
        one_line(t, t.run(program, "--no-such-switch"))
    for command in MISTAKES:
        one_line(t, t.run(*command))


def story_a_state_directory_that_cannot_be_used_is_named(t):
    t.write("file", "no folder")
    nowhere, file = t.site / "nowhere", t.site / "file"
    for command in [("surrogate", "status"), ("surrogate", "stop"), ("surrogate", "recycle", "X"),
                    ("sc", "query"), ("wevtutil", "qe", "System")]:
        done = t.run(*command, "--state", nowhere)
        one_line(t, done)
        t.contains(done.err, str(nowhere), f"{command}")
    done = t.run("iisreset", "--state", nowhere)  # in the words and on the stream of IIS's own
    t.equal((done.status, str(nowhere) in done.out), (1, True), f"{done}")
    for command in [("surrogate", "run"), ("surrogate", "serve", t.site)]:
        done = t.run(*command, "--state", file)
        one_line(t, done)
        t.contains(done.err, str(file), f"{command}")
