/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instance of a script class, or a function that GetRef gave, from inside: for instance.c, which
 * keeps them, and for the machine, which goes around IDispatch. On the engine's thread, but that
 * references may be counted from anywhere.
 */
#pragma once

#include "base/mem.h"
#include "script/vbs/engine.h"

struct vbs_instance {
	IDispatch dispatch;
	uint32_t refs;
	uint32_t running;          /* frames that run its methods: it lives as long */
	bool ended;                /* Class_Terminate ran */
	struct vbs_engine *engine; /* NULL: disconnected */
	struct vbs_binding *binding;
	const struct vbs_class *class;   /* of the program, which is counted */
	const struct vbs_proc *function; /* GetRef: this, and no class */
	struct vbs_program *program;
	struct vbs_instance *next, **link; /* all of the engine */
	struct vbs_instance *next_dead;
	uint32_t field_count;
	struct value fields[];
};

extern const IDispatchVtbl vbs_instance_vtbl;

/* An instance or function of `e` behind the object; NULL when it is something else, or Nothing. */
static inline struct vbs_instance *vbs_script_object(const struct vbs_engine *e, IDispatch *object)
{
	struct vbs_instance *i;

	if (!object || object->lpVtbl != &vbs_instance_vtbl)
		return NULL;
	i = container_of(object, struct vbs_instance, dispatch);
	return i->engine == e ? i : NULL;
}

/* The instance behind an object when it is one of `e`'s, else NULL. */
static inline struct vbs_instance *vbs_instance_of(const struct vbs_engine *e, IDispatch *object)
{
	struct vbs_instance *i = vbs_script_object(e, object);

	return i && i->class ? i : NULL;
}

static inline void vbs_instance_ref(struct vbs_instance *i)
{
	__atomic_add_fetch(&i->refs, 1, __ATOMIC_RELAXED);
}
void vbs_instance_unref(struct vbs_instance *i);

/* The last frame is gone and no reference is left. */
void vbs_instance_last(struct vbs_instance *i);
/* A frame of one of its methods begins or ends: cheaper than a reference, which is atomic. */
static inline void vbs_instance_enter(struct vbs_instance *i)
{
	i->running++;
}
static inline void vbs_instance_leave(struct vbs_instance *i)
{
	if (!--i->running && !__atomic_load_n(&i->refs, __ATOMIC_ACQUIRE))
		vbs_instance_last(i);
}
