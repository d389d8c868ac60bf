/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regsvr: registers components, in the words and with the exit statuses of regsvr32. Runs as who
 * may write the registry; loads the component and calls DllRegisterServer, which says by
 * SurrogateRegisterClasses what its classes are called. Components with DllInstall get the text of
 * /i. Then the class catalog is published anew.
 */
#include "base/fault.h"
#include "base/mem.h"
#include "com/class.h"
#include "com/component.h"
#include "com/errorinfo.h"
#include "registry/classes.h"
#include "tools/state.h"
#include "tools/switches.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The exit statuses of regsvr32. */
enum { DONE, FAIL_ARGS, FAIL_OLE, FAIL_LOAD, FAIL_ENTRY, FAIL_REG };

static const char usage[] =
	"Usage: regsvr [/u] [/s] [/n] [/i[:cmdline]] component.so ...\n"
	"\n"
	"  /u             Unregister the component\n"
	"  /s             Silent: no message of success\n"
	"  /i[:cmdline]   Call DllInstall with the optional cmdline; with /u call it to uninstall\n"
	"  /n             Do not call DllRegisterServer; must be used with /i\n"
	"  --state DIR    The server's state directory\n";

struct options {
	bool unregister, silent, no_register, install;
	const char *command_line, *state;
};

typedef HRESULT (*register_fn)(void);
typedef HRESULT (*install_fn)(BOOL install, LPCOLESTR command_line);

static void say(const struct options *o, bool failure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void say(const struct options *o, bool failure, const char *format, ...)
{
	va_list args;

	if (o->silent && !failure)
		return;
	va_start(args, format);
	vfprintf(failure ? stderr : stdout, format, args);
	va_end(args);
	fputc('\n', failure ? stderr : stdout);
}

/* ---- the registrar ---- */

static int add(void *ctx, const char *module, const SURROGATE_CLASS *class, struct error *err)
{
	return registry_class_add(ctx, module, class, err);
}

static int remove_class(void *ctx, const char *module, const SURROGATE_CLASS *class,
			struct error *err)
{
	(void)module; /* as on Windows: a moved component removes what it was */
	return registry_class_remove(ctx, class, err);
}

/* ---- one component ---- */

static int finish(const struct options *o, const char *path, const char *function, HRESULT hr)
{
	_cleanup_mem_ char *words = FAILED(hr) ? errorinfo_take_text() : NULL;
	const char *text = words ? words : hresult_text(hr);

	if (SUCCEEDED(hr)) {
		say(o, false, "%s in %s succeeded.", function, path);
		return DONE;
	}
	say(o, true, "%s in %s failed with the error code 0x%08x%s%s", function, path, (unsigned)hr,
	    text ? ": " : ".", text ? text : "");
	return FAIL_REG;
}

static int no_entry(const struct options *o, const char *path, const char *function)
{
	say(o, true,
	    "The module \"%s\" was loaded but the entry-point %s was not found. Make sure that "
	    "\"%s\" is a valid component and then try again.",
	    path, function, path);
	return FAIL_ENTRY;
}

static int call_install(const struct options *o, void *handle, const char *path)
{
	const char *line = o->command_line ? o->command_line : "";
	size_t length = strlen(line);
	_cleanup_mem_ OLECHAR *units = mem_zalloc(length + 1, sizeof(*units));
	install_fn install;

	*(void **)&install = dlsym(handle, "DllInstall");
	if (!install)
		return no_entry(o, path, "DllInstall");
	if (!units)
		return finish(o, path, "DllInstall", E_OUTOFMEMORY);
	utf8_to_utf16((struct text){ line, length }, units, length);
	return finish(o, path, "DllInstall", install(!o->unregister, units));
}

static int call_register(const struct options *o, void *handle, const char *path)
{
	const char *function = o->unregister ? "DllUnregisterServer" : "DllRegisterServer";
	register_fn fn;

	*(void **)&fn = dlsym(handle, function);
	return fn ? finish(o, path, function, fn()) : no_entry(o, path, function);
}

static int component(const struct options *o, const char *name)
{
	char path[PATH_MAX];
	struct error err = { 0 };
	void *handle;
	int r = realpath(name, path) ? component_load(path, &handle, &err)
				     : error_set(&err, -errno, "%s", error_errno_text(errno));

	if (r < 0) {
		say(o, true, "The module \"%s\" failed to load: %s", name, err.text);
		return FAIL_LOAD;
	}
	/* Installing comes before registering, and the other way round at the end of its life. */
	int status = DONE;

	if (o->install && !o->unregister)
		status = call_install(o, handle, name);
	if (!status && !o->no_register)
		status = call_register(o, handle, name);
	if (!status && o->install && o->unregister)
		status = call_install(o, handle, name);
	dlclose(handle);
	return status;
}

/* ---- the whole ---- */

static int bad(const char *text)
{
	fprintf(stderr, "regsvr: %s; see 'regsvr /?'\n", text);
	return FAIL_ARGS;
}

/* /i may come alone, or with a text. */
static void find_install(struct options *o, int *argc, char **argv)
{
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		const char *a = argv[i];

		if ((a[0] == '/' || a[0] == '-') && (a[1] == 'i' || a[1] == 'I') &&
		    (!a[2] || a[2] == ':')) {
			o->install = true;
			o->command_line = a[2] ? a + 3 : NULL;
		} else {
			argv[kept++] = argv[i];
		}
	}
	argv[kept] = NULL;
	*argc = kept;
}

static int run(const struct options *o, int count, char **names)
{
	const char *state = state_directory(o->state);
	struct registry *registry;
	struct error err = { 0 };
	int status = DONE;

	int r = registry_open(state, &registry, &err);

	if (r < 0) {
		say(o, true, "regsvr: %s%s", err.text,
		    r == -EACCES ? "; register as the user that the server runs as" : "");
		return FAIL_REG;
	}
	const struct class_registrar registrar = { add, remove_class, registry };

	class_registrar_set(&registrar);
	for (int i = 0; i < count; i++) {
		int one = component(o, names[i]);

		status = status ? status : one;
	}
	class_registrar_set(NULL);
	/* Also after a failure: what was written until then is what the registry says now. */
	if (registry_classes_publish(registry, state, &err) < 0) {
		say(o, true, "regsvr: %s", err.text);
		status = status ? status : FAIL_REG;
	}
	registry_close(registry);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct switch_spec specs[] = {
		{ "u", NULL, SWITCH_FLAG, &o.unregister },
		{ "s", NULL, SWITCH_FLAG, &o.silent },
		{ "n", NULL, SWITCH_FLAG, &o.no_register },
		{ "state", NULL, SWITCH_TEXT, &o.state },
	};
	struct error err = { 0 };
	bool help = false;
	int count;

	fault_init_from_environment();
	if (switches_version(argc, argv, "regsvr"))
		return switches_end("regsvr", 0);
	find_install(&o, &argc, argv);
	if (switches_parse(argc, argv, specs, ARRAY_LEN(specs), &count, &help, &err) < 0)
		return bad(err.text);
	if (help) {
		fputs(usage, stdout);
		return switches_end("regsvr", 0);
	}
	if (!count)
		return bad("which component? Name its file");
	if (o.no_register && !o.install)
		return bad("/n must be used with /i");
	return switches_end("regsvr", run(&o, count, argv));
}
