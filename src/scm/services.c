/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service table and the order in which services start and stop. Pure: the caller changes
 * states as processes come and go. SCM thread, and tools for names and texts.
 */
#include "scm/services.h"

const struct service_definition service_table[SERVICE_COUNT] = {
#define X(ID, name, display, start, dependencies, process, program)                                \
	[SERVICE_##ID] = { name, display, dependencies, program, start, process },
	SERVICES(X)
#undef X
};

const char *service_error_text(uint32_t code)
{
	switch (code) {
#define X(NAME, number, text)                                                                      \
	case number:                                                                               \
		return text;
		SERVICE_ERRORS(X)
#undef X
	default:
		return "The operation failed.";
	}
}

const char *service_state_name(uint64_t state)
{
	static const char *const names[] = { "", "STOPPED", "START_PENDING", "STOP_PENDING",
					     "RUNNING" };

	return state <= SERVICE_RUNNING ? names[state] : "";
}

const char *service_state_word(uint64_t state)
{
	static const char *const names[] = { "Unknown", "Stopped", "Start Pending", "Stop Pending",
					     "Running" };

	return state <= SERVICE_RUNNING ? names[state] : names[0];
}

const char *service_start_name(uint64_t start)
{
	static const char *const names[] = { "BOOT_START", "SYSTEM_START", "AUTO_START",
					     "DEMAND_START", "DISABLED" };

	return start <= SERVICE_DISABLED ? names[start] : "";
}

void service_table_init(struct services *services)
{
	for (int i = 0; i < SERVICE_COUNT; i++) {
		services->items[i] = (struct service){
			.start = service_table[i].start,
			.state = SERVICE_STOPPED,
			.exit_code = SERVICE_E_SERVICE_NEVER_STARTED,
		};
	}
}

int service_find(struct text name)
{
	for (int i = 0; i < SERVICE_COUNT; i++) {
		if (text_equal_nocase(name, text_of(service_table[i].name)))
			return i;
	}
	return -1;
}

bool service_depends_on(enum service_id service, enum service_id on)
{
	struct text rest = text_of(service_table[service].dependencies);

	while (rest.length) {
		if (text_equal(text_cut(&rest, ' '), text_of(service_table[on].name)))
			return true;
	}
	return false;
}

/* The table is in order of starting and a service depends only on ones above it: one level of
 * dependencies walked in table order is the whole order. */
uint32_t service_start_order(const struct services *services, enum service_id id,
			     enum service_id order[SERVICE_COUNT], int *ret_count)
{
	const struct service *service = &services->items[id];
	int count = 0;

	if (service->state == SERVICE_RUNNING || service->state == SERVICE_START_PENDING)
		return SERVICE_E_SERVICE_ALREADY_RUNNING;
	if (service->state != SERVICE_STOPPED)
		return SERVICE_E_SERVICE_CANNOT_ACCEPT_CTRL;
	if (service->start == SERVICE_DISABLED)
		return SERVICE_E_SERVICE_DISABLED;
	for (int i = 0; i < (int)id; i++) {
		if (!service_depends_on(id, i) || services->items[i].state == SERVICE_RUNNING)
			continue;
		if (services->items[i].start == SERVICE_DISABLED ||
		    services->items[i].state != SERVICE_STOPPED)
			return SERVICE_E_SERVICE_DEPENDENCY_FAIL;
		order[count++] = i;
	}
	order[count++] = id;
	*ret_count = count;
	return SERVICE_E_SUCCESS;
}

uint32_t service_stop_order(const struct services *services, enum service_id id,
			    bool with_dependents, enum service_id order[SERVICE_COUNT],
			    int *ret_count)
{
	const struct service *service = &services->items[id];
	int count = 0;

	/* Without the event log nothing could say why anything else ends. */
	if (id == SERVICE_EVENTLOG)
		return SERVICE_E_INVALID_SERVICE_CONTROL;
	if (service->state == SERVICE_STOPPED)
		return SERVICE_E_SERVICE_NOT_ACTIVE;
	if (service->state == SERVICE_STOP_PENDING)
		return SERVICE_E_SERVICE_CANNOT_ACCEPT_CTRL;
	for (int i = SERVICE_COUNT - 1; i > (int)id; i--) {
		if (!service_depends_on(i, id) || services->items[i].state == SERVICE_STOPPED)
			continue;
		if (!with_dependents)
			return SERVICE_E_DEPENDENT_SERVICES_RUNNING;
		order[count++] = i;
	}
	order[count++] = id;
	*ret_count = count;
	return SERVICE_E_SUCCESS;
}
