/* SPDX-License-Identifier: Apache-2.0 */
/* inetinfo: the HTTP front end. Started by the service control manager (programs/front.c). */
#include "base/fault.h"
#include "programs/front.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return puts("inetinfo " SURROGATE_VERSION) < 0;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("inetinfo is the HTTP front end of Surrogate. It is started by the service\n"
		     "control manager: use 'surrogate run' or 'surrogate serve PATH'.");
		return 0;
	}
	if (argc > 1) {
		fprintf(stderr, "inetinfo: '%s' is not understood; see 'inetinfo --help'\n",
			argv[1]);
		return 2;
	}
	fault_init_from_environment();
	signal(SIGPIPE, SIG_IGN);
	return front_run();
}
