/* SPDX-License-Identifier: Apache-2.0 */
/* One request of a channel as an exchange. Internal to src/host. */
#pragma once

#include "ipc/exchange.h"

/* Hands the claimed slot to the handler and finishes it. On the worker's own stack and thread. */
void host_serve_slot(const struct exchange_handler *handler, struct channel_host *channel,
		     int slot);
