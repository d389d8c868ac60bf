/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The class object of a test's component: one that is always there and counts nothing. What its
 * CreateInstance does is the component's to say.
 */
#pragma once

#include <surrogate/com.h>

static HRESULT class_query(IClassFactory *This, REFIID riid, void **ret)
{
	*ret = IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IClassFactory) ? This
											 : NULL;
	return *ret ? S_OK : E_NOINTERFACE;
}

static ULONG class_count(IClassFactory *This)
{
	(void)This;
	return 1;
}

static HRESULT class_lock(IClassFactory *This, BOOL lock)
{
	(void)This, (void)lock;
	return S_OK;
}

/* The methods of a class object that makes objects by `create`. */
#define CLASS_OBJECT_METHODS(create)                                                               \
	{                                                                                          \
		class_query, class_count, class_count, create, class_lock                          \
	}
