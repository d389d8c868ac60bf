/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front end: what the process inetinfo is. One control thread speaks with the service control
 * manager; one loop thread per processor serves HTTP.
 */
#pragma once

/* Runs until the SCM says STOP or goes away. The exit status of the process. */
int front_run(void);
