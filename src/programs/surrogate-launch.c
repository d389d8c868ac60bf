/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surrogate-launch: becomes what the launch description on descriptor 4 says and executes the
 * program on descriptor 5. Started by the service control manager alone; what goes wrong is one
 * line on standard error, which the SCM keeps, and exit code 126.
 */
#include "base/sys.h"
#include "base/mem.h"
#include "base/fault.h"
#include "scm/launch.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct launch launch;
	struct arena arena;
	size_t length = 0;
	char *data = NULL;
	int r;

	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return puts("surrogate-launch " SURROGATE_VERSION) < 0;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("surrogate-launch gives a process its user and limits, then executes it. It "
		     "is started\nby the service control manager: use 'surrogate run' or "
		     "'surrogate serve PATH'.");
		return 0;
	}
	fault_init_from_environment();
	arena_init(&arena, LAUNCH_MEMORY_MAX);
	r = sys_read_fd(LAUNCH_DESCRIPTION_FD, LAUNCH_BYTES_MAX, &data, &length);
	if (r < 0)
		error_set(&err, r,
			  "this program is started by the service control manager; run "
			  "'surrogate run' or 'surrogate serve PATH' instead");
	if (!r)
		r = launch_decode(data, length, &arena, &launch);
	if (r && !err.code)
		error_set(&err, r, "the launch description is ill-formed");
	if (!r)
		launch_execute(&launch, &err);
	fprintf(stderr, "surrogate-launch: %s\n", err.text);
	arena_done(&arena);
	mem_free(data);
	return 126;
}
