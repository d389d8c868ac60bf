/* SPDX-License-Identifier: Apache-2.0 */
/* The page compiler as a browser sees it: page source in, bytes out. */
#include "site.h"

static const struct {
	const char *source, *expected;
} pages[] = {
	{ "plain text\n", "plain text\n" },
	{ "", "" },
	{ "a<% Response.Write 1 + 1 %>b", "a2b" },
	{ "a<%= 6 * 7 %>b\r\n", "a42b\r\n" },
	{ "<% =\"x\" %>", "x" },
	{ "<% If True Then %>yes<% Else %>no<% End If %>", "yes" },
	{ "<% For i = 1 To 3 %><li><%= i %></li><% Next %>", "<li>1</li><li>2</li><li>3</li>" },
	/* lines that hold only code leave no empty lines; blanks between values stay */
	{ "<% x = 1 %>\r\n<% y = 2 %>\n\n<html>", "\n\n<html>" },
	{ "<%= 1 %> <%= 2 %>", "1 2" },
	{ "<%= 1 %>\n<%= 2 %>", "1\n2" },
	{ "<% Select Case 2 %>\n  <% Case 1 %>one<% Case 2 %>two<% End Select %>", "two" },
	/* directives */
	{ "<%@ Language=\"VBScript\" %>\n<% Option Explicit %>\n<% Dim x : x = 5 %><%= x %>", "5" },
	{ "<%@LANGUAGE=VBScript CODEPAGE=65001 LCID=1033 ENABLESESSIONSTATE=False%>ok", "ok" },
	{ "<html>\n<%\n ' a comment first\n Option Explicit\n Dim x\n x = 1\n%><%= x %>",
	  "<html>\n1" },
	/* scripts and comments */
	{ "<script runat=\"server\">Sub Hi : Response.Write \"hi\" : End Sub</script>a<% Hi %>b",
	  "ahib" },
	{ "1<script language='vbscript' runat=server>Response.Write \"last\"</SCRIPT >2",
	  "12last" },
	{ "<script>var a = \"<%= 1 %>\";</script>", "<script>var a = \"1\";</script>" },
	{ "<!-- a comment --><!--#config x-->", "<!-- a comment --><!--#config x-->" },
	{ "<object data=\"x\"></object><scripts><objects>",
	  "<object data=\"x\"></object><scripts><objects>" },
	{ "<% %>", "" },
	{ "<% ' only a comment %>x", "x" },
	{ "a < b <", "a < b <" },
	{ "<%= \"a\" ' trailing comment %>", "a" },
	{ "<%= Replace(\"a-b\", \"-\", vbCrLf) %>", "a\r\nb" },
	/* procedures between text */
	{ "<% Sub Row(n) %><tr><%= n %></tr><% End Sub %><% Row 1 : Row 2 %>",
	  "<tr>1</tr><tr>2</tr>" },
	{ "<% Function F(x) : F = x * 2 : End Function %><%= F(4) %>", "8" },
	{ "<% Class C\nPublic N\nEnd Class\nSet c1 = New C\nc1.N = 7 %><%= c1.N %>", "7" },
	/* objects */
	{ "<object runat=server id=d progid=\"Scripting.Dictionary\"></object>"
	  "<% d.Add \"k\", \"v\" %><%= d(\"k\") %>",
	  "v" },
	{ "<object runat=server id=d progid=\"Scripting.Dictionary\"/><%= TypeName(d) %>",
	  "Dictionary" },
	{ "\xC3\xA9<%= \"\xC3\xA9\" %>", "\xC3\xA9\xC3\xA9" },
	{ "\xEF\xBB\xBFmark", "mark" },
	{ "<%@ CODEPAGE=1252 %>\xE9<%= ChrW(8364) & \"\xE9\" %>", "\xE9\x80\xE9" },
	{ "<% Response.Write Null %><% Response.Write Empty %><% Response.Write 1.5 %>", "1.5" },
	{ "<% Response.Write True %>", "True" },
	/* encoded: x = 6 * 7, and x */
	{ "<%@ LANGUAGE = VBScript.Encode "
	  "%><%#@~^DgAAAA==~XPx,v,ePF@#@&AwIAAA==^#~@%>|<%=#@~^AwAAAA==~XPuAAAAA==^#~@%>",
	  "|42" },
	{ "<script language=\"VBScript.Encode\" "
	  "runat=server>#@~^FQAAAA==]\177/2Kxk+RqDbO+,cTP3P+qQYAAA==^#~@</script>",
	  "42" },
	{ "<%= 0 %>,<%= -7 %>,<%= 32767 %>,<%= 2147483647 %>,<%= CLng(\"-2147483648\") %>",
	  "0,-7,32767,2147483647,-2147483648" },
};

static void pages_become_bytes(void **state)
{
	(void)state;
	struct site *site = site_new();
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		char name[32], url[40];
		snprintf(name, sizeof(name), "p%zu.asp", i);
		snprintf(url, sizeof(url), "/%s", name);
		site_put(site, name, pages[i].source);
		assert_string_equal(site_get(site, url), pages[i].expected);
		/* and again from the cache, in an engine that has run before */
		assert_string_equal(site_get(site, url), pages[i].expected);
	}
	site_free(site);
}

static void damaged_encoding_is_an_error(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "d.asp", "<%@ LANGUAGE=VBScript.Encode %>\n<%#@~^DgAAAA==\\ko$K6,^#~@%>");
	const char *page = site_get(site, "/d.asp");
	assert_non_null(strstr(page, "ASP 0101"));
	assert_non_null(strstr(page, "the encoded script is damaged"));
	site_free(site);
}

static void utf16_files_are_read(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put_bytes(site, "w.asp", "\xFF\xFE<\0%\0=\0\"\0\xE9\0\"\0%\0>\0", 18);
	assert_string_equal(site_get(site, "/w.asp"), "\xC3\xA9");
	site_free(site);
}

static void includes_are_part_of_the_page(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "a/page.asp",
		 "1<!--#include file=\"inc/one.inc\"-->2<!-- #INCLUDE VIRTUAL = '/two.inc' -->3"
		 "<%= Twice(4) %>");
	site_put(site, "a/inc/one.inc",
		 "<% Function Twice(x) : Twice = 2 * x : End Function %>one"
		 "<!--#include file=\"three.inc\"-->");
	site_put(site, "a/inc/three.inc", "three");
	site_put(site, "two.inc", "two");
	assert_string_equal(site_get(site, "/a/page.asp"), "1onethree2two38");
	site_put(site, "A.asp", "<!--#include virtual=\"/A/Inc/THREE.inc\"-->");
	assert_string_equal(site_get(site, "/A.asp"), "three");
	site_free(site);
}

static void an_included_directive_may_be_the_first(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "lib.asp", "<%@LANGUAGE=\"VBSCRIPT\" CODEPAGE=\"1252\"%>\xE9");
	site_put(site, "deep.asp", "<!-- more -->\r\n<!--#include file=\"lib.asp\"-->");
	site_put(site, "p.asp",
		 " <!-- a comment -->\n<% ' another %>\n<!--#include file=\"deep.asp\"-->\n"
		 "<% Option Explicit %><%= ChrW(8364) %>");
	assert_string_equal(site_get(site, "/p.asp"),
			    " <!-- a comment -->\n\n<!-- more -->\r\n\xE9\n\x80");
	site_put(site, "text.asp", "said <!--#include file=\"lib.asp\"-->");
	assert_contains(site_get(site, "/text.asp"), "ASP 0140");
	site_put(site, "code.asp", "<% x = 1 %><!--#include file=\"lib.asp\"-->");
	assert_contains(site_get(site, "/code.asp"), "/lib.asp, line 1, column 1");
	site_put(site, "own.asp", "<%@ LCID=1033 %><!--#include file=\"lib.asp\"-->");
	assert_contains(site_get(site, "/own.asp"), "ASP 0141");
	site_free(site);
}

static void the_same_include_may_come_twice(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "p.asp", "<!--#include file=\"x.inc\"-->-<!--#include file=\"x.inc\"-->");
	site_put(site, "x.inc", "x");
	assert_string_equal(site_get(site, "/p.asp"), "x-x");
	site_free(site);
}

static void parent_paths_are_a_setting(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "a/p.asp", "<!--#include file=\"../x.inc\"-->");
	site_put(site, "x.inc", "up");
	assert_contains(site_get(site, "/a/p.asp"), "ASP 0131");
	site->settings.parent_paths = true;
	asp_settings_changed(site->asp);
	assert_string_equal(site_get(site, "/a/p.asp"), "up");
	assert_int_equal(site->settings_asked, 2);
	site_free(site);
}

static void a_changed_file_is_a_new_page(void **state)
{
	(void)state;
	struct site *site = site_new();
	site_put(site, "p.asp", "<!--#include file=\"x.inc\"-->");
	site_put(site, "x.inc", "old");
	assert_string_equal(site_get(site, "/p.asp"), "old");
	site_put(site, "x.inc", "new");
	/* Within the check interval the old page may still be served; asp_settings_changed
	 * makes the next request compile. */
	asp_settings_changed(site->asp);
	assert_string_equal(site_get(site, "/p.asp"), "new");
	site_free(site);
}

static void virtual_directories_map(void **state)
{
	(void)state;
	struct site *site = site_new();
	static char folder[128];
	site_put(site, "elsewhere/x.inc", "from there");
	snprintf(folder, sizeof(folder), "%s/elsewhere", site->folder);
	site->mappings[1] = site->mappings[0];
	site->mappings[0] = (struct asp_mapping){ "/v", folder };
	site->settings.mapping_count = 2;
	site_put(site, "p.asp",
		 "<!--#include virtual=\"/v/x.inc\"-->|<%= Server.MapPath(\"/v/y\") %>");
	char shown[PATH_SHOWN_SIZE], expected[PATH_SHOWN_SIZE + 64];
	path_show(folder, shown);
	snprintf(expected, sizeof(expected), "from there|%s\\y", shown);
	assert_string_equal(site_get(site, "/p.asp"), expected);
	site_free(site);
}

int main(void)
{
	scripting_register();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_become_bytes),
		cmocka_unit_test(damaged_encoding_is_an_error),
		cmocka_unit_test(utf16_files_are_read),
		cmocka_unit_test(includes_are_part_of_the_page),
		cmocka_unit_test(an_included_directive_may_be_the_first),
		cmocka_unit_test(the_same_include_may_come_twice),
		cmocka_unit_test(parent_paths_are_a_setting),
		cmocka_unit_test(a_changed_file_is_a_new_page),
		cmocka_unit_test(virtual_directories_map),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
