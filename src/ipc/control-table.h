/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The description of every control message, derived from CONTROL_MESSAGES. Internal to src/ipc
 * and its tests.
 */
#pragma once

#include "ipc/control.h"

#include <sys/uio.h>

#define CONTROL_FIELDS_MAX 16

enum control_kind {
	CONTROL_KIND_NUMBER, /* uint64_t: 8 bytes, little-endian */
	CONTROL_KIND_TEXT,   /* struct text: u32 length, bytes */
};

struct control_field {
	const char *name;
	enum control_kind kind;
};

struct control_format {
	const char *name;
	unsigned senders; /* enum control_peer */
	int min_fds, max_fds;
	int field_count;
	const struct control_field *fields;
};

/* NULL for a type that is none. */
const struct control_format *control_format_of(unsigned type);

/* A message as pieces to send from: numbers stand in `scratch`, texts stay where they are, so that
 * a long text is never copied on its way out. */
struct control_pieces {
	unsigned char scratch[4 + 8 * CONTROL_FIELDS_MAX];
	struct iovec iov[1 + 2 * CONTROL_FIELDS_MAX];
	int count;
	size_t length; /* of the whole message */
};

/* 0, -EINVAL for an unknown type or a text with NUL, -EMSGSIZE. */
int control_gather(enum control_type type, const void *message, struct control_pieces *ret);
