/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip, by system.webServer/urlCompression and httpCompression. A file that is asked for often is
 * compressed once and kept beside its plain bytes in its route; what a page answers is compressed
 * on its way to the client, and whatever there is goes out when the page has nothing more to say
 * for now, so that a page that flushes is seen to. Loop threads.
 */
#include "web/internal.h"

#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#define GZIP_BITS (15 + 16) /* a window of 32 KiB, with the head and tail of gzip */
#define MEMORY_LEVEL 8
#define PACK_FILE_MAX (1u << 20) /* a larger file would keep its loop busy for too long */
#define PACKER_BUFFER 16384

/* ---- may it be ---- */

/* "*" and "text/ *" without the blank; parameters of `type` do not count. */
static bool pattern_matches(const char *pattern, struct text type)
{
	struct text rest = type, plain = text_trim(text_cut(&rest, ';'));
	size_t length = strlen(pattern);
	if (!strcmp(pattern, "*/*") || !strcmp(pattern, "*"))
		return true;
	if (length > 1 && pattern[length - 1] == '*')
		return text_starts_with_nocase(plain, (struct text){ pattern, length - 1 });
	return text_equal_nocase(plain, text_of(pattern));
}

/* The most specific entry decides: a whole type, then its family, then all. */
static bool type_enabled(const struct config_type *types, size_t count, struct text type)
{
	const struct config_type *best = NULL;
	size_t most = 0;
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(types[i].pattern);
		bool whole = !strchr(types[i].pattern, '*');
		size_t weight = whole ? 1000 : types[i].pattern[0] == '*' ? 1 : 1 + length;
		if (weight > most && pattern_matches(types[i].pattern, type)) {
			best = &types[i];
			most = weight;
		}
	}
	return best && best->enabled;
}

/* "q=0", "q=0.0": not this one. */
static bool is_unwanted(struct text weight)
{
	if (!text_starts_with_nocase(weight, TEXT("q=0")))
		return false;
	for (size_t i = 3; i < weight.length; i++) {
		if (weight.data[i] >= '1' && weight.data[i] <= '9')
			return false;
	}
	return true;
}

/* "gzip", "gzip;q=0.5"; "*" is all that is not named. */
static bool wants_gzip(struct text value)
{
	bool others = false;
	while (value.data) {
		struct text one = text_cut(&value, ',');
		struct text name = text_trim(text_cut(&one, ';'));
		bool wanted = !is_unwanted(text_trim(one));
		if (text_equal_nocase(name, TEXT("gzip")) ||
		    text_equal_nocase(name, TEXT("x-gzip")))
			return wanted;
		if (text_equal(name, TEXT("*")))
			others = wanted;
	}
	return others;
}

static bool accepts(const struct config_compression *c, const struct http_request *request)
{
	if ((request->minor == 0 && c->not_for_http10) ||
	    !wants_gzip(http_field_find(request, TEXT("Accept-Encoding"))))
		return false;
	if (c->not_for_proxies && http_field_find(request, TEXT("Via")).data)
		return false;
	return !c->not_for_ranges || !http_field_find(request, TEXT("Range")).data;
}

static void *gzip_alloc(void *opaque, unsigned count, unsigned size)
{
	(void)opaque;
	return mem_zalloc(count, size);
}

static void gzip_free(void *opaque, void *data)
{
	(void)opaque;
	mem_free(data);
}

static bool gzip_begin(z_stream *z, uint32_t level)
{
	memset(z, 0, sizeof(*z));
	z->zalloc = gzip_alloc;
	z->zfree = gzip_free;
	return deflateInit2(z, (int)level, Z_DEFLATED, GZIP_BITS, MEMORY_LEVEL,
			    Z_DEFAULT_STRATEGY) == Z_OK;
}

/* ---- files ---- */

bool web_file_packable(const struct web_route *route)
{
	const struct config_compression *c = &route->folder->url->compression;
	const struct web_file *file = &route->file;
	return c->static_on && route->method == HTTP_GET && file->size >= c->least_size &&
	       file->size <= PACK_FILE_MAX &&
	       type_enabled(c->static_types, c->static_type_count, file->mime);
}

/* The plain bytes, which are in memory or in the file. */
static char *read_plain(const struct web_file *file, bool *ret_ours)
{
	*ret_ours = !file->content;
	if (file->content)
		return file->content;
	char *data = mem_alloc(file->size + 1);
	size_t got = 0;
	while (data && got < file->size) {
		ssize_t n = pread(file->fd, data + got, file->size - got, (off_t)got);
		if (n <= 0)
			return mem_free(data);
		got += (size_t)n;
	}
	return data;
}

static char *gzip_all(const char *data, size_t length, uint32_t level, size_t *ret_length)
{
	z_stream z;
	if (!gzip_begin(&z, level))
		return NULL;
	size_t bound = deflateBound(&z, length);
	char *out = mem_alloc(bound);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)length;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)bound;
	bool done = out && deflate(&z, Z_FINISH) == Z_STREAM_END;
	*ret_length = bound - z.avail_out;
	deflateEnd(&z);
	return done ? out : mem_free(out);
}

/* As those of the plain file, but for what names the coding, the validator, and what shall keep old
 * proxies from storing it. */
static void set_fields(struct web_route *route, struct web_packed *packed)
{
	const struct config_compression *c = &route->folder->url->compression;
	const struct web_file *file = &route->file;
	for (size_t i = 0; i < file->field_count; i++) {
		struct http_field field = file->fields[i];
		if (c->send_cache_headers &&
		    (text_equal_nocase(field.name, TEXT("Cache-Control")) ||
		     text_equal_nocase(field.name, TEXT("Expires"))))
			continue;
		if (text_equal(field.name, TEXT("Accept-Ranges")))
			field.value = TEXT("none");
		if (text_equal(field.name, TEXT("ETag")) && !file->weak) {
			snprintf(packed->etag, sizeof(packed->etag), "W/%s", file->etag);
			field.value = text_of(packed->etag);
		}
		packed->fields[packed->field_count++] = field;
	}
	packed->fields[packed->field_count++] =
		(struct http_field){ TEXT("Content-Encoding"), TEXT("gzip") };
	if (c->send_cache_headers && *c->expires)
		packed->fields[packed->field_count++] =
			(struct http_field){ TEXT("Expires"), text_of(c->expires) };
	if (c->send_cache_headers && *c->cache_control)
		packed->fields[packed->field_count++] =
			(struct http_field){ TEXT("Cache-Control"), text_of(c->cache_control) };
}

static void pack(struct web_route *route)
{
	struct web_file *file = &route->file;
	struct web_packed *packed = mem_new(struct web_packed);
	bool ours = false;
	char *plain = packed ? read_plain(file, &ours) : NULL;
	if (plain)
		packed->content =
			gzip_all(plain, file->size, route->folder->url->compression.static_level,
				 &packed->length);
	if (ours)
		mem_free(plain);
	/* What does not get smaller stays as it is. */
	if (!packed || !packed->content || packed->length >= file->size) {
		file->packable = false;
		if (packed)
			mem_free(packed->content);
		mem_free(packed);
		return;
	}
	set_fields(route, packed);
	file->packed = packed;
	web_routes_account(route->loop, (int64_t)packed->length, 0);
}

/* serverRuntime's idea of often: so many times in so long. */
static bool is_frequent(struct web_route *route)
{
	const struct config_runtime *runtime = &route->folder->url->runtime;
	struct web_file *file = &route->file;
	int64_t now = loop_now(route->loop->loop);
	if (now - file->hits_since > runtime->frequent_period) {
		file->hits_since = now;
		file->hits = 0;
	}
	return ++file->hits >= runtime->frequent_hits;
}

const struct web_packed *web_file_packed(struct web_call *call)
{
	struct web_route *route = call->route;
	const struct config_compression *c = &route->folder->url->compression;
	if (!accepts(c, http_exchange_request(call->request.x)) ||
	    http_field_find(http_exchange_request(call->request.x), TEXT("Range")).data)
		return NULL;
	if (!route->file.packed && (c->always || is_frequent(route)))
		pack(route);
	return route->file.packed;
}

void web_file_unpack(struct web_loop *loop, struct web_file *file)
{
	if (!file->packed)
		return;
	web_routes_account(loop, -(int64_t)file->packed->length, 0);
	mem_free(file->packed->content);
	file->packed = mem_free(file->packed);
}

/* ---- pages ---- */

struct web_packer {
	z_stream z;
	const struct http_source *inner;
	void *inner_ctx;
	bool begun, dirty, finished; /* dirty: it was given what has not come out yet */
	size_t start, end;
	char out[PACKER_BUFFER];
};

/* Runs the compressor into the free part of the buffer. */
static int squeeze(struct web_packer *p, int flush)
{
	p->z.next_out = (Bytef *)p->out + p->end;
	p->z.avail_out = (uInt)(sizeof(p->out) - p->end);
	int r = deflate(&p->z, flush);
	p->end = sizeof(p->out) - p->z.avail_out;
	return r;
}

/* 1: went on, 0: nothing to do now, negative: broken. */
static int packer_step(struct web_packer *p)
{
	struct iovec iov[2];
	int n = p->inner->peek(p->inner_ctx, iov);
	if (n > 0) {
		p->z.next_in = iov[0].iov_base;
		p->z.avail_in = (uInt)(iov[0].iov_len < (1u << 30) ? iov[0].iov_len : 1u << 30);
		size_t given = p->z.avail_in;
		squeeze(p, Z_NO_FLUSH);
		p->inner->consume(p->inner_ctx, given - p->z.avail_in);
		p->z.next_in = NULL;
		p->z.avail_in = 0;
		p->dirty = true;
		return 1;
	}
	if (n == -ENODATA) {
		p->finished = squeeze(p, Z_FINISH) == Z_STREAM_END;
		return 1;
	}
	if (n < 0 || !p->dirty)
		return n;
	squeeze(p, Z_SYNC_FLUSH);
	p->dirty = p->z.avail_out == 0; /* a full buffer: there may be more */
	return p->end > 0;
}

static int packer_peek(void *ctx, struct iovec iov[2])
{
	struct web_packer *p = ctx;
	if (p->start == p->end)
		p->start = p->end = 0;
	/* A full buffer at once where there is enough: fewer and larger chunks. */
	while (!p->finished && p->end < sizeof(p->out)) {
		int r = packer_step(p);
		if (r < 0)
			return r;
		if (r == 0)
			break;
	}
	if (p->start == p->end)
		return p->finished ? -ENODATA : 0;
	iov[0] = (struct iovec){ p->out + p->start, p->end - p->start };
	return 1;
}

static void packer_consume(void *ctx, size_t length)
{
	struct web_packer *p = ctx;
	p->start += length;
}

static const struct http_source packer_source = { packer_peek, packer_consume };

static struct text field_of(const struct http_response *response, struct text name)
{
	for (size_t i = 0; i < response->field_count; i++) {
		if (text_equal_nocase(response->fields[i].name, name))
			return response->fields[i].value;
	}
	return (struct text){ NULL, 0 };
}

static bool may_pack(struct web_call *call, const struct http_response *response)
{
	const struct config_url *url = call->request.url;
	const struct http_request *request = http_exchange_request(call->request.x);
	if (!url || !url->compression.dynamic_on || response->status != 200 ||
	    response->content_length == 0 || request->method == HTTP_HEAD)
		return false;
	return accepts(&url->compression, request) &&
	       !field_of(response, TEXT("Content-Encoding")).data &&
	       type_enabled(url->compression.dynamic_types, url->compression.dynamic_type_count,
			    field_of(response, TEXT("Content-Type")));
}

void web_pack(struct web_call *call, struct http_response *response,
	      const struct http_source **source, void **ctx)
{
	if (!may_pack(call, response))
		return;
	struct arena *arena = http_exchange_arena(call->request.x);
	struct http_field *fields =
		arena_alloc(arena, (response->field_count + 2) * sizeof(*fields));
	struct web_packer *p = fields ? mem_new(struct web_packer) : NULL;
	if (!p || !gzip_begin(&p->z, call->request.url->compression.dynamic_level)) {
		mem_free(p);
		return; /* without memory it goes as it is */
	}
	p->begun = true;
	p->inner = *source;
	p->inner_ctx = *ctx;
	call->packer = p;
	if (response->field_count)
		memcpy(fields, response->fields, response->field_count * sizeof(*fields));
	size_t n = response->field_count;
	fields[n++] = (struct http_field){ TEXT("Content-Encoding"), TEXT("gzip") };
	fields[n++] = (struct http_field){ TEXT("Vary"), TEXT("Accept-Encoding") };
	response->fields = fields;
	response->field_count = n;
	response->content_length = HTTP_LENGTH_UNKNOWN;
	*source = &packer_source;
	*ctx = p;
}

struct web_packer *web_packer_free(struct web_packer *p)
{
	if (!p)
		return NULL;
	if (p->begun)
		deflateEnd(&p->z);
	return mem_free(p);
}
