/* SPDX-License-Identifier: Apache-2.0 */
/* A host that never registers: a story puts it in the place of dllhost. */
#include <unistd.h>

int main(void)
{
	return pause();
}
