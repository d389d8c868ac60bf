/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: what each identifier of a source means, found out before code is made. Global names
 * first, then those of a class, then those of each procedure: declared, or undeclared and
 * assigned somewhere in it.
 */
#include "script/vbs/compile.h"

#define SCOPE_PARAMS_MAX 170
#define LOCALS_NEAR 180 /* registers for locals; further ones live in a hidden array */

typedef void (*name_fn)(struct compiler *c, const struct vbs_expr *e, bool assigned);

/* ---- a walk over all names of statements ---- */

static void walk_expr(struct compiler *c, struct vbs_expr *e, name_fn fn, bool argument)
{
	for (; e; e = e->left) {
		switch (e->kind) {
		case E_NAME:
			if (e->symbol)
				fn(c, e, argument && !e->paren);
			break;
		case E_CALL:
			for (unsigned i = 0; i < e->argc; i++)
				walk_expr(c, e->args[i], fn, true);
			argument = false;
			break;
		case E_BINARY:
			walk_expr(c, e->right, fn, false);
			argument = false;
			break;
		default:
			argument = false;
			break;
		}
	}
}

static void walk_target(struct compiler *c, struct vbs_expr *e, name_fn fn)
{
	walk_expr(c, e, fn, e && e->kind == E_NAME);
}

static void walk_block(struct compiler *c, struct vbs_stmt *s, name_fn fn);

static void walk_vars(struct compiler *c, struct vbs_var *v, name_fn fn)
{
	for (; v; v = v->next) {
		struct vbs_expr e = { .kind = E_NAME, .symbol = v->symbol, .place = v->place };

		for (unsigned i = 0; i < v->dims; i++)
			walk_expr(c, v->bounds[i], fn, false);
		fn(c, &e, true);
	}
}

/* The heads and bodies of an If and its ElseIfs, but the last, which is returned. */
static struct vbs_stmt *walk_ifs(struct compiler *c, struct vbs_stmt *s, name_fn fn)
{
	for (; vbs_else_if(s); s = vbs_else_if(s)) {
		walk_expr(c, s->expr, fn, false);
		walk_block(c, s->body, fn);
	}
	return s;
}

static void walk_stmt(struct compiler *c, struct vbs_stmt *s, name_fn fn)
{
	bool assigns =
		s->kind == S_LET || s->kind == S_SET || s->kind == S_FOR || s->kind == S_EACH;

	if (s->kind == S_DIM || s->kind == S_CONST)
		return;
	s = walk_ifs(c, s, fn);
	if (s->kind == S_REDIM)
		walk_vars(c, s->vars, fn);
	if (assigns)
		walk_target(c, s->target, fn);
	else
		walk_expr(c, s->target, fn, false);
	walk_expr(c, s->expr, fn, false);
	walk_expr(c, s->limit, fn, false);
	walk_expr(c, s->step, fn, false);
	walk_block(c, s->body, fn);
	walk_block(c, s->other, fn);
	for (struct vbs_case *k = s->cases; k; k = k->next) {
		for (unsigned i = 0; i < k->count; i++)
			walk_expr(c, k->tests[i], fn, false);
		walk_block(c, k->body, fn);
	}
}

static void walk_block(struct compiler *c, struct vbs_stmt *s, name_fn fn)
{
	for (; s; s = s->next)
		walk_stmt(c, s, fn);
}

/* ---- global names ---- */

static struct vbs_decl *decl_new(struct compiler *c, enum decl_kind kind, struct vbs_symbol *symbol,
				 struct vbs_decl **list)
{
	struct vbs_decl *d = arena_new(c->arena, struct vbs_decl);

	if (!d) {
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return NULL;
	}
	d->kind = kind;
	d->symbol = symbol;
	d->next = *list;
	*list = d;
	return d;
}

static void declare_global(struct compiler *c, enum decl_kind kind, struct vbs_symbol *symbol,
			   struct vbs_place place, struct vbs_expr *value)
{
	struct vbs_decl *d;

	if (symbol->decl) {
		/* Two procedures of one name: the later one wins. */
		if (symbol->decl->kind != DECL_PROC || kind != DECL_PROC)
			vbs_emit_fail(c, 1041, place);
		return;
	}
	d = decl_new(c, kind, symbol, &c->decls);
	if (!d)
		return;
	d->value = value;
	symbol->decl = d;
}

static void collect_declared(struct compiler *c, struct vbs_stmt *s, unsigned depth,
			     void (*var)(struct compiler *c, struct vbs_symbol *symbol,
					 struct vbs_place place, struct vbs_expr *value))
{
	for (; s; s = s->next) {
		if (s->kind == S_DIM)
			for (struct vbs_var *v = s->vars; v; v = v->next)
				var(c, v->symbol, v->place, NULL);
		if (s->kind == S_CONST)
			var(c, s->symbol, s->place, s->expr);
		collect_declared(c, s->body, depth, var);
		collect_declared(c, s->other, depth, var);
		for (struct vbs_case *k = s->cases; k; k = k->next)
			collect_declared(c, k->body, depth, var);
	}
}

static void global_var(struct compiler *c, struct vbs_symbol *symbol, struct vbs_place place,
		       struct vbs_expr *value)
{
	declare_global(c, value ? DECL_CONST : DECL_VAR, symbol, place, value);
	if (!value)
		vbs_global_of(c, symbol, GLOBAL_CREATE);
}

static bool hides_builtin(struct compiler *c, const struct vbs_symbol *symbol)
{
	return c->scope && c->scope->is_global && c->scope->is_global(c->scope->ctx, symbol->text);
}

static bool is_execute(const struct vbs_symbol *symbol)
{
	return symbol->builtin >= 0 && text_equal_nocase(symbol->text, TEXT("execute"));
}

static void global_use(struct compiler *c, const struct vbs_expr *e, bool assigned)
{
	struct vbs_symbol *symbol = e->symbol;

	if (symbol->builtin >= 0 && !symbol->decl) {
		if (is_execute(symbol) || text_equal_nocase(symbol->text, TEXT("executeglobal")))
			c->dynamic = true;
		if (!hides_builtin(c, symbol))
			return;
	}
	if (symbol->decl) {
		if (symbol->decl->kind == DECL_ANY && assigned)
			symbol->decl->kind = DECL_VAR;
		return;
	}
	declare_global(c, assigned && !c->tree->explicit ? DECL_VAR : DECL_ANY, symbol, e->place,
		       NULL);
	vbs_global_of(c, symbol, c->tree->explicit ? 0 : GLOBAL_CREATE);
}

/* Only to find Execute in procedures. */
static void find_dynamic(struct compiler *c, const struct vbs_expr *e, bool assigned)
{
	(void)assigned;
	if (e->symbol->builtin >= 0 &&
	    (is_execute(e->symbol) || text_equal_nocase(e->symbol->text, TEXT("executeglobal"))))
		c->dynamic = true;
}

static void find_execute(struct compiler *c, const struct vbs_expr *e, bool assigned)
{
	(void)assigned;
	c->executes |= is_execute(e->symbol) && !e->symbol->decl && !e->symbol->member;
}

void vbs_collect_globals(struct compiler *c)
{
	for (struct vbs_procdef *p = c->tree->procs; p; p = p->next)
		declare_global(c, DECL_PROC, p->symbol, p->place, NULL);
	for (struct vbs_classdef *k = c->tree->classes; k; k = k->next)
		declare_global(c, DECL_CLASS, k->symbol, k->place, NULL);
	if (!c->scope || !c->scope->local_of)
		collect_declared(c, c->tree->main.body, 0, global_var);
	if (!c->scope || !c->scope->local_of)
		walk_block(c, c->tree->main.body, global_use);
	for (struct vbs_procdef *p = c->tree->procs; p; p = p->next)
		walk_block(c, p->body, find_dynamic);
	for (struct vbs_classdef *k = c->tree->classes; k; k = k->next)
		for (struct vbs_procdef *p = k->procs; p; p = p->next)
			walk_block(c, p->body, find_dynamic);
}

/* ---- names of a class ---- */

static struct vbs_member *member_named(struct compiler *c, uint32_t name)
{
	for (uint32_t i = 0; i < c->class->member_count; i++)
		if (c->class->members[i].name == name)
			return &c->class->members[i];
	return NULL;
}

static struct vbs_member *member_add(struct compiler *c, struct vbs_symbol *symbol, uint8_t kind)
{
	struct vbs_member *m = &c->class->members[c->class->member_count];

	*m = (struct vbs_member){ .name = vbs_name_of(c, symbol),
				  .kind = kind,
				  .get = PROC_NONE,
				  .let = PROC_NONE,
				  .set = PROC_NONE };
	symbol->member =
		decl_new(c, kind == MEMBER_FIELD ? DECL_FIELD : DECL_MEMBER, symbol, &c->members);
	if (symbol->member)
		symbol->member->index = c->class->member_count;
	c->class->member_count++;
	return m;
}

static void collect_property(struct compiler *c, struct vbs_member *m,
			     const struct vbs_procdef *def, uint32_t proc)
{
	uint32_t *slot = def->kind == PROC_LET   ? &m->let
			 : def->kind == PROC_SET ? &m->set
						 : &m->get;
	/* Let and Set have the value as one more. */
	uint16_t indices = def->param_count - (def->kind != PROC_GET);

	/* A Sub or Function of that name above: VBScript takes both. A Get replaces it. */
	if (m->kind == MEMBER_METHOD) {
		m->kind = MEMBER_PROPERTY;
		if (def->kind == PROC_GET)
			m->get = PROC_NONE;
		else
			indices = m->indices;
	}
	if (m->kind != MEMBER_PROPERTY || *slot != PROC_NONE) {
		vbs_emit_fail(c, 1041, def->place);
		return;
	}
	if (def->kind != PROC_GET && !def->param_count)
		vbs_emit_fail(c, 1054, def->place);
	if ((m->get != PROC_NONE || m->let != PROC_NONE || m->set != PROC_NONE) &&
	    m->indices != indices)
		vbs_emit_fail(c, 1051, def->place);
	m->indices = indices;
	*slot = proc;
	if (def->kind == PROC_LET)
		m->private_let = def->private;
	else if (def->kind == PROC_SET)
		m->private_set = def->private;
	else
		m->is_private = def->private;
}

static void collect_proc(struct compiler *c, const struct vbs_procdef *def, uint32_t proc)
{
	uint32_t name = vbs_name_of(c, def->symbol);
	struct vbs_member *m = member_named(c, name);
	bool property = def->kind >= PROC_GET;

	if (compile_failed(c))
		return;
	if (text_equal_nocase(def->symbol->text, TEXT("class_initialize")))
		c->class->initialize = proc;
	if (text_equal_nocase(def->symbol->text, TEXT("class_terminate")))
		c->class->terminate = proc;
	if ((c->class->initialize == proc || c->class->terminate == proc) && def->param_count)
		vbs_emit_fail(c, 1053, def->place);
	if (m && !property) {
		vbs_emit_fail(c, 1041, def->place);
		return;
	}
	if (!m)
		m = member_add(c, def->symbol, property ? MEMBER_PROPERTY : MEMBER_METHOD);
	if (property) {
		collect_property(c, m, def, proc);
	} else {
		m->get = proc;
		m->is_private = def->private;
	}
	if (def->is_default) {
		if (c->class->default_member >= 0)
			vbs_emit_fail(c, 1052, def->place);
		c->class->default_member = m - c->class->members;
	}
}

void vbs_collect_class(struct compiler *c, const struct vbs_classdef *def)
{
	struct vbs_class *k = c->class;
	size_t most = 0;
	uint32_t proc = c->program->proc_count;

	for (struct vbs_var *v = def->fields; v; v = v->next)
		most++;
	for (struct vbs_procdef *p = def->procs; p; p = p->next)
		most++;
	k->members = arena_zalloc(&c->program->arena, most ? most : 1, sizeof *k->members);
	if (most > UINT16_MAX) {
		vbs_emit_limit(c, def->place);
		return;
	}
	if (!k->members) {
		vbs_emit_fail(c, 1001, def->place);
		return;
	}
	for (struct vbs_var *v = def->fields; v && !compile_failed(c); v = v->next) {
		struct vbs_member *m;

		if (member_named(c, vbs_name_of(c, v->symbol))) {
			vbs_emit_fail(c, 1041, v->place);
			return;
		}
		m = member_add(c, v->symbol, MEMBER_FIELD);
		m->is_private = v->private;
		m->field = k->field_count++;
	}
	for (struct vbs_procdef *p = def->procs; p && !compile_failed(c); p = p->next)
		collect_proc(c, p, proc++);
}

void vbs_forget_members(struct compiler *c)
{
	for (; c->members; c->members = c->members->next)
		c->members->symbol->member = NULL;
}

/* ---- names of the procedure in which code is evaluated ---- */

/* One more variable of the procedure that the code mentions: a parameter of the code. */
static void scope_param(struct compiler *c, struct vbs_symbol *symbol, bool declare)
{
	struct vbs_procdef *main = &c->tree->main;
	struct vbs_param *param;
	int index;

	if (compile_failed(c) || symbol->scoped)
		return;
	index = c->scope->local_of(c->scope->local_ctx, symbol->text, declare);
	if (index == -1)
		return;
	param = index >= 0 ? arena_new(c->arena, struct vbs_param) : NULL;
	if (!param) {
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return;
	}
	if (main->param_count >= SCOPE_PARAMS_MAX) {
		vbs_emit_limit(c, (struct vbs_place){ 0 });
		return;
	}
	c->scope->params[main->param_count++] = index;
	param->symbol = symbol;
	param->next = main->params;
	main->params = param;
	symbol->scoped = true;
}

static void scope_declared(struct compiler *c, struct vbs_symbol *symbol, struct vbs_place place,
			   struct vbs_expr *value)
{
	(void)place;
	if (!value)
		scope_param(c, symbol, true);
	else
		symbol->scoped = true; /* a constant of the code itself */
}

/* A name that is assigned, known to nobody: a new variable of the procedure. */
static void scope_use(struct compiler *c, const struct vbs_expr *e, bool assigned)
{
	struct vbs_symbol *symbol = e->symbol;

	if (!assigned || symbol->decl || symbol->member || c->tree->explicit ||
	    symbol->builtin >= 0 || hides_builtin(c, symbol))
		return;
	scope_param(c, symbol, true);
}

static void borrow_members(struct compiler *c)
{
	const struct vbs_class *k = c->scope->class;

	for (uint32_t i = 0; i < k->member_count && !compile_failed(c); i++) {
		struct vbs_symbol *s =
			vbs_symbol_intern(c->symbols, k->program->names[k->members[i].name].text);

		if (!s) {
			vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
			return;
		}
		s->member =
			decl_new(c, k->members[i].kind == MEMBER_FIELD ? DECL_FIELD : DECL_MEMBER,
				 s, &c->members);
		if (s->member)
			s->member->index = i;
	}
	c->borrowed = k;
}

void vbs_collect_scope(struct compiler *c)
{
	struct vbs_param *list = NULL, *next;

	for (size_t i = 0; i < SYMBOL_BUCKETS; i++)
		for (struct vbs_symbol *s = c->symbols->buckets[i]; s; s = s->next)
			scope_param(c, s, false);
	if (c->scope->class)
		borrow_members(c);
	collect_declared(c, c->tree->main.body, 0, scope_declared);
	walk_block(c, c->tree->main.body, scope_use);
	/* In the order in which they were found. */
	for (struct vbs_param *p = c->tree->main.params; p; p = next) {
		next = p->next;
		p->next = list;
		list = p;
	}
	c->tree->main.params = list;
}

/* ---- names of a procedure ---- */

static struct vbs_local *local_new(struct compiler *c, struct vbs_symbol *symbol)
{
	struct vbs_local *l = arena_new(c->arena, struct vbs_local);

	if (!l) {
		vbs_emit_fail(c, 1001, (struct vbs_place){ 0 });
		return NULL;
	}
	l->symbol = symbol;
	l->next = c->fn->locals;
	c->fn->locals = l;
	symbol->local = l;
	return l;
}

static struct vbs_local *local_place(struct compiler *c, struct vbs_symbol *symbol)
{
	struct fn *f = c->fn;
	struct vbs_local *l = local_new(c, symbol);

	if (!l)
		return NULL;
	if (f->temp < LOCALS_NEAR) {
		l->reg = vbs_temp(c);
	} else {
		if (!f->far_count)
			f->far_reg = vbs_temp(c);
		l->far = true;
		l->reg = f->far_reg;
		l->index = f->far_count++;
		if (f->far_count >= UINT16_MAX)
			vbs_emit_limit(c, (struct vbs_place){ 0 });
	}
	return l;
}

static void local_var(struct compiler *c, struct vbs_symbol *symbol, struct vbs_place place,
		      struct vbs_expr *value)
{
	if (symbol->local && symbol != c->fn->def->symbol) {
		vbs_emit_fail(c, 1041, place);
		return;
	}
	if (value) {
		struct vbs_local *l = local_new(c, symbol);

		if (l)
			l->value = value;
	} else if (!symbol->local) {
		local_place(c, symbol);
	}
}

static void local_use(struct compiler *c, const struct vbs_expr *e, bool assigned)
{
	struct vbs_symbol *symbol = e->symbol;
	struct vbs_local *l;

	if (symbol->local || symbol->member || symbol->decl)
		return;
	/* What Execute makes is visible here: then it may be any name. */
	if (!c->fn->extra && (c->tree->explicit || !assigned))
		return;
	if (symbol->builtin >= 0 && !hides_builtin(c, symbol))
		return;
	l = local_place(c, symbol);
	if (l)
		l->unsure = true; /* sure once an assignment is seen */
}

static void local_assign(struct compiler *c, const struct vbs_expr *e, bool assigned)
{
	if (assigned && e->symbol->local && !c->dynamic && !c->fn->extra)
		e->symbol->local->unsure = false;
}

/* Names that are assigned, not merely passed as arguments. */
static void walk_assigned(struct compiler *c, struct vbs_stmt *s)
{
	for (; s; s = s->next) {
		if ((s->kind == S_LET || s->kind == S_SET || s->kind == S_FOR ||
		     s->kind == S_EACH) &&
		    s->target->kind == E_NAME)
			local_assign(c, s->target, true);
		if (s->kind == S_REDIM)
			walk_vars(c, s->vars, local_assign);
		walk_assigned(c, s->body);
		walk_assigned(c, s->other);
		for (struct vbs_case *k = s->cases; k; k = k->next)
			walk_assigned(c, k->body);
	}
}

/* Constants of code that is evaluated in a procedure end with it. */
static void scope_const(struct compiler *c, struct vbs_symbol *symbol, struct vbs_place place,
			struct vbs_expr *value)
{
	if (value)
		local_var(c, symbol, place, value);
}

void vbs_collect_locals(struct compiler *c, const struct vbs_procdef *def)
{
	struct vbs_local *l;

	c->fn->temp = c->fn->most = 1; /* R[0]: the result */
	if (def->symbol && (def->kind == PROC_FUNCTION || def->kind == PROC_GET)) {
		l = local_new(c, def->symbol);
		if (l)
			l->reg = 0;
	}
	for (struct vbs_param *p = def->params; p; p = p->next) {
		if (p->symbol->local && p->symbol != def->symbol)
			vbs_emit_fail(c, 1041, p->place);
		l = local_new(c, p->symbol);
		if (!l)
			return;
		l->reg = vbs_temp(c);
		l->ref = !p->byval;
	}
	if (c->fn->global && c->scope && c->scope->local_of)
		collect_declared(c, def->body, 0, scope_const);
	if (!c->fn->global) {
		c->executes = false;
		walk_block(c, def->body, find_execute);
		if (c->executes)
			c->fn->extra = vbs_temp(c);
		collect_declared(c, def->body, 0, local_var);
		walk_block(c, def->body, local_use);
		walk_assigned(c, def->body);
	}
}

void vbs_forget_locals(struct compiler *c)
{
	for (struct vbs_local *l = c->fn->locals; l; l = l->next)
		l->symbol->local = NULL;
}
