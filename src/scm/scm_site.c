/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sites start and stop one by one. SCM loop thread.
 *
 * With the service each site does what its serverAutoStart says; a site that is new starts
 * likewise. What an administrator starts or stops stays so until the service starts again, also
 * when the configuration changes. The front end learns of it with the configuration: a stopped site
 * has no bindings there, so its addresses are closed, and where it shares one with other sites a
 * request for its name is treated as one for any other name that no site has.
 */
#include "scm/scm_internal.h"
#include "base/mem.h"

#include <stdio.h>

#define TOGGLED_MAX (CONTROL_MESSAGE_MAX - 2 * SCM_PATH_MAX - 64)

static const struct scm_site *site_known(const struct scm *scm, uint32_t id)
{
	for (size_t i = 0; scm->sites && i < config_site_count(scm->config); i++) {
		if (scm->sites[i].id == id)
			return &scm->sites[i];
	}
	return NULL;
}

struct scm_site *scm_sites_new(const struct scm *scm, const struct config *config)
{
	size_t count = config_site_count(config);
	struct scm_site *sites = mem_zalloc(count + 1, sizeof(*sites));

	for (size_t i = 0; sites && i < count; i++) {
		const struct config_site *site = config_site_at(config, i);
		const struct scm_site *known = site_known(scm, site->id);

		sites[i] = (struct scm_site){ site->id, known ? known->runs : site->auto_start };
	}
	return sites;
}

void scm_sites_reset(struct scm *scm)
{
	for (size_t i = 0; i < config_site_count(scm->config); i++)
		scm->sites[i].runs = config_site_at(scm->config, i)->auto_start;
}

char *scm_sites_toggled(const struct scm *scm)
{
	struct buf out;

	buf_init(&out, TOGGLED_MAX);
	for (size_t i = 0; i < config_site_count(scm->config); i++) {
		if (scm->sites[i].runs != config_site_at(scm->config, i)->auto_start)
			buf_printf(&out, "%s%u", out.length ? " " : "", scm->sites[i].id);
	}
	char *ids = buf_failed(&out) ? NULL : mem_strdup(buf_cstr(&out));
	buf_done(&out);
	return ids;
}

/* As RSCA says it: a site of which no address could be opened is stopped. */
const char *scm_site_state(const struct scm *scm, size_t i)
{
	enum service_state service = scm->services.items[SERVICE_W3SVC].state;
	const struct config_site *site = config_site_at(scm->config, i);
	bool open = false;

	if (service == SERVICE_START_PENDING)
		return "Starting";
	if (service == SERVICE_STOP_PENDING)
		return "Stopping";
	if (service != SERVICE_RUNNING || !scm->sites[i].runs)
		return "Stopped";
	return scm_site_listens(scm, site, &open) ? "Started" : open ? "Starting" : "Stopped";
}

uint32_t scm_site_error(const struct scm *scm, size_t i)
{
	bool meant =
		scm->sites[i].runs && scm->services.items[SERVICE_W3SVC].state == SERVICE_RUNNING;

	return meant && !strcmp(scm_site_state(scm, i), "Stopped") ? SERVICE_E_SHARING_VIOLATION
								   : SERVICE_E_SUCCESS;
}

/* ---- start and stop ---- */

static long site_index(const struct scm *scm, struct text name)
{
	for (size_t i = 0; i < config_site_count(scm->config); i++) {
		if (text_equal_nocase(text_of(config_site_at(scm->config, i)->name), name))
			return (long)i;
	}
	return -1;
}

/* Once the front end has what was said, and the addresses of a started site are settled. */
static bool site_answer(struct scm *scm, struct scm_tool *tool, size_t i)
{
	uint32_t error = SERVICE_E_SUCCESS;
	bool open = false;
	size_t count = scm_site_listens(scm, config_site_at(scm->config, i), &open);

	if (scm->front && (scm->front_version < tool->version || (tool->site_start && open)))
		return false;
	if (!scm->front)
		error = SERVICE_E_SERVICE_NOT_ACTIVE;
	else if (tool->site_start && !count)
		error = SERVICE_E_SHARING_VIOLATION;
	scm_tool_done(tool, error, error ? service_error_text(error) : "");
	return true;
}

uint32_t scm_site_control(struct scm *scm, struct text name, bool start, struct scm_tool *tool)
{
	_cleanup_mem_ char *ids = NULL;
	long i = site_index(scm, name);

	if (i < 0)
		return SERVICE_E_NOT_FOUND;
	if (scm->services.items[SERVICE_W3SVC].state != SERVICE_RUNNING || !scm->front)
		return SERVICE_E_SERVICE_NOT_ACTIVE;
	if (scm->sites[i].runs == start && (!start || !strcmp(scm_site_state(scm, i), "Started")))
		return start ? SERVICE_E_SERVICE_ALREADY_RUNNING : SERVICE_E_SERVICE_NOT_ACTIVE;
	scm->sites[i].runs = start;
	ids = scm_sites_toggled(scm);
	if (!ids) {
		scm->sites[i].runs = !start;
		return SERVICE_E_NOT_ENOUGH_MEMORY;
	}
	scm->config_version++;
	scm_listeners_trim(scm);
	if (!scm->front_next) /* else that one is told, when it begins */
		scm_child_configure(scm->front);
	tool->waiting = true;
	tool->site = scm->sites[i].id;
	tool->site_start = start;
	tool->version = scm->config_version;
	return 0;
}

void scm_sites_continue(struct scm *scm)
{
	for (struct scm_tool *tool = scm->tools; tool; tool = tool->next) {
		size_t i = 0, count = config_site_count(scm->config);

		if (!tool->site)
			continue;
		while (i < count && scm->sites[i].id != tool->site)
			i++;
		if (i == count)
			scm_tool_done(tool, SERVICE_E_NOT_FOUND,
				      service_error_text(SERVICE_E_NOT_FOUND));
		if (i == count || site_answer(scm, tool, i))
			tool->site = 0;
	}
}
