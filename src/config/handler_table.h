/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handlers and default documents of a new installation, in their order.
 * HANDLER_TABLE: X(name, path, verbs, modules, script processor, resource type, access)
 */
#pragma once

#define HANDLER_TABLE(X)                                                                           \
	X("ASPClassic", "*.asp", "GET,HEAD,POST", "IsapiModule", "asp.dll", "File", "Script")      \
	X("TRACEVerbHandler", "*", "TRACE", "ProtocolSupportModule", "", "Unspecified", "None")    \
	X("OPTIONSVerbHandler", "*", "OPTIONS", "ProtocolSupportModule", "", "Unspecified",        \
	  "None")                                                                                  \
	X("StaticFile", "*", "*", "StaticFileModule,DefaultDocumentModule,DirectoryListingModule", \
	  "", "Either", "Read")

#define DOCUMENT_TABLE(X)                                                                          \
	X("Default.htm")                                                                           \
	X("Default.asp")                                                                           \
	X("index.htm")                                                                             \
	X("index.html")                                                                            \
	X("index.asp")                                                                             \
	X("iisstart.htm")                                                                          \
	X("default.aspx")
