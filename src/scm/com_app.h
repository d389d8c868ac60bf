/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry says about an application of components, at HKCR\AppID\{...}, with the names of
 * Windows ([MS-DCOM] 3.1.2.5.2.3, docs/dcom.md). Read by the SCM at each activation, from its one
 * thread.
 */
#pragma once

#include "registry/registry.h"

#include <stdbool.h>
#include <stdint.h>

/* Texts are NULL where there are none. */
struct com_app_settings {
	char *surrogate;     /* DllSurrogate: "" for our host */
	char *local_service; /* LocalService: the service that it is a part of */
	char *parameters;    /* ServiceParameters */
	char *run_as;        /* RunAs */
	bool launch_permission, access_permission; /* the value is there, whatever it says */
	bool idle_said;
	uint32_t idle_seconds; /* IdleSeconds: how long a host stays without an object */
};

/* 0, or the registry's error; then nothing is to be freed. REGISTRY_DCOM_APP has a process whether
 * it is registered or not. */
int com_app_settings_read(struct registry *r, const char *appid, struct com_app_settings *ret);
void com_app_settings_done(struct com_app_settings *settings);

/* True when its host is our dllhost, in whatever words. */
bool com_app_is_ours(const struct com_app_settings *settings);

enum com_app_run_as {
	COM_APP_OWN, /* a virtual identity of its own */
	COM_APP_ACCOUNT,
	COM_APP_LOCAL_SERVICE,
	COM_APP_NETWORK_SERVICE,
	COM_APP_NOBODY, /* SYSTEM, the interactive user: no application of ours is run as these */
};
/* What RunAs says (NULL: it is not there). `*ret_account` is the account's name without its
 * machine, a part of `run_as`. */
enum com_app_run_as com_app_run_as(const char *run_as, const char **ret_account);
