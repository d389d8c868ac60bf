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

enum config_cpu_action {
	CONFIG_CPU_NONE,
	CONFIG_CPU_KILL,
	CONFIG_CPU_THROTTLE,
	CONFIG_CPU_UNDER_LOAD
};
/* How a pool that does not serve says so: by the end of the connection, or 503. */
enum config_load_balancer { CONFIG_TCP_LEVEL = 1, CONFIG_HTTP_LEVEL };

struct config_environment {
	const char *name, *value;
};

struct config_pool {
	const char *name, *appid;
	enum config_protection protection;
	bool auto_start, always_running;
	uint32_t queue_length;
	enum config_identity identity;
	const char *user_name; /* SpecificUser */
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
	uint32_t cpu_limit;  /* 1/1000 of a per cent of the machine; 0: none */
	uint32_t cpu_action; /* enum config_cpu_action */
	int64_t cpu_interval;
	bool affinitized;
	uint32_t affinity_low, affinity_high; /* processors, one per bit */
	uint32_t load_balancer;               /* enum config_load_balancer */
	uint32_t log_process_model;           /* 1: IdleTimeout */
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
};

struct config_binding {
	const char *protocol; /* "http", "https" */
	const char *address;  /* "*" or a numeric address */
	uint16_t port;
	const char *host; /* "" for any */
};

/* Where a log is, and when the next file of it begins. */
struct config_log {
	const char *directory;
	uint32_t fields; /* logExtFileFlags */
	uint32_t period; /* 0 MaxSize 1 Daily 2 Weekly 3 Monthly 4 Hourly */
	uint64_t truncate_size;
	bool local_rollover; /* periods begin by local time */
};

enum config_log_format { CONFIG_LOG_IIS, CONFIG_LOG_NCSA, CONFIG_LOG_EXTENDED, CONFIG_LOG_CUSTOM };

struct config_log_field { /* logFile/customFields */
	const char *name, *source;
	uint32_t source_type; /* 0 RequestHeader 1 ResponseHeader 2 ServerVariable */
};

struct config_site {
	const char *name;
	uint32_t id;
	bool auto_start;
	bool runs; /* auto_start, until config_sites_toggle */
	const struct config_binding *bindings;
	size_t binding_count;
	const struct config_application *applications; /* longest path first; the last is "/" */
	size_t application_count;
	int64_t connection_timeout;
	uint64_t max_connections, max_bandwidth; /* UINT32_MAX: no limit */
	uint32_t max_url_segments;
	bool log_enabled;
	struct config_log log;
	uint32_t log_format; /* enum config_log_format */
	bool log_site_id;    /* s-sitename is the site's number and not its name */
	uint32_t log_flush_entries, log_line_max, log_custom_max;
	const struct config_log_field *log_custom;
	size_t log_custom_count;
};

enum config_log_mode { CONFIG_LOG_SITE, CONFIG_LOG_BINARY, CONFIG_LOG_W3C };

/* What is said of the server as a whole: `log` and `webLimits` of system.applicationHost. */
struct config_server {
	uint32_t log_mode; /* enum config_log_mode */
	bool log_utf8;
	bool log_central_enabled;
	struct config_log log_central; /* one W3C file for all sites */
	int64_t connection_timeout, header_wait_timeout;
	uint64_t max_global_bandwidth; /* UINT32_MAX: no limit */
	uint32_t min_bytes_per_second;
	uint32_t asp_threads, asp_pages, asp_engines; /* per processor; per process */
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

const struct config_server *config_server(const struct config *config);
/* Calls `fn` for each absolute path that applicationHost.config names as a file to show: error
 * pages, their folders of languages, footers. Some are URLs ("/error.asp"). A negative result of
 * `fn` ends it. */
int config_files_each(const struct config *config, int (*fn)(void *ctx, const char *path),
		      void *ctx);
size_t config_site_count(const struct config *config);
const struct config_site *config_site_at(const struct config *config, size_t i);
/* A site without a root application, and an application without a root virtual directory, are valid
 * and not there for the server, as in IIS. Says which and why, with file and line; false: there are
 * not so many. */
bool config_ignored(const struct config *config, size_t i, struct error *ret);
/* Says of each site in `ids` (numbers with blanks between them) that it `runs` when it does not
 * start by itself, and does not when it does. Before anybody else has the snapshot. */
void config_sites_toggle(struct config *config, struct text ids);
size_t config_pool_count(const struct config *config);
/* True when hosts of one are as good as hosts of the other: all settings are the same, but for
 * autoStart, which is about the start of the service. Of pools of one name. */
bool config_pool_same(const struct config_pool *a, const struct config_pool *b);
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

#include "config/url.h" /* what holds for one folder of a site */
