/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small server of [MS-LSAD] over the tables of its IDL: policies are opened and closed, and asked
 * about their domain. For smbtorture, whose test of binds wants handles of this interface, and for
 * our own client. Test programs only.
 */
#pragma once

#include "dcom/native.h"

/* `service->face` is for rpc_interfaces_add, and lives as long as the server. */
void lsarpc_init(struct native *service);
