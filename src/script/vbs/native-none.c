/* SPDX-License-Identifier: Apache-2.0 */
/* For processors that native code is not made for: the machine does everything. */
#include "script/vbs/native.h"

void vbs_native_make(const struct vbs_binding *binding, const struct vbs_proc *proc)
{
	(void)binding, (void)proc;
}

void vbs_native_make_all(const struct vbs_engine *e, const struct vbs_binding *binding)
{
	(void)e, (void)binding;
}

size_t vbs_native_size(const struct vbs_native *native)
{
	(void)native;
	return 0;
}

void vbs_native_free(struct vbs_native *native)
{
	(void)native;
}

bool vbs_native_run(struct vbs_engine *e, const uint32_t *pc, HRESULT *ret_hr)
{
	(void)e, (void)pc, (void)ret_hr;
	return false;
}
