/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes, type specifiers, declarators, typedefs.
 */
#include "parser.h"

#include "base/mem.h"

/* ---- attributes ---- */

enum argument_mode { NO_ARGS, EXPRS, RAW_TEXT, ONE_TYPE, ONE_NAME };

/* Each attribute that IDL files have, where it may stand, and what is in its parentheses. */
static const struct {
	const char *name;
	enum argument_mode mode;
	unsigned places;
} attribute_table[] = {
	{ "uuid", RAW_TEXT, ON_INTERFACE | ON_TYPE | ON_LIBRARY | ON_COCLASS },
	{ "version", RAW_TEXT, ON_INTERFACE | ON_LIBRARY | ON_COCLASS | ON_TYPE },
	{ "pointer_default", ONE_NAME, ON_INTERFACE },
	{ "endpoint", RAW_TEXT, ON_INTERFACE },
	{ "object", NO_ARGS, ON_INTERFACE },
	{ "local", NO_ARGS, ON_INTERFACE | ON_METHOD },
	{ "dual", NO_ARGS, ON_INTERFACE },
	{ "oleautomation", NO_ARGS, ON_INTERFACE },
	{ "nonextensible", NO_ARGS, ON_INTERFACE },
	{ "ms_union", NO_ARGS, ON_INTERFACE | ON_TYPE },
	{ "auto_handle", NO_ARGS, ON_INTERFACE },
	{ "implicit_handle", RAW_TEXT, ON_INTERFACE },
	{ "explicit_handle", NO_ARGS, ON_INTERFACE | ON_METHOD },
	{ "odl", NO_ARGS, ON_INTERFACE },
	{ "async_uuid", RAW_TEXT, ON_INTERFACE },
	{ "helpstring", RAW_TEXT, ~0u },
	{ "helpcontext", EXPRS, ~0u },
	{ "helpfile", RAW_TEXT, ~0u },
	{ "custom", RAW_TEXT, ~0u },
	{ "hidden", NO_ARGS, ~0u },
	{ "restricted", NO_ARGS, ~0u },
	{ "public", NO_ARGS, ON_TYPE },
	{ "lcid", EXPRS, ON_PARAM | ON_LIBRARY },
	{ "control", NO_ARGS, ON_LIBRARY | ON_COCLASS },
	{ "appobject", NO_ARGS, ON_COCLASS },
	{ "noncreatable", NO_ARGS, ON_COCLASS },
	{ "default", NO_ARGS, ON_COCLASS | ON_ARM },
	{ "source", NO_ARGS, ON_COCLASS | ON_METHOD },
	{ "in", NO_ARGS, ON_PARAM },
	{ "out", NO_ARGS, ON_PARAM },
	{ "retval", NO_ARGS, ON_PARAM },
	{ "optional", NO_ARGS, ON_PARAM },
	{ "defaultvalue", EXPRS, ON_PARAM },
	{ "unique", NO_ARGS, ON_PARAM | ON_FIELD | ON_ARM | ON_TYPE | ON_METHOD },
	{ "ref", NO_ARGS, ON_PARAM | ON_FIELD | ON_ARM | ON_TYPE },
	{ "ptr", NO_ARGS, ON_PARAM | ON_FIELD | ON_ARM | ON_TYPE | ON_METHOD },
	{ "full", NO_ARGS, ON_PARAM | ON_FIELD | ON_ARM | ON_TYPE | ON_METHOD },
	{ "string", NO_ARGS, ON_PARAM | ON_FIELD | ON_ARM | ON_TYPE | ON_METHOD },
	{ "size_is", EXPRS, ON_PARAM | ON_FIELD | ON_ARM | ON_TYPE },
	{ "max_is", EXPRS, ON_PARAM | ON_FIELD | ON_ARM | ON_TYPE },
	{ "length_is", EXPRS, ON_PARAM | ON_FIELD | ON_ARM },
	{ "last_is", EXPRS, ON_PARAM | ON_FIELD | ON_ARM },
	{ "first_is", EXPRS, ON_PARAM | ON_FIELD | ON_ARM },
	{ "range", EXPRS, ON_PARAM | ON_FIELD | ON_TYPE },
	{ "iid_is", EXPRS, ON_PARAM | ON_FIELD | ON_ARM },
	{ "switch_is", EXPRS, ON_PARAM | ON_FIELD | ON_ARM },
	{ "switch_type", ONE_TYPE, ON_PARAM | ON_FIELD | ON_TYPE | ON_ARM },
	{ "case", EXPRS, ON_ARM },
	{ "ignore", NO_ARGS, ON_FIELD | ON_PARAM },
	{ "disable_consistency_check", NO_ARGS, ON_PARAM | ON_FIELD | ON_TYPE | ON_ARM },
	{ "context_handle", NO_ARGS, ON_PARAM | ON_TYPE },
	{ "handle", NO_ARGS, ON_TYPE },
	{ "strict_context_handle", NO_ARGS, ON_TYPE | ON_INTERFACE },
	{ "v1_enum", NO_ARGS, ON_TYPE },
	{ "wire_marshal", ONE_TYPE, ON_TYPE },
	{ "idempotent", NO_ARGS, ON_METHOD },
	{ "broadcast", NO_ARGS, ON_METHOD },
	{ "maybe", NO_ARGS, ON_METHOD },
	{ "call_as", ONE_NAME, ON_METHOD },
	{ "id", EXPRS, ON_METHOD },
	{ "propget", NO_ARGS, ON_METHOD },
	{ "propput", NO_ARGS, ON_METHOD },
	{ "propputref", NO_ARGS, ON_METHOD },
	{ "vararg", NO_ARGS, ON_METHOD },
	{ "readonly", NO_ARGS, ON_METHOD },
	{ "bindable", NO_ARGS, ON_METHOD },
	{ "nonbrowsable", NO_ARGS, ON_METHOD },
};

static void read_exprs(struct parser *p, struct idl_attribute *a)
{
	if (!parser_accept(p, '('))
		return;
	for (;;) {
		if (a->count == ARRAY_LEN(a->args)) {
			/* case(..) with many labels goes on in one more attribute of the name. */
			idl_fail(p->idl, &a->place, "%.30s has more than %zu arguments", a->name,
				 ARRAY_LEN(a->args));
			return;
		}
		bool empty = parser_at(p, ',') || parser_at(p, ')');
		if (p->lexer.now.kind == TOKEN_STRING) { /* defaultvalue("") */
			a->text = p->lexer.now.text;
			lexer_next(&p->lexer);
			empty = true;
		}
		a->args[a->count++] = empty ? NULL : parser_expr(p);
		if (parser_failed(p) || !parser_accept(p, ','))
			break;
	}
	parser_expect(p, ')');
}

static void read_arguments(struct parser *p, struct idl_attribute *a, enum argument_mode mode)
{
	if (mode == EXPRS)
		read_exprs(p, a);
	if (mode == NO_ARGS || mode == EXPRS)
		return;
	if (!parser_at(p, '(')) {
		parser_expect(p, '(');
		return;
	}
	if (mode == RAW_TEXT) {
		/* A text may have parentheses in it. */
		while (p->lexer.at < p->lexer.end && strchr(" \t\r\n", *p->lexer.at))
			p->lexer.at++;
		if (p->lexer.at < p->lexer.end && *p->lexer.at == '"') {
			lexer_next(&p->lexer);
			a->text = p->lexer.now.text;
			while (!parser_failed(p) && p->lexer.now.kind != TOKEN_END &&
			       !parser_at(p, ')'))
				lexer_next(&p->lexer);
		} else {
			a->text = lexer_raw(&p->lexer);
		}
		parser_expect(p, ')');
		return;
	}
	lexer_next(&p->lexer);
	if (mode == ONE_NAME)
		a->text = parser_expect_name(p, "a name");
	else
		a->type = parser_specifier(p);
	parser_expect(p, ')');
}

static struct idl_attribute *attribute(struct parser *p, unsigned places)
{
	struct idl_attribute *a = idl_new(p->idl, struct idl_attribute);

	if (!a)
		return NULL;
	a->place = p->lexer.now.place;
	a->name = parser_expect_name(p, "an attribute");
	for (size_t i = 0; a->name && i < ARRAY_LEN(attribute_table); i++) {
		if (strcmp(a->name, attribute_table[i].name) != 0)
			continue;
		if (!(attribute_table[i].places & places))
			return idl_fail(p->idl, &a->place, "[%s] cannot stand here", a->name);
		read_arguments(p, a, attribute_table[i].mode);
		return parser_failed(p) ? NULL : a;
	}
	return idl_fail(p->idl, &a->place, "unknown attribute [%.60s]", a->name ? a->name : "");
}

struct idl_attribute *parser_attributes(struct parser *p, enum attribute_place place)
{
	struct idl_attribute *first = NULL, **tail = &first;

	while (parser_accept(p, '[')) {
		do {
			if (parser_at(p, ']'))
				break;
			*tail = attribute(p, place);
			if (!*tail)
				return NULL;
			tail = &(*tail)->next;
		} while (parser_accept(p, ','));
		parser_expect(p, ']');
	}
	return first;
}

/* ---- base types ---- */

static struct idl_type *type_new(struct parser *p, enum idl_type_kind kind)
{
	struct idl_type *type = idl_new(p->idl, struct idl_type);

	if (type) {
		type->kind = kind;
		type->file = p->file;
		type->place = p->lexer.now.place;
	}
	return type;
}

static struct idl_type *base(struct parser *p, enum ndr_kind kind)
{
	struct idl_type *type = type_new(p, IDL_BASE);

	if (type) {
		type->base = kind;
		type->defined = true;
	}
	return type;
}

static const struct {
	const char *name;
	enum ndr_kind plain, with_unsigned;
} base_table[] = {
	{ "void", NDR_NONE, NDR_NONE },          { "byte", NDR_BYTE, NDR_BYTE },
	{ "boolean", NDR_BOOLEAN, NDR_BOOLEAN }, { "wchar_t", NDR_WCHAR, NDR_WCHAR },
	{ "char", NDR_CHAR, NDR_UINT8 },         { "small", NDR_INT8, NDR_UINT8 },
	{ "short", NDR_INT16, NDR_UINT16 },      { "long", NDR_INT32, NDR_UINT32 },
	{ "int", NDR_INT32, NDR_UINT32 },        { "__int3264", NDR_INT3264, NDR_UINT3264 },
	{ "hyper", NDR_INT64, NDR_UINT64 },      { "__int64", NDR_INT64, NDR_UINT64 },
	{ "__int32", NDR_INT32, NDR_UINT32 },    { "__int16", NDR_INT16, NDR_UINT16 },
	{ "__int8", NDR_INT8, NDR_UINT8 },       { "float", NDR_FLOAT, NDR_FLOAT },
	{ "double", NDR_DOUBLE, NDR_DOUBLE },
};

/* NULL without failure: it is not a base type. */
static struct idl_type *base_specifier(struct parser *p)
{
	bool is_unsigned = parser_accept_name(p, "unsigned");
	bool is_signed = !is_unsigned && parser_accept_name(p, "signed");

	for (size_t i = 0; i < ARRAY_LEN(base_table); i++) {
		if (!parser_accept_name(p, base_table[i].name))
			continue;
		enum ndr_kind kind =
			is_unsigned ? base_table[i].with_unsigned : base_table[i].plain;
		if (is_signed && kind == NDR_CHAR)
			kind = NDR_INT8;
		if (kind == NDR_INT32 || kind == NDR_UINT32 || kind == NDR_INT16 ||
		    kind == NDR_UINT16 || kind == NDR_INT64 || kind == NDR_UINT64)
			parser_accept_name(p, "int");
		return base(p, kind);
	}
	return is_unsigned ? base(p, NDR_UINT32) : is_signed ? base(p, NDR_INT32) : NULL;
}

/* ---- structs, unions, enums ---- */

static struct idl_member *member_new(struct parser *p, struct idl_attribute *attributes)
{
	struct idl_member *m = idl_new(p->idl, struct idl_member);

	if (m) {
		m->attributes = attributes;
		m->place = p->lexer.now.place;
	}
	return m;
}

/* "type a, *b;" */
static struct idl_member **fields(struct parser *p, struct idl_attribute *attributes,
				  struct idl_member **tail)
{
	struct idl_type *type = parser_specifier(p);

	if (!type)
		return tail;
	bool defines = p->just_defined == type;
	do {
		struct idl_member *m = member_new(p, attributes);

		if (!m)
			break;
		m->defines = defines;
		defines = false;
		m->type = parser_declarator(p, type, &m->name, &m->place);
		*tail = m;
		tail = &m->next;
	} while (!parser_failed(p) && parser_accept(p, ','));
	parser_expect(p, ';');
	return tail;
}

static void struct_body(struct parser *p, struct idl_type *type)
{
	struct idl_member **tail = &type->members;

	while (!parser_failed(p) && !parser_at(p, '}'))
		tail = fields(p, parser_attributes(p, ON_FIELD), tail);
}

/* [case(1)] type name; [default] type name; and `case 1: case 2: type name;`. */
static void union_body(struct parser *p, struct idl_type *type)
{
	struct idl_member **tail = &type->members;

	while (!parser_failed(p) && !parser_at(p, '}')) {
		struct idl_expr *cases = NULL;
		bool fallback = false;

		for (;;) {
			if (parser_accept_name(p, "case")) {
				struct idl_expr *e = idl_new(p->idl, struct idl_expr);
				int64_t value = parser_constant(p);

				if (!e)
					return;
				*e = (struct idl_expr){ .op = NDR_OP_CONST,
							.value = value,
							.c = cases };
				cases = e;
			} else if (parser_accept_name(p, "default")) {
				fallback = true;
			} else {
				break;
			}
			parser_expect(p, ':');
			if (parser_failed(p))
				return;
		}
		struct idl_attribute *attributes = parser_attributes(p, ON_ARM);
		struct idl_member *m;
		if (parser_at(p, ';')) {
			m = *tail = member_new(p, attributes);
			lexer_next(&p->lexer);
		} else {
			fields(p, attributes, tail);
			m = *tail;
		}
		if (!m)
			return;
		m->cases = cases;
		m->fallback = fallback || idl_attribute(attributes, "default");
		while (*tail)
			tail = &(*tail)->next;
	}
}

static void enum_body(struct parser *p, struct idl_type *type)
{
	struct idl_constant **tail = &type->constants;
	int64_t next = 0;

	while (!parser_failed(p) && !parser_at(p, '}')) {
		struct idl_constant *c = idl_new(p->idl, struct idl_constant);

		if (!c)
			return;
		c->name = parser_expect_name(p, "a constant's name");
		c->value = parser_accept(p, '=') ? parser_constant(p) : next;
		next = c->value + 1;
		if (parser_failed(p))
			return;
		parser_add(p, 'c', c->name, c);
		*tail = c;
		tail = &c->next;
		if (!parser_accept(p, ','))
			break;
	}
}

static void switch_clause(struct parser *p, struct idl_type *type)
{
	parser_expect(p, '(');
	type->switch_type = parser_specifier(p);
	type->switch_name = parser_expect_name(p, "the discriminant's name");
	parser_expect(p, ')');
	type->union_name =
		p->lexer.now.kind == TOKEN_NAME ? parser_expect_name(p, "a name") : "tagged_union";
}

static struct idl_type *tagged(struct parser *p, enum idl_type_kind kind)
{
	const char *tag = p->lexer.now.kind == TOKEN_NAME && !parser_at_name(p, "switch")
				  ? parser_expect_name(p, "a tag")
				  : NULL;
	struct idl_type *type = tag ? parser_find(p, 's', tag) : NULL;

	if (type && type->kind != kind)
		return idl_fail(p->idl, &p->lexer.now.place, "%.60s is another kind of type", tag);
	if (!type) {
		type = type_new(p, kind);
		if (!type)
			return NULL;
		type->name = tag;
		if (tag)
			parser_add(p, 's', tag, type);
	}
	if (kind == IDL_UNION && parser_accept_name(p, "switch"))
		switch_clause(p, type);
	if (!parser_at(p, '{'))
		return tag ? type : idl_fail(p->idl, &p->lexer.now.place, "expected a tag or {");
	if (type->defined)
		return idl_fail(p->idl, &p->lexer.now.place, "%.60s is defined a second time",
				tag ? tag : "it");
	if (!parser_enter(p))
		return NULL;
	lexer_next(&p->lexer);
	type->file = p->file;
	type->ms_union = p->ms_union;
	if (kind == IDL_STRUCT)
		struct_body(p, type);
	else if (kind == IDL_UNION)
		union_body(p, type);
	else
		enum_body(p, type);
	parser_expect(p, '}');
	parser_leave(p);
	type->defined = true;
	p->just_defined = type;
	return parser_failed(p) ? NULL : type;
}

/* ---- specifiers and declarators ---- */

static struct idl_type *pointer_to(struct parser *p, struct idl_type *target)
{
	struct idl_type *type = target ? type_new(p, IDL_POINTER) : NULL;

	if (type) {
		type->of = target;
		type->defined = true;
	}
	return type;
}

/* SAFEARRAY(type): what it holds is only said at run time, by the array itself. */
static struct idl_type *safearray(struct parser *p)
{
	const char *name;

	parser_expect(p, '(');
	struct idl_type *element = parser_specifier(p);
	if (element)
		parser_declarator(p, element, &name, NULL);
	parser_expect(p, ')');
	struct idl_type *type = parser_find(p, 't', "LPSAFEARRAY");
	return type ? type : idl_fail(p->idl, &p->lexer.now.place, "SAFEARRAY needs ms-oaut.idl");
}

static struct idl_type *named(struct parser *p)
{
	struct token t = p->lexer.now;
	struct idl_type *type;

	if (t.kind != TOKEN_NAME)
		return idl_fail(p->idl, &t.place, "expected a type here");
	lexer_next(&p->lexer);
	if (!strcmp(t.text, "SAFEARRAY") && parser_at(p, '('))
		return safearray(p);
	if (!strcmp(t.text, "interface")) {
		t = p->lexer.now;
		parser_expect_name(p, "an interface's name");
	} else if (!strcmp(t.text, "handle_t")) {
		type = base(p, NDR_NONE);
		if (type)
			type->is_handle = true;
		return type;
	}
	if (parser_failed(p))
		return NULL;
	type = parser_find(p, 't', t.text);
	if (type)
		return type;
	struct idl_interface *interface = parser_find(p, 'i', t.text);
	if (interface)
		return interface->type;
	return idl_fail(p->idl, &t.place, "unknown type %.60s", t.text);
}

struct idl_type *parser_specifier(struct parser *p)
{
	bool is_const = false;

	if (!parser_enter(p))
		return NULL;
	/* Attributes may stand between typedef and the type too: [switch_type(x)] union ... */
	while (parser_accept_name(p, "const") || parser_accept_name(p, "volatile"))
		is_const = true;
	struct idl_type *type = base_specifier(p);
	if (!type && !parser_failed(p)) {
		if (parser_accept_name(p, "struct"))
			type = tagged(p, IDL_STRUCT);
		else if (parser_accept_name(p, "union"))
			type = tagged(p, IDL_UNION);
		else if (parser_accept_name(p, "enum"))
			type = tagged(p, IDL_ENUM);
		else
			type = named(p);
	}
	while (parser_accept_name(p, "const"))
		is_const = true;
	parser_leave(p);
	if (!type || parser_failed(p) || !is_const)
		return parser_failed(p) ? NULL : type;
	struct idl_type *copy = type_new(p, IDL_ALIAS);
	if (copy) {
		/* A nameless alias that only says const. */
		copy->of = type;
		copy->is_const = true;
		copy->defined = true;
	}
	return copy;
}

struct idl_type *parser_declarator(struct parser *p, struct idl_type *type, const char **ret_name,
				   struct idl_place *ret_place)
{
	uint32_t bounds[8];
	bool open[8];
	size_t count = 0;

	for (unsigned depth = 0; parser_accept(p, '*'); depth++) {
		if (depth == IDL_DEPTH_MAX)
			return idl_fail(p->idl, &p->lexer.now.place, "too many pointers");
		type = pointer_to(p, type);
		while (type && parser_accept_name(p, "const"))
			;
	}
	*ret_name = NULL;
	if (ret_place)
		*ret_place = p->lexer.now.place;
	if (p->lexer.now.kind == TOKEN_NAME)
		*ret_name = parser_expect_name(p, "a name");
	while (type && parser_accept(p, '[')) {
		if (count == ARRAY_LEN(bounds))
			return idl_fail(p->idl, &p->lexer.now.place, "too many dimensions");
		open[count] = parser_at(p, ']') || parser_accept(p, '*');
		struct idl_place place = p->lexer.now.place;
		int64_t bound = open[count] ? 0 : parser_constant(p);
		if (!open[count] && (bound <= 0 || bound > 0x1000000))
			idl_fail(p->idl, &place, "an array of %lld elements", (long long)bound);
		bounds[count++] = (uint32_t)bound;
		parser_expect(p, ']');
		if (parser_failed(p))
			return NULL;
	}
	while (type && count--) {
		struct idl_type *array = type_new(p, IDL_ARRAY);

		if (!array)
			return NULL;
		array->of = type;
		array->count = bounds[count];
		array->open = open[count];
		array->defined = true;
		type = array;
	}
	return parser_failed(p) ? NULL : type;
}

void parser_typedef(struct parser *p, struct idl_attribute *before)
{
	struct idl_attribute *attributes = parser_attributes(p, ON_TYPE);
	struct idl_type *type = parser_specifier(p);

	if (!attributes)
		attributes = before;
	if (!type)
		return;
	bool defines = p->just_defined == type;
	do {
		struct idl_type *alias = type_new(p, IDL_ALIAS);
		struct idl_item *item = parser_item(p, IDL_ITEM_TYPE);

		if (!alias || !item)
			return;
		alias->of = parser_declarator(p, type, &alias->name, &alias->place);
		alias->attributes = attributes;
		alias->defines = defines;
		defines = false;
		alias->defined = true;
		item->type = alias;
		if (!alias->of)
			return;
		if (!alias->name) {
			idl_fail(p->idl, &alias->place, "a typedef needs a name");
			return;
		}
		bool tagged_type = type->kind == IDL_STRUCT || type->kind == IDL_UNION ||
				   type->kind == IDL_ENUM;
		if (alias->of == type && tagged_type && !type->alias && type->file == p->file) {
			type->alias = alias->name;
			type->attributes = attributes;
		}
		parser_add(p, 't', alias->name, alias);
	} while (!parser_failed(p) && parser_accept(p, ','));
	parser_expect(p, ';');
}
