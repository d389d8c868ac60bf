/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiler knows of IDL files: their declarations as a tree, made by the parser out of the
 * lexer's tokens, read by the two emitters. Everything lives in the arena of one struct idl, which
 * also holds the first error: after one the lexer gives nothing but the end, so every loop ends.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "ndr/table.h"

#define IDL_MEMORY_MAX ((size_t)128 << 20)
#define IDL_FILE_MAX ((size_t)4 << 20)
#define IDL_IMPORTS_MAX 32 /* inside each other */
#define IDL_DEPTH_MAX 64   /* of types, expressions and macros inside each other */
#define IDL_TOKENS_MAX 2000000
#define IDL_NAMES_MAX 100000

struct idl_place {
	const char *file;
	int line, column;
};

/* ---- expressions ---- */

struct idl_expr {
	enum ndr_opcode op; /* LOAD: `name`; FOLLOW: *a, or a->name; CONST: value */
	int64_t value;
	const char *name;
	struct idl_expr *a, *b, *c;
	struct idl_place place;
};

/* ---- attributes ---- */

struct idl_attribute {
	struct idl_attribute *next;
	const char *name;
	const char *text;          /* of uuid, version, strings, names */
	struct idl_type *type;     /* of switch_type, wire_marshal */
	struct idl_expr *args[32]; /* NULL: an empty place, as in size_is(,n) */
	unsigned count;
	struct idl_place place;
};

/* ---- types ---- */

enum idl_type_kind {
	IDL_BASE, /* `base` */
	IDL_POINTER,
	IDL_ARRAY,
	IDL_STRUCT,
	IDL_UNION,
	IDL_ENUM,
	IDL_ALIAS, /* a typedef */
	IDL_INTERFACE,
};

struct idl_member { /* a field, an arm, a parameter, a property */
	struct idl_member *next;
	const char *name;      /* NULL: none */
	struct idl_type *type; /* NULL: an empty arm */
	struct idl_attribute *attributes;
	bool defines;           /* the declaration has the body of its type */
	struct idl_expr *cases; /* of `case x:`, linked by `c` */
	bool fallback;
	struct idl_place place;
};

struct idl_constant {
	struct idl_constant *next;
	const char *name;
	int64_t value;
};

struct idl_type {
	enum idl_type_kind kind;
	enum ndr_kind base; /* IDL_BASE: NDR_NONE is void */
	bool is_handle;     /* handle_t */
	bool is_const;
	bool defined;
	bool defines;  /* IDL_ALIAS: the typedef has the body of the type behind it */
	bool open;     /* IDL_ARRAY: [] or [*] */
	bool ms_union; /* defined where the interface says ms_union */
	uint32_t count;
	const char *name; /* a tag, a typedef's or an interface's name; NULL: none */
	struct idl_type *of;
	struct idl_attribute *attributes;
	struct idl_member *members;
	struct idl_constant *constants;
	struct idl_type *switch_type; /* of an encapsulated union */
	const char *switch_name, *union_name;
	struct idl_interface *interface;
	const char *alias; /* of a struct, union or enum: the typedef that names it first */
	const struct idl_file *file; /* where it is defined */
	struct idl_place place;
	const char *c_name;            /* set by the emitters for what has no name */
	bool emitted, tabled;          /* by the header, by the tables */
	const struct lowered *lowered; /* lower.c */
	const char *refusal;           /* why it has no table */
	bool lowering;
	unsigned pointers; /* that led to it when that began */
};

/* ---- interfaces ---- */

struct idl_method {
	struct idl_method *next;
	const char *name;
	struct idl_type *result;
	struct idl_attribute *attributes;
	struct idl_member *params;
	struct idl_place place;
};

struct idl_interface {
	const char *name;
	struct idl_attribute *attributes;
	struct idl_interface *base;
	struct idl_method *methods;
	struct idl_type *type;
	bool defined, dispinterface, tabled;
	unsigned method_count;
	const struct idl_file *file;
	struct idl_place place;
};

struct idl_coclass {
	const char *name;
	struct idl_attribute *attributes;
	struct idl_interface *main, *source;
};

/* ---- files ---- */

/* What a file declares, in its order, for the emitters. */
enum idl_item_kind {
	IDL_ITEM_TYPE,
	IDL_ITEM_INTERFACE,
	IDL_ITEM_FORWARD,
	IDL_ITEM_COCLASS,
	IDL_ITEM_CONST,
	IDL_ITEM_QUOTE
};

struct idl_item {
	struct idl_item *next;
	enum idl_item_kind kind;
	struct idl_type *type;
	struct idl_interface *interface;
	struct idl_coclass *coclass;
	const char *name,
		*text; /* of a constant: its type is `type` (NULL: a macro's), its value `value` */
	int64_t value;
};

struct idl_file {
	struct idl_file *next;
	const char *name; /* "ms-dcom" */
	const char *path;
	struct idl_item *items, **tail;
	struct idl_file *imports[32];
	unsigned import_count;
	bool complete, written; /* parsed; its header is there */
};

struct idl {
	struct arena arena;
	struct error *err;
	int result;         /* 0, or what stopped it */
	struct map *names;  /* "struct x", "x", ... to symbols */
	struct map *native; /* names that C headers declare */
	struct idl_file *files;
	const char *folders[8]; /* where imports are looked for, besides the file's own */
	unsigned folder_count, tokens;
	bool whole; /* the tables refer to none of another file: all that is needed is in them */
	/* Gives the text of an imported file, in the arena; NULL: there is none. */
	const char *(*open)(struct idl *idl, const char *name, const char **ret_path,
			    size_t *ret_size);
};

/* Empty; `err` as in base/error.h. -ENOMEM. */
int idl_init(struct idl *idl, struct error *err);
void idl_done(struct idl *idl);
/* Reads a file's text and what it imports. The file, or NULL with idl->result and the error set. */
struct idl_file *idl_parse(struct idl *idl, const char *name, const char *path, const char *text,
			   size_t size);
/* Remembers every name in the text of a C header: what has one of them is not declared again. */
int idl_add_native(struct idl *idl, const char *text, size_t size);
static inline bool idl_is_native(const struct idl *idl, const char *name)
{
	return name && map_get(idl->native, text_of(name));
}

/* Fails once; later calls are ignored. Returns NULL. */
void *idl_fail(struct idl *idl, const struct idl_place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* From the arena, zeroed; NULL with the error set. */
void *idl_alloc(struct idl *idl, size_t size);
char *idl_text(struct idl *idl, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define idl_new(idl, type) ((type *)idl_alloc((idl), sizeof(type)))

const struct idl_attribute *idl_attribute(const struct idl_attribute *list, const char *name);
/* False: it is not made of constants only. */
bool idl_expr_constant(const struct idl_expr *e, int64_t *ret);
/* Through typedefs. */
struct idl_type *idl_strip(struct idl_type *type);

/* ---- the emitters: text of NAME.h and of NAME.c ---- */

struct buf;
int idl_emit_header(struct idl *idl, const struct idl_file *file, struct buf *out);
int idl_emit_tables(struct idl *idl, const struct idl_file *file, struct buf *out);
