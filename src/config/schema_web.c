/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of the sections of system.webServer that are honoured. Tables only; names, types,
 * defaults and ranges are those of IIS 10.
 */
#include "config/tables.h"

#define URL(field) AT(struct web_values, url.field)

/* ---- asp ---- */

static const struct schema_name service_flags[] = {
	{ "None", 0 }, { "EnableTracker", 1 }, { "EnableSxS", 2 }, { "UsePartition", 4 }, { 0 },
};
static const struct schema_attribute asp_attributes[] = {
	ROW_BOOL("appAllowClientDebug", "false", NOWHERE),
	ROW_BOOL("appAllowDebugging", "false", NOWHERE),
	ROW_BOOL("errorsToNTLog", "false", NOWHERE),
	ROW_BOOL("logErrorRequests", "true", NOWHERE),
	ROW_BOOL("calcLineNumber", "true", NOWHERE),
	ROW_UINT("codePage", "0", 0, 2147483647, URL(asp_code_page)),
	ROW_BOOL("enableApplicationRestart", "true", NOWHERE),
	ROW_BOOL("enableAspHtmlFallback", "true", NOWHERE),
	ROW_BOOL("enableChunkedEncoding", "true", NOWHERE),
	ROW_BOOL("enableParentPaths", "false", URL(asp_enable_parent_paths)),
	ROW_BOOL("exceptionCatchEnable", "true", NOWHERE),
	ROW_UINT("lcid", "0", 0, 2147483647, URL(asp_lcid)),
	ROW_BOOL("runOnEndAnonymously", "true", NOWHERE),
	ROW("scriptErrorMessage", STRING,
	    "An error occurred on the server when processing the URL. Please contact the system "
	    "administrator.",
	    0, NON_EMPTY, URL(asp_script_error_message)),
	ROW_BOOL("scriptErrorSentToBrowser", "false", URL(asp_script_error_sent_to_browser)),
	ROW("scriptLanguage", STRING, "VBScript", 0, NON_EMPTY, URL(asp_script_language)),
	ROW_BOOL("bufferingOn", "true", URL(asp_buffering)),
};
static const struct schema_attribute asp_session_attributes[] = {
	ROW_BOOL("allowSessionState", "true", URL(asp_session)),
	ROW_BOOL("keepSessionIdSecure", "true", URL(asp_keep_session_id_secure)),
	ROW_UINT("max", "4294967295", 0, 0, URL(asp_session_max)),
	ROW_TIME("timeout", "00:20:00", 0, 31536000, 60, URL(asp_session_timeout)),
};
static const struct schema_attribute asp_com_attributes[] = {
	ROW_FLAGS("appServiceFlags", "None", service_flags, NOWHERE),
	ROW_STRING("sxsName", NULL, NOWHERE),
	ROW_STRING("partitionId", "00000000-0000-0000-0000-000000000000", NOWHERE),
	ROW_BOOL("trackThreadingModel", "false", NOWHERE),
	ROW_BOOL("executeInMta", "false", NOWHERE),
};
static const struct schema_attribute asp_cache_attributes[] = {
	ROW_STRING("diskTemplateCacheDirectory", NULL, NOWHERE),
	ROW_UINT("maxDiskTemplateCacheFiles", "2000", 0, 2147483647, NOWHERE),
	ROW_UINT("scriptFileCacheSize", "500", 0, 2147483647, NOWHERE),
	ROW_UINT("scriptEngineCacheMax", "250", 0, 2147483647, NOWHERE),
	ROW_BOOL("enableTypelibCache", "true", NOWHERE),
};
static const struct schema_attribute asp_limits_attributes[] = {
	ROW_TIME("scriptTimeout", "00:01:30", 0, 0, 0, URL(asp_script_timeout)),
	ROW_UINT("bufferingLimit", "4194304", 0, 2147483647, URL(asp_buffering_limit)),
	ROW_UINT("maxRequestEntityAllowed", "200000", 0, 2147483647, URL(asp_max_request_entity)),
	ROW_UINT("processorThreadMax", "25", 0, 2147483647, URL(asp_processor_thread_max)),
	ROW_TIME("queueConnectionTestTime", "00:00:03", 1, 2147483647, 1, NOWHERE),
	ROW_TIME("queueTimeout", "00:00:00", 0, 0, 0, NOWHERE),
	ROW_UINT("requestQueueMax", "3000", 0, 2147483647, NOWHERE),
};
static const struct schema_element asp_children[] = {
	{ .name = "session", ATTRIBUTES(asp_session_attributes) },
	{ .name = "comPlus", ATTRIBUTES(asp_com_attributes) },
	{ .name = "cache", ATTRIBUTES(asp_cache_attributes) },
	{ .name = "limits", ATTRIBUTES(asp_limits_attributes) },
};
const struct schema_element schema_asp = { .name = "asp",
					   ATTRIBUTES(asp_attributes),
					   CHILDREN(asp_children) };

/* ---- defaultDocument, directoryBrowse ---- */

static const struct schema_name browse_flags[] = {
	{ "None", 0 },       { "Date", 2 },      { "Time", 4 }, { "Size", 8 },
	{ "Extension", 16 }, { "LongDate", 32 }, { 0 },
};
static const struct schema_attribute document_attributes[] = {
	ROW("value", STRING, NULL, SCHEMA_REQUIRED, ANY, NOWHERE),
};
static const struct schema_element document = { ATTRIBUTES(document_attributes) };
static const struct schema_collection documents = { "add",     "remove",    "clear",
						    &document, { "value" }, .prepend = true };
static const struct schema_attribute default_document_attributes[] = {
	ROW_BOOL("enabled", "true", URL(default_document_enabled)),
};
static const struct schema_element default_document_children[] = {
	{ .name = "files", .collection = &documents },
};
const struct schema_element schema_default_document = { .name = "defaultDocument",
							ATTRIBUTES(default_document_attributes),
							CHILDREN(default_document_children) };
static const struct schema_attribute browse_attributes[] = {
	ROW_BOOL("enabled", "false", URL(directory_browse)),
	ROW_FLAGS("showFlags", "Date, Time, Size, Extension", browse_flags, NOWHERE),
};
const struct schema_element schema_directory_browse = { .name = "directoryBrowse",
							ATTRIBUTES(browse_attributes) };

/* ---- staticContent ---- */

static const struct schema_name cache_modes[] = {
	{ "NoControl", 0 }, { "DisableCache", 1 }, { "UseMaxAge", 2 }, { "UseExpires", 3 }, { 0 },
};
static const struct schema_attribute static_attributes[] = {
	ROW_STRING("defaultDocFooter", NULL, NOWHERE),
	ROW_BOOL("isDocFooterFileName", "false", NOWHERE),
	ROW_BOOL("enableDocFooter", "false", NOWHERE),
};
static const struct schema_attribute client_cache_attributes[] = {
	ROW_ENUM("cacheControlMode", "NoControl", cache_modes, URL(client_cache_mode)),
	ROW_TIME("cacheControlMaxAge", "1.00:00:00", 0, 0, 0, URL(client_cache_max_age)),
	ROW_STRING("httpExpires", NULL, NOWHERE),
	ROW_STRING("cacheControlCustom", NULL, NOWHERE),
	ROW_BOOL("setEtag", "true", NOWHERE),
};
static const struct schema_attribute mime_attributes[] = {
	ROW("fileExtension", STRING, NULL, SCHEMA_REQUIRED, ANY, NOWHERE),
	ROW("mimeType", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
};
static const struct schema_element mime_map = { ATTRIBUTES(mime_attributes) };
static const struct schema_collection mime_maps = {
	"mimeMap", "remove", "clear", &mime_map, { "fileExtension" }
};
static const struct schema_element static_children[] = {
	{ .name = "clientCache", ATTRIBUTES(client_cache_attributes) },
};
const struct schema_element schema_static_content = { .name = "staticContent",
						      ATTRIBUTES(static_attributes),
						      CHILDREN(static_children),
						      .collection = &mime_maps };

/* ---- httpErrors ---- */

static const struct schema_name error_modes[] = {
	{ "DetailedLocalOnly", 0 },
	{ "Custom", 1 },
	{ "Detailed", 2 },
	{ 0 },
};
static const struct schema_name existing_responses[] = {
	{ "Auto", 0 },
	{ "Replace", 1 },
	{ "PassThrough", 2 },
	{ 0 },
};
static const struct schema_name response_modes[] = {
	{ "File", 0 },
	{ "ExecuteURL", 1 },
	{ "Redirect", 2 },
	{ 0 },
};
static const struct schema_attribute errors_attributes[] = {
	ROW_ENUM("errorMode", "DetailedLocalOnly", error_modes, URL(error_mode)),
	ROW_ENUM("existingResponse", "Auto", existing_responses, NOWHERE),
	ROW_STRING("defaultPath", NULL, NOWHERE),
	ROW_ENUM("defaultResponseMode", "File", response_modes, NOWHERE),
	ROW_STRING("detailedMoreInformationLink", NULL, NOWHERE),
	ROW_BOOL("allowAbsolutePathsWhenDelegated", "false",
		 AT(struct web_values, filter.absolute_error_paths)),
};
#define PAGE(field) AT(struct config_error_page, field)
static const struct schema_attribute error_attributes[] = {
	{ "statusCode", SCHEMA_UINT, NULL, SCHEMA_REQUIRED, 0, 400, 999, 0, NULL, PAGE(status) },
	ROW_INT("subStatusCode", "-1", -1, 999, PAGE(sub_status)),
	ROW_STRING("prefixLanguageFilePath", NULL, NOWHERE),
	ROW("path", STRING, NULL, SCHEMA_REQUIRED | SCHEMA_EXPAND, NON_EMPTY, PAGE(path)),
	ROW_ENUM("responseMode", "File", response_modes, PAGE(mode)),
};
const struct schema_element schema_error_page = { ATTRIBUTES(error_attributes) };
static const struct schema_collection error_pages = {
	"error", "remove", "clear", &schema_error_page, { "statusCode", "subStatusCode" }
};
const struct schema_element schema_http_errors = { .name = "httpErrors",
						   ATTRIBUTES(errors_attributes),
						   .collection = &error_pages };

/* ---- httpProtocol ---- */

static const struct schema_attribute protocol_attributes[] = {
	ROW_BOOL("allowKeepAlive", "true", NOWHERE),
};
static const struct schema_attribute header_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW_STRING("value", NULL, NOWHERE),
};
static const struct schema_element header = { ATTRIBUTES(header_attributes) };
static const struct schema_collection headers = { "add", "remove", "clear", &header, { "name" } };
static const struct schema_element protocol_children[] = {
	{ .name = "customHeaders", .collection = &headers },
	{ .name = "redirectHeaders", .collection = &headers },
};
const struct schema_element schema_http_protocol = { .name = "httpProtocol",
						     ATTRIBUTES(protocol_attributes),
						     CHILDREN(protocol_children) };

/* ---- security/requestFiltering ---- */

static const struct schema_attribute filtering_attributes[] = {
	ROW_BOOL("allowDoubleEscaping", "false", URL(allow_double_escaping)),
	ROW_BOOL("allowHighBitCharacters", "true", URL(allow_high_bit)),
	ROW_BOOL("unescapeQueryString", "true", NOWHERE),
	ROW_BOOL("removeServerHeader", "false", NOWHERE),
};
static const struct schema_attribute extensions_attributes[] = {
	ROW_BOOL("allowUnlisted", "true", AT(struct web_values, filter.extensions_allow_unlisted)),
	ROW_BOOL("applyToWebDAV", "true", NOWHERE),
};
static const struct schema_attribute verbs_attributes[] = {
	ROW_BOOL("allowUnlisted", "true", AT(struct web_values, filter.verbs_allow_unlisted)),
	ROW_BOOL("applyToWebDAV", "true", NOWHERE),
};
static const struct schema_attribute segments_attributes[] = {
	ROW_BOOL("applyToWebDAV", "true", NOWHERE),
};
static const struct schema_attribute request_limits_attributes[] = {
	ROW_UINT("maxAllowedContentLength", "30000000", 0, 0, URL(max_content_length)),
	ROW_UINT("maxUrl", "4096", 0, 0, URL(max_url)),
	ROW_UINT("maxQueryString", "2048", 0, 0, URL(max_query)),
};
static const struct schema_attribute rule_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, ANY, NOWHERE),
	ROW_BOOL("scanUrl", "false", NOWHERE),
	ROW_BOOL("scanQueryString", "false", NOWHERE),
	ROW_BOOL("scanAllRaw", "false", NOWHERE),
	ROW_BOOL("denyUnescapedPercent", "true", NOWHERE),
};
static const struct schema_attribute extension_attributes[] = {
	ROW("fileExtension", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW("allowed", BOOL, "true", SCHEMA_REQUIRED, ANY, NOWHERE),
};
static const struct schema_attribute verb_attributes[] = {
	ROW("verb", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW("allowed", BOOL, NULL, SCHEMA_REQUIRED, ANY, NOWHERE),
};

/* Collections of one required string: the element is named `symbol`, its attribute `key`. */
#define STRING_COLLECTION(symbol, key)                                                             \
	static const struct schema_attribute symbol##_attribute[] = {                              \
		ROW(key, STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),                       \
	};                                                                                         \
	static const struct schema_element symbol##_entry = { ATTRIBUTES(symbol##_attribute) };    \
	static const struct schema_collection symbol = {                                           \
		"add", "remove", "clear", &symbol##_entry, { key }                                 \
	};

STRING_COLLECTION(segments, "segment")
STRING_COLLECTION(urls, "url")
STRING_COLLECTION(query_strings, "queryString")
STRING_COLLECTION(sequences, "sequence")
STRING_COLLECTION(scan_headers, "requestHeader")
STRING_COLLECTION(applies_to, "fileExtension")
STRING_COLLECTION(deny_strings, "string")

static const struct schema_element extension = { ATTRIBUTES(extension_attributes) };
static const struct schema_collection extensions = {
	"add", "remove", "clear", &extension, { "fileExtension" }
};
static const struct schema_element verb = { ATTRIBUTES(verb_attributes) };
static const struct schema_collection verbs = { "add", "remove",   "clear",
						&verb, { "verb" }, .case_sensitive = true };
static const struct schema_attribute header_limit_attributes[] = {
	ROW("header", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	{ "sizeLimit", SCHEMA_UINT, NULL, SCHEMA_REQUIRED, 0, 0, 0, 0, NULL, NOWHERE },
};
static const struct schema_element header_limit = { ATTRIBUTES(header_limit_attributes) };
static const struct schema_collection header_limits = {
	"add", "remove", "clear", &header_limit, { "header" }
};
static const struct schema_element request_limits_children[] = {
	{ .name = "headerLimits", .collection = &header_limits },
};
static const struct schema_element rule_children[] = {
	{ .name = "scanHeaders", .collection = &scan_headers },
	{ .name = "appliesTo", .collection = &applies_to },
	{ .name = "denyStrings", .collection = &deny_strings },
};
static const struct schema_element rule = { ATTRIBUTES(rule_attributes), CHILDREN(rule_children) };
static const struct schema_collection rules = {
	"filteringRule", "remove", "clear", &rule, { "name" }
};
static const struct schema_element filtering_children[] = {
	{ .name = "fileExtensions", ATTRIBUTES(extensions_attributes), .collection = &extensions },
	{ .name = "requestLimits",
	  ATTRIBUTES(request_limits_attributes),
	  CHILDREN(request_limits_children) },
	{ .name = "verbs", ATTRIBUTES(verbs_attributes), .collection = &verbs },
	{ .name = "hiddenSegments", ATTRIBUTES(segments_attributes), .collection = &segments },
	{ .name = "alwaysAllowedUrls", .collection = &urls },
	{ .name = "alwaysAllowedQueryStrings", .collection = &query_strings },
	{ .name = "denyUrlSequences", .collection = &sequences },
	{ .name = "denyQueryStringSequences", .collection = &sequences },
	{ .name = "filteringRules", .collection = &rules },
};
const struct schema_element schema_request_filtering = { .name = "requestFiltering",
							 ATTRIBUTES(filtering_attributes),
							 CHILDREN(filtering_children) };

/* ---- handlers ---- */

static const struct schema_name access_flags[] = {
	{ "None", 0 },
	{ "Read", 1 },
	{ "Write", 2 },
	{ "Execute", 4 },
	{ "Source", 16 },
	{ "Script", 512 },
	{ "NoRemoteWrite", 1024 },
	{ "NoRemoteRead", 4096 },
	{ "NoRemoteExecute", 8192 },
	{ "NoRemoteScript", 16384 },
	{ 0 },
};
static const struct schema_name resource_types[] = {
	{ "File", 0 }, { "Directory", 1 }, { "Either", 2 }, { "Unspecified", 3 }, { 0 },
};
static const struct schema_name require_access[] = {
	{ "None", 0 }, { "Read", 1 }, { "Write", 2 }, { "Script", 3 }, { "Execute", 4 }, { 0 },
};
static const struct schema_attribute handler_attributes[] = {
	ROW("name", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW("path", STRING, NULL, SCHEMA_REQUIRED, NON_EMPTY, NOWHERE),
	ROW("verb", STRING, NULL, SCHEMA_REQUIRED, ANY, NOWHERE),
	ROW_STRING("type", NULL, NOWHERE),
	ROW_STRING("modules", "ManagedPipelineHandler", NOWHERE),
	ROW_STRING("scriptProcessor", NULL, NOWHERE),
	ROW_ENUM("resourceType", "Unspecified", resource_types, NOWHERE),
	ROW_ENUM("requireAccess", "Script", require_access, NOWHERE),
	ROW_BOOL("allowPathInfo", "false", NOWHERE),
	ROW_STRING("preCondition", NULL, NOWHERE),
	ROW_UINT("responseBufferLimit", "4194304", 0, 0, NOWHERE),
};
static const struct schema_attribute handlers_attributes[] = {
	ROW_FLAGS("accessPolicy", "Read", access_flags, NOWHERE),
};
const struct schema_element schema_handler = { ATTRIBUTES(handler_attributes) };
static const struct schema_collection handlers = { "add",          "remove",
						   "clear",        &schema_handler,
						   { "name" },     .case_sensitive = true,
						   .prepend = true };
const struct schema_element schema_handlers = { .name = "handlers",
						ATTRIBUTES(handlers_attributes),
						.collection = &handlers };

const struct web_collection_place schema_web_collections[WEB_COLLECTION_COUNT] = {
	[WEB_DEFAULT_DOCUMENTS] = { "defaultDocument", "files", &documents },
	[WEB_MIME_MAPS] = { "staticContent", "", &mime_maps },
	[WEB_ERRORS] = { "httpErrors", "", &error_pages },
	[WEB_HEADERS] = { "httpProtocol", "customHeaders", &headers },
	[WEB_EXTENSIONS] = { "security/requestFiltering", "fileExtensions", &extensions },
	[WEB_SEGMENTS] = { "security/requestFiltering", "hiddenSegments", &segments },
	[WEB_VERBS] = { "security/requestFiltering", "verbs", &verbs },
	[WEB_HANDLERS] = { "handlers", "", &handlers },
};
