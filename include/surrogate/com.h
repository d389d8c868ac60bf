/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C face of COM on Surrogate. A component includes this header and is linked against nothing:
 * the process that loads it has the functions (docs/extend.md).
 */
#pragma once

#include <surrogate/automation.h> /* values, IUnknown, IDispatch, class factories, events */
#include <surrogate/objidl.h>     /* the interfaces of the runtime */
#include <surrogate/typeinfo.h>   /* what interfaces and classes are, IDispatch by tables */
#include <surrogate/objbase.h>    /* its functions: activation, names, marshalling, security */
