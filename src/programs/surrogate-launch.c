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

int main(void)
{
	struct error err = { 0 };
	struct launch launch;
	struct arena arena;
	size_t length = 0;
	char *data = NULL;
	int r;

	fault_init_from_environment();
	arena_init(&arena, LAUNCH_MEMORY_MAX);
	r = sys_read_fd(LAUNCH_DESCRIPTION_FD, LAUNCH_BYTES_MAX, &data, &length);
	if (r < 0)
		error_set(
			&err, r,
			"surrogate-launch is started by the service control manager, not by hand");
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
