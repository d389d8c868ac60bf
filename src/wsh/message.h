/* SPDX-License-Identifier: Apache-2.0 */
/* MsgBox on a console. */
#pragma once

#include <surrogate/com.h>

/* The `message` of struct vbs_host; ctx is the struct wsh. The text goes to standard error. A box
 * with one button is answered at once; for others a terminal is asked, and without one the call
 * fails with E_ACCESSDENIED, because nobody should answer "Delete all?" but a person. */
HRESULT wsh_message(void *ctx, BSTR text, LONG flags, BSTR title, LONG *ret);
