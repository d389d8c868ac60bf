/* SPDX-License-Identifier: Apache-2.0 */
/* See source.h. Runs in cscript's only thread, on files of the user who runs it. */
#include "wsh/source.h"

#include "asp/codepage.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define READ_PIECE 65536

/* Leaves out the line for the kernel. */
static struct text skip_interpreter(struct text t, uint32_t *line)
{
	if (!text_starts_with(t, TEXT("#!")))
		return t;
	const char *end = memchr(t.data, '\n', t.length);
	size_t n = end ? (size_t)(end - t.data) + 1 : t.length;

	*line = 2;
	return (struct text){ t.data + n, t.length - n };
}

int wsh_source_decode(struct text bytes, struct arena *arena, struct text *ret, uint32_t *ret_line)
{
	struct buf utf8;
	uint32_t codepage, line = 1;
	char *copy = NULL;
	int r;

	/* UTF-16 and Windows-1252 grow by at most three bytes for one. */
	buf_init(&utf8, WSH_SOURCE_MAX * 3 + 1);
	r = asp_codepage_load(utf8_valid(bytes) ? ASP_UTF8 : ASP_WINDOWS_1252, bytes, &utf8,
			      &codepage);
	struct text t = skip_interpreter(buf_text(&utf8), &line);

	if (!r)
		copy = arena_strndup(arena, t.data ? t.data : "", t.length);
	buf_done(&utf8);
	if (r)
		return r == -ENOBUFS ? -EFBIG : r;
	if (!copy)
		return -ENOMEM;
	*ret = (struct text){ copy, t.length };
	*ret_line = line;
	return 0;
}

/* The whole file; a pipe (`cscript /dev/stdin`, <(...)) is read to its end. */
static int read_whole(int fd, struct buf *out)
{
	for (;;) {
		char *room = buf_reserve(out, READ_PIECE);
		ssize_t n = room ? sys_read(fd, room, READ_PIECE) : buf_failed(out);

		if (n <= 0)
			return n < 0 ? (int)n : 0;
		buf_commit(out, (size_t)n);
	}
}

int wsh_source_read(const char *path, struct arena *arena, struct text *ret, uint32_t *ret_line,
		    struct error *err)
{
	_cleanup_fd_ int fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	struct stat st;
	struct buf bytes;
	int r = fd < 0 ? fd : 0;

	buf_init(&bytes, WSH_SOURCE_MAX + READ_PIECE);
	if (!r && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		r = -EISDIR;
	if (!r)
		r = read_whole(fd, &bytes);
	if (!r)
		r = wsh_source_decode(buf_text(&bytes), arena, ret, ret_line);
	buf_done(&bytes);
	if (r == -ENOENT || r == -ENOTDIR)
		return error_set(err, -ENOENT, "Input Error: Can not find script file \"%s\".",
				 path);
	if (r == -EFBIG || r == -ENOBUFS)
		return error_set(err, r, "Input Error: \"%s\" is longer than %zu MiB.", path,
				 WSH_SOURCE_MAX >> 20);
	if (r)
		return error_set(err, r, "Input Error: Can not read script file \"%s\": %s.", path,
				 error_errno_text(r));
	return 0;
}
