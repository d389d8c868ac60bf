/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encoded scripts (src/script/vbs/encoded.h): decoding is total and never grows; what was encoded
 * comes back.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "script/vbs/encoded.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text in = { (const char *)data, size };
	struct error err;
	struct buf there, back;

	buf_init(&back, size);
	int r = vbs_decode(in, &back, &err);
	FUZZ_REQUIRE(r == 0 || (r == -EBADMSG && vbs_is_encoded(in) && err.line > 0));
	buf_clear(&back);

	buf_init(&there, 2 * size + VBS_ENCODED_FRAME);
	FUZZ_REQUIRE(vbs_encode(in, &there) == 0 && vbs_is_encoded(buf_text(&there)));
	FUZZ_REQUIRE(vbs_decode(buf_text(&there), &back, NULL) == 0);
	FUZZ_REQUIRE(text_equal(buf_text(&back), in));
	buf_done(&there);
	buf_done(&back);
	return 0;
}
