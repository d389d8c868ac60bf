/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry's words about DCOM mean to rpcss. The service control manager has read them
 * (registry/dcom.h), and sends what rpcss may know (RPCSS_START, ipc/control.h).
 */
#pragma once

#include "base/error.h"
#include "dcom/bindings.h"
#include "surrogate/com.h"

#define ACTIVATOR_CLASSES_MAX 256
#define ACTIVATOR_NAMES_MAX 8

struct activator_class {
	CLSID asked, given; /* a class that others may ask for, and the one they get */
};

struct activator_settings {
	enum authn_level least; /* of calls of objects */
	uint32_t ping_seconds;
	char names[ACTIVATOR_NAMES_MAX][BINDINGS_TEXT_MAX];
	unsigned name_count;
	struct activator_class classes[ACTIVATOR_CLASSES_MAX];
	unsigned class_count;
};

/* As the registry has them; texts need no NUL. */
struct activator_raw {
	uint64_t authn_level, ping_seconds;
	struct text names;   /* names or addresses with commas between */
	struct text classes; /* a line for each: ProgID or {CLSID}, tab, 1 or 0 or another class */
};

/* -EINVAL: a value makes no sense; the text names it. Classes may be named by ProgID: the class
 * table must be filled, and the catalog configured. */
int activator_settings_parse(const struct activator_raw *raw, struct activator_settings *ret,
			     struct error *err);
