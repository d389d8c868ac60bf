/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in configuration: attributes that the schema calls encrypted, and properties of
 * customMetadata that the metabase calls secure. In the file an encrypted value is
 * "[enc:PROVIDER:DATA:enc]", and DATA can be read with the key of this machine, STATE/config/
 * machine.key, which root (or whoever runs the server) alone can read. The SCM passes neither the
 * key nor any secret on (config_hide_passwords in config.h): the tools of an administrator are all
 * that encrypts and decrypts.
 */
#pragma once

#include "config/engine/edit.h"
#include "config/engine/effective.h"

struct config;

#define CONFIG_SECRET_MAX 16384 /* bytes of one */

/* ---- secrets.c ---- */

struct config_secret {
	const struct xml_element *element;
	const struct xml_attribute *written;
	/* NULL: it is not encrypted, but still nobody's business: an attribute `password` without a
	 * schema, a secure property. */
	const struct schema_attribute *attribute;
};
/* Calls `fn` for each secret that is written in a document, in the order of its bytes, until it
 * returns non-zero, which is returned. */
typedef int (*config_secret_fn)(void *ctx, const struct config_secret *secret);
int config_secrets_each(const struct schema *schema, const struct xml_document *document,
			config_secret_fn fn, void *ctx);

/* ---- secret_crypt.c ---- */

/* Encrypts what is written in plain text and should not be. `*ret_changed` says whether there was
 * any; the key is made when there is none. */
int config_secrets_protect(const struct config *config, struct edit *edit, bool *ret_changed,
			   struct error *err);
/* The plain text of the attribute `a`, whose value holds somewhere; plain text as it is. -EINVAL
 * with the value's file and line when this machine cannot decrypt it, and how to set it again;
 * -EACCES when the caller may not; -ENOMEM. */
int config_secret_reveal(const char *state_dir, const struct schema_attribute *a,
			 const struct effective_value *value, struct arena *arena, const char **ret,
			 struct error *err);

/* ---- secret_key.c ---- */

#define CONFIG_KEY_SIZE 32
/* The key of this machine; `make`: when there is none, one is drawn and kept. -ENOENT: there is
 * none; -EACCES, also for a key that others may read. */
int config_secret_key(const char *state_dir, bool make, unsigned char ret[CONFIG_KEY_SIZE],
		      struct error *err);
