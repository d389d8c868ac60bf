/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the service control manager share: its state, and who does what. Included by
 * src/scm/scm*.c only; all of it runs on the one loop thread.
 */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/loop.h"
#include "config/config.h"
#include "eventlog/eventlog.h"
#include "ipc/control.h"
#include "registry/dcom.h"
#include "scm/com_policy.h"
#include "scm/pool_policy.h"
#include "scm/scm.h"
#include "scm/services.h"
#include "scm/spawn_child.h"
#include "security/identity.h"

#define SCM_CHILDREN_MAX 1024
#define SCM_TOOLS_MAX 64
#define SCM_USERS_MAX 32 /* of them, so that others cannot keep administrators out */
#define SCM_LISTENERS_MAX 256
#define SCM_SOCKETS_MAX 32 /* of one listener: one a loop thread of the front end */
#define SCM_BELLS_MAX (CONTROL_FDS_MAX - 1)
#define SCM_FRONTS_MAX 4 /* one that serves, one that comes, others that finish what they have */
#define SCM_PATH_MAX 4096

enum scm_role {
	SCM_FRONT, /* inetinfo */
	SCM_HOST,  /* dllhost with the pages of a pool */
	SCM_RPCSS, /* rpcss */
	SCM_COM,   /* dllhost with the components of an application */
};

/* What shall be launched. */
struct scm_launch {
	enum scm_role role;
	uint64_t generation;
	struct scm_pool *pool; /* of SCM_HOST */
	const char *appid;     /* of SCM_COM */
	struct identity identity;
};

struct scm_child {
	struct scm *scm;
	struct scm_child *next;
	enum scm_role role;
	struct scm_pool *pool;           /* of a host */
	char appid[COM_POLICY_GUID_MAX]; /* of a host of components */
	uint64_t generation;
	struct identity identity;
	char *reach;      /* the folders it may see, scm_launch.c; NULL: all that its user may */
	bool read_search; /* whatever the permissions there say */
	int bells[SCM_BELLS_MAX]; /* of a front end: its eventfds */
	int bell_count;
	bool leaving; /* a front end that another one has replaced */
	struct {      /* of a host: the front ends it has a channel with */
		uint64_t front;
		bool draining; /* that one was told, and has not answered */
	} meets[SCM_FRONTS_MAX];
	struct spawn_child process;
	struct loop_watch *exit_watch, *control_watch, *words_watch;
	struct loop_timer mute; /* it has closed its connection and should be gone by now */
	struct loop_timer ping;
	struct spawn_words words;
	bool registered;
	int64_t started;
	uint64_t requests, active;
	uint64_t pings;   /* the latest sequence sent, where scm_child_ping does */
	uint64_t pongs;   /* the latest sequence answered */
	int event_credit; /* events it may still write; refilled with time */
	int64_t event_time;
};

struct scm_pool {
	struct scm *scm;
	struct config *config; /* holds the settings; a removed pool keeps its last */
	struct pool policy;
	struct loop_timer timer;
	bool removed; /* goes with its last host */
};

/* A site while the server runs: it is started and stopped one by one. */
struct scm_site {
	uint32_t id;
	bool runs;
};

struct scm_listener {
	char address[64];
	uint16_t port;
	int fds[SCM_SOCKETS_MAX];
	int count;
};

/* RpcSs. Its sockets are lent as those of sites are: a restart closes none. */
struct scm_rpcss {
	struct scm_child *child; /* that runs, or starts; NULL: none */
	struct registry_dcom settings;
	int local;  /* STATE/run/rpcss.sock; -1: none */
	int tcp[2]; /* for activation, for objects */
	int tcp_count;
	uint32_t failures;
	struct loop_timer timer; /* its restart */
};

/* A connected tool. */
struct scm_tool {
	struct scm *scm;
	struct scm_tool *next;
	struct loop_watch *watch;
	int fd;
	unsigned peer; /* CONTROL_FROM_TOOL or CONTROL_FROM_USER */
	bool waiting;  /* for the end of the job, of a site's start, of the list of requests */
	uint32_t site; /* the site it has started or stopped, or 0 */
	bool site_start;
	uint64_t version; /* of the configuration that says so */
	uint64_t cookie;  /* of the list of requests it waits for, or 0 */
	int answers;      /* front ends that have not sent theirs */
};

/* A start or stop under way; one at a time. */
struct scm_job {
	bool active, stop, force, boot, shutdown;
	enum service_id order[SERVICE_COUNT];
	int count, at;
	struct scm_tool *tool;
	struct loop_timer deadline;
	int64_t grace;
};

struct scm {
	struct loop *loop;
	const struct scm_options *options;
	char *state_dir;
	char config_path[SCM_PATH_MAX]; /* of applicationHost.config */
	char program_dir[SCM_PATH_MAX];
	struct spawn_means means;
	struct buf notes;
	int lock_fd, listen_fd;
	struct loop_watch *listen_watch;

	struct registry *registry;
	struct eventlog *eventlog;
	struct config *config;
	char *config_text; /* as it was read, with the schema files of the user */
	size_t config_length;
	int config_fd; /* the same for children, sealed */
	uint64_t config_version;
	struct error config_error; /* why the file on the disk is not in force; no text: it is */
	struct scm_site *sites;    /* those of `config`, in its order */
	int watch_fd;              /* inotify */
	struct loop_watch *watch;
	struct loop_timer watch_timer; /* when what changed has settled */
	int64_t watch_since;           /* its first sign; 0: nothing has changed */
	int watched_state, watched_config;

	struct services services;
	struct scm_job job;
	struct scm_pool **pools; /* removed ones too */
	size_t pool_count;
	struct scm_child *children;
	size_t child_count;
	uint64_t generation;

	struct scm_child *front;       /* that serves */
	struct scm_child *front_next;  /* that will, once it is ready and `front` has let go */
	bool front_wanted;             /* a replacement waits for room */
	struct loop_timer front_timer; /* its restart */
	uint64_t front_version;        /* of the configuration it has */
	uint32_t front_failures;
	int64_t begun; /* when the SCM started */
	struct scm_listener listeners[SCM_LISTENERS_MAX];
	size_t listener_count;

	struct scm_rpcss rpcss;
	struct com_policy *com; /* applications of components */
	struct com_policy_actions *com_actions;
	struct loop_timer com_timer;

	struct scm_tool *tools;
	size_t tool_count, user_count; /* all; those of CONTROL_FROM_USER */
	uint64_t cookie;               /* the last one given to a list of requests */
	bool ready, ending;
	bool boot_failed;                /* a service that should have started did not */
	struct control_message *message; /* received into, one at a time */
	struct pool_actions *actions;    /* of the pool that takes a step */
};

/* scm_state.c: folders, lock, ownership */
int scm_folders_make(struct scm *scm, struct error *err);
int scm_lock(struct scm *scm, struct error *err);
int scm_folder_own(struct scm *scm, const char *path, const struct identity *owner, mode_t mode);
/* The first folder on the way to `path` that `identity` cannot search (or, at the end, list):
 * written to `out`; false when it can reach it. */
bool scm_unreachable(const char *path, const struct identity *identity, char *out, size_t size);
int scm_identity_number(void *ctx, const char *name, uint32_t *ret);

/* scm_trust.c: what is closed to whom */
/* One of `paths` that the user cannot reach, and where it is closed; with `trusted` only such that
 * CAP_DAC_READ_SEARCH may be given for. */
const char *scm_closed_find(const struct scm *scm, const struct launch_list *paths,
			    const struct identity *identity, bool trusted,
			    char blocked[SCM_PATH_MAX]);
/* Takes out what a child with that capability may not have, and says so. */
void scm_untrusted_drop(struct scm *scm, struct launch_list *paths);

/* scm_identity.c: who a child shall be */
int scm_identity_of_pool(struct scm *scm, const struct config_pool *pool, struct identity *ret,
			 struct error *err);
/* "NT SERVICE\NAME" */
int scm_identity_of_service(struct scm *scm, enum service_id id, struct identity *ret,
			    struct error *err);
/* What RunAs of an application says; NULL: "COM\{AppID}". -EACCES for what we give to nobody. */
int scm_identity_of_app(struct scm *scm, const char *appid, const char *run_as,
			struct identity *ret, struct error *err);

/* scm_launch.c: what a child shall be */
const char *scm_role_program(enum scm_role role);
int scm_child_launch(struct scm *scm, const struct scm_launch *what, struct scm_child **ret,
		     struct error *err);
/* scm_reach.c. True when all folders that the configuration has for it now are among those it can
 * see: Landlock lets no process see more than it began with. */
bool scm_child_reaches(const struct scm_child *child);

/* scm_child.c: running children */
struct scm_child *scm_child_find(struct scm *scm, uint64_t generation);
void scm_child_add(struct scm *scm, struct scm_child *child);
void scm_child_send(struct scm_child *child, enum control_type type, const void *message,
		    const int *fds, int fd_count);
void scm_child_kill(struct scm_child *child);
void scm_child_configure(struct scm_child *child);
/* It is killed when it is still there after `patience`. */
void scm_child_deadline(struct scm_child *child, int64_t patience);
/* From now on it is pinged, and killed when it does not answer; not while it is `leaving`. */
void scm_child_ping(struct scm_child *child);
/* Told to finish within `grace` ns; one that was not heard of yet is killed. */
void scm_child_stop(struct scm_child *child, int64_t grace);
size_t scm_children_count(const struct scm *scm, enum scm_role role);
void scm_children_kill(struct scm *scm, enum scm_role role);

/* scm_config.c: the configuration, at the start and when it changed */
int scm_config_load(struct scm *scm, struct error *err);
/* A sealed memory file for children: a descriptor, or a negative error. */
int scm_memory_file(const char *name, struct text content);
void scm_config_done(struct scm *scm);
/* Reads it again; what is new and valid is in force when this returns, the reason why not is in
 * `config_error` and in the event log. */
void scm_config_reload(struct scm *scm);

/* scm_watch.c: sees that its files changed */
void scm_watch_start(struct scm *scm);
void scm_watch_stop(struct scm *scm);
/* Reads what was changed without waiting until it is quiet: somebody begins something that shall
 * know of it. */
void scm_watch_flush(struct scm *scm);

/* scm_site.c: which sites run */
/* The states of the sites of `config`, those that are known already as they are; NULL: no memory */
struct scm_site *scm_sites_new(const struct scm *scm, const struct config *config);
/* All as their serverAutoStart says. */
void scm_sites_reset(struct scm *scm);
/* Ids for CONFIG; mem_free. */
char *scm_sites_toggled(const struct scm *scm);
/* A Win32 error, or 0 and the answer comes later. */
uint32_t scm_site_control(struct scm *scm, struct text name, bool start, struct scm_tool *tool);
/* An address was settled, or the front end is gone: who waits for a site may have an answer. */
void scm_sites_continue(struct scm *scm);
const char *scm_site_state(const struct scm *scm, size_t i);
/* What keeps a site that is to run from it; SERVICE_E_SUCCESS: nothing. */
uint32_t scm_site_error(const struct scm *scm, size_t i);

/* scm_pool.c */
int scm_pools_new(struct scm *scm, struct error *err);
void scm_pools_free(struct scm *scm);
/* Makes room for the pools of a configuration, so that scm_pools_follow cannot fail. */
int scm_pools_prepare(struct scm *scm, struct config *config, struct scm_pool ***ret);
/* `scm->config` has changed: pools come, change, go. Takes `room`. */
void scm_pools_follow(struct scm *scm, struct scm_pool **room);
/* Frees removed pools that have no process any more. */
void scm_pools_collect(struct scm *scm);
/* By name, of those that the configuration has. */
struct scm_pool *scm_pool_find(struct scm *scm, struct text name);
struct pool_moment scm_moment(const struct scm *scm);
/* A front end has answered HOST_DRAIN; or has ended, with whatever it had there. */
void scm_host_drained(struct scm_child *host, uint64_t front);
void scm_host_leave(struct scm_child *host, uint64_t front);
/* Carries out scm->actions. */
void scm_pool_act(struct scm_pool *pool);
void scm_pools_start(struct scm *scm);
void scm_pools_stop(struct scm *scm, int64_t grace);
void scm_pools_kill(struct scm *scm);
void scm_pools_front(struct scm *scm, bool came);

/* scm_listen.c: the sockets of sites, and others */
/* A listening TCP socket on an address ("*": all), or a negative error. */
int scm_listen_tcp(const char *address, uint16_t port);
/* A listening stream socket for everybody at a path of ours: what is in its place is removed.
 * -ENAMETOOLONG. */
int scm_listen_local(const char *path);
/* Answers LISTEN. */
void scm_listen(struct scm_child *child, const struct control_listen *m);
bool scm_addresses_settled(struct scm *scm);
void scm_listeners_close(struct scm *scm);
/* Closes what no running site names any more, and forgets what could not be opened. */
void scm_listeners_trim(struct scm *scm);
/* How many addresses of a site are open, and whether some have not been tried yet. */
size_t scm_site_listens(const struct scm *scm, const struct config_site *site, bool *ret_open);

/* scm_front.c: inetinfo */
int scm_front_start(struct scm *scm, struct error *err);
/* One takes the place of the one that runs, which finishes what it has begun. */
void scm_front_replace(struct scm *scm);
/* All are told to end; what was not heard of yet is killed. */
void scm_fronts_stop(struct scm *scm, int64_t grace);
/* The next front end that serves, or the one before it still: `fn` for each. */
void scm_fronts_each(struct scm *scm, void (*fn)(struct scm_child *front, void *ctx), void *ctx);
void scm_front_registered(struct scm_child *child, struct control_message *m);
void scm_front_exited(struct scm_child *child, int code, int signal);
void scm_front_message(struct scm_child *child, struct control_message *m);
void scm_ready_check(struct scm *scm);

/* scm_rpcss.c: rpcss */
int scm_rpcss_start(struct scm *scm, struct error *err);
/* With all hosts of components; at once without grace. */
void scm_rpcss_stop(struct scm *scm, int64_t grace);
void scm_rpcss_registered(struct scm_child *child);
void scm_rpcss_exited(struct scm_child *child, int code, int signal, const char *last);
/* Closes its sockets, for good. */
void scm_rpcss_done(struct scm *scm);

/* scm_com.c: hosts of components */
/* Removes what an earlier server left. */
int scm_com_init(struct scm *scm, struct error *err);
void scm_com_done(struct scm *scm);
void scm_com_begin(struct scm *scm);
void scm_com_stop(struct scm *scm, int64_t grace);
void scm_com_ask(struct scm *scm, const struct control_com_activate *m);
void scm_com_registered(struct scm_child *child);
/* False: it may not say that now. */
bool scm_com_message(struct scm_child *child, const struct control_message *m);
void scm_com_exited(struct scm_child *child, int code, int signal, const char *last);

/* scm.c: everything has started; tells systemd and the caller */
void scm_ready(struct scm *scm, bool serving);

/* scm_service.c */
void scm_services_load(struct scm *scm);
void scm_services_boot(struct scm *scm);
void scm_service_set(struct scm *scm, enum service_id id, enum service_state state,
		     uint32_t exit_code);
/* 0 and the answer comes later, or a Win32 error. */
uint32_t scm_service_start(struct scm *scm, enum service_id id, int64_t timeout,
			   struct scm_tool *tool);
uint32_t scm_service_stop(struct scm *scm, enum service_id id, bool with_dependents, bool force,
			  int64_t timeout, struct scm_tool *tool);
uint32_t scm_service_configure(struct scm *scm, enum service_id id, uint64_t start);
/* It did not start: stopped, with event 7000. */
void scm_service_failed(struct scm *scm, enum service_id id, uint32_t error);
/* Its process has ended by itself: event 7031. Returns after how many ns it shall be started again:
 * the first crash is repaired at once, those that follow quickly wait, twice as long each. */
int64_t scm_service_crashed(struct scm *scm, enum service_id id, const struct scm_child *child,
			    int code, int signal, uint32_t *failures);
/* True while a job waits for the start of this service. */
bool scm_job_starts(const struct scm *scm, enum service_id id);
/* Something a job may have waited for has happened. */
void scm_job_continue(struct scm *scm);
void scm_job_failed(struct scm *scm, uint32_t error);
void scm_shutdown(struct scm *scm, int64_t grace, struct scm_tool *tool);
uint32_t scm_reset_allow(struct scm *scm, uint64_t value);

/* scm_tool.c */
int scm_tools_listen(struct scm *scm, struct error *err);
void scm_tools_close(struct scm *scm);
void scm_tool_done(struct scm_tool *tool, uint32_t error, const char *text);

/* scm_request.c: which requests run */
void scm_requests_ask(struct scm *scm, struct scm_tool *tool);
void scm_requests_answer(struct scm_child *front, struct control_message *m);
/* A front end has ended: what it has not told it will not tell. */
void scm_requests_end(struct scm *scm);

/* scm_event.c */
void scm_event(struct scm *scm, const char *source, uint32_t id, uint32_t pid,
	       const char *parameters);
void scm_event_of_child(struct scm_child *child, const struct control_event *event);
/* An event of ours that is due as often as a child asks for something: it has that child's measure.
 */
void scm_event_on_request(struct scm_child *child, const char *source, uint32_t id,
			  const char *parameters);
__attribute__((format(printf, 2, 3))) void scm_note(struct scm *scm, const char *format, ...);
