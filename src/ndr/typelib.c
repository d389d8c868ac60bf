/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ITypeLib over a module of tables ([MS-OAUT] 3.11.4): the interfaces and classes of an IDL file,
 * in its order. Any thread.
 */
#include "ndr/typeinfo.h"

#include "base/mem.h"
#include "base/text.h"
#include "com/unknown.h"

#include <dlfcn.h>

struct typelib {
	ITypeLib face;
	uint32_t refs;
	const struct ndr_module *module;
	void *pinned;
};

COM_OBJECT(typelib, ITypeLib)

static void typelib_free(struct typelib *self)
{
	void *pinned = self->pinned;

	mem_free(self);
	if (pinned)
		dlclose(pinned);
}

/* ---- places ---- */

bool ndr_typelib_subject(const struct ndr_module *module, UINT index, struct ndr_subject *ret)
{
	if (index < module->interface_count) {
		*ret = ndr_subject_of(module->interfaces[index]);
		return true;
	}
	index -= module->interface_count;
	if (index >= module->coclass_count)
		return false;
	*ret = (struct ndr_subject){ .coclass = module->coclasses[index], .module = module };
	return true;
}

UINT ndr_typelib_index(const struct ndr_subject *s)
{
	struct ndr_subject at;
	UINT i = 0;

	while (ndr_typelib_subject(s->module, i, &at) &&
	       (at.interface != s->interface || at.coclass != s->coclass))
		i++;
	return i;
}

static UINT typelib_count(ITypeLib *This)
{
	const struct ndr_module *module = typelib_self(This)->module;

	return module->interface_count + module->coclass_count;
}

static HRESULT typelib_at(ITypeLib *This, UINT index, ITypeInfo **ret)
{
	struct ndr_subject subject;

	if (!ret)
		return E_INVALIDARG;
	*ret = NULL;
	return ndr_typelib_subject(typelib_self(This)->module, index, &subject)
		       ? ndr_typeinfo_new(&subject, ret)
		       : TYPE_E_ELEMENTNOTFOUND;
}

static HRESULT typelib_kind(ITypeLib *This, UINT index, TYPEKIND *ret)
{
	struct ndr_subject subject;

	if (!ret)
		return E_INVALIDARG;
	if (!ndr_typelib_subject(typelib_self(This)->module, index, &subject))
		return TYPE_E_ELEMENTNOTFOUND;
	*ret = ndr_subject_kind(&subject);
	return S_OK;
}

static HRESULT typelib_of_guid(ITypeLib *This, REFGUID guid, ITypeInfo **ret)
{
	struct ndr_subject subject;

	if (!guid || !ret)
		return E_INVALIDARG;
	*ret = NULL;
	for (UINT i = 0; ndr_typelib_subject(typelib_self(This)->module, i, &subject); i++)
		if (IsEqualGUID(ndr_subject_guid(&subject), guid))
			return ndr_typeinfo_new(&subject, ret);
	return TYPE_E_ELEMENTNOTFOUND;
}

/* ---- the library itself ---- */

/* An IDL file has neither an identifier nor a version. */
static HRESULT typelib_attributes(ITypeLib *This, TLIBATTR **ret)
{
	TLIBATTR *a = ret ? mem_new(TLIBATTR) : NULL;

	if (!ret)
		return E_INVALIDARG;
	*ret = a;
	if (!a)
		return E_OUTOFMEMORY;
	a->syskind = sizeof(void *) == 8 ? SYS_WIN64 : SYS_WIN32;
	return S_OK;
}

static void typelib_free_attributes(ITypeLib *This, TLIBATTR *a)
{
	mem_free(a);
}

static HRESULT typelib_documentation(ITypeLib *This, LONG index, BSTR *name, BSTR *text,
				     DWORD *help_context, BSTR *help_file)
{
	const struct ndr_module *module = typelib_self(This)->module;
	struct ndr_subject subject;

	if (text)
		*text = NULL;
	if (help_context)
		*help_context = 0;
	if (help_file)
		*help_file = NULL;
	if (index == -1)
		return ndr_give_name(module->name, name);
	return ndr_typelib_subject(module, (UINT)index, &subject)
		       ? ndr_give_name(ndr_subject_name(&subject), name)
		       : TYPE_E_ELEMENTNOTFOUND;
}

/* ---- names ---- */

static bool is_called(const struct ndr_subject *subject, const OLECHAR *name)
{
	const char *own = ndr_subject_name(subject);

	while (*own && *name < 0x80 && text_lower((char)*name) == text_lower(*own))
		name++, own++;
	return !*own && !*name;
}

/* The caller's name as the library writes it. */
static void spell(ITypeInfo *info, MEMBERID id, OLECHAR *name)
{
	BSTR own = NULL;

	if (FAILED(info->lpVtbl->GetDocumentation(info, id, &own, NULL, NULL, NULL)))
		return;
	for (UINT i = 0; i < SysStringLen(own) && name[i]; i++)
		name[i] = own[i];
	SysFreeString(own);
}

/* S_OK when the type, or a member of it, has the name, which is then spelled as there; else
 * S_FALSE. */
static HRESULT find_name(const struct ndr_subject *subject, OLECHAR *name, ITypeInfo **ret,
			 MEMBERID *ret_id)
{
	HRESULT hr = ndr_typeinfo_new(subject, ret);

	*ret_id = MEMBERID_NIL;
	if (FAILED(hr))
		return hr;
	if (is_called(subject, name) ||
	    SUCCEEDED((*ret)->lpVtbl->GetIDsOfNames(*ret, &name, 1, ret_id))) {
		spell(*ret, *ret_id, name);
		return S_OK;
	}
	(*ret)->lpVtbl->Release(*ret);
	*ret = NULL;
	return S_FALSE;
}

static HRESULT typelib_is_name(ITypeLib *This, LPOLESTR name, ULONG hash, BOOL *ret)
{
	struct ndr_subject subject;
	ITypeInfo *info = NULL;
	HRESULT hr = S_FALSE;
	MEMBERID id;

	if (!name || !ret)
		return E_INVALIDARG;
	for (UINT i = 0;
	     hr == S_FALSE && ndr_typelib_subject(typelib_self(This)->module, i, &subject); i++)
		hr = find_name(&subject, name, &info, &id);
	*ret = hr == S_OK;
	if (info)
		info->lpVtbl->Release(info);
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT typelib_find(ITypeLib *This, LPOLESTR name, ULONG hash, ITypeInfo **infos,
			    MEMBERID *ids, USHORT *count)
{
	struct ndr_subject subject;
	USHORT found = 0;
	HRESULT hr = S_OK;

	if (!name || !infos || !ids || !count)
		return E_INVALIDARG;
	for (UINT i = 0; SUCCEEDED(hr) && found < *count &&
			 ndr_typelib_subject(typelib_self(This)->module, i, &subject);
	     i++) {
		hr = find_name(&subject, name, &infos[found], &ids[found]);
		found += hr == S_OK ? 1 : 0;
	}
	while (FAILED(hr) && found) {
		found--;
		infos[found]->lpVtbl->Release(infos[found]);
	}
	*count = found;
	return FAILED(hr) ? hr : S_OK;
}

static HRESULT typelib_compiler(ITypeLib *This, ITypeComp **ret)
{
	return E_NOTIMPL;
}

static const ITypeLibVtbl typelib_vtbl = {
	.QueryInterface = typelib_query,
	.AddRef = typelib_addref,
	.Release = typelib_release,
	.GetTypeInfoCount = typelib_count,
	.GetTypeInfo = typelib_at,
	.GetTypeInfoType = typelib_kind,
	.GetTypeInfoOfGuid = typelib_of_guid,
	.GetLibAttr = typelib_attributes,
	.GetTypeComp = typelib_compiler,
	.GetDocumentation = typelib_documentation,
	.IsName = typelib_is_name,
	.FindName = typelib_find,
	.ReleaseTLibAttr = typelib_free_attributes,
};

HRESULT ndr_typelib_new(const struct ndr_module *module, ITypeLib **ret)
{
	struct typelib *self = mem_new(struct typelib);

	if (!self)
		return E_OUTOFMEMORY;
	*self = (struct typelib){
		.face = { &typelib_vtbl }, .refs = 1, .module = module, .pinned = ndr_pin(module)
	};
	*ret = &self->face;
	return S_OK;
}
