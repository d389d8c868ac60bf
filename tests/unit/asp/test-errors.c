/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a page, where, and who is told. */
#include "site.h"

#include "asp/error.h"

/* Five times as many are nested more deeply than a source may be. */
#define MINUSES                                                                                    \
	"- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - " \
	"- - "

/* Source of /p.asp and what its error page must say: number, place. */
static const struct {
	const char *source, *title, *place;
} errors[] = {
	/* the script engine's */
	{ "<html>\n<%\n  x = CLng(\"abc\")\n%>", "Microsoft VBScript runtime error '800a000d'",
	  "/p.asp, line 3" },
	{ "\n<%= 1 / 0 %>", "Microsoft VBScript runtime error '800a000b'", "/p.asp, line 2" },
	{ "\n\n<% x = = 3 %>", "Microsoft VBScript compilation error '800a03",
	  "/p.asp, line 3, column" },
	{ "<%= " MINUSES MINUSES MINUSES MINUSES MINUSES "1 %>",
	  "Microsoft VBScript compilation error '800a03e9'", "/p.asp, line 1" },
	{ "<% If True Then %>", "Microsoft VBScript compilation error", "/p.asp, line 1" },
	{ "<% Err.Raise 1000, \"Mine\", \"<b>&\" %>", "Mine error '800a03e8'", "/p.asp, line 1" },
	{ "<%@ Language=VBScript %>\n<% Option Explicit %>\n<% y = 1 %>",
	  "Microsoft VBScript runtime error '800a01f4'", "/p.asp, line 3" },
	/* the page compiler's */
	{ "a\nb<% x", "Active Server Pages error 'ASP 0116'", "/p.asp, line 2, column 2" },
	{ "<script runat=server>x = 1", "Active Server Pages error 'ASP 0117'", "/p.asp, line 1" },
	{ "<script runat=server", "Active Server Pages error 'ASP 0117'", "/p.asp, line 1" },
	{ "<object runat=server id=a progid=Scripting.Dictionary>", "ASP 0118", "/p.asp, line 1" },
	{ "<object runat=server id=a></object>", "ASP 0119", "/p.asp, line 1" },
	{ "<object runat=server id=a progid=None.Such></object>", "ASP 0119", "/p.asp, line 1" },
	{ "<script runat=client></script>", "ASP 0120", "/p.asp, line 1" },
	{ "<object runat=server id=a scope=session progid=Scripting.Dictionary></object>",
	  "ASP 0121", "/p.asp, line 1" },
	{ "<object runat=server progid=Scripting.Dictionary></object>", "ASP 0123", "line 1" },
	{ "\n <script runat=\"server>", "ASP 0125", "/p.asp, line 2, column 2" },
	{ "<!--#include file=\"none.inc\"-->", "ASP 0126", "/p.asp, line 1" },
	{ "<!--#include file=\"none.inc\"", "ASP 0127", "/p.asp, line 1" },
	{ "<!--#include -->", "ASP 0128", "/p.asp, line 1" },
	{ "<script runat=server language=Perl></script>", "ASP 0129", "/p.asp, line 1" },
	{ "<%@ Language=JScript %>", "ASP 0129", "/p.asp, line 1" },
	{ "<!--#include file=\"/x.inc\"-->", "ASP 0130", "/p.asp, line 1" },
	{ "<!--#include file=\"../x.inc\"-->", "ASP 0131", "/p.asp, line 1" },
	{ "\n<!--#include virtual=\"/p.asp\"-->", "ASP 0135", "/p.asp, line 2" },
	{ "<object runat=server id=Request progid=Scripting.Dictionary></object>", "ASP 0136", "" },
	{ "<script runat=server>\n<% x %>\n</script>", "ASP 0138", "/p.asp, line 2" },
	{ "<% x = 1 %><%@ Language=VBScript %>", "ASP 0140", "/p.asp, line 1" },
	{ "<%@ Language=VBScript %><%@ LCID=1033 %>", "ASP 0141", "/p.asp, line 1" },
	{ "<%@ CODEPAGE= %>", "ASP 0202", "/p.asp, line 1" },
	{ "<%@ CODEPAGE=12 %>", "ASP 0203", "/p.asp, line 1" },
	{ "<%@ TRANSACTION=Maybe %>", "ASP 0209", "/p.asp, line 1" },
	{ "<%@ Colour=red %>", "ASP 0221", "/p.asp, line 1" },
	/* the intrinsic objects' */
	{ "<% Server.CreateObject \"No.Such\" %>", "Server object error 'ASP 0177 : 800401f3'",
	  "/p.asp, line 1" },
	{ "<% Response.Buffer = False\nResponse.Clear %>", "Response object error 'ASP 0159", "" },
	{ "<% Set Session(\"x\") = Response %>", "Session object error 'ASP 0188", "line 1" },
	{ "<% Class C\nEnd Class\nSet Application(\"x\") = New C %>",
	  "Application object error 'ASP 0197", "/p.asp, line 3" },
	{ "<% Server.ScriptTimeout = 0 %>", "ASP 0191", "line 1" },
};

static void errors_have_numbers_and_places(void **state)
{
	(void)state;
	struct site *site = site_new();
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		struct reply r;
		site_put(site, "p.asp", errors[i].source);
		asp_settings_changed(site->asp);
		reply_init(&r, site, "/p.asp");
		asp_handle(site->asp, &r.exchange);
		const char *out = buf_cstr(&r.out);
		if (!strstr(out, errors[i].title) || !strstr(out, errors[i].place))
			fail_msg("%s gave: %s", errors[i].source, out);
		if (r.status == 500)
			assert_int_equal(r.sub_status, 100);
		else
			assert_true(r.flushes > 0);
		reply_done(&r);
	}
	site_free(site);
}

static void the_source_line_is_shown(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "inc/x.inc", "\n\n  <p><% y = = \"<b>\" %></p>\n");
	site_put(site, "p.asp", "a\n<!--#include file=\"inc/x.inc\"-->");
	const char *out = site_get(site, "/p.asp");
	assert_contains(out, "/inc/x.inc, line 3, column 13");
	assert_contains(out, "<pre>&lt;p&gt;&lt;% y = = &quot;&lt;b&gt;&quot; "
			     "%&gt;&lt;/p&gt;\n----------^</pre>");
	site_put(site, "q.asp", "<p>\n\t<b><%= CInt(\"x\") %></b>");
	assert_contains(site_get(site, "/q.asp"),
			"<pre>&lt;b&gt;&lt;%= CInt(&quot;x&quot;) %&gt;&lt;/b&gt;");
	assert_contains(site_get(site, "/q.asp"), "Type mismatch");
	site_free(site);
}

static void what_scripts_say_is_escaped(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "p.asp", "<% Err.Raise 5, \"<script>1\", \"<script>2\" %>");
	assert_lacks(site_get(site, "/p.asp"), "<script>");
	site_free(site);
}

static void browsers_may_be_told_nothing(void **state)
{
	(void)state;
	struct site *site = site_new();
	site->settings.error_sent_to_browser = false;
	site->settings.error_message = "Sorry.";
	site_put(site, "p.asp", "secret <% x = secret.name %>");
	const char *out = site_get(site, "/p.asp");
	assert_contains(out, "Sorry.");
	assert_lacks(out, "secret");
	assert_lacks(out, "p.asp");
	/* the event log is told */
	assert_contains(buf_cstr(&site->reports),
			"/p.asp(1) 800a01a8 Microsoft VBScript runtime: ");
	buf_clear(&site->reports);
	/* with the calls that led there */
	site_put(site, "shop.asp",
		 "<!--#include file=\"basket.inc\"-->\n<% Set b = New Basket\nb.Total 1 %>");
	site_put(site, "basket.inc",
		 "<% Class Basket\nSub Total(n)\nIf n Then Total n - 1 Else Sum\nEnd Sub\n"
		 "End Class\nSub Sum\n  x = 1 / 0\nEnd Sub %>");
	(void)site_get(site, "/shop.asp");
	assert_contains(buf_cstr(&site->reports),
			"/basket.inc(7) 800a000b Microsoft VBScript runtime: Division by zero @ "
			"Sum (/basket.inc, line 7)\n"
			"Basket.Total (/basket.inc, line 3)\n"
			"Basket.Total (/basket.inc, line 3)\n"
			"(global) (/shop.asp, line 3)\n");
	buf_clear(&site->reports);
	site_put(site, "q.asp", "<!--#include file=\"none\"-->");
	(void)site_get(site, "/q.asp");
	assert_contains(buf_cstr(&site->reports),
			"/q.asp(1) ASP 0126 80004005 Active Server Pages: "
			"Include file not found.");
	site_free(site);
}

static void an_error_ends_what_was_begun(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct reply r;
	site_put(site, "p.asp",
		 "begun<% Response.Cookies(\"a\") = 1 : Response.Status = \"201 X\" %>\n"
		 "<% x = 1 / 0 %>");
	reply_init(&r, site, "/p.asp");
	asp_handle(site->asp, &r.exchange);
	assert_int_equal(r.status, 500);
	assert_lacks(buf_cstr(&r.out), "begun");
	assert_lacks(buf_cstr(&r.head), "Set-Cookie");
	reply_done(&r);
	site_put(site, "q.asp", "begun<% Response.Flush : x = 1 / 0 %>");
	assert_contains(site_get(site, "/q.asp"), "begun");
	assert_contains(site_get(site, "/q.asp"), "800a000b");
	/* and the next page is not disturbed */
	site_put(site, "ok.asp", "fine<%= x %>");
	assert_string_equal(site_get(site, "/ok.asp"), "fine");
	site_free(site);
}

static void scripts_may_catch_errors(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "p.asp",
		 "<% On Error Resume Next : Response.Redirect \"\" : Set e = Server.GetLastError() "
		 "%>"
		 "<%= e.ASPCode %>|<%= e.Description %>|<%= Err.Description %>");
	assert_string_equal(site_get(site, "/p.asp"), "ASP 0158|Missing URL|A URL is required.");
	site_free(site);
}

static void scripts_time_out(void **state)
{
	(void)state;
	struct site *site = site_new();
	site->settings.script_timeout = 1; /* a nanosecond: over at the watchdog's first look */
	site_put(site, "p.asp", "<% On Error Resume Next\nDo : x = x + 1 : Loop %>");
	const char *out = site_get(site, "/p.asp");
	assert_contains(out, "ASP 0113");
	assert_contains(out, "Script timed out");
	site->settings.script_timeout = 90 * INT64_C(1000000000);
	asp_settings_changed(site->asp);
	site_put(site, "q.asp", "fine");
	assert_string_equal(site_get(site, "/q.asp"), "fine");
	site_free(site);
}

static void a_page_that_is_gone_is_404(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct reply r;
	reply_init(&r, site, "/none.asp");
	asp_handle(site->asp, &r.exchange);
	assert_int_equal(r.status, 404);
	reply_done(&r);
	site_free(site);
}

/* What goes behind the query in the log. */
static void the_log_is_told(void **state)
{
	static const struct {
		const char *page, *log;
	} cases[] = {
		{ "<%\nx = y.z %>", "|2|800a01a8|Object_required" },
		{ "<!--#include file=\"none\"-->", "|1|ASP_0126|Include_file_not_found" },
		{ "<% Response.AppendToLog \"a b\" : Response.AppendToLog \"c\" %>", "a+bc\n" },
		{ "<% On Error Resume Next : Response.AppendToLog \"a,b\" %>", NULL },
		{ "fine", NULL },
	};
	(void)state;
	struct site *site = site_new();
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		struct reply r;
		bool off = i >= ARRAY_LEN(cases);
		site->settings.errors_logged = !off;
		asp_settings_changed(site->asp);
		site_put(site, "log.asp", cases[i % ARRAY_LEN(cases)].page);
		reply_init(&r, site, "/log.asp");
		asp_handle(site->asp, &r.exchange);
		const char *log = cases[i % ARRAY_LEN(cases)].log;
		if (!log || (off && *log == '|')) {
			assert_lacks(buf_cstr(&r.head), CHANNEL_LOG_FIELD);
		} else {
			assert_contains(buf_cstr(&r.head), CHANNEL_LOG_FIELD ": ");
			assert_contains(buf_cstr(&r.head), log);
		}
		reply_done(&r);
	}
	site_free(site);
}

static void lines_and_events_may_be_off(void **state)
{
	(void)state;
	struct site *site = site_new();
	site->settings.lines = false;
	site_put(site, "p.asp", "\n\n<% x = secret.name %>");
	const char *out = site_get(site, "/p.asp");
	assert_contains(out, "Object required");
	assert_lacks(out, "line 3");
	assert_lacks(out, "secret.name");
	assert_contains(buf_cstr(&site->reports), "/p.asp(0) ");
	buf_clear(&site->reports);
	site->quiet = true;
	asp_settings_changed(site->asp);
	assert_contains(site_get(site, "/p.asp"), "Object required");
	assert_string_equal(buf_cstr(&site->reports), "");
	site_free(site);
}

/* No page and one engine are kept: everything still runs, in turn and inside each other. */
static void little_may_be_kept(void **state)
{
	(void)state;
	struct site *site = site_new();
	asp_limit(site->asp, 0, 0);
	site_put(site, "in.asp", "in");
	site_put(site, "out.asp", "<% Server.Execute \"/in.asp\" %>out");
	for (int i = 0; i < 3; i++) {
		assert_string_equal(site_get(site, "/out.asp"), "inout");
		assert_string_equal(site_get(site, "/in.asp"), "in");
	}
	asp_limit(site->asp, 1, 2);
	assert_string_equal(site_get(site, "/out.asp"), "inout");
	site_free(site);
}

static void the_table_is_complete(void **state)
{
	(void)state;
	static const unsigned numbers[] = {
#define X(number, brief, text) number,
		ASP_ERRORS(X)
#undef X
	};
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		assert_true(asp_error_brief(numbers[i])[0] != '\0');
		assert_true(i == 0 || numbers[i] > numbers[i - 1]);
	}
	assert_null(asp_error_brief(1));
	char *text = asp_error_format(126, TEXT("x.inc"));
	assert_string_equal(text, "The include file 'x.inc' was not found.");
	mem_free(text);
}

int main(void)
{
	scripting_register();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_have_numbers_and_places),
		cmocka_unit_test(the_source_line_is_shown),
		cmocka_unit_test(what_scripts_say_is_escaped),
		cmocka_unit_test(browsers_may_be_told_nothing),
		cmocka_unit_test(an_error_ends_what_was_begun),
		cmocka_unit_test(scripts_may_catch_errors),
		cmocka_unit_test(the_log_is_told),
		cmocka_unit_test(lines_and_events_may_be_off),
		cmocka_unit_test(little_may_be_kept),
		cmocka_unit_test(scripts_time_out),
		cmocka_unit_test(a_page_that_is_gone_is_404),
		cmocka_unit_test(the_table_is_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
