/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who could put something else in the place of a folder: for those that are read although they are
 * closed. Called by the SCM before it gives a child CAP_DAC_READ_SEARCH, and by surrogate-launch.
 *
 * A site may lie in the folder of somebody else, who can exchange it for a link to /root at any
 * time. With the capability such a link would open what its maker cannot read. So the way there is
 * walked step by step, by descriptors: whoever owns or may write a folder or link on it must be
 * root, or own what it leads to, and so can read that anyway.
 */
#include "scm/launch.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40

struct walk {
	int at;
	char rest[PATH_MAX]; /* still to go */
	int links;
	/* Who besides root can change the way; others: more than one of them, or everybody. */
	uid_t owner;
	gid_t group;
	bool others;
};

static void note_owner(struct walk *w, uid_t owner)
{
	w->others = w->others || (owner && w->owner && w->owner != owner);
	w->owner = owner ? owner : w->owner;
}

/* Whoever may write a folder can exchange what is in it; in a sticky one only what is theirs. */
static void note_folder(struct walk *w, const struct stat *folder, const struct stat *entry)
{
	bool sticky = folder->st_mode & S_ISVTX;

	note_owner(w, folder->st_uid);
	if (sticky || S_ISLNK(entry->st_mode))
		note_owner(w, entry->st_uid);
	if (sticky)
		return;
	w->others = w->others || folder->st_mode & S_IWOTH;
	if (!(folder->st_mode & S_IWGRP) || !folder->st_gid)
		return;
	w->others = w->others || (w->group && w->group != folder->st_gid);
	w->group = folder->st_gid;
}

/* "a" of "a/b", "b" stays; false at the end. */
static bool next_name(struct walk *w, char name[PATH_MAX])
{
	size_t start = strspn(w->rest, "/"), length = strcspn(w->rest + start, "/");

	if (!length)
		return false;
	memcpy(name, w->rest + start, length);
	name[length] = '\0';
	memmove(w->rest, w->rest + start + length, strlen(w->rest + start + length) + 1);
	return true;
}

static int to_root(struct walk *w)
{
	sys_close(w->at);
	w->at = sys_open("/", O_PATH | O_DIRECTORY, 0);
	return w->at < 0 ? w->at : 0;
}

/* What the link says goes in front of the rest. */
static int follow(struct walk *w, int link)
{
	char to[PATH_MAX];
	size_t left = strlen(w->rest);
	ssize_t n = readlinkat(link, "", to, sizeof(to));

	if (n < 0)
		return -errno;
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	if ((size_t)n + left + 2 > sizeof(w->rest))
		return -ENAMETOOLONG;
	memmove(w->rest + n + 1, w->rest, left + 1);
	memcpy(w->rest, to, (size_t)n);
	w->rest[n] = '/';
	return *to == '/' ? to_root(w) : 0;
}

static int step(struct walk *w, const char *name)
{
	_cleanup_fd_ int next = sys_openat(w->at, name, O_PATH | O_NOFOLLOW, 0);
	struct stat folder, entry;

	if (next < 0)
		return next;
	if (fstat(w->at, &folder) < 0 || fstat(next, &entry) < 0)
		return -errno;
	note_folder(w, &folder, &entry);
	if (S_ISLNK(entry.st_mode))
		return follow(w, next);
	sys_close(w->at);
	w->at = TAKE_FD(next);
	return 0;
}

int launch_open_trusted(const char *path)
{
	struct walk w = { .at = -1 };
	char name[PATH_MAX];
	struct stat end;
	int r = (size_t)snprintf(w.rest, sizeof(w.rest), "%s", path) < sizeof(w.rest)
			? to_root(&w)
			: -ENAMETOOLONG;

	while (!r && next_name(&w, name))
		r = step(&w, name);
	if (!r && fstat(w.at, &end) < 0)
		r = -errno;
	if (!r &&
	    (w.others || (w.owner && w.owner != end.st_uid) || (w.group && w.group != end.st_gid)))
		r = -EPERM;
	if (!r)
		return w.at;
	sys_close(w.at);
	return r;
}
