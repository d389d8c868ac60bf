/* SPDX-License-Identifier: Apache-2.0 */
/* FileSystemObject, File, Folder, Drive and TextStream, on a folder of their own. */
#include "../com/helpers.h"

#include "library/scripting/path.h"
#include "library/scripting/scripting.h"
#include "library/scripting/text-stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT_ERROR(n) MAKE_SCRIPT_HRESULT(n)

static char root[64];
static IDispatch *fso;

static char *at(const char *name)
{
	static char paths[8][256];
	static int next;
	char *p = paths[next++ % 8];

	snprintf(p, sizeof paths[0], "%s/%s", root, name);
	return p;
}

/* The same as scripts see it. */
static char *shown(const char *name)
{
	static char paths[8][PATH_SHOWN_SIZE];
	static int next;
	char *p = paths[next++ % 8];

	path_show(*name ? at(name) : root, p);
	return p;
}

static VARIANT v_at(const char *name)
{
	return v_text(at(name));
}

static void write_file(const char *name, const void *data, size_t length)
{
	FILE *f = fopen(at(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, length, f), length);
	fclose(f);
}

static void assert_file(const char *name, const void *want, size_t length)
{
	char got[4096];
	FILE *f = fopen(at(name), "rb");

	assert_non_null(f);
	assert_int_equal(fread(got, 1, sizeof got, f), length);
	assert_memory_equal(got, want, length);
	fclose(f);
}

static bool is_there(const char *name)
{
	return access(at(name), F_OK) == 0;
}

static int set_up(void **state)
{
	CLSID clsid;

	snprintf(root, sizeof root, "/tmp/surrogate-files-XXXXXX");
	if (!mkdtemp(root) || scripting_register() < 0)
		return -1;
	CLSIDFromProgID(u"Scripting.FileSystemObject", &clsid);
	return CoCreateInstance(&clsid, NULL, CLSCTX_ALL, &IID_IDispatch, (void **)&fso);
}

static int tear_down(void **state)
{
	char command[256];

	fso->lpVtbl->Release(fso);
	snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", root, root);
	return system(command);
}

/* The object that a member gives; the caller's. */
#define object_of(object, name, ...)                                                               \
	({                                                                                         \
		VARIANT _r = { 0 };                                                                \
		assert_int_equal(call_method(object, name, &_r, ##__VA_ARGS__), S_OK);             \
		assert_int_equal(_r.vt, VT_DISPATCH);                                              \
		_r.pdispVal;                                                                       \
	})

#define assert_gives(object, name, want, ...)                                                      \
	do {                                                                                       \
		VARIANT _r = { 0 };                                                                \
		assert_int_equal(call_method(object, name, &_r, ##__VA_ARGS__), S_OK);             \
		assert_shows(&_r, want);                                                           \
	} while (0)

#define assert_raises(object, name, number, ...)                                                   \
	assert_int_equal(call_method(object, name, NULL, ##__VA_ARGS__), SCRIPT_ERROR(number))

static void drop(IDispatch *d)
{
	d->lpVtbl->Release(d);
}

/* ---- TextStream ---- */

static void test_write_and_read(void **state)
{
	IDispatch *s = object_of(fso, "CreateTextFile", v_at("a.txt"));

	assert_gives(s, "Line", "1");
	assert_gives(s, "Column", "1");
	assert_int_equal(call_method(s, "Write", NULL, v_text("one\xC3\xA9")), S_OK);
	assert_gives(s, "Column", "5");
	assert_int_equal(call_method(s, "WriteLine", NULL, v_long(2)), S_OK);
	assert_int_equal(call_method(s, "WriteLine", NULL), S_OK);
	assert_int_equal(call_method(s, "WriteBlankLines", NULL, v_long(2)), S_OK);
	assert_gives(s, "Line", "5");
	assert_raises(s, "ReadLine", 54);
	assert_raises(s, "AtEndOfStream", 54);
	assert_int_equal(call_method(s, "Close", NULL), S_OK);
	assert_int_equal(call_method(s, "Close", NULL), S_OK);
	assert_raises(s, "Write", 91, v_text("x"));
	drop(s);
	assert_file("a.txt",
		    "one\xC3\xA9"
		    "2\r\n\r\n\r\n\r\n",
		    14);

	s = object_of(fso, "OpenTextFile", v_at("a.txt"));
	assert_gives(s, "AtEndOfStream", "False");
	assert_gives(s, "Read", "on", v_long(2));
	assert_gives(s, "Column", "3");
	assert_gives(s, "ReadLine",
		     "e\xC3\xA9"
		     "2");
	assert_gives(s, "Line", "2");
	assert_gives(s, "AtEndOfLine", "True");
	assert_int_equal(call_method(s, "SkipLine", NULL), S_OK);
	assert_gives(s, "ReadLine", "");
	assert_gives(s, "AtEndOfStream", "False");
	assert_int_equal(call_method(s, "Skip", NULL, v_long(2)), S_OK);
	assert_gives(s, "AtEndOfStream", "True");
	assert_raises(s, "ReadLine", 62);
	assert_raises(s, "ReadAll", 62);
	assert_raises(s, "Read", 62, v_long(1));
	assert_raises(s, "Read", 5, v_long(-1));
	assert_raises(s, "Write", 54, v_text("x"));
	drop(s);
}

static void test_append(void **state)
{
	write_file("b.txt", "x", 1);
	IDispatch *s = object_of(fso, "OpenTextFile", v_at("b.txt"), v_long(8));

	call_method(s, "Write", NULL, v_text("y"));
	/* Without Close: the last reference writes too. */
	drop(s);
	assert_file("b.txt", "xy", 2);
	s = object_of(fso, "OpenTextFile", v_at("b.txt"), v_long(2));
	drop(s);
	assert_file("b.txt", "", 0);
	assert_raises(fso, "OpenTextFile", 53, v_at("none.txt"));
	assert_raises(fso, "OpenTextFile", 53, v_at("none.txt"), v_long(8));
	assert_raises(fso, "OpenTextFile", 5, v_at("b.txt"), v_long(3));
	assert_raises(fso, "OpenTextFile", 76, v_at("no/none.txt"), v_long(8), v_bool(true));
	s = object_of(fso, "OpenTextFile", v_at("new.txt"), v_long(8), v_bool(true));
	drop(s);
	assert_true(is_there("new.txt"));
	assert_raises(fso, "CreateTextFile", 58, v_at("new.txt"), v_bool(false));
	assert_raises(fso, "OpenTextFile", 70, v_text(root));
}

static void test_unicode(void **state)
{
	IDispatch *s = object_of(fso, "CreateTextFile", v_at("u.txt"), v_bool(true), v_bool(true));

	call_method(s, "WriteLine", NULL, v_text("\xE2\x82\xAC"));
	drop(s);
	assert_file("u.txt", "\xFF\xFE\xAC\x20\r\0\n\0", 8);
	s = object_of(fso, "OpenTextFile", v_at("u.txt"), v_long(8), v_bool(false), v_long(-1));
	call_method(s, "Write", NULL, v_text("x"));
	drop(s);
	s = object_of(fso, "OpenTextFile", v_at("u.txt"), v_long(1), v_bool(false), v_long(-1));
	assert_gives(s, "ReadAll", "\xE2\x82\xAC\r\nx");
	drop(s);
	write_file("mark.txt", "\xEF\xBB\xBFx", 4);
	s = object_of(fso, "OpenTextFile", v_at("mark.txt"));
	assert_gives(s, "ReadAll", "x");
	drop(s);
}

/* Characters across the pieces in which a file is read, and bytes that are no characters. */
static void test_pieces(void **state)
{
	enum { COUNT = 5000 };
	char *data = mem_alloc(COUNT * 4 + 8), *z;
	VARIANT r = { 0 };

	for (int offset = 0; offset < 4; offset++) {
		memset(data, 'x', 8);
		for (int i = 0; i < COUNT; i++)
			memcpy(data + offset + i * 4, "\xF0\x9F\x98\x80", 4);
		write_file("pieces.txt", data, COUNT * 4 + (size_t)offset);
		IDispatch *s = object_of(fso, "OpenTextFile", v_at("pieces.txt"));

		assert_int_equal(call_method(s, "ReadAll", &r), S_OK);
		z = v_show(&r);
		assert_int_equal(strlen(z), COUNT * 4 + offset);
		assert_memory_equal(z, data, COUNT * 4 + offset);
		mem_free(z);
		VariantClear(&r);
		drop(s);
	}
	mem_free(data);
	write_file("bad.txt", "a\xE2\x82", 3);
	IDispatch *s = object_of(fso, "OpenTextFile", v_at("bad.txt"));

	assert_gives(s, "ReadAll", "a\xC3\xA2\xE2\x80\x9A");
	drop(s);
	write_file("empty.txt", "", 0);
	s = object_of(fso, "OpenTextFile", v_at("empty.txt"));
	assert_gives(s, "AtEndOfStream", "True");
	assert_raises(s, "ReadAll", 62);
	drop(s);
	write_file("lines.txt", "a\nb\r\n\r\nc\rd", 10);
	s = object_of(fso, "OpenTextFile", v_at("lines.txt"));
	assert_gives(s, "ReadLine", "a");
	assert_gives(s, "ReadLine", "b");
	assert_gives(s, "ReadLine", "");
	assert_gives(s, "ReadLine", "c\rd");
	drop(s);
}

/* A disk that fails is an error of the script, not lost data without a word. */
static void test_write_failure(void **state)
{
#ifdef SURROGATE_FAULTS
	IDispatch *s = object_of(fso, "CreateTextFile", v_at("fail.txt"));

	call_method(s, "Write", NULL, v_text("x"));
	fault_arm(FAULT_WRITE, 1, true);
	HRESULT hr = call_method(s, "Close", NULL);

	fault_arm(FAULT_WRITE, 0, false);
	assert_true(FAILED(hr));
	drop(s);
#endif
}

/* ---- names ---- */

static void test_names(void **state)
{
	assert_gives(fso, "BuildPath", "C:\\a\\b", v_text("C:\\a"), v_text("b"));
	assert_gives(fso, "BuildPath", "C:\\a\\b", v_text("C:\\a\\"), v_text("b"));
	assert_gives(fso, "BuildPath", "C:\\b", v_text("C:"), v_text("b"));
	assert_gives(fso, "BuildPath", "/a/b", v_text("/a"), v_text("b"));
	assert_gives(fso, "BuildPath", "/a/b", v_text("/a/"), v_text("/b"));
	assert_gives(fso, "BuildPath", "b", v_text(""), v_text("b"));
	assert_gives(fso, "GetFileName", "b.txt", v_text("C:\\a\\b.txt"));
	assert_gives(fso, "GetBaseName", "b", v_text("C:\\a\\b.txt"));
	assert_gives(fso, "GetExtensionName", "txt", v_text("C:\\a\\b.txt"));
	assert_gives(fso, "GetParentFolderName", "C:\\a", v_text("C:\\a\\b.txt"));
	assert_gives(fso, "GetDriveName", "C:", v_text("C:\\a\\b.txt"));
	assert_gives(fso, "GetAbsolutePathName", "C:\\a\\c", v_text("C:\\a\\b\\..\\c"));
	assert_gives(fso, "GetAbsolutePathName", "Q:\\a\\c", v_text("q:\\a/b\\..\\c"));
	assert_gives(fso, "GetAbsolutePathName", "Q:\\a", v_text("Q:a"));
	assert_gives(fso, "GetAbsolutePathName", "\\\\server\\share\\x",
		     v_text("\\\\server\\share/x"));
	assert_raises(fso, "GetAbsolutePathName", 52, v_text(""));
	VARIANT r = { 0 };

	assert_int_equal(call_method(fso, "GetTempName", &r), S_OK);
	assert_int_equal(SysStringLen(r.bstrVal), 12);
	VariantClear(&r);
}

static void test_exists(void **state)
{
	write_file("There.txt", "x", 1);
	mkdir(at("Folder"), 0700);
	assert_gives(fso, "FileExists", "True", v_at("THERE.TXT"));
	assert_gives(fso, "FileExists", "False", v_at("Folder"));
	assert_gives(fso, "FileExists", "False", v_text(""));
	assert_gives(fso, "FileExists", "False", v_text("Q:\\x"));
	assert_gives(fso, "FolderExists", "True", v_at("folder"));
	assert_gives(fso, "FolderExists", "False", v_at("There.txt"));
	assert_gives(fso, "FolderExists", "True", v_text("C:\\"));
	assert_gives(fso, "DriveExists", "True", v_text("c:"));
	assert_gives(fso, "DriveExists", "False", v_text("Q:"));
}

/* ---- files ---- */

static void test_file(void **state)
{
	VARIANT r = { 0 };

	write_file("file.txt", "12345", 5);
	assert_raises(fso, "GetFile", 53, v_at("none"));
	assert_raises(fso, "GetFile", 53, v_at("Folder"));
	IDispatch *f = object_of(fso, "GetFile", v_at("FILE.TXT"));

	assert_gives(f, "Name", "file.txt");
	assert_gives(f, "Path", shown("file.txt"));
	assert_gives(f, "Size", "5");
	assert_gives(f, "Type", "Text Document");
	assert_gives(f, "Attributes", "32");
	assert_int_equal(call_method(f, "DateLastModified", &r), S_OK);
	assert_int_equal(r.vt, VT_DATE);
	assert_true(r.date > 46000);
	IDispatch *s = object_of(f, "OpenAsTextStream");

	assert_gives(s, "ReadAll", "12345");
	drop(s);
	IDispatch *folder = object_of(f, "ParentFolder");

	assert_gives(folder, "Path", shown(""));
	drop(folder);
	assert_int_equal(call_put(f, "Name", v_text("other.txt")), S_OK);
	assert_gives(f, "Name", "other.txt");
	assert_true(is_there("other.txt") && !is_there("file.txt"));
	assert_int_equal(call_put(f, "Name", v_text("a/b")), SCRIPT_ERROR(5));
	assert_int_equal(call_put(f, "Attributes", v_long(1)), S_OK);
	assert_gives(f, "Attributes", "33");
	assert_raises(f, "Delete", 70);
	assert_int_equal(call_method(f, "Copy", NULL, v_at("copy.txt")), S_OK);
	assert_file("copy.txt", "12345", 5);
	assert_int_equal(call_method(f, "Move", NULL, v_text(at("Folder/"))), S_OK);
	assert_gives(f, "Path", shown("Folder/other.txt"));
	assert_int_equal(call_method(f, "Delete", NULL, v_bool(true)), S_OK);
	assert_raises(f, "Size", 53);
	drop(f);
}

static void test_copy_move_delete(void **state)
{
	write_file("src.txt", "s", 1);
	write_file("dst.txt", "d", 1);
	assert_raises(fso, "CopyFile", 58, v_at("src.txt"), v_at("dst.txt"), v_bool(false));
	assert_file("dst.txt", "d", 1);
	assert_int_equal(call_method(fso, "CopyFile", NULL, v_at("src.txt"), v_at("dst.txt")),
			 S_OK);
	assert_file("dst.txt", "s", 1);
	/* Onto itself: nothing may be lost. */
	assert_raises(fso, "CopyFile", 70, v_at("src.txt"), v_at("src.txt"));
	assert_file("src.txt", "s", 1);
	assert_raises(fso, "CopyFile", 53, v_at("none"), v_at("dst.txt"));
	assert_raises(fso, "CopyFile", 76, v_at("src.txt"), v_at("no/dst.txt"));
	assert_raises(fso, "CopyFile", 76, v_at("src.txt"), v_at("no/"));
	assert_raises(fso, "CopyFile", 70, v_at("src.txt"), v_at("Folder"));
	assert_raises(fso, "MoveFile", 58, v_at("src.txt"), v_at("dst.txt"));
	assert_int_equal(call_method(fso, "MoveFile", NULL, v_at("src.txt"), v_at("moved.txt")),
			 S_OK);
	assert_true(is_there("moved.txt") && !is_there("src.txt"));
	assert_raises(fso, "DeleteFile", 53, v_at("src.txt"));
	assert_raises(fso, "DeleteFile", 53, v_at("Folder"));
	assert_raises(fso, "DeleteFile", 76, v_text("Q:\\x"));
	assert_int_equal(call_method(fso, "DeleteFile", NULL, v_at("MOVED.txt")), S_OK);
	assert_false(is_there("moved.txt"));
}

static void test_patterns(void **state)
{
	write_file("p1.tmp", "1", 1);
	write_file("p2.TMP", "2", 1);
	write_file("p3.dat", "3", 1);
	assert_raises(fso, "CopyFile", 53, v_at("*.none"), v_at("Folder/"));
	assert_int_equal(call_method(fso, "CopyFile", NULL, v_at("p?.tmp"), v_at("Folder")), S_OK);
	assert_true(is_there("Folder/p1.tmp") && is_there("Folder/p2.TMP"));
	assert_false(is_there("Folder/p3.dat"));
	assert_int_equal(call_method(fso, "DeleteFile", NULL, v_at("p*.tmp")), S_OK);
	assert_false(is_there("p1.tmp") || is_there("p2.TMP"));
	assert_true(is_there("p3.dat"));
}

/* ---- folders ---- */

static void test_folders(void **state)
{
	IDispatch *f = object_of(fso, "CreateFolder", v_at("tree"));

	assert_raises(fso, "CreateFolder", 58, v_at("TREE"));
	assert_raises(fso, "CreateFolder", 76, v_at("no/tree"));
	assert_gives(f, "Name", "tree");
	assert_gives(f, "IsRootFolder", "False");
	assert_gives(f, "Type", "File folder");
	IDispatch *folders = object_of(f, "SubFolders"), *files = object_of(f, "Files");
	IDispatch *inner = object_of(folders, "Add", v_text("inner"));
	IDispatch *s = object_of(inner, "CreateTextFile", v_text("leaf.txt"));

	call_method(s, "Write", NULL, v_text("leaf"));
	drop(s);
	drop(inner);
	write_file("tree/b.txt", "bb", 2);
	write_file("tree/A.txt", "a", 1);
	assert_int_equal(symlink("/etc", at("tree/inner/link")), 0);
	assert_gives(folders, "Count", "1");
	assert_gives(files, "Count", "2");
	assert_gives(files, "Item", shown("tree/b.txt"), v_text("B.TXT"));
	assert_raises(files, "Item", 53, v_text("inner"));
	assert_raises(folders, "Item", 76, v_text("b.txt"));
	assert_raises(files, "Item", 52, v_text("../x"));
	/* f.Files("b.txt"): the parameter belongs to the collection. */
	assert_gives(f, "Files", shown("tree/b.txt"), v_text("b.txt"));

	VARIANT list = { 0 }, item;
	IEnumVARIANT *e;
	char names[64] = "";

	assert_int_equal(automation_invoke(files, DISPID_NEWENUM, DISPATCH_PROPERTYGET, NULL, 0,
					   &list, NULL),
			 S_OK);
	assert_int_equal(list.punkVal->lpVtbl->QueryInterface(list.punkVal, &IID_IEnumVARIANT,
							      (void **)&e),
			 S_OK);
	while (e->lpVtbl->Next(e, 1, &item, NULL) == S_OK) {
		VARIANT r = { 0 };

		assert_int_equal(call_method(item.pdispVal, "Name", &r), S_OK);
		char *z = v_show(&r);

		strcat(strcat(names, z), ",");
		mem_free(z);
		VariantClear(&r);
		VariantClear(&item);
	}
	assert_string_equal(names, "A.txt,b.txt,");
	e->lpVtbl->Release(e);
	VariantClear(&list);
	drop(folders);
	drop(files);

	assert_int_equal(call_method(fso, "CopyFolder", NULL, v_at("tree"), v_at("tree2")), S_OK);
	assert_file("tree2/inner/leaf.txt", "leaf", 4);
	assert_false(is_there("tree2/inner/link"));
	assert_raises(fso, "CopyFolder", 58, v_at("tree"), v_at("tree2"), v_bool(false));
	assert_raises(fso, "CopyFolder", 70, v_at("tree"), v_at("tree/inner/self"));
	assert_raises(fso, "MoveFolder", 58, v_at("tree"), v_at("tree2"));
	assert_int_equal(call_method(fso, "MoveFolder", NULL, v_at("tree2"), v_at("tree3")), S_OK);
	assert_true(is_there("tree3/inner/leaf.txt") && !is_there("tree2"));
	assert_raises(fso, "DeleteFolder", 76, v_at("tree2"));
	assert_raises(fso, "DeleteFolder", 76, v_at("p3.dat"));
	/* The link goes, what it points to stays. */
	assert_int_equal(call_method(fso, "DeleteFolder", NULL, v_at("tree")), S_OK);
	assert_false(is_there("tree"));
	assert_int_equal(access("/etc/passwd", F_OK), 0);
	assert_gives(f, "Name", "tree");
	assert_raises(f, "Size", 76);
	drop(f);
	f = object_of(fso, "GetFolder", v_at("tree3"));
	assert_gives(f, "Size", "7");
	assert_int_equal(call_method(f, "Delete", NULL), S_OK);
	drop(f);
}

static void test_links(void **state)
{
	struct stat st;

	mkdir(at("real"), 0700);
	write_file("real/a.txt", "a", 1);
	assert_int_equal(symlink(at("real"), at("way")), 0);
	/* Into itself by another name: refused, not a hundred folders in each other. */
	assert_raises(fso, "CopyFolder", 70, v_at("real"), v_at("way/again"));
	assert_false(is_there("real/again/again"));
	/* The link is deleted, never what it leads to. */
	assert_int_equal(call_method(fso, "DeleteFolder", NULL, v_at("way")), S_OK);
	assert_int_equal(lstat(at("way"), &st), -1);
	assert_file("real/a.txt", "a", 1);
}

static VARIANT v_cut(const char *name, const char *behind)
{
	char *path = at(name);
	size_t n = strlen(path) + 1 + strlen(behind);
	char whole[512];

	memcpy(whole, path, strlen(path) + 1);
	memcpy(whole + strlen(path) + 1, behind, strlen(behind));
	VARIANT v = { .vt = VT_BSTR, .bstrVal = bstr_from_text((struct text){ whole, n }) };

	assert_non_null(v.bstrVal);
	return v;
}

/* A name with a NUL is no name; above all it is not the one that ends at the NUL. */
static void test_nul(void **state)
{
	mkdir(at("victim"), 0700);
	write_file("victim/a.txt", "a", 1);
	assert_raises(fso, "DeleteFolder", 52, v_cut("victim", "/x"));
	assert_raises(fso, "DeleteFile", 52, v_cut("victim/a.txt", ".tmp"));
	assert_raises(fso, "DeleteFile", 52, v_cut("victim/*", ".tmp"));
	assert_raises(fso, "CopyFile", 52, v_at("victim/a.txt"), v_cut("b.asp", ".txt"));
	assert_raises(fso, "MoveFile", 52, v_at("victim/a.txt"), v_cut("b.asp", ".txt"));
	assert_raises(fso, "CopyFolder", 52, v_at("victim"), v_cut("b.asp", ".txt"));
	assert_raises(fso, "GetAbsolutePathName", 52, v_cut("b.asp", ".txt"));
	assert_raises(fso, "GetExtensionName", 52, v_cut("b.asp", ".txt"));
	assert_false(is_there("b.asp"));

	IDispatch *f = object_of(fso, "GetFile", v_at("victim/a.txt"));

	assert_raises(f, "Copy", 52, v_cut("b.asp", ".txt"));
	drop(f);
	f = object_of(fso, "GetFolder", v_at("victim"));
	assert_raises(f, "CreateTextFile", 52, v_cut("b.asp", ".txt"));
	drop(f);
	assert_file("victim/a.txt", "a", 1);
}

static void test_special(void **state)
{
	IDispatch *f = object_of(fso, "GetSpecialFolder", v_long(2));

	drop(f);
	assert_raises(fso, "GetSpecialFolder", 5, v_long(3));
	f = object_of(fso, "GetDrive", v_text("C:\\"));
	assert_gives(f, "DriveLetter", "C");
	assert_gives(f, "IsReady", "True");
	VARIANT r = { 0 };

	assert_int_equal(call_method(f, "TotalSize", &r), S_OK);
	assert_true(r.dblVal > 0);
	drop(f);
	assert_raises(fso, "GetDrive", 68, v_text("Q:"));
	f = object_of(fso, "Drives");
	assert_gives(f, "Count", "1");
	assert_gives(f, "Item", "C:", v_text("C"));
	drop(f);
}

/* ---- without memory ---- */

struct no_memory {
	VARIANT file, folder, text;
};

static bool use_files(void *ctx)
{
	struct no_memory *in = ctx;
	VARIANT r = { 0 }, write[2] = { in->file, v_long(2) };
	bool ok = false;

	if (SUCCEEDED(automation_invoke(fso, 1100, DISPATCH_METHOD, write, 2, &r, NULL))) {
		ok = SUCCEEDED(automation_invoke(r.pdispVal, 10007, DISPATCH_METHOD, &in->text, 1,
						 NULL, NULL));
		ok = SUCCEEDED(automation_invoke(r.pdispVal, 10012, DISPATCH_METHOD, NULL, 0, NULL,
						 NULL)) &&
		     ok;
		VariantClear(&r);
	}
	if (SUCCEEDED(automation_invoke(fso, 1100, DISPATCH_METHOD, &in->file, 1, &r, NULL))) {
		VARIANT line = { 0 };

		ok = SUCCEEDED(automation_invoke(r.pdispVal, 10005, DISPATCH_METHOD, NULL, 0, &line,
						 NULL)) &&
		     ok;
		VariantClear(&line);
		VariantClear(&r);
	} else {
		ok = false;
	}
	if (SUCCEEDED(automation_invoke(fso, 10012, DISPATCH_METHOD, &in->folder, 1, &r, NULL))) {
		VARIANT files = { 0 }, list = { 0 };

		ok = SUCCEEDED(automation_invoke(r.pdispVal, 1101, DISPATCH_PROPERTYGET, NULL, 0,
						 &files, NULL)) &&
		     ok;
		if (files.vt == VT_DISPATCH)
			ok = SUCCEEDED(automation_invoke(files.pdispVal, DISPID_NEWENUM,
							 DISPATCH_PROPERTYGET, NULL, 0, &list,
							 NULL)) &&
			     ok;
		VariantClear(&list);
		VariantClear(&files);
		VariantClear(&r);
	} else {
		ok = false;
	}
	return ok;
}

/* What has arrived is given at once, and what is written leaves at once. */
static void test_standard_in(void **state)
{
	int in[2], old = dup(0);
	IDispatch *stream;
	VARIANT r;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(dup2(in[0], 0), 0);
	assert_int_equal(stream_standard(0, false, &stream), 0);
	assert_int_equal(write(in[1], "a\n", 2), 2);
	assert_int_equal(call_method(stream, "ReadLine", &r), S_OK);
	assert_shows(&r, "a");
	/* A mark is one at the beginning only. */
	assert_int_equal(write(in[1], "\xEF\xBB\xBF", 3), 3);
	close(in[1]);
	assert_int_equal(call_method(stream, "ReadAll", &r), S_OK);
	assert_shows(&r, "\xEF\xBB\xBF");
	stream->lpVtbl->Release(stream);
	assert_int_equal(dup2(old, 0), 0);
	close(old);
	close(in[0]);
	assert_int_equal(stream_standard(999, false, &stream), -EBADF);
}

static void test_standard_out(void **state)
{
	int out[2];
	char got[64];
	IDispatch *stream;
	VARIANT r;

	assert_int_equal(pipe(out), 0);
	assert_int_equal(stream_standard(out[1], false, &stream), 0);
	assert_int_equal(call_method(stream, "Write", &r, v_text("x\xC3\xA4")), S_OK);
	assert_int_equal(read(out[0], got, sizeof got), 3);
	assert_int_equal(call_method(stream, "WriteLine", &r, v_text("x\xC3\xA4")), S_OK);
	assert_int_equal(read(out[0], got, sizeof got), 4);
	assert_memory_equal(got, "x\xC3\xA4\n", 4);
	stream->lpVtbl->Release(stream);
	close(out[0]);
	close(out[1]);
}

static void test_no_memory(void **state)
{
	mkdir(at("few"), 0700);
	write_file("few/memory.txt", "line\r\n", 6);
	struct no_memory in = { v_at("few/memory.txt"), v_at("few"), v_text("text\r\n") };

	with_every_allocation_failing(use_files, &in);
	VariantClear(&in.file);
	VariantClear(&in.folder);
	VariantClear(&in.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_and_read),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_unicode),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_write_failure),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_exists),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_copy_move_delete),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_standard_in),
		cmocka_unit_test(test_standard_out),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
