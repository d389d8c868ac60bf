/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection without sockets: the test is the client, writes messages and reads the answers.
 * Calls are served at once, or kept for the test to finish.
 */
#pragma once

#include "../unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "echo.h"
#include "rpc/bytes.h"
#include "rpc/connection.h"

#include <errno.h>
#include <stdio.h>

#define WHOLE (RPC_PFC_FIRST | RPC_PFC_LAST)

struct rig {
	struct rpc_interfaces *interfaces;
	struct rpc_groups *groups;
	struct rpc_statistics statistics;
	struct rpc_conn_options options;
	struct rpc_conn *conn;
	bool keep;                /* calls are not served at once */
	struct rpc_call *kept[8]; /* in the order they came */
	unsigned kept_count;
	char note[ERROR_TEXT_MAX]; /* the last one */
	struct buf message;        /* what the test writes */
};

static inline void rig_on_call(void *ctx, struct rpc_call *call)
{
	struct rig *rig = ctx;
	if (rig->keep && rig->kept_count < 8) {
		rig->kept[rig->kept_count++] = call;
		return;
	}
	rpc_call_run(call);
	rpc_call_finish(call);
}

static inline void rig_on_note(void *ctx, const char *text)
{
	struct rig *rig = ctx;
	snprintf(rig->note, sizeof(rig->note), "%s", text);
}

/* 0 or a negative error, so that faults can be tried. */
static inline int rig_init(struct rig *rig, struct security_acceptor *acceptor)
{
	memset(rig, 0, sizeof(*rig));
	buf_init(&rig->message, 1 << 20);
	int r = rpc_interfaces_new(&rig->interfaces);
	if (r == 0)
		r = rpc_groups_new(&rig->groups);
	if (r == 0)
		r = rpc_interfaces_add(rig->interfaces, &echo_interface);
	rig->options = (struct rpc_conn_options){
		.interfaces = rig->interfaces,
		.groups = rig->groups,
		.acceptor = acceptor,
		.origin = { .address = "192.0.2.1",
			    .local = "192.0.2.2",
			    .transport = "ncacn_ip_tcp",
			    .port = 135 },
		.secondary = "135",
		.stub_max = 1 << 20,
		.calls_max = 8,
		.ctx = rig,
		.call = rig_on_call,
		.note = rig_on_note,
	};
	return r ? r : rpc_conn_new(&rig->options, &rig->statistics, &rig->conn);
}

static inline void rig_done(struct rig *rig)
{
	if (rig->conn)
		rpc_conn_close(rig->conn);
	for (unsigned i = 0; i < rig->kept_count; i++)
		rpc_call_finish(rig->kept[i]);
	rpc_groups_free(rig->groups);
	rpc_interfaces_free(rig->interfaces);
	buf_done(&rig->message);
}

/* Sends what was written, all at once. */
static inline int rig_send(struct rig *rig)
{
	int r = buf_failed(&rig->message);
	if (r == 0)
		r = rpc_conn_input(rig->conn, rig->message.data, rig->message.length);
	buf_clear(&rig->message);
	return r;
}

/* A bind or alter_context with one context. */
static inline void rig_put_bind(struct rig *rig, enum rpc_pdu_type type, uint32_t call_id,
				uint32_t group, uint16_t context_id,
				const struct rpc_syntax *interface,
				const struct rpc_syntax *transfer)
{
	const struct rpc_bind_context context = { context_id, *interface, transfer, 1 };
	size_t start = rpc_pdu_begin(&rig->message, type, WHOLE, call_id);
	rpc_pdu_put_bind(&rig->message, RPC_FRAGMENT_MAX, RPC_FRAGMENT_MAX, group, &context, 1);
	rpc_pdu_end(&rig->message, start, 0);
}

static inline int rig_bind(struct rig *rig)
{
	rig_put_bind(rig, RPC_PDU_BIND, 1, 0, 0, &echo_interface.id, &rpc_ndr20);
	return rig_send(rig);
}

static inline void rig_put_request(struct rig *rig, uint32_t call_id, unsigned flags,
				   uint16_t opnum, const void *stub, size_t length)
{
	size_t start = rpc_pdu_begin(&rig->message, RPC_PDU_REQUEST, flags, call_id);
	rpc_pdu_put_request(&rig->message, (uint32_t)length, 0, opnum, NULL);
	buf_put(&rig->message, stub, length);
	rpc_pdu_end(&rig->message, start, 0);
}

static inline void rig_put_bare(struct rig *rig, enum rpc_pdu_type type, uint32_t call_id)
{
	size_t start = rpc_pdu_begin(&rig->message, type, WHOLE, call_id);
	rpc_pdu_end(&rig->message, start, 0);
}

/* The next answer, which stays until rig_drop; false when there is none. */
static inline bool rig_answer(struct rig *rig, struct rpc_pdu *ret)
{
	struct buf *out = rpc_conn_output(rig->conn);
	int length = out->length ? rpc_pdu_length(out->data, out->length) : 0;
	if (length == 0)
		return false;
	const char *why = "";
	if (rpc_pdu_parse(out->data, (size_t)length, ret, &why) < 0)
		fail_msg("a malformed answer: %s", why);
	return true;
}

static inline void rig_drop(struct rig *rig, const struct rpc_pdu *pdu)
{
	buf_consume(rpc_conn_output(rig->conn), pdu->length);
}

static inline void rig_expect(struct rig *rig, enum rpc_pdu_type type, struct rpc_pdu *ret)
{
	assert_true(rig_answer(rig, ret));
	assert_string_equal(rpc_pdu_name(ret->type), rpc_pdu_name(type));
}

static inline void rig_expect_fault(struct rig *rig, uint32_t call_id, uint32_t status)
{
	struct rpc_pdu pdu;
	rig_expect(rig, RPC_PDU_FAULT, &pdu);
	assert_int_equal(pdu.call_id, call_id);
	assert_int_equal(pdu.call.status, status);
	rig_drop(rig, &pdu);
}

static inline void rig_expect_nothing(struct rig *rig)
{
	assert_int_equal(rpc_conn_output(rig->conn)->length, 0);
}

/* The result of the first context of a bind_ack or alter_context_resp, which goes. */
static inline struct rpc_pdu_result rig_expect_ack(struct rig *rig, enum rpc_pdu_type type)
{
	struct rpc_pdu pdu;
	struct rpc_pdu_result result = { 0 };
	size_t at = 0;
	rig_expect(rig, type, &pdu);
	assert_true(rpc_pdu_next_result(&pdu, &at, &result));
	rig_drop(rig, &pdu);
	return result;
}
