/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dcom-bench --serve PATH [--ntlm FILE] [--keytab FILE]
 * dcom-bench --call vtable|table|class [--seconds N]
 * dcom-bench --call vtable|table|raw [--path PATH | --port N --service S --level N --target SPN
 *            --user D\U --password P] [--seconds N]
 *
 * Adds two numbers by an object (bench/timing.h): of this process, or with --path or --port of the
 * server's, which is one of this machine, or "another machine" reached by TCP. `vtable` calls the
 * method itself, `table` calls IDispatch::Invoke of the same object, which reads the interface's
 * table; `class` is Invoke of an object that is written as a table of members; `raw` does without
 * protection.
 */
#include "bench.h"

#include "../../tests/unit/dcom/summing.h"
#include "../../tests/unit/rpc/client-args.h"
#include "com/automation.h"

bool bench_failed(const char *what, HRESULT hr, const struct error *err)
{
	fprintf(stderr, "dcom-bench: %s: 0x%08x %s\n", what, (unsigned)hr, err->text);
	return false;
}

/* ---- calls ---- */

static bool call_vtable(void *ctx)
{
	ISums *s = ctx;
	LONG sum = 0;

	return s->lpVtbl->Add(s, 1, 2, &sum) == S_OK && sum == 3;
}

static bool call_name(void *ctx)
{
	LONG sum = 0;

	return sums_add_by_name(ctx, &sum) == S_OK && sum == 3;
}

static HRESULT adder_add(struct automation_call *call)
{
	LONG a, b;
	HRESULT hr = automation_arg_long(call, 0, &a);

	if (SUCCEEDED(hr))
		hr = automation_arg_long(call, 1, &b);
	return FAILED(hr) ? hr : automation_return_long(call->result, a + b);
}

static const struct automation_member members[] = { { "Add", 1, AUTOMATION_METHOD, 2, 2, adder_add,
						      NULL } };
static const struct automation_class adder_class = { .name = "Adder",
						     .members = members,
						     .member_count = ARRAY_LEN(members) };

/* ---- objects ---- */

struct what {
	const char *call, *path;
	uint16_t port;
	struct rpc_client_options client; /* security only */
};

static bool run_here(const struct what *w, struct timing *timing)
{
	struct automation_object adder;

	automation_init(&adder, &adder_class);
	timing->between = 4096;
	if (!strcmp(w->call, "class"))
		return timing_run(timing, call_name, automation_dispatch(&adder));
	return timing_run(timing, strcmp(w->call, "table") ? call_vtable : call_name, &sums);
}

static bool run_proxy(const struct what *w, struct dcom *dcom, IUnknown *object,
		      struct timing *timing)
{
	if (!strcmp(w->call, "raw"))
		return bench_raw(dcom, object, w->port, timing);
	return timing_run(timing, strcmp(w->call, "table") ? call_vtable : call_name, object);
}

static bool run_far(const struct what *w, struct timing *timing)
{
	struct dcom_options options = { .machine = w->path, .resolver_port = w->port };
	struct dcom_server server = { .name = w->path ? w->path : BENCH_ADDRESS,
				      .service = w->client.service,
				      .level = w->client.level,
				      .principal = w->client.target,
				      .identity = w->client.identity };
	struct dcom *dcom = NULL;
	struct error err = { 0 };
	IUnknown *object = NULL;
	HRESULT result = E_FAIL;
	int r = dcom_new(&options, &dcom, &err);

	if (r == 0)
		r = dcom_add_module(dcom, &ndr_module_sums);
	if (r < 0)
		return bench_failed("no DCOM", r, &err);
	HRESULT hr = dcom_create(dcom, &server, &clsid_sums, false, &IID_ISums, 1, &object, &result,
				 &err);
	bool ok = SUCCEEDED(hr) ? run_proxy(w, dcom, object, timing)
				: bench_failed("no object", hr, &err);

	if (object)
		object->lpVtbl->Release(object);
	dcom_free(dcom);
	return ok;
}

/* ---- the command line ---- */

int main(int argc, char **argv)
{
	static const struct option options[] = { CLIENT_ARGS,
						 { "serve", 1, NULL, 'V' },
						 { "ntlm", 1, NULL, 'n' },
						 { "keytab", 1, NULL, 'k' },
						 { "call", 1, NULL, 'c' },
						 { "path", 1, NULL, 'L' },
						 { "port", 1, NULL, 'o' },
						 { "seconds", 1, NULL, 'S' },
						 { NULL, 0, NULL, 0 } };
	struct timing timing = { .seconds = 1, .between = 16 };
	struct what what = { .call = "vtable" };
	const char *serve = NULL, *accounts = NULL, *keytab = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'V')
			serve = optarg;
		else if (c == 'n')
			accounts = optarg;
		else if (c == 'k')
			keytab = optarg;
		else if (c == 'c')
			what.call = optarg;
		else if (c == 'L')
			what.path = optarg;
		else if (c == 'o')
			what.port = (uint16_t)atoi(optarg);
		else if (c == 'S')
			timing.seconds = atof(optarg);
		else if (!client_arg(&what.client, c, optarg))
			return 2;
	}
	if (serve)
		return bench_serve(serve, accounts, keytab);
	if (!(what.path || what.port ? run_far(&what, &timing) : run_here(&what, &timing)))
		return 1;
	timing_print(&timing);
	return 0;
}
