/* SPDX-License-Identifier: Apache-2.0 */
/* Connection points: advising, firing, ending, and the faces that listeners use. */
#include "helpers.h"

#include "com/connection.h"

struct source {
	struct automation_object object;
	struct connection_point point;
};

static unsigned sources_alive, sinks_alive;

static void source_free(struct automation_object *object)
{
	struct source *self = container_of(object, struct source, object);

	connection_done(&self->point);
	mem_free(self);
	sources_alive--;
}

static HRESULT source_query(struct automation_object *object, REFIID riid, void **ret)
{
	return connection_query(&container_of(object, struct source, object)->point, riid, ret);
}

static const struct automation_class source_class = { .name = "Source",
						      .free = source_free,
						      .query = source_query };

static struct source *source_new(void)
{
	struct source *self = mem_new(struct source);

	assert_non_null(self);
	automation_init(&self->object, &source_class);
	connection_init(&self->point, &self->object);
	sources_alive++;
	return self;
}

struct sink {
	struct automation_object object;
	LONG sum;
};

static HRESULT sink_invoke(struct automation_call *call)
{
	struct sink *self = container_of(call->self, struct sink, object);
	LONG n;
	HRESULT hr = automation_arg_long(call, 0, &n);

	if (SUCCEEDED(hr))
		self->sum += n * call->dispid;
	return hr;
}

static void sink_free(struct automation_object *object)
{
	mem_free(container_of(object, struct sink, object));
	sinks_alive--;
}

static const struct automation_class sink_class = { .name = "Sink",
						    .free = sink_free,
						    .invoke = sink_invoke };

static struct sink *sink_new(void)
{
	struct sink *self = mem_new(struct sink);

	assert_non_null(self);
	automation_init(&self->object, &sink_class);
	sinks_alive++;
	return self;
}

static void release(struct automation_object *object)
{
	IDispatch *dispatch = automation_dispatch(object);

	dispatch->lpVtbl->Release(dispatch);
}

static void test_fire(void **state)
{
	struct source *source = source_new();
	struct sink *a = sink_new(), *b = sink_new();
	IConnectionPoint *pa, *pb;
	DWORD ca, cb;
	VARIANT n = v_long(5);

	assert_int_equal(connection_fire(&source->point, 3, &n, 1), S_OK);
	assert_int_equal(connection_advise(automation_dispatch(&source->object),
					   automation_dispatch(&a->object), &pa, &ca),
			 S_OK);
	assert_int_equal(connection_advise(automation_dispatch(&source->object),
					   automation_dispatch(&b->object), &pb, &cb),
			 S_OK);
	assert_int_not_equal(ca, cb);
	assert_int_equal(connection_fire(&source->point, 3, &n, 1), S_OK);
	assert_int_equal(a->sum, 15);
	connection_unadvise(pa, ca);
	assert_int_equal(connection_fire(&source->point, 2, &n, 1), S_OK);
	assert_int_equal(a->sum, 15);
	assert_int_equal(b->sum, 25);
	assert_int_equal(pb->lpVtbl->Unadvise(pb, ca), CONNECT_E_NOCONNECTION);
	/* A sink that nobody ended goes with its source. */
	pb->lpVtbl->Release(pb);
	release(&a->object);
	release(&b->object);
	assert_int_equal(sinks_alive, 1);
	release(&source->object);
	assert_int_equal(sinks_alive, 0);
	assert_int_equal(sources_alive, 0);
}

static void test_faces(void **state)
{
	struct source *source = source_new();
	IDispatch *object = automation_dispatch(&source->object);
	IConnectionPointContainer *container, *same;
	IEnumConnectionPoints *list, *copy;
	IConnectionPoint *point, *listed;
	IUnknown *unknown;
	ULONG count;
	IID iid;

	assert_int_equal(object->lpVtbl->QueryInterface(object, &IID_IConnectionPointContainer,
							(void **)&container),
			 S_OK);
	assert_int_equal(container->lpVtbl->FindConnectionPoint(container, &IID_IEnumVARIANT,
								&point),
			 CONNECT_E_NOCONNECTION);
	assert_int_equal(container->lpVtbl->FindConnectionPoint(container, &IID_IDispatch, &point),
			 S_OK);
	assert_int_equal(point->lpVtbl->GetConnectionInterface(point, &iid), S_OK);
	assert_true(IsEqualGUID(&iid, &IID_IDispatch));
	assert_int_equal(point->lpVtbl->GetConnectionPointContainer(point, &same), S_OK);
	assert_ptr_equal(same, container);
	same->lpVtbl->Release(same);
	/* One object has one identity, whatever face one asks. */
	assert_int_equal(point->lpVtbl->QueryInterface(point, &IID_IUnknown, (void **)&unknown),
			 S_OK);
	assert_ptr_equal(unknown, object);
	unknown->lpVtbl->Release(unknown);

	assert_int_equal(container->lpVtbl->EnumConnectionPoints(container, &list), S_OK);
	assert_int_equal(list->lpVtbl->Clone(list, &copy), S_OK);
	assert_int_equal(list->lpVtbl->Next(list, 1, &listed, &count), S_OK);
	assert_ptr_equal(listed, point);
	listed->lpVtbl->Release(listed);
	assert_int_equal(list->lpVtbl->Next(list, 1, &listed, &count), S_FALSE);
	assert_int_equal(count, 0);
	assert_int_equal(list->lpVtbl->Reset(list), S_OK);
	assert_int_equal(list->lpVtbl->Skip(list, 2), S_FALSE);
	assert_int_equal(copy->lpVtbl->Skip(copy, 1), S_OK);
	list->lpVtbl->Release(list);
	copy->lpVtbl->Release(copy);
	point->lpVtbl->Release(point);
	container->lpVtbl->Release(container);
	release(&source->object);
	assert_int_equal(sources_alive, 0);
}

static bool advise_and_fire(void *ctx)
{
	struct source *source = ctx;
	struct sink *sink = mem_new(struct sink);
	IConnectionPoint *point;
	DWORD cookie;
	VARIANT n = v_long(1);
	bool ok = false;

	if (!sink)
		return false;
	automation_init(&sink->object, &sink_class);
	sinks_alive++;
	if (SUCCEEDED(connection_advise(automation_dispatch(&source->object),
					automation_dispatch(&sink->object), &point, &cookie))) {
		ok = SUCCEEDED(connection_fire(&source->point, 1, &n, 1)) && sink->sum == 1;
		connection_unadvise(point, cookie);
	}
	release(&sink->object);
	return ok;
}

static void test_no_memory(void **state)
{
	struct source *source = source_new();

	with_every_allocation_failing(advise_and_fire, source);
	release(&source->object);
	assert_int_equal(sinks_alive, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fire),
		cmocka_unit_test(test_faces),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
