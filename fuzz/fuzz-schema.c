/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config/engine/schema.h: an input is a schema file of the user; then, after a zero byte, a
 * configuration that is read with it. What is accepted must have a blank for everything.
 */
#include "fuzz.h"

#include "config/tree.h"

#include <errno.h>
#include <stdio.h>

static void check_element(const struct schema_element *e)
{
	FUZZ_REQUIRE(e->name && e->name[0] && e->blank && e->blank->entries);
	for (size_t i = 0; i < e->attribute_count; i++)
		FUZZ_REQUIRE(schema_attribute_index(e, e->attributes[i].name) == i);
	for (size_t i = 0; i < e->child_count; i++)
		check_element(e->children[i]);
	if (!e->collection)
		return;
	FUZZ_REQUIRE(schema_directive(e->collection, e->collection->adds[0]) == DIRECTIVE_ADD);
	check_element(e->collection->entry);
}

static void check_effective(const struct effective *e)
{
	for (size_t i = 0; i < e->schema->attribute_count; i++)
		FUZZ_REQUIRE(!e->values[i].by || e->values[i].text);
	for (size_t i = 0; i < e->schema->child_count; i++)
		check_effective(e->children[i]);
	for (size_t i = 0; i < e->entries->count; i++)
		check_effective(e->entries->items[i]);
}

static void read_with(struct text schema, struct text config)
{
	struct config_tree *tree = NULL;
	struct config *read = NULL;
	struct error err = { 0 };
	char bundle[65536];
	int n = snprintf(bundle, sizeof(bundle), TEXT_FMT "%cmine.xml%c" TEXT_FMT, TEXT_ARG(config),
			 0, 0, TEXT_ARG(schema));

	if (n < 0 || (size_t)n >= sizeof(bundle))
		return;
	int r = config_parse((struct text){ bundle, (size_t)n }, "f", "/state", &read, &err);
	FUZZ_REQUIRE(r == 0 || (r == -EINVAL && err.text[0]));
	if (r < 0)
		return;
	FUZZ_REQUIRE(config_tree_new(read, TEXT(""), &tree, &err) == 0);
	const struct level *level = config_tree_level(tree);
	for (size_t i = 0; i < level->schema->count; i++)
		check_effective(level->sections[i]);
	config_tree_free(tree);
	/* What other processes get is still a configuration by this schema. */
	if (!memchr(bundle, '\xff', (size_t)n) && !memchr(bundle, '\xfe', (size_t)n)) {
		config_hide_passwords(read, bundle);
		config_unref(read);
		FUZZ_REQUIRE(config_parse((struct text){ bundle, (size_t)n }, "f", "/state", &read,
					  &err) == 0);
	}
	config_unref(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *name = "mine.xml";
	const char *end = size ? memchr(text, '\0', size) : NULL;
	const struct text file = { text, end ? (size_t)(end - text) : size };
	const struct schema *schema = NULL;
	struct error err = { 0 };

	int r = schema_with(&file, &name, 1, &schema, &err);
	FUZZ_REQUIRE(r == 0 || (r == -EINVAL && err.text[0] && err.hresult));
	for (size_t i = 0; r == 0 && i < schema->count; i++)
		check_element(schema->sections[i].element);
	schema_unref(schema);
	if (end && r == 0)
		read_with(file, (struct text){ end + 1, size - file.length - 1 });
	return 0;
}
