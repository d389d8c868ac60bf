/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: pages end with an error or an answer, never with a leak or worse. */
#include "site.h"

#include "asp/page.h"

static const char source[] = "<%@ Language=VBScript %>\n<% Option Explicit %>\n"
			     "<!--#include file=\"x.inc\"-->a<%= Twice(2) %>\n"
			     "<object runat=server id=d progid=\"Scripting.Dictionary\"></object>"
			     "<script runat=server>Sub S : End Sub</script>";

static int load(void *ctx, struct text url, struct asp_file *ret)
{
	const char *content = text_equal(url, TEXT("/p.asp"))
				      ? source
				      : "<% Function Twice(n) : Twice = 2 * n : End Function %>";
	(void)ctx;
	*ret = (struct asp_file){ .data = mem_strdup(content),
				  .length = strlen(content),
				  .path = mem_strdup("/none") };
	if (ret->data && ret->path)
		return 0;
	asp_file_done(ret);
	return -ENOMEM;
}

static int compile(void)
{
	struct asp_page_options options = { .loader = { .load = load }, .language = "VBScript" };
	struct asp_page *page = NULL;
	struct asp_error error = { 0 };
	int r = asp_page_compile(&options, TEXT("/p.asp"), &page, &error);
	if (r == 0)
		assert_int_equal(page->file_count, 2);
	asp_page_unref(page);
	asp_error_done(&error);
	return r;
}

static void compiling(void **state)
{
	(void)state;
	assert_int_equal(compile(), 0);
#ifdef SURROGATE_FAULTS
	uint64_t count = 1;
	for (uint64_t nth = 1; count >= nth; nth++) {
		fault_arm(FAULT_ALLOC, nth, false);
		int r = compile();
		count = fault_count(FAULT_ALLOC);
		fault_arm(FAULT_ALLOC, 0, false);
		/* Some can be done without: a hint for an error that did not come. */
		assert_true(r == -ENOMEM || r == 0);
	}
#endif
}

static struct site *site;
static const char page[] =
	"<% Session(\"n\") = Session(\"n\") + 1 : Application(\"a\") = Request.QueryString(\"q\")\n"
	"Response.Cookies(\"c\")(\"k\") = Request(\"q\") : Response.AddHeader \"X\", \"y\"\n"
	"Set d = Server.CreateObject(\"Scripting.Dictionary\") : d(\"x\") = "
	"Server.MapPath(\"/x\")\n"
	"For Each k In Request.ServerVariables : s = s & k : Next\n"
	"Server.Execute \"q.asp\" %><%= Server.HTMLEncode(d(\"x\") & \"<\") %>";

/* One request with a new process's worth of state. 200: all went well. */
static unsigned serve_once(void)
{
	struct asp_host host = { .ctx = site, .settings = site_settings, .user = "tester" };
	struct asp *asp;
	struct reply r;
	if (asp_new(&host, &asp) != 0)
		return 0;
	reply_init(&r, site, "/p.asp?q=1&q=2");
	reply_header(&r, "Cookie", "a=1; b=c=d");
	asp_handle(asp, &r.exchange);
	unsigned status = r.status;
	reply_done(&r);
	asp_free(asp);
	return status;
}

static void serving(void **state)
{
	(void)state;
	site = site_new();
	site_put(site, "p.asp", page);
	site_put(site, "q.asp", "called");
	site_put(
		site, "global.asa",
		"<script runat=server language=vbscript>\nSub Session_OnStart\nSession(\"n\") = 1\n"
		"End Sub\nSub Session_OnEnd\nApplication(\"n\") = 1\nEnd Sub\n</script>"
		"<object runat=server scope=session id=o "
		"progid=\"Scripting.Dictionary\"></object>");
	assert_int_equal(serve_once(), 200);
#ifdef SURROGATE_FAULTS
	for (uint64_t nth = 1;; nth++) {
		fault_arm(FAULT_ALLOC, nth, false);
		unsigned status = serve_once();
		uint64_t count = fault_count(FAULT_ALLOC);
		fault_arm(FAULT_ALLOC, 0, false);
		assert_true(status == 0 || status == 200 || status == 500);
		if (count < nth) {
			assert_int_equal(status, 200);
			break;
		}
	}
#endif
	site_free(site);
}

int main(void)
{
	scripting_register();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiling),
		cmocka_unit_test(serving),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
