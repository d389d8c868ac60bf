/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C side of methods: libffi's descriptions, and the methods that need more than those. Inside
 * ndr/.
 */
#pragma once

#include "ndr/call.h"

#include <ffi.h>

/* A method with [call_as]: its place in the vtable has another signature than the wire, and both
 * ways are functions of ours (ndr/call-as.c). One that is never called over the wire has a slot
 * only. */
struct ndr_bridge {
	const char *interface, *method;
	void *slot;                                      /* for the vtables of faces */
	HRESULT (*serve)(IUnknown *object, void *frame); /* calls the object */
};
/* Those of ITypeInfo and ITypeLib (ndr/call-as-typeinfo.c). */
extern const struct ndr_bridge ndr_typeinfo_bridges[];
extern const size_t ndr_typeinfo_bridge_count;
/* Makes the call of a face with a frame. When it fails, targets of [out] pointers are empty. */
HRESULT ndr_face_call(void *face, unsigned opnum, void *frame);
/* NULL: there is none. `interface` may derive from the one that has the method. */
const struct ndr_bridge *ndr_bridge_of(const struct ndr_interface *interface, unsigned opnum);

struct ndr_signature {
	struct ndr_signature *next;
	const struct ndr_method *method;
	ffi_cif cif;
	ffi_type **types;   /* the object, then the parameters */
	void *code;         /* what the vtable of a face has for it; NULL: not made yet */
	uint32_t arguments; /* parameters, without the result */
};
