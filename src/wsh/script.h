/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script that is about to run: its pieces of VBScript with the places they came from, and what a
 * .wsf job says besides. A .vbs file is a job of one piece. Made once per run of cscript; one
 * thread; everything lives in the script's arena.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "script/vbs/vbs.h"
#include "wsh/options.h"

#define WSH_PARTS_MAX 1024 /* <script>, <object>, <resource> ... of a job, each */

/* <object id="..." progid="..." | classid="..." events="true"> */
struct wsh_object {
	const char *id;
	const char *class_name; /* a ProgID, or "{...}" */
	bool events;
	int line, column;
};

/* <reference object="..." | guid="...">: a library whose constants the job wants. */
struct wsh_reference {
	const char *name;
	int line, column;
};

/* <resource id="...">text</resource> */
struct wsh_resource {
	const char *id;
	struct text value;
};

/* <named> and <unnamed> of <runtime>; texts are never NULL. */
struct wsh_usage_argument {
	bool named;
	const char *name, *help;
	enum wsh_argument_type {
		WSH_ARGUMENT_STRING,
		WSH_ARGUMENT_BOOLEAN,
		WSH_ARGUMENT_SIMPLE
	} type;
	unsigned required; /* unnamed: how many */
	bool many;
};

struct wsh_runtime {
	bool there;
	struct text description, example, usage; /* data NULL: there is none */
	const struct wsh_usage_argument *arguments;
	size_t argument_count;
};

struct wsh_script {
	struct arena arena;
	char *path;         /* WScript.ScriptFullName */
	const char **files; /* of the parts: for error reports */
	size_t file_count;
	const struct vbs_segment *parts; /* each is a program of its own, run in this order */
	size_t part_count;
	const struct wsh_object *objects;
	size_t object_count;
	const struct wsh_reference *references;
	size_t reference_count;
	const struct wsh_resource *resources;
	size_t resource_count;
	struct wsh_runtime runtime;
};

/* Reads the script that `options` name. Errors are texts in WSH's words; `err` has a file and a
 * line for a .wsf file that is not well formed. Always fill: wsh_script_done takes what is half
 * made. */
int wsh_script_load(const struct wsh_options *options, struct wsh_script *ret, struct error *err);
void wsh_script_done(struct wsh_script *script);

/* Whether this host can run scripts of `language` ("VBScript", in any case, and its versions and
 * aliases); used for //E: and for <script language="...">. */
bool wsh_language_known(struct text language);
