/* SPDX-License-Identifier: Apache-2.0 */
/* The walk of lint.h through statements and expressions: what is read, assigned and called. */
#include "script/vbs/lint-names.h"

#include "script/vbs/builtin.h"

#include <stdio.h>

/* ---- uses of names ---- */

static bool is_own_result(const struct lint *l, const struct vbs_symbol *symbol)
{
	return l->proc && l->proc->symbol == symbol &&
	       (l->proc->kind == PROC_FUNCTION || l->proc->kind == PROC_GET);
}

/* A name that nothing declares: a variable of the procedure, or of all code. */
static struct lint_name *undeclared(struct lint *l, const struct vbs_expr *e, bool assigned)
{
	struct map *map = l->locals && !l->collecting ? l->locals : l->globals;
	struct lint_name *name;

	if (l->collecting && !assigned)
		return NULL;
	name = vbs_lint_declare(l, map, LINT_VAR, e->symbol->text, e->place);
	return name;
}

enum use { USE_READ, USE_ASSIGN, USE_BOTH };

static void use_name(struct lint *l, const struct vbs_expr *e, enum use use)
{
	struct lint_name *name;

	if (!e->symbol || is_own_result(l, e->symbol))
		return;
	name = vbs_lint_lookup(l, e->symbol->text);
	if (!name && e->symbol->builtin >= 0)
		return;
	if (!name)
		name = undeclared(l, e, use != USE_READ);
	if (!name)
		return;
	name->assigned |= use != USE_READ;
	name->read |= use != USE_ASSIGN;
}

/* ---- calls ---- */

static void wrong_count(struct lint *l, const struct vbs_expr *e, struct text name, unsigned least,
			unsigned most, unsigned given)
{
	char wanted[48];

	if (given >= least && given <= most)
		return;
	if (least == most)
		snprintf(wanted, sizeof wanted, "%u argument%s", least, least == 1 ? "" : "s");
	else
		snprintf(wanted, sizeof wanted, "%u to %u arguments", least, most);
	vbs_lint_find(l, VBS_FINDING_ARGUMENTS, l->source, e->place,
		      "'" TEXT_FMT "' takes %s, and is given %u", TEXT_ARG(name), wanted, given);
}

/* `name` is used with `argc` arguments; what is called must take them. */
static void check_call(struct lint *l, const struct vbs_expr *name, unsigned argc)
{
	const struct lint_name *known;
	const struct vbs_builtin *b;

	if (!name->symbol || l->collecting)
		return;
	known = vbs_lint_lookup(l, name->symbol->text);
	if (known && known->what == LINT_PROC && known->proc)
		wrong_count(l, name, known->name, known->proc->param_count,
			    known->proc->param_count, argc);
	if (known || name->symbol->builtin < 0)
		return;
	b = vbs_builtin_at((unsigned)name->symbol->builtin);
	if (!b->fn && argc)
		wrong_count(l, name, name->symbol->text, 0, 0, argc);
	/* Array takes any number. */
	if (b->fn && b->max_args < BUILTIN_ARGS_MAX)
		wrong_count(l, name, name->symbol->text, b->min_args, b->max_args, argc);
}

static void walk(struct lint *l, const struct vbs_expr *e);

static void walk_args(struct lint *l, const struct vbs_expr *call)
{
	bool by_name = call->left && call->left->kind == E_NAME;

	for (unsigned i = 0; i < call->argc; i++) {
		const struct vbs_expr *a = call->args[i];

		/* A procedure may assign to a variable that it is given; methods seldom do. */
		if (a->kind == E_NAME && !a->paren)
			use_name(l, a, by_name ? USE_BOTH : USE_READ);
		else
			walk(l, a);
		/* A function without parameters is called for its value. */
		if (a->kind == E_NAME && !is_own_result(l, a->symbol))
			check_call(l, a, 0);
	}
}

static void walk_new(struct lint *l, const struct vbs_expr *e)
{
	const struct lint_name *name = vbs_lint_lookup(l, e->symbol->text);

	if (l->collecting || l->dynamic || l->options->fragment ||
	    (name && name->what == LINT_CLASS) ||
	    text_equal_nocase(e->symbol->text, TEXT("RegExp")))
		return;
	vbs_lint_find(l, VBS_FINDING_UNKNOWN, l->source, e->place,
		      "there is no class '" TEXT_FMT "'", TEXT_ARG(e->symbol->text));
}

static void walk(struct lint *l, const struct vbs_expr *e)
{
	for (; e; e = e->left) {
		switch (e->kind) {
		case E_NAME:
			use_name(l, e, USE_READ);
			if (e->symbol && !is_own_result(l, e->symbol))
				check_call(l, e, 0);
			break;
		case E_CALL:
			walk_args(l, e);
			if (e->left && e->left->kind == E_NAME) {
				use_name(l, e->left, USE_READ);
				check_call(l, e->left, e->argc);
				return;
			}
			break;
		case E_BINARY:
			walk(l, e->right);
			break;
		case E_NEW:
			walk_new(l, e);
			break;
		default:
			break;
		}
	}
}

/* What stands left of "=": a variable, or an element or property of one, which uses it. */
static void walk_target(struct lint *l, const struct vbs_expr *e, bool counts)
{
	if (!e)
		return;
	if (e->kind == E_NAME) {
		use_name(l, e, counts ? USE_BOTH : USE_ASSIGN);
		return;
	}
	if (e->kind == E_CALL && e->left && e->left->kind == E_NAME) {
		walk_args(l, e);
		use_name(l, e->left, USE_READ);
		return;
	}
	walk(l, e);
}

/* ---- statements ---- */

static bool is_member_call(const struct vbs_expr *e, const char *object, const char *member)
{
	if (e && e->kind == E_CALL)
		e = e->left;
	return e && e->kind == E_MEMBER && e->symbol && e->left && e->left->kind == E_NAME &&
	       e->left->symbol && text_equal_nocase(e->symbol->text, text_of(member)) &&
	       text_equal_nocase(e->left->symbol->text, text_of(object));
}

static bool ends_here(const struct vbs_stmt *s)
{
	if (s->kind == S_EXIT || s->kind == S_END)
		return true;
	return s->kind == S_CALL && (is_member_call(s->expr, "WScript", "Quit") ||
				     is_member_call(s->expr, "WSH", "Quit") ||
				     is_member_call(s->expr, "Response", "End") ||
				     is_member_call(s->expr, "Response", "Redirect"));
}

static void walk_redim(struct lint *l, const struct vbs_stmt *s)
{
	for (const struct vbs_var *v = s->vars; v; v = v->next) {
		struct lint_name *name = vbs_lint_lookup(l, v->symbol->text);

		for (unsigned i = 0; i < v->dims; i++)
			walk(l, v->bounds[i]);
		/* ReDim declares what is not there. */
		if (!name)
			name = vbs_lint_declare(l, l->locals ? l->locals : l->globals, LINT_VAR,
						v->symbol->text, v->place);
		if (!name)
			return;
		name->declared = name->assigned = true;
		name->read |= s->flags != 0;
	}
}

static void find_dynamic(struct lint *l, const struct vbs_expr *e)
{
	const struct vbs_expr *name = e && e->kind == E_CALL ? e->left : e;

	if (name && name->kind == E_NAME && name->symbol && name->symbol->builtin >= 0)
		l->dynamic |= text_starts_with_nocase(name->symbol->text, TEXT("Execute"));
}

/* The heads and bodies of an If and its ElseIfs, but the last, which is returned. */
static const struct vbs_stmt *walk_ifs(struct lint *l, const struct vbs_stmt *s)
{
	for (; vbs_else_if(s); s = vbs_else_if(s)) {
		find_dynamic(l, s->expr);
		walk(l, s->expr);
		vbs_lint_block(l, s->body);
	}
	return s;
}

static void walk_stmt(struct lint *l, const struct vbs_stmt *s)
{
	s = walk_ifs(l, s);
	find_dynamic(l, s->expr);
	if (s->kind == S_DIM || s->kind == S_CONST)
		return;
	if (s->kind == S_REDIM)
		walk_redim(l, s);
	else if (s->kind == S_LET || s->kind == S_SET)
		walk_target(l, s->target, false);
	else if (s->kind == S_FOR || s->kind == S_EACH)
		walk_target(l, s->target, true); /* a counter need not be read */
	else
		walk(l, s->target);
	walk(l, s->expr);
	walk(l, s->limit);
	walk(l, s->step);
	vbs_lint_block(l, s->body);
	vbs_lint_block(l, s->other);
	for (const struct vbs_case *k = s->cases; k; k = k->next) {
		for (unsigned i = 0; i < k->count; i++)
			walk(l, k->tests[i]);
		vbs_lint_block(l, k->body);
	}
}

void vbs_lint_block(struct lint *l, const struct vbs_stmt *s)
{
	bool told = l->collecting;

	for (; s; s = s->next) {
		walk_stmt(l, s);
		const struct vbs_stmt *next = s->next;

		while (next && (next->kind == S_DIM || next->kind == S_CONST))
			next = next->next;
		/* A second end behind the first (Redirect, then End) is but cautious. */
		if (told || !next || !ends_here(s) || (ends_here(next) && !next->next))
			continue;
		vbs_lint_find(l, VBS_FINDING_UNREACHABLE, l->source, next->place,
			      "this is never reached");
		told = true;
	}
}

void vbs_lint_declarations(struct lint *l, struct map *map, const struct vbs_stmt *block)
{
	for (const struct vbs_stmt *at = block; at; at = at->next) {
		const struct vbs_stmt *s = at;

		if (s->kind == S_DIM)
			for (const struct vbs_var *v = s->vars; v; v = v->next) {
				struct lint_name *name =
					vbs_lint_declare(l, map, LINT_VAR, v->symbol->text,
							 v->place);

				if (name)
					name->declared = true;
			}
		if (s->kind == S_CONST) {
			struct lint_name *name =
				vbs_lint_declare(l, map, LINT_CONST, s->symbol->text, s->place);

			if (name)
				name->declared = true;
		}
		for (; vbs_else_if(s); s = vbs_else_if(s))
			vbs_lint_declarations(l, map, s->body);
		vbs_lint_declarations(l, map, s->body);
		vbs_lint_declarations(l, map, s->other);
		for (const struct vbs_case *k = s->cases; k; k = k->next)
			vbs_lint_declarations(l, map, k->body);
	}
}
