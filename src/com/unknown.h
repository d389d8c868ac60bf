/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IUnknown for objects that are written by hand. An object counts its references itself, with
 * com_refs_add and com_refs_drop; each of its interfaces is a face, whose first three methods lead
 * to one set of functions of the object:
 *
 *     static HRESULT thing_query(struct thing *self, REFIID riid, void **ret);
 *     static ULONG thing_addref(struct thing *self);
 *     static ULONG thing_release(struct thing *self);
 *     COM_FACE(reader, IReader, thing, struct thing, reader)
 *     static const IReaderVtbl reader_vtbl = { reader_query, reader_addref, reader_release, ... };
 *
 * An object with one interface leaves query and addref to COM_OBJECT, and has thing_free only; one
 * that others aggregate leaves them to COM_AGGREGATE.
 */
#pragma once

#include "base/mem.h"

#include <surrogate/com.h>

/* Counts that any thread may change; both return what is left. */
static inline ULONG com_refs_add(uint32_t *refs)
{
	return __atomic_add_fetch(refs, 1, __ATOMIC_RELAXED);
}
static inline ULONG com_refs_drop(uint32_t *refs)
{
	return __atomic_sub_fetch(refs, 1, __ATOMIC_ACQ_REL);
}

/* NAME_query, NAME_addref and NAME_release of the face MEMBER in a struct TYPE, by OBJECT_query,
 * OBJECT_addref and OBJECT_release; NAME_self gives the object of a face. */
#define COM_FACE(name, Interface, object, type, member)                                            \
	static inline type *name##_self(Interface *This)                                           \
	{                                                                                          \
		return container_of(This, type, member);                                           \
	}                                                                                          \
	static HRESULT name##_query(Interface *This, REFIID riid, void **ret)                      \
	{                                                                                          \
		return object##_query(name##_self(This), riid, ret);                               \
	}                                                                                          \
	static ULONG name##_addref(Interface *This)                                                \
	{                                                                                          \
		return object##_addref(name##_self(This));                                         \
	}                                                                                          \
	static ULONG name##_release(Interface *This)                                               \
	{                                                                                          \
		return object##_release(name##_self(This));                                        \
	}

/* The same for a struct NAME whose only face is its member `face` and whose count is `refs`: it
 * answers to IUnknown and IID_INTERFACE, and goes to NAME_free when nobody holds it. */
#define COM_OBJECT(name, Interface) COM_OBJECT_WITH(name, Interface, Interface)
/* The same for an interface that derives from another than IUnknown. */
#define COM_OBJECT_WITH(name, Interface, Base)                                                     \
	static void name##_free(struct name *self);                                                \
	static inline struct name *name##_self(Interface *This)                                    \
	{                                                                                          \
		return container_of(This, struct name, face);                                      \
	}                                                                                          \
	static HRESULT name##_query(Interface *This, REFIID riid, void **ret)                      \
	{                                                                                          \
		if (!ret)                                                                          \
			return E_POINTER;                                                          \
		*ret = NULL;                                                                       \
		if (!IsEqualGUID(riid, &IID_IUnknown) && !IsEqualGUID(riid, &IID_##Interface) &&   \
		    !IsEqualGUID(riid, &IID_##Base))                                               \
			return E_NOINTERFACE;                                                      \
		com_refs_add(&name##_self(This)->refs);                                            \
		*ret = This;                                                                       \
		return S_OK;                                                                       \
	}                                                                                          \
	static ULONG name##_addref(Interface *This)                                                \
	{                                                                                          \
		return com_refs_add(&name##_self(This)->refs);                                     \
	}                                                                                          \
	static ULONG name##_release(Interface *This)                                               \
	{                                                                                          \
		ULONG left = com_refs_drop(&name##_self(This)->refs);                              \
                                                                                                   \
		if (!left)                                                                         \
			name##_free(name##_self(This));                                            \
		return left;                                                                       \
	}

/* A struct NAME to be aggregated: `inner` is its own IUnknown, which counts in `refs` and knows its
 * `face`; that delegates to `outer`, which is not held, or is `inner` when there is no aggregate.
 * It goes to NAME_free when nobody holds it; NAME_inner_vtbl is for `inner`. */
#define COM_AGGREGATE(name, Interface)                                                             \
	static void name##_free(struct name *self);                                                \
	static inline struct name *name##_of_inner(IUnknown *This)                                 \
	{                                                                                          \
		return container_of(This, struct name, inner);                                     \
	}                                                                                          \
	static inline struct name *name##_self(Interface *This)                                    \
	{                                                                                          \
		return container_of(This, struct name, face);                                      \
	}                                                                                          \
	static HRESULT name##_inner_query(IUnknown *This, REFIID riid, void **ret)                 \
	{                                                                                          \
		if (!ret)                                                                          \
			return E_POINTER;                                                          \
		*ret = IsEqualGUID(riid, &IID_IUnknown) ? (void *)This                             \
		       : IsEqualGUID(riid, &IID_##Interface)                                       \
			       ? (void *)&name##_of_inner(This)->face                              \
			       : NULL;                                                             \
		if (!*ret)                                                                         \
			return E_NOINTERFACE;                                                      \
		((IUnknown *)*ret)->lpVtbl->AddRef(*ret);                                          \
		return S_OK;                                                                       \
	}                                                                                          \
	static ULONG name##_inner_addref(IUnknown *This)                                           \
	{                                                                                          \
		return com_refs_add(&name##_of_inner(This)->refs);                                 \
	}                                                                                          \
	static ULONG name##_inner_release(IUnknown *This)                                          \
	{                                                                                          \
		ULONG left = com_refs_drop(&name##_of_inner(This)->refs);                          \
                                                                                                   \
		if (!left)                                                                         \
			name##_free(name##_of_inner(This));                                        \
		return left;                                                                       \
	}                                                                                          \
	static const IUnknownVtbl name##_inner_vtbl = { name##_inner_query, name##_inner_addref,   \
							name##_inner_release };                    \
	static HRESULT name##_query(Interface *This, REFIID riid, void **ret)                      \
	{                                                                                          \
		IUnknown *outer = name##_self(This)->outer;                                        \
                                                                                                   \
		return outer->lpVtbl->QueryInterface(outer, riid, ret);                            \
	}                                                                                          \
	static ULONG name##_addref(Interface *This)                                                \
	{                                                                                          \
		IUnknown *outer = name##_self(This)->outer;                                        \
                                                                                                   \
		return outer->lpVtbl->AddRef(outer);                                               \
	}                                                                                          \
	static ULONG name##_release(Interface *This)                                               \
	{                                                                                          \
		IUnknown *outer = name##_self(This)->outer;                                        \
                                                                                                   \
		return outer->lpVtbl->Release(outer);                                              \
	}
