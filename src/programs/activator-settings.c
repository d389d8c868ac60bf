/* SPDX-License-Identifier: Apache-2.0 */
/* See activator-settings.h. One thread. */
#include "programs/activator-settings.h"

#include "com/class.h"
#include "com/classes.h"

#include <errno.h>

#define KEY_OURS "HKLM\\SOFTWARE\\Surrogate\\DCOM"
#define KEY_CLASSES KEY_OURS "\\Classes"

static int read_names(struct text rest, struct activator_settings *s, struct error *err)
{
	while (rest.length) {
		struct text name = text_trim(text_cut(&rest, ','));

		if (!name.length)
			continue;
		if (s->name_count == ACTIVATOR_NAMES_MAX || name.length >= BINDINGS_TEXT_MAX)
			return error_set(err, -EINVAL,
					 KEY_OURS "\\Names: at most 8 names or addresses are "
						  "wanted, with commas between");
		memcpy(s->names[s->name_count++], name.data, name.length);
	}
	return 0;
}

/* "{...}" or a ProgID. */
static bool find_clsid(struct text name, CLSID *ret)
{
	const struct class_entry *entry = class_find_progid(name);
	struct classes *classes = entry ? NULL : classes_now(NULL);
	const struct classes_class *class = classes ? classes_find_name(classes, name) : NULL;

	if (entry || class)
		*ret = entry ? entry->clsid : class->clsid;
	classes_unref(classes);
	return entry || class || guid_parse(name, ret) == 0;
}

/* A number switches a class on or off, a name gives another one in its place. */
static int read_class(struct text name, struct text value, struct activator_settings *s,
		      struct error *err)
{
	struct activator_class *c = &s->classes[s->class_count];
	uint64_t on;

	if (s->class_count == ACTIVATOR_CLASSES_MAX)
		return error_set(err, -EINVAL,
				 KEY_CLASSES "\\" TEXT_FMT ": 256 classes are named already: "
					     "delete some of the values",
				 TEXT_ARG(name));
	if (!find_clsid(name, &c->asked))
		return error_set(err, -EINVAL,
				 KEY_CLASSES "\\" TEXT_FMT ": a ProgID or a {CLSID} is wanted",
				 TEXT_ARG(name));
	c->given = c->asked;
	if (text_to_u64(value, &on))
		s->class_count += on != 0;
	else if (find_clsid(value, &c->given))
		s->class_count++;
	else
		return error_set(err, -EINVAL,
				 KEY_CLASSES "\\" TEXT_FMT ": 1, or the ProgID or {CLSID} of the "
					     "class to give, is wanted",
				 TEXT_ARG(name));
	return 0;
}

int activator_settings_parse(const struct activator_raw *raw, struct activator_settings *ret,
			     struct error *err)
{
	struct text rest = raw->classes;

	*ret = (struct activator_settings){ .least = (enum authn_level)raw->authn_level,
					    .ping_seconds = (uint32_t)raw->ping_seconds };
	int status = read_names(raw->names, ret, err);

	while (status == 0 && rest.length) {
		struct text value = text_cut(&rest, '\n'), name = text_cut(&value, '\t');

		status = read_class(name, value, ret, err);
	}
	return status;
}
