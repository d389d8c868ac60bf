/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TextStream (text-stream.h): the members that scripts call. Runs in the thread of the script;
 * owns its descriptor. A stream that was closed answers every call with error 91.
 */
#include "library/scripting/text-stream.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "library/scripting/ansi.h"
#include "library/scripting/errors.h"
#include "library/scripting/file-ops.h"
#include "library/scripting/text-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define WRITE_PIECE 65536
#define LOOK_AHEAD 65536
#define BLANK_LINES_MAX (1 << 24)

struct text_stream {
	struct automation_object object;
	int fd; /* -1: closed */
	bool utf16;
	bool latin; /* writes Windows-1252 */
	bool writes;
	bool direct;       /* a standard stream: nothing is kept back, lines end with LF */
	LONG line, column; /* of what was written */
	struct buf out;    /* not written yet */
	struct stream_reader *reader; /* NULL when it writes */
};

static struct text_stream *stream_of(struct automation_object *object)
{
	return container_of(object, struct text_stream, object);
}

/* ---- reading ---- */

/* Gives the stream; raises unless it is open for reading (or writing). */
static HRESULT stream_for(struct automation_call *call, bool writes, struct text_stream **ret)
{
	struct text_stream *self = stream_of(call->self);

	*ret = self;
	if (self->fd < 0)
		return scripting_raise(call, SCRIPTING_NOT_SET);
	if (self->writes != writes)
		return scripting_raise(call, SCRIPTING_BAD_FILE_MODE);
	return S_OK;
}

/* As stream_for(reading), and something is left to read. */
static HRESULT stream_with_input(struct automation_call *call, struct text_stream **ret)
{
	char16_t c;
	HRESULT hr = stream_for(call, false, ret);

	if (FAILED(hr))
		return hr;
	int r = stream_reader_peek((*ret)->reader, &c);

	if (r < 0)
		return scripting_raise_errno(call, r, SCRIPTING_FILE_NOT_FOUND);
	return r ? S_OK : scripting_raise(call, SCRIPTING_PAST_END);
}

/* Gives what was read, or raises. */
static HRESULT return_read(struct automation_call *call, BSTR s, int r)
{
	if (r == 0) {
		if (!s)
			s = SysAllocStringLen(NULL, 0);
		return s ? automation_return_bstr(call->result, s) : E_OUTOFMEMORY;
	}
	SysFreeString(s);
	return scripting_raise_errno(call, r, SCRIPTING_FILE_NOT_FOUND);
}

static HRESULT read_count(struct automation_call *call, size_t *ret)
{
	LONG n;
	HRESULT hr = automation_arg_long(call, 0, &n);

	if (FAILED(hr))
		return hr;
	if (n < 0)
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	*ret = (size_t)n;
	return S_OK;
}

static HRESULT stream_read(struct automation_call *call)
{
	struct text_stream *self = NULL;
	BSTR s = NULL;
	size_t n = 0;
	HRESULT hr = read_count(call, &n);

	if (SUCCEEDED(hr))
		hr = stream_with_input(call, &self);
	if (FAILED(hr))
		return hr;
	int r = stream_reader_units(self->reader, n, &s);

	return return_read(call, s, r);
}

static HRESULT stream_read_line(struct automation_call *call)
{
	struct text_stream *self = NULL;
	BSTR s = NULL;
	HRESULT hr = stream_with_input(call, &self);

	if (FAILED(hr))
		return hr;
	int r = stream_reader_line(self->reader, &s);

	return return_read(call, s, r);
}

static HRESULT stream_read_all(struct automation_call *call)
{
	struct text_stream *self = NULL;
	BSTR s = NULL;
	HRESULT hr = stream_with_input(call, &self);

	if (FAILED(hr))
		return hr;
	int r = stream_reader_units(self->reader, SIZE_MAX, &s);

	return return_read(call, s, r);
}

static HRESULT stream_skip(struct automation_call *call)
{
	struct text_stream *self = NULL;
	size_t n = 0;
	char16_t c;
	HRESULT hr = read_count(call, &n);

	if (SUCCEEDED(hr))
		hr = stream_with_input(call, &self);
	if (FAILED(hr))
		return hr;
	int r = 1;

	while (n-- && (r = stream_reader_peek(self->reader, &c)) > 0)
		stream_reader_take(self->reader);
	return r < 0 ? scripting_raise_errno(call, r, SCRIPTING_FILE_NOT_FOUND) : S_OK;
}

static HRESULT stream_skip_line(struct automation_call *call)
{
	struct text_stream *self = NULL;
	char16_t c = 0;
	HRESULT hr = stream_with_input(call, &self);

	if (FAILED(hr))
		return hr;
	int r = 1;

	while (c != '\n' && (r = stream_reader_peek(self->reader, &c)) > 0)
		stream_reader_take(self->reader);
	return r < 0 ? scripting_raise_errno(call, r, SCRIPTING_FILE_NOT_FOUND) : S_OK;
}

static HRESULT at_end(struct automation_call *call, bool of_line)
{
	struct text_stream *self = NULL;
	char16_t c = 0;
	HRESULT hr = stream_for(call, false, &self);

	if (FAILED(hr))
		return hr;
	int r = stream_reader_peek(self->reader, &c);

	if (r < 0)
		return scripting_raise_errno(call, r, SCRIPTING_FILE_NOT_FOUND);
	return automation_return_bool(call->result, !r || (of_line && (c == '\r' || c == '\n')));
}

static HRESULT stream_at_end_of_stream(struct automation_call *call)
{
	return at_end(call, false);
}

static HRESULT stream_at_end_of_line(struct automation_call *call)
{
	return at_end(call, true);
}

static HRESULT stream_line(struct automation_call *call)
{
	struct text_stream *self = stream_of(call->self);

	return automation_return_long(call->result, self->reader ? self->reader->line : self->line);
}

static HRESULT stream_column(struct automation_call *call)
{
	struct text_stream *self = stream_of(call->self);

	return automation_return_long(call->result,
				      self->reader ? self->reader->column : self->column);
}

/* ---- writing ---- */

static int flush(struct text_stream *self)
{
	int r = buf_failed(&self->out);

	if (!r && self->out.length)
		r = sys_write_all(self->fd, self->out.data, self->out.length);
	buf_clear(&self->out);
	return r;
}

static int put(struct text_stream *self, const char16_t *units, size_t length)
{
	int r = 0;

	for (size_t i = 0; i < length; i++) {
		self->column = units[i] == '\n' ? 1 : self->column + 1;
		self->line += units[i] == '\n';
	}
	if (self->utf16)
		buf_put(&self->out, units, length * 2);
	else if (self->latin)
		r = stream_ansi_encode(units, length, &self->out);
	else
		buf_put_utf16(&self->out, units, length);
	if (r < 0 || buf_failed(&self->out))
		return r < 0 ? r : buf_failed(&self->out);
	return self->direct || self->out.length >= WRITE_PIECE ? flush(self) : 0;
}

static int put_line_end(struct text_stream *self)
{
	return self->direct ? put(self, u"\n", 1) : put(self, u"\r\n", 2);
}

static HRESULT written(struct automation_call *call, int r)
{
	return r < 0 ? scripting_raise_errno(call, r, SCRIPTING_FILE_NOT_FOUND) : S_OK;
}

static HRESULT write_text(struct automation_call *call, bool line)
{
	struct text_stream *self = NULL;
	BSTR s = NULL;
	HRESULT hr = stream_for(call, true, &self);

	if (SUCCEEDED(hr) && automation_has_arg(call, 0))
		hr = automation_arg_bstr(call, 0, &s);
	if (FAILED(hr))
		return hr;
	/* A line and its end go out together. */
	bool direct = self->direct;

	self->direct = direct && !line;
	int r = put(self, s, SysStringLen(s));

	self->direct = direct;
	SysFreeString(s);
	if (!r && line)
		r = put_line_end(self);
	return written(call, r);
}

static HRESULT stream_write(struct automation_call *call)
{
	return write_text(call, false);
}

static HRESULT stream_write_line(struct automation_call *call)
{
	return write_text(call, true);
}

static HRESULT stream_write_blank_lines(struct automation_call *call)
{
	struct text_stream *self = NULL;
	size_t n = 0;
	int r = 0;
	HRESULT hr = read_count(call, &n);

	if (SUCCEEDED(hr))
		hr = stream_for(call, true, &self);
	if (FAILED(hr))
		return hr;
	if (n > BLANK_LINES_MAX)
		return scripting_raise(call, SCRIPTING_INVALID_CALL);
	while (n-- && !r)
		r = put_line_end(self);
	return written(call, r);
}

/* ---- the object ---- */

static int stream_close(struct text_stream *self)
{
	int r = 0;

	if (self->fd >= 0 && self->writes)
		r = flush(self);
	self->fd = sys_close(self->fd);
	return r;
}

static HRESULT stream_close_member(struct automation_call *call)
{
	return written(call, stream_close(stream_of(call->self)));
}

static void stream_free(struct automation_object *object)
{
	struct text_stream *self = stream_of(object);

	/* Nobody is left to hear of a failure; a script that cares calls Close. */
	(void)stream_close(self);
	buf_done(&self->out);
	mem_free(self->reader);
	mem_free(self);
}

static const struct automation_member stream_members[] = {
	{ "Line", 10000, AUTOMATION_GET, 0, 0, stream_line },
	{ "Column", -529, AUTOMATION_GET, 0, 0, stream_column },
	{ "AtEndOfStream", 10002, AUTOMATION_GET, 0, 0, stream_at_end_of_stream },
	{ "AtEndOfLine", 10003, AUTOMATION_GET, 0, 0, stream_at_end_of_line },
	{ "Read", 10004, AUTOMATION_METHOD, 1, 1, stream_read },
	{ "ReadLine", 10005, AUTOMATION_METHOD, 0, 0, stream_read_line },
	{ "ReadAll", 10006, AUTOMATION_METHOD, 0, 0, stream_read_all },
	{ "Write", 10007, AUTOMATION_METHOD, 1, 1, stream_write },
	{ "WriteLine", 10008, AUTOMATION_METHOD, 0, 1, stream_write_line },
	{ "WriteBlankLines", 10009, AUTOMATION_METHOD, 1, 1, stream_write_blank_lines },
	{ "Skip", 10010, AUTOMATION_METHOD, 1, 1, stream_skip },
	{ "SkipLine", 10011, AUTOMATION_METHOD, 0, 0, stream_skip_line },
	{ "Close", 10012, AUTOMATION_METHOD, 0, 0, stream_close_member },
};

static const struct automation_class stream_class = {
	.name = "TextStream",
	.members = stream_members,
	.member_count = ARRAY_LEN(stream_members),
	.free = stream_free,
};

HRESULT stream_new(int fd, enum text_stream_mode mode, bool utf16, IDispatch **ret)
{
	struct text_stream *self = mem_new(struct text_stream);
	bool writes = mode != TEXT_STREAM_READING;

	if (!self)
		return E_OUTOFMEMORY;
	if (!writes) {
		self->reader = mem_alloc(sizeof *self->reader);
		if (!self->reader) {
			mem_free(self);
			return E_OUTOFMEMORY;
		}
		stream_reader_init(self->reader, fd, utf16);
	}
	automation_init(&self->object, &stream_class);
	self->fd = fd;
	self->utf16 = utf16;
	self->writes = writes;
	self->line = self->column = 1;
	/* One write can be as long as a string; the rest is at most a piece. */
	buf_init(&self->out, (size_t)BSTR_MAX_BYTES * 2 + WRITE_PIECE);
	*ret = automation_dispatch(&self->object);
	return S_OK;
}

int stream_standard(int fd, bool utf16, IDispatch **ret)
{
	_cleanup_fd_ int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	IDispatch *object;

	if (copy < 0)
		return -errno;
	if (FAILED(stream_new(copy, fd ? TEXT_STREAM_APPENDING : TEXT_STREAM_READING, utf16,
			      &object)))
		return -ENOMEM;
	TAKE_FD(copy);
	container_of(object, struct text_stream, object.dispatch)->direct = true;
	*ret = object;
	return 0;
}

HRESULT stream_pipe(int fd, enum text_stream_mode mode, IDispatch **ret)
{
	HRESULT hr = stream_new(fd, mode, false, ret);

	if (SUCCEEDED(hr))
		container_of(*ret, struct text_stream, object.dispatch)->direct = true;
	return hr;
}

/* The mark of a UTF-16 file goes in front of the first byte. */
static int write_mark(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	return st.st_size == 0 ? sys_write_all(fd, "\xFF\xFE", 2) : 0;
}

/* A file whose beginning is no UTF-8 is one of Windows', and its bytes are characters: scripts that
 * look into pictures count them. */
static int reads_latin(int fd, bool *ret)
{
	struct stat st;
	*ret = stream_ansi_is_latin();
	if (*ret || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	_cleanup_mem_ char *piece = mem_alloc(LOOK_AHEAD);

	if (!piece)
		return -ENOMEM;
	ssize_t n = sys_pread(fd, piece, LOOK_AHEAD, 0);

	if (n > 0)
		*ret = !stream_ansi_is_utf8((struct text){ piece, (size_t)n }, n == LOOK_AHEAD);
	return n < 0 ? (int)n : 0;
}

int stream_open(const char *path, enum text_stream_mode mode, bool create, bool overwrite,
		bool utf16, IDispatch **ret)
{
	int flags = O_CLOEXEC | O_NOCTTY;
	struct stat st;

	if (mode == TEXT_STREAM_READING)
		flags |= O_RDONLY;
	else if (mode == TEXT_STREAM_WRITING)
		flags |= O_WRONLY | (create && !overwrite ? O_EXCL : O_TRUNC);
	else
		flags |= O_WRONLY | O_APPEND;
	if (mode != TEXT_STREAM_READING && file_is_read_only(AT_FDCWD, path))
		return create && !overwrite && mode == TEXT_STREAM_WRITING ? -EEXIST : -EACCES;
	_cleanup_fd_ int fd = sys_open(path, flags | (create ? O_CREAT : 0), 0666);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	int r = utf16 && mode != TEXT_STREAM_READING ? write_mark(fd) : 0;

	bool latin = stream_ansi_is_latin();

	if (!r && !utf16 && mode == TEXT_STREAM_READING)
		r = reads_latin(fd, &latin);
	if (r < 0)
		return r;
	if (FAILED(stream_new(fd, mode, utf16, ret)))
		return -ENOMEM;
	TAKE_FD(fd);
	struct text_stream *self = container_of(*ret, struct text_stream, object.dispatch);

	self->latin = latin;
	if (self->reader)
		self->reader->latin = latin && !utf16;
	return 0;
}
