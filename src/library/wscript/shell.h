/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of WScript.Shell, one file for each subject; shell.c has the table. They run in the
 * thread of the script, as the user of the process.
 */
#pragma once

#include "com/automation.h"

/* process.c */
HRESULT shell_run(struct automation_call *call);
HRESULT shell_exec(struct automation_call *call);
/* environment.c */
HRESULT shell_environment(struct automation_call *call);
/* keys.c */
HRESULT shell_reg_read(struct automation_call *call);
HRESULT shell_reg_write(struct automation_call *call);
HRESULT shell_reg_delete(struct automation_call *call);
/* folders.c */
HRESULT shell_special_folders(struct automation_call *call);
/* shortcut.c */
HRESULT shell_create_shortcut(struct automation_call *call);
