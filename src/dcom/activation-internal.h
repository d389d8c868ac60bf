/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The activation properties blob itself ([MS-DCOM] 2.2.22): a list of typed values inside an
 * OBJREF_CUSTOM. Shared by the files that say what is in a request and in a reply.
 */
#pragma once

#include "dcom/activation.h"
#include "ndr/ndr.h"

#define ACTIVATION_PROPERTIES_MAX 10 /* MAX_ACTPROP_LIMIT */
#define ACTIVATION_BLOB_MAX (1u << 20)

/* One property: which, and where its value is (of the C type of `type`). */
struct activation_property {
	const GUID *clsid;
	const struct ndr_type *type, *alternate; /* alternate: another form, read when it is not */
	void *value;
	bool required, found;
};

/* Reads those of `list` that are in the blob, and passes over others. */
HRESULT activation_read_blob(struct text objref, REFIID iid, REFCLSID clsid,
			     struct activation_property *list, size_t count, struct arena *arena,
			     struct error *err);
/* Appends an object reference with all of `list`. -ENOMEM, -ENOBUFS. */
int activation_put_blob(REFIID iid, REFCLSID clsid, const struct activation_property *list,
			size_t count, struct buf *out);
