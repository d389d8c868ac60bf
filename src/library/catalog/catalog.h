/* SPDX-License-Identifier: Apache-2.0 */
/* All libraries of components at once: what pages and scripts can make with CreateObject. */
#pragma once

/* Puts the classes of every library into the class table (com/class.h). Classes of components are
 * found once classes_configure (com/classes.h) was told where. Called once, at start-up and before
 * threads. -ENOBUFS when the table is full. */
int catalog_register(void);
