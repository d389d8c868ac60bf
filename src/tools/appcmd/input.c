/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What standard input says with /in: the XML that another appcmd printed, <appcmd> with an element
 * for each object. An element means objects of its own kind by their name, those of another kind by
 * the name of the one they belong to, or that belongs to them: what "list request /xml" prints
 * names the pools of the requests too.
 */
#include "tools/appcmd/appcmd.h"

#include "base/buf.h"

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

static bool same(const char *x, const char *y)
{
	return x && y && text_equal_nocase(text_of(x), text_of(y));
}

bool appcmd_input_names(const struct xml_element *e, const struct appcmd_object *object)
{
	const char *kind = object->kind->name;
	char key[64], own[64];

	snprintf(key, sizeof(key), "%.50s.NAME", e->name);
	snprintf(own, sizeof(own), "%.50s.NAME", kind);
	if (appcmd_word(e->name, kind))
		return same(xml_get(e, own), object->values[0]);
	const char *belongs_to = appcmd_value(object, key);
	return belongs_to ? same(xml_get(e, key), belongs_to)
			  : same(xml_get(e, own), object->values[0]);
}
