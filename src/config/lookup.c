/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about one request that a view answers: MIME type, request filter, handler. Called for
 * each request, on any thread; reads only.
 */
#include "config/snapshot.h"

#include <stdlib.h>

static int compare_extension(const void *key, const void *entry)
{
	return text_compare_nocase(*(const struct text *)key,
				   ((const struct mime_entry *)entry)->extension);
}

const char *config_url_mime(const struct config_url *url, struct text extension)
{
	const struct mime_map *map = &view_of(url)->mime;
	const struct mime_entry *found = bsearch(&extension, map->entries, map->count,
						 sizeof(*map->entries), compare_extension);
	return found ? found->type : NULL;
}

static const struct filter_entry *find(const struct filter_list *list, struct text name)
{
	for (size_t i = 0; i < list->count; i++) {
		struct text entry = { list->entries[i].name, list->entries[i].length };
		if (entry.length == name.length && text_equal_nocase(entry, name))
			return &list->entries[i];
	}
	return NULL;
}

static bool denied(const struct filter_list *list, struct text name, bool allow_unlisted)
{
	const struct filter_entry *entry = find(list, name);
	return !(entry ? entry->allowed : allow_unlisted);
}

bool config_url_extension_denied(const struct config_url *url, struct text extension)
{
	const struct view *view = view_of(url);
	/* IIS keeps names without an extension under ".". */
	if (extension.length == 0)
		extension = TEXT(".");
	return denied(&view->extensions, extension, view->extensions_allow_unlisted);
}

bool config_url_segment_hidden(const struct config_url *url, struct text segment)
{
	return find(&view_of(url)->segments, segment) != NULL;
}

bool config_url_verb_denied(const struct config_url *url, struct text verb)
{
	const struct view *view = view_of(url);
	return denied(&view->verbs, verb, view->verbs_allow_unlisted);
}

bool config_url_names(const struct config_url *url, struct text name)
{
	for (const struct down_name *n = view_of(url)->names; n; n = n->next) {
		if (text_equal_nocase(n->name, name))
			return true;
	}
	return false;
}

/* Linear but for one star to go back to; the runs of all stars before it stay. */
bool config_wildcard(const char *pattern, struct text t, struct text *runs, size_t most)
{
	const char *star = NULL;
	size_t i = 0, mark = 0, start = 0, stars = 0;

	while (i < t.length || *pattern == '*') {
		if (*pattern == '*') {
			star = pattern++;
			mark = start = i;
			if (stars++ < most)
				runs[stars - 1] = (struct text){ t.data + i, 0 };
			continue;
		}
		if (*pattern &&
		    (*pattern == '?' || text_lower(*pattern) == text_lower(t.data[i]))) {
			pattern++;
			i++;
		} else if (star) {
			pattern = star + 1;
			i = ++mark;
			if (stars <= most)
				runs[stars - 1].length = mark - start;
		} else {
			return false;
		}
	}
	/* The end of the text, but not yet of the pattern: the last star takes no less than all
	 * that the rest of the pattern leaves, so nothing shorter can match either. */
	return *pattern == '\0';
}

/* A pattern with a slash in front is about the whole path, one with a slash inside about the end
 * of the path from some segment on, any other one about the last segment. */
static bool path_matches(const char *pattern, struct text path)
{
	bool inside = strchr(pattern, '/') != NULL;

	if (pattern[0] == '/' || !strcmp(pattern, "*"))
		return config_wildcard(pattern, path, NULL, 0);
	for (size_t i = path.length; i-- > 0;) {
		if (path.data[i] != '/')
			continue;
		if (config_wildcard(pattern,
				    (struct text){ path.data + i + 1, path.length - i - 1 }, NULL,
				    0))
			return true;
		if (!inside)
			return false;
	}
	return config_wildcard(pattern, path, NULL, 0);
}

static bool verb_matches(const char *verbs, struct text verb)
{
	struct text rest = text_of(verbs);
	while (rest.data) {
		struct text one = text_trim(text_cut(&rest, ','));
		if (text_equal(one, TEXT("*")) || text_equal(one, verb))
			return true;
	}
	return false;
}

static bool is_for(const struct config_handler *h, enum config_resource what)
{
	static const unsigned allowed[] = {
		1u << CONFIG_FILE,
		1u << CONFIG_DIRECTORY,
		1u << CONFIG_FILE | 1u << CONFIG_DIRECTORY,
		1u << CONFIG_FILE | 1u << CONFIG_DIRECTORY | 1u << CONFIG_NOTHING,
	};
	return h->resource < ARRAY_LEN(allowed) && allowed[h->resource] >> what & 1;
}

const struct config_handler *config_url_handler(const struct config_url *url, struct text path,
						struct text verb, enum config_resource what)
{
	const struct view *view = view_of(url);
	for (size_t i = 0; i < view->handler_count; i++) {
		const struct config_handler *h = &view->handlers[i].is;
		if (is_for(h, what) && verb_matches(h->verbs, verb) && path_matches(h->path, path))
			return h;
	}
	return NULL;
}
