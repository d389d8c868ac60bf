/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dllhost: the surrogate process that runs one application, its pages under the identity of its
 * pool, or its components. Started by the service control manager, which says which of the two by
 * its first message; serves the channel, or the socket, that it is handed until told to stop.
 */
#include "base/fault.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "ipc/child.h"
#include "programs/components.h"
#include "programs/pages.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

struct dllhost {
	struct loop *loop;
	struct child *child;
	struct pages *pages;           /* NULL: what comes first decides */
	struct components *components; /* the same */
	int status;
};

static void dllhost_fail(struct dllhost *host, const struct error *err)
{
	fprintf(stderr, "dllhost: %s\n", err->text);
	host->status = 1;
	if (host->loop)
		loop_stop(host->loop);
}

static void dllhost_report(void *ctx, const char *source, uint32_t id, const char *p1,
			   const char *p2)
{
	struct dllhost *host = ctx;

	child_report(host->child, source, id, p1, p2, NULL);
}

static void dllhost_configure(struct dllhost *host, const struct control_message *m)
{
	_cleanup_mem_ char *state_dir = NULL;
	struct config *config = NULL;
	struct error err = { 0 };
	int r = pages_read_config(m, &config, &state_dir, &err);

	if (r == 0 && !host->pages) {
		r = pages_new(dllhost_report, host, &host->pages);
		if (r < 0)
			error_set(&err, r, "cannot start: %s", error_errno_text(r));
	}
	if (r == 0)
		r = pages_set_config(host->pages, config, &err);
	config_unref(config);
	if (r < 0)
		dllhost_fail(host, &err);
}

static void dllhost_left(void *ctx)
{
	struct dllhost *host = ctx;

	loop_stop(host->loop);
}

static void dllhost_become_components(struct dllhost *host, struct control_message *m)
{
	const struct components_options options = {
		.loop = host->loop, .child = host->child, .left = dllhost_left, .ctx = host
	};
	struct error err = { 0 };

	if (components_new(&options, m, &host->components, &err) < 0)
		dllhost_fail(host, &err);
}

static void dllhost_stop(struct dllhost *host, int64_t grace)
{
	if (host->pages)
		pages_stop(host->pages, grace);
	if (host->components)
		components_stop(host->components, grace);
	loop_stop(host->loop);
}

static void dllhost_message(void *ctx, struct control_message *m)
{
	struct dllhost *host = ctx;
	struct error err = { 0 };

	switch (m->type) {
	case CONTROL_CONFIG:
		dllhost_configure(host, m);
		break;
	case CONTROL_CHANNEL:
		if (host->pages && pages_serve(host->pages, m->channel.front, m->fds[0], m->fds + 1,
					       m->fd_count - 1, &err) < 0)
			dllhost_fail(host, &err);
		break;
	case CONTROL_FRONT_GONE:
		if (host->pages)
			pages_front_gone(host->pages, m->front_gone.front);
		break;
	case CONTROL_COM_START:
		if (!host->components)
			dllhost_become_components(host, m);
		break;
	case CONTROL_STOP:
		dllhost_stop(host, (int64_t)m->stop.grace_ms * NSEC_PER_MSEC);
		break;
	default:
		break;
	}
}

static void dllhost_counters(void *ctx, uint64_t *ret_requests, uint64_t *ret_active)
{
	struct dllhost *host = ctx;

	if (host->pages)
		pages_counters(host->pages, ret_requests, ret_active);
	else if (host->components)
		components_counters(host->components, ret_requests, ret_active);
}

static void dllhost_lost(void *ctx)
{
	struct dllhost *host = ctx;

	host->status = 1;
	loop_stop(host->loop);
}

static int dllhost_run(void)
{
	struct dllhost host = { 0 };
	struct child_handler handler = { &host, dllhost_message, dllhost_counters, dllhost_lost };
	struct error err = { 0 };
	int r = loop_new(&host.loop);

	if (r == 0)
		r = child_new(host.loop, &handler, &host.child, &err);
	if (r == 0)
		r = child_register(host.child, "dllhost", NULL, 0);
	if (r < 0) {
		if (!err.text[0])
			error_set(&err, r, "cannot start: %s", error_errno_text(r));
		dllhost_fail(&host, &err);
	} else if (loop_run(host.loop) < 0) {
		host.status = 1;
	}
	pages_free(host.pages);
	components_free(host.components);
	child_free(host.child);
	loop_free(host.loop);
	return host.status;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return puts("dllhost " SURROGATE_VERSION) < 0;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: dllhost /Processid:{AppID}\n"
		     "dllhost runs the pages and components of one application. It is started by "
		     "the\n"
		     "service control manager: use 'surrogate run' or 'surrogate serve PATH'.");
		return 0;
	}
	if (argc > 2 || (argc > 1 && strncmp(argv[1], "/Processid:", 11) != 0)) {
		fprintf(stderr, "dllhost: '%s' is not understood; see 'dllhost --help'\n",
			argv[argc - 1]);
		return 2;
	}
	fault_init_from_environment();
	signal(SIGPIPE, SIG_IGN);
	return dllhost_run();
}
