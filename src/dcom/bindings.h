/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String and security bindings: where a server can be reached, and how it wants to be talked to
 * ([MS-DCOM] 2.2.19). They stand in object references (without endpoints: the resolver) and in the
 * answers of resolvers and activators (with endpoints: the exporter). Pure functions.
 */
#pragma once

#include "base/buf.h"
#include "security/context.h"

#include <stdbool.h>
#include <stdint.h>

#define BINDINGS_TOWER_TCP 7    /* ncacn_ip_tcp (C706 appendix I) */
#define BINDINGS_TOWER_LOCAL 16 /* ncalrpc: the address is the path of a local socket */
#define BINDINGS_MAX 16         /* of each kind; what is behind them is not looked at */
#define BINDINGS_TEXT_MAX 256

struct bindings_string {
	uint16_t tower;
	char address[BINDINGS_TEXT_MAX]; /* "host" or "host[port]" */
};

struct bindings_security {
	uint16_t service;                  /* enum authn_service */
	char principal[BINDINGS_TEXT_MAX]; /* service principal name; "": none is to be used */
};

struct bindings {
	unsigned string_count, security_count;
	struct bindings_string strings[BINDINGS_MAX];
	struct bindings_security security[BINDINGS_MAX];
};

/* Reads the 16-bit units of a DUALSTRINGARRAY, of which the security bindings begin at `security`.
 * Bindings with a text above BINDINGS_TEXT_MAX are left out. -EBADMSG. */
int bindings_parse(const uint16_t *units, size_t count, size_t security, struct bindings *ret);
/* The same of its packet form (2.2.19.1), little-endian; `*ret_used` bytes were read. */
int bindings_parse_packet(struct text bytes, struct bindings *ret, size_t *ret_used);
/* Appends the packet form. */
void bindings_put(const struct bindings *b, struct buf *out);
/* Appends the units alone, in this machine's order; returns where the security bindings begin. */
size_t bindings_put_units(const struct bindings *b, struct buf *out);

/* -ENOBUFS: there are BINDINGS_MAX. -EINVAL: the text is too long. */
int bindings_add_string(struct bindings *b, const char *host, uint16_t port);
int bindings_add_local(struct bindings *b, const char *path);
int bindings_add_security(struct bindings *b, enum authn_service service, const char *principal);
/* Takes "host[port]" apart; `*ret_port` is 0 without one. False when it is neither form. `host` has
 * BINDINGS_TEXT_MAX bytes. */
bool bindings_split(const char *address, char *host, uint16_t *ret_port);
/* The same strings with that port behind each. Those that have one keep it. */
void bindings_with_port(const struct bindings *from, uint16_t port, struct bindings *ret);
