/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types to tables; see lower.h. A declaration is taken apart level by level (pointer, array,
 * typedef) from the outside in: each size_is argument is for its level, [string] is for the
 * innermost one, a pointer class for the outermost of the declaration or typedef that says it
 * ([C706] 4.2.20, [MS-RPCE] 2.2.4).
 */
#include "lower.h"

#include "ndr/expr.h"

#include <stdio.h>

/* What attributes of the declaration and of its typedefs ask for. */
struct wants {
	const struct scope *scope;
	const struct idl_attribute *attributes; /* of the declaration itself */
	bool string, parameter, context;
	unsigned pointer_class; /* for the next pointer, 0: the default */
	const struct idl_attribute *range;
	struct idl_place *place;
	unsigned level, depth;
};

static const struct lowered *refuse(struct lowering *l, const char *why)
{
	l->refusal = why;
	return NULL;
}

const char *lower_define(struct lowering *l, const char *declaration, char prefix,
			 const char *initializer)
{
	const char *name;

	if (l->quiet)
		return "NULL";
	name = map_get(l->known, text_of(initializer));
	if (name)
		return name;
	name = idl_text(l->idl, "%c%u", prefix, l->next++);
	if (!name || map_put(l->known, text_of(initializer), (void *)name, NULL) < 0)
		return idl_fail(l->idl, NULL, "out of memory");
	buf_puts(l->out, "static ");
	char *line = idl_text(l->idl, declaration, name);
	buf_printf(l->out, "%s {%s};\n", line ? line : "", initializer);
	return name;
}

static struct lowered *lowered_new(struct lowering *l, enum ndr_kind kind)
{
	struct lowered *t = idl_new(l->idl, struct lowered);

	if (t)
		t->kind = kind;
	return t;
}

/* A nameless type: its own columns, then what is particular. */
static struct lowered *nameless(struct lowering *l, struct lowered *t, const char *kind,
				const char *rest)
{
	const char *text = idl_text(l->idl,
				    " .name = \"\", .kind = NDR_%s, .align = %u, .flags = 0x%x, "
				    ".size = %s, .least = %u, %s ",
				    kind, t->align, t->flags, t->size, t->least, rest);
	const char *name = text ? lower_define(l, "const struct ndr_type %s =", 't', text) : NULL;

	if (!name)
		return NULL;
	t->ref = l->quiet ? "NULL" : idl_text(l->idl, "&%s", name);
	return t;
}

static const char *const kind_names[] = {
#define X(name, wire, memory, is_signed) [NDR_##name] = #name,
	NDR_SCALARS(X)
#undef X
};

static const struct lowered *scalar(struct lowering *l, enum ndr_kind kind,
				    const struct idl_attribute *range)
{
	struct lowered *t = lowered_new(l, kind);

	if (!t)
		return NULL;
	t->align = t->least = ndr_wire_size[kind];
	t->flags = NDR_SIMPLE | (ndr_wire_size[kind] == ndr_memory_size[kind] ? NDR_VERBATIM : 0);
	t->bytes = ndr_memory_size[kind];
	t->size = idl_text(l->idl, "%u", ndr_memory_size[kind]);
	if (!range) {
		t->ref = idl_text(l->idl, "&ndr_base[NDR_%s]", kind_names[kind]);
		return t->ref ? t : NULL;
	}
	t->flags = (t->flags & ~NDR_VERBATIM) | NDR_RANGE;
	return nameless(l, t, kind_names[kind],
			idl_text(l->idl, ".low = %lld, .high = %lld",
				 (long long)lower_constant(l, range, 0),
				 (long long)lower_constant(l, range, 1)));
}

int64_t lower_constant(struct lowering *l, const struct idl_attribute *a, unsigned index)
{
	int64_t value = 0;

	if (index >= a->count || !a->args[index] || !idl_expr_constant(a->args[index], &value))
		idl_fail(l->idl, &a->place, "[%s] needs constants", a->name);
	return value;
}

static const struct lowered *lower_level(struct lowering *l, struct idl_type *type,
					 struct wants *w);

/* ---- arrays ---- */

/* The expression that an attribute has for this level; NULL without failure: none. */
static struct idl_expr *for_level(const struct wants *w, const char *name)
{
	const struct idl_attribute *a = idl_attribute(w->attributes, name);

	return a && w->level < a->count ? a->args[w->level] : NULL;
}

static bool has_bounds(const struct wants *w)
{
	return for_level(w, "size_is") || for_level(w, "max_is") || for_level(w, "length_is") ||
	       for_level(w, "last_is") || for_level(w, "first_is");
}

static bool is_character(struct idl_type *type)
{
	type = idl_strip(type);
	return type->kind == IDL_BASE &&
	       (type->base == NDR_WCHAR || type->base == NDR_CHAR || type->base == NDR_BYTE ||
		type->base == NDR_UINT8 || type->base == NDR_INT8 || type->base == NDR_UINT16);
}

/* length = last - first + 1 */
static const char *length_expr(struct lowering *l, const struct wants *w)
{
	struct idl_expr *length = for_level(w, "length_is"), *last = for_level(w, "last_is");
	struct idl_expr *first = for_level(w, "first_is");

	if (length)
		return lower_expr(l, length, w->scope, 0);
	if (!last)
		return NULL;
	if (first) {
		struct idl_expr *difference = idl_new(l->idl, struct idl_expr);

		if (!difference)
			return NULL;
		*difference = (struct idl_expr){
			.op = NDR_OP_SUBTRACT, .a = last, .b = first, .place = last->place
		};
		last = difference;
	}
	return lower_expr(l, last, w->scope, 1);
}

/* An array of `element`s at this level; `count` is 0 for one whose size is on the wire. */
static const struct lowered *array_of(struct lowering *l, const struct wants *w,
				      const struct lowered *element, uint32_t count, bool string)
{
	struct lowered *t = lowered_new(l, NDR_ARRAY);
	struct idl_expr *size = for_level(w, "size_is"), *max = for_level(w, "max_is");

	if (!t)
		return NULL;
	if (element->flags & (NDR_CONFORMANT | NDR_OPEN))
		return refuse(l, element->flags & NDR_OPEN
					 ? "an array of unions without switch_is"
					 : "an array whose elements have no fixed size");
	const char *expr = size && !count  ? lower_expr(l, size, w->scope, 0)
			   : max && !count ? lower_expr(l, max, w->scope, 1)
					   : NULL;
	const char *length = length_expr(l, w);
	struct idl_expr *first = for_level(w, "first_is");
	const char *from = first ? lower_expr(l, first, w->scope, 0) : NULL;
	if (!count && !expr && !string)
		return refuse(l, "an array without size_is");
	t->flags = element->flags & NDR_SIMPLE;
	t->flags |= count ? 0 : NDR_CONFORMANT;
	t->flags |= length || from || string ? NDR_VARYING : 0;
	t->flags |= string ? NDR_STRING : 0;
	t->align = element->align;
	if (t->align < 4 && (t->flags & NDR_VARYING))
		t->align = 4;
	t->size = idl_text(l->idl, "(%u * %s)", count, element->size);
	if (t->flags & NDR_VARYING)
		t->least = 8;
	else
		t->least = count * element->least;
	if (!(t->flags & (NDR_VARYING | NDR_CONFORMANT)) && element->flags & NDR_VERBATIM) {
		t->flags |= NDR_VERBATIM;
		t->bytes = count * element->bytes;
	}
	return nameless(l, t, "ARRAY",
			idl_text(l->idl,
				 ".count = %u, .of = %s, .expr = %s, .first = %s, .length = %s",
				 count, element->ref, expr ? expr : "NULL", from ? from : "NULL",
				 length ? length : "NULL"));
}

static const struct lowered *array(struct lowering *l, struct idl_type *type, struct wants *w)
{
	bool string = w->string && is_character(type->of);
	bool sized = for_level(w, "size_is") || for_level(w, "max_is");
	struct wants inner = *w;

	inner.level++;
	inner.pointer_class = 0;
	inner.parameter = false;
	inner.string = w->string && !string;
	const struct lowered *element = lower_level(l, type->of, &inner);
	if (!element)
		return NULL;
	return array_of(l, w, element, type->open || sized ? 0 : type->count, string);
}

/* ---- pointers ---- */

static unsigned class_of(const struct idl_attribute *attributes)
{
	return idl_attribute(attributes, "ref")                                        ? NDR_REF
	       : idl_attribute(attributes, "unique")                                   ? NDR_UNIQUE
	       : idl_attribute(attributes, "ptr") || idl_attribute(attributes, "full") ? NDR_FULL
										       : 0;
}

static const struct lowered *pointer_to(struct lowering *l, const struct lowered *target,
					unsigned class)
{
	struct lowered *t = lowered_new(l, NDR_POINTER);

	if (!t)
		return NULL;
	t->align = t->least = 4;
	t->flags = class;
	t->size = "sizeof(void *)";
	return nameless(l, t, "POINTER", idl_text(l->idl, ".of = %s", target->ref));
}

/* The IID that a pointer is of, as an initializer's value. */
static const char *iid_of(struct lowering *l, const struct idl_interface *interface)
{
	const char *name = interface ? interface->name : "IUnknown";
	const char *guid;

	if (!interface || !l->idl->whole || interface->file == l->file ||
	    idl_is_native(l->idl, idl_text(l->idl, "%sVtbl", name)))
		return idl_text(l->idl, "&IID_%s", name);
	guid = emit_guid(l->idl, interface->attributes, &interface->place);
	return guid ? idl_text(l->idl, "&%s", lower_define(l, "const GUID %s =", 'g', guid)) : NULL;
}

static const struct lowered *interface_pointer(struct lowering *l, struct wants *w,
					       const struct idl_interface *interface)
{
	const struct idl_attribute *iid = idl_attribute(w->attributes, "iid_is");
	struct lowered *t = lowered_new(l, NDR_INTERFACE);

	if (!t)
		return NULL;
	t->align = t->least = 4;
	t->size = "sizeof(void *)";
	const char *expr = iid && iid->count ? lower_iid(l, iid->args[0], w->scope) : NULL;
	if (iid && !expr)
		return NULL;
	return nameless(l, t, "INTERFACE",
			expr ? idl_text(l->idl, ".expr = %s", expr)
			     : idl_text(l->idl, ".iid = %s", iid_of(l, interface)));
}

static const struct lowered *context(struct lowering *l)
{
	struct lowered *t = lowered_new(l, NDR_CONTEXT);

	if (!t)
		return NULL;
	*t = (struct lowered){ .ref = "&ndr_type_context",
			       .kind = NDR_CONTEXT,
			       .align = 4,
			       .least = 20,
			       .flags = NDR_SIMPLE | NDR_VERBATIM,
			       .size = "sizeof(struct ndr_context)",
			       .bytes = 20 };
	return t;
}

static const struct lowered *pointer(struct lowering *l, struct idl_type *type, struct wants *w)
{
	struct idl_type *target = idl_strip(type->of);
	unsigned class = w->pointer_class ? w->pointer_class : w->parameter ? NDR_REF : NDR_UNIQUE;
	struct wants inner = *w;
	const struct lowered *of;

	if (target->kind == IDL_INTERFACE)
		return interface_pointer(l, w, target->interface);
	if (emit_is_void(target)) {
		if (w->context)
			return context(l);
		if (idl_attribute(w->attributes, "iid_is"))
			return interface_pointer(l, w, NULL);
		return refuse(l, "a pointer to void");
	}
	inner.level++;
	inner.parameter = false;
	inner.pointer_class = 0;
	l->pointers++;
	if (has_bounds(w) || (w->string && is_character(type->of))) {
		bool string = w->string && is_character(type->of);

		inner.string = w->string && !string;
		of = lower_level(l, type->of, &inner);
		of = of ? array_of(l, w, of, 0, string) : NULL;
	} else {
		of = lower_level(l, type->of, &inner);
	}
	l->pointers--;
	if (of && of->flags & NDR_OPEN)
		return refuse(l, "a union without switch_is");
	if (of && of->kind == NDR_NONE)
		return refuse(l, "a pointer to nothing");
	return of ? pointer_to(l, of, class) : NULL;
}

/* ---- named types ---- */

static const char *type_title(const struct idl_type *type)
{
	return type->alias ? type->alias : type->name ? type->name : "";
}

/* "&ndr_type_X" of what has a name, else of a static one. */
static const char *begin_named(struct lowering *l, const struct idl_type *type, struct lowered *t)
{
	const char *title = type_title(type);

	t->ref = *title ? idl_text(l->idl, "&ndr_type_%s", title)
			: idl_text(l->idl, "&n%u", l->next++);
	return t->ref;
}

static void define_named(struct lowering *l, const struct idl_type *type, const struct lowered *t,
			 const char *kind, const char *rest)
{
	const char *title = type_title(type);

	if (l->quiet)
		return;
	buf_printf(l->out,
		   "%sconst struct ndr_type %s = { .name = \"%s\", .kind = NDR_%s, .align = %u, "
		   ".flags = 0x%x, "
		   ".size = %s, .least = %u, %s };\n",
		   *title ? "" : "static ", t->ref + 1, title, kind, t->align, t->flags, t->size,
		   t->least, rest);
}

/* A type that stands only in this field gets its name in C by way of it. */
static void name_inline(struct lowering *l, struct idl_member *m, const char *outer)
{
	struct idl_type *type = m->type;
	const char *suffix = "";

	for (; type->kind == IDL_ARRAY; type = type->of)
		suffix = idl_text(l->idl, "%s[0]", suffix);
	if ((type->kind == IDL_STRUCT || type->kind == IDL_UNION) && !type->name && !type->alias &&
	    !type->c_name && m->name)
		type->c_name =
			idl_text(l->idl, "__typeof__(((%s *)0)->%s%s)", outer, m->name, suffix);
}

static const struct lowered *structure(struct lowering *l, struct idl_type *type, struct lowered *t)
{
	const char *c_name = emit_type_name(l->idl, type);
	struct scope scope = { type->members, c_name };
	struct buf fields;
	uint32_t count = 0, bytes = 0;
	bool verbatim = true;

	if (!c_name)
		return refuse(l, "a struct without a name here");
	t->align = 1;
	t->flags = NDR_SIMPLE;
	t->size = idl_text(l->idl, "sizeof(%s)", c_name);
	buf_init(&fields, 1 << 20);
	for (struct idl_member *m = type->members; m; m = m->next) {
		name_inline(l, m, c_name);
		const struct lowered *f = m->name ? lower_member(l, m, &scope, false)
						  : refuse(l, "a field without a name");
		if (!f || t->flags & NDR_CONFORMANT || f->flags & NDR_OPEN) {
			buf_done(&fields);
			return !f ? NULL
				  : refuse(l, f->flags & NDR_OPEN ? "a union without switch_is"
								  : "fields behind an array whose "
								    "size is on the wire");
		}
		buf_printf(&fields, " { \"%s\", %s, offsetof(%s, %s), 0 },", m->name, f->ref,
			   c_name, m->name);
		count++;
		t->align = f->align > t->align ? f->align : t->align;
		t->least += f->least;
		t->flags = (t->flags & ~NDR_SIMPLE) | (t->flags & f->flags & NDR_SIMPLE);
		t->flags |= f->flags & NDR_CONFORMANT;
		verbatim = verbatim && f->flags & NDR_VERBATIM && bytes % f->align == 0;
		bytes += f->bytes;
	}
	if (verbatim && count && bytes % t->align == 0) {
		t->flags |= NDR_VERBATIM;
		t->bytes = bytes;
	}
	if (!begin_named(l, type, t) || buf_failed(&fields)) {
		buf_done(&fields);
		return idl_fail(l->idl, NULL, "out of memory");
	}
	if (!l->quiet && count)
		buf_printf(l->out, "static const struct ndr_field f_%s[] = {%s};\n", t->ref + 1,
			   buf_cstr(&fields));
	buf_done(&fields);
	define_named(l, type, t, "STRUCT",
		     count ? idl_text(l->idl, ".count = %u, .fields = f_%s", count, t->ref + 1)
			   : ".count = 0");
	return t;
}

/* One row for each case of an arm. */
static void arm_rows(struct lowering *l, struct idl_member *m, const char *ref, struct buf *out,
		     uint32_t *count)
{
	const char *name = m->name ? m->name : "";

	for (const struct idl_expr *e = m->cases; e; e = e->c, ++*count)
		buf_printf(out, " { \"%s\", %s, %lld, false },", name, ref, (long long)e->value);
	for (const struct idl_attribute *a = m->attributes; a; a = a->next) {
		for (unsigned i = 0; !strcmp(a->name, "case") && i < a->count; i++, ++*count)
			buf_printf(out, " { \"%s\", %s, %lld, false },", name, ref,
				   (long long)lower_constant(l, a, i));
	}
	if (m->fallback) {
		buf_printf(out, " { \"%s\", %s, 0, true },", name, ref);
		++*count;
	}
}

/* The type of what switch_is names, which is the discriminant's when there is no switch_type. */
static struct idl_type *switch_is_type(const struct idl_attribute *attributes,
				       const struct scope *scope)
{
	const struct idl_attribute *a = idl_attribute(attributes, "switch_is");

	if (!a || !a->count || !a->args[0] || a->args[0]->op != NDR_OP_LOAD || !scope)
		return NULL;
	for (struct idl_member *m = scope->members; m; m = m->next) {
		if (m->name && !strcmp(m->name, a->args[0]->name))
			return m->type;
	}
	return NULL;
}

static const struct lowered *discriminant(struct lowering *l, struct idl_type *type,
					  const struct idl_attribute *attributes,
					  const struct scope *scope)
{
	const struct idl_attribute *a = idl_attribute(attributes, "switch_type");
	struct wants w = { .attributes = NULL };
	struct idl_type *named = switch_is_type(attributes, scope);

	if (!type->switch_type && !a)
		a = idl_attribute(type->attributes, "switch_type");
	if (!type->switch_type && !a && named)
		return lower_level(l, named, &w);
	if (!type->switch_type && !a)
		return refuse(l, "a union without switch_type");
	return lower_level(l, type->switch_type ? type->switch_type : a->type, &w);
}

static const struct lowered *union_type(struct lowering *l, struct idl_type *type,
					struct lowered *t, const struct idl_attribute *attributes,
					const struct scope *scope, const char *expr)
{
	const char *c_name = emit_type_name(l->idl, type);
	const struct lowered *tag = discriminant(l, type, attributes, scope);
	struct buf arms;
	uint32_t count = 0, least = UINT32_MAX;
	struct scope none = { NULL, c_name };

	if (!tag)
		return NULL;
	if (!ndr_is_scalar(tag->kind) || !c_name)
		return refuse(l, "a union without a usable discriminant or name");
	t->align = tag->align;
	t->flags = NDR_SIMPLE | (type->switch_type ? NDR_ENCAPSULATED : expr ? 0 : NDR_OPEN);
	if (!type->switch_type && (type->ms_union || idl_attribute(type->attributes, "ms_union")))
		t->flags |= NDR_MS_UNION;
	t->size = idl_text(l->idl, "sizeof(%s)", c_name);
	buf_init(&arms, 1 << 20);
	for (struct idl_member *m = type->members; m; m = m->next) {
		if (m->type)
			name_inline(l, m, c_name);
		const struct lowered *f = m->type ? lower_member(l, m, &none, false) : NULL;
		if (m->type && (!f || f->flags & (NDR_OPEN | NDR_CONFORMANT))) {
			buf_done(&arms);
			return f ? refuse(l, "an arm of a union without a fixed size") : NULL;
		}
		arm_rows(l, m, f ? f->ref : "NULL", &arms, &count);
		if (f) {
			t->align = f->align > t->align ? f->align : t->align;
			t->flags = (t->flags & ~NDR_SIMPLE) | (t->flags & f->flags & NDR_SIMPLE);
		}
		least = f && f->least < least ? f->least : f ? least : 0;
	}
	t->least = tag->least + (count ? least : 0);
	if (!count || buf_failed(&arms)) {
		bool full = buf_failed(&arms);

		buf_done(&arms);
		return full ? idl_fail(l->idl, NULL, "out of memory")
			    : refuse(l, "a union without cases");
	}
	const char *arms_name =
		lower_define(l, "const struct ndr_arm %s[] =", 'a', buf_cstr(&arms));
	buf_done(&arms);
	const char *offset =
		type->switch_type ? idl_text(l->idl, "offsetof(%s, %s)", c_name, type->union_name)
				  : "0";
	const char *rest =
		idl_text(l->idl, ".count = %u, .of = %s, .arms = %s, .expr = %s, .offset = %s",
			 count, tag->ref, arms_name, expr ? expr : "NULL", offset);
	if (expr)
		return nameless(l, t, "UNION", rest);
	if (!begin_named(l, type, t))
		return NULL;
	define_named(l, type, t, "UNION", rest);
	return t;
}

static const struct lowered *enumeration(struct lowering *l, struct idl_type *type,
					 struct lowered *t)
{
	bool wide = idl_attribute(type->attributes, "v1_enum");
	struct buf rows;
	uint32_t count = 0;

	t->kind = wide ? NDR_ENUM32 : NDR_ENUM16;
	t->align = t->least = wide ? 4 : 2;
	t->flags = NDR_SIMPLE | (wide ? NDR_VERBATIM : 0);
	t->bytes = 4;
	t->size = "4";
	buf_init(&rows, 1 << 20);
	for (const struct idl_constant *c = type->constants; c; c = c->next, count++)
		buf_printf(&rows, " { \"%s\", %lld },", c->name, (long long)c->value);
	if (!begin_named(l, type, t) || buf_failed(&rows)) {
		buf_done(&rows);
		return idl_fail(l->idl, NULL, "out of memory");
	}
	const char *name =
		count ? lower_define(l, "const struct ndr_constant %s[] =", 'c', buf_cstr(&rows))
		      : "NULL";
	buf_done(&rows);
	define_named(l, type, t, wide ? "ENUM32" : "ENUM16",
		     idl_text(l->idl, ".count = %u, .constants = %s", count, name));
	return t;
}

/* A typedef with wire_marshal: what it is on the wire, and who converts. */
static const struct lowered *user(struct lowering *l, struct idl_type *alias, struct lowered *t)
{
	const struct idl_attribute *a = idl_attribute(alias->attributes, "wire_marshal");
	struct wants w = { .attributes = NULL };
	const struct lowered *wire = a->type ? lower_level(l, a->type, &w) : NULL;

	if (!wire)
		return NULL;
	t->align = wire->align;
	t->least = wire->least;
	t->size = idl_text(l->idl, "sizeof(%s)", alias->name);
	t->ref = idl_text(l->idl, "&ndr_type_%s", alias->name);
	if (!l->quiet)
		buf_printf(l->out,
			   "extern const struct ndr_native ndr_native_%s;\n"
			   "const struct ndr_type ndr_type_%s = { .name = \"%s\", .kind = "
			   "NDR_USER, .align = %u, "
			   ".flags = 0x%x, .size = %s, .least = %u, .of = %s, .native = "
			   "&ndr_native_%s };\n",
			   alias->name, alias->name, alias->name, t->align, t->flags, t->size,
			   t->least, wire->ref, alias->name);
	return t;
}

static const struct lowered *make_named(struct lowering *l, struct idl_type *type)
{
	struct lowered *t = idl_new(l->idl, struct lowered);

	if (!t)
		return NULL;
	if (type->kind == IDL_ALIAS) {
		t->kind = NDR_USER;
		return user(l, type, t);
	}
	if (!type->defined)
		return refuse(l, idl_text(l->idl, "%.60s is never defined", type_title(type)));
	t->kind = type->kind == IDL_STRUCT ? NDR_STRUCT : NDR_UNION;
	if (type->kind == IDL_STRUCT)
		return structure(l, type, t);
	if (type->kind == IDL_UNION)
		return union_type(l, type, t, NULL, NULL, NULL);
	return enumeration(l, type, t);
}

/* A type that is reached again while it is being looked at is there by a pointer; a reference by
 * name is all that takes. */
static const struct lowered *recursion(struct lowering *l, struct idl_type *type)
{
	struct lowered *t = lowered_new(l, type->kind == IDL_ALIAS ? NDR_USER : NDR_STRUCT);

	if (type->pointers == l->pointers)
		return refuse(l, "it contains itself");
	if (t && *type_title(type)) {
		t->ref = idl_text(l->idl, "&ndr_type_%s", type_title(type));
		t->align = 8;
		t->size = "0";
		return t;
	}
	return refuse(l, "a nameless type that contains itself");
}

const struct lowered *lower_named(struct lowering *l, struct idl_type *type)
{
	if (type->lowered)
		return type->lowered;
	if (type->refusal)
		return refuse(l, type->refusal);
	if (type->lowering)
		return recursion(l, type);
	bool foreign = type->file != l->file && !l->idl->whole;
	type->lowering = true;
	type->pointers = l->pointers;
	l->quiet += foreign;
	type->lowered = make_named(l, type);
	l->quiet -= foreign;
	type->lowering = false;
	if (!type->lowered && !l->idl->result) {
		const char *title = type_title(type);
		type->refusal =
			*title ? idl_text(l->idl, "%s: %.300s", title, l->refusal) : l->refusal;
		return refuse(l, type->refusal);
	}
	return l->idl->result ? NULL : type->lowered;
}

/* ---- any declaration ---- */

static const struct lowered *tagged(struct lowering *l, struct idl_type *type, struct wants *w)
{
	const struct idl_attribute *a = idl_attribute(w->attributes, "switch_is");

	if (type->kind != IDL_UNION || type->switch_type || !a)
		return lower_named(l, type);
	const char *expr = a->count && a->args[0] ? lower_expr(l, a->args[0], w->scope, 0) : NULL;
	struct lowered *t = lowered_new(l, NDR_UNION);
	return expr && t ? union_type(l, type, t, w->attributes, w->scope, expr) : NULL;
}

static const struct lowered *lower_level(struct lowering *l, struct idl_type *type, struct wants *w)
{
	if (l->idl->result)
		return NULL;
	if (w->depth++ > IDL_DEPTH_MAX)
		return idl_fail(l->idl, w->place, "types are nested too deep");
	for (; type->kind == IDL_ALIAS; type = type->of) {
		if (idl_attribute(type->attributes, "wire_marshal"))
			return lower_named(l, type);
		w->context = w->context || idl_attribute(type->attributes, "context_handle");
		w->string = w->string || idl_attribute(type->attributes, "string");
		if (!w->range)
			w->range = idl_attribute(type->attributes, "range");
		if (!w->pointer_class)
			w->pointer_class = class_of(type->attributes);
	}
	switch (type->kind) {
	case IDL_BASE:
		if (type->base == NDR_NONE && type->is_handle) {
			struct lowered *t = lowered_new(l, NDR_NONE);

			if (t)
				*t = (struct lowered){ .ref = "&ndr_base[NDR_NONE]",
						       .align = 1,
						       .flags = NDR_SIMPLE,
						       .size = "sizeof(void *)" };
			return t;
		}
		return type->base == NDR_NONE ? refuse(l, "void") : scalar(l, type->base, w->range);
	case IDL_POINTER:
		return pointer(l, type, w);
	case IDL_ARRAY:
		return array(l, type, w);
	case IDL_INTERFACE:
		return refuse(l, "an interface that is no pointer");
	default:
		return tagged(l, type, w);
	}
}

const struct lowered *lower_member(struct lowering *l, struct idl_member *m,
				   const struct scope *scope, bool parameter)
{
	struct wants w = { .scope = scope,
			   .attributes = m->attributes,
			   .parameter = parameter,
			   .string = idl_attribute(m->attributes, "string"),
			   .context = idl_attribute(m->attributes, "context_handle"),
			   .pointer_class = class_of(m->attributes),
			   .place = &m->place,
			   .range = idl_attribute(m->attributes, "range") };
	struct idl_type *type = m->type;

	if (idl_attribute(m->attributes, "ignore"))
		return refuse(l, "[ignore] is not supported");
	if (!parameter || idl_strip(type)->kind != IDL_ARRAY)
		return lower_level(l, type, &w);
	/* An array parameter is a pointer in C; the array's level is its first. */
	unsigned class = w.pointer_class ? w.pointer_class : NDR_REF;
	w.pointer_class = 0;
	w.parameter = false;
	const struct lowered *of = lower_level(l, type, &w);
	return of ? pointer_to(l, of, class) : NULL;
}
