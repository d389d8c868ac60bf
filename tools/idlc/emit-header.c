/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME.h: the C types of an IDL file, the vtables of its interfaces, the frames of their methods,
 * and the names of its tables. Types that surrogate/com.h (or another header given to idlc)
 * declares keep their declaration there.
 */
#include "emit.h"

#include <ctype.h>
#include <stdio.h>

static const char *const base_names[] = {
	[NDR_NONE] = "void",       [NDR_BYTE] = "uint8_t",     [NDR_CHAR] = "char",
	[NDR_BOOLEAN] = "uint8_t", [NDR_WCHAR] = "char16_t",   [NDR_INT8] = "int8_t",
	[NDR_UINT8] = "uint8_t",   [NDR_INT16] = "int16_t",    [NDR_UINT16] = "uint16_t",
	[NDR_INT32] = "int32_t",   [NDR_UINT32] = "uint32_t",  [NDR_INT64] = "int64_t",
	[NDR_UINT64] = "uint64_t", [NDR_INT3264] = "intptr_t", [NDR_UINT3264] = "uintptr_t",
	[NDR_FLOAT] = "float",     [NDR_DOUBLE] = "double",
};

static const char *const tag_words[] = {
	[IDL_STRUCT] = "struct",
	[IDL_UNION] = "union",
	[IDL_ENUM] = "enum",
};

bool emit_is_void(struct idl_type *type)
{
	type = idl_strip(type);
	return type->kind == IDL_BASE && type->base == NDR_NONE && !type->is_handle;
}

/* An encapsulated union is a struct in C. */
static const char *tag_word(const struct idl_type *type)
{
	return type->kind == IDL_UNION && type->switch_type ? "struct" : tag_words[type->kind];
}

const char *emit_type_name(struct idl *idl, const struct idl_type *type)
{
	switch (type->kind) {
	case IDL_BASE:
		return type->is_handle ? "void *" : base_names[type->base];
	case IDL_ALIAS:
		if (type->name)
			return type->name;
		return idl_text(idl, "const %s", emit_type_name(idl, type->of));
	case IDL_INTERFACE:
		return type->name;
	case IDL_STRUCT:
	case IDL_UNION:
	case IDL_ENUM:
		if (idl_is_native(idl, type->alias))
			return type->alias;
		if (type->name || type->alias)
			return idl_text(idl, "%s %s", tag_word(type),
					type->name ? type->name : type->alias);
		return type->c_name;
	default:
		return NULL;
	}
}

const char *emit_declaration(struct idl *idl, struct idl_type *type, const char *name,
			     bool parameter)
{
	const char *text = name;
	bool first = true;

	for (; type->kind == IDL_POINTER || type->kind == IDL_ARRAY;
	     type = type->of, first = false) {
		if (type->kind == IDL_POINTER)
			text = idl_text(idl, "*%s", text);
		else if (first && parameter)
			text = idl_text(idl, "*%s", text);
		else if (type->open)
			text = idl_text(idl, "%s[]", text);
		else
			text = idl_text(idl, text[0] == '*' ? "(%s)[%u]" : "%s[%u]", text,
					type->count);
		if (!text)
			return NULL;
	}
	const char *base = emit_type_name(idl, type);
	return base ? idl_text(idl, "%s %s", base, text) : NULL;
}

const char *emit_method_name(struct idl *idl, const struct idl_method *method)
{
	static const char *const kinds[][2] = { { "propget", "get_" },
						{ "propput", "put_" },
						{ "propputref", "putref_" } };

	for (size_t i = 0; i < 3; i++) {
		if (idl_attribute(method->attributes, kinds[i][0]))
			return idl_text(idl, "%s%s", kinds[i][1], method->name);
	}
	return method->name;
}

const char *emit_frame_name(struct idl *idl, const struct idl_interface *interface,
			    const struct idl_method *method)
{
	return idl_text(idl, "struct %s_%s", interface->name, emit_method_name(idl, method));
}

bool emit_is_object(const struct idl_interface *i)
{
	for (; i; i = i->base) {
		if (idl_attribute(i->attributes, "object") || i->dispinterface ||
		    !strcmp(i->name, "IUnknown"))
			return true;
	}
	return false;
}

const char *emit_identifier(struct idl *idl, const char *file_name)
{
	char *text = idl_text(idl, "%s", file_name);

	for (char *at = text; at && *at; at++) {
		if (!isalnum((unsigned char)*at))
			*at = '_';
	}
	return text;
}

const char *emit_guid(struct idl *idl, const struct idl_attribute *attributes,
		      const struct idl_place *place)
{
	const struct idl_attribute *a = idl_attribute(attributes, "uuid");
	unsigned d1, d2, d3, d[8];
	int end = 0;

	if (!a)
		return idl_fail(idl, place, "it needs a uuid");
	if (sscanf(a->text, "%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x%n", &d1, &d2, &d3, &d[0], &d[1],
		   &d[2], &d[3], &d[4], &d[5], &d[6], &d[7], &end) != 11 ||
	    end != 36 || a->text[36])
		return idl_fail(idl, &a->place, "\"%.60s\" is not a UUID", a->text);
	return idl_text(idl,
			"{ 0x%08x, 0x%04x, 0x%04x, { 0x%02x, 0x%02x, 0x%02x, 0x%02x, 0x%02x, "
			"0x%02x, 0x%02x, 0x%02x } }",
			d1, d2, d3, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
}

struct idl_type *emit_table_type(struct idl_type *type)
{
	if (type->kind != IDL_ALIAS)
		return type->alias ? NULL : type;
	if (idl_attribute(type->attributes, "wire_marshal"))
		return type;
	struct idl_type *of = idl_strip(type);
	bool tagged = of->kind == IDL_STRUCT || of->kind == IDL_UNION || of->kind == IDL_ENUM;
	return tagged && of->alias && !strcmp(of->alias, type->name) ? of : NULL;
}

struct idl_type *emit_behind_pointers(struct idl_type *type)
{
	if (type->kind != IDL_ALIAS || !type->defines)
		return NULL;
	for (type = type->of; type->kind == IDL_POINTER || type->kind == IDL_ARRAY;)
		type = type->of;
	return type->alias ? NULL : type;
}

/* Published files have tables of the same name ([MS-LSAD] and [MS-LSAT]), so each is a symbol of
 * its file; C code that includes one of them need not know. */
static void emit_extern(struct idl *idl, const struct idl_file *file, struct buf *out,
			const char *kind, const char *name)
{
	buf_printf(out, "extern const struct ndr_%s ndr_%s_%s __asm__(\"ndr_%s_%s_%s\");\n", kind,
		   kind, name, kind, emit_identifier(idl, file->name), name);
}

/* ---- definitions of types ---- */

static void emit_body(struct idl *idl, struct idl_type *type, struct buf *out, int indent);

static void tabs(struct buf *out, int count)
{
	while (count--)
		buf_putc(out, '\t');
}

static bool defines(const struct idl *idl, const struct idl_type *type, const struct idl_file *file)
{
	bool tagged = type->kind == IDL_STRUCT || type->kind == IDL_UNION || type->kind == IDL_ENUM;

	return tagged && type->defined && !type->emitted && type->file == file &&
	       !idl_is_native(idl, type->alias) && !idl_is_native(idl, type->name);
}

/* A field, with the definition of its type when that stands only here. */
static void emit_member(struct idl *idl, struct idl_member *m, struct buf *out, int indent)
{
	struct idl_type *type = m->type;

	tabs(out, indent);
	while (type->kind == IDL_POINTER || type->kind == IDL_ARRAY)
		type = type->of;
	bool inline_type = m->defines && type->kind != IDL_ENUM && defines(idl, type, type->file);
	if (!inline_type && type->kind != IDL_ALIAS && !emit_type_name(idl, type)) {
		idl_fail(idl, &m->place, "a type without a name cannot be used here");
		return;
	}
	if (!inline_type) {
		buf_printf(out, "%s;\n",
			   emit_declaration(idl, m->type, m->name ? m->name : "", false));
		return;
	}
	const char *name = type->name ? type->name : type->alias;
	buf_printf(out, "%s%s%s ", tag_word(type), name ? " " : "", name ? name : "");
	emit_body(idl, type, out, indent);
	const char *text = m->name ? m->name : "";
	const char *saved = type->c_name;
	type->c_name = "";
	const char *declared = emit_declaration(idl, m->type, text, false);
	type->c_name = saved;
	/* Behind the body only the declarator is wanted. */
	const char *declarator = declared ? strstr(declared, " ") : NULL;
	if (name && declarator)
		declarator = strstr(declarator + 1, " ");
	buf_printf(out, "%s;\n", declarator ? declarator : "");
}

static void emit_members(struct idl *idl, struct idl_type *type, struct buf *out, int indent)
{
	unsigned count = 0;

	for (struct idl_member *m = type->members; m; m = m->next) {
		if (!m->type)
			continue;
		count++;
		emit_member(idl, m, out, indent);
	}
	if (!count) {
		tabs(out, indent);
		buf_puts(out, "uint8_t empty;\n");
	}
}

static void emit_body(struct idl *idl, struct idl_type *type, struct buf *out, int indent)
{
	type->emitted = true;
	buf_puts(out, "{\n");
	if (type->kind == IDL_UNION && type->switch_type) {
		tabs(out, indent + 1);
		buf_printf(out, "%s;\n",
			   emit_declaration(idl, type->switch_type, type->switch_name, false));
		tabs(out, indent + 1);
		buf_puts(out, "union {\n");
		emit_members(idl, type, out, indent + 2);
		tabs(out, indent + 1);
		buf_printf(out, "} %s;\n", type->union_name);
	} else {
		emit_members(idl, type, out, indent + 1);
	}
	tabs(out, indent);
	buf_putc(out, '}');
}

static void emit_enum(struct idl *idl, struct idl_type *type, struct buf *out)
{
	unsigned count = 0;

	type->emitted = true;
	buf_printf(out, "%s {\n", emit_type_name(idl, type));
	for (struct idl_constant *c = type->constants; c; c = c->next) {
		if (idl_is_native(idl, c->name))
			continue;
		buf_printf(out, "\t%s = (int32_t)%lld,\n", c->name, (long long)c->value);
		count++;
	}
	if (!count)
		buf_printf(out, "\t%s_declared_elsewhere\n", type->name ? type->name : type->alias);
	buf_puts(out, "};\n");
}

/* Enums inside of a struct's fields come in front of it: in C their constants are global anyway. */
static void emit_inner_enums(struct idl *idl, struct idl_type *type, struct buf *out)
{
	for (struct idl_member *m = type->members; m; m = m->next) {
		struct idl_type *inner = m->type;

		while (inner && (inner->kind == IDL_POINTER || inner->kind == IDL_ARRAY))
			inner = inner->of;
		if (inner && inner->kind == IDL_ENUM && defines(idl, inner, inner->file))
			emit_enum(idl, inner, out);
	}
}

static void emit_definition(struct idl *idl, const struct idl_file *file, struct idl_type *type,
			    struct buf *out)
{
	if (!defines(idl, type, file))
		return;
	if (type->kind == IDL_ENUM) {
		emit_enum(idl, type, out);
		return;
	}
	emit_inner_enums(idl, type, out);
	buf_printf(out, "%s ", emit_type_name(idl, type));
	emit_body(idl, type, out, 0);
	buf_puts(out, ";\n");
}

static void emit_type(struct idl *idl, const struct idl_file *file, struct idl_type *type,
		      struct buf *out)
{
	struct idl_type *inner = type;
	struct idl_type *tables[] = { emit_table_type(type), emit_behind_pointers(type) };

	for (size_t i = 0; i < 2; i++) {
		if (tables[i] && tables[i]->file == file)
			emit_extern(idl, file, out, "type",
				    tables[i]->alias ? tables[i]->alias : tables[i]->name);
	}
	if (type->kind != IDL_ALIAS) {
		emit_definition(idl, file, type, out);
		return;
	}
	for (inner = type->of; inner->kind == IDL_POINTER || inner->kind == IDL_ARRAY;)
		inner = inner->of;
	if (type->defines)
		emit_definition(idl, file, inner, out);
	if (idl_is_native(idl, type->name))
		return;
	if (idl_attribute(type->attributes, "context_handle"))
		buf_printf(out, "typedef struct ndr_context %s;\n", type->name);
	else
		buf_printf(out, "typedef %s;\n",
			   emit_declaration(idl, type->of, type->name, false));
}

/* ---- interfaces ---- */

static void emit_slots(struct idl *idl, const struct idl_interface *i, const char *self,
		       struct buf *out)
{
	if (!strcmp(i->name, "IUnknown")) {
		buf_printf(out, "\tIUNKNOWN_METHODS(%s)\n", self);
		return;
	}
	if (i->base)
		emit_slots(idl, i->base, self, out);
	if (!strcmp(i->name, "IDispatch")) {
		buf_printf(out, "\tIDISPATCH_METHODS(%s)\n", self);
		return;
	}
	for (const struct idl_method *m = i->methods; m; m = m->next) {
		buf_printf(out, "\t%s)(%s *This",
			   emit_declaration(idl, m->result,
					    idl_text(idl, "(*%s", emit_method_name(idl, m)), false),
			   self);
		for (struct idl_member *p = m->params; p; p = p->next)
			buf_printf(out, ", %s", emit_declaration(idl, p->type, p->name, true));
		buf_puts(out, ");\n");
	}
}

static void emit_frames(struct idl *idl, const struct idl_interface *i, struct buf *out)
{
	for (const struct idl_method *m = i->methods; m; m = m->next) {
		bool empty = !m->params && emit_is_void(m->result);

		buf_printf(out, "%s {\n", emit_frame_name(idl, i, m));
		for (struct idl_member *p = m->params; p; p = p->next)
			buf_printf(out, "\t%s;\n", emit_declaration(idl, p->type, p->name, true));
		if (!emit_is_void(m->result))
			buf_printf(out, "\t%s;\n",
				   emit_declaration(idl, m->result, "ReturnValue", false));
		else if (empty)
			buf_puts(out, "\tuint8_t empty;\n");
		buf_puts(out, "};\n");
	}
}

static void emit_interface(struct idl *idl, const struct idl_interface *i, struct buf *out)
{
	const char *vtable = idl_text(idl, "%sVtbl", i->name);

	buf_putc(out, '\n');
	emit_extern(idl, i->file, out, "interface", i->name);
	if (emit_is_object(i) && !idl_is_native(idl, vtable)) {
		buf_printf(out, "extern const IID IID_%s;\n", i->name);
		if (!i->dispinterface) {
			buf_printf(out, "typedef struct %s {\n", vtable);
			emit_slots(idl, i, i->name, out);
			buf_printf(out, "} %s;\nstruct %s {\n\tconst %s *lpVtbl;\n};\n", vtable,
				   i->name, vtable);
		}
	}
	if (!i->dispinterface)
		emit_frames(idl, i, out);
}

static void emit_constant(struct idl *idl, const struct idl_item *item, struct buf *out)
{
	if (idl_is_native(idl, item->name))
		return;
	if (!item->type)
		buf_printf(out, "#define %s %lld\n", item->name, (long long)item->value);
	else if (item->text)
		buf_printf(out, "#define %s \"%s\"\n", item->name, item->text);
	else
		buf_printf(out, "#define %s ((%s)%lld)\n", item->name,
			   emit_declaration(idl, item->type, "", false), (long long)item->value);
}

static void emit_item(struct idl *idl, const struct idl_file *file, const struct idl_item *item,
		      struct buf *out)
{
	switch (item->kind) {
	case IDL_ITEM_TYPE:
		emit_type(idl, file, item->type, out);
		break;
	case IDL_ITEM_INTERFACE:
		emit_interface(idl, item->interface, out);
		break;
	case IDL_ITEM_FORWARD:
		if (!idl_is_native(idl, item->interface->name))
			buf_printf(out, "typedef struct %s %s;\n", item->interface->name,
				   item->interface->name);
		break;
	case IDL_ITEM_COCLASS:
		buf_printf(out, "extern const CLSID CLSID_%s;\n", item->coclass->name);
		break;
	case IDL_ITEM_CONST:
		emit_constant(idl, item, out);
		break;
	case IDL_ITEM_QUOTE:
		buf_printf(out, "%s\n", item->text);
		break;
	}
}

int idl_emit_header(struct idl *idl, const struct idl_file *file, struct buf *out)
{
	buf_printf(out,
		   "/* Made by idlc from %s.idl; do not edit. */\n#pragma once\n\n"
		   "#include <surrogate/tables.h>\n",
		   file->name);
	for (unsigned i = 0; i < file->import_count; i++)
		buf_printf(out, "#include \"%s.h\"\n", file->imports[i]->name);
	buf_putc(out, '\n');
	for (const struct idl_item *item = file->items; item && !idl->result; item = item->next)
		emit_item(idl, file, item, out);
	buf_printf(out, "\nextern const struct ndr_module ndr_module_%s;\n",
		   emit_identifier(idl, file->name));
	if (buf_failed(out))
		idl_fail(idl, NULL, "out of memory");
	return idl->result;
}
