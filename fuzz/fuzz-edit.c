/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config/engine/edit.h: an input is two bytes for each step, a zero byte, and the text of a file.
 * After every step the file is well-formed, its tree is the one that reading all of it gives, what
 * was set is there, and a file of which everything that was added is taken away again is the file
 * it was.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/mem.h"
#include "config/engine/edit.h"

#include <errno.h>

#define STEPS_MAX 12

/* Whether two trees are the same, bytes and lines included. */
static bool same_tree(const struct xml_element *a, const struct xml_element *b)
{
	const struct xml_element *x = a->first, *y = b->first;

	if (strcmp(a->name, b->name) != 0 || a->line != b->line || a->start != b->start ||
	    a->open_end != b->open_end || a->close != b->close || a->end != b->end ||
	    a->attribute_count != b->attribute_count)
		return false;
	for (size_t i = 0; i < a->attribute_count; i++) {
		if (strcmp(a->attributes[i].name, b->attributes[i].name) != 0 ||
		    strcmp(a->attributes[i].value, b->attributes[i].value) != 0)
			return false;
	}
	for (; x && y; x = x->next, y = y->next) {
		if (x->parent != a || !same_tree(x, y) || (!x->next && a->last != x))
			return false;
	}
	return !x && !y && (a->first || !a->last);
}

static void check_tree(const struct edit *edit)
{
	const struct xml_document *document = edit_document(edit);
	struct xml_document *whole;
	struct buf bytes;

	buf_init(&bytes, 4 * XML_SIZE_MAX);
	edit_bytes(edit, &bytes);
	FUZZ_REQUIRE(xml_parse(buf_text(&bytes), "f", &whole, NULL) == 0);
	FUZZ_REQUIRE(same_tree(document->root, whole->root));
	FUZZ_REQUIRE(document->elements == whole->elements);
	FUZZ_REQUIRE(text_equal(document->source, whole->source));
	xml_free(whole);
	buf_done(&bytes);
}

/* The element with this number, in the order of the file. */
static const struct xml_element *pick(const struct xml_element *e, unsigned *number)
{
	if ((*number)-- == 0)
		return e;
	for (const struct xml_element *c = e->first; c; c = c->next) {
		const struct xml_element *found = pick(c, number);
		if (found)
			return found;
	}
	return NULL;
}

static void add_and_take_away(struct edit *edit, const struct xml_element *e)
{
	struct text before = edit_text(edit);
	char *copy = malloc(before.length + 1);
	bool had_elements = e->first != NULL;

	memcpy(copy, before.data, before.length);
	before.data = copy;
	FUZZ_REQUIRE(edit_add(edit, &e, "added", NULL, NULL) == 0);
	FUZZ_REQUIRE(!strcmp(e->name, "added"));
	FUZZ_REQUIRE(edit_remove(edit, &e, NULL) == 0);
	/* An element that had none keeps its end tag. */
	if (had_elements)
		FUZZ_REQUIRE(text_equal(edit_text(edit), before));
	free(copy);
}

/* Bytes that belong nowhere, from one place of an element on: a part is read as the whole would be,
 * or not at all. */
static void replace_any(const struct edit *edit, const struct xml_element *e, unsigned what)
{
	static const char *const pieces[] = { "",     "<x/>",          "</a><a>", "]]>",
					      "<!--", "-->",           "&",       "<![CDATA[",
					      "\r",   "\n<b>\r\n</b>", "'",       "<?p ?>" };
	const char *piece = pieces[what % ARRAY_LEN(pieces)];
	struct text source = edit_document(edit)->source;
	struct xml_document *part, *whole;
	size_t length = e->end - e->start;
	size_t from = e->start + what * 7 % (length + 1);
	size_t to = from + what * 3 % (e->end - from + 1);
	struct buf changed;

	buf_init(&changed, 4 * XML_SIZE_MAX);
	buf_put(&changed, source.data, from);
	buf_puts(&changed, piece);
	buf_put(&changed, source.data + to, source.length - to);
	if (xml_parse(source, "f", &part, NULL) == 0) {
		int r = xml_replace(part, from, to, text_of(piece));
		FUZZ_REQUIRE(r == 0 || r == XML_WHOLE);
		struct text now = r == 0 ? buf_text(&changed) : source;
		FUZZ_REQUIRE(text_equal(part->source, now));
		FUZZ_REQUIRE(xml_parse(now, "f", &whole, NULL) == 0);
		FUZZ_REQUIRE(same_tree(part->root, whole->root));
		xml_free(whole);
		xml_free(part);
	}
	buf_done(&changed);
}

static void step(struct edit *edit, unsigned what, unsigned which)
{
	static const char *const values[] = { "", "a&b<c>\"'", "\n\t\r", "\xc3\xa4", "plain" };
	const char *value = values[what % 5];
	const struct xml_element *e = pick(edit_document(edit)->root, &which);

	if (!e)
		e = edit_document(edit)->root;
	replace_any(edit, e, what);
	switch (what % 6) {
	case 0:
	case 1:
		FUZZ_REQUIRE(edit_set(edit, &e, "fuzzed", value, NULL) == 0);
		FUZZ_REQUIRE(!strcmp(xml_get(e, "fuzzed"), value));
		break;
	case 2:
		FUZZ_REQUIRE(edit_unset(edit, &e, "fuzzed", NULL) == 0);
		FUZZ_REQUIRE(!xml_get(e, "fuzzed"));
		break;
	case 3:
		add_and_take_away(edit, e);
		break;
	case 4:
		if (e->parent)
			FUZZ_REQUIRE(edit_remove(edit, &e, NULL) == 0);
		break;
	default:
		FUZZ_REQUIRE(edit_section(edit, TEXT("Site"), "a/b", &e, NULL) == 0);
		FUZZ_REQUIRE(!strcmp(e->name, "b"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
	size_t steps = end ? (size_t)(end - data) / 2 : 0;
	struct edit *edit = NULL;
	struct buf bytes;
	struct error err = { 0 };

	if (!end || size > 65536)
		return 0;
	struct text text = { (const char *)end + 1, size - (size_t)(end - data) - 1 };
	int r = edit_begin(text, "f", &edit, &err);
	FUZZ_REQUIRE(r == 0 || (r == -EINVAL && err.text[0]));
	if (r < 0)
		return 0;
	buf_init(&bytes, 1 << 20);
	edit_bytes(edit, &bytes);
	FUZZ_REQUIRE(!buf_failed(&bytes) && text_equal(buf_text(&bytes), text));
	buf_done(&bytes);
	for (size_t i = 0; i < steps && i < STEPS_MAX; i++) {
		step(edit, data[2 * i], data[2 * i + 1]);
		check_tree(edit);
	}
	edit_free(edit);
	return 0;
}
