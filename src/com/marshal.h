/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of marshalling share. Inside com/. */
#pragma once

#include <surrogate/com.h>

/* The classes that unmarshal: of the wire ([MS-DCOM] 1.9), and within a process. */
extern const CLSID marshal_class_standard, marshal_class_inproc;

/* The marshaller of free-threaded objects as IMarshal alone: of any object, for this process. */
HRESULT marshal_inproc(IMarshal **ret);
