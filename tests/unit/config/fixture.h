/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of config/ share: snapshots and views from literal text. */
#pragma once

#include "../unit.h"
#include "../state.h"

#include "base/fault.h"
#include "base/mem.h"
#include "config/config.h"

#include <errno.h>
#include <sys/stat.h>

static struct error err;

/* One site at `root` with an application /shop in root/shop; `host` goes into applicationHost's
 * <configuration>. */
static inline char *host_text(const char *root, const char *host)
{
	char *text = mem_zalloc(1, 16384);
	snprintf(text, 16384,
		 "<configuration>\n<system.applicationHost><sites><site name=\"Site\" id=\"1\">"
		 "<application path=\"/\"><virtualDirectory path=\"/\" physicalPath=\"%s\"/>"
		 "<virtualDirectory path=\"/img\" physicalPath=\"%s/pictures\" "
		 "allowSubDirConfig=\"false\"/></application>"
		 "<application path=\"/shop\"><virtualDirectory path=\"/\" "
		 "physicalPath=\"%s/shop\"/></application>"
		 "<bindings><binding protocol=\"http\" bindingInformation=\"*:80:\"/></bindings>"
		 "</site></sites></system.applicationHost>\n%s\n</configuration>",
		 root, root, root, host);
	return text;
}

static inline struct config *parse_ok(const char *xml)
{
	struct config *config = NULL;
	if (config_parse(text_of(xml), "host.config", "/state", &config, &err) < 0)
		fail_msg("%s:%d: %s", err.file, err.line, err.text);
	return config;
}

/* `xml` must be refused with this text, in this line. */
static inline void refused(const char *xml, int line, const char *text)
{
	struct config *config = NULL;
	int r = config_parse(text_of(xml), "host.config", "/state", &config, &err);
	if (r == 0)
		fail_msg("accepted: %s", xml);
	assert_int_equal(r, -EINVAL);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, err.text);
	assert_int_equal(err.line, line);
	assert_string_equal(err.file, "host.config");
	assert_true(err.hresult != 0);
	assert_true(err.source[0]); /* the line, for whoever shows it */
}

static inline void write_file(const char *dir, const char *name, const char *text)
{
	char path[600];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (char *slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* The view of a URL path of the site: "/shop/a" is folder "a" of application /shop. */
static inline int view(struct config *config, const char *application, const char *vdir,
		       const char *folder, struct config_url **ret)
{
	const struct config_site *site = config_site_at(config, 0);
	for (size_t i = 0; i < site->application_count; i++) {
		const struct config_application *a = &site->applications[i];
		for (size_t v = 0; v < a->vdir_count && !strcmp(a->path, application); v++) {
			if (!strcmp(a->vdirs[v].path, vdir))
				return config_url_new(config, site, a, &a->vdirs[v],
						      text_of(folder), ret, &err);
		}
	}
	fail_msg("there is no %s%s", application, vdir);
	return -ENOENT;
}

static inline struct config_url *view_ok(struct config *config, const char *application,
					 const char *vdir, const char *folder)
{
	struct config_url *url = NULL;
	if (view(config, application, vdir, folder, &url) < 0)
		fail_msg("%s:%d: %s", err.file, err.line, err.text);
	return url;
}
