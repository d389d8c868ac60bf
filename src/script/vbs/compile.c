/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler's outer half: from source to program. Runs on any thread; all of its working
 * memory is one arena that ends with the call.
 */
#include "script/vbs/compile.h"

#include "base/error.h"
#include "base/mem.h"
#include "script/vbs/coverage.h"
#include "script/vbs/errors.h"

#define TREE_LIMIT (512u << 20)
#define PROGRAM_LIMIT (512u << 20)

/* ---- procedures ---- */

static void fn_start(struct compiler *c, struct fn *f, const struct vbs_procdef *def)
{
	*f = (struct fn){ .def = def,
			  .with = REGISTER_NONE,
			  .dirty_low = 1,
			  .global = def->kind == PROC_GLOBAL };
	c->fn = f;
	vbs_collect_locals(c, def);
	vbs_hot_reserve(c);
}

static void describe(struct compiler *c, struct vbs_proc *p, const struct vbs_procdef *def)
{
	const struct vbs_param *param = def->params;

	p->name = def->symbol ? vbs_name_of(c, def->symbol) : NAME_NONE;
	p->kind = def->kind;
	p->is_private = def->private;
	p->param_count = def->param_count;
	p->byval = arena_zalloc(&c->program->arena, def->param_count ? def->param_count : 1,
				sizeof *p->byval);
	p->local_count = c->fn->temp;
	p->locals = arena_alloc(&c->program->arena, c->fn->temp * sizeof *p->locals);
	p->unsure = arena_zalloc(&c->program->arena, c->fn->temp, sizeof *p->unsure);
	p->far_locals =
		arena_alloc(&c->program->arena, (c->fn->far_count + 1) * sizeof *p->far_locals);
	if (!p->byval || !p->locals || !p->unsure || !p->far_locals) {
		vbs_emit_fail(c, 1001, def->place);
		return;
	}
	p->far_count = c->fn->far_count;
	p->far_reg = c->fn->far_reg;
	p->extra = c->fn->extra;
	for (unsigned i = 0; i < p->local_count; i++)
		p->locals[i] = NAME_NONE;
	for (struct vbs_local *l = c->fn->locals; l; l = l->next) {
		if (l->far)
			p->far_locals[l->index] = l->unsure ? NAME_NONE : vbs_name_of(c, l->symbol);
		else if (!l->value)
			p->locals[l->reg] = vbs_name_of(c, l->symbol);
		if (!l->far && !l->value)
			p->unsure[l->reg] = l->unsure;
	}
	for (unsigned i = 0; param; i++, param = param->next) {
		p->byval[i] = param->byval;
		p->has_byval |= param->byval;
	}
}

/* Arrays that Dim declares exist from the start of the procedure. */
static void compile_dims(struct compiler *c, struct vbs_stmt *block);

static void compile_dims_of(struct compiler *c, struct vbs_stmt *s)
{
	if (s->kind == S_DIM)
		for (struct vbs_var *v = s->vars; v; v = v->next) {
			struct vbs_expr name = { .kind = E_NAME,
						 .symbol = v->symbol,
						 .place = v->place };

			vbs_compile_dim(c, &name, v);
			vbs_emit_clean(c);
		}
	for (; vbs_else_if(s); s = vbs_else_if(s))
		compile_dims(c, s->body);
	compile_dims(c, s->body);
	compile_dims(c, s->other);
	for (struct vbs_case *k = s->cases; k; k = k->next)
		compile_dims(c, k->body);
}

static void compile_dims(struct compiler *c, struct vbs_stmt *block)
{
	for (struct vbs_stmt *s = block; s && !compile_failed(c); s = s->next)
		compile_dims_of(c, s);
}

static void describe_const(struct compiler *c, struct vbs_proc *p, struct vbs_symbol *symbol)
{
	struct vbs_expr name = { .kind = E_NAME, .symbol = symbol };
	struct value v;

	if (vbs_literal_of(c, &name, &v))
		p->consts[p->const_count++] =
			(struct vbs_const){ vbs_name_of(c, symbol), vbs_constant(c, &v, false) };
}

/* Those of the procedure, or for the global code those that are global. */
static void describe_consts(struct compiler *c, struct vbs_proc *p)
{
	bool global = c->fn->def == &c->tree->main;
	size_t most = 1;

	for (struct vbs_local *l = c->fn->locals; l; l = l->next)
		most += l->value != NULL;
	for (struct vbs_decl *d = c->decls; d && global; d = d->next)
		most += d->kind == DECL_CONST;
	if (most == 1 || compile_failed(c))
		return;
	p->consts = arena_alloc(&c->program->arena, most * sizeof *p->consts);
	if (!p->consts) {
		vbs_emit_fail(c, 1001, c->fn->def->place);
		return;
	}
	for (struct vbs_local *l = c->fn->locals; l; l = l->next)
		if (l->value)
			describe_const(c, p, l->symbol);
	for (struct vbs_decl *d = c->decls; d && global; d = d->next)
		if (d->kind == DECL_CONST)
			describe_const(c, p, d->symbol);
}

/* Under Option Explicit a name that only Execute can make is absent until it does. */
static void compile_absent(struct compiler *c)
{
	if (!c->tree->explicit)
		return;
	for (struct vbs_local *l = c->fn->locals; l; l = l->next)
		if (l->unsure && !l->far)
			vbs_emit(c, VBS_LOADT, l->reg, 5, 0);
}

static void compile_body(struct compiler *c, const struct vbs_procdef *def)
{
	c->fn->temp = c->fn->first_temp;
	if (c->scope && c->scope->expression && def == &c->tree->main) {
		vbs_emit_place(c, def->body->place);
		if (def->body->expr)
			vbs_compile_expr(c, def->body->expr, 0);
	} else {
		vbs_compile_block(c, def->body);
	}
	vbs_emit_place(c, def->end);
	vbs_emit_return(c);
}

static void compile_proc(struct compiler *c, const struct vbs_procdef *def, uint32_t index)
{
	size_t begin, line;
	struct fn f;

	if (compile_failed(c))
		return;
	fn_start(c, &f, def);
	if (!compile_failed(c))
		describe(c, &c->program->procs[index], def);
	if (f.far_count) {
		unsigned n = f.far_count;

		vbs_emit(c, VBS_NEWFAR, f.far_reg, n & 0xFF, n >> 8);
	}
	f.first_temp = f.temp;
	vbs_emit_line(c, def->place);
	compile_absent(c);
	compile_dims(c, def->body);
	begin = f.code_count;
	line = f.line_count;
	compile_body(c, def);
	if (vbs_hot_begin(c, begin, line))
		compile_body(c, def);
	describe_consts(c, &c->program->procs[index]);
	vbs_fn_finish(c, index);
	vbs_forget_locals(c);
}

/* ---- classes ---- */

/* The hidden procedure that gives an instance its array fields. */
static void compile_prepare(struct compiler *c, const struct vbs_classdef *def, uint32_t index)
{
	struct vbs_procdef hidden = { .kind = PROC_SUB, .place = def->place, .end = def->place };
	struct fn f;

	if (compile_failed(c))
		return;
	fn_start(c, &f, &hidden);
	if (!compile_failed(c))
		describe(c, &c->program->procs[index], &hidden);
	f.first_temp = f.temp;
	vbs_emit_place(c, def->place);
	for (struct vbs_var *v = def->fields; v && !compile_failed(c); v = v->next) {
		struct vbs_expr name = { .kind = E_NAME, .symbol = v->symbol, .place = v->place };

		vbs_compile_dim(c, &name, v);
		vbs_emit_clean(c);
	}
	vbs_emit_return(c);
	vbs_fn_finish(c, index);
	vbs_forget_locals(c);
}

static bool has_arrays(const struct vbs_classdef *def)
{
	for (const struct vbs_var *v = def->fields; v; v = v->next)
		if (v->array)
			return true;
	return false;
}

static void compile_class(struct compiler *c, const struct vbs_classdef *def, struct vbs_class *k)
{
	uint32_t proc = c->program->proc_count;

	k->program = c->program;
	k->name = vbs_name_of(c, def->symbol);
	k->default_member = -1;
	k->prepare = k->initialize = k->terminate = PROC_NONE;
	c->class = k;
	c->classdef = def;
	vbs_collect_class(c, def);
	for (const struct vbs_procdef *p = def->procs; p; p = p->next) {
		compile_proc(c, p, proc++);
		c->program->proc_count = proc;
	}
	if (has_arrays(def)) {
		compile_prepare(c, def, proc);
		k->prepare = proc++;
		c->program->proc_count = proc;
	}
	vbs_forget_members(c);
	c->class = NULL;
}

/* ---- the program ---- */

static size_t count_procs(const struct vbs_tree *tree)
{
	size_t n = 1;

	for (struct vbs_procdef *p = tree->procs; p; p = p->next)
		n++;
	for (struct vbs_classdef *k = tree->classes; k; k = k->next) {
		n++;
		for (struct vbs_procdef *p = k->procs; p; p = p->next)
			n++;
	}
	return n;
}

static void compile_tree(struct compiler *c)
{
	struct vbs_program *p = c->program;
	size_t classes = 0;

	for (struct vbs_classdef *k = c->tree->classes; k; k = k->next)
		classes++;
	p->explicit = c->tree->explicit;
	p->procs = arena_zalloc(&p->arena, count_procs(c->tree), sizeof *p->procs);
	p->classes = arena_zalloc(&p->arena, classes ? classes : 1, sizeof *p->classes);
	if (!p->procs || !p->classes) {
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return;
	}
	vbs_collect_globals(c);
	p->proc_count = 1;
	for (struct vbs_procdef *d = c->tree->procs; d && !compile_failed(c); d = d->next) {
		compile_proc(c, d, p->proc_count);
		vbs_global_of(c, d->symbol, 0);
		p->proc_count++;
	}
	p->global_proc_count = p->proc_count;
	for (struct vbs_classdef *k = c->tree->classes; k && !compile_failed(c); k = k->next) {
		vbs_global_of(c, k->symbol, 0);
		compile_class(c, k, &p->classes[p->class_count]);
		p->class_count++;
	}
	if (c->scope && c->scope->local_of) {
		p->procs[0].scoped = true;
		vbs_collect_scope(c);
	}
	compile_proc(c, &c->tree->main, 0);
	vbs_forget_members(c);
}

static void *freeze(struct compiler *c, void *items, size_t size)
{
	void *copy = arena_dup(&c->program->arena, items ? items : "", items ? size : 0);

	if (!copy)
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
	return copy;
}

/* Moves the tables that grew into the program's arena. */
static void freeze_tables(struct compiler *c)
{
	struct vbs_program *p = c->program;
	void *names = p->names, *globals = p->globals, *sites = p->sites;

	p->names = freeze(c, names, p->name_count * sizeof *p->names);
	p->globals = freeze(c, globals, p->global_count * sizeof *p->globals);
	p->sites = freeze(c, sites, p->site_count * sizeof *p->sites);
	if (!p->names) {
		for (uint32_t i = 0; i < p->name_count; i++)
			SysFreeString(((struct vbs_name *)names)[i].bstr);
		p->name_count = 0;
	}
	mem_free(names);
	mem_free(globals);
	mem_free(sites);
}

/* Copies names of files and the text itself: error reports quote the line. */
static bool keep_source(struct vbs_program *p, const struct vbs_source *source)
{
	p->files = arena_zalloc(&p->arena, source->file_count + 1, sizeof *p->files);
	p->segments = arena_zalloc(&p->arena, source->segment_count + 1, sizeof *p->segments);
	if (!p->files || !p->segments)
		return false;
	for (size_t i = 0; i < source->file_count; i++) {
		const char *name = source->files[i] ? source->files[i] : "";

		p->files[i] = arena_strndup(&p->arena, name, strlen(name));
		if (!p->files[i])
			return false;
	}
	p->file_count = source->file_count;
	for (size_t i = 0; i < source->segment_count; i++) {
		struct text code = source->segments[i].code;

		p->segments[i] = source->segments[i];
		p->segments[i].code.data =
			arena_strndup(&p->arena, code.data ? code.data : "", code.length);
		if (!p->segments[i].code.data)
			return false;
	}
	p->segment_count = source->segment_count;
	return true;
}

static void fill_error(const struct vbs_program *p, const struct vbs_fault *fault,
		       struct vbs_error *error)
{
	const char *text = vbs_error_text(fault->number);

	if (!error)
		return;
	error->kind = VBS_ERROR_COMPILE;
	error->number = VBS_HR(fault->number);
	error->source = mem_strdup(VBS_COMPILE_SOURCE);
	error->description = mem_strdup(text ? text : "Syntax error");
	if (fault->place.file < p->file_count)
		error->file = mem_strdup(p->files[fault->place.file]);
	error->line = fault->place.line ? fault->place.line : 1;
	error->column = fault->place.column ? fault->place.column : 1;
	error->line_text = vbs_program_line_text(p, fault->place.file, error->line);
}

static void compile_source(struct compiler *c, const struct vbs_source *source)
{
	struct vbs_tree *tree = c->tree;

	if (!keep_source(c->program, source)) {
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return;
	}
	if (vbs_lex(source, c->symbols, &tree->tokens, &tree->token_count, c->fault))
		return;
	tree->has_me = c->scope && c->scope->class;
	if (vbs_parse(tree, c->symbols, c->scope && c->scope->expression, c->fault))
		return;
	compile_tree(c);
	if (!compile_failed(c))
		vbs_cover_tokens(tree);
}

HRESULT vbs_compile_in(const struct vbs_source *source, const struct vbs_scope *scope,
		       struct vbs_program **ret, struct vbs_error *error)
{
	struct vbs_fault fault = { 0 };
	struct vbs_tree tree = { 0 };
	struct vbs_symbols *symbols;
	struct arena arena;
	struct vbs_program *p = mem_new(struct vbs_program);
	struct compiler c = {
		.arena = &arena, .tree = &tree, .program = p, .fault = &fault, .scope = scope
	};

	if (!p)
		return E_OUTOFMEMORY;
	p->refs = 1;
	arena_init(&p->arena, PROGRAM_LIMIT);
	arena_init(&arena, TREE_LIMIT);
	symbols = arena_new(&arena, struct vbs_symbols);
	if (symbols) {
		symbols->arena = &arena;
		c.symbols = symbols;
		compile_source(&c, source);
		freeze_tables(&c);
	} else {
		fault.number = 1001;
	}
	arena_done(&arena);
	if (fault.number) {
		HRESULT hr =
			fault.number == 1001 && !fault.limit ? E_OUTOFMEMORY : VBS_HR(fault.number);

		vbs_cover_error(fault.number, 1);
		fill_error(p, &fault, error);
		vbs_program_unref(p);
		return hr;
	}
#ifdef SURROGATE_FAULTS
	ASSERT(!vbs_verify(p, NULL, NULL));
#endif
	*ret = p;
	return S_OK;
}

HRESULT vbs_compile(const struct vbs_source *source, struct vbs_program **ret,
		    struct vbs_error *error)
{
	return vbs_compile_in(source, NULL, ret, error);
}
