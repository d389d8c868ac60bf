/* SPDX-License-Identifier: Apache-2.0 */
/* WshShell.RegRead, RegWrite and RegDelete on a registry of their own. */
#include "../scripting/script.h"

#include "library/wscript/wscript.h"

#include "registry/registry.h"

#include <stdlib.h>
#include <unistd.h>

#define S "Set s = CreateObject(\"WScript.Shell\")\n"
#define NO_READ(name) "Error 0x80070002: Unable to open registry key \"" name "\" for reading."
#define NO_REMOVE(name) "Error 0x80070002: Unable to remove registry key \"" name "\"."

static char root[64];

static int set_up(void **state)
{
	snprintf(root, sizeof root, "/tmp/surrogate-keys-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	wscript_configure(root);
	return wscript_register();
}

static int tear_down(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", root);
	return system(command);
}

/* One after the other: each sees what those before it wrote. */
static const struct script_row rows[] = {
	/* reading makes no registry */
	{ S "s.RegRead \"HKLM\\none\"", NO_READ("HKLM\\none") },
	{ S "s.RegWrite \"HKCU\\Software\\A\\text\", \"some text\"\n"
	    "R = s.RegRead(\"HKEY_CURRENT_USER\\software\\a\\TEXT\")",
	  "some text" },
	{ S "s.RegWrite \"HKCU\\Software\\A\\n\", 42, \"REG_DWORD\"\n"
	    "R = s.RegRead(\"HKCU\\Software\\A\\n\")\nR = R & TypeName(R)",
	  "42Long" },
	{ S "s.RegWrite \"HKCU\\Software\\A\\n\", -2, \"REG_DWORD\"\n"
	    "R = s.RegRead(\"HKCU\\Software\\A\\n\")",
	  "-2" },
	{ S "s.RegWrite \"HKCU\\Software\\A\\n\", 42\n"
	    "R = TypeName(s.RegRead(\"HKCU\\Software\\A\\n\"))",
	  "String" },
	{ S "s.RegWrite \"HKCU\\Software\\A\\e\", \"%OS%!\", \"REG_EXPAND_SZ\"\n"
	    "R = s.RegRead(\"HKCU\\Software\\A\\e\")",
	  "Windows_NT!" },
	{ S "s.RegWrite \"HKCU\\Software\\A\\b\", 258, \"reg_binary\"\n"
	    "a = s.RegRead(\"HKCU\\Software\\A\\b\")\nR = UBound(a) & a(0) & a(1) & a(2)",
	  "3210" },
	/* a key and its default value */
	{ S "s.RegRead \"HKCU\\Software\\A\\\"", NO_READ("HKCU\\Software\\A\\") },
	{ S "s.RegWrite \"HKCU\\Software\\A\\\", \"default\"\n"
	    "R = s.RegRead(\"HKCU\\Software\\A\\\")",
	  "default" },
	{ S "s.RegRead \"HKCU\\Software\\A\\none\"", NO_READ("HKCU\\Software\\A\\none") },
	{ S "s.RegRead \"HKXX\\Software\"",
	  "Error 0x80070002: Invalid root in registry key \"HKXX\\Software\"." },
	{ S "s.RegRead \"HKLM\"", "Error 0x80070002: Invalid root in registry key \"HKLM\"." },
	{ S "s.RegWrite \"HKLM\\a\\b\", 1, \"REG_MULTI_SZ\"",
	  "Error 0x80070057: Invalid type \"REG_MULTI_SZ\": it is REG_SZ, REG_EXPAND_SZ, REG_DWORD "
	  "or REG_BINARY." },
	{ S "On Error Resume Next\ns.RegWrite \"HKLM\\a\\b\", \"x\", \"REG_DWORD\"\nR = Err.Number",
	  "13" },
	{ S "s.RegWrite \"HKLM\\a\\\\b\", 1",
	  "Error 0x80070002: Unable to open registry key \"HKLM\\a\\\\b\" for writing." },
	/* deleting */
	{ S "s.RegDelete \"HKCU\\Software\\A\\text\"\ns.RegRead \"HKCU\\Software\\A\\text\"",
	  NO_READ("HKCU\\Software\\A\\text") },
	{ S "s.RegDelete \"HKCU\\Software\\A\\text\"", NO_REMOVE("HKCU\\Software\\A\\text") },
	{ S "s.RegDelete \"HKCU\\Software\\\"",
	  "Error 0x80070005: Unable to remove registry key \"HKCU\\Software\\\": it has keys below "
	  "it." },
	{ S "s.RegDelete \"HKCU\\Software\\A\\\"\ns.RegRead \"HKCU\\Software\\A\\n\"",
	  NO_READ("HKCU\\Software\\A\\n") },
	{ S "s.RegDelete \"HKCU\\Software\\A\\\"", NO_REMOVE("HKCU\\Software\\A\\") },
	{ S "s.RegWrite \"HKCU\\N\\a\", 1\ns.RegDelete \"HKCU\\N\\\" & Chr(0) & \"\\a\"",
	  "Error 5: Invalid procedure call or argument: 's.RegDelete'" },
	{ S "R = s.RegRead(\"HKCU\\N\\a\")", "1" },
	{ S "s.RegDelete \"HKCU\\\"", NO_REMOVE("HKCU\\") },
};

static void keys(void **state)
{
	char path[128];

	script_run(rows[0].code);
	snprintf(path, sizeof path, "%s/registry.db", root);
	assert_int_not_equal(access(path, F_OK), 0);
	script_check(rows, ARRAY_LEN(rows));
}

static void other_types(void **state)
{
	struct registry *registry = NULL;

	assert_int_equal(registry_open(root, &registry, NULL), 0);
	registry_set(registry, "HKLM\\T", "m", REGISTRY_MULTI_SZ, "one\0two\0", 8);
	registry_set(registry, "HKLM\\T", "q", REGISTRY_QWORD, "\0\0\0\0\1\0\0\0", 8);
	registry_set(registry, "HKLM\\T", "e", REGISTRY_BINARY, "", 0);
	registry_close(registry);
	assert_string_equal(script_run(S "R = Join(s.RegRead(\"HKLM\\T\\m\"), \"|\")"), "one|two");
	assert_string_equal(script_run(S "R = s.RegRead(\"HKLM\\T\\q\") = 4294967296"), "True");
	assert_string_equal(script_run(S "R = UBound(s.RegRead(\"HKLM\\T\\e\"))"), "-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(keys), cmocka_unit_test(other_types) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
