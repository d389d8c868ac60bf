/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How rpcss comes to the processes that make objects: it asks the service control manager, which
 * starts them (COM_ACTIVATE and COM_ACTIVATED, ipc/control.h). Who asks waits on its thread, which
 * is one of the RPC server's, until the answer comes: as many as leave threads for other calls.
 */
#pragma once

#include "dcom/dcom.h"
#include "ipc/child.h"

#define ACTIVATOR_HOSTS_WAITING_MAX 64

struct activator_hosts;

/* `child` must outlive it. -ENOMEM. */
int activator_hosts_new(struct child *child, struct activator_hosts **ret);
/* Nobody may ask any more. */
struct activator_hosts *activator_hosts_free(struct activator_hosts *hosts);

/* The process of `appid`, which shall make an object of `ret->clsid` for `caller`. `gone`: the
 * number of one that was given before and could not be reached, or 0. RPC_S_SERVER_TOO_BUSY as an
 * HRESULT when too many wait, CO_E_SERVER_STOPPING when the service ends, or what the service
 * control manager said. Any thread. */
HRESULT activator_hosts_ask(struct activator_hosts *hosts, const struct rpc_caller *caller,
			    REFGUID appid, uint64_t gone, struct dcom_host *ret);
/* The answer has come, on the thread of the child. One that nobody waits for is dropped. */
void activator_hosts_answer(struct activator_hosts *hosts, const struct control_com_activated *m);
/* No answer will come any more: who waits, and who asks from now on, is refused. */
void activator_hosts_stop(struct activator_hosts *hosts);
