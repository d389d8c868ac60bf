/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codec of control messages: one generic encoder, decoder and printer over field descriptors
 * that the preprocessor makes of CONTROL_MESSAGES. Pure functions over memory: no socket, no
 * global state, any process and any thread. The decoder is what stands between the privileged
 * process and the others, so it accepts exactly what the encoder makes and nothing beside it.
 */
#include "ipc/control-table.h"

#include "base/buf.h"
#include "base/mem.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>

/*
 * A message's struct holds uint64_t and struct text, without padding, in the order of the table:
 * a field's offset is the sum of the sizes before it. The compiler checks that for each message.
 */
#define HEADER_SIZE 4
#define U(n) +sizeof(uint64_t)
#define T(n) +sizeof(struct text)
#define X(NAME, name, senders, min_fds, max_fds, fields)                                           \
	_Static_assert(sizeof(struct control_##name) == 0 fields, "padding in " #NAME);            \
	_Static_assert(0 <= (min_fds) && (min_fds) <= (max_fds) && (max_fds) <= CONTROL_FDS_MAX,   \
		       "descriptors of " #NAME);
CONTROL_MESSAGES(X)
#undef X
#undef T
#undef U

#define U(n) { #n, CONTROL_KIND_NUMBER },
#define T(n) { #n, CONTROL_KIND_TEXT },
#define X(NAME, name, senders, min_fds, max_fds, fields)                                           \
	static const struct control_field fields_of_##name[] = { fields };                         \
	_Static_assert(ARRAY_LEN(fields_of_##name) <= CONTROL_FIELDS_MAX, "fields of " #NAME);
CONTROL_MESSAGES(X)
#undef X
#undef T
#undef U

static const struct control_format formats[CONTROL_TYPE_COUNT] = {
#define X(NAME, name, senders, min_fds, max_fds, fields)                                           \
	[CONTROL_##NAME] = {                                                                       \
		#NAME, (senders), min_fds, max_fds, ARRAY_LEN(fields_of_##name), fields_of_##name  \
	},
	CONTROL_MESSAGES(X)
#undef X
};

const struct control_format *control_format_of(unsigned type)
{
	return type > CONTROL_NONE && type < CONTROL_TYPE_COUNT ? &formats[type] : NULL;
}

const char *control_type_name(enum control_type type)
{
	const struct control_format *format = control_format_of((unsigned)type);
	return format ? format->name : "UNKNOWN";
}

static size_t field_size(enum control_kind kind)
{
	return kind == CONTROL_KIND_NUMBER ? sizeof(uint64_t) : sizeof(struct text);
}

static bool text_has_nul(struct text t)
{
	return t.length && memchr(t.data, '\0', t.length);
}

/* ---- encoding ---- */

/* Appends `length` bytes to what is sent; joins them to the piece before when they touch it. */
static void pieces_add(struct control_pieces *pieces, const void *data, size_t length)
{
	struct iovec *last = pieces->count ? &pieces->iov[pieces->count - 1] : NULL;
	pieces->length += length;
	if (length == 0)
		return;
	if (last && (char *)last->iov_base + last->iov_len == data)
		last->iov_len += length;
	else
		pieces->iov[pieces->count++] = (struct iovec){ (void *)data, length };
}

int control_gather(enum control_type type, const void *message, struct control_pieces *ret)
{
	const struct control_format *format = control_format_of((unsigned)type);
	if (!format)
		return -EINVAL;
	unsigned char *at = ret->scratch;
	ret->count = 0;
	ret->length = 0;
	uint16_t header[2] = { htole16((uint16_t)type), htole16((uint16_t)format->field_count) };
	memcpy(at, header, HEADER_SIZE);
	pieces_add(ret, at, HEADER_SIZE);
	at += HEADER_SIZE;

	const char *member = message;
	for (int i = 0; i < format->field_count; i++) {
		if (format->fields[i].kind == CONTROL_KIND_NUMBER) {
			uint64_t number;
			memcpy(&number, member, sizeof(number));
			number = htole64(number);
			memcpy(at, &number, sizeof(number));
			pieces_add(ret, at, sizeof(number));
			at += sizeof(number);
		} else {
			struct text t;
			memcpy(&t, member, sizeof(t));
			if (t.length > CONTROL_MESSAGE_MAX)
				return -EMSGSIZE;
			if (text_has_nul(t))
				return -EINVAL;
			uint32_t length = htole32((uint32_t)t.length);
			memcpy(at, &length, sizeof(length));
			pieces_add(ret, at, sizeof(length));
			at += sizeof(length);
			pieces_add(ret, t.data, t.length);
		}
		member += field_size(format->fields[i].kind);
	}
	return ret->length <= CONTROL_MESSAGE_MAX ? 0 : -EMSGSIZE;
}

int control_encode(enum control_type type, const void *message, char *out, size_t capacity)
{
	struct control_pieces pieces;
	int r = control_gather(type, message, &pieces);
	if (r < 0)
		return r;
	if (pieces.length > capacity)
		return -EMSGSIZE;
	for (int i = 0; i < pieces.count; i++) {
		memcpy(out, pieces.iov[i].iov_base, pieces.iov[i].iov_len);
		out += pieces.iov[i].iov_len;
	}
	return (int)pieces.length;
}

/* ---- decoding ---- */

/* Cuts `size` bytes off the front of `*rest`; NULL when there are not so many. */
static const char *cut(struct text *rest, size_t size)
{
	if (rest->length < size)
		return NULL;
	const char *data = rest->data;
	rest->data += size;
	rest->length -= size;
	return data;
}

static int decode_number(struct text *rest, char *member)
{
	const char *data = cut(rest, sizeof(uint64_t));
	if (!data)
		return -EBADMSG;
	uint64_t number;
	memcpy(&number, data, sizeof(number));
	number = le64toh(number);
	memcpy(member, &number, sizeof(number));
	return 0;
}

static int decode_text(struct text *rest, char *member)
{
	const char *data = cut(rest, sizeof(uint32_t));
	if (!data)
		return -EBADMSG;
	uint32_t length;
	memcpy(&length, data, sizeof(length));
	length = le32toh(length);
	struct text t = { cut(rest, length), length };
	if (!t.data || text_has_nul(t))
		return -EBADMSG;
	memcpy(member, &t, sizeof(t));
	return 0;
}

static int decode(struct control_message *message, struct text rest, int fd_count, unsigned senders)
{
	uint16_t header[2];
	const char *data = cut(&rest, HEADER_SIZE);
	if (!data)
		return -EBADMSG;
	memcpy(header, data, sizeof(header));
	const struct control_format *format = control_format_of(le16toh(header[0]));
	if (!format)
		return -EBADMSG;
	if (!(format->senders & senders))
		return -EPERM;
	if (fd_count < format->min_fds || fd_count > format->max_fds ||
	    le16toh(header[1]) != format->field_count)
		return -EBADMSG;

	/* Every member of the union starts where the first one does. */
	char *member = (char *)&message->registration;
	for (int i = 0; i < format->field_count; i++) {
		enum control_kind kind = format->fields[i].kind;
		int r = kind == CONTROL_KIND_NUMBER ? decode_number(&rest, member)
						    : decode_text(&rest, member);
		if (r < 0)
			return r;
		member += field_size(kind);
	}
	if (rest.length > 0)
		return -EBADMSG;
	message->type = (enum control_type)le16toh(header[0]);
	return 0;
}

int control_decode(struct control_message *message, size_t length, int fd_count, unsigned senders)
{
	message->type = CONTROL_NONE;
	if (length > sizeof(message->buffer))
		return -EBADMSG;
	return decode(message, (struct text){ message->buffer, length }, fd_count, senders);
}

/* ---- printing ---- */

/* A text of ordinary characters stands as it is; all others are quoted and escaped, so that
 * nobody's text can look like another field or another line of a log. */
static void print_text(struct text t, struct buf *out)
{
	bool plain = true;
	for (size_t i = 0; i < t.length && plain; i++) {
		unsigned char c = (unsigned char)t.data[i];
		plain = c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
	}
	if (plain) {
		buf_put_text(out, t);
		return;
	}
	buf_putc(out, '"');
	buf_put_json(out, t);
	buf_putc(out, '"');
}

void control_print(const struct control_message *message, struct buf *out)
{
	const struct control_format *format = control_format_of((unsigned)message->type);
	buf_puts(out, control_type_name(message->type));
	if (!format)
		return;
	const char *member = (const char *)&message->registration;
	for (int i = 0; i < format->field_count; i++) {
		const struct control_field *field = &format->fields[i];
		buf_printf(out, " %s=", field->name);
		if (field->kind == CONTROL_KIND_NUMBER) {
			uint64_t number;
			memcpy(&number, member, sizeof(number));
			buf_printf(out, "%" PRIu64, number);
		} else {
			struct text t;
			memcpy(&t, member, sizeof(t));
			print_text(t, out);
		}
		member += field_size(field->kind);
	}
	if (message->fd_count > 0)
		buf_printf(out, " fds=%d", message->fd_count);
}
