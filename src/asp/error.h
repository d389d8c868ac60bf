/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ASP's own errors, numbered and worded as the product documentation lists them, and the record
 * of an error that ends a page: what the error page, Server.GetLastError and the event log show.
 * One table gives the numbers, both texts and the HRESULT a script sees in Err.Number.
 */
#pragma once

#include "base/text.h"

#include <surrogate/com.h>

/* X(number, short text, long text); '|' stands for the parameter. */
#define ASP_ERRORS(X)                                                                              \
	X(100, "Out of memory", "Unable to allocate required memory.")                             \
	X(101, "Unexpected error", "The function returned '|'.")                                   \
	X(102, "Expecting string input", "The function expects a string as input.")                \
	X(104, "Operation not Allowed", "|")                                                       \
	X(105, "Index out of range", "An array index is out of range.")                            \
	X(106, "Type Mismatch", "An unhandled data type was encountered.")                         \
	X(107, "Data size too large",                                                              \
	  "The size of data being sent in the request is over the "                                \
	  "allowed limit.")                                                                        \
	X(113, "Script timed out",                                                                 \
	  "The maximum amount of time for a script to execute was exceeded. You can change this "  \
	  "limit by specifying a new value for the property Server.ScriptTimeout or by changing "  \
	  "the value in the IIS administration tools.")                                            \
	X(115, "Unexpected error",                                                                 \
	  "A trappable error (|) occurred in an external object. The script cannot continue "      \
	  "running.")                                                                              \
	X(116, "Missing close of script delimiter",                                                \
	  "The Script block lacks the close of script tag (%>).")                                  \
	X(117, "Missing close of Script tag",                                                      \
	  "The Script block lacks the close of Script tag (</SCRIPT>) or close of tag symbol "     \
	  "(>).")                                                                                  \
	X(118, "Missing close of Object tag",                                                      \
	  "The Object block lacks the close of Object tag (</OBJECT>) or close of tag symbol "     \
	  "(>).")                                                                                  \
	X(119, "Missing Classid or Progid attribute",                                              \
	  "The object instance '|' requires a valid Classid or Progid in the object tag.")         \
	X(120, "Invalid Runat attribute",                                                          \
	  "The Runat attribute of the Script tag or Object tag can only have the value 'Server'.") \
	X(121, "Invalid Scope in object tag",                                                      \
	  "The object instance '|' cannot have Application or Session scope. To create the "       \
	  "object instance with Session or Application scope, place the Object tag in the "        \
	  "Global.asa file.")                                                                      \
	X(122, "Invalid Scope in object tag",                                                      \
	  "The object instance '|' must have Application or Session scope. This applies to all "   \
	  "objects created in a Global.asa file.")                                                 \
	X(123, "Missing Id attribute", "The required Id attribute of the Object tag is missing.")  \
	X(124, "Missing Language attribute",                                                       \
	  "The required Language attribute of the Script tag is missing.")                         \
	X(125, "Missing close of attribute",                                                       \
	  "The value of the '|' attribute has no closing delimiter.")                              \
	X(126, "Include file not found", "The include file '|' was not found.")                    \
	X(127, "Missing close of HTML comment",                                                    \
	  "The HTML comment or server-side include lacks the close tag (-->).")                    \
	X(128, "Missing File or Virtual attribute",                                                \
	  "The Include file name must be specified using either the File or Virtual attribute.")   \
	X(129, "Unknown scripting language",                                                       \
	  "The scripting language '|' is not found on the server.")                                \
	X(130, "Invalid File attribute",                                                           \
	  "File attribute '|' cannot start with forward slash or back slash.")                     \
	X(131, "Disallowed Parent Path",                                                           \
	  "The Include file '|' cannot contain '..' to indicate the parent directory.")            \
	X(132, "Compilation Error", "The Active Server Page '|' could not be processed.")          \
	X(135, "Cyclic Include",                                                                   \
	  "The file '|' is included by itself (perhaps indirectly). Please check include files "   \
	  "for other Include statements.")                                                         \
	X(136, "Invalid object instance name",                                                     \
	  "The object instance '|' is attempting to use a reserved name. This name is used by "    \
	  "Active Server Pages intrinsic objects.")                                                \
	X(137, "Invalid Global Script",                                                            \
	  "Script blocks must be one of the allowed Global.asa procedures. Script directives "     \
	  "within <% ... %> are not allowed within the global.asa file. The allowed procedure "    \
	  "names are Application_OnStart, Application_OnEnd, Session_OnStart, or Session_OnEnd.")  \
	X(138, "Nested Script Block",                                                              \
	  "A script block cannot be placed inside another script "                                 \
	  "block.")                                                                                \
	X(139, "Nested Object", "An object tag cannot be placed inside another object tag.")       \
	X(140, "Page Command Out Of Order",                                                        \
	  "The @ command must be the first command within the Active Server Page.")                \
	X(141, "Page Command Repeated",                                                            \
	  "The @ command can only be used once within the Active Server Page.")                    \
	X(147, "500 Server Error", "|")                                                            \
	X(156, "Header Error",                                                                     \
	  "The HTTP headers are already written to the client browser. Any HTTP header "           \
	  "modifications must be made before writing page content.")                               \
	X(157, "Buffering On", "Buffering cannot be turned off once it is already turned on.")     \
	X(158, "Missing URL", "A URL is required.")                                                \
	X(159, "Buffering Off", "Buffering must be on.")                                           \
	X(160, "Logging Failure", "Failure to write entry to log.")                                \
	X(171, "Missing Path", "The Path parameter must be specified for the MapPath method.")     \
	X(172, "Invalid Path",                                                                     \
	  "The Path parameter for the MapPath method must be a virtual path. A physical path was " \
	  "used.")                                                                                 \
	X(173, "Invalid Path Character",                                                           \
	  "An invalid character was specified in the Path parameter for the MapPath method.")      \
	X(174, "Invalid Path Character(s)",                                                        \
	  "An invalid '/' or '\\\\' was found in the Path parameter for the MapPath method.")      \
	X(175, "Disallowed Path Characters",                                                       \
	  "The '..' characters are not allowed in the Path parameter for the MapPath method.")     \
	X(176, "Path Not Found",                                                                   \
	  "The Path parameter for the MapPath method did not correspond to a known path.")         \
	X(177, "Server.CreateObject Failed", "|")                                                  \
	X(183, "Empty Cookie Key", "A cookie with an empty key cannot be stored.")                 \
	X(184, "Missing Cookie Name", "A name must be specified for a cookie.")                    \
	X(185, "Missing Default Property", "A default property was not found for the object.")     \
	X(188, "Disallowed object use", "Cannot add intrinsic objects to the session.")            \
	X(191, "Script timeout value too small",                                                   \
	  "The Server.ScriptTimeout property must be at least 1 second.")                          \
	X(197, "Disallowed object use",                                                            \
	  "Cannot add object with apartment model behavior to the application intrinsic object.")  \
	X(200, "Out of Range 'Expires' attribute",                                                 \
	  "The date and time given for 'Expires' precedes Jan 1, 1980 or exceeds Jan 19, 2038, "   \
	  "3:14:07 GMT.")                                                                          \
	X(202, "Missing Code Page", "The code page attribute is missing.")                         \
	X(203, "Invalid Code Page", "The specified code page attribute is invalid.")               \
	X(204, "Invalid CodePage Value", "An invalid CodePage value was specified.")               \
	X(206, "Cannot call BinaryRead",                                                           \
	  "Cannot call BinaryRead after using Request.Form collection.")                           \
	X(207, "Cannot use Request.Form",                                                          \
	  "Cannot use Request.Form collection after calling BinaryRead.")                          \
	X(208, "Cannot use generic Request collection",                                            \
	  "Cannot use the generic Request collection after calling BinaryRead.")                   \
	X(209, "Illegal value for TRANSACTION property",                                           \
	  "The TRANSACTION property can only be REQUIRED, REQUIRES_NEW, SUPPORTED, or "            \
	  "NOT_SUPPORTED.")                                                                        \
	X(219, "Missing LCID", "The LCID attribute is missing.")                                   \
	X(220, "Invalid LCID", "The specified LCID is not available.")                             \
	X(221, "Invalid @ Command directive", "The specified '|' option is unknown or invalid.")   \
	X(230, "Server.Transfer Error", "Cannot find the page '|'.")                               \
	X(231, "Server.Execute Error",                                                             \
	  "Invalid URL form or fully-qualified absolute URL was used. Use relative URLs.")         \
	X(232, "Server.Execute Error",                                                             \
	  "Cannot find the page '|', or too many pages call one "                                  \
	  "another.")                                                                              \
	X(246, "Too many concurrent users. Please try again later.", "")                           \
	X(251, "Response Buffer Limit Exceeded",                                                   \
	  "Execution of the ASP page caused the Response Buffer to exceed its configured limit.")

enum asp_error_number {
#define X(number, brief, text) ASP_ERROR_##number = number,
	ASP_ERRORS(X)
#undef X
};

/* What ended a page. Texts are owned (mem_free) and may be NULL when there was no memory for
 * them. Zero-initialise before use. */
struct asp_error {
	uint32_t asp;      /* 126 for ASP 0126, 0: the script engine's */
	HRESULT number;    /* 0x800A000D; 0x80004005 for most of ASP's own */
	char *category;    /* "Microsoft VBScript runtime", "Active Server Pages" */
	char *description; /* one line: what happened */
	char *detail;      /* ASP's long text, or NULL */
	char *file;        /* virtual path */
	char *source;      /* the source line, or NULL */
	char *stack;       /* the calls that led there, newest first, a line each; or NULL */
	uint32_t line, column;
};
void asp_error_done(struct asp_error *error);
/* Fills with error `number` of the table; `parameter` replaces '|', may be empty. */
void asp_error_set(struct asp_error *error, unsigned number, struct text parameter);
void asp_error_place(struct asp_error *error, struct text file, uint32_t line, uint32_t column);

struct vbs_error;
/* Takes over what the script engine says (copies its texts). */
void asp_error_from_script(struct asp_error *error, const struct vbs_error *from);

/* The short text of the table; NULL when it has no such number. */
const char *asp_error_brief(unsigned number);
/* The long text with '|' replaced; mem_free. */
char *asp_error_format(unsigned number, struct text parameter);
