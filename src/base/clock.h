/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. Durations and moments are int64_t nanoseconds. Policy code never reads a clock: it is
 * given `now`, so that tests can make time pass.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define NSEC_PER_MSEC INT64_C(1000000)
#define NSEC_PER_SEC INT64_C(1000000000)

/* Monotonic: for intervals and time-outs. */
int64_t clock_now(void);
/* Wall clock, nanoseconds since 1970 UTC: for logs and file stamps. */
int64_t clock_wall(void);

/* "2026-01-31T12:00:00.123Z" (ISO 8601) and "Sat, 31 Jan 2026 12:00:00 GMT" (RFC 9110 5.6.7).
 * `out` is always NUL-terminated. */
#define CLOCK_ISO_SIZE 32
#define CLOCK_HTTP_SIZE 32
void clock_format_iso(int64_t wall, char out[CLOCK_ISO_SIZE]);
void clock_format_http(int64_t wall, char out[CLOCK_HTTP_SIZE]);
/* Parses an HTTP-date in its three forms; -EINVAL when it is none. Whole seconds since 1970. */
int clock_parse_http(const char *data, size_t length, int64_t *ret_seconds);
