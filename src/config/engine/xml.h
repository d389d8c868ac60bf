/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file as a tree of elements that know their line and their bytes. The text itself
 * is kept, so that a change can leave every byte alone that it is not about (edit.h). Comments,
 * text between elements and name space declarations are not in the tree: nothing in IIS
 * configuration is said with them. There are no entities but XML's own five: a document type
 * definition is refused.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define XML_SIZE_MAX ((size_t)16 << 20)
#define XML_DEPTH_MAX 64
#define XML_ATTRIBUTES_MAX 256    /* of one element */
#define XML_VALUE_MAX (256 << 10) /* bytes of one attribute's value */
#define XML_ELEMENTS_MAX 400000

struct buf;

/* What a file is written in. Without a byte order mark it is UTF-8, or says what else (Expat knows
 * ISO-8859-1); `source` of a document is as in the file then. */
enum xml_encoding { XML_UTF8, XML_UTF16LE, XML_UTF16BE };

struct xml_attribute {
	const char *name, *value; /* the value as written, entities resolved */
};

struct xml_element {
	const char *name;
	const struct xml_document *document;
	struct xml_element *parent, *first, *last, *next; /* children first..last, by next */
	const struct xml_attribute *attributes;
	size_t attribute_count;
	int line;
	/* Bytes of the text: `start` is at the '<', `open_end` behind the start tag's '>', `close`
	 * at the end tag, `end` behind it. <a/> has no content and no end tag: the last three are
	 * one. */
	uint32_t start, open_end, close, end;
};

struct xml_document {
	struct arena arena; /* holds everything below */
	const char *file;   /* as given to xml_parse */
	struct text
		source; /* the file as it was read; of one in UTF-16 as UTF-8, without the mark */
	enum xml_encoding encoding; /* of the file */
	struct xml_element *root;
	unsigned elements; /* how many there are */
	char *text;        /* the source once it was changed (xml_replace), else NULL */
	size_t capacity;   /* of that */
	/* Where it is in the hierarchy, below MACHINE/WEBROOT/APPHOST: "" or "Site/folder"; the
	 * reader of the file says so. */
	const char *path;
	/* The file it is a part of: itself, or the one whose configSource names it. */
	const struct xml_document *owner;
};

/* Builds the tree of `xml`. -EINVAL with `err` (0x8007000D, file, line), also above a limit;
 * -ENOMEM. `*ret` is to be freed with xml_free. */
int xml_parse(struct text xml, const char *file, struct xml_document **ret, struct error *err);
/* Replaces the bytes from..to of the text and the part of the tree that they make, as if the whole
 * were parsed again; elements that it is not about stay where they are in memory. XML_WHOLE:
 * nothing was changed, and only parsing the whole new text can tell what it is, or what is wrong
 * with it. -ENOMEM: nothing was changed either. */
enum { XML_WHOLE = 1 };
int xml_replace(struct xml_document *document, size_t from, size_t to, struct text with);
/* By its byte order mark. */
enum xml_encoding xml_encoding(struct text bytes);
/* Puts a file in UTF-16 into `out` as UTF-8, and any other as it is. -EINVAL when it is none, or
 * has zero bytes in its text; -ENOMEM. */
int xml_decode(struct text bytes, const char *file, struct buf *out, struct error *err);
/* The other way, for valid UTF-8. */
void xml_encode(struct text text, enum xml_encoding encoding, struct buf *out);
/* The encoding that <?xml ... encoding="..."?> names; nothing when it names none. */
struct text xml_declared_encoding(struct text source);
/* Takes NULL, returns NULL. */
struct xml_document *xml_free(struct xml_document *document);

/* NULL when there is no such attribute, or child. Names are case-sensitive, as in IIS. */
const char *xml_get(const struct xml_element *element, const char *name);
const struct xml_element *xml_child(const struct xml_element *element, const char *name);
/* The element at "a/b/c" below `element`; NULL when a step is missing. */
const struct xml_element *xml_find(const struct xml_element *element, const char *path);

/* The bytes of an attribute's value, without the quotes; false when it is not written. */
struct xml_range {
	size_t start, end;
};
bool xml_value_range(const struct xml_element *element, const char *name, struct xml_range *ret);

/* Codes of 500.19. */
#define XML_BAD_DATA 0x8007000Du
#define XML_LOCKED 0x80070021u
#define XML_DUPLICATE 0x800700B7u
#define XML_NO_ACCESS 0x80070005u

/* Fills `err` with file and line of `element`; returns -EINVAL. */
int xml_fail(const struct xml_element *element, uint32_t hresult, struct error *err,
	     const char *format, ...) __attribute__((format(printf, 4, 5)));
