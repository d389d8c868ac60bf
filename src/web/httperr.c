/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTPERR log: what was refused before there was a site to log it (STATE/logs/HTTPERR/
 * httperr<n>.log). Written line by line under a lock: such lines are rare, or the connection that
 * caused them cost more. A file that reached its size is followed by the next number.
 */
#include "web/internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define FILE_MAX (1 << 20) /* ErrorLogFileTruncateSize of HTTP.sys */
#define FILES_MAX 100000

struct web_httperr {
	pthread_mutex_t lock;
	char *folder;
	int fd;
	int64_t length;
	unsigned number;
};

struct web_httperr *web_httperr_new(const char *state_dir)
{
	struct web_httperr *log = mem_new(struct web_httperr);
	size_t size = strlen(state_dir) + 32;
	if (!log)
		return NULL;
	log->folder = mem_alloc(size);
	if (!log->folder)
		return mem_free(log);
	snprintf(log->folder, size, "%s/logs/HTTPERR", state_dir);
	pthread_mutex_init(&log->lock, NULL);
	log->fd = -1;
	return log;
}

struct web_httperr *web_httperr_free(struct web_httperr *log)
{
	if (!log)
		return NULL;
	sys_close(log->fd);
	mem_free(log->folder);
	pthread_mutex_destroy(&log->lock);
	return mem_free(log);
}

static void make_folder(const struct web_httperr *log)
{
	char parent[PATH_MAX];
	snprintf(parent, sizeof(parent), "%s", log->folder);
	*strrchr(parent, '/') = '\0';
	mkdir(parent, 0755);
	mkdir(log->folder, 0755);
}

/* The first file that is not full. */
static void open_next(struct web_httperr *log, const char *now)
{
	log->fd = sys_close(log->fd);
	make_folder(log);
	while (log->fd < 0 && log->number < FILES_MAX) {
		char path[PATH_MAX];
		struct stat st;
		snprintf(path, sizeof(path), "%s/httperr%u.log", log->folder, ++log->number);
		log->fd = sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644);
		if (log->fd < 0 || fstat(log->fd, &st) < 0)
			return;
		log->length = st.st_size;
		if (st.st_size >= FILE_MAX)
			log->fd = sys_close(log->fd);
	}
	char head[256];
	int n = snprintf(head, sizeof(head),
			 "#Software: Surrogate " SURROGATE_VERSION "\r\n#Version: 1.0\r\n"
			 "#Date: %s\r\n#Fields: date time c-ip c-port s-ip s-port cs-version "
			 "cs-method cs-uri sc-status s-siteid s-reason s-queuename\r\n",
			 now);
	if (log->fd >= 0 && sys_write_all(log->fd, head, (size_t)n) == 0)
		log->length += n;
}

void web_httperr_write(struct web_httperr *log, const char *remote, uint32_t status,
		       const char *why)
{
	char now[32], line[256], code[16] = "-";
	time_t seconds = (time_t)(clock_wall() / NSEC_PER_SEC);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	strftime(now, sizeof(now), "%Y-%m-%d %H:%M:%S", &tm);
	if (status)
		snprintf(code, sizeof(code), "%u", status);
	int n = snprintf(line, sizeof(line), "%s %s - - - - - - %s - %s -\r\n", now,
			 remote[0] ? remote : "-", code, why);
	pthread_mutex_lock(&log->lock);
	if (log->fd < 0 || log->length >= FILE_MAX)
		open_next(log, now);
	if (log->fd >= 0 && sys_write_all(log->fd, line, (size_t)n) == 0)
		log->length += n;
	pthread_mutex_unlock(&log->lock);
}
