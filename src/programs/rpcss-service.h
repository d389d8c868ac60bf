/* SPDX-License-Identifier: Apache-2.0 */
/* rpcss as the service control manager's service RpcSs. */
#pragma once

/* Registers, serves what RPCSS_START says until told to stop; what main returns. */
int rpcss_service(void);
