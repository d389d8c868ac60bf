/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The request filter of a new installation: hidden segments (404.8) and denied extensions (404.7).
 * `surrogate.app` is ours: it says how a folder is isolated. Files of SQLite are ours too, as .mdb
 * is Windows's.
 */
#pragma once

#define FILTER_SEGMENTS(X)                                                                         \
	X("web.config")                                                                            \
	X("bin")                                                                                   \
	X("App_code")                                                                              \
	X("App_GlobalResources")                                                                   \
	X("App_LocalResources")                                                                    \
	X("App_WebReferences")                                                                     \
	X("App_Data")                                                                              \
	X("App_Browsers")                                                                          \
	X("surrogate.app")                                                                         \
	X(".git")                                                                                  \
	X(".svn")                                                                                  \
	X(".hg")

/* clang-format off */
#define FILTER_EXTENSIONS(X) \
	X(".asa") X(".asax") X(".ascx") X(".master") X(".skin") X(".browser") X(".sitemap") \
	X(".config") X(".cs") X(".csproj") X(".vb") X(".vbproj") X(".webinfo") X(".licx") X(".resx") \
	X(".resources") X(".mdb") X(".vjsproj") X(".java") X(".jsl") X(".ldb") X(".dsdgm") X(".ssdgm") \
	X(".lsad") X(".ssmap") X(".cd") X(".dsprototype") X(".lsaprototype") X(".sdm") \
	X(".sdmDocument") X(".mdf") X(".ldf") X(".ad") X(".dd") X(".ldd") X(".sd") X(".adprototype") \
	X(".lddprototype") X(".exclude") X(".refresh") X(".compiled") X(".msgx") X(".vsdisco") \
	X(".rules") X(".sqlite") X(".sqlite3") X(".db")
/* clang-format on */
