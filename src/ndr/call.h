/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls over the tables, through libffi: a C call on a face becomes a frame with its arguments, and
 * a frame becomes a C call on an object. One face serves every interface. What carries frames from
 * one to the other (src/dcom) has rooms to encode and decode them in.
 *
 * Memory follows COM: what a method returns behind [out] pointers is task memory (mem_alloc) and
 * the caller's. In the steady state nothing is allocated: each thread keeps rooms, one for each
 * call that it is in at a time.
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
	 * pointers point to. A failure is what the caller gets as the result, with nothing behind
	 * [out] pointers. */
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
