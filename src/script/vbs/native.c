/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of native code: memory that is written first and then executed, never both; made by any
 * thread that finds a procedure hot, owned by the program. Entered by vm.c.
 */
#include "script/vbs/native.h"
#include "script/vbs/native-emit.h"

#include "base/mem.h"

#include <sys/mman.h>
#include <unistd.h>

/* What one instruction takes at the most, code aside included, and what is there once. */
#define BYTES_PER_WORD 700
#define BYTES_ONCE 1024
#define ARENA_MAX (16u << 20)

/* Bytes mapped by all programs of the process: a limit, and nobody's state. */
static size_t native_bytes;

static void *map_code(const struct x64 *a, size_t *ret_size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (a->size + page - 1) / page * page;
	void *code;

	if (__atomic_add_fetch(&native_bytes, size, __ATOMIC_RELAXED) > NATIVE_MEMORY)
		goto failed;
	code = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (code == MAP_FAILED)
		goto failed;
	memcpy(code, a->code, a->size);
	/* A kernel may be told that memory which was written is not to be executed. */
	if (mprotect(code, size, PROT_READ | PROT_EXEC)) {
		munmap(code, size);
		goto failed;
	}
	*ret_size = size;
	return code;
failed:
	__atomic_sub_fetch(&native_bytes, size, __ATOMIC_RELAXED);
	return NULL;
}

size_t vbs_native_size(const struct vbs_native *n)
{
	return n ? sizeof *n + n->size + n->words * sizeof *n->entries : 0;
}

void vbs_native_free(struct vbs_native *n)
{
	if (!n)
		return;
	munmap(n->code, n->size);
	__atomic_sub_fetch(&native_bytes, n->size, __ATOMIC_RELAXED);
	mem_free(n->entries);
	mem_free(n);
}

static struct vbs_native *finish(struct emit *e)
{
	struct vbs_native *n = mem_new(struct vbs_native);

	if (!n)
		return NULL;
	n->entries = mem_dup(e->entries, e->proc->code_count * sizeof *n->entries);
	n->code = n->entries ? map_code(&e->a, &n->size) : NULL;
	if (!n->code) {
		mem_free(n->entries);
		mem_free(n);
		return NULL;
	}
	n->words = e->proc->code_count;
	n->begin = n->code + e->begin.at;
	return n;
}

static bool emit_init(struct emit *e, const struct vbs_binding *binding,
		      const struct vbs_proc *proc)
{
	size_t words = proc->code_count;

	arena_init(&e->arena, ARENA_MAX);
	e->proc = proc;
	e->program = binding->program;
	e->binding = binding;
	e->cold_end = &e->cold;
	e->at = arena_alloc(&e->arena, (words + 1) * sizeof *e->at);
	e->leave = arena_alloc(&e->arena, (words + 1) * sizeof *e->leave);
	e->target = arena_zalloc(&e->arena, words + 1, sizeof *e->target);
	e->entries = arena_zalloc(&e->arena, words + 1, sizeof *e->entries);
	e->a.limit = BYTES_ONCE + words * BYTES_PER_WORD;
	e->a.code = arena_alloc(&e->arena, e->a.limit);
	if (!e->at || !e->leave || !e->target || !e->entries || !e->a.code)
		return false;
	for (size_t i = 0; i <= words; i++)
		e->at[i] = e->leave[i] = X64_LABEL;
	e->leave_at = e->entered = e->failed = e->failing = e->begin = X64_LABEL;
	return true;
}

void vbs_native_make(const struct vbs_binding *binding, const struct vbs_proc *proc)
{
	struct vbs_native *made = NULL, *none = NULL;
	/* The one thing of a program that changes: from nothing to code. */
	struct vbs_native **place = (struct vbs_native **)&proc->native;
	struct emit *e;

	if (vbs_native_of(proc) || __atomic_load_n(&proc->no_native, __ATOMIC_RELAXED))
		return;
	/* Whatever is in the way now will be so the next time, and trying costs. */
	__atomic_store_n((bool *)&proc->no_native, true, __ATOMIC_RELAXED);
	if (proc->code_count > NATIVE_CODE_MAX)
		return;
	e = mem_new(struct emit);
	if (e && emit_init(e, binding, proc) && vbs_native_emit(e))
		made = finish(e);
	if (e)
		arena_done(&e->arena);
	mem_free(e);
	if (made && !__atomic_compare_exchange_n(place, &none, made, false, __ATOMIC_ACQ_REL,
						 __ATOMIC_ACQUIRE))
		vbs_native_free(made); /* another thread was first */
}

void vbs_native_make_all(const struct vbs_engine *e, const struct vbs_binding *binding)
{
	for (uint32_t i = 0;
	     e->limits.native == VBS_NATIVE_ALWAYS && i < binding->program->proc_count; i++)
		vbs_native_make(binding, &binding->program->procs[i]);
}

bool vbs_native_run(struct vbs_engine *e, const uint32_t *pc, HRESULT *ret_hr)
{
	struct vbs_frame *f = &e->frames[e->depth - 1];
	const struct vbs_native *n = vbs_native_of(f->proc);
	uint32_t entry = n->entries[pc - f->proc->code];
	HRESULT (*run)(struct vbs_engine * e, struct vbs_frame * f, const void *entry);

	if (!entry)
		return false;
	*(void **)&run = n->code;
	*ret_hr = run(e, f, n->code + entry);
	return true;
}
