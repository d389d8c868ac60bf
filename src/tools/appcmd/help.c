/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Help: of appcmd, of an object ("appcmd site /?"), of a verb of an object ("appcmd add site /?"),
 * and of what can be set ("appcmd set config /section:asp /?", from the schema). One table.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"

#include <stdio.h>

static const char general_text[] =
	"General purpose IIS command line administration tool.\n"
	"\n"
	"APPCMD (command) (object-type) <identifier> </parameter1:value1 ...>\n"
	"\n"
	"Supported object types:\n"
	"\n";

static const char parameters_text[] =
	"\n"
	"(To list commands supported by each object use /?, e.g. 'appcmd.exe site /?')\n"
	"\n"
	"General parameters:\n"
	"\n"
	"/?               Display context-sensitive help message.\n"
	"/text<:value>    Generate output in text format (default); /text:* in detail, "
	"/text:<attr>\n"
	"                 the value of one attribute alone.\n"
	"/xml             Generate output in XML format.\n"
	"/json            Generate output in JSON format.\n"
	"/in or -         Read and operate on XML input from standard input.\n"
	"/config<:*>      Show configuration for displayed objects; /config:* with defaults.\n"
	"/metadata        Show locks and where values come from with the configuration.\n"
	"/commit          Set the config path where configuration changes are saved: a path, or\n"
	"                 site, app, parent, url, apphost.\n"
	"/apphostconfig   Edit the specified applicationHost.config file.\n"
	"--state DIR      The server's state directory.\n"
	"\n"
	"A '!' in front of a parameter's name makes it one of the object: /!in:value.\n";

/* What is said of a verb; its parameters and examples are lines of their own. */
struct verb_help {
	const char *kind, *verb, *what, *parameters, *examples;
};

#define SECTION_PARAMETERS                                                                         \
	"identifier   a configuration path or URL; none is the server\n"                           \
	"/section     the section, by its whole path or the last part of it\n"                     \
	"/commit      where the change is written\n"
#define CHANGES                                                                                    \
	"/attribute:value, /child.attribute:value, /[key='x'].attribute:value\n"                   \
	"             sets an attribute\n"                                                         \
	"/+child.[key='x',other='y'], /-child.[key='x'], /-attribute\n"                            \
	"             adds or takes away an entry; takes away an attribute\n"
#define FILTERS "/property:value   only those with this value\n"

static const struct verb_help verbs[] = {
	{ "SITE", "list", "List virtual sites", "identifier   the site's name, or a URL\n" FILTERS,
	  "appcmd list sites\nappcmd list site \"Default Web Site\" /config\n"
	  "appcmd list sites /serverAutoStart:false /state:Stopped\n" },
	{ "SITE", "set", "Configure virtual site",
	  "identifier   the site's name; or /site.name\n/name        another name; what "
	  "<location> elements say goes with it\n/bindings    protocol/ip:port:host,... instead of "
	  "those there are\n" CHANGES,
	  "appcmd set site \"Default Web Site\" /id:200\n"
	  "appcmd set site Shop \"/+bindings.[protocol='https',bindingInformation='*:443:']\"\n" },
	{ "SITE", "add", "Add new virtual site",
	  "/name        required\n/id          the next one that is free\n/bindings    "
	  "protocol/ip:port:host,...\n/physicalPath the folder of a root application; none is "
	  "made without\n/in          sites as 'list site /config /xml' printed them\n" CHANGES,
	  "appcmd add site /name:Shop /bindings:http/*:81: /physicalPath:/srv/shop\n"
	  "appcmd add site /in < sites.xml\n" },
	{ "SITE", "delete", "Delete virtual site", "identifier   the site's name\n",
	  "appcmd delete site Shop\n" },
	{ "SITE", "start", "Start virtual site", "identifier   the site's name\n",
	  "appcmd start site Shop\nappcmd list sites /xml | appcmd start site /in\n" },
	{ "SITE", "stop", "Stop virtual site", "identifier   the site's name\n",
	  "appcmd stop site Shop\n" },
	{ "APP", "list", "List applications", "identifier   Site/path, or a URL\n" FILTERS,
	  "appcmd list apps\nappcmd list apps /site.name:\"Default Web Site\"\n"
	  "appcmd list apppool Old /xml | appcmd list app /in\n" },
	{ "APP", "set", "Configure application", "identifier   Site/path; or /app.name\n" CHANGES,
	  "appcmd set app \"Shop/\" /applicationPool:Marketing\n"
	  "appcmd list app /apppool.name:Old /xml | appcmd set app /in /applicationPool:New\n" },
	{ "APP", "add", "Add new application",
	  "/site.name   required: the site\n/path        required: \"/\" or \"/shop\"\n"
	  "/physicalPath the folder of its root virtual directory\n/in          applications as "
	  "'list app /config /xml' printed them\n" CHANGES,
	  "appcmd add app /site.name:Shop /path:/cart /physicalPath:/srv/cart\n" },
	{ "APP", "delete", "Delete application", "identifier   Site/path\n",
	  "appcmd delete app Shop/cart\n" },
	{ "VDIR", "list", "List virtual directories",
	  "identifier   Site/app/vdir, or a URL\n" FILTERS,
	  "appcmd list vdirs /text:physicalPath\nappcmd list vdir /app.name:\"Shop/\"\n" },
	{ "VDIR", "set", "Configure virtual directory",
	  "identifier   Site/app/vdir; or /vdir.name\n" CHANGES,
	  "appcmd set vdir Shop/img /physicalPath:/srv/pictures\n" },
	{ "VDIR", "add", "Add new virtual directory",
	  "/app.name    required: the application\n/path        required: \"/\" or \"/img\"\n"
	  "/physicalPath the folder\n/in          virtual directories as 'list vdir /config /xml' "
	  "printed them\n" CHANGES,
	  "appcmd add vdir /app.name:Shop/ /path:/img /physicalPath:/srv/pictures\n" },
	{ "VDIR", "delete", "Delete virtual directory", "identifier   Site/app/vdir\n",
	  "appcmd delete vdir Shop/img\n" },
	{ "APPPOOL", "list", "List the application pools", "identifier   the pool's name\n" FILTERS,
	  "appcmd list apppools /state:Stopped\nappcmd list apppool DefaultAppPool /text:*\n" },
	{ "APPPOOL", "set", "Configure application pool",
	  "identifier   the pool's name; or /apppool.name\n" CHANGES,
	  "appcmd set apppool DefaultAppPool /processModel.idleTimeout:00:05:00\n" },
	{ "APPPOOL", "add", "Add new application pool",
	  "/name        required\n/in          pools as 'list apppool /config /xml' printed "
	  "them\n" CHANGES,
	  "appcmd add apppool /name:Marketing\nappcmd add apppool /in < pools.xml\n" },
	{ "APPPOOL", "delete", "Delete application pool", "identifier   the pool's name\n",
	  "appcmd delete apppool Marketing\n" },
	{ "APPPOOL", "start", "Start application pool",
	  "identifier   the pool's name\n/wait        as always: the answer comes when it is "
	  "done\n",
	  "appcmd start apppool DefaultAppPool\n" },
	{ "APPPOOL", "stop", "Stop application pool", "identifier   the pool's name\n",
	  "appcmd stop apppool DefaultAppPool\n" },
	{ "APPPOOL", "recycle", "Recycle application pool", "identifier   the pool's name\n",
	  "appcmd recycle apppool DefaultAppPool\n"
	  "appcmd list wp /xml | appcmd list apppool /in /xml | appcmd recycle apppool /in\n" },
	{ "CONFIG", "list", "List configuration sections",
	  SECTION_PARAMETERS "/config:*    also what is not written anywhere\n/metadata    locks, "
			     "and where values come from\n/section:?   the sections there are\n",
	  "appcmd list config\nappcmd list config \"Default Web Site/\" /section:asp /config:*\n"
	  "appcmd list config Shop /section:handlers /config /xml > handlers.xml\n" },
	{ "CONFIG", "set", "Set configuration section",
	  SECTION_PARAMETERS CHANGES
	  "/in          sections as 'list config /config /xml' printed them, each at its path; or "
	  "places\n",
	  "appcmd set config Shop /section:directoryBrowse /enabled:true\n"
	  "appcmd set config /section:defaultDocument \"/+files.[@start,value='home.asp']\"\n"
	  "appcmd set config /in < handlers.xml\n"
	  "appcmd set config /section:asp /?\n" },
	{ "CONFIG", "search", "Search for configuration settings",
	  "identifier   the place to begin at: it and all below it\n/section     the section to "
	  "look for; none is any\n/attribute   where this attribute is written; with a value, as "
	  "that\n",
	  "appcmd search config\n"
	  "appcmd search config \"Default Web Site/\" /section:directoryBrowse /enabled:true\n" },
	{ "CONFIG", "lock", "Lock a configuration section", SECTION_PARAMETERS,
	  "appcmd lock config /section:asp\n" },
	{ "CONFIG", "unlock", "Unlock a configuration section", SECTION_PARAMETERS,
	  "appcmd unlock config \"Default Web Site\" /section:httpErrors\n" },
	{ "CONFIG", "clear", "Clear configuration section",
	  SECTION_PARAMETERS
	  "             what the file says of the section for this place goes; the levels above "
	  "hold\n",
	  "appcmd clear config Shop /section:handlers\n" },
	{ "CONFIG", "reset", "Reset configuration section to what is installed",
	  "/section     the section: what applicationHost.config says of it for the server goes\n",
	  "appcmd reset config /section:defaultDocument\n" },
	{ "CONFIG", "migrate", "Migrate configuration of ASP.NET 2.0 to the integrated pipeline",
	  "identifier   the application; its httpModules and httpHandlers become modules and "
	  "handlers\n/clear       also takes them out of <system.web>\n",
	  "appcmd migrate config \"Default Web Site/app\"\n" },
	{ "WP", "list", "List active worker processes",
	  "identifier   the number of the process\n" FILTERS,
	  "appcmd list wps\nappcmd list wp /apppool.name:DefaultAppPool\n" },
	{ "REQUEST", "list", "List HTTP requests that are being served",
	  "identifier   the number of the request\n" FILTERS
	  "/elapsed     only those that take this many milliseconds already\n",
	  "appcmd list requests\nappcmd list requests /apppool.name:DefaultAppPool\n" },
	{ "MODULE", "list", "List enabled modules",
	  "identifier   the module's name\n/app.name    of this application; none is the "
	  "server\n" FILTERS,
	  "appcmd list modules\nappcmd list modules /app.name:\"Default Web Site/\"\n" },
	{ "MODULE", "set", "Set properties of an enabled module",
	  "identifier   the module's name; or /module.name\n/app.name    of this "
	  "application\n" CHANGES,
	  "appcmd set module MyModule /type:My.Module\n" },
	{ "MODULE", "add", "Add a managed module, or enable an installed one",
	  "/name        required\n/type        of a managed one; without it the module is one that "
	  "is installed\n/preCondition when it is used\n/app.name    for this application; none is "
	  "the server\n/lockItem    whether those below may take it away\n",
	  "appcmd add module /name:MyModule /type:My.Module /app.name:\"Shop/\"\n" },
	{ "MODULE", "delete", "Disable a module",
	  "identifier   the module's name\n/app.name    for this application; none is the server\n",
	  "appcmd delete module MyModule /app.name:\"Shop/\"\n" },
	{ "MODULE", "install", "Install a native module",
	  "/name        required\n/image       required: its file\n/preCondition when it is "
	  "loaded\n/add         false: it is not enabled at once\n/lock        true: those below "
	  "may not take it away\n",
	  "appcmd install module /name:MyModule /image:/opt/my.so\n" },
	{ "MODULE", "uninstall", "Uninstall a native module",
	  "identifier   the module's name\n/remove      false: it stays in the list of enabled "
	  "ones\n",
	  "appcmd uninstall module MyModule\n" },
	{ "BACKUP", "list", "List existing configuration backups",
	  "identifier   its name; versions of the history are in the list\n",
	  "appcmd list backups\n" },
	{ "BACKUP", "add", "Create a configuration backup",
	  "identifier   its name; none is the time\n", "appcmd add backup \"Before\"\n" },
	{ "BACKUP", "delete", "Delete a configuration backup", "identifier   its name\n",
	  "appcmd delete backup \"Before\"\n" },
	{ "BACKUP", "restore", "Restore a configuration backup",
	  "identifier   its name, or that of a version of the history\n/stop        true or false; "
	  "the server need not be stopped and is not\n",
	  "appcmd restore backup \"Before\"\n" },
	{ "TRACE", "list", "List failed request logs", "", "" },
	{ "TRACE", "configure", "Configure failed request tracing for a site", "", "" },
	{ "TRACE", "inspect", "Display trace events from a failed request log", "", "" },
};

static const struct {
	const char *kind, *what;
} objects[] = {
	{ "SITE", "Administration of virtual sites" },
	{ "APP", "Administration of applications" },
	{ "VDIR", "Administration of virtual directories" },
	{ "APPPOOL", "Administration of application pools" },
	{ "CONFIG", "Administration of general configuration sections" },
	{ "WP", "Administration of worker processes" },
	{ "REQUEST", "Administration of HTTP requests" },
	{ "MODULE", "Administration of server modules" },
	{ "BACKUP", "Administration of server configuration backups" },
	{ "TRACE", "Working with failed request trace logs" },
};

static const struct verb_help *find_verb(const struct appcmd_kind *kind, struct text verb)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (!strcmp(verbs[i].kind, kind->name) &&
		    text_equal_nocase(text_of(verbs[i].verb), verb))
			return &verbs[i];
	}
	return NULL;
}

static void put_indented(const char *title, const char *lines)
{
	struct text rest = text_of(lines);

	if (!rest.length)
		return;
	printf("\n%s:\n\n", title);
	while (rest.length) {
		struct text line = text_cut(&rest, '\n');
		printf("  " TEXT_FMT "\n", TEXT_ARG(line));
	}
}

static void general_help(void)
{
	fputs(general_text, stdout);
	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		if (appcmd_kind(objects[i].kind))
			printf("  %-9s %s\n", objects[i].kind, objects[i].what);
	}
	fputs(parameters_text, stdout);
}

static void object_help(const struct appcmd_kind *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		if (!strcmp(objects[i].kind, kind->name))
			printf("%s\n\n", objects[i].what);
	}
	printf("APPCMD (command) %s <identifier> <-parameter1:value1 ...>\n\n"
	       "Supported commands:\n\n",
	       kind->name);
	for (struct text rest = text_of(kind->verbs); rest.data;) {
		struct text verb = text_cut(&rest, ' ');
		const struct verb_help *help = find_verb(kind, verb);
		printf("  " TEXT_FMT "%*s %s\n", TEXT_ARG(verb), (int)(10 - verb.length), "",
		       help ? help->what : "");
	}
	puts("\n(To get help for each command use /?, e.g. 'appcmd.exe add site /?'.)");
}

/* ---- what can be set ---- */

static void put_properties(const struct schema_element *e, const char *front, int depth)
{
	char path[256];

	for (size_t i = 0; i < e->attribute_count; i++) {
		const struct schema_attribute *a = &e->attributes[i];
		printf("-%s%s", front, a->name);
		for (const struct schema_name *name = a->names; name && name->name; name++)
			printf("%s%s", name == a->names ? "  (" : " | ", name->name);
		puts(a->names && a->names->name ? ")" : "");
	}
	for (size_t i = 0; i < e->child_count && depth < 8; i++) {
		snprintf(path, sizeof(path), "%s%s.", front, e->children[i]->name);
		put_properties(e->children[i], path, depth + 1);
	}
	if (!e->collection || depth >= 8)
		return;
	struct text key = TEXT("");
	for (size_t i = 0; i < e->collection->entry->attribute_count && !key.length; i++) {
		const struct schema_attribute *a = &e->collection->entry->attributes[i];
		if (a->flags & (SCHEMA_UNIQUE | SCHEMA_COMBINED))
			key = text_of(a->name);
	}
	snprintf(path, sizeof(path), "%s[" TEXT_FMT "%s].", front, TEXT_ARG(key),
		 key.length ? "=''" : "");
	put_properties(e->collection->entry, path, depth + 1);
}

/* The properties of a section, or of what a kind of object is in the configuration. */
static bool property_help(struct appcmd *a, const struct appcmd_kind *kind)
{
	size_t id;

	if (!a->section && !a->identifier)
		return false;
	if (appcmd_load(a))
		return true;
	const struct schema *schema = config_schema(a->server);
	const struct schema_element *e = NULL;
	if (!strcmp(kind->name, "CONFIG") && a->section) {
		if (schema_find_short(schema, a->section, &id, &a->err) < 0) {
			appcmd_error(APPCMD_BAD_ARGUMENT, "%s", a->err.text);
			return true;
		}
		e = schema->sections[id].element;
	} else if (*kind->entry) {
		struct appcmd_objects all = { 0 };
		if (appcmd_select(a, kind, false, &all))
			return true;
		e = all.count && all.items[0].element ? all.items[0].element->schema : NULL;
	}
	if (e)
		put_properties(e, "", 0);
	return e != NULL;
}

int appcmd_help(struct appcmd *a)
{
	/* "appcmd site /?" asks about the object, "appcmd add site /?" about the verb. */
	const struct appcmd_kind *kind = a->kind ? appcmd_kind(a->kind) : NULL;
	const struct verb_help *help = kind ? find_verb(kind, text_of(a->verb)) : NULL;

	if (!kind && a->verb)
		kind = appcmd_kind(a->verb);
	if (!kind) {
		general_help();
	} else if (!help) {
		object_help(kind);
	} else if (!appcmd_word(a->verb, "set") || !property_help(a, kind)) {
		printf("%s\n\nAPPCMD %s %s <identifier> <-parameter1:value1 ...>\n", help->what,
		       help->verb, kind->name);
		put_indented("Supported parameters", help->parameters);
		put_indented("Examples", help->examples);
	}
	return APPCMD_NOTHING;
}
