/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a page of the pieces that page-parse.c finds: literal blocks, segments for the script
 * compiler, the table of files with their stamps. Called by the page cache on worker threads.
 */
#include "asp/page-build.h"

#include "asp/codepage.h"
#include "base/error.h"
#include "base/mem.h"

#include <errno.h>

#define SEGMENTS_MAX 1000000

int asp_build_grow(void **items, size_t *capacity, size_t count, size_t size, size_t max)
{
	if (count < *capacity)
		return 0;
	if (count >= max)
		return -ENOBUFS;
	size_t wanted = *capacity ? *capacity * 2 : 16;
	void *grown = mem_realloc(*items, wanted, size);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*capacity = wanted;
	return 0;
}

int asp_build_fail(struct asp_build *b, unsigned number, struct text parameter,
		   struct asp_place place)
{
	const struct asp_source *file = &b->files[place.file];
	asp_error_set(b->error, number, parameter);
	asp_error_place(b->error, file->url, place.line, place.column);
	struct text line = asp_parse_line(file->text, place.line);
	b->error->source = mem_alloc(line.length + 1);
	if (b->error->source) {
		memcpy(b->error->source, line.data, line.length);
		b->error->source[line.length] = '\0';
	}
	return -EINVAL;
}

/* ---- files ---- */

/* The first file decides the page's code page: its mark, its directive, the application. An
 * included file's directive counts too, as long as it is the first thing in the page. */
static int decode(struct asp_build *b, struct text bytes, struct buf *utf8)
{
	uint32_t codepage = b->page->codepage;
	uint32_t said = 0, found;
	if (!b->directive_seen && !b->code_seen && !b->text_seen)
		said = asp_parse_codepage(bytes);
	if (said)
		codepage = said;
	else if (codepage == 0)
		codepage = b->options->codepage ? b->options->codepage : ASP_UTF8;
	b->page->codepage = codepage;
	int r = asp_codepage_load(codepage, bytes, utf8, &found);
	if (b->file_count == 0 && !said)
		b->page->codepage = found;
	return r;
}

static int add_file(struct asp_build *b, struct text url, const struct asp_file *file)
{
	struct buf utf8;
	buf_init(&utf8, 3 * ASP_FILE_MAX);
	int r = decode(b, (struct text){ file->data, file->length }, &utf8);
	char *text = NULL, *path = NULL, *name = NULL;
	if (r == 0) {
		text = arena_dup(&b->work, utf8.length ? utf8.data : "", utf8.length);
		path = arena_strndup(&b->page->arena, file->path, strlen(file->path));
		name = arena_strndup(&b->page->arena, url.data, url.length);
		r = text && path && name ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = asp_build_grow((void **)&b->files, &b->file_capacity, b->file_count,
				   sizeof(*b->files), ASP_PAGE_FILES);
	if (r == 0)
		b->files[b->file_count++] = (struct asp_source){
			.url = { name, url.length },
			.text = { text, utf8.length },
			.path = path,
			.stamp = file->stamp,
		};
	buf_done(&utf8);
	return r;
}

int asp_build_file(struct asp_build *b, struct text url, uint16_t *ret)
{
	for (size_t i = 0; i < b->file_count; i++) {
		if (text_equal(b->files[i].url, url)) {
			*ret = (uint16_t)i;
			return 0;
		}
	}
	struct asp_file file = { 0 };
	int r = b->options->loader.load(b->options->loader.ctx, url, &file);
	if (r != 0)
		return r;
	r = add_file(b, url, &file);
	asp_file_done(&file);
	if (r == 0)
		*ret = (uint16_t)(b->file_count - 1);
	return r;
}

/* ---- segments ---- */

static int push(struct asp_segments *s, struct text code, struct asp_place place, bool continues)
{
	int r = asp_build_grow((void **)&s->items, &s->capacity, s->count, sizeof(*s->items),
			       SEGMENTS_MAX);
	if (r != 0)
		return r;
	s->items[s->count++] = (struct vbs_segment){ .code = code,
						     .file = place.file,
						     .continues = continues,
						     .line = place.line,
						     .column = place.column };
	return 0;
}

/* White space and whole comments. */
static bool is_silent(struct text t)
{
	size_t at = 0;
	while (at < t.length) {
		struct text rest = { t.data + at, t.length - at };
		if (asp_is_space(t.data[at])) {
			at++;
		} else if (text_starts_with(rest, TEXT("<!--"))) {
			size_t end = asp_find(t, at + 4, TEXT("-->"));
			if (end == t.length)
				return false;
			at = end + 3;
		} else {
			return false;
		}
	}
	return true;
}

int asp_build_literal(struct asp_build *b, struct text t, struct asp_place place)
{
	if (t.length == 0 || b->options->global)
		return 0;
	if (!b->text_seen)
		b->text_seen = !is_silent(t);
	if (!b->pending) {
		b->pending = true;
		b->pending_start = b->literal.length;
		b->pending_place = place;
	}
	asp_codepage_encode_utf8(b->page->codepage, t, &b->literal);
	return buf_failed(&b->literal);
}

static bool is_blank_line(struct text t)
{
	bool line_end = false;
	for (size_t i = 0; i < t.length; i++) {
		if (!asp_is_space(t.data[i]))
			return false;
		line_end |= t.data[i] == '\n' || t.data[i] == '\r';
	}
	return line_end;
}

int asp_build_flush(struct asp_build *b, enum asp_piece after)
{
	enum asp_piece before = b->before;
	b->before = after;
	if (!b->pending)
		return 0;
	b->pending = false;
	struct block block = { b->pending_start, b->literal.length - b->pending_start };
	struct text t = { b->literal.data + block.start, block.length };
	if (before == ASP_PIECE_CODE && after == ASP_PIECE_CODE && is_blank_line(t)) {
		b->literal.length = block.start;
		return 0;
	}
	int r = asp_build_grow((void **)&b->blocks, &b->block_capacity, b->block_count,
			       sizeof(*b->blocks), SEGMENTS_MAX);
	if (r != 0)
		return r;
	char *code = arena_printf(&b->work, "Response.WriteBlock %zu", b->block_count);
	if (!code)
		return -ENOMEM;
	b->blocks[b->block_count++] = block;
	return push(&b->code, text_of(code), b->pending_place, false);
}

/* Blanks, line ends, colons and comments from `at` on. */
static size_t skip_idle(struct text t, size_t at)
{
	while (at < t.length) {
		if (asp_is_space(t.data[at]) || t.data[at] == ':') {
			at++;
		} else if (t.data[at] == '\'' || asp_word_at(t, at, TEXT("Rem"))) {
			while (at < t.length && t.data[at] != '\n' && t.data[at] != '\r')
				at++;
		} else {
			break;
		}
	}
	return at;
}

/* The bytes up to the end of "Option Explicit", when the code begins with it. */
static size_t option_explicit(struct text t)
{
	size_t at = skip_idle(t, 0);
	if (!asp_word_at(t, at, TEXT("Option")))
		return 0;
	for (at += 6; at < t.length && (t.data[at] == ' ' || t.data[at] == '\t');)
		at++;
	return asp_word_at(t, at, TEXT("Explicit")) ? at + 8 : 0;
}

static struct asp_place place_after(struct asp_place place, struct text t)
{
	for (size_t i = 0; i < t.length; i++) {
		bool end = t.data[i] == '\n' ||
			   (t.data[i] == '\r' && (i + 1 == t.length || t.data[i + 1] != '\n'));
		place.column = end ? 1 : place.column + 1;
		place.line += end;
	}
	return place;
}

static void last_first(struct asp_segments *s)
{
	struct vbs_segment last = s->items[s->count - 1];
	memmove(s->items + 1, s->items, (s->count - 1) * sizeof(*s->items));
	s->items[0] = last;
}

int asp_build_code(struct asp_build *b, struct text t, struct asp_place place)
{
	if (skip_idle(t, 0) == t.length)
		return asp_build_flush(b, ASP_PIECE_CODE);
	if (!b->code_seen) {
		/* "Option Explicit" must be the program's first statement, but the text in front
		 * of it on the page is a statement too: let it overtake that text. */
		b->code_seen = true;
		struct text option = { t.data, option_explicit(t) };
		int r = option.length ? push(&b->code, option, place, false) : 0;
		if (r != 0)
			return r;
		if (option.length)
			last_first(&b->code);
		place = place_after(place, option);
		t = (struct text){ t.data + option.length, t.length - option.length };
	}
	int r = asp_build_flush(b, ASP_PIECE_CODE);
	return r ? r : push(&b->code, t, place, false);
}

int asp_build_output(struct asp_build *b, struct text t, struct asp_place place)
{
	int r = asp_build_flush(b, ASP_PIECE_OUTPUT);
	b->code_seen = true;
	if (r == 0)
		r = push(&b->code, TEXT("Response.Write("), place, true);
	if (r == 0)
		r = push(&b->code, t, place, true);
	return r ? r : push(&b->code, TEXT(")"), place_after(place, t), false);
}

int asp_build_script(struct asp_build *b, struct text t, struct asp_place place)
{
	return push(&b->scripts, t, place, false);
}

int asp_build_object(struct asp_build *b, const struct asp_declared_object *object)
{
	int r = asp_build_grow((void **)&b->objects, &b->object_capacity, b->object_count,
			       sizeof(*b->objects), 1000);
	if (r != 0)
		return r;
	struct asp_declared_object copy = *object;
	copy.id.data = arena_strndup(&b->page->arena, object->id.data, object->id.length);
	if (!copy.id.data)
		return -ENOMEM;
	b->objects[b->object_count++] = copy;
	return 0;
}

/* ---- the whole ---- */

static int keep_blocks(struct asp_build *b)
{
	struct asp_page *page = b->page;
	char *bytes = arena_dup(&page->arena, b->literal.length ? b->literal.data : "",
				b->literal.length);
	page->blocks = arena_zalloc(&page->arena, b->block_count + 1, sizeof(*page->blocks));
	if (!bytes || !page->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < b->block_count; i++)
		page->blocks[i] = (struct text){ bytes + b->blocks[i].start, b->blocks[i].length };
	page->block_count = b->block_count;
	return 0;
}

static int keep_files(struct asp_build *b)
{
	struct asp_page *page = b->page;
	struct asp_page_file *files =
		arena_zalloc(&page->arena, b->file_count, sizeof(*page->files));
	struct asp_declared_object *objects =
		arena_zalloc(&page->arena, b->object_count + 1, sizeof(*objects));
	if (!files || !objects)
		return -ENOMEM;
	for (size_t i = 0; i < b->file_count; i++)
		files[i] = (struct asp_page_file){ b->files[i].url.data, b->files[i].path,
						   b->files[i].stamp };
	if (b->object_count)
		memcpy(objects, b->objects, b->object_count * sizeof(*objects));
	page->files = files;
	page->file_count = b->file_count;
	page->objects = objects;
	page->object_count = b->object_count;
	return 0;
}

/* The script compiler knows the line of its segment only; the page knows the whole line. */
static void refine(struct asp_build *b)
{
	struct asp_error *error = b->error;
	for (size_t i = 0; error->file && i < b->file_count; i++) {
		if (!text_equal(b->files[i].url, text_of(error->file)))
			continue;
		struct text line = asp_parse_line(b->files[i].text, error->line);
		char *copy = mem_alloc(line.length + 1);
		if (!copy)
			return;
		memcpy(copy, line.data, line.length);
		copy[line.length] = '\0';
		mem_free(error->source);
		error->source = copy;
		return;
	}
}

static int compile(struct asp_build *b)
{
	const char **names = arena_zalloc(&b->work, b->file_count, sizeof(*names));
	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < b->file_count; i++)
		names[i] = b->files[i].url.data;
	struct vbs_source source = { .files = names,
				     .file_count = b->file_count,
				     .segments = b->code.items,
				     .segment_count = b->code.count };
	struct vbs_error error = { 0 };
	HRESULT hr = vbs_compile(&source, &b->page->program, &error);
	if (FAILED(hr) && hr != E_OUTOFMEMORY) {
		asp_error_from_script(b->error, &error);
		refine(b);
	}
	vbs_error_done(&error);
	if (SUCCEEDED(hr) && b->options->on_source)
		b->options->on_source(b->options->source_ctx, &source);
	return SUCCEEDED(hr) ? 0 : hr == E_OUTOFMEMORY ? -ENOMEM : -EINVAL;
}

static int build(struct asp_build *b, struct text url)
{
	uint16_t first;
	int r = asp_build_file(b, url, &first);
	if (r == 0)
		r = asp_parse_file(b, first);
	if (r == 0)
		r = asp_build_flush(b, ASP_PIECE_END);
	for (size_t i = 0; r == 0 && i < b->scripts.count; i++) {
		const struct vbs_segment *s = &b->scripts.items[i];
		r = push(&b->code, s->code, (struct asp_place){ s->file, s->line, s->column },
			 false);
	}
	if (r == 0)
		r = keep_blocks(b);
	if (r == 0)
		r = keep_files(b);
	return r ? r : compile(b);
}

int asp_page_compile(const struct asp_page_options *options, struct text url, struct asp_page **ret,
		     struct asp_error *error)
{
	struct asp_build b = { .options = options,
			       .error = error,
			       .page = mem_new(struct asp_page) };
	if (!b.page)
		return -ENOMEM;
	b.page->refs = 1;
	b.page->session = true;
	b.page->global = options->global;
	arena_init(&b.page->arena, 4 * ASP_PAGE_MAX);
	arena_init(&b.work, 8 * ASP_PAGE_MAX);
	buf_init(&b.literal, ASP_PAGE_MAX);
	int r = build(&b, url);
	if (r == -ENOBUFS && b.file_count)
		r = asp_build_fail(&b, 101, TEXT("the page is too large"),
				   (struct asp_place){ 0, 1, 1 });
	mem_free(b.files);
	mem_free(b.code.items);
	mem_free(b.scripts.items);
	mem_free(b.blocks);
	mem_free(b.objects);
	buf_done(&b.literal);
	arena_done(&b.work);
	if (r != 0) {
		asp_page_unref(b.page);
		return r;
	}
	b.page->size = sizeof(*b.page) + b.page->arena.used + vbs_program_size(b.page->program);
	*ret = b.page;
	return 0;
}

struct asp_page *asp_page_ref(struct asp_page *page)
{
	__atomic_fetch_add(&page->refs, 1, __ATOMIC_RELAXED);
	return page;
}

struct asp_page *asp_page_unref(struct asp_page *page)
{
	if (!page || __atomic_sub_fetch(&page->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return NULL;
	vbs_program_unref(page->program);
	arena_done(&page->arena);
	return mem_free(page);
}

bool asp_page_current(const struct asp_page *page)
{
	struct asp_stamp now;
	for (size_t i = 0; i < page->file_count; i++) {
		if (asp_stamp_read(page->files[i].path, &now) != 0 ||
		    !asp_stamp_equal(&now, &page->files[i].stamp))
			return false;
	}
	return true;
}
