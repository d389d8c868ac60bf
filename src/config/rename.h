/* SPDX-License-Identifier: Apache-2.0 */
/* Names that other elements of applicationHost.config repeat. Tools, one thread. */
#pragma once

#include "config/engine/edit.h"

/* Gives a <site> of the file another name, and the <location> elements of its paths too: locks and
 * settings stay with the site. `*site` stays the site. -EINVAL, -ENOMEM. */
int config_rename_site(struct edit *edit, const struct xml_element **site, const char *name,
		       struct error *err);
