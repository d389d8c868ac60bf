/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypting and decrypting values; see secret.h. Called by tools, in one thread.
 *
 * DATA is base64 of a byte 1, a nonce of 12 bytes, the text encrypted with AES-256-GCM and its tag
 * of 16 bytes. Each provider has a key of its own, made from the machine's, so that what one is
 * allowed to read another is not. The formats of Windows begin with other bytes, and their keys
 * never leave the machine they are of.
 */
#include "config/secret.h"

#include "base/buf.h"
#include "base/mem.h"
#include "config/engine/value.h"
#include "config/snapshot.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>

#define FORMAT 1
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define AROUND_SIZE (1 + NONCE_SIZE + TAG_SIZE)
#define DEFAULT_PROVIDER "AesProvider" /* as IIS has it, where nothing says another one */
#define PROVIDER_MAX 128
#define PURPOSE "surrogate configuration 1\n"

/* ---- one value ---- */

static int provider_key(const char *state_dir, struct text provider, bool make,
			unsigned char ret[CONFIG_KEY_SIZE], struct error *err)
{
	unsigned char machine[CONFIG_KEY_SIZE], label[sizeof(PURPOSE) + PROVIDER_MAX];
	unsigned int length = 0;

	if (provider.length > PROVIDER_MAX)
		return error_set(err, -ENOENT,
				 "the name of the provider '%.60s...' is longer than %d bytes: "
				 "shorten it in the schema file",
				 provider.data, PROVIDER_MAX);
	int r = config_secret_key(state_dir, make, machine, err);

	if (r < 0)
		return r;
	memcpy(label, PURPOSE, sizeof(PURPOSE) - 1);
	memcpy(label + sizeof(PURPOSE) - 1, provider.data, provider.length);
	bool made = HMAC(EVP_sha256(), machine, sizeof(machine), label,
			 sizeof(PURPOSE) - 1 + provider.length, ret, &length) != NULL;
	OPENSSL_cleanse(machine, sizeof(machine));
	return made && length == CONFIG_KEY_SIZE ? 0 : error_set(err, -ENOMEM, "out of memory");
}

/* One of the two directions of AES-256-GCM; `tag` is written or compared. */
static bool crypt_bytes(bool encrypt, const unsigned char *key, const unsigned char *nonce,
			const unsigned char *in, size_t length, unsigned char *out,
			unsigned char *tag)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;

	bool good = ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce, encrypt) &&
		    (encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag)) &&
		    EVP_CipherUpdate(ctx, out, &n, in, (int)length) &&
		    EVP_CipherFinal_ex(ctx, out + n, &last) && (size_t)n + (size_t)last == length &&
		    (!encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, tag));
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

/* "[enc:...]" behind what is in `out`. */
static int put_encrypted(const char *state_dir, const char *provider, struct text plain,
			 struct buf *out, struct error *err)
{
	_cleanup_mem_ unsigned char *bytes = mem_alloc(plain.length + AROUND_SIZE);
	unsigned char key[CONFIG_KEY_SIZE];

	if (!bytes)
		return error_set(err, -ENOMEM, "out of memory");
	int r = provider_key(state_dir, text_of(provider), true, key, err);
	if (r < 0)
		return r;
	unsigned char *nonce = bytes + 1, *text = nonce + NONCE_SIZE, *tag = text + plain.length;
	bytes[0] = FORMAT;
	bool good = RAND_bytes(nonce, NONCE_SIZE) == 1 &&
		    crypt_bytes(true, key, nonce, (const unsigned char *)plain.data, plain.length,
				text, tag);
	OPENSSL_cleanse(key, sizeof(key));
	if (!good)
		return error_set(err, -EIO, "a value of the configuration cannot be encrypted");
	size_t size = plain.length + AROUND_SIZE;
	buf_printf(out, "[enc:%s:", provider);
	char *place = buf_reserve(out, size * 4 / 3 + 8);
	if (place)
		buf_commit(out, (size_t)EVP_EncodeBlock((unsigned char *)place, bytes, (int)size));
	buf_puts(out, ":enc]");
	return buf_failed(out) ? error_set(err, -ENOMEM, "out of memory") : 0;
}

/* What base64 says; `*ret_length` is 0 when it is none. NULL: no memory. */
static unsigned char *decode(struct text data, struct arena *arena, size_t *ret_length)
{
	unsigned char *bytes = arena_alloc(arena, data.length + 1);
	int length = 0;

	*ret_length = 0;
	if (bytes && data.length % 4 == 0 && data.length <= INT_MAX)
		length = EVP_DecodeBlock(bytes, (const unsigned char *)data.data, (int)data.length);
	/* It counts the bytes that padding stands for. */
	for (size_t i = data.length; i > 0 && length > 0 && data.data[i - 1] == '='; i--)
		length--;
	if (length > 0)
		*ret_length = (size_t)length;
	return bytes;
}

/* -ENOENT: not with this machine's key. */
static int decrypt(const char *state_dir, struct text provider, struct text data,
		   struct arena *arena, const char **ret, struct error *err)
{
	unsigned char key[CONFIG_KEY_SIZE];
	size_t length;
	unsigned char *bytes = decode(data, arena, &length);
	unsigned char *plain = bytes ? arena_zalloc(arena, length + 1, 1) : NULL;

	if (!plain)
		return error_set(err, -ENOMEM, "out of memory");
	*ret = (const char *)plain;
	if (!data.length)
		return 0;
	if (length < AROUND_SIZE || bytes[0] != FORMAT)
		return -ENOENT;
	int r = provider_key(state_dir, provider, false, key, err);
	if (r < 0)
		return r;
	length -= AROUND_SIZE;
	unsigned char *nonce = bytes + 1, *text = nonce + NONCE_SIZE;
	bool good = crypt_bytes(false, key, nonce, text, length, plain, text + length);
	OPENSSL_cleanse(key, sizeof(key));
	if (!good)
		plain[0] = '\0';
	return good && !memchr(plain, '\0', length) ? 0 : -ENOENT;
}

/* ---- revealing ---- */

/* The command that sets a value again: of a pool the very one. */
static void describe_command(const struct xml_element *by, const char *name, char *out, size_t size)
{
	const struct xml_element *pool = by->parent;
	bool is_pool = pool && pool->parent && !strcmp(by->name, "processModel") &&
		       !strcmp(pool->parent->name, "applicationPools") && xml_get(pool, "name");

	if (is_pool)
		snprintf(out, size, "appcmd set apppool \"%.100s\" /processModel.%s:...",
			 xml_get(pool, "name"), name);
	else
		snprintf(out, size, "appcmd set, /%s:... of <%.60s>", name, by->name);
}

static int cannot_decrypt(const struct xml_element *by, const char *name, struct text provider,
			  struct error *err)
{
	char command[300];

	describe_command(by, name, command, sizeof(command));
	return xml_fail(by, XML_BAD_DATA, err,
			"The attribute '%s' cannot be decrypted: it was encrypted by the '%.*s' of "
			"another machine, or with a key that is no longer here.  Set it again: %s",
			name, (int)(provider.length < 64 ? provider.length : 64), provider.data,
			command);
}

int config_secret_reveal(const char *state_dir, const struct schema_attribute *a,
			 const struct effective_value *value, struct arena *arena, const char **ret,
			 struct error *err)
{
	struct text provider, data;

	if (!value->text || !value->by || !value_encrypted(value->text, &provider, &data)) {
		*ret = value->text ? value->text : "";
		return 0;
	}
	int r = decrypt(state_dir, provider, data, arena, ret, err);
	return r == -ENOENT ? cannot_decrypt(value->by, a->name, provider, err) : r;
}

/* ---- protecting ---- */

struct protect {
	const char *state_dir, *provider;
	struct text source;
	struct buf out;
	size_t at; /* of the source, up to where `out` has it */
	struct error *err;
};

static int protect_one(void *ctx, const struct config_secret *secret)
{
	struct protect *p = ctx;
	const char *plain = secret->written->value, *own = NULL;
	struct text provider, data;
	struct xml_range range;

	if (!secret->attribute || !*plain || value_encrypted(plain, &provider, &data) ||
	    !xml_value_range(secret->element, secret->written->name, &range))
		return 0;
	if (strlen(plain) > CONFIG_SECRET_MAX)
		return xml_fail(secret->element, XML_BAD_DATA, p->err,
				"The '%s' attribute is invalid.  What is encrypted has at most %d "
				"bytes",
				secret->written->name, CONFIG_SECRET_MAX);
	own = secret->attribute->provider;
	buf_put(&p->out, p->source.data + p->at, range.start - p->at);
	p->at = range.end;
	return put_encrypted(p->state_dir, own ? own : p->provider, text_of(plain), &p->out,
			     p->err);
}

/* A name that can stand in "[enc:NAME:...]". */
static const char *usual_provider(const struct config *config)
{
	const char *name = effective_text(level_section(&config->base, "configProtectedData"),
					  "defaultProvider");
	return *name && strlen(name) <= PROVIDER_MAX && !strpbrk(name, ":]<&\"'")
		       ? name
		       : DEFAULT_PROVIDER;
}

int config_secrets_protect(const struct config *config, struct edit *edit, bool *ret_changed,
			   struct error *err)
{
	struct protect p = { .state_dir = config->state_dir,
			     .provider = usual_provider(config),
			     .source = edit_text(edit),
			     .err = err };

	buf_init(&p.out, XML_SIZE_MAX + 1);
	int r = config_secrets_each(config->schema, edit_document(edit), protect_one, &p);
	*ret_changed = r == 0 && p.at > 0;
	if (*ret_changed) {
		buf_put(&p.out, p.source.data + p.at, p.source.length - p.at);
		r = buf_failed(&p.out) ? error_set(err, -ENOMEM, "out of memory")
				       : edit_replace_all(edit, buf_text(&p.out), err);
	}
	if (p.out.data)
		OPENSSL_cleanse(p.out.data, p.out.length);
	buf_done(&p.out);
	return r;
}
