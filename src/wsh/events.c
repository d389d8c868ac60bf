/* SPDX-License-Identifier: Apache-2.0 */
/* See events.h. A connection holds its source; the source holds the sink; ending breaks that. */
#include "wsh/events.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "com/connection.h"
#include "wsh/host.h"
#include "wsh/queue.h"

#include <pthread.h>

#define NAMES_MAX 1000
#define FIRST_NAME 0x10000 /* DISPIDs that the sink gives out itself */
#define PROCEDURE_MAX 512

struct sink {
	struct automation_object object;
	struct wsh *wsh; /* touched in the script's thread, while the queue is open */
	struct wsh_queue *queue;
	char *prefix;
	const struct automation_class *class; /* of the source, NULL: a foreign one */
	pthread_mutex_t lock;                 /* guards the names */
	struct map *asked;                    /* name -> its place in `numbers` */
	char numbers[NAMES_MAX];              /* only their addresses count: DISPID - FIRST_NAME */
};

struct wsh_connection {
	IDispatch *source; /* counted */
	IConnectionPoint *point;
	DWORD cookie;
	struct wsh_connection *next;
};

/* ---- names ---- */

static HRESULT sink_lookup(struct automation_object *object, struct text name, DISPID *ret)
{
	struct sink *self = container_of(object, struct sink, object);
	HRESULT hr = DISP_E_UNKNOWNNAME;

	for (size_t i = 0; self->class && i < self->class->event_count; i++)
		if (text_equal_nocase(name, text_of(self->class->events[i].name))) {
			*ret = self->class->events[i].dispid;
			return S_OK;
		}
	pthread_mutex_lock(&self->lock);
	size_t n = map_count(self->asked);
	char *known = map_get(self->asked, name);

	if (known) {
		*ret = FIRST_NAME + (DISPID)(known - self->numbers);
		hr = S_OK;
	} else if (n < NAMES_MAX && !map_put(self->asked, name, self->numbers + n, NULL)) {
		*ret = FIRST_NAME + (DISPID)n;
		hr = S_OK;
	}
	pthread_mutex_unlock(&self->lock);
	return hr;
}

/* Appends the event's name; false when there is none of that DISPID. */
static bool put_name(struct sink *self, DISPID dispid, struct buf *out)
{
	struct text key;
	void *value;
	size_t at = 0;
	bool found = false;

	for (size_t i = 0; self->class && i < self->class->event_count && !found; i++)
		if (self->class->events[i].dispid == dispid) {
			buf_puts(out, self->class->events[i].name);
			found = true;
		}
	pthread_mutex_lock(&self->lock);
	while (!found && map_next(self->asked, &at, &key, &value))
		if (FIRST_NAME + (DISPID)((char *)value - self->numbers) == dispid) {
			buf_put_text(out, key);
			found = true;
		}
	pthread_mutex_unlock(&self->lock);
	return found;
}

/* ---- the call ---- */

struct event {
	struct sink *sink;
	struct automation_call *call;
};

/* The script is to end, wherever it is now. */
static void end_script(struct wsh *wsh)
{
	wsh->ended = true;
	vbs_engine_interrupt(wsh->engine, VBS_E_END_SCRIPT);
}

/* In the script's thread. */
static HRESULT deliver(void *ctx)
{
	struct event *event = ctx;
	struct automation_call *call = event->call;
	struct wsh *wsh = event->sink->wsh;
	VARIANT argv[ARRAY_LEN(call->argv)];
	struct vbs_error error = { 0 };
	struct buf name;
	HRESULT hr = DISP_E_MEMBERNOTFOUND;

	if (wsh->ended)
		return S_OK;
	buf_init(&name, PROCEDURE_MAX);
	buf_puts(&name, event->sink->prefix);
	for (UINT i = 0; i < call->argc; i++)
		argv[i] = *call->argv[i]; /* a view: the engine copies */
	if (put_name(event->sink, call->dispid, &name) && !buf_failed(&name))
		hr = vbs_engine_call(wsh->engine, buf_text(&name), argv, call->argc, call->result,
				     &error);
	buf_done(&name);
	if (hr == VBS_E_END_SCRIPT) {
		end_script(wsh);
	} else if (FAILED(hr) && hr != DISP_E_UNKNOWNNAME && hr != DISP_E_MEMBERNOTFOUND) {
		wsh_write_error(wsh, &error);
		wsh->exit_code = 1;
		end_script(wsh);
	}
	vbs_error_done(&error);
	return hr == DISP_E_UNKNOWNNAME ? DISP_E_MEMBERNOTFOUND : hr;
}

static HRESULT sink_invoke(struct automation_call *call)
{
	struct sink *self = container_of(call->self, struct sink, object);
	struct event event = { self, call };

	return wsh_queue_call(self->queue, deliver, &event);
}

/* ---- life ---- */

static void sink_free(struct automation_object *object)
{
	struct sink *self = container_of(object, struct sink, object);

	wsh_queue_unref(self->queue);
	map_free(self->asked, NULL);
	pthread_mutex_destroy(&self->lock);
	mem_free(self->prefix);
	mem_free(self);
}

static const struct automation_class sink_class = {
	.name = "EventSink",
	.free = sink_free,
	.lookup = sink_lookup,
	.invoke = sink_invoke,
};

static struct sink *sink_new(struct wsh *wsh, IDispatch *source, const char *prefix)
{
	struct sink *self = mem_new(struct sink);

	if (!self)
		return NULL;
	automation_init(&self->object, &sink_class);
	pthread_mutex_init(&self->lock, NULL);
	self->wsh = wsh;
	self->queue = wsh_queue_ref(wsh->queue);
	self->class = automation_class_of(source);
	self->prefix = mem_strdup(prefix);
	self->asked = map_new(NAMES_MAX, MAP_NOCASE);
	if (!self->prefix || !self->asked) {
		sink_free(&self->object);
		return NULL;
	}
	return self;
}

HRESULT wsh_connect(struct wsh *wsh, IDispatch *source, const char *prefix)
{
	struct wsh_connection *c = mem_new(struct wsh_connection);
	struct sink *sink = c ? sink_new(wsh, source, prefix) : NULL;
	HRESULT hr = E_OUTOFMEMORY;

	if (sink) {
		IDispatch *face = automation_dispatch(&sink->object);

		hr = connection_advise(source, face, &c->point, &c->cookie);
		face->lpVtbl->Release(face);
	}
	if (FAILED(hr)) {
		mem_free(c);
		return hr;
	}
	source->lpVtbl->AddRef(source);
	c->source = source;
	c->next = wsh->connections;
	wsh->connections = c;
	return S_OK;
}

void wsh_disconnect(struct wsh *wsh, IDispatch *source)
{
	struct wsh_connection **at = &wsh->connections;

	while (*at) {
		struct wsh_connection *c = *at;

		if (source && c->source != source) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		connection_unadvise(c->point, c->cookie);
		c->source->lpVtbl->Release(c->source);
		mem_free(c);
	}
}
