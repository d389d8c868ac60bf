/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DCOM behind COM's own functions (com/activate.h): CoCreateInstanceEx with a server, and with it
 * CreateObject("A.B", "server") of scripts, make objects on other machines; CoMarshalInterface and
 * its family carry references to other processes.
 */
#pragma once

/* Once, before threads. The struct dcom is made by the first activation, and stays. */
void dcom_remoting_start(void);
/* The same with a struct dcom that the program has made, and which serves: COM's functions create
 * and marshal by it. NULL, once nobody calls them any more: it is about to be freed. */
struct dcom;
void dcom_remoting_use(struct dcom *own);
/* Before the process ends: what was released is released over there, too. */
void dcom_remoting_flush(void);
