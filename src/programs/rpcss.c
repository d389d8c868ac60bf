/* SPDX-License-Identifier: Apache-2.0 */
/* rpcss: endpoint mapper, object resolver and activation for other machines (programs/activator.h).
 */
#include "base/fault.h"
#include "library/catalog/catalog.h"
#include "programs/activator.h"
#include "programs/rpcss-service.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
	"usage: rpcss [--state DIR] [--address ADDRESS] [--port N] [--users FILE] [--keytab FILE]\n"
	"Lets other machines create objects of the classes that the registry names, over DCOM.\n"
	"  --state DIR        the state directory (SURROGATE_STATE)\n"
	"  --address ADDRESS  listen there only\n"
	"  --port N           135 unless given; 0: any\n"
	"  --users FILE       NTLM accounts, DOMAIN:user:password a line (NTLM_USER_FILE)\n"
	"  --keytab FILE      Kerberos keys of this machine (KRB5_KTNAME)\n"
	"  --verbose          say on standard error why calls are refused and objects dropped\n";

static int run(const struct activator_options *options)
{
	struct activator *activator = NULL;
	struct error err = { 0 };
	sigset_t signals;
	int which;

	/* Before there are threads, which inherit it. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (catalog_register() < 0) {
		fprintf(stderr, "rpcss: no memory\n");
		return 1;
	}
	if (activator_new(options, &activator, &err) < 0) {
		fprintf(stderr, "rpcss: %s\n", err.text);
		return 1;
	}
	printf("rpcss listens on port %u\n", activator_port(activator));
	fflush(stdout);
	sigwait(&signals, &which);
	activator_free(activator);
	return 0;
}

int main(int argc, char **argv)
{
	struct activator_options options = { .users = getenv("NTLM_USER_FILE"),
					     .keytab = getenv("KRB5_KTNAME") };
	uint32_t port = 135;
	const struct switch_spec specs[] = {
		{ "state", NULL, SWITCH_TEXT, &options.state_dir },
		{ "address", NULL, SWITCH_TEXT, &options.address },
		{ "port", NULL, SWITCH_U32, &port },
		{ "users", NULL, SWITCH_TEXT, &options.users },
		{ "keytab", NULL, SWITCH_TEXT, &options.keytab },
		{ "verbose", NULL, SWITCH_FLAG, &options.verbose },
	};
	struct error err = { 0 };
	int count = 0;
	bool help = false;

	if (getenv("SURROGATE_GENERATION")) {
		fault_init_from_environment();
		signal(SIGPIPE, SIG_IGN);
		return catalog_register() < 0 ? 1 : rpcss_service();
	}
	if (switches_version(argc, argv, "rpcss"))
		return switches_end("rpcss", 0);
	int r = switches_parse(argc, argv, specs, sizeof specs / sizeof *specs, &count, &help,
			       &err);

	if (r == 0 && (count || port > 65535))
		r = error_set(&err, -1, "'%s' is not understood", count ? argv[0] : "port");
	if (r < 0) {
		fprintf(stderr, "rpcss: %s; see 'rpcss --help'\n", err.text);
		return 2;
	}
	if (help) {
		fputs(usage, stdout);
		return switches_end("rpcss", 0);
	}
	options.port = (uint16_t)port;
	options.state_dir = state_directory(options.state_dir);
	fault_init_from_environment();
	signal(SIGPIPE, SIG_IGN);
	return run(&options);
}
