/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marshaller: any type of the tables (ndr/table.h) to NDR 2.0 and back ([C706] chapter 14,
 * [MS-RPCE] 2.2.4 and 2.2.5), freed, printed, compared, made by chance.
 *
 * Encoding appends to a buffer; alignment counts from where the encoder began. Decoding reads bytes
 * that nobody vouches for: every size is held against the bytes that are left and against a limit
 * of memory before anything is taken, nesting has a limit, NULs of strings, ranges, discriminants
 * and the sizes that size_is and length_is promise are checked. Either byte order is read; what is
 * written is little-endian, IEEE, ASCII (NDR_DREP).
 *
 * Interface pointers: NDR knows nothing of object references. The caller's struct ndr_objects turns
 * a pointer into the bytes of an MInterfacePointer and back.
 *
 * Errors: -EBADMSG (the bytes, with the Win32 code as hresult of `err`), -EINVAL (the value cannot
 * be sent, likewise), -ENOMEM, -ENOBUFS (a limit). Coders are used by one thread at a time.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "ndr/table.h"

/* Data representation label of what we send: little-endian, ASCII, IEEE ([C706] 14.2.5). */
#define NDR_DREP 0x00000010u
#define NDR_MEMORY_MAX ((size_t)64 << 20) /* usual limit of what one decoding may take */
#define NDR_DEPTH_MAX 100                 /* pointers and structs inside each other */

/* Win32 codes that errors carry as HRESULT_FROM_WIN32. */
enum ndr_status {
	NDR_INVALID_TAG = 1733,
	NDR_INVALID_BOUND = 1734,
	NDR_NULL_REF_POINTER = 1780,
	NDR_ENUM_OUT_OF_RANGE = 1781,
	NDR_BAD_STUB_DATA = 1783,
};

/* The HRESULT for an error of the marshaller. */
HRESULT ndr_hresult(int result, const struct error *err);

struct ndr_objects {
	/* Appends the object reference of `object` (not NULL) to `out`. */
	HRESULT (*marshal)(void *context, REFIID iid, IUnknown *object, struct buf *out);
	/* The pointer that an object reference stands for, counted; NULL is possible. */
	int (*unmarshal)(void *context, REFIID iid, const void *bytes, size_t length,
			 IUnknown **ret);
	void *context;
};

/* A list that keeps its memory for the next message. */
struct ndr_list {
	void *items;
	uint32_t count, capacity;
};

/* ---- encoding ---- */

struct ndr_encoder {
	struct buf *out;
	const struct ndr_objects *objects; /* NULL: interface pointers must be NULL */
	struct error *err;                 /* NULL: no words */
	/* Private. */
	size_t base;
	uint32_t next_referent;
	unsigned depth;
	struct arena scratch;
	struct ndr_list pending, aliases;
};

/* Begins at the end of what `out` (which outlives the encoder's use) has. */
void ndr_encoder_init(struct ndr_encoder *e, struct buf *out, const struct ndr_objects *objects,
		      struct error *err);
/* The same for the next message, with the memory that is there. */
void ndr_encoder_restart(struct ndr_encoder *e, struct buf *out, const struct ndr_objects *objects,
			 struct error *err);
void ndr_encoder_done(struct ndr_encoder *e);
/* Appends a value as if it were a parameter of its own: aligned, then what it points to. */
int ndr_encode(struct ndr_encoder *e, const struct ndr_type *type, const void *value);
/* Appends the parameters that go in this direction (NDR_IN or NDR_OUT), and with NDR_OUT the
 * result. `frame` is laid out as the method's frame; all of it is set. */
int ndr_encode_call(struct ndr_encoder *e, const struct ndr_method *method, unsigned direction,
		    const void *frame);

/* ---- decoding ---- */

struct ndr_decoder {
	const uint8_t *data;
	size_t size, at;
	const struct ndr_objects *objects; /* NULL: interface pointers are refused */
	struct error *err;
	struct arena *arena; /* where pointees go; NULL: each is a mem_alloc */
	/* For servers of COM, whose methods may free and replace what [in, out] targets hold: with
	 * an arena those contents are a mem_alloc each. Set after init or restart. */
	bool inout_on_heap;
	/* Private. */
	bool swap, scratch_now;
	unsigned depth;
	uint32_t foreign, conformance;
	const void *frame;
	size_t memory_left;
	struct arena scratch;
	struct ndr_list pending, checks, undo, aliases;
};

/* `drep` is the sender's label as a little-endian number (its first byte lowest). `memory` limits
 * what decoding takes (NDR_MEMORY_MAX). The bytes are only read, and not needed afterwards. */
void ndr_decoder_init(struct ndr_decoder *d, const void *data, size_t size, uint32_t drep,
		      struct arena *arena, size_t memory, const struct ndr_objects *objects,
		      struct error *err);
void ndr_decoder_restart(struct ndr_decoder *d, const void *data, size_t size, uint32_t drep,
			 struct arena *arena, size_t memory, const struct ndr_objects *objects,
			 struct error *err);
void ndr_decoder_done(struct ndr_decoder *d);
/* Fills `*value` (type->size bytes; a conformant struct only behind a pointer). On failure nothing
 * is left to free and `*value` is zero. Else ndr_clear frees it: also with an arena, for the
 * strings and objects in it. */
int ndr_decode(struct ndr_decoder *d, const struct ndr_type *type, void *value);
/* Fills the fields of `frame` that go in this direction. NDR_IN (a server): the frame must be zero.
 * NDR_OUT (a client): the rest of the frame is the call's; where a top-level pointer is not NULL
 * it is filled in place, what [in, out] ones hold is freed first. On failure [out] values are
 * zero. */
int ndr_decode_call(struct ndr_decoder *d, const struct ndr_method *method, unsigned direction,
		    void *frame);
/* True when all bytes were read; up to 7 bytes of padding are taken for read. */
bool ndr_decoder_at_end(const struct ndr_decoder *d);

/* ---- the rest ---- */

/* Frees what a value holds and makes it zero: strings and objects always, the memory of pointees
 * when it is `heap`. */
void ndr_clear(const struct ndr_type *type, void *value, bool heap);
/* After a server's method has run and its answer is encoded: the same for all that a frame holds,
 * which had an arena for its targets. `heap`: what [out] and [in, out] targets hold was allocated
 * by the method, and is freed. */
void ndr_clear_call(const struct ndr_method *method, void *frame, bool heap);
/* Before a server's method runs: storage for [out] parameters, zeroed, from `arena`. -ENOMEM,
 * -ENOBUFS, -EINVAL (a size that makes no sense). */
int ndr_prepare_out(const struct ndr_method *method, void *frame, struct arena *arena);

/* Appends the value in words, one field a line: for traces and tests. */
void ndr_print(const struct ndr_type *type, const void *value, struct buf *out);
void ndr_print_call(const struct ndr_method *method, unsigned direction, const void *frame,
		    struct buf *out);
/* Whether two values encode to the same bytes, object pointers apart, which must be the same. */
bool ndr_equal(const struct ndr_type *type, const void *a, const void *b);
bool ndr_equal_call(const struct ndr_method *method, unsigned direction, const void *a,
		    const void *b);

/* Makes a valid value of any type by chance, the same for the same seed: pointees from `arena`,
 * strings and such to be freed with ndr_clear(.., false). Interface pointers are NULL. -ENOMEM. */
struct ndr_random {
	uint64_t state;  /* any but 0 */
	unsigned budget; /* about how many values to make; less is made when it is used up */
};
int ndr_generate(const struct ndr_type *type, void *value, struct ndr_random *random,
		 struct arena *arena);
int ndr_generate_call(const struct ndr_method *method, void *frame, struct ndr_random *random,
		      struct arena *arena);

/* ---- type serialization version 1 ([MS-RPCE] 2.2.6) ---- */

/* Appends a common header, a private header and the value. */
int ndr_pickle(const struct ndr_type *type, const void *value, const struct ndr_objects *objects,
	       struct buf *out, struct error *err);
/* Reads the first value of `data`; `*ret_used` (may be NULL) says where the next begins. Ownership
 * as of ndr_decode. */
int ndr_unpickle(const struct ndr_type *type, const void *data, size_t size,
		 const struct ndr_objects *objects, struct arena *arena, void *value,
		 size_t *ret_used, struct error *err);
