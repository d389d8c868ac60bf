/* SPDX-License-Identifier: Apache-2.0 */
/* Error information: the object with two faces, the thread's one, and how it becomes an exception.
 */
#include "helpers.h"

#include "com/errorinfo.h"
#include "com/marshal.h"

#include <pthread.h>

static void expect_text(HRESULT (*get)(IErrorInfo *, BSTR *), IErrorInfo *info, const char *want)
{
	BSTR s = NULL;

	assert_int_equal(get(info, &s), S_OK);
	if (!want) {
		assert_null(s);
		return;
	}
	char *utf8 = bstr_to_utf8(s, NULL);

	assert_string_equal(utf8, want);
	mem_free(utf8);
	SysFreeString(s);
}

static void test_object(void **state)
{
	static const GUID guid = { 7, 7, 7, { 7 } };
	ICreateErrorInfo *create;
	IErrorInfo *info;
	DWORD help;
	GUID got;
	void *p;

	assert_int_equal(CreateErrorInfo(NULL), E_INVALIDARG);
	assert_int_equal(CreateErrorInfo(&create), S_OK);
	assert_int_equal(create->lpVtbl->QueryInterface(create, &IID_IDispatch, &p), E_NOINTERFACE);
	assert_int_equal(create->lpVtbl->QueryInterface(create, &IID_IErrorInfo, (void **)&info),
			 S_OK);
	expect_text(info->lpVtbl->GetDescription, info, NULL);
	create->lpVtbl->SetGUID(create, &guid);
	create->lpVtbl->SetSource(create, (LPOLESTR)u"Shop");
	create->lpVtbl->SetDescription(create, (LPOLESTR)u"first");
	create->lpVtbl->SetDescription(create, (LPOLESTR)u"sold out");
	create->lpVtbl->SetHelpFile(create, (LPOLESTR)u"shop.hlp");
	create->lpVtbl->SetHelpFile(create, NULL);
	create->lpVtbl->SetHelpContext(create, 12);
	info->lpVtbl->GetGUID(info, &got);
	info->lpVtbl->GetHelpContext(info, &help);
	assert_true(IsEqualGUID(&got, &guid));
	assert_int_equal(help, 12);
	expect_text(info->lpVtbl->GetSource, info, "Shop");
	expect_text(info->lpVtbl->GetDescription, info, "sold out");
	expect_text(info->lpVtbl->GetHelpFile, info, NULL);
	assert_int_equal(info->lpVtbl->Release(info), 1);
	assert_int_equal(create->lpVtbl->Release(create), 0);
}

static void *other_thread(void *ctx)
{
	IErrorInfo *info;

	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	assert_null(info);
	errorinfo_set(E_FAIL, "T", "of the other thread"); /* released when it ends */
	return NULL;
}

static void test_of_a_thread(void **state)
{
	IErrorInfo *info;
	pthread_t thread;
	char *text;

	assert_int_equal(SetErrorInfo(1, NULL), E_INVALIDARG);
	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	assert_int_equal(errorinfo_set(E_ABORT, "S", "%d of %s", 3, "five"), E_ABORT);
	assert_int_equal(pthread_create(&thread, NULL, other_thread, NULL), 0);
	pthread_join(thread, NULL);
	text = errorinfo_take_text();
	assert_string_equal(text, "3 of five");
	mem_free(text);
	assert_null(errorinfo_take_text());
	errorinfo_set(E_ABORT, "S", "old");
	errorinfo_set(E_ABORT, "S", "new");
	assert_int_equal(GetErrorInfo(0, &info), S_OK);
	expect_text(info->lpVtbl->GetDescription, info, "new");
	assert_int_equal(info->lpVtbl->Release(info), 0);
	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
	errorinfo_set(E_ABORT, "S", "gone");
	errorinfo_clear();
	assert_int_equal(GetErrorInfo(0, &info), S_FALSE);
}

/* ---- an object that supports it, or not ---- */

static HRESULT answer;

static ULONG fixed(ISupportErrorInfo *This)
{
	return 1;
}

static HRESULT supports(ISupportErrorInfo *This, REFIID riid)
{
	return answer;
}

static HRESULT query(ISupportErrorInfo *This, REFIID riid, void **ret)
{
	*ret = This;
	return IsEqualGUID(riid, &IID_ISupportErrorInfo) && answer != E_NOINTERFACE ? S_OK
										    : E_NOINTERFACE;
}

static void test_exception(void **state)
{
	static const ISupportErrorInfoVtbl vtbl = { query, fixed, fixed, supports };
	ISupportErrorInfo object = { &vtbl };
	IUnknown *unknown = (IUnknown *)(void *)&object;
	EXCEPINFO x = { 0 };

	answer = S_OK;
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_FAIL, &x), E_FAIL);
	answer = E_NOINTERFACE;
	errorinfo_set(E_FAIL, "S", "text");
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_FAIL, &x), E_FAIL);
	answer = S_FALSE;
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_FAIL, &x), E_FAIL);
	answer = S_OK;
	assert_int_equal(errorinfo_to_exception(unknown, &IID_IDispatch, E_ABORT, &x),
			 DISP_E_EXCEPTION);
	assert_int_equal(x.scode, E_ABORT);
	assert_int_equal(SysStringLen(x.bstrDescription), 4);
	assert_int_equal(SysStringLen(x.bstrSource), 1);
	automation_exception_clear(&x);
	assert_null(errorinfo_take_text());
}

/* ---- by value, as it goes to others ---- */

static IErrorInfo *take(void)
{
	IErrorInfo *info = NULL;

	assert_int_equal(GetErrorInfo(0, &info), S_OK);
	return info;
}

static IStream *marshalled(IErrorInfo *info, ULONGLONG *ret_size)
{
	IStream *s = SHCreateMemStream(NULL, 0);
	STATSTG stat;

	assert_non_null(s);
	assert_int_equal(CoMarshalInterface(s, &IID_IErrorInfo, (IUnknown *)(void *)info,
					    MSHCTX_DIFFERENTMACHINE, NULL, 0),
			 S_OK);
	s->lpVtbl->Stat(s, &stat, STATFLAG_NONAME);
	s->lpVtbl->Seek(s, 0, STREAM_SEEK_SET, NULL);
	*ret_size = stat.cbSize;
	return s;
}

static void test_by_value(void **state)
{
	static const GUID failed = { 7, 7, 7, { 7 } };
	IErrorInfo *info, *named, *got;
	DWORD help = 1;
	ULONGLONG size;
	GUID iid;

	errorinfo_set(E_FAIL, "Counter", "it is br\xc3\xb6ken");
	info = take();
	assert_int_equal(errorinfo_copy(info, &failed, &named), S_OK);
	IStream *s = marshalled(named, &size);

	assert_int_equal(CoUnmarshalInterface(s, &IID_IErrorInfo, (void **)&got), S_OK);
	assert_ptr_not_equal(got, named);
	assert_int_equal(got->lpVtbl->GetGUID(got, &iid), S_OK);
	assert_true(IsEqualGUID(&iid, &failed));
	assert_int_equal(got->lpVtbl->GetHelpContext(got, &help), S_OK);
	assert_int_equal(help, 0);
	expect_text(got->lpVtbl->GetSource, got, "Counter");
	expect_text(got->lpVtbl->GetDescription, got, "it is br\xc3\xb6ken");
	expect_text(got->lpVtbl->GetHelpFile, got, NULL);
	got->lpVtbl->Release(got);
	/* As [MS-DCOM] 2.2.21.2 has it. */
	uint8_t bytes[256];
	const uint8_t *data = bytes + 48;

	s->lpVtbl->Seek(s, 0, STREAM_SEEK_SET, NULL);
	s->lpVtbl->Read(s, bytes, sizeof bytes, NULL);
	assert_memory_equal(bytes + 24, "\x1b\3\0\0\0\0\0\0\xc0", 9); /* ErrorObject */
	assert_memory_equal(data, "\0\0\0\0\0\0\0\0\7\0\0\0\7\0\7\0\7", 17);
	assert_memory_equal(data + 24, "\xff\xff\xff\xff\x8\0\0\0\0\0\0\0\x8\0\0\0C\0o\0", 20);
	assert_memory_equal(data + 54, "\0\0\xff\xff\xff\xff\xd\0\0\0", 10);
	assert_memory_equal(bytes + size - 6, "\0\0\0\0\0\0", 6); /* no help file */
	s->lpVtbl->Release(s);
	named->lpVtbl->Release(named);
	info->lpVtbl->Release(info);
}

static void test_long_texts_are_cut(void **state)
{
	static char text[4000];
	static OLECHAR units[9001];
	ICreateErrorInfo *create;
	IErrorInfo *got;
	ULONGLONG size;
	BSTR s;

	memset(text, 'x', sizeof text - 1);
	for (int i = 0; i < 9000; i++)
		units[i] = 'y';
	errorinfo_set(E_FAIL, text, "%s", text);
	IErrorInfo *info = take();

	info->lpVtbl->QueryInterface(info, &IID_ICreateErrorInfo, (void **)&create);
	create->lpVtbl->SetHelpFile(create, units);
	create->lpVtbl->Release(create);
	IStream *stream = marshalled(info, &size);

	assert_int_equal(CoUnmarshalInterface(stream, &IID_IErrorInfo, (void **)&got), S_OK);
	expect_text(got->lpVtbl->GetSource, got, text);
	assert_int_equal(got->lpVtbl->GetHelpFile(got, &s), S_OK);
	assert_int_equal(SysStringLen(s), 8191);
	SysFreeString(s);
	got->lpVtbl->Release(got);
	stream->lpVtbl->Release(stream);
	info->lpVtbl->Release(info);
}

/* The reader alone, as what stands around the data says how much there is. */
static HRESULT read_data(const uint8_t *data, size_t length)
{
	IStream *s = SHCreateMemStream(data, (UINT)length);
	IMarshal *reader;
	IErrorInfo *got;

	assert_int_equal(marshal_own_class(&marshal_class_error, true, &reader), S_OK);
	HRESULT hr = reader->lpVtbl->UnmarshalInterface(reader, s, &IID_IErrorInfo, (void **)&got);

	if (SUCCEEDED(hr))
		got->lpVtbl->Release(got);
	else
		assert_null(got);
	assert_int_equal(reader->lpVtbl->Release(reader), 0);
	s->lpVtbl->Release(s);
	return hr;
}

static void test_ill_formed(void **state)
{
	uint8_t bytes[256], data[256];
	ULONGLONG size;

	errorinfo_set(E_FAIL, "a", "b");
	IErrorInfo *info = take();
	IStream *s = marshalled(info, &size);

	s->lpVtbl->Read(s, bytes, sizeof bytes, NULL);
	size -= 48;
	assert_int_equal(read_data(bytes + 48, size), S_OK);
	for (size_t n = 0; n < size; n++)
		assert_int_equal(read_data(bytes + 48, n), RPC_E_INVALID_OBJREF);
#define WITH(at, value)                                                                            \
	memcpy(data, bytes + 48, sizeof data - 48);                                                \
	data[at] = value;                                                                          \
	assert_int_equal(read_data(data, size), RPC_E_INVALID_OBJREF)
	WITH(28, 3);    /* dwMax is not dwActual */
	WITH(32, 1);    /* dwOffSet */
	WITH(36, 0);    /* dwActual */
	WITH(39, 0x7f); /* more than there is */
	WITH(29, 0x40); /* the same, both of them: above the limit */
#undef WITH
	memcpy(data, bytes + 48, sizeof data - 48);
	data[28] = data[36] = 0;
	assert_int_equal(read_data(data, size), RPC_E_INVALID_OBJREF); /* no room for its NUL */
	s->lpVtbl->Release(s);
	info->lpVtbl->Release(info);
}

static void test_who_may_read(void **state)
{
	static const CLSID other = { 1, 2, 3, { 4 } };
	IMarshal *m;

	assert_int_equal(marshal_own_class(&other, false, &m), REGDB_E_CLASSNOTREG);
	assert_int_equal(marshal_own_class(&marshal_class_inproc, true, &m), REGDB_E_CLASSNOTREG);
	assert_int_equal(marshal_own_class(&marshal_class_inproc, false, &m), S_OK);
	m->lpVtbl->Release(m);
}

static bool make_one(void *ctx)
{
	char *text;
	bool ok;

	errorinfo_set(E_FAIL, "source", "description");
	text = errorinfo_take_text();
	ok = text && strcmp(text, "description") == 0;
	mem_free(text);
	return ok;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(make_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_of_a_thread),
		cmocka_unit_test(test_exception),
		cmocka_unit_test(test_by_value),
		cmocka_unit_test(test_long_texts_are_cut),
		cmocka_unit_test(test_ill_formed),
		cmocka_unit_test(test_who_may_read),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
