/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of statements, procedures and classes. Runs as part of vbs_compile; works on the
 * token array, so that the one place where VBScript needs to look back (a call without
 * parentheses whose first argument begins with one) is a matter of moving an index.
 */
#include "script/vbs/parser.h"

static struct vbs_stmt *parse_statement(struct parser *p);

static bool at_end(const struct parser *p)
{
	return p->at->type <= T_COLON;
}

static struct vbs_stmt *stmt_new(struct parser *p, uint8_t kind)
{
	struct vbs_stmt *s = arena_new(p->arena, struct vbs_stmt);

	if (!s) {
		vbs_parser_fail(p, 1001);
		return NULL;
	}
	s->kind = kind;
	s->place = p->at->place;
	return s;
}

static struct vbs_stmt *fail(struct parser *p, int number)
{
	vbs_parser_fail(p, number);
	return NULL;
}

/* Skips ends of lines and colons. */
static void skip_separators(struct parser *p)
{
	while (parser_is(p, T_EOL) || parser_is(p, T_COLON))
		p->at++;
}

static bool ends_block(const struct parser *p)
{
	switch (p->at->type) {
	case T_EOF:
	case T_END:
	case T_ELSE:
	case T_ELSEIF:
	case T_CASE:
	case T_LOOP:
	case T_NEXT:
	case T_WEND:
		return true;
	default:
		return false;
	}
}

static struct vbs_stmt **append(struct vbs_stmt **tail, struct vbs_stmt *s)
{
	*tail = s;
	while (*tail)
		tail = &(*tail)->next;
	return tail;
}

bool vbs_parser_at_end_of_unit(const struct parser *p)
{
	const struct vbs_token *next = p->at + 1;

	return parser_is(p, T_END) &&
	       (next->type == T_SUB || next->type == T_FUNCTION || next->type == T_CLASS ||
		(next->type == T_NAME && text_equal_nocase(next->text, TEXT("property"))));
}

/* Whether the statement that was parsed is over here. */
static bool statement_ended(const struct parser *p, enum block_tail how)
{
	return at_end(p) || vbs_parser_at_end_of_unit(p) ||
	       (how != TAIL_SEPARATED && parser_is(p, T_END) && p->at[1].type == T_IF);
}

bool vbs_parse_block(struct parser *p, struct vbs_stmt **ret, enum block_tail how)
{
	struct vbs_stmt **tail = ret, *s;

	if (!vbs_parser_enter(p))
		return false;
	for (;;) {
		for (; at_end(p) && !parser_is(p, T_EOF); p->at++)
			if (parser_is(p, T_EOL) && how == TAIL_END_IF_IN_LINE)
				how = TAIL_SEPARATED;
		if (ends_block(p))
			break;
		s = parse_statement(p);
		if (p->fault->number)
			return false;
		if (!statement_ended(p, how)) {
			vbs_parser_fail(p, 1025);
			return false;
		}
		tail = append(tail, s);
	}
	p->depth--;
	return true;
}

/* The head of a statement must be alone on its line, or before a colon. */
static bool parse_head_end(struct parser *p)
{
	if (at_end(p))
		return true;
	vbs_parser_fail(p, 1025);
	return false;
}

/* "End" and the word that must follow it. */
static bool parse_end(struct parser *p, struct vbs_stmt *s, uint8_t word, int number)
{
	s->end = p->at->place;
	if (!parser_skip(p, T_END)) {
		vbs_parser_fail(p, 1014);
		return false;
	}
	if (!parser_skip(p, word)) {
		vbs_parser_fail(p, number);
		return false;
	}
	return true;
}

/* ---- declarations ---- */

static bool parse_bounds(struct parser *p, struct vbs_var *v, bool constant)
{
	struct vbs_expr list = { 0 };

	v->array = true;
	p->at++;
	if (!vbs_parse_args(p, &list, true))
		return false;
	if (list.argc > VBS_DIMS_MAX || (!constant && !list.argc)) {
		vbs_parser_fail(p, 1002);
		return false;
	}
	for (unsigned i = 0; i < list.argc; i++) {
		const struct vbs_expr *e = list.args[i];

		if (e->kind == E_MISSING) {
			vbs_parser_fail_at(p, 1023, e->place);
			return false;
		}
		if (constant && (e->kind != E_CONST || e->value.type > VT_I4 ||
				 e->value.type < VT_I2 || e->value.i < 0)) {
			vbs_parser_fail_at(p, 1026, e->place);
			return false;
		}
	}
	if (!parser_skip(p, T_RPAREN)) {
		vbs_parser_fail(p, 1006);
		return false;
	}
	v->dims = list.argc;
	v->bounds = list.args;
	return true;
}

bool vbs_parse_vars(struct parser *p, struct vbs_var **ret, bool redim)
{
	do {
		struct vbs_var *v = arena_new(p->arena, struct vbs_var);

		if (!v) {
			vbs_parser_fail(p, 1001);
			return false;
		}
		v->place = p->at->place;
		if (!parser_is(p, T_NAME)) {
			vbs_parser_fail(p, 1010);
			return false;
		}
		v->symbol = p->at->symbol;
		p->at++;
		if (redim && !parser_is(p, T_LPAREN)) {
			vbs_parser_fail(p, 1005);
			return false;
		}
		if (parser_is(p, T_LPAREN) && !parse_bounds(p, v, !redim))
			return false;
		*ret = v;
		ret = &v->next;
	} while (parser_skip(p, T_COMMA));
	return true;
}

static struct vbs_stmt *parse_dim(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_DIM);

	p->at++;
	if (!s || !vbs_parse_vars(p, &s->vars, false))
		return NULL;
	return s;
}

static struct vbs_stmt *parse_redim(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_REDIM);

	p->at++;
	if (!s)
		return NULL;
	s->flags = parser_skip(p, T_PRESERVE);
	return vbs_parse_vars(p, &s->vars, true) ? s : NULL;
}

static struct vbs_stmt *parse_const(struct parser *p)
{
	struct vbs_stmt *first = NULL, **tail = &first;

	p->at++;
	do {
		struct vbs_stmt *s = stmt_new(p, S_CONST);

		if (!s)
			return NULL;
		if (!parser_is(p, T_NAME))
			return fail(p, 1010);
		s->symbol = p->at->symbol;
		p->at++;
		if (!parser_skip(p, T_EQ))
			return fail(p, 1011);
		s->expr = vbs_parse_expr(p);
		if (!s->expr)
			return NULL;
		if (s->expr->kind != E_CONST && s->expr->kind != E_NAME) {
			vbs_parser_fail_at(p, 1045, s->expr->place);
			return NULL;
		}
		*tail = s;
		tail = &s->next;
	} while (parser_skip(p, T_COMMA));
	return first;
}

/* ---- blocks ---- */

/* The statements of one line, for a single-line If. */
static bool parse_line(struct parser *p, struct vbs_stmt **ret)
{
	struct vbs_stmt **tail = ret, *s;

	if (!vbs_parser_enter(p))
		return false;
	for (;;) {
		while (parser_skip(p, T_COLON))
			;
		if (parser_is(p, T_EOL) || ends_block(p))
			break;
		s = parse_statement(p);
		if (p->fault->number)
			return false;
		tail = append(tail, s);
		if (!parser_is(p, T_COLON))
			break;
	}
	p->depth--;
	return true;
}

static struct vbs_stmt *parse_if_line(struct parser *p, struct vbs_stmt *s)
{
	if (!parse_line(p, &s->body))
		return NULL;
	if (parser_is(p, T_ELSE)) {
		p->at++;
		if (!parse_line(p, &s->other))
			return NULL;
	}
	if (parser_is(p, T_END) && p->at[1].type == T_IF)
		p->at += 2;
	return s;
}

/* From the condition on; an ElseIf is an If in the other branch. */
static struct vbs_stmt *parse_if(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_IF), *top = s;

	for (;;) {
		p->at++;
		if (!s)
			return NULL;
		s->expr = vbs_parse_expr(p);
		if (!s->expr)
			return NULL;
		if (!parser_skip(p, T_THEN))
			return fail(p, 1017);
		if (s == top && !parser_is(p, T_EOL))
			return parse_if_line(p, s);
		if (!vbs_parse_block(p, &s->body, s == top ? TAIL_SEPARATED : TAIL_END_IF_IN_LINE))
			return NULL;
		if (!parser_is(p, T_ELSEIF))
			break;
		s->other = stmt_new(p, S_IF);
		s = s->other;
	}
	if (parser_skip(p, T_ELSE)) {
		if (parser_is(p, T_END))
			return fail(p, 1024);
		if (!vbs_parse_block(p, &s->other, TAIL_END_IF))
			return NULL;
	}
	return parse_end(p, top, T_IF, 1012) ? top : NULL;
}

static bool parse_case(struct parser *p, struct vbs_case *c)
{
	struct vbs_expr list = { 0 };

	c->place = p->at->place;
	p->at++;
	if (!parser_skip(p, T_ELSE)) {
		if (!vbs_parse_args(p, &list, false))
			return false;
		if (!list.argc) {
			vbs_parser_fail(p, 1023);
			return false;
		}
		for (unsigned i = 0; i < list.argc; i++)
			if (list.args[i]->kind == E_MISSING) {
				vbs_parser_fail_at(p, 1023, list.args[i]->place);
				return false;
			}
		c->tests = list.args;
		c->count = list.argc;
	}
	return vbs_parse_block(p, &c->body, TAIL_SEPARATED);
}

static struct vbs_stmt *parse_select(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_SELECT);
	struct vbs_case **tail;

	p->at++;
	if (!s)
		return NULL;
	if (!parser_skip(p, T_CASE))
		return fail(p, 1021);
	s->expr = vbs_parse_expr(p);
	if (!s->expr || !parse_head_end(p))
		return NULL;
	tail = &s->cases;
	skip_separators(p);
	while (parser_is(p, T_CASE)) {
		struct vbs_case *c = arena_new(p->arena, struct vbs_case);

		if (!c)
			return fail(p, 1001);
		if (!parse_case(p, c))
			return NULL;
		*tail = c;
		tail = &c->next;
	}
	return parse_end(p, s, T_SELECT, 1022) ? s : NULL;
}

/* The variable of a loop is a plain one. */
static bool parse_control(struct parser *p, struct vbs_stmt *s)
{
	s->target = vbs_parse_designator(p, false);
	if (s->target && s->target->kind != E_NAME)
		vbs_parser_fail(p, 1040);
	return s->target && !p->fault->number;
}

static struct vbs_stmt *parse_each(struct parser *p, struct vbs_stmt *s)
{
	s->kind = S_EACH;
	if (!parse_control(p, s))
		return NULL;
	if (!parser_skip(p, T_IN))
		return fail(p, 1046);
	s->expr = vbs_parse_expr(p);
	return s->expr ? s : NULL;
}

static struct vbs_stmt *parse_for(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_FOR);

	p->at++;
	if (!s)
		return NULL;
	if (parser_skip(p, T_EACH)) {
		if (!parse_each(p, s))
			return NULL;
	} else {
		if (!parse_control(p, s))
			return NULL;
		if (!parser_skip(p, T_EQ))
			return fail(p, 1011);
		s->expr = vbs_parse_expr(p);
		if (!s->expr)
			return NULL;
		if (!parser_skip(p, T_TO))
			return fail(p, 1013);
		s->limit = vbs_parse_expr(p);
		if (!s->limit)
			return NULL;
		if (parser_word(p, "step")) {
			p->at++;
			s->step = vbs_parse_expr(p);
			if (!s->step)
				return NULL;
		}
	}
	if (!parse_head_end(p) || !vbs_parse_block(p, &s->body, TAIL_SEPARATED))
		return NULL;
	s->end = p->at->place;
	return parser_skip(p, T_NEXT) ? s : fail(p, 1020);
}

static bool parse_loop_condition(struct parser *p, struct vbs_stmt *s, uint8_t flags)
{
	s->flags = flags | (parser_is(p, T_UNTIL) ? DO_UNTIL : 0);
	p->at++;
	s->expr = vbs_parse_expr(p);
	return s->expr != NULL;
}

static struct vbs_stmt *parse_do(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_DO);
	bool before;

	p->at++;
	if (!s)
		return NULL;
	before = parser_is(p, T_WHILE) || parser_is(p, T_UNTIL);
	if (before && (!parse_loop_condition(p, s, 0) || !parse_head_end(p)))
		return NULL;
	if (!before && !at_end(p))
		return fail(p, 1028);
	if (!vbs_parse_block(p, &s->body, TAIL_SEPARATED))
		return NULL;
	s->end = p->at->place;
	if (!parser_skip(p, T_LOOP))
		return fail(p, 1019);
	if (parser_is(p, T_WHILE) || parser_is(p, T_UNTIL)) {
		if (before)
			return fail(p, 1025);
		return parse_loop_condition(p, s, DO_AFTER) ? s : NULL;
	}
	if (!before)
		s->flags = DO_FOREVER;
	return s;
}

static struct vbs_stmt *parse_while(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_DO);

	p->at++;
	if (!s)
		return NULL;
	s->flags = DO_WEND; /* Exit Do does not leave a While */
	s->expr = vbs_parse_expr(p);
	if (!s->expr || !parse_head_end(p) || !vbs_parse_block(p, &s->body, TAIL_SEPARATED))
		return NULL;
	s->end = p->at->place;
	return parser_skip(p, T_WEND) ? s : fail(p, 1018);
}

static struct vbs_stmt *parse_with(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_WITH);

	p->at++;
	if (!s)
		return NULL;
	s->expr = vbs_parse_expr(p);
	if (!s->expr || !parse_head_end(p) || !vbs_parse_block(p, &s->body, TAIL_SEPARATED))
		return NULL;
	return parse_end(p, s, T_WITH, 1029) ? s : NULL;
}

/* ---- simple statements ---- */

static struct vbs_stmt *parse_exit(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_EXIT);

	p->at++;
	if (!s)
		return NULL;
	switch (p->at->type) {
	case T_DO:
	case T_FOR:
	case T_SUB:
	case T_FUNCTION:
		s->flags = p->at->type;
		break;
	default:
		if (!parser_word(p, "property"))
			return fail(p, 1039);
		s->flags = T_NAME;
	}
	p->at++;
	return s;
}

static struct vbs_stmt *parse_on_error(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_ERROR);

	p->at++;
	if (!s || !parser_word(p, "error"))
		return fail(p, 1002);
	p->at++;
	if (parser_skip(p, T_RESUME)) {
		s->flags = 1;
		return parser_skip(p, T_NEXT) ? s : fail(p, 1020);
	}
	if (!parser_skip(p, T_GOTO) || !parser_is(p, T_NUMBER) ||
	    !text_equal(p->at->text, TEXT("0")))
		return fail(p, 1002);
	p->at++;
	return s;
}

static struct vbs_stmt *parse_set(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_SET);

	p->at++;
	if (!s)
		return NULL;
	s->target = vbs_parse_designator(p, false);
	if (!s->target)
		return NULL;
	if (!parser_skip(p, T_EQ))
		return fail(p, 1011);
	s->expr = vbs_parse_expr(p);
	return s->expr ? s : NULL;
}

static struct vbs_stmt *parse_call_word(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_CALL);

	p->at++;
	if (!s)
		return NULL;
	s->expr = vbs_parse_callee(p);
	return s->expr ? s : NULL;
}

static struct vbs_stmt *parse_erase(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_ERASE);

	p->at++;
	if (!s)
		return NULL;
	s->target = vbs_parse_designator(p, false);
	return s->target ? s : NULL;
}

/* "f a, b", "f(a)", "x = 1", "x(1).y = 2" */
static struct vbs_stmt *parse_command(struct parser *p)
{
	struct vbs_stmt *s = stmt_new(p, S_CALL);
	struct vbs_expr *e, *call;

	if (!s)
		return NULL;
	e = vbs_parse_designator(p, true);
	if (!e)
		return NULL;
	if (parser_skip(p, T_EQ)) {
		s->kind = S_LET;
		s->target = e;
		s->expr = vbs_parse_expr(p);
		return s->expr ? s : NULL;
	}
	s->expr = e;
	if (e->kind == E_CALL) {
		if (e->argc > 1)
			return fail(p, 1044);
		if (e->argc == 1)
			e->args[0]->paren = true;
		return s;
	}
	call = vbs_expr_new(p, E_CALL, e->place);
	if (!call)
		return NULL;
	call->left = e;
	call->height = e->height + 1;
	if (!vbs_parse_args(p, call, false))
		return NULL;
	if (call->argc)
		s->expr = call;
	return s;
}

static struct vbs_stmt *parse_option(struct parser *p)
{
	struct vbs_token *start = p->at++;

	if (!parser_word(p, "explicit"))
		return fail(p, 1002);
	if (p->tree->explicit || p->tree->main.body || p->tree->procs || p->tree->classes) {
		p->at = start;
		return fail(p, 1024);
	}
	p->tree->explicit = true;
	p->at++;
	return NULL;
}

/* A Sub or Function inside a block of global code is as global as any other. */
static struct vbs_stmt *parse_nested_proc(struct parser *p)
{
	struct vbs_procdef *proc;

	if (p->in_proc || p->in_class)
		return fail(p, 1002);
	proc = vbs_parse_proc(p);
	if (proc) {
		*p->procs = proc;
		p->procs = &proc->next;
	}
	return NULL;
}

static struct vbs_stmt *parse_statement(struct parser *p)
{
	switch (p->at->type) {
	case T_DIM:
		return parse_dim(p);
	case T_REDIM:
		return parse_redim(p);
	case T_CONST:
		return parse_const(p);
	case T_IF:
		return parse_if(p);
	case T_SELECT:
		return parse_select(p);
	case T_FOR:
		return parse_for(p);
	case T_DO:
		return parse_do(p);
	case T_WHILE:
		return parse_while(p);
	case T_WITH:
		return parse_with(p);
	case T_EXIT:
		return parse_exit(p);
	case T_ON:
		return parse_on_error(p);
	case T_SET:
		return parse_set(p);
	case T_CALL:
		return parse_call_word(p);
	case T_NAME:
		if (parser_word(p, "erase") &&
		    (p->at[1].type == T_NAME || p->at[1].type == T_DOT || p->at[1].type == T_ME))
			return parse_erase(p);
		if (parser_word(p, "stop") && p->at[1].type <= T_COLON)
			return p->at++, NULL; /* a break for a debugger: nothing */
		return parse_command(p);
	case T_ME:
	case T_DOT:
		return parse_command(p);
	case T_LET:
		p->at++;
		return parse_command(p);
	case T_NEXT:
		return fail(p, 1055);
	case T_LOOP:
		return fail(p, 1038);
	case T_SUB:
	case T_FUNCTION:
		return parse_nested_proc(p);
	case T_PUBLIC:
	case T_PRIVATE:
		if (p->at[1].type == T_SUB || p->at[1].type == T_FUNCTION) {
			p->at++;
			return parse_nested_proc(p);
		}
		return fail(p, 1002); /* inside a block */
	case T_CLASS:
		return fail(p, 1002);
	default:
		return fail(p, 1024);
	}
}

/* ---- the whole ---- */

struct tails {
	struct vbs_stmt **stmts;
	struct vbs_classdef **classes;
};

/* Public and Private in front of a global declaration; `*ret_more`: of one that is still to come.
 */
static void parse_global_visibility(struct parser *p, struct tails *t, bool *ret_more)
{
	struct vbs_stmt *s;

	if (p->at[1].type == T_SUB || p->at[1].type == T_FUNCTION || p->at[1].type == T_CLASS ||
	    p->at[1].type == T_CONST) {
		p->at++;
		*ret_more = true;
		return;
	}
	if (text_equal_nocase(p->at[1].text, TEXT("default"))) {
		p->at++;
		vbs_parser_fail(p, 1048);
		return;
	}
	s = parse_dim(p);
	if (s)
		t->stmts = append(t->stmts, s);
}

static bool parse_global(struct parser *p, struct tails *t, bool *ret_more)
{
	struct vbs_stmt *s;

	*ret_more = false;
	if (parser_is(p, T_PUBLIC) || parser_is(p, T_PRIVATE)) {
		parse_global_visibility(p, t, ret_more);
	} else if (parser_is(p, T_CLASS)) {
		struct vbs_classdef *class = vbs_parse_class(p);

		if (class) {
			*t->classes = class;
			t->classes = &class->next;
		}
	} else if (parser_is(p, T_OPTION)) {
		parse_option(p);
	} else if (parser_word(p, "property") &&
		   (p->at[1].type == T_GET || p->at[1].type == T_LET || p->at[1].type == T_SET)) {
		vbs_parser_fail(p, 1048);
	} else {
		s = parse_statement(p);
		t->stmts = append(t->stmts, s);
	}
	return !p->fault->number;
}

static void parse_program(struct parser *p)
{
	struct tails t = { &p->tree->main.body, &p->tree->classes };

	p->procs = &p->tree->procs;
	for (;;) {
		bool more;

		skip_separators(p);
		if (parser_is(p, T_EOF))
			break;
		if (!parse_global(p, &t, &more))
			return;
		if (!at_end(p) && !more) {
			vbs_parser_fail(p, ends_block(p) ? 1024 : 1025);
			return;
		}
	}
	p->tree->main.end = p->at->place;
}

int vbs_parse(struct vbs_tree *tree, struct vbs_symbols *symbols, bool as_expression,
	      struct vbs_fault *fault)
{
	struct parser p = { .arena = symbols->arena,
			    .symbols = symbols,
			    .tree = tree,
			    .at = tree->tokens,
			    .fault = fault };

	if (as_expression) {
		struct vbs_stmt *s = stmt_new(&p, S_LET);

		while (parser_skip(&p, T_EOL))
			;
		if (s && !parser_is(&p, T_EOF))
			s->expr = vbs_parse_expr(&p);
		while (parser_skip(&p, T_EOL))
			;
		if (!fault->number && !parser_is(&p, T_EOF))
			vbs_parser_fail(&p, 1025);
		tree->main.body = s;
	} else {
		parse_program(&p);
	}
	return fault->number;
}
