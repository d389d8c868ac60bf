/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshakes by NTLM, alone and inside SPNEGO, between two contexts of one process, and what their
 * keys protect. Kerberos needs a KDC and has a story.
 */
#include "accounts.h"

#include "base/buf.h"

#include <errno.h>

static struct security_acceptor *acceptor;

static int setup(void **state)
{
	accounts_make();
	acceptor = accounts_acceptor();
	return 0;
}

static int teardown(void **state)
{
	security_acceptor_free(acceptor);
	accounts_remove();
	return 0;
}

struct pair {
	struct security_context *client, *server;
};

static int begin(struct pair *p, struct security_initiate o)
{
	struct error err = { 0 };
	int r = security_context_initiate(&o, &p->client, &err);
	return r < 0 ? r : security_context_accept(acceptor, o.service, &p->server);
}

/* Until both are done or one refuses; the number of tokens is bounded. */
static int shake(struct pair *p, struct error *err)
{
	struct buf a, b;
	int c = SECURITY_CONTINUE, s = SECURITY_CONTINUE;
	buf_init(&a, SECURITY_TOKEN_MAX);
	buf_init(&b, SECURITY_TOKEN_MAX);
	for (int i = 0; i < 6 && c >= 0 && s >= 0 && (c || s); i++) {
		if (c) {
			buf_clear(&a);
			c = security_context_step(p->client, buf_text(&b), &a, err);
		}
		if (c >= 0 && s) {
			buf_clear(&b);
			s = security_context_step(p->server, buf_text(&a), &b, err);
		}
	}
	buf_done(&a);
	buf_done(&b);
	return c < 0 ? c : s < 0 ? s : c || s ? -EPROTO : 0;
}

static void done(struct pair *p)
{
	security_context_free(p->client);
	security_context_free(p->server);
	*p = (struct pair){ NULL, NULL };
}

static void established(struct pair *p, enum authn_service service, enum authn_level level,
			enum imp_level impersonation)
{
	struct error err = { 0 };
	struct security_initiate o = { .service = service,
				       .level = level,
				       .impersonation = impersonation,
				       .target = "RPCSS/localhost",
				       .identity = accounts_alice("Secret1") };
	assert_int_equal(begin(p, o), 0);
	int r = shake(p, &err);
	if (r < 0)
		fail_msg("%d: %s", r, err.text);
}

/* One message through; `flip` (0: none) is the byte changed on the way, counted from 1. */
static int message(struct security_context *from, struct security_context *to,
		   enum authn_level level, bool sign_header, size_t flip)
{
	uint8_t data[16 + 32 + 8 + SECURITY_SIGNATURE_MAX];
	size_t size = security_context_signature_size(from, level);
	struct security_message m = { .data = data,
				      .length = 16 + 32 + 8,
				      .body = 16,
				      .body_length = 32,
				      .sign_header = sign_header };
	memset(data, 'x', sizeof(data));
	assert_true(size > 0 && size <= SECURITY_SIGNATURE_MAX);
	assert_int_equal(security_context_protect(from, level, &m, data + m.length, size), 0);
	assert_int_equal(memcmp(data + 16, "xxxxxxxxxxxxxxxx", 16) != 0,
			 level == AUTHN_LEVEL_PKT_PRIVACY);
	if (flip)
		data[flip - 1] ^= 1;
	int r = security_context_unprotect(to, level, &m, data + m.length, size);
	if (r == 0 && flip == 0)
		assert_memory_equal(data + 16, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 32);
	return r;
}

static void test_levels(void **state)
{
	static const enum authn_service services[] = { AUTHN_WINNT, AUTHN_GSS_NEGOTIATE };
	for (int i = 0; i < 2; i++) {
		for (int level = AUTHN_LEVEL_CONNECT; level <= AUTHN_LEVEL_PKT_PRIVACY; level++) {
			struct pair p;
			established(&p, services[i], level, IMP_LEVEL_IMPERSONATE);
			for (int n = 0; n < 4 && level >= AUTHN_LEVEL_CALL; n++) {
				assert_int_equal(message(p.client, p.server, level, n & 1, 0), 0);
				assert_int_equal(message(p.server, p.client, level, n & 1, 0), 0);
			}
			assert_int_equal(
				security_context_signature_size(p.server, AUTHN_LEVEL_CONNECT), 0);
			done(&p);
		}
	}
}

static void test_changed(void **state)
{
	/* Of the header, the body, the trailer, the signature. */
	static const size_t places[] = { 1, 17, 50, 58 };
	for (size_t i = 0; i < 4; i++) {
		struct pair p;
		established(&p, AUTHN_WINNT, AUTHN_LEVEL_PKT_PRIVACY, IMP_LEVEL_IMPERSONATE);
		assert_int_equal(message(p.client, p.server, AUTHN_LEVEL_PKT_PRIVACY, true,
					 places[i]),
				 -EBADMSG);
		done(&p);
	}
	/* Without signed headers a changed one goes unnoticed: that is what it means. */
	struct pair p;
	established(&p, AUTHN_WINNT, AUTHN_LEVEL_PKT_INTEGRITY, IMP_LEVEL_IMPERSONATE);
	assert_int_equal(message(p.client, p.server, AUTHN_LEVEL_PKT_INTEGRITY, false, 1), 0);
	done(&p);
}

static void test_peer(void **state)
{
	static const enum imp_level levels[] = { IMP_LEVEL_IDENTIFY, IMP_LEVEL_IMPERSONATE };
	for (int i = 0; i < 2; i++) {
		struct pair p;
		established(&p, AUTHN_GSS_NEGOTIATE, AUTHN_LEVEL_PKT_INTEGRITY, levels[i]);
		const struct security_peer *peer = security_context_peer(p.server);
		assert_string_equal(peer->name, "DOM\\alice");
		assert_int_equal(peer->service, AUTHN_GSS_NEGOTIATE);
		assert_int_equal(peer->mechanism, AUTHN_WINNT);
		assert_int_equal(peer->impersonation, levels[i]);
		assert_false(peer->anonymous);
		done(&p);
	}
}

static void test_refused(void **state)
{
	struct pair p;
	struct error err = { 0 };
	struct security_initiate o = { .service = AUTHN_WINNT,
				       .level = AUTHN_LEVEL_PKT_INTEGRITY,
				       .identity = accounts_alice("Wrong1") };
	assert_int_equal(begin(&p, o), 0);
	assert_int_equal(shake(&p, &err), -EACCES);
	assert_true(*err.text);
	assert_null(strstr(err.text, "Secret1"));
	assert_null(strstr(err.text, "Wrong1"));
	assert_null(security_context_peer(p.server));
	/* It is dead. */
	struct buf out;
	buf_init(&out, SECURITY_TOKEN_MAX);
	assert_int_equal(security_context_step(p.server, TEXT("x"), &out, &err), -EINVAL);
	done(&p);
	o.identity.user = "nobody-of-ours";
	assert_int_equal(begin(&p, o), 0);
	assert_int_equal(shake(&p, &err), -EACCES);
	done(&p);
	/* Kerberos is not offered without a keytab. */
	assert_int_equal(security_context_accept(acceptor, AUTHN_GSS_KERBEROS, &p.server),
			 -ENOTSUP);
	assert_int_equal(security_context_accept(acceptor, AUTHN_NONE, &p.server), -ENOTSUP);
	buf_done(&out);
}

static void test_rubbish(void **state)
{
	static const enum authn_service services[] = { AUTHN_WINNT, AUTHN_GSS_NEGOTIATE };
	for (int i = 0; i < 2; i++) {
		struct pair p = { NULL, NULL };
		struct error err = { 0 };
		struct buf out;
		buf_init(&out, SECURITY_TOKEN_MAX);
		assert_int_equal(security_context_accept(acceptor, services[i], &p.server), 0);
		assert_int_equal(security_context_step(p.server, TEXT("no token at all"), &out,
						       &err),
				 -EACCES);
		assert_int_equal(out.length, 0);
		done(&p);
		buf_done(&out);
	}
}

static void test_acceptor(void **state)
{
	struct security_acceptor *a;
	struct error err = { 0 };
	struct security_acceptor_options o = { 0 };
	assert_int_equal(security_acceptor_new(&o, &a, &err), -ENOENT);
	o.ntlm_users = "/nonexistent/users";
	assert_int_equal(security_acceptor_new(&o, &a, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/users"));
	o.keytab = "/nonexistent/keytab";
	assert_int_equal(security_acceptor_new(&o, &a, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/keytab"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),  cmocka_unit_test(test_changed),
		cmocka_unit_test(test_peer),    cmocka_unit_test(test_refused),
		cmocka_unit_test(test_rubbish), cmocka_unit_test(test_acceptor),
	};
	return cmocka_run_group_tests_name("context", tests, setup, teardown);
}
