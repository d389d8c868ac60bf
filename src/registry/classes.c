/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See classes.h. Called by regsvr, by the SCM when it starts, and by whoever closes a registry in
 * which it changed classes (registry.c). One thread.
 */
#include "registry/classes.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/class.h"
#include "com/classes.h"
#include "registry/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define KEY_MAX 1024

struct publishing {
	struct registry *registry;
	struct buf *out;
	size_t count;
};

/* ---- one value ---- */

static int write_value(struct registry *r, const char *key, const char *below, const char *name,
		       const char *value, struct error *err)
{
	char path[KEY_MAX];
	int e = snprintf(path, sizeof(path), "HKCR\\%s%s", key, below) < (int)sizeof(path)
			? registry_set_string(r, path, name, value)
			: -ENAMETOOLONG;

	return e < 0 ? error_set(err, e, "cannot write %s\\%s to the registry: %s", path, name,
				 error_errno_text(e))
		     : 0;
}

/* The text of a value, for mem_free; NULL when it is not there or is no text. */
static int read_value(struct registry *r, const char *key, const char *below, const char *name,
		      char **ret)
{
	char path[KEY_MAX];
	int e;

	*ret = NULL;
	if (snprintf(path, sizeof(path), "HKCR\\%s%s", key, below) >= (int)sizeof(path))
		return 0; /* no key of ours is so long */
	e = registry_get_string(r, path, name, ret);
	return e == -ENOENT || e == -EINVAL ? 0 : e;
}

static int delete_key(struct registry *r, const char *key, struct error *err)
{
	char path[KEY_MAX];
	int e;

	snprintf(path, sizeof(path), "HKCR\\%s", key);
	e = registry_delete_key(r, path);
	return e && e != -ENOENT ? error_set(err, e, "cannot delete %s from the registry: %s", path,
					     error_errno_text(e))
				 : 0;
}

/* ---- registering ---- */

struct value {
	const char *key, *below, *name, *value;
};

static int write_values(struct registry *r, const struct value *values, size_t count,
			struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct value *v = &values[i];
		int e = v->key && v->value
				? write_value(r, v->key, v->below, v->name, v->value, err)
				: 0;

		if (e < 0)
			return e;
	}
	return 0;
}

/* "CLSID\{...}" in the one spelling. */
static void key_of(const char *kind, const char *guid, char out[KEY_MAX])
{
	char text[GUID_TEXT_SIZE];
	GUID parsed = { 0 };

	guid_parse(text_of(guid), &parsed);
	guid_format(&parsed, text);
	snprintf(out, KEY_MAX, "%s\\%s", kind, text);
}

int registry_class_add(struct registry *r, const char *module, const SURROGATE_CLASS *class,
		       struct error *err)
{
	char key[KEY_MAX], app[KEY_MAX];
	const char *clsid = key + strlen("CLSID\\"),
		   *appid = class->appid ? app + strlen("AppID\\") : NULL;
	const char *progid = class->progid ? class->progid : class->name;
	const char *text = class->description ? class->description : progid ? progid : "";

	key_of("CLSID", class->clsid, key);
	if (class->appid)
		key_of("AppID", class->appid, app);
	/* What an older version said and this one does not. */
	int e = delete_key(r, key, err);

	if (e < 0)
		return e;
	const struct value values[] = {
		{ key, "", "", text },
		{ key, "\\InprocServer32", "", module },
		{ key, "\\InprocServer32", "ThreadingModel", class->threading },
		{ key, "\\ProgID", "", progid },
		{ key, "\\VersionIndependentProgID", "", class->name },
		{ key, "", "AppID", appid },
		{ class->progid, "", "", text },
		{ class->progid, "\\CLSID", "", clsid },
		{ class->name, "", "", text },
		{ class->name, "\\CLSID", "", clsid },
		{ class->name, "\\CurVer", "", class->progid },
		{ class->appid ? app : NULL, "", "", text },
		{ class->appid ? app : NULL, "", "DllSurrogate", "" },
	};

	return write_values(r, values, ARRAY_LEN(values), err);
}

/* A ProgID that has come to mean another class stays. */
static int remove_name(struct registry *r, const char *name, const char *clsid, struct error *err)
{
	_cleanup_mem_ char *means = NULL;
	int e = name ? read_value(r, name, "\\CLSID", "", &means) : 0;

	if (e < 0)
		return error_set(err, e, "cannot read %s from the registry: %s", name,
				 error_errno_text(e));
	return means && text_equal_nocase(text_of(means), text_of(clsid)) ? delete_key(r, name, err)
									  : 0;
}

int registry_class_remove(struct registry *r, const SURROGATE_CLASS *class, struct error *err)
{
	char key[KEY_MAX];
	int e;

	key_of("CLSID", class->clsid, key);
	e = remove_name(r, class->progid, key + strlen("CLSID\\"), err);
	if (!e)
		e = remove_name(r, class->name, key + strlen("CLSID\\"), err);
	return e ? e : delete_key(r, key, err);
}

/* ---- publishing ---- */

static bool counted(struct publishing *p)
{
	return ++p->count <= CLASSES_MAX;
}

/* The texts of one class, each for mem_free. */
struct class_texts {
	char *server, *threading, *progid, *description, *appid, *process, *remote;
};

static void texts_done(struct class_texts *t)
{
	mem_free(t->server);
	mem_free(t->threading);
	mem_free(t->progid);
	mem_free(t->description);
	mem_free(t->appid);
	mem_free(t->process);
	mem_free(t->remote);
}

static int read_texts(struct registry *r, const char *key, struct class_texts *t)
{
	const struct {
		const char *below, *name;
		char **to;
	} values[] = {
		{ "\\InprocServer32", "", &t->server },
		{ "\\InprocServer32", "ThreadingModel", &t->threading },
		{ "\\ProgID", "", &t->progid },
		{ "", "", &t->description },
		{ "", "AppID", &t->appid },
	};
	char app[KEY_MAX];
	int e = 0;

	for (size_t i = 0; !e && i < ARRAY_LEN(values); i++)
		e = read_value(r, key, values[i].below, values[i].name, values[i].to);
	if (e || !t->appid || snprintf(app, sizeof(app), "AppID\\%s", t->appid) >= (int)sizeof(app))
		return e;
	/* "" or a program; NULL: it has none. */
	e = read_value(r, app, "", "DllSurrogate", &t->process);
	return e ? e : read_value(r, app, "", "RemoteServerName", &t->remote);
}

static int publish_class(void *ctx, const char *name)
{
	struct publishing *p = ctx;
	struct classes_class class = { 0 };
	_cleanup_(texts_done) struct class_texts t = { 0 };
	char key[KEY_MAX];
	int e;

	if (name[0] != '{' || guid_parse(text_of(name), &class.clsid))
		return 0;
	snprintf(key, sizeof(key), "CLSID\\%s", name);
	e = read_texts(p->registry, key, &t);
	if (e < 0)
		return e;
	if (!t.appid || guid_parse(text_of(t.appid), &class.appid))
		class.appid = GUID_NULL;
	class.server = t.server;
	class.threading = t.threading;
	class.progid = t.progid;
	class.description = t.description;
	class.process = t.process;
	class.remote = t.remote;
	if (classes_put_class(p->out, &class) == 0 && !counted(p))
		return -ENOBUFS;
	return buf_failed(p->out);
}

static int publish_name(void *ctx, const char *name)
{
	struct publishing *p = ctx;
	_cleanup_mem_ char *clsid = NULL;
	int e = read_value(p->registry, name, "\\CLSID", "", &clsid);
	GUID guid;

	if (e < 0)
		return e;
	if (!clsid || clsid[0] != '{' || guid_parse(text_of(clsid), &guid))
		return 0;
	if (classes_put_name(p->out, name, &guid) == 0 && !counted(p))
		return -ENOBUFS;
	return buf_failed(p->out);
}

static int collect(struct publishing *p)
{
	int e;

	classes_put_head(p->out);
	e = registry_each_key(p->registry, "HKCR\\CLSID", publish_class, p);
	if (!e || e == -ENOENT)
		e = registry_each_key(p->registry, "HKCR", publish_name, p);
	return e == -ENOENT ? buf_failed(p->out) : e;
}

/* The folder of the catalog, for everybody to read whatever the umask, and locked: of two who
 * publish at once, the later one also reads later. */
static int lock_folder(const char *state_dir, int *ret, struct error *err)
{
	char path[PATH_MAX];
	int fd, e = 0;

	if (snprintf(path, sizeof(path), "%s/" CLASSES_FOLDER, state_dir) >= (int)sizeof(path))
		return error_set(err, -ENAMETOOLONG, "the state directory's name is too long");
	if (mkdir(path, 0755) == 0)
		e = chmod(path, 0755) < 0 ? -errno : 0;
	else if (errno != EEXIST)
		e = -errno;
	fd = e ? e : sys_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		e = -errno;
		sys_close(fd);
		fd = e;
	}
	if (fd < 0)
		return error_set(err, fd, "cannot prepare %s: %s", path, error_errno_text(fd));
	*ret = fd;
	return 0;
}

static int replace(const char *state_dir, struct text text, struct error *err)
{
	char path[PATH_MAX];
	int e;

	snprintf(path, sizeof(path), "%s/" CLASSES_FILE, state_dir);
	e = sys_replace_file(path, text.data, text.length, 0644);
	return e < 0 ? error_set(err, e, "cannot write the class catalog %s: %s", path,
				 error_errno_text(e))
		     : 0;
}

int registry_classes_publish(struct registry *r, const char *state_dir, struct error *err)
{
	struct publishing p = { .registry = r };
	_cleanup_fd_ int folder = -1;
	struct buf out;
	int e = lock_folder(state_dir, &folder, err);

	if (e < 0)
		return e;
	buf_init(&out, CLASSES_BYTES_MAX);
	p.out = &out;
	e = collect(&p);
	e = e < 0 ? error_set(err, e, "cannot read the classes in the registry: %s",
			      error_errno_text(e))
		  : replace(state_dir, buf_text(&out), err);
	buf_done(&out);
	if (!e)
		r->classes_changed = false;
	return e;
}
