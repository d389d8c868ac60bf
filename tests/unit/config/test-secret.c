/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/secret.h: what is encrypted, who can read it, and what other processes get. */
#include "fixture.h"

#include "base/sys.h"
#include "config/commit.h"
#include "config/secret.h"

#include <unistd.h>

#define POOL(attributes)                                                                           \
	"<system.applicationHost><applicationPools><add name='P'>\n<processModel "                 \
	"identityType='SpecificUser' userName='u' " attributes "/></add></applicationPools>"       \
	"</system.applicationHost>"
#define PASSWORD "processModel/password"

static char path[600];

static struct config *load(const char *dir, const char *more)
{
	struct config *config = NULL;
	char text[4096];

	snprintf(text, sizeof(text), "<configuration>\n%s</configuration>", more);
	write_file(dir, "config/applicationHost.config", text);
	snprintf(path, sizeof(path), "%s/config/applicationHost.config", dir);
	if (config_load(path, dir, &config, &err) < 0)
		fail_msg("%s:%d: %s", err.file, err.line, err.text);
	return config;
}

/* What the pool's password is. */
static int reveal(struct config *config, const char *dir, char ret[256])
{
	struct config_tree *tree = NULL;
	const struct schema_attribute *a = NULL;
	struct arena arena;
	const char *plain = NULL;

	arena_init(&arena, 1 << 20);
	assert_int_equal(config_tree_new(config, TEXT(""), &tree, &err), 0);
	const struct effective *pools =
		level_section(config_tree_level(tree), "system.applicationHost/applicationPools");
	const struct effective_value *value =
		effective_value(pools->entries->items[0], PASSWORD, &a);
	int r = config_secret_reveal(dir, a, value, &arena, &plain, &err);
	if (r == 0)
		snprintf(ret, 256, "%s", plain);
	config_tree_free(tree);
	arena_done(&arena);
	return r;
}

static void commit_password(const char *dir, const char *value)
{
	struct config_commit *c = NULL;
	struct config *config = NULL;
	const struct xml_element *e;

	assert_int_equal(config_commit_server(path, dir, &config, &c, &err), 0);
	e = xml_find(edit_document(config_commit_edit(c))->root,
		     "system.applicationHost/applicationPools/add/processModel");
	assert_int_equal(edit_set(config_commit_edit(c), &e, "password", value, &err), 0);
	if (config_commit_write(c, &err) < 0)
		fail_msg("%s", err.text);
	config_commit_free(c);
	config_unref(config);
}

static char written[8192];

static void read_written(void)
{
	char *data = NULL;
	size_t length;
	assert_int_equal(sys_read_file(path, 1 << 20, &data, &length), 0);
	snprintf(written, sizeof(written), "%s", data);
	mem_free(data);
}

static void a_password_is_written_encrypted(void **state)
{
	char plain[256], key[700];
	struct stat st;

	config_unref(load(*state, POOL("")));
	commit_password(*state, "S3cret & \"more\"");
	read_written();
	assert_non_null(strstr(written, "password=\"[enc:IISWASOnlyAesProvider:"));
	assert_null(strstr(written, "S3cret"));
	snprintf(key, sizeof(key), "%s/config/machine.key", (char *)*state);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, CONFIG_KEY_SIZE);

	struct config *config = NULL;
	assert_int_equal(config_load(path, *state, &config, &err), 0);
	assert_int_equal(reveal(config, *state, plain), 0);
	assert_string_equal(plain, "S3cret & \"more\"");
	config_unref(config);
	/* The same text is never encrypted to the same bytes, with the key that is there. */
	commit_password(*state, "S3cret & \"more\"");
	char before[sizeof(written)];
	memcpy(before, written, sizeof(before));
	read_written();
	assert_string_not_equal(before, written);
	assert_int_equal(config_load(path, *state, &config, &err), 0);
	assert_int_equal(reveal(config, *state, plain), 0);
	config_unref(config);
}

/* What was encrypted stays as it is, whatever else is written. */
static void what_is_encrypted_is_left_alone(void **state)
{
	static const char other[] = "[enc:RsaProtectedConfigurationProvider:AQAAbGlr:enc]";
	struct config_commit *c = NULL;
	const struct xml_element *e = NULL;

	config_unref(load(*state, POOL("password='[enc:RsaProtectedConfigurationProvider:AQAAbGlr:"
				       "enc]'")));
	assert_int_equal(config_commit_server(path, *state, NULL, &c, &err), 0);
	assert_int_equal(
		edit_section(config_commit_edit(c), TEXT(""), "system.webServer/asp", &e, &err), 0);
	assert_int_equal(edit_set(config_commit_edit(c), &e, "codePage", "65001", &err), 0);
	assert_int_equal(config_commit_write(c, &err), 0);
	config_commit_free(c);
	char key[700];
	read_written();
	assert_non_null(strstr(written, other));
	/* Nothing was to be encrypted: there is no key. */
	snprintf(key, sizeof(key), "%s/config/machine.key", (char *)*state);
	assert_int_equal(access(key, F_OK), -1);
}

static void refuses(const char *dir, const char *password, int code, const char *why)
{
	char attributes[512], plain[256];

	snprintf(attributes, sizeof(attributes), POOL("password='%s'"), password);
	struct config *config = load(dir, attributes); /* the file itself is right */
	assert_int_equal(reveal(config, dir, plain), code);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err.text);
	config_unref(config);
}

static void values_of_other_machines_say_what_to_do(void **state)
{
	char plain[256];
	/* As Windows writes them. */
	refuses(*state,
		"[enc:IISWASOnlyAesProvider:N8mr4dLU6PnMW5xlmCWg6914cKePgeU0fTbxew+ZppiwyQL="
		":enc]",
		-EINVAL,
		"The attribute 'password' cannot be decrypted: it was encrypted by the "
		"'IISWASOnlyAesProvider' of another machine, or with a key that is no longer "
		"here.  Set it again: appcmd set apppool \"P\" /processModel.password:...");
	assert_string_equal(err.file, path);
	assert_int_equal(err.line, 3);
	refuses(*state, "[enc:A:!!!!:enc]", -EINVAL, "'A' of another machine");

	/* With the key of another state directory, and under another provider's name. */
	config_unref(load(*state, POOL("")));
	commit_password(*state, "secret");
	read_written();
	const char *at = strstr(written, "[enc:");
	char value[300] = "";
	snprintf(value, sizeof(value), "%.*s", (int)(strstr(at, ":enc]") + 5 - at), at);
	char renamed[300];
	snprintf(renamed, sizeof(renamed), "[enc:AesProvider%s", strchr(value + 5, ':'));
	refuses(*state, renamed, -EINVAL, "'AesProvider' of another machine");
	snprintf(renamed, sizeof(renamed), "%s", value);
	renamed[40] = renamed[40] == 'A' ? 'B' : 'A';
	refuses(*state, renamed, -EINVAL, "cannot be decrypted");
	char key[700];
	snprintf(key, sizeof(key), "%s/config/machine.key", (char *)*state);
	assert_int_equal(chmod(key, 0640), 0);
	refuses(*state, value, -EACCES, "others than its owner may read it");
	assert_int_equal(unlink(key), 0);
	refuses(*state, value, -EINVAL, "cannot be decrypted");

	/* What is malformed is plain text, and so is nothing at all. */
	struct config *config = load(*state, POOL("password='[enc:half'"));
	assert_int_equal(reveal(config, *state, plain), 0);
	assert_string_equal(plain, "[enc:half");
	config_unref(config);
	config = load(*state, POOL("password='[enc:AesProvider::enc]'"));
	assert_int_equal(reveal(config, *state, plain), 0);
	assert_string_equal(plain, "");
	config_unref(config);
	config = load(*state, POOL(""));
	assert_int_equal(reveal(config, *state, plain), 0);
	assert_string_equal(plain, "");
	config_unref(config);
}

static const char *faults_state;

static int protect_for_faults(void)
{
	static const char text[] = "<configuration>" POOL("password='a'") "</configuration>";
	struct config *config = NULL;
	struct edit *edit = NULL;
	bool changed = false;

	int r = config_parse(TEXT(text), "f", faults_state, &config, &err);
	if (r == 0)
		r = edit_begin(TEXT(text), "f", &edit, &err);
	if (r == 0)
		r = config_secrets_protect(config, edit, &changed, &err);
	if (r == 0)
		assert_true(changed && strstr(edit_text(edit).data, "[enc:"));
	edit_free(edit);
	config_unref(config);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	faults_state = *state;
	write_file(*state, "config/readme", "");
	unit_each_fault(FAULT_ALLOC, -ENOMEM, protect_for_faults);
}

/* ---- hiding ---- */

#define SCHEMA                                                                                     \
	"<configSchema><sectionSchema name='my/shop'><attribute name='token' type='string' "       \
	"encrypted='true'/><attribute name='password' type='bool' defaultValue='true'/>"           \
	"</sectionSchema></configSchema>"

static void nobody_else_gets_a_secret(void **state)
{
	static const char text[] =
		"<?xml version='1.0'?><!-- <x password='b'/>\n-->\n<configuration><configSections>"
		"<sectionGroup name='my'><section name='shop'/></sectionGroup><section "
		"name='other'/>"
		"</configSections>"
		"<system.applicationHost><applicationPools><add name='password'><processModel "
		"userName='u' password = 'd&gt;e\nf' /></add></applicationPools><customMetadata>"
		"<key path='LM/W3SVC'><property id='7502' dataType='String' value='one'/>"
		"<property id='1' dataType='String' attributes='Secure' value='two'/>"
		"<property id='2' dataType='String' value='three'/></key></customMetadata>"
		"</system.applicationHost><my><shop token=\"i'j\" password='false'/></my>"
		"<other><a PassWord='k' user='password=\"c\"'>password=\"h\"</a></other>"
		"<location path='Site'><my><shop token='l'/></my></location></configuration>";
	static const char hidden[] =
		"<?xml version='1.0'?><!--                  \n-->\n<configuration><configSections>"
		"<sectionGroup name='my'><section name='shop'/></sectionGroup><section "
		"name='other'/>"
		"</configSections>"
		"<system.applicationHost><applicationPools><add name='password'><processModel "
		"userName='u' password = '******\n*' /></add></applicationPools><customMetadata>"
		"<key path='LM/W3SVC'><property id='7502' dataType='String' value='***'/>"
		"<property id='1' dataType='String' attributes='Secure' value='***'/>"
		"<property id='2' dataType='String' value='three'/></key></customMetadata>"
		"</system.applicationHost><my><shop token=\"***\" password='false'/></my>"
		"<other><a PassWord='*' user='password=\"c\"'>password=\"h\"</a></other>"
		"<location path='Site'><my><shop token='*'/></my></location></configuration>";
	struct config *config = NULL, *theirs = NULL;
	char *bundle = NULL;
	size_t length;

	write_file(*state, "config/applicationHost.config", text);
	write_file(*state, "config/schema/shop.xml", SCHEMA);
	snprintf(path, sizeof(path), "%s/config/applicationHost.config", (char *)*state);
	assert_int_equal(config_read(path, &bundle, &length, &err), 0);
	if (config_parse((struct text){ bundle, length }, path, *state, &config, &err) < 0)
		fail_msg("%s:%d: %s", err.file, err.line, err.text);
	config_hide_passwords(config, bundle);
	assert_string_equal(bundle, hidden);
	/* It is still a configuration, and the schema behind it is what it was. */
	assert_int_equal(config_parse((struct text){ bundle, length }, path, *state, &theirs, &err),
			 0);
	config_unref(theirs);
	config_unref(config);
	mem_free(bundle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(a_password_is_written_encrypted),
		state_test(what_is_encrypted_is_left_alone),
		state_test(values_of_other_machines_say_what_to_do),
		state_test(every_allocation_may_fail),
		state_test(nobody_else_gets_a_secret),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
