/* SPDX-License-Identifier: Apache-2.0 */
/* Components: which files may be loaded, classes found by the catalog, unloading, registering. */
#include "helpers.h"
#include "../state.h"

#include "base/buf.h"
#include "base/sys.h"
#include "com/activate.h"
#include "com/class.h"
#include "com/classes.h"
#include "com/component.h"
#include "com/errorinfo.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>

static const CLSID basket = {
	0xB2D5F7C4, 0x6E0B, 0x4C1C, { 0x9B, 0x57, 0x6C, 0x4D, 0x3A, 0x0E, 0x6F, 0x11 }
};
static const CLSID odd = { 0x0DD00DD0, 0, 0, { 1 } }, liar = { 0x0DD00DD0, 0, 0, { 2 } },
		   absent = { 0x0DD00DD0, 0, 0, { 3 } }, bare = { 0x0DD00DD0, 0, 0, { 4 } },
		   missing = { 0x0DD00DD0, 0, 0, { 5 } }, nowhere = { 0x0DD00DD0, 0, 0, { 6 } },
		   apart = { 0x0DD00DD0, 0, 0, { 7 } };

/* ---- may it be loaded? ---- */

static int check(const char *path, const char *words)
{
	struct error err = { 0 };
	int r = component_check(path, &err);

	if (r && !strstr(err.text, words))
		fail_msg("no '%s' in: %s", words, err.text);
	return r;
}

static void test_check(void **state)
{
	char folder[600], file[700], link[700];

	snprintf(folder, sizeof(folder), "%s/lib", (char *)*state);
	snprintf(file, sizeof(file), "%s/a.so", folder);
	snprintf(link, sizeof(link), "%s/b.so", folder);
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(check(file, "cannot find"), -ENOENT);
	assert_int_equal(sys_replace_file(file, "x", 1, 0644), 0);
	assert_int_equal(check(file, ""), 0);
	chmod(file, 0664);
	assert_int_equal(check(file, "chmod go-w"), -EPERM);
	chmod(file, 0646);
	assert_int_equal(check(file, "chmod go-w"), -EPERM);
	chmod(file, 0644);
	chmod(folder, 0775);
	assert_int_equal(check(file, "chmod go-w"), -EPERM);
	chmod(folder, 01777); /* as /tmp is: nobody replaces what is another's */
	assert_int_equal(check(file, ""), 0);
	chmod(folder, 0755);
	assert_int_equal(symlink("a.so", link), 0);
	assert_int_equal(check(link, "not where the component is"), -EINVAL);
	assert_int_equal(check(folder, "not a file"), -EINVAL);
	assert_int_equal(check("a.so", "cannot find"), -ENOENT);
	if (geteuid() == 0) {
		assert_int_equal(chown(file, 12345, (gid_t)-1), 0);
		assert_int_equal(check(file, "belongs to user 12345"), -EPERM);
	}
}

/* ---- by the catalog ---- */

static const char *module(const char *name)
{
	const char *path = getenv(name);

	if (!path)
		fail_msg("%s is not set: run the test by meson", name);
	return path;
}

static void put(struct buf *out, REFCLSID clsid, const char *progid, const char *server)
{
	char real[PATH_MAX];
	struct classes_class class = { .clsid = *clsid, .progid = progid };

	class.server = realpath(server, real) ? real : server;
	assert_int_equal(classes_put_class(out, &class), 0);
	assert_int_equal(classes_put_name(out, progid, clsid), 0);
}

static void publish(const char *state)
{
	struct classes_class process = { .clsid = apart, .process = "" };
	char path[600];
	struct buf out;

	buf_init(&out, 1 << 16);
	classes_put_head(&out);
	put(&out, &basket, "Example.Basket.1", module("COMPONENT_BASKET"));
	put(&out, &odd, "Test.Odd", module("COMPONENT_ODD"));
	put(&out, &liar, "Test.Liar", module("COMPONENT_ODD"));
	put(&out, &absent, "Test.Absent", module("COMPONENT_ODD"));
	put(&out, &bare, "Test.Bare", module("COMPONENT_ODD_BARE"));
	put(&out, &missing, "Test.Missing", module("COMPONENT_ODD_MISSING"));
	put(&out, &nowhere, "Test.Nowhere", "/no/where.so");
	assert_int_equal(classes_put_class(&out, &process), 0);
	snprintf(path, sizeof(path), "%s/" CLASSES_FOLDER, state);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/" CLASSES_FILE, state);
	assert_int_equal(sys_replace_file(path, out.data, out.length, 0644), 0);
	buf_done(&out);
	assert_int_equal(classes_configure(state), 0);
}

/* The HRESULT of CoCreateInstance, and `words` in the thread's error information; NULL: none. */
static HRESULT create(REFCLSID clsid, const char *words)
{
	IDispatch *object = NULL;
	HRESULT hr = CoCreateInstance(clsid, NULL, CLSCTX_SERVER, &IID_IDispatch, (void **)&object);
	char *text = errorinfo_take_text();

	if (words && !(text && strstr(text, words)))
		fail_msg("no '%s' in: %s", words, text ? text : "(nothing)");
	if (!words && text)
		fail_msg("unexpected: %s", text);
	mem_free(text);
	if (SUCCEEDED(hr))
		object->lpVtbl->Release(object);
	else
		assert_null(object);
	return hr;
}

static void test_activation(void **state)
{
	IDispatch *object;
	IClassFactory *factory;
	LPOLESTR progid;
	VARIANT v = { 0 };
	CLSID clsid;

	publish(*state);
	assert_int_equal(CLSIDFromProgID(u"example.basket.1", &clsid), S_OK);
	assert_true(IsEqualGUID(&clsid, &basket));
	assert_int_equal(CLSIDFromProgID(u"example.basket", &clsid), CO_E_CLASSSTRING);
	assert_int_equal(ProgIDFromCLSID(&basket, &progid), S_OK);
	CoTaskMemFree(progid);
	assert_int_equal(CoCreateInstance(&basket, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch,
					  (void **)&object),
			 S_OK);
	assert_int_equal(call_method(object, "Add", NULL, v_double(0.25), v_long(3)), S_OK);
	assert_int_equal(call_method(object, "Total", &v), S_OK);
	assert_shows(&v, "0.75");
	assert_int_equal(object->lpVtbl->Release(object), 0);
	assert_int_equal(CoCreateInstance(&basket, (IUnknown *)(void *)&basket, CLSCTX_ALL,
					  &IID_IUnknown, (void **)&object),
			 CLASS_E_NOAGGREGATION);
	assert_int_equal(CoCreateInstance(&basket, NULL, CLSCTX_LOCAL_SERVER, &IID_IUnknown,
					  (void **)&object),
			 REGDB_E_CLASSNOTREG);
	assert_int_equal(CoCreateInstance(&basket, NULL, CLSCTX_ALL, &IID_IStream,
					  (void **)&object),
			 E_NOINTERFACE);
	assert_int_equal(CoGetClassObject(&basket, CLSCTX_ALL, NULL, &IID_IClassFactory,
					  (void **)&factory),
			 S_OK);
	factory->lpVtbl->Release(factory);
	assert_int_equal(create(&odd, NULL), S_OK);
	assert_int_equal(create(&liar, NULL), CO_E_ERRORINDLL);
	assert_int_equal(create(&absent, NULL), CLASS_E_CLASSNOTAVAILABLE);
	assert_int_equal(create(&bare, "exports no DllGetClassObject"), CO_E_ERRORINDLL);
	assert_int_equal(create(&missing, "nobody_has_this"), CO_E_ERRORINDLL);
	assert_int_equal(create(&nowhere, "cannot find the component"), CO_E_DLLNOTFOUND);
	assert_int_equal(create(&apart, "process of its own"), CO_E_SERVER_EXEC_FAILURE);
	assert_int_equal(create(&GUID_NULL, NULL), REGDB_E_CLASSNOTREG);
}

static bool is_loaded(const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_NOLOAD);

	if (handle)
		dlclose(handle);
	return handle;
}

static void test_unloading(void **state)
{
	const char *path = module("COMPONENT_BASKET");
	IDispatch *object;

	publish(*state);
	assert_int_equal(create(&basket, NULL), S_OK);
	assert_int_equal(CoCreateInstance(&basket, NULL, CLSCTX_ALL, &IID_IDispatch,
					  (void **)&object),
			 S_OK);
	CoFreeUnusedLibrariesEx(0, 0);
	assert_true(is_loaded(path)); /* an object lives: it stays */
	object->lpVtbl->Release(object);
	CoFreeUnusedLibraries(); /* seen unused; it goes in ten minutes at the earliest */
	CoFreeUnusedLibraries();
	assert_true(is_loaded(path));
	CoFreeUnusedLibrariesEx(0, 0);
	assert_false(is_loaded(path));
	assert_int_equal(create(&basket, NULL), S_OK); /* and it comes back */
	CoFreeUnusedLibrariesEx(0, 0);
}

/* Threads that make objects while others throw out what nobody uses. */
static void *make_and_unload(void *ctx)
{
	for (int i = 0; i < 200; i++) {
		IDispatch *object;
		LONG *failed = ctx;

		if (FAILED(CoCreateInstance(&basket, NULL, CLSCTX_ALL, &IID_IDispatch,
					    (void **)&object))) {
			__atomic_add_fetch(failed, 1, __ATOMIC_RELAXED);
			continue;
		}
		object->lpVtbl->AddRef(object);
		CoFreeUnusedLibrariesEx(INFINITE_DELAY, 0);
		object->lpVtbl->Release(object);
		object->lpVtbl->Release(object);
	}
	errorinfo_clear();
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[4];
	LONG failed = 0;

	publish(*state);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make_and_unload, &failed), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(failed, 0);
	CoFreeUnusedLibrariesEx(0, 0);
}

static void test_broken_catalog(void **state)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/" CLASSES_FOLDER, (char *)*state);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/" CLASSES_FILE, (char *)*state);
	assert_int_equal(sys_replace_file(path, "?", 1, 0644), 0);
	assert_int_equal(classes_configure(*state), 0);
	assert_int_equal(create(&basket, "ill-formed"), REGDB_E_CLASSNOTREG);
}

/* ---- CreateObject, GetObject ---- */

static void test_objects(void **state)
{
	BSTR progid = SysAllocString(u"Example.Basket.1"), far = SysAllocString(u"far.example"),
	     here = SysAllocString(u"LOCALHOST"), moniker = SysAllocString(u"new:Example.Basket.1"),
	     by_clsid = SysAllocString(u"new:{B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11}"),
	     parse = SysAllocString(u"Example.Basket.1:x"), no = SysAllocString(u"No.Such"),
	     empty = SysAllocString(u"");
	IDispatch *object = NULL;
	char *text;

	publish(*state);
	assert_int_equal(com_create_object(progid, NULL, &object), S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(com_create_object(progid, here, &object), S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(com_create_object(no, NULL, &object), CO_E_CLASSSTRING);
	assert_int_equal(com_create_object(NULL, NULL, &object), CO_E_CLASSSTRING);
	assert_int_equal(com_create_object(progid, far, &object), HRESULT_FROM_WIN32(1722));
	text = errorinfo_take_text();
	assert_non_null(strstr(text, "other computers"));
	mem_free(text);
	assert_int_equal(com_get_object(moniker, NULL, &object), S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(com_get_object(by_clsid, NULL, &object), S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(com_get_object(empty, progid, &object), S_OK);
	object->lpVtbl->Release(object);
	assert_int_equal(com_get_object(parse, NULL, &object), MK_E_SYNTAX);
	assert_int_equal(com_get_object(no, NULL, &object), MK_E_SYNTAX);
	assert_int_equal(com_get_object(NULL, progid, &object), MK_E_UNAVAILABLE);
	assert_int_equal(com_get_object(NULL, NULL, &object), MK_E_SYNTAX);
	assert_int_equal(com_get_object(no, progid, &object), MK_E_SYNTAX);
	text = errorinfo_take_text();
	assert_non_null(strstr(text, "files"));
	mem_free(text);
	BSTR all[] = { progid, far, here, moniker, by_clsid, parse, no, empty };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		SysFreeString(all[i]);
}

/* ---- registering ---- */

static struct {
	int added, removed, fail;
	char module[PATH_MAX];
} registered;

static int add(void *ctx, const char *path, const SURROGATE_CLASS *class, struct error *err)
{
	registered.added++;
	snprintf(registered.module, sizeof(registered.module), "%s", path);
	return registered.fail ? error_set(err, registered.fail, "the disk is full") : 0;
}

static int drop(void *ctx, const char *path, const SURROGATE_CLASS *class, struct error *err)
{
	registered.removed++;
	return 0;
}

static void test_registering(void **state)
{
	static const struct class_registrar registrar = { add, drop, NULL };
	HRESULT (*fn)(void);
	void *handle = NULL;
	char real[PATH_MAX], *text;

	assert_non_null(realpath(module("COMPONENT_BASKET"), real));
	assert_int_equal(component_load(real, &handle, NULL), 0);
	*(void **)&fn = dlsym(handle, "DllRegisterServer");
	assert_int_equal(fn(), E_ACCESSDENIED); /* this is not regsvr */
	class_registrar_set(&registrar);
	assert_int_equal(fn(), S_OK);
	assert_int_equal(registered.added, 1);
	assert_string_equal(registered.module, real);
	registered.fail = -ENOSPC;
	assert_int_equal(fn(), REGDB_E_WRITEREGDB);
	text = errorinfo_take_text();
	assert_string_equal(text, "the disk is full");
	mem_free(text);
	*(void **)&fn = dlsym(handle, "DllUnregisterServer");
	assert_int_equal(fn(), S_OK);
	assert_int_equal(registered.removed, 1);
	dlclose(handle);
	class_registrar_set(NULL);
}

static void test_what_is_registered(void **state)
{
	static const struct class_registrar registrar = { add, drop, NULL };
#define GOOD "{00000001-0000-0000-0000-000000000000}"
	static const SURROGATE_CLASS wrong[] = {
		{ NULL, "A.B", NULL, NULL, NULL, NULL },
		{ "1", "A.B", NULL, NULL, NULL, NULL },
		{ GOOD, "", NULL, NULL, NULL, NULL },
		{ GOOD, "1.B", NULL, NULL, NULL, NULL },
		{ GOOD, "A\\B", NULL, NULL, NULL, NULL },
		{ GOOD, "A.B", "A B", NULL, NULL, NULL },
		{ GOOD, "A.B23456789012345678901234567890123456789", NULL, NULL, NULL, NULL },
		{ GOOD, "A.B", NULL, "a\nb", NULL, NULL },
		{ GOOD, "A.B", NULL, "\xff", NULL, NULL },
		{ GOOD, "A.B", NULL, NULL, "Single", NULL },
		{ GOOD, "A.B", NULL, NULL, NULL, "A.B" },
	};
	static const SURROGATE_CLASS good = { GOOD, "A.B", NULL, NULL, "neutral", NULL };

	registered.fail = registered.added = 0;
	class_registrar_set(&registrar);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (SurrogateRegisterClasses(&wrong[i], 1) != REGDB_E_INVALIDVALUE)
			fail_msg("registered: the %zu. of what is wrong", i + 1);
	assert_int_equal(registered.added, 0);
	assert_int_equal(SurrogateRegisterClasses(&good, 1), S_OK);
	assert_int_equal(SurrogateRegisterClasses(NULL, 1), E_INVALIDARG);
	assert_int_equal(SurrogateRegisterClasses(&good, 100000), E_INVALIDARG);
	const SURROGATE_CLASS on_stack = good;

	assert_int_equal(SurrogateRegisterClasses(&on_stack, 1), REGDB_E_INVALIDVALUE);
	class_registrar_set(NULL);
	errorinfo_clear();
}

static bool create_basket(void *ctx)
{
	IDispatch *object;
	HRESULT hr = CoCreateInstance(&basket, NULL, CLSCTX_ALL, &IID_IDispatch, (void **)&object);

	if (SUCCEEDED(hr))
		object->lpVtbl->Release(object);
	CoFreeUnusedLibrariesEx(0, 0);
	errorinfo_clear();
	return SUCCEEDED(hr);
}

static void test_no_memory(void **state)
{
	publish(*state);
	with_every_allocation_failing(create_basket, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		state_test(test_check),
		state_test(test_activation),
		state_test(test_unloading),
		state_test(test_threads),
		state_test(test_broken_catalog),
		state_test(test_objects),
		cmocka_unit_test(test_registering),
		cmocka_unit_test(test_what_is_registered),
		state_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
