/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See component.h. Loaded components are a list that grows to COMPONENTS_MAX; one mutex guards it.
 * Code of a component (its constructors, DllGetClassObject, DllCanUnloadNow) never runs under the
 * mutex, since it may activate other classes. Any thread.
 */
#include "com/component.h"

#include "base/clock.h"
#include "base/mem.h"
#include "com/errorinfo.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPONENTS_MAX 256
#define UNLOAD_DELAY_NS (600 * NSEC_PER_SEC)
#define SOURCE "COM runtime"

typedef HRESULT (*get_class_object_fn)(REFCLSID, REFIID, void **);
typedef HRESULT (*can_unload_fn)(void);

struct component {
	struct component *next;
	char *path;
	void *handle;
	get_class_object_fn get_class_object;
	can_unload_fn can_unload; /* may be NULL */
	unsigned users;           /* between enter and leave */
	int64_t unused_since;     /* 0: not known to be unused */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct component *loaded;
static unsigned loaded_count;

/* ---- may it be loaded? ---- */

/* A sticky folder such as /tmp is one where nobody replaces what is another's. */
static int check_one(const char *path, bool folder, struct error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return error_set(err, -errno, "cannot look at %s: %s", path,
				 error_errno_text(errno));
	if (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
		return error_set(err, -EINVAL, "%s is not a %s", path, folder ? "folder" : "file");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return error_set(err, -EPERM,
				 "%s belongs to user %u, who could change the component: give it "
				 "to root or to the server's user (chown)",
				 path, (unsigned)st.st_uid);
	if ((st.st_mode & 022) && !(folder && (st.st_mode & S_ISVTX)))
		return error_set(err, -EPERM,
				 "%s can be written by others, who could change the component: "
				 "chmod go-w %s",
				 path, path);
	return 0;
}

int component_check(const char *path, struct error *err)
{
	char real[PATH_MAX];
	int r = 0;

	if (!realpath(path, real))
		return error_set(err, -errno, "cannot find the component %s: %s", path,
				 error_errno_text(errno));
	if (strcmp(real, path) != 0)
		return error_set(err, -EINVAL, "%s is not where the component is: that is %s", path,
				 real);
	r = check_one("/", true, err);
	for (char *slash = strchr(real + 1, '/'); !r && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = check_one(real, true, err);
		*slash = '/';
	}
	return r ? r : check_one(real, false, err);
}

int component_load(const char *path, void **ret, struct error *err)
{
	int r = component_check(path, err);

	if (r < 0)
		return r;
	/* All its symbols now: a missing one is an error here, not the end of the process later. */
	*ret = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (*ret)
		return 0;
	const char *words = dlerror();

	/* The loader does not say which error it was. */
	if (access(path, R_OK) < 0 && (errno == EACCES || errno == EPERM))
		return error_set(err, -EACCES,
				 "this process may not read %s: make it readable (chmod o+r), and "
				 "recycle the pool when it was registered after the process "
				 "started",
				 path);
	return error_set(err, -ENOEXEC, "cannot load %s: %s", path, words ? words : "no reason");
}

static HRESULT load_failed(int r, const struct error *err)
{
	HRESULT hr = r == -ENOENT || r == -ENOTDIR ? CO_E_DLLNOTFOUND
		     : r == -ENOMEM                ? E_OUTOFMEMORY
		     : r == -EACCES || r == -EPERM ? E_ACCESSDENIED
						   : CO_E_ERRORINDLL;

	return errorinfo_set(hr, SOURCE, "%s", err->text);
}

/* ---- the list ---- */

/* Under the lock. */
static struct component *find(const char *path)
{
	struct component *c = loaded;

	while (c && strcmp(c->path, path) != 0)
		c = c->next;
	return c;
}

static struct component *component_free(struct component *c)
{
	if (!c)
		return NULL;
	if (c->handle)
		dlclose(c->handle);
	mem_free(c->path);
	return mem_free(c);
}

static int component_new(const char *path, struct component **ret, struct error *err)
{
	struct component *c = mem_new(struct component);
	int r = c && (c->path = mem_strdup(path)) ? component_load(path, &c->handle, err)
						  : error_set(err, -ENOMEM, "out of memory");

	if (!r) {
		*(void **)&c->get_class_object = dlsym(c->handle, "DllGetClassObject");
		*(void **)&c->can_unload = dlsym(c->handle, "DllCanUnloadNow");
		if (!c->get_class_object)
			r = error_set(err, -ENOEXEC,
				      "%s exports no DllGetClassObject: it is no component", path);
	}
	if (r < 0)
		component_free(c);
	else
		*ret = c;
	return r;
}

HRESULT component_enter(const char *path, struct component **ret)
{
	struct component *c, *made = NULL;
	struct error err = { 0 };

	pthread_mutex_lock(&lock);
	c = find(path);
	if (!c) {
		pthread_mutex_unlock(&lock);
		int r = component_new(path, &made, &err);

		if (r < 0)
			return load_failed(r, &err);
		pthread_mutex_lock(&lock);
		c = find(path); /* another thread was faster */
		if (!c && loaded_count < COMPONENTS_MAX) {
			c = TAKE_PTR(made);
			c->next = loaded;
			loaded = c;
			loaded_count++;
		}
	}
	if (c) {
		c->users++;
		c->unused_since = 0;
	}
	pthread_mutex_unlock(&lock);
	component_free(made);
	if (!c)
		return errorinfo_set(E_OUTOFMEMORY, SOURCE,
				     "%d components are loaded already; no more are",
				     COMPONENTS_MAX);
	*ret = c;
	return S_OK;
}

HRESULT component_class_object(struct component *component, REFCLSID clsid, REFIID riid, void **ret)
{
	*ret = NULL;
	HRESULT hr = component->get_class_object(clsid, riid, ret);

	/* An answer that cannot be true is not believed. */
	if (SUCCEEDED(hr) && !*ret)
		return CO_E_ERRORINDLL;
	return hr;
}

void component_leave(struct component *component)
{
	if (!component)
		return;
	pthread_mutex_lock(&lock);
	component->users--;
	pthread_mutex_unlock(&lock);
}

/* ---- unloading ---- */

/* The first component behind `after` (NULL: the first of all) that nobody is in, entered. */
static struct component *next_idle(struct component *after)
{
	struct component *c;

	pthread_mutex_lock(&lock);
	c = after ? after->next : loaded;
	while (c && (c->users || !c->can_unload))
		c = c->next;
	if (c)
		c->users++;
	pthread_mutex_unlock(&lock);
	return c;
}

/* True, and it is out of the list: the caller frees it. Its last object may just be returning from
 * its last Release, inside the component's code, hence the delay. */
static bool retire(struct component *c, int64_t delay)
{
	bool unused = c->can_unload() == S_OK, gone = false;
	int64_t at = clock_now();

	pthread_mutex_lock(&lock);
	c->users--;
	if (!unused || c->users) {
		c->unused_since = 0;
	} else if (!c->unused_since && delay) {
		c->unused_since = at;
	} else if (at - c->unused_since >= delay) {
		struct component **link = &loaded;

		while (*link != c)
			link = &(*link)->next;
		*link = c->next;
		loaded_count--;
		gone = true;
	}
	pthread_mutex_unlock(&lock);
	return gone;
}

void CoFreeUnusedLibrariesEx(DWORD dwUnloadDelay, DWORD dwReserved)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	int64_t delay =
		dwUnloadDelay == INFINITE_DELAY ? UNLOAD_DELAY_NS : dwUnloadDelay * NSEC_PER_MSEC;
	struct component *before = NULL, *c;

	(void)dwReserved;
	if (pthread_mutex_trylock(&one_at_a_time) != 0)
		return; /* another thread is at it, or a component asks from DllCanUnloadNow */
	while ((c = next_idle(before))) {
		if (retire(c, delay))
			component_free(c);
		else
			before = c;
	}
	pthread_mutex_unlock(&one_at_a_time);
}

void CoFreeUnusedLibraries(void)
{
	CoFreeUnusedLibrariesEx(INFINITE_DELAY, 0);
}
