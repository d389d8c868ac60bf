/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values in words, one a line, indented by nesting:
 *
 *   pOxid: 42
 *   ppdsaOxidBindings: DUALSTRINGARRAY
 *     wNumEntries: 2
 *     aStringArray: [2] 7 0
 */
#include "ndr/walk.h"

#include <stdio.h>

#define ARRAY_SHOWN 64 /* elements; the rest is counted */
#define PRINT_DEPTH 40

struct printer {
	struct buf *out;
	unsigned indent;
};

static void print(struct printer *p, const struct ndr_type *type, const void *value,
		  const void *scope);

static void line(struct printer *p, const char *name)
{
	for (unsigned i = 0; i < p->indent; i++)
		buf_puts(p->out, "  ");
	buf_printf(p->out, "%s: ", name);
}

static void print_scalar(struct printer *p, const struct ndr_type *type, const void *value)
{
	int64_t number = ndr_scalar_load(type->kind, value);
	float f;
	double d;

	switch (type->kind) {
	case NDR_FLOAT:
		memcpy(&f, value, sizeof f);
		buf_printf(p->out, "%.9g", (double)f);
		return;
	case NDR_DOUBLE:
		memcpy(&d, value, sizeof d);
		buf_printf(p->out, "%.17g", d);
		return;
	case NDR_ENUM16:
	case NDR_ENUM32:
		for (uint32_t i = 0; i < type->count; i++) {
			if (type->constants[i].value == number) {
				buf_puts(p->out, type->constants[i].name);
				return;
			}
		}
		break;
	case NDR_UINT64:
	case NDR_UINT3264:
		buf_printf(p->out, "%llu", (unsigned long long)number);
		return;
	default:
		break;
	}
	buf_printf(p->out, "%lld", (long long)number);
}

static void print_guid(struct printer *p, const GUID *g)
{
	buf_printf(p->out, "{%08x-%04x-%04x-%02x%02x-", g->Data1, g->Data2, g->Data3, g->Data4[0],
		   g->Data4[1]);
	for (int i = 2; i < 8; i++)
		buf_printf(p->out, "%02x", g->Data4[i]);
	buf_putc(p->out, '}');
}

static void print_struct(struct printer *p, const struct ndr_type *type, const void *value)
{
	if (!strcmp(type->name, "GUID") && type->size == sizeof(GUID)) {
		print_guid(p, value);
		return;
	}
	buf_puts(p->out, type->name[0] ? type->name : "struct");
	p->indent++;
	for (uint32_t i = 0; i < type->count; i++) {
		buf_putc(p->out, '\n');
		line(p, type->fields[i].name);
		print(p, type->fields[i].type, (const char *)value + type->fields[i].offset, value);
	}
	p->indent--;
}

static void print_text(struct printer *p, const struct ndr_type *type, const void *value,
		       uint32_t length)
{
	buf_putc(p->out, '"');
	if (type->of->size == 2)
		buf_put_utf16(p->out, value, length);
	else
		buf_put(p->out, value, length);
	buf_putc(p->out, '"');
}

static void print_array(struct printer *p, const struct ndr_type *type, const void *value,
			const void *scope)
{
	struct ndr_extent x;

	if (!ndr_extent(type, value, scope, &x)) {
		buf_puts(p->out, "(no sensible size)");
		return;
	}
	if (type->flags & NDR_STRING) {
		print_text(p, type, value, x.length - 1);
		return;
	}
	const char *at = (const char *)value + (size_t)x.first * type->of->size;
	/* Counted text, as in RPC_UNICODE_STRING. */
	if (type->of->kind == NDR_WCHAR) {
		print_text(p, type, at, x.length);
		return;
	}
	buf_printf(p->out, "[%u]", x.size);
	bool rows = !ndr_is_scalar(type->of->kind);
	p->indent++;
	for (uint32_t i = 0; i < x.length && i < ARRAY_SHOWN; i++, at += type->of->size) {
		char name[16];

		snprintf(name, sizeof name, "%u", x.first + i);
		buf_putc(p->out, rows ? '\n' : ' ');
		if (rows)
			line(p, name);
		print(p, type->of, at, scope);
	}
	p->indent--;
	if (x.length > ARRAY_SHOWN)
		buf_puts(p->out, " ...");
}

static void print_union(struct printer *p, const struct ndr_type *type, const void *value,
			const void *scope)
{
	int64_t number;
	const struct ndr_arm *arm =
		ndr_discriminant(type, value, scope, &number) ? ndr_arm(type, number) : NULL;

	if (!arm) {
		buf_puts(p->out, "(no arm)");
		return;
	}
	buf_printf(p->out, "case %lld", (long long)number);
	if (!arm->type)
		return;
	p->indent++;
	buf_putc(p->out, '\n');
	line(p, arm->name);
	print(p, arm->type, ndr_arm_value(type, value), scope);
	p->indent--;
}

static void print_user(struct printer *p, const struct ndr_type *type, const void *value)
{
	struct arena arena;

	arena_init(&arena, 1 << 20);
	void *wire = arena_zalloc(&arena, 1, type->of->size);
	if (!wire || type->native->to_wire(value, wire, &arena))
		buf_puts(p->out, "(cannot be sent)");
	else
		print(p, type->of, wire, NULL);
	arena_done(&arena);
}

static void print(struct printer *p, const struct ndr_type *type, const void *value,
		  const void *scope)
{
	if (p->indent > PRINT_DEPTH) {
		buf_puts(p->out, "...");
		return;
	}
	if (ndr_is_scalar(type->kind)) {
		print_scalar(p, type, value);
		return;
	}
	switch (type->kind) {
	case NDR_POINTER:
		if (ndr_pointer_at(value)) {
			p->indent++;
			print(p, type->of, ndr_pointer_at(value), scope);
			p->indent--;
		} else {
			buf_puts(p->out, "NULL");
		}
		break;
	case NDR_STRUCT:
		print_struct(p, type, value);
		break;
	case NDR_UNION:
		print_union(p, type, value, scope);
		break;
	case NDR_ARRAY:
		print_array(p, type, value, scope);
		break;
	case NDR_CONTEXT:
		print_guid(p, &((const struct ndr_context *)value)->uuid);
		break;
	case NDR_INTERFACE:
		buf_puts(p->out, ndr_pointer_at(value) ? "an object" : "NULL");
		break;
	case NDR_USER:
		print_user(p, type, value);
		break;
	default:
		buf_puts(p->out, "-");
	}
}

void ndr_print(const struct ndr_type *type, const void *value, struct buf *out)
{
	struct printer p = { .out = out };

	print(&p, type, value, NULL);
	buf_putc(out, '\n');
}

void ndr_print_call(const struct ndr_method *method, unsigned direction, const void *frame,
		    struct buf *out)
{
	struct printer p = { .out = out };

	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *f = &method->params[i];

		if (!((f->flags & NDR_RESULT ? NDR_OUT : f->flags) & direction))
			continue;
		line(&p, f->name);
		print(&p, f->type, (const char *)frame + f->offset, frame);
		buf_putc(out, '\n');
	}
}
