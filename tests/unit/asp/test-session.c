/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, applications and global.asa: who shares what, and for how long. */
#include "site.h"

#include "base/clock.h"

#include <pthread.h>

/* GET with a browser's memory: cookies of earlier answers go along. */
struct browser {
	char cookie[128];
	struct buf page;
};

static const char *browse(struct site *site, struct browser *b, const char *url)
{
	struct reply r;
	reply_init(&r, site, url);
	if (b->cookie[0])
		reply_header(&r, "Cookie", b->cookie);
	asp_handle(site->asp, &r.exchange);
	const char *set = strstr(buf_cstr(&r.head), "Set-Cookie: ASPSESSIONID");
	if (set)
		snprintf(b->cookie, sizeof(b->cookie), "%.*s", (int)strcspn(set + 12, ";"),
			 set + 12);
	buf_done(&b->page);
	b->page = r.out;
	buf_init(&r.out, 1);
	reply_done(&r);
	return buf_cstr(&b->page);
}

static void a_session_remembers(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct browser anna = { 0 }, ben = { 0 };
	site_put(site, "n.asp", "<% Session(\"n\") = Session(\"n\") + 1 %><%= Session(\"N\") %>");
	site_put(site, "read.asp", "<%= Session(\"n\") %>|<%= Session.Contents.Count %>");
	assert_string_equal(browse(site, &anna, "/read.asp"), "|0");
	assert_string_equal(anna.cookie, ""); /* reading begins nothing */
	assert_string_equal(browse(site, &anna, "/n.asp"), "1");
	assert_int_equal(strlen(anna.cookie), strlen("ASPSESSIONIDxxxxxxxx=") + 24);
	assert_string_equal(browse(site, &anna, "/n.asp"), "2");
	assert_string_equal(browse(site, &ben, "/n.asp"), "1");
	assert_string_not_equal(anna.cookie, ben.cookie);
	assert_string_equal(browse(site, &anna, "/read.asp"), "2|1");
	buf_done(&anna.page);
	buf_done(&ben.page);
	site_free(site);
}

static void ids_cannot_be_chosen(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct browser b = { 0 };
	site_put(site, "n.asp", "<% Session(\"n\") = 1 %><%= Session.SessionID > 0 %>");
	assert_string_equal(browse(site, &b, "/n.asp"), "True");
	char chosen[128];
	strcpy(chosen, b.cookie);
	memset(strchr(chosen, '=') + 1, 'A', 24);
	strcpy(b.cookie, chosen);
	assert_string_equal(browse(site, &b, "/n.asp"), "True");
	assert_string_not_equal(b.cookie, chosen);
	buf_done(&b.page);
	site_free(site);
}

static void contents_are_a_collection(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct browser b = { 0 };
	site_put(site, "p.asp",
		 "<% Session(\"a\") = 1 : Session.Contents(\"b\") = \"two\" : Session(\"c\") = "
		 "Array(1, 2)\n"
		 "For Each k In Session.Contents : Response.Write k : Next\n"
		 "Response.Write Session.Contents.Key(2) & Session(2) & Session(\"c\")(1)\n"
		 "Session.Contents.Remove \"A\" : Response.Write Session.Contents.Count\n"
		 "Session.Contents.RemoveAll : Response.Write Session.Contents.Count\n"
		 "Set Session(\"d\") = Server.CreateObject(\"Scripting.Dictionary\")\n"
		 "Session(\"d\").Add \"k\", \"v\" : Response.Write Session(\"d\")(\"k\") %>");
	site_put(site, "q.asp", "<%= Session(\"d\").Count & Session.Timeout %>");
	assert_string_equal(browse(site, &b, "/p.asp"), "abcbtwo220v");
	assert_string_equal(browse(site, &b, "/q.asp"), "120");
	buf_done(&b.page);
	site_free(site);
}

static void sessions_end(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct browser b = { 0 };
	site_put(site, "global.asa",
		 "<script language=\"VBScript\" runat=\"server\">\n"
		 "Sub Application_OnStart : Application(\"log\") = \"start \" : End Sub\n"
		 "Sub Session_OnStart : Session(\"at\") = Request(\"q\") : Log \"s+\" : End Sub\n"
		 "Sub Session_OnEnd : Log \"s-\" & Session(\"at\") : End Sub\n"
		 "Sub Log(t) : Application.Lock : Application(\"log\") = Application(\"log\") & t "
		 "& \" \"\n"
		 "Application.UnLock : End Sub\n"
		 "</script>");
	site_put(site, "log.asp", "<%@ EnableSessionState=False %><%= Application(\"log\") %>");
	site_put(site, "p.asp", "<%= Session(\"at\") %>");
	site_put(site, "bye.asp", "<% Session.Abandon %><%= Session(\"at\") %>");
	assert_string_equal(browse(site, &b, "/p.asp?q=1"), "1");
	assert_string_equal(browse(site, &b, "/bye.asp?q=2"), "1");
	assert_string_equal(site_get(site, "/log.asp"), "start s+ s-1 ");
	assert_string_equal(browse(site, &b, "/p.asp?q=3"), "3");
	asp_expire(site->asp, clock_now() + 19 * 60 * NSEC_PER_SEC);
	assert_string_equal(site_get(site, "/log.asp"), "start s+ s-1 s+ ");
	asp_expire(site->asp, clock_now() + 21 * 60 * NSEC_PER_SEC);
	assert_string_equal(site_get(site, "/log.asp"), "start s+ s-1 s+ s-3 ");
	assert_string_equal(browse(site, &b, "/p.asp?q=4"), "4");
	buf_done(&b.page);
	site_free(site);
}

static void there_can_be_too_many(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct browser a = { 0 }, b = { 0 };
	site->settings.session_max = 1;
	site_put(site, "p.asp", "<% Session(\"a\") = 1 %>ok");
	assert_string_equal(browse(site, &a, "/p.asp"), "ok");
	assert_contains(browse(site, &b, "/p.asp"), "Too many concurrent users");
	assert_string_equal(browse(site, &a, "/p.asp"), "ok");
	buf_done(&a.page);
	buf_done(&b.page);
	site_free(site);
}

static void pages_may_do_without(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "p.asp", "<%@ EnableSessionState=False %><% Session(\"a\") = 1 %>");
	assert_contains(site_get(site, "/p.asp"), "Session state is switched off");
	site_free(site);
}

static void static_objects_live_as_long(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct browser a = { 0 }, b = { 0 };
	site_put(site, "global.asa",
		 "<object runat=server scope=session id=mine "
		 "progid=\"Scripting.Dictionary\"></object>\n"
		 "<object runat=server scope=application id=ours progid=\"Scripting.Dictionary\">"
		 "</object>");
	site_put(site, "p.asp",
		 "<% mine(\"n\") = mine(\"n\") + 1 : ours(\"n\") = ours(\"n\") + 1 %>"
		 "<%= mine(\"n\") & ours(\"n\") & Session.StaticObjects.Count %>"
		 "<% For Each k In Application.StaticObjects %><%= k %><% Next %>");
	assert_string_equal(browse(site, &a, "/p.asp"), "111ours");
	assert_string_equal(browse(site, &a, "/p.asp"), "221ours");
	assert_string_equal(browse(site, &b, "/p.asp"), "131ours");
	buf_done(&a.page);
	buf_done(&b.page);
	site_free(site);
}

static void applications_share(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "p.asp",
		 "<% Application.Lock : Application(\"n\") = Application(\"n\") + 1\n"
		 "Application.UnLock %><%= Application(\"n\") & Application.Contents.Count %>");
	assert_string_equal(site_get(site, "/p.asp"), "11");
	assert_string_equal(site_get(site, "/p.asp"), "21");
	/* another application has its own */
	struct reply r;
	reply_init(&r, site, "/p.asp");
	r.request.texts[CHANNEL_METABASE_PATH] = TEXT("/LM/W3SVC/1/ROOT/other");
	asp_handle(site->asp, &r.exchange);
	assert_string_equal(buf_cstr(&r.out), "11");
	reply_done(&r);
	site_free(site);
}

static void a_failing_start_is_tried_again(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "global.asa",
		 "<script runat=server language=vbscript>\nSub Application_OnStart\n"
		 "x = 1 / 0\nEnd Sub\n</script>");
	site_put(site, "p.asp", "page");
	assert_contains(site_get(site, "/p.asp"), "/global.asa, line 3");
	site_put(site, "global.asa", "<% x %>");
	assert_contains(site_get(site, "/p.asp"), "ASP 0137");
	site_put(site, "global.asa",
		 "<script runat=server language=vbscript>\nSub Application_OnStart\n"
		 "Application(\"x\") = 1\nEnd Sub\n</script>");
	assert_string_equal(site_get(site, "/p.asp"), "page");
	site_free(site);
}

/* What dies with its page may be smuggled into a dictionary, but is of no use afterwards. */
static void smuggled_objects_are_dead(void **state)
{
	(void)state;
	struct site *site = site_new();
	struct browser b = { 0 };
	site_put(site, "p.asp",
		 "<% Class C\nPublic N\nPublic Function F : F = 7 : End Function\nEnd Class\n"
		 "Set d = Server.CreateObject(\"Scripting.Dictionary\") : Set Session(\"d\") = d\n"
		 "d.Add \"c\", New C : d.Add \"r\", Response : d.Add \"q\", Request.QueryString\n"
		 "d.Add \"s\", Session %><%= d(\"c\").F %>");
	site_put(site, "c.asp", "<% Set c = Session(\"d\")(\"c\") : x = c.F %>");
	site_put(site, "q.asp", "<%= Session(\"d\")(\"q\")(\"a\") %>");
	site_put(site, "end.asp", "<% Session.Contents.RemoveAll %>gone");
	assert_string_equal(browse(site, &b, "/p.asp?a=kept"), "7");
	assert_contains(browse(site, &b, "/c.asp"), "HTTP Error 500.100");
	assert_string_equal(browse(site, &b, "/q.asp"), "kept");
	assert_string_equal(browse(site, &b, "/end.asp"), "gone");
	assert_string_equal(browse(site, &b, "/p.asp"), "7");
	buf_done(&b.page);
	site_free(site);
}

#define THREADS 8
#define ROUNDS 50

static struct site *shared;
static char shared_cookie[128];

static const char *shared_url;

static void *hammer(void *p)
{
	(void)p;
	for (int i = 0; i < ROUNDS; i++) {
		struct reply r;
		reply_init(&r, shared, shared_url);
		reply_header(&r, "Cookie", shared_cookie);
		asp_handle(shared->asp, &r.exchange);
		reply_done(&r);
	}
	return NULL;
}

static void hammer_all(const char *url)
{
	pthread_t threads[THREADS];
	shared_url = url;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* Neither the session's nor the application's counter loses a step. */
static void requests_take_turns(void **state)
{
	(void)state;
	struct browser b = { 0 };
	shared = site_new();
	site_put(shared, "n.asp",
		 "<% Session(\"n\") = Session(\"n\") + 1 : Application.Lock\n"
		 "Application(\"n\") = Application(\"n\") + 1 : Application.UnLock %>"
		 "<%= Session(\"n\") & \"/\" & Application(\"n\") %>");
	assert_string_equal(browse(shared, &b, "/n.asp"), "1/1");
	strcpy(shared_cookie, b.cookie);
	hammer_all("/n.asp");
	assert_string_equal(browse(shared, &b, "/n.asp"), "402/402");
	buf_done(&b.page);
	site_free(shared);
}

/* Dead instances are let go of by other threads than those that made them. */
static void the_dead_are_buried_by_others(void **state)
{
	(void)state;
	shared = site_new();
	strcpy(shared_cookie, "a=b");
	site_put(shared, "p.asp",
		 "<% Class C\nPublic N\nEnd Class\n"
		 "Set d = Server.CreateObject(\"Scripting.Dictionary\")\n"
		 "d.Add \"c\", New C : d.Add \"r\", Response\nApplication.Lock\n"
		 "If IsObject(Application(\"d\")) Then Set old = Application(\"d\")(\"c\")\n"
		 "Set Application(\"d\") = d\nApplication.UnLock %>ok");
	assert_string_equal(site_get(shared, "/p.asp"), "ok");
	hammer_all("/p.asp");
	assert_string_equal(site_get(shared, "/p.asp"), "ok");
	site_free(shared);
}

int main(void)
{
	scripting_register();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_remembers),
		cmocka_unit_test(ids_cannot_be_chosen),
		cmocka_unit_test(contents_are_a_collection),
		cmocka_unit_test(sessions_end),
		cmocka_unit_test(there_can_be_too_many),
		cmocka_unit_test(pages_may_do_without),
		cmocka_unit_test(static_objects_live_as_long),
		cmocka_unit_test(applications_share),
		cmocka_unit_test(a_failing_start_is_tried_again),
		cmocka_unit_test(smuggled_objects_are_dead),
		cmocka_unit_test(requests_take_turns),
		cmocka_unit_test(the_dead_are_buried_by_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
