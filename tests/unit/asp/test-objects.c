/* SPDX-License-Identifier: Apache-2.0 */
/* Request, Response and Server as pages use them. */
#include "site.h"

/* A page's answer to GET /p.asp?`query` with the given cookies. */
struct row {
	const char *query, *cookies, *source, *expected;
};

static const struct row reading[] = {
	{ "a=1", NULL, "<%= Request.QueryString(\"A\") %>", "1" },
	{ "a=1&a=2", NULL, "<%= Request.QueryString(\"a\") %>", "1, 2" },
	{ "a=1&a=2", NULL, "<%= Request.QueryString(\"a\").Count %>", "2" },
	{ "a=1&a=2", NULL, "<%= Request.QueryString(\"a\")(2) %>", "2" },
	{ "a=1&b=2", NULL, "<%= Request.QueryString %>", "a=1&b=2" },
	{ "a=1&b=2", NULL, "<%= Request.QueryString.Count %>", "2" },
	{ "a=1&b=2", NULL, "<%= Request.QueryString.Key(2) %>", "b" },
	{ "a=1&b=2", NULL, "<%= Request.QueryString(2) %>", "2" },
	{ "a=1&b=2&a=3", NULL,
	  "<% For Each k In Request.QueryString %><%= k %>:<%= Request.QueryString(k) %>;<% Next "
	  "%>",
	  "a:1, 3;b:2;" },
	{ "a=1&a=2", NULL, "<% For Each v In Request.QueryString(\"a\") %><%= v %>;<% Next %>",
	  "1;2;" },
	{ "", NULL, "<% If Request.QueryString(\"x\") = \"\" Then %>none<% End If %>", "none" },
	{ "", NULL, "<%= Request.QueryString(\"x\").Count %>", "0" },
	{ "", NULL, "<%= IsEmpty(Request.QueryString(\"x\").Item) %>", "True" },
	{ "n=5", NULL, "<%= Request.QueryString(\"n\") + 1 %>", "6" },
	{ "q=%C3%A9+%26", NULL, "<%= Server.HTMLEncode(Request(\"q\")) %>", "\xC3\xA9 &amp;" },
	{ "a=q", "a=c; b=k1=v1&k2=v+2", "<%= Request(\"a\") & Request(\"b\")(\"k2\") %>", "qv 2" },
	{ "", "b=k1=v1&k2=v2", "<%= Request.Cookies(\"b\").HasKeys %>", "True" },
	{ "", "b=k1=v1&k2=v2", "<% For Each k In Request.Cookies(\"b\") %><%= k %><% Next %>",
	  "k1k2" },
	{ "", "b=x%20y", "<%= Request.Cookies(\"B\") %>", "x y" },
	{ "", NULL, "<%= Request.Cookies(\"b\") & Request.Cookies(\"b\").HasKeys %>", "False" },
	{ "x=1", NULL, "<%= Request.ServerVariables(\"query_string\") %>", "x=1" },
	{ "", NULL, "<%= Request.ServerVariables(\"REQUEST_METHOD\") %>", "GET" },
	{ "", NULL, "<%= Request(\"SCRIPT_NAME\") %>", "/p.asp" },
	{ "", "z=1", "<%= Request.ServerVariables(\"HTTP_COOKIE\") %>", "z=1" },
	{ "", NULL, "<%= Request.ServerVariables(\"HTTP_NONE\") = \"\" %>", "True" },
	{ "", NULL, "<%= Request.ServerVariables(\"SURROGATE_USER\") %>", "tester" },
	{ "", NULL, "<%= Request.ServerVariables(\"SURROGATE_POOL\") %>", "TestPool" },
	{ "", NULL, "<%= Request.ServerVariables(\"SURROGATE_PROTECTION\") %>", "High" },
	{ "", NULL, "<%= Request.ServerVariables(\"SURROGATE_APPID\") %>",
	  "{00000000-0000-0000-0000-0000000000AA}" },
	{ "", NULL, "<%= CLng(Request.ServerVariables(\"SURROGATE_PID\")) > 0 %>", "True" },
	{ "", NULL,
	  "<% n = 0 : For Each k In Request.ServerVariables : n = n + 1 : Next %><%= n > 30 %>",
	  "True" },
	{ "", NULL, "<%= Request.ServerVariables(\"APPL_MD_PATH\") %>", "/LM/W3SVC/1/ROOT" },
	{ "", NULL, "<%= Request.TotalBytes %>", "0" },
	{ "", NULL, "<%= TypeName(Request) & TypeName(Server) %>", "IRequestIServer" },
	{ "", NULL, "<%= Server.HTMLEncode(\"<a href=\"\"x\"\">&</a>\") %>",
	  "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;" },
	{ "", NULL, "<%= Server.HTMLEncode(\"plain\") & Server.HTMLEncode(\"\") %>", "plain" },
	{ "", NULL, "<%= Server.URLEncode(\"a b&c/\xC3\xA9\") %>", "a+b%26c%2F%C3%A9" },
	{ "", NULL, "<%= Server.URLPathEncode(\"/a b/\xC3\xA9\") %>", "/a%20b/%C3%A9" },
	{ "", NULL,
	  "<%= Server.ScriptTimeout %><% Server.ScriptTimeout = 5 %>,<%= Server.ScriptTimeout %>",
	  "90,5" },
	{ "", NULL, "<% Set d = Server.CreateObject(\"Scripting.Dictionary\") %><%= d.Count %>",
	  "0" },
	{ "", NULL,
	  "<% On Error Resume Next\nServer.CreateObject \"No.Such\" %><%= Hex(Err.Number) %>",
	  "800401F3" },
	{ "", NULL, "<% Response.Write \"a\" : Response.Clear : Response.Write \"b\" %>", "b" },
	{ "", NULL, "<% Response.Write \"a\" : Response.End : Response.Write \"b\" %>c", "a" },
	{ "", NULL, "<% On Error Resume Next : Response.End %>c", "" },
	{ "", NULL, "<%= Response.Buffer & Response.Status %>", "True200 OK" },
	{ "", NULL, "<% Response.BinaryWrite Request.BinaryRead(0) %>x", "x" },
	{ "", NULL, "<%= Response.IsClientConnected %>", "True" },
	{ "", NULL, "<%= Response.ContentType & Response.Charset %>", "text/html" },
	{ "", NULL,
	  "<% Session.LCID = 1036 : n = Response.LCID : Response.LCID = 1046 %>"
	  "<%= n & Response.LCID & Session.LCID %>",
	  "103610461036" },
	{ "", NULL, "<%@ LCID=2057 %><%= Response.LCID & Session.LCID %>", "20571033" },
	{ "", NULL,
	  "<%@ LCID=1031 %><%= 1.5 %>|<%= CDbl(\"2,5\") * 2 %>|<% Response.Write #3/5/2026# %>",
	  "1,5|5|05.03.2026" },
	{ "", NULL,
	  "<%= 1.5 %>|<% Session.LCID = 1036 %><%= 1.5 & FormatNumber(1, 1) %>|"
	  "<% Response.LCID = 2057 %><%= #3/5/2026# %>|<% SetLocale 1031 %><%= 1.5 %>",
	  "1.5|1,51,0|05/03/2026|1,5" },
	{ "", NULL,
	  "<% On Error Resume Next : Session.LCID = 99999 %><%= Session.LCID & (Err.Number <> 0) "
	  "%>",
	  "1033True" },
	{ "", NULL, "<% With Response\n.Write 1\n.Write 2\nEnd With %>", "12" },
	{ "", NULL, "<%= Request.ClientCertificate(\"Subject\") & \"-\" %>", "-" },
};

static void ask(struct reply *r, struct site *site, const struct row *row)
{
	char url[256];
	snprintf(url, sizeof(url), "/p.asp?%s", row->query);
	reply_init(r, site, url);
	if (row->cookies)
		reply_header(r, "Cookie", row->cookies);
	asp_handle(site->asp, &r->exchange);
}

static void requests_are_read(void **state)
{
	(void)state;
	struct site *site = site_new();
	for (size_t i = 0; i < ARRAY_LEN(reading); i++) {
		struct reply r;
		site_put(site, "p.asp", reading[i].source);
		asp_settings_changed(site->asp); /* compile it anew */
		ask(&r, site, &reading[i]);
		if (strcmp(buf_cstr(&r.out), reading[i].expected) != 0)
			fail_msg("%s gave: %s", reading[i].source, buf_cstr(&r.out));
		assert_int_equal(r.status, 200);
		assert_int_equal(r.content_length, r.out.length);
		reply_done(&r);
	}
	site_free(site);
}

/* Source and what the head must hold (every line of `expected`). */
static const struct {
	const char *source;
	unsigned status;
	const char *expected;
} heads[] = {
	{ "x", 200, "Cache-Control: private\nContent-Type: text/html; Charset=utf-8\n" },
	{ "<% Response.ContentType = \"text/xml\" %>", 200,
	  "Content-Type: text/xml; Charset=utf-8\n" },
	{ "<% Response.ContentType = \"image/png\" %>", 200, "Content-Type: image/png\n" },
	{ "<% Response.Charset = \"ISO-8859-1\" %>", 200, "text/html; Charset=ISO-8859-1\n" },
	{ "<% Response.CodePage = 1252 %>", 200, "Charset=windows-1252\n" },
	{ "<% Response.Status = \"404 Not Here\" %>", 404, "" },
	{ "<% Response.AddHeader \"X-A\", \"b\" : Response.AddHeader \"X-A\", \"c\" %>", 200,
	  "X-A: b\nX-A: c\n" },
	{ "<% Response.CacheControl = \"public\" %>", 200, "Cache-Control: public\n" },
	{ "<% Response.Expires = -1 %>", 200, "Expires: " },
	{ "<% Response.ExpiresAbsolute = #1/1/2030 12:00# %>", 200, "Expires: Tue, 01 Jan 2030" },
	{ "<% Response.Redirect \"/x y?a=1\" %>never", 302, "Location: /x%20y?a=1\n" },
	{ "<% Response.Cookies(\"a\") = \"b c\" %>", 200, "Set-Cookie: a=b+c; path=/\n" },
	{ "<% Response.Cookies(\"a\")(\"k\") = \"v\" : Response.Cookies(\"a\")(\"l\") = \"w=\" %>",
	  200, "Set-Cookie: a=k=v&l=w%3D; path=/\n" },
	{ "<% Response.Cookies(\"a\") = 1 : Response.Cookies(\"a\").Path = \"/p\"\n"
	  "Response.Cookies(\"a\").Domain = \"d.example\" : Response.Cookies(\"a\").Secure = True\n"
	  "Response.Cookies(\"a\").Expires = #1/2/2030# %>",
	  200, "; domain=d.example; path=/p; secure\n" },
	{ "<% Response.Cookies(\"a;b\") = \"x\" & vbCrLf & \"y\" %>", 200,
	  "Set-Cookie: a%3Bb=x%0D%0Ay; path=/\n" },
};

static void heads_say_what_pages_say(void **state)
{
	(void)state;
	struct site *site = site_new();
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		struct reply r;
		site_put(site, "p.asp", heads[i].source);
		asp_settings_changed(site->asp);
		reply_init(&r, site, "/p.asp");
		asp_handle(site->asp, &r.exchange);
		assert_int_equal(r.status, heads[i].status);
		assert_contains(buf_cstr(&r.head), heads[i].expected);
		assert_lacks(buf_cstr(&r.head), "ASPSESSIONID");
		reply_done(&r);
	}
	site_free(site);
}

/* A script cannot smuggle lines into the head. */
static void headers_have_one_line(void **state)
{
	(void)state;
	struct site *site = site_new();
	static const char *const sources[] = {
		"<% Response.AddHeader \"X\", \"a\" & vbCrLf & \"Set-Cookie: b\" %>",
		"<% Response.AddHeader \"X: y\", \"a\" %>",
		"<% Response.Status = \"200 OK\" & vbLf & \"X: y\" %>",
		"<% Response.ContentType = \"text/html\" & vbCr & vbLf & \"X: y\" %>",
		"<% Response.Cookies(\"a\").Path = \"/;\" & vbCrLf %>",
	};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		struct reply r;
		site_put(site, "p.asp", sources[i]);
		asp_settings_changed(site->asp);
		reply_init(&r, site, "/p.asp");
		asp_handle(site->asp, &r.exchange);
		assert_int_equal(r.status, 500);
		assert_lacks(buf_cstr(&r.head), "X:");
		assert_lacks(buf_cstr(&r.head), "Set-Cookie");
		reply_done(&r);
	}
	struct reply r;
	site_put(site, "p.asp", "<% Response.Redirect \"/a\" & vbCrLf & \"X: y\" %>");
	asp_settings_changed(site->asp);
	reply_init(&r, site, "/p.asp");
	asp_handle(site->asp, &r.exchange);
	assert_contains(buf_cstr(&r.head), "Location: /a%0D%0AX:%20y\n");
	reply_done(&r);
	site_free(site);
}

static void post(struct reply *r, struct site *site, const char *type, const char *body)
{
	reply_init(r, site, "/p.asp?q=1");
	reply_post(r, type, body, strlen(body));
	asp_handle(site->asp, &r->exchange);
}

#define FORM "application/x-www-form-urlencoded; charset=UTF-8"

static void forms_are_read(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct reply r;
	site_put(site, "p.asp",
		 "<%= Request.Form(\"a\") %>|<%= Request.Form.Count %>|<%= Request(\"b\") %>|"
		 "<%= Request(\"q\") %>|<%= Request.TotalBytes %>|<%= Request.Form %>");
	post(&r, site, FORM, "a=1&b=x+y&a=%32");
	assert_string_equal(buf_cstr(&r.out), "1, 2|2|x y|1|15|a=1&b=x+y&a=%32");
	reply_done(&r);
	post(&r, site, "text/plain", "a=1");
	assert_string_equal(buf_cstr(&r.out), "|0||1|3|");
	reply_done(&r);
	site_free(site);
}

static void bodies_are_read_as_bytes(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct reply r;
	site_put(site, "p.asp",
		 "<% n = 4 : b = Request.BinaryRead(n) %><%= n & IsArray(b) & UBound(b) & AscB(b) "
		 "%>,"
		 "<% n = 100 : b = Request.BinaryRead(n) %><%= n %><% Response.BinaryWrite b %>");
	post(&r, site, "application/octet-stream", "abcdefghijk");
	assert_string_equal(buf_cstr(&r.out), "4True397,7efghijk");
	reply_done(&r);
	site_put(site, "p.asp", "<% Request.BinaryRead 1 : x = Request.Form(\"a\") %>");
	asp_settings_changed(site->asp);
	post(&r, site, FORM, "a=1");
	assert_contains(buf_cstr(&r.out), "Request object error 'ASP 0207 : 80004005'");
	reply_done(&r);
	site_put(site, "p.asp", "<% x = Request.Form(\"a\") : Request.BinaryRead 1 %>");
	asp_settings_changed(site->asp);
	post(&r, site, FORM, "a=1");
	assert_contains(buf_cstr(&r.out), "Request object error 'ASP 0206 : 80004005'");
	reply_done(&r);
	site_free(site);
}

static void large_bodies_are_refused(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct reply r;
	site->settings.max_request_entity = 10;
	site_put(site, "p.asp", "<%= Request.Form(\"a\") %>");
	post(&r, site, FORM, "a=45678910");
	assert_string_equal(buf_cstr(&r.out), "45678910");
	reply_done(&r);
	post(&r, site, FORM, "a=456789101");
	assert_contains(buf_cstr(&r.out), "ASP 0107");
	reply_done(&r);
	/* of unknown length */
	reply_init(&r, site, "/p.asp");
	reply_post(&r, FORM, "a=456789101", 11);
	r.request.content_length = UINT64_MAX;
	asp_handle(site->asp, &r.exchange);
	assert_contains(buf_cstr(&r.out), "ASP 0107");
	reply_done(&r);
	site_free(site);
}

static void responses_are_streamed(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct reply r;
	site_put(site, "p.asp", "one<% Response.Flush %>two<% Response.Flush %>three");
	reply_init(&r, site, "/p.asp");
	asp_handle(site->asp, &r.exchange);
	assert_string_equal(buf_cstr(&r.out), "onetwothree");
	assert_int_equal(r.flushes, 2);
	assert_true(r.content_length == UINT64_MAX);
	/* this page had a session to begin, since its head left before its end */
	assert_contains(buf_cstr(&r.head), "ASPSESSIONID");
	reply_done(&r);
	site_put(site, "p.asp", "<% Response.Buffer = False %>a<%= \"b\" %>");
	asp_settings_changed(site->asp);
	reply_init(&r, site, "/p.asp");
	asp_handle(site->asp, &r.exchange);
	assert_string_equal(buf_cstr(&r.out), "ab");
	assert_int_equal(r.flushes, 2);
	reply_done(&r);
	site_put(site, "p.asp", "<% Response.Flush : Response.AddHeader \"A\", \"b\" %>");
	asp_settings_changed(site->asp);
	reply_init(&r, site, "/p.asp");
	asp_handle(site->asp, &r.exchange);
	assert_int_equal(r.status, 200);
	assert_contains(buf_cstr(&r.out), "Response object error 'ASP 0156 : 80004005'");
	reply_done(&r);
	site_free(site);
}

static void the_buffer_has_a_limit(void **state)
{
	(void)state;
	struct site *site = site_new();
	site->settings.buffering_limit = 1000;
	site_put(site, "p.asp", "<% For i = 1 To 101 : Response.Write \"0123456789\" : Next %>");
	assert_contains(site_get(site, "/p.asp"), "Response object error 'ASP 0251 : 80004005'");
	site_put(site, "q.asp",
		 "<% For i = 1 To 101 : Response.Write \"0123456789\" : Response.Flush : Next %>");
	assert_int_equal(strlen(site_get(site, "/q.asp")), 1010);
	site_free(site);
}

static void a_client_that_left_does_not_matter(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct reply r;
	site_put(site, "p.asp", "<% Application(\"seen\") = Response.IsClientConnected %>x");
	reply_init(&r, site, "/p.asp");
	r.gone = true;
	asp_handle(site->asp, &r.exchange);
	reply_done(&r);
	site_put(site, "q.asp", "<%= Application(\"seen\") %>");
	assert_string_equal(site_get(site, "/q.asp"), "False");
	site_free(site);
}

static void pages_call_pages(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "p.asp", "<% x = 1 %>a<% Server.Execute \"sub/q.asp\" %><%= x %>");
	site_put(site, "sub/q.asp", "[<%= x %><% x = 2 %><% Server.Execute \"r.asp\" %>]");
	site_put(site, "sub/r.asp", "r");
	assert_string_equal(site_get(site, "/p.asp"), "a[r]1");
	site_put(site, "t.asp", "lost<% Response.Clear : Server.Transfer \"/sub/r.asp\" %>never");
	assert_string_equal(site_get(site, "/t.asp"), "r");
	site_put(site, "e.asp", "a<% Server.Execute \"f.asp\" %>b");
	site_put(site, "f.asp", "x<% Response.End %>y");
	assert_string_equal(site_get(site, "/e.asp"), "ax");
	site_put(site, "self.asp", "<% Server.Execute \"self.asp\" %>");
	assert_contains(site_get(site, "/self.asp"), "Server.Execute Error");
	site_put(site, "g.asp", "<% Server.Execute \"none.asp\" %>");
	assert_contains(site_get(site, "/g.asp"), "Server object error 'ASP 0232");
	site_put(site, "h.asp", "<% Server.Execute \"bad.asp\" %>");
	site_put(site, "bad.asp", "\n<% x = %>");
	assert_contains(site_get(site, "/h.asp"), "/bad.asp, line 2");
	site_free(site);
}

static void paths_map(void **state)
{
	(void)state;
	struct site *site = site_new();
	char expected[3 * PATH_SHOWN_SIZE + 64];
	site_put(site, "a/p.asp",
		 "<%= Server.MapPath(\"x.txt\") %>|<%= Server.MapPath(\"/\") %>|"
		 "<%= Server.MapPath(\"\\b\\c.txt\") %>");
	char folder[PATH_SHOWN_SIZE];
	path_show(site->folder, folder);
	snprintf(expected, sizeof(expected), "%s\\a\\x.txt|%s|%s\\b\\c.txt", folder, folder,
		 folder);
	assert_string_equal(site_get(site, "/a/p.asp"), expected);
	static const struct {
		const char *source, *error;
	} bad[] = {
		{ "<%= Server.MapPath(\"../x\") %>", "ASP 0175" },
		{ "<%= Server.MapPath(\"\") %>", "ASP 0171" },
		{ "<%= Server.MapPath(\"C:\\x\") %>", "ASP 0172" },
		{ "<%= Server.MapPath(\"a*b\") %>", "ASP 0173" },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		site_put(site, "q.asp", bad[i].source);
		asp_settings_changed(site->asp);
		assert_contains(site_get(site, "/q.asp"), bad[i].error);
	}
	site_free(site);
}

int main(void)
{
	scripting_register();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_read),
		cmocka_unit_test(heads_say_what_pages_say),
		cmocka_unit_test(headers_have_one_line),
		cmocka_unit_test(forms_are_read),
		cmocka_unit_test(bodies_are_read_as_bytes),
		cmocka_unit_test(large_bodies_are_refused),
		cmocka_unit_test(responses_are_streamed),
		cmocka_unit_test(the_buffer_has_a_limit),
		cmocka_unit_test(a_client_that_left_does_not_matter),
		cmocka_unit_test(pages_call_pages),
		cmocka_unit_test(paths_map),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
