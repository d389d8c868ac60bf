/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of the server: read when the service control manager starts, and again when its
 * files change. SCM loop thread.
 *
 * A changed file is read, validated as a whole and put in force in one step: all that can fail is
 * done before anything is touched. A broken one changes nothing but `config_error`: the server goes
 * on with what it has, event 5172 says what is wrong, and the next change is looked at as if
 * nothing had been.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>

/* ---- one reading ---- */

/* What was read, until it is in force. */
struct reading {
	char path[PATH_MAX];
	char *text;
	size_t length;
	struct config *config;
	int fd;
	struct scm_site *sites;
};

int scm_memory_file(const char *name, struct text content)
{
	_cleanup_fd_ int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r = fd < 0 ? -errno : sys_write_all(fd, content.data, content.length);

	if (!r &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		r = -errno;
	return r < 0 ? r : TAKE_FD(fd);
}

/* The text as every child gets it: what was validated here, without passwords. */
static int seal(const struct reading *reading, int *ret, struct error *err)
{
	_cleanup_mem_ char *text = mem_dup(reading->text, reading->length);
	int r;

	if (!text)
		return error_set(err, -ENOMEM, "out of memory");
	config_hide_passwords(reading->config, text);
	r = scm_memory_file("applicationHost.config", (struct text){ text, reading->length });
	if (r < 0)
		return error_set(err, r, "cannot pass the configuration on: %s",
				 error_errno_text(r));
	*ret = r;
	return 0;
}

/* Where it is may have changed too. */
static int read_file(struct scm *scm, struct reading *reading, struct error *err)
{
	int r = config_locate(scm->state_dir, reading->path, err);

	return r < 0 ? r : config_read(reading->path, &reading->text, &reading->length, err);
}

static int parse(struct scm *scm, struct reading *reading, struct error *err)
{
	int r = config_parse((struct text){ reading->text, reading->length }, reading->path,
			     scm->state_dir, &reading->config, err);

	if (!r)
		r = seal(reading, &reading->fd, err);
	if (r < 0)
		return r;
	reading->sites = scm_sites_new(scm, reading->config);
	return reading->sites ? 0 : error_set(err, -ENOMEM, "out of memory");
}

static void reading_done(struct reading *reading)
{
	mem_free(reading->text);
	config_unref(reading->config);
	sys_close(reading->fd);
	mem_free(reading->sites);
}

/* Puts it in the place of what was in force, which is then in `reading`. */
static void exchange(struct scm *scm, struct reading *reading)
{
	struct reading old = { .text = scm->config_text,
			       .length = scm->config_length,
			       .config = scm->config,
			       .fd = scm->config_fd,
			       .sites = scm->sites };

	scm->config_text = reading->text;
	scm->config_length = reading->length;
	scm->config = reading->config;
	scm->config_fd = reading->fd;
	scm->sites = reading->sites;
	scm->config_version++;
	snprintf(scm->config_path, sizeof(scm->config_path), "%s", reading->path);
	*reading = old;
}

/* ---- the start ---- */

int scm_config_load(struct scm *scm, struct error *err)
{
	struct reading reading = { .fd = -1 };
	int r = read_file(scm, &reading, err);

	if (r == -ENOENT)
		return error_set(err, r,
				 "there is no configuration %s; run 'surrogate serve PATH' to have "
				 "one written for a folder, or put one there",
				 reading.path);
	if (!r)
		r = parse(scm, &reading, err);
	if (!r)
		exchange(scm, &reading);
	reading_done(&reading);
	return r;
}

void scm_config_done(struct scm *scm)
{
	scm->config_text = mem_free(scm->config_text);
	scm->config = config_unref(scm->config);
	scm->config_fd = sys_close(scm->config_fd);
	scm->sites = mem_free(scm->sites);
}

/* ---- a change ---- */

static bool is_known(const struct scm *scm, const struct reading *reading)
{
	return !strcmp(reading->path, scm->config_path) && reading->length == scm->config_length &&
	       !memcmp(reading->text, scm->config_text, reading->length);
}

/* Said once for each thing that is wrong, however often the file is written with it. */
static void refuse(struct scm *scm, const char *path, struct error *err)
{
	char parameters[sizeof(err->text) + SCM_PATH_MAX + 64];
	struct error *held = &scm->config_error;

	if (!err->file[0])
		snprintf(err->file, sizeof(err->file), "%.255s", path);
	if (held->text[0] && held->line == err->line && !strcmp(held->text, err->text) &&
	    !strcmp(held->file, err->file))
		return;
	*held = *err;
	snprintf(parameters, sizeof(parameters), "%s\x1f%d\x1f%s", err->file, err->line, err->text);
	scm_event(scm, "WAS", 5172, 0, parameters);
	fprintf(stderr,
		"surrogate: %s: line %d: %s; the server goes on with the configuration it has\n",
		err->file, err->line, err->text);
}

/* webLimits: a front end has those it began with. */
static bool same_limits(const struct config *a, const struct config *b)
{
	const struct config_server *x = config_server(a), *y = config_server(b);

	return x->connection_timeout == y->connection_timeout &&
	       x->header_wait_timeout == y->header_wait_timeout &&
	       x->max_global_bandwidth == y->max_global_bandwidth &&
	       x->min_bytes_per_second == y->min_bytes_per_second;
}

/* A front end that cannot see a folder of a new site is not told of it: another one takes its
 * place, and is told when it does. */
static void configure_front(struct scm *scm, const struct config *before)
{
	if (!scm->front || scm->front_next)
		return;
	if (!scm_child_reaches(scm->front) || !same_limits(before, scm->config))
		scm_front_replace(scm);
	if (!scm->front_next)
		scm_child_configure(scm->front);
}

/* One that was told to stop finishes its requests and reads nothing more. */
static bool host_listens(const struct scm_child *child)
{
	const struct pool_host *host =
		child->role == SCM_HOST ? pool_find(&child->pool->policy, child->generation) : NULL;

	return child->registered && host && host->state <= POOL_HOST_DRAINING;
}

/* The order matters: first nobody asks for what is gone, then it goes; and the front end knows a
 * pool before it hears of its hosts. */
static void follow(struct scm *scm, const struct config *before, struct scm_pool **pools)
{
	scm_listeners_trim(scm);
	configure_front(scm, before);
	for (struct scm_child *c = scm->children; c; c = c->next) {
		if (host_listens(c))
			scm_child_configure(c);
	}
	scm_pools_follow(scm, pools);
	scm_sites_continue(scm);
}

void scm_config_reload(struct scm *scm)
{
	struct reading reading = { .fd = -1 };
	struct scm_pool **pools = NULL;
	struct error err = { 0 };
	int r = read_file(scm, &reading, &err);

	if (!r && is_known(scm, &reading)) {
		scm->config_error = (struct error){ 0 };
		reading_done(&reading);
		return;
	}
	if (!r)
		r = parse(scm, &reading, &err);
	if (!r)
		r = scm_pools_prepare(scm, reading.config, &pools);
	if (r == -ENOMEM && !err.text[0])
		error_set(&err, r, "out of memory");
	if (r < 0) {
		refuse(scm, reading.path, &err);
	} else {
		scm->config_error = (struct error){ 0 };
		exchange(scm, &reading);
		follow(scm, reading.config, pools); /* what was in force */
	}
	reading_done(&reading);
}
