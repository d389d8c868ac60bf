/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expat's events made into a tree; see xml.h. Called in the SCM, the front end, hosts and tools,
 * on any thread: a parse has no state outside its own document.
 */
#include "config/engine/xml_read.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>

/* More than XML_ELEMENTS_MAX elements and XML_SIZE_MAX of text can need. */
#define ARENA_LIMIT ((size_t)256 << 20)

struct reader {
	XML_Parser parser;
	struct xml_document *document;
	struct xml_element *root;
	struct xml_element *at; /* the open element, NULL outside of the root */
	unsigned depth, elements;
	int result; /* what stopped the parser, 0 for Expat's own errors */
	struct error *err;
};

/* ---- Expat's memory is ours, so that its allocations can be made to fail ---- */

static void *expat_realloc(void *old, size_t size)
{
	return mem_realloc(old, 1, size);
}

static void expat_free(void *p)
{
	mem_free(p);
}

static const XML_Memory_Handling_Suite expat_memory = { mem_alloc, expat_realloc, expat_free };

/* ---- building ---- */

static void stop(struct reader *r, int result, uint32_t hresult, const char *text)
{
	r->result = error_set_at(r->err, result, r->document->file,
				 (int)XML_GetCurrentLineNumber(r->parser), 0, "%s", text);
	if (r->err)
		r->err->hresult = hresult;
	error_add_source(r->err, r->document->source.data, r->document->source.length);
	XML_StopParser(r->parser, XML_FALSE);
}

/* Attributes without name space declarations; NULL with `r` stopped on failure. */
static bool copy_attributes(struct reader *r, struct xml_element *element, const char **attributes)
{
	struct arena *arena = &r->document->arena;
	size_t count = 0;

	for (size_t i = 0; attributes[i]; i += 2)
		count += strncmp(attributes[i], "xmlns", 5) != 0;
	if (count > XML_ATTRIBUTES_MAX) {
		stop(r, -EINVAL, XML_BAD_DATA, "An element has more attributes than are allowed");
		return false;
	}
	struct xml_attribute *copy = arena_zalloc(arena, count ? count : 1, sizeof(*copy));
	if (!copy)
		goto no_memory;
	for (size_t i = 0; attributes[i]; i += 2) {
		size_t length = strlen(attributes[i + 1]);
		if (!strncmp(attributes[i], "xmlns", 5))
			continue;
		if (length > XML_VALUE_MAX) {
			stop(r, -EINVAL, XML_BAD_DATA, "An attribute is longer than is allowed");
			return false;
		}
		struct xml_attribute *a = &copy[element->attribute_count++];
		a->name = arena_strndup(arena, attributes[i], strlen(attributes[i]));
		a->value = arena_strndup(arena, attributes[i + 1], length);
		if (!a->name || !a->value)
			goto no_memory;
	}
	element->attributes = copy;
	return true;
no_memory:
	stop(r, -ENOMEM, 0, "out of memory");
	return false;
}

static void link_element(struct reader *r, struct xml_element *element)
{
	struct xml_element *parent = r->at;
	element->parent = parent;
	if (!parent)
		r->root = element;
	else if (parent->last)
		parent->last->next = element;
	else
		parent->first = element;
	if (parent)
		parent->last = element;
	r->at = element;
}

static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
	struct reader *r = ctx;
	struct arena *arena = &r->document->arena;

	if (r->result < 0)
		return;
	if (++r->depth > XML_DEPTH_MAX) {
		stop(r, -EINVAL, XML_BAD_DATA, "Elements are nested deeper than is allowed");
		return;
	}
	if (++r->elements > XML_ELEMENTS_MAX) {
		stop(r, -EINVAL, XML_BAD_DATA, "The file has more elements than are allowed");
		return;
	}
	struct xml_element *element = arena_new(arena, struct xml_element);
	char *copy = arena_strndup(arena, name, strlen(name));
	if (!element || !copy) {
		stop(r, -ENOMEM, 0, "out of memory");
		return;
	}
	element->name = copy;
	element->document = r->document;
	element->line = (int)XML_GetCurrentLineNumber(r->parser);
	element->start = (uint32_t)XML_GetCurrentByteIndex(r->parser);
	element->open_end = element->start + (uint32_t)XML_GetCurrentByteCount(r->parser);
	if (copy_attributes(r, element, attributes))
		link_element(r, element);
}

static void XMLCALL on_end(void *ctx, const char *name)
{
	struct reader *r = ctx;
	if (r->result < 0)
		return;
	/* For <a/> Expat says: no bytes, behind the tag. */
	r->at->close = (uint32_t)XML_GetCurrentByteIndex(r->parser);
	r->at->end = r->at->close + (uint32_t)XML_GetCurrentByteCount(r->parser);
	r->depth--;
	r->at = r->at->parent;
}

/* Entities are how a small file becomes a large one, and reads other files: none are needed. */
static void XMLCALL on_doctype(void *ctx, const char *name, const char *system_id,
			       const char *public_id, int internal)
{
	stop(ctx, -EINVAL, XML_BAD_DATA,
	     "A document type definition is not allowed in a configuration file");
}

static int parse(struct reader *r, struct text xml)
{
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	enum XML_Status status = XML_Parse(r->parser, xml.data, (int)xml.length, XML_TRUE);
	if (r->result < 0)
		return r->result;
	if (status == XML_STATUS_OK)
		return 0;
	enum XML_Error code = XML_GetErrorCode(r->parser);
	if (code == XML_ERROR_NO_MEMORY)
		return error_set(r->err, -ENOMEM, "out of memory");
	int line = (int)XML_GetCurrentLineNumber(r->parser);
	int column = (int)XML_GetCurrentColumnNumber(r->parser) + 1;
	error_set_at(r->err, -EINVAL, r->document->file, line, column,
		     "Configuration file is not well-formed XML (%s)", XML_ErrorString(code));
	if (r->err)
		r->err->hresult = XML_BAD_DATA;
	error_add_source(r->err, xml.data, xml.length);
	return -EINVAL;
}

/* What can be read as it is, is not UTF-16, whatever it says of itself: it was once, when the file
 * was read. NULL: what it says. */
static const char *parser_encoding(const struct xml_document *document)
{
	struct text declared = xml_declared_encoding(document->source);
	bool decoded =
		document->encoding != XML_UTF8 || text_starts_with_nocase(declared, TEXT("UTF-16"));
	return decoded ? "UTF-8" : NULL;
}

/* What a part is in: the text, which is in one of the encodings that can be changed. */
static const char *part_encoding(const struct xml_document *document)
{
	bool ascii = text_equal_nocase(xml_declared_encoding(document->source), TEXT("US-ASCII"));
	return ascii && document->encoding == XML_UTF8 ? "US-ASCII" : "UTF-8";
}

int xml_read_part(struct xml_document *document, struct text part, unsigned depth,
		  unsigned *elements, struct xml_element **ret)
{
	struct reader r = { .document = document, .depth = depth, .elements = *elements };

	r.parser = XML_ParserCreate_MM(part_encoding(document), &expat_memory, NULL);
	int result = r.parser ? parse(&r, part) : -ENOMEM;
	XML_ParserFree(r.parser);
	if (result < 0)
		return result;
	*elements = r.elements;
	*ret = r.root;
	return 0;
}

static int parse_text(struct text xml, enum xml_encoding encoding, const char *file,
		      struct xml_document **ret, struct error *err)
{
	struct reader r = { .err = err };

	if (xml.length > XML_SIZE_MAX) {
		int e = error_set_at(err, -EINVAL, file, 0, 0,
				     "Configuration file is larger than %zu MiB",
				     XML_SIZE_MAX >> 20);
		if (err)
			err->hresult = XML_BAD_DATA;
		return e;
	}
	r.document = mem_new(struct xml_document);
	if (!r.document)
		return error_set(err, -ENOMEM, "out of memory");
	arena_init(&r.document->arena, ARENA_LIMIT);
	r.document->path = "";
	r.document->owner = r.document;
	r.document->file = arena_strndup(&r.document->arena, file, strlen(file));
	char *copy = arena_strndup(&r.document->arena, xml.data ? xml.data : "", xml.length);
	r.document->source = (struct text){ copy, xml.length };
	r.document->encoding = encoding;
	r.parser = r.document->file && copy
			   ? XML_ParserCreate_MM(parser_encoding(r.document), &expat_memory, NULL)
			   : NULL;
	if (!r.parser) {
		xml_free(r.document);
		return error_set(err, -ENOMEM, "out of memory");
	}
	int result = parse(&r, r.document->source);
	XML_ParserFree(r.parser);
	if (result < 0) {
		xml_free(r.document);
		return result;
	}
	r.document->root = r.root;
	r.document->elements = r.elements;
	*ret = r.document;
	return 0;
}

int xml_parse(struct text xml, const char *file, struct xml_document **ret, struct error *err)
{
	enum xml_encoding encoding = xml_encoding(xml);
	struct buf decoded;

	if (encoding == XML_UTF8 || xml.length > XML_SIZE_MAX)
		return parse_text(xml, XML_UTF8, file, ret, err);
	buf_init(&decoded, 2 * XML_SIZE_MAX);
	int r = xml_decode(xml, file, &decoded, err);
	if (r == 0)
		r = parse_text(buf_text(&decoded), encoding, file, ret, err);
	buf_done(&decoded);
	return r;
}

struct xml_document *xml_free(struct xml_document *document)
{
	if (!document)
		return NULL;
	arena_done(&document->arena);
	mem_free(document->text);
	return mem_free(document);
}

/* ---- reading ---- */

const char *xml_get(const struct xml_element *element, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++) {
		if (!strcmp(element->attributes[i].name, name))
			return element->attributes[i].value;
	}
	return NULL;
}

static const struct xml_element *child_named(const struct xml_element *element, struct text name)
{
	const struct xml_element *child = element->first;
	while (child && !text_equal(text_of(child->name), name))
		child = child->next;
	return child;
}

const struct xml_element *xml_child(const struct xml_element *element, const char *name)
{
	return child_named(element, text_of(name));
}

const struct xml_element *xml_find(const struct xml_element *element, const char *path)
{
	struct text rest = text_of(path);
	while (element && rest.length)
		element = child_named(element, text_cut(&rest, '/'));
	return element;
}

/* The start tag is well-formed: name, then white space, name, '=', quoted value, again. */
bool xml_value_range(const struct xml_element *element, const char *name, struct xml_range *ret)
{
	const char *source = element->document->source.data;
	size_t at = element->start + 1 + strlen(element->name);

	while (at < element->open_end && source[at] != '>' && source[at] != '/') {
		at += strspn(source + at, " \t\r\n");
		size_t length = strcspn(source + at, " \t\r\n=/>");
		struct text found = { source + at, length };
		if (!length)
			break;
		at += length;
		at += strcspn(source + at, "\"'");
		const char *end = strchr(source + at + 1, source[at]);
		if (!end)
			break;
		*ret = (struct xml_range){ at + 1, (size_t)(end - source) };
		if (text_equal(found, text_of(name)))
			return true;
		at = ret->end + 1;
	}
	return false;
}

int xml_fail(const struct xml_element *element, uint32_t hresult, struct error *err,
	     const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	error_set_at(err, -EINVAL, element->document->file, element->line, 0, "%s", text);
	if (err)
		err->hresult = hresult;
	struct text source = element->document->source;
	error_add_source(err, source.data, source.length);
	return -EINVAL;
}
