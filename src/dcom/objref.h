/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object references as bytes: OBJREF in its four kinds ([MS-DCOM] 2.2.18). They travel inside
 * MInterfacePointer, always little-endian. Pure functions over bytes that nobody vouches for.
 */
#pragma once

#include "dcom/bindings.h"
#include "surrogate/com.h"

enum objref_kind {
	OBJREF_STANDARD = 1,
	OBJREF_HANDLER = 2, /* with the class of a helper at the client */
	OBJREF_CUSTOM = 4,  /* bytes that an unmarshaler of class `clsid` understands */
	OBJREF_EXTENDED = 8 /* with an envoy context */
};

#define OBJREF_NOPING 0x1000 /* SORF_NOPING: the client does not ping this object */
#define OBJREF_WEAK 0x20     /* of a table, weak: for who made it; others ignore it (2.2.18.2) */
#define OBJREF_MAX (1u << 20)

/* STDOBJREF */
struct objref_std {
	uint32_t flags;
	uint32_t public_refs; /* that whoever takes the reference must release later */
	uint64_t oxid, oid;   /* which exporter, which object of it */
	GUID ipid;            /* which interface of the object */
};

/* Large (some 8 KiB) because of the bindings. */
struct objref {
	enum objref_kind kind;
	IID iid;
	struct objref_std std;    /* all but CUSTOM */
	GUID clsid;               /* HANDLER, CUSTOM; EXTENDED: the id of the element */
	struct bindings resolver; /* all but CUSTOM: without endpoints */
	struct text data;         /* CUSTOM, EXTENDED: borrowed from what was parsed */
};

/* -EBADMSG: no object reference (RPC_E_INVALID_OBJREF); -ENOMEM. Bytes behind it are not looked at,
 * but those of CUSTOM belong to `data`. */
int objref_parse(struct text bytes, struct objref *ret);
void objref_put(const struct objref *ref, struct buf *out);
/* What all of them begin with: signature, kind, IID. */
void objref_put_head(enum objref_kind kind, REFIID iid, struct buf *out);
/* How many more bytes belong to a reference that begins so, at least; 0: it is whole. Nothing is
 * checked, so that a stream is read up to its end and no further, and then parsed. */
size_t objref_missing(struct text begun);
/* In words, one field a line: for traces and tests. */
void objref_print(const struct objref *ref, struct buf *out);

/* An OBJREF_CUSTOM around what was appended to `out` since it was begun. */
size_t objref_begin_custom(REFIID iid, REFCLSID clsid, struct buf *out);
void objref_end_custom(struct buf *out, size_t begun);
