/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the intrinsic objects share.
 */
#pragma once

#include "asp/asp-priv.h"

/* As kinds: members that scripts use as method or property alike. */
#define ASP_CALLABLE (AUTOMATION_METHOD | AUTOMATION_GET)
#define ASP_ANY_PUT (AUTOMATION_PUT | AUTOMATION_PUTREF)

/* Request's collections, made on first use; NULL with `*ret_hr` set. No reference is taken. */
IDispatch *asp_request_query(struct automation_call *call, struct asp_context *ctx,
			     HRESULT *ret_hr);
IDispatch *asp_request_form(struct automation_call *call, struct asp_context *ctx, HRESULT *ret_hr);
IDispatch *asp_request_cookies(struct asp_context *ctx, HRESULT *ret_hr);

/* Request.ServerVariables. */
extern const struct automation_class asp_variables_class;
/* The value of a server variable in the request's arena; data == NULL: there is none. */
struct text asp_variable(struct asp_context *ctx, struct text name);

/* Response.Cookies. */
extern const struct automation_class asp_response_cookies_class;
/* Response.Cookies(name) = value, and Response.Cookies(name) as an object. */
HRESULT asp_response_cookies_item(struct automation_call *call);

/* Session.Contents, Application.Contents and their StaticObjects. */
extern const struct automation_class asp_session_contents_class, asp_session_objects_class,
	asp_application_contents_class, asp_application_objects_class;
/* The default member of Session and Application: Contents(name). */
HRESULT asp_session_contents_item(struct automation_call *call);
HRESULT asp_application_contents_item(struct automation_call *call);

/* A date in the server's local time as seconds since 1970; E_INVALIDARG out of range. */
HRESULT asp_date_seconds(const VARIANT *value, int64_t *ret);
