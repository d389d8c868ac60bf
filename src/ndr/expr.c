/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stack machine for size_is and its like. idlc checked that an expression fits the stack and that
 * what it loads is there; arithmetic wraps, so that no bytes of a peer are undefined behaviour.
 */
#include "ndr/expr.h"

#include "base/mem.h"

const uint8_t ndr_wire_size[] = {
#define X(name, wire, memory, is_signed) [NDR_##name] = wire,
	NDR_SCALARS(X)
#undef X
		[NDR_USER] = 0,
};
const uint8_t ndr_memory_size[] = {
#define X(name, wire, memory, is_signed) [NDR_##name] = memory,
	NDR_SCALARS(X)
#undef X
		[NDR_USER] = 0,
};

#define LOAD(type)                                                                                 \
	({                                                                                         \
		type _v;                                                                           \
		memcpy(&_v, at, sizeof(_v));                                                       \
		(int64_t) _v;                                                                      \
	})

int64_t ndr_scalar_load(enum ndr_kind kind, const void *at)
{
	switch (kind) {
	case NDR_BYTE:
	case NDR_CHAR:
	case NDR_BOOLEAN:
	case NDR_UINT8:
		return LOAD(uint8_t);
	case NDR_INT8:
		return LOAD(int8_t);
	case NDR_WCHAR:
	case NDR_UINT16:
		return LOAD(uint16_t);
	case NDR_INT16:
		return LOAD(int16_t);
	case NDR_INT32:
	case NDR_ENUM16:
	case NDR_ENUM32:
		return LOAD(int32_t);
	case NDR_UINT32:
		return LOAD(uint32_t);
	case NDR_INT64:
	case NDR_UINT64:
	case NDR_INT3264:
	case NDR_UINT3264:
	case NDR_POINTER:
	case NDR_DOUBLE:
		return LOAD(int64_t);
	case NDR_FLOAT:
		return LOAD(uint32_t);
	default:
		return 0;
	}
}

void ndr_scalar_store(enum ndr_kind kind, void *at, int64_t value)
{
	/* The low bytes of a little-endian number, which is what every machine we build for has. */
	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "scalars are cut from the left");
	memcpy(at, &value, ndr_memory_size[kind]);
}

static bool binary(enum ndr_opcode op, int64_t a, int64_t b, int64_t *ret)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (op) {
	case NDR_OP_ADD:
		*ret = (int64_t)(ua + ub);
		return true;
	case NDR_OP_SUBTRACT:
		*ret = (int64_t)(ua - ub);
		return true;
	case NDR_OP_MULTIPLY:
		*ret = (int64_t)(ua * ub);
		return true;
	case NDR_OP_DIVIDE:
	case NDR_OP_MODULO:
		if (b == 0 || (a == INT64_MIN && b == -1))
			return false;
		*ret = op == NDR_OP_DIVIDE ? a / b : a % b;
		return true;
	case NDR_OP_SHIFT_LEFT:
		*ret = (int64_t)(ua << (ub & 63));
		return true;
	case NDR_OP_SHIFT_RIGHT:
		*ret = a >> (ub & 63);
		return true;
	case NDR_OP_AND:
		*ret = a & b;
		return true;
	case NDR_OP_OR:
		*ret = a | b;
		return true;
	case NDR_OP_XOR:
		*ret = a ^ b;
		return true;
	case NDR_OP_EQUAL:
		*ret = a == b;
		return true;
	case NDR_OP_UNEQUAL:
		*ret = a != b;
		return true;
	case NDR_OP_LESS:
		*ret = a < b;
		return true;
	case NDR_OP_LESS_EQUAL:
		*ret = a <= b;
		return true;
	case NDR_OP_GREATER:
		*ret = a > b;
		return true;
	case NDR_OP_GREATER_EQUAL:
		*ret = a >= b;
		return true;
	case NDR_OP_BOTH:
		*ret = a && b;
		return true;
	case NDR_OP_EITHER:
		*ret = a || b;
		return true;
	default:
		return false;
	}
}

bool ndr_eval(const struct ndr_op *expr, const void *scope, int64_t *ret)
{
	int64_t stack[NDR_EXPR_DEPTH + 1];
	unsigned top = 0; /* stack[top] is the newest */
	const char *at;

	/* The rest is written before it is read, and this is called for each array. */
	stack[0] = 0;
	for (; expr->op != NDR_OP_END; expr++) {
		switch ((enum ndr_opcode)expr->op) {
		case NDR_OP_CONST:
			stack[++top] = expr->value;
			break;
		case NDR_OP_LOAD:
			stack[++top] =
				ndr_scalar_load(expr->kind, (const char *)scope + expr->value);
			break;
		case NDR_OP_ADDRESS:
			stack[++top] = (int64_t)(intptr_t)((const char *)scope + expr->value);
			break;
		case NDR_OP_FOLLOW:
			at = (const char *)(intptr_t)stack[top];
			stack[top] = at ? ndr_scalar_load(expr->kind, at + expr->value) : 0;
			break;
		case NDR_OP_NEGATE:
			stack[top] = (int64_t)(0 - (uint64_t)stack[top]);
			break;
		case NDR_OP_NOT:
			stack[top] = !stack[top];
			break;
		case NDR_OP_INVERT:
			stack[top] = ~stack[top];
			break;
		case NDR_OP_CHOOSE:
			top -= 2;
			stack[top] = stack[top] ? stack[top + 1] : stack[top + 2];
			break;
		default:
			top--;
			if (!binary(expr->op, stack[top], stack[top + 1], &stack[top]))
				return false;
		}
	}
	*ret = stack[top];
	return true;
}

bool ndr_eval_count(const struct ndr_op *expr, const void *scope, uint32_t most, uint32_t *ret)
{
	int64_t value;

	if (!ndr_eval(expr, scope, &value) || value < 0 || value > most)
		return false;
	*ret = (uint32_t)value;
	return true;
}
