/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DCOM behind COM's own functions (com/activate.h): classes with a process of their own, and
 * CoCreateInstanceEx with a server, and with it CreateObject("A.B", "server") of scripts, make
 * objects in other processes and on other machines; CoMarshalInterface and its family carry
 * references to other processes.
 */
#pragma once

/* Where the resolver of this machine listens, below the state directory. */
#define DCOM_MACHINE_SOCKET "run/rpcss.sock"

/* Once, before threads. The struct dcom is made by the first activation, and stays. `state_dir` is
 * copied; one whose name is too long for a local socket has no processes of components. */
void dcom_remoting_start(const char *state_dir);
/* The same with a struct dcom that the program has made, and which serves: COM's functions create
 * and marshal by it, so that the program's own objects can be given to others. NULL, once nobody
 * calls them any more: it is about to be freed. */
struct dcom;
void dcom_remoting_use(struct dcom *own);
/* Before the process ends: what was released is released over there, too. */
void dcom_remoting_flush(void);
