/* SPDX-License-Identifier: Apache-2.0 */
/* The hierarchy for tools; see tree.h. */
#include "config/tree.h"

#include "base/sys.h"
#include "config/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

struct config_tree {
	struct arena arena;
	struct down down;
	const char *path;
};

static int no_memory(struct error *err)
{
	return error_set(err, -ENOMEM, "out of memory");
}

/* Takes `prefix` and the slash behind it from the front of `*path`. */
static bool take(struct text *path, const char *prefix)
{
	size_t length = strlen(prefix);

	if (!text_starts_with_nocase(*path, text_of(prefix)) ||
	    (path->length > length && path->data[length] != '/'))
		return false;
	length += path->length > length;
	*path = (struct text){ path->data + length, path->length - length };
	return true;
}

static const struct config_site *find_site(const struct config *config, struct text name)
{
	for (size_t i = 0; i < config->site_count; i++) {
		if (text_equal_nocase(text_of(config->sites[i].name), name))
			return &config->sites[i];
	}
	return NULL;
}

/* What the level above applicationHost.config has. */
static int build_webroot(struct config_tree *tree)
{
	struct down *d = &tree->down;

	tree->path = CONFIG_PATH_WEBROOT;
	return level_init(&d->level, d->config->schema, d->arena) < 0 ? no_memory(d->err) : 0;
}

static int unknown_path(struct config_tree *tree, struct text path)
{
	int r = error_set(tree->down.err, -ENOENT,
			  "Unrecognized configuration path '" CONFIG_PATH_APPHOST "/" TEXT_FMT "'",
			  TEXT_ARG(path));
	if (tree->down.err)
		tree->down.err->hresult = 0x80070003u;
	return r;
}

static int build(struct config_tree *tree, struct text path)
{
	struct down *d = &tree->down;

	if (!take(&path, CONFIG_PATH_APPHOST) &&
	    (take(&path, CONFIG_PATH_WEBROOT) || take(&path, "MACHINE")))
		return path.length ? unknown_path(tree, path) : build_webroot(tree);
	int r = config_down_add(d, path);
	if (r < 0)
		return r;
	tree->path = CONFIG_PATH_APPHOST;
	if (d->depth) {
		d->site = find_site(d->config, d->segments[0]);
		if (!d->site)
			return unknown_path(tree, path);
		d->segments[0] = text_of(d->site->name);
	}
	for (size_t i = 0; i < d->depth && tree->path; i++) {
		/* The text that was asked for need not live as long. */
		char *copy = arena_strndup(d->arena, d->segments[i].data, d->segments[i].length);
		if (!copy)
			return no_memory(d->err);
		d->segments[i] = text_of(copy);
		tree->path = arena_printf(d->arena, "%s/%s", tree->path, copy);
	}
	return tree->path ? config_down_go(d) : no_memory(d->err);
}

/* A tree of nothing yet. NULL: no memory. */
static struct config_tree *tree_new(struct config *config, struct error *err)
{
	struct config_tree *tree = mem_new(struct config_tree);
	if (!tree) {
		no_memory(err);
		return NULL;
	}
	arena_init(&tree->arena, VIEW_ARENA_LIMIT);
	tree->down.config = config_ref(config);
	tree->down.arena = &tree->arena;
	tree->down.err = err;
	return tree;
}

static int finish(struct config_tree *tree, struct text path, struct config_tree **ret)
{
	int r = build(tree, path);
	tree->down.err = NULL;
	if (r < 0)
		config_tree_free(tree);
	else
		*ret = tree;
	return r;
}

int config_tree_new(struct config *config, struct text path, struct config_tree **ret,
		    struct error *err)
{
	struct config_tree *tree = tree_new(config, err);
	return tree ? finish(tree, path, ret) : -ENOMEM;
}

int config_tree_server(struct config *config, struct text path, struct config_tree **ret,
		       struct error *err)
{
	struct config_tree *tree = tree_new(config, err);
	if (!tree)
		return -ENOMEM;
	tree->down.server_only = true;
	return finish(tree, path, ret);
}

static int check_location(struct config *config, struct text path, struct error *err)
{
	struct config_tree *tree = tree_new(config, err), *done = NULL;
	if (!tree)
		return -ENOMEM;
	tree->down.server_only = true;
	int r = finish(tree, path, &done);
	config_tree_free(done);
	if (r != -ENOENT)
		return r;
	if (err)
		*err = (struct error){ 0 };
	return 0;
}

int config_tree_check_locations(struct config *config, struct error *err)
{
	int r = 0;
	for (const struct xml_element *e = config->document->root->first; e && r == 0;
	     e = e->next) {
		struct text path = { 0 };
		if (!strcmp(e->name, "location"))
			path = section_location(e).path;
		if (path.length)
			r = check_location(config, path, err);
	}
	return r;
}

int config_tree_instead(struct config *config, struct text path, const char *folder,
			struct text text, struct config_tree **ret, struct error *err)
{
	struct config_tree *tree = tree_new(config, err);
	if (!tree)
		return -ENOMEM;
	tree->down.instead_folder = folder;
	tree->down.instead = text;
	return finish(tree, path, ret);
}

struct config_tree *config_tree_free(struct config_tree *tree)
{
	if (!tree)
		return NULL;
	config_files_done(&tree->down.files);
	config_unref(tree->down.config);
	arena_done(&tree->arena);
	return mem_free(tree);
}

const struct level *config_tree_level(const struct config_tree *tree)
{
	return &tree->down.level;
}

const char *config_tree_path(const struct config_tree *tree)
{
	return tree->path;
}

const char *config_tree_folder(const struct config_tree *tree)
{
	return tree->down.folder;
}

int config_tree_open_folder(const struct config_tree *tree)
{
	const struct down *d = &tree->down;
	char root[PATH_MAX];

	if (!d->folder || snprintf(root, sizeof(root), "%.*s", (int)d->folder_root, d->folder) >=
				  (int)sizeof(root))
		return -ENAMETOOLONG;
	_cleanup_fd_ int fd = sys_open(root, O_RDONLY | O_DIRECTORY, 0);
	return fd < 0 ? fd : sys_open_below(fd, d->folder + d->folder_root);
}

const struct xml_document *config_document(const struct config *config)
{
	return config->document;
}

const struct schema *config_schema(const struct config *config)
{
	return config->schema;
}
