/* SPDX-License-Identifier: Apache-2.0 */
/* See com_app.h. */
#include "scm/com_app.h"

#include "base/mem.h"
#include "registry/dcom.h"

#include <errno.h>
#include <stdio.h>

/* NULL when it is not there or is no text, as for the class catalog (registry/classes.c). */
static int read_text(struct registry *r, const char *key, const char *name, char **ret)
{
	int e = registry_get_string(r, key, name, ret);

	return e == -ENOENT || e == -EINVAL ? 0 : e;
}

/* It counts that it is there: one that cannot be read forbids as one that forbids. */
static int read_present(struct registry *r, const char *key, const char *name, bool *ret)
{
	_cleanup_mem_ void *data = NULL;
	enum registry_type type;
	size_t length;
	int e = registry_get(r, key, name, &type, &data, &length);

	*ret = e == 0;
	return e == -ENOENT ? 0 : e;
}

int com_app_settings_read(struct registry *r, const char *appid, struct com_app_settings *ret)
{
	struct com_app_settings s = { 0 };
	const struct {
		const char *name;
		char **to;
	} texts[] = {
		{ "DllSurrogate", &s.surrogate },
		{ "LocalService", &s.local_service },
		{ "ServiceParameters", &s.parameters },
		{ "RunAs", &s.run_as },
	};
	char key[128];
	int e = 0;

	snprintf(key, sizeof(key), "HKCR\\AppID\\%s", appid);
	for (size_t i = 0; !e && i < ARRAY_LEN(texts); i++)
		e = read_text(r, key, texts[i].name, texts[i].to);
	if (!e)
		e = read_present(r, key, "LaunchPermission", &s.launch_permission);
	if (!e)
		e = read_present(r, key, "AccessPermission", &s.access_permission);
	if (!e)
		s.idle_said = registry_get_dword(r, key, "IdleSeconds", &s.idle_seconds) == 0;
	if (!e && !s.surrogate && strcmp(appid, REGISTRY_DCOM_APP) == 0) {
		s.surrogate = mem_strdup("");
		e = s.surrogate ? 0 : -ENOMEM;
	}
	if (e)
		com_app_settings_done(&s);
	else
		*ret = s;
	return e;
}

void com_app_settings_done(struct com_app_settings *settings)
{
	mem_free(settings->surrogate);
	mem_free(settings->local_service);
	mem_free(settings->parameters);
	mem_free(settings->run_as);
	*settings = (struct com_app_settings){ 0 };
}

/* What is behind the last separator of a Windows path. */
static struct text last_part(struct text path, const char *separators)
{
	for (size_t i = path.length; i > 0; i--) {
		if (strchr(separators, path.data[i - 1]))
			return (struct text){ path.data + i, path.length - i };
	}
	return path;
}

bool com_app_is_ours(const struct com_app_settings *settings)
{
	struct text name = last_part(text_of(settings->surrogate), "\\/");

	return settings->surrogate && (!name.length || text_equal_nocase(name, TEXT("dllhost")) ||
				       text_equal_nocase(name, TEXT("dllhost.exe")));
}

enum com_app_run_as com_app_run_as(const char *run_as, const char **ret_account)
{
	/* As dcomcnfg writes them, and as people do. */
	static const struct {
		const char *name;
		enum com_app_run_as who;
	} names[] = {
		{ "NT AUTHORITY\\LocalService", COM_APP_LOCAL_SERVICE },
		{ "NT AUTHORITY\\Local Service", COM_APP_LOCAL_SERVICE },
		{ "LocalService", COM_APP_LOCAL_SERVICE },
		{ "NT AUTHORITY\\NetworkService", COM_APP_NETWORK_SERVICE },
		{ "NT AUTHORITY\\Network Service", COM_APP_NETWORK_SERVICE },
		{ "NetworkService", COM_APP_NETWORK_SERVICE },
		{ "NT AUTHORITY\\SYSTEM", COM_APP_NOBODY },
		{ "NT AUTHORITY\\LocalSystem", COM_APP_NOBODY },
		{ "LocalSystem", COM_APP_NOBODY },
		{ "SYSTEM", COM_APP_NOBODY },
		{ "Interactive User", COM_APP_NOBODY },
	};
	struct text all = text_trim(text_of(run_as));

	if (!all.length)
		return COM_APP_OWN;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (text_equal_nocase(all, text_of(names[i].name)))
			return names[i].who;
	}
	/* MACHINE\user and .\user mean an account of this machine. */
	*ret_account = last_part(text_of(run_as), "\\").data;
	return COM_APP_ACCOUNT;
}
