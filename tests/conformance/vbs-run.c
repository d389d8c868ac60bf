/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vbs-run: runs one VBScript file with a global Echo, for the conformance suite and the
 * benchmarks.
 *
 *     vbs-run [--dump] [--memory BYTES] [--depth N] [--fault N] FILE
 *
 * Echo prints its arguments, joined by a blank. An error is printed as
 * "FILE(LINE, COLUMN) SOURCE: TEXT" with its number, and makes the exit status 1.
 */
#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/sys.h"
#include "com/automation.h"
#include "com/bstr.h"
#include "script/vbs/vbs.h"

#include <stdio.h>
#include <stdlib.h>

#define SOURCE_MAX (16u << 20)

static HRESULT echo(struct automation_call *call)
{
	for (UINT i = 0; i < call->argc; i++) {
		BSTR s;
		size_t length;
		char *text;
		HRESULT hr = call->argv[i]->vt == VT_NULL ? S_OK : automation_arg_bstr(call, i, &s);

		if (FAILED(hr))
			return hr;
		if (call->argv[i]->vt == VT_NULL)
			s = NULL;
		text = s ? bstr_to_utf8(s, &length) : mem_strdup("");
		if (!s)
			length = 0;
		SysFreeString(s);
		if (!text)
			return E_OUTOFMEMORY;
		printf("%s%.*s", i ? " " : "", (int)length, text);
		mem_free(text);
	}
	putchar('\n');
	return S_OK;
}

static HRESULT quit(struct automation_call *call)
{
	(void)call;
	return VBS_E_END_SCRIPT;
}

/* Sets what its argument refers to, as components with [out] parameters do. */
static HRESULT set_to(struct automation_call *call)
{
	VARIANT *to = call->argv[0];

	if (to->vt != (VT_BYREF | VT_VARIANT))
		return DISP_E_TYPEMISMATCH;
	VariantClear(to->pvarVal);
	return VariantCopyInd(to->pvarVal, call->argv[1]);
}

/* Calls the function it is given with one argument: how components call scripts back. */
static HRESULT call_back(struct automation_call *call)
{
	if (call->argv[0]->vt != VT_DISPATCH || !call->argv[0]->pdispVal)
		return DISP_E_TYPEMISMATCH;
	return automation_invoke(call->argv[0]->pdispVal, DISPID_VALUE,
				 DISPATCH_METHOD | DISPATCH_PROPERTYGET, call->argv[1], 1,
				 call->result, call->exception);
}

/* Bytes(text): a Byte() of the text's bytes, as Request.BinaryRead gives. */
static HRESULT bytes(struct automation_call *call)
{
	BSTR s;
	HRESULT hr = automation_arg_bstr(call, 0, &s);
	SAFEARRAY *array;

	if (FAILED(hr))
		return hr;
	array = SafeArrayCreateVector(VT_UI1, 0, SysStringByteLen(s));
	if (array && s)
		memcpy(array->pvData, s, SysStringByteLen(s));
	SysFreeString(s);
	if (!array)
		return E_OUTOFMEMORY;
	*call->result = (VARIANT){ .vt = VT_ARRAY | VT_UI1, .parray = array };
	return S_OK;
}

/* Seen(value): which type an object is given, and for arrays how many elements. */
static HRESULT seen(struct automation_call *call)
{
	const VARIANT *v = call->argv[0];
	char text[64];

	if (v->vt == (VT_BYREF | VT_VARIANT))
		v = v->pvarVal;
	snprintf(text, sizeof text, "%u", v->vt);
	if (v->vt & VT_ARRAY)
		snprintf(text, sizeof text, "%u[%u]", v->vt, v->parray->rgsabound[0].cElements);
	return automation_return_text(call->result, text_of(text));
}

static const struct automation_member members[] = {
	{ "Echo", 1, AUTOMATION_METHOD, 0, 16, echo },
	{ "Quit", 2, AUTOMATION_METHOD, 0, 1, quit },
	{ "SetTo", 3, AUTOMATION_METHOD | AUTOMATION_BYREF, 2, 2, set_to },
	{ "CallBack", 4, AUTOMATION_METHOD, 2, 2, call_back },
	{ "Bytes", 5, AUTOMATION_METHOD, 1, 1, bytes },
	{ "Seen", 6, AUTOMATION_METHOD, 1, 1, seen },
};
static void no_free(struct automation_object *self)
{
	(void)self;
}
static const struct automation_class class = {
	.name = "Host", .members = members, .member_count = ARRAY_LEN(members), .free = no_free
};

static int report(struct vbs_error *error)
{
	printf("! %s(%u, %u) %s: %s [%d]\n", error->file ? error->file : "?", error->line,
	       error->column, error->source ? error->source : "?",
	       error->description ? error->description : "?",
	       ((uint32_t)error->number & 0xFFFF0000u) == 0x800A0000u ? error->number & 0xFFFF
								      : error->number);
	vbs_error_done(error);
	return 1;
}

static int dump(struct vbs_program *program)
{
	struct buf b;

	buf_init(&b, 64u << 20);
	vbs_program_dump(program, &b);
	fwrite(b.data, 1, b.length, stdout);
	buf_done(&b);
	vbs_program_unref(program);
	return 0;
}

static int run(struct vbs_program *program, const struct vbs_limits *limits)
{
	struct automation_object host;
	struct vbs_engine *engine;
	struct vbs_error error = { 0 };
	HRESULT hr = vbs_engine_new(limits, NULL, &engine);

	if (FAILED(hr))
		return 2;
	automation_init(&host, &class);
	hr = vbs_engine_add_object(engine, TEXT("Host"), automation_dispatch(&host),
				   VBS_OBJECT_GLOBAL_MEMBERS);
	if (SUCCEEDED(hr))
		hr = vbs_engine_run(engine, program, &error);
	vbs_engine_free(engine);
	if (FAILED(hr) && hr != VBS_E_END_SCRIPT)
		return report(&error);
	return 0;
}

/* For the runs in which every allocation fails once: tells when there were fewer than that. */
static void tell_fault(unsigned long fault)
{
#ifdef SURROGATE_FAULTS
	if (fault && fault_count(FAULT_ALLOC) < fault)
		fprintf(stderr, "FAULT-NOT-REACHED\n");
#else
	(void)fault;
#endif
}

int main(int argc, char **argv)
{
	struct vbs_limits limits = { 0 };
	struct vbs_error error = { 0 };
	struct vbs_program *program;
	bool dumping = false;
	unsigned long fault = 0;
	char *text;
	size_t length;
	int i = 1, status;

	for (; i + 1 < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--dump"))
			dumping = true;
		else if (!strcmp(argv[i], "--memory"))
			limits.memory = strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--depth"))
			limits.depth = strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--fault"))
			fault = strtoul(argv[++i], NULL, 0);
	}
	if (i >= argc || sys_read_file(argv[i], SOURCE_MAX, &text, &length)) {
		fprintf(stderr, "usage: vbs-run [--dump] [--memory BYTES] [--depth N] FILE\n");
		return 2;
	}
	const char *files[] = { argv[i] };
	struct vbs_segment segment = { { text, length }, 0, false, 1, 1 };
	struct vbs_source source = { files, 1, &segment, 1 };
	HRESULT hr;

#ifdef SURROGATE_FAULTS
	if (fault)
		fault_arm(FAULT_ALLOC, fault, false);
#endif
	hr = vbs_compile(&source, &program, &error);
	mem_free(text);
	if (FAILED(hr)) {
		tell_fault(fault);
		return report(&error);
	}
	if (dumping)
		return dump(program);
	status = run(program, &limits);
	vbs_program_unref(program);
	tell_fault(fault);
	return status;
}
