/* collection.c - see collection.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "collection.h"

#include <stdlib.h>

void cs_collection_release(cs_collection *collection)
{
    xc_database_free(collection->database);
    for (size_t i = 0; i < collection->index_count; i++)
        cs_index_release(&collection->indexes[i]);
    free(collection->indexes);
    free(collection->shards);
    *collection = (cs_collection){0};
}

static uint32_t length_of(void *context, size_t shard, uint32_t docid)
{
    return cs_store_length(((const cs_shard *)context)[shard].store, docid - 1);
}

static cs_status open_database(cs_collection *c, cs_error *error)
{
    int *fds = calloc(c->shard_count + 1, sizeof *fds);
    c->shards = calloc(c->shard_count + 1, sizeof *c->shards);
    if (fds == NULL || c->shards == NULL) {
        free(fds);
        return cs_fail_memory(error);
    }
    size_t n = 0;
    for (size_t i = 0; i < c->index_count; i++) {
        const cs_index *index = &c->indexes[i];
        for (size_t s = 0; s < index->manifest.segments.count; s++) {
            c->shards[n] = (cs_shard){index, &index->manifest.segments.items[s], &index->stores[s]};
            fds[n++] = index->databases[s];
        }
    }
    xc_error failure;
    cs_status status = CS_OK;
    if (xc_database_open(fds, n, &c->database, &failure) != XC_OK ||
        xc_database_doc_count(c->database, &c->documents, &failure) != XC_OK)
        status = cs_index_fail(error, &failure, "cannot open the index");
    if (status == CS_OK)
        xc_database_set_lengths(c->database, length_of, c->shards);
    free(fds);
    return status;
}

cs_status cs_collection_open(char *const *directories, size_t count, cs_collection *ret_collection,
                             cs_error *error)
{
    cs_collection *c = ret_collection;
    *c = (cs_collection){0};
    if (count > cs_max_indexes)
        return cs_fail(error, CS_USAGE, "more than %d indexes", cs_max_indexes);
    c->indexes = calloc(count + 1, sizeof *c->indexes);
    if (c->indexes == NULL)
        return cs_fail_memory(error);
    for (size_t i = 0; i < count; i++) {
        c->index_count++;
        cs_status status = cs_index_open(directories[i], CS_INDEX_DATABASE, &c->indexes[i], error);
        if (status != CS_OK)
            return status;
        c->shard_count += c->indexes[i].manifest.segments.count;
    }
    return open_database(c, error);
}

/* ---- sets -------------------------------------------------------------------------- */

bool cs_docset_init(cs_docset *set, size_t shard_count)
{
    *set = (cs_docset){.shard_count = shard_count};
    set->shards = calloc(shard_count + 1, sizeof *set->shards);
    if (set->shards == NULL)
        set->shard_count = 0;
    return set->shards != NULL;
}

void cs_docset_release(cs_docset *set)
{
    for (size_t i = 0; set->shards != NULL && i < set->shard_count; i++)
        free(set->shards[i].items);
    free(set->shards);
    *set = (cs_docset){0};
}

bool cs_docset_add_file(cs_docset *set, const cs_collection *collection, size_t shard,
                        uint32_t file)
{
    const cs_store *store = collection->shards[shard].store;
    return cs_docset_add_passages(set, shard, cs_store_first_passage(store, file),
                                  cs_store_first_passage(store, file + 1));
}

bool cs_docset_add_passages(cs_docset *set, size_t shard, uint32_t first, uint32_t last)
{
    if (first >= last)
        return true;
    struct cs_doc_range *range = CS_PUSH(&set->shards[shard]);
    if (range == NULL)
        return false;
    *range = (struct cs_doc_range){first + 1, last}; /* passage n is document n + 1 */
    set->documents += last - first;
    return true;
}

static int compare_ranges(const void *a, const void *b)
{
    uint32_t x = ((const struct cs_doc_range *)a)->first;
    uint32_t y = ((const struct cs_doc_range *)b)->first;
    return (x > y) - (x < y);
}

/* Joins sorted ranges that overlap: a file may have been added twice. */
static void join_ranges(struct cs_doc_ranges *ranges)
{
    size_t kept = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        struct cs_doc_range *last = &ranges->items[kept];
        if (kept == 0 || ranges->items[i].first > last[-1].last)
            ranges->items[kept++] = ranges->items[i];
        else if (ranges->items[i].last > last[-1].last)
            last[-1].last = ranges->items[i].last;
    }
    ranges->count = kept;
}

void cs_docset_finish(cs_docset *set)
{
    set->documents = 0;
    for (size_t i = 0; i < set->shard_count; i++) {
        struct cs_doc_ranges *ranges = &set->shards[i];
        if (ranges->count > 1)
            qsort(ranges->items, ranges->count, sizeof *ranges->items, compare_ranges);
        join_ranges(ranges);
        for (size_t r = 0; r < ranges->count; r++)
            set->documents += ranges->items[r].last - ranges->items[r].first + 1;
    }
}

bool cs_docset_accept(void *context, size_t shard, uint32_t docid, uint32_t *next)
{
    const cs_docset *set = context;
    const struct cs_doc_range *ranges = set->shards[shard].items;
    size_t low = 0, high = set->shards[shard].count;
    while (low < high) { /* the first range that ends at or after docid */
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < docid)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == set->shards[shard].count) {
        *next = UINT32_MAX;
        return false;
    }
    if (ranges[low].first <= docid)
        return true;
    *next = ranges[low].first;
    return false;
}

cs_status cs_collection_dead(const cs_collection *collection, cs_docset *ret_set, cs_error *error)
{
    if (!cs_docset_init(ret_set, collection->shard_count))
        return cs_fail_memory(error);
    for (size_t i = 0; i < collection->shard_count; i++) {
        const cs_segment *segment = collection->shards[i].segment;
        for (size_t d = 0; d < segment->dead.count; d++)
            if (!cs_docset_add_file(ret_set, collection, i, segment->dead.items[d]))
                return cs_fail_memory(error);
    }
    cs_docset_finish(ret_set);
    return CS_OK;
}
