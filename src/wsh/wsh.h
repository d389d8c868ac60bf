/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows Script Host: runs a script file with the WScript object, as Windows' cscript does. The
 * behaviour follows the Windows Script Host reference; docs/cscript.md says what differs.
 *
 * One script per process: the host uses the process's standard streams, its signals and a thread
 * of its own for //T.
 */
#pragma once

/* The whole of cscript: reads the command line, runs the script, prints what went wrong. Returns
 * the exit status. `state_directory` gives the server's state directory from the value of --state,
 * which may be NULL; what it returns lives as long as the process. */
int wsh_main(int argc, char **argv, const char *(*state_directory)(const char *option));
