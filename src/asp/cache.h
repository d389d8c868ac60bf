/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled pages of a process, by the path of their file: shared by all threads, bounded by
 * number and bytes (the least recently used goes first), one compile at a time per page.
 *
 * Freshness. A page is checked against its files when its last check is older than
 * ASP_CHECK_INTERVAL: one stat (about a microsecond) per file, ten times a second for a page under
 * load, which no one can measure, and never later than a person can reload after saving. A page
 * asked for less often is checked at every request.
 */
#pragma once

#include "asp/page.h"

#define ASP_CHECK_INTERVAL INT64_C(100000000) /* ns */

struct asp_cache;

int asp_cache_new(size_t max_pages, size_t max_bytes, struct asp_cache **ret);
struct asp_cache *asp_cache_free(struct asp_cache *cache);

/* The page at `url`, compiled if need be; a reference for the caller. `version` names the settings
 * the page is compiled under: a page of another version is compiled again. `now` is clock_now().
 * Errors are those of asp_page_compile, and are not remembered. */
int asp_cache_get(struct asp_cache *cache, const struct asp_page_options *options, uint64_t version,
		  struct text url, int64_t now, struct asp_page **ret, struct asp_error *error);
/* Keeps so many pages from now on, no more than it was made for; 0: none but those in use. */
void asp_cache_limit(struct asp_cache *cache, size_t pages);
