/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IDL files: any text compiles or is refused with words and a place, within the limits.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "idl.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char native[] = "typedef int DWORD; struct GUID { };";
	struct error err = { 0 };
	struct idl idl;
	struct buf out;

	FUZZ_REQUIRE(idl_init(&idl, &err) == 0);
	FUZZ_REQUIRE(idl_add_native(&idl, native, sizeof native - 1) == 0);
	struct idl_file *file = idl_parse(&idl, "fuzz.idl", "fuzz.idl", (const char *)data, size);
	buf_init(&out, 16 << 20);
	if (file) {
		(void)idl_emit_header(&idl, file, &out);
		buf_clear(&out);
		if (!idl.result)
			(void)idl_emit_tables(&idl, file, &out);
	}
	FUZZ_REQUIRE(idl.result == 0 || idl.result == -EINVAL || idl.result == -ENOMEM);
	FUZZ_REQUIRE(idl.result == 0 || err.text[0]);
	buf_done(&out);
	idl_done(&idl);
	return 0;
}
