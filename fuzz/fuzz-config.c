/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config/: an input is the text of applicationHost.config, then, after a zero byte, that of a
 * web.config. The first is parsed alone; the second is read as a file of a fixed site, and of the
 * sites of the first that lie in the temporary folder.
 */
#include "fuzz.h"

#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[64];

static const char fixed[] =
	"<configuration><location path='' overrideMode='Allow'><system.webServer><asp/><handlers/>"
	"</system.webServer></location><system.applicationHost><sites><site name='S' id='1'>"
	"<application path='/'><virtualDirectory path='/' physicalPath='%SURROGATE_STATE%'/>"
	"</application></site></sites></system.applicationHost></configuration>";

static void remove_folder(void)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/web.config", folder);
	unlink(path);
	rmdir(folder);
}

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/fuzz-config-%d", (int)getpid());
	FUZZ_REQUIRE(mkdtemp(strcat(folder, "-XXXXXX")) != NULL);
	atexit(remove_folder);
}

static void write_web_config(const char *data, size_t size)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/web.config", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FUZZ_REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

/* What a refusal owes to the person who reads it. */
static void check_error(const struct error *err, int result)
{
	FUZZ_REQUIRE(result == -EINVAL && err->text[0] && err->hresult);
	FUZZ_REQUIRE(err->line >= 0 && memchr(err->text, '\0', sizeof(err->text)));
}

static void look_up(const struct config_url *url)
{
	for (size_t i = 0; i < url->default_document_count; i++)
		FUZZ_REQUIRE(url->default_documents[i]);
	for (size_t i = 0; i < url->error_page_count; i++)
		FUZZ_REQUIRE(url->error_pages[i].status >= 400 && url->error_pages[i].path[0]);
	for (size_t i = 0; i < url->custom_headers.count; i++)
		FUZZ_REQUIRE(url->custom_headers.items[i].name[0] &&
			     url->custom_headers.items[i].value);
	config_url_mime(url, TEXT(".html"));
	config_url_extension_denied(url, TEXT(".asa"));
	config_url_segment_hidden(url, TEXT("bin"));
	config_url_verb_denied(url, TEXT("GET"));
	const struct config_handler *h =
		config_url_handler(url, TEXT("/a/b.asp"), TEXT("GET"), CONFIG_FILE);
	if (h)
		FUZZ_REQUIRE(h->name[0] && h->module);
	FUZZ_REQUIRE(url->asp_script_language[0] && url->asp_script_error_message[0]);
}

static void view(struct config *config, const struct config_site *site,
		 const struct config_application *application, const struct config_vdir *vdir)
{
	struct config_url *url = NULL;
	struct error err = { 0 };
	int r = config_url_new(config, site, application, vdir, TEXT("a"), &url, &err);
	if (r == 0)
		look_up(url);
	else
		check_error(&err, r);
	config_url_unref(url);
}

static void check_config(struct config *config)
{
	const struct config_site *site;
	for (size_t s = 0; (site = config_site_at(config, s)) != NULL; s++) {
		FUZZ_REQUIRE(site->name[0] && site->id && site->application_count);
		for (size_t a = 0; a < site->application_count; a++) {
			const struct config_application *application = &site->applications[a];
			FUZZ_REQUIRE(application->pool && application->vdir_count);
			FUZZ_REQUIRE(config_pool_find(config, text_of(application->pool->name)));
			for (size_t v = 0; v < application->vdir_count && v < 4 && a < 4; v++) {
				const struct config_vdir *vdir = &application->vdirs[v];
				FUZZ_REQUIRE(vdir->path[0] == '/' && vdir->physical_path[0] == '/');
				if (!strncmp(vdir->physical_path, folder, strlen(folder)))
					view(config, site, application, vdir);
			}
		}
		for (size_t b = 0; b < site->binding_count; b++)
			FUZZ_REQUIRE(site->bindings[b].port && site->bindings[b].address[0]);
	}
}

/* What other processes get is still a configuration. */
static void check_hidden(const struct config *config, struct text xml)
{
	struct config *theirs = NULL;
	struct error err = { 0 };
	char *copy = malloc(xml.length);

	memcpy(copy, xml.data, xml.length);
	config_hide_passwords(config, copy);
	FUZZ_REQUIRE(config_parse((struct text){ copy, xml.length }, "f", folder, &theirs, &err) ==
		     0);
	config_unref(theirs);
	free(copy);
}

static void parse(struct text xml)
{
	struct config *config = NULL;
	struct error err = { 0 };
	int r = config_parse(xml, "f", folder, &config, &err);
	if (r == 0)
		check_config(config);
	else
		check_error(&err, r);
	/* One in UTF-16 is decoded before it is passed on. */
	if (r == 0 && !memchr(xml.data, '\0', xml.length) && (xml.data[0] & 0xfe) != 0xfe)
		check_hidden(config, xml);
	config_unref(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!folder[0])
		make_folder();
	const char *text = (const char *)data;
	const char *end = size ? memchr(text, '\0', size) : NULL;
	size_t host = end ? (size_t)(end - text) : size;
	size_t web = end ? size - host - 1 : 0;

	write_web_config(end ? end + 1 : "", web);
	if (host)
		parse((struct text){ text, host });
	if (web)
		parse(TEXT(fixed));
	return 0;
}
