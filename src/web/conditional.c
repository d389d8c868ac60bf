/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditional requests (RFC 9110 13) against the two validators of a file. Pure; loop threads.
 */
#include "web/internal.h"

#include "base/clock.h"

void web_conditions_find(const struct http_request *request, struct web_conditions *ret)
{
	*ret = (struct web_conditions){ .any = false };
	const struct {
		struct text name;
		struct text *to;
	} known[] = {
		{ TEXT("if-none-match"), &ret->none_match },
		{ TEXT("if-modified-since"), &ret->modified_since },
		{ TEXT("range"), &ret->range },
		{ TEXT("if-range"), &ret->if_range },
		{ TEXT("if-match"), &ret->match },
		{ TEXT("if-unmodified-since"), &ret->unmodified_since },
	};
	for (size_t i = 0; i < request->field_count; i++) {
		struct text name = request->fields[i].name;
		/* One look at the first letter spares most fields the comparison. */
		char first = (char)(name.data[0] | 0x20);
		if (first != 'i' && first != 'r')
			continue;
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
			if (name.length == known[k].name.length &&
			    text_equal_nocase(name, known[k].name)) {
				*known[k].to = request->fields[i].value;
				ret->any = true;
			}
		}
	}
}

/* One entity-tag of a list, cut off `*rest`. */
static struct text next_tag(struct text *rest)
{
	struct text t = text_trim(*rest);
	size_t quotes = 0, i = 0;
	for (; i < t.length && (t.data[i] != ',' || quotes % 2); i++)
		quotes += t.data[i] == '"';
	*rest = i < t.length ? (struct text){ t.data + i + 1, t.length - i - 1 }
			     : (struct text){ NULL, 0 };
	return text_trim((struct text){ t.data, i });
}

static struct text opaque(struct text tag)
{
	bool weak =
		tag.length > 2 && (tag.data[0] == 'W' || tag.data[0] == 'w') && tag.data[1] == '/';
	return weak ? (struct text){ tag.data + 2, tag.length - 2 } : tag;
}

/* Is the file's tag in the list? RFC 9110 8.8.3.2: the strong comparison wants no weak tag. */
static bool matches(struct text list, const struct web_file *file, bool strong)
{
	struct text mine = text_of(file->etag);
	if (text_equal(text_trim(list), TEXT("*")))
		return true;
	while (list.data) {
		struct text tag = next_tag(&list);
		if (strong ? !file->weak && text_equal(tag, mine)
			   : text_equal(opaque(tag), opaque(mine)))
			return true;
	}
	return false;
}

unsigned web_conditions_check(const struct web_conditions *c, const struct web_file *file)
{
	int64_t modified = file->st.st_mtim.tv_sec, date;
	if (c->match.data) {
		if (!matches(c->match, file, true))
			return 412;
	} else if (c->unmodified_since.data &&
		   clock_parse_http(c->unmodified_since.data, c->unmodified_since.length, &date) ==
			   0 &&
		   modified > date) {
		return 412;
	}
	if (c->none_match.data)
		return matches(c->none_match, file, false) ? 304 : 0;
	if (c->modified_since.data &&
	    clock_parse_http(c->modified_since.data, c->modified_since.length, &date) == 0 &&
	    modified <= date)
		return 304;
	return 0;
}

bool web_conditions_range(const struct web_conditions *c, const struct web_file *file)
{
	int64_t date;
	if (!c->if_range.data)
		return true;
	if (c->if_range.length && c->if_range.data[c->if_range.length - 1] == '"')
		return matches(c->if_range, file, true);
	/* RFC 9110 13.1.5: exactly that date, and one that is a strong validator. */
	return !file->weak && clock_parse_http(c->if_range.data, c->if_range.length, &date) == 0 &&
	       date == file->st.st_mtim.tv_sec;
}
