/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that the specifications print, decoded, looked at and encoded again as the same bytes. They
 * print few: [MS-RPCE] 4.6 and 4.7 draw layouts, which are filled in here, [MS-PAC] 3.1 has all
 * bytes of a type serialization stream of Windows, with pointers, strings and arrays in each other;
 * the examples of [MS-DCOM] 4 and [MS-OAUT] 4 and chapter 14 of [C706] have none.
 */
#include "../unit.h"
#include "../hex.h"

#include "base/mem.h"
#include "ndr/ndr.h"
#include "vectors.h"

#include <errno.h>
#include <stdio.h>

/* ---- what is in them ---- */

static const char16_t *wide(const RPC_UNICODE_STRING *s, const char *expected)
{
	size_t length = strlen(expected);

	assert_int_equal(s->Length, 2 * length);
	for (size_t i = 0; i < length; i++)
		assert_int_equal(s->Buffer[i], expected[i]);
	return (const char16_t *)s->Buffer;
}

static void require_sid(const RPC_SID *sid, size_t count, const uint32_t *parts)
{
	assert_int_equal(sid->Revision, 1);
	assert_int_equal(sid->IdentifierAuthority.Value[5], 5);
	assert_int_equal(sid->SubAuthorityCount, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(sid->SubAuthority[i], parts[i]);
}

/* What the text of [MS-PAC] 3.1 says of it. */
static void check_logon(const void *value)
{
	static const uint32_t domain[] = { 21, 397955417, 626881126, 188441444 };
	static const uint32_t first[] = { 21, 773533881, 1816936887, 355810188, 513 };
	static const uint32_t last[] = { 21, 397955417, 626881126, 188441444, 3038983 };
	const KERB_VALIDATION_INFO *info = ((const LOGON_INFORMATION *)value)->info;

	assert_int_equal(info->LogonTime.dwLowDateTime, 0x0f6686d1);
	assert_int_equal(info->LogonTime.dwHighDateTime, 0x01c66a65);
	assert_int_equal(info->KickOffTime.dwHighDateTime, 0x7fffffff);
	wide(&info->EffectiveName, "lzhu");
	wide(&info->FullName, "Liqiang(Larry) Zhu");
	wide(&info->LogonScript, "ntds2.bat");
	assert_non_null(wide(&info->ProfilePath, ""));
	assert_int_equal(info->LogonCount, 4180);
	assert_int_equal(info->GroupCount, 26);
	assert_int_equal(info->GroupIds[0].RelativeId, 0x0033C461);
	assert_int_equal(info->GroupIds[0].Attributes, 7);
	assert_int_equal(info->GroupIds[25].RelativeId, 0x002E0E72);
	assert_int_equal(info->UserFlags, 0x20);
	wide(&info->LogonServer, "NTDEV-DC-05");
	assert_int_equal(info->LogonServer.MaximumLength, 24);
	wide(&info->LogonDomainName, "NTDEV");
	require_sid(info->LogonDomainId, ARRAY_LEN(domain), domain);
	assert_int_equal(info->SidCount, 13);
	require_sid(info->ExtraSids[0].Sid, ARRAY_LEN(first), first);
	assert_int_equal(info->ExtraSids[1].Attributes, 0x20000007);
	require_sid(info->ExtraSids[12].Sid, ARRAY_LEN(last), last);
	assert_null(info->ResourceGroupDomainSid);
	assert_null(info->ResourceGroupIds);
}

static void check_string(const void *value)
{
	const UNICODE_STRING *s = value;

	assert_int_equal(s->Length, 6);
	assert_int_equal(s->MaximumLength, 10);
	assert_int_equal(s->pString[0], 'a');
	assert_int_equal(s->pString[2], 'c');
}

static void check_correlated(const void *frame)
{
	const struct examples_CorrelatedMethod *f = frame;

	assert_int_equal(f->Size, 3);
	assert_int_equal(f->pArray[0], 1);
	assert_int_equal(f->pArray[2], -2);
}

/* ---- the bytes ---- */

static const char logon[] = "01100800cccccccc a004000000000000 00000200d186660f 656ac601ffffffff"
			    "ffffff7fffffffff ffffff7f17d439fe 784ac6011794a328 424bc60117542497"
			    "7a81c60108000800 0400020024002400 0800020012001200 0c00020000000000"
			    "1000020000000000 1400020000000000 1800020054100000 97792c0001020000"
			    "1a0000001c000200 2000000000000000 0000000000000000 0000000016001800"
			    "200002000a000c00 2400020028000200 0000000000000000 1000000000000000"
			    "0000000000000000 0000000000000000 0000000000000000 0d0000002c000200"
			    "0000000000000000 0000000004000000 0000000004000000 6c007a0068007500"
			    "1200000000000000 120000004c006900 7100690061006e00 670028004c006100"
			    "7200720079002900 20005a0068007500 0900000000000000 090000006e007400"
			    "6400730032002e00 6200610074000000 0000000000000000 0000000000000000"
			    "0000000000000000 0000000000000000 000000001a000000 61c4330007000000"
			    "09c32d0007000000 5eb4320007000000 0102000007000000 97b92c0007000000"
			    "2bf1320007000000 ce30330007000000 a72e2e0007000000 2af1320007000000"
			    "98b92c0007000000 62c4330007000000 9401330007000000 76c4330007000000"
			    "aefe2d0007000000 32d22c0007000000 1608320007000000 425b2e0007000000"
			    "5fb4320007000000 ca9c350007000000 85442d0007000000 c2f0320007000000"
			    "e9ea310007000000 ed8e2e0007000000 b6eb310007000000 ab2e2e0007000000"
			    "720e2e0007000000 0c00000000000000 0b0000004e005400 4400450056002d00"
			    "440043002d003000 3500000006000000 0000000005000000 4e00540044004500"
			    "5600000004000000 0104000000000005 150000005951b817 66725d2564633b0b"
			    "0d00000030000200 0700000034000200 0700002038000200 070000203c000200"
			    "0700002040000200 0700002044000200 0700002048000200 070000204c000200"
			    "0700002050000200 0700002054000200 0700002058000200 070000205c000200"
			    "0700002060000200 0700002005000000 0105000000000005 15000000b9301b2e"
			    "b7414c6c8c3b3515 0102000005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b 74542f0005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b e838320005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b cd38320005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b 5db4320005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b 4116350005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b e8ea310005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b c119320005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b 29f1320005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b 0f5f2e0005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b 2f5b2e0005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b ef8f310005000000 0105000000000005 150000005951b817"
			    "66725d2564633b0b 075f2e0000000000";

static const struct vector {
	const char *section;
	const struct ndr_type *type; /* of a stream; NULL: a request of the method */
	unsigned method;
	void (*check)(const void *value);
	const char *hex;
} vectors[] = {
	{ "[MS-PAC] 3.1", &ndr_type_LOGON_INFORMATION, 0, check_logon, logon },
	{ "[MS-RPCE] 4.6", NULL, 0, check_correlated,
	  "03000000"                   /* Value of Size */
	  "03000000 0100 0000 feff" }, /* Maximum Count, Representation of elements */
	{ "[MS-RPCE] 4.7, 2.2.6", &ndr_type_UNICODE_STRING, 0, check_string,
	  "01100800 cccccccc 20000000 00000000"
	  "0600 0a00 00000200"         /* Length, MaximumLength, Pointer Identifier */
	  "05000000 00000000 03000000" /* Maximum Count, Offset, Actual Count */
	  "6100 6200 6300 0000 00000000" },
};

static int decode(const struct vector *v, const uint8_t *bytes, size_t size, struct arena *arena,
		  void *value, struct error *err)
{
	struct ndr_decoder d;
	size_t used;

	if (v->type) {
		int r = ndr_unpickle(v->type, bytes, size, NULL, arena, value, &used, err);

		assert_true(r || used == size);
		return r;
	}
	ndr_decoder_init(&d, bytes, size, NDR_DREP, arena, NDR_MEMORY_MAX, NULL, err);
	int r = ndr_decode_call(&d, ndr_method_at(&ndr_interface_examples, v->method), NDR_IN,
				value);

	assert_true(r || ndr_decoder_at_end(&d));
	ndr_decoder_done(&d);
	return r;
}

static int encode(const struct vector *v, const void *value, struct buf *out, struct error *err)
{
	struct ndr_encoder e;

	if (v->type)
		return ndr_pickle(v->type, value, NULL, out, err);
	ndr_encoder_init(&e, out, NULL, err);
	int r = ndr_encode_call(&e, ndr_method_at(&ndr_interface_examples, v->method), NDR_IN,
				value);

	ndr_encoder_done(&e);
	return r;
}

static void are_read_and_written(void **state)
{
	static uint8_t bytes[4096];

	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct vector *v = &vectors[i];
		_Alignas(8) char value[64] = { 0 };
		size_t size = read_hex(v->hex, bytes);
		struct error err = { 0 };
		struct arena arena;
		struct buf out;

		arena_init(&arena, 1 << 20);
		buf_init(&out, 1 << 20);
		if (decode(v, bytes, size, &arena, value, &err))
			fail_msg("%s: %s", v->section, err.text);
		v->check(value);
		assert_int_equal(encode(v, value, &out, &err), 0);
		if (out.length != size || memcmp(out.data, bytes, size) != 0)
			fail_msg("%s: written otherwise", v->section);
		buf_done(&out);
		arena_done(&arena);
	}
}

/* [MS-RPCE] 3.1.1.5.3: the counts have to be what the expressions make of the lengths. Without its
 * last byte each is cut, but for what is padding. */
static void are_refused_when_damaged(void **state)
{
	static uint8_t bytes[4096];
	static const struct {
		unsigned vector, at;
		uint8_t byte;
	} damage[] = {
		{ 0, 8, 0xa8 },         /* the stream's length */
		{ 0, 16 + 0x3c, 0x05 }, /* a name's maximum length, and its array's count */
		{ 1, 0, 4 },            /* Size, Maximum Count */
		{ 1, 4, 2 },
		{ 2, 18, 12 }, /* MaximumLength, Maximum Count, Offset, Actual Count */
		{ 2, 24, 4 },
		{ 2, 28, 3 },
		{ 2, 32, 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		const struct vector *v = &vectors[damage[i].vector];
		_Alignas(8) char value[64] = { 0 };
		size_t size = read_hex(v->hex, bytes);
		struct arena arena;

		arena_init(&arena, 1 << 20);
		bytes[damage[i].at] = damage[i].byte;
		if (decode(v, bytes, size, &arena, value, NULL) != -EBADMSG)
			fail_msg("%s with byte %u damaged is taken", v->section, damage[i].at);
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_read_and_written),
		cmocka_unit_test(are_refused_when_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
