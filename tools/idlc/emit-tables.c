/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME.c: the tables of an IDL file, as ndr/table.h declares them.
 */
#include "lower.h"

#include <stdio.h>

/* ---- types ---- */

static void emit_type(struct lowering *l, struct idl_type *type, struct buf *list, uint32_t *count)
{
	if (!type || type->file != l->file || type->tabled)
		return;
	type->tabled = true;
	const struct lowered *t = lower_named(l, type);
	if (!t)
		return; /* it cannot be on the wire; who uses it so is told */
	buf_printf(list, " %s,", t->ref);
	++*count;
}

/* ---- methods ---- */

static unsigned attribute_flags(const struct idl_attribute *attributes)
{
	static const struct {
		const char *name;
		unsigned flag;
	} rows[] = {
		{ "propget", NDR_PROPGET },
		{ "propput", NDR_PROPPUT },
		{ "propputref", NDR_PROPPUTREF },
		{ "idempotent", NDR_IDEMPOTENT },
		{ "id", NDR_HAS_ID },
		{ "local", NDR_LOCAL },
		{ "call_as", NDR_CALL_AS },
		{ "hidden", NDR_HIDDEN },
		{ "restricted", NDR_RESTRICTED },
		{ "vararg", NDR_VARARG },
	};
	unsigned flags = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		flags |= idl_attribute(attributes, rows[i].name) ? rows[i].flag : 0;
	return flags;
}

/* defaultvalue(""): what is left out is empty anyway. */
static bool is_empty_text(const struct idl_attribute *a)
{
	return a->text && !*a->text;
}

static unsigned param_flags(const struct idl_member *m)
{
	unsigned flags = 0;

	flags |= idl_attribute(m->attributes, "in") ? NDR_IN : 0;
	flags |= idl_attribute(m->attributes, "out") ? NDR_OUT : 0;
	flags |= idl_attribute(m->attributes, "retval") ? NDR_RETVAL | NDR_OUT : 0;
	flags |= idl_attribute(m->attributes, "optional") ? NDR_OPTIONAL : 0;
	flags |= idl_attribute(m->attributes, "lcid") ? NDR_LCID : 0;
	const struct idl_attribute *initial = idl_attribute(m->attributes, "defaultvalue");

	if (initial)
		flags |= NDR_OPTIONAL | (is_empty_text(initial) ? 0 : NDR_DEFAULT);
	/* [MS-IISS] leaves [in] out, as MIDL lets it. */
	return flags & (NDR_IN | NDR_OUT) ? flags : flags | NDR_IN;
}

static void refuse_method(struct lowering *l, const struct idl_method *m, const char *what,
			  const struct idl_place *place)
{
	if (!l->idl->result)
		idl_fail(l->idl, place, "%.60s of %.60s cannot be sent: %.300s", what, m->name,
			 l->refusal ? l->refusal : "its type is unknown");
}

/* Types that automation knows by the name of their typedef. */
static const struct {
	const char *name;
	VARTYPE vt;
} automation_names[] = {
	{ "VARIANT_BOOL", VT_BOOL }, { "DATE", VT_DATE },
	{ "CURRENCY", VT_CY },       { "CY", VT_CY },
	{ "SCODE", VT_ERROR },       { "HRESULT", VT_HRESULT },
	{ "BSTR", VT_BSTR },         { "VARIANT", VT_VARIANT },
	{ "DECIMAL", VT_DECIMAL },   { "PSAFEARRAY", VT_ARRAY | VT_VARIANT },
};

static VARTYPE scalar_vartype(enum ndr_kind kind)
{
	static const VARTYPE types[] = {
		[NDR_BYTE] = VT_UI1,   [NDR_CHAR] = VT_I1,    [NDR_BOOLEAN] = VT_UI1,
		[NDR_WCHAR] = VT_UI2,  [NDR_INT8] = VT_I1,    [NDR_UINT8] = VT_UI1,
		[NDR_INT16] = VT_I2,   [NDR_UINT16] = VT_UI2, [NDR_INT32] = VT_I4,
		[NDR_UINT32] = VT_UI4, [NDR_INT64] = VT_I8,   [NDR_UINT64] = VT_UI8,
		[NDR_FLOAT] = VT_R4,   [NDR_DOUBLE] = VT_R8,
	};

	return kind < sizeof types / sizeof *types ? types[kind] : VT_EMPTY;
}

static bool is_dispatch(const struct idl_interface *i)
{
	while (i && strcmp(i->name, "IDispatch") != 0)
		i = i->base;
	return i != NULL;
}

static VARTYPE automation_type(struct idl_type *type, unsigned pointers)
{
	VARTYPE vt;

	for (; type->kind == IDL_ALIAS; type = type->of) {
		for (size_t i = 0;
		     type->name && i < sizeof automation_names / sizeof *automation_names; i++) {
			if (!strcmp(type->name, automation_names[i].name))
				return automation_names[i].vt;
		}
	}
	if (type->kind == IDL_BASE)
		return scalar_vartype(type->base);
	if (type->kind == IDL_ENUM)
		return VT_I4;
	if (type->kind != IDL_POINTER || pointers > 1)
		return VT_EMPTY;
	struct idl_type *target = idl_strip(type->of);
	if (target->kind == IDL_INTERFACE)
		return is_dispatch(target->interface) ? VT_DISPATCH : VT_UNKNOWN;
	vt = automation_type(type->of, pointers + 1);
	return vt && !(vt & VT_BYREF) ? vt | VT_BYREF : VT_EMPTY;
}

/* A number; texts are none. */
static int64_t default_value(struct lowering *l, const struct idl_member *p)
{
	const struct idl_attribute *a = idl_attribute(p->attributes, "defaultvalue");

	if (!a->count || !a->args[0]) {
		idl_fail(l->idl, &p->place, "the defaultvalue of %.60s must be a number", p->name);
		return 0;
	}
	return lower_constant(l, a, 0);
}

/* One row of the params of a frame. */
static bool emit_param(struct lowering *l, const struct idl_method *m, struct idl_member *p,
		       const struct scope *frame, unsigned flags, struct buf *rows)
{
	const struct lowered *t = lower_member(l, p, frame, flags != NDR_RESULT);

	if (!t) {
		refuse_method(l, m, p->name, &p->place);
		return false;
	}
	if (t->flags & NDR_CONFORMANT || (flags & NDR_OUT && t->kind != NDR_POINTER)) {
		idl_fail(l->idl, &p->place, "%.60s of %.60s must be a pointer", p->name, m->name);
		return false;
	}
	buf_printf(rows, " { \"%s\", %s, offsetof(%s, %s), %u, 0x%x", p->name, t->ref,
		   frame->c_name, p->name, flags, automation_type(p->type, 0));
	if (flags & NDR_DEFAULT)
		buf_printf(rows, ", %lld", (long long)default_value(l, p));
	buf_puts(rows, " },");
	return true;
}

static bool never_called(const struct idl_method *m)
{
	return strstr(m->name, "NotUsedOnWire") || idl_attribute(m->attributes, "local");
}

static void emit_method(struct lowering *l, const struct idl_interface *i, struct idl_method *m,
			unsigned opnum, struct buf *rows)
{
	struct scope frame = { m->params, i->dispinterface ? NULL : emit_frame_name(l->idl, i, m) };
	const struct idl_attribute *id = idl_attribute(m->attributes, "id");
	struct buf params;
	uint32_t count = 0;
	bool silent = never_called(m);

	buf_init(&params, 1 << 20);
	for (struct idl_member *p = m->params; p && !silent; p = p->next, count++) {
		if (!frame.c_name || !emit_param(l, m, p, &frame, param_flags(p), &params))
			break;
	}
	if (!silent && frame.c_name && !emit_is_void(m->result)) {
		struct idl_member result = { .name = "ReturnValue",
					     .type = m->result,
					     .place = m->place };
		emit_param(l, m, &result, &frame, NDR_RESULT, &params);
		count++;
	}
	const char *name = NULL;
	if (buf_failed(&params))
		idl_fail(l->idl, &m->place, "out of memory");
	if (count && frame.c_name && !l->idl->result)
		name = lower_define(l, "const struct ndr_field %s[] =", 'p', buf_cstr(&params));
	buf_done(&params);
	if (l->idl->result)
		return;
	buf_printf(rows, " { \"%s\", %u, 0x%x, %lld, ", m->name, opnum,
		   attribute_flags(m->attributes) | (silent ? NDR_LOCAL : 0),
		   id ? (long long)lower_constant(l, id, 0) : 0ll);
	if (name)
		buf_printf(rows, "sizeof(%s), %u, %s },\n", frame.c_name, count, name);
	else
		buf_puts(rows, "0, 0, NULL },\n");
}

/* ---- interfaces ---- */

static unsigned first_opnum(const struct idl_interface *i)
{
	unsigned n = 0;

	for (i = i->base; i; i = i->base)
		n += i->method_count;
	return n;
}

static void version_of(struct lowering *l, const struct idl_interface *i, unsigned *ret_major,
		       unsigned *ret_minor)
{
	const struct idl_attribute *a = idl_attribute(i->attributes, "version");
	int end = 0;

	*ret_major = *ret_minor = 0;
	if (a && (sscanf(a->text, "%5u.%5u%n", ret_major, ret_minor, &end) < 1 ||
		  *ret_major > 0xFFFF || *ret_minor > 0xFFFF))
		idl_fail(l->idl, &a->place, "\"%.60s\" is not a version", a->text);
}

static unsigned interface_flags(const struct idl_interface *i)
{
	return (emit_is_object(i) ? NDR_OBJECT : 0) |
	       (idl_attribute(i->attributes, "dual") ? NDR_DUAL : 0) |
	       (i->dispinterface ? NDR_DISPINTERFACE : 0) |
	       (idl_attribute(i->attributes, "local") ? NDR_LOCAL_INTERFACE : 0);
}

static void emit_interface_table(struct lowering *l, const struct idl_interface *i)
{
	bool own = i->file == l->file;
	struct buf rows;
	unsigned opnum = first_opnum(i), major, minor, methods = 0;
	const char *guid = emit_guid(l->idl, i->attributes, &i->place);

	version_of(l, i, &major, &minor);
	if (opnum + i->method_count > 4096)
		idl_fail(l->idl, &i->place, "%.60s has too many methods", i->name);
	buf_init(&rows, 8 << 20);
	for (struct idl_method *m = i->methods; m && !l->idl->result; m = m->next, methods++)
		emit_method(l, i, m, opnum + methods, &rows);
	if (buf_failed(&rows))
		idl_fail(l->idl, &i->place, "out of memory");
	if (l->idl->result) {
		buf_done(&rows);
		return;
	}
	if (methods)
		buf_printf(l->out, "static const struct ndr_method m_%s[] = {\n%s};\n", i->name,
			   buf_cstr(&rows));
	buf_done(&rows);
	if (own && emit_is_object(i) && !idl_is_native(l->idl, idl_text(l->idl, "%sVtbl", i->name)))
		buf_printf(l->out, "const IID IID_%s = %s;\n", i->name, guid);
	buf_printf(l->out,
		   "const struct ndr_interface ndr_interface_%s = { NDR_TABLES_VERSION, \"%s\", "
		   "%s, %u, "
		   "%u, 0x%x, %u, %u, %s%s, %s%s, %s%s };\n",
		   i->name, i->name, guid, major, minor, interface_flags(i), opnum, methods,
		   i->base ? "&ndr_interface_" : "NULL", i->base ? i->base->name : "",
		   methods ? "m_" : "NULL", methods ? i->name : "", own ? "&ndr_module_" : "NULL",
		   own ? emit_identifier(l->idl, l->file->name) : "");
}

/* What it derives from, when that is of another file and has to be in this one. */
static void emit_bases(struct lowering *l, struct idl_interface *base)
{
	if (!l->idl->whole || !base || base->file == l->file || base->tabled)
		return;
	base->tabled = true;
	emit_bases(l, base->base);
	if (!l->idl->result)
		emit_interface_table(l, base);
}

static void emit_interface(struct lowering *l, const struct idl_interface *i, struct buf *list,
			   uint32_t *count)
{
	emit_bases(l, i->base);
	if (!l->idl->result)
		emit_interface_table(l, i);
	buf_printf(list, " &ndr_interface_%s,", i->name);
	++*count;
}

static void emit_coclass(struct lowering *l, const struct idl_coclass *c, struct buf *list,
			 uint32_t *count)
{
	const char *guid = emit_guid(l->idl, c->attributes, NULL);

	buf_printf(l->out,
		   "const CLSID CLSID_%s = %s;\n"
		   "static const struct ndr_coclass c_%s = { \"%s\", %s, %s%s, %s%s };\n",
		   c->name, guid, c->name, c->name, guid, c->main ? "&ndr_interface_" : "NULL",
		   c->main ? c->main->name : "", c->source ? "&ndr_interface_" : "NULL",
		   c->source ? c->source->name : "");
	buf_printf(list, " &c_%s,", c->name);
	++*count;
}

/* ---- the file ---- */

struct lists {
	struct buf types, interfaces, coclasses;
	uint32_t type_count, interface_count, coclass_count;
};

static void emit_items(struct lowering *l, struct lists *lists)
{
	for (const struct idl_item *item = l->file->items; item && !l->idl->result;
	     item = item->next) {
		if (item->kind == IDL_ITEM_TYPE) {
			emit_type(l, emit_table_type(item->type), &lists->types,
				  &lists->type_count);
			emit_type(l, emit_behind_pointers(item->type), &lists->types,
				  &lists->type_count);
		} else if (item->kind == IDL_ITEM_INTERFACE) {
			emit_interface(l, item->interface, &lists->interfaces,
				       &lists->interface_count);
		} else if (item->kind == IDL_ITEM_COCLASS) {
			emit_coclass(l, item->coclass, &lists->coclasses, &lists->coclass_count);
		}
	}
}

static const char *emit_list(struct buf *out, const char *type, const char *name, struct buf *list)
{
	if (!list->length)
		return "NULL";
	buf_printf(out, "static const struct %s *const %s[] = {%s};\n", type, name, buf_cstr(list));
	return name;
}

static void emit_module(struct lowering *l, struct lists *lists)
{
	const char *types = emit_list(l->out, "ndr_type", "types", &lists->types);
	const char *interfaces =
		emit_list(l->out, "ndr_interface", "interfaces", &lists->interfaces);
	const char *classes = emit_list(l->out, "ndr_coclass", "coclasses", &lists->coclasses);

	buf_printf(
		l->out,
		"const struct ndr_module ndr_module_%s = { NDR_TABLES_VERSION, \"%s\", %s, %s, %s, "
		"%u, %u, %u };\n",
		emit_identifier(l->idl, l->file->name), l->file->name, types, interfaces, classes,
		lists->type_count, lists->interface_count, lists->coclass_count);
}

int idl_emit_tables(struct idl *idl, const struct idl_file *file, struct buf *out)
{
	struct lowering l = { .idl = idl, .file = file, .out = out };
	struct lists lists = { 0 };
	struct buf *bufs[] = { &lists.types, &lists.interfaces, &lists.coclasses };

	for (size_t i = 0; i < 3; i++)
		buf_init(bufs[i], 8 << 20);
	l.known = map_new(IDL_NAMES_MAX, 0);
	if (!l.known)
		idl_fail(idl, NULL, "out of memory");
	buf_printf(out,
		   "/* Made by idlc from %s.idl; do not edit. */\n#include \"%s.h\"\n\n"
		   "#pragma GCC diagnostic ignored \"-Wmissing-field-initializers\"\n\n",
		   file->name, file->name);
	if (!idl->result)
		emit_items(&l, &lists);
	if (!idl->result)
		emit_module(&l, &lists);
	if (buf_failed(out) || buf_failed(&lists.types) || buf_failed(&lists.interfaces) ||
	    buf_failed(&lists.coclasses))
		idl_fail(idl, NULL, "out of memory, or too large");
	for (size_t i = 0; i < 3; i++)
		buf_done(bufs[i]);
	map_free(l.known, NULL);
	return idl->result;
}
