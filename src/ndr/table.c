/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups in the tables; see table.h. Any process, any thread.
 */
#include "ndr/table.h"

#include <string.h>

#define VERBATIM(wire, memory) ((wire) == (memory) ? NDR_SIMPLE | NDR_VERBATIM : NDR_SIMPLE)

const struct ndr_type ndr_base[NDR_POINTER] = {
	[NDR_NONE] = { .name = "void", .kind = NDR_NONE, .align = 1, .flags = NDR_SIMPLE },
#define X(title, wire, memory, is_signed)                                                          \
	[NDR_##title] = { .name = "",                                                              \
			  .kind = NDR_##title,                                                     \
			  .align = wire,                                                           \
			  .flags = VERBATIM(wire, memory),                                         \
			  .size = memory,                                                          \
			  .least = wire },
	NDR_SCALARS(X)
#undef X
};

const struct ndr_type ndr_type_context = {
	.name = "context_handle",
	.kind = NDR_CONTEXT,
	.align = 4,
	.flags = NDR_SIMPLE | NDR_VERBATIM,
	.size = sizeof(struct ndr_context),
	.least = 20,
};
_Static_assert(sizeof(struct ndr_context) == 20, "a context handle is the same in memory");

const struct ndr_method *ndr_method_at(const struct ndr_interface *interface, unsigned opnum)
{
	while (interface && opnum < interface->first_opnum)
		interface = interface->base;
	if (!interface || interface->flags & NDR_DISPINTERFACE ||
	    opnum - interface->first_opnum >= interface->count)
		return NULL;
	return &interface->methods[opnum - interface->first_opnum];
}

HRESULT ndr_method_result(const struct ndr_method *method, const void *frame)
{
	const struct ndr_field *last = method->count ? &method->params[method->count - 1] : NULL;
	HRESULT hr = S_OK;

	if (last && last->flags & NDR_RESULT && last->vt == VT_HRESULT)
		memcpy(&hr, (const char *)frame + last->offset, sizeof hr);
	return hr;
}
