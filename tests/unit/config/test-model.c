/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random hierarchies, with locations and locks, against a model of [MC-IISA] 3.1.1.3.6 that knows
 * nothing but lists: the engine must come to the same values and entries, or refuse where the
 * model refuses.
 */
#include "fixture.h"

#include "config/tree.h"

#include "base/buf.h"

#define CASES 4000
#define DIRECTIVES_MAX 4
#define KEYS 5

/* The places that speak of the section for Site/d, in the order in which they count. */
enum place { SERVER, SERVER_SITE, WEB, SERVER_DEEP, WEB_DEEP, DEEP, PLACES };
static const enum place file_of[PLACES] = { SERVER, SERVER, WEB, SERVER, WEB, DEEP };

struct directive {
	enum { ADD, REMOVE, CLEAR } what;
	int key;
	bool locked; /* lockItem */
};

struct scope {
	bool present;
	const char *footer, *etag; /* NULL: not written */
	const char *mode;          /* of a location */
	bool locks_footer, locks_etag, locks_clear;
	struct directive directives[DIRECTIVES_MAX];
	int count;
};

/* ---- a random hierarchy ---- */

static uint64_t seed;

static unsigned pick(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

static const char *pick_bool(void)
{
	static const char *const values[] = { NULL, NULL, "true", "false" };
	return values[pick(4)];
}

static void make_scope(struct scope *s, enum place place)
{
	static const char *const modes[] = { "Inherit", "Inherit", "Inherit", "Allow", "Deny" };
	bool server = place == SERVER;

	*s = (struct scope){ .present = server || pick(3) > 0,
			     .footer = pick_bool(),
			     .etag = pick_bool(),
			     .mode = modes[pick(5)],
			     .locks_footer = pick(12) == 0,
			     .locks_etag = pick(12) == 0,
			     .locks_clear = pick(12) == 0 };
	s->count = (int)pick(DIRECTIVES_MAX);
	for (int i = 0; i < s->count; i++) {
		unsigned what = pick(6);
		s->directives[i] = (struct directive){ .what = what < 4   ? ADD
							       : what < 5 ? REMOVE
									  : CLEAR,
						       .key = (int)pick(KEYS),
						       .locked = pick(6) == 0 };
	}
	if (!server)
		return;
	s->directives[0] = (struct directive){ .what = CLEAR }; /* of what is installed */
	s->count += s->count == 0;
}

/* ---- as XML ---- */

static void put_scope(struct buf *out, const struct scope *s)
{
	if (!s->present)
		return;
	buf_puts(out, "<system.webServer><staticContent");
	if (s->footer)
		buf_printf(out, " enableDocFooter='%s'", s->footer);
	if (s->locks_footer)
		buf_puts(out, " lockAttributes='enableDocFooter'");
	if (s->locks_clear)
		buf_puts(out, " lockElements='clear'");
	buf_puts(out, ">");
	for (int i = 0; i < s->count; i++) {
		const struct directive *d = &s->directives[i];
		if (d->what == CLEAR)
			buf_puts(out, "<clear/>");
		else if (d->what == REMOVE)
			buf_printf(out, "<remove fileExtension='.%d'/>", d->key);
		else
			buf_printf(out, "<mimeMap fileExtension='.%d' mimeType='x'%s/>", d->key,
				   d->locked ? " lockItem='true'" : "");
	}
	if (s->etag || s->locks_etag)
		buf_puts(out, "<clientCache");
	if (s->etag)
		buf_printf(out, " setEtag='%s'", s->etag);
	if (s->locks_etag)
		buf_puts(out, " lockAllAttributesExcept='cacheControlMode'");
	if (s->etag || s->locks_etag)
		buf_puts(out, "/>");
	buf_puts(out, "</staticContent></system.webServer>");
}

static void put_location(struct buf *out, const struct scope *s, const char *path)
{
	buf_printf(out, "<location path='%s' overrideMode='%s'>", path, s->mode);
	put_scope(out, s);
	buf_puts(out, "</location>");
}

static struct config *write_all(const struct scope *scopes, const char *dir)
{
	struct config *config = NULL;
	struct buf out;

	buf_init(&out, 1 << 20);
	buf_puts(&out, "<configuration>");
	put_location(&out, &scopes[WEB], ".");
	put_location(&out, &scopes[WEB_DEEP], "d");
	buf_puts(&out, "</configuration>");
	write_file(dir, "web.config", buf_cstr(&out));
	buf_clear(&out);
	buf_puts(&out, "<configuration>");
	put_scope(&out, &scopes[DEEP]);
	buf_puts(&out, "</configuration>");
	write_file(dir, "d/web.config", buf_cstr(&out));
	buf_clear(&out);
	put_scope(&out, &scopes[SERVER]);
	put_location(&out, &scopes[SERVER_DEEP], "Site/d");
	put_location(&out, &scopes[SERVER_SITE], "Site");
	char *xml = host_text(dir, buf_cstr(&out));
	config_parse(text_of(xml), "host.config", "/state", &config, &err);
	mem_free(xml);
	buf_done(&out);
	return config;
}

/* ---- the model ---- */

struct model {
	const char *footer, *etag;
	bool allow;
	enum place decided; /* by the mode of which place; SERVER: by none */
	struct {
		int key;
		enum place locked_by; /* PLACES: not locked */
	} list[PLACES * DIRECTIVES_MAX];
	int count;
};

/* Does a place before `place` in another file say so? */
static bool locked_above(const struct scope *scopes, enum place place, size_t lock)
{
	for (int i = 0; i < (int)place; i++) {
		if (scopes[i].present && file_of[i] != file_of[place] &&
		    *((const char *)&scopes[i] + lock))
			return true;
	}
	return false;
}

static bool item_locked(const struct model *m, int i, enum place place)
{
	return file_of[place] != SERVER && m->list[i].locked_by != PLACES &&
	       file_of[m->list[i].locked_by] != file_of[place];
}

static bool model_directive(struct model *m, const struct directive *d, enum place place)
{
	int at = 0;
	while (at < m->count && (d->what == CLEAR || m->list[at].key != d->key))
		at++;
	if (d->what == ADD) {
		if (at < m->count)
			return false;
		m->list[m->count].key = d->key;
		m->list[m->count++].locked_by = d->locked ? place : PLACES;
		return true;
	}
	for (int i = 0; i < m->count; i++) {
		if ((d->what == CLEAR || i == at) && item_locked(m, i, place))
			return false;
	}
	if (d->what == CLEAR)
		m->count = 0;
	else if (at < m->count)
		memmove(&m->list[at], &m->list[at + 1],
			(size_t)(--m->count - at) * sizeof(m->list[0]));
	return true;
}

/* A file locks what one above it unlocks for a place below it: the order does not matter. */
static bool contradicts(const struct model *m, enum place place, bool allow)
{
	bool web = file_of[place] == WEB;
	return allow ? place == SERVER_DEEP && file_of[m->decided] == WEB && !m->allow
		     : web && m->decided == SERVER_DEEP && m->allow;
}

static bool model_scope(struct model *m, const struct scope *scopes, enum place place)
{
	const struct scope *s = &scopes[place];
	bool web = file_of[place] != SERVER, clears = false, location;

	if (!s->present)
		return true;
	for (int i = 0; i < s->count; i++)
		clears |= s->directives[i].what == CLEAR;
	if (web &&
	    (!m->allow ||
	     (s->footer && locked_above(scopes, place, offsetof(struct scope, locks_footer))) ||
	     (s->etag && locked_above(scopes, place, offsetof(struct scope, locks_etag))) ||
	     (clears && locked_above(scopes, place, offsetof(struct scope, locks_clear)))))
		return false;
	m->footer = s->footer ? s->footer : m->footer;
	m->etag = s->etag ? s->etag : m->etag;
	for (int i = 0; i < s->count; i++) {
		if (!model_directive(m, &s->directives[i], place))
			return false;
	}
	location = place != SERVER && place != DEEP;
	if (!location || !strcmp(s->mode, "Inherit"))
		return true;
	bool allow = !strcmp(s->mode, "Allow");
	if (contradicts(m, place, allow))
		return false;
	m->allow = allow;
	m->decided = place;
	return true;
}

/* ---- one against the other ---- */

static void compare(const struct model *m, const struct config_tree *tree, uint64_t number)
{
	const struct effective *e =
		level_section(config_tree_level(tree), "system.webServer/staticContent");
	bool same = !strcmp(effective_text(e, "enableDocFooter"), m->footer) &&
		    !strcmp(effective_text(e, "clientCache/setEtag"), m->etag) &&
		    e->entries->count == (size_t)m->count;
	for (int i = 0; i < m->count && same; i++) {
		const char *key = effective_text(e->entries->items[i], "fileExtension");
		same = key[1] - '0' == m->list[i].key;
	}
	if (!same)
		fail_msg("case %llu: values differ", (unsigned long long)number);
}

static void engine_and_model_agree(void **state)
{
	unsigned accepted = 0;

	for (uint64_t number = 0; number < CASES; number++) {
		struct scope scopes[PLACES];
		struct model model = { "false", "true", .allow = true };
		struct config_tree *tree = NULL;
		bool expected = true;

		seed = number;
		for (enum place p = 0; p < PLACES; p++)
			make_scope(&scopes[p], p);
		for (enum place p = 0; p < PLACES && expected; p++)
			expected = model_scope(&model, scopes, p);
		struct config *config = write_all(scopes, *state);
		bool got = config && config_tree_new(config, TEXT("Site/d"), &tree, &err) == 0;
		if (got != expected)
			fail_msg("case %llu: %s, but the model %s", (unsigned long long)number,
				 got ? "accepted" : err.text, expected ? "accepts" : "refuses");
		if (got)
			compare(&model, tree, number);
		accepted += got;
		config_tree_free(tree);
		config_unref(config);
	}
	/* A test of refusals alone would show nothing. */
	assert_in_range(accepted, CASES / 10, CASES * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = { state_test(engine_and_model_agree) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
