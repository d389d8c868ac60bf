/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/engine/edit.h: changes that leave everything else as it is. */
#include "fixture.h"

#include "base/buf.h"

#include "config/engine/edit.h"

static struct edit *begin(const char *text)
{
	struct edit *edit = NULL;
	if (edit_begin(text_of(text), "f.config", &edit, &err) < 0)
		fail_msg("%s", err.text);
	return edit;
}

static void assert_edit(struct edit *edit, const char *expected)
{
	struct text text = edit_text(edit);
	if (!text_equal(text, text_of(expected)))
		fail_msg("%.*s\n---- wanted ----\n%s", (int)text.length, text.data, expected);
	edit_free(edit);
}

static const struct xml_element *find(struct edit *edit, const char *path)
{
	const struct xml_element *e = xml_find(edit_document(edit)->root, path);
	assert_non_null(e);
	return e;
}

/* The same elements at the same bytes and lines. */
static void assert_same_tree(const struct xml_element *a, const struct xml_element *b)
{
	const struct xml_element *x = a->first, *y = b->first;

	assert_string_equal(a->name, b->name);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->start, b->start);
	assert_int_equal(a->open_end, b->open_end);
	assert_int_equal(a->close, b->close);
	assert_int_equal(a->end, b->end);
	assert_int_equal(a->attribute_count, b->attribute_count);
	for (size_t i = 0; i < a->attribute_count; i++)
		assert_string_equal(a->attributes[i].value, b->attributes[i].value);
	for (; x && y; x = x->next, y = y->next) {
		assert_ptr_equal(x->parent, a);
		assert_same_tree(x, y);
		assert_true(x->next || a->last == x);
	}
	assert_true(!x && !y && (a->first || !a->last));
}

static void replaced(const char *text, const char *from, const char *with, int expected)
{
	struct xml_document *document, *whole;
	char changed[512];

	assert_int_equal(xml_parse(text_of(text), "f", &document, &err), 0);
	const char *at = strstr(text, from);
	assert_non_null(at);
	size_t start = (size_t)(at - text), end = start + strlen(from);
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)start, text, with, text + end);
	if (xml_replace(document, start, end, text_of(with)) != expected)
		fail_msg("%s", changed);
	if (expected == XML_WHOLE) {
		assert_true(text_equal(document->source, text_of(text)));
		assert_int_equal(xml_parse(text_of(text), "f", &whole, &err), 0);
	} else {
		assert_true(text_equal(document->source, text_of(changed)));
		assert_int_equal(xml_parse(text_of(changed), "f", &whole, &err), 0);
	}
	assert_same_tree(document->root, whole->root);
	assert_int_equal(document->elements, whole->elements);
	xml_free(whole);
	xml_free(document);
}

static void a_part_is_read_as_the_whole_would_be(void **state)
{
	static const char text[] = "<a>\r\n <b x='1'/>\r<!-- <b> -->\n<c>\r\n<d/> <e><f/></e>\n</c>"
				   "<!-- t -->\n<g/>\n</a>\n";
	replaced(text, "1", "22\n2", 0);
	replaced(text, "<b x='1'/>", "", 0);
	replaced(text, "<b x='1'/>", "<b/>\n<b>\r</b>\r\n", 0);
	replaced(text, "<d/> <e><f/></e>\n", "", 0);
	replaced(text, "/> <e>", "/><n/>\n<e>", 0);
	replaced(text, "<f/></e>", "<f><h/>\n</f></e>", 0);
	replaced(text, "<g/>", "<g/><i/>", 0);
	replaced(text, "-->\n<c>", "--> <c>", 0);
	replaced(text, " t ", " <x> ", 0);
	/* Well-formed by itself, or as a whole, and not the other. */
	replaced(text, "<d/>", "</c><c>", XML_WHOLE);
	replaced(text, "<d/>", "<d>", XML_WHOLE);
	replaced(text, "<d/>", "<!--", XML_WHOLE);
	replaced(text, "<!-- t -->", "--></a><!--", XML_WHOLE);
	replaced(text, "x='1'", "x='1' x='1'", XML_WHOLE);
	replaced(text, "<e>", "<E>", XML_WHOLE);
	replaced(text, "<a>", "<a n='1'>", XML_WHOLE); /* the root */
	replaced("<?xml version='1.0' encoding='us-ascii'?><a><b/></a>", "<b/>", "<c/>", 0);
	replaced("<?xml version='1.0' encoding='us-ascii'?><a><b/></a>", "<b/>",
		 "<b x='\xc3\xb6'/>", XML_WHOLE);
	char deep[XML_DEPTH_MAX * 7 + 1] = "";
	for (size_t i = 0; i < XML_DEPTH_MAX; i++)
		strcat(deep, "<a>");
	for (size_t i = 0; i < XML_DEPTH_MAX; i++)
		strcat(deep, "</a>");
	replaced(deep, "<a></a>", "<b/>", 0);
	replaced(deep, "<a></a>", "<a><b/></a>", XML_WHOLE);
}

static void attributes_change_in_place(void **state)
{
	struct edit *edit = begin("<a  x = 'old'\n   y=\"2\" /><!-- kept -->");
	const struct xml_element *e = find(edit, "");
	assert_int_equal(edit_set(edit, &e, "x", "a<b&\"'\n", &err), 0);
	assert_string_equal(xml_get(e, "x"), "a<b&\"'\n");
	assert_int_equal(edit_set(edit, &e, "z", "new", &err), 0);
	assert_int_equal(edit_unset(edit, &e, "y", &err), 0);
	assert_int_equal(edit_unset(edit, &e, "nope", &err), 0);
	assert_edit(edit, "<a  x = 'a&lt;b&amp;&quot;&#39;&#10;' z=\"new\" /><!-- kept -->");
	edit = begin("<a><b/></a>");
	e = find(edit, "b");
	assert_int_equal(edit_set(edit, &e, "n", "1", &err), 0);
	assert_string_equal(e->name, "b");
	assert_int_equal(edit_set(edit, &e, "n", "\xff", &err), -EINVAL);
	assert_edit(edit, "<a><b n=\"1\"/></a>");
}

static void elements_are_laid_out_as_their_surroundings(void **state)
{
	struct edit *edit = begin("<a>\r\n\t<b>\r\n\t\t<c /> <!-- of c -->\r\n\t</b>\r\n</a>\r\n");
	const struct xml_element *e = find(edit, "b");
	assert_int_equal(edit_add(edit, &e, "d", NULL, &err), 0);
	assert_string_equal(e->name, "d");
	assert_int_equal(edit_add(edit, &e, "e", NULL, &err), 0);
	e = find(edit, "b");
	assert_int_equal(edit_add(edit, &e, "first", e->first, &err), 0);
	assert_edit(edit, "<a>\r\n\t<b>\r\n\t\t<first />\r\n\t\t<c /> <!-- of c -->\r\n\t\t<d>\r\n"
			  "\t\t\t<e />\r\n\t\t</d>\r\n\t</b>\r\n</a>\r\n");
	edit = begin("<a><!-- only --></a>");
	e = find(edit, "");
	assert_int_equal(edit_add(edit, &e, "b", NULL, &err), 0);
	assert_edit(edit, "<a><!-- only -->\n    <b />\n</a>");
	edit = begin("<a><b/></a>");
	e = find(edit, "");
	assert_int_equal(edit_add(edit, &e, "c", NULL, &err), 0);
	assert_edit(edit, "<a><b/><c /></a>");
}

static void elements_go_with_their_line(void **state)
{
	struct edit *edit = begin("<a>\n  <!-- one -->\n  <b/>\n  <c/><d/>\n</a>");
	const struct xml_element *e = find(edit, "b");
	assert_int_equal(edit_remove(edit, &e, &err), 0);
	assert_string_equal(e->name, "a");
	e = find(edit, "d");
	assert_int_equal(edit_remove(edit, &e, &err), 0);
	e = find(edit, "");
	assert_int_equal(edit_remove(edit, &e, &err), -EINVAL);
	assert_edit(edit, "<a>\n  <!-- one -->\n  <c/>\n</a>");
}

static void sections_are_found_or_made(void **state)
{
	static const char text[] = "<configuration>\n"
				   "  <system.webServer>\n"
				   "    <asp />\n"
				   "  </system.webServer>\n"
				   "  <location path=\"\" overrideMode=\"Allow\">\n"
				   "    <system.webServer>\n"
				   "      <handlers />\n"
				   "    </system.webServer>\n"
				   "  </location>\n"
				   "</configuration>\n";
	struct edit *edit = begin(text);
	const struct xml_element *e = NULL;
	assert_int_equal(edit_section(edit, TEXT(""), "system.webServer/asp", &e, &err), 0);
	assert_int_equal(edit_section(edit, TEXT(""), "system.webServer/handlers", &e, &err), 0);
	assert_string_equal(e->parent->parent->name, "location");
	assert_true(text_equal(edit_text(edit), TEXT(text))); /* nothing to make */
	assert_int_equal(edit_section(edit, TEXT("Site/a"), "system.webServer/security/access", &e,
				      &err),
			 0);
	assert_int_equal(edit_set(edit, &e, "sslFlags", "Ssl", &err), 0);
	assert_int_equal(edit_section(edit, TEXT("site/A"), "system.webServer/asp", &e, &err), 0);
	assert_null(edit_find_section(edit_document(edit), TEXT("Site"), "system.webServer/asp"));
	assert_edit(edit, "<configuration>\n"
			  "  <system.webServer>\n"
			  "    <asp />\n"
			  "  </system.webServer>\n"
			  "  <location path=\"\" overrideMode=\"Allow\">\n"
			  "    <system.webServer>\n"
			  "      <handlers />\n"
			  "    </system.webServer>\n"
			  "  </location>\n"
			  "  <location path=\"Site/a\">\n"
			  "    <system.webServer>\n"
			  "      <security>\n"
			  "        <access sslFlags=\"Ssl\" />\n"
			  "      </security>\n"
			  "      <asp />\n"
			  "    </system.webServer>\n"
			  "  </location>\n"
			  "</configuration>\n");
}

static void only_utf8_is_changed(void **state)
{
	struct edit *edit = NULL;
	assert_int_equal(edit_begin(TEXT("<a x='\xe4'/>"), "f", &edit, &err), -EINVAL);
	assert_non_null(strstr(err.text, "UTF-8"));
	assert_int_equal(edit_begin(TEXT("<a>"), "f", &edit, &err), -EINVAL);
	/* Bytes that are UTF-8 by chance, or none but ASCII's, do not make it a file in UTF-8. */
	static const char *const others[] = {
		"<?xml version='1.0' encoding='ISO-8859-1'?><a x='\xc3\xa4'/>",
		"\xef\xbb\xbf<?xml version=\"1.0\" encoding = \"windows-1252\" ?>\n<a/>",
		"<?xml version='1.0' encoding='iso-8859-1'?><a x='\xe4'/>",
	};
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_int_equal(edit_begin(text_of(others[i]), "f", &edit, &err), -EINVAL);
		assert_non_null(strstr(err.text, i == 1 ? "'windows-1252'" : "8859-1'"));
	}
	static const char *const ours[] = {
		"<?xml version='1.0' encoding='utf-8'?><a/>",
		"<?xml version=\"1.0\" encoding=\"US-ASCII\"?><a/>",
		"<?xml version='1.0'?><a encoding='ISO-8859-1'/>",
	};
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		edit_free(begin(ours[i]));
	edit = begin("\xef\xbb\xbf<a x='\xc3\xa4'/>");
	const struct xml_element *e = find(edit, "");
	assert_int_equal(edit_set(edit, &e, "x", "\xc3\xb6", &err), 0);
	assert_edit(edit, "\xef\xbb\xbf<a x='\xc3\xb6'/>");
	assert_null(edit_free(NULL));
}

static int edit_for_faults(void)
{
	struct edit *edit = NULL;
	int r = edit_begin(TEXT("<configuration/>"), "f", &edit, NULL);
	const struct xml_element *e = NULL;
	if (r == 0)
		r = edit_section(edit, TEXT("Site"), "system.webServer/asp", &e, NULL);
	if (r == 0)
		r = edit_set(edit, &e, "a", "b", NULL);
	if (r == 0)
		r = edit_remove(edit, &e, NULL);
	edit_free(edit);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, edit_for_faults);
}

/* "<a x='ä𝄞'/>" with a declaration, in UTF-16. */
static struct text wide(bool big, char out[512])
{
	static const char16_t units[] = u"\ufeff<?xml version='1.0' encoding='utf-16'?>\r\n"
					u"<a x='\u00e4\U0001d11e'/>";
	size_t n = 0;
	for (const char16_t *u = units; *u; u++) {
		out[n++] = (char)(big ? *u >> 8 : *u);
		out[n++] = (char)(big ? *u : *u >> 8);
	}
	return (struct text){ out, n };
}

static void files_in_utf16_stay_what_they_are(void **state)
{
	for (int big = 0; big < 2; big++) {
		char bytes[512];
		struct text file = wide(big, bytes);
		struct edit *edit = NULL;
		struct buf out;
		assert_int_equal(edit_begin(file, "f", &edit, &err), 0);
		assert_string_equal(xml_get(edit_document(edit)->root, "x"), "ä𝄞");
		assert_int_equal(edit_document(edit)->root->line, 2);
		buf_init(&out, 4096);
		edit_bytes(edit, &out);
		assert_true(text_equal(buf_text(&out), file));
		const struct xml_element *e = edit_document(edit)->root;
		assert_int_equal(edit_set(edit, &e, "y", "€", &err), 0);
		buf_clear(&out);
		edit_bytes(edit, &out);
		edit_free(edit);
		/* What was written can be read, and is still in UTF-16. */
		assert_int_equal(xml_encoding(buf_text(&out)), big ? XML_UTF16BE : XML_UTF16LE);
		assert_int_equal(edit_begin(buf_text(&out), "f", &edit, &err), 0);
		assert_string_equal(xml_get(edit_document(edit)->root, "x"), "ä𝄞");
		assert_string_equal(xml_get(edit_document(edit)->root, "y"), "€");
		/* Another file in its place has its own encoding. */
		assert_int_equal(edit_replace_all(edit, TEXT("<b/>"), &err), 0);
		buf_clear(&out);
		edit_bytes(edit, &out);
		assert_true(text_equal(buf_text(&out), TEXT("<b/>")));
		assert_int_equal(edit_replace_all(edit, file, &err), 0);
		buf_clear(&out);
		edit_bytes(edit, &out);
		assert_true(text_equal(buf_text(&out), file));
		edit_free(edit);
		buf_done(&out);
	}
}

static void what_only_begins_as_utf16_is_refused(void **state)
{
	static const struct text wrong[] = {
		{ "\xff\xfe<\0a\0/\0>", 9 },            /* half a unit */
		{ "\xff\xfe<\0a\0/\0>\0\0\0", 12 },     /* a zero */
		{ "\xff\xfe<\0\x34\xd8/\0>\0", 10 },    /* half a pair */
		{ "\xff\xfe<\0\x34\xdc/\0>\0", 10 },    /* the other half */
		{ "\xfe\xff\0<\0a\0/\0>\xd8\x34", 12 }, /* half a pair at the end */
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct edit *edit = NULL;
		assert_int_equal(edit_begin(wrong[i], "f", &edit, &err), -EINVAL);
		assert_non_null(strstr(err.text, "begins as UTF-16"));
		assert_int_equal(err.hresult, XML_BAD_DATA);
	}
	char bytes[512];
	struct text file = wide(false, bytes);
	struct edit *edit = NULL;
	char *name = memmem(bytes, file.length, "u\0t\0f\0", 6);
	*name = 'w';
	assert_int_equal(edit_begin(file, "f", &edit, &err), -EINVAL);
	assert_non_null(strstr(err.text, "begins as UTF-16, and says that it is in 'wtf-16'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_in_utf16_stay_what_they_are),
		cmocka_unit_test(what_only_begins_as_utf16_is_refused),
		cmocka_unit_test(a_part_is_read_as_the_whole_would_be),
		cmocka_unit_test(attributes_change_in_place),
		cmocka_unit_test(elements_are_laid_out_as_their_surroundings),
		cmocka_unit_test(elements_go_with_their_line),
		cmocka_unit_test(sections_are_found_or_made),
		cmocka_unit_test(only_utf8_is_changed),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
