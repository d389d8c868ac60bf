/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DCOM behind COM's own functions (com/activate.h): CoCreateInstanceEx with a server, and with it
 * CreateObject("A.B", "server") of scripts, make objects on other machines.
 */
#pragma once

/* Once, before threads. The struct dcom is made by the first activation, and stays. */
void dcom_remoting_start(void);
/* Before the process ends: what was released is released over there, too. */
void dcom_remoting_flush(void);
