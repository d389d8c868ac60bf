/* SPDX-License-Identifier: Apache-2.0 */
/* cscript: runs VBScript files and .wsf jobs on the command line. Runs as the caller; see wsh.h. */
#include "base/fault.h"
#include "tools/state.h"
#include "wsh/wsh.h"

int main(int argc, char **argv)
{
	fault_init_from_environment();
	return wsh_main(argc, argv, state_directory);
}
