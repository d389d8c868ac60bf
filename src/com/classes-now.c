/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalog of this process (classes.h): read when it is first asked for, and again when the file
 * is another one than before. Whoever publishes replaces the file, so what fstat says of one opened
 * file is true of all that is read from it. Any thread.
 */
#include "com/classes.h"

#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

static struct {
	char path[PATH_MAX];  /* "": no catalog */
	pthread_mutex_t lock; /* guards what follows */
	struct stat seen;     /* of the file that was read last; st_ino 0: none */
	struct classes *classes;
	struct error err; /* why there are none */
} now = { .lock = PTHREAD_MUTEX_INITIALIZER };

int classes_configure(const char *state_dir)
{
	int n = snprintf(now.path, sizeof(now.path), "%s/" CLASSES_FILE, state_dir);

	if (n > 0 && n < (int)sizeof(now.path))
		return 0;
	now.path[0] = '\0';
	return -ENAMETOOLONG;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Under the lock. */
static int read_again(void)
{
	_cleanup_fd_ int fd = sys_open(now.path, O_RDONLY | O_CLOEXEC, 0);
	_cleanup_mem_ char *text = NULL;
	struct error why = { 0 };
	struct stat st;
	size_t length;
	int r = fd < 0 ? fd : fstat(fd, &st) < 0 ? -errno : 0;

	if (!r)
		r = sys_read_fd(fd, CLASSES_BYTES_MAX, &text, &length);
	if (r == -ENOENT)
		return 0; /* removed meanwhile */
	if (r)
		return error_set(&now.err, r, "cannot read the class catalog %s: %s", now.path,
				 error_errno_text(r));
	r = classes_parse((struct text){ text, length }, &now.classes, &why);
	if (r == -EBADMSG || r == -ENOBUFS) /* as long as it is this file it will be wrong */
		now.seen = st;
	if (r)
		return error_set(
			&now.err, r,
			"the class catalog %s is ill-formed: %s; registering any component "
			"with regsvr writes it anew",
			now.path, why.text);
	now.seen = st;
	return 0;
}

struct classes *classes_now(struct error *err)
{
	struct classes *classes;
	struct stat st;

	if (!now.path[0])
		return NULL;
	pthread_mutex_lock(&now.lock);
	if (stat(now.path, &st) < 0) {
		int r = -errno;

		now.seen = (struct stat){ 0 };
		now.classes = classes_unref(now.classes);
		now.err = (struct error){ 0 };
		if (r != -ENOENT)
			error_set(&now.err, r, "cannot read the class catalog %s: %s", now.path,
				  error_errno_text(r));
	} else if (!same(&st, &now.seen)) {
		now.seen = (struct stat){ 0 };
		now.classes = classes_unref(now.classes);
		now.err = (struct error){ 0 };
		read_again();
	}
	classes = classes_ref(now.classes);
	if (!classes && err && now.err.code)
		*err = now.err;
	pthread_mutex_unlock(&now.lock);
	return classes;
}
