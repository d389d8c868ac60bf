/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of each status.sub-status, as IIS numbers them (facts: product documentation):
 * X(status, sub, hresult, win32, title, summary, causes). sub -1 stands for all others of that
 * status. Causes are separated by newlines. errors.c, its tests and the manual read it.
 */
#pragma once

#define WEB_ERROR_TABLE(X)                                                                         \
	X(400, -1, 0x8007000D, 13, "Bad Request",                                                  \
	  "The request cannot be understood by the server.",                                       \
	  "The address or a header of the request is malformed.")                                  \
	X(401, 2, 0x80070005, 5, "Unauthorized", "You must be signed in to view this page.",       \
	  "Anonymous access is switched off, and there is no other way to sign in.\n"              \
	  "A rule of security/authorization keeps anonymous users out.")                           \
	X(401, 503, 0x80070005, 5, "Unauthorized", "Your address may not view this page.",         \
	  "security/ipSecurity denies the address of the client.")                                 \
	X(401, 3, 0x80070005, 5, "Unauthorized",                                                   \
	  "You do not have permission to view this folder or file.",                               \
	  "The account the server runs as may not read the file (look at its owner and mode).\n"   \
	  "A folder on the way to the file may not be entered.")                                   \
	X(401, -1, 0x80070005, 5, "Unauthorized", "You must be signed in to view this page.",      \
	  "No credentials were sent, or they were refused.")                                       \
	X(403, 1, 0x80070005, 5, "Forbidden", "Programs may not be run in this folder.",           \
	  "The handler needs Execute, which accessPolicy does not give.")                          \
	X(403, 2, 0x80070005, 5, "Forbidden", "Files may not be read in this folder.",             \
	  "accessPolicy of the folder does not give Read, or the folder cannot be opened.")        \
	X(403, 3, 0x80070005, 5, "Forbidden", "Files may not be written in this folder.",          \
	  "The handler needs Write, which accessPolicy does not give.")                            \
	X(403, 4, 0x80070005, 5, "Forbidden", "This page must be asked for with https.",           \
	  "sslFlags of security/access asks for TLS, and this connection has none.")               \
	X(403, 5, 0x80070005, 5, "Forbidden", "This page must be asked for with https.",           \
	  "sslFlags of security/access asks for TLS of 128 bits, and this connection has none.")   \
	X(403, 6, 0x80070005, 5, "Forbidden", "Your address may not view this page.",              \
	  "security/ipSecurity denies the address of the client.")                                 \
	X(403, 7, 0x80070005, 5, "Forbidden", "This page asks for a client certificate.",          \
	  "sslFlags of security/access asks for one, and this connection has no TLS.")             \
	X(403, 14, 0, 5, "Forbidden",                                                              \
	  "The server is configured to not list the contents of this folder.",                     \
	  "No default document is there, and listing folders is switched off.\n"                   \
	  "The name of the default document is not in system.webServer/defaultDocument.")          \
	X(403, 18, 0x80070005, 5, "Forbidden", "The address cannot be run in this pool.",          \
	  "A page tried to run a page that belongs to another application pool.")                  \
	X(403, -1, 0x80070005, 5, "Forbidden", "You may not view this page.",                      \
	  "The configuration of the folder forbids it.")                                           \
	X(404, 2, 0x800704EC, 1260, "Not Found",                                                   \
	  "The extension or program is not on the list of what may run.",                          \
	  "The handler runs a native program, and isapiCgiRestriction does not allow it.")         \
	X(404, 3, 0x80070032, 50, "Not Found",                                                     \
	  "The file's extension has no MIME type, so it is not served.",                           \
	  "Files of this kind are not meant to be downloaded.\n"                                   \
	  "If they are: add a mimeMap to system.webServer/staticContent.")                         \
	X(404, 4, 0x80070032, 50, "Not Found", "No handler is there for this address.",            \
	  "system.webServer/handlers has nothing for this extension and verb.")                    \
	X(404, 5, 0, 0, "Not Found", "The address has a sequence that is denied.",                 \
	  "Request filtering (denyUrlSequences) refuses it.")                                      \
	X(404, 6, 0, 0, "Not Found", "The verb of the request is denied.",                         \
	  "Request filtering (verbs) refuses it.")                                                 \
	X(404, 7, 0, 0, "Not Found", "The file's extension is denied.",                            \
	  "Request filtering (fileExtensions) refuses it.")                                        \
	X(404, 8, 0, 0, "Not Found", "The address has a segment that is hidden.",                  \
	  "Request filtering (hiddenSegments) refuses it.")                                        \
	X(404, 9, 0, 0, "Not Found", "The file is hidden.", "The file is marked as hidden.")       \
	X(404, 11, 0, 0, "Not Found", "The address is escaped twice.",                             \
	  "The path contains a plus sign, or an escaped percent sign before two digits.\n"         \
	  "If that is meant: allowDoubleEscaping in requestFiltering.")                            \
	X(404, 12, 0, 0, "Not Found", "The address has characters outside ASCII.",                 \
	  "Request filtering (allowHighBitCharacters) refuses them.")                              \
	X(404, 14, 0, 0, "Not Found", "The address is too long.",                                  \
	  "It is longer than maxUrl in requestFiltering.")                                         \
	X(404, 15, 0, 0, "Not Found", "The query of the address is too long.",                     \
	  "It is longer than maxQueryString in requestFiltering.")                                 \
	X(404, 18, 0, 0, "Not Found", "The query has a sequence that is denied.",                  \
	  "Request filtering (denyQueryStringSequences) refuses it.")                              \
	X(404, 19, 0, 0, "Not Found", "A filtering rule refuses the request.",                     \
	  "A rule in requestFiltering/filteringRules matched.")                                    \
	X(404, 20, 0, 0, "Not Found", "The address has too many segments.",                        \
	  "It has more than maxUrlSegments of the site's limits.")                                 \
	X(404, 503, 0, 5, "Not Found", "The page is not there for your address.",                  \
	  "security/ipSecurity denies the address of the client.")                                 \
	X(404, -1, 0x80070002, 2, "Not Found",                                                     \
	  "What you are looking for was removed, was renamed, or is not available now.",           \
	  "The folder or file does not exist on the server.\n"                                     \
	  "The address has a typing mistake.")                                                     \
	X(405, -1, 0x80070001, 1, "Method Not Allowed",                                            \
	  "The verb of the request cannot be used with this page.",                                \
	  "A form was sent to a static file.\nThe handler does not know the verb.")                \
	X(406, -1, 0, 0, "Not Acceptable", "The page exists in no form that the browser accepts.", \
	  "The Accept headers exclude it.")                                                        \
	X(408, -1, 0, 0, "Request Timeout", "The request did not arrive in time.",                 \
	  "The connection is slow, or it broke.")                                                  \
	X(412, -1, 0, 0, "Precondition Failed", "The page changed since the browser saw it last.", \
	  "A condition in the headers of the request does not hold.")                              \
	X(413, 1, 0, 0, "Request Entity Too Large", "The body of the request is too large.",       \
	  "It is longer than maxAllowedContentLength in requestFiltering.")                        \
	X(413, -1, 0, 0, "Request Entity Too Large", "The body of the request is too large.",      \
	  "It is longer than the limit of the server or of the page.")                             \
	X(416, -1, 0, 0, "Requested Range Not Satisfiable", "The file has no such range.",         \
	  "The file became shorter.")                                                              \
	X(431, -1, 0, 0, "Request Header Fields Too Large", "The headers are too large.",          \
	  "Too many cookies, or cookies that are too long.\n"                                      \
	  "A header is longer than headerLimits in requestFiltering allow.")                       \
	X(500, 11, 0, 0, "Internal Server Error", "The application is shutting down.",             \
	  "The application is being stopped.")                                                     \
	X(500, 12, 0, 0, "Internal Server Error", "The application is restarting.",                \
	  "The application is being restarted; try again in a moment.")                            \
	X(500, 13, 0, 0, "Internal Server Error", "The server is too busy.",                       \
	  "Too many requests are being served; try again in a moment.")                            \
	X(500, 15, 0, 0, "Internal Server Error", "Global.asa cannot be requested.",               \
	  "The address names global.asa, which only the server reads.")                            \
	X(500, 19, 0x8007000D, 13, "Internal Server Error",                                        \
	  "The page cannot be shown because its configuration is invalid.",                        \
	  "The configuration file named below has an error at the line that is shown.")            \
	X(500, 100, 0, 0, "Internal Server Error", "The page failed while it was run.",            \
	  "The script has an error at the line that is shown.")                                    \
	X(500, -1, 0x80004005, 0, "Internal Server Error",                                         \
	  "The page cannot be shown because an error occurred in the server.",                     \
	  "A module of the server failed.\n"                                                       \
	  "The host of the application could not be started: see the System log.")                 \
	X(501, -1, 0x80070032, 50, "Not Implemented",                                              \
	  "The server does not know how to do what is asked.",                                     \
	  "A verb or a header value of the request is not implemented.")                           \
	X(502, 2, 0x800706BE, 1726, "Bad Gateway",                                                 \
	  "The host of the application ended while it ran the page.",                              \
	  "The host was ended or failed: see the System log.")                                     \
	X(502, 3, 0x800703E3, 995, "Bad Gateway",                                                  \
	  "The host of the application answered what cannot be passed on.",                        \
	  "The page wrote an ill-formed header, or the host is damaged.")                          \
	X(502, -1, 0x800706BE, 1726, "Bad Gateway", "The host of the application failed.",         \
	  "See the System log.")                                                                   \
	X(503, 2, 0, 0, "Service Unavailable", "Too many requests wait for this application.",     \
	  "The queue of the application pool is full (queueLength).\n"                             \
	  "The application has as many requests under way as appConcurrentRequestLimit allows.")   \
	X(503, 3, 0, 0, "Service Unavailable", "Too many ASP requests wait.",                      \
	  "The limit requestQueueMax of system.webServer/asp is reached.")                         \
	X(503, -1, 0, 0, "Service Unavailable", "The service is unavailable.",                     \
	  "The application pool is stopped, or failed too often and was taken out of service.")
