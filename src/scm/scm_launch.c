/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child shall be: its identity, environment, limits and the files it may see, written as a
 * launch description. SCM loop thread.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/classes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FRONT_OPEN_FILES 524288 /* a descriptor for each idle connection */
#define HOST_OPEN_FILES 4096
#define SCM_COMPONENTS_MAX 256 /* files of components that a child may load */

/* What every program needs of the system. Files of /etc by name: under CAP_DAC_READ_SEARCH the
 * whole folder would include the password hashes. */
static const char *const system_read[] = {
	"/etc/ld.so.cache",
	"/etc/localtime",
	"/etc/timezone",
	"/etc/nsswitch.conf",
	"/etc/passwd",
	"/etc/group",
	"/etc/hosts",
	"/etc/host.conf",
	"/etc/resolv.conf",
	"/etc/gai.conf",
	"/etc/services",
	"/etc/mime.types",
	"/etc/ssl/certs",
	"/etc/ssl/openssl.cnf",
	"/etc/odbc.ini",
	"/etc/odbcinst.ini",
	"/usr/share",
	"/dev/urandom",
	"/dev/random",
	"/dev/zero",
	"/proc/self",
	"/proc/meminfo",
	"/proc/cpuinfo",
	"/proc/sys/vm/overcommit_memory",
	"/sys/devices/system/cpu",
};
static const char *const system_execute[] = { "/lib", "/lib64", "/usr/lib", "/usr/lib64" };
static const char *const system_write[] = { "/dev/null" };

struct composer {
	struct arena arena;
	struct launch launch;
	int error;
};

/* Room for one more: lists have 2^n entries, and none while they are empty. */
static bool list_grow(struct composer *c, struct launch_list *list)
{
	size_t count = list->count, room = count ? 2 * count : 1;
	struct text *items;

	if (count & (count - 1))
		return true;
	items = arena_zalloc(&c->arena, room, sizeof(*items));
	if (items && count)
		memcpy(items, list->items, count * sizeof(*items));
	list->items = items ? items : list->items;
	return items;
}

static void list_add(struct composer *c, struct launch_list *list, const char *text)
{
	char *copy;

	if (list->count == LAUNCH_LIST_MAX) {
		c->error = -E2BIG;
		return;
	}
	copy = list_grow(c, list) ? arena_strndup(&c->arena, text, strlen(text)) : NULL;
	if (!copy)
		c->error = -ENOMEM;
	else
		list->items[list->count++] = text_of(copy);
}

static void list_add_once(struct composer *c, struct launch_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++) {
		if (text_equal(list->items[i], text_of(path)))
			return;
	}
	list_add(c, list, path);
}

__attribute__((format(printf, 3, 4))) static void
list_addf(struct composer *c, struct launch_list *list, const char *format, ...)
{
	char text[SCM_PATH_MAX + 64];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) >= (int)sizeof(text))
		c->error = -ENAMETOOLONG;
	va_end(args);
	if (!c->error)
		list_add(c, list, text);
}

/* ---- identity ---- */

static int identity_of_pool(struct scm *scm, const struct config_pool *pool, struct identity *ret,
			    struct error *err)
{
	const char *user = pool->user_name ? pool->user_name : "", *slash = strrchr(user, '\\');
	char name[160];

	switch (pool->identity) {
	case CONFIG_LOCAL_SYSTEM:
		return identity_current(ret, err);
	case CONFIG_LOCAL_SERVICE:
		return identity_virtual("NT AUTHORITY\\LOCAL SERVICE", scm_identity_number, scm,
					ret, err);
	case CONFIG_NETWORK_SERVICE:
		return identity_virtual("NT AUTHORITY\\NETWORK SERVICE", scm_identity_number, scm,
					ret, err);
	case CONFIG_SPECIFIC_USER: /* MACHINE\user and .\user mean an account of this machine */
		return identity_account(slash ? slash + 1 : user, ret, err);
	case CONFIG_POOL_IDENTITY:
		break;
	}
	snprintf(name, sizeof(name), "IIS APPPOOL\\%s", pool->name);
	return identity_virtual(name, scm_identity_number, scm, ret, err);
}

int scm_identity_of(struct scm *scm, const struct config_pool *pool, struct identity *ret,
		    struct error *err)
{
	if (!pool)
		return identity_virtual("NT SERVICE\\W3SVC", scm_identity_number, scm, ret, err);
	return identity_of_pool(scm, pool, ret, err);
}

/* ---- files ---- */

/* A site whose pages this child serves, or any of them for the front end: includes and inherited
 * web.config files lie anywhere in it. */
static bool serves_site(const struct config_site *site, const struct scm_pool *pool)
{
	for (size_t i = 0; pool && i < site->application_count; i++) {
		if (site->applications[i].pool == pool->policy.settings)
			return true;
	}
	return !pool;
}

/* Its pages are read; what they may change lies in a folder App_Data of it, as the owner of the
 * site allows with ordinary permissions. */
static void add_folder(struct composer *c, const char *path)
{
	char data[SCM_PATH_MAX];
	struct stat st;

	list_add_once(c, &c->launch.read_paths, path);
	if (snprintf(data, sizeof(data), "%s/App_Data", path) < (int)sizeof(data) &&
	    lstat(data, &st) == 0 && S_ISDIR(st.st_mode)) /* a link would lead anywhere */
		list_add_once(c, &c->launch.write_paths, data);
}

static void add_sites(struct composer *c, struct scm *scm, const struct scm_pool *pool)
{
	for (size_t i = 0; i < config_site_count(scm->config); i++) {
		const struct config_site *site = config_site_at(scm->config, i);

		for (size_t a = 0; serves_site(site, pool) && a < site->application_count; a++) {
			const struct config_application *app = &site->applications[a];

			for (size_t v = 0; v < app->vdir_count; v++)
				add_folder(c, app->vdirs[v].physical_path);
		}
		if (!pool && site->log_enabled && site->log.directory)
			list_add_once(c, &c->launch.write_paths, site->log.directory);
	}
}

/* A file that the front end shows in the place of an error; what is not there is a URL, or comes
 * with the next start. */
static int add_shown(void *ctx, const char *path)
{
	struct composer *c = ctx;
	struct stat st;

	if (stat(path, &st) == 0 && path[1])
		list_add_once(c, &c->launch.read_paths, path);
	return 0;
}

static void add_shown_files(struct composer *c, struct scm *scm)
{
	const struct config_server *server = config_server(scm->config);

	config_files_each(scm->config, add_shown, c);
	if (server->log_mode == CONFIG_LOG_W3C)
		list_add_once(c, &c->launch.write_paths, server->log_central.directory);
}

/* Folders of logs need not be there yet; only a new one is given away. */
static void make_written(const struct composer *c, struct scm *scm, const struct identity *identity)
{
	for (size_t i = 0; i < c->launch.write_paths.count; i++) {
		const char *path = c->launch.write_paths.items[i].data;

		if (mkdir(path, 0750) == 0)
			(void)scm_folder_own(scm, path, identity, 0750);
	}
}

/* ---- what it can see later ---- */

/* One line for each folder that is there: 'r' or 'w', and where it really is. */
static void put_reach(struct buf *out, char kind, const struct launch_list *paths)
{
	_cleanup_mem_ char *real = mem_alloc(PATH_MAX);

	for (size_t i = 0; real && i < paths->count; i++) {
		if (realpath(paths->items[i].data, real))
			buf_printf(out, "%c%s\n", kind, real);
	}
}

static char *reach_of(const struct composer *c)
{
	struct buf out;

	buf_init(&out, LAUNCH_MEMORY_MAX);
	put_reach(&out, 'r', &c->launch.read_paths);
	put_reach(&out, 'w', &c->launch.write_paths);
	char *text = buf_failed(&out) ? NULL : mem_strdup(buf_cstr(&out));
	buf_done(&out);
	return text;
}

/* What can be written can be read. */
static bool line_covers(struct text have, struct text want)
{
	if (!have.length || (have.data[0] != want.data[0] && have.data[0] != 'w'))
		return false;
	have = (struct text){ have.data + 1, have.length - 1 };
	want = (struct text){ want.data + 1, want.length - 1 };
	return text_equal(have, TEXT("/")) || text_equal(have, want) ||
	       (text_starts_with(want, have) && want.data[have.length] == '/');
}

/* Looks from `*at` on, where the last one was found: mostly both have the same order. */
static bool reach_covers(const char *reach, const char **at, struct text want)
{
	struct text ahead = text_of(*at), behind = { reach, (size_t)(*at - reach) };

	for (struct text *rest = &ahead; rest->data; rest = ahead.data ? &ahead : &behind) {
		const char *line = rest->data;

		if (line_covers(text_cut(rest, '\n'), want)) {
			*at = line;
			return true;
		}
	}
	return false;
}

bool scm_child_reaches(const struct scm_child *child)
{
	_cleanup_mem_ char *reach = NULL;
	const char *at = child->reach;
	char blocked[SCM_PATH_MAX];
	struct composer c = { 0 };
	bool reaches = true;
	struct text rest;

	if (!child->reach) /* no Landlock: only its user counts, and that is as it was */
		return true;
	arena_init(&c.arena, LAUNCH_MEMORY_MAX);
	add_sites(&c, child->scm, child->pool);
	if (!child->pool)
		add_shown_files(&c, child->scm);
	make_written(&c, child->scm, &child->identity);
	if (child->read_search)
		scm_untrusted_drop(child->scm, &c.launch.read_paths);
	reach = reach_of(&c);
	rest = text_of(reach ? reach : "");
	while (reaches && rest.data) {
		struct text want = text_cut(&rest, '\n');

		reaches = !want.length || reach_covers(child->reach, &at, want);
	}
	if (reaches && child->scm->means.users && !child->read_search)
		reaches = !scm_closed_find(child->scm, &c.launch.read_paths, &child->identity, true,
					   blocked);
	arena_done(&c.arena);
	return reaches;
}

/* ---- its own folder ---- */

/* A pool's name as a file name: what is no letter, digit, blank, '-' or '_' becomes '_', and a
 * hash keeps two such names apart. */
static void file_name(const char *name, char *out, size_t size)
{
	uint64_t hash = 14695981039346656037u;
	size_t n = 0;

	for (const char *p = name; *p; p++) {
		char c = text_lower(*p);
		bool plain =
			(c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';

		hash = (hash ^ (unsigned char)c) * 1099511628211u;
		if (n < size - 24)
			out[n++] = plain ? *p : '_';
	}
	snprintf(out + n, size - n, "-%08x", (unsigned)(hash ^ hash >> 32));
}

static int add_own_folders(struct composer *c, struct scm *scm, const struct scm_pool *pool,
			   const struct identity *identity, struct error *err)
{
	char path[SCM_PATH_MAX], name[128];
	int r;

	file_name(pool ? pool->policy.settings->name : "W3SVC", name, sizeof(name));
	snprintf(path, sizeof(path), "%s/temp/%s", scm->state_dir, name);
	r = scm_folder_own(scm, path, identity, 0700);
	if (r < 0)
		return error_set(err, r, "cannot prepare %s: %s", path, error_errno_text(r));
	list_add(c, &c->launch.write_paths, path);
	list_addf(c, &c->launch.environment, "TMPDIR=%s", path);
	list_addf(c, &c->launch.environment, "TEMP=%s", path);
	list_addf(c, &c->launch.environment, "HOME=%s", path);
	list_addf(c, &c->launch.write_paths, "%s/data", scm->state_dir);
	if (!pool)
		list_addf(c, &c->launch.write_paths, "%s/logs", scm->state_dir);
	return 0;
}

/* Which of its folders the child could not reach as its user: then it reads with
 * CAP_DAC_READ_SEARCH, but only where Landlock confines that to these folders. */
static void add_reach(struct composer *c, struct scm *scm, const struct identity *identity)
{
	struct launch *l = &c->launch;
	bool landlock = l->flags & LAUNCH_LANDLOCK, capable = scm->means.users && landlock;
	char blocked[SCM_PATH_MAX];
	const char *folder = scm_closed_find(scm, &l->read_paths, identity, capable, blocked);

	if (!folder) /* ours, and those of App_Data, which the launcher looks at itself */
		folder = scm_closed_find(scm, &l->write_paths, identity, false, blocked);
	if (folder && capable) {
		l->flags |= LAUNCH_READ_SEARCH;
		scm_untrusted_drop(scm, &l->read_paths);
		scm_note(scm,
			 "%s is closed to the users that serve %s: they read with "
			 "CAP_DAC_READ_SEARCH, confined by Landlock to their folders.",
			 blocked, folder);
		return;
	}
	if (!folder)
		folder = scm_closed_find(scm, &l->read_paths, identity, false, blocked);
	if (folder)
		scm_note(scm,
			 "%s is closed to %s, which shall serve %s: make it readable (chmod "
			 "o+rx).%s",
			 blocked, identity->name, folder,
			 !scm->means.users ? ""
			 : !landlock       ? " Without Landlock no capability can be given that is "
					     "confined to it."
				     : " Somebody besides root and its owner could put a link to "
				       "anything in its place, so no capability is given for it.");
}

/* Components that are registered may be loaded (com/component.h). One that is registered later
 * lies outside of what this child can see, unless it is below /usr/lib: it takes a new child. */
static void add_components(struct composer *c, struct scm *scm)
{
	struct classes *classes = classes_now(NULL);
	const struct classes_class *class;

	list_addf(c, &c->launch.read_paths, "%s/" CLASSES_FOLDER, scm->state_dir);
	for (size_t i = 0, files = 0; classes && (class = classes_at(classes, i)); i++) {
		size_t before = c->launch.read_paths.count;

		if (class->server && files < SCM_COMPONENTS_MAX)
			list_add_once(c, &c->launch.read_paths, class->server);
		files += c->launch.read_paths.count - before;
	}
	classes_unref(classes);
}

static int add_files(struct composer *c, struct scm *scm, const struct scm_pool *pool,
		     const struct identity *identity, struct error *err)
{
	int r = add_own_folders(c, scm, pool, identity, err);

	if (r < 0)
		return r;
	add_sites(c, scm, pool);
	if (!pool)
		add_shown_files(c, scm);
	make_written(c, scm, identity);
	add_components(c, scm);
	add_reach(c, scm, identity);
	for (size_t i = 0; i < ARRAY_LEN(system_read); i++)
		list_add(c, &c->launch.read_paths, system_read[i]);
	for (size_t i = 0; i < ARRAY_LEN(system_execute); i++)
		list_add(c, &c->launch.execute_paths, system_execute[i]);
	for (size_t i = 0; i < ARRAY_LEN(system_write); i++)
		list_add(c, &c->launch.write_paths, system_write[i]);
	return 0;
}

/* ---- environment ---- */

static void add_inherited(struct composer *c, const char *name)
{
	const char *value = getenv(name);

	if (value)
		list_addf(c, &c->launch.environment, "%s=%s", name, value);
}

static void add_environment(struct composer *c, struct scm *scm, const struct scm_pool *pool,
			    uint64_t generation, const struct identity *identity)
{
	struct launch_list *environment = &c->launch.environment;

	list_add(c, environment, "PATH=/usr/bin:/bin");
	list_add(c, environment, "LANG=C.UTF-8");
	add_inherited(c, "TZ");
	list_addf(c, environment, "SURROGATE_GENERATION=%llu", (unsigned long long)generation);
	/* A virtual account's number means nothing to the host; its name does. */
	list_addf(c, environment, "SURROGATE_USER=%s", identity->name);
	list_addf(c, environment, "SURROGATE_STATE=%s", scm->state_dir);
	list_addf(c, environment, "SURROGATE_DATA=%s/data", scm->state_dir);
#ifdef SURROGATE_FAULTS
	add_inherited(c, "SURROGATE_FAULT");
	add_inherited(c, "ASAN_OPTIONS");
	add_inherited(c, "UBSAN_OPTIONS");
#endif
	if (!pool)
		return;
	list_addf(c, environment, "APP_POOL_ID=%s", pool->policy.settings->name);
	for (size_t i = 0; i < pool->policy.settings->environment_count; i++) {
		const struct config_environment *e = &pool->policy.settings->environment[i];

		/* Ours come first and so win; one that only looks like ours is left out. */
		if (!text_starts_with(text_of(e->name), TEXT("SURROGATE_")))
			list_addf(c, environment, "%s=%s", e->name, e->value);
	}
}

/* ---- the whole ---- */

static void add_user(struct composer *c, const struct scm *scm, const struct identity *identity)
{
	struct launch *l = &c->launch;

	l->flags |= LAUNCH_SCOPED;
	l->flags |= scm->means.users ? LAUNCH_SWITCH_USER : 0;
	l->flags |= scm->means.landlock ? LAUNCH_LANDLOCK : 0;
	l->flags |= scm->means.seccomp ? LAUNCH_SECCOMP : 0;
	l->parent = (uint64_t)getpid();
	l->uid = identity->uid;
	l->gid = identity->gid;
	l->groups.items = arena_zalloc(&c->arena, identity->group_count + 1, sizeof(uint64_t));
	if (!l->groups.items) {
		c->error = -ENOMEM;
		return;
	}
	l->groups.count = identity->group_count;
	for (size_t i = 0; i < identity->group_count; i++)
		l->groups.items[i] = identity->groups[i];
}

/* What a host may take at most when its pool says nothing: half of the machine, so that one page
 * never makes the kernel choose whom to kill. The shadow memory of sanitizers is larger than any
 * machine: their builds go without. */
static uint64_t memory_default(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return 0;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
	return 0;
#endif
#endif
	return (uint64_t)sysconf(_SC_PHYS_PAGES) / 2 * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Processors that are there; a mask with none of them is told, and leaves the host to the kernel.
 */
static void add_affinity(struct composer *c, struct scm *scm, const struct config_pool *s)
{
	uint64_t mask = (uint64_t)s->affinity_high << 32 | s->affinity_low;
	long count = sysconf(_SC_NPROCESSORS_CONF);

	if (count < 64)
		mask &= (UINT64_C(1) << count) - 1;
	if (mask)
		c->launch.affinity = mask;
	else
		scm_event(scm, "WAS", 5058, 0, s->name);
}

static void add_limits(struct composer *c, struct scm *scm, const struct scm_pool *pool,
		       uint64_t generation)
{
	const struct config_pool *s = pool ? pool->policy.settings : NULL;
	uint64_t memory = s ? s->restart_private_memory_kib * 1024 * 2 : 0;
	char *cgroup = arena_alloc(&c->arena, SCM_PATH_MAX);

	c->launch.open_files = s ? HOST_OPEN_FILES : FRONT_OPEN_FILES;
	c->launch.oom_score_adj = s ? 200 : 0;
	/* privateMemory asks for an orderly recycle; a host that outruns it is stopped at twice. */
	c->launch.data_limit = memory || !s ? memory : memory_default();
	if (!cgroup) {
		c->error = -ENOMEM;
		return;
	}
	struct spawn_limits limits = { .memory = memory };
	if (s && s->cpu_action >= CONFIG_CPU_THROTTLE) {
		limits.cpu = s->cpu_limit;
		limits.under_load = s->cpu_action == CONFIG_CPU_UNDER_LOAD;
	}
	spawn_cgroup_make(&scm->means, generation, &limits, cgroup, SCM_PATH_MAX);
	c->launch.cgroup = text_of(cgroup);
	if (s && s->affinitized)
		add_affinity(c, scm, s);
}

static int compose(struct composer *c, struct scm *scm, const struct scm_pool *pool,
		   uint64_t generation, const struct identity *identity, struct error *err)
{
	int r;

	c->launch.directory = TEXT("/");
	list_add(c, &c->launch.arguments, pool ? "dllhost" : "inetinfo");
	if (pool)
		list_addf(c, &c->launch.arguments, "/Processid:%s", pool->policy.settings->appid);
	add_user(c, scm, identity);
	add_limits(c, scm, pool, generation);
	add_environment(c, scm, pool, generation, identity);
	r = add_files(c, scm, pool, identity, err);
	if (!r && c->error)
		r = error_set(err, c->error, "cannot describe the process: %s",
			      error_errno_text(c->error));
	return r;
}

static int start(struct composer *c, struct scm *scm, const char *program, struct spawn_child *ret,
		 struct error *err)
{
	char path[SCM_PATH_MAX + 32], launcher[SCM_PATH_MAX + 32];
	_cleanup_fd_ int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", scm->program_dir, program);
	snprintf(launcher, sizeof(launcher), "%s/surrogate-launch", scm->program_dir);
	fd = sys_open(path, O_PATH | O_CLOEXEC, 0);
	if (fd < 0)
		return error_set(err, fd, "cannot open the program %s: %s", path,
				 error_errno_text(fd));
	c->launch.program = text_of(path);
	int r = spawn_start(launcher, &c->launch, fd, ret, err);
	c->launch.program = (struct text){ 0 }; /* `path` ends here */
	return r;
}

int scm_child_launch(struct scm *scm, enum scm_role role, struct scm_pool *pool,
		     uint64_t generation, struct scm_child **ret, struct error *err)
{
	struct composer c = { 0 };
	struct scm_child *child;
	int r;

	if (scm->child_count == SCM_CHILDREN_MAX)
		return error_set(err, -EAGAIN, "%d processes run already; no more are started",
				 SCM_CHILDREN_MAX);
	child = mem_new(struct scm_child);
	if (!child)
		return error_set(err, -ENOMEM, "out of memory");
	*child = (struct scm_child){
		.scm = scm, .role = role, .pool = pool, .generation = generation
	};
	r = scm_identity_of(scm, pool ? pool->policy.settings : NULL, &child->identity, err);
	arena_init(&c.arena, LAUNCH_MEMORY_MAX);
	if (!r)
		r = compose(&c, scm, pool, generation, &child->identity, err);
	if (!r)
		r = start(&c, scm, pool ? "dllhost" : "inetinfo", &child->process, err);
	child->read_search = c.launch.flags & LAUNCH_READ_SEARCH;
	if (!r && (c.launch.flags & LAUNCH_LANDLOCK))
		child->reach = reach_of(&c);
	arena_done(&c.arena);
	if (r < 0) {
		spawn_cgroup_remove(&scm->means, generation);
		mem_free(child->reach);
		mem_free(child);
		return r;
	}
	scm_child_add(scm, child);
	*ret = child;
	return 0;
}
