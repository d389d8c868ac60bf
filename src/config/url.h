/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds for one folder of a site, or for one file that a <location> names: the sections of
 * system.webServer as typed values. Included by config.h.
 *
 * A view is built by one thread and constant after that. Nothing here allocates once it is built.
 */
#pragma once

#include "config/config.h"

/* ---- system.webServer, section by section ---- */

struct config_words { /* texts of a collection, each `text` NUL-terminated too */
	const struct config_word {
		const char *text;
	} * items;
	size_t count;
};

struct config_header {
	const char *name, *value;
};
struct config_headers {
	const struct config_header *items;
	size_t count;
};

enum config_error_mode { CONFIG_ERROR_FILE, CONFIG_ERROR_EXECUTE, CONFIG_ERROR_REDIRECT };
struct config_error_page {
	uint32_t status;
	int32_t sub_status; /* -1: any */
	const char *path;
	const char *language_folder; /* prefixLanguageFilePath, "" for none */
	uint32_t mode;               /* enum config_error_mode */
};

struct config_redirect {
	bool enabled, exact, child_only;
	uint32_t status; /* 301, 302, 307, 308 */
	const char *destination;
	size_t depth; /* segments of the path whose configuration says so */
	const struct config_redirect_rule {
		const char *wildcard, *destination;
	} * rules;
	size_t rule_count;
};

struct config_header_limit {
	const char *name;
	uint32_t limit; /* bytes of the value */
};

struct config_filter_rule {
	const char *name;
	bool scan_url, scan_query, scan_raw, deny_unescaped_percent;
	struct config_words headers, extensions, strings;
};

enum config_deny {
	CONFIG_DENY_ABORT = 0,
	CONFIG_DENY_401 = 401,
	CONFIG_DENY_403 = 403,
	CONFIG_DENY_404 = 404
};
struct config_address_rule { /* ipSecurity */
	const char *address, *mask;
	bool allowed;
	uint8_t family; /* 4 or 6 */
	uint8_t bytes[16], bits[16];
};
struct config_addresses {
	bool allow_unlisted, proxy_mode;
	uint32_t deny_action; /* enum config_deny */
	const struct config_address_rule *rules;
	size_t count;
};

struct config_authorization {
	uint32_t type; /* 0 Allow 1 Deny */
	const char *users, *roles, *verbs;
};

enum config_ssl {
	CONFIG_SSL = 8,
	CONFIG_SSL_NEGOTIATE = 32,
	CONFIG_SSL_REQUIRE = 64,
	CONFIG_SSL_128 = 256
};

enum config_access { /* handlers/accessPolicy */
		     CONFIG_ACCESS_READ = 1,
		     CONFIG_ACCESS_WRITE = 2,
		     CONFIG_ACCESS_EXECUTE = 4,
		     CONFIG_ACCESS_SCRIPT = 512,
		     CONFIG_ACCESS_NO_REMOTE_WRITE = 1024,
		     CONFIG_ACCESS_NO_REMOTE_READ = 4096,
		     CONFIG_ACCESS_NO_REMOTE_EXECUTE = 8192,
		     CONFIG_ACCESS_NO_REMOTE_SCRIPT = 16384,
};

struct config_compression {
	bool static_on, dynamic_on; /* urlCompression, and a gzip scheme that does it */
	uint32_t static_level, dynamic_level;
	uint32_t least_size; /* minFileSizeForComp */
	bool not_for_http10, not_for_proxies, not_for_ranges,
		always; /* always: ignore hit frequency */
	bool send_cache_headers;
	const char *expires, *cache_control;
	const struct config_type {
		const char *pattern; /* "text/ *" without the blank, or a whole type */
		bool enabled;
	} * static_types, *dynamic_types;
	size_t static_type_count, dynamic_type_count;
};

struct config_runtime { /* serverRuntime */
	bool enabled;
	uint32_t app_requests;
	uint64_t max_entity;
	const char *alternate_host;
	uint32_t frequent_hits;
	int64_t frequent_period;
};

struct config_url {
	struct config *config; /* a reference is held */
	bool default_document_enabled, directory_browse;
	uint32_t directory_fields; /* showFlags: 2 Date 4 Time 8 Size 16 Extension 32 LongDate */
	const char *const *default_documents;
	size_t default_document_count;
	/* system.webServer/asp */
	bool asp_buffering, asp_enable_parent_paths, asp_session, asp_script_error_sent_to_browser,
		asp_keep_session_id_secure;
	bool asp_errors_to_log, asp_log_errors, asp_lines, asp_chunked, asp_fallback;
	uint32_t asp_code_page, asp_lcid, asp_queue_max;
	const char *asp_script_language, *asp_script_error_message;
	uint32_t asp_buffering_limit, asp_max_request_entity, asp_session_max;
	int64_t asp_script_timeout, asp_session_timeout, asp_queue_timeout;
	/* security/requestFiltering */
	bool allow_double_escaping, allow_high_bit, unescape_query, remove_server_header;
	uint64_t max_content_length;
	uint32_t max_url, max_query;
	const struct config_header_limit *header_limits;
	size_t header_limit_count;
	struct config_words deny_urls, deny_queries, always_urls, always_queries;
	const struct config_filter_rule *filter_rules;
	size_t filter_rule_count;
	/* httpErrors: 0 DetailedLocalOnly 1 Custom 2 Detailed; 0 Auto 1 Replace 2 PassThrough */
	uint32_t error_mode, error_existing, error_default_mode;
	const char *error_default_path, *error_more_information;
	const struct config_error_page *error_pages;
	size_t error_page_count;
	/* httpProtocol */
	bool keep_alive;
	struct config_headers custom_headers, redirect_headers;
	struct config_redirect redirect;
	/* staticContent/clientCache: 0 NoControl 1 DisableCache 2 UseMaxAge 3 UseExpires */
	uint32_t client_cache_mode;
	int64_t client_cache_max_age;
	const char *client_cache_expires, *client_cache_custom;
	bool set_etag;
	bool footer, footer_is_file;
	const char *footer_text;
	/* security */
	bool guarded;       /* not everybody may ask: one of the following says so */
	uint32_t ssl_flags; /* enum config_ssl */
	bool anonymous;
	struct config_addresses addresses;
	const struct config_authorization *authorization;
	size_t authorization_count;
	uint32_t access_policy; /* enum config_access */
	/* httpLogging: 0 LogAll 1 LogSuccessful 2 LogError */
	uint32_t log_selection;
	bool log_off;
	struct config_runtime runtime;
	struct config_compression compression;
};

/* The effective view for the folder `folder` (relative, "/" separated, "" for the top) of a
 * virtual directory; reads web.config in the physical folders on the way. -EINVAL with `err`
 * (500.19: hresult, file, line and text as facts/iis-config.md 4.1 lists them), -ENOMEM. */
int config_url_new(struct config *config, const struct config_site *site,
		   const struct config_application *application, const struct config_vdir *vdir,
		   struct text folder, struct config_url **ret, struct error *err);
struct config_url *config_url_ref(struct config_url *url);
struct config_url *config_url_unref(struct config_url *url);
/* True when one of the web.config files it was made from changed, came or went. */
bool config_url_stale(const struct config_url *url);
/* True when some <location> is about `name` in this folder, or about what is below it: a file of
 * that name has a view of its own, that of the folder "folder/name". */
bool config_url_names(const struct config_url *url, struct text name);
/* The MIME type of an extension (".html"), NULL: not to be served (404.3). */
const char *config_url_mime(const struct config_url *url, struct text extension);
/* requestFiltering: true when this extension, segment or verb is not allowed. */
bool config_url_extension_denied(const struct config_url *url, struct text extension);
bool config_url_segment_hidden(const struct config_url *url, struct text segment);
bool config_url_verb_denied(const struct config_url *url, struct text verb);

enum config_resource { CONFIG_FILE, CONFIG_DIRECTORY, CONFIG_NOTHING };
struct config_handler {
	const char *name, *module; /* "ASPClassic"; the first of its modules, "IsapiModule" */
	const char *path, *verbs;
	uint32_t resource; /* resourceType: 0 File 1 Directory 2 Either 3 Unspecified */
	uint32_t require;  /* requireAccess: 0 None 1 Read 2 Write 3 Script 4 Execute */
};
/* Which handler serves this path and verb, by system.webServer/handlers: the first that is for
 * what is there. NULL: none (404.4). */
const struct config_handler *config_url_handler(const struct config_url *url, struct text path,
						struct text verb, enum config_resource what);
/* What the server says in each answer itself, and nobody else: framing, Date, Server. */
bool config_header_reserved(struct text name);
/* '*' any run, '?' one character, ASCII case folded. With `runs` (room for `most`) what each '*'
 * took. Used by patterns of the configuration. */
bool config_wildcard(const char *pattern, struct text t, struct text *runs, size_t most);
