/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where log lines go: which file, and until when. DIRECTORY/W3SVC<id>/u_ex<yymmdd>.log by logFile
 * of the site, or one such file for all sites in DIRECTORY/W3SVC by log/centralW3CLogFile.
 *
 * A loop collects lines and writes them once a second, when its buffer is full or has as many
 * entries as flushByEntryCountW3CLog says, when a period ends and at the end; several loops append
 * whole lines to one descriptor. Files are opened under a lock, by whoever comes first, who also
 * writes the header lines; who uses one has a reference.
 */
#include "web/log.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define NUMBER_MAX 100000 /* files of period MaxSize */

enum period { MAX_SIZE, DAILY, WEEKLY, MONTHLY, HOURLY };

struct web_log_file {
	struct web_log_file *next;
	char *path;
	unsigned refs;
	int fd;
	_Atomic uint64_t size;
};

/* ---- periods ---- */

/* `seconds` as the period counts them. */
static void period_time(const struct config_log *log, bool local, time_t seconds, struct tm *ret)
{
	if (local || log->local_rollover)
		localtime_r(&seconds, ret);
	else
		gmtime_r(&seconds, ret);
}

/* The first second that is not in the period of `seconds` any more; looked for hour by hour, so
 * that days of 23 and 25 hours are as they are. */
static int64_t period_end(const struct config_log *log, bool local, int64_t seconds)
{
	struct tm begin, tm;
	period_time(log, local, (time_t)seconds, &begin);
	int64_t at = seconds - begin.tm_min * 60 - begin.tm_sec + 3600;
	if (log->period == MAX_SIZE)
		return INT64_MAX;
	for (int hours = 0; log->period != HOURLY && hours < 24 * 32; hours++, at += 3600) {
		period_time(log, local, (time_t)at, &tm);
		if (log->period == MONTHLY  ? tm.tm_mon != begin.tm_mon
		    : log->period == WEEKLY ? (tm.tm_mday - 1) / 7 != (begin.tm_mday - 1) / 7 ||
						      tm.tm_mon != begin.tm_mon
					    : tm.tm_mday != begin.tm_mday)
			break;
	}
	return at;
}

/* "260131" and so on, as each period has it; of a week the number in its month. */
static void period_name(const struct config_log *log, bool local, int64_t seconds, char out[16])
{
	struct tm tm;
	period_time(log, local, (time_t)seconds, &tm);
	/* strftime writes what it is to read: the month's day becomes its week. */
	if (log->period == WEEKLY)
		tm.tm_mday = (tm.tm_mday - 1) / 7 + 1;
	strftime(out, 16,
		 log->period == HOURLY    ? "%y%m%d%H"
		 : log->period == MONTHLY ? "%y%m"
					  : "%y%m%d",
		 &tm);
}

/* ---- names ---- */

/* By format: behind the "u_" of UTF-8, of a period and of a number. */
static const struct {
	const char *period, *number;
} names[] = {
	[CONFIG_LOG_IIS] = { "in", "inetsv" },
	[CONFIG_LOG_NCSA] = { "nc", "ncsa" },
	[CONFIG_LOG_EXTENDED] = { "ex", "extend" },
};

/* The folder of the log, made when it is not there. -ENAMETOOLONG. */
static int make_folder(const struct web_loop *loop, const struct web_log *log, char path[PATH_MAX])
{
	const char *directory = log->settings->directory;
	int n;

	if (directory && directory[0] == '/')
		n = snprintf(path, PATH_MAX, "%s", directory);
	else
		n = snprintf(path, PATH_MAX, "%s/logs", loop->web->state_dir);
	if (n < 0 || n + 64 > PATH_MAX)
		return -ENAMETOOLONG;
	mkdir(path, 0755);
	if (log->site)
		n += snprintf(path + n, (size_t)(PATH_MAX - n), "/W3SVC%u", log->site->id);
	else
		n += snprintf(path + n, (size_t)(PATH_MAX - n), "/W3SVC");
	mkdir(path, 0755);
	return n;
}

/* Fixed formats are in local time, whatever localTimeRollover says. */
static bool is_local(const struct web_log *log)
{
	return log->format != CONFIG_LOG_EXTENDED;
}

/* The first number whose file is not full. */
static void number_name(const struct web_log *log, char *path, size_t folder, const char *prefix)
{
	for (unsigned number = 1; number < NUMBER_MAX; number++) {
		struct stat st;
		snprintf(path + folder, PATH_MAX - folder, "/%s%s%u.log", prefix,
			 names[log->format].number, number);
		if (stat(path, &st) < 0 || (uint64_t)st.st_size < log->settings->truncate_size)
			return;
	}
}

/* -ENAMETOOLONG. */
static int file_name(const struct web_loop *loop, struct web_log *log, char path[PATH_MAX])
{
	const char *prefix = config_server(loop->snapshot->config)->log_utf8 ? "u_" : "";
	int n = make_folder(loop, log, path);
	char period[16];

	if (n < 0)
		return n;
	if (log->settings->period == MAX_SIZE) {
		number_name(log, path, (size_t)n, prefix);
		return 0;
	}
	period_name(log->settings, is_local(log), loop->log_seconds, period);
	snprintf(path + n, (size_t)(PATH_MAX - n), "/%s%s%s.log", prefix, names[log->format].period,
		 period);
	return 0;
}

/* ---- files ---- */

static struct web_log_file *file_open(const char *path, const struct web_loop *loop,
				      const struct web_log *log)
{
	struct web_log_file *file = mem_new(struct web_log_file);
	struct stat st;

	if (!file)
		return NULL;
	file->path = mem_strdup(path);
	file->fd = file->path ? sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644)
			      : -ENOMEM;
	if (file->fd < 0 || fstat(file->fd, &st) < 0) {
		sys_close(file->fd);
		mem_free(file->path);
		return mem_free(file);
	}
	atomic_store(&file->size, (uint64_t)st.st_size);
	char *head = log->format == CONFIG_LOG_EXTENDED ? web_log_header(loop, log) : NULL;
	/* A full disk: serving goes on. */
	if (head && sys_write_all(file->fd, head, strlen(head)) == 0)
		atomic_fetch_add(&file->size, strlen(head));
	mem_free(head);
	return file;
}

static struct web_log_file *file_get(struct web_loop *loop, struct web_log *log)
{
	struct web *web = loop->web;
	char path[PATH_MAX];

	if (file_name(loop, log, path) < 0)
		return NULL;
	pthread_mutex_lock(&web->log_lock);
	struct web_log_file *file = web->log_files;
	while (file && strcmp(file->path, path) != 0)
		file = file->next;
	if (!file) {
		file = file_open(path, loop, log);
		if (file) {
			file->next = web->log_files;
			web->log_files = file;
		}
	}
	if (file)
		file->refs++;
	pthread_mutex_unlock(&web->log_lock);
	return file;
}

static void file_put(struct web *web, struct web_log_file *file)
{
	if (!file)
		return;
	pthread_mutex_lock(&web->log_lock);
	if (--file->refs == 0) {
		struct web_log_file **at = &web->log_files;
		while (*at != file)
			at = &(*at)->next;
		*at = file->next;
		sys_close(file->fd);
		mem_free(file->path);
		mem_free(file);
	}
	pthread_mutex_unlock(&web->log_lock);
}

/* ---- buffers ---- */

void web_log_flush_one(struct web_loop *loop, struct web_log *log)
{
	struct web_log_file *file = log->file;
	if (log->length && file) {
		(void)sys_write_all(file->fd, log->data, log->length);
		uint64_t size = atomic_fetch_add(&file->size, log->length) + log->length;
		if (log->settings->period == MAX_SIZE && size >= log->settings->truncate_size) {
			file_put(loop->web, file);
			log->file = NULL;
		}
	}
	log->length = 0;
	log->entries = 0;
}

void web_log_flush(struct web_loop *loop)
{
	for (struct web_log *log = loop->logs; log; log = log->next)
		web_log_flush_one(loop, log);
}

void web_log_forget(struct web_loop *loop)
{
	web_log_flush(loop);
	while (loop->logs) {
		struct web_log *log = loop->logs;
		loop->logs = log->next;
		file_put(loop->web, log->file);
		mem_free(log->data);
		mem_free(log);
	}
	if (loop->flush_armed)
		loop_timer_cancel(loop->loop, &loop->flush_timer);
	loop->flush_armed = false;
}

bool web_log_ready(struct web_loop *loop, struct web_log *log)
{
	if (log->file && loop->log_seconds >= log->until) {
		web_log_flush_one(loop, log);
		file_put(loop->web, log->file);
		log->file = NULL;
	}
	if (!log->file) {
		log->file = file_get(loop, log);
		log->until = period_end(log->settings, is_local(log), loop->log_seconds);
	}
	return log->file != NULL;
}
