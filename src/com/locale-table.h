/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of com/locale.h, for com/locale.c alone; the first is the default. */
#pragma once

#include "com/locale.h"

extern const struct locale locale_rows[];
extern const size_t locale_row_count;
