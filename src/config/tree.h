/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds at any place of the hierarchy, section by section, with what wrote it: for tools,
 * which want all of it, as config.h is for the server, which wants some of it fast.
 */
#pragma once

#include "config/config.h"
#include "config/engine/level.h"

#include <limits.h>

/* Where a path of the hierarchy begins. */
#define CONFIG_PATH_WEBROOT "MACHINE/WEBROOT"
#define CONFIG_PATH_APPHOST "MACHINE/WEBROOT/APPHOST"

struct config_tree;

/* The place `path`: "MACHINE/WEBROOT" (what is installed), "MACHINE/WEBROOT/APPHOST" or "" (the
 * server), "Site/folder" alone or below APPHOST. -EINVAL with `err` (500.19, or a site that is not
 * there), -ENOMEM. The snapshot is kept. */
int config_tree_new(struct config *config, struct text path, struct config_tree **ret,
		    struct error *err);
/* The same without reading web.config files: what applicationHost.config says of a place, also of
 * one whose folder is not there. */
int config_tree_server(struct config *config, struct text path, struct config_tree **ret,
		       struct error *err);
/* Whether what applicationHost.config says in its <location> elements can hold where they apply:
 * config_parse sees what each says for itself, not what it makes of the levels above. Those of
 * sites that are not there are passed over. -EINVAL, -ENOMEM. */
int config_tree_check_locations(struct config *config, struct error *err);
struct config_tree *config_tree_free(struct config_tree *tree);

const struct level *config_tree_level(const struct config_tree *tree);
/* The whole path of the place: "MACHINE/WEBROOT/APPHOST/Site/folder". */
const char *config_tree_path(const struct config_tree *tree);

/* Where the folder of the place is on the disk; NULL: the server, or a place that takes no
 * web.config. */
const char *config_tree_folder(const struct config_tree *tree);
/* The same, opened: symbolic links are followed up to the physicalPath, which administrators write,
 * and not below, where the owner of the site may put them. -ENOTDIR, -ELOOP. */
int config_tree_open_folder(const struct config_tree *tree);

/* Where the web.config of a folder is, or would be written. -ENAMETOOLONG. */
int config_files_name(const char *folder, char path[PATH_MAX]);

/* The document of applicationHost.config. */
const struct xml_document *config_document(const struct config *config);
const struct schema *config_schema(const struct config *config);
