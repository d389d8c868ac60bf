/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who children run as: pools, services, applications of components. SCM loop thread.
 */
#include "scm/scm_internal.h"
#include "scm/com_app.h"

#include <errno.h>
#include <stdio.h>

static int virtual_identity(struct scm *scm, const char *name, struct identity *ret,
			    struct error *err)
{
	return identity_virtual(name, scm_identity_number, scm, ret, err);
}

int scm_identity_of_pool(struct scm *scm, const struct config_pool *pool, struct identity *ret,
			 struct error *err)
{
	const char *user = pool->user_name ? pool->user_name : "", *slash = strrchr(user, '\\');
	char name[160];

	switch (pool->identity) {
	case CONFIG_LOCAL_SYSTEM:
		return identity_current(ret, err);
	case CONFIG_LOCAL_SERVICE:
		return virtual_identity(scm, "NT AUTHORITY\\LOCAL SERVICE", ret, err);
	case CONFIG_NETWORK_SERVICE:
		return virtual_identity(scm, "NT AUTHORITY\\NETWORK SERVICE", ret, err);
	case CONFIG_SPECIFIC_USER: /* MACHINE\user and .\user mean an account of this machine */
		return identity_account(slash ? slash + 1 : user, ret, err);
	case CONFIG_POOL_IDENTITY:
		break;
	}
	snprintf(name, sizeof(name), "IIS APPPOOL\\%s", pool->name);
	return virtual_identity(scm, name, ret, err);
}

int scm_identity_of_service(struct scm *scm, enum service_id id, struct identity *ret,
			    struct error *err)
{
	char name[160];
	int r;

	snprintf(name, sizeof(name), "NT SERVICE\\%s", service_table[id].name);
	r = virtual_identity(scm, name, ret, err);
	/* The common group opens what pages write; rpcss has no business there. */
	if (!r && id == SERVICE_RPCSS && ret->uid >= IDENTITY_UID_FIRST) {
		ret->gid = ret->groups[0] = ret->uid;
		ret->group_count = 1;
	}
	return r;
}

int scm_identity_of_app(struct scm *scm, const char *appid, const char *run_as,
			struct identity *ret, struct error *err)
{
	const char *account = "";
	char name[160];

	switch (com_app_run_as(run_as, &account)) {
	case COM_APP_ACCOUNT:
		return identity_account(account, ret, err);
	case COM_APP_LOCAL_SERVICE:
		return virtual_identity(scm, "NT AUTHORITY\\LOCAL SERVICE", ret, err);
	case COM_APP_NETWORK_SERVICE:
		return virtual_identity(scm, "NT AUTHORITY\\NETWORK SERVICE", ret, err);
	case COM_APP_NOBODY:
		return error_set(err, -EACCES,
				 "RunAs says '%s', which no application is run as here", run_as);
	case COM_APP_OWN:
		break;
	}
	snprintf(name, sizeof(name), "COM\\%s", appid);
	return virtual_identity(scm, name, ret, err);
}
