/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration a new installation has, as text (defaults.c). */
#pragma once

#include <stddef.h>

extern const char config_defaults[];
extern const size_t config_defaults_length;
