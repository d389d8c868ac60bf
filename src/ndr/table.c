/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups in the tables; see table.h. Any process, any thread.
 */
#include "ndr/table.h"

const struct ndr_method *ndr_method_at(const struct ndr_interface *interface, unsigned opnum)
{
	while (interface && opnum < interface->first_opnum)
		interface = interface->base;
	if (!interface || interface->flags & NDR_DISPINTERFACE ||
	    opnum - interface->first_opnum >= interface->count)
		return NULL;
	return &interface->methods[opnum - interface->first_opnum];
}
