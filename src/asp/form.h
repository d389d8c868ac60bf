/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients send as names and values: query strings, urlencoded bodies, Cookie headers. Parsers
 * without objects, over untrusted bytes; total, linear, bounded by their callers' input limits.
 */
#pragma once

#include "base/buf.h"

#define ASP_PAIRS_MAX 10000

/* Receives one pair, decoded to bytes of the client's code page. Non-zero ends the parse. */
typedef int (*asp_pair_fn)(void *ctx, struct text name, struct text value);

/* "a=1&b=x+y%21": '+' is a blank, "%XX" a byte, a bad escape stands for itself; "%uXXXX" becomes
 * that character in UTF-8 (`utf8`) or '?'. A name without '=' has no name but a value, as ASP has
 * it. 0, what `fn` returned, -ENOMEM, or -ENOBUFS above ASP_PAIRS_MAX pairs. */
int asp_form_parse(struct text t, bool utf8, asp_pair_fn fn, void *ctx);

/* "a=1; b=k1=v1&k2=v2": names decoded, values as they came (a value with keys is parsed by
 * asp_form_parse). */
int asp_cookies_parse(struct text t, asp_pair_fn fn, void *ctx);

/* Appends `t` with everything but letters, digits and `keep` as "%XX"; a blank becomes '+' when
 * `plus`. */
void asp_url_encode(struct text t, const char *keep, bool plus, struct buf *out);
/* Decodes as asp_form_parse does; appended. */
void asp_url_decode(struct text t, bool utf8, struct buf *out);
