/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files, interfaces, methods; the names that all parts share. See parser.h.
 */
#include "parser.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>

/* ---- memory and errors ---- */

int idl_init(struct idl *idl, struct error *err)
{
	*idl = (struct idl){ .err = err };
	arena_init(&idl->arena, IDL_MEMORY_MAX);
	idl->names = map_new(IDL_NAMES_MAX, 0);
	idl->native = map_new(IDL_NAMES_MAX, 0);
	return idl->names && idl->native ? 0 : error_set(err, -ENOMEM, "out of memory");
}

void idl_done(struct idl *idl)
{
	map_free(idl->names, NULL);
	map_free(idl->native, NULL);
	arena_done(&idl->arena);
}

void *idl_fail(struct idl *idl, const struct idl_place *place, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list args;

	if (idl->result)
		return NULL;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	/* Also "too many names, or out of memory". */
	idl->result = strstr(text, "out of memory") ? -ENOMEM : -EINVAL;
	if (place && place->file)
		error_set_at(idl->err, idl->result, place->file, place->line, place->column, "%s",
			     text);
	else
		error_set(idl->err, idl->result, "%s", text);
	return NULL;
}

void *idl_alloc(struct idl *idl, size_t size)
{
	void *p = arena_zalloc(&idl->arena, 1, size);

	return p ? p : idl_fail(idl, NULL, "out of memory");
}

char *idl_text(struct idl *idl, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof text)
		return idl_fail(idl, NULL, "a name is too long");
	char *copy = arena_strndup(&idl->arena, text, (size_t)length);
	return copy ? copy : idl_fail(idl, NULL, "out of memory");
}

const struct idl_attribute *idl_attribute(const struct idl_attribute *list, const char *name)
{
	while (list && strcmp(list->name, name) != 0)
		list = list->next;
	return list;
}

struct idl_type *idl_strip(struct idl_type *type)
{
	while (type->kind == IDL_ALIAS)
		type = type->of;
	return type;
}

int idl_add_native(struct idl *idl, const char *text, size_t size)
{
	struct idl_place place = { 0 };
	const char *end = text + size;

	for (const char *at = text; at < end && !idl->result;) {
		if (at + 1 < end && at[0] == '/' && (at[1] == '*' || at[1] == '/')) {
			bool line = at[1] == '/';

			for (at += 2;
			     at < end && (line ? *at != '\n' : at[0] != '*' || at[1] != '/');)
				at++;
			continue;
		}
		const char *start = at;
		while (at < end && (*at == '_' || (*at >= '0' && *at <= '9') ||
				    ((*at | 32) >= 'a' && (*at | 32) <= 'z')))
			at++;
		if (at == start)
			at++;
		else if (map_put(idl->native, (struct text){ start, (size_t)(at - start) }, idl,
				 NULL) < 0)
			idl_fail(idl, &place, "out of memory");
	}
	return idl->result;
}

/* ---- tokens and names ---- */

bool parser_accept(struct parser *p, int punct)
{
	if (!parser_at(p, punct))
		return false;
	lexer_next(&p->lexer);
	return true;
}

bool parser_accept_name(struct parser *p, const char *name)
{
	if (!parser_at_name(p, name))
		return false;
	lexer_next(&p->lexer);
	return true;
}

static void unexpected(struct parser *p, const char *wanted)
{
	const struct token *t = &p->lexer.now;
	char punct[3] = { (char)(t->punct > 0xFF ? t->punct >> 8 : t->punct),
			  (char)(t->punct > 0xFF ? t->punct & 0xFF : 0) };

	if (t->kind == TOKEN_END)
		idl_fail(p->idl, &t->place, "expected %s, but the file ends here", wanted);
	else
		idl_fail(p->idl, &t->place, "expected %s, not \"%.60s\"", wanted,
			 t->kind == TOKEN_PUNCT ? punct
			 : t->text              ? t->text
						: "");
}

void parser_expect(struct parser *p, int punct)
{
	char wanted[] = { '"', (char)punct, '"', 0 };

	if (!parser_accept(p, punct))
		unexpected(p, wanted);
}

const char *parser_expect_name(struct parser *p, const char *what)
{
	const char *name = p->lexer.now.text;

	if (p->lexer.now.kind != TOKEN_NAME) {
		unexpected(p, what);
		return NULL;
	}
	lexer_next(&p->lexer);
	return name;
}

bool parser_enter(struct parser *p)
{
	if (p->depth++ < IDL_DEPTH_MAX)
		return true;
	p->depth--;
	idl_fail(p->idl, &p->lexer.now.place, "nested too deep");
	return false;
}

static const char *key(struct parser *p, char space, const char *name)
{
	return idl_text(p->idl, "%c:%s", space, name);
}

void *parser_find(struct parser *p, char space, const char *name)
{
	const char *k = key(p, space, name);

	return k ? map_get(p->idl->names, text_of(k)) : NULL;
}

/* A typedef may be repeated, as published files do; the last one holds. */
void parser_add(struct parser *p, char space, const char *name, void *what)
{
	const char *k = key(p, space, name);

	if (k && map_put(p->idl->names, text_of(k), what, NULL) < 0)
		idl_fail(p->idl, &p->lexer.now.place, "too many names, or out of memory");
}

struct idl_item *parser_item(struct parser *p, enum idl_item_kind kind)
{
	struct idl_item *item = idl_new(p->idl, struct idl_item);

	if (!item)
		return NULL;
	item->kind = kind;
	*p->file->tail = item;
	p->file->tail = &item->next;
	return item;
}

/* ---- methods ---- */

static void parameters(struct parser *p, struct idl_method *m)
{
	struct idl_member **tail = &m->params;
	unsigned count = 0;

	parser_expect(p, '(');
	if (parser_accept(p, ')'))
		return;
	do {
		struct idl_member *param = idl_new(p->idl, struct idl_member);

		if (!param)
			return;
		param->attributes = parser_attributes(p, ON_PARAM);
		param->place = p->lexer.now.place;
		struct idl_type *type = parser_specifier(p);
		if (!type)
			return;
		param->type = parser_declarator(p, type, &param->name, &param->place);
		if (!param->type)
			return;
		struct idl_type *plain = idl_strip(param->type);
		if (!count && plain->kind == IDL_BASE && plain->base == NDR_NONE &&
		    !plain->is_handle && parser_at(p, ')'))
			break; /* (void) */
		if (++count >= NDR_PARAMS_MAX) {
			idl_fail(p->idl, &param->place, "a method has at most %d parameters",
				 NDR_PARAMS_MAX - 1);
			return;
		}
		if (!param->name)
			param->name = idl_text(p->idl, "Param%u", count);
		*tail = param;
		tail = &param->next;
	} while (parser_accept(p, ','));
	parser_expect(p, ')');
}

static void method(struct parser *p, struct idl_interface *interface, struct idl_method ***tail)
{
	struct idl_method *m = idl_new(p->idl, struct idl_method);

	if (!m)
		return;
	m->attributes = parser_attributes(p, ON_METHOD);
	struct idl_type *type = parser_specifier(p);
	if (!type)
		return;
	while (parser_accept_name(p, "__stdcall") || parser_accept_name(p, "_stdcall") ||
	       parser_accept_name(p, "STDMETHODCALLTYPE") || parser_accept_name(p, "WINAPI"))
		;
	m->result = parser_declarator(p, type, &m->name, &m->place);
	if (!m->result || !m->name) {
		unexpected(p, "a method's name");
		return;
	}
	parameters(p, m);
	parser_expect(p, ';');
	if (++interface->method_count > 1000)
		idl_fail(p->idl, &m->place, "an interface has at most 1000 methods");
	**tail = m;
	*tail = &m->next;
}

/* ---- declarations that stand in files and in interfaces ---- */

static void constant(struct parser *p)
{
	struct idl_item *item = parser_item(p, IDL_ITEM_CONST);
	struct idl_constant *c = idl_new(p->idl, struct idl_constant);
	struct idl_type *type = parser_specifier(p);

	if (!item || !c || !type)
		return;
	item->type = parser_declarator(p, type, &c->name, NULL);
	item->name = c->name;
	parser_expect(p, '=');
	if (p->lexer.now.kind == TOKEN_STRING) {
		item->text = p->lexer.now.text;
		lexer_next(&p->lexer);
	} else {
		item->value = c->value = parser_constant(p);
	}
	parser_expect(p, ';');
	if (!parser_failed(p) && c->name && !item->text)
		parser_add(p, 'c', c->name, c);
	else if (!c->name)
		idl_fail(p->idl, &p->lexer.now.place, "a constant needs a name");
}

static void quote(struct parser *p)
{
	struct idl_item *item = parser_item(p, IDL_ITEM_QUOTE);

	parser_expect(p, '(');
	if (item && p->lexer.now.kind == TOKEN_STRING)
		item->text = p->lexer.now.text;
	if (p->lexer.now.kind == TOKEN_STRING)
		lexer_next(&p->lexer);
	else
		unexpected(p, "a string");
	parser_expect(p, ')');
	parser_accept(p, ';');
}

static void imports(struct parser *p)
{
	do {
		struct idl_place place = p->lexer.now.place;
		const char *path, *name = p->lexer.now.text;
		size_t size;

		if (p->lexer.now.kind != TOKEN_STRING) {
			unexpected(p, "a file's name in quotes");
			return;
		}
		lexer_next(&p->lexer);
		const char *text = p->idl->open ? p->idl->open(p->idl, name, &path, &size) : NULL;
		if (!text) {
			idl_fail(p->idl, &place, "cannot read \"%.200s\"", name);
			return;
		}
		struct idl_file *file = idl_parse(p->idl, name, path, text, size);
		if (!file)
			return;
		if (p->file->import_count == ARRAY_LEN(p->file->imports)) {
			idl_fail(p->idl, &place, "a file imports at most %zu others",
				 ARRAY_LEN(p->file->imports));
			return;
		}
		p->file->imports[p->file->import_count++] = file;
	} while (parser_accept(p, ','));
	parser_expect(p, ';');
}

/* A struct, union or enum without a typedef. */
static void tagged_item(struct parser *p)
{
	struct idl_type *type = parser_specifier(p);

	parser_expect(p, ';');
	if (!type || parser_failed(p))
		return;
	if (p->just_defined != type)
		return; /* a tag alone */
	if (type->kind != IDL_STRUCT && type->kind != IDL_UNION && type->kind != IDL_ENUM) {
		idl_fail(p->idl, &type->place, "this declares nothing");
		return;
	}
	struct idl_item *item = parser_item(p, IDL_ITEM_TYPE);
	if (item)
		item->type = type;
}

/* What both levels have. False: it is something else. */
static bool declaration(struct parser *p)
{
	if (parser_accept(p, ';'))
		return true;
	if (parser_accept_name(p, "import"))
		imports(p);
	else if (parser_accept_name(p, "cpp_quote") || parser_accept_name(p, "midl_pragma"))
		quote(p);
	else if (parser_accept_name(p, "typedef"))
		parser_typedef(p, NULL);
	else if (parser_accept_name(p, "const"))
		constant(p);
	else if (parser_at_name(p, "struct") || parser_at_name(p, "enum") ||
		 parser_at_name(p, "union"))
		tagged_item(p);
	else
		return false;
	return true;
}

/* ---- interfaces ---- */

static struct idl_interface *interface_named(struct parser *p, const char *name)
{
	struct idl_interface *i = parser_find(p, 'i', name);

	if (i)
		return i;
	i = idl_new(p->idl, struct idl_interface);
	struct idl_type *type = idl_new(p->idl, struct idl_type);
	if (!i || !type)
		return NULL;
	*type = (struct idl_type){ .kind = IDL_INTERFACE,
				   .name = name,
				   .interface = i,
				   .file = p->file,
				   .place = p->lexer.now.place };
	i->name = name;
	i->type = type;
	i->file = p->file;
	i->place = p->lexer.now.place;
	parser_add(p, 'i', name, i);
	return i;
}

/* Ours begin at slot 0 only for IUnknown and plain RPC; a base must be known whole. */
static void base_clause(struct parser *p, struct idl_interface *i)
{
	struct idl_place place = p->lexer.now.place;
	const char *name = parser_expect_name(p, "the base interface's name");

	if (!name)
		return;
	i->base = parser_find(p, 'i', name);
	if (!i->base || !i->base->defined)
		idl_fail(p->idl, &place, "the base interface %.60s is not defined yet", name);
}

static void interface_body(struct parser *p, struct idl_interface *i)
{
	struct idl_method **tail = &i->methods;
	struct idl_item *forward = parser_item(p, IDL_ITEM_FORWARD);

	if (!forward)
		return;
	forward->interface = i;
	parser_expect(p, '{');
	while (!parser_failed(p) && !parser_at(p, '}')) {
		if (i->dispinterface &&
		    (parser_accept_name(p, "properties") || parser_accept_name(p, "methods"))) {
			parser_expect(p, ':');
			continue;
		}
		if (!declaration(p))
			method(p, i, &tail);
	}
	parser_expect(p, '}');
	parser_accept(p, ';');
	if (parser_failed(p))
		return;
	i->defined = true;
	i->type->defined = true;
	struct idl_item *item = parser_item(p, IDL_ITEM_INTERFACE);
	if (item)
		item->interface = i;
}

static void interface(struct parser *p, struct idl_attribute *attributes, bool dispinterface)
{
	struct idl_place place = p->lexer.now.place;
	const char *name = parser_expect_name(p, "the interface's name");
	struct idl_interface *i = name ? interface_named(p, name) : NULL;

	if (!i)
		return;
	if (!attributes && parser_accept(p, ';')) {
		struct idl_item *item = parser_item(p, IDL_ITEM_FORWARD);
		if (item)
			item->interface = i;
		return;
	}
	if (i->defined) {
		idl_fail(p->idl, &place, "the interface %.60s is defined a second time", name);
		return;
	}
	i->attributes = attributes;
	i->place = place;
	i->file = p->file;
	i->dispinterface = dispinterface;
	if (parser_accept(p, ':'))
		base_clause(p, i);
	else if (dispinterface)
		i->base = parser_find(p, 'i', "IDispatch");
	p->ms_union = idl_attribute(attributes, "ms_union");
	interface_body(p, i);
	p->ms_union = false;
}

static void coclass(struct parser *p, struct idl_attribute *attributes)
{
	struct idl_coclass *c = idl_new(p->idl, struct idl_coclass);

	if (!c)
		return;
	c->name = parser_expect_name(p, "the class's name");
	c->attributes = attributes;
	parser_expect(p, '{');
	while (!parser_failed(p) && !parser_at(p, '}')) {
		struct idl_attribute *role = parser_attributes(p, ON_COCLASS);
		struct idl_place place = p->lexer.now.place;

		if (!parser_accept_name(p, "interface"))
			parser_accept_name(p, "dispinterface");
		const char *name = parser_expect_name(p, "an interface's name");
		struct idl_interface *i = name ? parser_find(p, 'i', name) : NULL;
		if (!i)
			idl_fail(p->idl, &place, "unknown interface %.60s", name ? name : "");
		else if (idl_attribute(role, "source"))
			c->source = i;
		else if (!c->main || idl_attribute(role, "default"))
			c->main = i;
		parser_expect(p, ';');
	}
	parser_expect(p, '}');
	parser_accept(p, ';');
	struct idl_item *item = parser_failed(p) ? NULL : parser_item(p, IDL_ITEM_COCLASS);
	if (item)
		item->coclass = c;
}

static void items(struct parser *p);

static void library(struct parser *p)
{
	parser_expect_name(p, "the library's name");
	if (!parser_enter(p))
		return;
	parser_expect(p, '{');
	items(p);
	parser_expect(p, '}');
	parser_accept(p, ';');
	parser_leave(p);
}

static void items(struct parser *p)
{
	while (!parser_failed(p) && p->lexer.now.kind != TOKEN_END && !parser_at(p, '}')) {
		struct idl_attribute *attributes;

		if (declaration(p))
			continue;
		attributes = parser_attributes(p, ON_INTERFACE | ON_COCLASS | ON_LIBRARY);
		if (parser_accept_name(p, "interface")) {
			interface(p, attributes, false);
		} else if (parser_accept_name(p, "dispinterface")) {
			interface(p, attributes, true);
		} else if (parser_accept_name(p, "coclass")) {
			coclass(p, attributes);
		} else if (parser_accept_name(p, "library")) {
			library(p);
		} else if (parser_accept_name(p, "importlib")) {
			/* Types of a Windows type library; ours come by import. */
			parser_expect(p, '(');
			if (p->lexer.now.kind == TOKEN_STRING)
				lexer_next(&p->lexer);
			parser_expect(p, ')');
		} else if (!parser_failed(p)) {
			unexpected(p, "a declaration");
		}
	}
}

/* ---- files ---- */

/* "dir/ms-dcom.idl" is known as "ms-dcom". */
static const char *stem(struct idl *idl, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *start = slash ? slash + 1 : name, *dot = strrchr(start, '.');
	size_t length = dot ? (size_t)(dot - start) : strlen(start);

	return idl_text(idl, "%.*s", (int)length, start);
}

struct idl_file *idl_parse(struct idl *idl, const char *name, const char *path, const char *text,
			   size_t size)
{
	const char *known = stem(idl, name);
	unsigned open = 0;

	if (!known)
		return NULL;
	for (struct idl_file *f = idl->files; f; f = f->next) {
		open += !f->complete;
		if (!strcmp(f->name, known))
			return f->complete ? f : idl_fail(idl, NULL, "%.200s imports itself", name);
	}
	if (open >= IDL_IMPORTS_MAX)
		return idl_fail(idl, NULL, "%.200s: too many imports inside each other", name);
	struct parser p = { .idl = idl, .file = idl_new(idl, struct idl_file) };
	if (!p.file)
		return NULL;
	p.file->name = known;
	p.file->path = path;
	p.file->tail = &p.file->items;
	p.file->next = idl->files;
	idl->files = p.file;
	if (size > IDL_FILE_MAX)
		return idl_fail(idl, NULL, "%.200s is larger than %zu bytes", name, IDL_FILE_MAX);
	if (lexer_init(&p.lexer, idl, p.file, path, text, size) == 0) {
		items(&p);
		if (!parser_failed(&p) && p.lexer.now.kind != TOKEN_END)
			unexpected(&p, "a declaration");
	}
	lexer_done(&p.lexer);
	p.file->complete = true;
	return idl->result ? NULL : p.file;
}
