/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static files: from memory when they are small, else by sendfile from a descriptor that the
 * route keeps; validators, ranges, client cache headers. Loop threads. The bytes and descriptors
 * belong to the route, which the request holds until it is done.
 */
#include "web/internal.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <unistd.h>

#define WEAK_TIME (2 * NSEC_PER_SEC) /* after a change the stamp may not show the next one */
#define PIECE_SIZE 65536

/* ---- a file's head and content, made once ---- */

/* IIS: the bytes of the FILETIME from the lowest, and the change number of the metabase. */
static void make_etag(struct web_file *file)
{
	uint64_t stamp = (uint64_t)file->st.st_mtim.tv_sec * 10000000 +
			 (uint64_t)file->st.st_mtim.tv_nsec / 100 + UINT64_C(116444736000000000);
	char hex[17];
	for (int i = 0; i < 8; i++, stamp >>= 8)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned)(stamp & 255));
	/* The highest byte is 01 for centuries: written as one digit. */
	snprintf(file->etag, sizeof(file->etag), "%s\"%.14s%s:0\"", file->weak ? "W/" : "", hex,
		 hex[14] == '0' ? hex + 15 : hex + 14);
}

static void add_field(struct web_file *file, struct text name, struct text value)
{
	if (file->field_count < FILE_FIELDS_MAX)
		file->fields[file->field_count++] = (struct http_field){ name, value };
}

/* DisableCache, UseMaxAge and cacheControlCustom all are Cache-Control, in one field; UseExpires is
 * a field of its own. */
static void add_cache_control(struct web_route *route)
{
	const struct config_url *url = route->folder->url;
	const char *value = "", *custom = url->client_cache_custom;
	if (url->client_cache_mode == 1)
		value = "no-cache";
	else if (url->client_cache_mode == 2)
		value = arena_printf(&route->arena, "max-age=%lld",
				     (long long)(url->client_cache_max_age / NSEC_PER_SEC));
	else if (url->client_cache_mode == 3 && *url->client_cache_expires)
		add_field(&route->file, TEXT("Expires"), text_of(url->client_cache_expires));
	if (value && *value && *custom)
		value = arena_printf(&route->arena, "%s,%s", value, custom);
	else if (value && !*value)
		value = custom;
	if (value && *value)
		add_field(&route->file, TEXT("Cache-Control"), text_of(value));
}

/* The footer of the configuration, for documents: its text, or what is in the file it names. */
static char *read_footer(const struct web_route *route, size_t *ret_length)
{
	const struct config_url *url = route->folder->url;
	char *data = NULL;
	*ret_length = 0;
	if (!url->footer || !text_starts_with_nocase(route->file.mime, TEXT("text/html")))
		return NULL;
	if (!url->footer_is_file) {
		*ret_length = strlen(url->footer_text);
		return mem_dup(url->footer_text, *ret_length);
	}
	const char *path = url->footer_text;
	bool drive = path[0] && path[1] == ':';
	return sys_read_file(drive ? path + 2 : path, CONTENT_FILE_MAX, &data, ret_length) < 0
		       ? NULL
		       : data;
}

static void load_content(struct web_route *route)
{
	struct web_file *file = &route->file;
	size_t size = (size_t)file->st.st_size, got = 0, footer_length = 0;
	if (size > CONTENT_FILE_MAX)
		return;
	_cleanup_mem_ char *footer = read_footer(route, &footer_length);
	char *content = route->method == HTTP_HEAD ? NULL : mem_alloc(size + footer_length + 1);
	file->size = size + footer_length;
	while (content && got <= size) {
		ssize_t n = pread(file->fd, content + got, size + 1 - got, (off_t)got);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	if (route->method == HTTP_HEAD)
		return;
	/* One that grows or shrinks under our eyes goes by the descriptor. */
	if (!content || got != size) {
		file->size = size;
		mem_free(content);
		return;
	}
	if (footer)
		memcpy(content + size, footer, footer_length);
	file->content = content;
	file->fd = sys_close(file->fd);
	web_routes_account(route->loop, (int64_t)file->size, -1);
}

static void prepare(struct web_route *route)
{
	struct web_file *file = &route->file;
	const struct config_url *url = route->folder->url;
	int64_t modified = file->st.st_mtim.tv_sec * NSEC_PER_SEC + file->st.st_mtim.tv_nsec;
	file->weak = clock_wall() - modified < WEAK_TIME;
	file->prepared = true;
	file->size = (size_t)file->st.st_size;
	make_etag(file);
	clock_format_http(modified, file->last_modified);
	add_field(file, TEXT("Content-Type"), file->mime);
	add_cache_control(route);
	add_field(file, TEXT("Last-Modified"), text_of(file->last_modified));
	add_field(file, TEXT("Accept-Ranges"), TEXT("bytes"));
	if (url->set_etag)
		add_field(file, TEXT("ETag"), text_of(file->etag));
	else
		file->etag[0] = '\0';
	for (size_t i = 0; i < url->custom_headers.count; i++)
		add_field(file, text_of(url->custom_headers.items[i].name),
			  text_of(url->custom_headers.items[i].value));
	load_content(route);
	file->packable = web_file_packable(route);
	if (file->packable)
		add_field(file, TEXT("Vary"), TEXT("Accept-Encoding"));
}

void web_file_done(struct web_loop *loop, struct web_route *route)
{
	struct web_file *file = &route->file;
	web_file_unpack(loop, file);
	if (file->content)
		web_routes_account(loop, -(int64_t)file->size, 0);
	if (file->fd >= 0)
		web_routes_account(loop, 0, -1);
	file->content = mem_free(file->content);
	file->fd = sys_close(file->fd);
}

/* ---- several ranges: multipart/byteranges (RFC 9110 14.6) ---- */

struct part {
	struct text head; /* delimiter and fields */
	struct web_range range;
};

struct parts {
	const struct web_file *file;
	struct part part[RANGES_MAX + 1]; /* the last has only its delimiter */
	int count, at;
	size_t head_sent;
	uint64_t body_sent;
	char *piece; /* of the file, when it is not in memory */
	uint64_t piece_offset;
	size_t piece_length;
};

static int parts_body(struct parts *p, struct iovec *iov)
{
	const struct web_range *range = &p->part[p->at].range;
	uint64_t offset = range->first + p->body_sent, left = range->length - p->body_sent;
	if (p->file->content) {
		*iov = (struct iovec){ p->file->content + offset, (size_t)left };
		return 0;
	}
	if (offset < p->piece_offset || offset >= p->piece_offset + p->piece_length) {
		ssize_t n = pread(p->file->fd, p->piece, left < PIECE_SIZE ? left : PIECE_SIZE,
				  (off_t)offset);
		if (n <= 0)
			return -EIO;
		p->piece_offset = offset;
		p->piece_length = (size_t)n;
	}
	size_t at = (size_t)(offset - p->piece_offset), there = p->piece_length - at;
	*iov = (struct iovec){ p->piece + at, there < left ? there : (size_t)left };
	return 0;
}

static int parts_peek(void *ctx, struct iovec iov[2])
{
	struct parts *p = ctx;
	int n = 0;
	if (p->at == p->count)
		return -ENODATA;
	const struct part *part = &p->part[p->at];
	if (p->head_sent < part->head.length)
		iov[n++] = (struct iovec){ (char *)part->head.data + p->head_sent,
					   part->head.length - p->head_sent };
	if (p->body_sent < part->range.length && parts_body(p, &iov[n++]) < 0)
		return -EIO;
	return n;
}

static void parts_consume(void *ctx, size_t length)
{
	struct parts *p = ctx;
	const struct part *part = &p->part[p->at];
	size_t head = part->head.length - p->head_sent;
	head = head < length ? head : length;
	p->head_sent += head;
	p->body_sent += length - head;
	if (p->head_sent == part->head.length && p->body_sent == part->range.length) {
		p->at++;
		p->head_sent = 0;
		p->body_sent = 0;
	}
}

static const struct http_source parts_source = { parts_peek, parts_consume };

static struct parts *parts_new(struct web_call *call, const struct web_range *ranges, int count,
			       const char *boundary, uint64_t *ret_length)
{
	struct arena *arena = http_exchange_arena(call->request.x);
	const struct web_file *file = &call->route->file;
	struct parts *p = arena_new(arena, struct parts);
	if (!p)
		return NULL;
	p->file = file;
	p->count = count + 1;
	if (!file->content && !(p->piece = arena_alloc(arena, PIECE_SIZE)))
		return NULL;
	*ret_length = 0;
	for (int i = 0; i <= count; i++) {
		char *head = i == count
				     ? arena_printf(arena, "\r\n--%s--\r\n", boundary)
				     : arena_printf(arena,
						    "%s--%s\r\nContent-Type: " TEXT_FMT
						    "\r\nContent-Range: bytes %llu-%llu/%llu"
						    "\r\n\r\n",
						    i ? "\r\n" : "", boundary, TEXT_ARG(file->mime),
						    (unsigned long long)ranges[i].first,
						    (unsigned long long)(ranges[i].first +
									 ranges[i].length - 1),
						    (unsigned long long)file->size);
		if (!head)
			return NULL;
		p->part[i].head = text_of(head);
		if (i < count)
			p->part[i].range = ranges[i];
		*ret_length += p->part[i].head.length + p->part[i].range.length;
	}
	return p;
}

/* ---- answering ---- */

static void start_response(struct web_call *call, struct http_response *response)
{
	const struct config_url *url = call->request.url;
	response->close = !url->keep_alive;
	response->hide_server = url->remove_server_header;
	web_log_response(call, response);
}

static void respond_part(struct web_call *call, struct http_response *response, uint64_t first,
			 uint64_t length)
{
	const struct web_file *file = &call->route->file;
	response->content_length = length;
	start_response(call, response);
	if (file->content)
		http_respond_memory(call->request.x, response, file->content + first, length);
	else
		http_respond_file(call->request.x, response, file->fd, false, first, length);
}

static void serve_whole(struct web_call *call)
{
	const struct web_file *file = &call->route->file;
	struct http_response response = { .status = 200,
					  .fields = file->fields,
					  .field_count = file->field_count };
	respond_part(call, &response, 0, file->size);
}

static void serve_one_range(struct web_call *call, const struct web_range *range)
{
	const struct web_file *file = &call->route->file;
	struct http_field fields[FILE_FIELDS_MAX + 1];
	memcpy(fields, file->fields, file->field_count * sizeof(*fields));
	char *value = arena_printf(http_exchange_arena(call->request.x), "bytes %llu-%llu/%llu",
				   (unsigned long long)range->first,
				   (unsigned long long)(range->first + range->length - 1),
				   (unsigned long long)file->size);
	if (!value) {
		serve_whole(call);
		return;
	}
	fields[file->field_count] = (struct http_field){ TEXT("Content-Range"), text_of(value) };
	struct http_response response = { .status = 206,
					  .fields = fields,
					  .field_count = file->field_count + 1 };
	respond_part(call, &response, range->first, range->length);
}

static void serve_ranges(struct web_call *call, const struct web_range *ranges, int count)
{
	const struct web_file *file = &call->route->file;
	struct arena *arena = http_exchange_arena(call->request.x);
	static const char boundary[] = "<q1w2e3r4t5y6u7i8o9p0>"; /* IIS's own */
	struct http_field fields[FILE_FIELDS_MAX];
	uint64_t length;
	struct parts *parts = parts_new(call, ranges, count, boundary, &length);
	char *type = arena_printf(arena, "multipart/byteranges; boundary=\"%s\"", boundary);
	if (!parts || !type) {
		serve_whole(call);
		return;
	}
	memcpy(fields, file->fields, file->field_count * sizeof(*fields));
	fields[0].value = text_of(type);
	struct http_response response = { .status = 206,
					  .content_length = length,
					  .fields = fields,
					  .field_count = file->field_count };
	start_response(call, &response);
	http_respond_source(call->request.x, &response, &parts_source, parts);
}

static void serve_unsatisfiable(struct web_call *call)
{
	char *value = arena_printf(http_exchange_arena(call->request.x), "bytes */%llu",
				   (unsigned long long)call->route->file.size);
	struct http_field field = { TEXT("Content-Range"), text_of(value ? value : "bytes */*") };
	web_answer_memory(call, 416, &field, 1, NULL, 0);
}

static void serve_not_modified(struct web_call *call)
{
	const struct web_file *file = &call->route->file;
	struct http_response response = { .status = 304,
					  .fields = file->fields + 1,
					  .field_count = file->field_count - 1 };
	start_response(call, &response);
	http_respond_memory(call->request.x, &response, NULL, 0);
}

static void serve_packed(struct web_call *call, const struct web_packed *packed)
{
	struct http_response response = { .status = 200,
					  .content_length = packed->length,
					  .fields = packed->fields,
					  .field_count = packed->field_count };
	start_response(call, &response);
	http_respond_memory(call->request.x, &response, packed->content, packed->length);
}

static void serve_ranged(struct web_call *call, const struct web_conditions *c)
{
	struct web_range ranges[RANGES_MAX];
	const struct web_file *file = &call->route->file;
	int count = web_ranges_parse(c->range, file->size, ranges);
	if (count == 0)
		serve_unsatisfiable(call);
	else if (count == 1)
		serve_one_range(call, &ranges[0]);
	else if (count > 1)
		serve_ranges(call, ranges, count);
	else
		serve_whole(call);
}

void web_static_serve(struct web_call *call)
{
	struct web_route *route = call->route;
	const struct http_request *request = http_exchange_request(call->request.x);
	const struct web_packed *packed;
	struct web_conditions c;
	if (!route->file.prepared)
		prepare(route);
	web_conditions_find(request, &c);
	unsigned status = c.any ? web_conditions_check(&c, &route->file) : 0;
	if (status == 304)
		serve_not_modified(call);
	else if (status == 412)
		web_error_serve(call, 412, 0, 0, (struct text){ "", 0 }, NULL);
	else if (c.range.data && request->method == HTTP_GET &&
		 web_conditions_range(&c, &route->file))
		serve_ranged(call, &c);
	else if (route->file.packable && (packed = web_file_packed(call)))
		serve_packed(call, packed);
	else
		serve_whole(call);
}
