/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables (surrogate/tables.h), and how they are looked into. The walkers are in ndr/ndr.h,
 * calls in ndr/call.h.
 */
#pragma once

#include <surrogate/tables.h>

/* The method with this opnum, of the interface or of its bases; NULL. */
const struct ndr_method *ndr_method_at(const struct ndr_interface *interface, unsigned opnum);
/* What a method that returns an HRESULT returned, of its frame; S_OK for one that does not. */
HRESULT ndr_method_result(const struct ndr_method *method, const void *frame);
/* Of what components have described (SurrogateRegisterInterfaces); NULL: nobody has. Thread safe.
 */
const struct ndr_interface *ndr_registered(REFIID iid);
/* How many opnums it has, those of its bases counted. */
static inline unsigned ndr_method_count(const struct ndr_interface *interface)
{
	return interface->first_opnum + interface->count;
}
