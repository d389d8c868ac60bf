/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of automation objects: a connection point that a class puts into its object. Listeners
 * find it by IConnectionPointContainer, as on Windows; there is one point per object, its interface
 * is IDispatch, and its events are those of the class's table.
 *
 *     static HRESULT ticker_query(struct automation_object *object, REFIID riid, void **ret)
 *     {
 *         return connection_query(&ticker_of(object)->point, riid, ret);
 *     }
 *     ... connection_fire(&self->point, TICKER_TICKED, arguments, 1);
 *
 * Sinks may be called from any thread and are called outside the point's lock. A sink keeps the
 * object alive and the object its sinks, until Unadvise: the listener breaks the circle.
 */
#pragma once

#include "com/automation.h"

#include <pthread.h>

#define CONNECTIONS_MAX 1000 /* sinks of one object */

struct connection;

struct connection_point {
	IConnectionPointContainer container;
	IConnectionPoint point;
	struct automation_object *owner;
	pthread_mutex_t lock; /* guards what follows */
	struct connection *first;
	DWORD last_cookie;
	unsigned count;
};

/* For the function that makes the object, and for the class's free. */
void connection_init(struct connection_point *point, struct automation_object *owner);
void connection_done(struct connection_point *point);
/* For the class's query: gives IConnectionPointContainer and IConnectionPoint. E_NOINTERFACE. */
HRESULT connection_query(struct connection_point *point, REFIID riid, void **ret);
/* Calls every sink; arguments in natural order, the caller's. What sinks answer is not looked at.
 * E_OUTOFMEMORY: not all were called. */
HRESULT connection_fire(struct connection_point *point, DISPID dispid, VARIANT *argv, UINT argc);

/* For listeners: advises `sink` at the IDispatch connection point of `object`; `*ret` is one
 * reference, for connection_unadvise. E_NOINTERFACE, or what the object says. */
HRESULT connection_advise(IDispatch *object, IDispatch *sink, IConnectionPoint **ret,
			  DWORD *ret_cookie);
/* Ends it and releases `point`. */
void connection_unadvise(IConnectionPoint *point, DWORD cookie);
