/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of procedures and classes. Runs as part of vbs_compile.
 */
#include "script/vbs/parser.h"

static bool at_end(const struct parser *p)
{
	return p->at->type <= T_COLON;
}

static void skip_separators(struct parser *p)
{
	while (parser_is(p, T_EOL) || parser_is(p, T_COLON))
		p->at++;
}

static bool parse_params(struct parser *p, struct vbs_procdef *proc)
{
	struct vbs_param **tail = &proc->params;

	/* "Sub A() x = 1 End Sub" is one line, "Sub A x = 1 ..." is not. */
	if (!parser_skip(p, T_LPAREN)) {
		if (!at_end(p))
			vbs_parser_fail(p, 1025);
		return at_end(p);
	}
	if (parser_skip(p, T_RPAREN))
		return true;
	do {
		struct vbs_param *param = arena_new(p->arena, struct vbs_param);

		if (!param) {
			vbs_parser_fail(p, 1001);
			return false;
		}
		param->byval = parser_is(p, T_BYVAL);
		if (param->byval || parser_is(p, T_BYREF))
			p->at++;
		if (!parser_is(p, T_NAME)) {
			vbs_parser_fail(p, 1010);
			return false;
		}
		param->symbol = p->at->symbol;
		param->place = p->at->place;
		p->at++;
		if (parser_skip(p, T_LPAREN) && !parser_skip(p, T_RPAREN)) {
			vbs_parser_fail(p, 1006);
			return false;
		}
		*tail = param;
		tail = &param->next;
		if (++proc->param_count > 100) {
			vbs_parser_limit(p, param->place);
			return false;
		}
	} while (parser_skip(p, T_COMMA));
	if (!parser_skip(p, T_RPAREN)) {
		vbs_parser_fail(p, 1006);
		return false;
	}
	return true;
}

/* Body and "End Sub" of a procedure whose head was read up to the name. */
static bool parse_body(struct parser *p, struct vbs_procdef *proc, uint8_t word)
{
	bool ok;

	if (!parse_params(p, proc))
		return false;
	p->in_proc = true;
	ok = vbs_parse_block(p, &proc->body, TAIL_SEPARATED);
	p->in_proc = false;
	if (!ok)
		return false;
	proc->end = p->at->place;
	if (!parser_skip(p, T_END)) {
		vbs_parser_fail(p, 1014);
		return false;
	}
	if (word == T_NAME ? !parser_word(p, "property") : !parser_is(p, word)) {
		vbs_parser_fail(p, word == T_SUB ? 1016 : word == T_FUNCTION ? 1015 : 1050);
		return false;
	}
	p->at++;
	return true;
}

struct vbs_procdef *vbs_parse_proc(struct parser *p)
{
	struct vbs_procdef *proc = arena_new(p->arena, struct vbs_procdef);
	uint8_t word = p->at->type;

	if (!proc) {
		vbs_parser_fail(p, 1001);
		return NULL;
	}
	proc->place = p->at->place;
	p->at++;
	if (word == T_NAME) { /* Property */
		proc->kind = parser_is(p, T_GET)   ? PROC_GET
			     : parser_is(p, T_LET) ? PROC_LET
			     : parser_is(p, T_SET) ? PROC_SET
						   : PROC_GLOBAL;
		if (proc->kind == PROC_GLOBAL) {
			vbs_parser_fail(p, 1049);
			return NULL;
		}
		p->at++;
	} else {
		proc->kind = word == T_SUB ? PROC_SUB : PROC_FUNCTION;
	}
	/* "Function Default", "Property Get Property": the name may be a word of some contexts */
	if (!parser_is(p, T_NAME)) {
		vbs_parser_fail(p, 1010);
		return NULL;
	}
	proc->symbol = p->at->symbol;
	p->at++;
	return parse_body(p, proc, word) ? proc : NULL;
}

/* What may follow Public or Private; `*ret_private` and `*ret_default` tell what was said. */
static void parse_visibility(struct parser *p, bool *ret_private, bool *ret_default)
{
	*ret_private = parser_is(p, T_PRIVATE);
	*ret_default = false;
	if (parser_is(p, T_PUBLIC) || parser_is(p, T_PRIVATE)) {
		p->at++;
		if (parser_word(p, "default") &&
		    (p->at[1].type == T_SUB || p->at[1].type == T_FUNCTION ||
		     (p->at[1].type == T_NAME &&
		      text_equal_nocase(p->at[1].text, TEXT("property"))))) {
			*ret_default = true;
			p->at++;
		} else if (parser_word(p, "default") &&
			   (p->at[1].type == T_NAME || p->at[1].type >= T_FIRST_WORD)) {
			p->at++;
			vbs_parser_fail(p, 1056);
		}
	} else if (parser_word(p, "default")) {
		vbs_parser_fail(p, 1057);
	}
}

static bool parse_class_member(struct parser *p, struct vbs_classdef *class,
			       struct vbs_procdef ***procs, struct vbs_var ***fields)
{
	bool private, is_default;

	parse_visibility(p, &private, &is_default);
	if (p->fault->number)
		return false;
	if (parser_is(p, T_SUB) || parser_is(p, T_FUNCTION) ||
	    (parser_word(p, "property") && p->at[1].type != T_COMMA && p->at[1].type > T_COLON &&
	     p->at[1].type != T_LPAREN)) {
		struct vbs_procdef *proc = vbs_parse_proc(p);

		if (!proc)
			return false;
		if (is_default && (private || (proc->kind != PROC_GET && proc->kind != PROC_SUB &&
					       proc->kind != PROC_FUNCTION))) {
			vbs_parser_fail_at(p, private ? 1057 : 1058, proc->place);
			return false;
		}
		proc->private = private;
		proc->is_default = is_default;
		**procs = proc;
		*procs = &proc->next;
	} else {
		struct vbs_var **list = *fields;

		if (parser_is(p, T_DIM))
			p->at++;
		else if (p->at[-1].type != T_PUBLIC && p->at[-1].type != T_PRIVATE) {
			vbs_parser_fail(p, 1002);
			return false;
		}
		if (!vbs_parse_vars(p, list, false))
			return false;
		for (; *list; list = &(*list)->next)
			(*list)->private = private;
		*fields = list;
	}
	if (!at_end(p) && !vbs_parser_at_end_of_unit(p)) {
		vbs_parser_fail(p, 1025);
		return false;
	}
	(void)class;
	return true;
}

struct vbs_classdef *vbs_parse_class(struct parser *p)
{
	struct vbs_classdef *class = arena_new(p->arena, struct vbs_classdef);
	struct vbs_procdef **procs;
	struct vbs_var **fields;

	if (!class) {
		vbs_parser_fail(p, 1001);
		return NULL;
	}
	class->place = p->at->place;
	p->at++;
	if (!parser_is(p, T_NAME)) {
		vbs_parser_fail(p, 1010);
		return NULL;
	}
	class->symbol = p->at->symbol;
	p->at++;
	if (!at_end(p)) {
		vbs_parser_fail(p, 1025);
		return NULL;
	}
	procs = &class->procs;
	fields = &class->fields;
	p->in_class = true;
	for (;;) {
		skip_separators(p);
		if (parser_is(p, T_END) || parser_is(p, T_EOF))
			break;
		if (!parse_class_member(p, class, &procs, &fields))
			return NULL;
	}
	p->in_class = false;
	if (!parser_skip(p, T_END)) {
		vbs_parser_fail(p, 1014);
		return NULL;
	}
	if (!parser_skip(p, T_CLASS)) {
		vbs_parser_fail(p, 1047);
		return NULL;
	}
	return class;
}
