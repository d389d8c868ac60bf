/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an IDL file says, as constant tables: types, methods, interfaces. idlc writes them at build
 * time; everything that encodes, decodes, frees, prints, calls or describes a value reads them.
 * Nothing in a table is ever written to.
 *
 * A component has the tables of its own interfaces in it and hands them to the functions of
 * <surrogate/typeinfo.h>, and is the only one to include this header: what idlc wrote for it does.
 * Tables of another version than the program's are refused.
 *
 * A value in memory has the layout of the C types in the header that idlc writes beside the tables.
 * The parameters of a method are the fields of one more struct, its frame: `struct IFoo_Bar` holds
 * each parameter as a C function takes it, and the result last. So an expression like
 * size_is(count + 1) means the same in a struct and in a parameter list: an offset in a scope.
 */
#pragma once

#include <surrogate/com.h>

#ifdef __cplusplus
extern "C" {
#endif

struct arena;
struct ndr_module;

#define NDR_TABLES_VERSION 1 /* of the layout of all that follows */

/* Scalars: name, bytes on the wire (also their alignment), bytes in memory, signed. [C706] 14.2,
 * [MS-RPCE] 2.2.4.1 (__int3264). */
#define NDR_SCALARS(X)                                                                             \
	X(BYTE, 1, 1, 0)                                                                           \
	X(CHAR, 1, 1, 0)                                                                           \
	X(BOOLEAN, 1, 1, 0)                                                                        \
	X(WCHAR, 2, 2, 0)                                                                          \
	X(INT8, 1, 1, 1)                                                                           \
	X(UINT8, 1, 1, 0)                                                                          \
	X(INT16, 2, 2, 1)                                                                          \
	X(UINT16, 2, 2, 0)                                                                         \
	X(INT32, 4, 4, 1)                                                                          \
	X(UINT32, 4, 4, 0)                                                                         \
	X(INT64, 8, 8, 1)                                                                          \
	X(UINT64, 8, 8, 0)                                                                         \
	X(INT3264, 4, 8, 1)                                                                        \
	X(UINT3264, 4, 8, 0)                                                                       \
	X(FLOAT, 4, 4, 1)                                                                          \
	X(DOUBLE, 8, 8, 1)                                                                         \
	X(ENUM16, 2, 4, 0)                                                                         \
	X(ENUM32, 4, 4, 1)

enum ndr_kind {
	NDR_NONE, /* nothing on the wire: void, handle_t */
#define X(name, wire, memory, is_signed) NDR_##name,
	NDR_SCALARS(X)
#undef X
		NDR_POINTER, /* its class ([C706] 14.3.10) is in `flags` */
	NDR_STRUCT,
	NDR_UNION,
	NDR_ARRAY,
	NDR_CONTEXT,   /* context_handle: struct ndr_context, 20 bytes ([C706] 14.2.11) */
	NDR_INTERFACE, /* an interface pointer: a unique pointer to MInterfacePointer on the wire */
	NDR_USER,      /* wire_marshal: `native` in memory, `of` on the wire */
};

/* A context handle as it is on the wire; the owner of the association gives it meaning. */
struct ndr_context {
	ULONG attributes;
	GUID uuid;
};

/* ---- expressions: size_is(...) and the like, in postfix order ---- */

enum ndr_opcode {
	NDR_OP_END,
	NDR_OP_CONST,   /* push `value` */
	NDR_OP_LOAD,    /* push the scalar (or pointer, as NDR_POINTER) at scope + value */
	NDR_OP_FOLLOW,  /* pop a pointer, push the scalar or pointer at it + value; NULL gives 0 */
	NDR_OP_ADDRESS, /* push scope + value, for an embedded iid */
	NDR_OP_NEGATE,
	NDR_OP_NOT,
	NDR_OP_INVERT,
	NDR_OP_ADD,
	NDR_OP_SUBTRACT,
	NDR_OP_MULTIPLY,
	NDR_OP_DIVIDE, /* by 0: the expression has no value */
	NDR_OP_MODULO,
	NDR_OP_SHIFT_LEFT,
	NDR_OP_SHIFT_RIGHT,
	NDR_OP_AND,
	NDR_OP_OR,
	NDR_OP_XOR,
	NDR_OP_EQUAL,
	NDR_OP_UNEQUAL,
	NDR_OP_LESS,
	NDR_OP_LESS_EQUAL,
	NDR_OP_GREATER,
	NDR_OP_GREATER_EQUAL,
	NDR_OP_BOTH,   /* && */
	NDR_OP_EITHER, /* || */
	NDR_OP_CHOOSE, /* pop c, b, a: a ? b : c */
};

#define NDR_PARAMS_MAX 64 /* of a method, with the result */
#define NDR_EXPR_DEPTH 16 /* of its stack; idlc refuses what needs more */

struct ndr_op {
	uint8_t op;   /* enum ndr_opcode */
	uint8_t kind; /* enum ndr_kind, for LOAD and FOLLOW */
	int64_t value;
};

/* ---- types ---- */

enum ndr_type_flags {
	/* Pointers. */
	NDR_REF = 0x0001,    /* never NULL; no representation at the top level of a parameter */
	NDR_UNIQUE = 0x0002, /* may be NULL, no aliases */
	NDR_FULL = 0x0004,   /* may be NULL or an alias */
	/* Arrays; CONFORMANT also on a struct that ends with one. */
	NDR_CONFORMANT = 0x0010, /* its size is on the wire */
	NDR_VARYING = 0x0020,    /* which part is there is on the wire */
	NDR_STRING = 0x0040,     /* the part up to and with the first NUL is there */
	/* Unions. */
	NDR_ENCAPSULATED = 0x0100, /* in memory a struct: discriminant, then the union */
	NDR_OPEN = 0x0200,         /* means nothing without the expression of its user */
	NDR_MS_UNION = 0x0800,     /* an arm is aligned as the largest is ([MS-RPCE] 2.2.4.5) */
	/* Anything. */
	NDR_RANGE = 0x1000,  /* `low` and `high` hold */
	NDR_SIMPLE = 0x2000, /* no pointer, interface or user type in it: nothing to free */
	NDR_VERBATIM =
		0x4000, /* the same bytes in memory and on the wire of a little-endian sender */
};

struct ndr_type {
	const char *name; /* as the IDL has it, "" when it has none */
	uint8_t kind;     /* enum ndr_kind */
	uint8_t align;    /* of the inline part on the wire: 1, 2, 4 or 8 */
	uint16_t flags;   /* enum ndr_type_flags */
	uint32_t size;  /* in memory; what sizeof says, the elements of a conformant array not in */
	uint32_t least; /* fewest bytes of the inline part on the wire */
	uint32_t
		count; /* of fields, arms, constants; elements of an array that is not conformant */
	/* The target of a pointer, the element of an array, the discriminant of a union, what an
	 * NDR_USER is on the wire. */
	const struct ndr_type *of;
	union {
		const struct ndr_field *fields;       /* NDR_STRUCT */
		const struct ndr_arm *arms;           /* NDR_UNION */
		const struct ndr_constant *constants; /* NDR_ENUM16, NDR_ENUM32 */
		const GUID *iid;                      /* NDR_INTERFACE without iid_is */
		const struct ndr_native *native;      /* NDR_USER */
	};
	/* In the scope of the struct or frame around: number of elements of a conformant array; the
	 * discriminant of a union; iid_is of an interface (the address of the IID). */
	const struct ndr_op *expr;
	const struct ndr_op *first, *length; /* the part of a varying array; NULL: 0, all */
	int64_t low, high;
	uint32_t offset; /* NDR_ENCAPSULATED: where the union is, behind the discriminant */
};

struct ndr_field {
	const char *name;
	const struct ndr_type *type;
	uint32_t offset;
	uint32_t flags;  /* of a parameter: enum ndr_param_flags */
	VARTYPE vt;      /* of a parameter: its automation type, VT_BYREF for a pointer; 0: none */
	int64_t initial; /* NDR_DEFAULT: what it is when the caller leaves it out */
};

struct ndr_arm {
	const char *name;            /* "" for an empty one */
	const struct ndr_type *type; /* NULL: nothing */
	int64_t value;
	bool fallback; /* default: */
};

struct ndr_constant {
	const char *name;
	int64_t value;
};

/* How a type with [wire_marshal] becomes its wire type: hand-written, one for each such type. */
struct ndr_native {
	const char *name;
	/* Fills `*wire` with what is to be encoded: borrows from `native`, takes what it needs
	 * besides from `scratch` (a struct arena). 0, -ENOMEM, -EINVAL. */
	int (*to_wire)(const void *native, void *wire, struct arena *scratch);
	/* Makes `*native` of what was decoded, takes over the natives inside of `wire` and leaves
	 * nothing of its own there that needs freeing; on failure all stays in `wire`. 0, -ENOMEM,
	 * -EBADMSG. */
	int (*from_wire)(void *wire, void *native);
	/* Releases what `*native` holds and makes it empty. `made`: from_wire made it, so that also
	 * what a VARIANT only refers to is ours. */
	void (*clear)(void *native, bool made);
	/* When not 0: the first ULONG of the referent on the wire is its length in this unit, with
	 * all that is deferred (clSize of wireVARIANT, [MS-OAUT] 2.2.29.1). */
	uint32_t measure;
};

/* ---- interfaces ---- */

enum ndr_param_flags {
	NDR_IN = 1,
	NDR_OUT = 2,
	NDR_RETVAL = 4,
	NDR_RESULT = 8, /* what the function returns; the last field of a frame, unless void */
	NDR_OPTIONAL = 16,
	NDR_LCID = 32,
	NDR_DEFAULT = 64, /* defaultvalue(..) */
};

enum ndr_method_flags {
	NDR_PROPGET = 1,
	NDR_PROPPUT = 2,
	NDR_PROPPUTREF = 4,
	NDR_IDEMPOTENT = 8,
	NDR_HAS_ID = 16,  /* `dispid` is from [id] */
	NDR_LOCAL = 32,   /* has an opnum or a slot, but is never called over the wire */
	NDR_CALL_AS = 64, /* the slot of the vtable has another signature, hand-written */
	NDR_HIDDEN = 128,
	NDR_RESTRICTED = 256,
	NDR_VARARG = 512,
};

struct ndr_method {
	const char *name; /* without get_, put_, putref_ */
	uint16_t opnum;   /* also the slot in the vtable */
	uint16_t flags;   /* enum ndr_method_flags */
	DISPID dispid;
	uint32_t frame_size;
	uint32_t count; /* of params, with the result */
	const struct ndr_field *params;
};

enum ndr_interface_flags {
	NDR_OBJECT = 1, /* COM: its methods take an object, ORPCTHIS and ORPCTHAT go with a call */
	NDR_DUAL = 2,
	NDR_DISPINTERFACE = 4, /* only by IDispatch; its methods have no opnums */
	NDR_LOCAL_INTERFACE = 8,
};

struct ndr_interface {
	uint32_t version; /* NDR_TABLES_VERSION */
	const char *name;
	GUID uuid;
	uint16_t major, minor;
	uint16_t flags;
	uint16_t first_opnum; /* of methods[0]; those below are the base's */
	uint32_t count;
	const struct ndr_interface *base; /* NULL: none */
	const struct ndr_method *methods;
	const struct ndr_module *module; /* that it is of */
};

struct ndr_coclass {
	const char *name;
	GUID clsid;
	const struct ndr_interface *default_interface, *source; /* may be NULL */
};

/* All of an IDL file, in its order: for tests, fuzzers, and look-up by IID. */
struct ndr_module {
	uint32_t version; /* NDR_TABLES_VERSION */
	const char *name;
	const struct ndr_type *const *types;
	const struct ndr_interface *const *interfaces;
	const struct ndr_coclass *const *coclasses;
	uint32_t type_count, interface_count, coclass_count;
};

/* The scalars, by kind; NDR_NONE for a parameter that is not sent. And a context handle. */
SURROGATE_API extern const struct ndr_type ndr_base[NDR_POINTER];
SURROGATE_API extern const struct ndr_type ndr_type_context;
/* How the types of automation travel. */
SURROGATE_API extern const struct ndr_native ndr_native_BSTR, ndr_native_PSAFEARRAY,
	ndr_native_VARIANT;

#ifdef __cplusplus
}
#endif
