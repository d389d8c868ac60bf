/* SPDX-License-Identifier: Apache-2.0 */
/* WScript.Network: names, empty lists, and errors that say what to do instead. */
#include "../scripting/script.h"

#include "library/wscript/support.h"
#include "library/wscript/wscript.h"

#include <stdlib.h>

#define N "Set n = CreateObject(\"WScript.Network\")\n"

static const struct script_row rows[] = {
	{ N "R = TypeName(n)", "IWshNetwork2" },
	{ N "R = n.UserName & \"@\" & n.UserDomain", "MyPool@IIS APPPOOL" },
	{ N "R = (n.ComputerName = UCase(n.ComputerName)) & (Len(n.ComputerName) > 0)",
	  "TrueTrue" },
	{ N "R = n.EnumPrinterConnections.Count & n.EnumPrinterConnections.length", "00" },
	{ N "R = n.EnumNetworkDrives.Count Mod 2", "0" },
	{ N "For Each p In n.EnumPrinterConnections: R = R & p: Next", "(empty)" },
	{ N "n.EnumPrinterConnections.Item 0", "Error 9: Subscript out of range" },
	{ N "n.MapNetworkDrive \"Z:\", \"\\\\a\\b\"",
	  "Error 0x80070032: Scripts connect no network drives here: mount the share (/etc/fstab) "
	  "and use its folder" },
	{ N "n.RemoveNetworkDrive \"Z:\"",
	  "Error 0x80070032: Scripts connect no network drives here: mount the share (/etc/fstab) "
	  "and use its folder" },
	{ N "n.SetDefaultPrinter \"p\"",
	  "Error 0x80070032: There are no printer connections here: set printers up with CUPS and "
	  "print with lp" },
	{ N "R = n.Organization & n.Site & n.UserProfile", "" },
};

static void members(void **state)
{
	script_check(rows, ARRAY_LEN(rows));
}

static void lists(void **state)
{
	IDispatch *list = NULL;
	VARIANT v = { 0 }, i = v_long(1), e = { 0 };

	assert_int_equal(wscript_collection_new((const char *[]){ "a", "b" }, 2, &list), S_OK);
	assert_int_equal(automation_invoke(list, DISPID_VALUE, DISPATCH_METHOD, &i, 1, &v, NULL),
			 S_OK);
	assert_shows(&v, "b");
	assert_int_equal(automation_invoke(list, DISPID_NEWENUM, DISPATCH_PROPERTYGET, NULL, 0, &e,
					   NULL),
			 S_OK);
	VariantClear(&e);
	list->lpVtbl->Release(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(members), cmocka_unit_test(lists) };

	setenv("SURROGATE_USER", "IIS APPPOOL\\MyPool", 1);
	if (wscript_register() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
