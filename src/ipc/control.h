/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control messages: what the service control manager and the other processes say to each other
 * over SOCK_SEQPACKET Unix sockets. One table below describes every message; encoder, decoder,
 * printer, fuzzer and permissions derive from it. No struct is ever copied raw.
 *
 * On the wire: u16 type, u16 field count, then each field in order (numbers little-endian; texts
 * as u32 length and bytes). At most CONTROL_MESSAGE_MAX bytes; a longer text is refused by the
 * sender. Descriptors travel attached to their message; a message that comes with the wrong number
 * of descriptors, an unknown type, a short or long body or a text with NUL is refused whole, and
 * its descriptors are closed.
 *
 * `generation` numbers a host from the SCM's start on and is never reused: a message that names a
 * generation which is no longer the current one is ignored by its receiver.
 */
#pragma once

#include "base/text.h"
#include "base/error.h"

#define CONTROL_MESSAGE_MAX 65536
#define CONTROL_FDS_MAX 64

/* Who may send a message (a bit set); the receiver knows what its peer is. */
enum control_peer {
	CONTROL_FROM_SCM = 1,
	CONTROL_FROM_FRONT = 2, /* inetinfo */
	CONTROL_FROM_HOST = 4,  /* dllhost */
	CONTROL_FROM_TOOL = 8,  /* a tool of an administrator: root or the user the SCM runs as */
	CONTROL_FROM_USER = 16, /* a tool of anybody else */
	CONTROL_FROM_RPCSS = 32,
	CONTROL_FROM_COM = 64, /* dllhost with the components of an application, and no pages */
};
#define CONTROL_FROM_CHILD                                                                         \
	(CONTROL_FROM_FRONT | CONTROL_FROM_HOST | CONTROL_FROM_RPCSS | CONTROL_FROM_COM)
#define CONTROL_FROM_ANY_TOOL (CONTROL_FROM_TOOL | CONTROL_FROM_USER)

/*
 * X(NAME, name, senders, min_fds, max_fds, fields); a field is U(name) for a uint64_t or
 * T(name) for a text. The struct of message NAME is `struct control_<name>`.
 */
#define CONTROL_MESSAGES(X)                                                                        \
	/* A child is ready to serve. `program` for the log; a front end attaches one eventfd per  \
	 * loop thread. */                                                                         \
	X(REGISTRATION, registration, CONTROL_FROM_CHILD, 0, CONTROL_FDS_MAX,                      \
	  U(generation) U(pid) T(program))                                                         \
	/* The configuration a child shall use: the text of the file, in a sealed memory file.     \
	 * `sites`: ids, with blanks between them, of the sites that do not do what their          \
	 * serverAutoStart says, because somebody started or stopped them. */                      \
	X(CONFIG, config, CONTROL_FROM_SCM, 1, 1, U(version) T(path) T(state) T(sites))            \
	/* The front end has done so, and asked for the addresses it is to listen on. */           \
	X(CONFIGURED, configured, CONTROL_FROM_FRONT, 0, 0, U(version))                            \
	/* A front end that was told to stop has closed its sockets: another one may listen. */    \
	X(UNLISTENED, unlistened, CONTROL_FROM_FRONT, 0, 0, U(generation))                         \
	/* A channel between a host and a front end: the shared memory, then the front end's       \
	 * eventfds, one a loop. `front` is the front end's generation. */                         \
	X(CHANNEL, channel, CONTROL_FROM_SCM, 2, CONTROL_FDS_MAX, U(generation) U(front))          \
	/* To a host: that front end has ended, with all it had there. */                          \
	X(FRONT_GONE, front_gone, CONTROL_FROM_SCM, 0, 0, U(front))                                \
	X(PING, ping, CONTROL_FROM_SCM, 0, 0, U(generation) U(sequence))                           \
	X(PONG, pong, CONTROL_FROM_CHILD, 0, 0, U(generation) U(sequence) U(requests) U(active))   \
	/* Finish what is running, then exit; forced when `grace_ms` is over. */                   \
	X(STOP, stop, CONTROL_FROM_SCM, 0, 0, U(generation) U(grace_ms))                           \
	/* Write an event on behalf of the sender: id and source must be in the event table, and   \
	 * allowed for that peer. Parameters are separated by U+001F. */                           \
	X(EVENT, event, CONTROL_FROM_FRONT | CONTROL_FROM_HOST | CONTROL_FROM_RPCSS, 0, 0,         \
	  U(id) T(source) T(parameters))                                                           \
	/* ---- front end and SCM: pools ---- */                                                   \
	/* `sockets`: how many (SO_REUSEPORT, one a loop thread); they come with LISTENING. */     \
	X(LISTEN, listen, CONTROL_FROM_FRONT, 0, 0, U(cookie) U(port) U(sockets) T(address))       \
	X(LISTENING, listening, CONTROL_FROM_SCM, 0, CONTROL_FDS_MAX, U(cookie) U(error) T(text))  \
	/* A request waits and no host runs. */                                                    \
	X(POOL_DEMAND, pool_demand, CONTROL_FROM_FRONT, 0, 0, T(pool))                             \
	/* state: enum control_pool_state; `reason` says why, for the 503 page. */                 \
	X(POOL_CHANGED, pool_changed, CONTROL_FROM_SCM, 0, 0,                                      \
	  U(state) U(status) U(sub_status) U(hresult) T(pool) T(reason))                           \
	/* A host serves the pool from now on; the descriptor is its channel memory. */            \
	X(HOST_READY, host_ready, CONTROL_FROM_SCM, 1, 1, U(generation) U(pid) T(pool) T(user))    \
	/* Give the host no new requests; answer HOST_DRAINED when its last one ended. */          \
	X(HOST_DRAIN, host_drain, CONTROL_FROM_SCM, 0, 0, U(generation) T(pool))                   \
	X(HOST_DRAINED, host_drained, CONTROL_FROM_FRONT, 0, 0, U(generation) T(pool))             \
	/* The process is gone: fail what it had begun, hand what it had not to others. */         \
	X(HOST_GONE, host_gone, CONTROL_FROM_SCM, 0, 0, U(generation) T(pool))                     \
	/* The host wrote something ill-formed into its channel (event 5127). */                   \
	X(HOST_UNTRUSTED, host_untrusted, CONTROL_FROM_FRONT, 0, 0,                                \
	  U(generation) T(pool) T(reason))                                                         \
	/* Activity, so that idle time-out and request limits work: sent at most once a second. */ \
	X(HOST_ACTIVITY, host_activity, CONTROL_FROM_FRONT, 0, 0,                                  \
	  U(generation) U(requests) U(active) T(pool))                                             \
	/* Which requests run at hosts? REQUEST_INFO for each, then REQUEST_END. */                \
	X(REQUEST_LIST, request_list, CONTROL_FROM_SCM, 0, 0, U(cookie))                           \
	/* `time_ms`: since it was given to its host. Texts are cut; `client` is an address. */    \
	X(REQUEST_INFO, request_info, CONTROL_FROM_FRONT, 0, 0,                                    \
	  U(cookie) U(id) U(generation) U(site) U(time_ms) T(pool) T(verb) T(url) T(client)        \
		  T(stage) T(module))                                                              \
	X(REQUEST_END, request_end, CONTROL_FROM_FRONT, 0, 0, U(cookie))                           \
	/* ---- rpcss, hosts of components, and SCM ---- */                                        \
	/* What rpcss works with. Attached: its local listening socket; `sockets` TCP ones, the    \
	 * first for activation, the second for objects; the NTLM accounts and the Kerberos keys,  \
	 * each a sealed memory file, where `users` and `keytab` are 1. Settings as the registry   \
	 * has them (docs/dcom.md): `classes` has a line for each, name, tab, value. */            \
	X(RPCSS_START, rpcss_start, CONTROL_FROM_SCM, 1, 8,                                        \
	  U(sockets) U(users) U(keytab) U(authn_level) U(ping_seconds) T(state) T(names)           \
		  T(classes))                                                                      \
	/* An object of `clsid` is wanted from the host of `appid`. `uid`: of a caller on this     \
	 * machine, else UINT64_MAX; `caller`: his name. `gone`: the generation of a host that was \
	 * given before and could not be reached, or 0. */                                         \
	X(COM_ACTIVATE, com_activate, CONTROL_FROM_RPCSS, 0, 0,                                    \
	  U(cookie) U(uid) U(gone) T(appid) T(clsid) T(caller))                                    \
	/* It runs, as `uid`, and takes activations at the local socket `endpoint` from who names  \
	 * `activator`, a GUID of its choice; or `hresult` and `text` say why not. */              \
	X(COM_ACTIVATED, com_activated, CONTROL_FROM_SCM, 0, 0,                                    \
	  U(cookie) U(hresult) U(generation) U(uid) T(endpoint) T(activator) T(text))              \
	/* To a host that has registered: what it is. Attached: its local listening socket, at     \
	 * `endpoint`. It ends by itself when it has had no object for `idle_ms`. */               \
	X(COM_START, com_start, CONTROL_FROM_SCM, 1, 1,                                            \
	  U(generation) U(idle_ms) U(authn_level) U(ping_seconds) T(appid) T(state) T(endpoint))   \
	/* It can activate now: what DCOM calls registration, and waits for (event 10010). */      \
	X(COM_READY, com_ready, CONTROL_FROM_COM, 0, 0, U(generation) T(activator))                \
	/* It takes no more activations and is about to end. */                                    \
	X(COM_LEAVING, com_leaving, CONTROL_FROM_COM, 0, 0, U(generation))                         \
	/* ---- tools ---- */                                                                      \
	X(STATUS_QUERY, status_query, CONTROL_FROM_ANY_TOOL, 0, 0, U(flags))                       \
	X(STATUS_PROCESS, status_process, CONTROL_FROM_SCM, 0, 0,                                  \
	  U(pid) U(generation) U(requests) U(active) U(uptime_ms) U(memory_kib) T(service)         \
		  T(appid) T(pool) T(protection) T(user) T(state))                                 \
	X(STATUS_POOL, status_pool, CONTROL_FROM_SCM, 0, 0,                                        \
	  U(failures) U(queued) T(pool) T(appid) T(protection) T(state) T(reason))                 \
	/* `error`: the Win32 error that keeps a site which is to run from it. */                  \
	X(STATUS_SITE, status_site, CONTROL_FROM_SCM, 0, 0, U(id) U(error) T(site) T(state))       \
	/* The configuration in force; a text: what keeps the file on the disk from being that. */ \
	X(STATUS_CONFIG, status_config, CONTROL_FROM_SCM, 0, 0,                                    \
	  U(version) U(line) T(file) T(text))                                                      \
	X(REQUEST_QUERY, request_query, CONTROL_FROM_ANY_TOOL, 0, 0, U(flags))                     \
	/* REQUEST_INFO, with the process it runs in. */                                           \
	X(STATUS_REQUEST, status_request, CONTROL_FROM_SCM, 0, 0,                                  \
	  U(id) U(pid) U(site) U(time_ms) T(pool) T(verb) T(url) T(client) T(stage) T(module))     \
	X(SERVICE_QUERY, service_query, CONTROL_FROM_ANY_TOOL, 0, 0, T(name))                      \
	X(SERVICE_INFO, service_info, CONTROL_FROM_SCM, 0, 0,                                      \
	  U(state) U(start_type) U(pid) U(win32_exit_code) T(name) T(display_name)                 \
		  T(dependencies))                                                                 \
	X(SERVICE_CONTROL, service_control, CONTROL_FROM_TOOL, 0, 0,                               \
	  U(verb) U(value) U(timeout_ms) T(name))                                                  \
	X(POOL_CONTROL, pool_control, CONTROL_FROM_TOOL, 0, 0, U(verb) T(pool))                    \
	X(SITE_CONTROL, site_control, CONTROL_FROM_TOOL, 0, 0, U(verb) T(site))                    \
	X(SHUTDOWN, shutdown, CONTROL_FROM_TOOL, 0, 0, U(grace_ms))                                \
	/* Ends every answer to a tool: a Win32 error code (0: done) and a text for people. */     \
	X(DONE, done, CONTROL_FROM_SCM, 0, 0, U(error) T(text))

enum control_type {
	CONTROL_NONE,
#define X(NAME, name, senders, min_fds, max_fds, fields) CONTROL_##NAME,
	CONTROL_MESSAGES(X)
#undef X
		CONTROL_TYPE_COUNT
};

#define U(name) uint64_t name;
#define T(name) struct text name;
#define X(NAME, name, senders, min_fds, max_fds, fields)                                           \
	struct control_##name {                                                                    \
		fields                                                                             \
	};
CONTROL_MESSAGES(X)
#undef X
#undef T
#undef U

enum control_pool_state {
	CONTROL_POOL_STARTED, /* with a status: one activation failed, fail what waits now */
	CONTROL_POOL_STOPPED, /* by an administrator, or with its service */
	CONTROL_POOL_FAILED,  /* by rapid-fail protection, until somebody starts it */
};
enum control_service_verb {
	CONTROL_SERVICE_START,
	CONTROL_SERVICE_STOP, /* graceful, then forced after timeout_ms (0: the default) */
	CONTROL_SERVICE_STOP_NOFORCE,
	CONTROL_SERVICE_CONFIG, /* value: enum service start type, as Windows numbers it */
	CONTROL_SERVICE_RESET,  /* iisreset: value 0 /DISABLE, 1 /ENABLE, 2 asks: 4309 when disabled
				 */
};
enum control_site_verb { CONTROL_SITE_START, CONTROL_SITE_STOP };
enum control_pool_verb { CONTROL_POOL_START, CONTROL_POOL_STOP, CONTROL_POOL_RECYCLE };

/* A received message. Texts point into `buffer`. Descriptors belong to the message until taken
 * (set to -1); control_message_done closes the rest. */
struct control_message {
	enum control_type type;
	union {
#define X(NAME, name, senders, min_fds, max_fds, fields) struct control_##name name;
		CONTROL_MESSAGES(X)
#undef X
	};
	int fds[CONTROL_FDS_MAX];
	int fd_count;
	char buffer[CONTROL_MESSAGE_MAX];
};

/* Encodes message `type` from its struct and sends it with descriptors (which stay the caller's).
 * 0, -EMSGSIZE, -EAGAIN when the socket is full, -EPIPE/-ECONNRESET when the peer is gone. */
int control_send(int fd, enum control_type type, const void *message, const int *fds, int fd_count);
/* Receives one message. `senders` is what the peer is; a type it may not send is -EPERM, anything
 * ill-formed -EBADMSG, the end of the conversation -ECONNRESET, nothing there -EAGAIN. */
int control_receive(int fd, unsigned senders, struct control_message *ret);
void control_message_done(struct control_message *message);

/* The codec alone, for tests and the fuzzer. Returns the length, or a negative error. */
int control_encode(enum control_type type, const void *message, char *out, size_t capacity);
int control_decode(struct control_message *message, size_t length, int fd_count, unsigned senders);
/* "HOST_READY generation=3 pid=77 pool=..." */
struct buf;
void control_print(const struct control_message *message, struct buf *out);
const char *control_type_name(enum control_type type);

/* Tools: connects to STATE/run/scm.sock. Error texts say what to do when no server runs. */
int control_connect(const char *state_dir, int *ret_fd, struct error *err);
/* The descriptor number on which a child finds its connection to the SCM. */
#define CONTROL_CHILD_FD 3
