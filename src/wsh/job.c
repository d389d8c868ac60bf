/* SPDX-License-Identifier: Apache-2.0 */
/* See job.h. Called by script.c, in cscript's only thread; everything goes into the arena. */
#include "wsh/job.h"

#include "base/buf.h"
#include "base/mem.h"
#include "script/vbs/encoded.h"
#include "wsh/markup.h"
#include "wsh/source.h"

#include <errno.h>
#include <stdlib.h>

/* An array that grows in the arena. */
struct list {
	void *items;
	size_t count, capacity;
};

struct job {
	struct wsh_markup m;
	const struct wsh_loader *loader;
	struct wsh_script *s;
	const char *id; /* the job that is wanted, NULL: the first */
	bool found;     /* it was read */
	bool keeping;   /* what is read belongs to it */
	struct list parts, files, objects, references, resources, arguments;
	struct error *err;
};

#define fail(j, place, ...) wsh_markup_fail(&(j)->m, place, (j)->err, __VA_ARGS__)

/* A new item at the end of `list`, zeroed. */
static int add(struct job *j, struct list *list, size_t size, struct wsh_place place, void **ret)
{
	if (list->count == WSH_PARTS_MAX)
		return fail(j, place, "this job has more than %d elements of a kind",
			    WSH_PARTS_MAX);
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 8;
		void *items = arena_zalloc(&j->s->arena, capacity, size);

		if (!items)
			return -ENOMEM;
		if (list->count)
			memcpy(items, list->items, list->count * size);
		list->items = items;
		list->capacity = capacity;
	}
	*ret = (char *)list->items + size * list->count++;
	return 0;
}

static int next(struct job *j, struct wsh_token *token)
{
	return wsh_markup_next(&j->m, token, j->err);
}

static bool is_blank(struct text t)
{
	for (size_t i = 0; i < t.length; i++)
		if (!strchr(" \t\r\n", t.data[i]))
			return false;
	return true;
}

static bool named(const struct wsh_token *token, const char *name)
{
	return text_equal_nocase(token->name, text_of(name));
}

/* The next child of the element `name`: a start tag (*ret_more), or its end. Text between elements
 * is nothing but blanks. */
static int next_child(struct job *j, struct text name, struct wsh_token *token, bool *ret_more)
{
	for (;;) {
		int r = next(j, token);

		if (r)
			return r;
		switch (token->kind) {
		case WSH_TOKEN_OPEN:
			*ret_more = true;
			return 0;
		case WSH_TOKEN_CLOSE:
			*ret_more = false;
			return text_equal_nocase(token->name, name)
				       ? 0
				       : fail(j, token->place, "expected </" TEXT_FMT ">",
					      TEXT_ARG(name));
		case WSH_TOKEN_END:
			return fail(j, token->place, "</" TEXT_FMT "> is missing", TEXT_ARG(name));
		case WSH_TOKEN_INSTRUCTION:
			continue;
		case WSH_TOKEN_CDATA:
		case WSH_TOKEN_TEXT:
			if (!is_blank(token->text))
				return fail(j, token->place,
					    "text where an element of <" TEXT_FMT "> is expected",
					    TEXT_ARG(name));
		}
	}
}

static struct text trimmed(struct text t)
{
	while (t.length && strchr(" \t\r\n", t.data[0]))
		t = (struct text){ t.data + 1, t.length - 1 };
	while (t.length && strchr(" \t\r\n", t.data[t.length - 1]))
		t.length--;
	return t;
}

/* Collects the text of an element up to its end tag. Blanks around a CDATA section do not count. */
static int collect(struct job *j, const struct wsh_token *open, struct buf *out,
		   struct wsh_place *ret_place)
{
	bool cdata = false, any = false;
	struct wsh_token token;

	for (;;) {
		int r = next(j, &token);

		if (r)
			return r;
		if (token.kind == WSH_TOKEN_CLOSE && text_equal_nocase(token.name, open->name))
			return 0;
		if (token.kind != WSH_TOKEN_TEXT && token.kind != WSH_TOKEN_CDATA)
			return fail(j, token.place, "expected text and </" TEXT_FMT ">",
				    TEXT_ARG(open->name));
		if (token.kind == WSH_TOKEN_CDATA && !cdata && is_blank(buf_text(out))) {
			buf_clear(out);
			any = false;
		}
		cdata |= token.kind == WSH_TOKEN_CDATA;
		if (cdata && token.kind == WSH_TOKEN_TEXT && is_blank(token.text))
			continue;
		if (!any)
			*ret_place = token.content_place;
		any = true;
		buf_put_text(out, token.text);
	}
}

static int element_text(struct job *j, const struct wsh_token *open, struct text *ret,
			struct wsh_place *ret_place)
{
	struct buf b;
	char *copy = NULL;
	int r = 0;

	*ret = TEXT("");
	*ret_place = j->m.place;
	if (open->empty)
		return 0;
	buf_init(&b, WSH_SOURCE_MAX);
	r = collect(j, open, &b, ret_place);
	if (!r)
		r = buf_failed(&b);
	if (!r) {
		copy = arena_strndup(&j->s->arena, b.data ? b.data : "", b.length);
		r = copy ? 0 : -ENOMEM;
	}
	if (!r)
		*ret = (struct text){ copy, b.length };
	buf_done(&b);
	return r;
}

/* An element without content: `<x/>`, or `<x></x>` with nothing between. */
static int finish_empty(struct job *j, const struct wsh_token *open)
{
	struct wsh_token token;
	bool more = false;
	int r = open->empty ? 0 : next_child(j, open->name, &token, &more);

	return r || !more ? r
			  : fail(j, token.place, "<" TEXT_FMT "> holds no elements",
				 TEXT_ARG(open->name));
}

static int need(struct job *j, const struct wsh_token *token, const char *name, const char **ret)
{
	*ret = wsh_token_get(token, name);
	if (*ret && **ret)
		return 0;
	return fail(j, token->place, "<" TEXT_FMT "> has no %s", TEXT_ARG(token->name), name);
}

static bool is_true(const char *value)
{
	return value && (text_equal_nocase(text_of(value), TEXT("true")) || !strcmp(value, "1"));
}

/* ---- <script> ---- */

/* `code` as it was written; a block that was encoded is decoded, and keeps its first line. */
static int decoded(struct job *j, struct wsh_place place, struct text *code)
{
	struct buf plain;
	struct error why;
	char *copy = NULL;
	int r;

	if (!vbs_is_encoded(*code))
		return 0;
	buf_init(&plain, code->length);
	r = vbs_decode(*code, &plain, &why);
	if (!r)
		copy = arena_strndup(&j->s->arena, plain.data ? plain.data : "", plain.length);
	if (copy)
		*code = (struct text){ copy, plain.length };
	buf_done(&plain);
	if (r == -EBADMSG)
		return fail(j, place, "%s", why.text);
	return r ? r : copy ? 0 : -ENOMEM;
}

static int script_code(struct job *j, const struct wsh_token *open, struct text *ret,
		       struct wsh_place *place)
{
	struct wsh_token token;
	int r;

	if (open->empty || j->m.strict)
		return element_text(j, open, ret, place);
	r = wsh_markup_raw(&j->m, open->name, &token, j->err);
	*ret = token.text;
	*place = token.content_place;
	return r;
}

static int add_file(struct job *j, const char *name, struct wsh_place place, uint16_t *ret)
{
	const char **file;
	int r = add(j, &j->files, sizeof *file, place, (void **)&file);

	if (r)
		return r;
	*file = name;
	*ret = (uint16_t)(j->files.count - 1);
	return 0;
}

static int load_source(struct job *j, const char *src, struct wsh_place place,
		       struct vbs_segment *part)
{
	const char *name;
	uint32_t line;
	int r = j->loader->load(j->loader->ctx, src, &j->s->arena, &part->code, &name, &line,
				j->err);

	if (!r)
		r = add_file(j, name, place, &part->file);
	part->line = line;
	part->column = 1;
	return r;
}

static int parse_script(struct job *j, const struct wsh_token *open)
{
	const char *language = wsh_token_get(open, "language"), *src = wsh_token_get(open, "src");
	struct vbs_segment *part;
	struct wsh_place place;
	struct text code;
	int r = script_code(j, open, &code, &place);

	if (r || !j->keeping)
		return r;
	if (language && !wsh_language_known(text_of(language)))
		return fail(j, open->place, "Can't find script engine \"%s\" for script", language);
	r = decoded(j, place, &code);
	if (!r)
		r = add(j, &j->parts, sizeof *part, open->place, (void **)&part);
	if (r)
		return r;
	if (src)
		return load_source(j, src, open->place, part);
	*part = (struct vbs_segment){ .code = code, .line = place.line, .column = place.column };
	return 0;
}

/* ---- <object>, <reference>, <resource> ---- */

static int parse_object(struct job *j, const struct wsh_token *open)
{
	struct wsh_object *o, object = { .events = is_true(wsh_token_get(open, "events")),
					 .line = (int)open->place.line,
					 .column = (int)open->place.column };
	const char *classid = wsh_token_get(open, "classid");
	int r = need(j, open, "id", &object.id);

	if (!r && classid)
		object.class_name = text_starts_with_nocase(text_of(classid), TEXT("clsid:"))
					    ? classid + 6
					    : classid;
	else if (!r)
		r = need(j, open, "progid", &object.class_name);
	if (!r)
		r = finish_empty(j, open);
	if (!r && j->keeping)
		r = add(j, &j->objects, sizeof *o, open->place, (void **)&o);
	if (!r && j->keeping)
		*o = object;
	return r;
}

static int parse_reference(struct job *j, const struct wsh_token *open)
{
	struct wsh_reference *reference;
	const char *name = wsh_token_get(open, "object");
	int r = finish_empty(j, open);

	if (!r && !name)
		r = need(j, open, "guid", &name);
	if (r || !j->keeping)
		return r;
	r = add(j, &j->references, sizeof *reference, open->place, (void **)&reference);
	if (!r)
		*reference = (struct wsh_reference){ name, (int)open->place.line,
						     (int)open->place.column };
	return r;
}

static int parse_resource(struct job *j, const struct wsh_token *open)
{
	struct wsh_resource *resource;
	struct wsh_place place;
	const char *id;
	struct text value;
	int r = need(j, open, "id", &id);

	if (!r)
		r = element_text(j, open, &value, &place);
	if (!r && j->keeping)
		r = add(j, &j->resources, sizeof *resource, open->place, (void **)&resource);
	if (!r && j->keeping)
		*resource = (struct wsh_resource){ id, value };
	return r;
}

/* ---- <runtime> ---- */

static enum wsh_argument_type type_of(const char *type)
{
	if (type && text_equal_nocase(text_of(type), TEXT("boolean")))
		return WSH_ARGUMENT_BOOLEAN;
	if (type && text_equal_nocase(text_of(type), TEXT("simple")))
		return WSH_ARGUMENT_SIMPLE;
	return WSH_ARGUMENT_STRING;
}

/* "true", "false", or how many (at most as many as make sense on a line). */
static unsigned required_of(const char *value)
{
	unsigned long n;

	if (!value || is_true(value))
		return value != NULL;
	n = strtoul(value, NULL, 10);
	return n > 100 ? 100 : (unsigned)n;
}

static int parse_argument(struct job *j, const struct wsh_token *open)
{
	const char *help = wsh_token_get(open, "helpstring");
	struct wsh_usage_argument *a,
		argument = { .named = named(open, "named"),
			     .help = help ? help : "",
			     .type = type_of(wsh_token_get(open, "type")),
			     .required = required_of(wsh_token_get(open, "required")),
			     .many = is_true(wsh_token_get(open, "many")) };
	int r = need(j, open, "name", &argument.name);

	if (!r)
		r = finish_empty(j, open);
	if (!r && j->keeping)
		r = add(j, &j->arguments, sizeof *a, open->place, (void **)&a);
	if (!r && j->keeping)
		*a = argument;
	return r;
}

static int parse_runtime_text(struct job *j, const struct wsh_token *open, struct text *slot)
{
	struct wsh_place place;
	struct text t;
	int r = element_text(j, open, &t, &place);

	if (!r && j->keeping)
		*slot = trimmed(t);
	return r;
}

static int parse_runtime(struct job *j, const struct wsh_token *open)
{
	struct wsh_runtime *runtime = &j->s->runtime;
	struct wsh_token token;
	bool more = true;
	int r = 0;

	runtime->there |= j->keeping;
	while (!open->empty && !(r = next_child(j, open->name, &token, &more)) && more) {
		if (named(&token, "named") || named(&token, "unnamed"))
			r = parse_argument(j, &token);
		else if (named(&token, "description"))
			r = parse_runtime_text(j, &token, &runtime->description);
		else if (named(&token, "example"))
			r = parse_runtime_text(j, &token, &runtime->example);
		else if (named(&token, "usage"))
			r = parse_runtime_text(j, &token, &runtime->usage);
		else
			r = fail(j, token.place, "<runtime> holds no <" TEXT_FMT ">",
				 TEXT_ARG(token.name));
		if (r)
			return r;
	}
	return r;
}

/* ---- <job>, <package> ---- */

static int skip_comment(struct job *j, const struct wsh_token *open)
{
	struct wsh_place place;
	struct text t;

	return element_text(j, open, &t, &place);
}

static const struct child {
	const char *name;
	int (*parse)(struct job *j, const struct wsh_token *open);
} job_children[] = {
	{ "script", parse_script },       { "object", parse_object },
	{ "reference", parse_reference }, { "resource", parse_resource },
	{ "runtime", parse_runtime },     { "comment", skip_comment },
	{ "description", skip_comment },
};

static int parse_child(struct job *j, const struct wsh_token *token)
{
	for (size_t i = 0; i < ARRAY_LEN(job_children); i++)
		if (named(token, job_children[i].name))
			return job_children[i].parse(j, token);
	return fail(j, token->place, "<job> holds no <" TEXT_FMT ">", TEXT_ARG(token->name));
}

static int parse_job(struct job *j, const struct wsh_token *open)
{
	const char *id = wsh_token_get(open, "id");
	struct wsh_token token;
	bool more = true;
	int r = 0;

	j->keeping =
		!j->found && (!j->id || (id && text_equal_nocase(text_of(id), text_of(j->id))));
	j->found |= j->keeping;
	while (!open->empty && !r) {
		r = next_child(j, open->name, &token, &more);
		if (r || !more)
			break;
		r = parse_child(j, &token);
	}
	j->keeping = false;
	return r;
}

static int parse_package(struct job *j, const struct wsh_token *open)
{
	struct wsh_token token;
	bool more = true;
	int r = 0;

	while (!open->empty && !r) {
		r = next_child(j, open->name, &token, &more);
		if (r || !more)
			break;
		if (named(&token, "job"))
			r = parse_job(j, &token);
		else if (named(&token, "comment"))
			r = skip_comment(j, &token);
		else
			r = fail(j, token.place, "<package> holds no <" TEXT_FMT ">",
				 TEXT_ARG(token.name));
	}
	return r;
}

static int parse_file(struct job *j)
{
	struct wsh_token token;

	for (;;) {
		int r = next(j, &token);

		if (r || token.kind == WSH_TOKEN_END)
			return r;
		if (token.kind == WSH_TOKEN_INSTRUCTION ||
		    (token.kind == WSH_TOKEN_TEXT && is_blank(token.text)))
			continue;
		if (token.kind != WSH_TOKEN_OPEN ||
		    !(named(&token, "package") || named(&token, "job")))
			return fail(j, token.place, "expected <package> or <job>");
		r = named(&token, "job") ? parse_job(j, &token) : parse_package(j, &token);
		if (r)
			return r;
	}
}

static void publish(const struct job *j)
{
	struct wsh_script *s = j->s;

	s->files = j->files.items;
	s->file_count = j->files.count;
	s->parts = j->parts.items;
	s->part_count = j->parts.count;
	s->objects = j->objects.items;
	s->object_count = j->objects.count;
	s->references = j->references.items;
	s->reference_count = j->references.count;
	s->resources = j->resources.items;
	s->resource_count = j->resources.count;
	s->runtime.arguments = j->arguments.items;
	s->runtime.argument_count = j->arguments.count;
}

int wsh_job_parse(struct text t, uint32_t first_line, const char *id,
		  const struct wsh_loader *loader, struct wsh_script *s, struct error *err)
{
	struct job j = { .loader = loader, .s = s, .id = id, .err = err };
	uint16_t self;
	int r;

	wsh_markup_init(&j.m, t, first_line, s->path, &s->arena);
	r = add_file(&j, s->path, j.m.place, &self);
	if (!r)
		r = parse_file(&j);
	if (!r && !j.found)
		r = id ? error_set(err, -ENOENT, "CScript Error: Unable to find job \"%s\".", id)
		       : wsh_markup_fail(&j.m, j.m.place, err, "there is no <job>");
	if (!r)
		publish(&j);
	return r == -ENOBUFS ? -EFBIG : r;
}
