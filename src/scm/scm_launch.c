/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child shall be: its environment, limits and the files it may see, written as a launch
 * description. SCM loop thread.
 */
#include "scm/scm_compose.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/class.h"
#include "com/classes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SCM_COMPONENTS_MAX 256 /* files of components that a child may load */

/* What a program of each role may take. */
static const struct {
	const char *program;
	uint64_t open_files;
	uint64_t oom_score_adj;
	bool data; /* may change STATE/data, where applications write */
} roles[] = {
	[SCM_FRONT] = { "inetinfo", 524288, 0, true }, /* a descriptor for each idle connection */
	[SCM_HOST] = { "dllhost", 4096, 200, true },
	[SCM_RPCSS] = { "rpcss", 8192, 0, false },
	[SCM_COM] = { "dllhost", 4096, 200, true },
};

const char *scm_role_program(enum scm_role role)
{
	return roles[role].program;
}

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
	"/dev/urandom",
	"/dev/random",
	"/dev/zero",
	"/proc/self",
	"/proc/meminfo",
	"/proc/cpuinfo",
	"/proc/sys/vm/overcommit_memory",
	"/sys/devices/system/cpu",
};
/* And what pages and components use besides. */
static const char *const work_read[] = {
	"/etc/mime.types", "/etc/ssl/certs",    "/etc/ssl/openssl.cnf",
	"/etc/odbc.ini",   "/etc/odbcinst.ini", "/usr/share",
};
/* And what GSSAPI reads: rpcss finds out who calls it. */
static const char *const rpcss_read[] = {
	"/etc/krb5.conf",
	"/etc/krb5.conf.d",
	"/etc/gss",
};
static const char *const system_execute[] = { "/lib", "/lib64", "/usr/lib", "/usr/lib64" };
static const char *const system_write[] = { "/dev/null" };

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

static const char *name_of(const struct scm_launch *what)
{
	switch (what->role) {
	case SCM_HOST:
		return what->pool->policy.settings->name;
	case SCM_COM:
		return what->appid;
	case SCM_RPCSS:
		return service_table[SERVICE_RPCSS].name;
	case SCM_FRONT:
		break;
	}
	return service_table[SERVICE_W3SVC].name;
}

static int add_own_folders(struct scm_composer *c, struct error *err)
{
	struct scm *scm = c->scm;
	char path[SCM_PATH_MAX], name[128];
	int r;

	file_name(name_of(c->what), name, sizeof(name));
	snprintf(path, sizeof(path), "%s/temp/%s", scm->state_dir, name);
	r = scm_folder_own(scm, path, &c->what->identity, 0700);
	if (r < 0)
		return error_set(err, r, "cannot prepare %s: %s", path, error_errno_text(r));
	scm_compose_add(c, &c->launch.write_paths, path);
	scm_compose_addf(c, &c->launch.environment, "TMPDIR=%s", path);
	scm_compose_addf(c, &c->launch.environment, "TEMP=%s", path);
	scm_compose_addf(c, &c->launch.environment, "HOME=%s", path);
	if (roles[c->what->role].data)
		scm_compose_addf(c, &c->launch.write_paths, "%s/data", scm->state_dir);
	if (c->what->role == SCM_FRONT)
		scm_compose_addf(c, &c->launch.write_paths, "%s/logs", scm->state_dir);
	return 0;
}

/* Which of its folders the child could not reach as its user: then it reads with
 * CAP_DAC_READ_SEARCH, but only where Landlock confines that to these folders. */
static void add_reach(struct scm_composer *c)
{
	struct scm *scm = c->scm;
	const struct identity *identity = &c->what->identity;
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

static size_t add_servers(struct scm_composer *c, const struct classes *classes, const GUID *appid,
			  size_t files)
{
	const struct classes_class *class;

	for (size_t i = 0; classes && (class = classes_at(classes, i)); i++) {
		size_t before = c->launch.read_paths.count;

		if (class->server && files < SCM_COMPONENTS_MAX &&
		    (!appid || IsEqualGUID(&class->appid, appid)))
			scm_compose_add_once(c, &c->launch.read_paths, class->server);
		files += c->launch.read_paths.count - before;
	}
	return files;
}

/* Components that are registered may be loaded (com/component.h), first those of the application
 * itself. One that is registered later lies outside of what this child can see, unless it is below
 * /usr/lib: it takes a new child. rpcss loads none, and only looks names up. */
static void add_components(struct scm_composer *c)
{
	struct classes *classes = classes_now(NULL);
	size_t files = 0;
	GUID appid;

	scm_compose_addf(c, &c->launch.read_paths, "%s/" CLASSES_FOLDER, c->scm->state_dir);
	if (c->what->role == SCM_COM && guid_parse(text_of(c->what->appid), &appid) == 0)
		files = add_servers(c, classes, &appid, files);
	if (c->what->role != SCM_RPCSS)
		add_servers(c, classes, NULL, files);
	classes_unref(classes);
}

static void add_all(struct scm_composer *c, struct launch_list *list, const char *const *paths,
		    size_t count)
{
	for (size_t i = 0; i < count; i++)
		scm_compose_add(c, list, paths[i]);
}

/* Local sockets need no rule: Landlock has no say in who connects to one, permissions have. */
static int add_files(struct scm_composer *c, struct error *err)
{
	struct launch *l = &c->launch;
	int r = add_own_folders(c, err);

	if (r < 0)
		return r;
	scm_compose_sites(c);
	add_components(c);
	add_reach(c);
	add_all(c, &l->read_paths, system_read, ARRAY_LEN(system_read));
	if (c->what->role == SCM_RPCSS)
		add_all(c, &l->read_paths, rpcss_read, ARRAY_LEN(rpcss_read));
	else
		add_all(c, &l->read_paths, work_read, ARRAY_LEN(work_read));
	add_all(c, &l->execute_paths, system_execute, ARRAY_LEN(system_execute));
	add_all(c, &l->write_paths, system_write, ARRAY_LEN(system_write));
	return 0;
}

/* ---- environment ---- */

static void add_inherited(struct scm_composer *c, const char *name)
{
	const char *value = getenv(name);

	if (value)
		scm_compose_addf(c, &c->launch.environment, "%s=%s", name, value);
}

static void add_environment(struct scm_composer *c)
{
	const struct config_pool *s = c->what->pool ? c->what->pool->policy.settings : NULL;
	struct launch_list *environment = &c->launch.environment;
	const char *state = c->scm->state_dir;

	scm_compose_add(c, environment, "PATH=/usr/bin:/bin");
	scm_compose_add(c, environment, "LANG=C.UTF-8");
	add_inherited(c, "TZ");
	scm_compose_addf(c, environment, "SURROGATE_GENERATION=%llu",
			 (unsigned long long)c->what->generation);
	/* A virtual account's number means nothing to the host; its name does. */
	scm_compose_addf(c, environment, "SURROGATE_USER=%s", c->what->identity.name);
	scm_compose_addf(c, environment, "SURROGATE_STATE=%s", state);
	scm_compose_addf(c, environment, "SURROGATE_DATA=%s/data", state);
#ifdef SURROGATE_FAULTS
	add_inherited(c, "SURROGATE_FAULT");
	add_inherited(c, "ASAN_OPTIONS");
	add_inherited(c, "UBSAN_OPTIONS");
#endif
	if (!s)
		return;
	scm_compose_addf(c, environment, "APP_POOL_ID=%s", s->name);
	for (size_t i = 0; i < s->environment_count; i++) {
		const struct config_environment *e = &s->environment[i];

		/* Ours come first and so win; one that only looks like ours is left out. */
		if (!text_starts_with(text_of(e->name), TEXT("SURROGATE_")))
			scm_compose_addf(c, environment, "%s=%s", e->name, e->value);
	}
}

/* ---- the whole ---- */

static void add_user(struct scm_composer *c)
{
	const struct scm *scm = c->scm;
	const struct identity *identity = &c->what->identity;
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
static void add_affinity(struct scm_composer *c, const struct config_pool *s)
{
	uint64_t mask = (uint64_t)s->affinity_high << 32 | s->affinity_low;
	long count = sysconf(_SC_NPROCESSORS_CONF);

	if (count < 64)
		mask &= (UINT64_C(1) << count) - 1;
	if (mask)
		c->launch.affinity = mask;
	else
		scm_event(c->scm, "WAS", 5058, 0, s->name);
}

static void add_limits(struct scm_composer *c)
{
	const struct config_pool *s = c->what->pool ? c->what->pool->policy.settings : NULL;
	uint64_t memory = s ? s->restart_private_memory_kib * 1024 * 2 : 0;
	char *cgroup = arena_alloc(&c->arena, SCM_PATH_MAX);

	c->launch.open_files = roles[c->what->role].open_files;
	c->launch.oom_score_adj = roles[c->what->role].oom_score_adj;
	/* privateMemory asks for an orderly recycle; a host that outruns it is stopped at twice. */
	c->launch.data_limit = memory || c->what->role == SCM_FRONT ? memory : memory_default();
	if (!cgroup) {
		c->error = -ENOMEM;
		return;
	}
	struct spawn_limits limits = { .memory = memory };
	if (s && s->cpu_action >= CONFIG_CPU_THROTTLE) {
		limits.cpu = s->cpu_limit;
		limits.under_load = s->cpu_action == CONFIG_CPU_UNDER_LOAD;
	}
	spawn_cgroup_make(&c->scm->means, c->what->generation, &limits, cgroup, SCM_PATH_MAX);
	c->launch.cgroup = text_of(cgroup);
	if (s && s->affinitized)
		add_affinity(c, s);
}

static int compose(struct scm_composer *c, struct error *err)
{
	const struct scm_launch *what = c->what;
	const char *appid = what->pool ? what->pool->policy.settings->appid : what->appid;
	int r;

	c->launch.directory = TEXT("/");
	scm_compose_add(c, &c->launch.arguments, roles[what->role].program);
	if (appid)
		scm_compose_addf(c, &c->launch.arguments, "/Processid:%s", appid);
	add_user(c);
	add_limits(c);
	add_environment(c);
	r = add_files(c, err);
	if (!r && c->error)
		r = error_set(err, c->error, "cannot describe the process: %s",
			      error_errno_text(c->error));
	return r;
}

static int start(struct scm_composer *c, struct spawn_child *ret, struct error *err)
{
	const char *folder = c->scm->program_dir;
	char path[SCM_PATH_MAX + 32], launcher[SCM_PATH_MAX + 32];
	_cleanup_fd_ int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", folder, roles[c->what->role].program);
	snprintf(launcher, sizeof(launcher), "%s/surrogate-launch", folder);
	fd = sys_open(path, O_PATH | O_CLOEXEC, 0);
	if (fd < 0)
		return error_set(err, fd, "cannot open the program %s: %s", path,
				 error_errno_text(fd));
	c->launch.program = text_of(path);
	int r = spawn_start(launcher, &c->launch, fd, ret, err);
	c->launch.program = (struct text){ 0 }; /* `path` ends here */
	return r;
}

int scm_child_launch(struct scm *scm, const struct scm_launch *what, struct scm_child **ret,
		     struct error *err)
{
	struct scm_composer c;
	struct scm_child *child;
	int r;

	if (scm->child_count == SCM_CHILDREN_MAX)
		return error_set(err, -EAGAIN, "%d processes run already; no more are started",
				 SCM_CHILDREN_MAX);
	child = mem_new(struct scm_child);
	if (!child)
		return error_set(err, -ENOMEM, "out of memory");
	*child = (struct scm_child){ .scm = scm,
				     .role = what->role,
				     .pool = what->pool,
				     .generation = what->generation,
				     .identity = what->identity };
	snprintf(child->appid, sizeof(child->appid), "%s", what->appid ? what->appid : "");
	scm_compose_init(&c, scm, what);
	r = compose(&c, err);
	if (!r)
		r = start(&c, &child->process, err);
	child->read_search = c.launch.flags & LAUNCH_READ_SEARCH;
	if (!r && (c.launch.flags & LAUNCH_LANDLOCK))
		child->reach = scm_compose_reach(&c);
	scm_compose_done(&c);
	if (r < 0) {
		spawn_cgroup_remove(&scm->means, what->generation);
		mem_free(child->reach);
		mem_free(child);
		return r;
	}
	scm_child_add(scm, child);
	*ret = child;
	return 0;
}
