/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/config.h: snapshots of applicationHost.config. */
#include "fixture.h"

#include "base/clock.h"

#define POOLS(text)                                                                                \
	"<configuration><system.applicationHost><applicationPools>" text                           \
	"</applicationPools></system.applicationHost></configuration>"
#define SITES(text)                                                                                \
	"<configuration><system.applicationHost><sites>" text                                      \
	"</sites></system.applicationHost></configuration>"
#define APPLICATION                                                                                \
	"<application path='/'><virtualDirectory path='/' physicalPath='/w'/></application>"

static void an_empty_file_has_the_built_in_pools(void **state)
{
	struct config *c = parse_ok("<configuration/>");
	assert_int_equal(config_site_count(c), 0);
	assert_int_equal(config_pool_count(c), 2);
	const struct config_pool *medium = config_pool_at(c, 1);
	assert_string_equal(medium->name, "IIS Out-Of-Process Pooled Applications");
	assert_string_equal(medium->appid, CONFIG_APPID_MEDIUM);
	assert_int_equal(medium->protection, CONFIG_MEDIUM);
	assert_int_equal(config_pool_at(c, 0)->protection, CONFIG_LOW);
	assert_null(config_pool_at(c, 2));
	assert_null(config_site_at(c, 0));
	config_unref(c);
	assert_null(config_unref(NULL));
}

static void pools_have_the_defaults_of_the_schema(void **state)
{
	struct config *c = parse_ok(POOLS("\n<add name='p'/>"));
	const struct config_pool *p = config_pool_find(c, TEXT("P"));
	assert_int_equal(p->protection, CONFIG_POOL);
	assert_true(p->auto_start && !p->always_running && p->pinging && p->rapid_fail_protection);
	assert_int_equal(p->queue_length, 1000);
	assert_int_equal(p->identity, CONFIG_POOL_IDENTITY);
	assert_int_equal(p->idle_timeout, 1200 * NSEC_PER_SEC);
	assert_int_equal(p->startup_time_limit, 90 * NSEC_PER_SEC);
	assert_int_equal(p->ping_interval, 30 * NSEC_PER_SEC);
	assert_int_equal(p->max_processes, 1);
	assert_int_equal(p->log_recycle, CONFIG_RECYCLE_TIME | CONFIG_RECYCLE_MEMORY |
						 CONFIG_RECYCLE_PRIVATE_MEMORY);
	assert_int_equal(p->restart_time, 29 * 3600 * NSEC_PER_SEC);
	assert_int_equal(p->rapid_fail_max_crashes, 5);
	assert_int_equal(p->rapid_fail_interval, 300 * NSEC_PER_SEC);
	assert_string_equal(p->user_name, "");
	assert_int_equal(p->line, 2);
	assert_int_equal(strlen(p->appid), 38);
	config_unref(c);
}

static void what_is_written_wins_over_defaults_elements(void **state)
{
	struct config *c = parse_ok(
		POOLS("<add name='a' queueLength='20' startMode='AlwaysRunning'><processModel "
		      "identityType='SpecificUser' userName='u' password='p&amp;q' "
		      "idleTimeout='00:00:00'/><recycling logEventOnRecycle='Requests, OnDemand'>"
		      "<periodicRestart requests='7' privateMemory='4096'><schedule>"
		      "<add value='03:00:00'/><add value='15:30:00'/></schedule></periodicRestart>"
		      "</recycling><environmentVariables><add name='A' value='1'/>"
		      "<add name='B' value='2'/></environmentVariables></add><add name='b'/>"
		      "<applicationPoolDefaults queueLength='30'><failure "
		      "rapidFailProtectionMaxCrashes='9'/></applicationPoolDefaults>"));
	const struct config_pool *a = config_pool_find(c, TEXT("a"));
	const struct config_pool *b = config_pool_find(c, TEXT("b"));
	assert_int_equal(a->queue_length, 20);
	assert_true(a->always_running);
	assert_int_equal(a->identity, CONFIG_SPECIFIC_USER);
	assert_int_equal(a->idle_timeout, 0);
	assert_int_equal(a->log_recycle, CONFIG_RECYCLE_REQUESTS | CONFIG_RECYCLE_ON_DEMAND);
	assert_int_equal(a->restart_requests, 7);
	assert_int_equal(a->restart_private_memory_kib, 4096);
	assert_int_equal(a->restart_schedule_count, 2);
	assert_int_equal(a->restart_schedule[1], (15 * 60 + 30) * 60 * NSEC_PER_SEC);
	assert_int_equal(a->environment_count, 2);
	assert_string_equal(a->environment[1].name, "B");
	assert_int_equal(a->rapid_fail_max_crashes, 9);
	assert_int_equal(b->queue_length, 30);
	assert_false(b->always_running);
	assert_int_equal(config_pool_at(c, 0)->queue_length, 30); /* the built-in ones too */
	assert_string_not_equal(a->appid, b->appid);
	config_unref(c);
}

static void a_built_in_pool_is_configured_by_its_name(void **state)
{
	struct config *c = parse_ok(
		POOLS("<add name='IIS Out-Of-Process Pooled Applications' queueLength='55'/>"));
	assert_int_equal(config_pool_count(c), 2);
	assert_int_equal(config_pool_at(c, 1)->queue_length, 55);
	assert_int_equal(config_pool_at(c, 1)->protection, CONFIG_MEDIUM);
	assert_string_equal(config_pool_at(c, 1)->appid, CONFIG_APPID_MEDIUM);
	config_unref(c);
}

static void wrong_pools_are_refused(void **state)
{
	refused(POOLS("<add/>"), 1, "Missing required attribute 'name'");
	refused(POOLS("\n<add name=''/>"), 2, "Invalid application pool name");
	refused(POOLS("<add name='a/b'/>"), 1,
		"The 'name' attribute is invalid.  Invalid application pool name");
	refused(POOLS("<add name='a' colour='red'/>"), 1, "Unrecognized attribute 'colour'");
	refused(POOLS("<add name='a'>\n<processMode/></add>"), 2,
		"Unrecognized element 'processMode'");
	refused(POOLS("<add name='a' queueLength='9'/>"), 1,
		"The 'queueLength' attribute is invalid.  Integer value must be between 10 and "
		"65535 "
		"inclusive");
	refused(POOLS("<add name='a' queueLength='many'/>"), 1, "Not a valid unsigned integer");
	refused(POOLS("<add name='a' autoStart='1'/>"), 1, "'autoStart' attribute is invalid");
	refused(POOLS("<add name='a' startMode='Now'/>"), 1,
		"Enum must be one of OnDemand, AlwaysRunning");
	refused(POOLS("<add name='a'><recycling logEventOnRecycle='Time, Tide'/></add>"), 1,
		"Flags must be some combination of Time, Requests");
	refused(POOLS("<add name='a'><processModel idleTimeout='00:00:30'/></add>"), 1,
		"Timespan value must be between 00:00:00 and 30.00:00:00 seconds inclusive, with a "
		"granularity of 60 seconds");
	refused(POOLS("<add name='a'><processModel idleTimeout='soon'/></add>"), 1,
		"Not a valid timespan");
	refused(POOLS("<add name='a'><processModel identityType='SpecificUser'/></add>"), 1,
		"no userName");
	refused(POOLS("<add name='a'/>\n<add name='A'/>"), 2,
		"Cannot add duplicate collection entry of type 'add' with unique key attribute "
		"'name' "
		"set to 'A'");
	assert_int_equal(err.hresult, 0x800700B7);
	refused(POOLS("<remove name='a'/>"), 1, "Unrecognized element 'remove'");
}

#define SCHEDULE                                                                                   \
	"><recycling><periodicRestart><schedule><add value='01:00:00'/></schedule>"                \
	"</periodicRestart></recycling></add>"

/* Every setting counts, but the one that is about the start of the service, and where it is
 * written. */
static void pools_are_compared(void **state)
{
	static const char *const others[] = {
		"startMode='AlwaysRunning'/>",
		"queueLength='99'/>",
		"><processModel userName='u' password='q'/></add>",
		"><processModel idleTimeout='00:01:00'/></add>",
		"><recycling><periodicRestart requests='9'/></recycling></add>",
		SCHEDULE,
		"><environmentVariables><add name='N' value='v'/></environmentVariables></add>",
		"><environmentVariables><add name='N' value='w'/></environmentVariables></add>",
	};
	struct config *plain = parse_ok(POOLS("<add name='p'/>"));
	struct config *same =
		parse_ok(POOLS("\n\n<add name='q'/><add name='P' autoStart='false'/>"));
	const struct config_pool *p = config_pool_find(plain, TEXT("p")), *before = p;
	struct config *held = config_ref(plain);

	assert_true(config_pool_same(p, config_pool_find(same, TEXT("p"))));
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		char text[512];
		snprintf(text, sizeof(text), POOLS("<add name='p' %s"), others[i]);
		struct config *other = parse_ok(text);
		const struct config_pool *q = config_pool_find(other, TEXT("p"));
		assert_false(config_pool_same(p, q) || config_pool_same(before, q));
		assert_true(config_pool_same(q, q));
		config_unref(held);
		held = other;
		before = q;
	}
	config_unref(held);
	config_unref(plain);
	config_unref(same);
}

static void sites_run_as_they_start_or_not(void **state)
{
	struct config *c = parse_ok(
		SITES("<site name='a' id='1'>" APPLICATION "</site>"
		      "<site name='b' id='22' serverAutoStart='false'>" APPLICATION "</site>"
		      "<site name='c' id='3'>" APPLICATION "</site>"));
	assert_true(config_site_at(c, 0)->runs && !config_site_at(c, 1)->runs);
	config_sites_toggle(c, TEXT("22 3 99 x  "));
	assert_true(config_site_at(c, 0)->runs && config_site_at(c, 1)->runs);
	assert_false(config_site_at(c, 2)->runs);
	config_sites_toggle(c, TEXT(""));
	assert_false(config_site_at(c, 2)->runs);
	config_unref(c);
}

static void sites_are_read(void **state)
{
	struct config *c = parse_ok(SITES(
		"<site name='One' id='7' serverAutoStart='false'>"
		"<application path='/' preloadEnabled='true'>"
		"<virtualDirectory path='/' physicalPath='%SURROGATE_STATE%\\www\\'/>"
		"<virtualDirectory path='/a' physicalPath='C:\\inetpub\\a'/>"
		"<virtualDirectory path='/a/long' physicalPath='/b'/></application>"
		"<application path='/x'><virtualDirectory path='/' physicalPath='/x'/>"
		"</application><bindings><binding protocol='http' "
		"bindingInformation='*:80:www.example.com'/><binding protocol='https' "
		"bindingInformation='[::1]:443:'/><binding protocol='http' "
		"bindingInformation='127.0.0.1:8080:'/><binding protocol='net.tcp' "
		"bindingInformation='808:*'/></bindings>"
		"<limits maxConnections='5' connectionTimeout='00:00:30'/></site>"
		"<siteDefaults><logFile enabled='false' period='Hourly' "
		"directory='%SURROGATE_STATE%/l'/><limits maxUrlSegments='9'/></siteDefaults>"));
	const struct config_site *s = config_site_at(c, 0);
	assert_string_equal(s->name, "One");
	assert_int_equal(s->id, 7);
	assert_false(s->auto_start);
	assert_int_equal(s->binding_count, 3);
	assert_int_equal(s->bindings[0].port, 80);
	assert_string_equal(s->bindings[0].address, "*");
	assert_string_equal(s->bindings[0].host, "www.example.com");
	assert_string_equal(s->bindings[1].address, "::1");
	assert_string_equal(s->bindings[1].host, "");
	assert_string_equal(s->bindings[1].protocol, "https");
	assert_string_equal(s->bindings[2].address, "127.0.0.1");
	assert_int_equal(s->max_connections, 5);
	assert_int_equal(s->connection_timeout, 30 * NSEC_PER_SEC);
	assert_int_equal(s->max_url_segments, 9);
	assert_false(s->log_enabled);
	assert_int_equal(s->log.period, 4);
	assert_string_equal(s->log.directory, "/state/l");
	assert_int_equal(s->application_count, 2);
	assert_string_equal(s->applications[0].path, "/x");
	const struct config_application *root = &s->applications[1];
	assert_string_equal(root->metabase_path, "/LM/W3SVC/7/ROOT");
	assert_string_equal(s->applications[0].metabase_path, "/LM/W3SVC/7/ROOT/x");
	assert_int_equal(root->vdir_count, 3);
	assert_string_equal(root->vdirs[0].path, "/a/long");
	assert_string_equal(root->vdirs[1].physical_path, "/inetpub/a"); /* C:\ is / */
	assert_string_equal(root->vdirs[2].physical_path, "/state/www");
	assert_true(root->vdirs[2].allow_sub_dir_config);
	assert_int_equal(root->pool->protection, CONFIG_MEDIUM);
	config_unref(c);
}

static void what_has_no_root_is_ignored(void **state)
{
	struct config *c = parse_ok(SITES(
		"<site name='a' id='1'/>\n<site name='b' id='2'><application path='/'/></site>\n"
		"<site name='c' id='3'>" APPLICATION "<application path='/x'/></site>"));
	static const char *const texts[] = {
		"The site 'a' is ignored, since it has no root application; ",
		"The application '/' of site 'b' is ignored, since it has no root virtual",
		"The site 'b' is ignored",
		"The application '/x' of site 'c' is ignored",
	};
	static const int lines[] = { 1, 2, 2, 3 };

	assert_int_equal(config_site_count(c), 1);
	assert_string_equal(config_site_at(c, 0)->name, "c");
	assert_int_equal(config_site_at(c, 0)->application_count, 1);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_true(config_ignored(c, i, &err));
		assert_true(text_starts_with(text_of(err.text), text_of(texts[i])));
		assert_int_equal(err.line, lines[i]);
	}
	assert_false(config_ignored(c, ARRAY_LEN(texts), &err));
	config_unref(c);
}

static void wrong_sites_are_refused(void **state)
{
	refused(SITES("<site name='a'/>"), 1, "Missing required attribute 'id'");
	refused(SITES("<site name='a' id='0'>" APPLICATION "</site>"), 1,
		"'id' attribute is invalid");
	refused(SITES("<site name='a:b' id='1'/>"), 1, "Invalid site name");
	refused(SITES("<site name='a' id='1'><application path='x'/></site>"), 1,
		"Invalid application path");
	refused(SITES("<site name='a' id='1'><application path='/x/..'/></site>"), 1,
		"Invalid application path");
	refused(SITES("<site name='a' id='1'><application path='/'><virtualDirectory path='/' "
		      "physicalPath='inetpub\\wwwroot'/></application></site>"),
		1, "is no absolute path");
	refused(SITES("<site name='a' id='1'>" APPLICATION "\n" APPLICATION "</site>"), 2,
		"Cannot add duplicate collection entry of type 'application'");
	refused(SITES("<site name='a' id='1'>" APPLICATION
		      "</site>\n<site name='b' id='1'>" APPLICATION "</site>"),
		2, "unique key attribute 'id' set to '1'");
	refused(SITES("<site name='a' id='1'>" APPLICATION
		      "</site>\n<site name='A' id='2'>" APPLICATION "</site>"),
		2, "unique key attribute 'name'");
	refused(SITES("<site name='a' id='1'><application path='/' applicationPool='none'>"
		      "<virtualDirectory path='/' physicalPath='/w'/></application></site>"),
		1, "names the application pool 'none', which does not exist");
	refused(SITES("<site name='a' id='1'><limits maxBandwidth='1023'/></site>"), 1,
		"Integer value must not be between 0 and 1023 inclusive");
}

static void wrong_bindings_are_refused(void **state)
{
	static const char *const wrong[] = { "80",       "*:80",       "*:0:",      "*:65536:",
					     "*:x:",     "1.2.3:80:",  "[::1:80:",  "[1.2.3.4]:80:",
					     "::1:80:",  "[::1]80:",   "www.x:80:", "*:80:a:b",
					     "*:80:a/b", "[gg::]:80:", "*:-1:",     "[]:80:" };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char text[1024];
		snprintf(text, sizeof(text),
			 SITES("<site name='a' id='1'>" APPLICATION
			       "<bindings>\n<binding protocol='http' "
			       "bindingInformation='%s'/></bindings></site>"),
			 wrong[i]);
		refused(text, 2, "The 'bindingInformation' attribute is invalid");
	}
	refused(SITES("<site name='a' id='1'><bindings><binding protocol='http' "
		      "bindingInformation='*:80:'/>\n<binding protocol='http' "
		      "bindingInformation='*:80:'/></bindings></site>"),
		2,
		"Cannot add duplicate collection entry of type 'binding' with combined key "
		"attributes "
		"'protocol, bindingInformation' respectively set to 'http, *:80:'");
}

#define ISOLATED(path, value)                                                                      \
	"<key path='" path "'><property id='2104' dataType='DWord' value='" value "'/></key>"
#define METADATA(text)                                                                             \
	"<configuration><system.applicationHost><applicationPools><add name='pool'/>"              \
	"</applicationPools><sites><applicationDefaults applicationPool='pool'/>"                  \
	"<site name='Default Web Site' id='1'>" APPLICATION                                        \
	"<application path='/shop'><virtualDirectory path='/' physicalPath='/s'/></application>"   \
	"</site></sites><customMetadata>" text                                                     \
	"</customMetadata></system.applicationHost></configuration>"

static void protection_is_app_isolated_then_the_pool(void **state)
{
	struct config *c = parse_ok(
		METADATA(ISOLATED("LM/W3SVC/1/ROOT", "0") ISOLATED("/lm/w3svc/1/root/SHOP/", "1")));
	const struct config_site *s = config_site_at(c, 0);
	assert_int_equal(s->applications[1].pool->protection, CONFIG_LOW);
	const struct config_pool *high = s->applications[0].pool;
	assert_int_equal(high->protection, CONFIG_HIGH);
	assert_string_equal(high->name, "IIS-{Default Web Site//Root/shop}");
	assert_int_equal(config_pool_count(c), 4);
	char appid[64];
	strcpy(appid, high->appid);
	config_unref(c);
	c = parse_ok(METADATA(ISOLATED("LM/W3SVC/1/ROOT/shop", "1")));
	s = config_site_at(c, 0);
	assert_string_equal(s->applications[0].pool->appid, appid); /* the same for the same name */
	assert_int_equal(s->applications[1].pool->protection, CONFIG_POOL);
	assert_string_equal(s->applications[1].pool->name, "pool");
	config_unref(c);
	c = parse_ok(METADATA(ISOLATED("LM/W3SVC/1/ROOT", "2")));
	assert_int_equal(config_site_at(c, 0)->applications[1].pool->protection, CONFIG_MEDIUM);
	config_unref(c);
	refused(METADATA("\n" ISOLATED("LM/W3SVC/1/ROOT", "3")), 2,
		"must be 0 (Low), 1 (High) or 2");
	refused(METADATA(ISOLATED("a", "1") "\n" ISOLATED("A", "2")), 2,
		"unique key attribute 'path'");
	assert_string_equal(config_protection_name(CONFIG_HIGH), "High");
	assert_string_equal(config_protection_name((enum config_protection)99), "");
}

static void broken_files_are_refused(void **state)
{
	refused("", 1, "Configuration file is not well-formed XML");
	refused("<configuration>\n<a>", 2, "not well-formed");
	refused("<configuration><a></b></configuration>", 1, "not well-formed");
	refused("<config/>", 1, "Unrecognized element 'config'");
	refused("<!DOCTYPE lolz [<!ENTITY lol 'lol'>\n<!ENTITY lol2 '&lol;&lol;&lol;'>]>\n"
		"<configuration>&lol2;</configuration>",
		1, "document type definition is not allowed");
	refused("<!DOCTYPE c SYSTEM 'file:///etc/passwd'><configuration/>", 1,
		"document type definition");
	refused("<configuration><system.webServer>\n<defaultDocumnt/></system.webServer>"
		"</configuration>",
		2,
		"'system.webServer/defaultDocumnt' cannot be read because it is missing a section");
	refused("<configuration><a/>\n<configSections/></configuration>", 2,
		"Only one <configSections> element allowed.");
	refused("<configuration><system.webServer><asp/>\n<asp/></system.webServer></"
		"configuration>",
		2, "There is a duplicate 'system.webServer/asp' section defined");
	refused("<configuration><system.webServer><asp/></system.webServer><location path='.'>"
		"<system.webServer>\n<asp/></system.webServer></location></configuration>",
		1, "There is a duplicate 'system.webServer/asp' section defined");
	refused("<configuration><location path='a'><system.webServer><asp/></system.webServer>"
		"</location><location path='A/'><system.webServer>\n<asp/></system.webServer>"
		"</location></configuration>",
		2, "There is a duplicate 'system.webServer/asp' section defined");
	refused("<configuration>\n<location path='x' allowOverride='true' overrideMode='Deny'/>"
		"</configuration>",
		2, "cannot be used together");
	refused("<configuration><location where='x'/></configuration>", 1,
		"Unrecognized attribute 'where'");
	refused("\xff\xfe", 1, "not well-formed");
}

static void limits_hold(void **state)
{
	static char big[(size_t)17 << 20];
	size_t size = sizeof(big);
	struct config *c = NULL;
	memset(big, ' ', size);
	memcpy(big, "<configuration/>", 16);
	assert_int_equal(config_parse((struct text){ big, size }, "f", NULL, &c, &err), -EINVAL);
	assert_non_null(strstr(err.text, "larger than 16 MiB"));
	big[0] = '\0';
	for (int i = 0; i < 65; i++)
		strcat(big, "<a>");
	refused(big, 1, "nested deeper");
	char *at = big + sprintf(big, "<configuration>");
	for (int i = 0; i < 400001; i++)
		at = stpcpy(at, "<a/>");
	strcpy(at, "</configuration>");
	refused(big, 1, "more elements than are allowed");
	at = big + sprintf(big, "<configuration x='");
	memset(at, 'y', 300000);
	strcpy(at + 300000, "'/>");
	refused(big, 1, "longer than is allowed");
	at = big + sprintf(big, "<configuration");
	for (int i = 0; i < 300; i++)
		at += sprintf(at, " a%d='1'", i);
	strcpy(at, "/>");
	refused(big, 1, "more attributes");
	at = big + sprintf(big, "<configuration>");
	for (int i = 0; i < 16384; i++)
		at = stpcpy(at, "<location path='a'/>\n");
	strcpy(at, "</configuration>");
	config_unref(parse_ok(big));
	strcpy(at, "<location path='a'/></configuration>");
	refused(big, 16385, "more than 16384 <location> elements");
}

/* What is declared is looked up for every element of a group that has no schema: `elements` of them
 * with `declared` sections, each in a line. */
static char *many_declarations(int declared, int elements)
{
	char *text = mem_zalloc(1, 200 + (size_t)(declared + elements) * 40);
	char *at = text + sprintf(text, "<configuration><configSections><sectionGroup "
					"name='system.webServer'>");
	for (int i = 1; i < declared; i++)
		at += sprintf(at, "\n<section name='s%d'/>", i);
	at = stpcpy(at, "</sectionGroup></configSections><system.webServer>");
	for (int i = 0; i < elements; i++)
		at += sprintf(at, "<s%d/>", declared - 1);
	strcpy(at, "</system.webServer></configuration>");
	return text;
}

static void declarations_are_bounded(void **state)
{
	char *text = many_declarations(1024, 300000);
	config_unref(parse_ok(text));
	mem_free(text);
	text = many_declarations(1025, 1);
	refused(text, 1025, "declares more than 1024 sections and groups");
	mem_free(text);
	text = many_declarations(40000, 40000);
	refused(text, 1025, "declares more than 1024 sections and groups");
	mem_free(text);
	refused("<configuration><configSections><sectionGroup name='system.webServer'>"
		"<section name='a'/></sectionGroup></configSections><system.webServer>\n<b/>"
		"</system.webServer></configuration>",
		2, "missing a section declaration");
}

/* A lock or a restriction of a path that no folder can have would hold nowhere. */
static void locations_have_paths_of_folders(void **state)
{
	static const char *const wrong[] = {
		"Site//a", "Site/./a", "Site/../a", "Site/a/..",
		"Site\\a", " Site/a",  "Site/a ",   "..",
	};
	static const char *const good[] = {
		"", ".", "/Site/a/", "Site", "Site/a b/.c", "Site/..d"
	};
	char text[200];
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		snprintf(text, sizeof(text),
			 "<configuration>\n<location path='%s'/></configuration>", wrong[i]);
		refused(text, 2, "The 'path' attribute is invalid.  ");
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		snprintf(text, sizeof(text), "<configuration><location path='%s'/></configuration>",
			 good[i]);
		config_unref(parse_ok(text));
	}
}

static void foreign_sections_are_passed_over(void **state)
{
	config_unref(
		parse_ok("<configuration xmlns='http://x'><configSections><sectionGroup name="
			 "'system.webServer'><section name='mine' type='T'/></sectionGroup>"
			 "</configSections><appSettings><add key='a' value='b'/></appSettings>"
			 "<system.web><anything at='all'><x/></anything></system.web>"
			 "<system.webServer><mine whatever='1'/><modules><add name='x'/></modules>"
			 "</system.webServer><location path='Site/a'><system.web/></location>"
			 "</configuration>"));
}

static void variables_are_expanded(void **state)
{
	setenv("SURROGATE_TEST_ROOT", "/from/env", 1);
	struct config *c = parse_ok(SITES(
		"<site name='a' id='1'><application path='/'><virtualDirectory path='/' "
		"physicalPath='%SURROGATE_TEST_ROOT%/x'/><virtualDirectory path='/b' "
		"physicalPath='%SURROGATE_TEST_ROOT%/100%/%none%'/><virtualDirectory path='/c' "
		"physicalPath='%systemdrive%\\inetpub'/></application></site>"));
	const struct config_application *a = &config_site_at(c, 0)->applications[0];
	assert_string_equal(a->vdirs[0].physical_path, "/from/env/100%/%none%");
	assert_string_equal(a->vdirs[1].physical_path, "/inetpub");
	config_unref(c);
	unsetenv("SURROGATE_TEST_ROOT");
}

static void files_are_loaded(void **state)
{
	char path[600];
	struct config *c = NULL;
	snprintf(path, sizeof(path), "%s/applicationHost.config", (char *)*state);
	assert_int_equal(config_load(path, *state, &c, &err), -ENOENT);
	assert_non_null(strstr(err.text, "Cannot read configuration file"));
	write_file(*state, "applicationHost.config", "\xef\xbb\xbf<configuration/>");
	assert_int_equal(config_load(path, *state, &c, &err), 0);
	struct config *again = config_ref(c);
	config_unref(c);
	assert_int_equal(config_pool_count(again), 2);
	config_unref(again);
}

static int parse_for_faults(void)
{
	struct config *c = NULL;
	const char *xml =
		METADATA(ISOLATED("LM/W3SVC/1/ROOT", "1") ISOLATED("LM/W3SVC/1/ROOT/shop", "2"));
	int r = config_parse(text_of(xml), "f", "/state", &c, NULL);
	config_unref(c);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, parse_for_faults);
}

#define REDIRECTION(attributes)                                                                    \
	"<configuration>\n<configSections><section name='configurationRedirection'/>"              \
	"</configSections>\n<configurationRedirection " attributes "/></configuration>"

static void located(const char *dir, const char *redirection, const char *expected)
{
	char path[PATH_MAX];
	write_file(dir, "config/redirection.config", redirection);
	if (config_locate(dir, path, &err) < 0)
		fail_msg("%s:%d: %s", err.file, err.line, err.text);
	assert_string_equal(path, expected);
}

static void lost(const char *dir, const char *redirection, int line, const char *why)
{
	char path[PATH_MAX] = "as it was";
	write_file(dir, "config/redirection.config", redirection);
	assert_int_equal(config_locate(dir, path, &err), -EINVAL);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err.text);
	assert_int_equal(err.line, line);
	assert_non_null(strstr(err.file, "/config/redirection.config"));
	assert_string_equal(path, "as it was");
}

static void redirection_says_where_the_file_is(void **state)
{
	char own[PATH_MAX], path[PATH_MAX];
	snprintf(own, sizeof(own), "%s/config/applicationHost.config", (char *)*state);
	assert_int_equal(config_locate(*state, path, &err), 0); /* without the file */
	assert_string_equal(path, own);
	located(*state, "<configuration/>", own);
	located(*state, REDIRECTION("path='/srv/x'"), own);
	located(*state, REDIRECTION("enabled='true' path='/srv/x/' userName='u' password='p'"),
		"/srv/x/applicationHost.config");
	located(*state, REDIRECTION("enabled='true' path='C:\\shared\\iis'"),
		"/shared/iis/applicationHost.config");
	snprintf(own, sizeof(own), "%s/else/applicationHost.config", (char *)*state);
	located(*state, REDIRECTION("enabled='true' path='%SURROGATE_STATE%/else'"), own);
	lost(*state, REDIRECTION("enabled='true' path='\\\\server\\share'"), 3,
	     "'\\\\server\\share' is no folder of this machine; mount the share");
	lost(*state, REDIRECTION("enabled='true' path='else'"), 3, "no folder of this machine");
	lost(*state, REDIRECTION("enabled='true'"), 3, "no folder of this machine");
	lost(*state, REDIRECTION("enabled='maybe'"), 3, "'enabled' attribute is invalid");
	lost(*state, "<configuration>", 1, "well-formed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_has_the_built_in_pools),
		cmocka_unit_test(pools_have_the_defaults_of_the_schema),
		cmocka_unit_test(what_is_written_wins_over_defaults_elements),
		cmocka_unit_test(a_built_in_pool_is_configured_by_its_name),
		cmocka_unit_test(wrong_pools_are_refused),
		cmocka_unit_test(pools_are_compared),
		cmocka_unit_test(sites_run_as_they_start_or_not),
		cmocka_unit_test(sites_are_read),
		cmocka_unit_test(what_has_no_root_is_ignored),
		cmocka_unit_test(wrong_sites_are_refused),
		cmocka_unit_test(wrong_bindings_are_refused),
		cmocka_unit_test(protection_is_app_isolated_then_the_pool),
		cmocka_unit_test(broken_files_are_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(declarations_are_bounded),
		cmocka_unit_test(locations_have_paths_of_folders),
		cmocka_unit_test(foreign_sections_are_passed_over),
		cmocka_unit_test(variables_are_expanded),
		state_test(files_are_loaded),
		state_test(redirection_says_where_the_file_is),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
