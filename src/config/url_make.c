/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what holds at a place to a view of it: which attribute of system.webServer goes into which
 * field of url.h, and what is worked out once, so that no request has to. Called by url.c.
 */
#include "config/snapshot.h"

#include "config/engine/value.h"

#include <arpa/inet.h>
#include <errno.h>

#define HRESULT_NOT_SUPPORTED 0x80070032u
#define IP_SECURITY "system.webServer/security/ipSecurity"

/* ---- which attribute goes where ---- */

#define URL(field, path) BIND(struct view, url.field, path)
#define VIEW(field, path) BIND(struct view, field, path)
#define URL_LIST(array, length, path, rows)                                                        \
	BIND_LIST(struct view, url.array, url.length, path, rows)
#define VIEW_LIST(array, length, path, rows) BIND_LIST(struct view, array, length, path, rows)

static const struct bind_row asp_rows[] = {
	URL(asp_buffering, "bufferingOn"),
	URL(asp_enable_parent_paths, "enableParentPaths"),
	URL(asp_session, "session/allowSessionState"),
	URL(asp_script_error_sent_to_browser, "scriptErrorSentToBrowser"),
	URL(asp_keep_session_id_secure, "session/keepSessionIdSecure"),
	URL(asp_code_page, "codePage"),
	URL(asp_lcid, "lcid"),
	URL(asp_script_language, "scriptLanguage"),
	URL(asp_script_error_message, "scriptErrorMessage"),
	URL(asp_buffering_limit, "limits/bufferingLimit"),
	URL(asp_max_request_entity, "limits/maxRequestEntityAllowed"),
	URL(asp_session_max, "session/max"),
	URL(asp_script_timeout, "limits/scriptTimeout"),
	URL(asp_session_timeout, "session/timeout"),
	URL(asp_errors_to_log, "errorsToNTLog"),
	URL(asp_log_errors, "logErrorRequests"),
	URL(asp_lines, "calcLineNumber"),
	URL(asp_chunked, "enableChunkedEncoding"),
	URL(asp_fallback, "enableAspHtmlFallback"),
	URL(asp_queue_max, "limits/requestQueueMax"),
	URL(asp_queue_timeout, "limits/queueTimeout"),
};

static const struct bind_row document_rows[] = { URL(default_document_enabled, "enabled") };
static const struct bind_row document_file[] = { { "value", 0, sizeof(const char *) } };
static const struct bind_list document_lists[] = {
	URL_LIST(default_documents, default_document_count, "files", document_file),
};

static const struct bind_row browse_rows[] = {
	URL(directory_browse, "enabled"),
	URL(directory_fields, "showFlags"),
};

static const struct bind_row error_rows[] = {
	URL(error_mode, "errorMode"),
	URL(error_existing, "existingResponse"),
	URL(error_default_path, "defaultPath"),
	URL(error_default_mode, "defaultResponseMode"),
	URL(error_more_information, "detailedMoreInformationLink"),
	BIND_READ("allowAbsolutePathsWhenDelegated"),
};
#define PAGE(field, path) BIND(struct config_error_page, field, path)
static const struct bind_row error_page[] = {
	PAGE(status, "statusCode"), PAGE(sub_status, "subStatusCode"),
	PAGE(path, "path"),         PAGE(language_folder, "prefixLanguageFilePath"),
	PAGE(mode, "responseMode"),
};
static const struct bind_list error_lists[] = {
	URL_LIST(error_pages, error_page_count, "", error_page),
};

static const struct bind_row protocol_rows[] = { URL(keep_alive, "allowKeepAlive") };
static const struct bind_row header_field[] = {
	BIND(struct config_header, name, "name"),
	BIND(struct config_header, value, "value"),
};
static const struct bind_list protocol_lists[] = {
	URL_LIST(custom_headers.items, custom_headers.count, "customHeaders", header_field),
	URL_LIST(redirect_headers.items, redirect_headers.count, "redirectHeaders", header_field),
};

static const struct bind_row redirect_rows[] = {
	URL(redirect.enabled, "enabled"),           URL(redirect.destination, "destination"),
	URL(redirect.exact, "exactDestination"),    URL(redirect.child_only, "childOnly"),
	URL(redirect.status, "httpResponseStatus"),
};
static const struct bind_row redirect_rule[] = {
	BIND(struct config_redirect_rule, wildcard, "wildcard"),
	BIND(struct config_redirect_rule, destination, "destination"),
};
static const struct bind_list redirect_lists[] = {
	URL_LIST(redirect.rules, redirect.rule_count, "", redirect_rule),
};

static const struct bind_row static_rows[] = {
	URL(client_cache_mode, "clientCache/cacheControlMode"),
	URL(client_cache_max_age, "clientCache/cacheControlMaxAge"),
	URL(client_cache_expires, "clientCache/httpExpires"),
	URL(client_cache_custom, "clientCache/cacheControlCustom"),
	URL(set_etag, "clientCache/setEtag"),
	URL(footer, "enableDocFooter"),
	URL(footer_is_file, "isDocFooterFileName"),
	URL(footer_text, "defaultDocFooter"),
};
static const struct bind_row mime_rows[] = {
	BIND_READ("fileExtension"),
	BIND_READ("mimeType"),
};
static const struct bind_list static_lists[] = { BIND_READ_LIST("", mime_rows) };

static const struct bind_row filter_rows[] = {
	URL(allow_double_escaping, "allowDoubleEscaping"),
	URL(allow_high_bit, "allowHighBitCharacters"),
	URL(unescape_query, "unescapeQueryString"),
	URL(remove_server_header, "removeServerHeader"),
	URL(max_content_length, "requestLimits/maxAllowedContentLength"),
	URL(max_url, "requestLimits/maxUrl"),
	URL(max_query, "requestLimits/maxQueryString"),
	VIEW(extensions_allow_unlisted, "fileExtensions/allowUnlisted"),
	VIEW(verbs_allow_unlisted, "verbs/allowUnlisted"),
};
#define ENTRY(field, path) BIND(struct filter_entry, field, path)
#define WORD(path) BIND(struct config_word, text, path)
static const struct bind_row filter_extension[] = {
	ENTRY(name, "fileExtension"),
	ENTRY(allowed, "allowed"),
};
static const struct bind_row filter_verb[] = { ENTRY(name, "verb"), ENTRY(allowed, "allowed") };
static const struct bind_row filter_segment[] = { ENTRY(name, "segment") };
static const struct bind_row filter_url[] = { WORD("url") };
static const struct bind_row filter_query[] = { WORD("queryString") };
static const struct bind_row filter_sequence[] = { WORD("sequence") };
static const struct bind_row filter_limit[] = {
	BIND(struct config_header_limit, name, "header"),
	BIND(struct config_header_limit, limit, "sizeLimit"),
};
#define RULE(field, path) BIND(struct config_filter_rule, field, path)
#define RULE_LIST(words, path, rows)                                                               \
	BIND_LIST(struct config_filter_rule, words.items, words.count, path, rows)
static const struct bind_row rule_header[] = { WORD("requestHeader") };
static const struct bind_row rule_extension[] = { WORD("fileExtension") };
static const struct bind_row rule_string[] = { WORD("string") };
static const struct bind_row filter_rule[] = {
	RULE(name, "name"),
	RULE(scan_url, "scanUrl"),
	RULE(scan_query, "scanQueryString"),
	RULE(scan_raw, "scanAllRaw"),
	RULE(deny_unescaped_percent, "denyUnescapedPercent"),
};
static const struct bind_list filter_rule_lists[] = {
	RULE_LIST(headers, "scanHeaders", rule_header),
	RULE_LIST(extensions, "appliesTo", rule_extension),
	RULE_LIST(strings, "denyStrings", rule_string),
};
static const struct bind_list filter_lists[] = {
	VIEW_LIST(extensions.entries, extensions.count, "fileExtensions", filter_extension),
	VIEW_LIST(verbs.entries, verbs.count, "verbs", filter_verb),
	VIEW_LIST(segments.entries, segments.count, "hiddenSegments", filter_segment),
	URL_LIST(always_urls.items, always_urls.count, "alwaysAllowedUrls", filter_url),
	URL_LIST(always_queries.items, always_queries.count, "alwaysAllowedQueryStrings",
		 filter_query),
	URL_LIST(deny_urls.items, deny_urls.count, "denyUrlSequences", filter_sequence),
	URL_LIST(deny_queries.items, deny_queries.count, "denyQueryStringSequences",
		 filter_sequence),
	URL_LIST(header_limits, header_limit_count, "requestLimits/headerLimits", filter_limit),
	{ "filteringRules", offsetof(struct view, url.filter_rules),
	  offsetof(struct view, url.filter_rule_count), sizeof(struct config_filter_rule),
	  BIND_ROWS(filter_rule), filter_rule_lists, ARRAY_LEN(filter_rule_lists) },
};

static const struct bind_row access_rows[] = { URL(ssl_flags, "sslFlags") };
static const struct bind_row anonymous_rows[] = { URL(anonymous, "enabled") };
static const struct bind_row authorization_rule[] = {
	BIND(struct config_authorization, type, "accessType"),
	BIND(struct config_authorization, users, "users"),
	BIND(struct config_authorization, roles, "roles"),
	BIND(struct config_authorization, verbs, "verbs"),
};
static const struct bind_list authorization_lists[] = {
	URL_LIST(authorization, authorization_count, "", authorization_rule),
};
static const struct bind_row address_rows[] = {
	URL(addresses.allow_unlisted, "allowUnlisted"),
	URL(addresses.proxy_mode, "enableProxyMode"),
	URL(addresses.deny_action, "denyAction"),
};
static const struct bind_row address_rule[] = {
	BIND(struct config_address_rule, address, "ipAddress"),
	BIND(struct config_address_rule, mask, "subnetMask"),
	BIND(struct config_address_rule, allowed, "allowed"),
};
static const struct bind_list address_lists[] = {
	URL_LIST(addresses.rules, addresses.count, "", address_rule),
};

static const struct bind_row handler_rows[] = { URL(access_policy, "accessPolicy") };
#define HANDLER(field, path) BIND(struct handler, field, path)
static const struct bind_row handler_entry[] = {
	HANDLER(is.name, "name"),
	HANDLER(is.path, "path"),
	HANDLER(is.verbs, "verb"),
	HANDLER(is.module, "modules"),
	HANDLER(is.resource, "resourceType"),
	HANDLER(is.require, "requireAccess"),
	HANDLER(condition, "preCondition"),
};
static const struct bind_list handler_lists[] = {
	VIEW_LIST(handlers, handler_count, "", handler_entry),
};

static const struct bind_row logging_rows[] = {
	URL(log_selection, "selectiveLogging"),
	URL(log_off, "dontLog"),
};

static const struct bind_row runtime_rows[] = {
	URL(runtime.enabled, "enabled"),
	URL(runtime.app_requests, "appConcurrentRequestLimit"),
	URL(runtime.max_entity, "maxRequestEntityAllowed"),
	URL(runtime.alternate_host, "alternateHostName"),
	URL(runtime.frequent_hits, "frequentHitThreshold"),
	URL(runtime.frequent_period, "frequentHitTimePeriod"),
};

static const struct bind_row url_compression_rows[] = {
	URL(compression.static_on, "doStaticCompression"),
	URL(compression.dynamic_on, "doDynamicCompression"),
};
static const struct bind_row compression_rows[] = {
	URL(compression.least_size, "minFileSizeForComp"),
	URL(compression.not_for_http10, "noCompressionForHttp10"),
	URL(compression.not_for_proxies, "noCompressionForProxies"),
	URL(compression.not_for_ranges, "noCompressionForRange"),
	URL(compression.always, "staticCompressionIgnoreHitFrequency"),
	URL(compression.send_cache_headers, "sendCacheHeaders"),
	URL(compression.expires, "expiresHeader"),
	URL(compression.cache_control, "cacheControlHeader"),
};
#define SCHEME(field, path) BIND(struct scheme, field, path)
static const struct bind_row compression_scheme[] = {
	SCHEME(name, "name"),
	SCHEME(static_on, "doStaticCompression"),
	SCHEME(dynamic_on, "doDynamicCompression"),
	SCHEME(static_level, "staticCompressionLevel"),
	SCHEME(dynamic_level, "dynamicCompressionLevel"),
};
static const struct bind_row compression_type[] = {
	BIND(struct config_type, pattern, "mimeType"),
	BIND(struct config_type, enabled, "enabled"),
};
static const struct bind_list compression_lists[] = {
	VIEW_LIST(schemes, scheme_count, "", compression_scheme),
	URL_LIST(compression.static_types, compression.static_type_count, "staticTypes",
		 compression_type),
	URL_LIST(compression.dynamic_types, compression.dynamic_type_count, "dynamicTypes",
		 compression_type),
};

#define NO_ROWS                                                                                    \
	{                                                                                          \
		NULL, 0                                                                            \
	}
#define ROWS(path, rows)                                                                           \
	{                                                                                          \
		"system.webServer/" path, BIND_ROWS(rows), NULL, 0                                 \
	}
#define BOTH(path, rows, lists)                                                                    \
	{                                                                                          \
		"system.webServer/" path, BIND_ROWS(rows), lists, ARRAY_LEN(lists)                 \
	}
const struct bind_table config_url_tables[] = {
	ROWS("asp", asp_rows),
	BOTH("defaultDocument", document_rows, document_lists),
	ROWS("directoryBrowse", browse_rows),
	BOTH("httpErrors", error_rows, error_lists),
	BOTH("httpProtocol", protocol_rows, protocol_lists),
	BOTH("httpRedirect", redirect_rows, redirect_lists),
	BOTH("staticContent", static_rows, static_lists),
	BOTH("security/requestFiltering", filter_rows, filter_lists),
	ROWS("security/access", access_rows),
	ROWS("security/authentication/anonymousAuthentication", anonymous_rows),
	{ "system.webServer/security/authorization", NO_ROWS, authorization_lists,
	  ARRAY_LEN(authorization_lists) },
	BOTH("security/ipSecurity", address_rows, address_lists),
	BOTH("handlers", handler_rows, handler_lists),
	ROWS("httpLogging", logging_rows),
	ROWS("serverRuntime", runtime_rows),
	ROWS("urlCompression", url_compression_rows),
	BOTH("httpCompression", compression_rows, compression_lists),
};
const size_t config_url_table_count = ARRAY_LEN(config_url_tables);

/* ---- what is worked out of it ---- */

struct maker {
	struct view *view;
	const struct down *down;
	struct bind_context ctx;
};

static const struct effective *section_of(const struct maker *m, const char *section)
{
	return level_section(&m->down->level, section);
}

static int no_memory(struct maker *m)
{
	return error_set(m->ctx.err, -ENOMEM, "out of memory");
}

/* The mask of a rule: of IPv4 "255.255.0.0", of both a number of bits, of IPv6 an address too. */
static bool parse_mask(const char *mask, struct config_address_rule *rule)
{
	size_t size = rule->family == 4 ? 4 : 16;
	uint64_t bits;

	if (text_to_u64(text_of(mask), &bits)) {
		for (size_t i = 0; i < size * 8 && i < bits; i++)
			rule->bits[i / 8] |= (uint8_t)(0x80 >> i % 8);
		return bits <= size * 8;
	}
	/* The schema's default is that of IPv4, and means one address. */
	if (rule->family == 6 && (!*mask || !strcmp(mask, "255.255.255.255"))) {
		memset(rule->bits, 0xff, sizeof(rule->bits));
		return true;
	}
	return inet_pton(rule->family == 4 ? AF_INET : AF_INET6, mask, rule->bits) == 1;
}

static int make_address(struct maker *m, const struct effective *e,
			struct config_address_rule *rule)
{
	if (*effective_text(e, "domainName"))
		return xml_fail(e->by, HRESULT_NOT_SUPPORTED, m->ctx.err,
				"A rule of ipSecurity names the domain '%.200s', which this server "
				"cannot look up yet, so nothing is served. Use ipAddress",
				effective_text(e, "domainName"));
	rule->family = strchr(rule->address, ':') ? 6 : 4;
	if (inet_pton(rule->family == 4 ? AF_INET : AF_INET6, rule->address, rule->bytes) != 1)
		return xml_fail(e->by, XML_BAD_DATA, m->ctx.err,
				"The 'ipAddress' attribute is invalid.  '%.200s' is no address",
				rule->address);
	if (!parse_mask(rule->mask, rule))
		return xml_fail(
			e->by, XML_BAD_DATA, m->ctx.err,
			"The 'subnetMask' attribute is invalid.  '%.200s' is neither a mask "
			"nor a number of bits",
			rule->mask);
	return 0;
}

static int make_addresses(struct maker *m)
{
	const struct effective_entries *entries = section_of(m, IP_SECURITY)->entries;
	/* Ours until the view is done. */
	struct config_address_rule *rules =
		(struct config_address_rule *)(uintptr_t)m->view->url.addresses.rules;
	int r = 0;

	for (size_t i = 0; i < entries->count && r == 0; i++)
		r = make_address(m, entries->items[i], &rules[i]);
	return r;
}

/* Conditions that a handler has and this server, a 64-bit one, cannot meet. */
static bool is_for_others(const char *condition)
{
	static const char *const never[] = { "classicMode", "bitness32", "runtimeVersionv1.1",
					     "runtimeVersionv2.0" };
	struct text rest = text_of(condition);

	while (rest.data) {
		struct text one = text_trim(text_cut(&rest, ','));
		for (size_t i = 0; i < ARRAY_LEN(never); i++) {
			if (text_equal_nocase(one, text_of(never[i])))
				return true;
		}
	}
	return false;
}

/* The first module serves what the path and verb let in; the others of the list of the static file
 * handler are its own steps. */
static int make_handlers(struct maker *m)
{
	struct handler *list = (struct handler *)(uintptr_t)m->view->handlers;
	size_t kept = 0;

	for (size_t i = 0; i < m->view->handler_count; i++) {
		if (is_for_others(list[i].condition))
			continue;
		list[kept] = list[i];
		list[kept].is.module = arena_strndup(m->ctx.arena, list[i].is.module,
						     strcspn(list[i].is.module, ","));
		if (!list[kept++].is.module)
			return no_memory(m);
	}
	m->view->handler_count = kept;
	return 0;
}

static void make_filter(const struct filter_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct filter_entry *entry = (struct filter_entry *)(uintptr_t)&list->entries[i];
		entry->length = strlen(entry->name);
	}
}

/* Everybody may when a rule allows everybody and none denies. */
static bool is_for_everybody(const struct config_url *url)
{
	bool everybody = false;

	for (size_t i = 0; i < url->authorization_count; i++) {
		const struct config_authorization *rule = &url->authorization[i];
		if (rule->type != 0)
			return false;
		everybody |= !strcmp(rule->users, "*") && !*rule->verbs;
	}
	return everybody;
}

static void make_guard(struct config_url *url)
{
	url->guarded = url->ssl_flags || !url->anonymous || url->addresses.count ||
		       !url->addresses.allow_unlisted || !is_for_everybody(url);
}

static size_t segments_of(struct text path)
{
	size_t count = 0;
	while (path.data)
		count += text_cut(&path, '/').length > 0;
	return count;
}

/* How deep in its site the place is that an element was written for. */
static size_t depth_of(const struct xml_element *e)
{
	size_t depth = 0;
	for (const struct xml_element *up = e; up; up = up->parent) {
		if (!strcmp(up->name, "location"))
			depth = segments_of(section_location(up).path);
	}
	if (e && e->document->path)
		depth += segments_of(text_of(e->document->path));
	return depth ? depth - 1 : 0; /* without the site's name */
}

static void make_redirect(struct maker *m)
{
	const struct effective *section = section_of(m, "system.webServer/httpRedirect");
	struct config_redirect *redirect = &m->view->url.redirect;
	const struct schema_attribute *a;
	const struct effective_value *value = effective_value(section, "destination", &a);
	redirect->depth =
		depth_of(value && value->by && *redirect->destination ? value->by : section->by);
}

/* What of compression is left when only gzip is there. */
static void make_compression(struct view *view)
{
	struct config_compression *c = &view->url.compression;
	const struct scheme *gzip = NULL;

	for (size_t i = 0; i < view->scheme_count && !gzip; i++) {
		if (text_equal_nocase(text_of(view->schemes[i].name), TEXT("gzip")))
			gzip = &view->schemes[i];
	}
	c->static_on = c->static_on && gzip && gzip->static_on && gzip->static_level > 0;
	c->dynamic_on = c->dynamic_on && gzip && gzip->dynamic_on;
	/* IIS counts to 10, and its 0 for dynamic content is the lightest compression there is. */
	c->static_level = gzip && gzip->static_level < 9 ? gzip->static_level : 9;
	c->dynamic_level = gzip && gzip->dynamic_level < 9 ? gzip->dynamic_level : 9;
	if (!c->dynamic_level)
		c->dynamic_level = 1;
}

static int make_mime(struct maker *m)
{
	static const char path[] = "system.webServer/staticContent";
	const struct config *config = m->down->config;
	const struct effective *here = section_of(m, path);

	m->view->mime = config->mime;
	if (here->entries == level_section(&config->base, path)->entries)
		return 0;
	return config_mime_map(here, m->ctx.arena, &m->view->mime) < 0 ? no_memory(m) : 0;
}

int config_view_make(struct view *view, struct down *down)
{
	struct maker m = { view, down, { &view->arena, down->config->state_dir, down->err } };
	int r = make_mime(&m);

	for (size_t i = 0; i < config_url_table_count && r == 0; i++)
		r = config_bind_table(&m.ctx, section_of(&m, config_url_tables[i].section),
				      &config_url_tables[i], view);
	if (r == 0)
		r = config_view_check(view, down);
	if (r == 0)
		r = make_addresses(&m);
	if (r == 0)
		r = make_handlers(&m);
	/* What follows reads what was bound. */
	if (r < 0)
		return r;
	make_guard(&view->url);
	make_redirect(&m);
	make_filter(&view->extensions);
	make_filter(&view->segments);
	make_filter(&view->verbs);
	make_compression(view);
	return 0;
}
