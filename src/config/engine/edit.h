/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a configuration file: every byte that a change is not about stays as it is, comments,
 * order and white space included, and what is added is laid out as its surroundings are. Used by
 * tools, in one thread.
 *
 * Each step changes the text and reads again what it changed (xml_replace), so elements of an edit
 * are good until the next step; steps give back the element they were about.
 */
#pragma once

#include "config/engine/sections.h"

struct edit;

/* -EINVAL when `source` is no UTF-8 or UTF-16, or not well-formed; -ENOMEM. */
int edit_begin(struct text source, const char *file, struct edit **ret, struct error *err);
struct edit *edit_free(struct edit *edit);
/* The element that begins at this byte: a step moves none that stands before its place. */
const struct xml_element *edit_at(const struct edit *edit, size_t start);
/* Another file instead of all of it, in the encoding of that. -EINVAL, -ENOMEM. */
int edit_replace_all(struct edit *edit, struct text text, struct error *err);
/* As it is now. */
const struct xml_document *edit_document(const struct edit *edit);
struct text edit_text(const struct edit *edit);
/* The same as it is written: a file in UTF-16 stays one. */
void edit_bytes(const struct edit *edit, struct buf *out);

/* Sets an attribute: its value is replaced where it stands, or it becomes the last one. */
int edit_set(struct edit *edit, const struct xml_element **element, const char *name,
	     const char *value, struct error *err);
/* Takes it away; 0 when it is not there. */
int edit_unset(struct edit *edit, const struct xml_element **element, const char *name,
	       struct error *err);

/* Puts a new <name/> into `parent`, before its child `before`, or as the last one (NULL). `*parent`
 * becomes the new element. */
int edit_add(struct edit *edit, const struct xml_element **parent, const char *name,
	     const struct xml_element *before, struct error *err);
/* Puts the bytes of an element, as they are, behind the last child of `parent`, which becomes it.
 */
int edit_paste(struct edit *edit, const struct xml_element **parent, struct text bytes,
	       struct error *err);
/* The bytes of another element in the place of an element, which becomes that. */
int edit_put(struct edit *edit, const struct xml_element **element, struct text bytes,
	     struct error *err);
/* Takes an element away, with its line when it has one for itself. `*element` becomes the parent.
 */
int edit_remove(struct edit *edit, const struct xml_element **element, struct error *err);

/* The child of this name, made when it is not there: `*element` becomes it. */
int edit_child(struct edit *edit, const struct xml_element **element, const char *name,
	       struct error *err);
/* Likewise for a section ("system.webServer/asp") in the scope of a location: "" is the file's own
 * level, else the path of a <location>. */
int edit_section(struct edit *edit, struct text location, const char *section,
		 const struct xml_element **ret, struct error *err);
/* The section where it is written; NULL: it is not. */
const struct xml_element *edit_find_section(const struct xml_document *document,
					    struct text location, const char *section);
