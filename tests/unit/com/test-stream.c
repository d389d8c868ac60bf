/* SPDX-License-Identifier: Apache-2.0 */
/* The stream in memory. */
#include "helpers.h"

static IStream *new_stream(const char *bytes)
{
	IStream *s = SHCreateMemStream((const BYTE *)bytes, bytes ? (UINT)strlen(bytes) : 0);

	assert_non_null(s);
	return s;
}

static void expect(IStream *s, const char *want)
{
	char room[64] = "";
	ULONG got = 99;
	HRESULT hr = s->lpVtbl->Read(s, room, sizeof(room) - 1, &got);

	assert_int_equal(hr, S_FALSE); /* less than was asked for */
	assert_int_equal(got, strlen(want));
	assert_memory_equal(room, want, got);
}

static ULONGLONG seek(IStream *s, LONGLONG by, DWORD origin)
{
	ULONGLONG at = 0;

	assert_int_equal(s->lpVtbl->Seek(s, by, origin, &at), S_OK);
	return at;
}

static void test_reading_and_writing(void **state)
{
	IStream *s = new_stream("hello");
	STATSTG stat;
	ULONG n;
	void *p;

	assert_int_equal(s->lpVtbl->QueryInterface(s, &IID_ISequentialStream, &p), S_OK);
	assert_int_equal(s->lpVtbl->Release(s), 1);
	assert_int_equal(s->lpVtbl->QueryInterface(s, &IID_IDispatch, &p), E_NOINTERFACE);
	expect(s, "hello");
	expect(s, "");
	assert_int_equal(s->lpVtbl->Write(s, " you", 4, &n), S_OK);
	assert_int_equal(n, 4);
	assert_int_equal(seek(s, 1, STREAM_SEEK_SET), 1);
	expect(s, "ello you");
	assert_int_equal(seek(s, -3, STREAM_SEEK_END), 6);
	assert_int_equal(seek(s, -1, STREAM_SEEK_CUR), 5);
	assert_int_equal(s->lpVtbl->Write(s, "-", 1, NULL), S_OK);
	seek(s, 0, STREAM_SEEK_SET);
	expect(s, "hello-you");
	assert_int_equal(s->lpVtbl->Seek(s, -1, STREAM_SEEK_SET, NULL), STG_E_INVALIDFUNCTION);
	assert_int_equal(s->lpVtbl->Seek(s, INT64_MAX, STREAM_SEEK_END, NULL),
			 STG_E_INVALIDFUNCTION);
	assert_int_equal(s->lpVtbl->Seek(s, 0, 7, NULL), STG_E_INVALIDFUNCTION);
	assert_int_equal(s->lpVtbl->Stat(s, &stat, STATFLAG_NONAME), S_OK);
	assert_int_equal(stat.cbSize, 9);
	assert_int_equal(stat.type, STGTY_STREAM);
	assert_int_equal(s->lpVtbl->LockRegion(s, 0, 1, 0), STG_E_INVALIDFUNCTION);
	assert_int_equal(s->lpVtbl->Commit(s, 0), S_OK);
	assert_int_equal(s->lpVtbl->Revert(s), S_OK);
	assert_int_equal(s->lpVtbl->Read(s, NULL, 1, NULL), E_POINTER);
	assert_int_equal(s->lpVtbl->Write(s, NULL, 1, NULL), E_POINTER);
	assert_int_equal(s->lpVtbl->Release(s), 0);
}

static void test_size(void **state)
{
	IStream *s = new_stream("abc");
	char zero[3] = "x";

	assert_int_equal(s->lpVtbl->SetSize(s, 2), S_OK);
	expect(s, "ab");
	assert_int_equal(s->lpVtbl->SetSize(s, 5), S_OK);
	assert_int_equal(s->lpVtbl->Read(s, zero, 3, NULL), S_OK);
	assert_memory_equal(zero, "\0\0\0", 3);
	assert_int_equal(seek(s, 8, STREAM_SEEK_SET), 8); /* a hole is zero */
	assert_int_equal(s->lpVtbl->Write(s, "x", 1, NULL), S_OK);
	assert_int_equal(seek(s, 0, STREAM_SEEK_END), 9);
	assert_int_equal(s->lpVtbl->SetSize(s, UINT64_MAX), STG_E_MEDIUMFULL);
	assert_int_equal(seek(s, UINT32_MAX, STREAM_SEEK_SET), UINT32_MAX);
	assert_int_equal(s->lpVtbl->Write(s, "x", 1, NULL), STG_E_MEDIUMFULL);
	expect(s, "");
	assert_int_equal(s->lpVtbl->Release(s), 0);
}

static void test_copies(void **state)
{
	IStream *s = new_stream("0123456789"), *clone, *to = new_stream(NULL);
	ULONGLONG read, written;

	seek(s, 2, STREAM_SEEK_SET);
	assert_int_equal(s->lpVtbl->Clone(s, &clone), S_OK);
	expect(s, "23456789");
	expect(clone, "23456789"); /* a position of its own */
	seek(clone, 0, STREAM_SEEK_SET);
	assert_int_equal(clone->lpVtbl->Write(clone, "X", 1, NULL), S_OK);
	seek(s, 0, STREAM_SEEK_SET);
	assert_int_equal(s->lpVtbl->CopyTo(s, to, 4, &read, &written), S_OK);
	assert_int_equal(read, 4);
	assert_int_equal(written, 4);
	assert_int_equal(s->lpVtbl->CopyTo(s, to, 100000, &read, NULL), S_OK);
	assert_int_equal(read, 6);
	assert_int_equal(s->lpVtbl->Release(s), 0);
	seek(clone, 0, STREAM_SEEK_SET);
	expect(clone, "X123456789"); /* the bytes are both's */
	seek(to, 0, STREAM_SEEK_SET);
	expect(to, "X123456789");
	assert_int_equal(clone->lpVtbl->Release(clone), 0);
	assert_int_equal(to->lpVtbl->Release(to), 0);
	assert_int_equal(CreateStreamOnHGlobal(state, TRUE, &s), E_INVALIDARG);
	assert_int_equal(CreateStreamOnHGlobal(NULL, TRUE, &s), S_OK);
	assert_int_equal(s->lpVtbl->Release(s), 0);
}

static bool use_one(void *ctx)
{
	IStream *s = SHCreateMemStream((const BYTE *)"abc", 3), *clone = NULL;
	bool ok = s != NULL;

	ok = ok && SUCCEEDED(s->lpVtbl->Clone(s, &clone));
	ok = ok && SUCCEEDED(s->lpVtbl->SetSize(s, 5000));
	if (clone)
		clone->lpVtbl->Release(clone);
	if (s)
		s->lpVtbl->Release(s);
	return ok;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(use_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading_and_writing),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
