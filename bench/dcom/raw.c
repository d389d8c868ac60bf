/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "com/class.h"
#include "dcom/objref.h"
#include "dcom/orpc.h"
#include "ndr/ndr.h"

#include <idl/ms-dcom.h>

struct raw {
	struct rpc_client *client;
	GUID ipid;
	struct buf in, out;
	struct ndr_encoder encoder;
	struct ndr_decoder decoder;
};

static bool add(void *ctx)
{
	struct raw *raw = ctx;
	LONG sum = 0;
	struct ISums_Add f = { .a = 1, .b = 2, .sum = &sum };
	ORPCTHIS this = { .version = { ORPC_MAJOR, ORPC_MINOR } };
	ORPCTHAT that = { 0 };
	const struct ndr_method *method = ndr_method_at(&ndr_interface_ISums, 7);

	buf_clear(&raw->in);
	buf_clear(&raw->out);
	guid_random(&this.cid);
	ndr_encoder_restart(&raw->encoder, &raw->in, NULL, NULL);
	if (ndr_encode(&raw->encoder, &ndr_type_ORPCTHIS, &this) < 0 ||
	    ndr_encode_call(&raw->encoder, method, NDR_IN, &f) < 0)
		return false;
	struct rpc_client_call call = {
		.opnum = 7, .object = &raw->ipid, .in = buf_text(&raw->in), .out = &raw->out
	};

	if (rpc_client_call(raw->client, &call, NULL))
		return false;
	ndr_decoder_restart(&raw->decoder, raw->out.data, raw->out.length, NDR_DREP, NULL,
			    NDR_MEMORY_MAX, NULL, NULL);
	return ndr_decode(&raw->decoder, &ndr_type_ORPCTHAT, &that) == 0 &&
	       ndr_decode_call(&raw->decoder, method, NDR_OUT, &f) == 0 && f.ReturnValue == S_OK &&
	       sum == 3;
}

/* The name of the object's interface at its exporter. */
static bool find(struct dcom *dcom, IUnknown *proxy, GUID *ret)
{
	struct objref ref;
	struct buf bytes;

	buf_init(&bytes, OBJREF_MAX);
	bool ok = dcom_marshal(dcom, &IID_ISums, proxy, &bytes) == S_OK &&
		  objref_parse(buf_text(&bytes), &ref) == 0;

	if (ok)
		*ret = ref.std.ipid;
	buf_done(&bytes);
	return ok;
}

bool bench_raw(struct dcom *dcom, IUnknown *proxy, uint16_t port, struct timing *timing)
{
	struct rpc_client_options o = { .binding = { .protseq = RPC_NCACN_IP_TCP,
						     .host = BENCH_ADDRESS },
					.interface = { IID_ISums, 0, 0 },
					.level = AUTHN_LEVEL_NONE };
	struct raw raw = { NULL };

	snprintf(o.binding.endpoint, sizeof o.binding.endpoint, "%u", port);
	if (!find(dcom, proxy, &raw.ipid) || rpc_client_new(&o, &raw.client, NULL) < 0)
		return false;
	buf_init(&raw.in, RPC_STUB_MAX);
	buf_init(&raw.out, RPC_STUB_MAX);
	ndr_encoder_init(&raw.encoder, NULL, NULL, NULL);
	ndr_decoder_init(&raw.decoder, NULL, 0, NDR_DREP, NULL, 0, NULL, NULL);
	bool ok = timing_run(timing, add, &raw);

	ndr_encoder_done(&raw.encoder);
	ndr_decoder_done(&raw.decoder);
	buf_done(&raw.in);
	buf_done(&raw.out);
	rpc_client_free(raw.client);
	return ok;
}
