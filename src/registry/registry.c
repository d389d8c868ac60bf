/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry's keys and values as two tables of STATE/registry.db; see registry.h. Used by the
 * SCM's only thread and by tools; owns its database handle.
 *
 * A value's data is what Windows would store, little endian, but text is UTF-8 without an end
 * mark (REGISTRY_MULTI_SZ: each text followed by a NUL).
 */
#include "registry/internal.h"

#include "base/mem.h"
#include "registry/classes.h"

#include <errno.h>

#define NAME_LENGTH_MAX 255

static const struct database_layout layout = {
	.file = "registry.db",
	.mode = 0600,
	.version = 1,
	.schema = "CREATE TABLE keys(id INTEGER PRIMARY KEY,"
		  "  parent INTEGER REFERENCES keys(id) ON DELETE CASCADE,"
		  "  top INTEGER NOT NULL," /* the parent, or 0: a NULL would not be unique */
		  "  name TEXT NOT NULL COLLATE NOCASE, UNIQUE(top, name));"
		  "CREATE INDEX keys_by_parent ON keys(parent);"
		  "CREATE TABLE vals(key INTEGER NOT NULL REFERENCES keys(id) ON DELETE CASCADE,"
		  "  name TEXT NOT NULL COLLATE NOCASE, type INTEGER NOT NULL, data BLOB NOT NULL,"
		  "  PRIMARY KEY(key, name)) WITHOUT ROWID;",
};

/* The predefined roots, by both names. */
static const char *const roots[][2] = {
	{ "HKLM", "HKEY_LOCAL_MACHINE" },  { "HKCR", "HKEY_CLASSES_ROOT" },
	{ "HKCU", "HKEY_CURRENT_USER" },   { "HKU", "HKEY_USERS" },
	{ "HKCC", "HKEY_CURRENT_CONFIG" },
};

static int open_at(const char *state_dir, bool writable, struct registry **ret, struct error *err)
{
	struct registry *r = mem_new(struct registry);
	if (!r)
		return error_set(err, -ENOMEM, "out of memory");
	r->state_dir = mem_strdup(state_dir);
	int e = r->state_dir ? database_open(state_dir, &layout, writable, &r->db, err)
			     : error_set(err, -ENOMEM, "out of memory");
	if (e < 0) {
		mem_free(r->state_dir);
		mem_free(r);
		return e;
	}
	*ret = r;
	return 0;
}

int registry_open(const char *state_dir, struct registry **ret, struct error *err)
{
	return open_at(state_dir, true, ret, err);
}

int registry_open_reading(const char *state_dir, struct registry **ret, struct error *err)
{
	return open_at(state_dir, false, ret, err);
}

struct registry *registry_close(struct registry *r)
{
	if (!r)
		return NULL;
	/* Who changed classes by hand is not told when they could not be published: the next who
	 * publishes, at the latest the server's next start, does it. */
	if (r->classes_changed)
		registry_classes_publish(r, r->state_dir, NULL);
	database_close(r->db);
	mem_free(r->state_dir);
	return mem_free(r);
}

/* ---- keys ---- */

static struct text root_name(struct text part)
{
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		if (text_equal_nocase(part, text_of(roots[i][0])) ||
		    text_equal_nocase(part, text_of(roots[i][1])))
			return text_of(roots[i][0]);
	}
	return (struct text){ NULL, 0 };
}

/* A write to `path` is about to be made. */
static void note_change(struct registry *r, const char *path)
{
	struct text rest = text_of(path);

	if (text_equal(root_name(text_cut(&rest, '\\')), TEXT("HKCR")))
		r->classes_changed = true;
}

/* The number of the key `name` below `top` (0: a root): 0, -ENOENT, or a database error. */
static int key_below(struct registry *r, int64_t top, struct text name, int64_t *ret)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int e = database_prepare(r->db, "SELECT id FROM keys WHERE top = ? AND name = ?", &s);
	if (e < 0)
		return e;
	sqlite3_bind_int64(s, 1, top);
	sqlite3_bind_text(s, 2, name.data, (int)name.length, SQLITE_STATIC);
	int code = sqlite3_step(s);
	if (code != SQLITE_ROW)
		return code == SQLITE_DONE ? -ENOENT : database_error(code);
	*ret = sqlite3_column_int64(s, 0);
	return 0;
}

static int key_create(struct registry *r, int64_t top, struct text name, int64_t *ret)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int e = database_prepare(
		r->db, "INSERT INTO keys(parent, top, name) VALUES(nullif(?1, 0), ?1, ?2)", &s);
	if (e < 0)
		return e;
	sqlite3_bind_int64(s, 1, top);
	sqlite3_bind_text(s, 2, name.data, (int)name.length, SQLITE_STATIC);
	e = database_run(s);
	if (e < 0)
		return e;
	*ret = sqlite3_last_insert_rowid(r->db);
	return 0;
}

/* Walks a path. -EINVAL: no such root, an empty or too long part, too deep. */
static int key_find(struct registry *r, const char *path, bool create, int64_t *ret)
{
	struct text rest = text_of(path);
	int64_t at = 0;

	for (int depth = 0; rest.data; depth++) {
		struct text part = text_cut(&rest, '\\');
		if (depth == 0)
			part = root_name(part);
		if (part.length == 0 || part.length > NAME_LENGTH_MAX ||
		    depth >= REGISTRY_DEPTH_MAX || !utf8_valid(part))
			return -EINVAL;
		int e = key_below(r, at, part, &at);
		if (e == -ENOENT && create)
			e = key_create(r, at, part, &at);
		if (e < 0)
			return e;
	}
	*ret = at;
	return 0;
}

int registry_delete_key(struct registry *r, const char *key)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int64_t id;
	int e = key_find(r, key, false, &id);
	if (e < 0)
		return e;
	note_change(r, key);
	e = database_prepare(r->db, "DELETE FROM keys WHERE id = ?", &s);
	if (e < 0)
		return e;
	e = database_begin(r->db);
	if (e < 0)
		return e;
	sqlite3_bind_int64(s, 1, id);
	return database_end(r->db, database_run(s));
}

/* ---- values ---- */

static int value_find(struct registry *r, const char *key, const char *name, sqlite3_stmt **ret)
{
	int64_t id;
	int e = key_find(r, key, false, &id);
	if (e < 0)
		return e;
	e = database_prepare(r->db, "SELECT type, data FROM vals WHERE key = ? AND name = ?", ret);
	if (e < 0)
		return e;
	sqlite3_bind_int64(*ret, 1, id);
	sqlite3_bind_text(*ret, 2, name, -1, SQLITE_STATIC);
	int code = sqlite3_step(*ret);
	return code == SQLITE_ROW ? 0 : code == SQLITE_DONE ? -ENOENT : database_error(code);
}

int registry_get_dword(struct registry *r, const char *key, const char *name, uint32_t *ret)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int e = value_find(r, key, name, &s);
	if (e < 0)
		return e;
	if (sqlite3_column_int(s, 0) != REGISTRY_DWORD || sqlite3_column_bytes(s, 1) != 4)
		return -EINVAL;
	const uint8_t *data = sqlite3_column_blob(s, 1);
	*ret = data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
	return 0;
}

int registry_get_string(struct registry *r, const char *key, const char *name, char **ret)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int e = value_find(r, key, name, &s);
	if (e < 0)
		return e;
	if (sqlite3_column_int(s, 0) != REGISTRY_SZ)
		return -EINVAL;
	size_t length = (size_t)sqlite3_column_bytes(s, 1);
	char *copy = mem_zalloc(1, length + 1);
	if (!copy)
		return -ENOMEM;
	if (length)
		memcpy(copy, sqlite3_column_blob(s, 1), length);
	*ret = copy;
	return 0;
}

int registry_get(struct registry *r, const char *key, const char *name, enum registry_type *type,
		 void **ret, size_t *ret_length)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int e = value_find(r, key, name, &s);
	if (e < 0)
		return e;
	size_t length = (size_t)sqlite3_column_bytes(s, 1);
	char *copy = mem_zalloc(1, length + 1);
	if (!copy)
		return -ENOMEM;
	if (length)
		memcpy(copy, sqlite3_column_blob(s, 1), length);
	*type = (enum registry_type)sqlite3_column_int(s, 0);
	*ret = copy;
	*ret_length = length;
	return 0;
}

static int value_put(struct registry *r, int64_t key, const char *name, enum registry_type type,
		     const void *data, size_t length)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int e = database_prepare(r->db,
				 "INSERT INTO vals(key, name, type, data) VALUES(?, ?, ?, ?)"
				 "ON CONFLICT(key, name) DO UPDATE SET type = excluded.type,"
				 " data = excluded.data",
				 &s);
	if (e < 0)
		return e;
	sqlite3_bind_int64(s, 1, key);
	sqlite3_bind_text(s, 2, name, -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 3, (int)type);
	sqlite3_bind_blob(s, 4, data, (int)length, SQLITE_STATIC);
	return database_run(s);
}

int registry_set(struct registry *r, const char *key, const char *name, enum registry_type type,
		 const void *data, size_t length)
{
	int64_t id;
	if (length > REGISTRY_VALUE_MAX)
		return -E2BIG;
	if (strlen(name) > NAME_LENGTH_MAX || !utf8_valid(text_of(name)))
		return -EINVAL;
	int e = database_begin(r->db);
	if (e < 0)
		return e;
	note_change(r, key);
	e = key_find(r, key, true, &id);
	if (e == 0)
		e = value_put(r, id, name, type, data, length);
	return database_end(r->db, e);
}

int registry_set_dword(struct registry *r, const char *key, const char *name, uint32_t value)
{
	uint8_t data[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
			    (uint8_t)(value >> 24) };
	return registry_set(r, key, name, REGISTRY_DWORD, data, sizeof(data));
}

int registry_set_string(struct registry *r, const char *key, const char *name, const char *value)
{
	return registry_set(r, key, name, REGISTRY_SZ, value, strlen(value));
}

int registry_delete_value(struct registry *r, const char *key, const char *name)
{
	_cleanup_statement_ sqlite3_stmt *s = NULL;
	int64_t id;
	int e = key_find(r, key, false, &id);
	if (e < 0)
		return e;
	note_change(r, key);
	e = database_prepare(r->db, "DELETE FROM vals WHERE key = ? AND name = ?", &s);
	if (e < 0)
		return e;
	sqlite3_bind_int64(s, 1, id);
	sqlite3_bind_text(s, 2, name, -1, SQLITE_STATIC);
	e = database_run(s);
	return e < 0 ? e : sqlite3_changes(r->db) ? 0 : -ENOENT;
}

/* ---- enumeration ---- */

/* One row after `after` (NULL: the first) per query, so that the callback may change anything. */
static int row_after(struct registry *r, const char *sql, int64_t id, const char *after,
		     sqlite3_stmt **ret)
{
	int e = database_prepare(r->db, sql, ret);
	if (e < 0)
		return e;
	sqlite3_bind_int64(*ret, 1, id);
	if (after)
		sqlite3_bind_text(*ret, 2, after, -1, SQLITE_STATIC);
	int code = sqlite3_step(*ret);
	return code == SQLITE_ROW ? 0 : code == SQLITE_DONE ? -ENOENT : database_error(code);
}

static void copy_name(char out[NAME_LENGTH_MAX + 1], sqlite3_stmt *s)
{
	const unsigned char *name = sqlite3_column_text(s, 0);
	size_t length = name ? strnlen((const char *)name, NAME_LENGTH_MAX) : 0;
	if (length)
		memcpy(out, name, length);
	out[length] = '\0';
}

int registry_each_key(struct registry *r, const char *key, int (*fn)(void *ctx, const char *name),
		      void *ctx)
{
	char name[NAME_LENGTH_MAX + 1];
	int64_t id;
	int e = key_find(r, key, false, &id);
	if (e < 0)
		return e;
	for (const char *after = NULL;; after = name) {
		_cleanup_statement_ sqlite3_stmt *s = NULL;
		e = row_after(r,
			      "SELECT name FROM keys WHERE top = ?1 AND (?2 IS NULL OR name > ?2)"
			      " ORDER BY name LIMIT 1",
			      id, after, &s);
		if (e < 0)
			return e == -ENOENT ? 0 : e;
		copy_name(name, s);
		e = fn(ctx, name);
		if (e)
			return e;
	}
}

int registry_each_value(struct registry *r, const char *key,
			int (*fn)(void *ctx, const char *name, enum registry_type type,
				  const void *data, size_t length),
			void *ctx)
{
	char name[NAME_LENGTH_MAX + 1];
	int64_t id;
	int e = key_find(r, key, false, &id);
	if (e < 0)
		return e;
	for (const char *after = NULL;; after = name) {
		_cleanup_statement_ sqlite3_stmt *s = NULL;
		e = row_after(r,
			      "SELECT name, type, data FROM vals WHERE key = ?1"
			      " AND (?2 IS NULL OR name > ?2) ORDER BY name LIMIT 1",
			      id, after, &s);
		if (e < 0)
			return e == -ENOENT ? 0 : e;
		copy_name(name, s);
		const void *data = sqlite3_column_blob(s, 2);
		e = fn(ctx, name, (enum registry_type)sqlite3_column_int(s, 1), data ? data : "",
		       (size_t)sqlite3_column_bytes(s, 2));
		if (e)
			return e;
	}
}
