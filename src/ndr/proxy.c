/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proxies and stubs; see call.h. A call of a proxy has a room of its thread.
 */
#include "ndr/call.h"
#include "ndr/walk.h"

#include "base/mem.h"

#include <errno.h>

#define REQUEST_MAX ((size_t)64 << 20)

HRESULT ndr_hresult(int result, const struct error *err)
{
	if (result == 0)
		return S_OK;
	if (result == -ENOMEM)
		return E_OUTOFMEMORY;
	return err && err->hresult ? (HRESULT)err->hresult : HRESULT_FROM_WIN32(NDR_BAD_STUB_DATA);
}

/* ---- proxies ---- */

static HRESULT send(struct ndr_proxy *proxy, const struct ndr_method *method, void *frame,
		    struct ndr_room *room)
{
	const struct ndr_channel *channel = proxy->channel;
	HRESULT hr = S_OK;

	ndr_encoder_restart(&room->encoder, &room->out, channel->objects, &room->err);
	if (channel->begin)
		hr = channel->begin(proxy, method->opnum, &room->encoder);
	if (FAILED(hr))
		return hr;
	return ndr_hresult(ndr_encode_call(&room->encoder, method, NDR_IN, frame), &room->err);
}

static HRESULT receive(struct ndr_proxy *proxy, const struct ndr_method *method, void *frame,
		       const struct ndr_reply *reply, struct ndr_room *room)
{
	const struct ndr_channel *channel = proxy->channel;
	HRESULT hr = S_OK;

	ndr_decoder_restart(&room->decoder, reply->data, reply->size, reply->drep, NULL,
			    NDR_MEMORY_MAX, channel->objects, &room->err);
	if (channel->reply)
		hr = channel->reply(proxy, method->opnum, &room->decoder);
	if (FAILED(hr))
		return hr;
	return ndr_hresult(ndr_decode_call(&room->decoder, method, NDR_OUT, frame), &room->err);
}

/* A call that never came back leaves [out] targets empty, as COM has it. */
static void forget_results(const struct ndr_method *method, void *frame)
{
	for (uint32_t i = 0; i < method->count; i++) {
		const struct ndr_field *p = &method->params[i];
		void *target = p->type->kind == NDR_POINTER
				       ? ndr_pointer_at((char *)frame + p->offset)
				       : NULL;

		if ((p->flags & (NDR_IN | NDR_OUT)) == NDR_OUT && target &&
		    !(p->type->of->flags & NDR_CONFORMANT))
			memset(target, 0, p->type->of->size);
	}
}

static struct ndr_proxy *proxy_of(struct ndr_face *face)
{
	return container_of(face, struct ndr_proxy, face);
}

static HRESULT proxy_call(struct ndr_face *face, const struct ndr_method *method, void *frame)
{
	struct ndr_proxy *proxy = proxy_of(face);
	struct ndr_room *room = ndr_room_take(REQUEST_MAX);
	struct ndr_reply reply = { 0 };

	if (!room) {
		forget_results(method, frame);
		return E_OUTOFMEMORY;
	}
	HRESULT hr = send(proxy, method, frame, room);
	bool answered = false;
	if (SUCCEEDED(hr)) {
		hr = proxy->channel->call(proxy, method->opnum, &room->out, &reply);
		answered = SUCCEEDED(hr);
	}
	if (answered) {
		hr = receive(proxy, method, frame, &reply, room);
		proxy->channel->end(proxy, &reply);
	} else {
		forget_results(method, frame);
	}
	ndr_room_give(room);
	return SUCCEEDED(hr) ? S_OK : hr;
}

static HRESULT proxy_query(struct ndr_face *face, REFIID riid, void **ret)
{
	return proxy_of(face)->channel->query(proxy_of(face), riid, ret);
}

static ULONG proxy_add(struct ndr_face *face)
{
	return proxy_of(face)->channel->add(proxy_of(face));
}

static ULONG proxy_release(struct ndr_face *face)
{
	return proxy_of(face)->channel->release(proxy_of(face));
}

static const struct ndr_face_methods proxy_methods = { proxy_query, proxy_add, proxy_release,
						       proxy_call };

HRESULT ndr_proxy_init(struct ndr_proxy *proxy, const struct ndr_interface *interface,
		       const struct ndr_channel *channel, void *owner)
{
	proxy->channel = channel;
	proxy->owner = owner;
	return ndr_face_init(&proxy->face, interface, &proxy_methods);
}

/* ---- stubs ---- */

static int serve(struct ndr_stub_call *c, const struct ndr_method *method, void *frame)
{
	int r = ndr_prepare_out(method, frame, c->arena);

	if (r)
		return r;
	if ((r = ndr_invoke(c->interface, c->opnum, c->object, frame)))
		return r;
	if (c->reply && (r = c->reply(c->context, c->answer)))
		return r;
	return ndr_encode_call(c->answer, method, NDR_OUT, frame);
}

int ndr_stub_call(struct ndr_stub_call *c, struct error *err)
{
	const struct ndr_method *method = ndr_method_at(c->interface, c->opnum);
	_Alignas(16) char frame[NDR_FRAME_MAX];

	if (!method || method->flags & NDR_LOCAL || method->frame_size > NDR_FRAME_MAX)
		return error_set(err, -ENOSYS, "%s has no method %u to call", c->interface->name,
				 c->opnum);
	memset(frame, 0, method->frame_size);
	c->request->err = c->answer->err = err;
	c->request->inout_on_heap = true;
	int r = ndr_decode_call(c->request, method, NDR_IN, frame);
	if (!r && !ndr_decoder_at_end(c->request))
		r = ndr_fail(err, -EBADMSG, NDR_BAD_STUB_DATA, NULL,
			     "a request has bytes too many");
	else if (!r)
		r = serve(c, method, frame);
	else
		return r;
	ndr_clear_call(method, frame, true);
	return r;
}
