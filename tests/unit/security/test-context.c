/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshakes by NTLM, alone and inside SPNEGO, between two contexts of one process, and what their
 * keys protect. Kerberos needs a KDC and has a story.
 */
#include "accounts.h"

#include "base/buf.h"
#include "security/token.h"

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

/* ---- no memory ---- */

static int without_memory(void)
{
	struct pair p = { NULL, NULL };
	struct error err = { 0 };
	struct security_initiate o = { .service = AUTHN_GSS_NEGOTIATE,
				       .level = AUTHN_LEVEL_PKT_PRIVACY,
				       .target = "RPCSS/localhost",
				       .identity = accounts_alice("Secret1") };
	struct security_acceptor_options options = { .ntlm_users = accounts_path };
	struct security_acceptor *a = NULL, *before = acceptor;
	int r = security_acceptor_new(&options, &a, &err);
	acceptor = a;
	if (r == 0)
		r = begin(&p, o);
	if (r == 0)
		r = shake(&p, &err);
	done(&p);
	security_acceptor_free(a);
	acceptor = before;
	return r;
}

static void test_faults_of_memory(void **state)
{
	unit_each_fault(FAULT_ALLOC, -ENOMEM, without_memory);
}

/* ---- tokens in another form ---- */

static const char frame_oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\0";

static void test_adapt(void **state)
{
	struct buf out;
	buf_init(&out, 1000);
	/* Without a version. */
	char negotiate[40] = "NTLMSSP\0\1\0\0\0";
	assert_true(security_token_adapt((struct text){ negotiate, 32 }, &out));
	assert_int_equal(out.length, 40);
	buf_clear(&out);
	assert_false(security_token_adapt((struct text){ negotiate, 40 }, &out));
	/* A framed AP-REQ. */
	char framed[2 + 13 + 6];
	framed[0] = 0x60;
	framed[1] = sizeof(framed) - 2;
	memcpy(framed + 2, frame_oid, 13);
	memcpy(framed + 15, "AP-REQ", 6);
	assert_true(security_token_adapt((struct text){ framed, sizeof(framed) }, &out));
	assert_text(buf_text(&out), "AP-REQ");
	/* The same inside SPNEGO: [0] mechTypes, [2] mechToken, [3] mechListMIC. */
	static const char head[] = "\x60\x33\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x29\x30\x27"
				   "\xa0\x04\x30\x02\x06\0\xa2\x17\x04\x15";
	static const char tail[] = "\xa3\x06\x04\x04more";
	static const char expected[] = "\x60\x24\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x1a\x30\x18"
				       "\xa0\x04\x30\x02\x06\0\xa2\x08\x04\x06"
				       "AP-REQ\xa3\x06\x04\x04more";
	struct buf init;
	buf_init(&init, 1000);
	buf_put(&init, head, sizeof(head) - 1);
	buf_put(&init, framed, sizeof(framed));
	buf_put(&init, tail, sizeof(tail) - 1);
	init.data[1] = (char)(init.length - 2);
	init.data[11] = (char)(init.length - 12);
	init.data[13] = (char)(init.length - 14);
	buf_clear(&out);
	assert_true(security_token_adapt(buf_text(&init), &out));
	assert_int_equal(out.length, sizeof(expected) - 1);
	assert_memory_equal(out.data + 14, expected + 14, out.length - 14);
	assert_int_equal(out.data[1], out.length - 2);
	/* What a forwarded ticket is looked for in. */
	assert_int_equal(security_token_request(TEXT("\x6e\x02xy")).length, 4);
	assert_int_equal(security_token_request(TEXT("\x6e\x03xy")).length, 0);
	assert_int_equal(security_token_request(buf_text(&init)).length, 0);
	/* Cut short it is nothing that we know. */
	for (size_t n = 0; n < init.length; n++) {
		buf_clear(&out);
		assert_false(security_token_adapt((struct text){ init.data, n }, &out));
		assert_int_equal(out.length, 0);
	}
	buf_done(&init);
	buf_done(&out);
}

static int vouch(const uint8_t *asked, const struct security_vouch *v, size_t cut,
		 struct security_peer *ret)
{
	struct security_acceptor_options options = { .voucher = asked };
	struct security_initiate o = { .service = AUTHN_VOUCHED, .vouch = v };
	struct security_acceptor *a;
	struct pair p = { NULL, NULL };
	struct buf token, none;
	assert_int_equal(security_acceptor_new(&options, &a, NULL), 0);
	assert_int_equal(security_context_initiate(&o, &p.client, NULL), 0);
	assert_int_equal(security_context_accept(a, AUTHN_VOUCHED, &p.server), 0);
	buf_init(&token, SECURITY_TOKEN_MAX);
	buf_init(&none, SECURITY_TOKEN_MAX);
	assert_int_equal(security_context_step(p.client, TEXT(""), &token, NULL), 0);
	int r = security_context_step(p.server, (struct text){ token.data, token.length - cut },
				      &none, NULL);
	assert_int_equal(none.length, 0);
	if (r == 0) {
		*ret = *security_context_peer(p.server);
		/* It protects nothing, and says so. */
		assert_int_equal(security_context_signature_size(p.server, AUTHN_LEVEL_PKT_PRIVACY),
				 0);
	} else {
		assert_null(security_context_peer(p.server));
	}
	buf_done(&token);
	buf_done(&none);
	done(&p);
	security_acceptor_free(a);
	return r;
}

static void test_callers_are_vouched_for_by_who_has_the_secret(void **state)
{
	struct security_vouch v = { .secret = "0123456789abcde",
				    .peer = { .name = "DOM\\alice",
					      .service = AUTHN_GSS_NEGOTIATE,
					      .mechanism = AUTHN_WINNT,
					      .impersonation = IMP_LEVEL_IDENTIFY,
					      .vouched = AUTHN_LEVEL_PKT_PRIVACY } };
	struct security_peer got;
	assert_int_equal(vouch(v.secret, &v, 0, &got), 0);
	assert_string_equal(got.name, "DOM\\alice");
	assert_int_equal(got.mechanism, AUTHN_WINNT);
	assert_int_equal(got.impersonation, IMP_LEVEL_IDENTIFY);
	assert_int_equal(got.vouched, AUTHN_LEVEL_PKT_PRIVACY);
	assert_int_equal(vouch((const uint8_t *)"0123456789abcdX", &v, 0, &got), -EACCES);
	assert_int_equal(vouch(v.secret, &v, 10, &got), -EACCES); /* within the head */
	v.peer.vouched = AUTHN_LEVEL_DEFAULT;
	assert_int_equal(vouch(v.secret, &v, 0, &got), -EACCES);
	v.peer.vouched = AUTHN_LEVEL_PKT_PRIVACY + 1;
	assert_int_equal(vouch(v.secret, &v, 0, &got), -EACCES);
	struct security_context *c = NULL;
	assert_int_equal(security_context_accept(acceptor, AUTHN_VOUCHED, &c), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_callers_are_vouched_for_by_who_has_the_secret),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_peer),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_rubbish),
		cmocka_unit_test(test_acceptor),
		cmocka_unit_test(test_adapt),
		cmocka_unit_test(test_faults_of_memory),
	};
	return cmocka_run_group_tests_name("context", tests, setup, teardown);
}
