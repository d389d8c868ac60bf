/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Automation objects from tables: one mechanism gives every object of ours its IDispatch.
 *
 * A class is a table of members (name, DISPID, kinds, arity, function) and a destructor. An object
 * embeds `struct automation_object` as its first member. GetIDsOfNames is a case-insensitive hash
 * look-up; Invoke checks kind and number of arguments against the table, puts the arguments in
 * natural order, follows VT_BYREF|VT_VARIANT where the member does not ask for references, and
 * calls the function. Named arguments are refused with DISP_E_NONAMEDARGS, as most script hosts
 * never send them. Reference counts are atomic; whether members may be called from many threads
 * is the class's own promise. A `struct automation_class` must live as long as the process: it is
 * indexed once, at its first use, and remembered by address.
 *
 * Several rows may share a name and DISPID, one for each kind. A property without parameters that
 * is given some (`Request.QueryString("a")`) passes them to the default member of the object it
 * returns, as the type library's Invoke does on Windows; so does a put on it.
 *
 *     static HRESULT dictionary_add(struct automation_call *call) { ... }
 *     #define DICTIONARY_MEMBERS(X) X(Add, 1, AUTOMATION_METHOD, 2, 2, dictionary_add) ...
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

enum automation_kind {
	AUTOMATION_METHOD = DISPATCH_METHOD,
	AUTOMATION_GET = DISPATCH_PROPERTYGET,
	AUTOMATION_PUT = DISPATCH_PROPERTYPUT,
	AUTOMATION_PUTREF = DISPATCH_PROPERTYPUTREF,
	AUTOMATION_GETPUT = DISPATCH_PROPERTYGET | DISPATCH_PROPERTYPUT,
	AUTOMATION_BYREF = 0x100, /* wants its arguments as they came, references included */
	/* Uses neither its object nor its arguments once code of others may have run (a release, a
	 * call of an object): callers need not hold them meanwhile. */
	AUTOMATION_LEAF = 0x200,
	/* The same when no argument is an object, which it would ask for its value. */
	AUTOMATION_PLAIN = 0x400,
};

struct automation_call {
	struct automation_object *self;
	DISPID dispid;
	WORD kind;            /* the DISPATCH_ flags asked for */
	LCID lcid;            /* the caller's locale: how values become text (com/locale.h) */
	UINT argc;            /* without the value of a put */
	VARIANT *argv[16];    /* natural order; VT_ERROR/DISP_E_PARAMNOTFOUND = left out */
	VARIANT *value;       /* the new value of a put, else NULL */
	VARIANT *result;      /* never NULL; VT_EMPTY at the start */
	EXCEPINFO *exception; /* never NULL; filled by automation_raise */
};

typedef HRESULT (*automation_fn)(struct automation_call *call);

/* The same for what scripts call in their innermost loops, without a call to fill: `argv` has as
 * many arguments as the member takes at most, and behind them the value of a put. False when there
 * is more to do or to say than that: nothing has happened then, and `fn` does it. For rows that are
 * AUTOMATION_LEAF, or AUTOMATION_PLAIN and refused here when an argument is an object. */
typedef bool (*automation_quick_fn)(struct automation_object *self, const VARIANT *argv,
				    VARIANT *result);

struct automation_member {
	const char *name; /* ASCII */
	DISPID dispid;
	uint16_t kinds; /* enum automation_kind */
	uint8_t min_args, max_args;
	automation_fn fn;
	automation_quick_fn quick; /* optional */
};

/* An event that objects of a class fire (com/connection.h): the name scripts know it by. */
struct automation_event {
	const char *name; /* ASCII */
	DISPID dispid;
};

struct automation_class {
	const char *name; /* what TypeName() gives */
	const struct automation_member *members;
	size_t member_count;
	void (*free)(struct automation_object *self); /* when the last reference goes */
	/* Optional: an interface besides IUnknown and IDispatch; AddRef'ed result or E_NOINTERFACE.
	 */
	HRESULT (*query)(struct automation_object *self, REFIID riid, void **ret);
	/* Optional: a name that is not in the table (expando, class instances). */
	HRESULT (*lookup)(struct automation_object *self, struct text name, DISPID *ret);
	/* Optional: an Invoke for DISPIDs that are not in the table. */
	automation_fn invoke;
	/* Optional: its events. */
	const struct automation_event *events;
	size_t event_count;
};

struct automation_object {
	union {
		IDispatch dispatch;
		struct automation_object *next_dead; /* once nobody refers to it */
	};
	uint32_t refs;
	const struct automation_class *class;
};

/* Makes `object` (already allocated by its class) an object with one reference. */
void automation_init(struct automation_object *object, const struct automation_class *class);
static inline IDispatch *automation_dispatch(struct automation_object *object)
{
	return &object->dispatch;
}
/* The object behind a dispatch pointer when it is of `class`, else NULL. No reference is taken. */
struct automation_object *automation_cast(IDispatch *dispatch,
					  const struct automation_class *class);
/* By which our objects are known. */
extern const IDispatchVtbl automation_vtbl;
/* The class of one of our objects, NULL for foreign ones and for NULL: for TypeName(). */
static inline const struct automation_class *automation_class_of(IDispatch *dispatch)
{
	if (!dispatch || dispatch->lpVtbl != &automation_vtbl)
		return NULL;
	return ((struct automation_object *)(void *)((char *)dispatch -
						     offsetof(struct automation_object, dispatch)))
		->class;
}

/* The short way, for an engine that has arguments of its own and much to call: the row that Invoke
 * would use for `dispid` and one of `kinds`, NULL when there is none. The engine fills a struct
 * automation_call as Invoke does and calls the row's function itself, after the checks of Invoke:
 * argc within min_args and max_args (else use Invoke, which may know better), no argument VT_BYREF,
 * and no row with AUTOMATION_BYREF. It holds the object during the call but for AUTOMATION_LEAF,
 * and AUTOMATION_PLAIN without objects among the arguments. It may try the row's quick function
 * first. */
const struct automation_member *automation_row(const struct automation_class *class, DISPID dispid,
					       WORD kinds);

/* Fills the exception and returns DISP_E_EXCEPTION. `code` is the HRESULT the script sees in
 * Err.Number (a script number n is MAKE_SCRIPT_HRESULT(n)). Texts are UTF-8. */
HRESULT automation_raise(struct automation_call *call, HRESULT code, const char *source,
			 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Argument helpers: convert argument `i` by the caller's locale or say DISP_E_TYPEMISMATCH. A
 * left-out argument gives `fallback` where there is one. Strings are owned by the caller. */
bool automation_has_arg(const struct automation_call *call, UINT i);
HRESULT automation_arg_bstr(const struct automation_call *call, UINT i, BSTR *ret);
HRESULT automation_arg_long(const struct automation_call *call, UINT i, LONG *ret);
HRESULT automation_arg_long_or(const struct automation_call *call, UINT i, LONG fallback,
			       LONG *ret);
HRESULT automation_arg_bool_or(const struct automation_call *call, UINT i, bool fallback,
			       bool *ret);

/* Result helpers: set `*v` (which was VT_EMPTY). The bstr and dispatch forms take ownership. */
HRESULT automation_return_bstr(VARIANT *v, BSTR s);
HRESULT automation_return_text(VARIANT *v, struct text utf8);
HRESULT automation_return_long(VARIANT *v, LONG n);
HRESULT automation_return_bool(VARIANT *v, bool b);
HRESULT automation_return_dispatch(VARIANT *v, IDispatch *d);

/* An enumerator over `count` variants, which are moved from `items` (the array stays the
 * caller's). For _NewEnum members: DISPID_NEWENUM returns it as VT_UNKNOWN. */
HRESULT automation_enum_new(VARIANT *items, size_t count, IUnknown **ret);
/* The same over `count` items that `make` puts into `*ret` (VT_EMPTY) when they are asked for. The
 * enumerator holds `owner`, whose items never change. */
typedef HRESULT (*automation_make_fn)(IDispatch *owner, size_t index, VARIANT *ret);
HRESULT automation_enum_lazy(IDispatch *owner, size_t count, automation_make_fn make,
			     IUnknown **ret);

/* A member that may work long asks now and then whether its caller still waits: S_OK, or what it
 * must return at once. An engine says how to ask while it runs something on this thread, and puts
 * back what was there before; without one the answer is S_OK. */
struct automation_poll {
	HRESULT (*fn)(void *ctx);
	void *ctx;
};
struct automation_poll automation_poll_set(struct automation_poll poll);
HRESULT automation_poll(void);

/* Calling other people's objects: by name, arguments in natural order. Results are the caller's. */
HRESULT automation_invoke(IDispatch *object, DISPID dispid, WORD kind, VARIANT *argv, UINT argc,
			  VARIANT *result, EXCEPINFO *exception);
HRESULT automation_dispid(IDispatch *object, struct text name, DISPID *ret);
void automation_exception_clear(EXCEPINFO *exception);
