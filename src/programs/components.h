/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The components of one application in a process of their own (`dllhost /Processid:{AppID}`): an
 * exporter of this machine, at the socket that the service control manager lends, that makes
 * objects for whoever rpcss sends. It ends by itself when it has had no object for a while.
 *
 * The functions are the control thread's; objects are made and called by the RPC server's threads.
 */
#pragma once

#include "base/loop.h"
#include "ipc/child.h"

struct components;

struct components_options {
	struct loop *loop; /* of the control thread */
	struct child *child;
	/* It had no object for long enough, takes no more, and has told the service control manager
	 * (COM_LEAVING). */
	void (*left)(void *ctx);
	void *ctx;
};

/* What COM_START says; takes its socket. Says COM_READY when objects can be made. */
int components_new(const struct components_options *options, struct control_message *start,
		   struct components **ret, struct error *err);
/* No new object; calls that are worked on get `grace` ns. */
void components_stop(struct components *components, int64_t grace);
/* Stops it, and releases all objects. Takes NULL, returns NULL. */
struct components *components_free(struct components *components);
/* How many objects were made, and how many are held by others. */
void components_counters(struct components *components, uint64_t *ret_made, uint64_t *ret_objects);
