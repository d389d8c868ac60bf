/* SPDX-License-Identifier: Apache-2.0 */
/* What an open registry is. Inside registry/. */
#pragma once

#include "registry/database.h"
#include "registry/registry.h"

struct registry {
	sqlite3 *db;
	char *state_dir;
	bool classes_changed; /* below HKCR, since they were published last */
};
