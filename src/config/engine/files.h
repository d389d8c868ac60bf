/* SPDX-License-Identifier: Apache-2.0 */
/* The files of schema/ as they are in the program; made by the build (schema/embed.py). */
#pragma once

#include "base/text.h"

struct config_file {
	const char *name; /* "webServer.xml" */
	struct text text;
};
extern const struct config_file config_files[];
extern const size_t config_file_count;
/* installed.config */
extern const struct text config_installed;
