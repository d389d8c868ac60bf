/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/tree.h and of the engine below it: effective values and what wrote them. */
#include "fixture.h"

#include "config/tree.h"

#define WEB(text) "<configuration>\n<system.webServer>" text "</system.webServer>\n</configuration>"

static struct config *host(void **state, const char *text)
{
	char *xml = host_text(*state, text);
	struct config *c = parse_ok(xml);
	mem_free(xml);
	return c;
}

static struct config_tree *tree_ok(struct config *c, const char *path)
{
	struct config_tree *tree = NULL;
	if (config_tree_new(c, text_of(path), &tree, &err) < 0)
		fail_msg("%s:%d: %s", err.file, err.line, err.text);
	return tree;
}

static const struct effective *section(const struct config_tree *tree, const char *path)
{
	const struct effective *e = level_section(config_tree_level(tree), path);
	assert_non_null(e);
	return e;
}

/* The value of an attribute, and that it was written in `file` (its end) at `line`; NULL: it is the
 * schema's. */
static void holds(const struct config_tree *tree, const char *path, const char *attribute,
		  const char *text, const char *file, int line)
{
	const struct effective_value *v = effective_value(section(tree, path), attribute, NULL);
	assert_non_null(v);
	assert_string_equal(v->text, text);
	assert_int_equal(v->by != NULL, file != NULL);
	if (!file)
		return;
	const char *have = v->by->document->file;
	assert_true(strlen(have) >= strlen(file));
	assert_string_equal(have + strlen(have) - strlen(file), file);
	assert_int_equal(v->by->line, line);
}

static void values_know_what_wrote_them(void **state)
{
	write_file(*state, "web.config",
		   WEB("\n<directoryBrowse\n enabled='true'/>"
		       "<defaultDocument><files>\n<add value='mine.asp'/></files>"
		       "</defaultDocument>"));
	struct config *c = host(state, "<location path='Site'><system.webServer>\n"
				       "<asp><session timeout='00:05:00'/></asp>"
				       "</system.webServer></location>");
	struct config_tree *tree = tree_ok(c, "Site/a");
	assert_string_equal(config_tree_path(tree), "MACHINE/WEBROOT/APPHOST/Site/a");
	holds(tree, "system.webServer/asp", "session/timeout", "00:05:00", "host.config", 4);
	holds(tree, "system.webServer/asp", "session/max", "4294967295", NULL, 0);
	holds(tree, "system.webServer/directoryBrowse", "enabled", "true", "web.config", 3);
	const struct effective_entries *files =
		effective_find(section(tree, "system.webServer/defaultDocument"), "files")->entries;
	assert_string_equal(effective_text(files->items[0], "value"), "mine.asp");
	assert_int_equal(files->items[0]->by->line, 5);
	assert_string_equal(files->items[1]->by->document->file, "(installed defaults)");
	config_tree_free(tree);
	tree = tree_ok(c, "MACHINE/WEBROOT/APPHOST");
	holds(tree, "system.webServer/asp", "session/timeout", "00:20:00", NULL, 0);
	config_tree_free(tree);
	tree = tree_ok(c, "machine/webroot/apphost/SITE");
	assert_string_equal(config_tree_path(tree), "MACHINE/WEBROOT/APPHOST/Site");
	config_tree_free(tree);
	tree = tree_ok(c, "MACHINE/WEBROOT");
	assert_int_equal(section(tree, "system.applicationHost/sites")->entries->count, 0);
	config_tree_free(tree);
	assert_int_equal(config_tree_new(c, TEXT("Nope/a"), &tree, &err), -ENOENT);
	assert_string_equal(err.text,
			    "Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/Nope/a'");
	assert_null(config_tree_free(NULL));
	config_unref(c);
}

static void entries_begin_with_the_nearest_defaults(void **state)
{
	struct config *c = parse_ok(
		"<configuration><system.applicationHost><applicationPools><add name='a'/>\n"
		"<add name='b' queueLength='20'><processModel idleTimeout='00:00:00'/></add>\n"
		"<applicationPoolDefaults queueLength='30'><processModel maxProcesses='4'/>\n"
		"<recycling><periodicRestart><schedule><add value='01:00:00'/></schedule>"
		"</periodicRestart></recycling></applicationPoolDefaults></applicationPools>"
		"<sites><applicationDefaults enabledProtocols='outer' applicationPool='a'/>"
		"<site name='s' id='1'><applicationDefaults enabledProtocols='inner'/>"
		"<application path='/'><virtualDirectory path='/' physicalPath='/w'/></application>"
		"</site></sites></system.applicationHost></configuration>");
	struct config_tree *tree = tree_ok(c, "");
	const struct effective_entries *pools =
		section(tree, "system.applicationHost/applicationPools")->entries;
	const struct effective_value *v = effective_value(pools->items[0], "queueLength", NULL);
	assert_string_equal(v->text, "30");
	assert_string_equal(v->by->name, "applicationPoolDefaults");
	assert_int_equal(v->by->line, 3);
	assert_string_equal(effective_text(pools->items[1], "queueLength"), "20");
	assert_string_equal(effective_text(pools->items[1], "processModel/maxProcesses"), "4");
	assert_string_equal(effective_text(pools->items[1], "processModel/idleTimeout"),
			    "00:00:00");
	assert_int_equal(effective_find(pools->items[0], "recycling/periodicRestart/schedule")
				 ->entries->count,
			 1);
	const struct effective *site =
		section(tree, "system.applicationHost/sites")->entries->items[0];
	const struct effective *application = site->entries->items[0];
	assert_string_equal(effective_text(application, "enabledProtocols"), "inner");
	assert_string_equal(effective_text(application, "applicationPool"), "a");
	config_tree_free(tree);
	config_unref(c);
}

static void tree_refused(struct config *c, const char *path, uint32_t hresult, const char *text)
{
	struct config_tree *tree = NULL;
	assert_int_equal(config_tree_new(c, text_of(path), &tree, &err), -EINVAL);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, err.text);
	assert_int_equal(err.hresult, hresult);
}

/* A person who meets a lock is told where it is and what opens it. */
static void a_lock_says_how_to_open_it(void **state)
{
	write_file(*state, "web.config", WEB("<asp/>"));
	struct config *c = host(state, "");
	tree_refused(c, "Site", 0x80070021, "It is locked in (installed defaults), line ");
	tree_refused(c, "Site", 0x80070021,
		     "unlock it with: appcmd unlock config /section:system.webServer/asp");
	config_unref(c);
	write_file(*state, "web.config", WEB("<defaultDocument enabled='false'/>"));
	c = host(state, "\n<location path='Site' overrideMode='Deny'><system.webServer>"
			"<defaultDocument/></system.webServer></location>");
	tree_refused(c, "Site", 0x80070021, "It is locked in host.config, line 4");
	tree_refused(c, "Site", 0x80070021,
		     "appcmd unlock config \"Site\" /section:system.webServer/defaultDocument "
		     "/commit:apphost");
	config_unref(c);
	write_file(*state, "web.config",
		   "<configuration><location path='sub' overrideMode='Deny'><system.webServer>"
		   "<defaultDocument/></system.webServer></location></configuration>");
	write_file(*state, "sub/web.config", WEB("<defaultDocument enabled='false'/>"));
	c = host(state, "");
	tree_refused(c, "Site/sub", 0x80070021,
		     "appcmd unlock config \"Site/sub\" /section:system.webServer/defaultDocument");
	config_unref(c);
	write_file(*state, "web.config", WEB("<httpErrors\n lockAttributes='errorMode'/>"));
	write_file(*state, "sub/web.config", WEB("<httpErrors errorMode='Custom'/>"));
	c = host(state, "");
	tree_refused(c, "Site/sub", 0x80070021, "Lock violation.  It is locked in ");
	tree_refused(c, "Site/sub", 0x80070021, "/web.config, line 2");
	config_unref(c);
}

static void locations_can_stop_at_applications(void **state)
{
	struct config *c = host(state, "<location path='Site' inheritInChildApplications='false'>"
				       "<system.webServer><directoryBrowse enabled='true'/>"
				       "</system.webServer></location>");
	struct config_tree *tree = tree_ok(c, "Site/a");
	holds(tree, "system.webServer/directoryBrowse", "enabled", "true", "host.config", 3);
	config_tree_free(tree);
	tree = tree_ok(c, "Site/shop/a");
	holds(tree, "system.webServer/directoryBrowse", "enabled", "false", NULL, 0);
	config_tree_free(tree);
	config_unref(c);
}

/* What config_parse cannot see: a file that is right level by level, and wrong where they meet. */
static void locations_are_checked_where_they_apply(void **state)
{
	struct config *c =
		host(state, "<location path='Site'><system.webServer><staticContent>\n"
			    "<mimeMap fileExtension='.htm' mimeType='t/h'/></staticContent>"
			    "</system.webServer></location>");
	assert_int_equal(config_tree_check_locations(c, &err), -EINVAL);
	assert_int_equal(err.hresult, 0x800700B7);
	assert_int_equal(err.line, 4);
	assert_non_null(strstr(err.text, "Cannot add duplicate collection entry"));
	config_unref(c);
	c = host(state,
		 "<location path='Site'><system.webServer><httpProtocol><customHeaders>"
		 "<add name='a'/></customHeaders></httpProtocol></system.webServer></location>"
		 "<location path='Site/x/y'><system.webServer><httpProtocol><customHeaders>\n"
		 "<add name='A'/></customHeaders></httpProtocol></system.webServer></location>");
	assert_int_equal(config_tree_check_locations(c, &err), -EINVAL);
	assert_int_equal(err.line, 4);
	config_unref(c);
	/* A site that is not there, a restriction, and a web.config that is broken itself. */
	write_file(*state, "web.config", "<configuration>");
	c = host(state,
		 "<location path='None'><system.webServer><staticContent>"
		 "<mimeMap fileExtension='.htm' mimeType='t/h'/></staticContent></system.webServer>"
		 "</location><location path='Site/a.htm'><system.webServer><security><access "
		 "sslFlags='Ssl'/></security></system.webServer></location><location/>");
	err = (struct error){ 0 };
	assert_int_equal(config_tree_check_locations(c, &err), 0);
	assert_string_equal(err.text, "");
	config_unref(c);
}

/* What is known of an element's bytes is what edits are made with. */
static void elements_know_their_bytes(void **state)
{
	static const char text[] = "\xef\xbb\xbf<?xml version='1.0'?><!-- <a> --><a x = 'b>c' "
				   "y=\"&quot;\"><b/><c\n>t</c></a>";
	struct xml_document *document = NULL;
	struct xml_range range;
	assert_int_equal(xml_parse(TEXT(text), "f", &document, &err), 0);
	const struct xml_element *a = document->root, *b = a->first, *c = b->next;
	assert_memory_equal(text + a->start, "<a x", 4);
	assert_memory_equal(text + a->open_end, "<b/>", 4);
	assert_memory_equal(text + a->close, "</a>", 4);
	assert_int_equal(a->end, sizeof(text) - 1);
	assert_int_equal(b->open_end - b->start, 4);
	assert_int_equal(b->close, b->open_end);
	assert_int_equal(b->end, b->open_end);
	assert_memory_equal(text + c->open_end, "t</c>", 5);
	assert_true(xml_value_range(a, "x", &range));
	assert_memory_equal(text + range.start, "b>c'", 4);
	assert_int_equal(range.end - range.start, 3);
	assert_true(xml_value_range(a, "y", &range));
	assert_int_equal(range.end - range.start, 6);
	assert_false(xml_value_range(a, "z", &range));
	assert_false(xml_value_range(b, "x", &range));
	assert_false(xml_value_range(c, "x", &range));
	xml_free(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(values_know_what_wrote_them),
		cmocka_unit_test(entries_begin_with_the_nearest_defaults),
		state_test(a_lock_says_how_to_open_it),
		state_test(locations_can_stop_at_applications),
		state_test(locations_are_checked_where_they_apply),
		cmocka_unit_test(elements_know_their_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
