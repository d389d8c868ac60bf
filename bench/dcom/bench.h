/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of dcom-bench: bench.c (the command line), serve.c (the server's process), raw.c (a
 * client that does without protection).
 */
#pragma once

#include "dcom/dcom.h"

#include "../timing.h"

#include <sums.h>

#define BENCH_ADDRESS "127.0.0.1"

/* Says what went wrong, and is false. */
bool bench_failed(const char *what, HRESULT hr, const struct error *err);

/* Serves `sums` at a local socket, and over TCP to whoever is in the file of NTLM's accounts or has
 * a ticket for a key of the keytab; prints the port, and ends by SIGTERM. The exit status. */
int bench_serve(const char *path, const char *accounts, const char *keytab);

/* Calls an object over TCP without any protection, which proxies of ours never do. */
bool bench_raw(struct dcom *dcom, IUnknown *proxy, uint16_t port, struct timing *timing);
