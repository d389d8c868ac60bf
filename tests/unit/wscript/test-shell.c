/* SPDX-License-Identifier: Apache-2.0 */
/* WScript.Shell without programs and registry: environment, folders, shortcuts, events. */
#include "../scripting/script.h"

#include "library/scripting/scripting.h"
#include "library/wscript/support.h"
#include "library/wscript/wscript.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define S "Set s = CreateObject(\"WScript.Shell\")\n"

static char root[64];

static int set_up(void **state)
{
	char path[128];

	snprintf(root, sizeof root, "/tmp/surrogate-shell-XXXXXX");
	if (!mkdtemp(root) || chdir(root) < 0)
		return -1;
	setenv("HOME", root, 1);
	setenv("Some_Name", "value", 1);
	unsetenv("TEMP");
	unsetenv("TMPDIR");
	unsetenv("WINDIR");
	snprintf(path, sizeof path, "%s/.config", root);
	mkdir(path, 0700);
	strcat(path, "/user-dirs.dirs");
	FILE *f = fopen(path, "w");

	fputs("# folders\nXDG_DESKTOP_DIR=\"$HOME/Schreibtisch\"\nXDG_TEMPLATES_DIR=\"/srv/t\"\n",
	      f);
	fclose(f);
	wscript_configure(root);
	return scripting_register() | wscript_register();
}

static int tear_down(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", root);
	return system(command);
}

static const struct script_row environment[] = {
	{ S "R = s.ExpandEnvironmentStrings(\"a %SOME_NAME% b %windir%%\")", "a value b C:\\usr%" },
	{ S "R = s.ExpandEnvironmentStrings(\"100% %none% %%Some_Name%\")", "100% %none% %value" },
	{ S "R = s.ExpandEnvironmentStrings(\"%TEMP%|%OS%|%COMSPEC%\")",
	  "C:\\tmp|Windows_NT|C:\\usr\\lib\\cmd.exe" },
	{ S "R = s.ExpandEnvironmentStrings(\"\")", "" },
	{ S "R = s.Environment(\"PROCESS\")(\"some_name\")", "value" },
	{ S "R = s.Environment(\"process\").Item(\"none\")", "" },
	{ S "R = s.Environment.Item(\"SYSTEMDRIVE\")", "C:" },
	{ S "R = s.Environment(\"USER\").Item(\"SYSTEMDRIVE\")", "" },
	{ S "Set e = s.Environment(\"PROCESS\")\ne(\"NEW\") = \"x\"\nR = e(\"new\")\n"
	    "e.Remove \"NEW\"\nR = R & \"|\" & e(\"NEW\")",
	  "x|" },
	{ S "Set e = s.Environment(\"PROCESS\")\nFor Each v In e\n"
	    "If v = \"Some_Name=value\" Then R = R & \"found\"\nn = n + 1\nNext\n"
	    "R = R & (n = e.Count) & (n = e.length)",
	  "foundTrueTrue" },
	{ S "s.Environment(\"PROCESS\")(\"A=B\") = 1", "Error 0x80004005: A=B: Invalid argument" },
	{ S "s.Environment \"OTHER\"",
	  "Error 5: Invalid procedure call or argument: an environment "
	  "is PROCESS, SYSTEM, USER or VOLATILE" },
	/* kept in the registry */
	{ S "Set e = s.Environment(\"SYSTEM\")\ne(\"SITE\") = \"kept\"\n"
	    "R = s.Environment(\"SYSTEM\")(\"site\") & s.Environment(\"USER\")(\"SITE\")",
	  "kept" },
	{ S "Set e = s.Environment(\"USER\")\nR = e.Count\ne(\"A\") = \"1\"\nR = R & e.Count\n"
	    "For Each v In e: R = R & v: Next\ne.Remove \"A\"\nR = R & e.Count",
	  "01A=10" },
	{ S "s.Environment(\"USER\").Remove \"none\"",
	  "Error 0x80070002: Unable to remove environment variable \"none\"." },
};

static void variables(void **state)
{
	script_check(environment, ARRAY_LEN(environment));
}

static const struct script_row folders[] = {
	{ S "Set f = CreateObject(\"Scripting.FileSystemObject\")\n"
	    "f.CreateFolder \"Sub\"\nbefore = s.CurrentDirectory\ns.CurrentDirectory = \"sub\"\n"
	    "R = Mid(s.CurrentDirectory, Len(before) + 1)\n"
	    "R = R & (f.GetAbsolutePathName(\"x\") = before & \"\\Sub\\x\")\n"
	    "s.CurrentDirectory = before",
	  "\\SubTrue" },
	{ S "s.CurrentDirectory = \"C:\\no\\where\"",
	  "Error 0x80070002: The system cannot find the file specified: C:\\no\\where" },
	{ S "R = Mid(s.SpecialFolders(\"desktop\"), Len(s.CurrentDirectory) + 1)",
	  "\\Schreibtisch" },
	{ S "R = Mid(s.SpecialFolders.Item(\"MyDocuments\"), Len(s.CurrentDirectory) + 1)",
	  "\\Documents" },
	{ S "R = s.SpecialFolders(\"Templates\") & s.SpecialFolders(\"none\")", "C:\\srv\\t" },
	{ S "R = s.SpecialFolders(\"Fonts\")", "C:\\usr\\share\\fonts" },
	{ S "For Each f In s.SpecialFolders: n = n + 1: Next\n"
	    "R = (n = s.SpecialFolders.Count) & s.SpecialFolders(1)",
	  "TrueC:\\usr\\share\\applications" },
	{ S "s.SpecialFolders 99", "Error 9: Subscript out of range" },
};

static void places(void **state)
{
	script_check(folders, ARRAY_LEN(folders));
}

static const struct script_row rest[] = {
	{ S "Set l = s.CreateShortcut(\"a.url\")\nR = TypeName(l) & l.TargetPath\n"
	    "l.TargetPath = \"http://host/\"\nl.Save\n"
	    "Set f = CreateObject(\"Scripting.FileSystemObject\")\n"
	    "R = R & f.OpenTextFile(\"a.url\").ReadAll & s.CreateShortcut(\"a.url\").TargetPath & "
	    "(l.FullName = f.GetFile(\"a.url\").Path)",
	  "IWshURLShortcut[InternetShortcut]\r\nURL=http://host/\r\nhttp://host/True" },
	{ S "s.CreateShortcut(\"a.url\").TargetPath = \"a\" & vbLf & \"b\"",
	  "Error 5: Invalid procedure call or argument: a target is one line" },
	{ S "s.CreateShortcut \"a.lnk\"",
	  "Error 0x80070032: Shortcuts to files (.lnk) mean nothing here: make a link (ln -s), or "
	  "a .url shortcut to an address" },
	{ S "s.CreateShortcut \"a.txt\"",
	  "Error 0x80070057: The shortcut pathname must end with .lnk or .url." },
	{ S "R = s.LogEvent(4, \"hello\") & s.LogEvent(3, \"no type\") & "
	    "s.LogEvent(0, \"x\", \"other\")",
	  "TrueFalseFalse" },
	{ S "R = s.AppActivate(\"Notepad\")", "False" },
	{ S "s.SendKeys \"{ENTER}\"",
	  "Error 0x80070032: There is no desktop to send keys to: use Exec and write to StdIn" },
	{ S "R = s.Popup(\"text\", 1, \"title\", 0)", "-1" },
};

static void others(void **state)
{
	script_check(rest, ARRAY_LEN(rest));
}

/* In a process that runs the pages of many. */
static void shared(void **state)
{
	static const char *const codes[] = {
		S "s.Environment(\"PROCESS\")(\"A\") = 1",
		S "s.Environment(\"SYSTEM\").Remove \"A\"",
		S "s.CurrentDirectory = \"/\"",
		S "s.RegRead \"HKLM\\A\\b\"",
		S "s.RegWrite \"HKLM\\A\\b\", 1",
		S "s.RegDelete \"HKLM\\A\\b\"",
	};

	wscript_configure(NULL);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		assert_int_equal(
			strncmp(script_run(codes[i]), "Error 70: Permission denied: the ", 33), 0);
	assert_string_equal(script_run(S "R = s.LogEvent(0, \"x\")"), "False");
	assert_string_equal(script_run(S "R = s.Environment(\"SYSTEM\")(\"OS\")"), "Windows_NT");
	wscript_configure(root);
}

/* ---- memory that runs out ---- */

struct attempt {
	IDispatch *object;
	const char *member;
	VARIANT argument; /* VT_EMPTY: none */
};

static bool try_member(void *ctx)
{
	struct attempt *a = ctx;
	VARIANT result = { 0 };
	EXCEPINFO e = { 0 };
	DISPID id;
	HRESULT hr = automation_dispid(a->object, text_of(a->member), &id);

	if (SUCCEEDED(hr))
		hr = automation_invoke(a->object, id, DISPATCH_METHOD | DISPATCH_PROPERTYGET,
				       &a->argument, a->argument.vt != VT_EMPTY, &result, &e);
	automation_exception_clear(&e);
	VariantClear(&result);
	return SUCCEEDED(hr);
}

static void out_of_memory(void **state)
{
	static const struct {
		const char *member, *argument;
	} members[] = {
		{ "ExpandEnvironmentStrings", "%WINDIR%\\x" },
		{ "Environment", "PROCESS" },
		{ "SpecialFolders", NULL },
		{ "CurrentDirectory", NULL },
		{ "CreateShortcut", "b.url" },
		{ "RegRead", "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\"
			     "Environment\\SITE" },
		{ "Run", "true" },
		{ "Exec", "true" },
	};
	IUnknown *shell = NULL;

	assert_int_equal(shell_new(&shell), S_OK);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct attempt a = { .object = (IDispatch *)(void *)shell,
				     .member = members[i].member };

		if (members[i].argument)
			a.argument = v_text(members[i].argument);
		with_every_allocation_failing(try_member, &a);
		VariantClear(&a.argument);
	}
	shell->lpVtbl->Release(shell);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables),     cmocka_unit_test(places),
		cmocka_unit_test(others),        cmocka_unit_test(shared),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
