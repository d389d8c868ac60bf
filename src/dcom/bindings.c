/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String and security bindings (bindings.h). The array is two lists, each of which ends with a zero
 * unit; an entry of the first is a tower and a text, of the second a service, a reserved unit and a
 * text. Any process, any thread.
 */
#include "dcom/bindings.h"

#include "base/mem.h"
#include "rpc/bytes.h"

#include <errno.h>
#include <stdio.h>

#define UNITS_MAX 65535

/* ---- reading ---- */

/* The text that begins at `*at` and ends, with a NUL, before `end`. `*ret_fits` says whether `out`
 * could take it. */
static int take_text(const uint16_t *units, size_t *at, size_t end, char *out, bool *ret_fits)
{
	size_t from = *at, to = from;

	while (to < end && units[to])
		to++;
	if (to == end)
		return -EBADMSG;
	const char16_t *text = (const char16_t *)units + from;

	*ret_fits = utf16_to_utf8_length(text, to - from) < BINDINGS_TEXT_MAX;
	if (*ret_fits)
		out[utf16_to_utf8(text, to - from, out, BINDINGS_TEXT_MAX - 1)] = '\0';
	*at = to + 1;
	return 0;
}

static int parse_strings(const uint16_t *units, size_t end, struct bindings *b)
{
	size_t at = 0;

	while (at < end && units[at]) {
		struct bindings_string entry = { .tower = units[at++] };
		bool fits;
		int r = take_text(units, &at, end, entry.address, &fits);

		if (r < 0)
			return r;
		if (fits && b->string_count < BINDINGS_MAX)
			b->strings[b->string_count++] = entry;
	}
	return at < end ? 0 : -EBADMSG;
}

static int parse_security(const uint16_t *units, size_t at, size_t end, struct bindings *b)
{
	while (at < end && units[at]) {
		struct bindings_security entry = { .service = units[at++] };
		bool fits;

		if (at == end)
			return -EBADMSG;
		at++; /* reserved */
		int r = take_text(units, &at, end, entry.principal, &fits);

		if (r < 0)
			return r;
		if (fits && b->security_count < BINDINGS_MAX)
			b->security[b->security_count++] = entry;
	}
	return at < end ? 0 : -EBADMSG;
}

int bindings_parse(const uint16_t *units, size_t count, size_t security, struct bindings *ret)
{
	ret->string_count = ret->security_count = 0;
	if (count == 0 && security == 0)
		return 0;
	if (security > count)
		return -EBADMSG;
	int r = parse_strings(units, security, ret);

	return r < 0 ? r : parse_security(units, security, count, ret);
}

int bindings_parse_packet(struct text bytes, struct bindings *ret, size_t *ret_used)
{
	struct rpc_reader reader = rpc_reader_of(bytes.data, bytes.length, true);
	size_t count = rpc_read_u16(&reader), security = rpc_read_u16(&reader);

	if (reader.failed || count > (reader.length - reader.at) / 2)
		return -EBADMSG;
	/* Copied, for they may stand at an odd address. */
	uint16_t small[512], *units = count > 512 ? mem_alloc(count * sizeof *units) : small;

	if (!units)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		units[i] = rpc_read_u16(&reader);
	int r = bindings_parse(units, count, security, ret);

	if (units != small)
		mem_free(units);
	*ret_used = reader.at;
	return r;
}

/* ---- writing ---- */

static void put_text(struct buf *out, const char *text)
{
	char16_t units[BINDINGS_TEXT_MAX];
	size_t n = utf8_to_utf16(text_of(text), units, BINDINGS_TEXT_MAX - 1);

	units[n++] = 0;
	buf_put(out, units, n * sizeof *units);
}

static void put_unit(struct buf *out, uint16_t unit)
{
	buf_put(out, &unit, sizeof unit);
}

size_t bindings_put_units(const struct bindings *b, struct buf *out)
{
	size_t start = out->length;

	for (unsigned i = 0; i < b->string_count; i++) {
		put_unit(out, b->strings[i].tower);
		put_text(out, b->strings[i].address);
	}
	put_unit(out, 0);
	/* The smallest array has two zeros here, too (2.2.19.1). */
	if (!b->string_count)
		put_unit(out, 0);
	size_t security = (out->length - start) / 2;

	for (unsigned i = 0; i < b->security_count; i++) {
		put_unit(out, b->security[i].service);
		put_unit(out, 0xffff);
		put_text(out, b->security[i].principal);
	}
	put_unit(out, 0);
	if (!b->security_count)
		put_unit(out, 0);
	return security;
}

void bindings_put(const struct bindings *b, struct buf *out)
{
	struct buf units;

	buf_init(&units, UNITS_MAX * 2);
	size_t security = bindings_put_units(b, &units);

	rpc_put_u16(out, (uint16_t)(units.length / 2));
	rpc_put_u16(out, (uint16_t)security);
	for (size_t i = 0; i + 1 < units.length; i += 2) {
		uint16_t unit;

		memcpy(&unit, units.data + i, sizeof unit);
		rpc_put_u16(out, unit);
	}
	if (buf_failed(&units) && !out->error)
		out->error = buf_failed(&units);
	buf_done(&units);
}

/* ---- making ---- */

int bindings_add_string(struct bindings *b, const char *host, uint16_t port)
{
	struct bindings_string *s = &b->strings[b->string_count];
	int n;

	if (b->string_count == BINDINGS_MAX)
		return -ENOBUFS;
	if (port)
		n = snprintf(s->address, sizeof s->address, "%s[%u]", host, port);
	else
		n = snprintf(s->address, sizeof s->address, "%s", host);
	if (n <= 0 || (size_t)n >= sizeof s->address)
		return -EINVAL;
	s->tower = BINDINGS_TOWER_TCP;
	b->string_count++;
	return 0;
}

int bindings_add_local(struct bindings *b, const char *path)
{
	int r = bindings_add_string(b, path, 0);

	if (r == 0)
		b->strings[b->string_count - 1].tower = BINDINGS_TOWER_LOCAL;
	return r;
}

int bindings_add_security(struct bindings *b, enum authn_service service, const char *principal)
{
	struct bindings_security *s = &b->security[b->security_count];

	if (b->security_count == BINDINGS_MAX)
		return -ENOBUFS;
	int n = snprintf(s->principal, sizeof s->principal, "%s", principal);

	if (n < 0 || (size_t)n >= sizeof s->principal)
		return -EINVAL;
	s->service = (uint16_t)service;
	b->security_count++;
	return 0;
}

bool bindings_split(const char *address, char *host, uint16_t *ret_port)
{
	size_t length = strlen(address);
	const char *open = strrchr(address, '[');
	uint64_t port = 0;

	if (open) {
		struct text digits = { open + 1, address + length - open - 1 };

		if (!digits.length || digits.data[--digits.length] != ']' ||
		    !text_to_u64(digits, &port) || port == 0 || port > 65535)
			return false;
		length = (size_t)(open - address);
	}
	/* What begins like the path of a local socket must not become one by mistake. */
	if (length == 0 || length >= BINDINGS_TEXT_MAX || address[0] == '/')
		return false;
	memcpy(host, address, length);
	host[length] = '\0';
	*ret_port = (uint16_t)port;
	return true;
}

void bindings_with_port(const struct bindings *from, uint16_t port, struct bindings *ret)
{
	*ret = *from;
	ret->string_count = 0;
	for (unsigned i = 0; i < from->string_count; i++) {
		char host[BINDINGS_TEXT_MAX];
		uint16_t own;

		if (bindings_split(from->strings[i].address, host, &own))
			(void)bindings_add_string(ret, host, own ? own : port);
	}
}
