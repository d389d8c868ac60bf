/* SPDX-License-Identifier: Apache-2.0 */
/* IBasket in C, as basket.idl has it: for the component and for programs that use it. */
#pragma once

#include <surrogate/com.h>

static const IID IID_IBasket = {
	0x5A0D4B9E, 0x8C1B, 0x4E7C, { 0x9C, 0x55, 0x0B, 0x1E, 0x7D, 0x2A, 0x9F, 0x30 }
};

typedef struct IBasket IBasket;
typedef struct IBasketVtbl {
	IUNKNOWN_METHODS(IBasket)
	IDISPATCH_METHODS(IBasket)
	HRESULT (*Add)(IBasket *This, CY price, LONG count);
	HRESULT (*get_Count)(IBasket *This, LONG *ret);
	HRESULT (*get_Total)(IBasket *This, CY *ret);
} IBasketVtbl;
struct IBasket {
	const IBasketVtbl *lpVtbl;
};
