/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of web/filter.c, access.c, redirect.c, compress.c and of what errors.c, static.c and log.c
 * do by the sections of system.webServer: requests through the front door. */
#include "site.h"

#include <dirent.h>
#include <time.h>
#include <zlib.h>

#define WEB(text) "<system.webServer>" text "</system.webServer>"
#define FILTER(text) WEB("<security><requestFiltering>" text "</requestFiltering></security>")
#define SECURITY(text) WEB("<security>" text "</security>")

static void tree(struct site *s)
{
	site_text(s, "www/a.html", "plain");
	site_text(s, "www/page.asp", "x");
	site_text(s, "www/old/b.html", "old");
	site_text(s, "www/old/deep/c.html", "deep");
	site_text(s, "www/bin/x.html", "hidden");
}

/* Asks for each; `expected` is the status and what the detailed page says of it. */
struct probe {
	const char *target, *fields;
	int status;
	const char *says; /* NULL: nothing */
};

static void probe(struct site *s, const struct probe *probes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int status = site_get(s, probes[i].target, probes[i].fields);
		if (status != probes[i].status || (probes[i].says && !site_got(s, probes[i].says)))
			fail_msg("%s %s: %d, %s\n%s", probes[i].target, probes[i].fields, status,
				 probes[i].says ? probes[i].says : "",
				 strstr(site_body(s), "<main>"));
	}
}
#define PROBE(s, probes) probe((s), (probes), ARRAY_LEN(probes))

/* ---- request filtering ---- */

static void sequences_are_denied(void **state)
{
	static const struct probe probes[] = {
		{ "/a.html", "", 200, NULL },
		{ "/old/b.html", "", 404, "404.5" },
		{ "/OLD/b.html", "", 404, "404.5" },
		{ "/%6fld/b.html", "", 404, "404.5" },
		{ "/x/../a.html", "", 404, "404.5" },
		{ "/old/deep/c.html", "", 200, NULL }, /* always allowed */
		{ "/page.asp?id=1", "", 200, NULL },
		{ "/page.asp?id=1;drop", "", 404, "404.18" },
		{ "/page.asp?id=1;DROP", "", 404, "404.18" },
		{ "/page.asp?id=1;dr%6Fp", "", 404, "404.18" },
		{ "/page.asp?id=droplet", "", 200, NULL },
	};
	struct site s;
	site_init(&s, state, SITE_ONE,
		  FILTER("<denyUrlSequences><add sequence='old/'/><add sequence='..'/>"
			 "</denyUrlSequences><alwaysAllowedUrls><add url='/old/deep/c.html'/>"
			 "</alwaysAllowedUrls><denyQueryStringSequences><add sequence='drop'/>"
			 "</denyQueryStringSequences><alwaysAllowedQueryStrings>"
			 "<add queryString='id=droplet'/></alwaysAllowedQueryStrings>"));
	tree(&s);
	PROBE(&s, probes);
	site_close(&s);
	site_init(&s, state, SITE_ONE,
		  WEB("<security><requestFiltering unescapeQueryString='false'>"
		      "<denyQueryStringSequences><add sequence='drop'/></denyQueryStringSequences>"
		      "</requestFiltering></security>"));
	assert_int_equal(site_get(&s, "/page.asp?dr%6Fp", ""), 200);
	assert_int_equal(site_get(&s, "/page.asp?drop", ""), 404);
	site_close(&s);
}

static void rules_deny_strings(void **state)
{
	static const struct probe probes[] = {
		{ "/a.html", "User-Agent: leech-bot/1\r\n", 404, "404.19" },
		{ "/page.asp", "User-Agent: leech-bot/1\r\n", 200, NULL }, /* not .html */
		{ "/a.html", "Referer: leech-bot/1\r\n", 200, NULL },
		{ "/page.asp?q=sel%65ct", "", 404, "404.19" },
		{ "/page.asp?q=100%", "", 404, "404.19" }, /* a bare percent sign */
		{ "/a.html?q=select", "", 200, NULL },
		{ "/page.asp", "X-Any: evil\r\n", 404, "404.19" },
		{ "/page.asp?evil", "", 404, "404.19" },
		{ "/evil.asp", "", 404, "404.19" },
	};
	struct site s;
	site_init(&s, state, SITE_ONE,
		  FILTER("<filteringRules>"
			 "<filteringRule name='leech' denyUnescapedPercent='false'><scanHeaders>"
			 "<add requestHeader='User-agent'/></scanHeaders><appliesTo>"
			 "<add fileExtension='.HTML'/></appliesTo><denyStrings>"
			 "<add string='LEECH'/></denyStrings></filteringRule>"
			 "<filteringRule name='sql' scanQueryString='true'><appliesTo>"
			 "<add fileExtension='.asp'/></appliesTo><denyStrings>"
			 "<add string='select'/></denyStrings></filteringRule>"
			 "<filteringRule name='raw' scanAllRaw='true' denyUnescapedPercent='false'>"
			 "<denyStrings><add string='evil'/></denyStrings></filteringRule>"
			 "</filteringRules>"));
	tree(&s);
	site_text(&s, "www/evil.asp", "x");
	PROBE(&s, probes);
	site_close(&s);
}

static void headers_have_limits(void **state)
{
	static const struct probe probes[] = {
		{ "/a.html", "Content-Type: 123456\r\n", 431, "Request Header Fields Too Large" },
		{ "/a.html", "content-type: 12345\r\n", 200, NULL },
		{ "/a.html", "X-Other: 123456789\r\n", 200, NULL },
	};
	struct site s;
	site_init(&s, state, SITE_ONE,
		  FILTER("<requestLimits><headerLimits><add header='Content-type' sizeLimit='5'/>"
			 "</headerLimits></requestLimits>"));
	tree(&s);
	PROBE(&s, probes);
	site_close(&s);
}

static void the_server_field_can_go(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  WEB("<httpProtocol allowKeepAlive='false'/>"
		      "<security><requestFiltering removeServerHeader='true'/></security>"));
	tree(&s);
	for (int i = 0; i < 3; i++) {
		static const char *const targets[] = { "/a.html", "/page.asp", "/none" };
		site_get(&s, targets[i], "");
		assert_null(site_field(&s, "Server"));
		assert_string_equal(site_field(&s, "Connection"), "close");
	}
	site_close(&s);
}

/* ---- who may ---- */

static void addresses_are_denied(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  SECURITY("<ipSecurity><add ipAddress='127.0.0.0' subnetMask='255.0.0.0'/>"
			   "</ipSecurity>"));
	tree(&s);
	assert_int_equal(site_get(&s, "/a.html", ""), 403);
	assert_true(site_got(&s, "403.6"));
	assert_int_equal(site_get(&s, "/none", ""), 403); /* and learns of no file */
	site_close(&s);
	/* The first that matches decides. */
	site_init(&s, state, SITE_ONE,
		  SECURITY("<ipSecurity allowUnlisted='false' denyAction='NotFound' "
			   "enableProxyMode='true'>"
			   "<add ipAddress='127.0.0.1' allowed='true'/>"
			   "<add ipAddress='10.0.0.0' subnetMask='8' allowed='true'/>"
			   "<add ipAddress='127.0.0.1' allowed='false' subnetMask='255.255.255.0'/>"
			   "</ipSecurity>"));
	static const struct probe probes[] = {
		{ "/a.html", "", 200, NULL },
		{ "/a.html", "X-Forwarded-For: 10.1.1.1, 10.2.2.2:4711\r\n", 200, NULL },
		{ "/a.html", "X-Forwarded-For: ::ffff:10.1.1.1\r\n", 200, NULL },
		{ "/a.html", "X-Forwarded-For: [::ffff:11.2.2.2]:80\r\n", 404, "404.503" },
		{ "/a.html", "X-Forwarded-For: 10.1.1.1, 11.2.2.2\r\n", 404, "404.503" },
		{ "/a.html", "X-Forwarded-For: whoever\r\n", 404, "404.503" },
	};
	PROBE(&s, probes);
	site_close(&s);
	site_init(&s, state, SITE_ONE,
		  SECURITY("<ipSecurity denyAction='AbortRequest' allowUnlisted='false'/>"));
	assert_int_equal(site_get(&s, "/a.html", ""), 0);
	assert_int_equal(s.received.length, 0);
	site_close(&s);
	site_init(&s, state, SITE_ONE,
		  SECURITY("<ipSecurity denyAction='Unauthorized' allowUnlisted='false'/>"));
	assert_int_equal(site_get(&s, "/a.html", ""), 401);
	assert_true(site_got(&s, "401.503"));
	site_close(&s);
}

static void what_asks_for_more_than_anybody_is_refused(void **state)
{
	static const struct {
		const char *security;
		int status;
		const char *says;
	} cases[] = {
		{ "<access sslFlags='Ssl'/>", 403, "403.4" },
		{ "<access sslFlags='Ssl, Ssl128'/>", 403, "403.5" },
		{ "<access sslFlags='SslNegotiateCert, SslRequireCert'/>", 403, "403.7" },
		{ "<access sslFlags='SslNegotiateCert'/>", 200, "plain" },
		{ "<authentication><anonymousAuthentication enabled='false'/></authentication>",
		  401, "401.2" },
		{ "<authorization><add accessType='Deny' users='?'/></authorization>", 401,
		  "401.2" },
		{ "<authorization><add accessType='Deny' users='bob, *'/></authorization>", 401,
		  "401.2" },
		{ "<authorization><add accessType='Deny' users='bob'/></authorization>", 200,
		  "plain" },
		{ "<authorization><add accessType='Deny' roles='Staff'/></authorization>", 200,
		  "plain" },
		{ "<authorization><add accessType='Deny' users='*' verbs='POST,PUT'/>"
		  "</authorization>",
		  200, "plain" },
		{ "<authorization><add accessType='Deny' users='*' verbs='POST,GET'/>"
		  "</authorization>",
		  401, "401.2" },
		{ "<authorization><clear/><add accessType='Allow' users='bob'/></authorization>",
		  401, "401.2" },
		{ "<authorization><clear/><add accessType='Allow' users='?'/></authorization>", 200,
		  "plain" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[600];
		struct site s;
		snprintf(text, sizeof(text), "<location path='one'>" SECURITY("%s") "</location>",
			 cases[i].security);
		site_init(&s, state, SITE_ONE, text);
		tree(&s);
		int status = site_get(&s, "/a.html", "");
		if (status != cases[i].status || !site_got(&s, cases[i].says))
			fail_msg("%s: %d", cases[i].security, status);
		site_close(&s);
	}
}

static void one_file_may_be_closed(void **state)
{
	static const struct probe probes[] = {
		{ "/a.html", "", 200, NULL },         { "/old/b.html", "", 401, "401.2" },
		{ "/old/B.HTML", "", 401, "401.2" },  { "/old/deep/c.html", "", 200, NULL },
		{ "/old/other.html", "", 404, NULL },
	};
	struct site s;
	site_init(&s, state, SITE_ONE,
		  "<location path='one/old/b.html'>" SECURITY(
			  "<authorization><add accessType='Deny' "
			  "users='?'/></authorization>") "</"
							 "locatio"
							 "n>");
	tree(&s);
	PROBE(&s, probes);
	site_close(&s);
}

static void handlers_need_access(void **state)
{
	static const struct {
		const char *policy;
		int file, page, folder;
	} cases[] = {
		{ "Read, Script", 200, 200, 200 },
		{ "Read", 200, 403, 200 },
		{ "Script", 403, 200, 403 },
		{ "None", 403, 403, 403 },
		{ "Read, Script, NoRemoteRead, NoRemoteScript", 200, 200, 200 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[300];
		struct site s;
		snprintf(text, sizeof(text),
			 WEB("<handlers accessPolicy='%s'/><directoryBrowse enabled='true'/>"),
			 cases[i].policy);
		site_init(&s, state, SITE_ONE, text);
		tree(&s);
		assert_int_equal(site_get(&s, "/a.html", ""), cases[i].file);
		assert_true(cases[i].file == 200 || site_got(&s, "403.2"));
		assert_int_equal(site_get(&s, "/page.asp", ""), cases[i].page);
		assert_true(cases[i].page == 200 || site_got(&s, "403.1"));
		assert_int_equal(site_get(&s, "/old/", ""), cases[i].folder);
		site_close(&s);
	}
}

static void a_handler_may_serve_what_is_not_there(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  "<location path='one'>" WEB(
			  "<handlers><add name='any' path='*.do' verb='*' "
			  "modules='IsapiModule' "
			  "resourceType='Unspecified' requireAccess='Script'/>"
			  "<add name='folder' path='*.xdir' verb='*' "
			  "modules='IsapiModule' "
			  "resourceType='Directory'/><add name='old' "
			  "path='*.html' verb='*' "
			  "modules='IsapiModule' "
			  "preCondition='classicMode,bitness64'/></handlers>") "<"
									       "/"
									       "l"
									       "o"
									       "c"
									       "a"
									       "t"
									       "i"
									       "o"
									       "n"
									       ">");
	tree(&s);
	site_text(&s, "www/x.xdir", "x");
	assert_int_equal(site_get(&s, "/nothing.do", ""), 200);
	assert_int_equal(s.dispatched, 1);
	assert_int_equal(site_get(&s, "/nothing.asp", ""), 404);
	assert_int_equal(site_get(&s, "/x.xdir", ""), 404); /* a file: no MIME type */
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	assert_int_equal(s.dispatched, 1);
	site_close(&s);
}

/* ---- redirects ---- */

static void redirects(void **state)
{
	static const struct {
		const char *redirect, *target;
		int status;
		const char *location; /* NULL: none */
	} cases[] = {
		{ "destination='http://new'", "/old/b.html?x=1", 302, "http://new/b.html?x=1" },
		{ "destination='http://new/'", "/old/b.html", 302, "http://new/b.html" },
		{ "destination='http://new'", "/old", 302, "http://new" },
		{ "destination='/new'", "/old/deep/", 302, "/new/deep/" },
		{ "destination='/new'", "/old/no%20such?a=%20", 302, "/new/no%20such?a=%20" },
		{ "destination='http://new/x' exactDestination='true'", "/old/deep/c.html?q", 302,
		  "http://new/x" },
		{ "destination='http://new$$S$$Q' exactDestination='true'", "/old/deep/c.html?q=1",
		  302, "http://new/deep/c.html?q=1" },
		{ "destination='http://new$$V' exactDestination='true'", "/old/b.html?q=1", 302,
		  "http://new/old/b.html" },
		{ "destination='http://new/?u=$$V&amp;$$P' exactDestination='true'",
		  "/old/b.html?q=1", 302, "http://new/?u=/old/b.html&q=1" },
		{ "destination='http://new/$$$$x' exactDestination='true'", "/old/", 302,
		  "http://new/$$x" },
		{ "destination='/new' childOnly='true'", "/old/b.html", 302, "/new/b.html" },
		{ "destination='/new' childOnly='true'", "/old/deep/c.html", 200, NULL },
		{ "destination='/new' httpResponseStatus='Permanent'", "/old/b.html", 301,
		  "/new/b.html" },
		{ "destination='/new' httpResponseStatus='Temporary'", "/old/b.html", 307,
		  "/new/b.html" },
		{ "destination='/new' httpResponseStatus='PermRedirect'", "/old/b.html", 308,
		  "/new/b.html" },
		{ "exactDestination='true'", "/old/x.php", 302, "/index.asp?from=old/x" },
		{ "exactDestination='true'", "/old/b.html", 200, NULL },
		{ "exactDestination='true'", "/old/from/there/to", 302, "/there/to" },
		{ "", "/old/x.php?q=1", 302, "/index.asp?from=old/x/x.php?q=1" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[600];
		struct site s;
		snprintf(
			text, sizeof(text),
			"<location path='one/old'>" WEB(
				"<httpRedirect enabled='true' %s>"
				"<add wildcard='*.php' destination='/index.asp?from=$$0'/>"
				"<add wildcard='/old/from/*/*' destination='/$$0/$$1'/>"
				"</httpRedirect><httpProtocol><redirectHeaders><add name='X-Moved' "
				"value='yes'/></redirectHeaders></httpProtocol>") "</location>",
			cases[i].redirect);
		site_init(&s, state, SITE_ONE, text);
		tree(&s);
		int status = site_get(&s, cases[i].target, "");
		const char *location = site_field(&s, "Location");
		if (status != cases[i].status ||
		    strcmp(location ? location : "", cases[i].location ? cases[i].location : ""))
			fail_msg("%s of %s: %d to %s", cases[i].redirect, cases[i].target, status,
				 location ? location : "nowhere");
		const char *moved = site_field(&s, "X-Moved");
		assert_int_equal(moved != NULL, status >= 300);
		assert_int_equal(site_get(&s, "/a.html", ""), 200);
		site_close(&s);
	}
}

/* A header cannot be split, whatever is put into a destination. */
static void redirects_cannot_split_the_head(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  WEB("<httpRedirect enabled='true' destination='http://h&#13;&#10;X-Bad: 1/$$S' "
		      "exactDestination='true'/>"));
	assert_int_equal(site_get(&s, "/a%0d%0aX-Worse:%202", ""), 400);
	assert_int_equal(site_get(&s, "/a", ""), 302);
	assert_null(site_field(&s, "X-Bad"));
	assert_string_equal(site_field(&s, "Location"), "http://hX-Bad:1//a");
	site_close(&s);
}

static void the_slash_may_name_another_host(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, WEB("<serverRuntime alternateHostName='www.example.com'/>"));
	tree(&s);
	assert_int_equal(site_get(&s, "/old", ""), 301);
	assert_string_equal(site_field(&s, "Location"), "http://www.example.com/old/");
	site_close(&s);
}

/* ---- errors ---- */

static void error_pages_of_a_language(void **state)
{
	static const struct {
		const char *accept, *body;
	} cases[] = {
		{ "", "sorry" },
		{ "Accept-Language: de\r\n", "leider" },
		{ "Accept-Language: de-AT, en;q=0.5\r\n", "leider" },
		{ "Accept-Language: fr, ../../x, de;q=0.5\r\n", "leider" },
		{ "Accept-Language: fr\r\n", "sorry" },
	};
	struct site s;
	site_init(&s, state, SITE_ONE,
		  WEB("<httpErrors errorMode='Custom'><error statusCode='404' "
		      "prefixLanguageFilePath='C:@\\err' path='404.htm'/></httpErrors>"));
	tree(&s);
	site_text(&s, "err/en-US/404.htm", "sorry");
	site_text(&s, "err/de/404.htm", "leider");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(site_get(&s, "/none", cases[i].accept), 404);
		assert_string_equal(site_body(&s), cases[i].body);
	}
	site_close(&s);
}

static void errors_without_a_page_have_the_default(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  WEB("<httpErrors errorMode='Custom' defaultPath='@/any.htm'>"
		      "<error statusCode='404' path='/a.html' responseMode='ExecuteURL'/>"
		      "<error statusCode='404' subStatusCode='8' path='http://x/hidden' "
		      "responseMode='Redirect'/></httpErrors>"));
	tree(&s);
	site_text(&s, "any.htm", "any");
	assert_int_equal(site_get(&s, "/old/", ""), 403);
	assert_string_equal(site_body(&s), "any");
	assert_int_equal(site_get(&s, "/bin/x.html", ""), 302);
	assert_string_equal(site_field(&s, "Location"), "http://x/hidden");
	/* A file that is executed answers as a file, as in IIS. */
	assert_int_equal(site_get(&s, "/none", ""), 200);
	assert_string_equal(site_body(&s), "plain");
	site_close(&s);
}

static void the_detailed_page_links_to_more(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  WEB("<httpErrors detailedMoreInformationLink='http://help/?a=1'/>"));
	assert_int_equal(site_get(&s, "/none", ""), 404);
	assert_true(site_got(&s, "http://help/?a=1&amp;IIS70Error=404,0,0x80070002"));
	site_close(&s);
	site_init(&s, state, SITE_ONE, "");
	assert_int_equal(site_get(&s, "/none", ""), 404);
	assert_false(site_got(&s, "More information"));
	site_close(&s);
}

/* ---- static content ---- */

static void client_cache_modes(void **state)
{
	static const struct {
		const char *cache, *control, *expires;
	} cases[] = {
		{ "", NULL, NULL },
		{ "cacheControlMode='DisableCache'", "no-cache", NULL },
		{ "cacheControlMode='UseMaxAge' cacheControlMaxAge='00:01:00' "
		  "cacheControlCustom='public'",
		  "max-age=60,public", NULL },
		{ "cacheControlCustom='private'", "private", NULL },
		{ "cacheControlMode='UseExpires' httpExpires='Tue, 19 Jan 2038 03:14:07 GMT'", NULL,
		  "Tue, 19 Jan 2038 03:14:07 GMT" },
		{ "setEtag='false'", NULL, NULL },
		/* No field, nor two of them. */
		{ "cacheControlCustom='private&#13;&#10;X-Other: 1'", NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[400], value[512];
		struct site s;
		snprintf(text, sizeof(text),
			 WEB("<staticContent><clientCache %s/></staticContent>"), cases[i].cache);
		site_init(&s, state, SITE_ONE, text);
		tree(&s);
		assert_int_equal(site_get(&s, "/a.html", ""), 200);
		const char *control = site_field(&s, "Cache-Control");
		snprintf(value, sizeof(value), "%s", control ? control : "");
		assert_string_equal(value, cases[i].control ? cases[i].control : "");
		const char *expires = site_field(&s, "Expires");
		assert_string_equal(expires ? expires : "",
				    cases[i].expires ? cases[i].expires : "");
		assert_int_equal(site_field(&s, "ETag") == NULL,
				 strstr(cases[i].cache, "setEtag") != NULL);
		site_close(&s);
	}
}

static void documents_have_a_footer(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  WEB("<staticContent enableDocFooter='true' defaultDocFooter='-bye'/>"));
	tree(&s);
	site_text(&s, "www/t.txt", "text");
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	assert_string_equal(site_body(&s), "plain-bye");
	assert_int_equal(site_get(&s, "/a.html", "Range: bytes=4-6\r\n"), 206);
	assert_string_equal(site_body(&s), "n-b");
	assert_int_equal(site_ask(&s, "HEAD /a.html HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
	assert_string_equal(site_field(&s, "Content-Length"), "9");
	assert_int_equal(site_get(&s, "/t.txt", ""), 200);
	assert_string_equal(site_body(&s), "text");
	site_close(&s);
	site_init(&s, state, SITE_ONE,
		  WEB("<staticContent enableDocFooter='true' isDocFooterFileName='true' "
		      "defaultDocFooter='@/footer.txt'/>"));
	site_text(&s, "footer.txt", "!");
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	assert_string_equal(site_body(&s), "plain!");
	site_close(&s);
}

static void listings_show_what_flags_say(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, WEB("<directoryBrowse enabled='true' showFlags='Size'/>"));
	tree(&s);
	assert_int_equal(site_get(&s, "/old/", ""), 200);
	assert_true(site_got(&s, "<td></td><td class=\"n\">3</td><td><a href=\"./b.html\">b</a>"));
	site_close(&s);
	site_init(&s, state, SITE_ONE,
		  WEB("<directoryBrowse enabled='true' showFlags='Date, Extension'/>"));
	assert_int_equal(site_get(&s, "/old/", ""), 200);
	assert_true(site_got(&s, "-"));
	assert_true(site_got(&s, "<td class=\"n\"></td><td><a href=\"./b.html\">b.html</a>"));
	site_close(&s);
}

/* ---- compression ---- */

#define LARGE 9000
static char large[LARGE + 1];

static void large_file(struct site *s)
{
	for (int i = 0; i < LARGE; i++)
		large[i] = (char)('a' + i * i % 7);
	site_text(s, "www/large.html", large);
	site_text(s, "www/large.bin", large);
}

/* The body, gunzipped, is the large text. */
static void is_large_packed(struct site *s)
{
	const char *body = site_body(s);
	size_t length = s->received.length - (size_t)(body - s->received.data);
	char out[LARGE + 100];
	z_stream z = { 0 };
	assert_string_equal(site_field(s, "Content-Encoding"), "gzip");
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)body;
	z.avail_in = (uInt)length;
	z.next_out = (Bytef *)out;
	z.avail_out = sizeof(out);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, LARGE);
	assert_memory_equal(out, large, LARGE);
	inflateEnd(&z);
}

#define GZIP "Accept-Encoding: br, gzip;q=0.8\r\n"

static void files_asked_for_often_are_compressed(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, "");
	large_file(&s);
	tree(&s);
	assert_int_equal(site_get(&s, "/large.html", GZIP), 200);
	assert_null(site_field(&s, "Content-Encoding"));
	assert_string_equal(site_field(&s, "Vary"), "Accept-Encoding");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(site_get(&s, "/large.html", GZIP), 200);
		is_large_packed(&s);
		assert_string_equal(site_field(&s, "Vary"), "Accept-Encoding");
		assert_memory_equal(site_field(&s, "ETag"), "W/", 2);
	}
	static const char *const plain[] = {
		"",
		"Accept-Encoding: br\r\n",
		"Accept-Encoding: gzip;q=0\r\n",
		"Accept-Encoding: *, gzip;q=0.00\r\n",
		"Accept-Encoding: gzip;q=0, *\r\n",
		GZIP "Via: 1.1 p\r\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		assert_int_equal(site_get(&s, "/large.html", plain[i]), 200);
		assert_null(site_field(&s, "Content-Encoding"));
		assert_string_equal(site_body(&s), large);
	}
	assert_int_equal(site_get(&s, "/large.html", GZIP "Range: bytes=0-1\r\n"), 206);
	assert_null(site_field(&s, "Content-Encoding"));
	assert_int_equal(site_ask(&s, "GET /large.html HTTP/1.0\r\n" GZIP "\r\n"), 200);
	assert_null(site_field(&s, "Content-Encoding"));
	/* Another type, and a small file. */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(site_get(&s, "/large.bin", GZIP), 200);
		assert_null(site_field(&s, "Content-Encoding"));
		assert_int_equal(site_get(&s, "/a.html", GZIP), 200);
		assert_null(site_field(&s, "Content-Encoding"));
		assert_null(site_field(&s, "Vary"));
	}
	site_close(&s);
}

static void compression_by_its_settings(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  WEB("<httpCompression staticCompressionIgnoreHitFrequency='true' "
		      "minFileSizeForComp='5' sendCacheHeaders='true' "
		      "noCompressionForProxies='false' "
		      "cacheControlHeader='max-age=7'><staticTypes><add mimeType='text/html' "
		      "enabled='false'/><add mimeType='application/octet-stream' enabled='true'/>"
		      "</staticTypes></httpCompression>"));
	large_file(&s);
	assert_int_equal(site_get(&s, "/large.bin", GZIP "Via: 1.1 p\r\n"), 200);
	is_large_packed(&s);
	assert_string_equal(site_field(&s, "Cache-Control"), "max-age=7");
	assert_string_equal(site_field(&s, "Expires"), "Wed, 01 Jan 1997 12:00:00 GMT");
	assert_int_equal(site_get(&s, "/large.html", GZIP), 200);
	assert_null(site_field(&s, "Content-Encoding"));
	site_close(&s);
	site_init(&s, state, SITE_ONE, WEB("<urlCompression doStaticCompression='false'/>"));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(site_get(&s, "/large.html", GZIP), 200);
		assert_null(site_field(&s, "Content-Encoding"));
	}
	site_close(&s);
}

/* ---- serverRuntime and limits ---- */

static void the_runtime_has_limits(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE,
		  "<location path='one/old'>" WEB(
			  "<serverRuntime enabled='false'/>") "</location>" WEB("<serverRuntime "
										"maxRequestEntityAl"
										"lowed='3'/>"));
	tree(&s);
	assert_int_equal(site_get(&s, "/old/b.html", ""), 503);
	assert_int_equal(site_ask(&s, "POST /page.asp HTTP/1.1\r\nHost: h\r\n"
				      "Content-Length: 4\r\n\r\n1234"),
			 403);
	assert_int_equal(site_ask(&s, "POST /page.asp HTTP/1.1\r\nHost: h\r\n"
				      "Content-Length: 3\r\n\r\n123"),
			 200);
	site_close(&s);
}

static void an_application_has_so_many_requests(void **state)
{
	struct site s;
	site_init(&s, state, SITE_ONE, WEB("<serverRuntime appConcurrentRequestLimit='0'/>"));
	tree(&s);
	assert_int_equal(site_get(&s, "/page.asp", ""), 503);
	assert_true(site_got(&s, "503.2"));
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	site_close(&s);
	site_init(&s, state, SITE_ONE, WEB("<serverRuntime appConcurrentRequestLimit='1'/>"));
	for (int i = 0; i < 3; i++) /* one after the other is one at a time */
		assert_int_equal(site_get(&s, "/page.asp", ""), 200);
	site_close(&s);
}

static void a_site_has_so_many_connections(void **state)
{
	struct site s;
	site_init(&s, state,
		  "<site name='one' id='1'><application path='/' applicationPool='DefaultAppPool'>"
		  "<virtualDirectory path='/' physicalPath='@/www'/></application>"
		  "<bindings><binding protocol='http' bindingInformation='*:$:'/></bindings>"
		  "<limits maxConnections='1'/></site>",
		  "");
	tree(&s);
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	int first = s.client;
	s.client = -1;
	assert_int_equal(site_get(&s, "/a.html", ""), 503);
	assert_true(site_got(&s, "HTTP Error 503"));
	sys_close(first);
	for (int i = 0; i < 100 && s.loop->connections; i++)
		http_loop_turn(s.loop, 10 * NSEC_PER_MSEC);
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	site_close(&s);
}

/* limits/maxBandwidth, which is shared by all connections of the site: none gets it again. */
static void a_site_has_so_many_bytes_a_second(void **state)
{
	struct site s;
	site_init(&s, state,
		  "<site name='one' id='1'><application path='/' applicationPool='DefaultAppPool'>"
		  "<virtualDirectory path='/' physicalPath='@/www'/></application>"
		  "<bindings><binding protocol='http' bindingInformation='*:$:'/></bindings>"
		  "<limits maxBandwidth='16384'/></site>",
		  "");
	large_file(&s);
	int64_t begun = clock_now();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(site_get(&s, i ? "/large.bin" : "/large.html", ""), 200);
		assert_string_equal(site_body(&s), large);
	}
	/* 27000 bytes, of which one slice goes at once. */
	assert_true(clock_now() - begun > NSEC_PER_SEC);
	site_close(&s);
}

/* ---- logs ---- */

/* The one file of a folder whose name begins so; what is in it. */
static char *read_log(struct site *s, const char *folder, const char *prefix, char *name)
{
	char path[1200];
	snprintf(path, sizeof(path), "%s/%s", s->folder, folder);
	DIR *dir = opendir(path);
	char *data = NULL;
	size_t length;
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		strcpy(name, e->d_name);
		snprintf(path, sizeof(path), "%s/%s/%s", s->folder, folder, e->d_name);
		assert_int_equal(sys_read_file(path, 1 << 20, &data, &length), 0);
	}
	closedir(dir);
	if (!data)
		fail_msg("no %s in %s", prefix, folder);
	return data;
}

#define SITE_LOG(log)                                                                              \
	"<site name='one' id='1'><application path='/' applicationPool='DefaultAppPool'>"          \
	"<virtualDirectory path='/' physicalPath='@/www'/></application>"                          \
	"<bindings><binding protocol='http' bindingInformation='*:$:'/></bindings>"                \
	"<logFile " log "</logFile></site>"

static void logs_of_each_period_and_format(void **state)
{
	static const struct {
		const char *log, *prefix, *name;
		const char *says;
	} cases[] = {
		{ "period='Hourly'>", "u_ex", "u_ex%y%m%d%H.log", "#Fields: date time" },
		{ "period='Monthly'>", "u_ex", "u_ex%y%m.log", "GET /a.html q=1" },
		{ "period='MaxSize'>", "u_ex", "u_extend1.log", "GET /a.html q=1" },
		{ "logFormat='NCSA'>", "u_nc", "u_nc%y%m%d.log",
		  "] \"GET /a.html?q=1 HTTP/1.1\" 200 " },
		{ "logFormat='IIS' period='MaxSize'>", "u_in", "u_inetsv1.log",
		  ", GET, /a.html, q=1," },
		{ "logExtFileFlags='SiteName, Host' logSiteId='false'>", "u_ex", "u_ex%y%m%d.log",
		  "#Fields: s-sitename cs-host\r\none localhost\r\n" },
		{ "logExtFileFlags='UriStem'><customFields maxCustomFieldLength='3'>"
		  "<add logFieldName='crypt' sourceName='X-Forwarded-For' "
		  "sourceType='RequestHeader'/><add logFieldName='type' sourceName='Content-Type' "
		  "sourceType='ResponseHeader'/><add logFieldName='pool' sourceName='app_pool_id' "
		  "sourceType='ServerVariable'/><add logFieldName='agent' sourceName='HTTP_X_F' "
		  "sourceType='ServerVariable'/></customFields>",
		  "u_ex", "u_ex%y%m%d.log",
		  "#Fields: cs-uri-stem crypt type pool agent\r\n/a.html 1.2 tex Def f+g\r\n" },
		{ "logExtFileFlags='UriStem' maxLogLineLength='4'>", "u_ex", "u_ex%y%m%d.log",
		  "\r\n/a.h\r\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[1500], name[256], expected[100], rm[700];
		struct site s;
		snprintf(text, sizeof(text), SITE_LOG("%s"), cases[i].log);
		site_init(&s, state, text, "");
		snprintf(rm, sizeof(rm), "rm -rf '%s/state/logs'", s.folder);
		assert_int_equal(system(rm), 0);
		tree(&s);
		assert_int_equal(site_get(&s, "/a.html?q=1",
					  "X-Forwarded-For: 1.2.3.4\r\nX-F: f g\r\n"),
				 200);
		time_t now = time(NULL);
		site_close(&s);
		char *data = read_log(&s, "state/logs/W3SVC1", cases[i].prefix, name);
		if (!strstr(data, cases[i].says))
			fail_msg("%s: %s", cases[i].log, data);
		mem_free(data);
		/* Midnight, or an hour's end, between the request and here would only be bad luck.
		 */
		struct tm tm;
		if (strstr(cases[i].log, "NCSA"))
			localtime_r(&now, &tm);
		else
			gmtime_r(&now, &tm);
		strftime(expected, sizeof(expected), cases[i].name, &tm);
		assert_string_equal(name, expected);
	}
}

static void full_files_are_followed_by_the_next(void **state)
{
	struct site s;
	char name[256], path[700];
	site_init(&s, state, SITE_LOG("period='MaxSize' truncateSize='1048576'>"), "");
	tree(&s);
	char *full = mem_alloc(1 << 20);
	memset(full, 'x', 1 << 20);
	site_file(&s, "state/logs/W3SVC1/u_extend1.log", full, 1 << 20);
	mem_free(full);
	assert_int_equal(site_get(&s, "/a.html", ""), 200);
	site_close(&s);
	char *data = read_log(&s, "state/logs/W3SVC1", "u_extend2", name);
	assert_non_null(strstr(data, "/a.html"));
	mem_free(data);
	struct stat st;
	snprintf(path, sizeof(path), "%s/state/logs/W3SVC1/u_extend1.log", s.folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 1 << 20);
}

static void one_log_for_all_sites(void **state)
{
	struct site s;
	char name[256];
	static const char central[] =
		"<system.applicationHost><log centralLogFileMode='CentralW3C' logInUTF8='false'>"
		"<centralW3CLogFile period='Monthly'/></log></system.applicationHost>";
	site_init(&s, state, SITE_ONE, central);
	tree(&s);
	site_text(&s, "www/\xc3\xa4.html", "x");
	assert_int_equal(site_get(&s, "/%C3%A4.html", ""), 200);
	site_close(&s);
	char *data = read_log(&s, "state/logs/W3SVC", "ex", name);
	assert_int_equal(strlen(name), strlen("exyymm.log"));
	assert_non_null(strstr(data, "s-sitename"));
	assert_non_null(strstr(data, " W3SVC1 "));
	assert_non_null(strstr(data, "GET /\xe4.html "));
	mem_free(data);
}

static void some_requests_are_not_logged(void **state)
{
	struct site s;
	char name[256];
	site_init(
		&s, state, SITE_ONE,
		"<location path='one/old'>" WEB(
			"<httpLogging dontLog='true'/>") "</location>"
							 "<location path='one/bin'>" WEB(
								 "<httpLogging "
								 "selectiveLogging='LogSuccessful'/"
								 ">") "</location>" WEB("<httpLoggi"
											"ng "
											"selectiveL"
											"ogging='"
											"LogError'/"
											">"));
	tree(&s);
	static const struct probe probes[] = {
		{ "/a.html", "", 200, NULL },     { "/none.html", "", 404, NULL },
		{ "/old/b.html", "", 200, NULL }, { "/old/none2.html", "", 404, NULL },
		{ "/bin/x.html", "", 404, NULL },
	};
	PROBE(&s, probes);
	site_close(&s);
	char *data = read_log(&s, "state/logs/W3SVC1", "u_ex", name);
	assert_non_null(strstr(data, "/none.html"));
	assert_null(strstr(data, "/a.html"));
	assert_null(strstr(data, "/old/"));
	assert_null(strstr(data, "/bin/"));
	mem_free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(sequences_are_denied),
		state_test(rules_deny_strings),
		state_test(headers_have_limits),
		state_test(the_server_field_can_go),
		state_test(addresses_are_denied),
		state_test(what_asks_for_more_than_anybody_is_refused),
		state_test(one_file_may_be_closed),
		state_test(handlers_need_access),
		state_test(a_handler_may_serve_what_is_not_there),
		state_test(redirects),
		state_test(redirects_cannot_split_the_head),
		state_test(the_slash_may_name_another_host),
		state_test(error_pages_of_a_language),
		state_test(errors_without_a_page_have_the_default),
		state_test(the_detailed_page_links_to_more),
		state_test(client_cache_modes),
		state_test(documents_have_a_footer),
		state_test(listings_show_what_flags_say),
		state_test(files_asked_for_often_are_compressed),
		state_test(compression_by_its_settings),
		state_test(the_runtime_has_limits),
		state_test(an_application_has_so_many_requests),
		state_test(a_site_has_so_many_connections),
		state_test(a_site_has_so_many_bytes_a_second),
		state_test(logs_of_each_period_and_format),
		state_test(full_files_are_followed_by_the_next),
		state_test(one_log_for_all_sites),
		state_test(some_requests_are_not_logged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
