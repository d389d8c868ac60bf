/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry says about DCOM, read once at the start. Names that Windows has are Windows'.
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
	bool enabled;
	enum authn_level least; /* of calls of objects */
	uint32_t ping_seconds;
	uint16_t first_port, last_port; /* for objects; 0: the port of activation */
	char names[ACTIVATOR_NAMES_MAX][BINDINGS_TEXT_MAX];
	unsigned name_count;
	struct activator_class classes[ACTIVATOR_CLASSES_MAX];
	unsigned class_count;
};

/* Without a registry, and for what it does not say, the defaults. -EINVAL: a value makes no sense;
 * the text names it. The class table must be filled: classes may be named by ProgID. */
int activator_settings_read(const char *state_dir, struct activator_settings *ret,
			    struct error *err);
