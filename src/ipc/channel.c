/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The channel's memory itself, and the ways to sleep and wake over it. The SCM creates it; front
 * and host map it. What they do with it is in channel-front.c and channel-host.c.
 */
#include "ipc/channel-layout.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

size_t channel_size(void)
{
	return sizeof(struct channel_shared);
}

int channel_create(void)
{
	_cleanup_fd_ int fd = sys_memfd("surrogate-channel", sizeof(struct channel_shared));
	if (fd < 0)
		return fd;
	/* All else is right as zeros, and stays absent until it is used. */
	struct channel_shared *shared = NULL;
	const struct {
		uint32_t magic, version;
		uint64_t size;
	} constants = { CHANNEL_MAGIC, CHANNEL_VERSION, sizeof(*shared) };
	_Static_assert(offsetof(struct channel_shared, size) == 8, "as written here");
	int r = sys_write_all(fd, &constants, sizeof(constants));
	return r < 0 ? r : TAKE_FD(fd);
}

int channel_map(int fd, struct channel_shared **ret)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -errno;
	/* Without the seals the other side could shrink the file and make our accesses fault. */
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	int got = fcntl(fd, F_GET_SEALS);
	if (st.st_size != sizeof(struct channel_shared) || got < 0 || (got & seals) != seals)
		return -EINVAL;
	if (fault_hit(FAULT_MMAP))
		return -ENOMEM;
	struct channel_shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					     MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (shared == MAP_FAILED)
		return -errno;
	if (shared->magic != CHANNEL_MAGIC || shared->version != CHANNEL_VERSION ||
	    shared->size != sizeof(*shared)) {
		channel_unmap(shared);
		return -EINVAL;
	}
	/* A core dump of either side shall not carry 25 MiB of other people's requests. */
	madvise(shared, sizeof(*shared), MADV_DONTDUMP);
	*ret = shared;
	return 0;
}

void channel_unmap(struct channel_shared *shared)
{
	if (shared)
		munmap(shared, sizeof(*shared));
}

/* ---- bells ---- */

int channel_bell_new(void)
{
	if (fault_hit(FAULT_OPEN))
		return -EMFILE;
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void channel_bell_drain(int bell)
{
	/* RWF_NOWAIT, because a host may have cleared O_NONBLOCK, which belongs to the description
	 * we share, and have taken the counter away between our wake-up and this read. */
	uint64_t count;
	struct iovec iov = { &count, sizeof(count) };
	while (preadv2(bell, &iov, 1, -1, RWF_NOWAIT) < 0 && errno == EINTR)
		;
}

void channel_bell_ring(int bell)
{
	/* EAGAIN: the counter is full, so the loop has an edge it did not look at yet. */
	uint64_t one = 1;
	while (write(bell, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

int channel_bells_copy(const int *bells, int count, int *ret)
{
	if (count < 1 || count > CHANNEL_LOOPS_MAX)
		return -EINVAL;
	for (int i = 0; i < count; i++) {
		int fd = fault_hit(FAULT_OPEN) ? -1 : fcntl(bells[i], F_DUPFD_CLOEXEC, 3);
		if (fd < 0) {
			while (i-- > 0)
				sys_close(ret[i]);
			return -EMFILE;
		}
		ret[i] = fd;
	}
	return 0;
}

/* ---- futexes: shared ones, the two sides map the word at different addresses ---- */

int channel_futex_wait(_Atomic uint32_t *word, uint32_t seen, int64_t deadline)
{
	struct timespec left, *timeout = NULL;
	if (deadline >= 0) {
		int64_t ns = deadline - clock_now();
		if (ns <= 0)
			return -ETIMEDOUT;
		left = (struct timespec){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };
		timeout = &left;
	}
	/* EAGAIN: the word has changed; EINTR: look again, the deadline stands. */
	long r = syscall(SYS_futex, word, FUTEX_WAIT, seen, timeout, NULL, 0);
	return r < 0 && errno == ETIMEDOUT ? -ETIMEDOUT : 0;
}

void channel_futex_wake(_Atomic uint32_t *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}
