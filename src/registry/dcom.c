/* SPDX-License-Identifier: Apache-2.0 */
/* See dcom.h. One thread. */
#include "registry/dcom.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>

#define KEY_OLE "HKLM\\SOFTWARE\\Microsoft\\Ole"
#define KEY_PORTS "HKLM\\SOFTWARE\\Microsoft\\Rpc\\Internet"
#define KEY_OURS "HKLM\\SOFTWARE\\Surrogate\\DCOM"
#define KEY_CLASSES KEY_OURS "\\Classes"

#define PORT 135
#define INTEGRITY 5 /* RPC_C_AUTHN_LEVEL_PKT_INTEGRITY */
#define PING_SECONDS 120
#define LAUNCH_SECONDS 30
#define IDLE_SECONDS 180 /* COM+ shuts an idle application down after three minutes */
#define DAY 86400

static int wrong(struct error *err, const char *key, const char *name, const char *want)
{
	return error_set(err, -EINVAL, "%s\\%s: %s", key, name, want);
}

/* ---- numbers and texts ---- */

struct number {
	const char *key, *name;
	uint32_t least, most;
	uint32_t *to;
};

static int read_number(struct registry *r, const struct number *n, struct error *err)
{
	uint32_t value;
	int status = registry_get_dword(r, n->key, n->name, &value);

	if (status == -ENOENT)
		return 0;
	if (status < 0 || value < n->least || value > n->most)
		return error_set(err, -EINVAL, "%s\\%s: a number from %u to %u is wanted", n->key,
				 n->name, n->least, n->most);
	*n->to = value;
	return 0;
}

static int read_numbers(struct registry *r, struct registry_dcom *d, struct error *err)
{
	uint32_t port = d->port;
	const struct number numbers[] = {
		{ KEY_OURS, "Port", 1, 65535, &port },
		{ KEY_OLE, "LegacyAuthenticationLevel", 2, 6, &d->authn_level },
		{ KEY_OURS, "PingPeriod", 1, 120, &d->ping_seconds },
		{ KEY_OURS, "LaunchTimeout", 1, 3600, &d->launch_seconds },
		{ KEY_OURS, "IdleSeconds", 0, DAY, &d->idle_seconds },
	};
	int status = 0;

	for (size_t i = 0; status == 0 && i < ARRAY_LEN(numbers); i++)
		status = read_number(r, &numbers[i], err);
	d->port = (uint16_t)port;
	return status;
}

/* NULL when it is not there. */
static int read_text(struct registry *r, const char *key, const char *name, char **ret,
		     struct error *err)
{
	int status = registry_get_string(r, key, name, ret);

	if (status == 0 && strlen(*ret) > REGISTRY_DCOM_TEXT_MAX) {
		*ret = mem_free(*ret);
		return wrong(err, key, name, "it is too long");
	}
	if (status == 0 || status == -ENOENT)
		return 0;
	return wrong(err, key, name, "text is wanted");
}

static int read_texts(struct registry *r, struct registry_dcom *d, struct error *err)
{
	const struct {
		const char *name;
		char **to;
	} texts[] = {
		{ "Address", &d->address },
		{ "Names", &d->names },
		{ "NtlmUsers", &d->users },
		{ "Keytab", &d->keytab },
	};
	int status = 0;

	for (size_t i = 0; status == 0 && i < ARRAY_LEN(texts); i++) {
		status = read_text(r, KEY_OURS, texts[i].name, texts[i].to, err);
		if (*texts[i].to && !**texts[i].to) /* emptied is not set */
			*texts[i].to = mem_free(*texts[i].to);
	}
	return status;
}

/* ---- what Windows has ---- */

static int read_enabled(struct registry *r, struct registry_dcom *d, struct error *err)
{
	_cleanup_mem_ char *text = NULL;
	int status = read_text(r, KEY_OLE, "EnableDCOM", &text, err);

	if (status == 0 && text)
		d->enabled = text_equal_nocase(text_of(text), TEXT("Y"));
	return status;
}

/* "49152-49407" or "5000"; of several ranges the first. */
static int read_ports(struct registry *r, struct registry_dcom *d, struct error *err)
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
	d->first_port = (uint16_t)first;
	d->last_port = (uint16_t)last;
	return 0;
}

/* ---- classes ---- */

struct class_walk {
	struct buf *out;
	unsigned count;
	struct error *err;
};

static int read_class(void *ctx, const char *name, enum registry_type type, const void *data,
		      size_t length)
{
	struct class_walk *walk = ctx;
	uint32_t number;

	if (walk->count++ == REGISTRY_DCOM_CLASSES_MAX)
		return wrong(walk->err, KEY_CLASSES, name,
			     "256 classes are named already: delete some of the values");
	if (strpbrk(name, "\t\n") || (type != REGISTRY_DWORD && type != REGISTRY_SZ) ||
	    (type == REGISTRY_DWORD && length != sizeof(number)) ||
	    (type == REGISTRY_SZ && memchr(data, '\n', length)))
		return wrong(walk->err, KEY_CLASSES, name,
			     "1, or the ProgID or {CLSID} of the class to give, is wanted");
	buf_printf(walk->out, "%s\t", name);
	if (type == REGISTRY_DWORD) {
		memcpy(&number, data, sizeof(number));
		buf_printf(walk->out, "%u", number);
	} else {
		buf_put_text(walk->out, (struct text){ data, length });
	}
	buf_putc(walk->out, '\n');
	return 0;
}

static int read_classes(struct registry *r, struct registry_dcom *d, struct error *err)
{
	struct buf out;
	struct class_walk walk = { .out = &out, .err = err };
	int status;

	buf_init(&out, REGISTRY_DCOM_TEXT_MAX);
	status = registry_each_value(r, KEY_CLASSES, read_class, &walk);
	if (status == -ENOENT)
		status = 0;
	if (status == 0 && buf_failed(&out))
		status = wrong(err, KEY_OURS, "Classes", "its names are too long together");
	if (status == 0 && out.length) {
		d->classes = mem_strdup(buf_cstr(&out));
		status = d->classes ? 0 : error_set(err, -ENOMEM, "out of memory");
	}
	buf_done(&out);
	return status;
}

/* ---- the whole ---- */

void registry_dcom_init(struct registry_dcom *dcom)
{
	*dcom = (struct registry_dcom){ .port = PORT,
					.authn_level = INTEGRITY,
					.ping_seconds = PING_SECONDS,
					.launch_seconds = LAUNCH_SECONDS,
					.idle_seconds = IDLE_SECONDS };
}

int registry_dcom_read(struct registry *r, struct registry_dcom *ret, struct error *err)
{
	int (*const parts[])(struct registry *, struct registry_dcom *, struct error *) = {
		read_enabled, read_numbers, read_ports, read_texts, read_classes,
	};
	int status = 0;

	registry_dcom_init(ret);
	for (size_t i = 0; status == 0 && i < ARRAY_LEN(parts); i++)
		status = parts[i](r, ret, err);
	if (status < 0) {
		registry_dcom_done(ret);
		registry_dcom_init(ret);
	}
	return status;
}

void registry_dcom_done(struct registry_dcom *dcom)
{
	mem_free(dcom->address);
	mem_free(dcom->names);
	mem_free(dcom->classes);
	mem_free(dcom->users);
	mem_free(dcom->keytab);
	*dcom = (struct registry_dcom){ 0 };
}

static int is_there(struct registry *r, const char *name, bool *ret)
{
	_cleanup_mem_ void *data = NULL;
	enum registry_type type;
	size_t length;
	int status = registry_get(r, KEY_OLE, name, &type, &data, &length);

	*ret = status == 0;
	return status == -ENOENT ? 0 : status;
}

int registry_dcom_defaults(struct registry *r, bool *ret_launch, bool *ret_access)
{
	int status = is_there(r, "DefaultLaunchPermission", ret_launch);

	return status < 0 ? status : is_there(r, "DefaultAccessPermission", ret_access);
}
