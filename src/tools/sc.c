/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sc: queries and controls services, with the texts of the Windows tool. Runs as the caller. The
 * exit status is the Win32 error, of which a shell sees the low byte.
 */
#include "base/fault.h"
#include "base/mem.h"
#include "scm/services.h"
#include "tools/client.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <errno.h>
#include <stdio.h>

static const char usage[] =
	"DESCRIPTION:\n"
	"        SC is a command line program used for communicating with the\n"
	"        Service Control Manager and services.\n"
	"USAGE:\n"
	"        sc [command] [service name] <option1> <option2>... [--state DIR]\n"
	"\n"
	"          query-----------Queries the status for a service, or\n"
	"                          enumerates the status of services.\n"
	"          queryex---------The same, with the process.\n"
	"          start-----------Starts a service.\n"
	"          stop------------Sends a STOP request to a service.\n"
	"          config----------Changes the configuration of a service:\n"
	"                          start= auto|demand|disabled\n"
	"          qc--------------Queries the configuration information for a service.\n";

static const char *state_dir;

struct view {
	bool pid, display_name; /* which lines to show */
	bool all;               /* stopped ones too */
	bool config;
};

/* `where` is what the Windows tool was calling when it failed. */
static int failed(const char *where, int error, const struct error *err)
{
	if (error < 0) {
		fprintf(stderr, "sc: %s\n", err->text);
		return 1;
	}
	printf("[SC] %s FAILED %d:\n\n%s\n\n", where, error, err->text);
	return client_exit_status(error);
}

static void print_status(const struct control_service_info *s, const struct view *view)
{
	bool running = s->state == SERVICE_RUNNING;

	printf("\nSERVICE_NAME: " TEXT_FMT " \n", TEXT_ARG(s->name));
	if (view->display_name)
		printf("DISPLAY_NAME: " TEXT_FMT "\n", TEXT_ARG(s->display_name));
	printf("        TYPE               : 20  WIN32_SHARE_PROCESS  \n"
	       "        STATE              : %llu  %s \n"
	       "                                (%s)\n"
	       "        WIN32_EXIT_CODE    : %llu  (0x%llx)\n"
	       "        SERVICE_EXIT_CODE  : 0  (0x0)\n"
	       "        CHECKPOINT         : 0x0\n"
	       "        WAIT_HINT          : 0x0\n",
	       (unsigned long long)s->state, service_state_name(s->state),
	       running ? "STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN"
		       : "NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN",
	       (unsigned long long)s->win32_exit_code, (unsigned long long)s->win32_exit_code);
	if (view->pid)
		printf("        PID                : %llu\n"
		       "        FLAGS              : \n",
		       (unsigned long long)s->pid);
}

static void print_config(const struct control_service_info *s)
{
	int id = service_find(s->name);
	struct text rest = s->dependencies;

	printf("[SC] QueryServiceConfig SUCCESS\n"
	       "\n"
	       "SERVICE_NAME: " TEXT_FMT "\n"
	       "        TYPE               : 20  WIN32_SHARE_PROCESS \n"
	       "        START_TYPE         : %llu   %s\n"
	       "        ERROR_CONTROL      : 1   NORMAL\n"
	       "        BINARY_PATH_NAME   : %s\n"
	       "        LOAD_ORDER_GROUP   : \n"
	       "        TAG                : 0\n"
	       "        DISPLAY_NAME       : " TEXT_FMT "\n"
	       "        DEPENDENCIES       : ",
	       TEXT_ARG(s->name), (unsigned long long)s->start_type,
	       service_start_name(s->start_type), id < 0 ? "" : service_table[id].program,
	       TEXT_ARG(s->display_name));
	do {
		struct text one = text_cut(&rest, ' ');

		printf(TEXT_FMT "\n%s", TEXT_ARG(one),
		       rest.length ? "                           : " : "");
	} while (rest.length);
	if (id >= 0 && service_table[id].process != SERVICE_IN_SCM)
		printf("        SERVICE_START_NAME : NT SERVICE\\%s\n", service_table[id].name);
	else
		puts("        SERVICE_START_NAME : LocalSystem");
}

static void on_info(void *ctx, const struct control_message *m)
{
	const struct view *view = ctx;

	if (m->type != CONTROL_SERVICE_INFO)
		return;
	if (view->config)
		print_config(&m->service_info);
	else if (view->all || m->service_info.state != SERVICE_STOPPED)
		print_status(&m->service_info, view);
}

static int ask(const char *service, struct view view, struct error *err)
{
	struct control_service_query query = { text_of(service) };

	return client_ask(state_dir, CONTROL_SERVICE_QUERY, &query, on_info, &view, err);
}

static int control(const char *service, enum control_service_verb verb, uint64_t value,
		   struct error *err)
{
	struct control_service_control message = { .verb = verb,
						   .value = value,
						   .name = text_of(service) };

	return client_ask(state_dir, CONTROL_SERVICE_CONTROL, &message, NULL, NULL, err);
}

/* The value of "name= value" or "name=value" among the arguments, NULL when it is not there. */
static const char *option(char **argv, const char *name)
{
	size_t length = strlen(name);

	for (; *argv; argv++) {
		if (!text_starts_with_nocase(text_of(*argv), (struct text){ name, length }))
			continue;
		return (*argv)[length] ? *argv + length : argv[1];
	}
	return NULL;
}

static int query(char **argv, bool pid)
{
	bool one = *argv && !strchr(*argv, '=');
	const char *state = option(argv, "state=");
	struct view view = { .pid = pid,
			     .display_name = !one,
			     .all = one ||
				    (state && text_equal_nocase(text_of(state), TEXT("all"))) };
	struct error err = { 0 };
	int r = ask(one ? *argv : "", view, &err);

	return r ? failed("EnumQueryServicesStatus:OpenService", r, &err) : 0;
}

static int cmd_query(char **argv)
{
	return query(argv, false);
}

static int cmd_queryex(char **argv)
{
	return query(argv, true);
}

static int cmd_start(char **argv)
{
	struct error err = { 0 };
	int r = control(*argv, CONTROL_SERVICE_START, 0, &err);

	if (r == SERVICE_E_SERVICE_DOES_NOT_EXIST || r == SERVICE_E_ACCESS_DENIED)
		return failed("StartService: OpenService", r, &err);
	if (!r)
		r = ask(*argv, (struct view){ .pid = true, .all = true }, &err);
	return r ? failed("StartService", r, &err) : 0;
}

static int cmd_stop(char **argv)
{
	struct error err = { 0 };
	int r = control(*argv, CONTROL_SERVICE_STOP, 0, &err);

	if (r == SERVICE_E_SERVICE_DOES_NOT_EXIST || r == SERVICE_E_ACCESS_DENIED)
		return failed("OpenService", r, &err);
	if (!r)
		r = ask(*argv, (struct view){ .all = true }, &err);
	return r ? failed("ControlService", r, &err) : 0;
}

static int cmd_config(char **argv)
{
	static const struct {
		const char *name;
		enum service_start start;
	} starts[] = { { "auto", SERVICE_AUTO },
		       { "demand", SERVICE_DEMAND },
		       { "disabled", SERVICE_DISABLED } };
	const char *value = option(argv + 1, "start=");
	struct error err = { 0 };
	uint64_t start = 0;
	int r;

	for (size_t i = 0; value && i < ARRAY_LEN(starts); i++) {
		if (text_equal_nocase(text_of(value), text_of(starts[i].name)))
			start = starts[i].start;
	}
	if (!start) {
		fprintf(stderr, "sc: config wants start= auto, demand or disabled%s%s\n",
			value ? ", not " : "", value ? value : "");
		return 87; /* ERROR_INVALID_PARAMETER */
	}
	r = control(*argv, CONTROL_SERVICE_CONFIG, start, &err);
	if (r)
		return failed(r == SERVICE_E_INVALID_PARAMETER ? "ChangeServiceConfig"
							       : "OpenService",
			      r, &err);
	puts("[SC] ChangeServiceConfig SUCCESS");
	return 0;
}

static int cmd_qc(char **argv)
{
	struct error err = { 0 };
	int r = ask(*argv, (struct view){ .config = true }, &err);

	return r ? failed("OpenService", r, &err) : 0;
}

static const struct {
	const char *name;
	int (*fn)(char **argv);
	bool service; /* needs its name */
} commands[] = {
	{ "query", cmd_query, false },  { "queryex", cmd_queryex, false },
	{ "start", cmd_start, true },   { "stop", cmd_stop, true },
	{ "config", cmd_config, true }, { "qc", cmd_qc, true },
};

int main(int argc, char **argv)
{
	const struct switch_spec specs[] = { { "state", NULL, SWITCH_TEXT, &state_dir } };
	struct error err = { 0 };
	bool help = false;
	int count;

	fault_init_from_environment();
	if (switches_version(argc, argv, "sc"))
		return 0;
	if (switches_parse(argc, argv, specs, ARRAY_LEN(specs), &count, &help, &err) < 0) {
		fprintf(stderr, "sc: %s\n", err.text);
		return 87;
	}
	if (help || !count)
		return fputs(usage, help ? stdout : stderr) < 0 || !help;
	state_dir = state_directory(state_dir);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!text_equal_nocase(text_of(argv[0]), text_of(commands[i].name)))
			continue;
		if (commands[i].service && count < 2) {
			fprintf(stderr, "sc: %s wants the name of a service\n", argv[0]);
			return 87;
		}
		return commands[i].fn(argv + 1);
	}
	fprintf(stderr, "sc: unknown command '%s'; 'sc --help' shows what can be said\n", argv[0]);
	return 87;
}
