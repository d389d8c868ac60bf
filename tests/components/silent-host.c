/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for a dllhost that hangs before it says anything. */
#include <unistd.h>

int main(void)
{
	for (;;)
		pause();
}
