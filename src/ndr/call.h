/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls over the tables: a C call on a proxy becomes bytes, a channel carries them, and bytes
 * become a C call on an object, through libffi. One proxy and one stub serve every interface.
 *
 * What the channel is (a connection to another machine, a socket, a buffer in a test) is the
 * caller's, as are object references (struct ndr_objects) and what stands in front of the
 * parameters (ORPCTHIS, ORPCTHAT). Memory follows COM: what a method returns behind [out] pointers
 * is task memory (mem_alloc) and the caller's.
 *
 * In the steady state nothing is allocated: each thread keeps rooms, one for each call that it is
 * in at a time.
 */
#pragma once

#include "ndr/ndr.h"

/* ---- rooms: what a call needs besides its frame, kept by its thread for the next one ---- */

struct ndr_room {
	struct ndr_encoder encoder; /* to be restarted */
	struct ndr_decoder decoder; /* to be restarted */
	struct buf out, in;         /* empty */
	struct arena arena;         /* empty */
	struct error err;           /* of nothing yet */
	struct ndr_room *next;      /* private */
};

/* The caller's until it is given back, on the same thread. `limit` is that of each buffer and of
 * the arena, a MiB at least. NULL: no memory. */
struct ndr_room *ndr_room_take(size_t limit);
/* Takes NULL. */
void ndr_room_give(struct ndr_room *room);

/* ---- calling objects ---- */

#define NDR_FRAME_MAX 2048 /* bytes of a frame that C can be called with */

/* Calls the method in the object's vtable with the parameters of `frame`, and puts the result
 * there. -ENOSYS: it is never called over the wire, has [call_as], or C cannot be told of its
 * parameters (a union by value); -ENOMEM. */
int ndr_call_method(const struct ndr_method *method, IUnknown *object, void *frame);
/* The same by opnum, those with [call_as] too. */
int ndr_invoke(const struct ndr_interface *interface, unsigned opnum, IUnknown *object,
	       void *frame);

/* ---- faces: interface pointers whose methods are one function ---- */

struct ndr_face;

/* Any thread that may call the face. */
struct ndr_face_methods {
	/* IUnknown belongs to the identity of the object, and not to one interface. */
	HRESULT (*query)(struct ndr_face *face, REFIID riid, void **ret);
	ULONG (*add)(struct ndr_face *face);
	ULONG (*release)(struct ndr_face *face);
	/* Everything else. The frame has the arguments; S_OK: its result is set, and what [out]
	 * pointers point to. A failure is what the caller gets as the result. */
	HRESULT (*call)(struct ndr_face *face, const struct ndr_method *method, void *frame);
};

/* Callers see `lpVtbl` only; embed it as the first member. */
struct ndr_face {
	const void *lpVtbl;
	const struct ndr_interface *interface;
	const struct ndr_face_methods *methods;
};

/* E_OUTOFMEMORY; E_NOTIMPL: C cannot be told of one of the interface's methods. The vtable is made
 * once for an interface and kept for the life of the process. */
HRESULT ndr_face_init(struct ndr_face *face, const struct ndr_interface *interface,
		      const struct ndr_face_methods *methods);

/* ---- proxies: faces over a channel ---- */

struct ndr_proxy;

struct ndr_reply {
	const void *data;
	size_t size;
	uint32_t drep;
	void *owner; /* the channel's */
};

/* What is behind proxies. Functions get the proxy, whose `owner` is theirs. All may be called from
 * any thread that may call the proxy. */
struct ndr_channel {
	/* IUnknown, which belongs to the identity of the object and not to one interface. */
	HRESULT (*query)(struct ndr_proxy *proxy, REFIID riid, void **ret);
	ULONG (*add)(struct ndr_proxy *proxy);
	ULONG (*release)(struct ndr_proxy *proxy);
	/* Before the parameters: may encode what stands in front. May be NULL. */
	HRESULT (*begin)(struct ndr_proxy *proxy, unsigned opnum, struct ndr_encoder *e);
	/* Sends `request` and waits. `ret` stays valid until end(). */
	HRESULT(*call)
	(struct ndr_proxy *proxy, unsigned opnum, struct buf *request, struct ndr_reply *ret);
	/* Before the results: reads what stands in front of them. May be NULL. */
	HRESULT (*reply)(struct ndr_proxy *proxy, unsigned opnum, struct ndr_decoder *d);
	void (*end)(struct ndr_proxy *proxy, struct ndr_reply *reply);
	const struct ndr_objects *objects;
};

struct ndr_proxy {
	struct ndr_face face;
	const struct ndr_channel *channel;
	void *owner;
};

/* Fills a proxy, whose memory and life are the caller's. As ndr_face_init. */
HRESULT ndr_proxy_init(struct ndr_proxy *proxy, const struct ndr_interface *interface,
		       const struct ndr_channel *channel, void *owner);

/* ---- stubs ---- */

struct ndr_stub_call {
	const struct ndr_interface *interface;
	unsigned opnum;
	IUnknown *object;
	struct ndr_decoder *request; /* ready to read the parameters, with `arena` for pointees */
	struct ndr_encoder *answer;
	struct arena *arena; /* for what the parameters point to; the caller resets it */
	/* After the method and before its results: what stands in front of them. May be NULL. */
	int (*reply)(void *context, struct ndr_encoder *answer);
	void *context;
};

/* Reads the parameters, calls, writes the results, frees everything. 0, also when the method
 * failed: its result is in the answer. -ENOSYS: no such method (the answer is untouched). Others as
 * of ndr.h: bad bytes (nothing was called), results that cannot be sent. */
int ndr_stub_call(struct ndr_stub_call *call, struct error *err);

/* The HRESULT for an error of the marshaller. */
HRESULT ndr_hresult(int result, const struct error *err);
