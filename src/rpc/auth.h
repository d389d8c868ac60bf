/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A security context of a connection, and what it does to fragments. Both ends use it; inside
 * src/rpc only.
 */
#pragma once

#include "rpc/pdu.h"

struct rpc_security {
	uint32_t id; /* auth_context_id */
	enum authn_service service;
	enum authn_level level;
	struct security_context *context;
	bool established, failed;
};

void rpc_security_done(struct rpc_security *s);
/* True when its fragments carry a signature. */
bool rpc_security_signs(const struct rpc_security *s);
/* How many bytes of a stub fit into a fragment of `max`, of which `head` are before the stub. */
size_t rpc_security_room(const struct rpc_security *s, size_t max, size_t head);
/* Ends the fragment in `out` that begins at `start`: with a signature if there is to be one. Its
 * body (the stub) begins at `body`. `s` may be NULL. -ENOMEM, -EIO. */
int rpc_security_end(struct rpc_security *s, bool header_sign, struct buf *out, size_t start,
		     size_t body);
/* Verifies the fragment that `pdu` was parsed from, and decrypts its stub in place. -EACCES. */
int rpc_security_verify(struct rpc_security *s, bool header_sign, uint8_t *fragment,
			const struct rpc_pdu *pdu);
/* Ends the fragment that begins at `start` with a token of a handshake. */
void rpc_security_end_token(const struct rpc_security *s, struct buf *out, size_t start,
			    const struct buf *token);
