/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NDR byte by byte: what the rules of [C706] 14.2 and 14.3, [MS-RPCE] 2.2.4 to 2.2.6 and [MS-OAUT]
 * 2.2.29 make of values that are small enough to be written down, in both byte orders; and what is
 * refused of bytes that break a rule, with the status that says so.
 */
#include "../unit.h"

#include "com/bstr.h"
#include "objects.h"

#include <idl/modules.h>
#include <idl/ms-dcom.h>
#include <idl/ms-iiss.h>
#include <idl/ms-lsad.h>
#include <idl/ms-oaut.h>
#include <idl/ms-samr.h>
#include <stdio.h>

struct message {
	struct arena arena;
	struct buf out;
	struct error err;
	struct ndr_decoder d;
	uint8_t bytes[4096];
	size_t size;
};

static void message_init(struct message *m)
{
	memset(m, 0, sizeof *m);
	arena_init(&m->arena, 32 << 20);
	buf_init(&m->out, 32 << 20);
}

static void message_done(struct message *m)
{
	arena_done(&m->arena);
	buf_done(&m->out);
}

static void read_hex(struct message *m, const char *hex)
{
	m->size = 0;
	for (unsigned byte; *hex; hex += 2) {
		while (*hex == ' ')
			hex++;
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		m->bytes[m->size++] = (uint8_t)byte;
	}
}

static int decode_call(struct message *m, const struct ndr_interface *interface, unsigned opnum,
		       unsigned direction, const char *hex, uint32_t drep, void *frame)
{
	read_hex(m, hex);
	ndr_decoder_init(&m->d, m->bytes, m->size, drep, &m->arena, NDR_MEMORY_MAX, &byte_objects,
			 &m->err);
	int r = ndr_decode_call(&m->d, ndr_method_at(interface, opnum), direction, frame);
	bool all = ndr_decoder_at_end(&m->d);
	ndr_decoder_done(&m->d);
	if (r == 0)
		assert_true(all);
	return r;
}

static void require_bytes(struct message *m, const char *hex)
{
	read_hex(m, hex);
	if (m->out.length != m->size || memcmp(m->out.data, m->bytes, m->size) != 0) {
		for (size_t i = 0; i < m->out.length; i++)
			fprintf(stderr, "%02x%s", (unsigned char)m->out.data[i],
				i % 4 == 3 ? " " : "");
		fail_msg("\nexpected %s", hex);
	}
}

static void encode_call(struct message *m, const struct ndr_interface *interface, unsigned opnum,
			unsigned direction, const void *frame, const char *hex)
{
	struct ndr_encoder e;

	buf_clear(&m->out);
	ndr_encoder_init(&e, &m->out, &byte_objects, &m->err);
	int r = ndr_encode_call(&e, ndr_method_at(interface, opnum), direction, frame);
	ndr_encoder_done(&e);
	if (r)
		fail_msg("%d %s", r, m->err.text);
	require_bytes(m, hex);
}

/* ---- layouts ---- */

/* A hyper is aligned to 8, an array's size to 4, its elements to 2. */
static void aligns_scalars_and_arrays(void **state)
{
	static const char hex[] = "8877665544332211 0200 0000 02000000 0700 1f00";
	struct IObjectExporter_ResolveOxid2 in = { 0 };
	OXID oxid = 0x1122334455667788;
	unsigned short list[] = { 7, 0x1F };
	struct message m;

	message_init(&m);
	in.pOxid = &oxid;
	in.cRequestedProtseqs = 2;
	in.arRequestedProtseqs = list;
	encode_call(&m, &ndr_interface_IObjectExporter, 4, NDR_IN, &in, hex);
	memset(&in, 0, sizeof in);
	assert_int_equal(
		decode_call(&m, &ndr_interface_IObjectExporter, 4, NDR_IN, hex, NDR_DREP, &in), 0);
	assert_int_equal(*in.pOxid, oxid);
	assert_int_equal(in.arRequestedProtseqs[1], 0x1F);
	/* The same from a big-endian sender. */
	memset(&in, 0, sizeof in);
	assert_int_equal(decode_call(&m, &ndr_interface_IObjectExporter, 4, NDR_IN,
				     "1122334455667788 0002 0000 00000002 0007 001f", 0, &in),
			 0);
	assert_int_equal(*in.pOxid, oxid);
	assert_int_equal(in.cRequestedProtseqs, 2);
	assert_int_equal(in.arRequestedProtseqs[0], 7);
	message_done(&m);
}

/* Unique pointer to a conformant struct: referent, size, struct; then the other results. */
static void puts_a_structs_array_size_first(void **state)
{
	static const char hex[] = "0500 0700"                                  /* pComVersion */
				  "00000200 03000000 0300 0200 0700 0000 0000" /* ppdsaOrBindings */
				  "0000 00000000" /* padding, pReserved */
				  "00000000";     /* the status */
	struct IObjectExporter_ServerAlive2 out = { 0 };
	struct message m;

	message_init(&m);
	assert_int_equal(decode_call(&m, &ndr_interface_IObjectExporter, 5, NDR_OUT, hex, NDR_DREP,
				     &out),
			 0);
	assert_int_equal(out.pComVersion->MinorVersion, 7);
	assert_int_equal((*out.ppdsaOrBindings)->wNumEntries, 3);
	assert_int_equal((*out.ppdsaOrBindings)->aStringArray[0], 7);
	encode_call(&m, &ndr_interface_IObjectExporter, 5, NDR_OUT, &out, hex);
	message_done(&m);
}

/* What embedded pointers point to follows the construct they are in, in their order; a conformant
 * varying array has size, offset, length. */
static void puts_off_what_pointers_point_to(void **state)
{
	static const char hex[] = "00000000 00000000000000000000000000000000" /* the handle */
				  "02000000"                                  /* Count */
				  "e8030000 00000000 02000000"                /* 1000, from 0, 2 */
				  "0200 0200 00000200  0400 0400 04000200"
				  "01000000 00000000 01000000 6100 0000"
				  "02000000 00000000 02000000 6200 6300";
	struct samr_SamrLookupNamesInDomain in = { 0 };
	struct message m;

	message_init(&m);
	assert_int_equal(decode_call(&m, &ndr_interface_samr, 17, NDR_IN, hex, NDR_DREP, &in), 0);
	assert_int_equal(in.Count, 2);
	assert_int_equal(in.Names[1].Length, 4);
	assert_int_equal(in.Names[0].Buffer[0], 'a');
	assert_int_equal(in.Names[1].Buffer[1], 'c');
	encode_call(&m, &ndr_interface_samr, 17, NDR_IN, &in, hex);
	message_done(&m);
}

/* A VARIANT: a unique pointer, its own length in units of 8, a discriminant of four bytes. */
static void measures_variants(void **state)
{
	static const char hex[] = "00000200 00000000" /* the pointer; the struct is aligned to 8 */
				  "05000000 00000000 0800 0000 0000 0000 08000000 04000200"
				  "02000000 04000000 02000000 6800 6900";
	VARIANT v = { .vt = VT_BSTR, .bstrVal = SysAllocString(u"hi") }, again;
	struct ndr_encoder e;
	struct message m;

	message_init(&m);
	ndr_encoder_init(&e, &m.out, NULL, &m.err);
	assert_int_equal(ndr_encode(&e, &ndr_type_VARIANT, &v), 0);
	require_bytes(&m, hex);
	ndr_decoder_init(&m.d, m.bytes, m.size, NDR_DREP, &m.arena, NDR_MEMORY_MAX, NULL, &m.err);
	assert_int_equal(ndr_decode(&m.d, &ndr_type_VARIANT, &again), 0);
	assert_int_equal(again.vt, VT_BSTR);
	assert_int_equal(bstr_compare(again.bstrVal, v.bstrVal), 0);
	ndr_clear(&ndr_type_VARIANT, &again, false);
	VariantClear(&v);
	/* An array has the discriminant VT_ARRAY, whatever it holds, and says that elsewhere. */
	v = (VARIANT){ .vt = VT_ARRAY | VT_I4, .parray = SafeArrayCreateVector(VT_I4, 1, 2) };
	((LONG *)v.parray->pvData)[0] = 5;
	((LONG *)v.parray->pvData)[1] = -1;
	buf_clear(&m.out);
	ndr_encoder_restart(&e, &m.out, NULL, &m.err);
	assert_int_equal(ndr_encode(&e, &ndr_type_VARIANT, &v), 0);
	require_bytes(&m,
		      "00000200 00000000 0a000000 00000000 0320 0000 0000 0000 00200000 04000200"
		      "08000200 01000000 0100 8000 04000000 00000300 03000000 02000000 0c000200"
		      "02000000 01000000 02000000 05000000 ffffffff");
	ndr_decoder_restart(&m.d, m.bytes, m.size, NDR_DREP, &m.arena, NDR_MEMORY_MAX, NULL,
			    &m.err);
	assert_int_equal(ndr_decode(&m.d, &ndr_type_VARIANT, &again), 0);
	assert_int_equal(again.vt, VT_ARRAY | VT_I4);
	assert_int_equal(((LONG *)again.parray->pvData)[1], -1);
	assert_int_equal(again.parray->rgsabound[0].lLbound, 1);
	ndr_clear(&ndr_type_VARIANT, &again, false);
	VariantClear(&v);
	ndr_encoder_done(&e);
	ndr_decoder_done(&m.d);
	message_done(&m);
}

/* Interface pointers are the caller's bytes, and are let go with everything else. */
static void carries_object_references(void **state)
{
	static const char hex[] = "00000200 04000000 04000000 4d454f57  00000000";
	struct IDispatch_GetTypeInfo out = { 0 };
	struct message m;

	message_init(&m);
	assert_int_equal(decode_call(&m, &ndr_interface_IDispatch, 4, NDR_OUT, hex, NDR_DREP, &out),
			 0);
	assert_non_null(*out.ppTInfo);
	assert_int_equal(byte_objects_alive, 1);
	encode_call(&m, &ndr_interface_IDispatch, 4, NDR_OUT, &out, hex);
	ndr_clear_call(ndr_method_at(&ndr_interface_IDispatch, 4), &out, false);
	assert_int_equal(byte_objects_alive, 0);
	/* Behind it the message breaks off: the object is let go too. */
	memset(&out, 0, sizeof out);
	assert_int_equal(decode_call(&m, &ndr_interface_IDispatch, 4, NDR_OUT,
				     "00000200 04000000 04000000 4d454f57", NDR_DREP, &out),
			 -EBADMSG);
	assert_int_equal(byte_objects_alive, 0);
	assert_null(out.ppTInfo);
	message_done(&m);
}

/* [out] into the caller's memory, as a proxy does it. */
static void fills_the_callers_memory(void **state)
{
	unsigned char room[4] = { 9, 9, 9, 9 };
	DWORD required = 9, services = 9;
	struct IIisServiceControl_Status frame = { .dwBufferSize = 4,
						   .pbBuffer = room,
						   .pdwMDRequiredBufferSize = &required,
						   .pdwNumServices = &services };
	struct message m;

	message_init(&m);
	assert_int_equal(decode_call(&m, &ndr_interface_IIisServiceControl, 10, NDR_OUT,
				     "04000000 01020304 05000000 06000000 01000000", NDR_DREP,
				     &frame),
			 0);
	assert_int_equal(room[3], 4);
	assert_int_equal(services, 6);
	assert_int_equal(frame.ReturnValue, 1);
	/* More than there is room for. */
	assert_int_equal(decode_call(&m, &ndr_interface_IIisServiceControl, 10, NDR_OUT,
				     "08000000 0102030405060708 05000000 06000000 01000000",
				     NDR_DREP, &frame),
			 -EBADMSG);
	assert_int_equal(m.err.hresult, (uint32_t)HRESULT_FROM_WIN32(NDR_INVALID_BOUND));
	assert_int_equal(services, 0);
	message_done(&m);
}

/* What a server's method may free and replace is from the heap, the rest from the arena. */
static void makes_room_for_a_method(void **state)
{
	const struct ndr_method *method = ndr_method_at(&ndr_interface_IIisServiceControl, 10);
	struct IIisServiceControl_Status frame = { .dwBufferSize = 3 };
	struct arena arena;

	arena_init(&arena, 1 << 20);
	assert_int_equal(ndr_prepare_out(method, &frame, &arena), 0);
	assert_int_equal(frame.pbBuffer[2], 0);
	assert_int_equal(*frame.pdwNumServices, 0);
	frame.dwBufferSize = UINT32_MAX;
	assert_int_equal(ndr_prepare_out(method, &frame, &arena), -EINVAL);
	arena_done(&arena);
}

/* ---- type serialization, [MS-RPCE] 2.2.6 ---- */

static void serializes_types(void **state)
{
	LocationInfoData value = { .processId = 3 }, again;
	struct message m;
	size_t used = 0;

	message_init(&m);
	assert_int_equal(ndr_pickle(&ndr_type_LocationInfoData, &value, NULL, &m.out, &m.err), 0);
	require_bytes(&m,
		      "01100800 cccccccc 10000000 00000000 00000000 03000000 00000000 00000000");
	assert_int_equal(ndr_unpickle(&ndr_type_LocationInfoData, m.bytes, m.size, NULL, &m.arena,
				      &again, &used, &m.err),
			 0);
	assert_int_equal(again.processId, 3);
	assert_int_equal(used, m.size);
	m.bytes[8] = 0xFF;
	assert_int_equal(ndr_unpickle(&ndr_type_LocationInfoData, m.bytes, m.size, NULL, &m.arena,
				      &again, &used, &m.err),
			 -EBADMSG);
	m.bytes[0] = 2;
	assert_int_equal(ndr_unpickle(&ndr_type_LocationInfoData, m.bytes, m.size, NULL, &m.arena,
				      &again, &used, &m.err),
			 -EBADMSG);
	message_done(&m);
}

/* ---- refusals ---- */

static const struct {
	const struct ndr_interface *interface;
	unsigned opnum, direction;
	enum ndr_status status;
	const char *hex, *words;
} refusals[] = {
	{ &ndr_interface_IObjectExporter, 4, NDR_IN, NDR_BAD_STUB_DATA, "88776655443322",
	  "ends too early" },
	{ &ndr_interface_IObjectExporter, 4, NDR_IN, NDR_INVALID_BOUND,
	  "8877665544332211 0200 0000 ffffff7f 0700 1f00", "longer than the data" },
	{ &ndr_interface_IObjectExporter, 4, NDR_IN, NDR_BAD_STUB_DATA,
	  "8877665544332211 0300 0000 02000000 0700 1f00", "contradicts its field" },
	/* A ref pointer inside of a pointer to a pointer: SAMR's SID must be there. */
	{ &ndr_interface_samr, 7, NDR_IN, NDR_BAD_STUB_DATA,
	  "00000000 00000000000000000000000000000000 00000002 02000000 0104 000000000005 01000000 "
	  "02000000",
	  "contradicts its field" },
	/* Names: 2 of 1000 promised, 3 sent; offset beyond the size. */
	{ &ndr_interface_samr, 17, NDR_IN, NDR_BAD_STUB_DATA,
	  "00000000 00000000000000000000000000000000 02000000 e8030000 00000000 01000000"
	  "0200 0200 00000200 01000000 00000000 01000000 6100 0000",
	  "contradicts its field" },
	{ &ndr_interface_samr, 17, NDR_IN, NDR_INVALID_BOUND,
	  "00000000 00000000000000000000000000000000 02000000 e8030000 e7030000 02000000",
	  "not in it" },
	/* range(0, 16384) of GetIDsOfNames */
	{ &ndr_interface_IDispatch, 5, NDR_IN, NDR_INVALID_BOUND,
	  "00000000000000000000000000000000 00000000 ffff0000 00000000", "out of its range" },
	/* A string that does not end. */
	{ &ndr_interface_IDispatch, 5, NDR_IN, NDR_BAD_STUB_DATA,
	  "00000000000000000000000000000000 01000000 00000200 02000000 00000000 02000000 6100 6200"
	  "01000000 00000000",
	  "a string has no end" },
	/* A union without an arm for 99. */
	{ &ndr_interface_samr, 37, NDR_IN, NDR_INVALID_TAG,
	  "00000000 00000000000000000000000000000000 6300 6300", "no arm" },
	/* An enumerator of 16 bits that has 16. */
	{ &ndr_interface_samr, 36, NDR_IN, NDR_ENUM_OUT_OF_RANGE,
	  "00000000 00000000000000000000000000000000 0080", "more than 15 bits" },
	/* A BSTR whose two sizes differ. */
	{ &ndr_interface_IIisServiceControl, 10, NDR_OUT, NDR_BAD_STUB_DATA, "04000000 01020304",
	  "ends too early" },
};

static void refuses_what_breaks_a_rule(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct ndr_method *method =
			ndr_method_at(refusals[i].interface, refusals[i].opnum);
		struct message m;

		message_init(&m);
		void *frame = arena_zalloc(&m.arena, 1, method->frame_size);
		assert_non_null(frame);
		int r = decode_call(&m, refusals[i].interface, refusals[i].opnum,
				    refusals[i].direction, refusals[i].hex, NDR_DREP, frame);
		if (r != -EBADMSG || !strstr(m.err.text, refusals[i].words) ||
		    m.err.hresult != (uint32_t)HRESULT_FROM_WIN32(refusals[i].status))
			fail_msg("%zu: %d %08x %s", i, r, m.err.hresult, m.err.text);
		message_done(&m);
	}
}

/* A pointer to a pointer to ... never ends well. */
static void has_limits(void **state)
{
	struct message m;
	void *value = NULL;
	struct ndr_type pointer = { .name = "",
				    .kind = NDR_POINTER,
				    .align = 4,
				    .flags = NDR_UNIQUE,
				    .size = sizeof(void *),
				    .least = 4,
				    .of = &ndr_type_TYPEDESC };

	message_init(&m);
	for (size_t i = 0; i < 200; i++) {
		/* VT_PTR: the discriminant, a pointer, vt; the next TYPEDESC. */
		static const uint8_t link[] = { 26, 0, 0, 0, 1, 0, 2, 0, 26, 0, 0, 0 };

		memcpy(m.bytes + m.size + 4, link, sizeof link);
		m.size += sizeof link;
	}
	m.bytes[0] = 1;
	ndr_decoder_init(&m.d, m.bytes, m.size + 4, NDR_DREP, &m.arena, NDR_MEMORY_MAX, NULL,
			 &m.err);
	assert_int_equal(ndr_decode(&m.d, &pointer, &value), -ENOBUFS);
	assert_null(value);
	/* More memory than is allowed, for few bytes: a varying array is mostly room. */
	struct samr_SamrLookupNamesInDomain in = { 0 };
	read_hex(&m,
		 "00000000 00000000000000000000000000000000 00000000 ffffff00 00000000 00000000");
	ndr_decoder_restart(&m.d, m.bytes, m.size, NDR_DREP, &m.arena, 1 << 20, NULL, &m.err);
	assert_int_equal(ndr_decode_call(&m.d, ndr_method_at(&ndr_interface_samr, 17), NDR_IN, &in),
			 -ENOBUFS);
	ndr_decoder_done(&m.d);
	message_done(&m);
}

static void refuses_values_that_cannot_be_sent(void **state)
{
	struct IObjectExporter_ResolveOxid2 in = { 0 };
	VARIANT v = { .vt = VT_RECORD };
	struct ndr_encoder e;
	struct message m;

	message_init(&m);
	ndr_encoder_init(&e, &m.out, NULL, &m.err);
	assert_int_equal(ndr_encode_call(&e, ndr_method_at(&ndr_interface_IObjectExporter, 4),
					 NDR_IN, &in),
			 -EINVAL);
	assert_int_equal(m.err.hresult, (uint32_t)HRESULT_FROM_WIN32(NDR_NULL_REF_POINTER));
	ndr_encoder_restart(&e, &m.out, NULL, &m.err);
	assert_int_equal(ndr_encode(&e, &ndr_type_VARIANT, &v), -EINVAL);
	ndr_encoder_done(&e);
	message_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aligns_scalars_and_arrays),
		cmocka_unit_test(puts_a_structs_array_size_first),
		cmocka_unit_test(puts_off_what_pointers_point_to),
		cmocka_unit_test(measures_variants),
		cmocka_unit_test(carries_object_references),
		cmocka_unit_test(fills_the_callers_memory),
		cmocka_unit_test(makes_room_for_a_method),
		cmocka_unit_test(serializes_types),
		cmocka_unit_test(refuses_what_breaks_a_rule),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(refuses_values_that_cannot_be_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
