/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config-bench: how long the configuration of a large server takes. Makes 1,000 sites and 1,000
 * pools (or as many as the argument says) in a temporary folder, then reads them, looks at a
 * folder, and changes one attribute after the other.
 *
 * Prints the best and the median of several runs, in milliseconds.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "config/commit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RUNS 15

static char folder[64], path[128];
static struct error err;

static void require(int r)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s: %s\n", err.file, err.text);
	exit(1);
}

static void write_config(unsigned count)
{
	struct buf out;

	buf_init(&out, 64 << 20);
	buf_puts(&out, "<configuration>\n  <system.applicationHost>\n    <applicationPools>\n");
	for (unsigned i = 0; i < count; i++)
		buf_printf(&out,
			   "      <add name=\"Pool %u\" queueLength=\"%u\">\n"
			   "        <processModel idleTimeout=\"00:%02u:00\" />\n"
			   "        <recycling><periodicRestart requests=\"%u\" /></recycling>\n"
			   "      </add>\n",
			   i, 1000 + i, i % 60, i);
	buf_puts(&out, "    </applicationPools>\n    <sites>\n");
	for (unsigned i = 0; i < count; i++)
		buf_printf(&out,
			   "      <site name=\"Site %u\" id=\"%u\">\n"
			   "        <application path=\"/\" applicationPool=\"Pool %u\">\n"
			   "          <virtualDirectory path=\"/\" physicalPath=\"%s\" />\n"
			   "        </application>\n        <bindings>\n"
			   "          <binding protocol=\"http\" "
			   "bindingInformation=\"*:80:www%u.example.com\" />\n"
			   "        </bindings>\n      </site>\n",
			   i, i + 1, i, folder, i);
	buf_puts(&out, "    </sites>\n  </system.applicationHost>\n</configuration>\n");
	require(buf_failed(&out) ? -1 : sys_replace_file(path, out.data, out.length, 0600));
	printf("%u sites and pools, %zu KiB\n", count, out.length >> 10);
	buf_done(&out);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void report(const char *what, double *times)
{
	qsort(times, RUNS, sizeof(*times), compare);
	printf("%-22s best %8.3f ms  median %8.3f ms\n", what, times[0], times[RUNS / 2]);
}

static double since(int64_t start)
{
	return (double)(clock_now() - start) / 1e6;
}

static void bench_load(void)
{
	double times[RUNS];
	for (int i = 0; i < RUNS; i++) {
		struct config *config = NULL;
		int64_t start = clock_now();
		require(config_load(path, folder, &config, &err));
		times[i] = since(start);
		config_unref(config);
	}
	report("load", times);
}

static void bench_view(void)
{
	double times[RUNS];
	struct config *config = NULL;
	require(config_load(path, folder, &config, &err));
	const struct config_site *site = config_site_at(config, 0);
	const struct config_application *application = &site->applications[0];
	for (int i = 0; i < RUNS; i++) {
		struct config_url *url = NULL;
		int64_t start = clock_now();
		require(config_url_new(config, site, application, &application->vdirs[0],
				       TEXT("a/b"), &url, &err));
		times[i] = since(start);
		config_url_unref(url);
	}
	report("what holds for a folder", times);
	config_unref(config);
}

static void bench_commit(void)
{
	double times[RUNS];
	for (int i = 0; i < RUNS; i++) {
		struct config_commit *commit = NULL;
		const struct xml_element *e = NULL;
		char value[16];
		int64_t start = clock_now();
		snprintf(value, sizeof(value), "%d", i + 1);
		require(config_commit_server(path, folder, NULL, &commit, &err));
		require(edit_section(config_commit_edit(commit), TEXT("Site 7"),
				     "system.webServer/asp", &e, &err));
		require(edit_set(config_commit_edit(commit), &e, "codePage", value, &err));
		require(config_commit_write(commit, &err));
		times[i] = since(start);
		config_commit_free(commit);
	}
	report("commit of an attribute", times);
}

int main(int argc, char **argv)
{
	uint64_t count = 1000;
	char command[128];

	if (argc > 1 && !text_to_u64(text_of(argv[1]), &count))
		return 2;
	snprintf(folder, sizeof(folder), "/tmp/config-bench-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/applicationHost.config", folder);
	write_config((unsigned)count);
	bench_load();
	bench_view();
	bench_commit();
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) != 0;
}
