/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a new installation has before anybody configures it, written as the configuration it is:
 * one constant text, made from the tables by the compiler and parsed with each snapshot. It is the
 * level above applicationHost.config.
 */
#include "config/defaults.h"

#include "config/filter_table.h"
#include "config/handler_table.h"
#include "config/mime_table.h"

#define DOCUMENT(value) "<add value='" value "'/>"
#define MIME(extension, type) "<mimeMap fileExtension='" extension "' mimeType='" type "'/>"
#define SEGMENT(segment) "<add segment='" segment "'/>"
#define EXTENSION(extension) "<add fileExtension='" extension "' allowed='false'/>"
#define HANDLER(name, path, verb, modules, processor, type, access)                                \
	"<add name='" name "' path='" path "' verb='" verb "' modules='" modules                   \
	"' scriptProcessor='" processor "' resourceType='" type "' requireAccess='" access "'/>"

/* Kept from the formatter: it reads like the file it stands for. */
/* clang-format off */
const char config_defaults[] =
	"<configuration><system.webServer>"
	"<defaultDocument><files>" DOCUMENT_TABLE(DOCUMENT) "</files></defaultDocument>"
	"<staticContent>" MIME_TABLE(MIME) "</staticContent>"
	/* Else a web.config could name any file of the machine as its error page. */
	"<httpErrors lockAttributes='allowAbsolutePathsWhenDelegated,defaultPath'/>"
	"<security><requestFiltering>"
	"<fileExtensions>" FILTER_EXTENSIONS(EXTENSION) "</fileExtensions>"
	"<hiddenSegments>" FILTER_SEGMENTS(SEGMENT) "</hiddenSegments>"
	"</requestFiltering></security>"
	"<handlers>" HANDLER_TABLE(HANDLER) "</handlers>"
	"</system.webServer></configuration>";
/* clang-format on */
const size_t config_defaults_length = sizeof(config_defaults) - 1;
