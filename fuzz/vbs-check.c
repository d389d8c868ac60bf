/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles and runs one source, and looks at what is left. Called by fuzz-vbs.c and
 * fuzz-vbs-programs.c. Owns one engine, which vbs_engine_reset makes new for each input; every
 * comparison with a fresh engine is also a test of that.
 *
 * The limit of time is one nanosecond: it passes at the first look at the clock, which the machine
 * takes every so many calls and backward jumps. So each input ends soon, and at the same place
 * each time. Most inputs get few of these turns, so that an endless loop costs no more than what
 * is around it.
 */
#include "vbs-check.h"
#include "fuzz.h"

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "library/scripting/scripting.h"
#include "script/vbs/engine.h"
#include "../tests/conformance/vbs-members.h"

#include <stdio.h>

#define MEMORY (64u << 10)
#define DEPTH 50
#define TURNS 200
#define TURNS_LONGER 2000
#define ALLOCATION_MAX (16u << 20)
#define SLOTS_LOOKED_AT 1024 /* of the stack, after each run */

/* ---- what is alive ---- */

/* Only AddressSanitizer tells of allocations; elsewhere nothing is counted. */
int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void *, size_t),
					      void (*)(const volatile void *))
	__attribute__((weak));
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static _Thread_local int64_t alive;

static void count_malloc(const volatile void *p, size_t size)
{
	(void)p;
	FUZZ_REQUIRE(size <= ALLOCATION_MAX);
	alive++;
}
static void count_free(const volatile void *p)
{
	if (p)
		alive--;
}

/* ---- what the script prints ---- */

static uint64_t digest;

static void digest_bytes(const void *data, size_t size)
{
	const uint8_t *p = data;

	while (size--)
		digest = (digest ^ *p++) * UINT64_C(0x100000001b3);
}

static HRESULT echo(struct automation_call *call)
{
	for (UINT i = 0; i < call->argc; i++) {
		BSTR s = NULL;
		HRESULT hr = call->argv[i]->vt == VT_NULL ? S_OK : automation_arg_bstr(call, i, &s);

		if (FAILED(hr))
			return hr;
		if (s)
			digest_bytes(s, SysStringByteLen(s));
		SysFreeString(s);
		digest_bytes(" ", 1);
	}
	return S_OK;
}

static const struct automation_member members[] = {
	{ "Echo", 1, AUTOMATION_METHOD, 0, 16, echo },
	{ "Quit", 2, AUTOMATION_METHOD, 0, 1, member_quit },
	{ "SetTo", 3, AUTOMATION_METHOD | AUTOMATION_BYREF, 2, 2, member_set_to },
	{ "CallBack", 4, AUTOMATION_METHOD, 2, 2, member_call_back },
	{ "Bytes", 5, AUTOMATION_METHOD, 1, 1, member_bytes },
};
static void no_free(struct automation_object *self)
{
	(void)self;
}
static const struct automation_class class = {
	.name = "Host", .members = members, .member_count = ARRAY_LEN(members), .free = no_free
};
static struct automation_object host_object;

/* Dictionaries may hold each other in circles, which nothing frees, there as here: each is emptied
 * at the end of its run. */
static IDispatch *dictionaries[256];
static unsigned dictionary_count;

static void empty_dictionaries(void)
{
	static OLECHAR *names[] = { (OLECHAR *)u"RemoveAll" };

	while (dictionary_count) {
		IDispatch *d = dictionaries[--dictionary_count];
		DISPID id;

		if (SUCCEEDED(d->lpVtbl->GetIDsOfNames(d, &GUID_NULL, names, 1, 0x409, &id)))
			automation_invoke(d, id, DISPATCH_METHOD, NULL, 0, NULL, NULL);
		d->lpVtbl->Release(d);
	}
}

/* Of all components only the dictionary: no input shall reach a file. */
static HRESULT create_object(void *ctx, BSTR progid, BSTR server, IDispatch **ret)
{
	IUnknown *object;
	char *name = bstr_to_utf8(progid, NULL);
	bool known = name && !strcmp(name, "Scripting.Dictionary");
	HRESULT hr;

	(void)ctx, (void)server;
	mem_free(name);
	if (!known || dictionary_count == ARRAY_LEN(dictionaries))
		return CO_E_CLASSSTRING;
	hr = dictionary_new(&object);
	if (FAILED(hr))
		return hr;
	hr = object->lpVtbl->QueryInterface(object, &IID_IDispatch, (void **)ret);
	object->lpVtbl->Release(object);
	if (FAILED(hr))
		return hr;
	(*ret)->lpVtbl->AddRef(*ret);
	dictionaries[dictionary_count++] = *ret;
	return S_OK;
}

/* ---- a run ---- */

static uint32_t turns(const struct vbs_check *how)
{
	return how->longer ? TURNS_LONGER : TURNS;
}

static HRESULT engine_new(const struct vbs_check *how, enum vbs_native_mode native,
			  struct vbs_engine **ret)
{
	const struct vbs_limits limits = { .time_ns = 1,
					   .memory = MEMORY,
					   .depth = DEPTH,
					   .turns = turns(how),
					   .native = native };
	static const struct vbs_host host = { .create_object = create_object };
	struct vbs_engine *e;
	HRESULT hr = vbs_engine_new(&limits, &host, &e);

	if (FAILED(hr))
		return hr;
	hr = vbs_engine_add_object(e, TEXT("Host"), automation_dispatch(&host_object),
				   VBS_OBJECT_GLOBAL_MEMBERS);
	if (FAILED(hr)) {
		vbs_engine_free(e);
		return hr;
	}
	*ret = e;
	return S_OK;
}

static void call_procedure(struct vbs_engine *e)
{
	VARIANT argv[2] = { { .vt = VT_I4, .lVal = 3 }, { .vt = VT_NULL } }, result;
	struct vbs_error error = { 0 };

	VariantInit(&result);
	if (SUCCEEDED(vbs_engine_call(e, TEXT("F0"), argv, 2, &result, &error)))
		digest_bytes(&result.vt, sizeof result.vt);
	VariantClear(&result);
	vbs_error_done(&error);
}

/* Runs `program`; `digest` is of what it printed and of how it ended. */
static void run(struct vbs_engine *e, struct vbs_program *program, bool fails)
{
	struct vbs_error error = { 0 };
	HRESULT hr;

	digest = UINT64_C(0xcbf29ce484222325);
	hr = vbs_engine_run(e, program, &error);
	if (!fails)
		FUZZ_REQUIRE(SUCCEEDED(hr) || hr == VBS_E_END_SCRIPT || error.description);
	digest_bytes(&hr, sizeof hr);
	digest_bytes(&error.line, sizeof error.line);
	digest_bytes(&error.column, sizeof error.column);
	vbs_error_done(&error);
	call_procedure(e);
	FUZZ_REQUIRE(!e->depth && !e->native_depth);
	for (unsigned i = 0; i < SLOTS_LOOKED_AT; i++)
		FUZZ_REQUIRE(!value_counted(&e->stack[i]) || !e->stack[i].obj);
}

static void dump(const struct vbs_program *program)
{
	struct buf b;

	buf_init(&b, 4u << 20);
	vbs_program_dump(program, &b);
	FUZZ_REQUIRE(b.length);
	buf_done(&b);
}

static HRESULT compile(const struct vbs_source *source, bool fails, struct vbs_program **ret)
{
	struct vbs_error error = { 0 };
	HRESULT hr = vbs_compile(source, ret, &error);

	if (FAILED(hr) && !fails)
		FUZZ_REQUIRE(error.line > 0 && error.description);
	vbs_error_done(&error);
	return hr;
}

/* Everything on a fresh engine, from source to nothing, as native code. False when the source does
 * not compile. */
static bool run_fresh(const struct vbs_source *source, const struct vbs_check *how)
{
	struct vbs_program *program;
	struct vbs_engine *e;

	if (FAILED(compile(source, how->fault, &program)))
		return false;
	if (SUCCEEDED(engine_new(how, VBS_NATIVE_ALWAYS, &e))) {
		run(e, program, how->fault);
		vbs_engine_free(e);
	}
	vbs_program_unref(program);
	return true;
}

/* On the engine that is kept, by the machine alone. */
static bool run_kept(const struct vbs_source *source, const struct vbs_check *how)
{
	static struct vbs_engine *e;
	struct vbs_program *program;

	if (FAILED(compile(source, false, &program)))
		return false;
	FUZZ_REQUIRE(!vbs_verify(program, NULL, NULL));
	if (how->dump)
		dump(program);
	FUZZ_REQUIRE(e || SUCCEEDED(engine_new(how, VBS_NATIVE_NEVER, &e)));
	e->limits.turns = turns(how);
	run(e, program, false);
	vbs_program_unref(program);
	vbs_engine_reset(e, true);
	return true;
}

static bool run_failing(const struct vbs_source *source, const struct vbs_check *how)
{
	bool compiled = false;

#ifdef SURROGATE_FAULTS
	fault_arm(FAULT_ALLOC, how->fault, false);
	compiled = run_fresh(source, how);
	fault_arm(FAULT_ALLOC, 0, false);
#else
	(void)source, (void)how;
#endif
	return compiled;
}

/* Runs it one of the ways above, and looks whether everything is freed. What stays the first time
 * may be a table made on demand; the second time it is a leak. */
static bool run_tidily(bool (*way)(const struct vbs_source *, const struct vbs_check *),
		       const struct vbs_source *source, const struct vbs_check *how)
{
	for (unsigned times = 0;; times++) {
		int64_t before = alive;
		bool compiled = way(source, how);

		empty_dictionaries();
		if (alive == before)
			return compiled;
		if (times) {
			fprintf(stderr, "%lld allocations are left\n", (long long)(alive - before));
			if (__lsan_do_recoverable_leak_check)
				__lsan_do_recoverable_leak_check();
			abort();
		}
	}
}

static void prepare(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	automation_init(&host_object, &class);
	if (__sanitizer_install_malloc_and_free_hooks)
		__sanitizer_install_malloc_and_free_hooks(count_malloc, count_free);
}

void vbs_check(const struct vbs_source *source, const struct vbs_check *how)
{
	uint64_t kept;

	prepare();
	if (!run_tidily(run_kept, source, how))
		return;
	kept = digest; /* with what Class_Terminate printed at the end */
	if (how->fault) {
		run_tidily(run_failing, source, how);
	} else if (how->compare) {
		run_tidily(run_fresh, source, how);
		FUZZ_REQUIRE(digest == kept);
	}
}
