/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of the front end's work, for the comparison of epoll with io_uring: one thread, 64
 * keep-alive connections on loopback, a 200-byte request, a 1 KiB response.
 */
#pragma once

#include <stddef.h>

#define CONNECTIONS 64
#define REQUEST_SIZE 200
#define RESPONSE_SIZE 1024

extern char bench_response[RESPONSE_SIZE];

/* A server accepts CONNECTIONS connections from `listener` and answers until all are closed.
 * Returns how many responses it sent, or a negated errno value when it cannot run here. */
typedef long (*bench_server)(int listener);

/* base/loop.h, level triggered: what a front-end thread is. */
long serve_epoll(int listener);
long serve_epoll_edge(int listener);
/* One receive and one send operation per request. */
long serve_uring(int listener);
/* Multishot receive into a ring of provided buffers, single issuer, deferred task work: the
 * cheapest way of io_uring for this shape that Debian 12's liburing offers. */
long serve_uring_multishot(int listener);
