/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dcom/ as a server: sequences of calls of the protocol's interfaces, of those between processes of
 * a machine, and of objects. The input is a list of steps: a call with its stub's bytes, another
 * connection, a connection that is closed; words of a failed method, as a client takes them.
 *
 * Of three connections two are of processes of this machine, by different users, and one is of
 * another machine, which has not said who it is. In stubs some words stand for what was handed out
 * before: see `words`. What comes out is always whole messages, and answers are read by the table
 * of their method; at the end nothing is left of who has gone, and no object.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "com/errorinfo.h"
#include "dcom/dcom-internal.h"
#include "rpc/bytes.h"
#include "rpc/internal.h"

#include <idl/surrogate-local.h>
#include <idl/unknwn.h>

#define CONNECTIONS 3
#define STUB_MAX 4000

struct play {
	const uint8_t *at, *end; /* of the input */
	struct dcom *dcom;
	struct native exporter_service; /* as an exporter that has its resolver elsewhere has it */
	struct rpc_conn *conns[CONNECTIONS];
	unsigned current;
	unsigned interface, opnum; /* of the call whose answer comes */
	struct text request;       /* its stub */
	uint8_t oxid[8], oid[8], set[8], ipid[16], handle[20];
};

static struct rpc_server *server;
static struct rpc_groups *groups;
static const GUID secret = { 0x5ec4e7, 1, 2, { 3 } };

static const struct ndr_interface *const interfaces[] = {
	&ndr_interface_IObjectExporter,     &ndr_interface_IActivation,
	&ndr_interface_IRemoteSCMActivator, &ndr_interface_ILocalResolver,
	&ndr_interface_ILocalExporter,      &ndr_interface_IRemUnknown,
	&ndr_interface_IRemUnknown2,        &ndr_interface_IClassFactory,
};

enum { EXPORTER, ACTIVATION, SCM, LOCAL };

static unsigned byte(struct play *p)
{
	return p->at < p->end ? *p->at++ : 0;
}

static struct text take(struct play *p)
{
	size_t n = byte(p), left;

	n = (n | byte(p) << 8) % STUB_MAX;
	left = (size_t)(p->end - p->at);
	struct text t = { (const char *)p->at, n < left ? n : left };

	p->at += t.length;
	return t;
}

/* ---- an object: a class object of itself, which also tells why it fails ---- */

struct thing {
	IClassFactory factory;
	ISupportErrorInfo errors;
	atomic_uint refs;
};

static atomic_int things;

static HRESULT thing_new(REFIID riid, void **ret);

static struct thing *thing_of(IClassFactory *This)
{
	return container_of(This, struct thing, factory);
}

static ULONG thing_add(IClassFactory *This)
{
	return ++thing_of(This)->refs;
}

static ULONG thing_release(IClassFactory *This)
{
	unsigned refs = --thing_of(This)->refs;

	if (refs == 0) {
		mem_free(thing_of(This));
		things--;
	}
	return refs;
}

static HRESULT thing_query(IClassFactory *This, REFIID riid, void **ret)
{
	*ret = NULL;
	if (IsEqualGUID(riid, &IID_IUnknown) || IsEqualGUID(riid, &IID_IClassFactory))
		*ret = This;
	else if (IsEqualGUID(riid, &IID_ISupportErrorInfo))
		*ret = &thing_of(This)->errors;
	else
		return E_NOINTERFACE;
	thing_add(This);
	return S_OK;
}

static HRESULT thing_create(IClassFactory *This, IUnknown *outer, REFIID riid, void **ret)
{
	if (IsEqualGUID(riid, &GUID_NULL))
		return errorinfo_set(E_INVALIDARG, "thing", "There is no such %s.", "interface");
	return thing_new(riid, ret);
}

static HRESULT thing_lock(IClassFactory *This, BOOL lock)
{
	return lock ? S_OK : S_FALSE;
}

static HRESULT errors_query(ISupportErrorInfo *This, REFIID riid, void **ret)
{
	return thing_query(&container_of(This, struct thing, errors)->factory, riid, ret);
}

static ULONG errors_add(ISupportErrorInfo *This)
{
	return thing_add(&container_of(This, struct thing, errors)->factory);
}

static ULONG errors_release(ISupportErrorInfo *This)
{
	return thing_release(&container_of(This, struct thing, errors)->factory);
}

static HRESULT errors_of(ISupportErrorInfo *This, REFIID riid)
{
	return IsEqualGUID(riid, &IID_IClassFactory) ? S_OK : S_FALSE;
}

static HRESULT thing_new(REFIID riid, void **ret)
{
	static const IClassFactoryVtbl vtbl = { thing_query, thing_add, thing_release, thing_create,
						thing_lock };
	static const ISupportErrorInfoVtbl errors = { errors_query, errors_add, errors_release,
						      errors_of };
	struct thing *t = mem_new(struct thing);

	FUZZ_REQUIRE(t);
	*t = (struct thing){ { &vtbl }, { &errors }, 1 };
	things++;
	HRESULT hr = thing_query(&t->factory, riid, ret);

	thing_release(&t->factory);
	return hr;
}

static HRESULT activate(void *ctx, const struct rpc_caller *caller, REFCLSID clsid, bool factory,
			IUnknown **ret)
{
	FUZZ_REQUIRE(dcom_is_local(caller) || caller->level >= AUTHN_LEVEL_PKT_INTEGRITY);
	return clsid->Data1 == 1 ? thing_new(&IID_IUnknown, (void **)ret) : REGDB_E_CLASSNOTREG;
}

/* ---- what comes out ---- */

/* What later stubs may name. */
static void remember(struct play *p, struct text stub)
{
	const char *found;

	if (p->interface == EXPORTER && p->opnum == 2 && stub.length >= 8)
		memcpy(p->set, stub.data, 8);
	if (p->interface == LOCAL && p->opnum == 0 && stub.length >= 24)
		memcpy(p->handle, stub.data + stub.length - 24, 20);
	found = memmem(stub.data, stub.length, "MEOW\1\0\0\0", 8);
	if (found && stub.data + stub.length - found >= 64) {
		memcpy(p->oxid, found + 32, 8);
		memcpy(p->oid, found + 40, 8);
		memcpy(p->ipid, found + 48, 16);
	}
}

static bool has_this(unsigned interface)
{
	return interface >= LOCAL + 2;
}

static void decode(struct play *p, struct text stub, unsigned direction, struct arena *arena,
		   void *frame)
{
	const struct ndr_method *method = ndr_method_at(interfaces[p->interface], p->opnum);
	struct ndr_objects objects = dcom_objects(p->dcom);
	struct ndr_decoder d;
	ORPCTHIS this = { 0 };
	ORPCTHAT that = { 0 };

	ndr_decoder_init(&d, stub.data, stub.length, NDR_DREP, arena, NATIVE_ARENA_MAX, &objects,
			 NULL);
	if (has_this(p->interface) && direction == NDR_IN)
		FUZZ_REQUIRE(ndr_decode(&d, &ndr_type_ORPCTHIS, &this) == 0);
	if (has_this(p->interface) && direction == NDR_OUT)
		FUZZ_REQUIRE(ndr_decode(&d, &ndr_type_ORPCTHAT, &that) == 0);
	FUZZ_REQUIRE(ndr_decode_call(&d, method, direction, frame) == 0);
	FUZZ_REQUIRE(direction == NDR_IN || ndr_decoder_at_end(&d));
	ndr_decoder_done(&d);
	dcom_error_take(p->dcom, that.extensions);
	errorinfo_clear();
}

/* By the table of the method, as a client does it; sizes of results may be in the request. */
static void read_answer(struct play *p, struct text stub)
{
	const struct ndr_method *method = ndr_method_at(interfaces[p->interface], p->opnum);
	struct arena arena;

	FUZZ_REQUIRE(method);
	arena_init(&arena, 2 * NATIVE_ARENA_MAX);
	void *frame = arena_zalloc(&arena, 1, method->frame_size);

	FUZZ_REQUIRE(frame);
	decode(p, p->request, NDR_IN, &arena, frame);
	decode(p, stub, NDR_OUT, &arena, frame);
	ndr_clear_call(method, frame, false);
	arena_done(&arena);
}

/* One answer, or none; of more than one fragment only its form is looked at. */
static void drain(struct play *p)
{
	struct buf *out = rpc_conn_output(p->conns[p->current]);
	bool whole = true;

	for (size_t at = 0; at < out->length;) {
		struct rpc_pdu pdu;
		int length = rpc_pdu_length(out->data + at, out->length - at);

		FUZZ_REQUIRE(length > 0 && (size_t)length <= out->length - at);
		FUZZ_REQUIRE(rpc_pdu_parse(out->data + at, (size_t)length, &pdu, NULL) == 0);
		whole = whole && pdu.flags & RPC_PFC_LAST;
		if (pdu.type == RPC_PDU_RESPONSE && whole) {
			remember(p, pdu.call.stub);
			read_answer(p, pdu.call.stub);
		}
		at += (size_t)length;
	}
	buf_clear(out);
}

/* ---- connections ---- */

static void on_call(void *ctx, struct rpc_call *call)
{
	rpc_call_run(call);
	rpc_call_finish(call);
}

static void bind(struct play *p)
{
	struct rpc_bind_context contexts[ARRAY_LEN(interfaces)];
	struct buf out;

	for (unsigned i = 0; i < ARRAY_LEN(interfaces); i++)
		contexts[i] =
			(struct rpc_bind_context){ (uint16_t)i,
						   { interfaces[i]->uuid, interfaces[i]->major,
						     interfaces[i]->minor },
						   &rpc_ndr20,
						   1 };
	buf_init(&out, 1 << 16);
	size_t start = rpc_pdu_begin(&out, RPC_PDU_BIND, RPC_PFC_FIRST | RPC_PFC_LAST, 1);

	rpc_pdu_put_bind(&out, RPC_FRAGMENT_MAX, RPC_FRAGMENT_MAX, 0, contexts,
			 ARRAY_LEN(interfaces));
	rpc_pdu_end(&out, start, 0);
	FUZZ_REQUIRE(rpc_conn_input(p->conns[p->current], out.data, out.length) == 0);
	drain(p);
	buf_done(&out);
}

static void connect_as(struct play *p, unsigned which)
{
	static struct rpc_statistics statistics;
	bool here = which < 2;
	struct rpc_conn_options options = {
		.interfaces = rpc_server_interfaces(server),
		.groups = groups,
		.origin = { .address = here ? "local" : "192.0.2.1",
			    .local = here ? "" : "192.0.2.2",
			    .transport = here ? "ncalrpc" : "ncacn_ip_tcp",
			    .uid = 1000 + which },
		.secondary = "135",
		.ctx = p,
		.call = on_call,
	};

	p->current = which;
	FUZZ_REQUIRE(rpc_conn_new(&options, &statistics, &p->conns[which]) == 0);
	bind(p);
}

/* ---- calls ---- */

/* What stands for what in a stub. */
static size_t replace(const struct play *p, uint8_t *at, size_t left)
{
	const struct {
		const char *word;
		const void *by;
	} words[] = {
		{ "oxid####", p->oxid },
		{ "oid#####", p->oid },
		{ "setid###", p->set },
		{ "ipid############", p->ipid },
		{ "remunknown######", &p->dcom->rem_unknown },
		{ "secret##########", &p->dcom->secret },
		{ "handle##############", p->handle },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i].word);

		if (left >= n && memcmp(at, words[i].word, n) == 0) {
			memcpy(at, words[i].by, n);
			return n;
		}
	}
	return 1;
}

static const GUID *object_of(struct play *p, unsigned which)
{
	static GUID ipid;

	switch (which % 5) {
	case 1:
		memcpy(&ipid, p->ipid, sizeof ipid);
		return &ipid;
	case 2:
		return &p->dcom->secret;
	case 3:
		return &p->dcom->rem_unknown;
	case 4:
		return &IID_IUnknown; /* an IPID of no exporter */
	default:
		return NULL;
	}
}

static void call(struct play *p)
{
	p->interface = byte(p) % ARRAY_LEN(interfaces);
	p->opnum = byte(p) % 16;
	const GUID *object = object_of(p, byte(p));
	struct text stub = take(p);
	struct buf out;

	buf_init(&out, 1 << 16);
	size_t start =
		rpc_pdu_begin(&out, RPC_PDU_REQUEST,
			      RPC_PFC_FIRST | RPC_PFC_LAST | (object ? RPC_PFC_OBJECT : 0), 2);

	rpc_pdu_put_request(&out, 0, (uint16_t)p->interface, (uint16_t)p->opnum, object);
	size_t body = out.length;

	buf_put_text(&out, stub);
	rpc_pdu_end(&out, start, 0);
	for (size_t at = body; at < out.length;)
		at += replace(p, (uint8_t *)out.data + at, out.length - at);
	p->request = (struct text){ out.data + body, out.length - body };
	FUZZ_REQUIRE(rpc_conn_input(p->conns[p->current], out.data, out.length) == 0);
	drain(p);
	buf_done(&out);
}

/* Words of a failed method. Only by value: others would be asked for over the network. */
static void words(struct play *p)
{
	struct text data = take(p);
	struct objref *ref = mem_alloc(sizeof *ref);
	struct arena arena;

	FUZZ_REQUIRE(ref);
	arena_init(&arena, 1 << 20);
	if (objref_parse(data, ref) == 0 && ref->kind == OBJREF_CUSTOM) {
		ORPC_EXTENT_ARRAY *array =
			orpc_make_extension(&arena, &CLSID_ERROR_EXTENSION, data);

		dcom_error_take(p->dcom, array);
		errorinfo_clear();
	}
	arena_done(&arena);
	mem_free(ref);
}

static void step(struct play *p)
{
	unsigned kind = byte(p) % 8;

	if (kind == 0) {
		p->current = byte(p) % CONNECTIONS;
	} else if (kind == 1) {
		rpc_conn_close(p->conns[p->current]);
		connect_as(p, p->current);
	} else if (kind == 2) {
		words(p);
	} else {
		call(p);
	}
}

/* ---- the stage ---- */

static struct dcom *start(void)
{
	struct rpc_server_options options = { 0 };
	struct bindings bindings = { 0 };
	struct error err = { 0 };
	struct dcom *dcom;

	if (!server) {
		FUZZ_REQUIRE(rpc_server_new(&options, &server) == 0);
		FUZZ_REQUIRE(rpc_groups_new(&groups) == 0);
	}
	bindings_add_string(&bindings, "192.0.2.2", 0);
	bindings_add_security(&bindings, AUTHN_WINNT, "");
	struct dcom_options about = { .server = server,
				      .port = 135,
				      .secret = &secret,
				      .endpoint = "/nowhere/resolver",
				      .bindings = &bindings,
				      .activate = activate };

	FUZZ_REQUIRE(dcom_new(&about, &dcom, &err) == 0);
	return dcom;
}

/* An input in which nothing was made that outlives its connections leaves what it had to the next,
 * as a start takes longer than most inputs. */
static struct dcom *kept;

static void begin(struct play *p)
{
	p->dcom = kept ? kept : start();
	kept = NULL;
	native_init(&p->exporter_service, &ndr_interface_ILocalExporter, dcom_exporter_methods,
		    p->dcom, NULL);
	FUZZ_REQUIRE(rpc_interfaces_add(rpc_server_interfaces(server), &p->exporter_service.face) ==
		     0);
	for (unsigned i = CONNECTIONS; i-- > 0;)
		connect_as(p, i);
}

static void end(struct play *p)
{
	for (unsigned i = 0; i < CONNECTIONS; i++)
		rpc_conn_close(p->conns[i]);
	rpc_interfaces_remove(rpc_server_interfaces(server), &p->exporter_service.face);
	struct dcom_counts left = dcom_counts(p->dcom);

	FUZZ_REQUIRE(left.resolver.oxids == 1);
	FUZZ_REQUIRE(p->dcom->class_count == 0);
	if (left.resolver.oids || left.resolver.sets) {
		dcom_free(p->dcom);
	} else {
		FUZZ_REQUIRE(left.exporter.objects == 0);
		kept = p->dcom;
	}
	FUZZ_REQUIRE(things == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct play p = { .at = input, .end = input + size };

	begin(&p);
	while (p.at < p.end)
		step(&p);
	end(&p);
	return 0;
}
