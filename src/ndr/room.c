/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rooms of threads (call.h): a list for each thread, which ends with it. A call inside of a call
 * takes the next one, so that the list grows to how deep calls of a thread go.
 */
#include "ndr/call.h"

#include "base/mem.h"

#include <pthread.h>

/* What grew above this for one message is not kept: bytes of a buffer, items of a list. */
#define KEPT_MAX ((size_t)256 << 10)
#define KEPT_ITEMS_MAX 8192u

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ok;

static void room_free(struct ndr_room *room)
{
	ndr_encoder_done(&room->encoder);
	ndr_decoder_done(&room->decoder);
	buf_done(&room->out);
	buf_done(&room->in);
	arena_done(&room->arena);
	mem_free(room);
}

static void list_free(void *list)
{
	struct ndr_room *room = list;

	while (room) {
		struct ndr_room *next = room->next;

		room_free(room);
		room = next;
	}
}

static void make_key(void)
{
	ok = pthread_key_create(&key, list_free) == 0;
}

static struct ndr_room *room_new(void)
{
	struct ndr_room *room = mem_new(struct ndr_room);

	if (!room)
		return NULL;
	ndr_encoder_init(&room->encoder, NULL, NULL, NULL);
	ndr_decoder_init(&room->decoder, NULL, 0, NDR_DREP, NULL, 0, NULL, NULL);
	return room;
}

struct ndr_room *ndr_room_take(size_t limit)
{
	pthread_once(&once, make_key);
	struct ndr_room *room = ok ? pthread_getspecific(key) : NULL;

	if (room)
		pthread_setspecific(key, room->next);
	else
		room = room_new();
	if (room)
		room->out.limit = room->in.limit = room->arena.limit = limit;
	return room;
}

static void shrink_encoder(struct ndr_encoder *e)
{
	if (e->pending.capacity > KEPT_ITEMS_MAX) {
		ndr_encoder_done(e);
		ndr_encoder_init(e, NULL, NULL, NULL);
	}
	arena_reset(&e->scratch);
}

static void shrink_decoder(struct ndr_decoder *d)
{
	if (d->pending.capacity > KEPT_ITEMS_MAX || d->checks.capacity > KEPT_ITEMS_MAX ||
	    d->undo.capacity > KEPT_ITEMS_MAX) {
		ndr_decoder_done(d);
		ndr_decoder_init(d, NULL, 0, NDR_DREP, NULL, 0, NULL, NULL);
	}
	arena_reset(&d->scratch);
}

static void shrink_buf(struct buf *b)
{
	if (b->capacity > KEPT_MAX)
		buf_done(b);
	buf_clear(b);
}

void ndr_room_give(struct ndr_room *room)
{
	if (!room)
		return;
	shrink_encoder(&room->encoder);
	shrink_decoder(&room->decoder);
	shrink_buf(&room->out);
	shrink_buf(&room->in);
	arena_reset(&room->arena);
	room->err = (struct error){ 0 };
	room->next = ok ? pthread_getspecific(key) : NULL;
	if (!ok || pthread_setspecific(key, room) != 0)
		room_free(room);
}
