/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry says about DCOM (activator-settings.h). Read by rpcss on its main thread.
 */
#include "programs/activator-settings.h"

#include "base/mem.h"
#include "com/class.h"
#include "com/classes.h"
#include "registry/registry.h"

#include <errno.h>
#include <stdio.h>

#define KEY_OLE "HKLM\\SOFTWARE\\Microsoft\\Ole"
#define KEY_PORTS "HKLM\\SOFTWARE\\Microsoft\\Rpc\\Internet"
#define KEY_OURS "HKLM\\SOFTWARE\\Surrogate\\DCOM"
#define KEY_CLASSES KEY_OURS "\\Classes"

static int wrong(struct error *err, const char *key, const char *name, const char *want)
{
	return error_set(err, -EINVAL, "%s\\%s: %s", key, name, want);
}

static int read_number(struct registry *r, const char *key, const char *name, uint32_t least,
		       uint32_t most, uint32_t *ret, struct error *err)
{
	uint32_t n;
	int status = registry_get_dword(r, key, name, &n);

	if (status == -ENOENT)
		return 0;
	if (status < 0 || n < least || n > most)
		return error_set(err, -EINVAL, "%s\\%s: a number from %u to %u is wanted", key,
				 name, least, most);
	*ret = n;
	return 0;
}

/* NULL when it is not there. */
static int read_text(struct registry *r, const char *key, const char *name, char **ret,
		     struct error *err)
{
	int status = registry_get_string(r, key, name, ret);

	if (status == -ENOENT) {
		*ret = NULL;
		return 0;
	}
	return status < 0 ? wrong(err, key, name, "text is wanted") : 0;
}

static int read_enabled(struct registry *r, struct activator_settings *s, struct error *err)
{
	_cleanup_mem_ char *text = NULL;
	int status = read_text(r, KEY_OLE, "EnableDCOM", &text, err);

	if (status == 0 && text)
		s->enabled = text_equal_nocase(text_of(text), TEXT("Y"));
	return status;
}

/* "49152-49407" or "5000"; of several ranges the first. */
static int read_ports(struct registry *r, struct activator_settings *s, struct error *err)
{
	_cleanup_mem_ char *text = NULL;
	uint64_t first, last;
	int status = read_text(r, KEY_PORTS, "Ports", &text, err);

	if (status < 0 || !text)
		return status;
	struct text all = text_of(text), range = text_trim(text_cut(&all, ','));
	struct text low = text_trim(text_cut(&range, '-'));
	struct text high = range.data ? text_trim(range) : low;

	if (!text_to_u64(low, &first) || !text_to_u64(high, &last) || !first || last > 65535 ||
	    last < first)
		return wrong(err, KEY_PORTS, "Ports", "a range such as 49152-49407 is wanted");
	s->first_port = (uint16_t)first;
	s->last_port = (uint16_t)last;
	return 0;
}

static int read_names(struct registry *r, struct activator_settings *s, struct error *err)
{
	_cleanup_mem_ char *text = NULL;
	int status = read_text(r, KEY_OURS, "Names", &text, err);
	struct text rest = text_of(text);

	while (status == 0 && rest.length) {
		struct text name = text_trim(text_cut(&rest, ','));

		if (!name.length)
			continue;
		if (s->name_count == ACTIVATOR_NAMES_MAX || name.length >= BINDINGS_TEXT_MAX)
			return wrong(
				err, KEY_OURS, "Names",
				"at most 8 names or addresses are wanted, with commas between");
		memcpy(s->names[s->name_count++], name.data, name.length);
	}
	return status;
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

struct class_walk {
	struct activator_settings *settings;
	struct error *err;
};

static int read_class(void *ctx, const char *name, enum registry_type type, const void *data,
		      size_t length)
{
	struct class_walk *walk = ctx;
	struct activator_settings *s = walk->settings;
	struct activator_class *c = &s->classes[s->class_count];

	if (s->class_count == ACTIVATOR_CLASSES_MAX)
		return wrong(walk->err, KEY_CLASSES, name,
			     "256 classes are named already: delete some of the values");
	if (!find_clsid(text_of(name), &c->asked))
		return wrong(walk->err, KEY_CLASSES, name, "a ProgID or a {CLSID} is wanted");
	c->given = c->asked;
	if (type == REGISTRY_DWORD && length == 4) {
		uint32_t on;

		memcpy(&on, data, 4);
		if (!on)
			return 0;
	} else if (type != REGISTRY_SZ || !find_clsid((struct text){ data, length }, &c->given)) {
		return wrong(walk->err, KEY_CLASSES, name,
			     "1, or the ProgID or {CLSID} of the class to give, is wanted");
	}
	s->class_count++;
	return 0;
}

static int read_all(struct registry *r, struct activator_settings *s, struct error *err)
{
	struct class_walk walk = { s, err };
	uint32_t least = s->least;
	int status = read_enabled(r, s, err);

	if (status == 0)
		status = read_number(r, KEY_OLE, "LegacyAuthenticationLevel", AUTHN_LEVEL_CONNECT,
				     AUTHN_LEVEL_PKT_PRIVACY, &least, err);
	s->least = (enum authn_level)least;
	if (status == 0)
		status = read_number(r, KEY_OURS, "PingPeriod", 1, 120, &s->ping_seconds, err);
	if (status == 0)
		status = read_ports(r, s, err);
	if (status == 0)
		status = read_names(r, s, err);
	if (status == 0) {
		status = registry_each_value(r, KEY_CLASSES, read_class, &walk);
		if (status == -ENOENT)
			status = 0;
	}
	return status;
}

int activator_settings_read(const char *state_dir, struct activator_settings *ret,
			    struct error *err)
{
	struct registry *registry = NULL;

	*ret = (struct activator_settings){ .enabled = true,
					    .least = AUTHN_LEVEL_PKT_INTEGRITY,
					    .ping_seconds = 120 };
	/* Names may be those of components. */
	int r = classes_configure(state_dir);

	if (r < 0)
		return error_set(err, r, "the state directory's name is too long");
	r = registry_open_reading(state_dir, &registry, err);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = read_all(registry, ret, err);
	registry_close(registry);
	return r;
}
