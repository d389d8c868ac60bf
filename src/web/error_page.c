/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How error pages and listings look: one style, no scripts, nothing fetched from elsewhere, light
 * or dark as the reader has it. Every text that is not ours is escaped. Pure; loop threads.
 */
#include "web/internal.h"

#include "base/buf.h"

static const char style[] =
	"<style>"
	":root{color-scheme:light dark;--fg:#1d2433;--dim:#5b6477;--bg:#f4f6fa;--box:#fff;"
	"--line:#dde2ec;--mark:#b4232c;--soft:#fdecec}"
	"@media(prefers-color-scheme:dark){:root{--fg:#e4e8f1;--dim:#9aa4b8;--bg:#14171e;"
	"--box:#1c212b;--line:#2e3544;--mark:#ff8d8d;--soft:#38222a}}"
	"body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.55 system-ui,"
	"'Segoe UI',sans-serif}"
	"main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem}"
	"h1{font-size:1.6rem;margin:0 0 .4rem;line-height:1.25}"
	"h2{font-size:1rem;margin:0 0 .5rem}"
	".sum{font-size:1.05rem;color:var(--dim);margin:0 0 1.5rem}"
	".box{background:var(--box);border:1px solid var(--line);border-radius:8px;"
	"padding:1rem 1.25rem;margin:0 0 1rem;overflow-x:auto}"
	".box ul{margin:0;padding-left:1.2rem}"
	"table{border-collapse:collapse}"
	"th{text-align:left;font-weight:600;color:var(--dim);padding:.15rem 1.5rem .15rem 0;"
	"white-space:nowrap;vertical-align:top}"
	"td{padding:.15rem 0;word-break:break-word}"
	".list td{padding-right:1.5rem;white-space:nowrap}.n{text-align:right}"
	"pre{margin:0;font:13px/1.6 ui-monospace,Consolas,monospace}"
	".bad{color:var(--mark);background:var(--soft)}"
	"footer{color:var(--dim);font-size:.85rem}"
	"a{color:inherit}"
	"</style>";

void web_page_begin(struct buf *out, const char *title)
{
	buf_puts(out, "<!DOCTYPE html>\r\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		      "<meta name=\"viewport\" content=\"width=device-width\">"
		      "<title>");
	buf_put_html(out, text_of(title));
	buf_puts(out, "</title>");
	buf_puts(out, style);
	buf_puts(out, "</head>\r\n<body><main>\r\n");
}

void web_page_end(struct buf *out)
{
	buf_puts(out,
		 "<footer>Surrogate " SURROGATE_VERSION "</footer>\r\n</main></body></html>\r\n");
}

static void put_title(struct buf *out, const struct web_error_view *v, bool with_sub)
{
	char title[128];
	if (with_sub)
		snprintf(title, sizeof(title), "HTTP Error %u.%u - %s", v->status, v->sub,
			 v->info->title);
	else
		snprintf(title, sizeof(title), "%u - %s", v->status, v->info->title);
	web_page_begin(out, title);
	buf_puts(out, "<h1>");
	buf_put_html(out, text_of(title));
	buf_puts(out, "</h1>\r\n<p class=\"sum\">");
	buf_put_html(out, text_of(v->info->summary));
	buf_puts(out, "</p>\r\n");
}

static void put_row(struct buf *out, const char *name, struct text value)
{
	buf_printf(out, "<tr><th>%s</th><td>", name);
	buf_put_html(out, value);
	buf_puts(out, "</td></tr>\r\n");
}

static struct text or_unknown(const char *value)
{
	return value ? text_of(value) : TEXT("Not yet determined");
}

static void put_causes(struct buf *out, const struct web_error_view *v)
{
	struct text rest = text_of(v->info->causes);
	buf_puts(out, "<div class=\"box\"><h2>Most likely causes</h2><ul>\r\n");
	while (rest.data) {
		buf_puts(out, "<li>");
		buf_put_html(out, text_cut(&rest, '\n'));
		buf_puts(out, "</li>\r\n");
	}
	buf_puts(out, "</ul></div>\r\n");
}

static void put_details(struct buf *out, const struct web_error_view *v)
{
	const struct web_request *r = v->request;
	const struct error *config = v->config_error;
	char code[16];
	snprintf(code, sizeof(code), "0x%08x", v->hresult);
	buf_puts(out, "<div class=\"box\"><h2>Detailed error information</h2><table>\r\n");
	put_row(out, "Module", or_unknown(r->module));
	put_row(out, "Notification", or_unknown(r->notification));
	put_row(out, "Handler", or_unknown(r->handler));
	put_row(out, "Error Code", text_of(code));
	if (config) {
		put_row(out, "Config Error", text_of(config->text));
		put_row(out, "Config File", text_of(config->file));
	}
	put_row(out, "Requested URL", v->url);
	put_row(out, "Physical Path", r->script_file.length ? r->script_file : TEXT("-"));
	put_row(out, "Logon Method", config ? TEXT("Not yet determined") : TEXT("Anonymous"));
	put_row(out, "Logon User",
		config           ? TEXT("Not yet determined")
		: r->user.length ? r->user
				 : TEXT("Anonymous"));
	buf_puts(out, "</table></div>\r\n");
}

/* The failing line and one on either side, numbered as IIS numbers them: as they were read, for the
 * file may be another one by now, or a link to one. */
static void put_source(struct buf *out, const struct error *config)
{
	struct text rest = text_of(config->source);

	if (!rest.length)
		return;
	buf_puts(out, "<div class=\"box\"><h2>Config Source</h2><pre>");
	for (int line = config->source_line; rest.length; line++) {
		struct text one = text_cut(&rest, '\n');
		buf_puts(out, line == config->line ? "<span class=\"bad\">" : "<span>");
		buf_printf(out, "%5d: ", line);
		buf_put_html(out, one);
		buf_puts(out, "</span>\n");
	}
	buf_puts(out, "</pre></div>\r\n");
}

/* Where more is written about it: only a link that somebody here has set. */
static void put_more(struct buf *out, const struct web_error_view *v)
{
	const char *link = v->request->url ? v->request->url->error_more_information : "";
	if (!*link || strstr(link, "go.microsoft.com"))
		return;
	buf_puts(out, "<p><a href=\"");
	buf_put_html(out, text_of(link));
	buf_printf(out, "%s%u,%u,0x%08x\">More information</a></p>\r\n",
		   strchr(link, '?') ? "&amp;IIS70Error=" : "?IIS70Error=", v->status, v->sub,
		   v->hresult);
}

void web_error_page_detailed(struct buf *out, const struct web_error_view *v)
{
	put_title(out, v, true);
	if (v->detail.length) {
		buf_puts(out, "<div class=\"box\"><pre>");
		buf_put_html(out, v->detail);
		buf_puts(out, "</pre></div>\r\n");
	}
	put_details(out, v);
	if (v->config_error)
		put_source(out, v->config_error);
	put_causes(out, v);
	put_more(out, v);
	web_page_end(out);
}

void web_error_page_short(struct buf *out, const struct web_error_view *v)
{
	put_title(out, v, false);
	web_page_end(out);
}
