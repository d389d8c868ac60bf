/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What standard input says with /in: the XML that another appcmd printed, <appcmd> with an element
 * for each object. An element means objects of its own kind by their name, those of another kind by
 * the name of the one they belong to, or that belongs to them: what "list request /xml" prints
 * names the pools of the requests too.
 */
#include "tools/appcmd/appcmd.h"

#include "base/buf.h"
#include "base/map.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int appcmd_input(struct appcmd *a)
{
	struct buf input;
	char block[4096];
	ssize_t n;
	int r = 0;

	if (a->input)
		return 0;
	buf_init(&input, XML_SIZE_MAX);
	while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0)
		buf_put(&input, block, (size_t)n);
	if (n < 0)
		r = error_set(&a->err, -errno, "cannot read standard input: %s",
			      error_errno_text(-errno));
	else if (buf_failed(&input))
		r = error_set(&a->err, -ENOMEM, "the input is too long");
	if (r == 0)
		r = xml_parse(buf_text(&input), "(standard input)", &a->input, &a->err);
	buf_done(&input);
	if (r < 0)
		return appcmd_failure(a);
	if (text_equal_nocase(text_of(a->input->root->name), TEXT("appcmd")))
		return 0;
	xml_fail(a->input->root, XML_BAD_DATA, &a->err,
		 "The input is what appcmd prints with /xml, beginning with <appcmd>, and not <%s>",
		 a->input->root->name);
	return appcmd_failure(a);
}

/* ---- which objects it means ---- */

/* Names by what says them, "ELEMENT:ATTRIBUTE:NAME", so that each object is looked up and not
 * searched for; and the names of the elements there are, which are few. */
struct names {
	struct map *said, *elements;
	char attribute[64]; /* "SITE.NAME": of the objects themselves */
};

static bool put_name(struct appcmd *a, struct names *names, const struct xml_element *e,
		     const char *attribute)
{
	const char *value = xml_get(e, attribute);
	char *key = value ? arena_printf(&a->arena, "%s:%s:%s", e->name, attribute, value) : NULL;

	return !value || (key && map_put(names->said, text_of(key), names, NULL) == 0);
}

static bool says(struct appcmd *a, const struct names *names, const char *element,
		 const char *attribute, const char *value)
{
	char *key = value ? arena_printf(&a->arena, "%s:%s:%s", element, attribute, value) : NULL;
	return key && map_get(names->said, text_of(key));
}

static void key_of(const char *element, char out[64])
{
	snprintf(out, 64, "%.50s.NAME", element);
}

static bool read_names(struct appcmd *a, struct names *names)
{
	bool whole = names->said && names->elements;
	char key[64];

	for (const struct xml_element *e = a->input->root->first; e && whole; e = e->next) {
		key_of(e->name, key);
		whole = map_put(names->elements, text_of(e->name), (void *)(uintptr_t)e->name,
				NULL) == 0 &&
			put_name(a, names, e, key) && put_name(a, names, e, names->attribute);
	}
	return whole;
}

static bool is_named(struct appcmd *a, const struct names *names,
		     const struct appcmd_object *object)
{
	void *element;
	size_t at = 0;
	char key[64];

	while (map_next(names->elements, &at, NULL, &element)) {
		key_of(element, key);
		const char *belongs_to =
			appcmd_word(element, object->kind->name) ? NULL : appcmd_value(object, key);
		if (belongs_to ? says(a, names, element, key, belongs_to)
			       : says(a, names, element, names->attribute, object->values[0]))
			return true;
	}
	return false;
}

int appcmd_input_select(struct appcmd *a, const struct appcmd_kind *kind,
			const struct appcmd_objects *all, struct appcmd_objects *ret)
{
	struct names names = { map_new(2 * XML_ELEMENTS_MAX, MAP_NOCASE),
			       map_new(XML_ELEMENTS_MAX, 0) };
	int status = appcmd_input(a);

	key_of(kind->name, names.attribute);
	bool whole = status || read_names(a, &names);
	for (size_t i = 0; i < all->count && status == 0 && whole; i++) {
		if (!is_named(a, &names, &all->items[i]))
			continue;
		struct appcmd_object *o = appcmd_append(a, ret, all->items[i].kind, NULL);
		if (o)
			*o = all->items[i];
		whole = o;
	}
	map_free(names.said, NULL);
	map_free(names.elements, NULL);
	return whole ? status : appcmd_error(APPCMD_FAILED, "out of memory");
}
