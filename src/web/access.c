/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ask for what, by system.webServer/security: addresses (ipSecurity), TLS (access),
 * authentication and URL authorization. Everybody is anonymous: what asks for more is 401.2. Asked
 * for each request, before any handler; loop threads.
 */
#include "web/internal.h"

#include <arpa/inet.h>

/* ---- addresses ---- */

struct address {
	uint8_t family, bytes[16];
};

/* "192.0.2.1", "[2001:db8::1]", and either with a port behind it, as proxies write them. */
static bool parse_address(struct text t, struct address *ret)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char z[64];
	t = text_trim(t);
	if (t.length > 1 && t.data[0] == '[') {
		struct text inside = { t.data + 1, t.length - 1 };
		t = text_cut(&inside, ']');
	} else {
		const char *colon = memchr(t.data, ':', t.length);
		if (colon && !memchr(colon + 1, ':', (size_t)(t.data + t.length - colon - 1)))
			t.length = (size_t)(colon - t.data);
	}
	if (!t.length || t.length >= sizeof(z))
		return false;
	memcpy(z, t.data, t.length);
	z[t.length] = '\0';
	ret->family = strchr(z, ':') ? 6 : 4;
	if (inet_pton(ret->family == 4 ? AF_INET : AF_INET6, z, ret->bytes) != 1)
		return false;
	/* "::ffff:192.0.2.1" is the address of IPv4, for which the rules are. */
	if (ret->family == 6 && !memcmp(ret->bytes, mapped, sizeof(mapped))) {
		ret->family = 4;
		memmove(ret->bytes, ret->bytes + sizeof(mapped), 4);
	}
	return true;
}

static bool rule_matches(const struct config_address_rule *rule, const struct address *a)
{
	size_t size = a->family == 4 ? 4 : 16;
	if (rule->family != a->family)
		return false;
	for (size_t i = 0; i < size; i++) {
		if ((rule->bytes[i] ^ a->bytes[i]) & rule->bits[i])
			return false;
	}
	return true;
}

/* The first rule of the list that matches decides. */
static bool address_allowed(const struct config_addresses *list, const struct address *a)
{
	for (size_t i = 0; i < list->count; i++) {
		if (rule_matches(&list->rules[i], a))
			return list->rules[i].allowed;
	}
	return list->allow_unlisted;
}

static bool client_allowed(const struct config_addresses *list, struct web_call *call)
{
	const struct http_request *request = http_exchange_request(call->request.x);
	struct address a;
	if (!list->count && list->allow_unlisted)
		return true;
	if (!parse_address(text_of(http_exchange_peer(call->request.x)->remote), &a) ||
	    !address_allowed(list, &a))
		return false;
	/* Behind a proxy: whoever is named counts too, and what is no address is not allowed. */
	for (size_t i = 0; list->proxy_mode && i < request->field_count; i++) {
		struct text rest = request->fields[i].value;
		if (!text_equal_nocase(request->fields[i].name, TEXT("X-Forwarded-For")))
			continue;
		while (rest.data) {
			if (!parse_address(text_cut(&rest, ','), &a) || !address_allowed(list, &a))
				return false;
		}
	}
	return true;
}

static bool refuse(struct web_call *call, unsigned status, unsigned sub, const char *module,
		   const char *notification)
{
	call->request.module = module;
	call->request.notification = notification;
	web_error_serve(call, status, sub, 0, (struct text){ "", 0 }, NULL);
	return false;
}

static bool refuse_address(struct web_call *call, uint32_t action)
{
	if (action == CONFIG_DENY_ABORT) {
		call->request.win32_status = 5;
		http_abort(call->request.x);
		return false;
	}
	return refuse(call, action, action == CONFIG_DENY_403 ? 6 : 503, "IpRestrictionModule",
		      "BeginRequest");
}

/* ---- URL authorization ---- */

static bool has_word(const char *list, struct text word)
{
	struct text rest = text_of(list);
	while (rest.data) {
		if (text_equal_nocase(text_trim(text_cut(&rest, ',')), word))
			return true;
	}
	return false;
}

/* Does a rule speak of an anonymous user, who has no roles? */
static bool rule_concerns(const struct config_authorization *rule, struct text verb)
{
	return (has_word(rule->users, TEXT("*")) || has_word(rule->users, TEXT("?"))) &&
	       (!*rule->verbs || has_word(rule->verbs, verb));
}

/* Rules that deny come first, then those that allow; without one nobody may. */
static bool is_authorized(const struct config_url *url, struct text verb)
{
	bool allowed = false;
	for (size_t i = 0; i < url->authorization_count; i++) {
		const struct config_authorization *rule = &url->authorization[i];
		if (!rule_concerns(rule, verb))
			continue;
		if (rule->type != 0)
			return false;
		allowed = true;
	}
	return allowed;
}

/* ---- both ---- */

bool web_access_check(struct web_call *call)
{
	const struct config_url *url = call->request.url;
	const struct http_request *request = http_exchange_request(call->request.x);

	if (!client_allowed(&url->addresses, call))
		return refuse_address(call, url->addresses.deny_action);
	/* No connection of ours is encrypted. */
	if (url->ssl_flags & (CONFIG_SSL | CONFIG_SSL_128))
		return refuse(call, 403, url->ssl_flags & CONFIG_SSL_128 ? 5 : 4, "IIS Web Core",
			      "BeginRequest");
	if (url->ssl_flags & CONFIG_SSL_REQUIRE)
		return refuse(call, 403, 7, "IIS Web Core", "BeginRequest");
	if (!url->anonymous)
		return refuse(call, 401, 2, "IIS Web Core", "AuthenticateRequest");
	if (!is_authorized(url, request->method_text))
		return refuse(call, 401, 2, "UrlAuthorizationModule", "AuthorizeRequest");
	return true;
}
