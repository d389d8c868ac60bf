/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config/engine/schema.h: the built-in files, and files of the user. */
#include "fixture.h"

#include "config/engine/effective.h"
#include "config/engine/value.h"

static const struct schema_element *section(const struct schema *schema, const char *path)
{
	size_t id = schema_find(schema, path);
	if (id == SIZE_MAX)
		fail_msg("there is no %s", path);
	return schema->sections[id].element;
}

static void every_section_of_iis_is_there(void **state)
{
	static const char *const some[] = {
		"system.applicationHost/sites",
		"system.applicationHost/applicationPools",
		"system.applicationHost/configHistory",
		"system.webServer/asp",
		"system.webServer/caching",
		"system.webServer/fastCgi",
		"system.webServer/httpCompression",
		"system.webServer/rewrite/outboundRules",
		"system.webServer/security/authentication/windowsAuthentication",
		"system.webServer/security/requestFiltering",
		"system.webServer/tracing/traceFailedRequests",
		"system.webServer/httpPlatform",
		"system.webServer/webdav/authoring",
		"configurationRedirection",
		"webFarms",
	};
	const struct schema *schema = &schema_builtin;
	for (size_t i = 0; i < ARRAY_LEN(some); i++)
		section(schema, some[i]);
	assert_true(schema->count > 65);
	for (size_t i = 1; i < schema->count; i++)
		assert_true(strcmp(schema->sections[i - 1].path, schema->sections[i].path) < 0);
	assert_int_equal(schema_find(schema, "system.webServer/none"), SIZE_MAX);
	assert_true(schema_is_group(schema, "system.webServer"));
	assert_true(schema_is_group(schema, "system.webServer/security/authentication"));
	assert_false(schema_is_group(schema, "system.webServer/asp"));
	assert_false(schema_is_group(schema, "system.web"));
	assert_false(schema_is_group(schema, ""));
	/* Constant data: nobody counts it. */
	assert_ptr_equal(schema_ref(schema), schema);
	assert_null(schema_unref(schema));
	assert_null(schema_unref(NULL));
}

static void attributes_have_type_default_and_range(void **state)
{
	const struct schema *schema = &schema_builtin;
	const struct schema_attribute *a = NULL;
	const struct effective *pools =
		section(schema, "system.applicationHost/applicationPools")->blank;
	/* The defaults element is made from the entry. */
	const struct effective_value *v =
		effective_value(pools, "applicationPoolDefaults/processModel/idleTimeout", &a);
	assert_string_equal(v->text, "00:20:00");
	assert_null(v->by);
	assert_int_equal(a->type, SCHEMA_TIME);
	assert_int_equal(a->high, 2592000);
	assert_int_equal(a->step, 60);
	effective_value(pools, "applicationPoolDefaults/name", &a);
	assert_int_equal(a->flags & (SCHEMA_REQUIRED | SCHEMA_UNIQUE),
			 SCHEMA_REQUIRED | SCHEMA_UNIQUE);
	assert_null(effective_value(pools, "applicationPoolDefaults/nope", NULL));
	assert_null(effective_value(pools, "nope/name", NULL));
	const struct effective *sites = section(schema, "system.applicationHost/sites")->blank;
	assert_non_null(effective_find(sites, "siteDefaults/logFile"));
	assert_non_null(effective_find(sites, "applicationDefaults"));
	assert_non_null(effective_find(sites, "virtualDirectoryDefaults"));
	effective_value(sites, "siteDefaults/limits/maxBandwidth", &a);
	assert_true(a->exclude);
	const struct schema_collection *handlers =
		section(schema, "system.webServer/handlers")->collection;
	assert_true(handlers->prepend);
	assert_int_equal(schema_directive(handlers, "add"), DIRECTIVE_ADD);
	assert_int_equal(schema_directive(handlers, "remove"), DIRECTIVE_REMOVE);
	assert_int_equal(schema_directive(handlers, "clear"), DIRECTIVE_CLEAR);
	assert_int_equal(schema_directive(handlers, "handler"), DIRECTIVE_NONE);
}

/* Defaults are values, so that nothing that is not written can be wrong. */
static void check_defaults(const struct schema_element *e)
{
	for (size_t i = 0; i < e->attribute_count; i++) {
		char why[ERROR_TEXT_MAX];
		const struct schema_attribute *a = &e->attributes[i];
		int64_t number;
		const char *wrong =
			a->value && *a->value ? value_check(a, a->value, &number, why) : NULL;
		if (wrong)
			fail_msg("%s@%s: %s", e->name, a->name, wrong);
		if (a->type == SCHEMA_ENUM || a->type == SCHEMA_FLAGS)
			assert_non_null(a->names);
	}
	for (size_t i = 0; i < e->child_count; i++)
		check_defaults(e->children[i]);
	if (e->collection)
		check_defaults(e->collection->entry);
}

static void every_default_is_a_value(void **state)
{
	const struct schema *schema = &schema_builtin;
	for (size_t i = 0; i < schema->count; i++)
		check_defaults(schema->sections[i].element);
}

#define SCHEMA_TEXT(text)                                                                          \
	"<configSchema>\n<sectionSchema name='my/section'>" text "</sectionSchema></configSchema>"

static int with(const char *text, const struct schema **ret)
{
	const struct text file = text_of(text);
	const char *name = "mine.xml";
	return schema_with(&file, &name, 1, ret, &err);
}

static void refused_schema(const char *text, int line, const char *why)
{
	const struct schema *schema = NULL;
	assert_int_equal(with(text, &schema), -EINVAL);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err.text);
	assert_int_equal(err.line, line);
	assert_string_equal(err.file, "mine.xml");
}

static void files_of_the_user_add_sections(void **state)
{
	const struct schema *schema = NULL;
	assert_int_equal(with(SCHEMA_TEXT("<attribute name='a' type='uint' defaultValue='7'/>"
					  "<element name='e'><collection addElement='allow,deny'>"
					  "<attribute name='k' type='string' isUniqueKey='true'/>"
					  "</collection></element>"),
			      &schema),
			 0);
	const struct effective *e = section(schema, "my/section")->blank;
	assert_string_equal(effective_text(e, "a"), "7");
	const struct schema_collection *c = effective_find(e, "e")->schema->collection;
	assert_string_equal(c->adds[1], "deny");
	assert_int_equal(schema_directive(c, "deny"), DIRECTIVE_ADD);
	section(schema, "system.webServer/asp");
	schema_unref(schema);
	/* A group of ours with a section of theirs. */
	assert_int_equal(with("<configSchema><sectionSchema name='system.webServer/shop'>"
			      "<collection addElement='add' allowDuplicates='true'/>"
			      "</sectionSchema></configSchema>",
			      &schema),
			 0);
	section(schema, "system.webServer/shop");
	schema_unref(schema);
}

/* The server relies on what the built-in sections have. */
static void built_in_sections_stay_what_they_are(void **state)
{
#define NAMED(name) "<configSchema>\n<sectionSchema name='" name "'/></configSchema>"
	refused_schema(NAMED("system.webServer/asp"), 2,
		       "there is already a section 'system.webServer/asp'");
	refused_schema(NAMED("system.webServer"), 2, "already sections in 'system.webServer'");
	refused_schema(NAMED("system.webServer/security"), 2, "already sections in");
	refused_schema(NAMED("system.webServer/asp/more"), 2,
		       "a section cannot have sections in it: 'system.webServer/asp'");
	refused_schema(NAMED(".location"), 2, "no section can have the name '.location'");
	refused_schema(NAMED(".mine"), 2, "no section can have the name '.mine'");
	refused_schema(NAMED("location"), 2, "no section can have the name 'location'");
	refused_schema(NAMED("configSections/x"), 2, "no section can have the name");
	refused_schema("<configSchema><sectionSchema name='a/b'/>\n<sectionSchema name='a/b'/>"
		       "</configSchema>",
		       2, "there is already a section 'a/b'");
}

static void names_are_names(void **state)
{
	refused_schema(NAMED("a b"), 2, "no section can have the name 'a b'");
	refused_schema(NAMED("a&lt;b"), 2, "no section can have the name 'a<b'");
	refused_schema(NAMED("/a"), 2, "no section can have the name '/a'");
	refused_schema(NAMED("a//b"), 2, "no section can have the name 'a//b'");
	refused_schema(NAMED("a/"), 2, "no section can have the name 'a/'");
	refused_schema(SCHEMA_TEXT("<element name='a/b'/>"), 2,
		       "no element can have the name 'a/b'");
	refused_schema(SCHEMA_TEXT("<element name='a b'/>"), 2,
		       "no element can have the name 'a b'");
	refused_schema(SCHEMA_TEXT("<attribute name='a&lt;' type='bool'/>"), 2,
		       "no attribute can have the name 'a<'");
	refused_schema(SCHEMA_TEXT("<attribute name='lockItem' type='bool'/>"), 2,
		       "every element has the lock attribute 'lockItem'");
	refused_schema(SCHEMA_TEXT("<attribute name='lockAllElementsExcept' type='string'/>"), 2,
		       "every element has the lock attribute");
#define COLLECTION(attributes) SCHEMA_TEXT("<collection allowDuplicates='true' " attributes "/>")
	refused_schema(COLLECTION("addElement='add' removeElement='add'"), 2,
		       "addElement and removeElement are both 'add'");
	refused_schema(COLLECTION("addElement='a,b' clearElement='b'"), 2,
		       "addElement and clearElement are both 'b'");
	refused_schema(COLLECTION("addElement='a' removeElement='b' clearElement='b'"), 2,
		       "removeElement and clearElement are both 'b'");
	refused_schema(COLLECTION("addElement='a b'"), 2, "invalid addElement 'a b'");
	refused_schema(COLLECTION("addElement='a' removeElement='b c'"), 2,
		       "invalid removeElement 'b c'");
	refused_schema(COLLECTION("addElement='a' clearElement=''"), 2, "invalid clearElement ''");
	refused_schema(COLLECTION("addElement='a' defaultElement='b/c'"), 2,
		       "invalid defaultElement 'b/c'");
	refused_schema(SCHEMA_TEXT("<element name='e'>\n<collection addElement='a'>"
				   "<attribute name='k' type='string'/></collection></element>"),
		       3, "a key or allowDuplicates is needed in the collection of 'e'");
}

static void wrong_schema_files_are_refused(void **state)
{
	refused_schema("<configuration/>", 1, "unrecognized element 'configuration'");
	refused_schema("<configSchema>\n<x/></configSchema>", 2, "unrecognized element 'x'");
	refused_schema("<configSchema><sectionSchema/></configSchema>", 1, "a name is needed");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='real'/>"), 2, "unknown type 'real'");
	refused_schema(SCHEMA_TEXT("<attribute type='bool'/>"), 2, "a name is needed");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='uint' defaultValue='x'/>"), 2,
		       "the default is no value of attribute 'a'");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='bool'/>\n<attribute name='a' "
				   "type='bool'/>"),
		       3, "second attribute 'a'");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='uint' validationType='integerRange' "
				   "validationParameter='9,1'/>"),
		       2, "invalid validationParameter '9,1'");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='bool' "
				   "validationType='integerRange'/>"),
		       2, "does not go with");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='enum'><flag name='x' value='1'/>"
				   "</attribute>"),
		       2, "unrecognized element 'flag'");
	refused_schema(SCHEMA_TEXT("<collection/>"), 2, "addElement is needed");
	refused_schema(SCHEMA_TEXT("<collection addElement='a' allowDuplicates='true'/>"
				   "<collection addElement='b'/>"),
		       2, "second collection");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='uint' encrypted='true'/>"), 2,
		       "what is encrypted is a string, no key, and not validated: 'a'");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='string' encrypted='true' "
				   "isCombinedKey='true'/>"),
		       2, "what is encrypted is a string");
	refused_schema(SCHEMA_TEXT("<attribute name='a' type='string' encrypted='true' "
				   "defaultValue='[enc:P:AA==:enc]'/>"),
		       2, "no default can be encrypted");
	refused_schema("<configSchema>", 1, "well-formed");
}

/* A folder `schema` beside applicationHost.config, as IIS has it. */
static void a_section_of_the_user_can_be_used(void **state)
{
	char path[600];
	struct config *c = NULL;
	const char *registered =
		"<configuration><configSections><sectionGroup name='my'><section name='section'/>"
		"</sectionGroup></configSections><my>\n<section a='x'/></my></configuration>";
	snprintf(path, sizeof(path), "%s/applicationHost.config", (char *)*state);
	write_file(*state, "applicationHost.config", registered);
	assert_int_equal(config_load(path, *state, &c, &err), 0); /* without a schema: kept */
	config_unref(c);
	write_file(*state, "schema/mine.xml", SCHEMA_TEXT("<attribute name='a' type='uint'/>"));
	assert_int_equal(config_load(path, *state, &c, &err), -EINVAL);
	assert_non_null(strstr(err.text, "'a' attribute is invalid"));
	assert_int_equal(err.line, 2);
	write_file(*state, "applicationHost.config",
		   "<configuration><my><section a='1'/></my></configuration>");
	assert_int_equal(config_load(path, *state, &c, &err), -EINVAL);
	assert_non_null(strstr(err.text, "missing a section declaration"));
	write_file(*state, "schema/mine.xml", "<configSchema>");
	assert_int_equal(config_load(path, *state, &c, &err), -EINVAL);
	assert_string_equal(err.file, "mine.xml");
}

static int load_for_faults(void)
{
	const struct schema *schema = NULL;
	int r = with(SCHEMA_TEXT("<collection addElement='a' defaultElement='d'><attribute "
				 "name='k' type='string' isUniqueKey='true'/></collection>"),
		     &schema);
	schema_unref(schema);
	return r;
}

static void allocations_may_fail(void **state)
{
#ifdef SURROGATE_FAULTS
	for (uint64_t nth = 1;; nth++) {
		fault_arm(FAULT_ALLOC, nth, false);
		int r = load_for_faults();
		uint64_t count = fault_count(FAULT_ALLOC);
		fault_arm(FAULT_ALLOC, 0, false);
		assert_int_equal(r, count < nth ? 0 : -ENOMEM);
		if (count < nth)
			return;
	}
#else
	assert_int_equal(load_for_faults(), 0);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_section_of_iis_is_there),
		cmocka_unit_test(attributes_have_type_default_and_range),
		cmocka_unit_test(every_default_is_a_value),
		cmocka_unit_test(files_of_the_user_add_sections),
		cmocka_unit_test(built_in_sections_stay_what_they_are),
		cmocka_unit_test(names_are_names),
		cmocka_unit_test(wrong_schema_files_are_refused),
		state_test(a_section_of_the_user_can_be_used),
		cmocka_unit_test(allocations_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
