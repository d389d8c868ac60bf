/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the <attribute> of a schema file, with type, default and range. Called by schema_load.c.
 */
#include "config/engine/schema_load.h"

#include "base/mem.h"
#include "config/engine/locks.h"
#include "config/engine/value.h"

#include <errno.h>

/* ---- what readers share ---- */

int schema_no_memory(const struct schema_loader *l)
{
	return error_set(l->err, -ENOMEM, "out of memory");
}

int schema_bad(const struct schema_loader *l, const struct xml_element *e, const char *what,
	       const char *value)
{
	return xml_fail(e, XML_BAD_DATA, l->err, "In the schema, %s '%.200s'", what, value);
}

bool schema_is_true(const struct xml_element *e, const char *name)
{
	const char *text = xml_get(e, name);
	bool value = false;
	return text && value_bool(text_of(text), &value) && value;
}

size_t schema_count_children(const struct xml_element *e, const char *name)
{
	size_t count = 0;
	for (const struct xml_element *c = e->first; c; c = c->next)
		count += !strcmp(c->name, name);
	return count;
}

bool schema_is_name(const char *name, bool path)
{
	if (!name || !*name || strpbrk(name, " \t\r\n<>&\"'=") || (!path && strchr(name, '/')))
		return false;
	return *name != '/' && !strstr(name, "//") && name[strlen(name) - 1] != '/';
}

/* ---- attributes ---- */

static const struct schema_name types[] = {
	{ "bool", SCHEMA_BOOL },     { "enum", SCHEMA_ENUM },     { "flags", SCHEMA_FLAGS },
	{ "uint", SCHEMA_UINT },     { "int", SCHEMA_INT },       { "int64", SCHEMA_INT64 },
	{ "string", SCHEMA_STRING }, { "timeSpan", SCHEMA_TIME }, { 0 },
};
static const struct schema_name rules[] = {
	{ "integerRange", SCHEMA_INTEGER_RANGE },
	{ "timeSpanRange", SCHEMA_TIME_RANGE },
	{ "nonEmptyString", SCHEMA_NON_EMPTY },
	{ "requireTrimmedString", SCHEMA_TRIMMED },
	{ "applicationPoolName", SCHEMA_POOL_NAME },
	{ "siteName", SCHEMA_SITE_NAME },
	{ "applicationPath", SCHEMA_APPLICATION_PATH },
	{ "virtualDirectoryPath", SCHEMA_VDIR_PATH },
	{ 0 },
};

static int load_names(const struct schema_loader *l, const struct xml_element *e,
		      struct schema_attribute *a)
{
	const char *kind = a->type == SCHEMA_ENUM ? "enum" : "flag";
	size_t count = schema_count_children(e, kind), i = 0;
	struct schema_name *names;

	if (a->type != SCHEMA_ENUM && a->type != SCHEMA_FLAGS)
		return e->first ? schema_bad(l, e->first, "unrecognized element", e->first->name)
				: 0;
	names = arena_zalloc(&l->schema->arena, count + 1, sizeof(*names));
	if (!names)
		return schema_no_memory(l);
	for (const struct xml_element *c = e->first; c; c = c->next) {
		const char *name = xml_get(c, "name"), *text = xml_get(c, "value");
		uint64_t value;
		if (strcmp(c->name, kind) != 0)
			return schema_bad(l, c, "unrecognized element", c->name);
		if (!name || !*name || !text || !text_to_u64(text_of(text), &value) ||
		    value > UINT32_MAX)
			return schema_bad(l, c, "name and value are needed in", c->name);
		names[i++] = (struct schema_name){ name, (uint32_t)value };
	}
	a->names = names;
	return 0;
}

static bool read_number(struct text t, int64_t *ret)
{
	uint64_t value;
	bool negative = t.length && t.data[0] == '-';
	if (negative)
		t = (struct text){ t.data + 1, t.length - 1 };
	if (!text_to_u64(text_trim(t), &value) || value > INT64_MAX / 4)
		return false;
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

/* "low,high[,exclude]", for times "low,high,step[,exclude]". */
static bool read_range(struct schema_attribute *a, struct text rest)
{
	a->step = 1;
	if (!read_number(text_trim(text_cut(&rest, ',')), &a->low) || !rest.data ||
	    !read_number(text_trim(text_cut(&rest, ',')), &a->high) || a->low > a->high)
		return false;
	if (a->rule == SCHEMA_TIME_RANGE && rest.data &&
	    (!read_number(text_trim(text_cut(&rest, ',')), &a->step) || a->step < 1))
		return false;
	if (rest.data)
		a->exclude = text_equal_nocase(text_trim(text_cut(&rest, ',')), TEXT("exclude"));
	return !rest.data;
}

static int load_rule(const struct schema_loader *l, const struct xml_element *e,
		     struct schema_attribute *a)
{
	const char *rule = xml_get(e, "validationType");
	const char *parameter = xml_get(e, "validationParameter");
	uint32_t number = SCHEMA_ANY;

	if (rule && !value_names(text_of(rule), rules, false, &number))
		return schema_bad(l, e, "unknown validationType", rule);
	a->rule = (enum schema_rule)number;
	bool integer = a->type == SCHEMA_UINT || a->type == SCHEMA_INT || a->type == SCHEMA_INT64;
	bool fits = a->rule == SCHEMA_ANY             ? true
		    : a->rule == SCHEMA_INTEGER_RANGE ? integer
		    : a->rule == SCHEMA_TIME_RANGE    ? a->type == SCHEMA_TIME
						      : a->type == SCHEMA_STRING;
	if (!fits)
		return schema_bad(l, e, "the type does not go with the validationType", rule);
	if ((a->rule == SCHEMA_INTEGER_RANGE || a->rule == SCHEMA_TIME_RANGE) &&
	    !read_range(a, text_of(parameter ? parameter : "")))
		return schema_bad(l, e, "invalid validationParameter", parameter ? parameter : "");
	return 0;
}

/* Other processes get stars in its place, so these must be a value too. Its default says who
 * encrypts it, as IIS has it: "[enc:AesProvider::enc]", nothing encrypted by AesProvider. */
static int load_encrypted(const struct schema_loader *l, const struct xml_element *e,
			  struct schema_attribute *a)
{
	struct text provider, data;

	if (a->type != SCHEMA_STRING || (a->rule != SCHEMA_ANY && a->rule != SCHEMA_NON_EMPTY) ||
	    a->flags & (SCHEMA_UNIQUE | SCHEMA_COMBINED))
		return schema_bad(l, e, "what is encrypted is a string, no key, and not validated:",
				  a->name);
	if (!a->value || !value_encrypted(a->value, &provider, &data))
		return 0;
	if (data.length)
		return schema_bad(l, e, "no default can be encrypted for all machines:", a->name);
	a->value = NULL;
	a->provider = arena_strndup(&l->schema->arena, provider.data, provider.length);
	return a->provider ? 0 : schema_no_memory(l);
}

int schema_load_attribute(const struct schema_loader *l, const struct xml_element *e,
			  struct schema_attribute *a)
{
	static const struct {
		const char *name;
		unsigned flag;
	} flags[] = { { "required", SCHEMA_REQUIRED },      { "isUniqueKey", SCHEMA_UNIQUE },
		      { "isCombinedKey", SCHEMA_COMBINED }, { "caseSensitive", SCHEMA_CASE },
		      { "expanded", SCHEMA_EXPAND },        { "encrypted", SCHEMA_ENCRYPTED } };
	const char *type = xml_get(e, "type");
	char why[ERROR_TEXT_MAX];
	uint32_t number;
	int64_t value;

	a->name = xml_get(e, "name");
	a->value = xml_get(e, "defaultValue");
	if (!a->name || !*a->name)
		return schema_bad(l, e, "a name is needed in", e->name);
	if (!schema_is_name(a->name, false))
		return schema_bad(l, e, "no attribute can have the name", a->name);
	if (lock_attribute(a->name))
		return schema_bad(l, e, "every element has the lock attribute", a->name);
	if (!type || !value_names(text_of(type), types, false, &number))
		return schema_bad(l, e, "unknown type", type ? type : "");
	a->type = (enum schema_type)number;
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		a->flags |= schema_is_true(e, flags[i].name) ? flags[i].flag : 0;
	int r = load_names(l, e, a);
	if (r == 0)
		r = load_rule(l, e, a);
	if (r == 0 && a->flags & SCHEMA_ENCRYPTED)
		r = load_encrypted(l, e, a);
	if (r == 0 && a->value && a->type != SCHEMA_STRING && value_check(a, a->value, &value, why))
		r = schema_bad(l, e, "the default is no value of attribute", a->name);
	return r;
}
