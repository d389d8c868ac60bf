/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instruction set: one table for compiler, machine, disassembler and verifier.
 *
 * An instruction is a 32-bit word: op in bits 0-7, A in 8-15, B in 16-23, C in 24-31; Bx is B and
 * C as one unsigned 16-bit number, sBx as a signed one. Some have a second word X.
 *
 * R[i] is a register of the running procedure: R[0] its result, then parameters, locals, and
 * temporaries used as a stack. An operand that holds a reference is followed, but for the few
 * instructions that say "as it is". Registers written release what they held. Operators, the jumps
 * on conditions, INDEX, SETI, SETM and SETR release operands that are temporaries, so that no
 * temporary holds text or an object longer than it is needed.
 *
 * A window is R[A] and the arguments behind it, R[A+1] to R[A+B]: calls leave their result in R[A]
 * and the arguments empty, and the frame of a called procedure begins at R[A].
 *
 * A jump target X is counted from the word X itself.
 *
 * X(name, A, B, C, X, text): kinds of operands for the verifier and the disassembler:
 *   _ none (0)   R register read   W register written   M register read and written
 *   N number     K constant        I signed 8 bits      D target of a window: R[A..A+B] (+1 for V)
 *   V as D, with a value behind the arguments           B (in B) Bx number   S (in B) sBx number
 *   X: _ none, J jump target, K constant, G global, F built-in, T member site, P procedure
 */
#pragma once

#include <stdint.h>

/* Arithmetic in both forms, in the order of enum vbs_operator; text is the operator. */
/* clang-format off */
#define VBS_BINARY_OPS(X) \
	X(ADD, "+") X(SUB, "-") X(MUL, "*") X(DIV, "/") X(IDIV, "\\") X(MOD, "Mod") X(POW, "^") \
	X(CAT, "&") X(AND, "And") X(OR, "Or") X(XOR, "Xor") X(EQV, "Eqv") X(IMP, "Imp") \
	X(EQ, "=") X(NE, "<>") X(LT, "<") X(GT, ">") X(LE, "<=") X(GE, ">=") X(IS, "Is")
/* clang-format on */

#define VBS_OPCODES(X)                                                                             \
	X(NOP, _, _, _, _, "nothing")                                                              \
	/* moving */                                                                               \
	X(MOVE, W, R, _, _, "R[A] := R[B]; objects stay objects")                                  \
	X(TAKE, W, M, _, _, "R[A] := R[B] as it is, R[B] := Empty")                                \
	X(LET, W, R, N, _, "R[A] := value of R[B] (default property); C: R[B] := Empty")           \
	X(SETO, W, R, _, _, "R[A] := object R[B], else error 424")                                 \
	X(LOADK, W, _, _, K, "R[A] := constant X")                                                 \
	X(LOADI, W, S, _, _, "R[A] := Integer sBx")                                                \
	X(LOADT, W, N, _, _, "R[A] := Empty, Null, Nothing, True, False, left out (B = 0..5)")     \
	X(CLEAR, D, N, _, _, "R[A..A+B] := Empty")                                                 \
	X(ME, W, _, _, _, "R[A] := the instance whose method runs")                                \
	/* references, as they are */                                                              \
	X(REFL, W, R, _, _, "R[A] := reference to R[B], or the one R[B] holds")                    \
	X(REFK, W, _, _, K, "R[A] := reference to constant X, for who only reads")                 \
	X(REFG, W, _, _, G, "R[A] := reference to global X, or its value when no variable")        \
	X(REFX, W, N, _, G, "as REFG; unbound: to R[B], or error 500 when B = 255")                \
	X(REFM, W, B, _, _, "R[A] := reference to field Bx of Me")                                 \
	X(GETG, W, _, _, G, "R[A] := the number in global X, else as REFG")                        \
	X(GETM, W, B, _, _, "R[A] := the number in field Bx of Me, else as REFM")                  \
	X(FAR, W, R, N, N, "R[A] := reference to element X of the hidden array R[B]")              \
	X(NEWFAR, W, B, _, _, "R[A] := hidden array of Bx elements")                               \
	X(ELEM, D, N, R, _,                                                                        \
	  "R[A] := reference to element R[A](args B), the array locked by "                        \
	  "R[C]; no array: the value of the call")                                                 \
	X(BINDG, W, _, _, G, "R[A] := reference to global X; Empty when it is no variable")        \
	X(BOUND, D, N, _, J, "unless all of R[A..A+B] are references, go on at X")                 \
	X(SETR, M, R, N, _, "what R[A] refers to := R[B]; C: 0 Let, 1 Set, 2 as it is")            \
	X(SETG, M, N, _, G, "global X := R[A], taken; B: as C of SETR")                            \
	X(SETM, R, B, _, _, "field Bx of Me := R[A], by Let")                                      \
	X(SETX, M, N, N, G, "as SETG; unbound: R[B] (255: none); C: as SETR")                      \
	/* operators */                                                                            \
	X(ADD, W, R, R, _, "R[A] := R[B] + R[C]")                                                  \
	X(SUB, W, R, R, _, "R[A] := R[B] - R[C]")                                                  \
	X(MUL, W, R, R, _, "R[A] := R[B] * R[C]")                                                  \
	X(DIV, W, R, R, _, "R[A] := R[B] / R[C]")                                                  \
	X(IDIV, W, R, R, _, "R[A] := R[B] \\ R[C]")                                                \
	X(MOD, W, R, R, _, "R[A] := R[B] Mod R[C]")                                                \
	X(POW, W, R, R, _, "R[A] := R[B] ^ R[C]")                                                  \
	X(CAT, W, R, R, _, "R[A] := R[B] & R[C]; in place when A = B")                             \
	X(AND, W, R, R, _, "R[A] := R[B] And R[C]")                                                \
	X(OR, W, R, R, _, "R[A] := R[B] Or R[C]")                                                  \
	X(XOR, W, R, R, _, "R[A] := R[B] Xor R[C]")                                                \
	X(EQV, W, R, R, _, "R[A] := R[B] Eqv R[C]")                                                \
	X(IMP, W, R, R, _, "R[A] := R[B] Imp R[C]")                                                \
	X(EQ, W, R, R, _, "R[A] := R[B] = R[C]")                                                   \
	X(NE, W, R, R, _, "R[A] := R[B] <> R[C]")                                                  \
	X(LT, W, R, R, _, "R[A] := R[B] < R[C]")                                                   \
	X(GT, W, R, R, _, "R[A] := R[B] > R[C]")                                                   \
	X(LE, W, R, R, _, "R[A] := R[B] <= R[C]")                                                  \
	X(GE, W, R, R, _, "R[A] := R[B] >= R[C]")                                                  \
	X(IS, W, R, R, _, "R[A] := R[B] Is R[C]")                                                  \
	X(NEG, W, R, _, _, "R[A] := -R[B]")                                                        \
	X(NOT, W, R, _, _, "R[A] := Not R[B]")                                                     \
	X(PLUS, W, R, _, _, "R[A] := +R[B]: the value itself")                                     \
	X(ADDK, W, R, K, _, "R[A] := R[B] + constant C")                                           \
	X(SUBK, W, R, K, _, "R[A] := R[B] - constant C")                                           \
	X(MULK, W, R, K, _, "R[A] := R[B] * constant C")                                           \
	X(IDIVK, W, R, K, _, "R[A] := R[B] \\ constant C")                                         \
	X(MODK, W, R, K, _, "R[A] := R[B] Mod constant C")                                         \
	X(ADDI, W, R, I, _, "R[A] := R[B] + Integer C")                                            \
	X(APPEND, M, M, R, _,                                                                      \
	  "what R[A] refers to := R[B] & R[C]; in place when A = B, or when it still "             \
	  "holds the text of R[B], which is emptied")                                              \
	X(JOIN, D, N, N, _,                                                                        \
	  "R[A] := R[A] & ... & R[A+B]; C: what R[A] refers to becomes it, in place")              \
	/* jumps */                                                                                \
	X(JMP, _, _, _, J, "go on at X")                                                           \
	X(BACK, _, _, _, J, "go on at X, an earlier place: limits are checked")                    \
	X(JT, R, _, _, J, "if R[A] is true, go on at X")                                           \
	X(JF, R, _, _, J, "if R[A] is not true (Null is not), go on at X")                         \
	X(JNARR, R, _, _, J, "unless R[A] is an array, go on at X")                                \
	X(JEQ, R, R, N, J,                                                                         \
	  "if (R[A] = R[B]) is (C & 1: true; 0: not true), go on at X; C & 2: R[A] stays")         \
	X(JNE, R, R, N, J, "same for <>")                                                          \
	X(JLT, R, R, N, J, "same for <")                                                           \
	X(JGT, R, R, N, J, "same for >")                                                           \
	X(JLE, R, R, N, J, "same for <=")                                                          \
	X(JGE, R, R, N, J, "same for >=")                                                          \
	X(JEQK, R, K, N, J, "as JEQ with constant B")                                              \
	X(JNEK, R, K, N, J, "as JNE with constant B")                                              \
	X(JLTK, R, K, N, J, "as JLT with constant B")                                              \
	X(JGTK, R, K, N, J, "as JGT with constant B")                                              \
	X(JLEK, R, K, N, J, "as JLE with constant B")                                              \
	X(JGEK, R, K, N, J, "as JGE with constant B")                                              \
	X(JEQI, R, I, N, J, "as JEQ with Integer B")                                               \
	X(JNEI, R, I, N, J, "as JNE with Integer B")                                               \
	X(JLTI, R, I, N, J, "as JLT with Integer B")                                               \
	X(JGTI, R, I, N, J, "as JGT with Integer B")                                               \
	X(JLEI, R, I, N, J, "as JLE with Integer B")                                               \
	X(JGEI, R, I, N, J, "as JGE with Integer B")                                               \
	/* loops */                                                                                \
	X(FORPREP, V, N, _, J,                                                                     \
	  "makes start R[A], limit R[A+1] and step R[A+2] numbers (B = 1); "                       \
	  "go on at X when there is nothing to do")                                                \
	X(FORINC, M, R, _, J, "as FORLOOP with step 1")                                            \
	X(FORLOOP, M, R, _, J,                                                                     \
	  "R[A] += step R[B+2]; while limit R[B+1] is not passed, go on "                          \
	  "at X")                                                                                  \
	X(EACH, M, _, _, _, "R[A] := iterator over R[A], else error 451")                          \
	X(NEXT, W, R, _, J, "R[A] := next element of iterator R[B]; at the end go on at X")        \
	/* calls and elements; C of calls: enum vbs_call_flags */                                  \
	X(CALLG, D, N, N, G, "R[A] := global X (args B)")                                          \
	X(CALLB, D, N, N, F, "R[A] := built-in X (args B)")                                        \
	X(CALLP, D, N, N, P, "R[A] := procedure X of this program (args B), on the same Me")       \
	X(CALLV, D, N, N, _, "R[A] := R[A] (args B): element, default property, procedure")        \
	X(CALLM, D, N, N, T, "R[A] := R[A].member X (args B)")                                     \
	X(PUTV, V, N, N, _, "R[A] (args B) := R[A+B+1]; R[A] is a reference; C: 1 Set")            \
	X(PUTM, V, N, N, T, "R[A].member X (args B) := R[A+B+1]; C: 1 Set")                        \
	X(INDEX, W, R, R, _, "R[A] := R[B](R[C])")                                                 \
	X(SETI, M, R, R, _, "R[A](R[B]) := R[C], by Let")                                          \
	X(NEW, W, _, _, G, "R[A] := new instance of class X")                                      \
	X(RET, N, _, _, _, "leave the procedure; R[0] is its result, R[1..A-1] are released")      \
	/* arrays */                                                                               \
	X(REDIM, D, N, N, _,                                                                       \
	  "what R[A] refers to := array with B upper bounds; C: 1 Preserve, "                      \
	  "2 fixed (Dim)")                                                                         \
	X(ERASE, R, _, _, _, "erases the array R[A] refers to")                                    \
	/* the rest */                                                                             \
	X(ONERR, _, N, _, _, "On Error: B = 1 Resume Next, 0 GoTo 0")                              \
	X(RAISE, _, B, _, K, "error Bx about the text constant X")                                 \
	X(EXEC, D, N, N, _, "R[A] := Eval (C = 0), Execute (1), ExecuteGlobal (2) of R[A+1]")

enum vbs_opcode {
#define X(name, a, b, c, x, text) VBS_##name,
	VBS_OPCODES(X)
#undef X
		VBS_OPCODE_COUNT
};

enum vbs_call_flags {
	CALL_STATEMENT = 1, /* the result is dropped */
	CALL_BARE = 2,      /* without parentheses or arguments: a variable gives its value */
	CALL_LOCAL = 4, /* CALLG: R[A] refers to a local variable for when nothing has the name */
};

#define JOIN_MAX 16 /* operands of JOIN */

struct vbs_op_info {
	const char *name;
	char a, b, c, x;
	const char *text;
};
extern const struct vbs_op_info vbs_ops[VBS_OPCODE_COUNT];

#define OP_A(w) ((w) >> 8 & 0xFF)
#define OP_B(w) ((w) >> 16 & 0xFF)
#define OP_C(w) ((w) >> 24)
#define OP_IB(w) ((int8_t)((w) >> 16))
#define OP_IC(w) ((int8_t)((w) >> 24))
#define OP_BX(w) ((w) >> 16)
#define OP_SBX(w) ((int16_t)((w) >> 16))
#define OP_MAKE(op, a, b, c)                                                                       \
	((uint32_t)(op) | (uint32_t)(a) << 8 | (uint32_t)(b) << 16 | (uint32_t)(c) << 24)
