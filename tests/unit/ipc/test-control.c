/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control messages, over the whole table: what is encoded comes back, everything cut, lengthened,
 * sent by the wrong peer or with the wrong descriptors is refused, and no descriptor is lost.
 */
#include "../unit.h"

#include "ipc/control-table.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ALL_SENDERS (2u * CONTROL_FROM_COM - 1)

/* The struct of any message: its members are numbers and texts in the table's order. */
union any_message {
	uint64_t words[3 * CONTROL_FIELDS_MAX];
};

static char texts[CONTROL_FIELDS_MAX][64];
static uint32_t seed = 1;

static uint32_t next_random(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static size_t field_size(const struct control_field *field)
{
	return field->kind == CONTROL_KIND_NUMBER ? sizeof(uint64_t) : sizeof(struct text);
}

/* Fills a message of `type` with generated values. */
static void generate(unsigned type, union any_message *m)
{
	const struct control_format *format = control_format_of(type);
	char *member = (char *)m;
	for (int i = 0; i < format->field_count; i++) {
		if (format->fields[i].kind == CONTROL_KIND_NUMBER) {
			uint64_t number = (uint64_t)next_random() << 40 ^ next_random();
			memcpy(member, &number, sizeof(number));
		} else {
			size_t length = next_random() % sizeof(texts[i]);
			for (size_t k = 0; k < length; k++)
				texts[i][k] = (char)(1 + next_random() % 255);
			struct text t = { texts[i], length };
			memcpy(member, &t, sizeof(t));
		}
		member += field_size(&format->fields[i]);
	}
}

static void assert_same(unsigned type, const union any_message *m, struct control_message *got)
{
	const struct control_format *format = control_format_of(type);
	const char *want = (const char *)m, *have = (const char *)&got->registration;
	assert_int_equal(got->type, type);
	for (int i = 0; i < format->field_count; i++) {
		if (format->fields[i].kind == CONTROL_KIND_NUMBER) {
			assert_memory_equal(want, have, sizeof(uint64_t));
		} else {
			struct text a, b;
			memcpy(&a, want, sizeof(a));
			memcpy(&b, have, sizeof(b));
			assert_true(text_equal(a, b));
		}
		want += field_size(&format->fields[i]);
		have += field_size(&format->fields[i]);
	}
}

static struct control_message *message_new(void)
{
	struct control_message *m = mem_new(struct control_message);
	assert_non_null(m);
	return m;
}

static void each_message_comes_back(void **state)
{
	struct control_message *got = message_new();
	for (unsigned type = 1; type < CONTROL_TYPE_COUNT; type++) {
		const struct control_format *format = control_format_of(type);
		for (int round = 0; round < 50; round++) {
			union any_message m;
			generate(type, &m);
			int length = control_encode(type, &m, got->buffer, sizeof(got->buffer));
			assert_true(length >= 4);
			assert_int_equal(control_decode(got, (size_t)length, format->min_fds,
							format->senders),
					 0);
			assert_same(type, &m, got);
		}
	}
	mem_free(got);
}

static void every_other_length_is_refused(void **state)
{
	struct control_message *got = message_new();
	for (unsigned type = 1; type < CONTROL_TYPE_COUNT; type++) {
		const struct control_format *format = control_format_of(type);
		union any_message m;
		generate(type, &m);
		int length = control_encode(type, &m, got->buffer, sizeof(got->buffer));
		for (int cut = 0; cut < length; cut++) {
			assert_int_equal(control_decode(got, (size_t)cut, format->min_fds,
							ALL_SENDERS),
					 -EBADMSG);
			assert_int_equal(got->type, CONTROL_NONE);
			char out[4096];
			assert_int_equal(control_encode(type, &m, out, (size_t)cut), -EMSGSIZE);
		}
		assert_int_equal(control_decode(got, (size_t)length + 1, format->min_fds,
						ALL_SENDERS),
				 -EBADMSG);
	}
	mem_free(got);
}

static void only_the_senders_of_the_table_may_send(void **state)
{
	struct control_message *got = message_new();
	for (unsigned type = 1; type < CONTROL_TYPE_COUNT; type++) {
		const struct control_format *format = control_format_of(type);
		union any_message m;
		generate(type, &m);
		size_t length = (size_t)control_encode(type, &m, got->buffer, sizeof(got->buffer));
		for (unsigned peer = 1; peer <= CONTROL_FROM_COM; peer <<= 1) {
			int want = format->senders & peer ? 0 : -EPERM;
			assert_int_equal(control_decode(got, length, format->min_fds, peer), want);
		}
		assert_int_equal(control_decode(got, length, format->min_fds, 0), -EPERM);
	}
	mem_free(got);
}

/* What nobody but the SCM and administrators may say: a slip in the table would be a hole. */
static void users_may_only_ask(void **state)
{
	for (unsigned type = 1; type < CONTROL_TYPE_COUNT; type++) {
		unsigned senders = control_format_of(type)->senders;
		bool question = type == CONTROL_STATUS_QUERY || type == CONTROL_SERVICE_QUERY ||
				type == CONTROL_REQUEST_QUERY;
		assert_int_equal((senders & CONTROL_FROM_USER) != 0, question);
		if (senders & CONTROL_FROM_SCM)
			assert_int_equal(senders, CONTROL_FROM_SCM);
	}
}

/* A host of components runs anybody's code in its process: it says that it lives, is ready, leaves.
 */
static void components_have_little_to_say(void **state)
{
	for (unsigned type = 1; type < CONTROL_TYPE_COUNT; type++) {
		bool life = type == CONTROL_REGISTRATION || type == CONTROL_PONG ||
			    type == CONTROL_COM_READY || type == CONTROL_COM_LEAVING;
		assert_int_equal((control_format_of(type)->senders & CONTROL_FROM_COM) != 0, life);
	}
}

static void wrong_descriptor_counts_are_refused(void **state)
{
	struct control_message *got = message_new();
	for (unsigned type = 1; type < CONTROL_TYPE_COUNT; type++) {
		const struct control_format *format = control_format_of(type);
		union any_message m;
		generate(type, &m);
		size_t length = (size_t)control_encode(type, &m, got->buffer, sizeof(got->buffer));
		for (int count = 0; count <= CONTROL_FDS_MAX + 1; count++) {
			bool right = count >= format->min_fds && count <= format->max_fds;
			assert_int_equal(control_decode(got, length, count, ALL_SENDERS),
					 right ? 0 : -EBADMSG);
		}
	}
	mem_free(got);
}

static void ill_formed_bodies_are_refused(void **state)
{
	struct control_message *got = message_new();
	struct control_service_query query = { TEXT("W3SVC") };
	size_t length = (size_t)control_encode(CONTROL_SERVICE_QUERY, &query, got->buffer,
					       sizeof(got->buffer));
	assert_int_equal(length, 4 + 4 + 5);
	static const struct {
		size_t at;
		char byte;
	} wrong[] = {
		{ 0, 0 }, /* no type */
		{ 0, CONTROL_TYPE_COUNT },
		{ 1, 1 }, /* types that do not exist */
		{ 2, 0 },
		{ 2, 2 }, /* numbers of fields */
		{ 4, 4 },
		{ 4, 6 }, /* text lengths */
		{ 7, (char)0xff },
		{ 10, '\0' }, /* a huge one; NUL within */
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char kept = got->buffer[wrong[i].at];
		got->buffer[wrong[i].at] = wrong[i].byte;
		assert_int_equal(control_decode(got, length, 0, ALL_SENDERS), -EBADMSG);
		got->buffer[wrong[i].at] = kept;
	}
	assert_int_equal(control_decode(got, length, 0, ALL_SENDERS), 0);
	assert_int_equal(control_decode(got, CONTROL_MESSAGE_MAX + 1, 0, ALL_SENDERS), -EBADMSG);
	mem_free(got);
}

static void the_sender_refuses_what_the_receiver_would(void **state)
{
	static char big[CONTROL_MESSAGE_MAX + 1];
	memset(big, 'x', sizeof(big));
	struct control_service_query query = { { big, sizeof(big) } };
	char out[16];
	assert_int_equal(control_encode(CONTROL_SERVICE_QUERY, &query, out, sizeof(out)),
			 -EMSGSIZE);
	query.name.length = CONTROL_MESSAGE_MAX - 8; /* just fits the packet, not `out` */
	struct control_pieces pieces;
	assert_int_equal(control_gather(CONTROL_SERVICE_QUERY, &query, &pieces), 0);
	query.name.length++;
	assert_int_equal(control_gather(CONTROL_SERVICE_QUERY, &query, &pieces), -EMSGSIZE);
	query.name = (struct text){ "a\0b", 3 };
	assert_int_equal(control_encode(CONTROL_SERVICE_QUERY, &query, out, sizeof(out)), -EINVAL);
	assert_int_equal(control_encode(CONTROL_NONE, &query, out, sizeof(out)), -EINVAL);
	assert_int_equal(control_send(-1, CONTROL_CONFIG, &query, NULL, 0), -EINVAL);
}

static void messages_print_in_one_line(void **state)
{
	struct control_message *got = message_new();
	struct control_host_ready ready = { 3, 77, TEXT("Default"), TEXT("a \"b\"\nPING x=1") };
	int length = control_encode(CONTROL_HOST_READY, &ready, got->buffer, sizeof(got->buffer));
	assert_int_equal(control_decode(got, (size_t)length, 1, CONTROL_FROM_SCM), 0);
	struct buf out;
	buf_init(&out, 4096);
	control_print(got, &out);
	assert_string_equal(buf_cstr(&out), "HOST_READY generation=3 pid=77 pool=Default "
					    "user=\"a \\\"b\\\"\\nPING x=1\"");
	buf_clear(&out);
	got->type = CONTROL_NONE;
	control_print(got, &out);
	assert_string_equal(buf_cstr(&out), "UNKNOWN");
	buf_done(&out);
	mem_free(got);
}

/* ---- over a socket ---- */

static int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	assert_non_null(dir);
	int count = 0;
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

struct pair {
	int a, b;
	struct control_message *got;
};

static struct pair pair_new(void)
{
	int fds[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	return (struct pair){ fds[0], fds[1], message_new() };
}

static void pair_done(struct pair *p)
{
	control_message_done(p->got);
	mem_free(p->got);
	sys_close(p->a);
	sys_close(p->b);
}

static void a_message_travels_with_its_descriptors(void **state)
{
	int before = open_descriptors();
	struct pair p = pair_new();
	int fds[3];
	for (int i = 0; i < 3; i++)
		fds[i] = sys_memfd("test", (size_t)(i + 1) * 4096);
	struct control_registration registration = { 7, 123, TEXT("inetinfo") };
	assert_int_equal(control_send(p.a, CONTROL_REGISTRATION, &registration, fds, 3), 0);
	assert_int_equal(control_receive(p.b, CONTROL_FROM_FRONT, p.got), 0);
	assert_int_equal(p.got->type, CONTROL_REGISTRATION);
	assert_int_equal(p.got->registration.generation, 7);
	assert_true(text_equal(p.got->registration.program, TEXT("inetinfo")));
	assert_int_equal(p.got->fd_count, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(lseek(p.got->fds[i], 0, SEEK_END), (i + 1) * 4096);
		assert_true(fcntl(p.got->fds[i], F_GETFD) & FD_CLOEXEC);
		sys_close(fds[i]);
	}
	/* One is taken, the message closes the others. */
	int taken = TAKE_FD(p.got->fds[1]);
	control_message_done(p.got);
	assert_int_equal(lseek(taken, 0, SEEK_END), 8192);
	sys_close(taken);
	assert_int_equal(control_receive(p.b, CONTROL_FROM_FRONT, p.got), -EAGAIN);
	pair_done(&p);
	assert_int_equal(open_descriptors(), before);
}

/* Sends raw bytes with `fd_count` copies of a descriptor. */
static void send_raw(int fd, const void *data, size_t length, int fd_count)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int) * 128)];
	} ancillary = { 0 };
	struct iovec iov = { (void *)data, length };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	if (fd_count > 0) {
		msg.msg_control = &ancillary;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
		ancillary.header = (struct cmsghdr){ CMSG_LEN(sizeof(int) * (size_t)fd_count),
						     SOL_SOCKET, SCM_RIGHTS };
		for (int i = 0; i < fd_count; i++)
			memcpy(CMSG_DATA(&ancillary.header) + (size_t)i * sizeof(int), &fd,
			       sizeof(fd));
	}
	assert_int_equal(sendmsg(fd, &msg, 0), length);
}

static void refused_messages_lose_no_descriptor(void **state)
{
	int before = open_descriptors();
	struct pair p = pair_new();
	char ping[64], big[CONTROL_MESSAGE_MAX + 100] = "";
	struct control_ping m = { 1, 2 };
	size_t length = (size_t)control_encode(CONTROL_PING, &m, ping, sizeof(ping));

	send_raw(p.a, ping, length, 1); /* a ping has none */
	assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), -EBADMSG);
	send_raw(p.a, ping, length - 1, 5);
	assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), -EBADMSG);
	send_raw(p.a, ping, length, CONTROL_FDS_MAX + 3); /* MSG_CTRUNC */
	assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), -EBADMSG);
	send_raw(p.a, big, sizeof(big), 2); /* MSG_TRUNC */
	assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), -EBADMSG);
	send_raw(p.a, ping, length, 0);
	assert_int_equal(control_receive(p.b, CONTROL_FROM_HOST, p.got), -EPERM);
	send_raw(p.a, ping, length, 0);
	assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), 0);
	send_raw(p.a, ping, 0, 1); /* pretends to be the end */
	assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), -ECONNRESET);
	p.a = sys_close(p.a);
	assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), -ECONNRESET);
	assert_int_equal(control_send(p.b, CONTROL_PING, &m, NULL, 0), -EPIPE);
	pair_done(&p);
	assert_int_equal(open_descriptors(), before);
}

static void a_full_socket_says_so(void **state)
{
	struct pair p = pair_new();
	struct control_ping m = { 1, 2 };
	int sent = 0, r;
	while ((r = control_send(p.a, CONTROL_PING, &m, NULL, 0)) == 0)
		assert_true(++sent < 1000000);
	assert_int_equal(r, -EAGAIN);
	while (sent-- > 0)
		assert_int_equal(control_receive(p.b, CONTROL_FROM_SCM, p.got), 0);
	assert_int_equal(control_send(p.a, CONTROL_PING, &m, NULL, 0), 0);
	pair_done(&p);
}

static void tools_connect(void **state)
{
	char dir[] = "/tmp/test-control.XXXXXX", path[128];
	assert_non_null(mkdtemp(dir));
	struct error err;
	int fd = -1;
	assert_int_equal(control_connect(dir, &fd, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no Surrogate server runs"));
	assert_non_null(strstr(err.text, dir));
	assert_int_equal(fd, -1);

	snprintf(path, sizeof(path), "%s/run", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/scm.sock", dir);
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(control_connect(dir, &fd, &err), -ECONNREFUSED);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(control_connect(dir, &fd, &err), 0);
	assert_true(fd >= 0);
	sys_close(fd);
	sys_close(listener);
	unlink(address.sun_path);
	rmdir(path);
	rmdir(dir);

	char deep[200];
	memset(deep, 'd', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	assert_int_equal(control_connect(deep, &fd, &err), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_comes_back),
		cmocka_unit_test(every_other_length_is_refused),
		cmocka_unit_test(only_the_senders_of_the_table_may_send),
		cmocka_unit_test(users_may_only_ask),
		cmocka_unit_test(components_have_little_to_say),
		cmocka_unit_test(wrong_descriptor_counts_are_refused),
		cmocka_unit_test(ill_formed_bodies_are_refused),
		cmocka_unit_test(the_sender_refuses_what_the_receiver_would),
		cmocka_unit_test(messages_print_in_one_line),
		cmocka_unit_test(a_message_travels_with_its_descriptors),
		cmocka_unit_test(refused_messages_lose_no_descriptor),
		cmocka_unit_test(a_full_socket_says_so),
		cmocka_unit_test(tools_connect),
	};
	return cmocka_run_group_tests_name("ipc/control", tests, NULL, NULL);
}
