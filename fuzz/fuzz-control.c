/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control messages as any peer may send them. The first byte says what the peer is, the second how
 * many descriptors came; the rest is the packet. What is accepted must be what the encoder makes
 * of it again, byte for byte, and must print as one line.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "ipc/control-table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct control_message message;
	static char again[CONTROL_MESSAGE_MAX];
	if (size < 2 || size - 2 > sizeof(message.buffer))
		return 0;
	unsigned senders = data[0];
	int fd_count = data[1];
	size_t length = size - 2;
	if (length)
		memcpy(message.buffer, data + 2, length);
	int r = control_decode(&message, length, fd_count, senders);
	FUZZ_REQUIRE(r <= 0);
	if (r < 0) {
		FUZZ_REQUIRE(message.type == CONTROL_NONE);
		return 0;
	}
	const struct control_format *format = control_format_of((unsigned)message.type);
	FUZZ_REQUIRE(format && (format->senders & senders));
	FUZZ_REQUIRE(fd_count >= format->min_fds && fd_count <= format->max_fds);
	FUZZ_REQUIRE(control_encode(message.type, &message.registration, again, sizeof(again)) ==
		     (int)length);
	FUZZ_REQUIRE(memcmp(again, message.buffer, length) == 0);
	struct buf line;
	buf_init(&line, 8 * CONTROL_MESSAGE_MAX);
	message.fd_count = 0;
	control_print(&message, &line);
	FUZZ_REQUIRE(!buf_failed(&line) && !memchr(line.data, '\n', line.length));
	buf_done(&line);
	return 0;
}
