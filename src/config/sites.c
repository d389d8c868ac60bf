/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sites of a snapshot: bindings, applications with their protection, virtual directories.
 * Called while a snapshot is built, after pools.c.
 */
#include "config/snapshot.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define METADATA_APP_ISOLATED "2104"

/* What reading needs at every step. */
struct site_reader {
	struct config *config;
	struct bind_context ctx;
	const struct effective *element; /* <site> */
	struct config_site *site;
};

static void *reader_alloc(struct site_reader *r, size_t count, size_t size)
{
	void *p = arena_zalloc(&r->config->arena, count ? count : 1, size);
	if (!p)
		error_set(r->ctx.err, -ENOMEM, "out of memory");
	return p;
}

/* What is here is valid and cannot be served: it is passed over, as by IIS, and told. Returns 1. */
static int ignore(struct site_reader *r, const struct effective *e, char *text)
{
	struct config_ignored *ignored = reader_alloc(r, 1, sizeof(*ignored));
	struct config_ignored **last = &r->config->ignored;

	if (!ignored || !text)
		return error_set(r->ctx.err, -ENOMEM, "out of memory");
	while (*last)
		last = &(*last)->next;
	*ignored = (struct config_ignored){ .by = e->by, .text = text };
	*last = ignored;
	return 1;
}

bool config_ignored(const struct config *config, size_t i, struct error *ret)
{
	const struct config_ignored *ignored = config->ignored;

	while (ignored && i-- > 0)
		ignored = ignored->next;
	if (ignored)
		error_set_at(ret, -EINVAL, ignored->by->document->file, ignored->by->line, 0, "%s",
			     ignored->text);
	return ignored;
}

/* ---- which attribute goes where ---- */

static const struct bind_row vdir_rows[] = {
	BIND(struct config_vdir, path, "path"),
	BIND(struct config_vdir, physical_path, "physicalPath"),
	BIND(struct config_vdir, allow_sub_dir_config, "allowSubDirConfig"),
};
static const struct bind_row application_rows[] = {
	BIND(struct config_application, path, "path"),
	BIND_READ("applicationPool"),
};
static const struct bind_row binding_rows[] = {
	BIND_READ("protocol"),
	BIND_READ("bindingInformation"),
};
#define SITE(field, path) BIND(struct config_site, field, path)
static const struct bind_row site_rows[] = {
	SITE(name, "name"),
	SITE(id, "id"),
	SITE(auto_start, "serverAutoStart"),
	SITE(connection_timeout, "limits/connectionTimeout"),
	SITE(max_connections, "limits/maxConnections"),
	SITE(max_bandwidth, "limits/maxBandwidth"),
	SITE(max_url_segments, "limits/maxUrlSegments"),
	SITE(log_enabled, "logFile/enabled"),
	SITE(log.directory, "logFile/directory"),
	SITE(log.fields, "logFile/logExtFileFlags"),
	SITE(log.period, "logFile/period"),
	SITE(log.truncate_size, "logFile/truncateSize"),
	SITE(log.local_rollover, "logFile/localTimeRollover"),
	SITE(log_format, "logFile/logFormat"),
	SITE(log_site_id, "logFile/logSiteId"),
	SITE(log_flush_entries, "logFile/flushByEntryCountW3CLog"),
	SITE(log_line_max, "logFile/maxLogLineLength"),
	SITE(log_custom_max, "logFile/customFields/maxCustomFieldLength"),
};
static const struct bind_row log_field_rows[] = {
	BIND(struct config_log_field, name, "logFieldName"),
	BIND(struct config_log_field, source, "sourceName"),
	BIND(struct config_log_field, source_type, "sourceType"),
};

static const struct bind_list vdir_list[] = { BIND_READ_LIST("", vdir_rows) };
static const struct bind_list site_lists[] = {
	BIND_LIST(struct config_site, log_custom, log_custom_count, "logFile/customFields",
		  log_field_rows),
	BIND_READ_LIST("bindings", binding_rows),
	{ "", 0, 0, 0, BIND_ROWS(application_rows), vdir_list, ARRAY_LEN(vdir_list) },
};
static const struct bind_list sites_list[] = {
	{ "", 0, 0, 0, BIND_ROWS(site_rows), site_lists, ARRAY_LEN(site_lists) },
};
const struct bind_table config_sites_table = {
	"system.applicationHost/sites", { NULL, 0 }, sites_list, ARRAY_LEN(sites_list)
};

/* ---- bindings ---- */

static bool address_valid(struct text address)
{
	char copy[64];
	unsigned char out[16];
	if (text_equal(address, TEXT("*")))
		return true;
	if (address.length == 0 || address.length >= sizeof(copy))
		return false;
	memcpy(copy, address.data, address.length);
	copy[address.length] = '\0';
	return inet_pton(AF_INET, copy, out) == 1 || inet_pton(AF_INET6, copy, out) == 1;
}

/* "address:port:host"; an IPv6 address is in brackets. */
static bool binding_parse(struct text t, struct text *address, uint16_t *port, struct text *host)
{
	uint64_t number;
	struct text rest = t;

	if (text_starts_with(t, TEXT("["))) {
		rest.data++;
		rest.length--;
		*address = text_cut(&rest, ']');
		if (!memchr(address->data, ':', address->length) ||
		    !text_starts_with(rest, TEXT(":")))
			return false;
		rest.data++;
		rest.length--;
	} else {
		*address = text_cut(&rest, ':');
		if (!address->length)
			*address = TEXT("*");
	}
	if (!rest.data || !address_valid(*address))
		return false;
	struct text digits = text_cut(&rest, ':');
	if (!rest.data || !text_to_u64(digits, &number) || number < 1 || number > 65535)
		return false;
	*port = (uint16_t)number;
	*host = rest;
	return !memchr(rest.data, ':', rest.length) && !memchr(rest.data, '/', rest.length);
}

static int read_binding(struct site_reader *r, const struct effective *e,
			struct config_binding *binding)
{
	struct arena *arena = &r->config->arena;
	struct text address, host;

	if (!binding_parse(text_of(effective_text(e, "bindingInformation")), &address,
			   &binding->port, &host))
		return xml_fail(
			e->by, XML_BAD_DATA, r->ctx.err,
			"The 'bindingInformation' attribute is invalid.  It is "
			"address:port:host, such as '*:80:' or '[::1]:8080:www.example.com'");
	binding->protocol = effective_text(e, "protocol");
	binding->address = arena_strndup(arena, address.data, address.length);
	binding->host = arena_strndup(arena, host.data ? host.data : "", host.length);
	if (!binding->address || !binding->host)
		return error_set(r->ctx.err, -ENOMEM, "out of memory");
	return 0;
}

/* Bindings of other protocols (net.tcp, ftp, ...) belong to other services. */
static bool is_http(const struct effective *e)
{
	struct text protocol = text_of(effective_text(e, "protocol"));
	return text_equal_nocase(protocol, TEXT("http")) ||
	       text_equal_nocase(protocol, TEXT("https"));
}

static int read_bindings(struct site_reader *r)
{
	const struct effective_entries *entries = effective_find(r->element, "bindings")->entries;
	struct config_binding *list = reader_alloc(r, entries->count, sizeof(*list));
	int e = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < entries->count && e == 0; i++) {
		if (is_http(entries->items[i]))
			e = read_binding(r, entries->items[i], &list[r->site->binding_count++]);
	}
	r->site->bindings = list;
	return e;
}

/* ---- virtual directories ---- */

static int physical_path(struct site_reader *r, const struct effective *e, const char *path,
			 const char **ret)
{
	const char *copy = config_local_path(path, &r->config->arena);
	if (!copy)
		return error_set(r->ctx.err, -ENOMEM, "out of memory");
	if (copy[0] != '/')
		return xml_fail(
			e->by, XML_BAD_DATA, r->ctx.err,
			"The 'physicalPath' attribute is invalid.  '%.200s' is no absolute path "
			"of this machine, such as /srv/www",
			path);
	*ret = copy;
	return 0;
}

static int read_vdir(struct site_reader *r, const struct effective *e, struct config_vdir *vdir)
{
	int result = config_bind(&r->ctx, e, vdir_rows, ARRAY_LEN(vdir_rows), vdir);
	return result < 0 ? result : physical_path(r, e, vdir->physical_path, &vdir->physical_path);
}

/* Longest first, so that the first match is the deepest. */
static int by_path(const char *a, const char *b)
{
	size_t x = strlen(a), y = strlen(b);
	return x != y ? (x < y) - (x > y) : strcmp(a, b);
}

static int by_vdir_path(const void *a, const void *b)
{
	return by_path(((const struct config_vdir *)a)->path,
		       ((const struct config_vdir *)b)->path);
}

static int by_application_path(const void *a, const void *b)
{
	return by_path(((const struct config_application *)a)->path,
		       ((const struct config_application *)b)->path);
}

static int read_vdirs(struct site_reader *r, const struct effective *e,
		      struct config_application *application)
{
	const struct effective_entries *entries = e->entries;
	struct config_vdir *list = reader_alloc(r, entries->count, sizeof(*list));
	int result = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < entries->count && result == 0; i++)
		result = read_vdir(r, entries->items[i], &list[i]);
	if (result < 0)
		return result;
	qsort(list, entries->count, sizeof(*list), by_vdir_path);
	if (entries->count == 0 || strcmp(list[entries->count - 1].path, "/") != 0)
		return ignore(
			r, e,
			arena_printf(&r->config->arena,
				     "The application '%s' of site '%s' is ignored, since it has "
				     "no root virtual directory; add <virtualDirectory path=\"/\" "
				     "physicalPath=\"...\" />",
				     application->path, r->site->name));
	application->vdirs = list;
	application->vdir_count = entries->count;
	return 0;
}

/* ---- applications ---- */

static bool is_key(const struct effective *e, const char *path)
{
	struct text key = text_of(effective_text(e, "path"));
	while (text_starts_with(key, TEXT("/")))
		key = (struct text){ key.data + 1, key.length - 1 };
	while (text_ends_with_nocase(key, TEXT("/")))
		key.length--;
	return text_equal_nocase(key, text_of(path + 1));
}

/* The property AppIsolated at a metabase path ("/LM/W3SVC/1/ROOT/shop"), NULL when it is not set.
 * Keys may be written with or without the slashes at their ends. */
static const struct effective *find_isolated(const struct site_reader *r, const char *path)
{
	const struct effective_entries *keys =
		level_section(&r->config->base, "system.applicationHost/customMetadata")->entries;
	for (size_t i = 0; i < keys->count; i++) {
		const struct effective *key = keys->items[i];
		for (size_t p = 0; is_key(key, path) && p < key->entries->count; p++) {
			if (!strcmp(effective_text(key->entries->items[p], "id"),
				    METADATA_APP_ISOLATED))
				return key->entries->items[p];
		}
	}
	return NULL;
}

static int isolated_pool(struct site_reader *r, const struct effective *property,
			 struct config_application *application)
{
	uint64_t mode;

	if (!text_to_u64(text_of(effective_text(property, "value")), &mode) || mode > CONFIG_MEDIUM)
		return xml_fail(property->by, XML_BAD_DATA, r->ctx.err,
				"AppIsolated (2104) of %s must be 0 (Low), 1 (High) or 2 (Medium)",
				application->metabase_path);
	if (mode == CONFIG_HIGH)
		application->pool = config_pools_isolated(r->config, r->site->name,
							  application->path, r->ctx.err);
	else
		application->pool = config_pool_at(r->config, mode == CONFIG_LOW ? 0 : 1);
	return application->pool ? 0 : -ENOMEM;
}

static int choose_pool(struct site_reader *r, const struct effective *e,
		       struct config_application *application)
{
	const struct effective *property = find_isolated(r, application->metabase_path);
	const char *pool = effective_text(e, "applicationPool");

	if (property)
		return isolated_pool(r, property, application);
	if (!*pool) {
		application->pool = config_pool_at(r->config, 1);
		return 0;
	}
	application->pool = config_pools_find(r->config, text_of(pool));
	if (!application->pool)
		return xml_fail(
			e->by, XML_BAD_DATA, r->ctx.err,
			"The application '%s' of site '%s' names the application pool '%s', "
			"which does not exist; add it to <applicationPools>",
			application->path, r->site->name, pool);
	return 0;
}

/* 1: it is ignored. */
static int read_application(struct site_reader *r, const struct effective *e,
			    struct config_application *application)
{
	int result =
		config_bind(&r->ctx, e, application_rows, ARRAY_LEN(application_rows), application);

	if (result < 0)
		return result;
	application->metabase_path =
		arena_printf(&r->config->arena, "/LM/W3SVC/%u/ROOT%s", r->site->id,
			     strcmp(application->path, "/") ? application->path : "");
	if (!application->metabase_path)
		return error_set(r->ctx.err, -ENOMEM, "out of memory");
	result = choose_pool(r, e, application);
	return result < 0 ? result : read_vdirs(r, e, application);
}

static int read_applications(struct site_reader *r)
{
	struct config_site *site = r->site;
	const struct effective_entries *entries = r->element->entries;
	struct config_application *list = reader_alloc(r, entries->count, sizeof(*list));
	size_t count = 0;
	int result = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < entries->count && result >= 0; i++) {
		list[count] = (struct config_application){ 0 };
		result = read_application(r, entries->items[i], &list[count]);
		count += result == 0;
	}
	if (result < 0)
		return result;
	qsort(list, count, sizeof(*list), by_application_path);
	if (count == 0 || strcmp(list[count - 1].path, "/") != 0)
		return ignore(r, r->element,
			      arena_printf(&r->config->arena,
					   "The site '%s' is ignored, since it has no root "
					   "application; add <application path=\"/\">",
					   site->name));
	site->applications = list;
	site->application_count = count;
	return 0;
}

/* ---- sites ---- */

/* 1: it is ignored. */
static int read_site(struct site_reader *r)
{
	int e = config_bind(&r->ctx, r->element, site_rows, ARRAY_LEN(site_rows), r->site);
	if (e == 0)
		e = config_bind_lists(&r->ctx, r->element, site_lists, ARRAY_LEN(site_lists),
				      r->site);
	r->site->runs = r->site->auto_start;
	if (e == 0)
		e = read_bindings(r);
	if (e == 0)
		e = read_applications(r);
	return e;
}

int config_sites_read(struct config *config, struct error *err)
{
	const struct effective_entries *entries =
		level_section(&config->base, "system.applicationHost/sites")->entries;
	struct site_reader r = { .config = config,
				 .ctx = { &config->arena, config->state_dir, err } };
	int e = 0;

	config->sites = reader_alloc(&r, entries->count, sizeof(*config->sites));
	if (!config->sites)
		return -ENOMEM;
	for (size_t i = 0; i < entries->count && e >= 0; i++) {
		r.element = entries->items[i];
		r.site = &config->sites[config->site_count];
		*r.site = (struct config_site){ 0 };
		e = read_site(&r);
		config->site_count += e == 0;
	}
	return e < 0 ? e : 0;
}

size_t config_site_count(const struct config *config)
{
	return config->site_count;
}

const struct config_site *config_site_at(const struct config *config, size_t i)
{
	return i < config->site_count ? &config->sites[i] : NULL;
}

void config_sites_toggle(struct config *config, struct text ids)
{
	while (ids.data) {
		uint64_t id;

		if (!text_to_u64(text_cut(&ids, ' '), &id))
			continue;
		for (size_t i = 0; i < config->site_count; i++) {
			if (config->sites[i].id == id)
				config->sites[i].runs = !config->sites[i].auto_start;
		}
	}
}
