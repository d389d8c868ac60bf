/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WScript.Network: who and where the script is, and what is mounted from the network. Runs in the
 * thread of the script; holds nothing. Drives and printers are connected by the administrator of a
 * Linux machine, so the members that would do it are errors that say so.
 */
#include "library/wscript/wscript.h"

#include "base/mem.h"
#include "library/scripting/path.h"
#include "library/wscript/support.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>

#define MOUNTS_MAX 256

/* ---- names ---- */

static HRESULT network_computer(struct automation_call *call)
{
	char name[WSCRIPT_NAME_SIZE];

	wscript_computer_name(name);
	return automation_return_text(call->result, text_of(name));
}

static HRESULT network_user(struct automation_call *call)
{
	char user[WSCRIPT_NAME_SIZE], domain[WSCRIPT_NAME_SIZE];

	wscript_user_name(user, domain);
	return automation_return_text(call->result, text_of(user));
}

static HRESULT network_domain(struct automation_call *call)
{
	char user[WSCRIPT_NAME_SIZE], domain[WSCRIPT_NAME_SIZE];

	wscript_user_name(user, domain);
	return automation_return_text(call->result, text_of(domain));
}

/* Of a domain's logon script; nobody logs on here. */
static HRESULT network_no_text(struct automation_call *call)
{
	return automation_return_text(call->result, TEXT(""));
}

/* ---- what is connected ---- */

/* "//server/share" of CIFS and "server:/path" of NFS as "\\server\share". */
static char *remote_name(struct arena *arena, const struct mntent *mount)
{
	const char *name = mount->mnt_fsname;
	bool nfs = strncmp(mount->mnt_type, "nfs", 3) == 0;
	char *out;

	if (!nfs)
		out = arena_printf(arena, "%s", name);
	else
		out = arena_printf(arena, "//%.*s%s", (int)strcspn(name, ":"), name,
				   name + strcspn(name, ":") + (strchr(name, ':') != NULL));
	for (char *p = out; p && *p; p++)
		if (*p == '/')
			*p = '\\';
	return out;
}

static bool is_network(const struct mntent *mount)
{
	return strcmp(mount->mnt_type, "cifs") == 0 || strcmp(mount->mnt_type, "smb3") == 0 ||
	       strncmp(mount->mnt_type, "nfs", 3) == 0;
}

/* Pairs: the local folder, where Windows has a letter, and the remote name. */
static int read_mounts(FILE *f, struct arena *arena, const char **items, size_t *count)
{
	char line[2 * PATH_SIZE];
	struct mntent mount;

	while (*count < 2 * MOUNTS_MAX && getmntent_r(f, &mount, line, sizeof line)) {
		char shown[PATH_SHOWN_SIZE];

		if (!is_network(&mount))
			continue;
		path_show(mount.mnt_dir, shown);
		items[*count] = arena_strndup(arena, shown, strlen(shown));
		items[*count + 1] = remote_name(arena, &mount);
		if (!items[*count] || !items[*count + 1])
			return -ENOMEM;
		*count += 2;
	}
	return 0;
}

static HRESULT network_drives(struct automation_call *call)
{
	const char *items[2 * MOUNTS_MAX];
	struct arena arena;
	IDispatch *list = NULL;
	size_t count = 0;
	int r = 0;
	FILE *f = setmntent("/proc/self/mounts", "re");

	arena_init(&arena, 8u << 20);
	if (f) {
		r = read_mounts(f, &arena, items, &count);
		endmntent(f);
	}
	HRESULT hr = r < 0 ? E_OUTOFMEMORY : wscript_collection_new(items, count, &list);

	arena_done(&arena);
	return FAILED(hr) ? hr : automation_return_dispatch(call->result, list);
}

static HRESULT network_printers(struct automation_call *call)
{
	IDispatch *list = NULL;
	HRESULT hr = wscript_collection_new(NULL, 0, &list);

	return FAILED(hr) ? hr : automation_return_dispatch(call->result, list);
}

/* ---- what is not connected by scripts ---- */

static HRESULT network_no_drives(struct automation_call *call)
{
	return automation_raise(call, HRESULT_FROM_WIN32(50), "WshNetwork",
				"Scripts connect no network drives here: mount the share "
				"(/etc/fstab) and use its folder");
}

static HRESULT network_no_printers(struct automation_call *call)
{
	return automation_raise(call, HRESULT_FROM_WIN32(50), "WshNetwork",
				"There are no printer connections here: set printers up with CUPS "
				"and print with lp");
}

static const struct automation_member network_members[] = {
	{ "Organization", 1536, AUTOMATION_GET, 0, 0, network_no_text },
	{ "Site", 1537, AUTOMATION_GET, 0, 0, network_no_text },
	{ "UserDomain", 1538, AUTOMATION_GET, 0, 0, network_domain },
	{ "UserName", 1539, AUTOMATION_GET, 0, 0, network_user },
	{ "UserProfile", 1540, AUTOMATION_GET, 0, 0, network_no_text },
	{ "ComputerName", 1541, AUTOMATION_GET, 0, 0, network_computer },
	{ "AddPrinterConnection", 1000, AUTOMATION_METHOD, 2, 5, network_no_printers },
	{ "RemovePrinterConnection", 1001, AUTOMATION_METHOD, 1, 3, network_no_printers },
	{ "EnumNetworkDrives", 1002, AUTOMATION_METHOD, 0, 0, network_drives },
	{ "MapNetworkDrive", 1003, AUTOMATION_METHOD, 2, 5, network_no_drives },
	{ "RemoveNetworkDrive", 1004, AUTOMATION_METHOD, 1, 3, network_no_drives },
	{ "EnumPrinterConnections", 1005, AUTOMATION_METHOD, 0, 0, network_printers },
	{ "SetDefaultPrinter", 1006, AUTOMATION_METHOD, 1, 1, network_no_printers },
	{ "AddWindowsPrinterConnection", 1007, AUTOMATION_METHOD, 1, 3, network_no_printers },
};

static void network_free(struct automation_object *object)
{
	mem_free(object);
}

static const struct automation_class network_class = {
	.name = "IWshNetwork2",
	.members = network_members,
	.member_count = ARRAY_LEN(network_members),
	.free = network_free,
};

HRESULT network_new(IUnknown **ret)
{
	struct automation_object *self = mem_new(struct automation_object);

	if (!self)
		return E_OUTOFMEMORY;
	automation_init(self, &network_class);
	*ret = (IUnknown *)(void *)automation_dispatch(self);
	return S_OK;
}
