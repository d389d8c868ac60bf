/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of appcmd applied to a file: "attribute:value", "child.attribute:value",
 * "[key='x'].child.attribute:value", "+child.[key='x',other='y']", "-child.[key='x']",
 * "-attribute". A new entry may say where it goes: [@start,...], [@end,...], [@2,...]. Names are
 * found in any case and written as the schema has them.
 */
#include "tools/appcmd/appcmd.h"

#include "base/mem.h"
#include "config/rename.h"

#include <stdio.h>

#define PAIRS_MAX 32

/* "[@0,name='x',path='y']" */
struct entry {
	struct {
		const struct schema_attribute *attribute;
		const char *value;
	} pairs[PAIRS_MAX];
	size_t count;
	long position; /* -1: at the end, or where the collection wants it */
};

/* Where the walk along a path is. */
struct place {
	struct appcmd *a;
	struct edit *edit;
	const struct xml_element *element;
	const struct schema_element *schema;
	const struct effective *held; /* NULL: what was made just now */
	size_t start;                 /* of the element where the walk began */
};

static const struct schema_attribute *find_attribute(const struct schema_element *schema,
						     struct text name)
{
	for (size_t i = 0; i < schema->attribute_count; i++) {
		if (text_equal_nocase(text_of(schema->attributes[i].name), name))
			return &schema->attributes[i];
	}
	return NULL;
}

/* ---- parsing ---- */

/* The end of a step: the next '.' outside of brackets and quotes. */
static size_t step_length(const char *path)
{
	char quote = '\0';
	int depth = 0;
	size_t i = 0;

	for (; path[i]; i++) {
		if (quote)
			quote = path[i] == quote ? '\0' : quote;
		else if (depth && (path[i] == '\'' || path[i] == '"'))
			quote = path[i];
		else if (path[i] == '[')
			depth++;
		else if (path[i] == ']')
			depth--;
		else if (path[i] == '.' && !depth)
			break;
	}
	return i;
}

static bool read_position(struct text word, long *ret)
{
	uint64_t number;
	if (text_equal_nocase(word, TEXT("@end")))
		*ret = -1;
	else if (text_equal_nocase(word, TEXT("@start")))
		*ret = 0;
	else if (word.length > 1 &&
		 text_to_u64((struct text){ word.data + 1, word.length - 1 }, &number) &&
		 number < 100000)
		*ret = (long)number;
	else
		return false;
	return true;
}

/* A quoted value at `*at`, copied; a quote is doubled to be in it. NULL: there is none. */
static const char *read_quoted(struct appcmd *a, const char **at)
{
	char quote = **at;
	const char *from = *at + 1, *end = from;
	if (quote != '\'' && quote != '"')
		return NULL;
	while (*end && (*end != quote || end[1] == quote))
		end += *end == quote ? 2 : 1;
	if (!*end)
		return NULL;
	char *copy = arena_strndup(&a->arena, from, (size_t)(end - from)), *to = copy;
	for (const char *c = copy; copy && *c; c++) {
		*to++ = *c;
		c += *c == quote;
	}
	if (copy)
		*to = '\0';
	*at = end + 1;
	return copy;
}

/* "[...]" of `schema`. 0, or the status. */
static int read_entry(const struct place *p, const char *step, size_t length,
		      const struct schema_element *schema, struct entry *ret)
{
	const char *at = step + 1, *end = step + length - 1;

	*ret = (struct entry){ .position = schema && p->schema->collection->prepend ? 0 : -1 };
	while (at < end) {
		at += strspn(at, " ,");
		if (at >= end)
			break;
		size_t n = strcspn(at, "=,]");
		struct text name = text_trim((struct text){ at, n });
		if (*at == '@') {
			if (!read_position(name, &ret->position))
				return appcmd_unknown(at, n);
			at += n;
			continue;
		}
		const struct schema_attribute *attribute = find_attribute(schema, name);
		if (!attribute || at[n] != '=' || ret->count == PAIRS_MAX)
			return appcmd_unknown(at, n);
		at += n + 1;
		at += strspn(at, " ");
		ret->pairs[ret->count].attribute = attribute;
		ret->pairs[ret->count].value = read_quoted(p->a, &at);
		if (!ret->pairs[ret->count++].value)
			return appcmd_unknown(step, length);
	}
	return 0;
}

/* ---- entries ---- */

static bool same(const struct schema_attribute *a, const char *x, const char *y)
{
	struct text left = text_of(x ? x : ""), right = text_of(y ? y : "");
	return a->flags & SCHEMA_CASE ? text_equal(left, right) : text_equal_nocase(left, right);
}

static const struct xml_element *find_written(const struct place *p, const struct entry *entry)
{
	for (const struct xml_element *e = p->element->first; e; e = e->next) {
		size_t i = 0;
		if (schema_directive(p->schema->collection, e->name) != DIRECTIVE_ADD)
			continue;
		while (i < entry->count) {
			const struct schema_attribute *a = entry->pairs[i].attribute;
			const char *written = xml_get(e, a->name);
			if (!same(a, written ? written : a->value, entry->pairs[i].value))
				break;
			i++;
		}
		if (i == entry->count)
			return e;
	}
	return NULL;
}

static const struct effective *find_held(const struct place *p, const struct entry *entry)
{
	for (size_t n = 0; p->held && n < p->held->entries->count; n++) {
		const struct effective *e = p->held->entries->items[n];
		size_t i = 0;
		while (i < entry->count) {
			const struct schema_attribute *a = entry->pairs[i].attribute;
			size_t at = schema_attribute_index(e->schema, a->name);
			if (!same(a, e->values[at].text, entry->pairs[i].value))
				break;
			i++;
		}
		if (i == entry->count)
			return e;
	}
	return NULL;
}

static int failed(const struct place *p, int r)
{
	return r < 0 ? appcmd_failure(p->a) : 0;
}

static bool is_key(const struct schema_attribute *a)
{
	return a->flags & (SCHEMA_UNIQUE | SCHEMA_COMBINED);
}

/* Takes an entry of a level above away here. */
static int remove_held(struct place *p, const struct effective *held)
{
	const struct schema_collection *c = p->schema->collection;
	const struct xml_element *e = p->element;
	size_t start = e->start;

	if (!c->remove)
		return appcmd_error(APPCMD_NOT_FOUND, "Cannot find requested collection element.");
	int r = edit_add(p->edit, &e, c->remove, NULL, &p->a->err);
	for (size_t i = 0; i < held->schema->attribute_count && r == 0; i++) {
		if (is_key(&held->schema->attributes[i]) && held->values[i].text)
			r = edit_set(p->edit, &e, held->schema->attributes[i].name,
				     held->values[i].text, &p->a->err);
	}
	if (r < 0)
		return appcmd_failure(p->a);
	p->element = edit_at(p->edit, start);
	return 0;
}

/* Changing an entry of a level above: it is taken away and put here as it is. */
static int copy_held(struct place *p, const struct effective *held)
{
	int status = remove_held(p, held);
	if (status)
		return status;
	const struct xml_element *e = p->element;
	int r = edit_add(p->edit, &e, held->by->name, NULL, &p->a->err);
	for (size_t i = 0; i < held->schema->attribute_count && r == 0; i++) {
		if (held->values[i].by)
			r = edit_set(p->edit, &e, held->schema->attributes[i].name,
				     held->values[i].text, &p->a->err);
	}
	p->element = e;
	return failed(p, r);
}

static int enter_entry(struct place *p, const char *step, size_t length)
{
	struct entry entry;
	const struct schema_collection *c = p->schema->collection;
	if (!c)
		return appcmd_unknown(step, length);
	int status = read_entry(p, step, length, c->entry, &entry);
	if (status)
		return status;
	const struct xml_element *written = find_written(p, &entry);
	const struct effective *held = find_held(p, &entry);
	if (!written && !held)
		return appcmd_error(APPCMD_NOT_FOUND, "Cannot find requested collection element.");
	if (written)
		p->element = written;
	else
		status = copy_held(p, held);
	p->schema = c->entry;
	p->held = held;
	return status;
}

/* applicationHost.config replaces an installed collection when it begins with an entry. One entry
 * more is an amendment, and begins with a removal, of what is not there. Other files amend. */
static int keep_installed(struct place *p, const struct entry *key)
{
	const struct schema_collection *c = p->schema->collection;
	const struct effective_entries *entries = p->held ? p->held->entries : NULL;
	const struct xml_element *e = p->element;
	size_t start = e->start;

	if (strcmp(edit_document(p->edit)->file, p->a->file) != 0)
		return 0;
	for (const struct xml_element *x = e->first; x; x = x->next) {
		if (schema_directive(c, x->name) != DIRECTIVE_NONE)
			return 0;
	}
	if (!entries || !entries->count || !c->remove || !key->count ||
	    entries->items[0]->by->document != config_schema(p->a->server)->installed)
		return 0;
	int r = edit_add(p->edit, &e, c->remove, NULL, &p->a->err);
	for (size_t i = 0; i < key->count && r == 0; i++)
		r = edit_set(p->edit, &e, key->pairs[i].attribute->name, key->pairs[i].value,
			     &p->a->err);
	p->element = edit_at(p->edit, start);
	return failed(p, r);
}

static int add_entry(struct place *p, const char *step, size_t length)
{
	struct entry entry;
	const struct schema_collection *c = p->schema->collection;
	const struct xml_element *before = NULL, *e;
	long n = 0;

	if (!c)
		return appcmd_unknown(step, length);
	int status = read_entry(p, step, length, c->entry, &entry);
	if (status)
		return status;
	struct entry key = { 0 };
	for (size_t i = 0; i < entry.count; i++) {
		if (is_key(entry.pairs[i].attribute))
			key.pairs[key.count++] = entry.pairs[i];
	}
	if (key.count && !c->duplicates && (find_held(p, &key) || find_written(p, &key)))
		return appcmd_error(183, "Failed to add duplicate collection element \"%s\".",
				    key.pairs[0].value);
	status = keep_installed(p, &key);
	if (status)
		return status;
	e = p->element;
	for (const struct xml_element *x = e->first; x && entry.position >= 0; x = x->next) {
		if (schema_directive(c, x->name) == DIRECTIVE_ADD && n++ == entry.position) {
			before = x;
			break;
		}
	}
	int r = edit_add(p->edit, &e, c->adds[0], before, &p->a->err);
	for (size_t i = 0; i < entry.count && r == 0; i++)
		r = edit_set(p->edit, &e, entry.pairs[i].attribute->name, entry.pairs[i].value,
			     &p->a->err);
	p->element = e;
	return failed(p, r);
}

static int remove_entry(struct place *p, const char *step, size_t length)
{
	struct entry entry;
	if (!p->schema->collection)
		return appcmd_unknown(step, length);
	int status = read_entry(p, step, length, p->schema->collection->entry, &entry);
	if (status)
		return status;
	const struct xml_element *written = find_written(p, &entry);
	const struct effective *held = find_held(p, &entry);
	if (written)
		return failed(p, edit_remove(p->edit, &written, &p->a->err));
	return held ? remove_held(p, held)
		    : appcmd_error(APPCMD_NOT_FOUND, "Cannot find requested collection element.");
}

/* ---- the walk ---- */

static int enter_child(struct place *p, const char *step, size_t length)
{
	struct text name = { step, length };
	size_t i = 0;

	while (i < p->schema->child_count &&
	       !text_equal_nocase(text_of(p->schema->children[i]->name), name))
		i++;
	if (i == p->schema->child_count)
		return appcmd_unknown(step, length);
	p->schema = p->schema->children[i];
	p->held = p->held ? p->held->children[i] : NULL;
	return failed(p, edit_child(p->edit, &p->element, p->schema->name, &p->a->err));
}

static bool is_site_name(const struct place *p, const struct schema_attribute *a)
{
	const struct schema *schema = config_schema(p->a->server);
	size_t sites = schema_find(schema, "system.applicationHost/sites");
	return p->schema == schema->sections[sites].element->collection->entry &&
	       !strcmp(a->name, "name");
}

static int set_attribute(struct place *p, const struct schema_attribute *a, const char *value)
{
	struct error *err = &p->a->err;
	size_t site = p->element->start;

	if (!is_site_name(p, a))
		return failed(p, edit_set(p->edit, &p->element, a->name, value, err));
	int r = config_rename_site(p->edit, &p->element, value, err);
	/* What moved the site moved all around it. */
	if (r == 0)
		p->start = p->start + p->element->start - site;
	return failed(p, r);
}

/* lockItem and the others: every element may have them. NULL: it is none of them. */
static const char *lock_named(struct text name)
{
	static const char *const names[] = { "lockItem", "lockAttributes", "lockElements",
					     "lockAllAttributesExcept", "lockAllElementsExcept" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (text_equal_nocase(text_of(names[i]), name))
			return names[i];
	}
	return NULL;
}

static int last_step(struct place *p, const char *step, size_t length, char sign, const char *value)
{
	if (*step == '[' && sign == '+')
		return add_entry(p, step, length);
	if (*step == '[' && sign == '-')
		return remove_entry(p, step, length);
	const struct schema_attribute *a =
		*step == '[' ? NULL : find_attribute(p->schema, (struct text){ step, length });
	const char *lock = a || *step == '[' ? NULL : lock_named((struct text){ step, length });
	if (lock && sign != '+')
		return failed(p, sign ? edit_unset(p->edit, &p->element, lock, &p->a->err)
				      : edit_set(p->edit, &p->element, lock, value ? value : "",
						 &p->a->err));
	if (!a || sign == '+')
		return appcmd_unknown(step, length);
	if (sign == '-')
		return failed(p, edit_unset(p->edit, &p->element, a->name, &p->a->err));
	return set_attribute(p, a, value ? value : "");
}

int appcmd_apply(struct appcmd *a, struct edit *edit, const struct xml_element **element,
		 const struct effective *e, const struct appcmd_parameter *parameter)
{
	const char *path = parameter->name;
	char sign = *path == '+' || *path == '-' ? *path++ : '\0';
	struct place p = { a, edit, *element, e->schema, e, (*element)->start };
	int status = 0;

	while (status == 0) {
		size_t length = step_length(path);
		if (!length)
			return appcmd_unknown(parameter->name, strlen(parameter->name));
		if (!path[length]) {
			status = last_step(&p, path, length, sign, parameter->value);
			break;
		}
		status = *path == '[' ? enter_entry(&p, path, length)
				      : enter_child(&p, path, length);
		path += length + 1;
	}
	if (status == 0)
		*element = edit_at(edit, p.start);
	return status;
}
