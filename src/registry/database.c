/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening SQLite files the durable way; see database.h. Called by registry.c and eventlog.c, in
 * the SCM (writing) and in tools (reading).
 */
#include "registry/database.h"

#include "base/fault.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000

int database_error(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_TOOBIG:
		return -E2BIG;
	default:
		return -EIO;
	}
}

int database_exec(sqlite3 *db, const char *sql)
{
	return database_error(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	return database_error(sqlite3_prepare_v2(db, sql, -1, ret, NULL));
}

int database_run(sqlite3_stmt *statement)
{
	int r = database_error(sqlite3_step(statement));
	sqlite3_reset(statement);
	return r;
}

int database_begin(sqlite3 *db)
{
	return database_exec(db, "BEGIN IMMEDIATE");
}

int database_end(sqlite3 *db, int r)
{
	if (r == 0 && fault_hit(FAULT_FSYNC))
		r = -EIO;
	if (r == 0)
		r = database_exec(db, "COMMIT");
	if (r < 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* SQLite would create the file with the umask alone; secrets need a mode. */
static int create_file(const char *path, mode_t mode)
{
	int fd = sys_open(path, O_RDWR | O_CREAT, mode);
	if (fd < 0)
		return fd;
	sys_close(fd);
	return 0;
}

static int read_version(sqlite3 *db, int *ret)
{
	_cleanup_statement_ sqlite3_stmt *statement = NULL;
	int r = database_prepare(db, "PRAGMA user_version", &statement);
	if (r < 0)
		return r;
	int code = sqlite3_step(statement);
	if (code != SQLITE_ROW)
		return database_error(code) ? database_error(code) : -EIO;
	*ret = sqlite3_column_int(statement, 0);
	return 0;
}

/* Creates the layout in an empty file; two processes may try at once. */
static int install_layout(sqlite3 *db, const struct database_layout *layout)
{
	char pragma[64];
	int version;
	int r = database_begin(db);
	if (r < 0)
		return r;
	r = read_version(db, &version);
	if (r == 0 && version == 0) {
		snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %d", layout->version);
		r = database_exec(db, layout->schema);
		if (r == 0)
			r = database_exec(db, pragma);
	}
	return database_end(db, r);
}

static int configure(sqlite3 *db, const struct database_layout *layout, bool writable,
		     const char *path, struct error *err)
{
	int version = 0;
	int r = 0;

	sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
	if (writable)
		r = database_exec(db, "PRAGMA journal_mode = WAL;"
				      "PRAGMA synchronous = FULL;"
				      "PRAGMA foreign_keys = ON;");
	if (r == 0)
		r = read_version(db, &version);
	if (r == 0 && writable && version == 0) {
		r = install_layout(db, layout);
		if (r == 0)
			r = read_version(db, &version);
	}
	if (r == -EBADMSG)
		return error_set(
			err, r, "%s is damaged or no database; move it away and restart the server",
			path);
	if (r < 0)
		return error_set(err, r, "cannot use %s: %s", path, sqlite3_errmsg(db));
	if (version == 0)
		return error_set(err, -ENOENT, "%s is empty; the server has not run here yet",
				 path);
	if (version > layout->version)
		return error_set(
			err, -EPROTO,
			"%s was written by a newer version of Surrogate (layout %d, this one "
			"knows %d)",
			path, version, layout->version);
	return 0;
}

/* "file:PATH?immutable=1", every byte that has a meaning in a URI escaped. */
static void immutable_uri(const char *path, char out[3 * PATH_MAX + 32])
{
	char *at = stpcpy(out, "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			at += sprintf(at, "%%%02X", (unsigned)*path);
		else
			*at++ = *path;
	}
	strcpy(at, "?immutable=1");
}

/* A reader who may not write cannot make the files that go with a WAL, which are there only while
 * the server runs. When it does not, the file does not change: it is read as it is. */
static int reopen_immutable(const char *path, const struct database_layout *layout, sqlite3 **db,
			    struct error *err)
{
	char uri[3 * PATH_MAX + 32], wal[PATH_MAX + 8];

	snprintf(wal, sizeof(wal), "%s-wal", path);
	if (access(wal, F_OK) == 0)
		return -EACCES;
	database_close(*db);
	*db = NULL;
	immutable_uri(path, uri);
	int r = database_error(sqlite3_open_v2(
		uri, db, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL));
	return r < 0 ? r : configure(*db, layout, false, path, err);
}

int database_open(const char *state_dir, const struct database_layout *layout, bool writable,
		  sqlite3 **ret, struct error *err)
{
	char path[PATH_MAX];
	sqlite3 *db = NULL;
	int flags = SQLITE_OPEN_NOMUTEX | (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);

	int n = snprintf(path, sizeof(path), "%s/%s", state_dir, layout->file);
	if (n < 0 || (size_t)n >= sizeof(path))
		return error_set(err, -ENAMETOOLONG, "the state directory's name is too long: %s",
				 state_dir);
	int r = writable ? create_file(path, layout->mode) : 0;
	if (r < 0)
		return error_set(err, r, "cannot create %s: %s", path, error_errno_text(r));
	if (!writable && access(path, R_OK) < 0)
		return error_set(
			err, -errno,
			"cannot read %s: %s; is this the server's state directory (--state DIR)?",
			path, error_errno_text(errno));
	r = database_error(sqlite3_open_v2(path, &db, flags, NULL));
	if (r < 0)
		error_set(err, r, "cannot open %s: %s", path,
			  db ? sqlite3_errmsg(db) : error_errno_text(r));
	else
		r = configure(db, layout, writable, path, err);
	if (r == -EACCES && !writable)
		r = reopen_immutable(path, layout, &db, err);
	if (r < 0) {
		database_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

sqlite3 *database_close(sqlite3 *db)
{
	sqlite3_close_v2(db);
	return NULL;
}
