/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service table: which services there are, how each starts, what each depends on, and what it
 * is doing now. A plain state machine; the SCM makes processes of its answers and keeps start
 * types in the registry (HKLM\SYSTEM\CurrentControlSet\Services\NAME\Start). SCM thread only.
 *
 * Numbers and error codes are those of Windows ([MS-SCMR] 2.2.47 and 3.1.4; winerror.h).
 */
#pragma once

#include "base/text.h"

#include <stdint.h>

enum service_start { SERVICE_AUTO = 2, SERVICE_DEMAND = 3, SERVICE_DISABLED = 4 };
enum service_state {
	SERVICE_STOPPED = 1,
	SERVICE_START_PENDING = 2,
	SERVICE_STOP_PENDING = 3,
	SERVICE_RUNNING = 4,
};
/* Where a service lives: inside the SCM, or in a process of its own. */
enum service_process { SERVICE_IN_SCM, SERVICE_IN_INETINFO, SERVICE_IN_RPCSS };

/*
 * X(ID, name, display name, start, dependencies, process, program)
 *
 * W3SVC depends on WAS, as since IIS 7, and on IISADMIN, as up to IIS 6: Surrogate has both the
 * application protection of the older and the pools of the newer, and a disabled IIS Admin Service
 * must keep the web service from starting, as administrators know it. Nothing depends on RpcSs,
 * though on Windows nearly all does: pages are served whether components have processes of their
 * own or not. In order of starting; the start of all waits for no RpcSs.
 */
#define SERVICES(X)                                                                                \
	X(EVENTLOG, "EventLog", "Windows Event Log", SERVICE_AUTO, "", SERVICE_IN_SCM,             \
	  "surrogate")                                                                             \
	X(RPCSS, "RpcSs", "Remote Procedure Call (RPC)", SERVICE_AUTO, "", SERVICE_IN_RPCSS,       \
	  "rpcss")                                                                                 \
	X(IISADMIN, "IISADMIN", "IIS Admin Service", SERVICE_AUTO, "", SERVICE_IN_SCM,             \
	  "surrogate")                                                                             \
	X(WAS, "WAS", "Windows Process Activation Service", SERVICE_AUTO, "", SERVICE_IN_SCM,      \
	  "surrogate")                                                                             \
	X(W3SVC, "W3SVC", "World Wide Web Publishing Service", SERVICE_AUTO, "WAS IISADMIN",       \
	  SERVICE_IN_INETINFO, "inetinfo")

enum service_id {
#define X(ID, name, display, start, dependencies, process, program) SERVICE_##ID,
	SERVICES(X)
#undef X
		SERVICE_COUNT
};

/* Win32 error codes, with the text FormatMessage gives. */
#define SERVICE_ERRORS(X)                                                                          \
	X(SUCCESS, 0, "The operation completed successfully.")                                     \
	X(ACCESS_DENIED, 5, "Access is denied.")                                                   \
	X(NOT_ENOUGH_MEMORY, 8,                                                                    \
	  "Not enough memory resources are available to process this command.")                    \
	X(SHARING_VIOLATION, 32,                                                                   \
	  "The process cannot access the file because it is being used by another process.")       \
	X(NOT_SUPPORTED, 50, "The request is not supported.")                                      \
	X(INVALID_PARAMETER, 87, "The parameter is incorrect.")                                    \
	X(DEPENDENT_SERVICES_RUNNING, 1051,                                                        \
	  "A stop control has been sent to a service that other running services are dependent "   \
	  "on.")                                                                                   \
	X(INVALID_SERVICE_CONTROL, 1052, "The requested control is not valid for this service.")   \
	X(SERVICE_REQUEST_TIMEOUT, 1053,                                                           \
	  "The service did not respond to the start or control request in a timely fashion.")      \
	X(SERVICE_DATABASE_LOCKED, 1055, "The service database is locked.")                        \
	X(SERVICE_ALREADY_RUNNING, 1056, "An instance of the service is already running.")         \
	X(SERVICE_DISABLED, 1058,                                                                  \
	  "The service cannot be started, either because it is disabled or because it has no "     \
	  "enabled devices associated with it.")                                                   \
	X(SERVICE_DOES_NOT_EXIST, 1060,                                                            \
	  "The specified service does not exist as an installed service.")                         \
	X(SERVICE_CANNOT_ACCEPT_CTRL, 1061,                                                        \
	  "The service cannot accept control messages at this time.")                              \
	X(SERVICE_NOT_ACTIVE, 1062, "The service has not been started.")                           \
	X(PROCESS_ABORTED, 1067, "The process terminated unexpectedly.")                           \
	X(SERVICE_DEPENDENCY_FAIL, 1068, "The dependency service or group failed to start.")       \
	X(SERVICE_LOGON_FAILED, 1069, "The service did not start due to a logon failure.")         \
	X(SERVICE_NEVER_STARTED, 1077,                                                             \
	  "No attempts to start the service have been made since the last boot.")                  \
	X(SHUTDOWN_IN_PROGRESS, 1115, "A system shutdown is in progress.")                         \
	X(NOT_FOUND, 1168, "Element not found.")                                                   \
	X(RESOURCE_DISABLED, 4309, "The resource required for this operation is disabled.")

enum service_error {
#define X(NAME, code, text) SERVICE_E_##NAME = code,
	SERVICE_ERRORS(X)
#undef X
};
const char *service_error_text(uint32_t code);

struct service_definition {
	const char *name, *display_name, *dependencies, *program;
	enum service_start start;
	enum service_process process;
};
extern const struct service_definition service_table[SERVICE_COUNT];

struct service {
	enum service_start start;
	enum service_state state;
	uint32_t exit_code; /* Win32; of the last start or end */
};
struct services {
	struct service items[SERVICE_COUNT];
};

/* All stopped, start types as in the table. */
void service_table_init(struct services *services);
/* By key name, ASCII case ignored; -1 when there is none. */
int service_find(struct text name);
bool service_depends_on(enum service_id service, enum service_id on);

/* What has to be started for `id`, in order, `id` last: ids in `order`, their number in
 * `*ret_count`. Or a Win32 error: 1056, 1058, 1061, 1068 (a dependency is disabled). */
uint32_t service_start_order(const struct services *services, enum service_id id,
			     enum service_id order[SERVICE_COUNT], int *ret_count);
/* What has to be stopped for `id`, in order, `id` last. Or 1062, 1061, 1051 (others depend on it
 * and `with_dependents` is false), 1052 (it cannot be stopped). */
uint32_t service_stop_order(const struct services *services, enum service_id id,
			    bool with_dependents, enum service_id order[SERVICE_COUNT],
			    int *ret_count);
/* "STOPPED", "RUNNING" ... as sc prints, and "Running" as iisreset and event 7036 do. */
const char *service_state_name(uint64_t state);
const char *service_state_word(uint64_t state);
/* "AUTO_START" ... */
const char *service_start_name(uint64_t start);
