/* SPDX-License-Identifier: Apache-2.0 */
/* Scripting.Dictionary: documented behaviour and error numbers, key equality, load, memory. */
#include "../com/helpers.h"

#include "library/scripting/scripting.h"

#include <pthread.h>
#include <stdio.h>

#define SCRIPT_ERROR(n) MAKE_SCRIPT_HRESULT(n)

static IDispatch *new_dictionary(void)
{
	CLSID clsid;
	IDispatch *d;

	assert_int_equal(CLSIDFromProgID(u"Scripting.Dictionary", &clsid), S_OK);
	assert_int_equal(CoCreateInstance(&clsid, NULL, CLSCTX_INPROC_SERVER, &IID_IDispatch,
					  (void **)&d),
			 S_OK);
	return d;
}

static void drop(IDispatch *d)
{
	d->lpVtbl->Release(d);
}

static void assert_count(IDispatch *d, LONG want)
{
	VARIANT r = { 0 };

	assert_int_equal(call_method(d, "Count", &r), S_OK);
	assert_int_equal(r.lVal, want);
}

static bool has(IDispatch *d, VARIANT key)
{
	VARIANT r = { 0 };

	assert_int_equal(call_method(d, "Exists", &r, key), S_OK);
	return r.boolVal;
}

static void test_items(void **state)
{
	IDispatch *d = new_dictionary();
	VARIANT r = { 0 };

	assert_int_equal(call_method(d, "Add", NULL, v_text("a"), v_long(1)), S_OK);
	assert_int_equal(call_method(d, "Add", NULL, v_text("a"), v_long(2)), SCRIPT_ERROR(457));
	assert_int_equal(call_method(d, "Item", &r, v_text("a")), S_OK);
	assert_shows(&r, "1");
	assert_int_equal(call_put(d, "Item", v_text("a"), v_text("one")), S_OK);
	assert_int_equal(call_put(d, "Item", v_text("b"), v_long(2)), S_OK);
	assert_int_equal(call_method(d, "Item", &r, v_text("a")), S_OK);
	assert_shows(&r, "one");
	/* Reading what is not there adds it. */
	assert_int_equal(call_method(d, "Item", &r, v_text("c")), S_OK);
	assert_shows(&r, "(empty)");
	assert_count(d, 3);
	assert_true(has(d, v_text("c")));
	assert_int_equal(call_method(d, "Remove", NULL, v_text("c")), S_OK);
	assert_int_equal(call_method(d, "Remove", NULL, v_text("c")), SCRIPT_ERROR(32811));
	assert_count(d, 2);
	assert_int_equal(call_method(d, "RemoveAll", NULL), S_OK);
	assert_count(d, 0);
	assert_false(has(d, v_text("a")));
	drop(d);
}

/* The text "a=1,b=2," of keys and items in order. */
static void assert_content(IDispatch *d, const char *want)
{
	VARIANT keys = { 0 }, items = { 0 };
	char text[512] = "";
	size_t n = 0;

	assert_int_equal(call_method(d, "Keys", &keys), S_OK);
	assert_int_equal(call_method(d, "Items", &items), S_OK);
	assert_int_equal(keys.vt, VT_ARRAY | VT_VARIANT);
	for (ULONG i = 0; i < keys.parray->rgsabound[0].cElements; i++) {
		char *k = v_show((VARIANT *)keys.parray->pvData + i);
		char *v = v_show((VARIANT *)items.parray->pvData + i);

		n += (size_t)snprintf(text + n, sizeof text - n, "%s=%s,", k, v);
		mem_free(k);
		mem_free(v);
	}
	VariantClear(&keys);
	VariantClear(&items);
	assert_string_equal(text, want);
}

static void test_order(void **state)
{
	IDispatch *d = new_dictionary();

	assert_content(d, "");
	for (int i = 0; i < 5; i++)
		call_method(d, "Add", NULL, v_long(i), v_long(i * i));
	assert_content(d, "0=0,1=1,2=4,3=9,4=16,");
	call_method(d, "Remove", NULL, v_long(1));
	call_put(d, "Item", v_long(3), v_text("x"));
	call_method(d, "Add", NULL, v_long(1), v_text("last"));
	assert_content(d, "0=0,2=4,3=x,4=16,1=last,");
	/* A key that is renamed keeps its place. */
	assert_int_equal(call_put(d, "Key", v_long(2), v_text("two")), S_OK);
	assert_content(d, "0=0,two=4,3=x,4=16,1=last,");
	assert_int_equal(call_put(d, "Key", v_long(2), v_text("no")), SCRIPT_ERROR(32811));
	assert_int_equal(call_put(d, "Key", v_long(3), v_long(4)), SCRIPT_ERROR(457));
	assert_true(has(d, v_text("two")));
	assert_false(has(d, v_long(2)));
	drop(d);
}

static void test_key_equality(void **state)
{
	IDispatch *d = new_dictionary();
	VARIANT array = { .vt = VT_ARRAY | VT_I4, .parray = SafeArrayCreateVector(VT_I4, 0, 1) };
	VARIANT object = { .vt = VT_DISPATCH, .pdispVal = d };

	call_method(d, "Add", NULL, v_long(1), v_text("number"));
	assert_true(has(d, v_double(1.0)));
	assert_true(has(d, (VARIANT){ .vt = VT_UI1, .bVal = 1 }));
	assert_true(has(d, (VARIANT){ .vt = VT_CY, .cyVal = { 10000 } }));
	assert_true(has(d, (VARIANT){ .vt = VT_DATE, .date = 1 }));
	assert_false(has(d, v_text("1")));
	assert_false(has(d, v_bool(true)));
	call_method(d, "Add", NULL, v_bool(true), v_text("truth"));
	assert_true(has(d, v_long(-1)));
	call_method(d, "Add", NULL, v_double(-0.0), v_text("zero"));
	assert_true(has(d, v_long(0)));
	assert_false(has(d, (VARIANT){ .vt = VT_EMPTY }));
	assert_false(has(d, v_text("")));
	call_method(d, "Add", NULL, v_text(""), v_text("empty text"));
	assert_true(has(d, (VARIANT){ .vt = VT_BSTR }));
	call_method(d, "Add", NULL, (VARIANT){ .vt = VT_NULL }, v_text("null"));
	assert_true(has(d, (VARIANT){ .vt = VT_NULL }));
	assert_false(has(d, (VARIANT){ .vt = VT_EMPTY }));
	d->lpVtbl->AddRef(d);
	assert_false(has(d, object));
	assert_int_equal(call_method(d, "Add", NULL, array, v_long(1)), SCRIPT_ERROR(5));
	assert_int_equal(call_method(d, "Exists", NULL, v_missing()), SCRIPT_ERROR(5));
	drop(d);
}

static void test_compare_mode(void **state)
{
	IDispatch *d = new_dictionary();
	VARIANT r = { 0 };

	call_method(d, "Add", NULL, v_text("Key"), v_long(1));
	assert_false(has(d, v_text("KEY")));
	assert_int_equal(call_put(d, "CompareMode", v_long(1)), SCRIPT_ERROR(5));
	call_method(d, "RemoveAll", NULL);
	assert_int_equal(call_put(d, "CompareMode", v_long(-1)), SCRIPT_ERROR(5));
	assert_int_equal(call_put(d, "CompareMode", v_long(1)), S_OK);
	assert_int_equal(call_method(d, "CompareMode", &r), S_OK);
	assert_int_equal(r.lVal, 1);
	call_method(d, "Add", NULL,
		    v_text("Stra\xC3\x9F"
			   "e"),
		    v_long(1));
	assert_true(has(d, v_text("sTRA\xC3\x9F"
				  "E")));
	assert_int_equal(call_method(d, "Add", NULL,
				     v_text("STRA\xC3\x9F"
					    "E"),
				     v_long(2)),
			 SCRIPT_ERROR(457));
	assert_content(d, "Stra\xC3\x9F"
			  "e=1,");
	drop(d);
}

static void test_enumeration(void **state)
{
	IDispatch *d = new_dictionary();
	VARIANT r = { 0 }, key;
	IEnumVARIANT *e;
	char text[64] = "";

	for (int i = 0; i < 3; i++)
		call_method(d, "Add", NULL, v_long(i), v_text("x"));
	assert_int_equal(automation_invoke(d, DISPID_NEWENUM,
					   DISPATCH_METHOD | DISPATCH_PROPERTYGET, NULL, 0, &r,
					   NULL),
			 S_OK);
	assert_int_equal(r.vt, VT_UNKNOWN);
	assert_int_equal(
		r.punkVal->lpVtbl->QueryInterface(r.punkVal, &IID_IEnumVARIANT, (void **)&e), S_OK);
	VariantClear(&r);
	/* The keys as they were: removing while walking is what pages do. */
	while (e->lpVtbl->Next(e, 1, &key, NULL) == S_OK) {
		char *z = v_show(&key);

		strcat(text, z);
		mem_free(z);
		assert_int_equal(call_method(d, "Remove", NULL, key), S_OK);
	}
	assert_string_equal(text, "012");
	assert_count(d, 0);
	e->lpVtbl->Release(e);
	drop(d);
}

static void test_objects(void **state)
{
	IDispatch *d = new_dictionary(), *inner = new_dictionary();
	VARIANT v = { .vt = VT_DISPATCH, .pdispVal = inner }, r = { 0 };

	assert_int_equal(call_variadic(d, "Item", DISPATCH_PROPERTYPUTREF, NULL, v_text("in"), v,
				       END_OF_ARGS),
			 S_OK);
	assert_int_equal(call_method(d, "Item", &r, v_text("in")), S_OK);
	assert_ptr_equal(r.pdispVal, inner);
	VariantClear(&r);
	drop(d);
}

/* Against a plain model: many keys, removals in between, both compare modes. */
static void test_load(void **state)
{
	enum { KEYS = 5000 };
	static bool there[KEYS];
	IDispatch *d = new_dictionary();
	uint32_t random = 1;
	LONG count = 0;

	for (int i = 0; i < 50000; i++) {
		random = random * 1664525 + 1013904223;
		int key = (int)(random >> 8) % KEYS;
		char name[16];

		snprintf(name, sizeof name, "key%d", key);
		VARIANT k = key & 1 ? v_text(name) : v_long(key);

		if ((random >> 4 & 3) == 0) {
			HRESULT hr = call_method(d, "Remove", NULL, k);

			assert_int_equal(hr, there[key] ? S_OK : SCRIPT_ERROR(32811));
			count -= there[key];
			there[key] = false;
		} else {
			HRESULT hr = call_method(d, "Add", NULL, k, v_long(key));

			assert_int_equal(hr, there[key] ? SCRIPT_ERROR(457) : S_OK);
			count += !there[key];
			there[key] = true;
		}
	}
	assert_count(d, count);
	for (int i = 0; i < KEYS; i++) {
		char name[16];

		snprintf(name, sizeof name, "key%d", i);
		assert_int_equal(has(d, i & 1 ? v_text(name) : v_long(i)), there[i]);
	}
	drop(d);
}

static void *add_many(void *ctx)
{
	IDispatch *d = ctx;

	for (int i = 0; i < 2000; i++) {
		VARIANT argv[2] = { v_long(i), v_long(i) }, r = { 0 };
		IDispatch *object = d;

		automation_invoke(object, DISPID_VALUE, DISPATCH_PROPERTYPUT, argv, 2, NULL, NULL);
		automation_invoke(object, DISPID_VALUE, DISPATCH_PROPERTYGET, argv, 1, &r, NULL);
		VariantClear(&r);
		if (i % 7 == 0)
			automation_invoke(object, 7, DISPATCH_METHOD, argv, 1, NULL, NULL);
	}
	return NULL;
}

static void test_threads(void **state)
{
	IDispatch *d = new_dictionary();
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, d), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	/* Each seventh key was removed last by the thread that came last. */
	assert_false(has(d, v_long(7)));
	assert_true(has(d, v_long(8)));
	drop(d);
}

struct no_memory {
	VARIANT key, other, item;
};

/* Every member once; what failed must have changed nothing. */
static bool use_dictionary(void *ctx)
{
	struct no_memory *in = ctx;
	IUnknown *u = NULL;
	VARIANT r = { 0 }, pair[2] = { in->key, in->item }, rename[2] = { in->key, in->other };
	bool ok = true;

	if (FAILED(dictionary_new(&u)))
		return false;
	IDispatch *d = (IDispatch *)(void *)u;
	bool added = SUCCEEDED(automation_invoke(d, 1, DISPATCH_METHOD, pair, 2, NULL, NULL));
	bool renamed =
		SUCCEEDED(automation_invoke(d, 5, DISPATCH_PROPERTYPUT, rename, 2, NULL, NULL));

	ok = added && renamed;
	HRESULT hr = automation_invoke(d, 3, DISPATCH_METHOD, &in->other, 1, &r, NULL);

	ok = SUCCEEDED(hr) && ok;
	if (SUCCEEDED(hr))
		assert_int_equal(r.boolVal != 0, added && renamed);
	ok = SUCCEEDED(automation_invoke(d, 6, DISPATCH_METHOD, NULL, 0, &r, NULL)) && ok;
	VariantClear(&r);
	hr = automation_invoke(d, DISPID_NEWENUM, DISPATCH_PROPERTYGET, NULL, 0, &r, NULL);
	ok = SUCCEEDED(hr) && ok;
	VariantClear(&r);
	/* Enough to make the table grow. */
	for (LONG i = 0; i < 20; i++) {
		VARIANT n[2] = { v_long(i), in->item };

		ok = SUCCEEDED(automation_invoke(d, 0, DISPATCH_PROPERTYPUT, n, 2, NULL, NULL)) &&
		     ok;
	}
	u->lpVtbl->Release(u);
	return ok;
}

static void test_no_memory(void **state)
{
	struct no_memory in = { v_text("key"), v_text("other"), v_text("item") };

	with_every_allocation_failing(use_dictionary, &in);
	VariantClear(&in.key);
	VariantClear(&in.other);
	VariantClear(&in.item);
}

static int set_up(void **state)
{
	return scripting_register();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),        cmocka_unit_test(test_order),
		cmocka_unit_test(test_key_equality), cmocka_unit_test(test_compare_mode),
		cmocka_unit_test(test_enumeration),  cmocka_unit_test(test_objects),
		cmocka_unit_test(test_load),         cmocka_unit_test(test_threads),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
