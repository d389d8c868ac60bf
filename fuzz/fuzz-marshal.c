/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoUnmarshalInterface and CoReleaseMarshalData over bytes that anybody may have written: they give
 * an object, which is counted, or an error; nothing is called that was not marshalled here, but for
 * error information, which goes by value. The
 * bytes 'K' 'E' 'Y' in a stream become the key of an object that is under way, 'T' 'O' 'K' the
 * token of this process.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "com/class.h"

struct object {
	IUnknown face;
	uint32_t refs;
};

static HRESULT query(IUnknown *This, REFIID riid, void **ret)
{
	*ret = IsEqualGUID(riid, &IID_IUnknown) ? This : NULL;
	if (*ret)
		((struct object *)This)->refs++;
	return *ret ? S_OK : E_NOINTERFACE;
}

static ULONG addref(IUnknown *This)
{
	return ++((struct object *)This)->refs;
}

static ULONG release(IUnknown *This)
{
	FUZZ_REQUIRE(((struct object *)This)->refs > 0);
	return --((struct object *)This)->refs;
}

static const IUnknownVtbl vtbl = { query, addref, release };

/* What was not marshalled here is a value: error information, whose texts are to be had. */
static void read_error(IUnknown *got)
{
	IErrorInfo *info = NULL;
	BSTR text = NULL;

	FUZZ_REQUIRE(SUCCEEDED(got->lpVtbl->QueryInterface(got, &IID_IErrorInfo, (void **)&info)));
	FUZZ_REQUIRE(SUCCEEDED(info->lpVtbl->GetDescription(info, &text)));
	FUZZ_REQUIRE(SysStringLen(text) < 8192);
	SysFreeString(text);
	info->lpVtbl->Release(info);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct object object = { { &vtbl }, 1 };
	IStream *key = SHCreateMemStream(NULL, 0), *stream;
	IUnknown *got = NULL;
	uint8_t bytes[80] = { 0 };
	uint8_t *copy = malloc(size + 1);

	FUZZ_REQUIRE(key && copy);
	memcpy(copy, data, size);
	FUZZ_REQUIRE(SUCCEEDED(CoMarshalInterface(key, &IID_IUnknown, &object.face, MSHCTX_INPROC,
						  NULL, MSHLFLAGS_NORMAL)));
	key->lpVtbl->Seek(key, 0, STREAM_SEEK_SET, NULL);
	key->lpVtbl->Read(key, bytes, sizeof(bytes), NULL);
	for (size_t i = 0; i + 16 <= size; i++) {
		if (memcmp(copy + i, "KEY", 3) == 0)
			memcpy(copy + i, bytes + 64, 16);
		else if (memcmp(copy + i, "TOK", 3) == 0)
			memcpy(copy + i, bytes + 48, 16);
	}
	stream = SHCreateMemStream(copy, (UINT)size);
	FUZZ_REQUIRE(stream);
	if (SUCCEEDED(CoUnmarshalInterface(stream, &IID_IUnknown, (void **)&got))) {
		if (got != &object.face)
			read_error(got);
		got->lpVtbl->Release(got);
	} else {
		FUZZ_REQUIRE(!got);
	}
	stream->lpVtbl->Seek(stream, 0, STREAM_SEEK_SET, NULL);
	CoReleaseMarshalData(stream);
	key->lpVtbl->Seek(key, 0, STREAM_SEEK_SET, NULL);
	CoReleaseMarshalData(key);
	FUZZ_REQUIRE(object.refs == 1);
	stream->lpVtbl->Release(stream);
	key->lpVtbl->Release(key);
	free(copy);
	return 0;
}
