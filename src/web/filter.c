/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request filtering (system.webServer/security/requestFiltering), in the order IIS applies it.
 * What depends on the path and verb alone is decided once per route. Loop threads.
 */
#include "web/internal.h"

static bool refuse(struct web_route *route, unsigned sub)
{
	web_route_fail(route, 404, sub, 0, "RequestFilteringModule", "BeginRequest");
	return false;
}

static bool hides_segment(const struct config_url *url, struct text path)
{
	while (path.data) {
		struct text segment = text_cut(&path, '/');
		if (segment.length && config_url_segment_hidden(url, segment))
			return true;
	}
	return false;
}

bool web_filter_route(struct web_route *route, const struct web_path *path,
		      const struct http_request *request)
{
	const struct config_url *url = route->folder->url;
	if (config_url_verb_denied(url, request->method_text))
		return refuse(route, 6);
	if (url->max_url && request->path.length > url->max_url)
		return refuse(route, 14);
	if (path->double_escaped && !url->allow_double_escaping)
		return refuse(route, 11);
	if (path->high_bit && !url->allow_high_bit)
		return refuse(route, 12);
	if (route->site->max_url_segments && path->segments > route->site->max_url_segments)
		return refuse(route, 20);
	if (hides_segment(url, path->path))
		return refuse(route, 8);
	if (config_url_extension_denied(url, web_path_extension(route->script_name)))
		return refuse(route, 7);
	return true;
}
