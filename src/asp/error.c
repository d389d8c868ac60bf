/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of ASP's errors and the record of the one that ended a page. Used on the thread that
 * runs the page; a record belongs to the caller.
 */
#include "asp/error.h"

#include "base/buf.h"
#include "base/mem.h"
#include "script/vbs/vbs.h"

#define TEXT_LIMIT 4096

static const struct row {
	unsigned number;
	const char *brief, *text;
} rows[] = {
#define X(number, brief, text) { number, brief, text },
	ASP_ERRORS(X)
#undef X
};

static const struct row *row_find(unsigned number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].number == number)
			return &rows[i];
	}
	return NULL;
}

const char *asp_error_brief(unsigned number)
{
	const struct row *row = row_find(number);
	return row ? row->brief : NULL;
}

char *asp_error_format(unsigned number, struct text parameter)
{
	const struct row *row = row_find(number);
	if (!row)
		return NULL;
	struct text rest = text_of(row->text);
	struct buf out;
	buf_init(&out, TEXT_LIMIT);
	buf_put_text(&out, text_cut(&rest, '|'));
	if (rest.data) {
		if (parameter.length > TEXT_LIMIT / 2)
			parameter.length = TEXT_LIMIT / 2;
		buf_put_text(&out, parameter);
		buf_put_text(&out, rest);
	}
	char *text = buf_take(&out, NULL);
	buf_done(&out);
	return text;
}

void asp_error_done(struct asp_error *error)
{
	mem_free(error->category);
	mem_free(error->description);
	mem_free(error->detail);
	mem_free(error->file);
	mem_free(error->source);
	mem_free(error->stack);
	*error = (struct asp_error){ 0 };
}

void asp_error_set(struct asp_error *error, unsigned number, struct text parameter)
{
	asp_error_done(error);
	const char *brief = asp_error_brief(number);
	error->asp = number;
	error->number = E_FAIL;
	error->category = mem_strdup("Active Server Pages");
	error->description = mem_strdup(brief ? brief : "Unexpected error");
	error->detail = asp_error_format(number, parameter);
}

static char *copy(struct text t)
{
	char *z = mem_alloc(t.length + 1);
	if (!z)
		return NULL;
	if (t.length)
		memcpy(z, t.data, t.length);
	z[t.length] = '\0';
	return z;
}

void asp_error_place(struct asp_error *error, struct text file, uint32_t line, uint32_t column)
{
	mem_free(error->file);
	error->file = copy(file);
	error->line = line;
	error->column = column;
}

void asp_error_from_script(struct asp_error *error, const struct vbs_error *from)
{
	asp_error_done(error);
	error->number = from->number;
	/* "Microsoft VBScript runtime error": the word "error" belongs to the sentence the page
	 * makes of it; GetLastError().Category is without. */
	struct text category = text_of(from->source ? from->source : "Microsoft VBScript runtime");
	if (text_ends_with_nocase(category, TEXT(" error")))
		category.length -= 6;
	error->category = copy(category);
	error->description = copy(text_of(from->description));
	error->line = from->line;
	error->column = from->column;
	if (from->file)
		error->file = mem_strdup(from->file);
	if (from->line_text)
		error->source = mem_strdup(from->line_text);
	if (from->stack)
		error->stack = mem_strdup(from->stack);
}
