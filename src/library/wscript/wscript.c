/* SPDX-License-Identifier: Apache-2.0 */
/* The classes of wscript.h, for the class table. Called once at start-up. */
#include "library/wscript/wscript.h"

#include "base/mem.h"
#include "com/class.h"
#include "library/wscript/support.h"

static const struct class_entry classes[] = {
	{
		.clsid = { 0x72C24DD5,
			   0xD70A,
			   0x438B,
			   { 0x8A, 0x42, 0x98, 0x42, 0x4B, 0x88, 0xAF, 0xB8 } },
		.progid = "WScript.Shell",
		.description = "Windows Script Host Shell Object",
		.create = shell_new,
	},
	{
		.clsid = { 0x093FF999,
			   0x1EA0,
			   0x4079,
			   { 0x95, 0x25, 0x96, 0x14, 0xC3, 0x50, 0x4B, 0x74 } },
		.progid = "WScript.Network",
		.description = "Windows Script Host Network Object",
		.create = network_new,
	},
};

static const char *configured_state; /* NULL: this process belongs to many scripts */

int wscript_register(void)
{
	return class_register(classes, ARRAY_LEN(classes));
}

void wscript_configure(const char *state_dir)
{
	configured_state = state_dir;
}

const char *wscript_state(void)
{
	return configured_state;
}
