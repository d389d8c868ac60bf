/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding a member of an automation class by name or DISPID, for automation.c alone: the index of
 * a class is built at its first use and lives as long as the process. Lock free; any thread.
 */
#pragma once

#include "com/automation.h"

/* The first row of that name (ASCII case folding), NULL when there is none. */
const struct automation_member *automation_index_name(const struct automation_class *class,
						      const OLECHAR *name, size_t length);
/* The row of `dispid` that has one of `kinds`; any row of `dispid` for `kinds` 0. */
const struct automation_member *automation_index_dispid(const struct automation_class *class,
							DISPID dispid, WORD kinds);
