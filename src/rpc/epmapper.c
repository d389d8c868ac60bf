/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The endpoint mapper's interface (C706 appendix O; [MS-RPCE] 2.2.1.2, 3.1.4.x) over the endpoint
 * map. Parameters are marshalled by hand: it is below whatever interface descriptions need.
 * Whatever its stub says wrongly ends in nca_s_fault_ndr.
 */
#include "base/mem.h"
#include "rpc/bytes.h"
#include "rpc/endpoint.h"

#include <errno.h>
#include <pthread.h>

/* C706 appendix N */
enum {
	EPT_CANT_PERFORM_OP = 0x16c9a0cd,
	EPT_NO_MEMORY = 0x16c9a0ce,
	EPT_INVALID_ENTRY = 0x16c9a0d3,
	EPT_NOT_REGISTERED = 0x16c9a0d6,
};

enum {
	INQUIRE_ALL = 0,
	INQUIRE_INTERFACE = 1,
	INQUIRE_OBJECT = 2,
	INQUIRE_BOTH = 3,
};

enum {
	VERSION_ALL = 1,
	VERSION_COMPATIBLE = 2,
	VERSION_EXACT = 3,
	VERSION_MAJOR_ONLY = 4,
	VERSION_UP_TO = 5,
};

#define ENTRIES_AT_ONCE 500 /* as Windows; a client that wants more comes back */

/* What is looked for, and how far the look-up is: behind a handle when it is not at its end. */
struct inquiry {
	pthread_mutex_t lock;
	uint32_t type, versions;
	GUID object;
	struct rpc_syntax interface, transfer;
	enum rpc_protseq protseq; /* 0: any */
	uint64_t cursor;
};
static const char inquiry_type[] = "inquiry";

static void inquiry_free(void *data)
{
	struct inquiry *q = data;
	pthread_mutex_destroy(&q->lock);
	mem_free(q);
}

/* ---- reading parameters ---- */

static bool read_object(struct rpc_reader *r, GUID *ret)
{
	*ret = GUID_NULL;
	if (!rpc_read_u32(r))
		return false;
	rpc_read_guid(r, ret);
	return true;
}

static struct text read_twr(struct rpc_reader *r)
{
	rpc_read_align(r, 4);
	uint32_t maximum = rpc_read_u32(r), length = rpc_read_u32(r);
	if (maximum != length || length > RPC_TOWER_MAX)
		r->failed = true;
	const uint8_t *p = rpc_read(r, length);
	rpc_read_align(r, r->at < r->length ? 4 : 1);
	return (struct text){ (const char *)p, p ? length : 0 };
}

static void read_handle(struct rpc_reader *r, GUID *ret)
{
	rpc_read_align(r, 4);
	rpc_read_u32(r);
	rpc_read_guid(r, ret);
}

static void put_handle(struct buf *out, const GUID *handle)
{
	rpc_put_u32(out, 0);
	rpc_put_guid(out, handle);
}

static uint32_t fault_ndr(void)
{
	return (uint32_t)nca_s_fault_ndr;
}

/* ---- looking up ---- */

static bool version_matches(const struct inquiry *q, const struct rpc_syntax *have)
{
	const struct rpc_syntax *want = &q->interface;
	switch (q->versions) {
	case VERSION_ALL:
		return true;
	case VERSION_COMPATIBLE:
		return have->major == want->major && have->minor >= want->minor;
	case VERSION_EXACT:
		return have->major == want->major && have->minor == want->minor;
	case VERSION_MAJOR_ONLY:
		return have->major == want->major;
	case VERSION_UP_TO:
		return have->major < want->major ||
		       (have->major == want->major && have->minor <= want->minor);
	default:
		return false;
	}
}

static bool matches(const struct inquiry *q, const struct rpc_map_entry *e)
{
	if ((q->type == INQUIRE_INTERFACE || q->type == INQUIRE_BOTH) &&
	    !(IsEqualGUID(&e->interface.uuid, &q->interface.uuid) &&
	      version_matches(q, &e->interface)))
		return false;
	if ((q->type == INQUIRE_OBJECT || q->type == INQUIRE_BOTH) &&
	    !IsEqualGUID(&e->object, &q->object))
		return false;
	return !q->protseq ||
	       (e->binding.protseq == q->protseq && rpc_syntax_equal(&e->transfer, &q->transfer) &&
		(IsEqualGUID(&e->object, &GUID_NULL) || IsEqualGUID(&e->object, &q->object)));
}

/* The next entries, at most `max`. */
static size_t next_entries(struct rpc_map *map, struct inquiry *q, struct rpc_map_entry *list,
			   size_t max)
{
	size_t n = 0;
	while (n < max && rpc_map_next(map, &q->cursor, &list[n]))
		n += matches(q, &list[n]);
	return n;
}

/* Reads the handle and gives the inquiry it stands for, or `fresh` with the null handle. */
static struct inquiry *inquiry_of(struct rpc_call *call, const GUID *handle, struct inquiry *fresh)
{
	if (IsEqualGUID(handle, &GUID_NULL))
		return fresh;
	return rpc_handle_find(call, inquiry_type, handle);
}

/* Keeps a look-up that is not at its end, and ends one that is. */
static void settle_handle(struct rpc_call *call, struct inquiry *q, const struct inquiry *fresh,
			  bool more, GUID *handle)
{
	if (!more) {
		if (q != fresh)
			rpc_handle_close(call, inquiry_type, handle);
		*handle = GUID_NULL;
		return;
	}
	if (q != fresh)
		return;
	struct inquiry *kept = mem_dup(q, sizeof(*q));
	if (!kept)
		return;
	pthread_mutex_init(&kept->lock, NULL);
	if (rpc_handle_new(call, inquiry_type, kept, inquiry_free, handle) < 0)
		inquiry_free(kept);
}

struct answer {
	struct rpc_map_entry *entries;
	size_t count;
	uint32_t status;
};

/* Both look-ups: the entries, and the handle for the rest. A handle of nobody, or of another
 * association group, is a fault of the RPC runtime and no status of the mapper's. */
static uint32_t look_up(struct rpc_map *map, struct rpc_call *call, struct inquiry *fresh,
			GUID *handle, uint32_t max, struct answer *ret)
{
	struct inquiry *q = inquiry_of(call, handle, fresh);
	size_t limit = max < ENTRIES_AT_ONCE ? max : ENTRIES_AT_ONCE;
	if (!q)
		return (uint32_t)nca_s_fault_context_mismatch;
	ret->entries = mem_zalloc(limit ? limit : 1, sizeof(*ret->entries));
	if (!ret->entries) {
		ret->status = EPT_NO_MEMORY;
		return 0;
	}
	if (q != fresh)
		pthread_mutex_lock(&q->lock);
	ret->count = next_entries(map, q, ret->entries, limit);
	if (q != fresh)
		pthread_mutex_unlock(&q->lock);
	/* Fewer than there could be: these are the last. */
	settle_handle(call, q, fresh, ret->count && ret->count == limit, handle);
	ret->status = ret->count ? 0 : EPT_NOT_REGISTERED;
	return 0;
}

/* Each tower is a conformant structure behind its pointer. */
static void put_twr(struct buf *out, const struct rpc_call *call, const struct rpc_map_entry *e)
{
	struct buf tower;
	buf_init(&tower, RPC_TOWER_MAX);
	rpc_tower_put(&tower, e, rpc_call_caller(call)->local);
	rpc_put_u32(out, (uint32_t)tower.length);
	rpc_put_u32(out, (uint32_t)tower.length);
	buf_put_text(out, buf_text(&tower));
	rpc_put_align(out, 0, 4);
	buf_done(&tower);
}

static void put_array_head(struct buf *out, uint32_t max, size_t count)
{
	rpc_put_u32(out, max);
	rpc_put_u32(out, 0);
	rpc_put_u32(out, (uint32_t)count);
}

/* Pointers of one array: each another, and none that a request has, for these are full pointers
 * (C706 14.3.12.1): one with the same number would mean the same object. */
static uint32_t referent(size_t i)
{
	return 0x8f000000 + 4 * (uint32_t)i;
}

static void put_entry(struct buf *out, const struct rpc_map_entry *e, size_t i)
{
	uint32_t length = (uint32_t)strlen(e->annotation) + 1;
	rpc_put_guid(out, &e->object);
	rpc_put_u32(out, referent(i));
	rpc_put_u32(out, 0);
	rpc_put_u32(out, length);
	buf_put(out, e->annotation, length);
	rpc_put_align(out, 0, 4);
}

static uint32_t ept_lookup(struct rpc_map *map, struct rpc_call *call, struct rpc_reader *r,
			   struct buf *out)
{
	struct inquiry fresh = { .type = rpc_read_u32(r) };
	GUID handle;
	read_object(r, &fresh.object);
	if (rpc_read_u32(r)) {
		/* An rpc_if_id_t: 16 bits for each part of the version. */
		rpc_read_guid(r, &fresh.interface.uuid);
		fresh.interface.major = rpc_read_u16(r);
		fresh.interface.minor = rpc_read_u16(r);
	}
	fresh.versions = rpc_read_u32(r);
	read_handle(r, &handle);
	uint32_t max = rpc_read_u32(r);
	if (r->failed)
		return fault_ndr();
	struct answer a = { 0 };
	uint32_t fault = 0;
	if (fresh.type > INQUIRE_BOTH)
		a.status = EPT_CANT_PERFORM_OP;
	else
		fault = look_up(map, call, &fresh, &handle, max, &a);
	if (fault)
		return fault;
	put_handle(out, &handle);
	rpc_put_u32(out, (uint32_t)a.count);
	put_array_head(out, max, a.count);
	for (size_t i = 0; i < a.count; i++)
		put_entry(out, &a.entries[i], i);
	for (size_t i = 0; i < a.count; i++)
		put_twr(out, call, &a.entries[i]);
	rpc_put_u32(out, a.status);
	mem_free(a.entries);
	return 0;
}

static uint32_t ept_map(struct rpc_map *map, struct rpc_call *call, struct rpc_reader *r,
			struct buf *out)
{
	struct inquiry fresh = { .type = INQUIRE_INTERFACE, .versions = VERSION_COMPATIBLE };
	struct rpc_map_entry wanted = { 0 };
	struct answer a = { 0 };
	GUID handle;
	bool understood = false;
	read_object(r, &fresh.object);
	if (rpc_read_u32(r))
		understood = rpc_tower_parse(read_twr(r), &wanted) == 0;
	read_handle(r, &handle);
	uint32_t max = rpc_read_u32(r);
	if (r->failed)
		return fault_ndr();
	fresh.interface = wanted.interface;
	fresh.transfer = wanted.transfer;
	fresh.protseq = wanted.binding.protseq;
	uint32_t fault = 0;
	if (understood)
		fault = look_up(map, call, &fresh, &handle, max, &a);
	else
		a.status = EPT_NOT_REGISTERED;
	if (fault)
		return fault;
	put_handle(out, &handle);
	rpc_put_u32(out, (uint32_t)a.count);
	put_array_head(out, max, a.count);
	for (size_t i = 0; i < a.count; i++)
		rpc_put_u32(out, referent(i));
	for (size_t i = 0; i < a.count; i++)
		put_twr(out, call, &a.entries[i]);
	rpc_put_u32(out, a.status);
	mem_free(a.entries);
	return 0;
}

static uint32_t ept_lookup_handle_free(struct rpc_map *map, struct rpc_call *call,
				       struct rpc_reader *r, struct buf *out)
{
	GUID handle;
	read_handle(r, &handle);
	if (r->failed)
		return fault_ndr();
	/* A look-up that came to its end left a null handle. */
	if (!IsEqualGUID(&handle, &GUID_NULL) && !rpc_handle_find(call, inquiry_type, &handle))
		return (uint32_t)nca_s_fault_context_mismatch;
	rpc_handle_close(call, inquiry_type, &handle);
	put_handle(out, &GUID_NULL);
	rpc_put_u32(out, 0);
	return 0;
}

/* This mapper has no object of its own. */
static uint32_t ept_inq_object(struct rpc_map *map, struct rpc_call *call, struct rpc_reader *r,
			       struct buf *out)
{
	rpc_put_guid(out, &GUID_NULL);
	rpc_put_u32(out, 0);
	return 0;
}

/* ---- changing the map ---- */

static bool is_local(const struct rpc_call *call)
{
	return strcmp(rpc_call_caller(call)->transport, "ncalrpc") == 0;
}

/* The structures come first, then the towers they point to. */
static int read_entries(struct rpc_reader *r, uint32_t count, struct rpc_map_entry *entries)
{
	int e = 0;
	for (uint32_t i = 0; i < count; i++) {
		rpc_read_align(r, 4);
		rpc_read_guid(r, &entries[i].object);
		if (!rpc_read_u32(r))
			e = -EPROTO;
		rpc_read_u32(r);
		uint32_t length = rpc_read_u32(r);
		const uint8_t *annotation = rpc_read(r, length);
		if (annotation && length && length <= RPC_ANNOTATION_MAX)
			memcpy(entries[i].annotation, annotation, length - 1);
		else
			r->failed = true;
	}
	for (uint32_t i = 0; e == 0 && i < count && !r->failed; i++) {
		struct rpc_map_entry where;
		e = rpc_tower_parse(read_twr(r), &where);
		if (e == 0) {
			entries[i].interface = where.interface;
			entries[i].transfer = where.transfer;
			entries[i].binding = where.binding;
		}
	}
	return e;
}

static uint32_t change(struct rpc_map *map, struct rpc_call *call, struct rpc_reader *r,
		       struct buf *out,
		       int (*apply)(struct rpc_map *map, const struct rpc_map_entry *entry))
{
	if (!is_local(call))
		return (uint32_t)nca_s_fault_access_denied;
	uint32_t count = rpc_read_u32(r);
	if (rpc_read_u32(r) != count || count > ENTRIES_AT_ONCE || r->failed)
		return fault_ndr();
	struct rpc_map_entry *entries = mem_zalloc(count ? count : 1, sizeof(*entries));
	if (!entries)
		return (uint32_t)nca_s_fault_remote_no_memory;
	uint32_t status = read_entries(r, count, entries) < 0 ? EPT_INVALID_ENTRY : 0;
	for (uint32_t i = 0; i < count && status == 0 && !r->failed; i++) {
		int e = apply(map, &entries[i]);
		status = e == -ENOENT ? EPT_NOT_REGISTERED : e < 0 ? EPT_NO_MEMORY : 0;
	}
	mem_free(entries);
	if (r->failed)
		return fault_ndr();
	rpc_put_u32(out, status);
	return 0;
}

static uint32_t ept_insert(struct rpc_map *map, struct rpc_call *call, struct rpc_reader *r,
			   struct buf *out)
{
	return change(map, call, r, out, rpc_map_insert);
}

static uint32_t ept_delete(struct rpc_map *map, struct rpc_call *call, struct rpc_reader *r,
			   struct buf *out)
{
	return change(map, call, r, out, rpc_map_delete);
}

/* Only for repairs by hand in C706, and refused by Windows, too. */
static uint32_t ept_mgmt_delete(struct rpc_map *map, struct rpc_call *call, struct rpc_reader *r,
				struct buf *out)
{
	rpc_put_u32(out, EPT_CANT_PERFORM_OP);
	return 0;
}

/* ---- the interface ---- */

static uint32_t (*const operations[])(struct rpc_map *map, struct rpc_call *call,
				      struct rpc_reader *r, struct buf *out) = {
	ept_insert,     ept_delete,      ept_lookup, ept_map, ept_lookup_handle_free,
	ept_inq_object, ept_mgmt_delete,
};

static uint32_t dispatch(void *ctx, struct rpc_call *call, uint16_t opnum,
			 const struct rpc_stub *in, struct buf *out)
{
	struct rpc_reader r = rpc_reader_of(in->data, in->length, rpc_drep_little(in->drep));
	return operations[opnum](ctx, call, &r, out);
}

int rpc_epmapper_new(struct rpc_map *map, struct rpc_interface **ret)
{
	struct rpc_interface *i = mem_new(struct rpc_interface);
	if (!i)
		return -ENOMEM;
	*i = (struct rpc_interface){ .id = rpc_epmapper,
				     .annotation = "Endpoint mapper",
				     .operations = ARRAY_LEN(operations),
				     .dispatch = dispatch,
				     .ctx = map };
	*ret = i;
	return 0;
}
