/* SPDX-License-Identifier: Apache-2.0 */
/* What log.c (lines) and log_file.c (files) share. Nobody else includes it. */
#pragma once

#include "web/internal.h"

#define LOG_BUFFER (128u << 10) /* a line is 64 KiB at most */

/* The log of a site, or of all of them, on one loop. */
struct web_log {
	struct web_log *next;
	const struct config_site *site; /* NULL: the central one */
	const struct config_log *settings;
	unsigned format; /* enum config_log_format */
	struct web_log_file *file;
	int64_t until; /* wall clock seconds: the end of the file's period */
	uint32_t entries;
	size_t length;
	char *data; /* LOG_BUFFER */
};

/* log.c: the lines a new file begins with; mem_free. NULL: no memory. */
char *web_log_header(const struct web_loop *loop, const struct web_log *log);
/* log_file.c: opens the file for now; false when it cannot be had. */
bool web_log_ready(struct web_loop *loop, struct web_log *log);
void web_log_flush_one(struct web_loop *loop, struct web_log *log);
