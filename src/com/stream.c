/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream in memory (surrogate/objbase.h): bytes that clones share, each with a position of its
 * own. One mutex guards bytes and positions, so any thread may use any of them. STREAM_MAX bytes at
 * most.
 */
#include "com/unknown.h"

#include <pthread.h>

#define STREAM_MAX (256u << 20)

struct bytes {
	uint32_t refs;
	pthread_mutex_t lock; /* guards what follows, and the positions of streams */
	char *data;
	size_t length, capacity;
};

struct stream {
	IStream face;
	uint32_t refs;
	struct bytes *bytes;
	ULONGLONG at;
};

COM_OBJECT_WITH(stream, IStream, ISequentialStream)

static void bytes_unref(struct bytes *bytes)
{
	if (com_refs_drop(&bytes->refs))
		return;
	pthread_mutex_destroy(&bytes->lock);
	mem_free(bytes->data);
	mem_free(bytes);
}

static void stream_free(struct stream *self)
{
	bytes_unref(self->bytes);
	mem_free(self);
}

/* ---- under the lock ---- */

/* Makes the bytes `length` long; new ones are zero. */
static HRESULT resize(struct bytes *b, ULONGLONG length)
{
	if (length > STREAM_MAX)
		return STG_E_MEDIUMFULL;
	if (length > b->capacity) {
		size_t capacity = length < b->capacity * 2 ? b->capacity * 2 : (size_t)length;
		char *data = mem_realloc(b->data, capacity, 1);

		if (!data)
			return E_OUTOFMEMORY;
		b->data = data;
		b->capacity = capacity;
	}
	if (length > b->length)
		memset(b->data + b->length, 0, (size_t)length - b->length);
	b->length = (size_t)length;
	return S_OK;
}

static ULONG take(struct stream *self, void *out, ULONG count)
{
	const struct bytes *b = self->bytes;
	size_t left = self->at < b->length ? b->length - (size_t)self->at : 0;
	ULONG n = count < left ? count : (ULONG)left;

	if (n)
		memcpy(out, b->data + self->at, n);
	self->at += n;
	return n;
}

static HRESULT put(struct stream *self, const void *data, ULONG count)
{
	struct bytes *b = self->bytes;
	ULONGLONG end = self->at + count;
	HRESULT hr = end > b->length ? resize(b, end) : S_OK;

	if (SUCCEEDED(hr) && count)
		memcpy(b->data + self->at, data, count);
	if (SUCCEEDED(hr))
		self->at = end;
	return hr;
}

/* ---- the interface ---- */

static HRESULT stream_read(IStream *This, void *pv, ULONG cb, ULONG *ret)
{
	struct stream *self = stream_self(This);
	ULONG n;

	if (!pv)
		return E_POINTER;
	pthread_mutex_lock(&self->bytes->lock);
	n = take(self, pv, cb);
	pthread_mutex_unlock(&self->bytes->lock);
	if (ret)
		*ret = n;
	return n == cb ? S_OK : S_FALSE;
}

static HRESULT stream_write(IStream *This, const void *pv, ULONG cb, ULONG *ret)
{
	struct stream *self = stream_self(This);
	HRESULT hr;

	if (!pv)
		return E_POINTER;
	pthread_mutex_lock(&self->bytes->lock);
	hr = put(self, pv, cb);
	pthread_mutex_unlock(&self->bytes->lock);
	if (ret)
		*ret = SUCCEEDED(hr) ? cb : 0;
	return hr;
}

static HRESULT stream_seek(IStream *This, LONGLONG move, DWORD origin, ULONGLONG *ret)
{
	struct stream *self = stream_self(This);
	LONGLONG to = 0;
	HRESULT hr = S_OK;

	pthread_mutex_lock(&self->bytes->lock);
	if (origin == STREAM_SEEK_CUR)
		to = (LONGLONG)self->at;
	else if (origin == STREAM_SEEK_END)
		to = (LONGLONG)self->bytes->length;
	if (origin > STREAM_SEEK_END || __builtin_add_overflow(to, move, &to) || to < 0 ||
	    to > UINT32_MAX)
		hr = STG_E_INVALIDFUNCTION;
	else
		self->at = (ULONGLONG)to;
	if (ret)
		*ret = self->at;
	pthread_mutex_unlock(&self->bytes->lock);
	return hr;
}

static HRESULT stream_set_size(IStream *This, ULONGLONG size)
{
	struct bytes *b = stream_self(This)->bytes;
	HRESULT hr;

	pthread_mutex_lock(&b->lock);
	hr = resize(b, size);
	pthread_mutex_unlock(&b->lock);
	return hr;
}

/* By pieces of the stack: neither stream is locked while the other one works. */
static HRESULT stream_copy_to(IStream *This, IStream *to, ULONGLONG count, ULONGLONG *ret_read,
			      ULONGLONG *ret_written)
{
	ULONGLONG read = 0, written = 0;
	char piece[4096];
	HRESULT hr = to ? S_OK : E_POINTER;

	while (SUCCEEDED(hr) && read < count) {
		ULONG want = count - read < sizeof(piece) ? (ULONG)(count - read) : sizeof(piece);
		ULONG got = 0, put_there = 0;

		stream_read(This, piece, want, &got);
		if (!got)
			break;
		read += got;
		hr = to->lpVtbl->Write(to, piece, got, &put_there);
		written += put_there;
	}
	if (ret_read)
		*ret_read = read;
	if (ret_written)
		*ret_written = written;
	return hr;
}

/* What is written is there: there is nothing to commit, and nothing to go back to. */
static HRESULT stream_commit(IStream *This, DWORD flags)
{
	(void)This, (void)flags;
	return S_OK;
}

static HRESULT stream_revert(IStream *This)
{
	(void)This;
	return S_OK;
}

static HRESULT stream_lock(IStream *This, ULONGLONG at, ULONGLONG count, DWORD type)
{
	(void)This, (void)at, (void)count, (void)type;
	return STG_E_INVALIDFUNCTION;
}

static HRESULT stream_stat(IStream *This, STATSTG *ret, DWORD flags)
{
	struct bytes *b = stream_self(This)->bytes;

	(void)flags; /* it has no name */
	if (!ret)
		return E_POINTER;
	pthread_mutex_lock(&b->lock);
	*ret = (STATSTG){ .type = STGTY_STREAM, .cbSize = b->length };
	pthread_mutex_unlock(&b->lock);
	return S_OK;
}

static HRESULT stream_clone(IStream *This, IStream **ret);

static const IStreamVtbl stream_vtbl = {
	stream_query, stream_addref,   stream_release, stream_read,   stream_write,
	stream_seek,  stream_set_size, stream_copy_to, stream_commit, stream_revert,
	stream_lock,  stream_lock,     stream_stat,    stream_clone,
};

/* Takes the reference to `bytes`, also on failure. */
static IStream *stream_new(struct bytes *bytes, ULONGLONG at)
{
	struct stream *self = mem_new(struct stream);

	if (!self) {
		bytes_unref(bytes);
		return NULL;
	}
	*self = (struct stream){ .face = { &stream_vtbl }, .refs = 1, .bytes = bytes, .at = at };
	return &self->face;
}

static HRESULT stream_clone(IStream *This, IStream **ret)
{
	struct stream *self = stream_self(This);
	ULONGLONG at;

	if (!ret)
		return E_POINTER;
	pthread_mutex_lock(&self->bytes->lock);
	at = self->at;
	pthread_mutex_unlock(&self->bytes->lock);
	com_refs_add(&self->bytes->refs);
	*ret = stream_new(self->bytes, at);
	return *ret ? S_OK : E_OUTOFMEMORY;
}

IStream *SHCreateMemStream(const BYTE *pInit, UINT cbInit)
{
	struct bytes *bytes = mem_new(struct bytes);

	if (!bytes)
		return NULL;
	bytes->refs = 1;
	pthread_mutex_init(&bytes->lock, NULL);
	if (pInit && cbInit) {
		if (FAILED(resize(bytes, cbInit))) {
			bytes_unref(bytes);
			return NULL;
		}
		memcpy(bytes->data, pInit, cbInit);
	}
	return stream_new(bytes, 0);
}

HRESULT CreateStreamOnHGlobal(void *hGlobal, BOOL fDeleteOnRelease, IStream **ppstm)
{
	(void)fDeleteOnRelease; /* the memory is the stream's own */
	if (hGlobal || !ppstm)
		return E_INVALIDARG;
	*ppstm = SHCreateMemStream(NULL, 0);
	return *ppstm ? S_OK : E_OUTOFMEMORY;
}
