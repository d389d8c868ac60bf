/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DCE/RPC, connection-oriented, version 5 (C706, [MS-RPCE]): what all of src/rpc and its users
 * share: names of interfaces and syntaxes, status codes, limits, and what a server's interface and
 * a call are. The marshalled parameters ("stub data") are bytes here; src/ndr knows what is in
 * them.
 *
 *   rpc/pdu.h         the messages, as pure functions over bytes
 *   rpc/connection.h  the server's end of a connection, a state machine without sockets
 *   rpc/server.h      sockets, threads, limits
 *   rpc/endpoint.h    the endpoint map and its interface, `mgmt`
 *   rpc/binding.h     string bindings
 *   rpc/client.h      calls to other servers
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "security/context.h"
#include "surrogate/com.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- names ---- */

/* An interface or a transfer syntax (p_syntax_id_t, C706 12.6.3.1). */
struct rpc_syntax {
	GUID uuid;
	uint16_t major, minor;
};
bool rpc_syntax_equal(const struct rpc_syntax *a, const struct rpc_syntax *b);

extern const struct rpc_syntax rpc_ndr20; /* 8a885d04-1ceb-11c9-9fe8-08002b104860 2.0 */
extern const struct rpc_syntax rpc_ndr64; /* 71710533-beba-4937-8319-b5dbef9ccc36 1.0 */
extern const struct rpc_syntax rpc_epmapper;
extern const struct rpc_syntax rpc_mgmt;

/* How the numbers of a message are written (C706 14.1): the first two bytes of its drep. Ours is
 * little-endian, ASCII, IEEE. */
struct rpc_drep {
	uint8_t integer;  /* high half: 0 big-endian, 1 little; low half: 0 ASCII, 1 EBCDIC */
	uint8_t floating; /* 0 IEEE */
};
static inline bool rpc_drep_little(struct rpc_drep d)
{
	return d.integer >> 4 == 1;
}
#define RPC_DREP_OURS                                                                              \
	{                                                                                          \
		0x10, 0                                                                            \
	}

/* ---- status codes ---- */

/* name, value on the wire or as Win32 error, text. What begins with nca_ goes into fault messages
 * (C706 appendix E, [MS-RPCE] 2.2.2.x); the third column is the Win32 error a client gets for it.
 */
/* clang-format off */
#define RPC_FAULTS(X)                                                                              \
	X(nca_s_comm_failure, 0x1C010001, RPC_S_COMM_FAILURE)                                      \
	X(nca_s_op_rng_error, 0x1C010002, RPC_S_PROCNUM_OUT_OF_RANGE)                              \
	X(nca_s_unk_if, 0x1C010003, RPC_S_UNKNOWN_IF)                                              \
	X(nca_s_wrong_boot_time, 0x1C010006, RPC_S_CALL_FAILED)                                    \
	X(nca_s_you_crashed, 0x1C010009, RPC_S_CALL_FAILED)                                        \
	X(nca_s_proto_error, 0x1C01000B, RPC_S_PROTOCOL_ERROR)                                     \
	X(nca_s_out_args_too_big, 0x1C010013, RPC_S_SERVER_OUT_OF_MEMORY)                          \
	X(nca_s_server_too_busy, 0x1C010014, RPC_S_SERVER_TOO_BUSY)                                \
	X(nca_s_unsupported_type, 0x1C010017, RPC_S_UNSUPPORTED_TYPE)                              \
	X(nca_s_fault_int_div_by_zero, 0x1C000001, RPC_S_ZERO_DIVIDE)                              \
	X(nca_s_fault_addr_error, 0x1C000002, RPC_S_ADDRESS_ERROR)                                 \
	X(nca_s_fault_invalid_tag, 0x1C000006, RPC_S_INVALID_TAG)                                  \
	X(nca_s_fault_invalid_bound, 0x1C000007, RPC_S_INVALID_BOUND)                              \
	X(nca_s_rpc_version_mismatch, 0x1C000008, RPC_S_PROTOCOL_ERROR)                            \
	X(nca_s_unspec_reject, 0x1C000009, RPC_S_CALL_FAILED_DNE)                                  \
	X(nca_s_bad_actid, 0x1C00000A, RPC_S_CALL_FAILED_DNE)                                      \
	X(nca_s_who_are_you_failed, 0x1C00000B, RPC_S_CALL_FAILED)                                 \
	X(nca_s_manager_not_entered, 0x1C00000C, RPC_S_CALL_FAILED_DNE)                            \
	X(nca_s_fault_cancel, 0x1C00000D, RPC_S_CALL_CANCELLED)                                    \
	X(nca_s_fault_context_mismatch, 0x1C00001A, RPC_X_SS_CONTEXT_MISMATCH)                     \
	X(nca_s_fault_remote_no_memory, 0x1C00001B, RPC_S_SERVER_OUT_OF_MEMORY)                    \
	X(nca_s_fault_unspec, 0x1C000012, RPC_S_CALL_FAILED)                                       \
	X(nca_s_invalid_pres_context_id, 0x1C00001C, RPC_S_PROTOCOL_ERROR)                         \
	X(nca_s_unsupported_authn_level, 0x1C00001D, RPC_S_UNSUPPORTED_AUTHN_LEVEL)                \
	X(nca_s_invalid_checksum, 0x1C00001F, RPC_S_ACCESS_DENIED)                                 \
	X(nca_s_fault_ndr, 0x000006F7, RPC_X_BAD_STUB_DATA)                                        \
	X(nca_s_fault_access_denied, 0x00000005, RPC_S_ACCESS_DENIED)                              \
	X(nca_s_fault_sec_pkg_error, 0x00000721, RPC_S_SEC_PKG_ERROR)

/* What calls of a client end with: Win32 error codes ([MS-ERREF] 2.2); as HRESULT 0x8007xxxx. */
#define RPC_STATUSES(X)                                                                            \
	X(RPC_S_OK, 0, "The operation completed successfully.")                                    \
	X(RPC_S_ACCESS_DENIED, 5, "Access is denied.")                                             \
	X(RPC_X_SS_CONTEXT_MISMATCH, 6, "The handle is invalid.")                                  \
	X(RPC_S_OUT_OF_MEMORY, 14, "Not enough storage is available to complete this operation.")  \
	X(RPC_S_INVALID_ARG, 87, "The parameter is incorrect.")                                    \
	X(RPC_S_INVALID_STRING_BINDING, 1700, "The string binding is invalid.")                    \
	X(RPC_S_INVALID_BINDING, 1702, "The binding handle is invalid.")                           \
	X(RPC_S_PROTSEQ_NOT_SUPPORTED, 1703, "The RPC protocol sequence is not supported.")        \
	X(RPC_S_INVALID_RPC_PROTSEQ, 1704, "The RPC protocol sequence is invalid.")                \
	X(RPC_S_INVALID_ENDPOINT_FORMAT, 1706, "The endpoint format is invalid.")                  \
	X(RPC_S_INVALID_NET_ADDR, 1707, "The network address is invalid.")                         \
	X(RPC_S_NO_ENDPOINT_FOUND, 1708, "No endpoint was found.")                                 \
	X(RPC_S_INVALID_TIMEOUT, 1709, "The timeout value is invalid.")                            \
	X(RPC_S_UNKNOWN_IF, 1717, "The interface is unknown.")                                     \
	X(RPC_S_SERVER_UNAVAILABLE, 1722, "The RPC server is unavailable.")                        \
	X(RPC_S_SERVER_TOO_BUSY, 1723, "The RPC server is too busy to complete this operation.")   \
	X(RPC_S_CALL_FAILED, 1726, "The remote procedure call failed.")                            \
	X(RPC_S_CALL_FAILED_DNE, 1727, "The remote procedure call failed and did not execute.")    \
	X(RPC_S_PROTOCOL_ERROR, 1728, "A remote procedure call (RPC) protocol error occurred.")    \
	X(RPC_S_UNSUPPORTED_TRANS_SYN, 1730, "The transfer syntax is not supported by the RPC server.") \
	X(RPC_S_UNSUPPORTED_TYPE, 1732, "The universal unique identifier (UUID) type is not supported.") \
	X(RPC_S_INVALID_TAG, 1733, "The tag is invalid.")                                          \
	X(RPC_S_INVALID_BOUND, 1734, "The array bounds are invalid.")                              \
	X(RPC_S_UNKNOWN_AUTHN_TYPE, 1741, "The authentication type is unknown.")                   \
	X(RPC_S_PROCNUM_OUT_OF_RANGE, 1745, "The procedure number is out of range.")               \
	X(RPC_S_UNKNOWN_AUTHN_SERVICE, 1747, "The authentication service is unknown.")             \
	X(RPC_S_UNKNOWN_AUTHN_LEVEL, 1748, "The authentication level is unknown.")                 \
	X(EPT_S_NOT_REGISTERED, 1753, "There are no more endpoints available from the endpoint mapper.") \
	X(RPC_S_ZERO_DIVIDE, 1767, "The RPC server attempted an integer division by zero.")        \
	X(RPC_S_ADDRESS_ERROR, 1768, "An addressing error occurred in the RPC server.")            \
	X(RPC_X_BAD_STUB_DATA, 1783, "The stub received bad data.")                                \
	X(RPC_S_CALL_CANCELLED, 1818, "The remote procedure call was cancelled.")                  \
	X(RPC_S_COMM_FAILURE, 1820, "A communications error occurred during the operation.")       \
	X(RPC_S_UNSUPPORTED_AUTHN_LEVEL, 1821, "The requested authentication level is not supported.") \
	X(RPC_S_SEC_PKG_ERROR, 1825, "A security package specific error occurred.")                \
	X(RPC_S_SERVER_OUT_OF_MEMORY, 1130, "Not enough server storage is available to process this command.")
/* clang-format on */

enum rpc_fault {
#define X(name, value, status) name = (int)(value),
	RPC_FAULTS(X)
#undef X
};
enum rpc_status {
#define X(name, value, text) name = (value),
	RPC_STATUSES(X)
#undef X
};

/* "nca_s_op_rng_error", or NULL for a number the table does not have. */
const char *rpc_fault_name(uint32_t fault);
/* What a client's caller gets for a fault: from the table; other numbers pass unchanged, as they
 * are the server's own. */
uint32_t rpc_fault_status(uint32_t fault);
/* Windows' text for a status; NULL for a number the table does not have. */
const char *rpc_status_text(uint32_t status);
/* 0x8007xxxx; numbers that are an HRESULT already pass unchanged. */
uint32_t rpc_status_hresult(uint32_t status);

/* ---- limits ---- */

#define RPC_FRAGMENT_MIN 1432 /* MustRecvFragSize, C706 12.6.3.1 */
#define RPC_FRAGMENT_MAX 5840 /* what we offer, as Windows does */
#define RPC_FRAGMENT_WIRE_MAX 65535
/* Of a connection. Clients go from one interface to another and back with a new context of both
 * kinds each time (impacket); Windows lets them have as many of the second. */
#define RPC_CONTEXTS_MAX 2048     /* presentation contexts */
#define RPC_SECURITY_MAX 2048     /* security contexts */
#define RPC_HANDSHAKES_MAX 16     /* security contexts whose handshake is not over, or failed */
#define RPC_SYNTAXES_MAX 32       /* transfer syntaxes of one context element */
#define RPC_STUB_MAX (16u << 20)  /* bytes of one call's parameters, either way */
#define RPC_HELD_MAX (256u << 20) /* bytes of the parameters of all calls of a server */
#define RPC_CALLS_MAX 64          /* outstanding calls of a connection */

/* ---- what a server offers ---- */

struct rpc_call;

/* Marshalled parameters as they came, and how their numbers are written. `data` is aligned to 8
 * and stays until the call ends. */
struct rpc_stub {
	const uint8_t *data;
	size_t length;
	struct rpc_drep drep;
};

/* Serves one call: reads `in`, appends marshalled results (little-endian) to `out`. Returns 0, or
 * what the fault message shall say (enum rpc_fault, or a status of the interface's own). Runs on
 * a worker thread and may take long; several calls, also of one connection, run at once. */
typedef uint32_t (*rpc_dispatch_fn)(void *ctx, struct rpc_call *call, uint16_t opnum,
				    const struct rpc_stub *in, struct buf *out);

/* An interface that a server offers. Static or owned by its maker, who must outlive the server. */
struct rpc_interface {
	struct rpc_syntax id;
	const char *annotation; /* for people: shown by the endpoint mapper; may be NULL */
	uint16_t operations;    /* opnums from here on: nca_s_op_rng_error */
	enum authn_level least; /* calls below it: access denied; 0: none is needed */
	/* The same for callers that are authenticated, while others pass: what DCOM's activation
	 * wants since KB5004442. */
	enum authn_level least_if_any;
	rpc_dispatch_fn dispatch;
	void *ctx;
};

/* ---- a call, as its dispatch function sees it; rpc/connection.h has the rest ---- */

/* Who calls, and how well protected. */
struct rpc_caller {
	const struct security_peer *peer; /* NULL: not authenticated */
	enum authn_level level;           /* AUTHN_LEVEL_NONE without */
	const char *address;              /* "192.0.2.7", or "local:1000" of a user */
	const char *local;                /* the address it came to; "" for ncalrpc */
	const char *transport;            /* "ncacn_ip_tcp" or "ncalrpc" */
	uint16_t port;                    /* the local port; 0 for ncalrpc */
	uint32_t uid;                     /* ncalrpc: the user of the other process */
};
const struct rpc_caller *rpc_call_caller(const struct rpc_call *call);
/* The object the call is for (an IPID in DCOM); GUID_NULL without. */
const GUID *rpc_call_object(const struct rpc_call *call);
/* security_context_delegated of who calls. */
int rpc_call_delegated(const struct rpc_call *call, const char *cache, struct error *err);
/* The client has cancelled the call, or gave up waiting, or is gone: long calls ask now and then.
 */
bool rpc_call_cancelled(const struct rpc_call *call);
/* The number of the association group: the same for all connections of one client's binding. */
uint32_t rpc_call_group(const struct rpc_call *call);

/*
 * Context handles (C706 6.1.6): state of a server that a client holds. It belongs to the
 * association group, and is freed with it if the client does not close it. At most
 * RPC_HANDLES_MAX in a group. `type` is any address that tells one kind from another.
 */
#define RPC_HANDLES_MAX 1024
typedef void (*rpc_handle_fn)(void *data);
/* -ENOBUFS, -ENOMEM; `data` is then still the caller's. */
int rpc_handle_new(struct rpc_call *call, const void *type, void *data, rpc_handle_fn free_data,
		   GUID *ret);
/* The data, which stays valid until the call ends; NULL: nca_s_fault_context_mismatch. Calls at the
 * same time get the same data: whoever changes it has a lock there. */
void *rpc_handle_find(struct rpc_call *call, const void *type, const GUID *handle);
/* No later call finds it; `free_data` is called when the last call that has it ends. */
void rpc_handle_close(struct rpc_call *call, const void *type, const GUID *handle);
