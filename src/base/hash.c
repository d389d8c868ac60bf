/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of base/text.h: SipHash-1-3 (Aumasson and Bernstein) with a key drawn once per process,
 * so that a client cannot choose names that fall into one bucket. Any thread; owns the key.
 */
#include "base/text.h"

#include "base/clock.h"

#include <pthread.h>
#include <sys/random.h>

static uint64_t hash_key[2];

static void hash_key_init(void)
{
	if (getrandom(hash_key, sizeof(hash_key), GRND_NONBLOCK) == sizeof(hash_key))
		return;
	/* No entropy this early in a boot: hard to guess from outside is still better than 0. */
	hash_key[0] = (uint64_t)clock_wall() * UINT64_C(0x9e3779b97f4a7c15);
	hash_key[1] = (uint64_t)clock_now() ^ (uint64_t)(uintptr_t)&hash_key;
}

struct sip {
	uint64_t a, b, c, d;
};

static inline uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(struct sip *s)
{
	s->a += s->b;
	s->b = rotate(s->b, 13) ^ s->a;
	s->a = rotate(s->a, 32);
	s->c += s->d;
	s->d = rotate(s->d, 16) ^ s->c;
	s->a += s->d;
	s->d = rotate(s->d, 21) ^ s->a;
	s->c += s->b;
	s->b = rotate(s->b, 17) ^ s->c;
	s->c = rotate(s->c, 32);
}

/* ASCII capitals of eight bytes at once: bit 7 of each byte of `heavy` is set where the byte is
 * 'A'..'Z', and a quarter of that is the case bit. */
static inline uint64_t fold_word(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t low = word & (ones * 0x7f);
	uint64_t heavy = (low + ones * (0x80 - 'A')) & ~(low + ones * (0x7f - 'Z')) & ~word;
	return word | ((heavy & (ones * 0x80)) >> 2);
}

static inline uint64_t hash_bytes(struct text t, bool fold)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, hash_key_init);

	struct sip s = { hash_key[0] ^ UINT64_C(0x736f6d6570736575),
			 hash_key[1] ^ UINT64_C(0x646f72616e646f6d),
			 hash_key[0] ^ UINT64_C(0x6c7967656e657261),
			 hash_key[1] ^ UINT64_C(0x7465646279746573) };
	size_t at = 0;
	for (;;) {
		uint64_t word = 0;
		size_t n = t.length - at < 8 ? t.length - at : 8;
		if (n)
			memcpy(&word, t.data + at, n);
		if (fold)
			word = fold_word(word);
		if (n < 8)
			word |= (uint64_t)t.length << 56;
		s.d ^= word;
		sip_round(&s);
		s.a ^= word;
		if (n < 8)
			break;
		at += 8;
	}
	s.c ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}

uint64_t text_hash(struct text t)
{
	return hash_bytes(t, false);
}

uint64_t text_hash_nocase(struct text t)
{
	return hash_bytes(t, true);
}
