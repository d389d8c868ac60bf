/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both emitters use: how a type is written in C.
 */
#pragma once

#include "idl.h"

#include "base/buf.h"

/* "struct tagX", "DWORD", "char16_t": a type without its declarator, by name. NULL: it has none,
 * and must be written out where it stands. */
const char *emit_type_name(struct idl *idl, const struct idl_type *type);
/* "DWORD *name", "GUID list[3]". In a parameter list arrays are pointers. */
const char *emit_declaration(struct idl *idl, struct idl_type *type, const char *name,
			     bool parameter);
/* "get_Count" for the property Count. */
const char *emit_method_name(struct idl *idl, const struct idl_method *method);
/* "struct IFoo_Bar". */
const char *emit_frame_name(struct idl *idl, const struct idl_interface *interface,
			    const struct idl_method *method);
/* Whether it is COM: its methods have an object in front. */
bool emit_is_object(const struct idl_interface *interface);
/* "ms_dcom". */
const char *emit_identifier(struct idl *idl, const char *file_name);
/* The type that a declaration gives a table to: a typedef that names a struct, union or enum first,
 * one with wire_marshal, a tag without a typedef; NULL. And the struct x of "typedef struct x { }
 * *y", which has a tag only. */
struct idl_type *emit_table_type(struct idl_type *type);
struct idl_type *emit_behind_pointers(struct idl_type *type);
bool emit_is_void(struct idl_type *type);
/* uuid(...) as an initializer of a GUID. */
const char *emit_guid(struct idl *idl, const struct idl_attribute *attributes,
		      const struct idl_place *place);
