/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How Surrogate keeps a SQLite file: WAL, every commit synchronous, so that what was acknowledged
 * is there after kill -9 and after power loss. The registry and the event log are such files. A
 * handle belongs to one thread.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <sqlite3.h>
#include <sys/types.h>

struct database_layout {
	const char *file;   /* below the state directory: "registry.db" */
	mode_t mode;        /* of a file that is created */
	int version;        /* of the layout, kept in the file; a newer one is refused */
	const char *schema; /* SQL that creates it in an empty file */
};

/* Opens (creating, when writable) `state_dir`/layout->file. -ENOENT when there is nothing to read,
 * -EPROTO for a newer layout, -EBADMSG for a file that is no database, and others; the text says
 * which file and what to do. */
int database_open(const char *state_dir, const struct database_layout *layout, bool writable,
		  sqlite3 **ret, struct error *err);
/* Takes NULL, returns NULL. */
sqlite3 *database_close(sqlite3 *db);

/* A SQLite result code as a negated errno value; 0 for SQLITE_OK, _ROW and _DONE. */
int database_error(int code);
int database_exec(sqlite3 *db, const char *sql);
int database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret);
/* Runs a statement that gives no rows, and resets it. */
int database_run(sqlite3_stmt *statement);
/* One transaction; end commits when `r` is 0, else rolls back, and returns what came of it. */
int database_begin(sqlite3 *db);
int database_end(sqlite3 *db, int r);

static inline void database_finalize_indirect(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}
#define _cleanup_statement_ __attribute__((cleanup(database_finalize_indirect)))
