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
	struct schema_context ctx;
	const struct xml_element *section, *element; /* <sites>, <site> */
	struct config_site *site;
};

static void *reader_alloc(struct site_reader *r, size_t count, size_t size)
{
	void *p = arena_zalloc(&r->config->arena, count ? count : 1, size);
	if (!p)
		error_set(r->ctx.err, -ENOMEM, "out of memory");
	return p;
}

/* Applies the defaults element `name` of `parent`, when both are there. */
static int apply_defaults(struct site_reader *r, const struct xml_element *parent, const char *name,
			  const struct schema_element *schema, void *base)
{
	const struct xml_element *e = parent ? xml_child(parent, name) : NULL;
	return e ? schema_apply(e, schema, base, &r->ctx) : 0;
}

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

static int read_binding(struct site_reader *r, const struct xml_element *e,
			struct config_binding *binding)
{
	struct arena *arena = &r->config->arena;
	struct text address, host;

	if (!binding_parse(text_of(xml_get(e, "bindingInformation")), &address, &binding->port,
			   &host))
		return xml_fail(
			e, XML_BAD_DATA, r->ctx.err,
			"The 'bindingInformation' attribute is invalid.  It is "
			"address:port:host, such as '*:80:' or '[::1]:8080:www.example.com'");
	binding->protocol = xml_get(e, "protocol");
	binding->address = arena_strndup(arena, address.data, address.length);
	binding->host = arena_strndup(arena, host.data ? host.data : "", host.length);
	if (!binding->address || !binding->host)
		return error_set(r->ctx.err, -ENOMEM, "out of memory");
	return 0;
}

/* Bindings of other protocols (net.tcp, ftp, ...) belong to other services. */
static bool is_http(const struct xml_element *e)
{
	struct text protocol = text_of(xml_get(e, "protocol"));
	return text_equal_nocase(protocol, TEXT("http")) ||
	       text_equal_nocase(protocol, TEXT("https"));
}

static int read_bindings(struct site_reader *r)
{
	const struct xml_element *parent = xml_child(r->element, "bindings");
	struct schema_entries entries = { 0 };

	if (!parent)
		parent = xml_find(r->section, "siteDefaults/bindings");
	if (!parent)
		return 0;
	int e = schema_merge(parent, &schema_bindings, &entries, &r->ctx);
	if (e < 0)
		return e;
	struct config_binding *list = reader_alloc(r, entries.count, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < entries.count && e == 0; i++) {
		if (is_http(entries.items[i]))
			e = read_binding(r, entries.items[i], &list[r->site->binding_count++]);
	}
	r->site->bindings = list;
	return e;
}

/* ---- virtual directories ---- */

/* Absolute, with '/' as separator and none at the end. */
static int physical_path(struct site_reader *r, const struct xml_element *e, const char *path,
			 const char **ret)
{
	size_t length = strlen(path);
	char *copy = arena_strndup(&r->config->arena, path, length);
	if (!copy)
		return error_set(r->ctx.err, -ENOMEM, "out of memory");
	for (char *c = copy; *c; c++) {
		if (*c == '\\')
			*c = '/';
	}
	if (copy[0] != '/')
		return xml_fail(
			e, XML_BAD_DATA, r->ctx.err,
			"The 'physicalPath' attribute is invalid.  '%.200s' is no absolute path "
			"of this machine, such as /srv/www",
			path);
	while (length > 1 && copy[length - 1] == '/')
		copy[--length] = '\0';
	*ret = copy;
	return 0;
}

static int read_vdir(struct site_reader *r, const struct xml_element *application,
		     const struct xml_element *e, struct config_vdir *vdir)
{
	struct vdir_row row = { 0 };
	int result = schema_defaults(&schema_vdir, &row, &r->ctx);

	const struct xml_element *const parents[] = { r->section, r->element, application };
	for (size_t i = 0; i < ARRAY_LEN(parents) && result == 0; i++)
		result = apply_defaults(r, parents[i], "virtualDirectoryDefaults", &schema_vdir,
					&row);
	if (result == 0)
		result = schema_apply(e, &schema_vdir, &row, &r->ctx);
	if (result < 0)
		return result;
	vdir->path = row.path;
	vdir->allow_sub_dir_config = row.allow_sub_dir_config;
	return physical_path(r, e, row.physical_path, &vdir->physical_path);
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

static int read_vdirs(struct site_reader *r, const struct xml_element *e,
		      struct config_application *application)
{
	struct schema_entries entries = { 0 };
	int result = schema_merge(e, &schema_vdirs, &entries, &r->ctx);
	if (result < 0)
		return result;
	struct config_vdir *list = reader_alloc(r, entries.count, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < entries.count && result == 0; i++)
		result = read_vdir(r, e, entries.items[i], &list[i]);
	if (result < 0)
		return result;
	qsort(list, entries.count, sizeof(*list), by_vdir_path);
	if (entries.count == 0 || strcmp(list[entries.count - 1].path, "/") != 0)
		return xml_fail(
			e, XML_BAD_DATA, r->ctx.err,
			"The application '%s' of site '%s' has no root virtual directory; add "
			"<virtualDirectory path=\"/\" physicalPath=\"...\" />",
			application->path, r->site->name);
	application->vdirs = list;
	application->vdir_count = entries.count;
	return 0;
}

/* ---- applications ---- */

/* The value of AppIsolated at a metabase path ("/LM/W3SVC/1/ROOT/shop"), NULL when it is not set.
 * Keys may be written with or without the slashes at their ends. */
static const struct xml_element *find_isolated(const struct site_reader *r, const char *path)
{
	const struct xml_element *keys =
		sections_find(r->config->document->root, "system.applicationHost/customMetadata");
	for (const struct xml_element *k = keys ? keys->first : NULL; k; k = k->next) {
		struct text key = text_of(xml_get(k, "path"));
		while (text_starts_with(key, TEXT("/")))
			key = (struct text){ key.data + 1, key.length - 1 };
		while (text_ends_with_nocase(key, TEXT("/")))
			key.length--;
		if (!text_equal_nocase(key, text_of(path + 1)))
			continue;
		for (const struct xml_element *p = k->first; p; p = p->next) {
			if (!strcmp(xml_get(p, "id"), METADATA_APP_ISOLATED))
				return p;
		}
	}
	return NULL;
}

static int isolated_pool(struct site_reader *r, const struct xml_element *property,
			 struct config_application *application)
{
	uint64_t mode;

	if (!text_to_u64(text_of(schema_text(property, &schema_metadata_property, "value")),
			 &mode) ||
	    mode > CONFIG_MEDIUM)
		return xml_fail(property, XML_BAD_DATA, r->ctx.err,
				"AppIsolated (2104) of %s must be 0 (Low), 1 (High) or 2 (Medium)",
				application->metabase_path);
	if (mode == CONFIG_HIGH)
		application->pool = config_pools_isolated(r->config, r->site->name,
							  application->path, r->ctx.err);
	else
		application->pool = config_pool_at(r->config, mode == CONFIG_LOW ? 0 : 1);
	return application->pool ? 0 : -ENOMEM;
}

static int choose_pool(struct site_reader *r, const struct xml_element *e, const char *pool,
		       struct config_application *application)
{
	const struct xml_element *property = find_isolated(r, application->metabase_path);

	if (property)
		return isolated_pool(r, property, application);
	if (!*pool) {
		application->pool = config_pool_at(r->config, 1);
		return 0;
	}
	application->pool = config_pools_find(r->config, text_of(pool));
	if (!application->pool)
		return xml_fail(
			e, XML_BAD_DATA, r->ctx.err,
			"The application '%s' of site '%s' names the application pool '%s', "
			"which does not exist; add it to <applicationPools>",
			application->path, r->site->name, pool);
	return 0;
}

static int read_application(struct site_reader *r, const struct xml_element *e,
			    struct config_application *application)
{
	struct application_row row = { 0 };
	int result = schema_defaults(&schema_application, &row, &r->ctx);

	if (result == 0)
		result = apply_defaults(r, r->section, "applicationDefaults", &schema_application,
					&row);
	if (result == 0)
		result = apply_defaults(r, r->element, "applicationDefaults", &schema_application,
					&row);
	if (result == 0)
		result = schema_apply(e, &schema_application, &row, &r->ctx);
	if (result < 0)
		return result;
	application->path = row.path;
	application->preload = row.preload;
	application->metabase_path =
		arena_printf(&r->config->arena, "/LM/W3SVC/%u/ROOT%s", r->site->id,
			     strcmp(row.path, "/") ? row.path : "");
	if (!application->metabase_path)
		return error_set(r->ctx.err, -ENOMEM, "out of memory");
	result = read_vdirs(r, e, application);
	return result < 0 ? result : choose_pool(r, e, row.pool, application);
}

static int read_applications(struct site_reader *r)
{
	struct config_site *site = r->site;
	struct schema_entries entries = { 0 };
	int result = schema_merge(r->element, &schema_applications, &entries, &r->ctx);
	if (result < 0)
		return result;
	struct config_application *list = reader_alloc(r, entries.count, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < entries.count && result == 0; i++)
		result = read_application(r, entries.items[i], &list[i]);
	if (result < 0)
		return result;
	qsort(list, entries.count, sizeof(*list), by_application_path);
	if (entries.count == 0 || strcmp(list[entries.count - 1].path, "/") != 0)
		return xml_fail(
			r->element, XML_BAD_DATA, r->ctx.err,
			"The site '%s' has no root application; add <application path=\"/\">",
			site->name);
	site->applications = list;
	site->application_count = entries.count;
	return 0;
}

/* ---- sites ---- */

static int check_id(const struct site_reader *r)
{
	for (const struct config_site *s = r->config->sites; s < r->site; s++) {
		if (s->id == r->site->id)
			return xml_fail(r->element, XML_DUPLICATE, r->ctx.err,
					"Cannot add duplicate collection entry of type 'site' with "
					"unique key attribute 'id' set to '%u'",
					r->site->id);
	}
	return 0;
}

static int read_site(struct site_reader *r)
{
	int e = schema_defaults(&schema_site, r->site, &r->ctx);
	if (e == 0)
		e = apply_defaults(r, r->section, "siteDefaults", &schema_site, r->site);
	if (e == 0)
		e = schema_apply(r->element, &schema_site, r->site, &r->ctx);
	if (e == 0)
		e = check_id(r);
	if (e == 0)
		e = read_bindings(r);
	if (e == 0)
		e = read_applications(r);
	return e;
}

int config_sites_read(struct config *config, struct error *err)
{
	struct site_reader r = { .config = config,
				 .ctx = { &config->arena, config->state_dir, err } };
	struct schema_entries entries = { 0 };

	r.section = sections_find(config->document->root, "system.applicationHost/sites");
	if (!r.section)
		return 0;
	int e = schema_merge(r.section, &schema_site_list, &entries, &r.ctx);
	if (e < 0)
		return e;
	config->sites = reader_alloc(&r, entries.count, sizeof(*config->sites));
	if (!config->sites)
		return -ENOMEM;
	for (size_t i = 0; i < entries.count && e == 0; i++) {
		r.element = entries.items[i];
		r.site = &config->sites[i];
		e = read_site(&r);
	}
	config->site_count = entries.count;
	return e;
}

size_t config_site_count(const struct config *config)
{
	return config->site_count;
}

const struct config_site *config_site_at(const struct config *config, size_t i)
{
	return i < config->site_count ? &config->sites[i] : NULL;
}
