/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iisreset: stops and starts the Internet services, in the words administrators' scripts read.
 * Runs as the caller. The order and the rules are those of [MS-IISS] 3.1.4: stop gracefully and
 * then by force unless /NOFORCE; start only what starts automatically.
 */
#include "base/fault.h"
#include "base/mem.h"
#include "scm/services.h"
#include "tools/client.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define HRESULT(win32) (0x80070000u | (win32))

static const char usage[] =
	"IISRESET.EXE (c) the Surrogate authors\n"
	"\n"
	"Usage:\n"
	"iisreset [computername]\n"
	"\n"
	"    /RESTART            Stop and then restart all Internet services.\n"
	"    /START              Start all Internet services.\n"
	"    /STOP               Stop all Internet services.\n"
	"    /NOFORCE            Do not forcefully terminate Internet services if\n"
	"                        attempting to stop them gracefully fails.\n"
	"    /TIMEOUT:val        Specify the timeout value ( in seconds ) to wait for\n"
	"                        a successful stop of Internet services. The default\n"
	"                        is 20 seconds for restart and 60 seconds for stop.\n"
	"    /STATUS             Display the status of all Internet services.\n"
	"    /ENABLE             Enable restarting of Internet Services\n"
	"                        on the local system.\n"
	"    /DISABLE            Disable restarting of Internet Services\n"
	"                        on the local system.\n"
	"    --state DIR         The server's state directory.\n";

static struct {
	bool restart, start, stop, noforce, status, enable, disable, reboot, rebootonerror;
	uint32_t timeout;
	const char *state;
} options;

/* The Internet services: those that IISADMIN and WAS are, and what depends on them; as they
 * start. */
static const enum service_id internet[] = { SERVICE_IISADMIN, SERVICE_WAS, SERVICE_W3SVC };

static int refused(uint32_t error)
{
	puts("Access denied, you must be an administrator of the remote computer to use this\n"
	     "command. Either have your account added to the administrator local group of\n"
	     "the remote computer or to the domain administrator global group.");
	return client_exit_status(error);
}

static int failed(const char *attempt, int error, const struct error *err)
{
	if (error == SERVICE_E_ACCESS_DENIED)
		return refused(error);
	printf("%s attempt failed.\n", attempt);
	if (error < 0) { /* no server to ask */
		printf("%s\n", err->text);
		return 1;
	}
	if (error == SERVICE_E_SERVICE_DISABLED || error == SERVICE_E_SERVICE_DEPENDENCY_FAIL)
		puts("The IIS Admin Service or the World Wide Web Publishing Service, or a "
		     "service\n"
		     "dependent on them failed to start.  The service, or dependent services, may\n"
		     "had an error during its startup or may be disabled.");
	else
		printf("%s (%u, %x)\n", err->text, HRESULT((unsigned)error),
		       HRESULT((unsigned)error));
	return client_exit_status(error);
}

static int control(enum service_id id, enum control_service_verb verb, uint64_t value,
		   uint64_t timeout_ms, struct error *err)
{
	struct control_service_control message = { .verb = verb,
						   .value = value,
						   .timeout_ms = timeout_ms,
						   .name = text_of(service_table[id].name) };

	return client_ask(options.state, CONTROL_SERVICE_CONTROL, &message, NULL, NULL, err);
}

static int stop_all(uint64_t timeout_ms, struct error *err)
{
	enum control_service_verb verb =
		options.noforce ? CONTROL_SERVICE_STOP_NOFORCE : CONTROL_SERVICE_STOP;

	for (size_t i = ARRAY_LEN(internet); i-- > 0;) {
		int r = control(internet[i], verb, 0, timeout_ms, err);

		if (r && r != SERVICE_E_SERVICE_NOT_ACTIVE)
			return r;
	}
	return 0;
}

struct info {
	uint64_t start_type[SERVICE_COUNT], state[SERVICE_COUNT];
};

static void on_info(void *ctx, const struct control_message *m)
{
	struct info *info = ctx;
	int id = m->type == CONTROL_SERVICE_INFO ? service_find(m->service_info.name) : -1;

	if (id < 0)
		return;
	info->start_type[id] = m->service_info.start_type;
	info->state[id] = m->service_info.state;
}

static int query(struct info *info, struct error *err)
{
	struct control_service_query message = { { NULL, 0 } };

	return client_ask(options.state, CONTROL_SERVICE_QUERY, &message, on_info, info, err);
}

static int start_all(uint64_t timeout_ms, struct error *err)
{
	struct info info = { 0 };
	int r = query(&info, err);

	for (size_t i = 0; !r && i < ARRAY_LEN(internet); i++) {
		enum service_id id = internet[i];

		if (info.start_type[id] == SERVICE_DISABLED)
			return error_set(err, SERVICE_E_SERVICE_DISABLED, "%s",
					 service_error_text(SERVICE_E_SERVICE_DISABLED));
		if (info.start_type[id] != SERVICE_AUTO)
			continue;
		r = control(id, CONTROL_SERVICE_START, 0, timeout_ms, err);
		if (r == SERVICE_E_SERVICE_ALREADY_RUNNING)
			r = 0;
	}
	return r;
}

static int print_status(void)
{
	struct error err = { 0 };
	struct info info = { 0 };
	int r = query(&info, &err);

	if (r)
		return failed("Status", r, &err);
	for (size_t i = 0; i < ARRAY_LEN(internet); i++) {
		const struct service_definition *d = &service_table[internet[i]];

		printf("Status for %s ( %s ) : %s\n", d->display_name, d->name,
		       service_state_word(info.state[internet[i]]));
	}
	return 0;
}

static int allow(bool enable)
{
	struct error err = { 0 };
	int r = control(SERVICE_IISADMIN, CONTROL_SERVICE_RESET, enable, 0, &err);

	return r ? failed(enable ? "Enable" : "Disable", r, &err) : 0;
}

static int run(bool stop, bool start)
{
	const char *attempt = stop && start ? "Restart" : stop ? "Stop" : "Start";
	uint64_t timeout_ms = options.timeout ? (uint64_t)options.timeout * 1000
			      : start         ? 20000
					      : 60000;
	struct error err = { 0 };
	int r = control(SERVICE_IISADMIN, CONTROL_SERVICE_RESET, 2, 0, &err);

	putchar('\n');
	if (r)
		return failed(attempt, r, &err);
	if (stop) {
		puts("Attempting stop...");
		fflush(stdout);
		r = stop_all(timeout_ms, &err);
		if (r)
			return failed(attempt, r, &err);
		puts("Internet services successfully stopped");
	}
	if (!start)
		return 0;
	puts("Attempting start...");
	fflush(stdout);
	r = start_all(timeout_ms, &err);
	if (r)
		return failed(attempt, r, &err);
	printf("Internet services successfully %s\n", stop ? "restarted" : "started");
	return 0;
}

static bool is_here(const char *computer)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	computer += strspn(computer, "\\");
	return text_equal_nocase(text_of(computer), TEXT("localhost")) ||
	       text_equal_nocase(text_of(computer), text_of(name)) || !strcmp(computer, ".");
}

int main(int argc, char **argv)
{
	const struct switch_spec specs[] = {
		{ "restart", NULL, SWITCH_FLAG, &options.restart },
		{ "start", NULL, SWITCH_FLAG, &options.start },
		{ "stop", NULL, SWITCH_FLAG, &options.stop },
		{ "reboot", NULL, SWITCH_FLAG, &options.reboot },
		{ "rebootonerror", NULL, SWITCH_FLAG, &options.rebootonerror },
		{ "noforce", NULL, SWITCH_FLAG, &options.noforce },
		{ "timeout", NULL, SWITCH_U32, &options.timeout },
		{ "status", NULL, SWITCH_FLAG, &options.status },
		{ "enable", NULL, SWITCH_FLAG, &options.enable },
		{ "disable", NULL, SWITCH_FLAG, &options.disable },
		{ "state", NULL, SWITCH_TEXT, &options.state },
	};
	struct error err = { 0 };
	bool help = false;
	int count;

	fault_init_from_environment();
	if (switches_version(argc, argv, "iisreset"))
		return 0;
	if (switches_parse(argc, argv, specs, ARRAY_LEN(specs), &count, &help, &err) < 0 ||
	    (count > 1 && error_set(&err, -EINVAL, "one computer at a time, not '%s'", argv[1]))) {
		fprintf(stderr, "iisreset: %s\n", err.text);
		return 87; /* ERROR_INVALID_PARAMETER */
	}
	if (help)
		return fputs(usage, stdout) < 0;
	if (options.restart + options.start + options.stop + options.status + options.enable +
		    options.disable >
	    1) {
		fputs("iisreset: one of /restart, /start, /stop, /status, /enable and /disable "
		      "at a time\n",
		      stderr);
		return 87;
	}
	options.state = state_directory(options.state);
	if (count && !is_here(argv[0])) {
		fprintf(stderr, "iisreset: %s is another computer; this build manages its own\n",
			argv[0]);
		return 1;
	}
	if (options.reboot || options.rebootonerror) { /* E_NOTIMPL since Windows Vista too */
		fprintf(stderr, "iisreset: restarting the machine is not supported\n");
		return 1;
	}
	if (options.status)
		return print_status();
	if (options.enable || options.disable)
		return allow(options.enable);
	return run(!options.start, !options.stop);
}
