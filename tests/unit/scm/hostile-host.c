/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that somebody has taken over, in the place of dllhost: it registers, and what it does then
 * follows from its generation. It scribbles over its whole channel and rings, over the words that
 * the front end reads, or says what no host may say. Played by tests/stories/story_security.py.
 */
#include "base/loop.h"
#include "ipc/channel-layout.h"
#include "ipc/child.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t seed;

static uint32_t any(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33);
}

static void scribble_all(unsigned char *memory, size_t size)
{
	for (size_t i = 0; i < size; i += 1 + any() % 64)
		memory[i] = (unsigned char)any();
}

/* Only what looks like the word of a host: flags, positions, block sizes. */
static void scribble_words(struct channel_shared *c)
{
	for (int i = 0; i < CHANNEL_SLOTS; i++) {
		struct channel_slot_control *slot = &c->slots[i];

		atomic_store(&slot->response_tail, any() % 3 ? any() : any() % 1000);
		atomic_store(&slot->body_head, any());
		for (int k = 0; k < 64; k += 4)
			memcpy(c->data[i].head + k, &(uint32_t){ any() % 2 ? any() : any() % 500 },
			       4);
		atomic_store(&slot->host_flags, any() % 2 ? any() : any() % 8);
	}
	for (int i = 0; i < CHANNEL_LOOPS_MAX; i++)
		atomic_store(&c->loops[i].attention, ~UINT64_C(0));
}

static void be_evil(struct control_message *m, uint64_t generation)
{
	struct stat st;
	struct channel_shared *c;

	if (fstat(m->fds[0], &st) < 0)
		_exit(3);
	c = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fds[0], 0);
	if (c == MAP_FAILED)
		_exit(4);
	for (;;) {
		while (generation % 3 && atomic_load(&c->submit_tail) == 0)
			usleep(200);
		if (generation % 2)
			scribble_all((unsigned char *)c, (size_t)st.st_size);
		else
			scribble_words(c);
		for (int i = 1; i < m->fd_count; i++)
			(void)!write(m->fds[i], &(uint64_t){ 1 }, 8);
		usleep(500);
	}
}

static void speak_nonsense(void)
{
	unsigned char words[200];

	for (size_t i = 0; i < sizeof(words); i++)
		words[i] = (unsigned char)any();
	words[0] %= CONTROL_TYPE_COUNT;
	words[1] = 0;
	(void)!send(CONTROL_CHILD_FD, words, any() % sizeof(words), 0);
}

static void message(void *ctx, struct control_message *m)
{
	struct child *child = *(struct child **)ctx;
	uint64_t generation = child_generation(child);

	seed = generation * 7919;
	if (m->type != CONTROL_CHANNEL)
		return;
	while (generation % 4 == 3)
		speak_nonsense();
	be_evil(m, generation);
}

static void lost(void *ctx)
{
	_exit(0);
}

int main(void)
{
	struct child *child = NULL;
	struct child_handler handler = { .ctx = &child, .message = message, .lost = lost };
	struct error err = { 0 };
	struct loop *loop;

	if (loop_new(&loop) < 0 || child_new(loop, &handler, &child, &err) < 0 ||
	    child_register(child, "dllhost", NULL, 0) < 0)
		return 1;
	return loop_run(loop) < 0;
}
