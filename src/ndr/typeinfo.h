/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Type information over the tables (surrogate/typeinfo.h): what typeinfo.c (interfaces and
 * classes), typelib.c (all of an IDL file) and typedesc.c (methods) share. Inside ndr/.
 */
#pragma once

#include "ndr/table.h"

/* ---- typedesc.c ---- */

/* A method as an interface's vtable has it, or as scripts see it: with its [retval] as result.
 * NULL: no memory. */
FUNCDESC *ndr_funcdesc(const struct ndr_interface *interface, const struct ndr_method *method,
		       bool scripts);
void ndr_funcdesc_free(FUNCDESC *f);
/* Whether a parameter is among those of a FUNCDESC. */
bool ndr_describes_param(const struct ndr_field *p, bool scripts);
INVOKEKIND ndr_invoke_kind(const struct ndr_method *method);

/* ---- typeinfo.c ---- */

/* What a type information is about. */
struct ndr_subject {
	const struct ndr_interface *interface; /* NULL: of a class */
	const struct ndr_coclass *coclass;
	const struct ndr_module *module; /* NULL: not known */
	bool scripts;                    /* an interface: as scripts see it */
};
TYPEKIND ndr_subject_kind(const struct ndr_subject *subject);
const GUID *ndr_subject_guid(const struct ndr_subject *subject);
const char *ndr_subject_name(const struct ndr_subject *subject);
struct ndr_subject ndr_subject_of(const struct ndr_interface *interface);
HRESULT ndr_typeinfo_new(const struct ndr_subject *subject, ITypeInfo **ret);
/* UTF-16 of a name of the tables; `ret` may be NULL. */
HRESULT ndr_give_name(const char *name, BSTR *ret);
/* Keeps the shared object that an address is in; for dlclose, NULL: none, as it is the program. */
void *ndr_pin(const void *address);

/* ---- typelib.c ---- */

HRESULT ndr_typelib_new(const struct ndr_module *module, ITypeLib **ret);
/* The places of a module: its interfaces, then its classes. */
bool ndr_typelib_subject(const struct ndr_module *module, UINT index, struct ndr_subject *ret);
UINT ndr_typelib_index(const struct ndr_subject *subject);
