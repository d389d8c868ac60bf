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
		if (list->entries[i].name.length == name.length &&
		    text_equal_nocase(list->entries[i].name, name))
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

/* '*' any run, '?' one character, ASCII case folded; linear but for one star to go back to. */
static bool wildcard(const char *pattern, struct text t)
{
	const char *star = NULL;
	size_t i = 0, mark = 0;

	while (i < t.length) {
		if (*pattern == '*') {
			star = pattern++;
			mark = i;
		} else if (*pattern &&
			   (*pattern == '?' || text_lower(*pattern) == text_lower(t.data[i]))) {
			pattern++;
			i++;
		} else if (star) {
			pattern = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* A pattern with a slash in front is about the whole path, one with a slash inside about the end
 * of the path from some segment on, any other one about the last segment. */
static bool path_matches(const char *pattern, struct text path)
{
	bool inside = strchr(pattern, '/') != NULL;

	if (pattern[0] == '/' || !strcmp(pattern, "*"))
		return wildcard(pattern, path);
	for (size_t i = path.length; i-- > 0;) {
		if (path.data[i] != '/')
			continue;
		if (wildcard(pattern, (struct text){ path.data + i + 1, path.length - i - 1 }))
			return true;
		if (!inside)
			return false;
	}
	return wildcard(pattern, path);
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

const char *config_url_handler(const struct config_url *url, struct text path, struct text verb,
			       const char **ret_name)
{
	const struct view *view = view_of(url);
	for (size_t i = 0; i < view->handler_count; i++) {
		const struct handler *h = &view->handlers[i];
		if (verb_matches(h->verbs, verb) && path_matches(h->path, path)) {
			if (ret_name)
				*ret_name = h->name;
			return h->module;
		}
	}
	return NULL;
}
