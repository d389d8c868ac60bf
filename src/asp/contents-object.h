/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the objects over struct asp_contents have in common: Session and Application, their
 * Contents and their StaticObjects. The caller holds whatever lock the contents need.
 */
#pragma once

#include "asp/objects.h"

enum asp_contents_member {
	ASP_CONTENTS_COUNT = 1,
	ASP_CONTENTS_KEY,
	ASP_CONTENTS_REMOVE,
	ASP_CONTENTS_REMOVE_ALL
};

/* Item(name or number), read or written. An intrinsic object, or one that lives in the
 * page's engine, cannot be kept: ASP 0188, 0197. */
HRESULT asp_contents_item(struct automation_call *call, struct asp_context *ctx,
			  struct asp_contents *contents, const char *object);
/* The members of enum asp_contents_member, and DISPID_NEWENUM. */
HRESULT asp_contents_call(struct automation_call *call, struct asp_context *ctx,
			  struct asp_contents *contents, const char *object);
