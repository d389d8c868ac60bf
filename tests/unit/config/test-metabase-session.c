/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the changes of config/metabase.h: keys and data, as IMSAdminBase has them. */
#include "fixture.h"

#include "base/buf.h"
#include "base/sys.h"
#include "config/metabase.h"

#include <stdlib.h>

static char path[600];
static struct arena arena;
static struct metabase *m;

static void begin(const char *dir, const char *more)
{
	char *xml = host_text(dir, more);
	snprintf(path, sizeof(path), "%s/applicationHost.config", dir);
	write_file(dir, "applicationHost.config", xml);
	mem_free(xml);
	if (config_metabase_open(path, dir, &m, &err) < 0)
		fail_msg("%s", err.text);
	arena_init(&arena, 1 << 24);
}

static void done(void)
{
	arena_done(&arena);
	m = config_metabase_close(m);
}

static void ok(int r)
{
	if (r != 0)
		fail_msg("%d: %s", r, err.text);
}

static void refuses(int r, int expected, const char *text)
{
	assert_int_equal(r, expected);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, err.text);
}

static const char *get(const char *key, const char *name)
{
	struct metabase_data data;
	int r = config_metabase_get(config_metabase_config(m), key, config_metabase_id(name),
				    METABASE_INHERIT, &arena, &data, &err);
	if (r == METABASE_NOT_SET)
		return NULL;
	ok(r);
	if (data.type == METABASE_DWORD)
		return arena_printf(&arena, "%u", data.number);
	char *text = arena_strndup(&arena, data.text.data, data.text.length);
	for (size_t i = 0; data.type == METABASE_MULTISZ && i < data.text.length; i++)
		text[i] = text[i] ? text[i] : '|';
	return text;
}

static void is(const char *key, const char *name, const char *value)
{
	const char *have = get(key, name);
	if (!value)
		assert_null(have);
	else if (!have || strcmp(have, value) != 0)
		fail_msg("%s/%s is \"%s\", not \"%s\"", key, name, have ? have : "(not set)",
			 value);
}

static int put(const char *key, const char *name, const char *value)
{
	uint32_t id = config_metabase_id(name);
	struct metabase_data data = { .id = id, .type = config_metabase_type(id) };
	char *copy = arena_strndup(&arena, value, strlen(value));

	data.text = text_of(copy);
	data.number = (uint32_t)strtoul(value, NULL, 0);
	for (char *c = copy; data.type == METABASE_MULTISZ && *c; c++)
		*c = *c == '|' ? '\0' : *c;
	return config_metabase_set(m, key, &data, &err);
}

static void add_name(void *ctx, const char *name)
{
	buf_printf(ctx, "%s ", name);
}

static void has_children(const char *key, const char *expected)
{
	struct buf out;
	buf_init(&out, 4096);
	ok(config_metabase_children(config_metabase_config(m), key, add_name, &out, &err));
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
}

static bool is_key(const char *key)
{
	return config_metabase_children(config_metabase_config(m), key, NULL, NULL, &err) == 0;
}

static void keys_are_made_and_deleted(void **state)
{
	begin(*state, "");
	ok(config_metabase_add_key(m, "LM/W3SVC/AppPools/Pool", &err));
	ok(config_metabase_add_key(m, "w3svc/7/Root", &err));
	has_children("LM/W3SVC", "AppPools 1 7 ");
	is("LM/W3SVC/7", "ServerComment", "Site 7");
	is("LM/W3SVC/7", "KeyType", "IIsWebServer");
	assert_int_equal(config_site_count(config_metabase_config(m)), 1); /* no folder yet */
	ok(put("LM/W3SVC/7/ROOT", "Path", "/srv/seven"));
	ok(put("LM/W3SVC/7/ROOT", "AppPoolId", "Pool"));
	assert_int_equal(config_site_count(config_metabase_config(m)), 2);
	is("LM/W3SVC/7/ROOT", "AppPoolId", "Pool");
	is("LM/W3SVC/7/ROOT", "KeyType", "IIsWebVirtualDir");
	ok(config_metabase_add_key(m, "LM/W3SVC/7/ROOT/a/b", &err));
	has_children("LM/W3SVC/7/ROOT", "a ");
	has_children("LM/W3SVC/7/ROOT/a", "b ");
	is("LM/W3SVC/7/ROOT/a/b", "KeyType", "IIsWebDirectory");
	is("LM/W3SVC/7/ROOT/a/b", "AppPoolId", "Pool"); /* of the application above */
	ok(put("LM/W3SVC/7/ROOT/a/b", "AspScriptTimeout", "7"));

	refuses(config_metabase_add_key(m, "LM/W3SVC/7", &err), -EEXIST, "is there already");
	refuses(config_metabase_add_key(m, "LM/W3SVC/x", &err), -EINVAL, "is its number");
	refuses(config_metabase_add_key(m, "LM/W3SVC/7/ROOT/a//b", &err), -EINVAL,
		"no metabase key");
	refuses(config_metabase_add_key(m, "LM/MSFTPSVC", &err), -EINVAL, "no metabase keys but");
	refuses(config_metabase_add_key(m, "LM/W3SVC/AppPools/a*b", &err), -EINVAL,
		"Invalid application pool name");
	refuses(config_metabase_delete_key(m, "LM/W3SVC", &err), -EINVAL, "always there");
	refuses(config_metabase_delete_key(m, "LM/W3SVC/9", &err), -ENOENT, "no metabase key");
	refuses(config_metabase_delete_key(m, "LM/W3SVC/AppPools/Pool", &err), -EINVAL,
		"which does not exist");
	is("LM/W3SVC/7/ROOT", "AppPoolId", "Pool"); /* what was refused left nothing */

	ok(config_metabase_delete_key(m, "LM/W3SVC/7/ROOT/a", &err));
	has_children("LM/W3SVC/7/ROOT", "");
	ok(config_metabase_delete_key(m, "LM/W3SVC/7", &err));
	ok(config_metabase_delete_key(m, "LM/W3SVC/AppPools/Pool", &err));
	has_children("LM/W3SVC", "AppPools 1 ");
	ok(config_metabase_delete_key(m, "LM/W3SVC/1/ROOT/shop", &err));
	assert_int_equal(config_site_at(config_metabase_config(m), 0)->application_count, 1);
	ok(config_metabase_delete_key(m, "LM/W3SVC/1/ROOT/img", &err));
	assert_false(is_key("LM/W3SVC/1/ROOT/img"));
	ok(config_metabase_delete_key(m, "LM/W3SVC/1/ROOT", &err));
	has_children("LM/W3SVC/1", "ROOT ");
	assert_false(is_key("LM/W3SVC/1/ROOT"));
	done();
}

static void an_app_root_makes_an_application(void **state)
{
	begin(*state, "");
	ok(config_metabase_add_key(m, "LM/W3SVC/AppPools/Pool", &err));
	ok(put("LM/W3SVC/1/ROOT/img", "AppRoot", "/LM/W3SVC/1/ROOT/img"));
	is("LM/W3SVC/1/ROOT/img", "AppRoot", "/LM/W3SVC/1/ROOT/img");
	is("LM/W3SVC/1/ROOT/img", "AppIsolated", "2");
	is("LM/W3SVC/1/ROOT/img", "Path", arena_printf(&arena, "%s/pictures", (char *)*state));
	is("LM/W3SVC/1/ROOT", "AppRoot", "/LM/W3SVC/1/ROOT");
	ok(put("LM/W3SVC/1/ROOT/img", "AppIsolated", "1"));
	is("LM/W3SVC/1/ROOT/img", "AppPackageName", "IIS-{Site//Root/img}");
	assert_non_null(get("LM/W3SVC/1/ROOT/img", "AppPackageID"));
	/* A folder that is no virtual directory. */
	ok(config_metabase_add_key(m, "LM/W3SVC/1/ROOT/cart", &err));
	is("LM/W3SVC/1/ROOT/cart", "AppRoot", "/LM/W3SVC/1/ROOT");
	ok(put("LM/W3SVC/1/ROOT/cart", "AppPoolId", "Pool"));
	is("LM/W3SVC/1/ROOT/cart", "AppRoot", "/LM/W3SVC/1/ROOT/cart");
	is("LM/W3SVC/1/ROOT/cart", "Path", arena_printf(&arena, "%s/cart", (char *)*state));
	is("LM/W3SVC/1/ROOT/cart", "AppPoolId", "Pool");
	refuses(put("LM/W3SVC/1/ROOT/cart", "AppRoot", "/LM/W3SVC/1/ROOT"), -EINVAL,
		"the AppRoot of LM/W3SVC/1/ROOT/cart is");
	/* A virtual directory again. */
	ok(config_metabase_delete(m, "LM/W3SVC/1/ROOT/img", config_metabase_id("AppIsolated"), 0,
				  &err));
	ok(config_metabase_delete(m, "LM/W3SVC/1/ROOT/img", config_metabase_id("AppRoot"), 0,
				  &err));
	is("LM/W3SVC/1/ROOT/img", "AppRoot", "/LM/W3SVC/1/ROOT");
	is("LM/W3SVC/1/ROOT/img", "Path", arena_printf(&arena, "%s/pictures", (char *)*state));
	refuses(config_metabase_delete(m, "LM/W3SVC/1/ROOT", config_metabase_id("AppRoot"), 0,
				       &err),
		-EINVAL, "always an application");
	ok(config_metabase_save(m, &err));
	done();
}

static void keys_are_renamed(void **state)
{
	begin(*state, "<location path='Site/shop/in'><system.webServer><asp codePage='65001'/>"
		      "</system.webServer></location>");
	ok(config_metabase_add_key(m, "LM/W3SVC/AppPools/Old", &err));
	ok(put("LM/W3SVC/1/ROOT/shop", "AppPoolId", "Old"));
	ok(put("LM/W3SVC/1/ROOT/shop/in", "AppFriendlyName", "x"));
	ok(config_metabase_rename_key(m, "LM/W3SVC/AppPools/Old", "New", &err));
	is("LM/W3SVC/1/ROOT/shop", "AppPoolId", "New");
	ok(config_metabase_rename_key(m, "LM/W3SVC/1/ROOT/shop", "store", &err));
	has_children("LM/W3SVC/1/ROOT", "img store ");
	is("LM/W3SVC/1/ROOT/store", "AppPoolId", "New");
	is("LM/W3SVC/1/ROOT/store/in", "AspCodepage", "65001");
	is("LM/W3SVC/1/ROOT/store/in", "AppFriendlyName", "x");
	ok(config_metabase_rename_key(m, "LM/W3SVC/1/ROOT/img", "pictures", &err));
	ok(config_metabase_rename_key(m, "LM/W3SVC/1", "5", &err));
	is("LM/W3SVC/5/ROOT/store/in", "AppFriendlyName", "x");
	assert_non_null(get("LM/W3SVC/5/ROOT/pictures", "Path"));
	refuses(config_metabase_rename_key(m, "LM/W3SVC/5/ROOT/store", "pictures", &err), -EEXIST,
		"is there already");
	refuses(config_metabase_rename_key(m, "LM/W3SVC/5/ROOT", "x", &err), -EINVAL,
		"no other name");
	refuses(config_metabase_rename_key(m, "LM/W3SVC/5/ROOT/store", "a/b", &err), -EINVAL,
		"no name of a metabase key");
	refuses(config_metabase_rename_key(m, "LM/W3SVC/5", "none", &err), -EINVAL, "'id'");
	done();
}

static void keys_are_copied_and_moved(void **state)
{
	begin(*state, "<location path='Site/shop/in'><system.webServer><asp codePage='65001'/>"
		      "</system.webServer></location>");
	ok(put("LM/W3SVC/1/ROOT/shop", "AppFriendlyName", "The shop"));
	ok(config_metabase_copy_key(m, "LM/W3SVC/1/ROOT/shop", "LM/W3SVC/1/ROOT/copy", false, false,
				    &err));
	is("LM/W3SVC/1/ROOT/copy", "AppRoot", "/LM/W3SVC/1/ROOT/copy");
	is("LM/W3SVC/1/ROOT/copy", "AppFriendlyName", "The shop");
	is("LM/W3SVC/1/ROOT/copy/in", "AspCodepage", "65001");
	is("LM/W3SVC/1/ROOT/copy", "Path", arena_printf(&arena, "%s/shop", (char *)*state));
	refuses(config_metabase_copy_key(m, "LM/W3SVC/1/ROOT/shop", "LM/W3SVC/1/ROOT/copy", false,
					 false, &err),
		-EEXIST, "is there already");
	ok(config_metabase_copy_key(m, "LM/W3SVC/1/ROOT/shop", "LM/W3SVC/1/ROOT/copy", true, false,
				    &err));
	refuses(config_metabase_copy_key(m, "LM/W3SVC/1/ROOT/shop", "LM/W3SVC/1/ROOT/shop/x", false,
					 false, &err),
		-EINVAL, "into itself");
	ok(config_metabase_copy_key(m, "LM/W3SVC/1/ROOT/copy", "LM/W3SVC/1/ROOT/moved", false, true,
				    &err));
	assert_false(is_key("LM/W3SVC/1/ROOT/copy"));
	is("LM/W3SVC/1/ROOT/moved", "AppFriendlyName", "The shop");
	ok(put("LM/W3SVC/1", "ServerBindings", ":81:|"));
	ok(config_metabase_copy_key(m, "LM/W3SVC/1", "LM/W3SVC/2", false, false, &err));
	is("LM/W3SVC/2", "ServerComment", "Site 2");
	is("LM/W3SVC/2", "ServerBindings", ":81:|");
	is("LM/W3SVC/2/ROOT/moved", "AppFriendlyName", "The shop");
	is("LM/W3SVC/2/ROOT/shop/in", "AspCodepage", "65001");
	ok(config_metabase_save(m, &err));
	done();
}

static void script_maps_are_handlers(void **state)
{
	begin(*state, "");
	is("LM/W3SVC/1/ROOT", "ScriptMaps", ".asp,asp.dll,5,GET,HEAD,POST|");
	ok(put("LM/W3SVC/1/ROOT/shop", "ScriptMaps",
	       ".asp,asp.dll,5,GET,POST|.pl,/usr/bin/perl.exe,1|*,/opt/all.dll,4,GET|"));
	is("LM/W3SVC/1/ROOT/shop", "ScriptMaps",
	   ".asp,asp.dll,5,GET,POST|.pl,/usr/bin/perl.exe,1|*,/opt/all.dll,4,GET|");
	is("LM/W3SVC/1/ROOT", "ScriptMaps", ".asp,asp.dll,5,GET,HEAD,POST|");
	/* Handlers that are no script maps are kept. */
	char *text = NULL;
	size_t length;
	ok(config_metabase_save(m, &err));
	ok(sys_read_file(path, 1 << 20, &text, &length));
	assert_non_null(strstr(text, "<add name=\"StaticFile\" path=\"*\""));
	assert_non_null(strstr(text, "<add name=\"AboMapperCustom-2\" path=\"*.pl\" verb=\"*\" "
				     "modules=\"CgiModule\" scriptProcessor=\"/usr/bin/perl.exe\" "
				     "resourceType=\"Unspecified\" requireAccess=\"Script\" />"));
	mem_free(text);
	refuses(put("LM/W3SVC/1/ROOT", "ScriptMaps", "asp,asp.dll,5|"), -EINVAL, "no script map");
	refuses(put("LM/W3SVC/1/ROOT", "ScriptMaps", ".asp|"), -EINVAL, "no script map");
	ok(config_metabase_delete(m, "LM/W3SVC/1/ROOT/shop", config_metabase_id("ScriptMaps"), 0,
				  &err));
	is("LM/W3SVC/1/ROOT/shop", "ScriptMaps", ".asp,asp.dll,5,GET,HEAD,POST|");
	done();
}

static void http_errors_are_errors(void **state)
{
	begin(*state, "<location path='Site'><system.webServer><httpErrors><clear/>"
		      "<error statusCode='500' path='http://x/' responseMode='Redirect'/>"
		      "<error statusCode='404' subStatusCode='3' prefixLanguageFilePath='C:\\err' "
		      "path='404-3.htm'/></httpErrors></system.webServer></location>");
	is("LM/W3SVC/1/ROOT", "HttpErrors", "404,3,FILE,C:\\err\\404-3.htm|");
	ok(put("LM/W3SVC/1/ROOT", "HttpErrors", "404,*,URL,/gone.asp|403,4,FILE,/srv/403.htm|"));
	is("LM/W3SVC/1/ROOT", "HttpErrors", "404,*,URL,/gone.asp|403,4,FILE,/srv/403.htm|");
	refuses(put("LM/W3SVC/1/ROOT", "HttpErrors", "404,*,NOWHERE,/x|"), -EINVAL,
		"no custom error");
	refuses(put("LM/W3SVC/1/ROOT", "HttpErrors", "99,*,URL,/x|"), -EINVAL, "'statusCode'");
	done();
}

static void data_of_all_types_is_kept_and_deleted(void **state)
{
	struct metabase_data data = { .id = 50001,
				      .type = METABASE_MULTISZ,
				      .user_type = 101,
				      .attributes = METABASE_INHERIT,
				      .text = TEXT("one\0two, and \"three\"\0") };
	struct metabase_data back;

	begin(*state, "");
	struct config *c = config_metabase_config(m);
	ok(config_metabase_set(m, "LM/W3SVC/1", &data, &err));
	data.id = 50002;
	data.type = METABASE_BINARY;
	data.text = (struct text){ "\0\xff\n", 3 };
	data.attributes = 0;
	ok(config_metabase_set(m, "LM/W3SVC/1", &data, &err));
	c = config_metabase_config(m);
	ok(config_metabase_get(c, "LM/W3SVC/1/ROOT/shop", 50001, METABASE_INHERIT, &arena, &back,
			       &err));
	assert_int_equal(back.type, METABASE_MULTISZ);
	assert_int_equal(back.user_type, 101);
	assert_int_equal(back.attributes, METABASE_INHERIT | METABASE_ISINHERITED);
	assert_int_equal(back.text.length, 21);
	assert_memory_equal(back.text.data, "one\0two, and \"three\"\0", 21);
	ok(config_metabase_get(c, "LM/W3SVC/1", 50002, 0, &arena, &back, &err));
	assert_int_equal(back.text.length, 3);
	assert_memory_equal(back.text.data, "\0\xff\n", 3);
	/* It is not for keys below. */
	assert_int_equal(config_metabase_get(c, "LM/W3SVC/1/ROOT", 50002, METABASE_INHERIT, &arena,
					     &back, &err),
			 METABASE_NOT_SET);
	assert_int_equal(config_metabase_delete(m, "LM/W3SVC/1", 50002, METABASE_DWORD, &err),
			 METABASE_NOT_SET);
	ok(config_metabase_delete(m, "LM/W3SVC/1", 50002, METABASE_BINARY, &err));
	assert_int_equal(config_metabase_delete(m, "LM/W3SVC/1", 50002, 0, &err), METABASE_NOT_SET);
	ok(put("LM/W3SVC/1/ROOT/shop", "AspScriptTimeout", "5"));
	ok(config_metabase_delete(m, "LM/W3SVC/1/ROOT/shop", 7006, 0, &err));
	is("LM/W3SVC/1/ROOT/shop", "AspScriptTimeout", "90");
	/* Bits of several attributes. */
	ok(put("LM/W3SVC/1/ROOT/shop", "DirBrowseFlags", "0x80000004"));
	ok(config_metabase_delete(m, "LM/W3SVC/1/ROOT/shop", 6005, 0, &err));
	is("LM/W3SVC/1/ROOT/shop", "DirBrowseFlags", "1073741854");
	done();
}

static void paths_are_inserted_and_keys_found(void **state)
{
	struct metabase_data data = { .id = 50003,
				      .type = METABASE_STRING,
				      .attributes = METABASE_INHERIT | METABASE_INSERT_PATH,
				      .text = TEXT("at <%INSERT_PATH%>!") };
	struct metabase_data back;
	struct buf out;

	begin(*state, "");
	ok(config_metabase_set(m, "LM/W3SVC/1/ROOT/shop", &data, &err));
	struct config *c = config_metabase_config(m);
	ok(config_metabase_get(c, "LM/W3SVC/1/ROOT/shop/x/y", 50003,
			       METABASE_INHERIT | METABASE_INSERT_PATH | METABASE_PARTIAL_PATH,
			       &arena, &back, &err));
	assert_true(text_equal(back.text, TEXT("at /LM/W3SVC/1/ROOT/shop!")));
	ok(config_metabase_get(c, "LM/W3SVC/1/ROOT/shop", 50003, 0, &arena, &back, &err));
	assert_true(text_equal(back.text, data.text));
	assert_int_equal(config_metabase_get(c, "LM/W3SVC/1/ROOT/shop/x", 50003, METABASE_INHERIT,
					     &arena, &back, &err),
			 -ENOENT);
	buf_init(&out, 4096);
	ok(put("LM/W3SVC", "AspScriptTimeout", "50"));
	ok(put("LM/W3SVC/1/ROOT/shop", "AspScriptTimeout", "5"));
	ok(config_metabase_paths(config_metabase_config(m), "LM", 7006, 0, add_name, &out, &err));
	assert_string_equal(buf_cstr(&out), "LM/W3SVC LM/W3SVC/1/ROOT/shop ");
	buf_done(&out);
	done();
}

static void count_data(void *ctx, const struct metabase_data *data)
{
	size_t *counts = ctx;
	counts[0]++;
	counts[1] += data->user_type == 101;
	counts[2] += data->type == METABASE_MULTISZ;
}

static void all_data_is_chosen_by_its_kind(void **state)
{
	size_t own[3] = { 0 }, all[3] = { 0 }, asp[3] = { 0 }, lists[3] = { 0 };

	begin(*state, "");
	ok(put("LM/W3SVC/1/ROOT/shop", "AspScriptTimeout", "5"));
	struct config *c = config_metabase_config(m);
	ok(config_metabase_all(c, "LM/W3SVC/1/ROOT/shop", 0, 0, 0, &arena, count_data, own, &err));
	ok(config_metabase_all(c, "LM/W3SVC/1/ROOT/shop", METABASE_INHERIT, 0, 0, &arena,
			       count_data, all, &err));
	ok(config_metabase_all(c, "LM/W3SVC/1/ROOT/shop", METABASE_INHERIT, 101, 0, &arena,
			       count_data, asp, &err));
	ok(config_metabase_all(c, "LM/W3SVC/1/ROOT/shop", METABASE_INHERIT, 0, METABASE_MULTISZ,
			       &arena, count_data, lists, &err));
	assert_int_equal(own[1], 1);
	assert_true(all[0] > own[0] + 30);
	assert_int_equal(asp[0], all[1]);
	assert_int_equal(lists[0], all[2]);
	done();
}

/* A server of one site and one pool. */
struct server {
	enum metabase_state site, pool;
	uint32_t error;
	size_t asked, told;
};

static int tell_state(void *ctx, const struct metabase_object *object, enum metabase_state *ret,
		      uint32_t *ret_error, struct error *e)
{
	struct server *server = ctx;

	server->asked++;
	assert_string_equal(object->name, object->site ? "Site" : "Shop");
	*ret = object->site ? server->site : server->pool;
	*ret_error = server->error;
	return server->asked > 20 ? error_set(e, -EIO, "asked too often") : 0;
}

static int do_command(void *ctx, const struct metabase_object *object, bool start, struct error *e)
{
	struct server *server = ctx;
	enum metabase_state state = start ? METABASE_STARTED : METABASE_STOPPED;

	server->told++;
	if (object->site)
		server->site = state;
	else
		server->pool = state;
	return server->told > 20 ? error_set(e, -EIO, "told too often") : 0;
}

static int set_number(const char *key, const char *name, uint32_t number)
{
	struct metabase_data data = { .id = config_metabase_id(name),
				      .type = METABASE_DWORD,
				      .number = number };
	return config_metabase_set(m, key, &data, &err);
}

static void states_are_told_by_whoever_knows(void **state)
{
	struct server server = { METABASE_STARTED, METABASE_STOPPING, 32, 0, 0 };
	const struct metabase_running running = { tell_state, do_command, &server };

	begin(*state, "");
	ok(config_metabase_add_key(m, "LM/W3SVC/AppPools/Shop", &err));
	assert_null(get("LM/W3SVC/1", "ServerState"));
	refuses(set_number("LM/W3SVC/1", "ServerCommand", 2), -ENOTSUP, "there is no server");
	config_metabase_running(config_metabase_config(m), &running);
	assert_string_equal(get("LM/W3SVC/1", "ServerState"), "2");
	assert_string_equal(get("LM/W3SVC/1", "Win32Error"), "32");
	assert_string_equal(get("LM/W3SVC/AppPools/Shop", "AppPoolState"), "3");
	assert_null(get("LM/W3SVC/AppPools/Shop", "ServerState"));
	assert_null(get("LM/W3SVC/1", "AppPoolState"));
	assert_null(get("LM/W3SVC/1/ROOT", "ServerState"));
	assert_null(get("LM/W3SVC/1", "ServerCommand"));
	ok(set_number("LM/W3SVC/1", "ServerCommand", 2));
	assert_string_equal(get("LM/W3SVC/1", "ServerState"), "4");
	ok(set_number("LM/W3SVC/AppPools/Shop", "AppPoolCommand", 1));
	assert_string_equal(get("LM/W3SVC/AppPools/Shop", "AppPoolState"), "2");
	assert_int_equal(server.told, 2);
	refuses(set_number("LM/W3SVC/1", "ServerCommand", 3), -ENOTSUP, "not paused");
	refuses(set_number("LM/W3SVC/AppPools/Shop", "AppPoolCommand", 3), -EINVAL, "1 to start");
	refuses(set_number("LM/W3SVC/1", "ServerState", 2), -EINVAL, "set ServerCommand to start");
	refuses(set_number("LM/W3SVC/1", "AppPoolCommand", 1), -EINVAL, "no place at LM/W3SVC/1");
	refuses(set_number("LM/W3SVC/2", "ServerCommand", 1), -ENOENT, "no metabase key");
	refuses(config_metabase_delete(m, "LM/W3SVC/1", 1016, 0, &err), -EINVAL, "taken away");
	assert_int_equal(server.told, 2);
	/* A change keeps who is asked, and a copy is of the configuration alone. */
	ok(config_metabase_copy_key(m, "LM/W3SVC/1", "LM/W3SVC/2", false, false, &err));
	assert_string_equal(get("LM/W3SVC/1", "ServerState"), "4");
	assert_int_equal(server.told, 2);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(keys_are_made_and_deleted),
		state_test(an_app_root_makes_an_application),
		state_test(keys_are_renamed),
		state_test(keys_are_copied_and_moved),
		state_test(script_maps_are_handlers),
		state_test(http_errors_are_errors),
		state_test(data_of_all_types_is_kept_and_deleted),
		state_test(paths_are_inserted_and_keys_found),
		state_test(all_data_is_chosen_by_its_kind),
		state_test(states_are_told_by_whoever_knows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
