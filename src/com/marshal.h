/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What marshalling here and in src/dcom share: who unmarshals, and numbers as object references
 * have them. Any thread.
 */
#pragma once

#include <surrogate/com.h>

#include <string.h>

/* ---- classes that unmarshal ---- */

/* Of the wire ([MS-DCOM] 1.9), and within a process. */
extern const CLSID marshal_class_standard, marshal_class_inproc, marshal_class_error;

/* An unmarshaler that is part of this program, for the bytes of an OBJREF_CUSTOM. `remote`: they
 * come from somebody whom nobody vouches for, and only classes that do no more than read them are
 * made. REGDB_E_CLASSNOTREG: it is none of those. */
HRESULT marshal_own_class(REFCLSID clsid, bool remote, IMarshal **ret);

/* The marshaller of free-threaded objects as IMarshal alone: of any object, for this process. */
HRESULT marshal_inproc(IMarshal **ret);
/* What was marshalled of the object for this process is not to be had any more. */
void marshal_inproc_disconnect(IUnknown *object);
/* The same for all processes: CoDisconnectObject of an object that has no IMarshal of its own. */
HRESULT marshal_disconnect(IUnknown *object);

/* ---- error information by value (com/errorinfo-marshal.c): the methods of its IMarshal ---- */

HRESULT errorinfo_class(IMarshal *This, REFIID riid, void *object, DWORD context,
			void *context_data, DWORD flags, CLSID *ret);
HRESULT errorinfo_size(IMarshal *This, REFIID riid, void *object, DWORD context, void *context_data,
		       DWORD flags, DWORD *ret);
HRESULT errorinfo_marshal(IMarshal *This, IStream *stream, REFIID riid, void *object, DWORD context,
			  void *context_data, DWORD flags);
HRESULT errorinfo_unmarshal(IMarshal *This, IStream *stream, REFIID riid, void **ret);
HRESULT errorinfo_forget(IMarshal *This, IStream *stream);
HRESULT errorinfo_disconnect(IMarshal *This, DWORD reserved);
/* An empty one, to be filled by its UnmarshalInterface. */
HRESULT errorinfo_marshaler(IMarshal **ret);

/* ---- numbers: little-endian whatever the machine; a GUID's fields, too ---- */

static inline void marshal_put_u32(BYTE *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (BYTE)(v >> (8 * i));
}

static inline uint32_t marshal_get_u32(const BYTE *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static inline void marshal_put_guid(BYTE *at, REFGUID g)
{
	marshal_put_u32(at, g->Data1);
	marshal_put_u32(at + 4, (uint32_t)g->Data3 << 16 | g->Data2);
	memcpy(at + 8, g->Data4, 8);
}

static inline void marshal_get_guid(const BYTE *at, GUID *ret)
{
	ret->Data1 = marshal_get_u32(at);
	ret->Data2 = (uint16_t)marshal_get_u32(at + 4);
	ret->Data3 = (uint16_t)(marshal_get_u32(at + 4) >> 16);
	memcpy(ret->Data4, at + 8, 8);
}

/* All of it, or an error: STG_E_MEDIUMFULL, RPC_E_INVALID_OBJREF. */
HRESULT marshal_write(IStream *stream, const void *data, ULONG count);
HRESULT marshal_read(IStream *stream, void *data, ULONG count);
