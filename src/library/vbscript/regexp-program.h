/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns ready to match, for RegExp's files alone: PCRE2's code behind it, shared and counted,
 * and the search of one text. Functions return 0 or the VBScript error to raise: 5017..5021 for
 * the pattern, 7 without memory, 28 and 17 when the limits below are reached, 51 for what cannot
 * happen. A negative error is an HRESULT to return: the caller does not wait any longer.
 *
 * A search always ends. PCRE2 counts its steps from one place of the text, and may take
 * REGEXP_STEPS_MAX of them; places are tried in portions, between which automation_poll is asked.
 */
#pragma once

#include "library/vbscript/regexp-pattern.h"

#include <surrogate/com.h>

#define REGEXP_STEPS_MAX 10000000    /* from one place: error 17 */
#define REGEXP_HEAP_MAX 65536        /* KiB, without JIT: error 28 */
#define REGEXP_STACK_MAX (16u << 20) /* bytes, with JIT: error 28 */

struct regexp_program;

/* From the cache of this process, or compiled. Any thread. */
int regexp_program_get(BSTR pattern, unsigned flags, struct regexp_program **ret);
/* Takes NULL, returns NULL. */
struct regexp_program *regexp_program_unref(struct regexp_program *program);
/* Empties the cache: for tests that count what is left. */
void regexp_program_forget(void);
unsigned regexp_program_groups(const struct regexp_program *program);
/* For tests: without JIT from now on, as where a process may not make code; or lets the next
 * search make it. */
void regexp_program_use_jit(bool use);

/* What a search works with; one thread at a time. Zeroed is empty, and used for any program. */
struct regexp_matcher {
	void *context, *data, *stack;
	const size_t *offsets; /* in `data` */
	size_t last;           /* where a match may begin at the latest, as `context` has it */
	uint32_t steps;        /* 0: REGEXP_STEPS_MAX; set before the first search */
	unsigned groups;       /* that fit into `data` */
	bool has_data;
};

void regexp_matcher_done(struct regexp_matcher *matcher);

/* One search: all matches of a text in order. */
struct regexp_search {
	struct regexp_program *program;
	struct regexp_matcher *matcher;
	const char16_t *text;
	size_t length, at; /* where the next match may begin; above length: there is none */
	size_t portion;
	int64_t asked;         /* when the clock was read last, 0: not yet */
	bool stale;            /* a match has been found since */
	const size_t *offsets; /* of the match: start, end, and those of each group */
};

#define REGEXP_UNSET (~(size_t)0) /* both offsets of a group that took no part */

/* `program`, `matcher` and `text` must outlive the search. */
int regexp_search_begin(struct regexp_search *search, struct regexp_program *program,
			struct regexp_matcher *matcher, const char16_t *text, size_t length);
/* The next match into `offsets`. */
int regexp_search_next(struct regexp_search *search, bool *ret_found);
