/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See errorinfo.h; [MS-OAUT] 2.2.32 for what an error information object holds. One object has
 * three faces: ICreateErrorInfo to fill it, IErrorInfo to read it, IMarshal to go elsewhere by
 * value (errorinfo-marshal.c). Each thread has at most one; it is released when the thread ends.
 */
#include "com/errorinfo.h"

#include "base/buf.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/marshal.h"
#include "com/unknown.h"

#include <pthread.h>

#define TEXT_LIMIT 4096

enum part { PART_SOURCE, PART_DESCRIPTION, PART_HELP_FILE, PART_COUNT };

struct error_info {
	IErrorInfo reader;
	ICreateErrorInfo writer;
	IMarshal marshal;
	uint32_t refs;
	GUID guid;
	BSTR parts[PART_COUNT];
	DWORD help_context;
};

static _Thread_local IErrorInfo *current;
static pthread_key_t ending;
static pthread_once_t ending_once = PTHREAD_ONCE_INIT;

/* ---- the object ---- */

static ULONG info_addref(struct error_info *self)
{
	return com_refs_add(&self->refs);
}

static ULONG info_release(struct error_info *self)
{
	ULONG left = com_refs_drop(&self->refs);

	if (left)
		return left;
	for (int i = 0; i < PART_COUNT; i++)
		SysFreeString(self->parts[i]);
	mem_free(self);
	return 0;
}

static HRESULT info_query(struct error_info *self, REFIID riid, void **ret)
{
	if (!ret)
		return E_POINTER;
	*ret = NULL;
	if (IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IErrorInfo))
		*ret = &self->reader;
	else if (IsEqualGUID(riid, &IID_ICreateErrorInfo))
		*ret = &self->writer;
	else if (IsEqualGUID(riid, &IID_IMarshal))
		*ret = &self->marshal;
	else
		return E_NOINTERFACE;
	info_addref(self);
	return S_OK;
}

COM_FACE(reader, IErrorInfo, info, struct error_info, reader)
COM_FACE(writer, ICreateErrorInfo, info, struct error_info, writer)
COM_FACE(marshal, IMarshal, info, struct error_info, marshal)

static HRESULT reader_guid(IErrorInfo *This, GUID *ret)
{
	if (!ret)
		return E_POINTER;
	*ret = reader_self(This)->guid;
	return S_OK;
}

static HRESULT part_get(IErrorInfo *This, enum part part, BSTR *ret)
{
	BSTR s = reader_self(This)->parts[part];

	if (!ret)
		return E_POINTER;
	/* A copy: the reader may write into its own. */
	*ret = s ? SysAllocStringLen(s, SysStringLen(s)) : NULL;
	return s && !*ret ? E_OUTOFMEMORY : S_OK;
}

static HRESULT reader_source(IErrorInfo *This, BSTR *ret)
{
	return part_get(This, PART_SOURCE, ret);
}

static HRESULT reader_description(IErrorInfo *This, BSTR *ret)
{
	return part_get(This, PART_DESCRIPTION, ret);
}

static HRESULT reader_help_file(IErrorInfo *This, BSTR *ret)
{
	return part_get(This, PART_HELP_FILE, ret);
}

static HRESULT reader_help_context(IErrorInfo *This, DWORD *ret)
{
	if (!ret)
		return E_POINTER;
	*ret = reader_self(This)->help_context;
	return S_OK;
}

static const IErrorInfoVtbl reader_vtbl = {
	reader_query,  reader_addref,      reader_release,   reader_guid,
	reader_source, reader_description, reader_help_file, reader_help_context,
};

static HRESULT writer_guid(ICreateErrorInfo *This, REFIID guid)
{
	writer_self(This)->guid = *guid;
	return S_OK;
}

static HRESULT part_set(ICreateErrorInfo *This, enum part part, const OLECHAR *text)
{
	BSTR *at = &writer_self(This)->parts[part], s = text ? SysAllocString(text) : NULL;

	if (text && !s)
		return E_OUTOFMEMORY;
	SysFreeString(*at);
	*at = s;
	return S_OK;
}

static HRESULT writer_source(ICreateErrorInfo *This, LPOLESTR text)
{
	return part_set(This, PART_SOURCE, text);
}

static HRESULT writer_description(ICreateErrorInfo *This, LPOLESTR text)
{
	return part_set(This, PART_DESCRIPTION, text);
}

static HRESULT writer_help_file(ICreateErrorInfo *This, LPOLESTR text)
{
	return part_set(This, PART_HELP_FILE, text);
}

static HRESULT writer_help_context(ICreateErrorInfo *This, DWORD context)
{
	writer_self(This)->help_context = context;
	return S_OK;
}

static const ICreateErrorInfoVtbl writer_vtbl = {
	writer_query,  writer_addref,      writer_release,   writer_guid,
	writer_source, writer_description, writer_help_file, writer_help_context,
};

static const IMarshalVtbl marshal_vtbl = {
	marshal_query,       marshal_addref,   marshal_release,
	errorinfo_class,     errorinfo_size,   errorinfo_marshal,
	errorinfo_unmarshal, errorinfo_forget, errorinfo_disconnect,
};

static struct error_info *info_new(void)
{
	struct error_info *self = mem_new(struct error_info);

	if (self)
		*self = (struct error_info){ .reader = { &reader_vtbl },
					     .writer = { &writer_vtbl },
					     .marshal = { &marshal_vtbl },
					     .refs = 1 };
	return self;
}

HRESULT CreateErrorInfo(ICreateErrorInfo **pperrinfo)
{
	if (!pperrinfo)
		return E_INVALIDARG;
	struct error_info *self = info_new();

	*pperrinfo = self ? &self->writer : NULL;
	return self ? S_OK : E_OUTOFMEMORY;
}

/* ---- the thread's ---- */

static void thread_ends(void *arg)
{
	(void)arg;
	errorinfo_clear();
}

static void make_key(void)
{
	pthread_key_create(&ending, thread_ends);
}

HRESULT SetErrorInfo(ULONG dwReserved, IErrorInfo *perrinfo)
{
	IErrorInfo *old = current;

	if (dwReserved)
		return E_INVALIDARG;
	if (perrinfo) {
		pthread_once(&ending_once, make_key);
		pthread_setspecific(ending, &current);
		perrinfo->lpVtbl->AddRef(perrinfo);
	}
	current = perrinfo;
	if (old)
		old->lpVtbl->Release(old);
	return S_OK;
}

HRESULT GetErrorInfo(ULONG dwReserved, IErrorInfo **pperrinfo)
{
	if (dwReserved || !pperrinfo)
		return E_INVALIDARG;
	*pperrinfo = TAKE_PTR(current);
	return *pperrinfo ? S_OK : S_FALSE;
}

void errorinfo_clear(void)
{
	if (current)
		SetErrorInfo(0, NULL);
}

HRESULT errorinfo_set(HRESULT hr, const char *source, const char *format, ...)
{
	struct error_info *self = info_new();
	struct buf text;
	va_list args;

	errorinfo_clear();
	if (!self)
		return hr;
	buf_init(&text, TEXT_LIMIT);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	self->parts[PART_SOURCE] = bstr_from_text(text_of(source));
	self->parts[PART_DESCRIPTION] = buf_failed(&text) ? NULL : bstr_from_text(buf_text(&text));
	buf_done(&text);
	SetErrorInfo(0, &self->reader);
	info_release(self);
	return hr;
}

char *errorinfo_take_text(void)
{
	IErrorInfo *info = TAKE_PTR(current);
	BSTR s = NULL;
	char *text = NULL;

	if (!info)
		return NULL;
	if (SUCCEEDED(info->lpVtbl->GetDescription(info, &s)) && SysStringLen(s))
		text = bstr_to_utf8(s, NULL);
	SysFreeString(s);
	info->lpVtbl->Release(info);
	return text;
}

bool errorinfo_is_of(IUnknown *object, REFIID riid)
{
	ISupportErrorInfo *support = NULL;

	if (!current || FAILED(object->lpVtbl->QueryInterface(object, &IID_ISupportErrorInfo,
							      (void **)&support)))
		return false;
	HRESULT supported = support->lpVtbl->InterfaceSupportsErrorInfo(support, riid);

	support->lpVtbl->Release(support);
	return supported == S_OK;
}

HRESULT errorinfo_to_exception(IUnknown *object, REFIID riid, HRESULT hr, EXCEPINFO *exception)
{
	IErrorInfo *info = NULL;

	if (!errorinfo_is_of(object, riid) || GetErrorInfo(0, &info) != S_OK)
		return hr;
	*exception = (EXCEPINFO){ .scode = hr };
	info->lpVtbl->GetSource(info, &exception->bstrSource);
	info->lpVtbl->GetDescription(info, &exception->bstrDescription);
	info->lpVtbl->GetHelpFile(info, &exception->bstrHelpFile);
	info->lpVtbl->GetHelpContext(info, &exception->dwHelpContext);
	info->lpVtbl->Release(info);
	return DISP_E_EXCEPTION;
}
