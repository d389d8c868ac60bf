/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web/path.h: whatever the client spells, a decoded path stays below the root and has one
 * spelling: encoding it and decoding it again changes nothing.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "web/path.h"

static void require_clean(struct text path)
{
	FUZZ_REQUIRE(path.length > 0 && path.data[0] == '/' && path.data[path.length] == '\0');
	FUZZ_REQUIRE(utf8_valid(path) && strlen(path.data) == path.length);
	FUZZ_REQUIRE(!strstr(path.data, "//") && !strstr(path.data, "/./"));
	FUZZ_REQUIRE(!strstr(path.data, "/../") && !text_ends_with_nocase(path, TEXT("/..")));
	FUZZ_REQUIRE(!text_ends_with_nocase(path, TEXT("/.")));
	FUZZ_REQUIRE(!strpbrk(path.data, "\\:*?\"<>|\r\n\t"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text raw = { (const char *)data, size };
	_cleanup_mem_ char *out = mem_alloc(size + 1);
	struct web_path p, again;
	FUZZ_REQUIRE(out);
	int e = web_path_decode(raw, out, &p);
	FUZZ_REQUIRE(e == 0 || e == 400 || e == 404);
	if (e)
		return 0;
	FUZZ_REQUIRE(p.path.length <= size);
	require_clean(p.path);
	static const char hex[] = "0123456789abcdef";
	_cleanup_mem_ char *coded = mem_alloc(3 * p.path.length + 1);
	_cleanup_mem_ char *back = mem_alloc(3 * p.path.length + 1);
	FUZZ_REQUIRE(coded && back);
	for (size_t i = 0; i < p.path.length; i++) {
		coded[3 * i] = '%';
		coded[3 * i + 1] = hex[(unsigned char)p.path.data[i] >> 4];
		coded[3 * i + 2] = hex[p.path.data[i] & 15];
	}
	FUZZ_REQUIRE(web_path_decode((struct text){ coded, 3 * p.path.length }, back, &again) == 0);
	FUZZ_REQUIRE(text_equal(again.path, p.path) && again.segments == p.segments);
	return 0;
}
