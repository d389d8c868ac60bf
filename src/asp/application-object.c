/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Application object: variables that all sessions share. Each access holds the application's
 * lock; Application.Lock holds it across accesses, at most until the page ends.
 */
#include "asp/contents-object.h"

#define OBJECT "Application object"

/* Calls into a foreign object's default member while the lock is held would invite deadlocks:
 * the value is stored as it is (PUTREF) or was made plain by the script engine before. */
HRESULT asp_application_contents_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_application *app = ctx->application;
	asp_application_access(app, ctx);
	HRESULT hr = asp_contents_item(call, ctx, &app->contents, OBJECT);
	asp_application_access_end(app);
	return hr;
}

static HRESULT contents_call(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	struct asp_application *app = ctx->application;
	asp_application_access(app, ctx);
	HRESULT hr = asp_contents_call(call, ctx, &app->contents, OBJECT);
	asp_application_access_end(app);
	return hr;
}

static HRESULT objects_item(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	return asp_contents_item(call, ctx, &ctx->application->static_objects, OBJECT);
}

static HRESULT objects_call(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	return asp_contents_call(call, ctx, &ctx->application->static_objects, OBJECT);
}

static const struct automation_member contents_members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE | ASP_ANY_PUT, 1, 1, asp_application_contents_item },
	{ "Count", ASP_CONTENTS_COUNT, ASP_CALLABLE, 0, 0, contents_call },
	{ "Key", ASP_CONTENTS_KEY, ASP_CALLABLE, 1, 1, contents_call },
	{ "Remove", ASP_CONTENTS_REMOVE, AUTOMATION_METHOD, 1, 1, contents_call },
	{ "RemoveAll", ASP_CONTENTS_REMOVE_ALL, AUTOMATION_METHOD, 0, 0, contents_call },
	{ "_NewEnum", DISPID_NEWENUM, ASP_CALLABLE, 0, 0, contents_call },
};

const struct automation_class asp_application_contents_class = {
	.name = "IVariantDictionary",
	.members = contents_members,
	.member_count = ARRAY_LEN(contents_members),
	.free = asp_intrinsic_free,
};

static const struct automation_member objects_members[] = {
	{ "Item", DISPID_VALUE, ASP_CALLABLE, 1, 1, objects_item },
	{ "Count", ASP_CONTENTS_COUNT, ASP_CALLABLE, 0, 0, objects_call },
	{ "Key", ASP_CONTENTS_KEY, ASP_CALLABLE, 1, 1, objects_call },
	{ "_NewEnum", DISPID_NEWENUM, ASP_CALLABLE, 0, 0, objects_call },
};

const struct automation_class asp_application_objects_class = {
	.name = "IVariantDictionary",
	.members = objects_members,
	.member_count = ARRAY_LEN(objects_members),
	.free = asp_intrinsic_free,
};

static HRESULT application_contents(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	if (automation_has_arg(call, 0))
		return asp_application_contents_item(call);
	return asp_return_part(call, ctx, ASP_PART_APPLICATION_CONTENTS,
			       &asp_application_contents_class);
}

static HRESULT application_objects(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	if (automation_has_arg(call, 0))
		return objects_item(call);
	return asp_return_part(call, ctx, ASP_PART_APPLICATION_OBJECTS,
			       &asp_application_objects_class);
}

static HRESULT application_lock(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	asp_application_lock(ctx->application, ctx);
	return S_OK;
}

static HRESULT application_unlock(struct automation_call *call)
{
	struct asp_context *ctx = asp_context_of(call);
	if (!ctx)
		return asp_raise_stale(call);
	asp_application_unlock(ctx->application, ctx);
	return S_OK;
}

static const struct automation_member members[] = {
	{ "Value", DISPID_VALUE, ASP_CALLABLE | ASP_ANY_PUT, 1, 1, asp_application_contents_item },
	{ "Contents", 1, ASP_CALLABLE | ASP_ANY_PUT, 0, 1, application_contents },
	{ "StaticObjects", 2, ASP_CALLABLE, 0, 1, application_objects },
	{ "Lock", 3, AUTOMATION_METHOD, 0, 0, application_lock },
	{ "UnLock", 4, AUTOMATION_METHOD, 0, 0, application_unlock },
};

const struct automation_class asp_application_class = {
	.name = "IApplicationObject",
	.members = members,
	.member_count = ARRAY_LEN(members),
	.free = asp_intrinsic_free,
};
