/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's inside: its state, and what its files ask of each other. One thread at a time.
 *
 *   engine.c     life, global names, binding programs, the face of vbs.h
 *   vm.c         the machine; vm.h is its inside
 *   native.c     machine code for hot procedures; native.h lists its files
 *   operators.c  what the machine's fast paths leave
 *   concat.c     texts put together
 *   call.c       calls that leave a procedure: objects, elements, built-ins
 *   instance.c   objects of script classes, GetRef
 *   raise.c      errors on their way, and Err
 *   execute.c    Eval, Execute, ExecuteGlobal
 *   memory.c     counting what is alive
 */
#pragma once

#include "base/clock.h"
#include "base/map.h"
#include "com/automation.h"
#include "com/locale.h"
#include "script/vbs/errors.h"
#include "script/vbs/program.h"
#include "script/vbs/vbs.h"

#define ENGINE_DEPTH 1000
#define ENGINE_MEMORY (512u << 20)
#define ENGINE_GLOBALS_MAX 1000000
/* For what Class_Terminate does at an engine's end, when there is no limit of time. */
#define ENGINE_END_TIME (5 * NSEC_PER_SEC)
/* Machines running inside each other through objects (each takes C stack). */
#define NATIVE_DEPTH_MAX 100
/* limits.turns when the host does not say. A prime, so that a loop is not met at the same place
 * each time: what runs then is thought to be hot. */
#define ENGINE_TURNS 1999
#define ENGINE_TURNS_MAX 1000000

enum global_kind {
	GLOBAL_UNBOUND,
	GLOBAL_VAR,
	GLOBAL_OBJECT, /* added by the host: may not be assigned */
	GLOBAL_CONST,
	GLOBAL_PROC,
	GLOBAL_CLASS,
	GLOBAL_MEMBER, /* of an object whose members are global */
};

struct vbs_binding;

struct vbs_global {
	enum global_kind kind;
	struct value value;
	struct vbs_binding *binding; /* procedure, class */
	const struct vbs_proc *proc;
	const struct vbs_class *class;
	IDispatch *host; /* member; not counted: the engine holds the object */
	DISPID dispid;
	struct text name; /* in the map's key: lives as long */
};

/* What a member call site found last time. */
struct vbs_cache {
	const void *key; /* struct vbs_class or struct automation_class, NULL: nothing yet */
	const struct vbs_member *member;
	const struct vbs_proc *proc; /* what a call of the member enters; NULL: ask again */
	DISPID dispid;
	bool byref;                          /* the member wants references */
	const struct automation_member *row; /* what this site calls directly, NULL: nothing */
	bool field;                          /* the member is a field that this site may use */
};

/* The default members of the class of ours that was used last as if it were an array. */
struct vbs_defaults {
	const struct automation_class *class;
	const struct automation_member *get, *put;
	automation_quick_fn get_quick, put_quick; /* with one index; NULL: none */
};

/* A program made ready for this engine. */
struct vbs_binding {
	struct vbs_program *program; /* counted */
	struct vbs_global **globals;
	struct vbs_cache *caches;
	struct vbs_binding *next;
};

struct vbs_instance;

/* What else happens when a frame is left. */
enum vbs_leave {
	LEAVE_ENTRY = 1,   /* the machine was started for it */
	LEAVE_DROP = 2,    /* the caller wants no result */
	LEAVE_DELIVER = 4, /* the result goes to register `to` of the caller */
};

struct vbs_frame {
	struct vbs_binding *binding;
	const struct vbs_proc *proc;
	const uint32_t *pc;
	struct value *base;
	struct vbs_instance *me; /* runs: see instance.h */
	bool resume;             /* On Error Resume Next */
	uint8_t leave;           /* enum vbs_leave */
	uint8_t to;
	const void *back; /* where native code of the caller goes on; NULL: the machine does */
};

/* An error on its way, or what Err shows. */
struct vbs_raised {
	HRESULT hr; /* 0: none */
	BSTR source, description, help_file;
	char *detail; /* what an uncaught error says behind its text: "x" of "... : 'x'" */
	LONG help_context;
	bool by_component; /* came from outside the language, or from Err.Raise */
	/* Where it happened first. */
	struct vbs_program *program; /* counted */
	uint32_t line;
	uint16_t column, file;
	char *stack; /* when nobody handles it */
};

struct host_object {
	IDispatch *object;
	unsigned flags;
	struct host_object *next;
	char name[];
};

struct vbs_engine {
	struct vbs_heap heap;
	struct vbs_limits limits;
	struct vbs_host host;
	const struct locale *locale; /* never NULL */
	struct value *stack, *stack_end;
	struct vbs_frame *frames;
	uint32_t depth, native_depth;
	struct map *globals;
	struct vbs_binding *bindings;
	struct host_object *objects;
	struct vbs_instance *instances; /* all alive, newest first */
	struct vbs_instance *dead;      /* waiting for their end: see instance.c */
	uint32_t burying;
	struct vbs_raised raised, err;
	IDispatch *err_object;
	uint32_t refs;     /* the engine and whoever holds its Err */
	int32_t budget;    /* what is left of limits.turns */
	int64_t deadline;  /* clock_now() scale, 0: none */
	int64_t interrupt; /* atomic: number of an interruption, 0 */
	HRESULT end_hr;    /* why it is ending; never 0 */
	HRESULT native_hr; /* of a call in native code, on its way to the machine */
	bool ending;       /* interrupted or ended: On Error is ignored */
	uint32_t mark;     /* of the memory count */
	struct vbs_defaults defaults;
	struct automation_poll outer_poll; /* of this thread, before the engine runs */
	uint32_t rnd;                      /* Rnd's state, 24 bits */
	float rnd_last;
	struct vbs_program **kept; /* programs of Execute, to be released */
};

/* ---- raise.c ---- */

/* Sets the error with a detail: uncaught it reads "Type mismatch: 'x'", while Err.Description is
 * the plain text, as the published tests of Wine's engine attest. Returns its HRESULT. */
HRESULT vbs_throw(struct vbs_engine *e, int number, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
HRESULT vbs_throw_name(struct vbs_engine *e, int number, struct text name);
/* An error about the member `name` is about "object.name", as the site has it. */
HRESULT vbs_throw_qualified(struct vbs_engine *e, const struct vbs_binding *b, uint32_t site,
			    HRESULT hr);
/* Takes the texts of `x`. */
HRESULT vbs_throw_exception(struct vbs_engine *e, HRESULT hr, EXCEPINFO *x, struct text name);
void vbs_raised_clear(struct vbs_raised *raised);
/* Completes what is known about the error `hr` at the newest frame. */
void vbs_raised_complete(struct vbs_engine *e, HRESULT hr);
void vbs_raised_to_error(const struct vbs_raised *raised, HRESULT hr, struct vbs_error *error);
/* The pending error as a component reports it: DISP_E_EXCEPTION. */
HRESULT vbs_raised_to_exception(struct vbs_engine *e, HRESULT hr, EXCEPINFO *x);
HRESULT vbs_err_new(struct vbs_engine *e, IDispatch **ret);
void vbs_err_disconnect(IDispatch *err);
int vbs_err_number(const struct vbs_raised *raised);

/* ---- vm.c ---- */

/* Calls a procedure: `argv` are moved into its parameters. `ret` may be NULL. */
HRESULT vbs_vm_call(struct vbs_engine *e, struct vbs_binding *binding, const struct vbs_proc *proc,
		    struct vbs_instance *me, struct value *argv, unsigned argc, struct value *ret);
/* Looks at the clock and the interrupt. */
HRESULT vbs_vm_check(struct vbs_engine *e);
/* The same for the machine, which counts its turns anew and may find the procedure hot. */
HRESULT vbs_vm_poll(struct vbs_engine *e);

/* ---- operators.c ---- */

/* R[A] := a op b for every combination; operands may be references. */
HRESULT vbs_operate(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		    struct value *ret);
HRESULT vbs_operate_unary(struct vbs_engine *e, enum vbs_operator op, struct value *a,
			  struct value *ret);
/* 1 true, 0 false, -1 Null. */
HRESULT vbs_compare(struct vbs_engine *e, enum vbs_operator op, struct value *a, struct value *b,
		    int *ret);
/* An operand made plain: references followed, objects asked for their default. `hold`, which the
 * caller clears, keeps the answer alive. */
HRESULT vbs_operand(struct vbs_engine *e, struct value **v, struct value *hold);

/* ---- concat.c ---- */

/* ret := a & b. When `ret` is `a` itself, and the only holder of its text, that grows in place. */
HRESULT vbs_concat(struct vbs_engine *e, struct value *a, struct value *b, struct value *ret);
/* v[0] := v[0] & ... & v[count-1], and the others are emptied. With `in_place` v[0] refers to the
 * variable that becomes the text, growing where it can. `count` is at most JOIN_MAX. */
HRESULT vbs_concat_all(struct vbs_engine *e, struct value *v, unsigned count, bool in_place);

/* ---- call-builtin.c ---- */

HRESULT vbs_call_builtin(struct vbs_engine *e, unsigned index, struct value *window, unsigned argc);
/* The same for calls of one function with so many arguments; NULL: there is none. */
struct vbs_builtin;
typedef HRESULT vbs_builtin_caller(struct vbs_engine *e, const struct vbs_builtin *b,
				   struct value *window);
vbs_builtin_caller *vbs_builtin_caller_of(const struct vbs_builtin *b, unsigned argc);

/* ---- call.c ---- */

/* window[0](args) */
HRESULT vbs_call_value(struct vbs_engine *e, struct value *window, unsigned argc, unsigned flags);
HRESULT vbs_put_value(struct vbs_engine *e, struct value *window, unsigned argc, unsigned mode);
/* A procedure for the machine to enter; proc NULL: there is none. */
struct vbs_method {
	struct vbs_binding *binding;
	const struct vbs_proc *proc;
	struct vbs_instance *me;
};
/* Calls the member, unless it is a procedure for the machine to enter. */
HRESULT vbs_call_member(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
			struct value *window, unsigned argc, struct vbs_method *ret);
HRESULT vbs_put_member(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
		       struct value *window, unsigned argc, unsigned mode, struct vbs_method *ret);
/* The procedure that calling the value itself enters: behind a GetRef object, or the default member
 * of an instance. */
void vbs_find_callee(struct vbs_engine *e, struct value *v, struct vbs_method *ret);
HRESULT vbs_element(struct vbs_engine *e, struct value *window, unsigned argc, struct value *lock);
HRESULT vbs_index(struct vbs_engine *e, struct value *base, struct value *index, struct value *ret);
HRESULT vbs_set_index(struct vbs_engine *e, struct value *base, struct value *index,
		      struct value *value);
/* A global that is no variable: its value, calling what must be called. */
HRESULT vbs_global_get(struct vbs_engine *e, struct vbs_global *g, struct value *window,
		       unsigned argc, unsigned flags);
HRESULT vbs_global_set(struct vbs_engine *e, struct vbs_global *g, struct value *v, unsigned mode);
/* slot := v by Let (0), Set (1) or as it is (2). */
HRESULT vbs_store(struct vbs_engine *e, struct value *slot, struct value *v, unsigned mode);
HRESULT vbs_invoke(struct vbs_engine *e, IDispatch *object, DISPID dispid, struct text name,
		   WORD kind, struct value *args, unsigned argc, bool byref, struct value *ret);
/* ---- call-direct.c: false: nothing happened, go the long way ---- */

/* As vbs_invoke, with `ret` NULL for a put, when the object is one of ours and the call is plain.
 */
bool vbs_invoke_direct(struct vbs_engine *e, IDispatch *object, DISPID dispid, struct text name,
		       WORD kind, const struct value *args, unsigned argc, struct value *ret,
		       HRESULT *ret_hr);
/* As vbs_call_member, vbs_put_member, vbs_index and vbs_set_index. */
bool vbs_call_direct(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
		     struct value *window, unsigned argc, HRESULT *ret_hr);
bool vbs_put_direct(struct vbs_engine *e, struct vbs_binding *b, uint32_t site,
		    struct value *window, unsigned argc, HRESULT *ret_hr);
bool vbs_index_direct(struct vbs_engine *e, struct value *base, struct value *index,
		      struct value *ret, HRESULT *ret_hr);
bool vbs_set_index_direct(struct vbs_engine *e, struct value *base, struct value *index,
			  struct value *value, HRESULT *ret_hr);
/* Remembers at a site, after vbs_invoke, what it may call directly the next time. */
void vbs_direct_learn(struct vbs_binding *b, uint32_t site, IDispatch *object, WORD kind);
struct text vbs_type_name(const struct value *v);

/* ---- instance.c ---- */

HRESULT vbs_instance_new(struct vbs_engine *e, struct vbs_binding *b, const struct vbs_class *class,
			 IDispatch **ret);
const struct vbs_member *vbs_class_member(const struct vbs_class *class, struct text name);
/* Whether the running code may use a member: a private one only inside the class. */
bool vbs_instance_shows(const struct vbs_engine *e, const struct vbs_instance *i, bool is_private);
/* The procedure `index` of the member, when the running code may call it. */
HRESULT vbs_instance_method(struct vbs_engine *e, struct vbs_instance *i,
			    const struct vbs_member *m, uint32_t index, bool is_private,
			    struct vbs_method *ret);
/* Calls a member with the arguments in window[1...]; its result goes to window[0]. */
HRESULT vbs_instance_get(struct vbs_engine *e, struct vbs_instance *i, const struct vbs_member *m,
			 struct value *window, unsigned argc);
/* The value is the last argument. */
HRESULT vbs_instance_put(struct vbs_engine *e, struct vbs_instance *i, const struct vbs_member *m,
			 struct value *window, unsigned argc, unsigned mode);
/* Ends all instances; those that are held from outside become disconnected. */
void vbs_instances_end(struct vbs_engine *e);
/* GetRef: an object whose default method is the procedure. */
HRESULT vbs_function_new(struct vbs_engine *e, struct vbs_binding *b, const struct vbs_proc *proc,
			 IDispatch **ret);
const char *vbs_instance_type_name(IDispatch *object, char *buffer, size_t size);

/* ---- engine.c ---- */

/* The global name, made when there is none (NULL: out of memory); or NULL when there is none. */
struct vbs_global *vbs_engine_global(struct vbs_engine *e, struct text name);
struct vbs_global *vbs_engine_find(const struct vbs_engine *e, struct text name);
/* A constant of a program that was run; NULL. */
const struct value *vbs_engine_constant(const struct vbs_engine *e, struct text name);
/* Gives the program's globals their names in this engine. */
HRESULT vbs_engine_bind(struct vbs_engine *e, struct vbs_program *p, struct vbs_binding **ret);
void vbs_engine_unbind(struct vbs_engine *e, struct vbs_binding *b);
HRESULT vbs_engine_new_object(struct vbs_engine *e, const struct vbs_global *g, IDispatch **ret);
HRESULT vbs_engine_create_object(struct vbs_engine *e, BSTR progid, BSTR server, struct value *ret);
HRESULT vbs_engine_get_object(struct vbs_engine *e, BSTR path, BSTR class_name, struct value *ret);

/* The locale conversions on this heap follow. */
static inline const struct locale *vbs_heap_locale(const struct vbs_heap *heap)
{
	return heap->engine->locale;
}

/* ---- execute.c ---- */

/* window[0] := Eval (kind 0), Execute (1) or ExecuteGlobal (2) of window[1]. */
HRESULT vbs_engine_execute(struct vbs_engine *e, struct value *window, unsigned kind);

/* ---- memory.c ---- */
size_t vbs_memory_count(struct vbs_engine *e);
