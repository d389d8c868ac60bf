/* SPDX-License-Identifier: Apache-2.0 */
/* WshShell.Run and Exec with programs that every Linux has. */
#include "../scripting/script.h"

#include "library/wscript/wscript.h"

#include <signal.h>
#include <sys/resource.h>

#define S "Set s = CreateObject(\"WScript.Shell\")\n"

static const struct script_row rows[] = {
	{ S "R = s.Run(\"cmd /c exit 7\", 0, True)", "7" },
	{ S "R = s.Run(\"%comspec% /c exit 3\", 0, True)", "3" },
	{ S "R = s.Run(\"true\")", "0" },
	{ S "R = s.Run(\"false\", 1, False)", "0" },
	{ S "R = s.Run(\"false\", 1, True)", "1" },
	{ S "R = s.Run(\"cmd /c kill -9 $$\", 0, True)", "137" },
	{ S "R = s.Run(\"test \"\"a b\"\" = \"\"a b\"\"\", 0, True)", "0" },
	{ S "s.Run \"no-such-program x\", 0, True",
	  "Error 0x80070002: The system cannot find the file specified: no-such-program x" },
	{ S "s.Run \"C:\\etc\\passwd\"", "Error 70: Permission denied: C:\\etc\\passwd" },
	{ S "s.Run \"\"", "Error 0x80004005: : Invalid argument" },
	{ S "s.Exec \"no-such-program\"",
	  "Error 0x80070002: The system cannot find the file specified: no-such-program" },
	/* Exec */
	{ S "Set e = s.Exec(\"echo one two\")\nR = TypeName(e) & e.StdOut.ReadAll",
	  "WshExecone two\n" },
	{ S "Set e = s.Exec(\"cmd /c echo bad >&2; exit 4\")\nR = e.StdErr.ReadLine\n"
	    "Do While e.Status = 0: Loop\nR = R & e.Status & e.ExitCode",
	  "bad14" },
	{ S
	  "Set e = s.Exec(\"cat\")\ne.StdIn.WriteLine \"line\"\nR = e.StdOut.ReadLine & e.Status\n"
	  "e.StdIn.Close\nR = R & e.StdOut.AtEndOfStream\nDo While e.Status = 0: Loop\n"
	  "R = R & e.ExitCode",
	  "line0True0" },
	{ S "Set e = s.Exec(\"sleep 60\")\nR = e.Status & e.ExitCode & (e.ProcessID > 0)\n"
	    "e.Terminate\nDo While e.Status = 0: Loop\nR = R & e.ExitCode\ne.Terminate",
	  "00True137" },
	{ S "Set e = s.Exec(\"true\")\nDo While e.Status = 0: Loop\nR = \"before\"\n"
	    "On Error Resume Next\ne.StdIn.Write \"x\"\nR = Err.Number <> 0",
	  "True" },
	/* a child that nobody waits for */
	{ S "For i = 1 To 3: s.Exec \"true\": Next\nR = \"gone\"", "gone" },
	{ S "Set e = s.Exec(\"true\")\nSet e = Nothing\nR = \"gone\"", "gone" },
};

static void programs(void **state)
{
	script_check(rows, ARRAY_LEN(rows));
}

/* What a host without the right to start programs says. */
static void refused(void **state)
{
	struct rlimit saved, none;

	getrlimit(RLIMIT_NOFILE, &saved);
	none = saved;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	const char *got = script_run(S "s.Exec \"true\"");

	setrlimit(RLIMIT_NOFILE, &saved);
	assert_string_equal(got, "Error 0x80004005: true: Too many open files");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(programs), cmocka_unit_test(refused) };

	signal(SIGPIPE, SIG_IGN);
	if (wscript_register() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
