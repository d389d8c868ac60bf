/* SPDX-License-Identifier: Apache-2.0 */
/* .wsf files: what a job becomes, and the text of its usage. */
#include "../com/helpers.h"

#include "base/buf.h"
#include "wsh/job.h"
#include "wsh/usage.h"

#include <errno.h>
#include <stdio.h>

static int load(void *ctx, const char *src, struct arena *arena, struct text *ret,
		const char **ret_name, uint32_t *ret_line, struct error *err)
{
	if (strcmp(src, "lib.vbs"))
		return error_set(err, -ENOENT, "no %s", src);
	*ret = TEXT("' library");
	*ret_name = "/lib.vbs";
	*ret_line = 1;
	return 0;
}

static struct error err;

static int parse(const char *text, const char *id, struct wsh_script *s)
{
	static char path[] = "/x.wsf";
	struct wsh_loader loader = { NULL, load };

	*s = (struct wsh_script){ .path = path };
	arena_init(&s->arena, 1 << 20);
	return wsh_job_parse(text_of(text), 1, id, &loader, s, &err);
}

static void assert_text(struct text t, const char *want)
{
	assert_int_equal(t.length, strlen(want));
	assert_memory_equal(t.data ? t.data : "", want, t.length);
}

static void assert_part(const struct wsh_script *s, size_t i, const char *code, unsigned file,
			unsigned line, unsigned column)
{
	assert_text(s->parts[i].code, code);
	assert_int_equal(s->parts[i].file, file);
	assert_int_equal(s->parts[i].line, line);
	assert_int_equal(s->parts[i].column, column);
}

static const char strict[] =
	"<?xml version='1.0'?>\n"
	"<!-- a comment --><package>\n"
	"<job id='a'><?job error='true'?>\n"
	"  <script language='VBScript'>x = 1 &lt; 2 &#38; &#x41;</script>\n"
	"  <script language='vbscript' src='lib.vbs'/>\n"
	"  <script><![CDATA[y = \"<&\"]]></script>\n"
	"  <object id='o' progid='A.B' events='true'/>\n"
	"  <object id='p' classid='clsid:12345678-0000-0000-0000-000000000000'></object>\n"
	"  <reference object='C.D'/><resource id='r'>a &amp; b</resource>\n"
	"</job><job id='b'><script src='missing.vbs'/><script "
	"language='JScript'/></job></package>\n";

static void test_strict(void **state)
{
	struct wsh_script s;

	assert_int_equal(parse(strict, NULL, &s), 0);
	assert_int_equal(s.part_count, 3);
	assert_part(&s, 0, "x = 1 < 2 & A", 0, 4, 31);
	assert_part(&s, 1, "' library", 1, 1, 1);
	assert_part(&s, 2, "y = \"<&\"", 0, 6, 20);
	assert_int_equal(s.file_count, 2);
	assert_string_equal(s.files[1], "/lib.vbs");
	assert_int_equal(s.object_count, 2);
	assert_string_equal(s.objects[0].id, "o");
	assert_true(s.objects[0].events);
	assert_string_equal(s.objects[1].class_name, "12345678-0000-0000-0000-000000000000");
	assert_int_equal(s.objects[1].line, 8);
	assert_int_equal(s.reference_count, 1);
	assert_string_equal(s.references[0].name, "C.D");
	assert_int_equal(s.resource_count, 1);
	assert_text(s.resources[0].value, "a & b");
	assert_false(s.runtime.there);
	wsh_script_done(&s);
	/* What another job needs is asked for only when that job is wanted. */
	assert_int_equal(parse(strict, "B", &s), -ENOENT);
	assert_string_equal(err.text, "no missing.vbs");
	wsh_script_done(&s);
	assert_int_equal(parse(strict, "c", &s), -ENOENT);
	wsh_script_done(&s);
}

static void test_loose(void **state)
{
	struct wsh_script s;

	assert_int_equal(
		parse("<JOB ID=a><SCRIPT LANGUAGE=vbs>\nIf a<b Then c = \"&lt;</x>\"</Script>"
		      "<script>\n <![CDATA[d]]> \n</script><resource id=r> a < b &amp; "
		      "</resource></JOB>",
		      "A", &s),
		0);
	assert_int_equal(s.part_count, 2);
	assert_part(&s, 0, "\nIf a<b Then c = \"&lt;</x>\"", 0, 1, 32);
	assert_part(&s, 1, "d", 0, 3, 11);
	assert_text(s.resources[0].value, " a < b & ");
	wsh_script_done(&s);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		int line, column;
	} rows[] = {
		{ "", 1, 1 },
		{ "<job", 1, 1 },
		{ "<job>", 1, 6 },
		{ "<job></package>", 1, 6 },
		{ "\n<package>\n <job/>x</package>", 3, 8 },
		{ "<job><script>", 1, 14 },
		{ "<job><object/></job>", 1, 6 },
		{ "<job><object id=''/></job>", 1, 6 },
		{ "<job><object id='a' progid='b'><x/></object></job>", 1, 32 },
		{ "<job><resource>x</resource></job>", 1, 6 },
		{ "<job><runtime><x/></runtime></job>", 1, 15 },
		{ "<job><!-- </job>", 1, 6 },
		{ "<?xml version='1.0'?><job a></job>", 1, 28 },
		{ "<?xml version='1.0'?><job a='&x;'/>", 1, 27 },
		{ "<?xml version='1.0'?><job><script>&#0;</script></job>", 1, 35 },
		{ "<job><script language='perl'>x</script></job>", 1, 6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct wsh_script s;

		assert_int_equal(parse(rows[i].text, NULL, &s), -EINVAL);
		assert_int_equal(err.line, rows[i].line);
		assert_int_equal(err.column, rows[i].column);
		assert_string_equal(err.file, "/x.wsf");
		wsh_script_done(&s);
	}
}

/* ---- usage ---- */

static void assert_usage(const char *runtime, const char *want)
{
	char text[1024];
	struct wsh_script s;
	struct buf b;

	snprintf(text, sizeof text, "<job><runtime>%s</runtime></job>", runtime);
	assert_int_equal(parse(text, NULL, &s), 0);
	assert_true(s.runtime.there);
	buf_init(&b, 4096);
	wsh_format_usage(&s.runtime, TEXT("x.wsf"), &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_done(&b);
	wsh_script_done(&s);
}

/* The examples of the <unnamed> element's reference page, and the named ones beside them. */
static void test_usage(void **state)
{
	assert_usage("", "Usage: x.wsf\n");
	assert_usage("<unnamed name='filename' helpstring='The file to process' required='true'/>",
		     "Usage: x.wsf filename\n\nOptions:\n\nfilename : The file to process\n");
	assert_usage(
		"<unnamed name='filename' helpstring='Files' required='3'/>",
		"Usage: x.wsf filename1 filename2 filename3\n\nOptions:\n\nfilename : Files\n");
	assert_usage("<unnamed name='f' required='2' many='true'/><unnamed name='g'/>",
		     "Usage: x.wsf f1 f2 [f3...] [g]\n\nOptions:\n\nf : \ng : \n");
	assert_usage("<named name='a' required='true' type='string'/><named name='bee' "
		     "type='boolean'/><named name='c' type='simple' helpstring='See'/>",
		     "Usage: x.wsf /a:value [/bee[+|-]] [/c]\n\nOptions:\n\na   : \nbee : \nc   : "
		     "See\n");
	assert_usage("<description>\n What\n</description><example><![CDATA[x <y>]]></example>",
		     "What\nUsage: x.wsf\n\nx <y>\n");
	assert_usage("<usage>Mine</usage><named name='a'/>", "Mine\n");
}

static bool parse_all(void *ctx)
{
	struct wsh_script s;
	int r = parse(strict, NULL, &s);

	wsh_script_done(&s);
	return r == 0;
}

static void test_no_memory(void **state)
{
	with_every_allocation_failing(parse_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strict),    cmocka_unit_test(test_loose),
		cmocka_unit_test(test_refused),   cmocka_unit_test(test_usage),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
