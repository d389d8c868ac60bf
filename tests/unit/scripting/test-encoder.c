/* SPDX-License-Identifier: Apache-2.0 */
/* Scripting.Encoder: which parts of a file are encoded, and what is said about their language. */
#include "script.h"

#include "base/buf.h"
#include "library/scripting/scripting.h"
#include "script/vbs/encoded.h"

static const char *encoded(const char *extension, const char *source, const char *language)
{
	static struct buf out;
	VARIANT argv[] = { v_text(extension), v_text(source), v_long(0), v_text(language) };
	VARIANT result = { 0 };
	IUnknown *encoder = NULL;
	DISPID id;

	assert_int_equal(scripting_encoder_new(&encoder), S_OK);
	IDispatch *d = (IDispatch *)(void *)encoder;

	assert_int_equal(automation_dispid(d, TEXT("EncodeScriptFile"), &id), S_OK);
	HRESULT hr =
		automation_invoke(d, id, DISPATCH_METHOD, argv, ARRAY_LEN(argv), &result, NULL);

	buf_done(&out);
	buf_init(&out, 10000);
	if (FAILED(hr))
		buf_puts(&out, "failed");
	else
		buf_put_utf16(&out, result.bstrVal, SysStringLen(result.bstrVal));
	VariantClear(&result);
	for (size_t i = 0; i < ARRAY_LEN(argv); i++)
		VariantClear(&argv[i]);
	d->lpVtbl->Release(d);
	return buf_cstr(&out);
}

/* "[...]" in `want` stands for the encoded form of what it holds. */
static void assert_encoded(const char *extension, const char *source, const char *want)
{
	struct buf expected;

	buf_init(&expected, 10000);
	while (*want) {
		const char *end = *want == '[' ? strchr(want, ']') : NULL;

		if (end)
			vbs_encode((struct text){ want + 1, (size_t)(end - want) - 1 }, &expected);
		else
			buf_putc(&expected, *want);
		want = end ? end + 1 : want + 1;
	}
	assert_string_equal(encoded(extension, source, ""), buf_cstr(&expected));
	buf_done(&expected);
}

static void scripts(void **state)
{
	assert_encoded(".vbs", "MsgBox \"Hello\"", "[MsgBox \"Hello\"]");
	assert_encoded("VBS", "", "[]");
	assert_encoded(".js", "a = 1;", "[a = 1;]");
	assert_encoded(".vbs", "'(c) us\n'**Start Encode**\nx = 1",
		       "'(c) us\n'**Start Encode**[\nx = 1]");
	assert_string_equal(encoded(".exe", "x", ""), "failed");
}

static void pages(void **state)
{
	assert_encoded(".asp", "<p>text</p>", "<p>text</p>");
	assert_encoded(".asp", "<b><% x = 1 %></b><%= x %>",
		       "<%@ LANGUAGE = VBScript.Encode %>\r\n<b><%[ x = 1 ]%></b><%=[ x ]%>");
	assert_encoded(".asp", "<%@ Language=VBScript CODEPAGE=65001 %><% x %>",
		       "<%@ Language=VBScript.Encode CODEPAGE=65001 %><%[ x ]%>");
	assert_encoded(".asa", "<%@ CODEPAGE=65001 %><% x %>",
		       "<%@ CODEPAGE=65001 language=\"VBScript.Encode\" %><%[ x ]%>");
	assert_encoded(".asp", "<%@ LANGUAGE=PerlScript %><% x %>",
		       "<%@ LANGUAGE=PerlScript %><% x %>");
	assert_encoded(".asp", "<script runat=\"server\" Language='vbscript'>Sub S</script >",
		       "<script runat=\"server\" Language='VBScript.Encode'>[Sub S]</script >");
	assert_encoded(".htm", "<SCRIPT>x</SCRIPT><script language=JavaScript>y</script>",
		       "<SCRIPT language=\"VBScript.Encode\">[x]</SCRIPT>"
		       "<script language=JScript.Encode>[y]</script>");
	assert_encoded(".wsf",
		       "<job><script language=\"VBScript\" src=\"a.vbs\"/>"
		       "<script language=\"PerlScript\">z</script></job>",
		       "<job><script language=\"VBScript\" src=\"a.vbs\"/>"
		       "<script language=\"PerlScript\">z</script></job>");
	/* "<%>" does not end where it begins. */
	assert_encoded(".asp", "<%>", "<%@ LANGUAGE = VBScript.Encode %>\r\n<%[>]");
	assert_encoded(".asp", "<scripts><% x",
		       "<%@ LANGUAGE = VBScript.Encode %>\r\n"
		       "<scripts><%[ x]");
}

static void by_name(void **state)
{
	static const struct script_row rows[] = {
		{ "R = CreateObject(\"Scripting.Encoder\").EncodeScriptFile(\".vbs\", "
		  "\"MsgBox \"\"Hello\"\"\", 0, \"\")",
		  "#@~^DgAAAA==\\ko$K6,JC\177V^GJqAQAAA==^#~@" },
		{ "CreateObject(\"Scripting.Encoder\").EncodeScriptFile \"x\", \"\", 0, \"\"",
		  "Error 5: Invalid procedure call or argument" },
	};

	script_check(rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(pages),
		cmocka_unit_test(by_name),
	};

	if (scripting_register() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
