/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scm_config.c, scm_watch.c and scm_site.c without processes: what a changed file makes of the
 * configuration, the pools and the states of sites, and when it is looked at.
 */
#include "../unit.h"

#include "scm/scm_internal.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SITE(name, id, more)                                                                       \
	"<site name='" name "' id='" id "'" more "><application path='/' applicationPool='One'>"   \
	"<virtualDirectory path='/' physicalPath='/w'/></application></site>"
#define FILE_WITH(pools, sites)                                                                    \
	"<configuration><system.applicationHost><applicationPools>" pools                          \
	"</applicationPools><sites>" sites "</sites></system.applicationHost></configuration>"
#define ONE "<add name='One'/>"
#define FIRST FILE_WITH(ONE, SITE("a", "1", "") SITE("b", "2", " serverAutoStart='false'"))

struct rig {
	char state[64];
	struct scm *scm;
};

static void put(const struct rig *rig, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/config/%s", rig->state, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(sys_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static void rig_init(struct rig *rig, const char *text)
{
	char path[128];
	struct error err = { 0 };
	strcpy(rig->state, "/tmp/surrogate-reload-XXXXXX");
	assert_non_null(mkdtemp(rig->state));
	snprintf(path, sizeof(path), "%s/config", rig->state);
	assert_int_equal(mkdir(path, 0755), 0);
	put(rig, "applicationHost.config", text);
	struct scm *scm = mem_new(struct scm);
	assert_non_null(scm);
	rig->scm = scm;
	scm->state_dir = rig->state;
	scm->config_fd = scm->watch_fd = -1;
	scm->actions = mem_new(struct pool_actions);
	buf_init(&scm->notes, 1 << 16);
	assert_int_equal(loop_new(&scm->loop), 0);
	assert_int_equal(eventlog_open(rig->state, true, &scm->eventlog, &err), 0);
	assert_int_equal(scm_config_load(scm, &err), 0);
	assert_int_equal(scm_pools_new(scm, &err), 0);
	scm_watch_start(scm);
	assert_non_null(scm->watch);
}

static void rig_done(struct rig *rig)
{
	struct scm *scm = rig->scm;
	char command[128];
	scm_watch_stop(scm);
	scm_pools_free(scm);
	scm_config_done(scm);
	eventlog_close(scm->eventlog);
	loop_free(scm->loop);
	buf_done(&scm->notes);
	mem_free(scm->actions);
	mem_free(scm);
	snprintf(command, sizeof(command), "rm -rf %s", rig->state);
	assert_int_equal(system(command), 0);
}

/* Turns until there is that version, or a complaint when there shall be one. */
static void wait_for(struct rig *rig, uint64_t version, bool complaint)
{
	struct scm *scm = rig->scm;
	int64_t end = clock_now() + 20 * NSEC_PER_SEC;
	while (scm->config_version != version || !!scm->config_error.text[0] != complaint ||
	       scm->watch_since) {
		assert_true(clock_now() < end);
		assert_int_equal(loop_run_once(scm->loop, NSEC_PER_SEC), 0);
	}
}

static bool runs(const struct rig *rig, size_t i)
{
	return rig->scm->sites[i].runs;
}

static void a_change_is_seen_and_a_broken_file_is_not_taken(void **state)
{
	struct rig rig;
	rig_init(&rig, FIRST);
	wait_for(&rig, 1, false);
	put(&rig, "applicationHost.config", FILE_WITH(ONE, SITE("a", "1", "")));
	wait_for(&rig, 2, false);
	assert_int_equal(config_site_count(rig.scm->config), 1);
	put(&rig, "applicationHost.config", "<configuration>\n<wrong></configuration>");
	wait_for(&rig, 2, true);
	assert_int_equal(rig.scm->config_error.line, 2);
	assert_int_equal(config_site_count(rig.scm->config), 1);
	/* As it was: nothing has changed, but nothing is wrong any more. */
	put(&rig, "applicationHost.config", FILE_WITH(ONE, SITE("a", "1", "")));
	wait_for(&rig, 2, false);
	put(&rig, "new", FIRST);
	char from[128], to[128];
	snprintf(from, sizeof(from), "%s/config/new", rig.state);
	snprintf(to, sizeof(to), "%s/config/applicationHost.config", rig.state);
	assert_int_equal(rename(from, to), 0);
	wait_for(&rig, 3, false);
	assert_int_equal(unlink(to), 0);
	wait_for(&rig, 3, true);
	rig_done(&rig);
}

static void who_asks_does_not_wait_until_it_is_quiet(void **state)
{
	struct rig rig;
	rig_init(&rig, FIRST);
	put(&rig, "applicationHost.config", FILE_WITH(ONE, ""));
	scm_watch_flush(rig.scm);
	assert_int_equal(rig.scm->config_version, 2);
	scm_watch_flush(rig.scm);
	assert_int_equal(rig.scm->config_version, 2);
	/* Nor where nothing can be watched. */
	scm_watch_stop(rig.scm);
	put(&rig, "applicationHost.config", FIRST);
	scm_watch_flush(rig.scm);
	assert_int_equal(rig.scm->config_version, 3);
	rig_done(&rig);
}

static void pools_come_and_go(void **state)
{
	struct rig rig;
	rig_init(&rig, FIRST);
	struct scm *scm = rig.scm;
	const struct scm_pool *one = scm_pool_find(scm, TEXT("ONE"));
	assert_non_null(one);
	put(&rig, "applicationHost.config",
	    FILE_WITH("<add name='Two'/>"
		      "<add name='One' queueLength='77'/>",
		      SITE("a", "1", "")));
	scm_watch_flush(scm);
	assert_ptr_equal(scm_pool_find(scm, TEXT("one")), one);
	assert_int_equal(one->policy.settings->queue_length, 77);
	assert_non_null(scm_pool_find(scm, TEXT("Two")));
	put(&rig, "applicationHost.config", FILE_WITH("<add name='Two'/>", ""));
	scm_watch_flush(scm);
	assert_null(scm_pool_find(scm, TEXT("One")));
	assert_int_equal(scm->pool_count, config_pool_count(scm->config));
	rig_done(&rig);
}

/* What was started and stopped by hand stays so, whatever the file says later. */
static void sites_keep_their_state(void **state)
{
	struct rig rig;
	rig_init(&rig, FIRST);
	struct scm *scm = rig.scm;
	assert_true(runs(&rig, 0) && !runs(&rig, 1));
	scm->sites[0].runs = false;
	scm->sites[1].runs = true;
	char *ids = scm_sites_toggled(scm);
	assert_string_equal(ids, "1 2");
	mem_free(ids);
	put(&rig, "applicationHost.config",
	    FILE_WITH(ONE, SITE("new", "9", "") SITE("b", "2", "") SITE("renamed", "1", "")
				   SITE("quiet", "8", " serverAutoStart='false'")));
	scm_watch_flush(scm);
	assert_true(runs(&rig, 0) && runs(&rig, 1) && !runs(&rig, 2) && !runs(&rig, 3));
	ids = scm_sites_toggled(scm);
	assert_string_equal(ids, "1");
	mem_free(ids);
	scm_sites_reset(scm);
	assert_true(runs(&rig, 0) && runs(&rig, 1) && runs(&rig, 2) && !runs(&rig, 3));
	assert_string_equal(scm_site_state(scm, 0), "Stopped"); /* no service */
	assert_int_equal(scm_site_control(scm, TEXT("nowhere"), true, NULL), SERVICE_E_NOT_FOUND);
	assert_int_equal(scm_site_control(scm, TEXT("B"), true, NULL),
			 SERVICE_E_SERVICE_NOT_ACTIVE);
	rig_done(&rig);
}

#ifdef SURROGATE_FAULTS
/* However far it comes, what is in force is either the old or the new. */
static void a_reload_without_memory_changes_nothing(void **state)
{
	struct rig rig;
	rig_init(&rig, FIRST);
	for (unsigned n = 1; rig.scm->config_version == 1; n++) {
		const struct config *before = rig.scm->config;
		put(&rig, "applicationHost.config", FILE_WITH("<add name='Two'/>", ""));
		fault_arm(FAULT_ALLOC, n, false);
		scm_config_reload(rig.scm);
		fault_arm(FAULT_ALLOC, 0, false);
		if (rig.scm->config_version == 1) {
			assert_ptr_equal(rig.scm->config, before);
			assert_non_null(scm_pool_find(rig.scm, TEXT("One")));
			assert_true(rig.scm->config_error.text[0]);
		}
	}
	assert_int_equal(config_site_count(rig.scm->config), 0);
	assert_non_null(scm_pool_find(rig.scm, TEXT("Two")));
	rig_done(&rig);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_seen_and_a_broken_file_is_not_taken),
		cmocka_unit_test(who_asks_does_not_wait_until_it_is_quiet),
		cmocka_unit_test(pools_come_and_go),
		cmocka_unit_test(sites_keep_their_state),
#ifdef SURROGATE_FAULTS
		cmocka_unit_test(a_reload_without_memory_changes_nothing),
#endif
	};
	return cmocka_run_group_tests_name("scm/reload", tests, NULL, NULL);
}
