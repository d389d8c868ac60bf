/* SPDX-License-Identifier: Apache-2.0 */
/* The class of VBScript itself, for the class table. Called once at start-up. */
#include "library/vbscript/vbscript.h"

#include "base/mem.h"
#include "com/class.h"

static const struct class_entry classes[] = {
	{
		.clsid = { 0x3F4DACA4,
			   0x160D,
			   0x11D2,
			   { 0xA8, 0xE9, 0x00, 0x10, 0x4B, 0x36, 0x5C, 0x9F } },
		.progid = "VBScript.RegExp",
		.description = "VBScript Regular Expression",
		.create = regexp_new,
	},
};

int vbscript_register(void)
{
	return class_register(classes, ARRAY_LEN(classes));
}
