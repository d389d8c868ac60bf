/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of sections and the walk through a file; see sections.h. Sections of other groups
 * (system.web, appSettings, ...) belong to other programs and are passed over. Sections of ours
 * that nothing is made of yet are passed over too, but their locks hold, as in IIS.
 */
#include "config/sections.h"

#include "config/tables.h"

#include <stdio.h>

/* X(path, schema, where it may be defined, overrideModeDefault). The modes are those of an
 * installed IIS. */
#define WEB "system.webServer/"
#define HOST "system.applicationHost/"
#define SECTION_TABLE(X)                                                                           \
	X(HOST "applicationPools", &schema_application_pools, APPHOST_ONLY, DENY)                  \
	X(HOST "sites", &schema_sites, APPHOST_ONLY, DENY)                                         \
	X(HOST "customMetadata", &schema_custom_metadata, APPHOST_ONLY, DENY)                      \
	X(HOST "configHistory", NULL, APPHOST_ONLY, DENY)                                          \
	X(HOST "listenerAdapters", NULL, APPHOST_ONLY, DENY)                                       \
	X(HOST "log", NULL, APPHOST_ONLY, DENY)                                                    \
	X(HOST "serviceAutoStartProviders", NULL, APPHOST_ONLY, DENY)                              \
	X(HOST "webLimits", NULL, APPHOST_ONLY, DENY)                                              \
	X(WEB "asp", &schema_asp, EVERYWHERE, DENY)                                                \
	X(WEB "defaultDocument", &schema_default_document, EVERYWHERE, ALLOW)                      \
	X(WEB "directoryBrowse", &schema_directory_browse, EVERYWHERE, ALLOW)                      \
	X(WEB "staticContent", &schema_static_content, EVERYWHERE, ALLOW)                          \
	X(WEB "httpErrors", &schema_http_errors, EVERYWHERE, ALLOW)                                \
	X(WEB "httpProtocol", &schema_http_protocol, EVERYWHERE, ALLOW)                            \
	X(WEB "security/requestFiltering", &schema_request_filtering, EVERYWHERE, ALLOW)           \
	X(WEB "handlers", &schema_handlers, EVERYWHERE, DENY)                                      \
	X(WEB "applicationInitialization", NULL, TO_APPLICATION, ALLOW)                            \
	X(WEB "aspNetCore", NULL, EVERYWHERE, ALLOW)                                               \
	X(WEB "caching", NULL, EVERYWHERE, ALLOW)                                                  \
	X(WEB "cgi", NULL, EVERYWHERE, DENY)                                                       \
	X(WEB "cors", NULL, EVERYWHERE, ALLOW)                                                     \
	X(WEB "fastCgi", NULL, APPHOST_ONLY, DENY)                                                 \
	X(WEB "globalModules", NULL, APPHOST_ONLY, DENY)                                           \
	X(WEB "httpCompression", NULL, EVERYWHERE, ALLOW)                                          \
	X(WEB "httpLogging", NULL, EVERYWHERE, DENY)                                               \
	X(WEB "httpPlatform", NULL, EVERYWHERE, ALLOW)                                             \
	X(WEB "httpRedirect", NULL, EVERYWHERE, ALLOW)                                             \
	X(WEB "httpTracing", NULL, EVERYWHERE, DENY)                                               \
	X(WEB "isapiFilters", NULL, TO_APPLICATION, DENY)                                          \
	X(WEB "management", NULL, APPHOST_ONLY, DENY)                                              \
	X(WEB "modules", NULL, TO_APPLICATION, DENY)                                               \
	X(WEB "odbcLogging", NULL, EVERYWHERE, DENY)                                               \
	X(WEB "proxy", NULL, APPHOST_ONLY, DENY)                                                   \
	X(WEB "rewrite/allowedServerVariables", NULL, EVERYWHERE, DENY)                            \
	X(WEB "rewrite/globalRules", NULL, APPHOST_ONLY, DENY)                                     \
	X(WEB "rewrite/outboundRules", NULL, EVERYWHERE, ALLOW)                                    \
	X(WEB "rewrite/providers", NULL, EVERYWHERE, ALLOW)                                        \
	X(WEB "rewrite/rewriteMaps", NULL, EVERYWHERE, ALLOW)                                      \
	X(WEB "rewrite/rules", NULL, EVERYWHERE, ALLOW)                                            \
	X(WEB "security/access", NULL, EVERYWHERE, DENY)                                           \
	X(WEB "security/applicationDependencies", NULL, EVERYWHERE, DENY)                          \
	X(WEB "security/authentication/anonymousAuthentication", NULL, EVERYWHERE, DENY)           \
	X(WEB "security/authentication/basicAuthentication", NULL, EVERYWHERE, DENY)               \
	X(WEB "security/authentication/clientCertificateMappingAuthentication", NULL, EVERYWHERE,  \
	  DENY)                                                                                    \
	X(WEB "security/authentication/digestAuthentication", NULL, EVERYWHERE, DENY)              \
	X(WEB "security/authentication/iisClientCertificateMappingAuthentication", NULL,           \
	  EVERYWHERE, DENY)                                                                        \
	X(WEB "security/authentication/windowsAuthentication", NULL, EVERYWHERE, DENY)             \
	X(WEB "security/authorization", NULL, EVERYWHERE, ALLOW)                                   \
	X(WEB "security/dynamicIpSecurity", NULL, EVERYWHERE, DENY)                                \
	X(WEB "security/ipSecurity", NULL, EVERYWHERE, DENY)                                       \
	X(WEB "security/isapiCgiRestriction", NULL, APPHOST_ONLY, DENY)                            \
	X(WEB "serverRuntime", NULL, EVERYWHERE, DENY)                                             \
	X(WEB "serverSideInclude", NULL, EVERYWHERE, DENY)                                         \
	X(WEB "tracing/traceFailedRequests", NULL, EVERYWHERE, ALLOW)                              \
	X(WEB "tracing/traceProviderDefinitions", NULL, EVERYWHERE, DENY)                          \
	X(WEB "urlCompression", NULL, EVERYWHERE, ALLOW)                                           \
	X(WEB "validation", NULL, EVERYWHERE, ALLOW)                                               \
	X(WEB "webdav/authoring", NULL, EVERYWHERE, DENY)                                          \
	X(WEB "webdav/authoringRules", NULL, EVERYWHERE, DENY)                                     \
	X(WEB "webdav/globalSettings", NULL, EVERYWHERE, DENY)                                     \
	X(WEB "webSocket", NULL, EVERYWHERE, DENY)

#define MODE_ALLOW true
#define MODE_DENY false
static const struct section table[] = {
#define X(path, schema, definition, mode) { path, schema, SECTION_##definition, MODE_##mode },
	SECTION_TABLE(X)
#undef X
};
_Static_assert(ARRAY_LEN(table) <= SECTION_COUNT_MAX, "more sections than rules have room for");

size_t section_count(void)
{
	return ARRAY_LEN(table);
}

const struct section *section_at(size_t i)
{
	return i < ARRAY_LEN(table) ? &table[i] : NULL;
}

/* ---- the way through a scope ---- */

#define PATH_MAX_LENGTH 256

enum { NO_SECTION = -1, GROUP = -2 };

/* The section of this path, GROUP when sections are below it, or NO_SECTION. */
static int find_path(const char *path)
{
	size_t length = strlen(path);
	int found = NO_SECTION;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (strncmp(table[i].path, path, length) != 0)
			continue;
		if (table[i].path[length] == '\0')
			return (int)i;
		if (table[i].path[length] == '/')
			found = GROUP;
	}
	return found;
}

/* What a walk does with what it meets; `unknown` is an element in a group of ours. */
struct walk {
	section_fn section;
	int (*unknown)(void *ctx, const char *path, const struct xml_element *element);
	void *ctx;
};

/* Groups nest as deep as the table's paths, which is three. */
static int walk_group(const struct walk *walk, const struct xml_element *group, const char *prefix)
{
	char path[PATH_MAX_LENGTH];
	int r = 0;

	for (const struct xml_element *e = group->first; e && r == 0; e = e->next) {
		int n = snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "/" : "", e->name);
		int id = n < 0 || (size_t)n >= sizeof(path) ? NO_SECTION : find_path(path);
		if (id >= 0)
			r = walk->section(walk->ctx, (size_t)id, e);
		else if (id == GROUP)
			r = walk_group(walk, e, path);
		else if (*prefix && walk->unknown)
			r = walk->unknown(walk->ctx, path, e);
	}
	return r;
}

int sections_each(const struct xml_element *scope, section_fn fn, void *ctx)
{
	const struct walk walk = { fn, NULL, ctx };
	return walk_group(&walk, scope, "");
}

struct find {
	const char *path;
	const struct xml_element *found;
};

static int find_section(void *ctx, size_t id, const struct xml_element *section)
{
	struct find *find = ctx;
	if (strcmp(table[id].path, find->path) != 0)
		return 0;
	find->found = section;
	return 1;
}

const struct xml_element *sections_find(const struct xml_element *scope, const char *path)
{
	struct find find = { path, NULL };
	sections_each(scope, find_section, &find);
	return find.found;
}

/* ---- declarations ---- */

/* The <section> that <configSections> of `document` has for a path; NULL: none. */
static const struct xml_element *find_declaration(const struct xml_document *document,
						  const char *path)
{
	const struct xml_element *at =
		document ? xml_child(document->root, "configSections") : NULL;
	struct text rest = text_of(path);

	while (at && rest.data) {
		struct text name = text_cut(&rest, '/');
		const char *kind = rest.data ? "sectionGroup" : "section";
		const struct xml_element *e = at->first;
		while (e && !(!strcmp(e->name, kind) && xml_get(e, "name") &&
			      text_equal(text_of(xml_get(e, "name")), name)))
			e = e->next;
		at = e;
	}
	return at;
}

static enum section_definition definition_of(const char *name, enum section_definition otherwise)
{
	if (!name)
		return otherwise;
	if (!strcmp(name, "AppHostOnly") || !strcmp(name, "MachineOnly"))
		return SECTION_APPHOST_ONLY;
	if (!strcmp(name, "MachineToApplication"))
		return SECTION_TO_APPLICATION;
	return SECTION_EVERYWHERE;
}

void section_rules_init(struct section_rules *rules, const struct xml_document *document)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct xml_element *e = find_declaration(document, table[i].path);
		const char *mode = e ? xml_get(e, "overrideModeDefault") : NULL;
		rules->allow[i] =
			mode ? text_equal_nocase(text_of(mode), TEXT("Allow")) : table[i].allow;
		rules->definition[i] = definition_of(e ? xml_get(e, "allowDefinition") : NULL,
						     table[i].definition);
	}
}

static const struct schema_name definition_names[] = {
	{ "Everywhere", 0 },  { "MachineToApplication", 1 }, { "MachineToRootWeb", 2 },
	{ "MachineOnly", 3 }, { "AppHostOnly", 4 },          { 0 },
};
static const struct schema_name mode_names[] = { { "Allow", 0 }, { "Deny", 1 }, { 0 } };
static const struct schema_attribute declaration_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW_STRING("type", NULL, NOWHERE),
	ROW_ENUM("allowDefinition", NULL, definition_names, NOWHERE),
	ROW_ENUM("overrideModeDefault", NULL, mode_names, NOWHERE),
	ROW_BOOL("allowLocation", "true", NOWHERE),
	ROW_STRING("requirePermission", NULL, NOWHERE),
	ROW_STRING("allowExeDefinition", NULL, NOWHERE),
	ROW_STRING("restartOnExternalChanges", NULL, NOWHERE),
};
static const struct schema_element declaration = { ATTRIBUTES(declaration_attributes) };
static const struct schema_attribute group_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW_STRING("type", NULL, NOWHERE),
};
static const struct schema_element group_itself = { ATTRIBUTES(group_attributes) };

/* <sectionGroup> nests at most as deep as XML_DEPTH_MAX. */
static int check_declarations(const struct xml_element *parent, struct error *err)
{
	int r = 0;
	for (const struct xml_element *e = parent->first; e && r == 0; e = e->next) {
		if (!strcmp(e->name, "section")) {
			r = schema_check(e, &declaration, err);
		} else if (!strcmp(e->name, "sectionGroup")) {
			struct xml_element alone = *e; /* its children are checked here */
			alone.first = alone.last = NULL;
			r = schema_check(&alone, &group_itself, err);
			if (r == 0)
				r = check_declarations(e, err);
		} else if (strcmp(e->name, "clear") != 0 && strcmp(e->name, "remove") != 0) {
			r = xml_fail(e, XML_BAD_DATA, err, "Unrecognized element '%s'", e->name);
		}
	}
	return r;
}

/* ---- location ---- */

static const struct schema_name location_modes[] = {
	{ "Inherit", LOCATION_INHERIT },
	{ "Allow", LOCATION_ALLOW },
	{ "Deny", LOCATION_DENY },
	{ 0 },
};
static const struct schema_attribute location_attributes[] = {
	ROW_STRING("path", NULL, NOWHERE),
	ROW_ENUM("overrideMode", "Inherit", location_modes, NOWHERE),
	ROW_BOOL("allowOverride", "true", NOWHERE),
	ROW_BOOL("inheritInChildApplications", "true", NOWHERE),
};
static const struct schema_element location_itself = { ATTRIBUTES(location_attributes) };

struct location section_location(const struct xml_element *element)
{
	struct location location = { .children = true };
	const char *path = xml_get(element, "path");
	const char *mode = xml_get(element, "overrideMode");
	const char *legacy = xml_get(element, "allowOverride");
	const char *children = xml_get(element, "inheritInChildApplications");
	uint32_t number;
	bool allow;

	location.path = text_of(path ? path : "");
	while (text_starts_with(location.path, TEXT("/"))) {
		location.path.data++;
		location.path.length--;
	}
	while (location.path.length && location.path.data[location.path.length - 1] == '/')
		location.path.length--;
	if (text_equal(location.path, TEXT(".")))
		location.path.length = 0;
	if (mode && value_names(text_of(mode), location_modes, false, &number))
		location.mode = (enum location_mode)number;
	else if (legacy && value_bool(text_of(legacy), &allow))
		location.mode = allow ? LOCATION_ALLOW : LOCATION_DENY;
	if (children)
		value_bool(text_of(children), &location.children);
	return location;
}

static int check_location(const struct xml_element *element, struct error *err)
{
	struct xml_element alone = *element;
	alone.first = alone.last = NULL;
	int r = schema_check(&alone, &location_itself, err);
	if (r == 0 && xml_get(element, "overrideMode") && xml_get(element, "allowOverride"))
		r = xml_fail(element, XML_BAD_DATA, err,
			     "The attributes 'overrideMode' and 'allowOverride' cannot be used "
			     "together");
	return r;
}

/* ---- checking ---- */

struct check {
	const struct xml_document *document, *parent;
	struct error *err;
	bool seen[SECTION_COUNT_MAX];
};

static int check_section(void *ctx, size_t id, const struct xml_element *section)
{
	struct check *check = ctx;
	if (check->seen[id])
		return xml_fail(section, XML_DUPLICATE, check->err,
				"There is a duplicate '%s' section defined", table[id].path);
	check->seen[id] = true;
	return table[id].schema ? schema_check(section, table[id].schema, check->err) : 0;
}

static int check_unknown(void *ctx, const char *path, const struct xml_element *element)
{
	struct check *check = ctx;
	if (find_declaration(check->document, path) || find_declaration(check->parent, path))
		return 0;
	return xml_fail(element, XML_BAD_DATA, check->err,
			"The configuration section '%s' cannot be read because it is missing a "
			"section declaration",
			path);
}

static int check_scope(const struct xml_element *scope, struct check *check)
{
	const struct walk walk = { check_section, check_unknown, check };
	memset(check->seen, 0, sizeof(check->seen));
	return walk_group(&walk, scope, "");
}

int sections_check(const struct xml_document *document, const struct xml_document *parent,
		   struct error *err)
{
	struct check check = { .document = document, .parent = parent, .err = err };
	const struct xml_element *root = document->root;

	if (strcmp(root->name, "configuration") != 0)
		return xml_fail(root, XML_BAD_DATA, err, "Unrecognized element '%s'", root->name);
	for (const struct xml_element *e = root->first; e; e = e->next) {
		int r = 0;
		if (!strcmp(e->name, "configSections")) {
			if (e != root->first)
				return xml_fail(
					e, XML_BAD_DATA, err,
					"Only one <configSections> element allowed.  It must be "
					"the first child element of the root <configuration> "
					"element");
			r = check_declarations(e, err);
		} else if (!strcmp(e->name, "location")) {
			r = check_location(e, err);
			if (r == 0)
				r = check_scope(e, &check);
		}
		if (r < 0)
			return r;
	}
	return check_scope(root, &check);
}
