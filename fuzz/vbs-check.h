/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets of VBScript hold of any source: it is refused with a place and a text, or
 * it verifies, runs within small limits to an end, and leaves nothing behind.
 */
#pragma once

#include "script/vbs/vbs.h"

struct vbs_check {
	bool compare; /* run it as native code on a second, fresh engine: the same output and end */
	bool dump;    /* disassemble it */
	bool longer;  /* let it run for thousands of turns, not hundreds */
	uint64_t fault; /* this allocation fails (builds with faults); 0: none */
};

/* Aborts when something does not hold. Single threaded; keeps an engine between calls. */
void vbs_check(const struct vbs_source *source, const struct vbs_check *how);
