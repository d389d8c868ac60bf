/* SPDX-License-Identifier: Apache-2.0 */
/* Encoded scripts: a published one, round trips, where blocks are found, and damage. */
#include "../unit.h"

#include "base/buf.h"
#include "script/vbs/encoded.h"

#include <errno.h>

/* Published with descriptions of the form (which often lose the character 0x7F). */
#define HELLO "#@~^DgAAAA==\\ko$K6,JC\177V^GJqAQAAA==^#~@"

static void assert_decodes(struct text source, struct text want)
{
	struct error err;
	struct buf out;

	buf_init(&out, source.length);
	assert_int_equal(vbs_decode(source, &out, &err), 0);
	assert_int_equal(out.length, want.length);
	if (want.length)
		assert_memory_equal(out.data, want.data, want.length);
	buf_done(&out);
}

static void published_script(void **state)
{
	struct buf out;

	assert_decodes(TEXT(HELLO), TEXT("MsgBox \"Hello\""));
	buf_init(&out, 1000);
	assert_int_equal(vbs_encode(TEXT("MsgBox \"Hello\""), &out), 0);
	assert_text(buf_text(&out), HELLO);
	buf_done(&out);
}

static void assert_returns(struct text plain)
{
	struct buf there;

	buf_init(&there, 2 * plain.length + VBS_ENCODED_FRAME);
	assert_int_equal(vbs_encode(plain, &there), 0);
	assert_true(vbs_is_encoded(buf_text(&there)));
	/* Nothing that would end a page's script. */
	for (size_t i = 0; i < there.length; i++)
		assert_null(memchr("<>\r\n", there.data[i], 4));
	assert_decodes(buf_text(&there), plain);
	buf_done(&there);
}

static void round_trips(void **state)
{
	char all[128 * 3 + 1];

	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)(i % 128);
	/* Each character in each place of the table of turns. */
	for (size_t i = 0; i < 130; i++)
		assert_returns((struct text){ all + i, sizeof all - 130 });
	assert_returns(TEXT(""));
	assert_returns(TEXT("s = \"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"\r\n\t'x @ <%= y %>"));
	assert_returns(TEXT("latin \xE9\xE8 1"));
}

static void finds_blocks(void **state)
{
	assert_decodes(TEXT(""), TEXT(""));
	assert_decodes(TEXT("x = 1"), TEXT("x = 1"));
	assert_decodes(TEXT("\xEF\xBB\xBF" HELLO), TEXT("\xEF\xBB\xBFMsgBox \"Hello\""));
	assert_decodes(TEXT("  " HELLO "\n"), TEXT("  MsgBox \"Hello\"\n"));
	assert_decodes(TEXT("'copyright\r\n'**Start Encode**" HELLO),
		       TEXT("'copyright\r\n'**Start Encode**MsgBox \"Hello\""));
	assert_decodes(TEXT(HELLO HELLO "\n\t" HELLO),
		       TEXT("MsgBox \"Hello\"MsgBox \"Hello\"\n\tMsgBox \"Hello\""));
	/* screnc ends its files with a NUL */
	assert_decodes(TEXT(HELLO "\0"), TEXT("MsgBox \"Hello\""));
	/* in a text it is text */
	assert_decodes(TEXT("x = \"" HELLO "\""), TEXT("x = \"" HELLO "\""));
	assert_false(vbs_is_encoded(TEXT("If InStr(s, \"#@~^\") Then")));
	assert_false(vbs_is_encoded(TEXT("")));
	assert_true(vbs_is_encoded(TEXT("\n" HELLO)));
}

static void refuses_damage(void **state)
{
	static const struct {
		const char *source;
		int line, column;
		const char *what;
	} rows[] = {
		{ "#@~^", 1, 1, "length" },
		{ "\n #@~^DgAA*A==\\ko", 2, 2, "length" },
		{ "#@~^DgAAAA==\\ko$K6,JC\177V", 1, 1, "middle" },
		{ "#@~^DwAAAA==\\ko$K6,JC\177V^GJqAQAAA==^#~@", 1, 28, "end" },
		{ "#@~^DgAAAA==\\ko$K6,JC\177V^GJqAQAAA==^#~", 1, 27, "end" },
		{ "#@~^DgAAAA==\\ko$K6,JC\177V^GJqQQAAA==^#~@", 1, 1, "sum" },
		{ "#@~^DgAAAA==\\ko$K6,KC\177V^GJqAQAAA==^#~@", 1, 1, "sum" },
		{ "#@~^DgAAAA==\\ko<K6,JC\177V^GJqAQAAA==^#~@", 1, 16, "character" },
		{ "#@~^AgAAAA==@?qAQAAA==^#~@", 1, 13, "character" },
		{ "#@~^AQAAAA==@&qAQAAA==^#~@", 1, 13, "character" },
		{ "#@~^/////w==\\ko$K6", 1, 1, "middle" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct error err = { 0 };
		struct buf out;

		buf_init(&out, 1000);
		assert_true(vbs_is_encoded(text_of(rows[i].source)));
		assert_int_equal(vbs_decode(text_of(rows[i].source), &out, &err), -EBADMSG);
		assert_int_equal(err.line, rows[i].line);
		assert_int_equal(err.column, rows[i].column);
		assert_non_null(strstr(err.text, rows[i].what));
		buf_done(&out);
	}
}

static int travel(void)
{
	struct buf there, back;

	buf_init(&there, 1000);
	buf_init(&back, 1000);
	int r = vbs_encode(TEXT("MsgBox \"Hello\""), &there);

	if (!r)
		r = vbs_decode(buf_text(&there), &back, NULL);
	buf_done(&there);
	buf_done(&back);
	return r;
}

static void survives_faults(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, travel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_script), cmocka_unit_test(round_trips),
		cmocka_unit_test(finds_blocks),     cmocka_unit_test(refuses_damage),
		cmocka_unit_test(survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
