/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/metabase.h: the metabase as a view, both ways. */
#include "fixture.h"

#include "base/buf.h"
#include "base/sys.h"
#include "config/metabase.h"

static char path[600];
static struct arena arena;

static struct config *host(const char *dir, const char *more)
{
	struct config *config = NULL;
	char *xml = host_text(dir, more);
	snprintf(path, sizeof(path), "%s/applicationHost.config", dir);
	write_file(dir, "applicationHost.config", xml);
	mem_free(xml);
	if (config_load(path, dir, &config, &err) < 0)
		fail_msg("%s", err.text);
	arena_init(&arena, 1 << 24);
	return config;
}

static void done(struct config *config)
{
	arena_done(&arena);
	config_unref(config);
}

static struct metabase_data get(struct config *c, const char *key, const char *name)
{
	struct metabase_data data;
	int r = config_metabase_get(c, key, config_metabase_id(name), true, &arena, &data, &err);
	if (r != 0)
		fail_msg("%s/%s: %d %s", key, name, r, r < 0 ? err.text : "not set");
	return data;
}

static void is_text(struct config *c, const char *key, const char *name, const char *text)
{
	struct metabase_data data = get(c, key, name);
	assert_int_equal(data.type, METABASE_STRING);
	if (!text_equal(data.text, text_of(text)))
		fail_msg("%s/%s is \"%.*s\"", key, name, (int)data.text.length, data.text.data);
}

static void is_number(struct config *c, const char *key, const char *name, uint32_t number)
{
	struct metabase_data data = get(c, key, name);
	assert_int_equal(data.type, METABASE_DWORD);
	assert_int_equal(data.number, number);
}

#define MORE                                                                                       \
	"<location path='Site/shop'><system.webServer><asp enableParentPaths='true'/>"             \
	"<directoryBrowse enabled='true' showFlags='Date, Size'/></system.webServer></location>"   \
	"<location path='Site/img/deep'><system.webServer><asp codePage='65001'/>"                 \
	"</system.webServer></location>"

static void configuration_is_seen_as_data(void **state)
{
	struct config *c = host(*state, MORE);
	struct metabase_data data;
	is_text(c, "LM/W3SVC/1", "ServerComment", "Site");
	is_number(c, "/lm/w3svc/1/", "ConnectionTimeout", 120);
	data = get(c, "W3SVC/1", "ServerBindings");
	assert_int_equal(data.type, METABASE_MULTISZ);
	assert_int_equal(data.text.length, 5);
	assert_memory_equal(data.text.data, ":80:", 5); /* with its zero byte */
	assert_int_equal(get(c, "W3SVC/1", "SecureBindings").text.length, 0);
	is_text(c, "LM/W3SVC/1/ROOT", "Path", *state);
	is_text(c, "LM/W3SVC/1/ROOT", "DefaultDoc",
		"Default.htm,Default.asp,index.htm,index.html,index.asp,iisstart.htm,default.aspx");
	is_number(c, "LM/W3SVC/1/ROOT", "AspScriptTimeout", 90);
	is_number(c, "LM/W3SVC/1/ROOT", "AspSessionTimeout", 20); /* minutes */
	is_number(c, "LM/W3SVC/1/ROOT", "AuthFlags", 1);
	is_number(c, "LM/W3SVC/1/ROOT", "DirBrowseFlags", 0x4000001E);
	is_number(c, "LM/W3SVC/1/ROOT/shop", "DirBrowseFlags", 0xC000000A);
	is_number(c, "LM/W3SVC/1/ROOT/shop", "AspEnableParentPaths", 1);
	is_text(c, "LM/W3SVC/1/ROOT/shop", "AppPoolId", "");
	is_number(c, "LM/W3SVC/1/ROOT/img/deep", "AspCodepage", 65001);
	data = get(c, "LM/W3SVC/1/ROOT/shop", "AnonymousUserPass");
	assert_true(data.attributes & METABASE_SECURE);
	assert_int_equal(config_metabase_get(c, "LM/W3SVC/9", 1015, true, &arena, &data, &err),
			 -ENOENT);
	assert_int_equal(config_metabase_get(c, "LM/W3SVC/1/ROOT/no", 7008, true, &arena, &data,
					     &err),
			 -ENOENT);
	assert_int_equal(config_metabase_get(c, "LM/MSFTPSVC", 7008, true, &arena, &data, &err),
			 -ENOENT);
	done(c);
}

static void inheritance_is_marked(void **state)
{
	struct config *c = host(*state, MORE);
	struct metabase_data data = get(c, "LM/W3SVC/1/ROOT/shop", "AspScriptTimeout");
	assert_true(data.attributes & METABASE_ISINHERITED);
	assert_false(get(c, "LM/W3SVC/1/ROOT/shop", "AspEnableParentPaths").attributes &
		     METABASE_ISINHERITED);
	assert_int_equal(config_metabase_get(c, "LM/W3SVC/1/ROOT/shop", 7006, false, &arena, &data,
					     &err),
			 METABASE_NOT_SET);
	assert_int_equal(config_metabase_get(c, "LM/W3SVC", 7006, false, &arena, &data, &err), 0);
	assert_int_equal(config_metabase_get(c, "LM/W3SVC/1/ROOT", 2102, true, &arena, &data, &err),
			 METABASE_NOT_SET);
	done(c);
}

static void add_name(void *ctx, const char *name)
{
	buf_printf(ctx, "%s ", name);
}

static void has_children(struct config *c, const char *key, const char *expected)
{
	struct buf out;
	buf_init(&out, 4096);
	assert_int_equal(config_metabase_children(c, key, add_name, &out, &err), 0);
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
}

static void keys_have_children(void **state)
{
	struct config *c = host(*state, MORE);
	has_children(c, "", "W3SVC ");
	has_children(c, "LM/W3SVC", "AppPools 1 ");
	has_children(c, "LM/W3SVC/AppPools", "");
	has_children(c, "LM/W3SVC/1", "ROOT ");
	has_children(c, "LM/W3SVC/1/ROOT", "img shop ");
	has_children(c, "LM/W3SVC/1/ROOT/img", "deep ");
	assert_int_equal(config_metabase_children(c, "LM/W3SVC/2", add_name, NULL, &err), -ENOENT);
	done(c);
}

static int set(struct config *c, const char *key, struct metabase_data data)
{
	struct metabase *m = NULL;
	int r = config_metabase_open(path, NULL, &m, &err);
	(void)c;
	if (r == 0)
		r = config_metabase_set(m, key, &data, &err);
	if (r == 0)
		r = config_metabase_save(m, &err);
	config_metabase_close(m);
	return r;
}

static struct config *again(struct config *c)
{
	struct config *fresh = NULL;
	config_unref(c);
	if (config_load(path, NULL, &fresh, &err) < 0)
		fail_msg("%s", err.text);
	return fresh;
}

#define NUMBER(i, n) ((struct metabase_data){ .id = i, .type = METABASE_DWORD, .number = n })
#define STRING(i, t)                                                                               \
	((struct metabase_data){ .id = i, .type = METABASE_STRING, .text = text_of(t) })

static void data_is_written_into_the_configuration(void **state)
{
	struct config *c = host(*state, "<!-- kept -->");
	struct metabase_data list = { .id = 1023,
				      .type = METABASE_MULTISZ,
				      .text = TEXT(":81:\0"
						   "127.0.0.1:82:x\0") };
	assert_int_equal(set(c, "LM/W3SVC/1/ROOT/shop", NUMBER(7006, 5)), 0);
	c = again(c);
	is_number(c, "LM/W3SVC/1/ROOT/shop", "AspScriptTimeout", 5);
	is_number(c, "LM/W3SVC/1/ROOT", "AspScriptTimeout", 90);
	assert_int_equal(set(c, "LM/W3SVC/1/ROOT", NUMBER(6005, 0x8000000Cu)), 0);
	c = again(c);
	is_number(c, "LM/W3SVC/1/ROOT", "DirBrowseFlags", 0x8000000C);
	assert_int_equal(set(c, "LM/W3SVC/1/ROOT", STRING(6006, "a.asp,b.asp")), 0);
	c = again(c);
	is_text(c, "LM/W3SVC/1/ROOT", "DefaultDoc", "a.asp,b.asp");
	assert_int_equal(set(c, "LM/W3SVC/1", STRING(1015, "Other")), 0);
	c = again(c);
	is_text(c, "LM/W3SVC/1", "ServerComment", "Other");
	assert_int_equal(set(c, "LM/W3SVC/1", list), 0);
	c = again(c);
	struct metabase_data data = get(c, "LM/W3SVC/1", "ServerBindings");
	assert_int_equal(data.text.length, list.text.length);
	assert_memory_equal(data.text.data, list.text.data, data.text.length);
	assert_int_equal(set(c, "LM/W3SVC/1/ROOT", NUMBER(7007, 45)), 0);
	c = again(c);
	is_number(c, "LM/W3SVC/1/ROOT", "AspSessionTimeout", 45);
	assert_int_equal(set(c, "LM/W3SVC/1", NUMBER(1015, 1)), -EINVAL); /* a string's id */
	assert_int_equal(set(c, "LM/W3SVC/1", NUMBER(1013, 70000)), -EINVAL);
	assert_non_null(strstr(err.text, "'connectionTimeout' attribute is invalid"));
	assert_int_equal(set(c, "LM/W3SVC/7", NUMBER(1013, 7)), -ENOENT);
	done(c);
}

static void what_has_no_place_is_custom_metadata(void **state)
{
	struct config *c = host(*state, "");
	assert_int_equal(set(c, "LM/W3SVC/1/ROOT/shop", STRING(2102, "The <shop>")), 0);
	c = again(c);
	assert_int_equal(set(c, "w3svc/1/root/SHOP", NUMBER(2104, 1)), 0);
	c = again(c);
	is_text(c, "LM/W3SVC/1/ROOT/shop", "AppFriendlyName", "The <shop>");
	is_number(c, "LM/W3SVC/1/ROOT/shop", "AppIsolated", 1);
	/* And it acts. */
	assert_int_equal(config_site_at(c, 0)->applications[0].pool->protection, CONFIG_HIGH);
	assert_int_equal(set(c, "LM/W3SVC/1/ROOT/shop", NUMBER(2104, 0)), 0);
	c = again(c);
	is_number(c, "LM/W3SVC/1/ROOT/shop", "AppIsolated", 0);
	assert_int_equal(set(c, "LM/W3SVC", NUMBER(50000, 77)), 0);
	c = again(c);
	struct metabase_data data;
	assert_int_equal(config_metabase_get(c, "LM/W3SVC", 50000, false, &arena, &data, &err), 0);
	assert_int_equal(data.number, 77);
	done(c);
}

static void secrets_stay_secrets(void **state)
{
	struct config *c = host(*state, "");
	struct metabase_data own = STRING(50001, "own secret");
	struct metabase_data data;

	assert_int_equal(set(c, "LM/W3SVC", STRING(7502, "pass")), 0);
	c = again(c);
	assert_int_equal(set(c, "LM/W3SVC", STRING(7501, "user")), 0);
	c = again(c);
	own.attributes = METABASE_SECURE;
	assert_int_equal(set(c, "LM/W3SVC", own), 0);
	c = again(c);
	assert_int_equal(set(c, "LM/W3SVC", STRING(50001, "another")), 0);
	c = again(c);
	data = get(c, "LM/W3SVC", "WAMUserPass");
	assert_true(text_equal(data.text, TEXT("pass")));
	assert_true(data.attributes & METABASE_SECURE);
	assert_false(get(c, "LM/W3SVC", "WAMUserName").attributes & METABASE_SECURE);
	assert_int_equal(config_metabase_get(c, "LM/W3SVC", 50001, false, &arena, &data, &err), 0);
	assert_true(text_equal(data.text, TEXT("another")));
	assert_true(data.attributes & METABASE_SECURE);
	done(c);
}

static void a_place_elsewhere_is_no_place(void **state)
{
	struct config *c = host(*state, "");

	assert_int_equal(set(c, "LM/W3SVC/1", STRING(9101, "Nope")), -EINVAL);
	assert_string_equal(err.text, "the metabase property AppPoolId has no place at LM/W3SVC/1");
	assert_int_equal(set(c, "LM/W3SVC/1", STRING(2102, "a name")), 0);
	done(c);
}

static void what_is_said_of_a_site_is_renamed_with_it(void **state)
{
	struct config *c = host(*state, MORE);

	assert_int_equal(set(c, "LM/W3SVC/1", STRING(1015, "Another longer name")), 0);
	c = again(c);
	is_text(c, "LM/W3SVC/1", "ServerComment", "Another longer name");
	is_number(c, "LM/W3SVC/1/ROOT/shop", "DirBrowseFlags", 0xC000000A);
	is_number(c, "LM/W3SVC/1/ROOT/img/deep", "AspCodepage", 65001);
	done(c);
}

static void names_and_numbers_go_together(void **state)
{
	assert_int_equal(config_metabase_id("aspscripttimeout"), 7006);
	assert_string_equal(config_metabase_name(7006), "AspScriptTimeout");
	assert_string_equal(config_metabase_name(2104), "AppIsolated");
	assert_null(config_metabase_name(1));
	assert_int_equal(config_metabase_id("Nope"), 0);
	assert_int_equal(config_metabase_type(6015), METABASE_MULTISZ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(configuration_is_seen_as_data),
		state_test(inheritance_is_marked),
		state_test(keys_have_children),
		state_test(data_is_written_into_the_configuration),
		state_test(what_has_no_place_is_custom_metadata),
		state_test(secrets_stay_secrets),
		state_test(a_place_elsewhere_is_no_place),
		state_test(what_is_said_of_a_site_is_renamed_with_it),
		cmocka_unit_test(names_and_numbers_go_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
