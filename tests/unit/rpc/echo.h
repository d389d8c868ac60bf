/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interface to test with: a part of Samba's `rpcecho`, so that smbtorture can judge the server.
 * Test programs only.
 */
#pragma once

#include "rpc/rpc.h"

#include <stdatomic.h>

extern const struct rpc_interface echo_interface;
extern atomic_int echo_sleeping; /* calls of ECHO_TEST_SLEEP that are served now */

enum {
	ECHO_ADD_ONE = 0,
	ECHO_ECHO_DATA = 1,
	ECHO_SINK_DATA = 2,
	ECHO_SOURCE_DATA = 3,
	ECHO_TEST_SLEEP = 6, /* in tests: waits until the call is cancelled, but no longer */
	ECHO_WHO = 20, /* ours: "level NAME impersonation" of the caller, as a conformant string */
	ECHO_OPERATIONS
};
