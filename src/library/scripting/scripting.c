/* SPDX-License-Identifier: Apache-2.0 */
/* The classes of the Scripting library, for the class table. Called once at start-up. */
#include "library/scripting/scripting.h"

#include "base/mem.h"
#include "com/class.h"

static const struct class_entry classes[] = {
	{
		.clsid = { 0xEE09B103,
			   0x97E0,
			   0x11CF,
			   { 0x97, 0x8F, 0, 0xA0, 0x24, 0x63, 0xE0, 0x6F } },
		.progid = "Scripting.Dictionary",
		.description = "Scripting.Dictionary",
		.create = dictionary_new,
	},
	{
		.clsid = { 0x0D43FE01,
			   0xF093,
			   0x11CF,
			   { 0x89, 0x40, 0, 0xA0, 0xC9, 0x05, 0x42, 0x28 } },
		.progid = "Scripting.FileSystemObject",
		.description = "FileSystem Object",
		.create = file_system_new,
	},
	{
		.clsid = { 0x32DA2B15,
			   0xCFED,
			   0x11D1,
			   { 0xB7, 0x47, 0, 0xC0, 0x4F, 0xC2, 0xB0, 0x85 } },
		.progid = "Scripting.Encoder",
		.description = "Script Encoder Object",
		.create = scripting_encoder_new,
	},
};

int scripting_register(void)
{
	return class_register(classes, ARRAY_LEN(classes));
}
