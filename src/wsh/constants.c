/* SPDX-License-Identifier: Apache-2.0 */
/* See constants.h. Numbers are those of the documentation of each component. */
#include "wsh/constants.h"

#include "base/mem.h"

struct constant {
	const char *name;
	int value;
};

/* clang-format off */
static const struct constant scripting[] = {
	{ "BinaryCompare", 0 },    { "TextCompare", 1 },        { "DatabaseCompare", 2 },
	{ "ForReading", 1 },       { "ForWriting", 2 },         { "ForAppending", 8 },
	{ "TristateTrue", -1 },    { "TristateFalse", 0 },      { "TristateUseDefault", -2 },
	{ "TristateMixed", -2 },   { "WindowsFolder", 0 },      { "SystemFolder", 1 },
	{ "TemporaryFolder", 2 },  { "StdIn", 0 },              { "StdOut", 1 },
	{ "StdErr", 2 },           { "Normal", 0 },             { "ReadOnly", 1 },
	{ "Hidden", 2 },           { "System", 4 },             { "Volume", 8 },
	{ "Directory", 16 },       { "Archive", 32 },           { "Alias", 1024 },
	{ "Compressed", 2048 },    { "UnknownType", 0 },        { "Removable", 1 },
	{ "Fixed", 2 },            { "Remote", 3 },             { "CDRom", 4 },
	{ "RamDisk", 5 },
};

static const struct constant wscript[] = {
	{ "WshHide", 0 },           { "WshNormalFocus", 1 },      { "WshMinimizedFocus", 2 },
	{ "WshMaximizedFocus", 3 }, { "WshNormalNoFocus", 4 },    { "WshMinimizedNoFocus", 6 },
	{ "WshRunning", 0 },        { "WshFinished", 1 },         { "WshFailed", 2 },
};
/* clang-format on */

static const struct library {
	const char *progids; /* what its ProgIDs begin with */
	const char *guid;
	const struct constant *constants;
	size_t count;
} libraries[] = {
	{ "Scripting.", "{420B2830-E718-11CF-893D-00A0C9054228}", scripting, ARRAY_LEN(scripting) },
	{ "WScript.", "{F935DC20-1CF0-11D0-ADB9-00C04FD58A0B}", wscript, ARRAY_LEN(wscript) },
	/* No constants of its own. */
	{ "VBScript.", "{3F4DACA7-160D-11D2-A8E9-00104B365C9F}", NULL, 0 },
};

bool wsh_constants(struct text name, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
		const struct library *l = &libraries[i];

		if (!text_starts_with_nocase(name, text_of(l->progids)) &&
		    !text_equal_nocase(name, text_of(l->guid)))
			continue;
		for (size_t k = 0; k < l->count; k++)
			buf_printf(out, "Const %s = %d\n", l->constants[k].name,
				   l->constants[k].value);
		return true;
	}
	return false;
}
