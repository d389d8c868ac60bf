/* SPDX-License-Identifier: Apache-2.0 */
/*
 * com/classes.h: a catalog that is taken gives back, written again, the same catalog; every name it
 * has finds a class or none, whatever stands in the file.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "com/classes.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void require_same(const struct classes_class *a, const struct classes_class *b)
{
	FUZZ_REQUIRE(a && b && IsEqualGUID(&a->clsid, &b->clsid) &&
		     IsEqualGUID(&a->appid, &b->appid) && same_text(a->progid, b->progid) &&
		     same_text(a->server, b->server) && same_text(a->threading, b->threading) &&
		     same_text(a->process, b->process) &&
		     same_text(a->description, b->description));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = { (const char *)data, size };
	struct classes *classes = NULL, *again = NULL;
	const struct classes_class *class;
	struct error err;
	struct buf out;

	if (classes_parse(text, &classes, &err) < 0) {
		FUZZ_REQUIRE(!classes && err.text[0]);
		return 0;
	}
	buf_init(&out, CLASSES_BYTES_MAX);
	classes_put_head(&out);
	for (size_t i = 0; (class = classes_at(classes, i)); i++)
		FUZZ_REQUIRE(classes_put_class(&out, class) == 0);
	FUZZ_REQUIRE(classes_parse(buf_text(&out), &again, NULL) == 0);
	for (size_t i = 0; (class = classes_at(classes, i)); i++)
		require_same(class, classes_at(again, i));
	/* Any piece of the file as a name. */
	for (size_t at = 0; at + 4 < size; at += 5)
		classes_find_name(classes, (struct text){ text.data + at, 4 });
	buf_done(&out);
	classes_unref(again);
	classes_unref(classes);
	return 0;
}
