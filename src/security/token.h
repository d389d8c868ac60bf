/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First tokens of clients in the form that the libraries of this machine take. Inside src/security
 * and for its tests.
 */
#pragma once

#include "base/buf.h"

/* True when `token` had to be changed; what to accept instead is then in `out`. Two things are:
 * a NEGOTIATE message of NTLM without the Version field that gss-ntlmssp wants ([MS-NLMP] 2.2.1.1
 * lets it out), and an AP-REQ of Kerberos in GSSAPI's framing, which MIT refuses in DCE style; both
 * also inside SPNEGO's NegTokenInit. What is malformed passes unchanged: the library refuses it. */
bool security_token_adapt(struct text token, struct buf *out);

/* The AP-REQ in a client's first token, bare or in a NegTokenInit; empty when there is none. */
struct text security_token_request(struct text token);
