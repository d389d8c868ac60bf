/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration: applicationHost.config and web.config files, read with line numbers, as an
 * immutable snapshot.
 *
 * A snapshot (struct config) is built whole or not at all, is counted, and may be read by any
 * thread without a lock. It holds what applicationHost.config says of sites, applications and
 * pools. What holds for one URL also depends on the web.config files on the way down: config_url
 * is that effective view, built per folder and kept by its user until config_url_stale().
 *
 * Application protection. `AppIsolated` (metabase id 2104, in customMetadata under
 * LM/W3SVC/<id>/ROOT/<app>) says 0 Low, 1 High, 2 Medium, as IIS 5 had it. Without it the
 * application's applicationPool counts; without that too, Medium. All four are pools here:
 *   Low     "IIS In-Process Applications"              {3D14228C-FBE1-11D0-995D-00C04FD919C1}
 *   Medium  "IIS Out-Of-Process Pooled Applications"   {3D14228D-FBE1-11D0-995D-00C04FD919C1}
 *   High    "IIS-{Default Web Site//Root/shop}"        an AppID made from that name
 *   Pool    its own name                               an AppID made from that name
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

#include <limits.h>

struct config;

enum config_protection { CONFIG_LOW, CONFIG_HIGH, CONFIG_MEDIUM, CONFIG_POOL };
const char *config_protection_name(enum config_protection protection); /* "Low" ... "Pool" */

#define CONFIG_APPID_LOW "{3D14228C-FBE1-11D0-995D-00C04FD919C1}"
#define CONFIG_APPID_MEDIUM "{3D14228D-FBE1-11D0-995D-00C04FD919C1}"

/* Times are nanoseconds; 0 switches off where the schema says so. Defaults are the schema's. */
enum config_identity {
	CONFIG_LOCAL_SYSTEM,
	CONFIG_LOCAL_SERVICE,
	CONFIG_NETWORK_SERVICE,
	CONFIG_SPECIFIC_USER,
	CONFIG_POOL_IDENTITY,
};

enum config_recycle_event { /* logEventOnRecycle, system.applicationHost/applicationPools */
			    CONFIG_RECYCLE_TIME = 1,
			    CONFIG_RECYCLE_REQUESTS = 2,
			    CONFIG_RECYCLE_SCHEDULE = 4,
			    CONFIG_RECYCLE_MEMORY = 8,
			    CONFIG_RECYCLE_ISAPI_UNHEALTHY = 16,
			    CONFIG_RECYCLE_ON_DEMAND = 32,
			    CONFIG_RECYCLE_CONFIG_CHANGE = 64,
			    CONFIG_RECYCLE_PRIVATE_MEMORY = 128,
};

struct config_environment {
	const char *name, *value;
};

struct config_pool {
	const char *name, *appid;
	enum config_protection protection;
	bool auto_start, always_running;
	uint32_t queue_length;
	enum config_identity identity;
	const char *user_name, *password; /* SpecificUser; the password as it is in the file */
	int64_t idle_timeout, startup_time_limit, shutdown_time_limit;
	bool pinging;
	int64_t ping_interval, ping_response_time;
	uint32_t max_processes;
	bool disallow_overlapping_rotation, disallow_rotation_on_config_change;
	unsigned log_recycle; /* enum config_recycle_event */
	int64_t restart_time;
	uint64_t restart_requests, restart_memory_kib, restart_private_memory_kib;
	const int64_t *restart_schedule; /* times of day */
	size_t restart_schedule_count;
	bool rapid_fail_protection;
	uint32_t rapid_fail_max_crashes;
	int64_t rapid_fail_interval;
	uint32_t cpu_limit; /* 1/1000 of a per cent of one processor... of the machine; 0: none */
	const struct config_environment *environment;
	size_t environment_count;
	int line; /* in applicationHost.config, 0 for a built-in pool */
};

struct config_vdir {
	const char *path;          /* below its application: "/" or "/images" */
	const char *physical_path; /* absolute, %VARIABLES% expanded, '\\' turned into '/' */
	bool allow_sub_dir_config;
};

struct config_application {
	const char *path;          /* "/" or "/shop" */
	const char *metabase_path; /* "/LM/W3SVC/1/ROOT/shop" */
	const struct config_pool *pool;
	const struct config_vdir *vdirs; /* longest path first; the last one is "/" */
	size_t vdir_count;
	bool preload;
};

struct config_binding {
	const char *protocol; /* "http", "https" */
	const char *address;  /* "*" or a numeric address */
	uint16_t port;
	const char *host; /* "" for any */
};

struct config_site {
	const char *name;
	uint32_t id;
	bool auto_start;
	const struct config_binding *bindings;
	size_t binding_count;
	const struct config_application *applications; /* longest path first; the last is "/" */
	size_t application_count;
	int64_t connection_timeout;
	uint64_t max_connections, max_bandwidth;
	uint32_t max_url_segments;
	bool log_enabled;
	const char *log_directory;
	uint32_t log_fields; /* logExtFileFlags, facts/iis-config.md */
	uint32_t log_period; /* 0 MaxSize 1 Daily 2 Weekly 3 Monthly 4 Hourly */
	uint64_t log_truncate_size;
};

/* Builds a snapshot from the text of applicationHost.config. `path` is its name for errors;
 * `state_dir` stands for %SURROGATE_STATE% in values; other %NAMES% come from the environment.
 * -EINVAL with `err` (file, line, hresult, and what to do) for anything wrong in it, -ENOMEM. */
int config_parse(struct text xml, const char *path, const char *state_dir, struct config **ret,
		 struct error *err);
/* Where the applicationHost.config of a server is: in STATE/config, or where redirection.config
 * there says. It need not be there. -EINVAL with file and line of redirection.config,
 * -ENAMETOOLONG. */
int config_locate(const char *state_dir, char ret[PATH_MAX], struct error *err);
/* Reads applicationHost.config and the user's schema files, `schema/?*.xml` beside it, into one
 * text for config_parse (mem_free). A missing file is -ENOENT. */
int config_read(const char *path, char **ret, size_t *ret_length, struct error *err);
/* Reads, then parses. */
int config_load(const char *path, const char *state_dir, struct config **ret, struct error *err);
struct config *config_ref(struct config *config);
struct config *config_unref(struct config *config);

size_t config_site_count(const struct config *config);
const struct config_site *config_site_at(const struct config *config, size_t i);
/* A site without a root application, and an application without a root virtual directory, are valid
 * and not there for the server, as in IIS. Says which and why, with file and line; false: there are
 * not so many. */
bool config_ignored(const struct config *config, size_t i, struct error *ret);
size_t config_pool_count(const struct config *config);
/* The built-in ones and those of High applications included. */
const struct config_pool *config_pool_at(const struct config *config, size_t i);
const struct config_pool *config_pool_find(const struct config *config, struct text name);

/* An applicationHost.config with one site that shows `root` at `address` ("*" or numeric) and
 * `port` with `protection`; mem_free. Folders below it with a file `surrogate.app` (one word: Low,
 * Medium, High, or Pool NAME) become applications of their own. An address other than "*" is for
 * development: script errors are shown in full, and config_is_default_text() knows the text. */
char *config_default_text(const char *root, const char *address, uint16_t port,
			  enum config_protection protection);
/* True for a text that was written for development, and may be written again. */
bool config_is_default_text(struct text text);

/* Overwrites every secret (config/secret.h) and what is in comments, in place and without moving
 * anything, in the text that `config` was made of: what processes other than the SCM may read. */
void config_hide_passwords(const struct config *config, char *text);

/* ---- what holds for one folder of a site ---- */

struct config_error_page {
	uint32_t status;
	int32_t sub_status; /* -1: any */
	const char *path;
	uint32_t mode; /* 0 File 1 ExecuteURL 2 Redirect */
};
struct config_header {
	const char *name, *value;
};

struct config_url {
	struct config *config; /* a reference is held */
	bool default_document_enabled, directory_browse;
	const char *const *default_documents;
	size_t default_document_count;
	/* system.webServer/asp */
	bool asp_buffering, asp_enable_parent_paths, asp_session, asp_script_error_sent_to_browser,
		asp_keep_session_id_secure;
	uint32_t asp_code_page, asp_lcid;
	const char *asp_script_language, *asp_script_error_message;
	uint32_t asp_buffering_limit, asp_max_request_entity, asp_processor_thread_max,
		asp_session_max;
	int64_t asp_script_timeout, asp_session_timeout;
	/* security/requestFiltering */
	bool allow_double_escaping, allow_high_bit;
	uint64_t max_content_length;
	uint32_t max_url, max_query;
	/* httpErrors: 0 DetailedLocalOnly 1 Custom 2 Detailed */
	uint32_t error_mode;
	const struct config_error_page *error_pages;
	size_t error_page_count;
	const struct config_header *custom_headers;
	size_t custom_header_count;
	/* staticContent/clientCache: 0 NoControl 1 DisableCache 2 UseMaxAge 3 UseExpires */
	uint32_t client_cache_mode;
	int64_t client_cache_max_age;
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
/* The MIME type of an extension (".html"), NULL: not to be served (404.3). */
const char *config_url_mime(const struct config_url *url, struct text extension);
/* requestFiltering: true when this extension, segment or verb is not allowed. */
bool config_url_extension_denied(const struct config_url *url, struct text extension);
bool config_url_segment_hidden(const struct config_url *url, struct text segment);
bool config_url_verb_denied(const struct config_url *url, struct text verb);
/* Which handler serves this extension and verb: the module's name ("IsapiModule" for ASP with
 * the script processor asp.dll, "StaticFileModule" ...) by system.webServer/handlers; NULL: none
 * (404.4). `*ret_name` gets the handler's name ("ASPClassic"). */
const char *config_url_handler(const struct config_url *url, struct text path, struct text verb,
			       const char **ret_name);
