/* SPDX-License-Identifier: Apache-2.0 */
/* The assembler: instructions against their bytes as binutils writes them; labels; a full buffer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "script/vbs/native-x64.h"

#include <stdio.h>
#include <string.h>

static void expect_bytes(const struct x64 *a, const char *text, const char *want)
{
	char got[2 * 64 + 1] = "";

	for (size_t i = 0; i < a->size; i++)
		snprintf(&got[2 * i], 3, "%02x", a->code[i]);
	if (strcmp(got, want))
		fail_msg("%s: %s, expected %s", text, got, want);
}

#define EXPECT(text, want, call)                                                                   \
	do {                                                                                       \
		uint8_t code[64];                                                                  \
		struct x64 a = { code, 0, sizeof code, false };                                    \
		call;                                                                              \
		expect_bytes(&a, text, want);                                                      \
	} while (0)

static void test_memory(void **state)
{
	(void)state;
	EXPECT("mov rax, [rbx+16]", "488b4310", x64_mem(&a, X64_LOAD, RAX, RBX, 16));
	EXPECT("mov r9d, [r12+0x1234]", "458b8c2434120000",
	       x64_mem(&a, X64_LOAD32, R9, R12, 0x1234));
	EXPECT("movzx ecx, word [r13+0]", "410fb74d00", x64_mem(&a, X64_LOAD16, RCX, R13, 0));
	EXPECT("mov [rsi-8], r10", "4c8956f8", x64_mem(&a, X64_STORE, R10, RSI, -8));
	EXPECT("lea r8d, [rcx-2]", "448d41fe", x64_mem(&a, X64_LEA32, R8, RCX, -2));
	EXPECT("imul rdx, [rdi+8]", "480faf5708", x64_mem(&a, X64_MUL, RDX, RDI, 8));
	EXPECT("movsd [rbx+0x88], xmm0", "f20f118388000000",
	       x64_mem(&a, X64_MOVSD_STORE, XMM0, RBX, 0x88));
	EXPECT("mov qword [rbx+32], -5", "48c74320fbffffff",
	       x64_mem1(&a, X64_STORE_IMM, RBX, 32, -5));
	EXPECT("cmp word [r14+8], 0x4000", "6641817e080040",
	       x64_mem1(&a, X64_CMP16_IMM, R14, 8, 0x4000));
	EXPECT("test byte [rbx+0], 8", "f6430008", x64_mem1(&a, X64_TEST8_IMM, RBX, 0, 8));
	EXPECT("sub dword [r12+0x84], 1", "4183ac248400000001",
	       x64_mem1(&a, X64_SUB32_IMM8, R12, 0x84, 1));
	EXPECT("jmp [rax+24]", "ff6018", x64_mem1(&a, X64_JUMP, RAX, 24, 0));
}

static void test_registers(void **state)
{
	(void)state;
	EXPECT("movsx r8, dx", "4c0fbfc2", x64_reg(&a, X64_SIGN16, R8, RDX));
	EXPECT("movsxd rdx, eax", "4863d0", x64_reg(&a, X64_SIGN32, RDX, RAX));
	EXPECT("cmp rax, r13", "493bc5", x64_reg(&a, X64_CMP, RAX, R13));
	EXPECT("addsd xmm0, xmm1", "f20f58c1", x64_reg(&a, X64_ADDSD, XMM0, XMM1));
	EXPECT("ucomisd xmm1, xmm0", "660f2ec8", x64_reg(&a, X64_UCOMISD, XMM1, XMM0));
	EXPECT("cvtsi2sd xmm1, r8", "f2490f2ac8", x64_reg(&a, X64_CVTSI2SD, XMM1, R8));
	EXPECT("movq rax, xmm0", "66480f7ec0", x64_reg(&a, X64_MOVQ_TO_REG, XMM0, RAX));
	EXPECT("shl rdx, 4", "48c1e204", x64_reg1(&a, X64_SHL_IMM8, RDX, 4));
	EXPECT("idiv ecx", "f7f9", x64_reg1(&a, X64_IDIV32, RCX, 0));
	EXPECT("jmp rax", "ffe0", x64_reg1(&a, X64_JUMP, RAX, 0));
	EXPECT("mov r13, 0xffe0000000000000", "49bd000000000000e0ff",
	       x64_imm64(&a, R13, UINT64_C(0xFFE0000000000000)));
	EXPECT("mov edx, 0x12345678", "c7c278563412", x64_imm64(&a, RDX, 0x12345678));
	EXPECT("setg al", "0f9fc0", x64_set(&a, X64_GREATER, RAX));
	EXPECT("push r12", "4154", x64_push(&a, R12));
	EXPECT("pop r14", "415e", x64_pop(&a, R14));
}

static void test_labels(void **state)
{
	struct x64_label back = X64_LABEL, forth = X64_LABEL;

	(void)state;
	/* Two jumps over a ret, and one to the beginning. */
	EXPECT("jumps",
	       "e907000000"
	       "0f8401000000"
	       "c3"
	       "e9efffffff",
	       {
		       x64_bind(&a, &back);
		       x64_jump(&a, &forth);
		       x64_jump_if(&a, X64_EQUAL, &forth);
		       x64_ret(&a);
		       x64_bind(&a, &forth);
		       x64_jump(&a, &back);
	       });
}

static void test_full(void **state)
{
	uint8_t code[40];
	struct x64 a = { code, 0, 20, false };
	struct x64_label label = X64_LABEL;

	(void)state;
	memset(code, 0x55, sizeof code);
	for (unsigned i = 0; i < 10; i++) {
		x64_imm64(&a, RAX, UINT64_MAX);
		x64_jump(&a, &label);
	}
	x64_bind(&a, &label);
	assert_true(a.full);
	for (unsigned i = 20; i < sizeof code; i++)
		assert_int_equal(code[i], 0x55);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
