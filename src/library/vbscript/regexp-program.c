/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See regexp-program.h. Called by a RegExp's members under its lock. Pages make new objects with
 * the same patterns all the time, so compiled programs are kept in a table of the process, each
 * in the one place its hash gives; a program is immutable but for its machine code, which is made
 * once it has had enough to do, under the program's lock. Where the process may not make code,
 * PCRE2's interpreter goes on.
 */
#define PCRE2_CODE_UNIT_WIDTH 16

#include "library/vbscript/regexp-program.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdatomic.h>

#define CACHE_SLOTS 512
#define CACHE_UNITS_MAX 4096 /* longer patterns are not kept */
#define CACHE_SIZE_MAX 65536 /* bytes of code; larger programs are not kept */
/* Units of text, and for each search, before machine code is worth making. */
#define JIT_AFTER 4096
#define JIT_SEARCH 512
#define PORTION_FIRST 64
#define PORTION_FAST (NSEC_PER_MSEC / 2) /* one that took longer is not followed by a larger */
#define MATCHES_UNASKED 16
#define STACK_FIRST 65536 /* bytes; before, PCRE2 takes 32 KiB of the thread's stack */

enum jit { JIT_LATER, JIT_READY, JIT_NEVER };

struct regexp_program {
	_Atomic uint32_t refs;
	_Atomic uint32_t work;
	_Atomic int jit;
	pthread_mutex_t lock; /* of making machine code */
	pcre2_code *code;
	unsigned groups, flags;
	BSTR pattern;
};

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct regexp_program *cache[CACHE_SLOTS];
static _Atomic bool jit_allowed = true;

/* ---- memory ---- */

static void *pcre_alloc(size_t size, void *ctx)
{
	(void)ctx;
	return mem_alloc(size);
}

static void pcre_free(void *p, void *ctx)
{
	(void)ctx;
	mem_free(p);
}

/* ---- compiling ---- */

/* The pattern is well formed: what PCRE2 refuses is too large for it. */
static int compile_error(int error)
{
	return error == PCRE2_ERROR_INTERNAL_UNKNOWN_NEWLINE ? 51 : 7;
}

static int compile_text(const struct regexp_pattern *p, unsigned flags, pcre2_code **ret)
{
	uint32_t options = PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF |
			   PCRE2_USE_OFFSET_LIMIT;
	pcre2_general_context *general = pcre2_general_context_create(pcre_alloc, pcre_free, NULL);
	pcre2_compile_context *context = general ? pcre2_compile_context_create(general) : NULL;
	PCRE2_SIZE place;
	int error = 0;

	if (flags & REGEXP_IGNORE_CASE)
		options |= PCRE2_CASELESS;
	if (p->ucp)
		options |= PCRE2_UCP;
	*ret = NULL;
	if (context) {
		pcre2_set_newline(context, PCRE2_NEWLINE_LF);
		*ret = pcre2_compile(p->text.length ? (PCRE2_SPTR)(const void *)p->text.data
						    : (PCRE2_SPTR)u"",
				     p->text.length / sizeof(char16_t), options, &error, &place,
				     context);
	}
	pcre2_compile_context_free(context);
	pcre2_general_context_free(general);
	return *ret ? 0 : compile_error(error);
}

static struct regexp_program *program_free(struct regexp_program *program)
{
	pcre2_code_free(program->code);
	pthread_mutex_destroy(&program->lock);
	SysFreeString(program->pattern);
	return mem_free(program);
}

static int program_new(BSTR pattern, unsigned flags, struct regexp_program **ret)
{
	struct regexp_program *program = mem_new(struct regexp_program);
	struct regexp_pattern p;
	int error =
		program ? regexp_pattern_translate(pattern, SysStringLen(pattern), flags, &p) : 7;

	if (error) {
		mem_free(program);
		return error;
	}
	atomic_init(&program->refs, 1);
	pthread_mutex_init(&program->lock, NULL);
	program->groups = p.groups;
	program->flags = flags;
	program->pattern = bstr_ref(pattern);
	error = compile_text(&p, flags, &program->code);
	buf_done(&p.text);
	if (error)
		program_free(program);
	else
		*ret = program;
	return error;
}

struct regexp_program *regexp_program_unref(struct regexp_program *program)
{
	if (program && atomic_fetch_sub_explicit(&program->refs, 1, memory_order_acq_rel) == 1)
		program_free(program);
	return NULL;
}

static struct regexp_program *program_ref(struct regexp_program *program)
{
	if (program)
		atomic_fetch_add_explicit(&program->refs, 1, memory_order_relaxed);
	return program;
}

unsigned regexp_program_groups(const struct regexp_program *program)
{
	return program->groups;
}

/* ---- the cache ---- */

static struct regexp_program **cache_slot(BSTR pattern, unsigned flags)
{
	uint64_t hash = 14695981039346656037u ^ flags;

	for (UINT i = 0; i < SysStringLen(pattern); i++)
		hash = (hash ^ pattern[i]) * 1099511628211u;
	return &cache[(hash ^ hash >> 32) % CACHE_SLOTS];
}

static bool program_is(const struct regexp_program *program, BSTR pattern, unsigned flags)
{
	return program && program->flags == flags && !bstr_compare(program->pattern, pattern);
}

static void cache_put(struct regexp_program **slot, struct regexp_program *program)
{
	struct regexp_program *old;
	size_t size = 0;

	pcre2_pattern_info(program->code, PCRE2_INFO_SIZE, &size);
	if (size > CACHE_SIZE_MAX)
		return;
	pthread_mutex_lock(&cache_lock);
	old = *slot;
	*slot = program_ref(program);
	pthread_mutex_unlock(&cache_lock);
	regexp_program_unref(old);
}

int regexp_program_get(BSTR pattern, unsigned flags, struct regexp_program **ret)
{
	bool kept = SysStringLen(pattern) <= CACHE_UNITS_MAX;
	struct regexp_program **slot = kept ? cache_slot(pattern, flags) : NULL;
	struct regexp_program *found = NULL;
	int error;

	if (slot) {
		pthread_mutex_lock(&cache_lock);
		if (program_is(*slot, pattern, flags))
			found = program_ref(*slot);
		pthread_mutex_unlock(&cache_lock);
	}
	if (found) {
		*ret = found;
		return 0;
	}
	error = program_new(pattern, flags, ret);
	if (!error && slot)
		cache_put(slot, *ret);
	return error;
}

void regexp_program_forget(void)
{
	pthread_mutex_lock(&cache_lock);
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		cache[i] = regexp_program_unref(cache[i]);
	pthread_mutex_unlock(&cache_lock);
}

/* ---- machine code ---- */

void regexp_program_use_jit(bool use)
{
	atomic_store(&jit_allowed, use);
}

static void jit_make(struct regexp_program *program)
{
	pthread_mutex_lock(&program->lock);
	if (atomic_load(&program->jit) == JIT_LATER)
		atomic_store(&program->jit,
			     pcre2_jit_compile(program->code, PCRE2_JIT_COMPLETE) == 0 ? JIT_READY
										       : JIT_NEVER);
	pthread_mutex_unlock(&program->lock);
}

static bool jit_ready(struct regexp_program *program)
{
	return atomic_load_explicit(&program->jit, memory_order_acquire) == JIT_READY &&
	       atomic_load_explicit(&jit_allowed, memory_order_relaxed);
}

/* Counts what the program has done, and makes machine code of it in time. */
static void jit_consider(struct regexp_program *program, size_t length)
{
	uint32_t work = length < JIT_AFTER ? (uint32_t)length + JIT_SEARCH : JIT_AFTER;

	if (atomic_load_explicit(&program->jit, memory_order_relaxed) != JIT_LATER ||
	    !atomic_load_explicit(&jit_allowed, memory_order_relaxed))
		return;
	if (atomic_fetch_add_explicit(&program->work, work, memory_order_relaxed) + work >=
	    JIT_AFTER)
		jit_make(program);
}

/* ---- matching ---- */

void regexp_matcher_done(struct regexp_matcher *matcher)
{
	pcre2_match_data_free(matcher->data);
	pcre2_jit_stack_free(matcher->stack);
	pcre2_match_context_free(matcher->context);
	*matcher = (struct regexp_matcher){ 0 };
}

static int matcher_context(struct regexp_matcher *matcher)
{
	pcre2_general_context *general;
	pcre2_match_context *context;

	if (matcher->context)
		return 0;
	general = pcre2_general_context_create(pcre_alloc, pcre_free, NULL);
	context = general ? pcre2_match_context_create(general) : NULL;
	pcre2_general_context_free(general);
	if (!context)
		return 7;
	pcre2_set_match_limit(context, matcher->steps ? matcher->steps : REGEXP_STEPS_MAX);
	pcre2_set_depth_limit(context, matcher->steps ? matcher->steps : REGEXP_STEPS_MAX);
	pcre2_set_heap_limit(context, REGEXP_HEAP_MAX);
	matcher->context = context;
	matcher->last = PCRE2_UNSET;
	return 0;
}

/* Makes room for the program's groups. */
static int matcher_ready(struct regexp_matcher *matcher, const struct regexp_program *program)
{
	pcre2_general_context *general;
	pcre2_match_data *data;
	int error = matcher_context(matcher);

	if (error)
		return error;
	if (matcher->data && matcher->groups >= program->groups)
		return 0;
	general = pcre2_general_context_create(pcre_alloc, pcre_free, NULL);
	data = general ? pcre2_match_data_create(program->groups + 1, general) : NULL;
	pcre2_general_context_free(general);
	if (!data)
		return 7;
	pcre2_match_data_free(matcher->data);
	matcher->data = data;
	matcher->offsets = pcre2_get_ovector_pointer(data);
	matcher->groups = program->groups;
	return 0;
}

/* A stack of its own for machine code that needs much; false: it has one already, or no memory. */
static bool matcher_stack(struct regexp_matcher *matcher)
{
	if (matcher->stack)
		return false;
	matcher->stack = pcre2_jit_stack_create(STACK_FIRST, REGEXP_STACK_MAX, NULL);
	pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
	return matcher->stack;
}

int regexp_search_begin(struct regexp_search *search, struct regexp_program *program,
			struct regexp_matcher *matcher, const char16_t *text, size_t length)
{
	*search = (struct regexp_search){ .program = program,
					  .matcher = matcher,
					  .text = text ? text : u"",
					  .length = length,
					  .portion = PORTION_FIRST };
	jit_consider(program, length);
	return matcher_ready(matcher, program);
}

/* PCRE2's answer for matches that begin in [at, last]; PCRE2_UNSET is the end of the text. */
static int match_between(struct regexp_search *s, size_t at, size_t last)
{
	struct regexp_matcher *m = s->matcher;
	PCRE2_SPTR text = (PCRE2_SPTR)(const void *)s->text;
	int r;

	if (m->last != last) {
		pcre2_set_offset_limit(m->context, last);
		m->last = last;
	}
	if (!jit_ready(s->program))
		return pcre2_match(s->program->code, text, s->length, at, PCRE2_NO_JIT, m->data,
				   m->context);
	r = pcre2_jit_match(s->program->code, text, s->length, at, 0, m->data, m->context);
	if (r == PCRE2_ERROR_JIT_STACKLIMIT && matcher_stack(m))
		r = pcre2_jit_match(s->program->code, text, s->length, at, 0, m->data, m->context);
	return r;
}

static int match_error(int r)
{
	switch (r) {
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
		return 17;
	case PCRE2_ERROR_JIT_STACKLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
		return 28;
	case PCRE2_ERROR_NOMEMORY:
		return 7;
	default:
		return 51;
	}
}

/* The next portion is larger as long as that is quick, so that long texts are not searched again
 * and again for what PCRE2 looks for first. Where nothing but matches is found the clock is read
 * only once; what passed before the last of them says nothing of how slow this portion was. */
static int next_portion(struct regexp_search *s)
{
	int64_t now = clock_now();

	if (now - s->asked < PORTION_FAST)
		s->portion *= 4;
	else if (s->portion > PORTION_FIRST && !s->stale)
		s->portion /= 4;
	s->asked = now;
	s->stale = false;
	return automation_poll();
}

static _Thread_local unsigned unasked; /* matches since the caller was asked whether it waits */

int regexp_search_next(struct regexp_search *s, bool *ret_found)
{
	int r = PCRE2_ERROR_NOMATCH;
	HRESULT hr = S_OK;

	*ret_found = false;
	/* Over all searches: a loop may make one expression after the other. */
	if (++unasked >= MATCHES_UNASKED) {
		hr = automation_poll();
		/* Whoever searches again after the error hears of it again. */
		unasked = FAILED(hr) ? MATCHES_UNASKED : 0;
	}
	while (SUCCEEDED(hr) && s->at <= s->length) {
		size_t left = s->length - s->at;
		bool whole = left <= s->portion;
		size_t last = whole ? PCRE2_UNSET : s->at + s->portion;

		if (!whole && !s->asked)
			s->asked = clock_now();
		r = match_between(s, s->at, last);
		if (r != PCRE2_ERROR_NOMATCH)
			break;
		s->at = whole ? s->length + 1 : last + 1;
		if (!whole)
			hr = next_portion(s);
	}
	if (FAILED(hr))
		return hr;
	if (r == PCRE2_ERROR_NOMATCH)
		return 0;
	if (r < 0) {
		/* It was long at it, and a script may try again at once. */
		hr = automation_poll();
		return FAILED(hr) ? hr : match_error(r);
	}
	s->offsets = s->matcher->offsets;
	/* A match of nothing must not be found again. */
	s->at = s->offsets[1] > s->offsets[0] ? s->offsets[1] : s->offsets[1] + 1;
	s->stale = true;
	*ret_found = true;
	return 0;
}
