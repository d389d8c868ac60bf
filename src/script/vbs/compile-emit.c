/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emitting: instructions, labels, the line table, constants, names, and the registers of the
 * procedure being compiled. The lower half of the compiler.
 */
#include "script/vbs/compile.h"

#include "base/mem.h"

#include <stdio.h>

#define CODE_MAX (64u << 20)
#define PATH_MAX_LENGTH 250

void vbs_emit_fail(struct compiler *c, int number, struct vbs_place place)
{
	if (!c->fault->number) {
		c->fault->number = number;
		c->fault->place = place;
	}
}

void vbs_emit_limit(struct compiler *c, struct vbs_place place)
{
	if (!c->fault->number)
		c->fault->limit = true;
	vbs_emit_fail(c, 1001, place);
}

void *vbs_grow(struct compiler *c, void *items, size_t count, size_t *capacity, size_t size)
{
	size_t more = *capacity ? *capacity * 2 : 16;
	void *grown;

	if (count < *capacity)
		return items;
	if (more > CODE_MAX) {
		vbs_emit_limit(c, (struct vbs_place){ 0 });
		return items;
	}
	grown = mem_realloc(items, more, size);
	if (!grown) {
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return items;
	}
	*capacity = more;
	return grown;
}

static void put(struct compiler *c, uint32_t word)
{
	struct fn *f = c->fn;

	if (compile_failed(c))
		return;
	f->code = vbs_grow(c, f->code, f->code_count, &f->code_capacity, sizeof *f->code);
	if (!compile_failed(c))
		f->code[f->code_count++] = word;
}

uint32_t vbs_emit(struct compiler *c, enum vbs_opcode op, unsigned a, unsigned b, unsigned cc)
{
	put(c, OP_MAKE(op, a, b, cc));
	return c->fn->code_count - 1;
}

void vbs_emit_x(struct compiler *c, enum vbs_opcode op, unsigned a, unsigned b, unsigned cc,
		uint32_t x)
{
	put(c, OP_MAKE(op, a, b, cc));
	put(c, x);
}

void vbs_emit_jump(struct compiler *c, enum vbs_opcode op, unsigned a, unsigned b, unsigned cc,
		   struct label *to)
{
	put(c, OP_MAKE(op, a, b, cc));
	if (to->pc >= 0) {
		put(c, (uint32_t)(to->pc - (int64_t)c->fn->code_count));
	} else {
		put(c, (uint32_t)to->patches);
		to->patches = (int64_t)c->fn->code_count - 1;
	}
}

void vbs_label_place(struct compiler *c, struct label *label)
{
	int64_t at = label->patches;

	label->pc = (int64_t)c->fn->code_count;
	if (compile_failed(c))
		return;
	while (at >= 0) {
		int64_t next = (int32_t)c->fn->code[at];

		c->fn->code[at] = (uint32_t)(label->pc - at);
		at = next;
	}
}

static void add_line(struct compiler *c, struct vbs_place place, bool stmt)
{
	struct fn *f = c->fn;

	if (compile_failed(c))
		return;
	f->lines = vbs_grow(c, f->lines, f->line_count, &f->line_capacity, sizeof *f->lines);
	if (compile_failed(c))
		return;
	f->lines[f->line_count++] = (struct vbs_line){ .pc = f->code_count,
						       .line = place.line,
						       .column = place.column,
						       .file = place.file,
						       .stmt = stmt,
						       .live = f->temp };
}

void vbs_emit_place(struct compiler *c, struct vbs_place place)
{
	add_line(c, place, true);
}

void vbs_emit_line(struct compiler *c, struct vbs_place place)
{
	add_line(c, place, false);
}

/* ---- registers ---- */

unsigned vbs_temp(struct compiler *c)
{
	struct fn *f = c->fn;

	if (f->temp >= REGISTERS_MAX - 2) {
		vbs_emit_limit(
			c,
			f->line_count
				? (struct vbs_place){ .file = f->lines[f->line_count - 1].file,
						      .line = f->lines[f->line_count - 1].line,
						      .column = f->lines[f->line_count - 1].column }
				: (struct vbs_place){ 0 });
		return f->temp;
	}
	if (f->temp + 1 > f->most)
		f->most = f->temp + 1;
	return f->temp++;
}

void vbs_mark_dirty(struct compiler *c, unsigned reg)
{
	struct fn *f = c->fn;

	if (reg < f->first_temp)
		return;
	if (f->dirty_low > f->dirty_high) {
		f->dirty_low = f->dirty_high = reg;
		return;
	}
	if (reg < f->dirty_low)
		f->dirty_low = reg;
	if (reg > f->dirty_high)
		f->dirty_high = reg;
}

void vbs_mark_clean(struct compiler *c, unsigned from, unsigned to)
{
	struct fn *f = c->fn;

	/* One range is kept: what is inside it, or at its other end, stays in it. */
	if (f->dirty_low > f->dirty_high || f->dirty_high < from || f->dirty_high > to)
		return;
	f->dirty_high = from ? from - 1 : 0;
	if (f->dirty_low >= from) {
		f->dirty_low = 1;
		f->dirty_high = 0;
	}
}

void vbs_used_up(struct compiler *c, unsigned from)
{
	if (from >= c->fn->first_temp && c->fn->temp > from)
		vbs_mark_clean(c, from, c->fn->temp - 1);
}

void vbs_emit_return(struct compiler *c)
{
	struct fn *f = c->fn;
	unsigned live = f->temp;

	if (f->dirty_low <= f->dirty_high && f->dirty_high >= live)
		live = f->dirty_high + 1;
	vbs_emit(c, VBS_RET, live, 0, 0);
}

void vbs_emit_clean(struct compiler *c)
{
	struct fn *f = c->fn;
	unsigned low = f->dirty_low < f->temp ? f->temp : f->dirty_low;

	if (f->dirty_low <= f->dirty_high && low <= f->dirty_high)
		vbs_emit(c, VBS_CLEAR, low, f->dirty_high - low, 0);
	f->dirty_low = 1;
	f->dirty_high = 0;
}

/* ---- tables ---- */

static bool same_constant(const struct value *a, const struct value *b)
{
	return a->type == b->type && a->flags == b->flags && a->type != VT_BSTR && a->i == b->i;
}

static uint32_t add_constant(struct compiler *c, struct value v)
{
	struct fn *f = c->fn;

	f->constants = vbs_grow(c, f->constants, f->constant_count, &f->constant_capacity,
				sizeof *f->constants);
	if (compile_failed(c)) {
		if (v.type == VT_BSTR)
			SysFreeString(v.str);
		return 0;
	}
	f->constants[f->constant_count] = v;
	return f->constant_count++;
}

uint32_t vbs_text_constant(struct compiler *c, struct text t)
{
	struct value v = { .type = VT_BSTR };

	if (compile_failed(c))
		return 0;
	v.str = bstr_from_text(t);
	if (!v.str) {
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return 0;
	}
	return add_constant(c, v);
}

uint32_t vbs_constant(struct compiler *c, const struct value *v, bool hard)
{
	struct fn *f = c->fn;
	struct value key = *v;

	if (compile_failed(c))
		return 0;
	key.flags = hard ? VBS_HARD : 0;
	if (v->type == VT_BSTR) {
		uint32_t k = vbs_text_constant(c, (struct text){ (const char *)v->str, v->spare });

		if (!compile_failed(c))
			f->constants[k].flags = key.flags;
		return k;
	}
	for (size_t i = 0; i < f->constant_count && i < 256; i++)
		if (same_constant(&f->constants[i], &key))
			return i;
	return add_constant(c, key);
}

uint32_t vbs_name_of(struct compiler *c, struct vbs_symbol *symbol)
{
	struct vbs_program *p = c->program;
	struct vbs_name *n;

	if (symbol->name)
		return symbol->name - 1;
	p->names = vbs_grow(c, p->names, p->name_count, &c->name_capacity, sizeof *p->names);
	if (compile_failed(c))
		return 0;
	n = &p->names[p->name_count];
	n->text.data = arena_strndup(&p->arena, symbol->text.data, symbol->text.length);
	n->text.length = symbol->text.length;
	n->bstr = symbol->text.length ? bstr_from_text(symbol->text) : NULL;
	if (!n->text.data || (symbol->text.length && !n->bstr)) {
		SysFreeString(n->bstr);
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return 0;
	}
	symbol->name = ++p->name_count;
	return p->name_count - 1;
}

uint32_t vbs_global_of(struct compiler *c, struct vbs_symbol *symbol, unsigned flags)
{
	struct vbs_program *p = c->program;
	uint32_t name = vbs_name_of(c, symbol);

	if (symbol->global) {
		if (!compile_failed(c))
			p->globals[symbol->global - 1].flags |= flags;
		return symbol->global - 1;
	}
	p->globals =
		vbs_grow(c, p->globals, p->global_count, &c->global_capacity, sizeof *p->globals);
	if (compile_failed(c))
		return 0;
	p->globals[p->global_count] = (struct vbs_global_use){ name, flags };
	symbol->global = ++p->global_count;
	return p->global_count - 1;
}

/* What an error calls the object of a member call, as the source has it: "a.b(...)". NULL: it has
 * no name. */
static struct vbs_symbol *path_of(struct compiler *c, const struct vbs_expr *e)
{
	const struct vbs_symbol *left;
	char path[PATH_MAX_LENGTH];
	int n;

	if (e->kind == E_NAME || (e->kind == E_MEMBER && !e->left))
		return e->symbol;
	if (e->kind != E_MEMBER && e->kind != E_CALL)
		return NULL;
	left = path_of(c, e->left);
	if (!left)
		return NULL;
	if (e->kind == E_CALL)
		n = snprintf(path, sizeof path, TEXT_FMT "(...)", TEXT_ARG(left->text));
	else
		n = snprintf(path, sizeof path, TEXT_FMT "." TEXT_FMT, TEXT_ARG(left->text),
			     TEXT_ARG(e->symbol->text));
	if (n < 0 || (size_t)n >= sizeof path)
		return NULL;
	return vbs_symbol_intern(c->symbols, (struct text){ path, n });
}

uint32_t vbs_site_of(struct compiler *c, const struct vbs_expr *member)
{
	struct vbs_program *p = c->program;
	struct vbs_symbol *path = member->left ? path_of(c, member->left) : NULL;
	uint32_t name = vbs_name_of(c, member->symbol);
	uint32_t object = path ? vbs_name_of(c, path) : NAME_NONE;

	p->sites = vbs_grow(c, p->sites, p->site_count, &c->site_capacity, sizeof *p->sites);
	if (compile_failed(c))
		return 0;
	p->sites[p->site_count] = (struct vbs_site){ name, object };
	return p->site_count++;
}

/* ---- the end of a procedure ---- */

static void *keep(struct compiler *c, const void *items, size_t count, size_t size)
{
	void *copy = arena_dup(&c->program->arena, items ? items : "", items ? count * size : 0);

	if (!copy)
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
	return copy;
}

void vbs_fn_finish(struct compiler *c, uint32_t index)
{
	struct fn *f = c->fn;
	struct vbs_proc *p = &c->program->procs[index];

	if (!compile_failed(c)) {
		p->code = keep(c, f->code, f->code_count, sizeof *f->code);
		p->lines = keep(c, f->lines, f->line_count, sizeof *f->lines);
		p->constants = keep(c, f->constants, f->constant_count, sizeof *f->constants);
		p->code_count = f->code_count;
		p->line_count = f->line_count;
		p->registers = f->most + 1;
	}
	if (!compile_failed(c))
		p->constant_count = f->constant_count;
	else
		for (size_t i = 0; i < f->constant_count; i++)
			if (f->constants[i].type == VT_BSTR)
				SysFreeString(f->constants[i].str);
	mem_free(f->code);
	mem_free(f->lines);
	mem_free(f->constants);
}
