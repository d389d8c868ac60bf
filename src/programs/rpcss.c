/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpcss, the service RpcSs: endpoint mapper, object resolver and activation (programs/activator.h).
 * Everything it works with comes from the service control manager, sockets, settings, accounts and
 * keys, since its own user may open none of them. The conversation has the main thread; what it
 * starts has threads of its own.
 */
#include "base/fault.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/classes.h"
#include "library/catalog/catalog.h"
#include "programs/activator.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum lent { LOCAL, ACTIVATION, OBJECTS, USERS, KEYTAB, LENT_COUNT };

struct rpcss {
	struct loop *loop;
	struct child *child;
	struct activator *activator;
	struct activator_settings settings;
	char *state_dir;
	int lent[LENT_COUNT];
	int status;
};

static void fail(struct rpcss *s, const struct error *err)
{
	fprintf(stderr, "rpcss: %s\n", err->text);
	s->status = 1;
	loop_stop(s->loop);
}

/* ---- what it is lent ---- */

/* They come in this order, each that is there. */
static int take_lent(struct rpcss *s, struct control_message *m)
{
	const struct control_rpcss_start *start = &m->rpcss_start;
	const bool there[LENT_COUNT] = { true, start->sockets > 0, start->sockets > 1, start->users,
					 start->keytab };
	int next = 0;

	for (int i = 0; i < LENT_COUNT; i++) {
		if (!there[i])
			continue;
		if (next == m->fd_count)
			return -EINVAL;
		s->lent[i] = m->fds[next];
		m->fds[next++] = -1;
	}
	return 0;
}

/* A file that is open already, by name; NULL when there is none. */
static const char *name_of(int fd, char out[32])
{
	if (fd < 0)
		return NULL;
	snprintf(out, 32, "/proc/self/fd/%d", fd);
	return out;
}

/* ---- the conversation ---- */

static int begin(struct rpcss *s, struct error *err)
{
	char users[32], keytab[32];
	const struct activator_options options = { .child = s->child,
						   .settings = &s->settings,
						   .state_dir = s->state_dir,
						   .local = s->lent[LOCAL],
						   .activation = s->lent[ACTIVATION],
						   .objects = s->lent[OBJECTS],
						   .users = name_of(s->lent[USERS], users),
						   .keytab = name_of(s->lent[KEYTAB], keytab) };

	return activator_new(&options, &s->activator, err);
}

static int take_settings(struct rpcss *s, const struct control_rpcss_start *start,
			 struct error *err)
{
	const struct activator_raw raw = { .authn_level = start->authn_level,
					   .ping_seconds = start->ping_seconds,
					   .names = start->names,
					   .classes = start->classes };

	s->state_dir = mem_dup(start->state.data, start->state.length + 1);
	if (!s->state_dir)
		return error_set(err, -ENOMEM, "out of memory");
	s->state_dir[start->state.length] = '\0';
	/* Names of classes may be those of components. */
	int r = classes_configure(s->state_dir);

	if (r < 0)
		return error_set(err, r, "the state directory's name is too long");
	return activator_settings_parse(&raw, &s->settings, err);
}

static void start_message(struct rpcss *s, struct control_message *m)
{
	struct error err = { 0 };
	int r = s->state_dir ? error_set(&err, -EINVAL, "RPCSS_START came twice") : take_lent(s, m);

	if (r == 0)
		r = take_settings(s, &m->rpcss_start, &err);
	if (r == 0)
		r = begin(s, &err);
	if (r < 0 && !err.text[0])
		error_set(&err, r, "RPCSS_START cannot be understood");
	if (r < 0)
		fail(s, &err);
}

static void message(void *ctx, struct control_message *m)
{
	struct rpcss *s = ctx;

	if (m->type == CONTROL_RPCSS_START)
		start_message(s, m);
	else if (m->type == CONTROL_COM_ACTIVATED && s->activator)
		activator_answer(s->activator, &m->com_activated);
	else if (m->type == CONTROL_STOP)
		loop_stop(s->loop);
}

static void lost(void *ctx)
{
	struct rpcss *s = ctx;

	loop_stop(s->loop);
}

static int converse(struct rpcss *s, struct error *err)
{
	struct child_handler handler = { .ctx = s, .message = message, .lost = lost };
	int r = loop_new(&s->loop);

	if (r == 0)
		r = child_new(s->loop, &handler, &s->child, err);
	if (r == 0)
		r = child_register(s->child, "rpcss", NULL, 0);
	return r < 0 ? r : loop_run(s->loop);
}

static int run(void)
{
	struct rpcss s = { .lent = { -1, -1, -1, -1, -1 } };
	struct error err = { 0 };
	int r = catalog_register();

	if (r == 0)
		r = converse(&s, &err);
	if (r < 0) {
		fprintf(stderr, "rpcss: %s\n", err.text[0] ? err.text : error_errno_text(r));
		s.status = 1;
	}
	activator_free(s.activator);
	child_free(s.child);
	loop_free(s.loop);
	for (int i = 0; i < LENT_COUNT; i++)
		sys_close(s.lent[i]);
	mem_free(s.state_dir);
	return s.status;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return puts("rpcss " SURROGATE_VERSION) < 0;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: rpcss\n"
		     "rpcss is the endpoint mapper, the object resolver and the activation of "
		     "DCOM. "
		     "It is\n"
		     "started by the service control manager, as the service RpcSs: use 'surrogate "
		     "run'.");
		return 0;
	}
	if (argc > 1) {
		fprintf(stderr, "rpcss: '%s' is not understood; see 'rpcss --help'\n", argv[1]);
		return 2;
	}
	fault_init_from_environment();
	signal(SIGPIPE, SIG_IGN);
	return run();
}
