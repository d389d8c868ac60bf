/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appcmd ... module: the modules that are installed (globalModules, of the server) and those that
 * the server or an application has enabled (modules, at any place). Changes are those of the
 * sections; no module of another maker is loaded by this server.
 */
#include "tools/appcmd/appcmd.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>

#define MODULES "system.webServer/modules"
#define GLOBAL_MODULES "system.webServer/globalModules"

static const struct appcmd_kind *module_kind(void)
{
	return appcmd_kind("MODULE");
}

static int add_object(struct appcmd *a, const struct effective *e, struct appcmd_objects *ret)
{
	const char *type = effective_text(e, "type");
	struct appcmd_object *o = appcmd_append(a, ret, module_kind(), e);

	if (!o)
		return appcmd_error(APPCMD_FAILED, "out of memory");
	o->values[0] = effective_text(e, "name");
	o->values[1] = *type ? type : "native";
	o->values[2] = effective_text(e, "preCondition");
	return 0;
}

/* The modules of a section that is open. */
static int collect(struct appcmd_target *t, struct appcmd_objects *ret)
{
	int status = 0;
	for (size_t i = 0; i < t->held->entries->count && status == 0; i++)
		status = add_object(t->a, t->held->entries->items[i], ret);
	return status;
}

static int list_modules(struct appcmd *a)
{
	struct appcmd_target t = { .a = a, .place = appcmd_take(a, "app.name"), .name = MODULES };
	struct appcmd_objects all = { 0 }, named = { 0 };
	int status = appcmd_target_open(&t);

	if (status == 0)
		status = collect(&t, &all);
	if (status == 0)
		status = appcmd_filter(a, &all, true, &named);
	if (status == 0)
		status = !named.count && a->identifier && !a->xml && !a->json
				 ? APPCMD_NOTHING
				 : appcmd_print(a, &named);
	appcmd_target_done(&t);
	return status;
}

/* ---- changes ---- */

/* ",name='value'"; a quote is doubled to be in it. */
static void put_pair(struct buf *out, const char *comma, const char *name, const char *value)
{
	buf_printf(out, "%s%s='", comma, name);
	for (const char *c = value; *c; c++) {
		buf_putc(out, *c);
		if (*c == '\'')
			buf_putc(out, '\'');
	}
	buf_putc(out, '\'');
}

/* "+[name='x',type='y']", as the command line of "set config" has it; pairs without a value are
 * left out, and a name of NULL ends them. NULL: no memory. */
static const char *parameter_text(struct appcmd *a, const char *sign, const char *const (*pairs)[2],
				  const char *rest)
{
	const char *text = NULL, *comma = "";
	struct buf out;

	buf_init(&out, XML_VALUE_MAX);
	buf_printf(&out, "%s[", sign);
	for (size_t i = 0; pairs[i][0]; i++) {
		if (!pairs[i][1])
			continue;
		put_pair(&out, comma, pairs[i][0], pairs[i][1]);
		comma = ",";
	}
	buf_printf(&out, "]%s", rest);
	if (!buf_failed(&out))
		text = arena_strndup(&a->arena, out.data, out.length);
	buf_done(&out);
	return text;
}

/* One change of a section at a place. */
static int change_section(struct appcmd *a, const char *place, const char *section,
			  const struct appcmd_parameter *change)
{
	struct appcmd_target t = { .a = a, .place = place, .name = section };
	const struct xml_element *e = NULL;
	int status = change->name ? appcmd_target_open(&t)
				  : appcmd_error(APPCMD_FAILED, "out of memory");

	if (status == 0)
		status = appcmd_target_open_file(&t);
	if (status == 0 &&
	    edit_section(config_commit_edit(t.commit), t.location, t.section, &e, &a->err) < 0)
		status = appcmd_failure(a);
	if (status == 0)
		status = appcmd_apply(a, config_commit_edit(t.commit), &e, t.held, change);
	if (status == 0)
		status = appcmd_target_write(&t);
	appcmd_target_done(&t);
	a->server = config_unref(a->server); /* it is another one now */
	return status;
}

/* Adds or takes away an entry. */
static int change_entry(struct appcmd *a, const char *place, const char *section, const char *sign,
			const char *const (*pairs)[2])
{
	const struct appcmd_parameter change = { .name = parameter_text(a, sign, pairs, "") };
	return change_section(a, place, section, &change);
}

/* Whether a section has an entry of this name at a place. */
static int has_entry(struct appcmd *a, const char *place, const char *section, const char *name,
		     bool *ret)
{
	struct appcmd_target t = { .a = a, .place = place, .name = section };
	int status = appcmd_target_open(&t);

	*ret = false;
	for (size_t i = 0; status == 0 && i < t.held->entries->count; i++)
		*ret |= appcmd_word(effective_text(t.held->entries->items[i], "name"), name);
	appcmd_target_done(&t);
	return status;
}

static const char *required(struct appcmd *a, const char *name)
{
	const char *value = appcmd_take(a, name);
	if (!value || !*value) {
		appcmd_error(APPCMD_BAD_ARGUMENT,
			     "Must specify the '%s' parameter when creating a new MODULE object.",
			     name);
		return NULL;
	}
	return value;
}

/* What is no parameter of the command. */
static int check_rest(const struct appcmd *a)
{
	for (size_t i = 0; i < a->count; i++) {
		if (!a->parameters[i].used)
			return appcmd_unknown(a->parameters[i].name, strlen(a->parameters[i].name));
	}
	return 0;
}

static int enable(struct appcmd *a, const char *place, const char *name, const char *type,
		  const char *condition, const char *lock)
{
	const char *const pairs[][2] = {
		{ "name", name }, { "type", type }, { "preCondition", condition }, { NULL, NULL }
	};
	const char *const key[][2] = { { "name", name }, { NULL, NULL } };
	int status = change_entry(a, place, MODULES, "+", pairs);

	if (status || !appcmd_word(lock, "true"))
		return status;
	const struct appcmd_parameter change = { .name = parameter_text(a, "", key, ".lockItem"),
						 .value = "true" };
	return change_section(a, place, MODULES, &change);
}

static int add_module(struct appcmd *a)
{
	const char *place = appcmd_take(a, "app.name");
	const char *name = a->identifier ? a->identifier : required(a, "name");
	const char *type = appcmd_take(a, "type"), *lock = appcmd_take(a, "lockItem");
	const char *condition = appcmd_take(a, "preCondition");
	bool installed = false;

	if (!name)
		return APPCMD_BAD_ARGUMENT;
	int status = check_rest(a);
	if (status == 0 && !type)
		status = has_entry(a, NULL, GLOBAL_MODULES, name, &installed);
	if (status == 0 && !type && !installed)
		status = appcmd_error(APPCMD_NOT_FOUND,
				      "No native module \"%s\" is installed; install it, or give "
				      "the 'type' of a managed one.",
				      name);
	if (status == 0)
		status = enable(a, place, name, type, condition, lock);
	if (status == 0)
		printf("MODULE object \"%s\" added\n", name);
	return status;
}

/* The module that set, delete and uninstall are about; NULL: none is named, which was said. */
static const char *identifier(struct appcmd *a)
{
	const char *name = a->identifier ? a->identifier : appcmd_take(a, "module.name");
	if (!name)
		appcmd_unnamed(module_kind());
	return name;
}

/* Says so when the place has not enabled the module. */
static int check_enabled(struct appcmd *a, const char *place, const char *name)
{
	bool found = false;
	int status = has_entry(a, place, MODULES, name, &found);
	return status || found ? status : appcmd_missing(module_kind(), name);
}

static int delete_module(struct appcmd *a)
{
	const char *place = appcmd_take(a, "app.name"), *name = identifier(a);
	const char *const pairs[][2] = { { "name", name }, { NULL, NULL } };

	if (!name)
		return APPCMD_BAD_ARGUMENT;
	int status = check_rest(a);
	if (status == 0)
		status = check_enabled(a, place, name);
	if (status == 0)
		status = change_entry(a, place, MODULES, "-", pairs);
	if (status == 0)
		printf("MODULE object \"%s\" deleted\n", name);
	return status;
}

static int set_module(struct appcmd *a)
{
	const char *place = appcmd_take(a, "app.name"), *name = identifier(a);
	const char *const key[][2] = { { "name", name }, { NULL, NULL } };
	int status = name ? check_enabled(a, place, name) : APPCMD_BAD_ARGUMENT;

	for (size_t i = 0; i < a->count && status == 0; i++) {
		struct appcmd_parameter p = a->parameters[i];
		const char *rest = p.used ? NULL : arena_printf(&a->arena, ".%s", p.name);
		if (!rest)
			continue;
		p.name = parameter_text(a, "", key, rest);
		status = change_section(a, place, MODULES, &p);
	}
	if (status == 0)
		printf("MODULE object \"%s\" changed\n", name);
	return status;
}

/* ---- install ---- */

static int install_module(struct appcmd *a)
{
	const char *name = required(a, "name"), *image = name ? required(a, "image") : NULL;
	const char *condition = appcmd_take(a, "preCondition");
	const char *add = appcmd_take(a, "add"), *lock = appcmd_take(a, "lock");
	const char *const pairs[][2] = {
		{ "name", name }, { "image", image }, { "preCondition", condition }, { NULL, NULL }
	};
	if (!name || !image)
		return APPCMD_BAD_ARGUMENT;
	int status = check_rest(a);
	if (status == 0)
		status = change_entry(a, NULL, GLOBAL_MODULES, "+", pairs);
	if (status)
		return status;
	printf("GLOBAL MODULE object \"%s\" added\n", name);
	if (appcmd_word(add, "false"))
		return 0;
	status = enable(a, NULL, name, NULL, condition, lock);
	if (status == 0)
		printf("MODULE object \"%s\" added\n", name);
	return status;
}

static int uninstall_module(struct appcmd *a)
{
	const char *name = identifier(a), *remove = appcmd_take(a, "remove");
	const char *const pairs[][2] = { { "name", name }, { NULL, NULL } };
	bool installed = false;
	int status = name ? check_rest(a) : APPCMD_BAD_ARGUMENT;

	if (status == 0)
		status = has_entry(a, NULL, GLOBAL_MODULES, name, &installed);
	if (status == 0 && !installed)
		status = appcmd_error(APPCMD_NOT_FOUND,
				      "Cannot find GLOBAL MODULE object with identifier \"%s\".",
				      name);
	if (status == 0)
		status = change_entry(a, NULL, GLOBAL_MODULES, "-", pairs);
	if (status)
		return status;
	printf("GLOBAL MODULE object \"%s\" deleted\n", name);
	if (appcmd_word(remove, "false"))
		return 0;
	bool enabled = false;
	status = has_entry(a, NULL, MODULES, name, &enabled);
	if (status == 0 && enabled)
		status = change_entry(a, NULL, MODULES, "-", pairs);
	if (status == 0 && enabled)
		printf("MODULE object \"%s\" deleted\n", name);
	return status;
}

int appcmd_module(struct appcmd *a, const struct appcmd_kind *kind)
{
	static const struct {
		const char *verb;
		int (*fn)(struct appcmd *a);
	} verbs[] = {
		{ "list", list_modules },      { "add", add_module },
		{ "delete", delete_module },   { "set", set_module },
		{ "install", install_module }, { "uninstall", uninstall_module },
	};
	(void)kind;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (appcmd_word(a->verb, verbs[i].verb))
			return verbs[i].fn(a);
	}
	return APPCMD_BAD_ARGUMENT;
}
