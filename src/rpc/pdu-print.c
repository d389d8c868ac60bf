/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages as text, for dumps of the wire. Verifiers and stubs show their length only: they may
 * hold secrets.
 */
#include "com/class.h"
#include "rpc/pdu.h"

static const struct {
	uint8_t flag;
	const char *name;
} flag_names[] = {
	{ RPC_PFC_FIRST, "first" },
	{ RPC_PFC_LAST, "last" },
	{ RPC_PFC_HEADER_SIGN, "header-sign/pending-cancel" },
	{ RPC_PFC_CONC_MPX, "multiplex" },
	{ RPC_PFC_DID_NOT_EXECUTE, "did-not-execute" },
	{ RPC_PFC_MAYBE, "maybe" },
	{ RPC_PFC_OBJECT, "object" },
};

static void print_syntax(struct buf *out, const char *what, const struct rpc_syntax *s)
{
	char text[GUID_TEXT_SIZE];
	uint64_t features;
	guid_format(&s->uuid, text);
	buf_printf(out, " %s %s %u.%u", what, text, s->major, s->minor);
	if (rpc_pdu_features(s, &features))
		buf_printf(out, " (features %#llx)", (unsigned long long)features);
}

static void print_contexts(struct buf *out, const struct rpc_pdu *pdu)
{
	struct rpc_pdu_context c;
	for (size_t at = 0; rpc_pdu_next_context(pdu, &at, &c);) {
		buf_printf(out, "  context %u", c.id);
		print_syntax(out, "interface", &c.abstract);
		for (unsigned i = 0; i < c.syntax_count; i++) {
			struct rpc_syntax s;
			rpc_pdu_syntax(pdu, &c, i, &s);
			print_syntax(out, "as", &s);
		}
		buf_putc(out, '\n');
	}
}

static void print_results(struct buf *out, const struct rpc_pdu *pdu)
{
	struct rpc_pdu_result r;
	for (size_t at = 0; rpc_pdu_next_result(pdu, &at, &r);) {
		buf_printf(out, "  result %u reason %u", r.result, r.reason);
		print_syntax(out, "as", &r.transfer);
		buf_putc(out, '\n');
	}
}

static void print_bind(struct buf *out, const struct rpc_pdu *pdu)
{
	buf_printf(out, "  max_xmit %u max_recv %u group %#x\n", pdu->bind.max_xmit,
		   pdu->bind.max_recv, pdu->bind.group);
	bool answer = pdu->type == RPC_PDU_BIND_ACK || pdu->type == RPC_PDU_ALTER_CONTEXT_RESP;
	(answer ? print_results : print_contexts)(out, pdu);
}

static void print_call(struct buf *out, const struct rpc_pdu *pdu)
{
	buf_printf(out, "  context %u", pdu->call.context_id);
	if (pdu->type == RPC_PDU_REQUEST) {
		buf_printf(out, " opnum %u", pdu->call.opnum);
		if (pdu->flags & RPC_PFC_OBJECT) {
			char text[GUID_TEXT_SIZE];
			guid_format(&pdu->call.object, text);
			buf_printf(out, " object %s", text);
		}
	} else {
		buf_printf(out, " cancels %u", pdu->call.cancels);
	}
	if (pdu->type == RPC_PDU_FAULT) {
		const char *name = rpc_fault_name(pdu->call.status);
		buf_printf(out, " status %#x %s", pdu->call.status, name ? name : "");
	}
	buf_printf(out, " stub of %zu bytes, hint %u\n", pdu->call.stub.length,
		   pdu->call.alloc_hint);
}

void rpc_pdu_print(struct buf *out, const struct rpc_pdu *pdu)
{
	buf_printf(out, "%s call %u length %u %s-endian", rpc_pdu_name(pdu->type), pdu->call_id,
		   pdu->length, rpc_drep_little(pdu->drep) ? "little" : "big");
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
		if (pdu->flags & flag_names[i].flag)
			buf_printf(out, " %s", flag_names[i].name);
	}
	buf_putc(out, '\n');
	switch (pdu->type) {
	case RPC_PDU_BIND:
	case RPC_PDU_BIND_ACK:
	case RPC_PDU_ALTER_CONTEXT:
	case RPC_PDU_ALTER_CONTEXT_RESP:
		print_bind(out, pdu);
		break;
	case RPC_PDU_BIND_NAK:
		buf_printf(out, "  reason %u\n", pdu->nak.reason);
		break;
	case RPC_PDU_REQUEST:
	case RPC_PDU_RESPONSE:
	case RPC_PDU_FAULT:
		print_call(out, pdu);
		break;
	default:
		break;
	}
	if (pdu->auth.value.length)
		buf_printf(out,
			   "  auth service %u level %u context %u pad %u verifier of %zu bytes\n",
			   pdu->auth.service, pdu->auth.level, pdu->auth.context_id, pdu->auth.pad,
			   pdu->auth.value.length);
}
