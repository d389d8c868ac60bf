/* SPDX-License-Identifier: Apache-2.0 */
/* Prints each attribute of the configuration, and whether it acts: section, path and "acts" or "-",
 * with tabs between. tests/check_acts.py makes docs/configuration-attributes.md of it. */
#include "config/bind.h"

#include <stdio.h>

static int print(void *ctx, const char *section, const char *path,
		 const struct schema_attribute *attribute, bool acts)
{
	(void)ctx;
	(void)attribute;
	return printf("%s\t%s\t%s\n", section, path, acts ? "acts" : "-") < 0 ? -1 : 0;
}

int main(void)
{
	int r = config_acts_each(&schema_builtin, print, NULL);

	if (r < 0)
		fprintf(stderr, "list-acts: %s\n", error_errno_text(r));
	return r < 0;
}
