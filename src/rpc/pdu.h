/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of the connection-oriented protocol (C706 chapter 12.6, [MS-RPCE] 2.2.2), as pure
 * functions over bytes: parse, write, print. One parser checks every length; what it returns
 * points into the message and lives as long as that.
 */
#pragma once

#include "rpc/rpc.h"

enum rpc_pdu_type {
	RPC_PDU_REQUEST = 0,
	RPC_PDU_RESPONSE = 2,
	RPC_PDU_FAULT = 3,
	RPC_PDU_BIND = 11,
	RPC_PDU_BIND_ACK = 12,
	RPC_PDU_BIND_NAK = 13,
	RPC_PDU_ALTER_CONTEXT = 14,
	RPC_PDU_ALTER_CONTEXT_RESP = 15,
	RPC_PDU_AUTH3 = 16,
	RPC_PDU_SHUTDOWN = 17,
	RPC_PDU_CO_CANCEL = 18,
	RPC_PDU_ORPHANED = 19,
};

enum rpc_pfc {
	RPC_PFC_FIRST = 0x01,
	RPC_PFC_LAST = 0x02,
	RPC_PFC_HEADER_SIGN = 0x04, /* in bind and alter_context, and their answers */
	RPC_PFC_PENDING_CANCEL = 0x04,
	RPC_PFC_CONC_MPX = 0x10,
	RPC_PFC_DID_NOT_EXECUTE = 0x20,
	RPC_PFC_MAYBE = 0x40,
	RPC_PFC_OBJECT = 0x80,
};

/* p_cont_def_result_t, p_provider_reason_t (C706 12.6.3.1, [MS-RPCE] 2.2.2.4) */
enum rpc_result {
	RPC_ACCEPTANCE = 0,
	RPC_USER_REJECTION = 1,
	RPC_PROVIDER_REJECTION = 2,
	RPC_NEGOTIATE_ACK = 3,
};
enum rpc_reason {
	RPC_REASON_NOT_SPECIFIED = 0,
	RPC_ABSTRACT_SYNTAX_NOT_SUPPORTED = 1,
	RPC_TRANSFER_SYNTAXES_NOT_SUPPORTED = 2,
	RPC_LOCAL_LIMIT_EXCEEDED = 3,
};
/* p_reject_reason_t ([MS-RPCE] 2.2.2.5) */
enum rpc_reject {
	RPC_REJECT_NOT_SPECIFIED = 0,
	RPC_REJECT_TEMPORARY_CONGESTION = 1,
	RPC_REJECT_LOCAL_LIMIT = 2,
	RPC_REJECT_PROTOCOL_VERSION = 4,
	RPC_REJECT_AUTH_TYPE = 8,
	RPC_REJECT_CHECKSUM = 9,
};

/* Bind time features ([MS-RPCE] 3.3.1.5.3): the last 8 bytes of a "transfer syntax" whose uuid
 * begins with 6cb71c2c-9812-4540, and the answer. */
enum rpc_feature {
	RPC_FEATURE_SECURITY_CONTEXTS = 0x01, /* several for one connection */
	RPC_FEATURE_KEEP_ON_ORPHAN = 0x02,
};
/* True when `s` is such a name; its flags. */
bool rpc_pdu_features(const struct rpc_syntax *s, uint64_t *ret);
void rpc_pdu_feature_syntax(uint64_t flags, struct rpc_syntax *ret);

#define RPC_HEADER_SIZE 16
#define RPC_SEC_TRAILER_SIZE 8
#define RPC_REQUEST_HEAD 24 /* common header and what a request or response has before the stub */
#define RPC_FAULT_HEAD 32

/* A presentation context of a bind. Its transfer syntaxes are read by rpc_pdu_syntax. */
struct rpc_pdu_context {
	uint16_t id;
	uint8_t syntax_count;
	struct rpc_syntax abstract;
	const uint8_t *syntaxes;
};

struct rpc_pdu_result {
	uint16_t result, reason;
	struct rpc_syntax transfer;
};

struct rpc_pdu {
	uint8_t type; /* enum rpc_pdu_type */
	uint8_t flags, minor;
	struct rpc_drep drep;
	uint16_t length; /* of the whole fragment */
	uint32_t call_id;

	/* The sec_trailer (C706 13.2.6.1); `auth_length` 0: none. */
	struct {
		uint8_t service, level, pad;
		uint32_t context_id;
		uint16_t trailer; /* where it begins */
		struct text value;
	} auth;

	union {
		struct { /* bind, alter_context, and their answers */
			uint16_t max_xmit, max_recv;
			uint32_t group;
			uint8_t count;       /* contexts or results */
			const uint8_t *list; /* rpc_pdu_context, rpc_pdu_result */
			size_t list_length;
			struct text address; /* answers: secondary address, without NUL */
		} bind;
		struct {
			uint16_t reason;
			uint8_t version_count;
			const uint8_t *versions;
		} nak;
		struct {
			uint32_t alloc_hint;
			uint16_t context_id;
			uint16_t opnum;      /* requests */
			uint8_t cancels;     /* responses and faults */
			uint8_t fault_flags; /* faults */
			uint32_t status;     /* faults */
			GUID object;         /* requests with RPC_PFC_OBJECT */
			uint16_t stub_at;    /* where the stub begins */
			struct text stub;    /* without authentication padding */
		} call;
	};
};

/* The length of the fragment that begins at `data`: 0 when more than `length` bytes are needed to
 * know it; -EPROTO when this is no DCE/RPC version 5. */
int rpc_pdu_length(const void *data, size_t length);
/* One whole fragment. -EPROTO: malformed; `*ret_why` (may be NULL) then says how. Encrypted stubs
 * are parsed as well: padding and lengths are outside of what is encrypted. */
int rpc_pdu_parse(const void *data, size_t length, struct rpc_pdu *ret, const char **ret_why);
/* "bind_ack"; NULL for a number that is no message. */
const char *rpc_pdu_name(unsigned type);
/* Walk over bind.list: start with *at = 0; false at the end. Cannot fail on what was parsed. */
bool rpc_pdu_next_context(const struct rpc_pdu *pdu, size_t *at, struct rpc_pdu_context *ret);
bool rpc_pdu_next_result(const struct rpc_pdu *pdu, size_t *at, struct rpc_pdu_result *ret);
void rpc_pdu_syntax(const struct rpc_pdu *pdu, const struct rpc_pdu_context *context, unsigned i,
		    struct rpc_syntax *ret);

/* ---- writing: each appends a fragment to `out` whose lengths are patched by rpc_pdu_end ---- */

/* Begins a fragment, little-endian; returns where it begins in `out`. */
size_t rpc_pdu_begin(struct buf *out, enum rpc_pdu_type type, unsigned flags, uint32_t call_id);
/* Ends the fragment that begins at `start`, of which `auth_length` bytes are a verifier. */
void rpc_pdu_end(struct buf *out, size_t start, size_t auth_length);
/* Padding to a multiple of `align` (4, or 16 behind a stub) from `origin`, then a sec_trailer; the
 * verifier follows. */
void rpc_pdu_put_trailer(struct buf *out, size_t origin, size_t align, uint8_t service,
			 uint8_t level, uint32_t context_id);

struct rpc_bind_context {
	uint16_t id;
	struct rpc_syntax abstract;
	const struct rpc_syntax *transfer;
	uint8_t transfer_count;
};
void rpc_pdu_put_bind(struct buf *out, uint16_t max_xmit, uint16_t max_recv, uint32_t group,
		      const struct rpc_bind_context *contexts, uint8_t count);
void rpc_pdu_put_bind_ack(struct buf *out, size_t start, uint16_t max_xmit, uint16_t max_recv,
			  uint32_t group, struct text address, const struct rpc_pdu_result *results,
			  uint8_t count);
void rpc_pdu_put_bind_nak(struct buf *out, uint16_t reason);
void rpc_pdu_put_request(struct buf *out, uint32_t alloc_hint, uint16_t context_id, uint16_t opnum,
			 const GUID *object);
void rpc_pdu_put_response(struct buf *out, uint32_t alloc_hint, uint16_t context_id,
			  uint8_t cancels);
void rpc_pdu_put_fault(struct buf *out, uint16_t context_id, uint8_t cancels, uint32_t status);

/* One fragment as lines of text, for dumps of the wire. Stubs and verifiers by length only. */
void rpc_pdu_print(struct buf *out, const struct rpc_pdu *pdu);

/* ---- the verification trailer of a request's stub ([MS-RPCE] 2.2.2.13) ---- */

/* Removes it: `*length` becomes that of the stub without it. Compares what it says with the
 * request: 0 also when there is none. -EACCES: it says something else; -EPROTO: malformed. */
struct rpc_verification {
	bool header_sign; /* bitmask_1: the client supports it */
	struct rpc_syntax interface, transfer;
	struct rpc_drep drep;
	uint32_t call_id;
	uint16_t context_id, opnum;
};
int rpc_verification_check(const uint8_t *stub, size_t *length,
			   const struct rpc_verification *request);
/* Appends one for this request, after padding the stub to 4. */
void rpc_verification_put(struct buf *stub, const struct rpc_verification *request);
