/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and identities as COM's callers have them (COAUTHIDENTITY, UTF-16), and as the rest of DCOM
 * has them. Pure functions.
 */
#include "dcom/dcom-internal.h"

#include "base/mem.h"

#define IDENTITY_UNICODE 2

static bool copy_units(const char16_t *text, size_t length, char out[BINDINGS_TEXT_MAX])
{
	if (length && (!text || utf16_to_utf8_length(text, length) >= BINDINGS_TEXT_MAX))
		return false;
	out[utf16_to_utf8(text, length, out, BINDINGS_TEXT_MAX - 1)] = '\0';
	return true;
}

bool dcom_utf8(const OLECHAR *text, char out[BINDINGS_TEXT_MAX])
{
	size_t length = 0;

	while (text && text[length])
		length++;
	return copy_units(text, length, out);
}

bool dcom_identity(const COAUTHIDENTITY *identity, struct dcom_identity_texts *texts,
		   struct security_identity *ret)
{
	if (identity->Flags != IDENTITY_UNICODE ||
	    !copy_units((const char16_t *)identity->User, identity->UserLength, texts->user) ||
	    !copy_units((const char16_t *)identity->Domain, identity->DomainLength,
			texts->domain) ||
	    !copy_units((const char16_t *)identity->Password, identity->PasswordLength,
			texts->password))
		return false;
	*ret = (struct security_identity){ texts->user, texts->domain, texts->password };
	return true;
}

OLECHAR *dcom_utf16(const char *text)
{
	struct text t = text_of(text);
	size_t units = utf8_to_utf16_length(t);
	OLECHAR *copy = mem_zalloc(units + 1, sizeof *copy);

	if (copy)
		utf8_to_utf16(t, copy, units);
	return copy;
}
