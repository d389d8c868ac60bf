/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of interfaces and numbers: what the tables of rpc.h say, looked up.
 */
#include "rpc/rpc.h"

#include "base/mem.h"

#include <string.h>

const struct rpc_syntax rpc_ndr20 = {
	{ 0x8a885d04, 0x1ceb, 0x11c9, { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } }, 2, 0
};
const struct rpc_syntax rpc_ndr64 = {
	{ 0x71710533, 0xbeba, 0x4937, { 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36 } }, 1, 0
};
const struct rpc_syntax rpc_epmapper = {
	{ 0xe1af8308, 0x5d1f, 0x11c9, { 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa } }, 3, 0
};
const struct rpc_syntax rpc_mgmt = {
	{ 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } }, 1, 0
};

bool rpc_syntax_equal(const struct rpc_syntax *a, const struct rpc_syntax *b)
{
	return IsEqualGUID(&a->uuid, &b->uuid) && a->major == b->major && a->minor == b->minor;
}

static const struct {
	uint32_t value, status;
	const char *name;
} faults[] = {
#define X(name, value, status) { (value), (status), #name },
	RPC_FAULTS(X)
#undef X
};

static const struct {
	uint32_t value;
	const char *text;
} statuses[] = {
#define X(name, value, text) { (value), text },
	RPC_STATUSES(X)
#undef X
};

const char *rpc_fault_name(uint32_t fault)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		if (faults[i].value == fault)
			return faults[i].name;
	}
	return NULL;
}

uint32_t rpc_fault_status(uint32_t fault)
{
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		if (faults[i].value == fault)
			return faults[i].status;
	}
	return fault ? fault : RPC_S_CALL_FAILED;
}

const char *rpc_status_text(uint32_t status)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (statuses[i].value == status)
			return statuses[i].text;
	}
	return NULL;
}

uint32_t rpc_status_hresult(uint32_t status)
{
	return status == 0 || status > 0xffff ? status : 0x80070000u | status;
}
