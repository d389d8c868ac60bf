/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes along with each call of an object: versions, ORPCTHIS and ORPCTHAT with their
 * extensions ([MS-DCOM] 1.7, 2.2.13, 2.2.21), the GUIDs of the protocol. Pure functions.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

#include <idl/ms-dcom.h>

/* ---- names ([MS-DCOM] 1.9; all end with -0000-0000-c000-000000000046) ---- */

/* clang-format off */
#define DCOM_IDS(X)                                                                                \
	X(IID_IActivationPropertiesIn, 0x000001a2)                                                 \
	X(IID_IActivationPropertiesOut, 0x000001a3)                                                \
	X(CLSID_ActivationPropertiesIn, 0x00000338)                                                \
	X(CLSID_ActivationPropertiesOut, 0x00000339)                                               \
	X(IID_IContext, 0x000001c0)                                                                \
	X(CLSID_ContextMarshaler, 0x0000033b)                                                      \
	X(CLSID_SpecialSystemProperties, 0x000001b9)                                               \
	X(CLSID_InstantiationInfo, 0x000001ab)                                                     \
	X(CLSID_ActivationContextInfo, 0x000001a5)                                                 \
	X(CLSID_SecurityInfo, 0x000001a6)                                                          \
	X(CLSID_ServerLocationInfo, 0x000001a4)                                                    \
	X(CLSID_ScmRequestInfo, 0x000001aa)                                                        \
	X(CLSID_ScmReplyInfo, 0x000001b6)                                                          \
	X(CLSID_InstanceInfo, 0x000001ad)                                                          \
	X(CLSID_PropsOutInfo, 0x00000339)                                                          \
	X(CLSID_CONTEXT_EXTENSION, 0x00000334)                                                     \
	X(CLSID_ERROR_EXTENSION, 0x0000031c)
/* clang-format on */
#define X(name, first) extern const GUID name;
DCOM_IDS(X)
#undef X

/* ---- versions ---- */

#define ORPC_MAJOR 5
#define ORPC_MINOR 7 /* Windows XP and later */
#define ORPC_MINOR_LEAST 1

/* As a server: S_OK, or RPC_E_VERSION_MISMATCH when the client is of another major version or of a
 * higher minor one. */
HRESULT orpc_accept(const COMVERSION *client);
/* As a client: what to say to a server of that version; false when there is nothing in common. */
bool orpc_negotiate(const COMVERSION *server, COMVERSION *ret);

/* ---- extensions ---- */

#define ORPC_EXTENSION_MAX 65536

/* The bytes of the extension with that id; {NULL, 0} when there is none. */
struct text orpc_find_extension(const ORPC_EXTENT_ARRAY *array, const GUID *id);
/* An array of one extension. NULL: no memory, or more than ORPC_EXTENSION_MAX. */
ORPC_EXTENT_ARRAY *orpc_make_extension(struct arena *arena, const GUID *id, struct text data);

/* ---- bindings, as they stand in parameters ---- */

struct bindings;
/* NULL: no memory. */
DUALSTRINGARRAY *orpc_make_bindings(struct arena *arena, const struct bindings *b);
/* -EBADMSG, also for NULL. */
int orpc_read_bindings(const DUALSTRINGARRAY *array, struct bindings *ret);
/* Bytes as a parameter. NULL: no memory. */
MInterfacePointer *orpc_make_pointer(struct arena *arena, struct text objref);
static inline struct text orpc_pointer_text(const MInterfacePointer *p)
{
	return p ? (struct text){ (const char *)p->abData, p->ulCntData } : (struct text){ 0 };
}
