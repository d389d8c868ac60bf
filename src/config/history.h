/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history of applicationHost.config: system.applicationHost/configHistory. Each version is a
 * folder CFGHISTORY_0000000001 with a copy; the newest maxHistories are kept.
 */
#pragma once

#include "base/sys.h"
#include "config/config.h"

/* Keeps `text` as the newest version, unless it is that already or the section is switched off. The
 * copy belongs to whom `access` says. 0, or a negated errno that nobody needs to fail for. */
int config_history_keep(const struct config *config, struct text text,
			const struct sys_access *access);
