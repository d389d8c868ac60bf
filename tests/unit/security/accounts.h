/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file with accounts to accept by NTLM, in a temporary folder: alice of DOM, "Secret1". Beside it
 * one that keeps Kerberos, which SPNEGO tries first, from asking the network's DNS about DOM: where
 * nobody answers that takes 5 seconds, and a test would hang on the machine it runs on.
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
static char accounts_krb5[] = "/tmp/surrogate-krb5-XXXXXX";

static inline void accounts_write(char *path, const char *text)
{
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static inline void accounts_make(void)
{
	accounts_write(accounts_path, "DOM:alice:Secret1\n");
	accounts_write(accounts_krb5, "[libdefaults]\n dns_lookup_kdc = false\n"
				      " dns_lookup_realm = false\n"
				      " dns_canonicalize_hostname = false\n");
	assert_int_equal(setenv("KRB5_CONFIG", accounts_krb5, 1), 0);
}

static inline void accounts_remove(void)
{
	unlink(accounts_path);
	unlink(accounts_krb5);
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
