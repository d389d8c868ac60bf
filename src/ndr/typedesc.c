/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Methods of the tables in the words of type libraries ([MS-OAUT] 2.2.37 TYPEDESC, 2.2.42
 * FUNCDESC). A FUNCDESC is one block of memory. Any thread.
 */
#include "ndr/typeinfo.h"

#include "base/mem.h"
#include "ndr/dispatch.h"

/* ---- types ---- */

#define NESTED_MAX 4 /* pointers and arrays in each other; what is deeper is a void */

/* The type of a scalar that automation has no VARTYPE for. */
static VARTYPE plain_vartype(const struct ndr_type *type)
{
	static const VARTYPE types[] = {
		[NDR_BYTE] = VT_UI1,   [NDR_CHAR] = VT_I1,      [NDR_BOOLEAN] = VT_UI1,
		[NDR_WCHAR] = VT_UI2,  [NDR_INT8] = VT_I1,      [NDR_UINT8] = VT_UI1,
		[NDR_INT16] = VT_I2,   [NDR_UINT16] = VT_UI2,   [NDR_INT32] = VT_I4,
		[NDR_UINT32] = VT_UI4, [NDR_INT64] = VT_I8,     [NDR_UINT64] = VT_UI8,
		[NDR_INT3264] = VT_I8, [NDR_UINT3264] = VT_UI8, [NDR_FLOAT] = VT_R4,
		[NDR_DOUBLE] = VT_R8,  [NDR_ENUM16] = VT_I4,    [NDR_ENUM32] = VT_I4,
	};

	return type->kind < ARRAY_LEN(types) && types[type->kind] ? types[type->kind] : VT_VOID;
}

struct room {
	TYPEDESC *next; /* of those behind pointers */
	PARAMDESCEX *next_extra;
};

/* `*to` becomes a type of that kind around another, which is returned. */
static TYPEDESC *around(struct room *room, TYPEDESC *to, VARTYPE vt)
{
	TYPEDESC *inner = room->next++;

	*to = (TYPEDESC){ .vt = vt };
	to->lptdesc = inner;
	return inner;
}

static void describe_vartype(struct room *room, VARTYPE vt, TYPEDESC *to)
{
	if (vt & VT_BYREF)
		to = around(room, to, VT_PTR);
	if (vt & VT_ARRAY)
		to = around(room, to, VT_SAFEARRAY);
	*to = (TYPEDESC){ .vt = vt & VT_TYPEMASK };
}

/* A type of C that is none of automation's. */
static void describe_plain(struct room *room, const struct ndr_type *type, TYPEDESC *to)
{
	for (unsigned depth = 0; type->kind == NDR_POINTER && depth < NESTED_MAX; depth++) {
		to = around(room, to, VT_PTR);
		type = type->of;
	}
	*to = (TYPEDESC){ .vt = type->kind == NDR_POINTER ? VT_VOID : plain_vartype(type) };
}

static void describe_type(struct room *room, const struct ndr_field *p, bool referred, TYPEDESC *to)
{
	VARTYPE vt = referred ? p->vt & (VARTYPE)~VT_BYREF : p->vt;

	if (vt)
		describe_vartype(room, vt, to);
	else
		describe_plain(room,
			       referred && p->type->kind == NDR_POINTER ? p->type->of : p->type,
			       to);
}

/* ---- parameters ---- */

static USHORT param_flags(const struct ndr_field *p)
{
	static const struct {
		unsigned ours;
		USHORT theirs;
	} rows[] = {
		{ NDR_IN, PARAMFLAG_FIN },        { NDR_OUT, PARAMFLAG_FOUT },
		{ NDR_LCID, PARAMFLAG_FLCID },    { NDR_RETVAL, PARAMFLAG_FRETVAL },
		{ NDR_OPTIONAL, PARAMFLAG_FOPT }, { NDR_DEFAULT, PARAMFLAG_FHASDEFAULT },
	};
	USHORT flags = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		flags |= p->flags & rows[i].ours ? rows[i].theirs : 0;
	return flags;
}

static void describe_default(struct room *room, const struct ndr_field *p, PARAMDESC *to)
{
	VARIANT number = { .vt = VT_I8, .llVal = p->initial };
	PARAMDESCEX *extra = room->next_extra++;

	extra->cBytes = sizeof *extra;
	(void)VariantChangeType(&extra->varDefaultValue, &number, 0, p->vt);
	to->pparamdescex = extra;
}

static void describe_param(struct room *room, const struct ndr_field *p, ELEMDESC *to)
{
	describe_type(room, p, false, &to->tdesc);
	to->paramdesc.wParamFlags = param_flags(p);
	if (p->flags & NDR_DEFAULT)
		describe_default(room, p, &to->paramdesc);
}

bool ndr_describes_param(const struct ndr_field *p, bool scripts)
{
	return !(p->flags & NDR_RESULT) && !(scripts && p->flags & (NDR_RETVAL | NDR_LCID));
}

/* What it returns: scripts get the [retval], C the result. */
static void describe_result(struct room *room, const struct ndr_method *m, bool scripts,
			    ELEMDESC *to)
{
	unsigned wanted = NDR_RESULT;

	for (uint32_t i = 0; scripts && i < m->count; i++)
		wanted = m->params[i].flags & NDR_RETVAL ? NDR_RETVAL : wanted;
	to->tdesc.vt = VT_VOID;
	for (uint32_t i = 0; i < m->count; i++) {
		const struct ndr_field *p = &m->params[i];

		if (p->flags & wanted && !(scripts && p->vt == VT_HRESULT))
			describe_type(room, p, wanted == NDR_RETVAL, &to->tdesc);
	}
}

/* ---- functions ---- */

INVOKEKIND ndr_invoke_kind(const struct ndr_method *m)
{
	return m->flags & NDR_PROPGET      ? INVOKE_PROPERTYGET
	       : m->flags & NDR_PROPPUT    ? INVOKE_PROPERTYPUT
	       : m->flags & NDR_PROPPUTREF ? INVOKE_PROPERTYPUTREF
					   : INVOKE_FUNC;
}

/* One block: the description, its parameters, types behind pointers, default values. */
static FUNCDESC *funcdesc_alloc(uint32_t params, struct room *ret)
{
	size_t types = (size_t)(params + 1) * (NESTED_MAX + 1);
	char *block =
		mem_zalloc(1, sizeof(FUNCDESC) + params * sizeof(ELEMDESC) +
				      types * sizeof(TYPEDESC) + params * sizeof(PARAMDESCEX));
	FUNCDESC *f = (void *)block;

	if (!f)
		return NULL;
	f->lprgelemdescParam = params ? (void *)(block + sizeof *f) : NULL;
	ret->next = (void *)(block + sizeof *f + params * sizeof(ELEMDESC));
	ret->next_extra = (void *)(ret->next + types);
	return f;
}

FUNCDESC *ndr_funcdesc(const struct ndr_interface *interface, const struct ndr_method *m,
		       bool scripts)
{
	struct room room;
	FUNCDESC *f = funcdesc_alloc(m->count, &room);

	if (!f)
		return NULL;
	f->memid = ndr_dispatch_id(interface, m);
	f->funckind = scripts ? FUNC_DISPATCH : FUNC_PUREVIRTUAL;
	f->invkind = ndr_invoke_kind(m);
	f->callconv = CC_STDCALL;
	f->oVft = (SHORT)(m->opnum * sizeof(void *));
	f->wFuncFlags = (m->flags & NDR_RESTRICTED ? FUNCFLAG_FRESTRICTED : 0) |
			(m->flags & NDR_HIDDEN ? FUNCFLAG_FHIDDEN : 0);
	for (uint32_t i = 0; i < m->count; i++) {
		const struct ndr_field *p = &m->params[i];

		if (!ndr_describes_param(p, scripts))
			continue;
		describe_param(&room, p, &f->lprgelemdescParam[f->cParams++]);
		f->cParamsOpt += p->flags & NDR_OPTIONAL ? 1 : 0;
	}
	describe_result(&room, m, scripts, &f->elemdescFunc);
	return f;
}

void ndr_funcdesc_free(FUNCDESC *f)
{
	mem_free(f);
}
