/* SPDX-License-Identifier: Apache-2.0 */
/* A shopping basket as an automation class: the worked example of docs/classes.md. */
#include "base/mem.h"
#include "com/automation.h"
#include "com/class.h"

struct basket {
	struct automation_object object; /* first: the basket is an object */
	LONG count;
	CY total;
};

static struct basket *basket_of(struct automation_object *object)
{
	return container_of(object, struct basket, object);
}

/* basket.Add price[, count] */
static HRESULT basket_add(struct automation_call *call)
{
	struct basket *self = basket_of(call->self);
	VARIANT price = { 0 };
	LONG count;
	HRESULT hr = VariantChangeType(&price, call->argv[0], 0, VT_CY);

	if (SUCCEEDED(hr))
		hr = automation_arg_long_or(call, 1, 1, &count);
	if (FAILED(hr))
		return hr; /* the script sees "Type mismatch" or "Overflow" */
	if (count < 1)
		return automation_raise(call, MAKE_SCRIPT_HRESULT(5), "Basket",
					"%d is no number of things to buy", (int)count);
	if (__builtin_mul_overflow(price.cyVal.int64, count, &price.cyVal.int64) ||
	    __builtin_add_overflow(self->total.int64, price.cyVal.int64, &self->total.int64) ||
	    __builtin_add_overflow(self->count, count, &self->count))
		return DISP_E_OVERFLOW;
	return S_OK;
}

static HRESULT basket_count(struct automation_call *call)
{
	return automation_return_long(call->result, basket_of(call->self)->count);
}

static HRESULT basket_total(struct automation_call *call)
{
	*call->result = (VARIANT){ .vt = VT_CY, .cyVal = basket_of(call->self)->total };
	return S_OK;
}

static void basket_free(struct automation_object *object)
{
	mem_free(basket_of(object));
}

static const struct automation_member basket_members[] = {
	/* name, DISPID, kinds, fewest and most arguments, function */
	{ "Total", DISPID_VALUE, AUTOMATION_GET, 0, 0, basket_total },
	{ "Count", 1, AUTOMATION_GET, 0, 0, basket_count },
	{ "Add", 2, AUTOMATION_METHOD, 1, 2, basket_add },
};

static const struct automation_class basket_class = {
	.name = "Basket", /* what TypeName() says */
	.members = basket_members,
	.member_count = ARRAY_LEN(basket_members),
	.free = basket_free,
};

static HRESULT basket_create(IUnknown **ret)
{
	struct basket *self = mem_new(struct basket);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(&self->object, &basket_class);
	*ret = (IUnknown *)(void *)automation_dispatch(&self->object);
	return S_OK;
}

/* For class_register() at start-up; then CreateObject("Shop.Basket") makes one. */
const struct class_entry basket_entry = {
	.clsid = { 0x6F1C2A10, 0x3B7E, 0x4D55, { 0x9A, 0x01, 0x5E, 0x2B, 0x77, 0xC4, 0x10, 0x9D } },
	.progid = "Shop.Basket",
	.description = "A shopping basket",
	.create = basket_create,
};
