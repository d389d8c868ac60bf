/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of a text and of the tree made of it, without reading all of it again: commands that
 * change many elements of a large file would take the square of its size. Called by edit.c, in
 * tools.
 *
 * What is between two children of an element is read by itself, as the content of an element of the
 * same name. If that is well-formed the whole is, and has the same elements there: XML without a
 * document type definition says nothing in one place about another. Whatever cannot be read so is
 * left to the parser of the whole, which has the limits and the texts of errors too. The bytes and
 * lines of what stands behind are moved.
 */
#include "config/engine/xml_read.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>

#define ROOM 4096 /* that a text has more than it needs, at least */

/* A piece of an element's content, and the children that stand in it: those between two others. */
struct piece {
	struct xml_element *parent;
	struct xml_element *before, *after; /* NULL: the start tag, the end tag */
	size_t from, to;
	unsigned depth; /* of the parent */
};

/* ---- which piece ---- */

/* <a/> has no content. */
static bool in_content(const struct xml_element *e, size_t from, size_t to)
{
	return e->close < e->end && e->open_end <= from && to <= e->close;
}

/* That of the deepest element which has all of it; false: the root has not. */
static bool find_piece(const struct xml_document *document, size_t from, size_t to,
		       struct piece *ret)
{
	struct xml_element *e = document->root, *inner = e;

	*ret = (struct piece){ 0 };
	while (inner && in_content(inner, from, to)) {
		ret->parent = e = inner;
		ret->depth++;
		for (inner = e->first; inner && inner->end <= from;)
			inner = inner->next;
	}
	if (!ret->parent)
		return false;
	for (inner = e->first; inner && inner->end <= from; inner = inner->next)
		ret->before = inner;
	while (inner && inner->start < to)
		inner = inner->next;
	ret->after = inner;
	ret->from = ret->before ? ret->before->end : e->open_end;
	ret->to = inner ? inner->start : e->close;
	return true;
}

static unsigned count(const struct xml_element *e)
{
	unsigned n = 1;
	for (const struct xml_element *c = e->first; c; c = c->next)
		n += count(c);
	return n;
}

static struct xml_element *piece_first(const struct piece *piece)
{
	return piece->before ? piece->before->next : piece->parent->first;
}

static unsigned piece_count(const struct piece *piece)
{
	unsigned n = 0;
	for (const struct xml_element *e = piece_first(piece); e != piece->after; e = e->next)
		n += count(e);
	return n;
}

/* Line ends as Expat counts them. */
static int lines_in(const char *text, size_t length)
{
	int lines = 0;
	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n' ||
			 (text[i] == '\r' && !(i + 1 < length && text[i + 1] == '\n'));
	return lines;
}

/* ---- reading it ---- */

/* <parent>, the piece as it is to be, </parent>. */
static bool put_part(const struct xml_document *document, const struct piece *piece, size_t from,
		     size_t to, struct text with, struct buf *out, size_t *ret_begin,
		     size_t *ret_end)
{
	const char *source = document->source.data;

	buf_printf(out, "<%s>", piece->parent->name);
	*ret_begin = out->length;
	buf_put(out, source + piece->from, from - piece->from);
	buf_put_text(out, with);
	buf_put(out, source + to, piece->to - to);
	*ret_end = out->length;
	buf_printf(out, "</%s>", piece->parent->name);
	return !buf_failed(out);
}

/* Bytes and lines of an element and of all in it. */
static void move(struct xml_element *e, ptrdiff_t bytes, int lines)
{
	e->start = (uint32_t)(e->start + bytes);
	e->open_end = (uint32_t)(e->open_end + bytes);
	e->close = (uint32_t)(e->close + bytes);
	e->end = (uint32_t)(e->end + bytes);
	e->line += lines;
	for (struct xml_element *c = e->first; c; c = c->next)
		move(c, bytes, lines);
}

/* ---- changing ---- */

/* The text is the document's own from the first change on, with room to grow. */
static bool make_room(struct xml_document *document, size_t length)
{
	if (document->text && length < document->capacity)
		return true;
	size_t capacity = length + length / 4 + ROOM;
	char *text = mem_realloc(document->text, capacity, 1);
	if (!text)
		return false;
	if (!document->text)
		memcpy(text, document->source.data, document->source.length);
	document->text = text;
	document->capacity = capacity;
	document->source.data = text;
	text[document->source.length] = '\0';
	return true;
}

/* All that stands behind the piece, and the ends of what it is in. */
static void move_behind(const struct piece *piece, ptrdiff_t bytes, int lines)
{
	struct xml_element *behind = piece->after;

	for (struct xml_element *e = piece->parent; e; e = e->parent) {
		for (; behind; behind = behind->next)
			move(behind, bytes, lines);
		e->close = (uint32_t)(e->close + bytes);
		e->end = (uint32_t)(e->end + bytes);
		behind = e->next;
	}
}

/* The children of `from` in the place of those of the piece. */
static void link_piece(const struct piece *piece, const struct xml_element *from)
{
	struct xml_element *first = from->first ? from->first : piece->after;

	for (struct xml_element *e = from->first; e; e = e->next)
		e->parent = piece->parent;
	if (from->first)
		from->last->next = piece->after;
	if (piece->before)
		piece->before->next = first;
	else
		piece->parent->first = first;
	if (!piece->after)
		piece->parent->last = from->first ? from->last : piece->before;
}

static void splice(struct xml_document *document, const struct piece *piece, struct text part)
{
	struct text *source = &document->source;
	size_t rest = source->length - piece->to, length = part.length;

	memmove(document->text + piece->from + length, document->text + piece->to, rest + 1);
	memcpy(document->text + piece->from, part.data, length);
	source->length = piece->from + length + rest;
}

/* `out`: <parent>, the piece, </parent>; the piece is from..to of it. */
static int change(struct xml_document *document, const struct piece *piece, const struct buf *out,
		  size_t from, size_t to)
{
	struct text part = { out->data + from, to - from };
	size_t length = document->source.length - (piece->to - piece->from) + part.length;
	/* The parent is there already: it is not counted twice. */
	unsigned elements = document->elements - piece_count(piece) - 1;
	struct xml_element *root = NULL;

	/* What changes have left in the arena goes when the whole is read again. */
	if (length > XML_SIZE_MAX || document->arena.used > document->arena.limit / 2)
		return XML_WHOLE;
	int r = xml_read_part(document, buf_text(out), piece->depth - 1, &elements, &root);
	if (r == -ENOMEM || (r == 0 && root->close == to && !make_room(document, length)))
		return -ENOMEM;
	if (r < 0 || root->close != to)
		return XML_WHOLE;
	const char *source = document->source.data;
	const struct xml_element *known = piece->before ? piece->before : piece->parent;
	int line = known->line + lines_in(source + known->start, piece->from - known->start);
	int lines = lines_in(part.data, part.length) -
		    lines_in(source + piece->from, piece->to - piece->from);
	for (struct xml_element *e = root->first; e; e = e->next)
		move(e, (ptrdiff_t)piece->from - (ptrdiff_t)from, line - 1);
	move_behind(piece, (ptrdiff_t)length - (ptrdiff_t)document->source.length, lines);
	link_piece(piece, root);
	splice(document, piece, part);
	document->elements = elements;
	return 0;
}

int xml_replace(struct xml_document *document, size_t from, size_t to, struct text with)
{
	struct piece piece;
	struct buf out;
	size_t begin, end;

	if (!find_piece(document, from, to, &piece))
		return XML_WHOLE;
	buf_init(&out, 2 * XML_SIZE_MAX);
	int r = put_part(document, &piece, from, to, with, &out, &begin, &end)
			? change(document, &piece, &out, begin, end)
			: -ENOMEM;
	buf_done(&out);
	return r;
}
