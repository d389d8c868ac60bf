/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interfaces that components have described (SurrogateRegisterInterfaces): what DCOM finds
 * besides its own. They stay for the life of the process, as proxies and vtables are made of them.
 * Any thread.
 */
#include "ndr/typeinfo.h"

#include "base/mem.h"

#include <pthread.h>

#define MODULES_MAX 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct ndr_module *modules[MODULES_MAX];
static unsigned module_count;

static bool is_registered(const struct ndr_module *module)
{
	for (unsigned i = 0; i < module_count; i++)
		if (modules[i] == module)
			return true;
	return false;
}

HRESULT SurrogateRegisterInterfaces(const struct ndr_module *module)
{
	HRESULT hr = S_OK;

	if (!module)
		return E_INVALIDARG;
	if (module->version != NDR_TABLES_VERSION)
		return TYPE_E_UNSUPFORMAT;
	pthread_mutex_lock(&lock);
	if (is_registered(module))
		hr = S_FALSE;
	else if (module_count == MODULES_MAX)
		hr = E_OUTOFMEMORY;
	else
		modules[module_count++] = module;
	pthread_mutex_unlock(&lock);
	if (hr == S_OK)
		(void)ndr_pin(module); /* and never let go */
	return hr;
}

const struct ndr_interface *ndr_registered(REFIID iid)
{
	const struct ndr_interface *found = NULL;

	pthread_mutex_lock(&lock);
	for (unsigned i = 0; !found && i < module_count; i++)
		for (uint32_t n = 0; !found && n < modules[i]->interface_count; n++)
			if (IsEqualGUID(&modules[i]->interfaces[n]->uuid, iid))
				found = modules[i]->interfaces[n];
	pthread_mutex_unlock(&lock);
	return found;
}
