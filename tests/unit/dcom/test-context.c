/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of dcom/context.h. */
#include "../unit.h"

#include "base/mem.h"
#include "dcom/context.h"
#include "dcom/objref.h"
#include "dcom/orpc.h"

#define HEAD 48
#define EXTENTS 28
#define COUNT 40

/* One property of three bytes. */
static void make(uint8_t context[HEAD + 43])
{
	struct buf out;

	buf_init(&out, 4096);
	context_put(&out);
	assert_int_equal(out.length, HEAD);
	memset(context, 0, HEAD + 43);
	memcpy(context, out.data, HEAD);
	context[COUNT] = 1;
	context[HEAD + 36] = 3;
	buf_done(&out);
}

static HRESULT check(const uint8_t *context, size_t length)
{
	void *copy = mem_dup(context, length); /* so that a read behind it shows */
	HRESULT hr = context_check((struct text){ copy, length });

	mem_free(copy);
	return hr;
}

static void contexts_are_checked(void **state)
{
	uint8_t context[HEAD + 43];

	make(context);
	assert_int_equal(check(context, sizeof context), S_OK);
	for (size_t n = 0; n < HEAD + 40; n++)
		assert_int_equal(check(context, n), RPC_E_INVALID_OBJREF);
	context[COUNT] = 0;
	assert_int_equal(check(context, HEAD), S_OK);
	context[COUNT + 3] = 0xff;
	assert_int_equal(check(context, sizeof context), RPC_E_INVALID_OBJREF);
	for (int i = 0; i < 8; i++) {
		make(context);
		context[EXTENTS + i] = 1;
		assert_int_equal(check(context, sizeof context), RPC_E_INVALID_OBJREF);
	}
}

static HRESULT check_reference(const IID *iid, const CLSID *clsid)
{
	struct buf out;

	buf_init(&out, 4096);
	size_t begun = objref_begin_custom(iid, clsid, &out);

	context_put(&out);
	objref_end_custom(&out, begun);
	HRESULT hr = context_check_reference(buf_text(&out));

	buf_done(&out);
	return hr;
}

static void references_to_contexts_name_their_class(void **state)
{
	assert_int_equal(check_reference(&IID_IContext, &CLSID_ContextMarshaler), S_OK);
	assert_int_equal(check_reference(&IID_IContext, &CLSID_ActivationPropertiesIn),
			 RPC_E_INVALID_OBJREF);
	assert_int_equal(context_check_reference(TEXT("MEOW")), RPC_E_INVALID_OBJREF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contexts_are_checked),
		cmocka_unit_test(references_to_contexts_name_their_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
