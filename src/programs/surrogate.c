/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surrogate: the server (`run`, `serve`) and the first tool to look at it (`status`, `stop`,
 * `recycle`, `start-pool`, `stop-pool`). Options, then a call.
 */
#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/sys.h"
#include "config/config.h"
#include "scm/scm.h"
#include "tools/client.h"
#include "tools/explain.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORT_SERVE 8080
#define PORT_RUN 80
#define PORTS_TRIED 21

struct command {
	const char *name, *arguments, *help;
	int (*fn)(void);
	int positionals;
};

static struct {
	const char *state, *port, *protection, *argument, *second;
	bool json;
	char folder[PATH_MAX];
} options;

static int fail(const struct error *err)
{
	fputs("surrogate: ", stderr);
	if (err->file[0])
		fprintf(stderr, "%s: ", err->file);
	if (err->line)
		fprintf(stderr, "line %d: ", err->line);
	fprintf(stderr, "%s\n", err->text);
	return 1;
}

/* ---- the server ---- */

static void print_urls(const struct config *config)
{
	for (size_t s = 0; s < config_site_count(config); s++) {
		const struct config_site *site = config_site_at(config, s);

		for (size_t b = 0; site->runs && b < site->binding_count; b++) {
			const struct config_binding *at = &site->bindings[b];
			const char *host = *at->host ? at->host : at->address;

			printf("Serving %s at %s://%s:%u/\n",
			       options.folder[0] ? options.folder : site->name, at->protocol,
			       strcmp(host, "*") ? host : "127.0.0.1", at->port);
		}
	}
}

static void on_ready(void *ctx, const struct config *config, bool serving, const char *notes)
{
	struct error ignored = { 0 };

	for (size_t i = 0; config && config_ignored(config, i, &ignored); i++)
		fail(&ignored);
	if (serving)
		print_urls(config);
	fputs(notes, serving ? stdout : stderr);
	fflush(stdout);
	if (!serving && options.folder[0]) { /* a folder that cannot be served is no server */
		*(bool *)ctx = true;
		raise(SIGTERM);
	}
}

static int start_server(void)
{
	bool failed = false;
	struct scm_options scm = { .state_dir = options.state, .ready = on_ready, .ctx = &failed };
	struct error err = { 0 };

	if (scm_run(&scm, &err) < 0)
		return fail(&err);
	return failed;
}

static int read_protection(enum config_protection *ret, struct error *err)
{
	static const enum config_protection all[] = { CONFIG_LOW, CONFIG_MEDIUM, CONFIG_HIGH };

	*ret = CONFIG_MEDIUM;
	for (size_t i = 0; options.protection && i < ARRAY_LEN(all); i++) {
		if (text_equal_nocase(text_of(options.protection),
				      text_of(config_protection_name(all[i])))) {
			*ret = all[i];
			return 0;
		}
	}
	return options.protection
		       ? error_set(err, -EINVAL, "--protection is low, medium or high, not '%s'",
				   options.protection)
		       : 0;
}

/* The wanted port, or the next one that is free. */
static int choose_port(const char *address, uint64_t wanted, uint16_t *ret, struct error *err)
{

	if (options.port && (!text_to_u64(text_of(options.port), &wanted) || wanted < 1 ||
			     wanted > 65535 - PORTS_TRIED))
		return error_set(err, -EINVAL, "--port is a number from 1 to %d, not '%s'",
				 65535 - PORTS_TRIED, options.port);
	for (uint64_t port = wanted; port < wanted + PORTS_TRIED; port++) {
		if (scm_port_free(address, (uint16_t)port)) {
			*ret = (uint16_t)port;
			return 0;
		}
	}
	return error_set(err, -EADDRINUSE,
			 "ports %u to %u are all taken, or not for this user; choose another with "
			 "--port",
			 (unsigned)wanted, (unsigned)wanted + PORTS_TRIED - 1);
}

/* Only what was generated may be generated again. */
static int check_config(const char *path, struct error *err)
{
	_cleanup_mem_ char *old = NULL;
	size_t length;
	int r = sys_read_file(path, 16 << 20, &old, &length);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_set(err, r, "cannot read %s: %s", path, error_errno_text(r));
	if (!config_is_default_text((struct text){ old, length }))
		return error_set(err, -EEXIST,
				 "%s was not written by 'surrogate serve' and is left alone; use "
				 "'surrogate run' to serve what it says, or another --state",
				 path);
	return 0;
}

static int write_config(const char *address, uint16_t wanted, struct error *err)
{
	_cleanup_mem_ char *text = NULL;
	enum config_protection protection;
	char path[PATH_MAX];
	uint16_t port = 0;
	int r = read_protection(&protection, err);

	if (!r)
		r = choose_port(address, wanted, &port, err);
	if (!r)
		r = scm_state_prepare(options.state, err);
	if (!r)
		r = state_config_file(options.state, path, err);
	if (!r)
		r = check_config(path, err);
	if (r < 0)
		return r;
	text = config_default_text(options.folder, address, port, protection);
	if (!text)
		return error_set(err, -ENOMEM, "out of memory");
	r = sys_replace_file(path, text, strlen(text), 0640);
	return r < 0 ? error_set(err, r, "cannot write %s: %s", path, error_errno_text(r)) : 0;
}

static int serve(void)
{
	struct error err = { 0 };
	struct stat st;
	int fd;

	if (!realpath(options.argument, options.folder) || stat(options.folder, &st) < 0 ||
	    !S_ISDIR(st.st_mode)) {
		error_set(&err, -ENOENT, "there is no folder %s", options.argument);
		return fail(&err);
	}
	/* The configuration of a server that runs is not ours to write. */
	if (control_connect(options.state, &fd, NULL) == 0) {
		sys_close(fd);
		error_set(&err, -EBUSY,
			  "a server already runs with the state directory %s; stop it with "
			  "'surrogate stop --state %s', or choose another one with --state",
			  options.state, options.state);
		return fail(&err);
	}
	return write_config("127.0.0.1", PORT_SERVE, &err) < 0 ? fail(&err) : start_server();
}

/* A new installation serves STATE/wwwroot, until somebody says otherwise. */
static int run_server(void)
{
	static const char page[] = "<!doctype html>\n<title>Surrogate</title>\n<h1>Surrogate "
				   "runs.</h1>\n<p>Put a site into this folder, or name another "
				   "in config/applicationHost.config.\n";
	char path[PATH_MAX + 64];
	struct error err = { 0 };
	int r = scm_state_prepare(options.state, &err);

	if (!r)
		r = state_config_file(options.state, path, &err);
	if (r < 0 || access(path, F_OK) == 0)
		return r < 0 ? fail(&err) : start_server();
	snprintf(path, sizeof(path), "%s/wwwroot", options.state);
	if ((mkdir(path, 0755) < 0 && errno != EEXIST) || !realpath(path, options.folder)) {
		error_set(&err, -errno, "cannot create %s: %s", path, error_errno_text(errno));
		return fail(&err);
	}
	r = write_config("*", PORT_RUN, &err);
	snprintf(path, sizeof(path), "%s/Default.htm", options.folder);
	options.folder[0] = '\0';
	if (!r && access(path, F_OK) < 0)
		r = sys_replace_file(path, page, sizeof(page) - 1, 0644);
	return r < 0 ? fail(&err) : start_server();
}

/* ---- the tool ---- */

static int status(void)
{
	struct error err = { 0 };
	struct buf out;
	int r;

	buf_init(&out, 64 << 20);
	r = client_status(options.state, options.json, &out, &err);
	if (!r)
		fwrite(out.data, 1, out.length, stdout);
	buf_done(&out);
	return r ? fail(&err) : 0;
}

static int stop(void)
{
	struct control_shutdown message = { .grace_ms = 20000 };
	struct error err = { 0 };

	return client_ask(options.state, CONTROL_SHUTDOWN, &message, NULL, NULL, &err) ? fail(&err)
										       : 0;
}

static int pool_ask(unsigned verb, const char *done)
{
	struct control_pool_control message = { .verb = verb, .pool = text_of(options.argument) };
	struct error err = { 0 };

	if (client_ask(options.state, CONTROL_POOL_CONTROL, &message, NULL, NULL, &err))
		return fail(&err);
	printf("\"%s\" successfully %s\n", options.argument, done);
	return 0;
}

static int recycle(void)
{
	return pool_ask(CONTROL_POOL_RECYCLE, "recycled");
}

static int start_pool(void)
{
	return pool_ask(CONTROL_POOL_START, "started");
}

static int stop_pool(void)
{
	return pool_ask(CONTROL_POOL_STOP, "stopped");
}

/* ---- the configuration ---- */

static int explain(void)
{
	struct error err = { 0 };
	struct buf out;

	buf_init(&out, 64 << 20);
	int r = explain_section(options.state, options.argument, options.second, &out, &err);
	if (!r)
		fwrite(out.data, 1, out.length, stdout);
	buf_done(&out);
	return switches_end("surrogate", r ? fail(&err) : 0);
}

typedef int (*metabase_fn)(const char *state, const char *argument, struct buf *out,
			   struct error *err);

static int metabase_print(metabase_fn fn)
{
	struct error err = { 0 };
	struct buf out;

	buf_init(&out, 64 << 20);
	int r = fn(options.state, options.argument, &out, &err);
	if (!r)
		fwrite(out.data, 1, out.length, stdout);
	buf_done(&out);
	return switches_end("surrogate", r ? fail(&err) : 0);
}

static int metabase(void)
{
	return metabase_print(explain_metabase);
}

static int metabase_get(void)
{
	return metabase_print(explain_metabase_get);
}

static int metabase_find(void)
{
	return metabase_print(explain_metabase_find);
}

static int metabase_change(enum explain_change change)
{
	struct error err = { 0 };

	return explain_metabase_change(options.state, change, options.argument, options.second,
				       &err)
		       ? fail(&err)
		       : 0;
}

static int metabase_create(void)
{
	return metabase_change(EXPLAIN_CREATE);
}

static int metabase_delete(void)
{
	return metabase_change(EXPLAIN_DELETE);
}

static int metabase_rename(void)
{
	return metabase_change(EXPLAIN_RENAME);
}

static int metabase_copy(void)
{
	return metabase_change(EXPLAIN_COPY);
}

static int metabase_move(void)
{
	return metabase_change(EXPLAIN_MOVE);
}

static int metabase_set(void)
{
	struct error err = { 0 };

	return explain_metabase_set(options.state, options.argument, options.second, &err)
		       ? fail(&err)
		       : 0;
}

static void print_broken(const struct error *err)
{
	fail(err);
}

static void print_doubtful(const struct error *err)
{
	fprintf(stderr, "surrogate: warning: %s: line %d: %s\n", err->file, err->line, err->text);
}

static void print_kept(void *ctx, const struct control_message *m)
{
	if (m->type == CONTROL_STATUS_CONFIG && m->status_config.text.length)
		fputs("The server that runs goes on with the configuration it read before.\n",
		      stderr);
}

static int configtest(void)
{
	struct control_status_query query = { 0 };
	struct error err = { 0 };

	if (explain_test(options.state, print_broken, print_doubtful, &err) < 0) {
		client_ask(options.state, CONTROL_STATUS_QUERY, &query, print_kept, NULL, &err);
		return 1;
	}
	puts("The configuration is valid.");
	return switches_end("surrogate", 0);
}

static const struct command commands[] = {
	{ "serve", "PATH [--port N] [--protection low|medium|high]", "serve a folder as a site",
	  serve, 1 },
	{ "run", "", "run the server that the state directory configures", run_server, 0 },
	{ "status", "[--json]", "show what runs", status, 0 },
	{ "stop", "", "stop the server", stop, 0 },
	{ "recycle", "POOL", "replace the hosts of a pool, losing no request", recycle, 1 },
	{ "start-pool", "POOL", "let a stopped pool serve again", start_pool, 1 },
	{ "stop-pool", "POOL", "end the hosts of a pool and answer 503 in their place", stop_pool,
	  1 },
	{ "explain", "SECTION PATH", "show each value of a section at a place, and what wrote it",
	  explain, 2 },
	{ "metabase", "KEY", "show the configuration as IIS's metabase: the data and keys of a key",
	  metabase, 1 },
	{ "metabase-get", "KEY/PROPERTY", "one datum, also what a key has from above", metabase_get,
	  1 },
	{ "metabase-find", "KEY/PROPERTY", "the keys at and below one where it is set",
	  metabase_find, 1 },
	{ "metabase-set", "KEY/PROPERTY VALUE", "change it through the metabase", metabase_set, 2 },
	{ "metabase-create", "KEY", "make a key: a site, a pool, ROOT, or a key below it",
	  metabase_create, 1 },
	{ "metabase-delete", "KEY[/PROPERTY]", "delete a key with all below it, or one datum",
	  metabase_delete, 1 },
	{ "metabase-rename", "KEY NAME", "give a key another name", metabase_rename, 2 },
	{ "metabase-copy", "KEY KEY", "copy a key with all below it", metabase_copy, 2 },
	{ "metabase-move", "KEY KEY", "move it", metabase_move, 2 },
	{ "configtest", "", "read all of the configuration and say what is wrong", configtest, 0 },
};

static int usage(FILE *out)
{
	fputs("Usage: surrogate COMMAND [--state DIR]\n", out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, "  surrogate %s%s%s\n      %s\n", commands[i].name,
			*commands[i].arguments ? " " : "", commands[i].arguments, commands[i].help);
	fputs("  surrogate --version\n"
	      "The state directory is --state, or $SURROGATE_STATE, or " STATE_DIRECTORY_INSTALLED
	      ".\n",
	      out);
	return out == stdout ? 0 : 2;
}

static int bad(const char *what, const char *which)
{
	fprintf(stderr, "surrogate: %s%s%s; 'surrogate --help' shows what can be said\n", what,
		which ? " " : "", which ? which : "");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "state", required_argument, NULL, 's' },
		{ "port", required_argument, NULL, 'p' },
		{ "protection", required_argument, NULL, 'P' },
		{ "json", no_argument, NULL, 'j' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	fault_init_from_environment();
	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) >= 0) {
		if (c == 's')
			options.state = optarg;
		else if (c == 'p')
			options.port = optarg;
		else if (c == 'P')
			options.protection = optarg;
		else if (c == 'j')
			options.json = true;
		else if (c == 'v')
			return puts("surrogate " SURROGATE_VERSION) < 0;
		else if (c == 'h')
			return usage(stdout);
		else
			return bad("unknown option, or one without its value:", argv[optind - 1]);
	}
	options.state = state_directory(options.state);
	if (optind == argc)
		return usage(stderr);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(argv[optind], commands[i].name) != 0)
			continue;
		if (argc - optind - 1 != commands[i].positionals)
			return bad("wrong number of arguments for", argv[optind]);
		options.argument = argv[optind + 1];
		options.second = options.argument ? argv[optind + 2] : NULL;
		return commands[i].fn();
	}
	return bad("unknown command", argv[optind]);
}
