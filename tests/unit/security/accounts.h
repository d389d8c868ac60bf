/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file with accounts to accept by NTLM, in a temporary folder: alice of DOM, "Secret1".
 */
#pragma once

#include "../unit.h"

#include "security/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* gss-ntlmssp 1.2.0 loses what it loads of OpenSSL with each handshake, MIT a name for SPNEGO. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:CRYPTO_zalloc\nleak:CRYPTO_malloc\nleak:CRYPTO_strdup\n"
	       "leak:krb5_build_principal_alloc_va\n";
}

static char accounts_path[] = "/tmp/surrogate-accounts-XXXXXX";

static inline void accounts_make(void)
{
	static const char text[] = "DOM:alice:Secret1\n";
	int fd = mkstemp(accounts_path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
}

static inline void accounts_remove(void)
{
	unlink(accounts_path);
}

static inline struct security_acceptor *accounts_acceptor(void)
{
	struct security_acceptor_options options = { .ntlm_users = accounts_path };
	struct security_acceptor *acceptor = NULL;
	struct error err = { 0 };
	if (security_acceptor_new(&options, &acceptor, &err) < 0)
		fail_msg("%s", err.text);
	return acceptor;
}

static inline struct security_identity accounts_alice(const char *password)
{
	return (struct security_identity){ "alice", "DOM", password };
}
