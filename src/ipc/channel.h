/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The request channel: shared memory between the front end (inetinfo, trusted more) and one host
 * (dllhost, trusted less), over which requests go out and responses come back without a copy of
 * the body and, under load, without a system call.
 *
 * Layout. A header, then CHANNEL_SLOTS slots of fixed size. A slot carries one request at a time:
 * a request block (offsets relative to the block, no pointers), a ring for the request body, a
 * response head block, a ring for the response body. Pages that are never used are never resident.
 *
 * The road of a request. The front takes a free slot (its own private list), writes the request
 * block, and submits the slot's number in the submit ring; a sleeping host worker is woken by a
 * futex. A worker claims it, reads body bytes, writes the head and body, and finishes. Whenever
 * the front has something to look at in a slot the host sets the slot's bit in the attention word
 * of the front's loop that owns the slot, and writes that loop's eventfd if it sleeps.
 *
 * Trust. The front copies every word it reads from the host's side once and checks it against
 * the sizes it knows; whatever does not fit makes channel_front_* return -EBADMSG, and the host is
 * put down (event 5127). The host trusts the front. Only the front's private memory says which
 * slots are in use and by whom.
 *
 * The same code serves Low protection: the front end maps a channel and runs the workers itself.
 *
 * Threads. Front: channel_front_submit may be called from any loop thread (it takes a lock);
 * everything else about a slot only from the loop that took it. Host: any worker claims; a claimed
 * slot belongs to that worker until it is finished.
 */
#pragma once

#include "base/text.h"

#include <sys/uio.h>

#define CHANNEL_SLOTS 64
#define CHANNEL_LOOPS_MAX 32
#define CHANNEL_HEAD_MAX 32768       /* request block, response head block */
#define CHANNEL_REQUEST_RING 65536   /* bytes of request body under way */
#define CHANNEL_RESPONSE_RING 262144 /* bytes of response body under way */
#define CHANNEL_HEADERS_MAX 128

/* ---- what crosses: one table gives enum, encoder, and names for the dump ---- */
#define CHANNEL_REQUEST_TEXTS(X)                                                                   \
	X(METHOD, method)                                                                          \
	X(URL, url)           /* path as the client sent it, without query */                      \
	X(PATH, path)         /* decoded, normalised, UTF-8: SCRIPT_NAME + PATH_INFO */            \
	X(QUERY, query)       /* without '?' */                                                    \
	X(PROTOCOL, protocol) /* "HTTP/1.1" */                                                     \
	X(SCHEME, scheme)     /* "http" or "https" */                                              \
	X(HOST, host)         /* name without port: SERVER_NAME */                                 \
	X(REMOTE_ADDRESS, remote_address)                                                          \
	X(LOCAL_ADDRESS, local_address)                                                            \
	X(USER, user) /* authenticated user, "" when anonymous */                                  \
	X(SCRIPT_NAME, script_name)                                                                \
	X(PATH_INFO, path_info)                                                                    \
	X(SCRIPT_FILE, script_file)     /* file system path of the page */                         \
	X(APP_PATH, app_path)           /* "/" or "/shop" */                                       \
	X(APP_ROOT, app_root)           /* its folder */                                           \
	X(METABASE_PATH, metabase_path) /* "/LM/W3SVC/1/ROOT/shop" */                              \
	X(POOL, pool)                                                                              \
	X(PROTECTION, protection) /* "Low", "Medium", "High", "Pool" */

enum channel_request_text {
#define X(NAME, name) CHANNEL_##NAME,
	CHANNEL_REQUEST_TEXTS(X)
#undef X
		CHANNEL_REQUEST_TEXT_COUNT
};

struct channel_header_field {
	struct text name, value;
};

/* A request, as the front writes it and the host reads it. Reading gives slices of the slot. */
struct channel_request {
	struct text texts[CHANNEL_REQUEST_TEXT_COUNT];
	struct channel_header_field headers[CHANNEL_HEADERS_MAX];
	size_t header_count;
	uint64_t request_id, site_id;
	uint64_t content_length; /* UINT64_MAX: not known (chunked) */
	uint32_t remote_port, local_port;
};

/* A response head, as the host writes it and the front reads it (a checked private copy). */
/* A response field for the front end alone: its value goes behind the query in the log. */
#define CHANNEL_LOG_FIELD "Surrogate-Log"

struct channel_response {
	uint32_t status, sub_status, win32_status;
	struct text reason; /* "" for the standard one */
	struct channel_header_field headers[CHANNEL_HEADERS_MAX];
	size_t header_count;
	uint64_t content_length; /* UINT64_MAX: not known yet */
};

/* ---- the memory ---- */
size_t channel_size(void);
/* A sealed memory file of channel_size(), laid out; its descriptor, or a negative error. */
int channel_create(void);

/*
 * The bell of a loop of the front: an eventfd that hosts ring. Watch it edge triggered
 * (LOOP_READ | LOOP_EDGE) and drain it first thing in the callback. Never read it in another way:
 * its O_NONBLOCK flag is shared with the hosts, and one that clears it and empties the counter
 * would catch a plain read() for ever.
 */
int channel_bell_new(void);
void channel_bell_drain(int bell);

/* ---- front end ---- */
struct channel_front;
enum channel_slot_events {
	CHANNEL_HEAD = 1,     /* the response head is there and was not read yet */
	CHANNEL_DATA = 2,     /* the response ring has bytes */
	CHANNEL_SPACE = 4,    /* channel_front_space gave 0 before, and there is room again */
	CHANNEL_FINISHED = 8, /* the host is done with the slot, all bytes are in the ring; without
			       * a head before it the host failed to answer: 502 */
};

/* Maps `fd` and keeps duplicates of the bells, one per loop: all stay the caller's. -EINVAL when
 * `fd` is no channel. */
int channel_front_new(int fd, const int *bells, int loops, struct channel_front **ret);
/* Lets the host know that nobody will look any more (its workers get -EPIPE). Takes NULL. */
struct channel_front *channel_front_free(struct channel_front *front);
/* A free slot for loop `loop`, or -EAGAIN; then the loop's bell rings when a slot becomes free,
 * and the loop tries again whatever channel_front_attention says. The slot used last is given
 * first. */
int channel_front_take(struct channel_front *front, int loop);
/* Writes the request and submits it. -E2BIG when the block would pass CHANNEL_HEAD_MAX, -EINVAL
 * when it has too many headers; the slot is still the caller's then, to release. */
int channel_front_submit(struct channel_front *front, int slot,
			 const struct channel_request *request);
/* Slots of `loop` that need a look, as a bit set, each told once; `sleeping` announces that the
 * loop will sleep: call it once more with true right before, and do not sleep when it is not 0. A
 * loop that never announces it hears no bell; one that woke up calls it with false first. */
uint64_t channel_front_attention(struct channel_front *front, int loop, bool sleeping);
/* What there is to do at a slot now: a set of channel_slot_events, or -EBADMSG. As long as there is
 * something, every call says it. */
int channel_front_poll(struct channel_front *front, int slot);
/* Copies the head to `arena` and checks it: names are tokens, values have no CR, LF or NUL, status
 * is 100..999. -EBADMSG otherwise, -EAGAIN when it is not there. */
struct arena;
int channel_front_head(struct channel_front *front, int slot, struct arena *arena,
		       struct channel_response *ret);
/* Response bytes: up to two pieces to send from (returns 0..2, or -EBADMSG), then consume. The host
 * can change them while they are looked at: send them, decide nothing by them. The host drops the
 * body of HEAD, 204 and 304; the front drops again what comes nevertheless. */
int channel_front_peek(struct channel_front *front, int slot, struct iovec iov[2]);
void channel_front_consume(struct channel_front *front, int slot, size_t length);
/* Request body: up to two pieces to receive into (0..2, or -EBADMSG), then commit; `last` with the
 * final bytes, or with length 0 after them. May begin before submit. A request without body needs
 * no commit when its content_length is 0. */
int channel_front_space(struct channel_front *front, int slot, struct iovec iov[2]);
void channel_front_commit(struct channel_front *front, int slot, size_t length, bool last);
/* The request body bytes that were committed to a slot which no worker has claimed: what to commit
 * again when the request is given to another host. 0..2 pieces. */
int channel_front_unclaimed_body(struct channel_front *front, int slot, struct iovec iov[2]);
/* The client is gone: the host sees it; the slot stays taken until CHANNEL_FINISHED. */
void channel_front_cancel(struct channel_front *front, int slot);
/* True when a host worker has begun with it (then it cannot be given to another host). */
bool channel_front_claimed(struct channel_front *front, int slot);
/* Gives the slot back; only before submit, after CHANNEL_FINISHED, or when the host is gone. */
void channel_front_release(struct channel_front *front, int slot);
/* Slots in use, of all loops; those of one loop as a bit set. */
int channel_front_active(struct channel_front *front);
uint64_t channel_front_taken(struct channel_front *front, int loop);
/* What a slot carries, for somebody who only looks: a copy, while the loop that has the slot goes
 * on as if nobody did. `serial` numbers the requests of this slot. The host may have changed the
 * texts: show them, decide nothing by them. -EAGAIN: nothing, or it changed meanwhile; -EBADMSG,
 * -ENOMEM. From any thread. */
struct channel_glance {
	struct channel_request request; /* texts in the arena */
	uint64_t serial;
	bool claimed;
};
int channel_front_glance(struct channel_front *front, int slot, struct arena *arena,
			 struct channel_glance *ret);
/*
 * When the host process is gone (HOST_GONE), each loop goes through channel_front_taken: a slot
 * whose poll says FINISHED is served as if nothing had happened, one that is not claimed goes to
 * another host, any other has failed: 502, or the connection is cut when the head was sent. Then it
 * is released, and when no loop has any left the front is freed.
 */

/* ---- host ---- */
struct channel_host;
/* Maps `fd` and keeps duplicates of the bells: all stay the caller's. -EINVAL: `fd` is no channel.
 */
int channel_host_new(int fd, const int *bells, int loops, struct channel_host **ret);
/* Only when no worker is inside any more. */
struct channel_host *channel_host_free(struct channel_host *host);
/* The next request: its slot; sleeps until there is one. -EPIPE once the channel is closed and
 * empty, or abandoned; -ETIMEDOUT after `timeout_ns` (negative: for ever). */
int channel_host_claim(struct channel_host *host, int64_t timeout_ns);
/* Wakes all workers; channel_host_claim gives -EPIPE once nothing submitted is left. */
void channel_host_close(struct channel_host *host);
/* The front is gone, nobody reads any more: every call gives -EPIPE from now on, those that are
 * blocked too. */
void channel_host_abandon(struct channel_host *host);
/* Submitted and not yet claimed: a host starts another worker thread when this stays above 0. */
int channel_host_waiting(struct channel_host *host);
/* The request of a claimed slot, as slices of the slot. -EBADMSG when it is ill-formed (the front
 * is trusted, its bugs are not): finish the slot then. */
int channel_host_request(struct channel_host *host, int slot, struct channel_request *ret);
/* Body bytes, blocking: the number read, 0 at the end, -EPIPE when the client or channel is gone.
 */
ssize_t channel_host_read(struct channel_host *host, int slot, void *data, size_t length);
/* The head, once (-EALREADY). -E2BIG when it does not fit, -EINVAL when the front would refuse it,
 * -EPIPE. Staged: the front hears of head and body at the next flush or finish, or once a good
 * piece of body has gathered. */
int channel_host_head(struct channel_host *host, int slot, const struct channel_response *head);
/* Body bytes, blocking while the ring is full; -EINVAL before the head. Bytes of a response without
 * body (HEAD, 204, 304) are dropped. -EPIPE when the client or the channel is gone. */
int channel_host_write(struct channel_host *host, int slot, const void *data, size_t length);
/* Lets the front see what was staged. 0, or -EPIPE. */
int channel_host_flush(struct channel_host *host, int slot);
/* Ends the response and gives the slot back to the front; the last call about this claim. A
 * response that was cut short because the channel was abandoned is not ended: to a front end that
 * is still there it failed with its host. */
void channel_host_finish(struct channel_host *host, int slot);
/* False once the client has gone. */
bool channel_host_connected(struct channel_host *host, int slot);
