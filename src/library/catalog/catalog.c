/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See catalog.h. Called by the roles that run pages (programs/pages.c) and by cscript, so that both
 * know the same classes. A new library is one line here.
 */
#include "library/catalog/catalog.h"

#include "base/mem.h"
#include "library/scripting/scripting.h"
#include "library/vbscript/vbscript.h"
#include "library/wscript/wscript.h"

static int (*const libraries[])(void) = {
	scripting_register,
	vbscript_register,
	wscript_register,
};

int catalog_register(void)
{
	for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
		int r = libraries[i]();

		if (r < 0)
			return r;
	}
	return 0;
}
