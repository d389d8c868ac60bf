/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/config.h: what holds for one folder of a site. */
#include "fixture.h"

#include "base/clock.h"

#include <unistd.h>

#define WEB(text) "<configuration>\n<system.webServer>" text "</system.webServer>\n</configuration>"
#define GROUP(text) "<system.webServer>" text "</system.webServer>"
#define UNLOCKED                                                                                   \
	"<location path='' overrideMode='Allow'><system.webServer><asp/><handlers/>"               \
	"</system.webServer></location>"

static struct config *host(void **state, const char *text)
{
	char *xml = host_text(*state, text);
	struct config *c = parse_ok(xml);
	mem_free(xml);
	return c;
}

static void assert_documents(struct config_url *url, const char *expected)
{
	char list[1024] = "";
	for (size_t i = 0; i < url->default_document_count; i++)
		strcat(strcat(list, i ? "," : ""), url->default_documents[i]);
	assert_string_equal(list, expected);
}

/* The module for a file of that path. */
static const char *handler(struct config_url *url, struct text path, struct text verb,
			   const char **ret_name)
{
	const struct config_handler *h = config_url_handler(url, path, verb, CONFIG_FILE);
	if (h && ret_name)
		*ret_name = h->name;
	return h ? h->module : NULL;
}

static void a_new_installation_has_its_defaults(void **state)
{
	struct config *c = host(state, "");
	struct config_url *url = view_ok(c, "/", "/", "no/such/folder");
	const char *name = NULL;
	assert_true(url->default_document_enabled);
	assert_false(url->directory_browse);
	assert_documents(url, "Default.htm,Default.asp,index.htm,index.html,index.asp,iisstart.htm,"
			      "default.aspx");
	assert_string_equal(config_url_mime(url, TEXT(".html")), "text/html");
	assert_string_equal(config_url_mime(url, TEXT(".HTML")), "text/html");
	assert_string_equal(config_url_mime(url, TEXT(".woff2")), "font/woff2");
	assert_null(config_url_mime(url, TEXT(".unknown")));
	assert_null(config_url_mime(url, TEXT("")));
	assert_true(config_url_extension_denied(url, TEXT(".CONFIG")));
	assert_true(config_url_extension_denied(url, TEXT(".asa")));
	assert_false(config_url_extension_denied(url, TEXT(".asp")));
	assert_false(config_url_extension_denied(url, TEXT("")));
	assert_true(config_url_segment_hidden(url, TEXT("APP_DATA")));
	assert_true(config_url_segment_hidden(url, TEXT("surrogate.app")));
	assert_false(config_url_segment_hidden(url, TEXT("App_Data2")));
	assert_false(config_url_verb_denied(url, TEXT("PROPFIND")));
	assert_string_equal(handler(url, TEXT("/a/x.ASP"), TEXT("GET"), &name), "IsapiModule");
	assert_string_equal(name, "ASPClassic");
	assert_string_equal(handler(url, TEXT("/a.asp/x.htm"), TEXT("GET"), &name),
			    "StaticFileModule");
	assert_string_equal(handler(url, TEXT("/"), TEXT("OPTIONS"), &name),
			    "ProtocolSupportModule");
	assert_string_equal(handler(url, TEXT("/x.asp"), TEXT("DELETE"), NULL), "StaticFileModule");
	assert_int_equal(url->asp_script_timeout, 90 * NSEC_PER_SEC);
	assert_int_equal(url->asp_session_timeout, 1200 * NSEC_PER_SEC);
	assert_int_equal(url->asp_max_request_entity, 200000);
	assert_string_equal(url->asp_script_language, "VBScript");
	assert_true(url->asp_buffering && url->asp_session && !url->asp_enable_parent_paths);
	assert_int_equal(url->max_content_length, 30000000);
	assert_int_equal(url->max_url, 4096);
	assert_false(url->allow_double_escaping);
	assert_true(url->allow_high_bit);
	assert_int_equal(url->client_cache_max_age, 86400 * NSEC_PER_SEC);
	assert_int_equal(url->error_page_count, 0);
	struct config_url *again = config_url_ref(url);
	config_url_unref(url);
	assert_ptr_equal(again->config, c);
	config_unref(c); /* the view holds it */
	assert_string_equal(config_url_mime(again, TEXT(".css")), "text/css");
	config_url_unref(again);
	assert_null(config_url_unref(NULL));
}

static void deeper_files_win_and_collections_merge(void **state)
{
	write_file(
		*state, "web.config",
		WEB("<defaultDocument><files><add value='home.asp'/><add "
		    "value='start.asp'/></files>"
		    "</defaultDocument><directoryBrowse enabled='true'/><staticContent>"
		    "<mimeMap fileExtension='.zzz' mimeType='x/z'/><remove fileExtension='.html'/>"
		    "<remove fileExtension='.nowhere'/>" /* no mistake, as on IIS */
		    "</staticContent><httpProtocol><customHeaders><add name='X-A' value='1'/>"
		    "</customHeaders></httpProtocol>"));
	write_file(
		*state, "sub/Web.config",
		WEB("<defaultDocument><files><remove value='HOME.asp'/><add "
		    "value='sub.asp'/></files>"
		    "</defaultDocument><directoryBrowse showFlags='Date'/><staticContent><clear/>"
		    "<mimeMap fileExtension='.html' mimeType='x/h'/><clientCache "
		    "cacheControlMode='UseMaxAge' cacheControlMaxAge='00:10:00'/></staticContent>"
		    "<httpProtocol><customHeaders><remove name='x-a'/><add "
		    "name='X-B'/></customHeaders>"
		    "</httpProtocol>"));
	struct config *c = host(state, "");
	struct config_url *top = view_ok(c, "/", "/", "");
	assert_documents(top, "home.asp,start.asp,Default.htm,Default.asp,index.htm,index.html,"
			      "index.asp,iisstart.htm,default.aspx");
	assert_true(top->directory_browse);
	assert_string_equal(config_url_mime(top, TEXT(".ZZZ")), "x/z");
	assert_null(config_url_mime(top, TEXT(".html")));
	assert_string_equal(config_url_mime(top, TEXT(".css")), "text/css");
	assert_int_equal(top->custom_headers.count, 1);
	struct config_url *sub = view_ok(c, "/", "/", "sub/below");
	assert_documents(sub, "sub.asp,start.asp,Default.htm,Default.asp,index.htm,index.html,"
			      "index.asp,iisstart.htm,default.aspx");
	assert_true(sub->directory_browse); /* only showFlags was written */
	assert_string_equal(config_url_mime(sub, TEXT(".html")), "x/h");
	assert_null(config_url_mime(sub, TEXT(".css")));
	assert_int_equal(sub->client_cache_mode, 2);
	assert_int_equal(sub->client_cache_max_age, 600 * NSEC_PER_SEC);
	assert_int_equal(sub->custom_headers.count, 1);
	assert_string_equal(sub->custom_headers.items[0].name, "X-B");
	assert_string_equal(sub->custom_headers.items[0].value, "");
	config_url_unref(sub);
	config_url_unref(top);
	config_unref(c);
}

static void applications_and_virtual_directories_have_their_place(void **state)
{
	write_file(*state, "web.config", WEB("<directoryBrowse enabled='true'/>"));
	write_file(*state, "shop/web.config", WEB("<defaultDocument enabled='false'/>"));
	write_file(*state, "pictures/web.config", WEB("<defaultDocument enabled='false'/>"));
	write_file(*state, "pictures/a/web.config", WEB("<directoryBrowse enabled='false'/>"));
	struct config *c = host(state, "");
	struct config_url *url = view_ok(c, "/shop", "/", "x");
	assert_true(url->directory_browse); /* from the application above */
	assert_false(url->default_document_enabled);
	config_url_unref(url);
	url = view_ok(c, "/", "/img", "a/b");
	assert_false(url->default_document_enabled);
	assert_true(url->directory_browse); /* allowSubDirConfig="false" */
	config_url_unref(url);
	config_unref(c);
}

static void locations_of_the_server_file_count_by_depth(void **state)
{
	struct config *c = host(
		state,
		"<location path='site/SHOP/a'><system.webServer><directoryBrowse enabled='false'/>"
		"</system.webServer></location><location path='Site'><system.webServer>"
		"<directoryBrowse enabled='true'/><asp scriptErrorSentToBrowser='true'><limits "
		"scriptTimeout='00:00:05'/></asp></system.webServer></location>"
		"<location path='Other'><system.webServer><defaultDocument enabled='false'/>"
		"</system.webServer></location>");
	struct config_url *url = view_ok(c, "/shop", "/", "");
	assert_true(url->directory_browse);
	assert_true(url->asp_script_error_sent_to_browser);
	assert_int_equal(url->asp_script_timeout, 5 * NSEC_PER_SEC);
	assert_true(url->default_document_enabled);
	config_url_unref(url);
	url = view_ok(c, "/shop", "/", "a/b");
	assert_false(url->directory_browse);
	config_url_unref(url);
	config_unref(c);
}

static void locations_of_a_web_config_are_relative(void **state)
{
	write_file(
		*state, "web.config",
		"<configuration><location path='.'><system.webServer><directoryBrowse "
		"enabled='true'/>"
		"</system.webServer></location><location path='shop/a'><system.webServer>"
		"<defaultDocument enabled='false'/></system.webServer></location>"
		"<location path='shop' inheritInChildApplications='false'><system.webServer>"
		"<directoryBrowse enabled='false'/></system.webServer></location></configuration>");
	struct config *c = host(state, "");
	struct config_url *url = view_ok(c, "/shop", "/", "");
	assert_true(url->directory_browse); /* the third does not cross into the application */
	assert_true(url->default_document_enabled);
	config_url_unref(url);
	url = view_ok(c, "/shop", "/", "a");
	assert_false(url->default_document_enabled);
	config_url_unref(url);
	config_unref(c);
}

static void view_refused(struct config *c, const char *folder, uint32_t hresult, int line,
			 const char *text)
{
	struct config_url *url = NULL;
	int r = view(c, "/", "/", folder, &url);
	if (r == 0)
		fail_msg("accepted; wanted \"%s\"", text);
	assert_int_equal(r, -EINVAL);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, err.text);
	assert_int_equal(err.hresult, hresult);
	assert_int_equal(err.line, line);
	assert_non_null(strstr(err.file, "eb.config"));
}

static void locked_sections_are_refused(void **state)
{
	struct config *c = host(state, "");
	write_file(*state, "web.config", WEB("\n<asp/>"));
	view_refused(c, "", 0x80070021, 3,
		     "This configuration section cannot be used at this path.");
	write_file(*state, "web.config", WEB("<modules/>"));
	view_refused(c, "", 0x80070021, 2, "cannot be used at this path");
	write_file(*state, "web.config",
		   WEB("<security><authentication><anonymousAuthentication enabled='true'/>"
		       "</authentication></security>"));
	view_refused(c, "a", 0x80070021, 2, "cannot be used at this path");
	write_file(*state, "web.config",
		   "<configuration><system.applicationHost><sites/></system.applicationHost>"
		   "</configuration>");
	view_refused(c, "", 0x80070021, 1, "cannot be used at this path");
	config_unref(c);

	write_file(*state, "web.config", WEB("<asp enableParentPaths='true'/>"));
	c = host(state, UNLOCKED);
	struct config_url *url = view_ok(c, "/", "/", "");
	assert_true(url->asp_enable_parent_paths);
	config_url_unref(url);
	config_unref(c);
	/* Unlocked for all, locked again for this site. */
	c = host(state,
		 UNLOCKED "<location path='Site' overrideMode='Deny'><system.webServer><asp/>"
			  "</system.webServer></location>");
	view_refused(c, "", 0x80070021, 2, "cannot be used at this path");
	config_unref(c);
	/* By declaration, and by the older spelling. */
	char *xml = host_text(*state, "");
	char *declared = mem_zalloc(1, 20000);
	snprintf(declared, 20000,
		 "<configuration><configSections><sectionGroup name='system.webServer'><section "
		 "name='asp' overrideModeDefault='Allow'/></sectionGroup></configSections>%s",
		 xml + strlen("<configuration>"));
	c = parse_ok(declared);
	config_url_unref(view_ok(c, "/", "/", ""));
	config_unref(c);
	mem_free(declared);
	mem_free(xml);
	c = host(state, "<location allowOverride='true'><system.webServer><asp/></system.webServer>"
			"</location>");
	config_url_unref(view_ok(c, "/", "/", ""));
	config_unref(c);
}

static void a_web_config_locks_what_is_below(void **state)
{
	struct config *c = host(state, "");
	write_file(
		*state, "web.config",
		"<configuration><location path='.' overrideMode='Deny'><system.webServer>"
		"<directoryBrowse enabled='true'/></system.webServer></location></configuration>");
	config_url_unref(view_ok(c, "/", "/", "sub"));
	write_file(*state, "sub/web.config", WEB("<directoryBrowse enabled='true'/>"));
	view_refused(c, "sub", 0x80070021, 2, "cannot be used at this path");
	config_unref(c);
}

#define LOCKING(path)                                                                              \
	"<configuration>\n<location path='" path "' overrideMode='Deny'><system.webServer>"        \
	"<directoryBrowse/></system.webServer></location></configuration>"

/* As IIS has it: neither the file above nor the one between silently wins. */
static void an_unlock_and_a_lock_between_contradict_each_other(void **state)
{
	struct config *c =
		host(state, "<location path='Site/sub' overrideMode='Allow'><system.webServer>"
			    "<directoryBrowse/></system.webServer></location>");
	/* Above the place, and for the very place. */
	write_file(*state, "web.config", LOCKING("."));
	config_url_unref(view_ok(c, "/", "/", ""));
	view_refused(c, "sub", 0x80070021, 2,
		     "The section 'system.webServer/directoryBrowse' is "
		     "locked here, but host.config, line 3, unlocks it "
		     "for 'Site/sub', which is below");
	write_file(*state, "web.config", LOCKING("sub"));
	config_url_unref(view_ok(c, "/", "/", ""));
	view_refused(c, "sub", 0x80070021, 2, "is locked here, but host.config, line 3");
	/* Elsewhere, and by the place itself for what is below it, there is nothing to contradict.
	 */
	write_file(*state, "web.config", LOCKING("other"));
	config_url_unref(view_ok(c, "/", "/", "sub"));
	write_file(*state, "web.config", "<configuration/>");
	write_file(*state, "sub/web.config", LOCKING("."));
	config_url_unref(view_ok(c, "/", "/", "sub"));
	config_unref(c);
	/* One file may unlock a part of what it locks. */
	c = host(state,
		 "<location path='Site' overrideMode='Deny'><system.webServer><directoryBrowse"
		 "/></system.webServer></location><location path='Site/sub' "
		 "overrideMode='Allow'><system.webServer><directoryBrowse/></system.webServer>"
		 "</location>");
	config_url_unref(view_ok(c, "/", "/", "sub"));
	config_unref(c);
}

static void locks_inside_a_section_bind_deeper_levels(void **state)
{
	struct config *c = host(
		state,
		GROUP("<httpErrors lockAttributes='allowAbsolutePathsWhenDelegated,errorMode'/>"
		      "<staticContent lockElements='clear'><clientCache "
		      "lockAllAttributesExcept='cacheControlMode'/></staticContent>"
		      "<security><requestFiltering><hiddenSegments><add segment='s' "
		      "lockItem='true'/><add segment='t'/></hiddenSegments></requestFiltering>"
		      "</security>"));
	config_url_unref(view_ok(c, "/", "/", ""));
	write_file(*state, "web.config", WEB("\n<httpErrors errorMode='DetailedLocalOnly'/>"));
	view_refused(c, "", 0x80070021, 3, "Lock violation");
	write_file(*state, "web.config",
		   WEB("<httpErrors existingResponse='Replace'/><staticContent>"
		       "<clientCache cacheControlMode='DisableCache'/>"
		       "</staticContent>"));
	config_url_unref(view_ok(c, "/", "/", ""));
	write_file(*state, "web.config",
		   WEB("<staticContent><clientCache setEtag='false'/>"
		       "</staticContent>"));
	view_refused(c, "", 0x80070021, 2, "Lock violation");
	write_file(*state, "web.config", WEB("<staticContent>\n<clear/></staticContent>"));
	view_refused(c, "", 0x80070021, 3, "Lock violation");
	write_file(*state, "web.config",
		   WEB("<security><requestFiltering><hiddenSegments>"
		       "<remove segment='t'/></hiddenSegments>"
		       "</requestFiltering></security>"));
	config_url_unref(view_ok(c, "/", "/", ""));
	write_file(*state, "web.config",
		   WEB("<security><requestFiltering><hiddenSegments>"
		       "<remove segment='s'/></hiddenSegments>"
		       "</requestFiltering></security>"));
	view_refused(c, "", 0x80070021, 2, "Lock violation");
	write_file(*state, "web.config",
		   WEB("<security><requestFiltering><hiddenSegments>"
		       "<clear/></hiddenSegments></requestFiltering></security>"));
	view_refused(c, "", 0x80070021, 2, "Lock violation");
	write_file(*state, "web.config", WEB("<httpErrors lockAttributes='nope'/>"));
	view_refused(c, "", 0x8007000D, 2, "lockAttributes contains unknown attribute 'nope'");
	config_unref(c);
}

/* A misspelt lock would lock nothing. */
static void locks_name_what_there_is(void **state)
{
#define SEGMENTS(text)                                                                             \
	"<security><requestFiltering><hiddenSegments>" text                                        \
	"</hiddenSegments></requestFiltering></security>"
	static const struct {
		const char *text, *error; /* NULL: it is right */
	} cases[] = {
		{ "<httpErrors lockAllAttributesExcept='errorMode, nope'/>",
		  "lockAllAttributesExcept contains unknown attribute 'nope'" },
		{ "<httpErrors lockElements='rmeove'/>",
		  "lockElements contains unknown element 'rmeove'" },
		{ "<httpErrors lockAllElementsExcept='add'/>",
		  "lockAllElementsExcept contains unknown element 'add'" },
		{ "<httpErrors lockElements='error, remove,clear'/>", NULL },
		{ "<staticContent lockElements='clientCache'/>", NULL },
		{ "<staticContent lockElements='*' lockAttributes='*'/>", NULL },
		{ "<staticContent lockItem='1'/>", "The 'lockItem' attribute is invalid.  " },
		{ SEGMENTS("<add segment='s' lockItem=' true '/>"),
		  "The 'lockItem' attribute is invalid.  Boolean must be one of true, false" },
		{ SEGMENTS("<add segment='s' lockItem='True'/>"), "'lockItem' attribute" },
		{ SEGMENTS("<remove segment='s' lockItem='yes'/>"), "'lockItem' attribute" },
		{ SEGMENTS("<clear lockElements='nope'/>"), "unknown element 'nope'" },
		{ SEGMENTS("<add segment='s' lockItem='false'/>"), NULL },
	};
	struct config *c = host(state, "");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[400];
		snprintf(text, sizeof(text), WEB("%s"), cases[i].text);
		write_file(*state, "web.config", text);
		if (cases[i].error)
			view_refused(c, "", 0x8007000D, 2, cases[i].error);
		else
			config_url_unref(view_ok(c, "/", "/", ""));
	}
	config_unref(c);
}

static void broken_files_name_themselves(void **state)
{
	struct config *c = host(state, "");
	char *xml;
	write_file(*state, "a/web.config", "<configuration>\n<system.webServer>\n</configuration>");
	view_refused(c, "a/b", 0x8007000D, 3, "Configuration file is not well-formed XML");
	write_file(*state, "a/web.config", WEB("<defaultDocument>\n<file/></defaultDocument>"));
	view_refused(c, "a", 0x8007000D, 3, "Unrecognized element 'file'");
	write_file(*state, "a/web.config", WEB("<rewrit/>"));
	view_refused(c, "a", 0x8007000D, 2, "missing a section declaration");
	write_file(*state, "a/web.config",
		   WEB("<staticContent>\n<mimeMap fileExtension='.htm' "
		       "mimeType='t/h'/></staticContent>"));
	view_refused(
		c, "a", 0x800700B7, 3,
		"Cannot add duplicate collection entry of type 'mimeMap' with unique key attribute "
		"'fileExtension' set to '.htm'");
	write_file(*state, "a/web.config",
		   WEB("<httpErrors><error statusCode='404' path='/x'/><error statusCode='404' "
		       "subStatusCode='-1' path='/y'/></httpErrors>"));
	view_refused(c, "a", 0x800700B7, 2, "combined key attributes 'statusCode, subStatusCode'");
	write_file(*state, "a/web.config",
		   WEB("<httpErrors><error statusCode='200' path='/x'/></httpErrors>"));
	view_refused(c, "a", 0x8007000D, 2, "between 400 and 999");
	write_file(*state, "a/web.config", "");
	view_refused(c, "a", 0x8007000D, 1, "well-formed");
	xml = mem_zalloc(1, 600);
	snprintf(xml, 600, "%s/a/web.config", (char *)*state);
	assert_int_equal(unlink(xml), 0);
	assert_int_equal(mkdir(xml, 0755), 0);
	view_refused(c, "a", 0x8007000D, 0, "Cannot read configuration file");
	mem_free(xml);
	config_unref(c);
}

static void paths_do_not_climb(void **state)
{
	struct config *c = host(state, "");
	struct config_url *url = NULL;
	char deep[1024] = "";
	assert_int_equal(view(c, "/", "/", "a/../..", &url), -EINVAL);
	assert_int_equal(view(c, "/", "/", ".", &url), -EINVAL);
	for (int i = 0; i < 130; i++)
		strcat(deep, "a/");
	assert_int_equal(view(c, "/", "/", deep, &url), -EINVAL);
	config_url_unref(view_ok(c, "/", "/", "//a//b/"));
	config_unref(c);
}

static void the_server_file_may_list_or_amend(void **state)
{
	/* A list of its own, as every applicationHost.config of an IIS has. */
	struct config *c =
		host(state, GROUP("<staticContent><mimeMap fileExtension='.htm' mimeType='t/h'/>"
				  "</staticContent><security><requestFiltering><verbs "
				  "allowUnlisted='false'><add verb='GET' allowed='true'/></verbs>"
				  "<fileExtensions allowUnlisted='false'><add "
				  "fileExtension='.' allowed='true'/><add fileExtension='.x' "
				  "allowed='true'/></fileExtensions><requestLimits "
				  "maxAllowedContentLength='4294967295' maxUrl='9'/>"
				  "</requestFiltering></security>"));
	struct config_url *url = view_ok(c, "/", "/", "");
	assert_string_equal(config_url_mime(url, TEXT(".htm")), "t/h");
	assert_null(config_url_mime(url, TEXT(".html")));
	assert_false(config_url_verb_denied(url, TEXT("GET")));
	assert_true(config_url_verb_denied(url, TEXT("POST")));
	assert_false(config_url_extension_denied(url, TEXT(".X")));
	assert_false(config_url_extension_denied(url, TEXT("")));
	assert_true(config_url_extension_denied(url, TEXT(".y")));
	assert_true(config_url_segment_hidden(url, TEXT("bin")));
	assert_int_equal(url->max_content_length, UINT32_MAX);
	assert_int_equal(url->max_url, 9);
	config_url_unref(url);
	config_unref(c);
	/* Beginning with a removal: the installed list, amended. */
	c = host(state, GROUP("<staticContent><remove fileExtension='.htm'/><mimeMap "
			      "fileExtension='.htm' mimeType='t/h'/></staticContent>"));
	url = view_ok(c, "/", "/", "");
	assert_string_equal(config_url_mime(url, TEXT(".htm")), "t/h");
	assert_string_equal(config_url_mime(url, TEXT(".html")), "text/html");
	config_url_unref(url);
	config_unref(c);
}

static void handlers_match_in_their_order(void **state)
{
	const char *name = NULL;
	write_file(*state, "web.config",
		   WEB("<handlers><add name='exact' path='trace.axd' verb='GET' modules='A'/><add "
		       "name='rooted' path='/api/*' verb='*' modules='B,C'/><add name='inside' "
		       "path='cgi/*.pl' verb='GET, POST' modules='D'/><add name='one' path='?.q' "
		       "verb='get' modules='E'/></handlers>"));
	struct config *c = host(state, UNLOCKED);
	struct config_url *url = view_ok(c, "/", "/", "");
	static const struct {
		const char *path, *verb, *name;
	} cases[] = {
		{ "/x/trace.axd", "GET", "exact" },
		{ "/x/trace.axd2", "GET", "StaticFile" },
		{ "/x/trace.axd", "POST", "StaticFile" },
		{ "/API/a/b.asp", "PUT", "rooted" },
		{ "/x/api/a", "GET", "StaticFile" },
		{ "/x/cgi/y/z.pl", "POST", "inside" },
		{ "/cgi/z.pl", "GET", "inside" },
		{ "/z.pl", "GET", "StaticFile" },
		{ "/a.q", "get", "one" },
		{ "/a.q", "GET", "StaticFile" },
		{ "/ab.q", "get", "StaticFile" },
		{ "/x.asp", "POST", "ASPClassic" },
		{ "", "GET", "StaticFile" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_non_null(
			handler(url, text_of(cases[i].path), text_of(cases[i].verb), &name));
		assert_string_equal(name, cases[i].name);
	}
	assert_string_equal(handler(url, TEXT("/api/x"), TEXT("GET"), NULL), "B");
	config_url_unref(url);
	config_unref(c);
	write_file(*state, "web.config", WEB("<handlers><clear/></handlers>"));
	c = host(state, UNLOCKED);
	url = view_ok(c, "/", "/", "");
	assert_null(handler(url, TEXT("/a"), TEXT("GET"), &name));
	config_url_unref(url);
	config_unref(c);
}

static void error_pages_are_listed(void **state)
{
	write_file(*state, "web.config",
		   WEB("<httpErrors errorMode='Custom'><error statusCode='404' path='/404.asp' "
		       "responseMode='ExecuteURL'/><error statusCode='403' subStatusCode='14' "
		       "path='pages\\403.htm'/></httpErrors>"));
	struct config *c = host(state, GROUP("<httpErrors><error statusCode='500' "
					     "path='%SURROGATE_STATE%/500.htm'/></httpErrors>"));
	struct config_url *url = view_ok(c, "/", "/", "");
	assert_int_equal(url->error_mode, 1);
	assert_int_equal(url->error_page_count, 3);
	assert_int_equal(url->error_pages[1].status, 404);
	assert_int_equal(url->error_pages[1].sub_status, -1);
	assert_int_equal(url->error_pages[1].mode, 1);
	assert_int_equal(url->error_pages[2].sub_status, 14);
	assert_string_equal(url->error_pages[0].path, "/state/500.htm");
	config_url_unref(url);
	config_unref(c);
}

static void a_site_cannot_show_files_from_outside(void **state)
{
	static const char *const paths[] = { "/etc/passwd", "%SURROGATE_STATE%/registry.db",
					     "\\\\server\\x", "C:\\x" };
	struct config *c = host(state, "");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		char text[512];
		snprintf(text, sizeof(text),
			 WEB("<httpErrors><error statusCode='404' path='%s'/></httpErrors>"),
			 paths[i]);
		write_file(*state, "web.config", text);
		view_refused(c, "", 0x8007000D, 2, "Absolute physical path");
	}
	write_file(*state, "web.config",
		   WEB("<httpErrors allowAbsolutePathsWhenDelegated='true'/>"));
	view_refused(c, "", 0x80070021, 2, "Lock violation");
	config_unref(c);
	c = host(state, GROUP("<httpErrors allowAbsolutePathsWhenDelegated='true'/>"));
	write_file(*state, "web.config",
		   WEB("<httpErrors><error statusCode='404' path='/srv/404.htm'/></httpErrors>"));
	config_url_unref(view_ok(c, "/", "/", ""));
	config_unref(c);
}

static void a_site_cannot_have_files_from_outside_as_footers(void **state)
{
	struct config *c = host(state, "");
	write_file(*state, "web.config",
		   WEB("<staticContent enableDocFooter='true' isDocFooterFileName='true' "
		       "defaultDocFooter='/etc/passwd'/>"));
	view_refused(c, "", 0x80070021, 2, "Lock violation");
	config_unref(c);
	c = host(state, GROUP("<staticContent isDocFooterFileName='true' enableDocFooter='true' "
			      "defaultDocFooter='/srv/footer.htm'/>"));
	write_file(*state, "web.config", WEB("<staticContent defaultDocFooter='/etc/passwd'/>"));
	view_refused(c, "", 0x8007000D, 2, "cannot name the file '/etc/passwd'");
	write_file(*state, "web.config", WEB("<staticContent enableDocFooter='true'/>"));
	struct config_url *url = view_ok(c, "/", "/", "");
	assert_string_equal(url->footer_text, "/srv/footer.htm");
	config_url_unref(url);
	config_unref(c);
}

/* `name` in the folder of the state, which leads to `to`. */
static void make_link(void **state, const char *to, const char *name)
{
	char path[600];
	snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
	unlink(path);
	assert_int_equal(symlink(to, path), 0);
}

static void a_site_cannot_read_files_from_outside_by_links(void **state)
{
	static const char text[] = WEB("<directoryBrowse enabled='true'/>");
	char outside[] = "/tmp/outside-XXXXXX", file[600];
	struct config_url *url;
	struct config *c = host(state, "");
	assert_non_null(mkdtemp(outside));
	write_file(outside, "web.config", text);
	write_file(outside, "part.web.config", "<directoryBrowse enabled='true'/>");
	snprintf(file, sizeof(file), "%s/web.config", outside);
	make_link(state, file, "web.config");
	view_refused(c, "", 0x8007000D, 0, "it is a link that leads out of the site");
	/* A section in a file of its own. */
	make_link(state, "/", "web.config"); /* replaced: nothing is written through it */
	snprintf(file, sizeof(file), "%s/web.config", (const char *)*state);
	unlink(file);
	write_file(*state, "web.config", WEB("<directoryBrowse configSource='part.web.config'/>"));
	snprintf(file, sizeof(file), "%s/part.web.config", outside);
	make_link(state, file, "part.web.config");
	view_refused(c, "", 0x8007000D, 0, "it is a link that leads out of the site");
	/* A folder that leads out is none of the site: what is in it is not read. */
	write_file(*state, "web.config", WEB(""));
	make_link(state, outside, "sub");
	url = view_ok(c, "/", "/", "sub");
	assert_false(url->directory_browse);
	config_url_unref(url);
	/* Inside, links are followed. */
	write_file(*state, "real/web.config", text);
	make_link(state, "real", "linked");
	url = view_ok(c, "/", "/", "linked");
	assert_true(url->directory_browse);
	config_url_unref(url);
	config_unref(c);
	snprintf(file, sizeof(file), "%s/web.config", outside);
	unlink(file);
	snprintf(file, sizeof(file), "%s/part.web.config", outside);
	unlink(file);
	rmdir(outside);
}

static void headers_that_cannot_be_sent_are_refused(void **state)
{
	static const char *const headers[] = {
		"name='X-A' value='a&#13;&#10;X-B: 1'",
		"name='X-A' value='a&#10;b'",
		"name='X-A:' value='a'",
		"name='X A' value='a'",
		"name='X-A&#13;&#10;X-B' value='a'",
	};
	struct config *c = host(state, "");
	for (size_t i = 0; i < 2 * ARRAY_LEN(headers); i++) {
		const char *list = i % 2 ? "redirectHeaders" : "customHeaders";
		char text[512];
		snprintf(text, sizeof(text), WEB("<httpProtocol><%s><add %s/></%s></httpProtocol>"),
			 list, headers[i / 2], list);
		write_file(*state, "web.config", text);
		view_refused(c, "", 0x8007000D, 2, "cannot be sent");
	}
	write_file(
		*state, "web.config",
		WEB("<httpProtocol><customHeaders><add name='transfer-encoding' value='chunked'/>"
		    "<add name='X-A' value='a&#9;b'/><add name='Content-Length' value='1'/>"
		    "</customHeaders></httpProtocol>"));
	struct config_url *url = view_ok(c, "/", "/", "");
	assert_int_equal(url->custom_headers.items[url->custom_headers.count - 1].value[1], '\t');
	for (size_t i = 0; i < url->custom_headers.count; i++)
		assert_false(config_header_reserved(text_of(url->custom_headers.items[i].name)));
	config_url_unref(url);
	config_unref(c);
}

static void restrictions_make_a_view_guarded(void **state)
{
	static const struct {
		const char *text;
		bool guarded;
	} cases[] = {
		{ "<access sslFlags='None'/><ipSecurity allowUnlisted='true'/>", false },
		{ "<authorization><add accessType='Allow' users='bob'/></authorization>", false },
		{ "<authorization><remove users='*' roles='' verbs=''/></authorization>", true },
		{ "<authorization><add accessType='Deny' users='?'/></authorization>", true },
		{ "<authorization><clear/></authorization>", true },
		{ "<ipSecurity allowUnlisted='false'/>", true },
		{ "<ipSecurity><add ipAddress='10.0.0.1'/></ipSecurity>", true },
		{ "<access sslFlags='Ssl, SslRequireCert'/>", true },
		{ "<authentication><anonymousAuthentication enabled='False'/></authentication>",
		  true },
		{ "<authorization><clear/><add accessType='Allow' users='*' verbs='GET'/>"
		  "</authorization>",
		  true },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[512];
		snprintf(text, sizeof(text),
			 "<location path='Site/shop'><system.webServer><security>%s</security>"
			 "</system.webServer></location>",
			 cases[i].text);
		struct config *c = host(state, text);
		struct config_url *inside = view_ok(c, "/shop", "/", "a");
		struct config_url *outside = view_ok(c, "/", "/", "");
		if (inside->guarded != cases[i].guarded)
			fail_msg("%s", cases[i].text);
		assert_false(outside->guarded);
		config_url_unref(inside);
		config_url_unref(outside);
		config_unref(c);
	}
}

static void addresses_are_read(void **state)
{
	struct config *c =
		host(state,
		     "<system.webServer><security><ipSecurity denyAction='NotFound'>"
		     "<add ipAddress='192.168.0.0' subnetMask='255.255.0.0' allowed='true'/>"
		     "<add ipAddress='10.1.2.3'/><add ipAddress='10.0.0.0' subnetMask='9'/>"
		     "<add ipAddress='2001:db8::' subnetMask='ffff:ffff::'/><add ipAddress='::1'/>"
		     "</ipSecurity></security></system.webServer>");
	static const struct {
		uint8_t family, last, bits[5];
	} expected[] = {
		{ 4, 0, { 255, 255, 0, 0 } },          { 4, 3, { 255, 255, 255, 255 } },
		{ 4, 0, { 255, 128, 0, 0 } },          { 6, 0, { 255, 255, 255, 255, 0 } },
		{ 6, 1, { 255, 255, 255, 255, 255 } },
	};
	struct config_url *url = view_ok(c, "/", "/", "");
	assert_int_equal(url->addresses.count, ARRAY_LEN(expected));
	assert_int_equal(url->addresses.deny_action, CONFIG_DENY_404);
	assert_true(url->addresses.rules[0].allowed);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const struct config_address_rule *rule = &url->addresses.rules[i];
		assert_int_equal(rule->family, expected[i].family);
		assert_int_equal(rule->bytes[rule->family == 4 ? 3 : 15], expected[i].last);
		assert_memory_equal(rule->bits, expected[i].bits, rule->family == 4 ? 4 : 5);
	}
	config_url_unref(url);
	config_unref(c);
	static const struct {
		const char *rule, *text;
	} wrong[] = {
		{ "ipAddress='10.0.0'", "is no address" },
		{ "ipAddress='10.0.0.1' subnetMask='x'", "neither a mask" },
		{ "ipAddress='10.0.0.1' subnetMask='33'", "neither a mask" },
		{ "domainName='*.example.com'", "cannot look up yet" },
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char text[400];
		snprintf(text, sizeof(text),
			 GROUP("<security><ipSecurity><add %s/></ipSecurity></security>"),
			 wrong[i].rule);
		c = host(state, text);
		assert_int_equal(view(c, "/", "/", "", &url), -EINVAL);
		if (!strstr(err.text, wrong[i].text))
			fail_msg("%s", err.text);
		config_unref(c);
	}
}

/* A location of a file is a place of its own: the view of the path with the file's name. */
static void locations_may_be_of_files(void **state)
{
	write_file(*state, "web.config",
		   "<configuration><location path='sub/X.htm'>" GROUP(
			   "<directoryBrowse enabled='true'/>") "</location></configuration>");
	struct config *c = host(state, "<location path='Site/secret.htm'>" GROUP(
					       "<httpLogging dontLog='true'/>") "</location>");
	struct config_url *top = view_ok(c, "/", "/", ""), *sub = view_ok(c, "/", "/", "sub");
	assert_true(config_url_names(top, TEXT("SECRET.htm")));
	assert_true(config_url_names(top, TEXT("sub")));
	assert_false(config_url_names(top, TEXT("x.htm")));
	assert_true(config_url_names(sub, TEXT("x.htm")));
	assert_false(config_url_names(sub, TEXT("secret.htm")));
	struct config_url *secret = view_ok(c, "/", "/", "secret.htm");
	struct config_url *x = view_ok(c, "/", "/", "sub/x.htm");
	assert_true(secret->log_off && !top->log_off);
	assert_true(x->directory_browse && !sub->directory_browse);
	config_url_unref(top);
	config_url_unref(sub);
	config_url_unref(secret);
	config_url_unref(x);
	config_unref(c);
}

static void a_redirect_knows_its_place(void **state)
{
	static const char *const redirect =
		"<httpRedirect enabled='true' destination='/new' httpResponseStatus='PermRedirect'>"
		"<add wildcard='*.php' destination='/x'/></httpRedirect>";
	char text[600];
	snprintf(text, sizeof(text), "<location path='Site/a/b'>" GROUP("%s") "</location>",
		 redirect);
	struct config *c = host(state, text);
	struct config_url *url = view_ok(c, "/", "/", "a/b/c");
	assert_int_equal(url->redirect.depth, 2);
	assert_int_equal(url->redirect.status, 308);
	assert_string_equal(url->redirect.rules[0].wildcard, "*.php");
	config_url_unref(url);
	config_unref(c);
	snprintf(text, sizeof(text), WEB("%s"), redirect);
	write_file(*state, "shop/in/web.config", text);
	c = host(state, "");
	url = view_ok(c, "/shop", "/", "in/deep");
	assert_int_equal(url->redirect.depth, 2);
	config_url_unref(url);
	config_unref(c);
	snprintf(text, sizeof(text), GROUP("%s"), redirect);
	c = host(state, text);
	url = view_ok(c, "/", "/", "a");
	assert_int_equal(url->redirect.depth, 0);
	config_url_unref(url);
	config_unref(c);
}

static void wildcards_remember_what_they_took(void **state)
{
	static const struct {
		const char *pattern, *text, *runs[3];
	} cases[] = {
		{ "*", "/a/b", { "/a/b", "", "" } },
		{ "*.php", "/a/b.PHP", { "/a/b", "", "" } },
		{ "/*/x*", "/a/b/xyz", { "a/b", "yz", "" } },
		{ "/a?c/*", "/abc/", { "", "", "" } },
		{ "*a*b*", "1a2b3", { "1", "2", "3" } },
		{ "abc", "abc", { "", "", "" } },
		{ "*/old/*", "/x/old/old/y", { "/x", "old/y", "" } },
	};
	static const char *const misses[][2] = {
		{ "*.php", "/a.phpx" }, { "/a", "/ab" }, { "?", "" }, { "*a*b", "ba" }, { "", "x" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct text runs[3] = { { "", 0 }, { "", 0 }, { "", 0 } };
		if (!config_wildcard(cases[i].pattern, text_of(cases[i].text), runs, 3))
			fail_msg("%s does not match", cases[i].pattern);
		for (int k = 0; k < 3; k++) {
			if (!text_equal(runs[k], text_of(cases[i].runs[k])))
				fail_msg("%s: run %d is '" TEXT_FMT "'", cases[i].pattern, k,
					 TEXT_ARG(runs[k]));
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(misses); i++)
		assert_false(config_wildcard(misses[i][0], text_of(misses[i][1]), NULL, 0));
	assert_true(config_wildcard("", (struct text){ "", 0 }, NULL, 0));
}

static void compression_is_what_its_scheme_allows(void **state)
{
	static const struct {
		const char *text;
		bool static_on, dynamic_on;
		uint32_t level;
	} cases[] = {
		{ "", true, true, 7 },
		{ "<urlCompression doStaticCompression='false'/>", false, true, 7 },
		{ "<urlCompression doDynamicCompression='false'/>", true, false, 7 },
		{ "<httpCompression><clear/></httpCompression>", false, false, 9 },
		{ "<httpCompression><clear/><scheme name='GZIP' dll='x' "
		  "doDynamicCompression='false' "
		  "staticCompressionLevel='10'/></httpCompression>",
		  true, false, 9 },
		{ "<httpCompression><clear/><scheme name='br' dll='x'/></httpCompression>", false,
		  false, 9 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[400];
		snprintf(text, sizeof(text), GROUP("%s"), cases[i].text);
		struct config *c = host(state, text);
		struct config_url *url = view_ok(c, "/", "/", "");
		assert_int_equal(url->compression.static_on, cases[i].static_on);
		assert_int_equal(url->compression.dynamic_on, cases[i].dynamic_on);
		assert_int_equal(url->compression.static_level, cases[i].level);
		config_url_unref(url);
		config_unref(c);
	}
}

static void changes_are_seen(void **state)
{
	char path[600];
	struct config *c = host(state, "");
	write_file(*state, "sub/other.txt", "");
	struct config_url *url = view_ok(c, "/", "/", "sub");
	assert_false(config_url_stale(url));
	write_file(*state, "sub/unrelated.txt", "");
	assert_false(config_url_stale(url));
	write_file(*state, "sub/Web.config", WEB(""));
	assert_true(config_url_stale(url));
	config_url_unref(url);
	url = view_ok(c, "/", "/", "sub");
	assert_false(config_url_stale(url));
	write_file(*state, "sub/Web.config", WEB("<directoryBrowse enabled='true'/>"));
	assert_true(config_url_stale(url));
	config_url_unref(url);
	url = view_ok(c, "/", "/", "sub");
	assert_true(url->directory_browse);
	snprintf(path, sizeof(path), "%s/sub/Web.config", (char *)*state);
	unlink(path);
	assert_true(config_url_stale(url));
	config_url_unref(url);
	/* A folder that is not there yet. */
	url = view_ok(c, "/", "/", "later");
	assert_false(config_url_stale(url));
	write_file(*state, "later/x", "");
	assert_false(config_url_stale(url));
	write_file(*state, "later/web.config", WEB(""));
	assert_true(config_url_stale(url));
	config_url_unref(url);
	config_unref(c);
}

static void a_section_may_have_a_file_of_its_own(void **state)
{
	struct config *c = host(state, "");
	write_file(*state, "web.config",
		   WEB("<defaultDocument configSource='parts\\documents.config'/>"));
	struct config_url *broken = NULL;
	assert_int_equal(view(c, "/", "/", "", &broken), -EINVAL);
	assert_non_null(strstr(err.text, "Cannot read configuration file"));
	write_file(
		*state, "parts/documents.config",
		"\n<defaultDocument enabled='false'><files><clear/><add value='only.asp'/></files>"
		"</defaultDocument>");
	struct config_url *url = view_ok(c, "/", "/", "sub");
	assert_false(url->default_document_enabled);
	assert_documents(url, "only.asp");
	assert_false(config_url_stale(url));
	write_file(*state, "parts/documents.config", "<defaultDocument\n enabld='x'/>");
	assert_true(config_url_stale(url));
	config_url_unref(url);
	assert_int_equal(view(c, "/", "/", "", &broken), -EINVAL);
	assert_non_null(strstr(err.file, "parts/documents.config"));
	assert_non_null(strstr(err.text, "Unrecognized attribute 'enabld'"));
	write_file(*state, "parts/documents.config", "<other/>");
	assert_int_equal(view(c, "/", "/", "", &broken), -EINVAL);
	assert_string_equal(err.text, "Specified configSource cannot be parsed");
	write_file(*state, "web.config", WEB("<defaultDocument configSource='../x'/>"));
	view_refused(c, "", 0x8007000D, 2, "Specified configSource cannot be parsed");
	write_file(*state, "web.config", WEB("<defaultDocument configSource='/etc/passwd'/>"));
	view_refused(c, "", 0x8007000D, 2, "Specified configSource cannot be parsed");
	config_unref(c);
}

#ifdef SURROGATE_FAULTS
static struct config *fault_config;

static int view_for_faults(void)
{
	struct config_url *url = NULL;
	int r = view(fault_config, "/shop", "/", "a", &url);
	config_url_unref(url);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	write_file(*state, "web.config",
		   WEB("<staticContent><mimeMap fileExtension='.q' mimeType='q/q'/></staticContent>"
		       "<httpErrors><error statusCode='404' path='%SURROGATE_STATE%' "
		       "responseMode='Redirect'/></httpErrors>"
		       "<defaultDocument><files><add value='q'/></files></defaultDocument>"));
	write_file(*state, "shop/web.config",
		   WEB("<httpProtocol><customHeaders><add name='a'/>"
		       "</customHeaders></httpProtocol>"));
	fault_config = host(state, "");
	unit_each_fault(FAULT_ALLOC, -ENOMEM, view_for_faults);
	unit_each_fault(FAULT_READ, -EINVAL, view_for_faults);
	unit_each_fault(FAULT_OPEN, -EINVAL, view_for_faults);
	config_unref(fault_config);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(a_new_installation_has_its_defaults),
		state_test(deeper_files_win_and_collections_merge),
		state_test(applications_and_virtual_directories_have_their_place),
		state_test(locations_of_the_server_file_count_by_depth),
		state_test(locations_of_a_web_config_are_relative),
		state_test(locked_sections_are_refused),
		state_test(a_web_config_locks_what_is_below),
		state_test(an_unlock_and_a_lock_between_contradict_each_other),
		state_test(locks_inside_a_section_bind_deeper_levels),
		state_test(locks_name_what_there_is),
		state_test(broken_files_name_themselves),
		state_test(paths_do_not_climb),
		state_test(the_server_file_may_list_or_amend),
		state_test(handlers_match_in_their_order),
		state_test(error_pages_are_listed),
		state_test(a_site_cannot_show_files_from_outside),
		state_test(a_site_cannot_have_files_from_outside_as_footers),
		state_test(a_site_cannot_read_files_from_outside_by_links),
		state_test(headers_that_cannot_be_sent_are_refused),
		state_test(restrictions_make_a_view_guarded),
		state_test(addresses_are_read),
		state_test(locations_may_be_of_files),
		state_test(a_redirect_knows_its_place),
		state_test(wildcards_remember_what_they_took),
		state_test(compression_is_what_its_scheme_allows),
		state_test(changes_are_seen),
		state_test(a_section_may_have_a_file_of_its_own),
#ifdef SURROGATE_FAULTS
		state_test(every_allocation_may_fail),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
