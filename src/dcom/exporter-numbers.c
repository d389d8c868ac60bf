/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an exporter and its objects are called (exporter.h): names that follow from a secret, and
 * numbers of objects, which the resolver is told of by batches before they are anything's, and once
 * they are nothing's any more. Any thread.
 */
#include "dcom/exporter-internal.h"

#include "base/map.h"
#include "base/mem.h"
#include "com/class.h"

#include <errno.h>
#include <sys/random.h>

/* ---- names ---- */

void exporter_names(const GUID *secret, uint64_t *ret_oxid, GUID *ret_rem_unknown)
{
	GUID made;

	guid_from_name(secret, TEXT("OXID"), &made);
	memcpy(ret_oxid, &made, sizeof *ret_oxid);
	guid_from_name(secret, TEXT("IRemUnknown"), ret_rem_unknown);
	memcpy(ret_rem_unknown, ret_oxid, sizeof *ret_oxid);
}

uint64_t exporter_oxid_of(const GUID *ipid)
{
	uint64_t oxid;

	memcpy(&oxid, ipid, sizeof oxid);
	return oxid;
}

/* ---- numbers of objects ---- */

/* Announces a batch of new ones. Whoever is faster may take them away again. */
static int add_spare(struct exporter *x)
{
	unsigned count = x->options.batch, kept;
	uint64_t made[EXPORTER_OIDS_MAX];
	ssize_t size = (ssize_t)(count * sizeof *made);

	if (getrandom(made, (size_t)size, 0) != size)
		return -EIO;
	int r = x->options.announce(x->options.numbering, made, count);

	if (r < 0)
		return r;
	pthread_mutex_lock(&x->lock);
	for (kept = 0; kept < count && x->spare_count < EXPORTER_OIDS_MAX; kept++)
		x->spare[x->spare_count++] = made[kept];
	pthread_mutex_unlock(&x->lock);
	if (kept < count)
		x->options.withdraw(x->options.numbering, made + kept, count - kept);
	return 0;
}

int exporter_take_oid(struct exporter *x, uint64_t *ret)
{
	bool found = false;
	int r = 0;

	while (r == 0 && !found) {
		pthread_mutex_lock(&x->lock);
		found = x->spare_count > 0;
		if (found)
			*ret = x->spare[--x->spare_count];
		pthread_mutex_unlock(&x->lock);
		if (!found)
			r = add_spare(x);
	}
	return r;
}

void exporter_flush(struct exporter *x)
{
	uint64_t gone[EXPORTER_OIDS_MAX];

	pthread_mutex_lock(&x->lock);
	unsigned count = x->gone_count;

	memcpy(gone, x->gone, count * sizeof *gone);
	x->gone_count = 0;
	pthread_mutex_unlock(&x->lock);
	if (count)
		x->options.withdraw(x->options.numbering, gone, count);
}

void exporter_drop_oid(struct exporter *x, uint64_t oid)
{
	pthread_mutex_lock(&x->lock);
	bool room = x->gone_count < EXPORTER_OIDS_MAX;

	if (room)
		x->gone[x->gone_count++] = oid;
	bool full = x->gone_count >= x->options.batch;

	pthread_mutex_unlock(&x->lock);
	if (!room)
		x->options.withdraw(x->options.numbering, &oid, 1);
	if (full)
		exporter_flush(x);
}

/* All that are or may be objects, for the caller to free. */
static uint64_t *all_oids(struct exporter *x, size_t *ret_count)
{
	size_t at = 0, count = 0;
	struct text key;
	void *value;

	pthread_mutex_lock(&x->lock);
	uint64_t *all = mem_alloc((map_count(x->objects) + EXPORTER_OIDS_MAX) * sizeof *all);

	if (all) {
		memcpy(all, x->spare, x->spare_count * sizeof *all);
		count = x->spare_count;
		while (map_next(x->objects, &at, &key, &value))
			all[count++] = ((const struct object *)value)->oid;
		x->gone_count = 0;
	}
	pthread_mutex_unlock(&x->lock);
	*ret_count = count;
	return all;
}

int exporter_announce(struct exporter *x)
{
	size_t count, step;
	_cleanup_mem_ uint64_t *all = all_oids(x, &count);
	int r = all ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i += step) {
		step = count - i < EXPORTER_OIDS_MAX ? count - i : EXPORTER_OIDS_MAX;
		r = x->options.announce(x->options.numbering, all + i, step);
	}
	return r;
}

bool exporter_is_spare(const struct exporter *x, uint64_t oid)
{
	for (unsigned i = 0; i < x->spare_count; i++)
		if (x->spare[i] == oid)
			return true;
	return false;
}
