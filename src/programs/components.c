/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of components (components.h). What it takes to make an object is COM's own look-up: the
 * class is in the catalog, with the component's file.
 *
 * How it ends: while others hold no object and no call is worked on for as long as it is told to
 * wait, it first refuses activations (S_FALSE: rpcss has another one started), then
 * looks once more. An activation that came in between is seen then, and it goes on.
 */
#include "programs/components.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/activate.h"
#include "com/class.h"
#include "com/classes.h"
#include "dcom/dcom.h"
#include "dcom/remoting.h"
#include "library/catalog/catalog.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>

#define STOP_GRACE (2 * NSEC_PER_SEC)
#define LOOK_MIN (50 * NSEC_PER_MSEC)
#define LOOK_MAX (5 * NSEC_PER_SEC)
/* Whoever had it started gets so long to come. */
#define FIRST_PATIENCE (10 * NSEC_PER_SEC)

struct components {
	struct components_options options;
	struct security_acceptor *acceptor;
	struct rpc_server *server;
	struct dcom *dcom;
	GUID secret;
	atomic_bool refusing;
	_Atomic uint64_t made;
	int64_t idle, idle_since; /* ns; what has been seen so far */
	uint32_t calls_seen;
	struct loop_timer look;
};

/* ---- activation ---- */

static HRESULT activate(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
			IUnknown **ret)
{
	struct components *c = ctx;

	if (c->refusing)
		return S_FALSE;
	HRESULT hr = com_serve(clsid, factory, ret);

	if (SUCCEEDED(hr) && !*ret)
		hr = E_NOINTERFACE; /* a class object that says it made one, and did not */
	c->made += SUCCEEDED(hr);
	return hr;
}

/* ---- its end ---- */

/* Nobody holds anything, and nothing is worked on or has been since the last look. */
static bool is_idle(struct components *c)
{
	const struct rpc_statistics *s = rpc_server_statistics(c->server);
	uint32_t out = s->calls_out, in = s->calls_in; /* `out` first: it cannot be ahead */
	bool quiet = in == out && in == c->calls_seen;

	c->calls_seen = in;
	return quiet && !dcom_counts(c->dcom).exporter.objects;
}

static void look(void *ctx);

static void look_later(struct components *c)
{
	int64_t pause = c->refusing ? LOOK_MIN : c->idle / 4;

	pause = pause < LOOK_MIN ? LOOK_MIN : pause > LOOK_MAX ? LOOK_MAX : pause;
	loop_timer_set(c->options.loop, &c->look, loop_now(c->options.loop) + pause, look, c);
}

static void leave(struct components *c)
{
	const struct control_com_leaving m = { .generation = child_generation(c->options.child) };

	child_send(c->options.child, CONTROL_COM_LEAVING, &m, NULL, 0);
	c->options.left(c->options.ctx);
}

static void look(void *ctx)
{
	struct components *c = ctx;
	int64_t now = clock_now();
	int64_t patience = c->made || c->idle > FIRST_PATIENCE ? c->idle : FIRST_PATIENCE;
	bool idle = is_idle(c), refused = c->refusing;

	if (!idle) {
		c->idle_since = now;
		c->refusing = false;
	} else if (refused) {
		leave(c);
		return;
	} else if (now - c->idle_since >= patience) {
		c->refusing = true;
	}
	look_later(c);
}

/* ---- life ---- */

static int start_server(struct components *c, int fd, struct error *err)
{
	const struct security_acceptor_options accept = { .voucher = (const uint8_t *)&c->secret };
	int r = security_acceptor_new(&accept, &c->acceptor, err);
	const struct rpc_server_options server = { .acceptor = c->acceptor };

	if (r == 0)
		r = rpc_server_new(&server, &c->server);
	if (r == 0)
		r = rpc_server_listen(c->server, fd);
	if (r < 0)
		sys_close(fd);
	return r;
}

static int start_dcom(struct components *c, const struct control_com_start *m, struct error *err)
{
	char machine[RPC_ENDPOINT_MAX], endpoint[RPC_ENDPOINT_MAX];
	const struct dcom_options options = { .server = c->server,
					      .machine = machine,
					      .endpoint = endpoint,
					      .secret = &c->secret,
					      .least = (enum authn_level)m->authn_level,
					      .ping_period =
						      (int64_t)m->ping_seconds * NSEC_PER_SEC,
					      .ctx = c,
					      .activate = activate };
	int n = snprintf(machine, sizeof machine, TEXT_FMT "/" DCOM_MACHINE_SOCKET,
			 TEXT_ARG(m->state));

	if (n >= (int)sizeof machine || m->endpoint.length >= sizeof endpoint)
		return error_set(err, -ENAMETOOLONG, "the path of a local socket is too long");
	snprintf(endpoint, sizeof endpoint, TEXT_FMT, TEXT_ARG(m->endpoint));
	return dcom_new(&options, &c->dcom, err);
}

/* Objects may use others: of this machine's processes, of other machines. */
static int prepare(const struct control_com_start *m, struct error *err)
{
	_cleanup_mem_ char *state_dir = mem_dup(m->state.data, m->state.length + 1);

	if (!state_dir)
		return -ENOMEM;
	state_dir[m->state.length] = '\0';
	int r = catalog_register();

	if (r == 0)
		r = classes_configure(state_dir);
	if (r == 0)
		dcom_remoting_start(state_dir);
	return r;
}

static int say_ready(struct components *c)
{
	char activator[GUID_TEXT_SIZE];

	guid_format(&c->secret, activator);
	const struct control_com_ready m = { .generation = child_generation(c->options.child),
					     .activator = text_of(activator) };

	return child_send(c->options.child, CONTROL_COM_READY, &m, NULL, 0);
}

static int start(struct components *c, struct control_message *m, struct error *err)
{
	const struct control_com_start *s = &m->com_start;
	int fd = m->fds[0], r = prepare(s, err);

	if (r < 0)
		return r;
	m->fds[0] = -1;
	r = start_server(c, fd, err);
	if (r == 0)
		r = start_dcom(c, s, err);
	if (r < 0)
		return r;
	dcom_remoting_use(c->dcom);
	r = rpc_server_start(c->server);
	return r < 0 ? r : say_ready(c);
}

int components_new(const struct components_options *options, struct control_message *m,
		   struct components **ret, struct error *err)
{
	struct components *c = mem_new(struct components);
	struct error why = { 0 };

	if (!c)
		return error_set(err, -ENOMEM, "out of memory");
	c->options = *options;
	c->idle = (int64_t)m->com_start.idle_ms * NSEC_PER_MSEC;
	c->idle_since = clock_now();
	guid_random(&c->secret);
	int r = start(c, m, &why);

	if (r < 0) {
		components_free(c);
		return error_set(err, r, "cannot host components: %s",
				 why.text[0] ? why.text : error_errno_text(r));
	}
	look_later(c);
	*ret = c;
	return 0;
}

void components_stop(struct components *c, int64_t grace)
{
	c->refusing = true;
	loop_timer_cancel(c->options.loop, &c->look);
	rpc_server_stop(c->server, grace);
}

struct components *components_free(struct components *c)
{
	if (!c)
		return NULL;
	loop_timer_cancel(c->options.loop, &c->look);
	if (c->server)
		rpc_server_stop(c->server, STOP_GRACE);
	dcom_remoting_use(NULL);
	dcom_free(c->dcom);
	rpc_server_free(c->server);
	security_acceptor_free(c->acceptor);
	return mem_free(c);
}

void components_counters(struct components *c, uint64_t *ret_made, uint64_t *ret_objects)
{
	*ret_made = c->made;
	*ret_objects = dcom_counts(c->dcom).exporter.objects;
}
