/* SPDX-License-Identifier: Apache-2.0 */
/* appcmd: IIS's command line; everything is in tools/appcmd. Runs as the caller. */
#include "base/fault.h"
#include "tools/appcmd/appcmd.h"
#include "tools/switches.h"

int main(int argc, char **argv)
{
	fault_init_from_environment();
	if (switches_version(argc, argv, "appcmd"))
		return 0;
	return switches_end("appcmd", appcmd_main(argc, argv));
}
