/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Scripting library: Scripting.Dictionary, Scripting.FileSystemObject with TextStream, File,
 * Folder and Drive, and Scripting.Encoder. Errors are VBScript's documented numbers
 * (library/scripting/errors.h), file names follow library/scripting/path.h.
 *
 * Objects are made by CoCreateInstance once scripting_register() has run; members may be called
 * from any thread: a Dictionary locks itself, the file objects hold nothing but a name, and a
 * TextStream belongs to one thread at a time.
 */
#pragma once

#include <surrogate/com.h>

/* Puts the classes into the class table; called once at start-up. -ENOBUFS when it is full. */
int scripting_register(void);

/* One object with one reference. E_OUTOFMEMORY. */
HRESULT dictionary_new(IUnknown **ret);
HRESULT file_system_new(IUnknown **ret);
HRESULT scripting_encoder_new(IUnknown **ret);
