/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BSTR, VARIANT and SAFEARRAY between memory (surrogate/com.h) and the wire (ms-oaut.idl), for the
 * types with [wire_marshal] there. These three are the only hand-written marshalling: their wire
 * forms are ordinary IDL types, and what is here only fills those or takes them apart. The wire
 * forms hold native strings and arrays in turn, so both ways are shallow.
 */
#include "base/arena.h"
#include "base/mem.h"
#include "com/bstr.h"
#include "com/variant.h"
#include "ndr/native.h"
#include "ndr/table.h"

#include <errno.h>
#include <idl/ms-oaut.h>

#define TYPE_MASK 0x0FFFu
#define NULL_BSTR 0xFFFFFFFFu
#define DIMS_MAX 60

/* ---- BSTR, [MS-OAUT] 2.2.23 ---- */

static int bstr_to_wire(const void *native, void *wire, struct arena *scratch)
{
	BSTR s;

	memcpy(&s, native, sizeof s);
	uint32_t bytes = bstr_bytes(s), units = (bytes + 1) / 2;
	FLAGGED_WORD_BLOB *blob = arena_alloc(scratch, sizeof *blob + (size_t)units * 2);
	if (!blob)
		return -ENOMEM;
	blob->cBytes = s ? bytes : NULL_BSTR;
	blob->clSize = units;
	if (units) {
		blob->asData[units - 1] = 0;
		memcpy(blob->asData, s, bytes);
	}
	memcpy(wire, &blob, sizeof blob);
	return 0;
}

static int bstr_from_wire(void *wire, void *native)
{
	FLAGGED_WORD_BLOB *blob;
	BSTR s = NULL;

	memcpy(&blob, wire, sizeof blob);
	if (blob && blob->cBytes == NULL_BSTR && blob->clSize)
		return -EBADMSG;
	if (blob && blob->cBytes != NULL_BSTR) {
		if (blob->clSize != blob->cBytes / 2 + blob->cBytes % 2)
			return -EBADMSG;
		s = bstr_from_bytes(blob->asData, blob->cBytes);
		if (!s)
			return -ENOMEM;
	}
	memcpy(native, &s, sizeof s);
	return 0;
}

static void bstr_clear(void *native, bool made)
{
	BSTR s, none = NULL;

	memcpy(&s, native, sizeof s);
	memcpy(native, &none, sizeof none);
	SysFreeString(s);
}

const struct ndr_native ndr_native_BSTR = {
	.name = "BSTR",
	.to_wire = bstr_to_wire,
	.from_wire = bstr_from_wire,
	.clear = bstr_clear,
};

/* ---- SAFEARRAY, [MS-OAUT] 2.2.30 ---- */

/* Element type to the arm of the wire's union; 0: it cannot be sent. */
static uint32_t array_arm(VARTYPE vt)
{
	switch (vt) {
	case VT_I1:
	case VT_UI1:
		return SF_I1;
	case VT_I2:
	case VT_UI2:
	case VT_BOOL:
		return SF_I2;
	case VT_I4:
	case VT_UI4:
	case VT_R4:
	case VT_INT:
	case VT_UINT:
	case VT_ERROR:
		return SF_I4;
	case VT_I8:
	case VT_UI8:
	case VT_R8:
	case VT_CY:
	case VT_DATE:
		return SF_I8;
	case VT_BSTR:
	case VT_UNKNOWN:
	case VT_DISPATCH:
	case VT_VARIANT:
		return vt;
	default:
		return 0;
	}
}

static size_t array_count(const SAFEARRAYBOUND *bounds, UINT dims)
{
	size_t count = 1;

	for (UINT i = 0; i < dims; i++) {
		if (__builtin_mul_overflow(count, (size_t)bounds[i].cElements, &count))
			return SIZE_MAX;
	}
	return count;
}

/* The arms are a count and a pointer each, in this layout. */
struct sized {
	ULONG size;
	void *data;
};
_Static_assert(sizeof(struct sized) == sizeof(SAFEARR_BSTR) &&
		       sizeof(struct sized) == sizeof(HYPER_SIZEDARR) &&
		       offsetof(struct sized, data) == offsetof(SAFEARR_VARIANT, aVariant),
	       "arms of a SAFEARRAYUNION");

static int array_to_wire(const void *native, void *wire, struct arena *scratch)
{
	static uint64_t nothing; /* where an array without elements points */
	SAFEARRAY *array;
	VARTYPE vt;

	memcpy(&array, native, sizeof array);
	if (!array)
		return 0;
	struct _wireSAFEARRAY *w =
		arena_zalloc(scratch, 1, sizeof *w + array->cDims * sizeof(SAFEARRAYBOUND));
	wireSAFEARRAY *outer = arena_alloc(scratch, sizeof(wireSAFEARRAY));
	if (!w || !outer)
		return -ENOMEM;
	if (FAILED(SafeArrayGetVartype(array, &vt)) || !array_arm(vt))
		return -EINVAL;
	size_t count = array_count(array->rgsabound, array->cDims);
	if (count > UINT32_MAX)
		return -EINVAL;
	struct sized arm = { (ULONG)count, count ? array->pvData : &nothing };
	w->cDims = array->cDims;
	w->fFeatures = array->fFeatures;
	w->cbElements = array->cbElements;
	w->cLocks = (ULONG)vt << 16;
	w->uArrayStructs.sfType = array_arm(vt);
	memcpy(&w->uArrayStructs.u, &arm, sizeof arm);
	memcpy(w->rgsabound, array->rgsabound, array->cDims * sizeof(SAFEARRAYBOUND));
	*outer = w;
	memcpy(wire, &outer, sizeof outer);
	return 0;
}

/* Which elements it has: what FADF_HAVEVARTYPE says, else what the arm is mostly used for. */
static VARTYPE wire_vartype(const struct _wireSAFEARRAY *w)
{
	uint32_t arm = w->uArrayStructs.sfType;
	VARTYPE vt = (VARTYPE)(w->cLocks >> 16);

	if (arm == SF_HAVEIID)
		return w->fFeatures & FADF_DISPATCH ? VT_DISPATCH : VT_UNKNOWN;
	if (w->fFeatures & FADF_HAVEVARTYPE)
		return array_arm(vt) == arm ? vt : VT_EMPTY;
	if (arm == SF_I1)
		return VT_UI1;
	return arm == SF_I2 || arm == SF_I4 || arm == SF_I8 || array_arm((VARTYPE)arm) == arm
		       ? (VARTYPE)arm
		       : VT_EMPTY;
}

/* What a VARIANT by reference points to has no owner inside of an array. */
static bool has_references(VARTYPE vt, const struct sized *arm)
{
	const VARIANT *items = arm->data;

	for (ULONG i = 0; vt == VT_VARIANT && i < arm->size; i++) {
		if (items[i].vt & VT_BYREF)
			return true;
	}
	return false;
}

static int array_from_wire(void *wire, void *native)
{
	SAFEARRAYBOUND bounds[DIMS_MAX];
	SAFEARRAY *array = NULL;
	wireSAFEARRAY *outer;
	struct sized arm;

	memcpy(&outer, wire, sizeof outer);
	struct _wireSAFEARRAY *w = outer ? *outer : NULL;
	if (!w) {
		memcpy(native, &array, sizeof array);
		return 0;
	}
	VARTYPE vt = wire_vartype(w);
	memcpy(&arm, &w->uArrayStructs.u, sizeof arm);
	if (!w->cDims || w->cDims > DIMS_MAX || !vt || w->cbElements != variant_element_size(vt) ||
	    array_count(w->rgsabound, w->cDims) != arm.size || (arm.size && !arm.data) ||
	    has_references(vt, &arm))
		return -EBADMSG;
	for (UINT i = 0; i < w->cDims; i++)
		bounds[i] = w->rgsabound[w->cDims - 1 - i];
	array = SafeArrayCreate(vt, w->cDims, bounds);
	if (!array)
		return -ENOMEM;
	if (arm.size)
		memcpy(array->pvData, arm.data, (size_t)arm.size * w->cbElements);
	memcpy(native, &array, sizeof array);
	return 0;
}

static void array_clear(void *native, bool made)
{
	SAFEARRAY *array, *none = NULL;

	memcpy(&array, native, sizeof array);
	memcpy(native, &none, sizeof none);
	if (array)
		(void)SafeArrayDestroy(array);
}

const struct ndr_native ndr_native_PSAFEARRAY = {
	.name = "PSAFEARRAY",
	.to_wire = array_to_wire,
	.from_wire = array_from_wire,
	.clear = array_clear,
};

/* ---- VARIANT, [MS-OAUT] 2.2.29 ---- */

/* Bytes of what a VARIANT of this type holds itself; 0: it cannot be sent. */
static size_t value_size(VARTYPE vt)
{
	if (vt == VT_DECIMAL)
		return sizeof(DECIMAL);
	return vt == VT_VARIANT || vt == VT_RECORD ? 0 : variant_element_size(vt);
}

size_t ndr_reference_size(VARTYPE vt)
{
	if (vt & VT_ARRAY)
		return sizeof(SAFEARRAY *);
	vt &= VT_TYPEMASK;
	return vt == VT_VARIANT ? sizeof(VARIANT) : value_size(vt);
}

static VARTYPE base_type(VARTYPE vt)
{
	return vt & (VARTYPE)~VT_BYREF;
}

static bool sendable(VARTYPE vt)
{
	if (vt & ~(TYPE_MASK | VT_ARRAY | VT_BYREF))
		return false;
	if (vt == VT_EMPTY || vt == VT_NULL)
		return true;
	if (vt & VT_ARRAY)
		return array_arm(vt & TYPE_MASK) != 0;
	return vt & VT_BYREF ? ndr_reference_size(vt) : value_size(vt);
}

static int variant_to_wire(const void *native, void *wire, struct arena *scratch)
{
	const VARIANT *v = native;
	struct _wireVARIANT *w = arena_zalloc(scratch, 1, sizeof *w);

	if (!w)
		return -ENOMEM;
	if (!sendable(v->vt) || (v->vt & VT_BYREF && !v->byref))
		return -EINVAL;
	w->vt = v->vt;
	if (v->vt == VT_DECIMAL) {
		w->_varUnion.decVal = v->decVal;
		w->_varUnion.decVal.wReserved = 0;
	} else {
		w->_varUnion.llVal = v->llVal;
	}
	memcpy(wire, &w, sizeof w);
	return 0;
}

/* An array in a VARIANT is of the type that the VARIANT says. */
static bool array_fits(VARTYPE vt, SAFEARRAY *array)
{
	VARTYPE element;

	return !array ||
	       (SUCCEEDED(SafeArrayGetVartype(array, &element)) && element == (vt & TYPE_MASK));
}

static int reference_from_wire(const struct _wireVARIANT *w, VARIANT *v)
{
	size_t size = ndr_reference_size(w->vt);
	SAFEARRAY *array;

	if (!w->_varUnion.pbVal)
		return -EBADMSG;
	if (w->vt & VT_ARRAY) {
		memcpy(&array, w->_varUnion.pbVal, sizeof array);
		if (!array_fits(w->vt, array))
			return -EBADMSG;
	}
	v->byref = mem_dup(w->_varUnion.pbVal, size);
	return v->byref ? 0 : -ENOMEM;
}

static int variant_from_wire(void *wire, void *native)
{
	struct _wireVARIANT *w;
	VARIANT v = { 0 };
	int r = 0;

	memcpy(&w, wire, sizeof w);
	if (!w) {
		*(VARIANT *)native = v;
		return 0;
	}
	if (!sendable(w->vt))
		return -EBADMSG;
	if (w->vt == VT_DECIMAL)
		v.decVal = w->_varUnion.decVal;
	else if (w->vt & VT_BYREF)
		r = reference_from_wire(w, &v);
	else if (w->vt & VT_ARRAY && !array_fits(w->vt, w->_varUnion.parray))
		r = -EBADMSG;
	else if (w->vt != VT_EMPTY && w->vt != VT_NULL)
		memcpy(&v.llVal, &w->_varUnion,
		       w->vt & VT_ARRAY ? sizeof(SAFEARRAY *) : value_size(w->vt));
	if (r)
		return r;
	v.vt = w->vt;
	*(VARIANT *)native = v;
	return 0;
}

static void variant_clear(void *native, bool made)
{
	VARIANT *v = native, target = { 0 };
	void *memory = v->byref;

	if (!made || !(v->vt & VT_BYREF)) {
		(void)VariantClear(v);
		*v = (VARIANT){ 0 };
		return;
	}
	/* The target is ours too: variant_from_wire made it. */
	VARTYPE vt = base_type(v->vt);
	*v = (VARIANT){ 0 };
	if (vt == VT_VARIANT) {
		variant_clear(memory, true);
	} else if (vt != VT_DECIMAL) {
		target.vt = vt;
		memcpy(&target.llVal, memory, ndr_reference_size(vt));
		(void)VariantClear(&target);
	}
	mem_free(memory);
}

const struct ndr_native ndr_native_VARIANT = {
	.name = "VARIANT",
	.to_wire = variant_to_wire,
	.from_wire = variant_from_wire,
	.clear = variant_clear,
	.measure = 8,
};
