/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that Windows wrote, read, looked at and written again as the same bytes: [MS-DCOM] has the
 * layouts (2.2.18 to 2.2.22) and no examples of them. Names and addresses are made up.
 */
#include "../unit.h"
#include "../hex.h"

#include "base/mem.h"
#include "dcom/activation.h"
#include "ndr/ndr.h"

#include <stdio.h>

#define CUSTOM_RESERVED 44

/* 2.2.18.4, OBJREF_STANDARD: what an objref: moniker is the base64 of. */
static const char moniker[] = "4d454f5701000000 0000000000000000 c000000000000046 8102000000000000"
			      "df11541ae3dac130 4b0d26365adb9b06 02480000680dffff a3d7180913807221"
			      "22000c0007003100 320037002e003000 2e0030002e003100 000000000900ffff"
			      "00001e00ffff0000 1000ffff00000a00 ffff00001600ffff 00001f00ffff0000"
			      "0e00ffff00000000";

/* 3.1.2.5.2.3.3, what RemoteCreateInstance returns: ORPCTHAT, ppActProperties, the HRESULT. The
 * properties (2.2.22) are PropsOutInfo, with an OBJREF_STANDARD, and ScmReplyInfoData. */
static const char reply[] = "0100000000000000 00000200d8030000 d80300004d454f57 04000000a3010000"
			    "00000000c0000000 0000004639030000 00000000c0000000 0000004600000000"
			    "b0030000a0030000 0000000001100800 cccccccc60000000 00000000a0030000"
			    "7000000000000000 0200000002000000 0000000000000000 0000000000000000"
			    "0000020004000200 0000000002000000 3903000000000000 c000000000000046"
			    "b601000000000000 c000000000000046 0200000020010000 1002000001100800"
			    "cccccccc10010000 0000000001000000 0000020004000200 0800020001000000"
			    "506d48132148d211 a4943cb306c10000 0100000000000000 010000000c000200"
			    "d4000000d4000000 4d454f5701000000 506d48132148d211 a4943cb306c10000"
			    "0000000005000000 b48039857c064b47 5330d7f5b845bb30 021c0000ec343045"
			    "b0ff754d44ad168d 4800320007005300 4500520056004500 520031002d004500"
			    "580041004d005000 4c00450000000700 3100390038002e00 350031002e003100"
			    "300030002e003100 3000000007003100 360039002e003200 350034002e003100"
			    "300030002e003100 3000300000000000 0900ffff00001e00 ffff00001000ffff"
			    "00000a00ffff0000 1600ffff00001f00 ffff00000e00ffff 0000000001100800"
			    "cccccccc00020000 0000000000000000 00000200b4803985 7c064b4704000200"
			    "00980000ec343045 569ee56ae5e4ca3a 0100000005000700 e4000000e4004700"
			    "0700530045005200 5600450052003100 2d00450058004100 4d0050004c004500"
			    "5b00350034003800 370030005d000000 0700310039003800 2e00350031002e00"
			    "3100300030002e00 310030005b003500 3400380037003000 5d00000007003100"
			    "360039002e003200 350034002e003100 300030002e003100 300030005b003500"
			    "3400380037003000 5d00000000000a00 ffff530045005200 5600450052003100"
			    "2d00450058004100 4d0050004c004500 5c004f0066006600 6900630065007200"
			    "00001e00ffff5300 4500520056004500 520031002d004500 580041004d005000"
			    "4c0045005c004f00 6600660069006300 6500720000001000 ffff530045005200"
			    "5600450052003100 2d00450058004100 4d0050004c004500 5c004f0066006600"
			    "6900630065007200 00000900ffff5300 4500520056004500 520031002d004500"
			    "580041004d005000 4c0045005c004f00 6600660069006300 6500720000001600"
			    "ffff530045005200 5600450052003100 2d00450058004100 4d0050004c004500"
			    "5c004f0066006600 6900630065007200 00001f00ffff5300 4500520056004500"
			    "520031002d004500 580041004d005000 4c0045005c004f00 6600660069006300"
			    "6500720000000000 0000000000000000";

static void require_same(const struct buf *out, struct text expected, const char *what)
{
	if (!text_equal(buf_text(out), expected)) {
		for (size_t i = 0; i < out->length; i++)
			fprintf(stderr, "%02x%s", (unsigned char)out->data[i],
				i % 16 == 15 ? "\n" : "");
		fail_msg("\n%s is written otherwise", what);
	}
}

/* Each authentication service that Windows has, without a name. */
static void require_services(const struct bindings *b, const uint16_t *services, const char *name)
{
	assert_int_equal(b->security_count, services[0]);
	for (unsigned i = 0; i < b->security_count; i++) {
		assert_int_equal(b->security[i].service, services[1 + i]);
		assert_string_equal(b->security[i].principal, name);
	}
}

static void require_reference(struct text bytes, struct objref *ref)
{
	struct buf out;

	assert_int_equal(objref_parse(bytes, ref), 0);
	assert_int_equal(ref->kind, OBJREF_STANDARD);
	buf_init(&out, 4096);
	objref_put(ref, &out);
	require_same(&out, bytes, "the reference");
	buf_done(&out);
}

static const uint16_t without_names[] = { 7, 9, 30, 16, 10, 22, 31, 14 };

static void a_moniker(void **state)
{
	static uint8_t bytes[sizeof moniker];
	struct objref *ref = mem_alloc(sizeof *ref);
	struct text text = { (const char *)bytes, read_hex(moniker, bytes) };

	require_reference(text, ref);
	assert_true(IsEqualGUID(&ref->iid, &IID_IUnknown));
	assert_int_equal(ref->std.flags, 0x281);
	assert_int_equal(ref->std.public_refs, 0);
	assert_true(ref->std.oxid == 0x30c1dae31a5411df);
	assert_true(ref->std.oid == 0x069bdb5a36260d4b);
	assert_int_equal(ref->std.ipid.Data1, 0x4802);
	assert_int_equal(ref->resolver.string_count, 1);
	assert_string_equal(ref->resolver.strings[0].address, "127.0.0.1");
	require_services(&ref->resolver, without_names, "");
	mem_free(ref);
}

/* The object reference in the properties. */
static void check_object(struct text objref, uint64_t oxid)
{
	struct objref *ref = mem_alloc(sizeof *ref);

	require_reference(objref, ref);
	assert_int_equal(ref->iid.Data1, 0x13486d50);
	assert_int_equal(ref->std.flags, 0);
	assert_int_equal(ref->std.public_refs, 5);
	assert_true(ref->std.oxid == oxid);
	assert_int_equal(ref->resolver.string_count, 3);
	assert_string_equal(ref->resolver.strings[2].address, "169.254.100.100");
	require_services(&ref->resolver, without_names, "");
	mem_free(ref);
}

static void check_properties(struct text objref, struct arena *arena)
{
	static const uint16_t with_names[] = { 6, 10, 30, 16, 9, 22, 31 };
	struct activation_reply *got = arena_alloc(arena, sizeof *got);
	struct buf out;

	assert_int_equal(activation_parse_reply(objref, arena, got, NULL), S_OK);
	assert_true(got->oxid == 0x474b067c853980b4);
	assert_int_equal(got->rem_unknown.Data1, 0x9800);
	assert_int_equal(got->authn_hint, 1);
	assert_int_equal(got->version.MajorVersion, 5);
	assert_int_equal(got->version.MinorVersion, 7);
	assert_int_equal(got->bindings.string_count, 3);
	assert_string_equal(got->bindings.strings[0].address, "SERVER1-EXAMPLE[54870]");
	require_services(&got->bindings, with_names, "SERVER1-EXAMPLE\\Officer");
	assert_int_equal(got->count, 1);
	assert_int_equal(got->results[0].hr, S_OK);
	check_object(got->results[0].objref, got->oxid);
	buf_init(&out, 1 << 20);
	assert_int_equal(activation_put_reply(got, &out), 0);
	/* What is reserved in OBJREF_CUSTOM (2.2.18.6) may be anything: ours is the size of what
	 * follows, that of Windows 8 more here. */
	assert_memory_equal(out.data + CUSTOM_RESERVED, "\xa8\3\0\0", 4);
	memcpy(out.data + CUSTOM_RESERVED, objref.data + CUSTOM_RESERVED, 4);
	require_same(&out, objref, "the properties");
	buf_done(&out);
}

static void a_reply(void **state)
{
	const struct ndr_method *method = ndr_method_at(&ndr_interface_IRemoteSCMActivator, 4);
	struct IRemoteSCMActivator_RemoteCreateInstance f = { 0 };
	static uint8_t bytes[sizeof reply];
	size_t size = read_hex(reply, bytes);
	struct ndr_decoder d;
	struct ndr_encoder e;
	struct arena arena;
	struct buf out;

	arena_init(&arena, 1 << 20);
	ndr_decoder_init(&d, bytes, size, NDR_DREP, &arena, NDR_MEMORY_MAX, NULL, NULL);
	assert_int_equal(ndr_decode_call(&d, method, NDR_OUT, &f), 0);
	assert_true(ndr_decoder_at_end(&d));
	ndr_decoder_done(&d);
	assert_int_equal(f.ReturnValue, S_OK);
	assert_int_equal(f.orpcthat->flags, 1);
	assert_null(f.orpcthat->extensions);
	check_properties(orpc_pointer_text(*f.ppActProperties), &arena);
	buf_init(&out, 1 << 20);
	ndr_encoder_init(&e, &out, NULL, NULL);
	assert_int_equal(ndr_encode_call(&e, method, NDR_OUT, &f), 0);
	ndr_encoder_done(&e);
	require_same(&out, (struct text){ (const char *)bytes, size }, "the reply");
	buf_done(&out);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moniker),
		cmocka_unit_test(a_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
