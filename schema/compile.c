/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the built-in schema into constant data of the programs, so that none of them reads it when
 * it starts: schema-compile OUTPUT FILE... Run by the build. It reads the files of schema/ with the
 * code that reads those of the user (config/engine/schema_load), applies installed.config as a
 * level (config/engine/level), and writes what came of it down as C, array by array: what points to
 * something has a reference to a row of the array of its type.
 *
 * The schema here is the one being made: schema_builtin is empty.
 */
#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sys.h"
#include "config/engine/level.h"
#include "config/engine/locks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const struct schema schema_builtin = { 0 };

#define FILES_MAX 64
#define ROWS_MAX (1 << 20)
#define OUTPUT_MAX ((size_t)64 << 20)

/* ---- tables: an array of each type ---- */

enum table_id {
	ELEMENT,
	ATTRIBUTE,
	NAME,
	COLLECTION,
	CHILD, /* pointers to elements */
	EFFECTIVE,
	VALUE,
	PART, /* pointers to effective elements */
	ENTRIES,
	LOCK,
	XML,
	WRITTEN, /* attributes of XML elements */
	TABLES
};
static const struct {
	const char *type, *name;
} types[TABLES] = {
	[ELEMENT] = { "struct schema_element ", "element" },
	[ATTRIBUTE] = { "struct schema_attribute ", "attribute" },
	[NAME] = { "struct schema_name ", "name" },
	[COLLECTION] = { "struct schema_collection ", "collection" },
	[CHILD] = { "struct schema_element *const ", "child" },
	[EFFECTIVE] = { "struct effective ", "effective" },
	[VALUE] = { "struct effective_value ", "value" },
	[PART] = { "struct effective *const ", "part" },
	[ENTRIES] = { "struct effective_entries ", "entries" },
	[LOCK] = { "struct lock ", "lock" },
	[XML] = { "struct xml_element ", "xml" },
	[WRITTEN] = { "struct xml_attribute ", "written" },
};

struct table {
	struct map *places; /* where each array that was met begins, plus one */
	size_t count;
	struct buf rows;
};

struct writer {
	struct table tables[TABLES];
};

__attribute__((noreturn)) static void fail(const char *what, const struct error *err)
{
	if (err && err->file[0])
		fprintf(stderr, "%s:%d: %s\n", err->file, err->line, err->text);
	else
		fprintf(stderr, "schema-compile: %s: %s\n", what,
			err ? err->text : "out of memory");
	exit(1);
}

/* The row at which the array at `p` begins. True when it is new: its rows are to be written. */
static bool find_place(struct writer *w, enum table_id id, const void *p, size_t count, size_t *ret)
{
	struct table *table = &w->tables[id];
	struct text key = { (const char *)&p, sizeof(p) };

	*ret = 0;
	if (!count)
		return false;
	uintptr_t known = (uintptr_t)map_get(table->places, key);
	*ret = known ? known - 1 : table->count;
	if (known)
		return false;
	if (map_put(table->places, key, (void *)(table->count + 1), NULL) < 0)
		fail("too many rows", NULL);
	table->count += count;
	return true;
}

/* ---- texts ---- */

static void put_bytes(struct buf *out, struct text t)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < t.length; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if (c == '\\' || c == '"' || c == '?')
			buf_printf(out, "\\%c", c);
		else if (c >= 32 && c < 127)
			buf_putc(out, (char)c);
		else
			buf_printf(out, "\\%03o", c);
		if (c == '\n' && i + 1 < t.length)
			buf_puts(out, "\"\n\t\"");
	}
	buf_putc(out, '"');
}

/* As a field of a row. */
static void put_text(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, " .%s = ", name);
	if (text)
		put_bytes(out, text_of(text));
	else
		buf_puts(out, "NULL");
	buf_putc(out, ',');
}

static struct buf *begin(struct writer *w, enum table_id id, size_t at)
{
	buf_printf(&w->tables[id].rows, "\t[%zu] = {", at);
	return &w->tables[id].rows;
}

static void end(struct buf *out)
{
	buf_puts(out, " },\n");
}

/* A pointer field to a row, or NULL. */
static void put_reference(struct buf *out, const char *name, enum table_id to, size_t at,
			  const void *p)
{
	if (p)
		buf_printf(out, " .%s = &%s_rows[%zu],", name, types[to].name, at);
}

/* ---- what was written: the installed configuration ---- */

static size_t find_xml(struct writer *w, const struct xml_element *e)
{
	size_t at = 0;
	if (e && find_place(w, XML, e, 1, &at))
		fail("an element of no document", NULL);
	return at;
}

static void place_xml(struct writer *w, const struct xml_element *e)
{
	size_t at;
	find_place(w, XML, e, 1, &at);
	for (const struct xml_element *c = e->first; c; c = c->next)
		place_xml(w, c);
}

static size_t put_written(struct writer *w, const struct xml_element *e)
{
	size_t at;
	if (!find_place(w, WRITTEN, e->attributes, e->attribute_count, &at))
		return at;
	for (size_t i = 0; i < e->attribute_count; i++) {
		struct buf *out = begin(w, WRITTEN, at + i);
		put_text(out, "name", e->attributes[i].name);
		put_text(out, "value", e->attributes[i].value);
		end(out);
	}
	return at;
}

static void put_xml(struct writer *w, const struct xml_element *e)
{
	const struct {
		const char *name;
		const struct xml_element *element;
	} links[] = {
		{ "parent", e->parent },
		{ "first", e->first },
		{ "last", e->last },
		{ "next", e->next },
	};
	size_t written = put_written(w, e);
	struct buf *out = begin(w, XML, find_xml(w, e));

	put_text(out, "name", e->name);
	buf_puts(out, " .document = &document,");
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		if (links[i].element)
			buf_printf(out, " .%s = (struct xml_element *)&xml_rows[%zu],",
				   links[i].name, find_xml(w, links[i].element));
	}
	put_reference(out, "attributes", WRITTEN, written, e->attributes);
	buf_printf(out,
		   " .attribute_count = %zu, .line = %d, .start = %u, .open_end = %u, .close = %u, "
		   ".end = %u",
		   e->attribute_count, e->line, e->start, e->open_end, e->close, e->end);
	end(out);
	for (const struct xml_element *c = e->first; c; c = c->next)
		put_xml(w, c);
}

/* ---- effective elements ---- */

static size_t put_element(struct writer *w, const struct schema_element *e);
static size_t put_effective(struct writer *w, const struct effective *e);

static size_t put_values(struct writer *w, const struct effective *e)
{
	size_t count = e->schema->attribute_count, at;

	if (!find_place(w, VALUE, e->values, count, &at))
		return at;
	for (size_t i = 0; i < count; i++) {
		struct buf *out = begin(w, VALUE, at + i);
		put_text(out, "text", e->values[i].text);
		put_reference(out, "by", XML, find_xml(w, e->values[i].by), e->values[i].by);
		end(out);
	}
	return at;
}

/* An array of pointers to effective elements. */
static size_t put_parts(struct writer *w, const struct effective *const *parts, size_t count)
{
	size_t at;
	if (!find_place(w, PART, parts, count, &at))
		return at;
	for (size_t i = 0; i < count; i++) {
		size_t to = put_effective(w, parts[i]);
		buf_printf(&w->tables[PART].rows, "\t[%zu] = &effective_rows[%zu],\n", at + i, to);
	}
	return at;
}

/* Constant entries have no room for more, and no hashes, which no two processes have in common. */
static size_t put_entries(struct writer *w, const struct effective_entries *entries)
{
	size_t at;
	if (!find_place(w, ENTRIES, entries, 1, &at))
		return at;
	size_t items = put_parts(w, entries->items, entries->count);
	struct buf *out = begin(w, ENTRIES, at);
	if (entries->count)
		buf_printf(out, " .items = (const struct effective **)&part_rows[%zu],", items);
	buf_printf(out, " .count = %zu, .capacity = %zu", entries->count, entries->count);
	end(out);
	return at;
}

static size_t put_locks(struct writer *w, const struct lock *lock)
{
	size_t at = 0;
	if (!lock || !find_place(w, LOCK, lock, 1, &at))
		return at;
	size_t next = put_locks(w, lock->next);
	struct buf *out = begin(w, LOCK, at);
	put_reference(out, "next", LOCK, next, lock->next);
	put_reference(out, "by", XML, find_xml(w, lock->by), lock->by);
	end(out);
	return at;
}

static size_t put_effective(struct writer *w, const struct effective *e)
{
	size_t at;
	if (!find_place(w, EFFECTIVE, e, 1, &at))
		return at;
	size_t schema = put_element(w, e->schema), values = put_values(w, e);
	size_t children = put_parts(w, e->children, e->schema->child_count);
	size_t entries = put_entries(w, e->entries), locks = put_locks(w, e->locks);
	struct buf *out = begin(w, EFFECTIVE, at);
	put_reference(out, "schema", ELEMENT, schema, e->schema);
	put_reference(out, "by", XML, find_xml(w, e->by), e->by);
	put_reference(out, "values", VALUE, values, e->values);
	put_reference(out, "children", PART, children, e->children);
	put_reference(out, "entries", ENTRIES, entries, e->entries);
	put_reference(out, "locks", LOCK, locks, e->locks);
	end(out);
	return at;
}

/* ---- the schema ---- */

static size_t put_names(struct writer *w, const struct schema_name *names)
{
	size_t count = 0, at = 0;

	while (names && names[count].name)
		count++;
	if (!names || !find_place(w, NAME, names, count + 1, &at))
		return at;
	for (size_t i = 0; i <= count; i++) {
		struct buf *out = begin(w, NAME, at + i);
		put_text(out, "name", names[i].name);
		buf_printf(out, " .value = %uu", names[i].value);
		end(out);
	}
	return at;
}

static size_t put_attributes(struct writer *w, const struct schema_element *e)
{
	size_t at;
	if (!find_place(w, ATTRIBUTE, e->attributes, e->attribute_count, &at))
		return at;
	for (size_t i = 0; i < e->attribute_count; i++) {
		const struct schema_attribute *a = &e->attributes[i];
		size_t names = put_names(w, a->names);
		struct buf *out = begin(w, ATTRIBUTE, at + i);
		put_text(out, "name", a->name);
		put_text(out, "value", a->value);
		put_text(out, "provider", a->provider);
		put_reference(out, "names", NAME, names, a->names);
		buf_printf(out,
			   " .type = %d, .flags = %u, .rule = %d, .low = %lld, .high = %lld, "
			   ".step = %lld, .exclude = %d",
			   (int)a->type, a->flags, (int)a->rule, (long long)a->low,
			   (long long)a->high, (long long)a->step, a->exclude);
		end(out);
	}
	return at;
}

static size_t put_children(struct writer *w, const struct schema_element *e)
{
	size_t at;
	if (!find_place(w, CHILD, e->children, e->child_count, &at))
		return at;
	for (size_t i = 0; i < e->child_count; i++) {
		size_t to = put_element(w, e->children[i]);
		buf_printf(&w->tables[CHILD].rows, "\t[%zu] = &element_rows[%zu],\n", at + i, to);
	}
	return at;
}

static size_t put_collection(struct writer *w, const struct schema_collection *c)
{
	size_t at = 0;
	if (!c || !find_place(w, COLLECTION, c, 1, &at))
		return at;
	size_t entry = put_element(w, c->entry);
	struct buf *out = begin(w, COLLECTION, at);
	buf_puts(out, " .adds = {");
	for (size_t i = 0; c->adds[i]; i++) {
		put_bytes(out, text_of(c->adds[i]));
		buf_putc(out, ',');
	}
	buf_puts(out, " NULL },");
	put_text(out, "remove", c->remove);
	put_text(out, "clear", c->clear);
	put_text(out, "defaults", c->defaults);
	put_reference(out, "entry", ELEMENT, entry, c->entry);
	buf_printf(out, " .prepend = %d, .duplicates = %d", c->prepend, c->duplicates);
	end(out);
	return at;
}

static size_t put_element(struct writer *w, const struct schema_element *e)
{
	size_t at;
	if (!find_place(w, ELEMENT, e, 1, &at))
		return at;
	size_t attributes = put_attributes(w, e), children = put_children(w, e);
	size_t collection = put_collection(w, e->collection), blank = put_effective(w, e->blank);
	struct buf *out = begin(w, ELEMENT, at);
	put_text(out, "name", e->name);
	put_reference(out, "attributes", ATTRIBUTE, attributes, e->attributes);
	put_reference(out, "children", CHILD, children, e->children);
	put_reference(out, "collection", COLLECTION, collection, e->collection);
	put_reference(out, "blank", EFFECTIVE, blank, e->blank);
	buf_printf(out,
		   " .attribute_count = %zu, .child_count = %zu, .optional = %d, "
		   ".any_attribute = %d, .any_element = %d",
		   e->attribute_count, e->child_count, e->optional, e->any_attribute,
		   e->any_element);
	end(out);
	return at;
}

static void put_sections(struct writer *w, const struct level *level, struct buf *out)
{
	for (size_t i = 0; i < level->schema->count; i++) {
		const struct schema_section *section = &level->schema->sections[i];
		const struct section_rule *rule = &level->rules[i];
		size_t element = put_element(w, section->element);
		size_t installed = put_effective(w, level->sections[i]);
		buf_puts(out, "\t{");
		put_text(out, "path", section->path);
		put_reference(out, "element", ELEMENT, element, section->element);
		put_reference(out, "installed", EFFECTIVE, installed, level->sections[i]);
		buf_printf(out, " .rule = { .definition = %d, .allow = %d,", (int)rule->definition,
			   rule->allow);
		put_reference(out, "by", XML, find_xml(w, rule->by), rule->by);
		buf_puts(out, " } },\n");
	}
}

/* ---- the whole ---- */

static void put_tables(struct writer *w, struct buf *out)
{
	for (size_t i = 0; i < TABLES; i++)
		buf_printf(out, "static const %s%s_rows[%zu];\n", types[i].type, types[i].name,
			   w->tables[i].count + 1);
	buf_puts(out, "static const struct xml_document document;\n");
	for (size_t i = 0; i < TABLES; i++) {
		buf_printf(out, "\nstatic const %s%s_rows[%zu] = {\n", types[i].type, types[i].name,
			   w->tables[i].count + 1);
		buf_put_text(out, buf_text(&w->tables[i].rows));
		buf_puts(out, "};\n");
		if (buf_failed(&w->tables[i].rows))
			fail("too much", NULL);
	}
}

static void put_all(const struct level *level, const struct xml_document *installed,
		    struct buf *out)
{
	struct writer w = { 0 };
	struct buf sections;

	for (size_t i = 0; i < TABLES; i++) {
		w.tables[i].places = map_new(ROWS_MAX, 0);
		buf_init(&w.tables[i].rows, OUTPUT_MAX);
		if (!w.tables[i].places)
			fail("tables", NULL);
	}
	buf_init(&sections, OUTPUT_MAX);
	place_xml(&w, installed->root);
	put_xml(&w, installed->root);
	put_sections(&w, level, &sections);

	buf_puts(out, "/* Made by schema-compile from the files of schema/. */\n"
		      "#include \"config/engine/effective.h\"\n"
		      "#include \"config/engine/locks.h\"\n\n");
	put_tables(&w, out);
	buf_puts(out, "\nstatic const char source[] =\n\t");
	put_bytes(out, installed->source);
	buf_puts(out, ";\n\nstatic const struct xml_document document = {");
	put_text(out, "file", installed->file);
	buf_printf(out,
		   " .source = { source, sizeof(source) - 1 }, .path = \"\","
		   " .root = (struct xml_element *)&xml_rows[%zu], .owner = &document };\n",
		   find_xml(&w, installed->root));
	buf_puts(out, "\nstatic const struct schema_section sections[] = {\n");
	buf_put_text(out, buf_text(&sections));
	buf_printf(
		out,
		"};\n\nconst struct schema schema_builtin = { .sections = sections, .count = %zu, "
		".installed = &document };\n",
		level->schema->count);
	for (size_t i = 0; i < TABLES; i++) {
		map_free(w.tables[i].places, NULL);
		buf_done(&w.tables[i].rows);
	}
	if (buf_failed(&sections))
		fail("too much", NULL);
	buf_done(&sections);
}

/* What installed.config makes of the sections. */
static void apply_installed(const struct schema *schema, const struct xml_document *installed,
			    struct arena *arena, struct level *ret)
{
	struct error err = { 0 };
	const struct level_source source = { .merge = { .arena = arena, .err = &err } };

	if (sections_check(schema, installed, NULL, &err) < 0 ||
	    level_init(ret, schema, arena) < 0 ||
	    section_rules_add(schema, installed, ret->rules, &err) < 0 ||
	    level_apply(ret, installed->root, &source) < 0)
		fail("installed.config", &err);
}

static void write_output(const char *path, struct buf *out)
{
	if (buf_failed(out))
		fail("too much", NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int r = fd < 0 ? -errno : sys_write_all(fd, out->data, out->length);
	if (r < 0 || close(fd) < 0) {
		fprintf(stderr, "schema-compile: %s: %s\n", path, error_errno_text(r));
		exit(1);
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	char *texts[FILES_MAX];
	const char *names[FILES_MAX];
	struct text files[FILES_MAX], config = { 0 };
	const struct schema *schema = NULL;
	struct xml_document *installed = NULL;
	struct error err = { 0 };
	struct level level;
	struct arena arena;
	struct buf out;
	size_t count = 0, read = 0;

	for (int i = 2; i < argc && read < FILES_MAX; i++) {
		size_t length;
		if (sys_read_file(argv[i], XML_SIZE_MAX, &texts[read], &length) < 0)
			fail(argv[i], NULL);
		struct text text = { texts[read++], length };
		if (!strcmp(base_name(argv[i]), "installed.config")) {
			config = text;
			continue;
		}
		names[count] = base_name(argv[i]);
		files[count++] = text;
	}
	arena_init(&arena, OUTPUT_MAX);
	buf_init(&out, OUTPUT_MAX);
	if (schema_with(files, names, count, &schema, &err) < 0 ||
	    xml_parse(config, "(installed defaults)", &installed, &err) < 0)
		fail("the files", &err);
	apply_installed(schema, installed, &arena, &level);
	put_all(&level, installed, &out);
	write_output(argv[1], &out);
	buf_done(&out);
	arena_done(&arena);
	xml_free(installed);
	schema_unref(schema);
	while (read)
		mem_free(texts[--read]);
	return 0;
}
