/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See lint.h. The way: parse all sources with one table of symbols; declare global names; walk
 * the global code once for the variables it makes by assigning; walk everything and count; report.
 */
#include "script/vbs/lint-names.h"

#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LINT_MEMORY ((size_t)512 << 20)

/* ---- findings ---- */

void vbs_lint_find(struct lint *l, enum vbs_finding_kind kind, size_t source,
		   struct vbs_place place, const char *format, ...)
{
	const struct vbs_source *s = &l->options->sources[source];
	va_list args;
	char text[300], *copy;

	if (l->error || l->collecting || l->found_count == VBS_LINT_FINDINGS_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (l->found_count == l->found_capacity) {
		size_t capacity = l->found_capacity ? 2 * l->found_capacity : 64;
		struct lint_found *more = mem_realloc(l->found, capacity, sizeof *more);

		if (more) {
			l->found = more;
			l->found_capacity = capacity;
		} else {
			l->error = -ENOMEM;
			return;
		}
	}
	copy = arena_strndup(&l->arena, text, strlen(text));
	if (!copy)
		l->error = -ENOMEM;
	else
		l->found[l->found_count++] = (struct lint_found){
			{ kind, place.file < s->file_count ? s->files[place.file] : "", place.line,
			  place.column, copy },
			source
		};
}

static int by_place(const void *a, const void *b)
{
	const struct lint_found *x = a, *y = b;
	int r;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	r = strcmp(x->finding.file, y->finding.file);
	if (r)
		return r;
	if (x->finding.line != y->finding.line)
		return x->finding.line < y->finding.line ? -1 : 1;
	if (x->finding.column != y->finding.column)
		return x->finding.column < y->finding.column ? -1 : 1;
	return (int)x->finding.kind - (int)y->finding.kind;
}

/* ---- names ---- */

struct lint_name *vbs_lint_declare(struct lint *l, struct map *map, enum lint_what what,
				   struct text name, struct vbs_place place)
{
	struct lint_name *n = map_get(map, name);

	if (n || l->error)
		return n;
	n = arena_new(&l->arena, struct lint_name);
	if (!n || map_put(map, name, n, NULL)) {
		l->error = -ENOMEM;
		return NULL;
	}
	n->what = what;
	n->name = name;
	n->place = place;
	n->source = l->source;
	return n;
}

struct lint_name *vbs_lint_lookup(const struct lint *l, struct text name)
{
	struct lint_name *n = l->locals ? map_get(l->locals, name) : NULL;

	if (!n && l->members)
		n = map_get(l->members, name);
	return n ? n : map_get(l->globals, name);
}

static void declare_procs(struct lint *l, const struct vbs_procdef *p)
{
	for (; p; p = p->next) {
		const struct lint_name *old = map_get(l->globals, p->symbol->text);
		struct lint_name *n =
			vbs_lint_declare(l, l->globals, LINT_PROC, p->symbol->text, p->place);

		if (old && old->what == LINT_PROC)
			vbs_lint_find(l, VBS_FINDING_DUPLICATE, l->source, p->place,
				      "'" TEXT_FMT
				      "' is defined a second time: the one of line %u is "
				      "never called",
				      TEXT_ARG(p->symbol->text), old->place.line);
		if (!n)
			continue;
		n->what = LINT_PROC;
		n->declared = true;
		n->proc = p; /* the last one counts */
		n->place = p->place;
		n->source = l->source;
	}
}

static void declare_globals(struct lint *l)
{
	for (size_t i = 0; i < l->options->name_count; i++)
		vbs_lint_declare(l, l->globals, LINT_HOST, l->options->names[i],
				 (struct vbs_place){ 0 });
	for (l->source = 0; l->source < l->options->source_count; l->source++) {
		const struct lint_source *s = &l->sources[l->source];

		if (!s->parsed)
			continue;
		vbs_lint_declarations(l, l->globals, s->tree.main.body);
		declare_procs(l, s->tree.procs);
		for (const struct vbs_classdef *c = s->tree.classes; c; c = c->next)
			vbs_lint_declare(l, l->globals, LINT_CLASS, c->symbol->text, c->place);
	}
}

/* ---- reports about names ---- */

static void report_name(struct lint *l, const struct lint_name *n, bool global)
{
	bool explicit = l->sources[n->source].tree.explicit;
	bool fragment = l->options->fragment;

	if (n->what != LINT_VAR)
		return;
	if (!n->declared && !n->assigned) {
		if (!l->dynamic && !fragment)
			vbs_lint_find(l, VBS_FINDING_UNKNOWN, n->source, n->place,
				      "nothing declares or assigns '" TEXT_FMT "'",
				      TEXT_ARG(n->name));
		return;
	}
	if (!n->declared)
		vbs_lint_find(l, VBS_FINDING_UNDECLARED, n->source, n->place,
			      "variable '" TEXT_FMT "' is not declared%s", TEXT_ARG(n->name),
			      explicit ? ", which Option Explicit makes an error" : "");
	if (n->assigned && !n->read && !l->dynamic && !(global && fragment))
		vbs_lint_find(l, VBS_FINDING_UNREAD, n->source, n->place,
			      "'" TEXT_FMT "' is assigned but never read", TEXT_ARG(n->name));
}

static void report_names(struct lint *l, const struct map *map, bool global)
{
	struct text key;
	void *value;
	size_t at = 0;

	while (map_next(map, &at, &key, &value))
		report_name(l, value, global);
}

/* ---- the walk ---- */

static void walk_proc(struct lint *l, const struct vbs_procdef *p)
{
	l->locals = map_new(LINT_NAMES_MAX, MAP_NOCASE);
	if (!l->locals) {
		l->error = -ENOMEM;
		return;
	}
	l->proc = p;
	for (const struct vbs_param *a = p->params; a; a = a->next)
		vbs_lint_declare(l, l->locals, LINT_PARAM, a->symbol->text, a->place);
	vbs_lint_declarations(l, l->locals, p->body);
	vbs_lint_block(l, p->body);
	report_names(l, l->locals, false);
	l->proc = NULL;
	l->locals = map_free(l->locals, NULL);
}

static void walk_class(struct lint *l, const struct vbs_classdef *c)
{
	l->members = map_new(LINT_NAMES_MAX, MAP_NOCASE);
	if (!l->members) {
		l->error = -ENOMEM;
		return;
	}
	for (const struct vbs_var *v = c->fields; v; v = v->next)
		vbs_lint_declare(l, l->members, LINT_MEMBER, v->symbol->text, v->place);
	for (const struct vbs_procdef *p = c->procs; p; p = p->next)
		vbs_lint_declare(l, l->members, LINT_MEMBER, p->symbol->text, p->place);
	for (const struct vbs_procdef *p = c->procs; p && !l->error; p = p->next)
		walk_proc(l, p);
	l->members = map_free(l->members, NULL);
}

static void walk_all(struct lint *l)
{
	for (l->source = 0; l->source < l->options->source_count && !l->error; l->source++) {
		const struct lint_source *s = &l->sources[l->source];

		if (!s->parsed)
			continue;
		vbs_lint_block(l, s->tree.main.body);
		if (l->collecting)
			continue;
		for (const struct vbs_procdef *p = s->tree.procs; p && !l->error; p = p->next)
			walk_proc(l, p);
		for (const struct vbs_classdef *c = s->tree.classes; c && !l->error; c = c->next)
			walk_class(l, c);
	}
}

/* ---- the whole ---- */

static void parse_all(struct lint *l)
{
	for (size_t i = 0; i < l->options->source_count; i++) {
		struct lint_source *s = &l->sources[i];
		struct vbs_fault fault = { 0 };

		s->parsed = !vbs_lex(&l->options->sources[i], l->symbols, &s->tree.tokens,
				     &s->tree.token_count, &fault) &&
			    !vbs_parse(&s->tree, l->symbols, false, &fault);
		if (!s->parsed && fault.number <= 0)
			l->error = -ENOMEM;
		/* A walk through one source finds Eval wherever it is. */
		for (size_t k = 0; k < s->tree.token_count; k++)
			l->dynamic |= s->tree.tokens[k].type == T_NAME &&
				      text_equal_nocase(s->tree.tokens[k].text, TEXT("Eval"));
	}
}

static void lint_all(struct lint *l)
{
	parse_all(l);
	if (l->error)
		return;
	declare_globals(l);
	l->collecting = true;
	walk_all(l);
	l->collecting = false;
	walk_all(l);
	report_names(l, l->globals, true);
	if (l->error || !l->found_count)
		return;
	qsort(l->found, l->found_count, sizeof *l->found, by_place);
	for (size_t i = 0; i < l->found_count; i++)
		l->options->report(l->options->ctx, &l->found[i].finding);
}

int vbs_lint(const struct vbs_lint *options)
{
	struct lint l = { .options = options };

	arena_init(&l.arena, LINT_MEMORY);
	l.symbols = arena_new(&l.arena, struct vbs_symbols);
	l.sources = arena_zalloc(&l.arena, options->source_count, sizeof *l.sources);
	l.globals = map_new(LINT_NAMES_MAX, MAP_NOCASE);
	if (l.symbols && l.sources && l.globals) {
		l.symbols->arena = &l.arena;
		lint_all(&l);
	} else {
		l.error = -ENOMEM;
	}
	map_free(l.globals, NULL);
	mem_free(l.found);
	arena_done(&l.arena);
	return l.error;
}
