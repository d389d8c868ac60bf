/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ITypeInfo over the tables ([MS-OAUT] 3.7.4): an interface as scripts see it, an interface as its
 * vtable is, a class. What the tables do not have, no type information has: texts for people,
 * variables. Any thread.
 */
#include "ndr/typeinfo.h"

#include "base/mem.h"
#include "com/bstr.h"
#include "com/unknown.h"
#include "ndr/dispatch.h"

#include <dlfcn.h>

#define REFERENCE_BASE 1u            /* of an interface: what it derives from */
#define REFERENCE_VTABLE 0xFFFFFFFEu /* of a dual one: the other view of it */
#define INDEX_VTABLE 0xFFFFFFFFu
#define FIRST_MEMBER 7u /* behind those of IDispatch */

struct typeinfo {
	ITypeInfo face;
	uint32_t refs;
	struct ndr_subject subject;
	void *pinned;
};

COM_OBJECT(typeinfo, ITypeInfo)

static void typeinfo_free(struct typeinfo *self)
{
	void *pinned = self->pinned;

	mem_free(self);
	if (pinned)
		dlclose(pinned);
}

/* ---- what it is about ---- */

void *ndr_pin(const void *address)
{
	Dl_info info, own;

	/* The program itself has no name to be opened by. */
	if (!dladdr(address, &info) || !dladdr((void *)(uintptr_t)ndr_pin, &own) ||
	    info.dli_fbase == own.dli_fbase)
		return NULL;
	return dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
}

TYPEKIND ndr_subject_kind(const struct ndr_subject *s)
{
	return s->coclass ? TKIND_COCLASS : s->scripts ? TKIND_DISPATCH : TKIND_INTERFACE;
}

const GUID *ndr_subject_guid(const struct ndr_subject *s)
{
	return s->coclass ? &s->coclass->clsid : &s->interface->uuid;
}

const char *ndr_subject_name(const struct ndr_subject *s)
{
	return s->coclass ? s->coclass->name : s->interface->name;
}

struct ndr_subject ndr_subject_of(const struct ndr_interface *interface)
{
	return (struct ndr_subject){ .interface = interface,
				     .module = interface->module,
				     .scripts = interface->flags & (NDR_DUAL | NDR_DISPINTERFACE) };
}

static const struct ndr_subject *subject_of(ITypeInfo *This)
{
	return &typeinfo_self(This)->subject;
}

HRESULT ndr_give_name(const char *name, BSTR *ret)
{
	if (!ret)
		return S_OK;
	*ret = bstr_from_text(text_of(name));
	return *ret ? S_OK : E_OUTOFMEMORY;
}

/* ---- members ---- */

static bool is_member(const struct ndr_method *m)
{
	return !(m->flags & NDR_LOCAL);
}

/* Scripts see all members but IUnknown's and IDispatch's, C those that the interface adds. */
static const struct ndr_method *member_at(const struct ndr_subject *s, UINT index)
{
	const struct ndr_interface *i = s->interface;

	if (!i)
		return NULL;
	if (i->flags & NDR_DISPINTERFACE)
		return index < i->count ? &i->methods[index] : NULL;
	for (unsigned opnum = s->scripts ? FIRST_MEMBER : i->first_opnum;
	     opnum < ndr_method_count(i); opnum++) {
		const struct ndr_method *m = ndr_method_at(i, opnum);

		if (m && is_member(m) && !index--)
			return m;
	}
	return NULL;
}

static WORD member_count(const struct ndr_subject *s)
{
	WORD count = 0;

	while (member_at(s, count))
		count++;
	return count;
}

static const struct ndr_method *find_member(const struct ndr_subject *s, MEMBERID id)
{
	const struct ndr_method *m;

	for (UINT i = 0; (m = member_at(s, i)); i++)
		if (ndr_dispatch_id(s->interface, m) == id)
			return m;
	return NULL;
}

/* ---- attributes ---- */

static WORD type_flags(const struct ndr_subject *s)
{
	if (s->coclass)
		return TYPEFLAG_FCANCREATE;
	return (s->interface->flags & NDR_DUAL ? TYPEFLAG_FDUAL | TYPEFLAG_FOLEAUTOMATION : 0) |
	       (s->scripts || s->interface->flags & NDR_DUAL ? TYPEFLAG_FDISPATCHABLE : 0);
}

static WORD base_count(const struct ndr_subject *s)
{
	if (s->coclass)
		return (s->coclass->default_interface ? 1 : 0) + (s->coclass->source ? 1 : 0);
	return s->interface->base ? 1 : 0;
}

static HRESULT typeinfo_attributes(ITypeInfo *This, TYPEATTR **ret)
{
	const struct ndr_subject *s = subject_of(This);
	TYPEATTR *a = ret ? mem_new(TYPEATTR) : NULL;

	if (!ret)
		return E_INVALIDARG;
	*ret = a;
	if (!a)
		return E_OUTOFMEMORY;
	a->guid = *ndr_subject_guid(s);
	a->memidConstructor = a->memidDestructor = MEMBERID_NIL;
	a->typekind = ndr_subject_kind(s);
	a->cFuncs = member_count(s);
	a->cImplTypes = base_count(s);
	a->cbAlignment = sizeof(void *);
	a->cbSizeInstance = sizeof(void *);
	a->wTypeFlags = type_flags(s);
	if (s->interface) {
		a->cbSizeVft = (WORD)((s->scripts ? FIRST_MEMBER : ndr_method_count(s->interface)) *
				      sizeof(void *));
		a->wMajorVerNum = s->interface->major;
		a->wMinorVerNum = s->interface->minor;
	}
	return S_OK;
}

static void typeinfo_free_attributes(ITypeInfo *This, TYPEATTR *a)
{
	mem_free(a);
}

static HRESULT typeinfo_function(ITypeInfo *This, UINT index, FUNCDESC **ret)
{
	const struct ndr_subject *s = subject_of(This);
	const struct ndr_method *m = member_at(s, index);

	if (!ret)
		return E_INVALIDARG;
	*ret = m ? ndr_funcdesc(s->interface, m, s->scripts) : NULL;
	return !m ? TYPE_E_ELEMENTNOTFOUND : *ret ? S_OK : E_OUTOFMEMORY;
}

static void typeinfo_free_function(ITypeInfo *This, FUNCDESC *f)
{
	ndr_funcdesc_free(f);
}

/* There are no variables. */
static HRESULT typeinfo_variable(ITypeInfo *This, UINT index, VARDESC **ret)
{
	return TYPE_E_ELEMENTNOTFOUND;
}

static void typeinfo_free_variable(ITypeInfo *This, VARDESC *v)
{
}

/* ---- names ---- */

static HRESULT typeinfo_names(ITypeInfo *This, MEMBERID id, BSTR *names, UINT max, UINT *ret)
{
	const struct ndr_subject *s = subject_of(This);
	const struct ndr_method *m = find_member(s, id);
	UINT count = 0;

	if (!names || !max || !ret)
		return E_INVALIDARG;
	*ret = 0;
	if (!m)
		return TYPE_E_ELEMENTNOTFOUND;
	HRESULT hr = ndr_give_name(m->name, &names[count++]);

	for (uint32_t i = 0; SUCCEEDED(hr) && i < m->count && count < max; i++) {
		const struct ndr_field *p = &m->params[i];

		if (ndr_describes_param(p, s->scripts))
			hr = ndr_give_name(p->name, &names[count++]);
	}
	while (FAILED(hr) && count) {
		SysFreeString(names[--count]);
		names[count] = NULL;
	}
	*ret = count;
	return hr;
}

static HRESULT typeinfo_ids(ITypeInfo *This, LPOLESTR *names, UINT count, MEMBERID *ret)
{
	const struct ndr_subject *s = subject_of(This);

	return s->interface ? ndr_dispatch_names(s->interface, names, count, ret)
			    : TYPE_E_BADMODULEKIND;
}

static HRESULT typeinfo_documentation(ITypeInfo *This, MEMBERID id, BSTR *name, BSTR *text,
				      DWORD *help_context, BSTR *help_file)
{
	const struct ndr_subject *s = subject_of(This);
	const struct ndr_method *m = id == MEMBERID_NIL ? NULL : find_member(s, id);

	if (text)
		*text = NULL;
	if (help_context)
		*help_context = 0;
	if (help_file)
		*help_file = NULL;
	if (!m && id != MEMBERID_NIL)
		return TYPE_E_ELEMENTNOTFOUND;
	return ndr_give_name(m ? m->name : ndr_subject_name(s), name);
}

/* ---- other types ---- */

/* The interfaces of a class: the default one, then the source. */
static const struct ndr_interface *class_interface(const struct ndr_coclass *c, UINT index)
{
	const struct ndr_interface *first = c->default_interface ? c->default_interface : c->source;

	return index == 0 ? first : index == 1 && c->default_interface ? c->source : NULL;
}

/* References are places, counted from 1. */
static HRESULT typeinfo_base(ITypeInfo *This, UINT index, HREFTYPE *ret)
{
	const struct ndr_subject *s = subject_of(This);

	if (!ret)
		return E_INVALIDARG;
	*ret = index + 1;
	if (s->coclass)
		return class_interface(s->coclass, index) ? S_OK : TYPE_E_ELEMENTNOTFOUND;
	if (index == INDEX_VTABLE && s->interface->flags & NDR_DUAL) {
		*ret = REFERENCE_VTABLE;
		return S_OK;
	}
	return index == 0 && s->interface->base ? S_OK : TYPE_E_ELEMENTNOTFOUND;
}

static HRESULT typeinfo_base_flags(ITypeInfo *This, UINT index, LONG *ret)
{
	const struct ndr_subject *s = subject_of(This);
	HREFTYPE found;
	HRESULT hr = ret ? typeinfo_base(This, index, &found) : E_INVALIDARG;

	if (FAILED(hr))
		return hr;
	*ret = 0;
	if (s->coclass)
		*ret = IMPLTYPEFLAG_FDEFAULT |
		       (class_interface(s->coclass, index) == s->coclass->source
				? IMPLTYPEFLAG_FSOURCE
				: 0);
	return S_OK;
}

static HRESULT typeinfo_referred(ITypeInfo *This, HREFTYPE reference, ITypeInfo **ret)
{
	const struct ndr_subject *s = subject_of(This);
	struct ndr_subject other = *s;

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	if (s->coclass) {
		const struct ndr_interface *i = class_interface(s->coclass, reference - 1);

		if (!i)
			return TYPE_E_ELEMENTNOTFOUND;
		other = ndr_subject_of(i);
	} else if (reference == REFERENCE_VTABLE && s->interface->flags & NDR_DUAL) {
		other.scripts = !s->scripts;
	} else if (reference == REFERENCE_BASE && s->interface->base) {
		other = ndr_subject_of(s->interface->base);
	} else {
		return TYPE_E_ELEMENTNOTFOUND;
	}
	return ndr_typeinfo_new(&other, ret);
}

static HRESULT typeinfo_library(ITypeInfo *This, ITypeLib **ret, UINT *ret_index)
{
	const struct ndr_subject *s = subject_of(This);

	if (!ret && !ret_index)
		return E_INVALIDARG;
	if (!s->module)
		return TYPE_E_ELEMENTNOTFOUND;
	if (ret_index)
		*ret_index = ndr_typelib_index(s);
	return ret ? ndr_typelib_new(s->module, ret) : S_OK;
}

/* ---- calls ---- */

static HRESULT typeinfo_call(ITypeInfo *This, void *object, MEMBERID id, WORD flags,
			     DISPPARAMS *params, VARIANT *result, EXCEPINFO *exception,
			     UINT *arg_err)
{
	const struct ndr_subject *s = subject_of(This);

	if (!object || !params)
		return E_INVALIDARG;
	/* There is a vtable to call. */
	if (!s->interface || s->interface->flags & NDR_DISPINTERFACE)
		return TYPE_E_BADMODULEKIND;
	return ndr_dispatch_invoke(s->interface, object, id, 0, flags, params, result, exception,
				   arg_err);
}

static HRESULT typeinfo_create(ITypeInfo *This, IUnknown *outer, REFIID riid, void **ret)
{
	const struct ndr_subject *s = subject_of(This);

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return s->coclass ? CoCreateInstance(&s->coclass->clsid, outer, CLSCTX_ALL, riid, ret)
			  : TYPE_E_BADMODULEKIND;
}

/* ---- what the tables know nothing of ---- */

static HRESULT typeinfo_compiler(ITypeInfo *This, ITypeComp **ret)
{
	return E_NOTIMPL;
}

static HRESULT typeinfo_dll_entry(ITypeInfo *This, MEMBERID id, INVOKEKIND kind, BSTR *dll,
				  BSTR *name, WORD *ordinal)
{
	return TYPE_E_BADMODULEKIND;
}

static HRESULT typeinfo_address(ITypeInfo *This, MEMBERID id, INVOKEKIND kind, void **ret)
{
	return TYPE_E_BADMODULEKIND;
}

static HRESULT typeinfo_mops(ITypeInfo *This, MEMBERID id, BSTR *ret)
{
	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return S_OK;
}

static const ITypeInfoVtbl typeinfo_vtbl = {
	.QueryInterface = typeinfo_query,
	.AddRef = typeinfo_addref,
	.Release = typeinfo_release,
	.GetTypeAttr = typeinfo_attributes,
	.GetTypeComp = typeinfo_compiler,
	.GetFuncDesc = typeinfo_function,
	.GetVarDesc = typeinfo_variable,
	.GetNames = typeinfo_names,
	.GetRefTypeOfImplType = typeinfo_base,
	.GetImplTypeFlags = typeinfo_base_flags,
	.GetIDsOfNames = typeinfo_ids,
	.Invoke = typeinfo_call,
	.GetDocumentation = typeinfo_documentation,
	.GetDllEntry = typeinfo_dll_entry,
	.GetRefTypeInfo = typeinfo_referred,
	.AddressOfMember = typeinfo_address,
	.CreateInstance = typeinfo_create,
	.GetMops = typeinfo_mops,
	.GetContainingTypeLib = typeinfo_library,
	.ReleaseTypeAttr = typeinfo_free_attributes,
	.ReleaseFuncDesc = typeinfo_free_function,
	.ReleaseVarDesc = typeinfo_free_variable,
};

HRESULT ndr_typeinfo_new(const struct ndr_subject *subject, ITypeInfo **ret)
{
	struct typeinfo *self = mem_new(struct typeinfo);

	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct typeinfo){
		.face = { &typeinfo_vtbl },
		.refs = 1,
		.subject = *subject,
		.pinned = ndr_pin(subject->coclass ? (const void *)subject->coclass
						   : (const void *)subject->interface),
	};
	*ret = &self->face;
	return S_OK;
}
