/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a browser gets when a page fails: IIS's 500.100 page with the error's own words, number,
 * file, line and column, the source line with a caret; or one neutral sentence when the
 * configuration keeps errors from browsers. Everything that comes from scripts is escaped.
 */
#include "asp/asp-priv.h"

#include "asp/codepage.h"

#include <stdio.h>

#define PAGE_MAX ((size_t)65536)

/* For the content of elements; apostrophes may stay as they are there. */
static void put_escaped(struct buf *b, const char *z)
{
	for (; z && *z; z++) {
		if (*z == '<')
			buf_puts(b, "&lt;");
		else if (*z == '>')
			buf_puts(b, "&gt;");
		else if (*z == '&')
			buf_puts(b, "&amp;");
		else if (*z == '"')
			buf_puts(b, "&quot;");
		else
			buf_putc(b, *z);
	}
}

/* "Microsoft VBScript runtime error '800a000d'", "Response object error 'ASP 0156 : 80004005'" */
static void put_title(struct buf *b, const struct asp_error *e)
{
	put_escaped(b, e->category ? e->category : "Active Server Pages");
	if (!e->asp)
		buf_printf(b, " error '%08x'", (unsigned)e->number);
	else if (text_equal(text_of(e->category), TEXT("Active Server Pages")))
		buf_printf(b, " error 'ASP %04u'", e->asp);
	else
		buf_printf(b, " error 'ASP %04u : %08x'", e->asp, (unsigned)e->number);
}

static void put_place(struct buf *b, const struct asp_error *e)
{
	if (!e->file)
		return;
	put_escaped(b, e->file);
	if (e->line)
		buf_printf(b, ", line %u", e->line);
	if (e->line && e->column)
		buf_printf(b, ", column %u", e->column);
}

/* The line without its indentation, and an arrow under the column (which counts bytes). */
static void put_source(struct buf *b, const struct asp_error *e)
{
	if (!e->source || !*e->source)
		return;
	const char *line = e->source;
	size_t column = e->column ? e->column - 1 : 0, length = strlen(line), skipped = 0;
	while (*line == ' ' || *line == '\t') {
		line++;
		skipped++;
	}
	char shown[512];
	size_t n = 0;
	for (; n < sizeof(shown) - 1 && line[n]; n++)
		shown[n] = line[n] == '\t' ? ' ' : line[n];
	shown[n] = '\0';
	buf_puts(b, "<pre>");
	put_escaped(b, shown);
	if (e->column && column >= skipped && column <= length && column - skipped < 200) {
		buf_putc(b, '\n');
		for (size_t i = 0; i < column - skipped; i++) {
			if (((unsigned char)line[i] & 0xC0) != 0x80)
				buf_putc(b, '-');
		}
		buf_putc(b, '^');
	}
	buf_puts(b, "</pre>\n");
}

static void put_details(struct buf *b, const struct asp_error *e)
{
	buf_puts(b, "<h2>");
	put_title(b, e);
	buf_puts(b, "</h2>\n<p>");
	put_escaped(b, e->description);
	buf_puts(b, "</p>\n<p class=\"place\">");
	put_place(b, e);
	buf_puts(b, "</p>\n");
	put_source(b, e);
	if (e->detail && *e->detail) {
		buf_puts(b, "<p>");
		put_escaped(b, e->detail);
		buf_puts(b, "</p>\n");
	}
}

static const char page_head[] =
	"</title>\n<style>\n"
	"body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #f4f5f7; margin: 0 "
	"}\n"
	"main { max-width: 46rem; margin: 3rem auto; padding: 1.5rem 2rem; background: #fff;\n"
	"  border: 1px solid #d8dce2; border-top: 4px solid #b3261e; border-radius: 4px }\n"
	"h1 { font-size: 1.1rem; margin: 0; color: #666; font-weight: 600 }\n"
	"h2 { font-size: 1.25rem; margin: .5rem 0 1rem; color: #b3261e }\n"
	"pre { background: #f4f5f7; padding: .75rem 1rem; overflow-x: auto }\n"
	".place { font-weight: 600 }\n"
	"</style>\n</head>\n<body>\n<main>\n";

static void put_page(struct buf *b, struct asp_context *ctx, bool details)
{
	const struct asp_error *e = &ctx->error;
	const char *message = ctx->config ? ctx->config->settings.error_message : NULL;
	buf_puts(b,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
	if (details)
		put_title(b, e);
	else
		buf_puts(b, "500 - Internal server error");
	buf_puts(b, page_head);
	buf_puts(b, ctx->response.status == 404
			    ? "<h1>HTTP Error 404.0 - Not Found</h1>\n"
			    : "<h1>HTTP Error 500.100 - Internal Server Error</h1>\n");
	if (details) {
		put_details(b, e);
	} else {
		/* This text is the administrator's own HTML. */
		buf_puts(b, "<p>");
		buf_puts(b, message && *message
				    ? message
				    : "An error occurred on the server when processing "
				      "the URL. Please contact the system administrator.");
		buf_puts(b, "</p>\n");
	}
	buf_puts(b, "</main>\n</body>\n</html>\n");
}

void asp_error_report(struct asp_context *ctx)
{
	const struct asp_error *e = &ctx->error;
	char code[16] = "", *description = NULL;
	if (!ctx->asp->host.report ||
	    (ctx->config && !ctx->config->settings.errors_reported && !ctx->timed_out))
		return;
	if (e->asp)
		description =
			arena_printf(&ctx->arena, "%s. %s", e->description ? e->description : "",
				     e->detail ? e->detail : "");
	if (e->asp)
		snprintf(code, sizeof(code), "ASP %04u", e->asp);
	struct asp_report report = {
		.file = e->file ? e->file : "",
		.line = e->line,
		.number = (uint32_t)e->number,
		.asp_code = code,
		.category = e->category ? e->category : "",
		.description = description      ? description
			       : e->description ? e->description
						: "",
		.stack = e->stack ? e->stack : "",
	};
	ctx->asp->host.report(ctx->asp->host.ctx, &report);
}

/* "|12|800a000d|Type_mismatch", behind the query in the log, as IIS has it. */
static void log_error(struct asp_context *ctx)
{
	const struct asp_error *e = &ctx->error;
	char code[16];
	if (e->asp)
		snprintf(code, sizeof(code), "ASP_%04u", e->asp);
	else
		snprintf(code, sizeof(code), "%08x", (unsigned)e->number);
	char *text = arena_printf(&ctx->arena, "|%u|%s|%s", e->line, code,
				  e->description ? e->description : "");
	for (char *c = text; c && *c; c++) {
		if ((unsigned char)*c <= ' ')
			*c = '_';
	}
	if (text)
		asp_response_log(ctx, text_of(text));
}

/* calcLineNumber is off: nobody is told where it was. */
static void hide_place(struct asp_error *e)
{
	e->line = e->column = 0;
	e->source = mem_free(e->source);
}

void asp_error_page(struct asp_context *ctx)
{
	struct asp_response *r = &ctx->response;
	bool details = !ctx->config || ctx->config->settings.error_sent_to_browser;
	uint32_t status = r->status == 404 && !r->head_sent ? 404 : 500;
	if (!ctx->config)
		details = false; /* no settings, no permission */
	if (ctx->config && !ctx->config->settings.lines)
		hide_place(&ctx->error);
	asp_error_report(ctx);
	if (!ctx->exchange)
		return;
	if (r->head_sent) {
		/* The page is on its way: all that is left is to say it at its end. */
		buf_puts(&r->body, "\n<hr>\n");
		if (details)
			put_details(&r->body, &ctx->error);
		if (buf_failed(&r->body))
			buf_clear(&r->body);
		return;
	}
	r->codepage = ASP_UTF8;
	asp_response_restart(ctx);
	if (r->body.limit < PAGE_MAX)
		r->body.limit = PAGE_MAX;
	r->status = status;
	r->sub_status = status == 500 ? 100 : 0;
	if (ctx->config && ctx->config->settings.errors_logged)
		log_error(ctx);
	put_page(&r->body, ctx, details);
	if (buf_failed(&r->body))
		buf_clear(&r->body);
}
