/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system call filter of every host and of the front end: what no web application has a reason
 * to ask of the kernel answers EPERM. Runs in surrogate-launch right before exec; the filter stays
 * in force over exec and for all children.
 */
#include "scm/launch.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>

/* Other processes, the kernel itself, its keys, its time, its devices; and the interfaces with a
 * record of giving all that away. */
static const char *const refused[] = {
	"ptrace",
	"process_vm_readv",
	"process_vm_writev",
	"process_madvise",
	"kcmp",
	"pidfd_getfd",
	"mount",
	"umount",
	"umount2",
	"pivot_root",
	"chroot",
	"move_mount",
	"open_tree",
	"fsopen",
	"fsconfig",
	"fsmount",
	"fspick",
	"mount_setattr",
	"swapon",
	"swapoff",
	"init_module",
	"finit_module",
	"delete_module",
	"create_module",
	"query_module",
	"get_kernel_syms",
	"bpf",
	"kexec_load",
	"kexec_file_load",
	"reboot",
	"keyctl",
	"add_key",
	"request_key",
	"userfaultfd",
	"perf_event_open",
	"unshare",
	"setns",
	"io_uring_setup",
	"io_uring_enter",
	"io_uring_register",
	"open_by_handle_at",
	"name_to_handle_at",
	"quotactl",
	"quotactl_fd",
	"acct",
	"syslog",
	"iopl",
	"ioperm",
	"settimeofday",
	"clock_settime",
	"clock_settime64",
	"clock_adjtime",
	"clock_adjtime64",
	"adjtimex",
	"stime",
	"sethostname",
	"setdomainname",
	"personality",
	"modify_ldt",
	"vm86",
	"vm86old",
	"uselib",
	"lookup_dcookie",
	"nfsservctl",
	"vhangup",
	"sysfs",
	"_sysctl",
	"move_pages",
	"migrate_pages",
	"mbind",
	"set_mempolicy",
	"fanotify_init",
	"mknod",
	"mknodat",
};

bool launch_seccomp_works(void)
{
	return prctl(PR_GET_SECCOMP) >= 0 && seccomp_api_get() >= 1;
}

static int add_rules(scmp_filter_ctx filter)
{
	int r = 0;

	for (size_t i = 0; !r && i < sizeof(refused) / sizeof(refused[0]); i++) {
		int number = seccomp_syscall_resolve_name(refused[i]);

		/* A call this library or this machine has no number for cannot be made by name. */
		if (number == __NR_SCMP_ERROR)
			continue;
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
		/* -EDOM and friends: a pseudo number that does not exist on this machine. */
		if (number < 0)
			r = 0;
	}
	if (!r)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				     SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
	/* Its flags lie in memory, where a filter cannot look; told that there is none, the C
	 * library uses clone. */
	if (!r)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* Typing into the terminal of whoever started us. */
	if (!r)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
				     SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, 0x5412u));
	return r;
}

int launch_seccomp(struct error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r;

	if (!filter)
		return error_set(err, -ENOMEM, "no memory for the system call filter");
	r = add_rules(filter);
	if (!r)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0); /* set already */
	if (!r)
		r = seccomp_load(filter);
	seccomp_release(filter);
	if (r)
		return error_set(err, r, "cannot load the system call filter: %s",
				 error_errno_text(r));
	return 0;
}
