/* fetch.c - see fetch.h.
 *
 * Equal weights come out of the matcher in the order of document numbers, which
 * change as segments are merged; so a page is cut only after our own sort, and
 * matches as light as the last one fetched are left to a larger fetch.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ranking.h"
#include "words.h"

/* ---- sorting ----------------------------------------------------------------------- */

static int compare_scores(const void *a, const void *b)
{
    double x = ((const cs_hit *)a)->score, y = ((const cs_hit *)b)->score;
    return (x < y) - (x > y);
}

/* Hits of equal score: by path, then by place in it. */
static int compare_places(const void *a, const void *b)
{
    const cs_hit *x = a, *y = b;
    int order = cs_path_compare(x->path, y->path);
    if (order != 0)
        return order;
    if (x->passage != y->passage)
        return x->passage > y->passage ? 1 : -1;
    return (x->shard > y->shard) - (x->shard < y->shard); /* two indexes of like folders */
}

cs_status cs_hit_set_path(const cs_collection *c, cs_hit *hit, cs_error *error)
{
    cs_file file;
    cs_status status =
        cs_schema_read_stamp(cs_store_file(c->shards[hit->shard].store, hit->file), &file, error);
    if (status == CS_OK)
        hit->path = file.path;
    return status;
}

/* Weights are sums over the query's words in whatever order the segments give
 * them: equal ones may differ in their last bits. */
static double rounded(double weight)
{
    const double grain = 1e6;
    return (double)(int64_t)(weight * grain + 0.5) / grain;
}

double cs_score_of(const cs_hit *hit, double weight)
{
    return rounded(weight * hit->share);
}

double cs_share_of(const cs_store *store, uint32_t passage)
{
    const uint32_t little = CS_KIND_SOURCES | CS_KIND_QUESTIONS | CS_KIND_CONTENTS;
    return cs_store_kinds(store, passage) & little ? cs_says_little : 1;
}

/* Paths are needed, and read, only where scores are equal: each is in another page of the
 * store. */
cs_status cs_hits_sort(const cs_collection *c, cs_hit *hits, size_t count, cs_error *error)
{
    if (count > 1)
        qsort(hits, count, sizeof *hits, compare_scores);
    for (size_t first = 0, last; first < count; first = last) {
        for (last = first + 1; last < count && hits[last].score == hits[first].score; last++)
            ;
        for (size_t i = first; last - first > 1 && i < last; i++) {
            cs_status status = cs_hit_set_path(c, &hits[i], error);
            if (status != CS_OK)
                return status;
        }
        if (last - first > 1)
            qsort(hits + first, last - first, sizeof *hits, compare_places);
    }
    return CS_OK;
}

/* Sorts every match that was fetched. */
static cs_status sort_all(const cs_collection *c, const xc_match *matches, size_t count,
                          cs_hit *all, cs_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const xc_match *match = &matches[i];
        uint32_t passage = match->docid - 1;
        const cs_store *store = c->shards[match->shard].store;
        all[i] = (cs_hit){.shard = match->shard, .passage = passage};
        all[i].file = cs_store_file_of(store, passage);
        all[i].share = cs_share_of(store, passage);
        all[i].score = all[i].first_score = cs_score_of(&all[i], match->weight);
    }
    return cs_hits_sort(c, all, count, error);
}

/* ---- fetching ---------------------------------------------------------------------- */

/* What was not fetched weighs at most `edge`, the last weight fetched, and scores
 * no more: only hits above it are sure of their place. */
static size_t without_edge(const cs_hit *all, size_t count, double edge)
{
    while (count > 0 && all[count - 1].score <= edge)
        count--;
    return count;
}

cs_status cs_fetch_matches(const cs_collection *c, xc_query *query, uint32_t fetch, uint32_t check,
                           xc_mset *ret_mset, cs_error *error)
{
    xc_error failure;
    if (xc_search(c->database, query, &cs_weighting, fetch, check, ret_mset, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot search the index");
    return CS_OK;
}

/* In order of place; of two of one passage the heavier first. */
static int compare_matches(const void *a, const void *b)
{
    const xc_match *x = a, *y = b;
    if (x->shard != y->shard)
        return x->shard > y->shard ? 1 : -1;
    if (x->docid != y->docid)
        return x->docid > y->docid ? 1 : -1;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

/* Adds matches of a second search, each passage with the better of its weights. What is among
 * the best of both together is among the best of one. False without memory. */
static bool add_matches(xc_mset *mset, const xc_mset *others)
{
    size_t count = mset->count + others->count, kept = 0;
    xc_match *all = realloc(mset->items, count * sizeof *all);
    if (all == NULL)
        return false;
    memcpy(all + mset->count, others->items, others->count * sizeof *all);
    qsort(all, count, sizeof *all, compare_matches);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || all[i].shard != all[kept - 1].shard || all[i].docid != all[kept - 1].docid)
            all[kept++] = all[i];
    mset->items = all;
    mset->count = kept;
    return true;
}

cs_status cs_fetched_make(const cs_collection *c, const xc_match *matches, size_t count,
                          double edge, cs_fetched *ret_fetched, cs_error *error)
{
    cs_fetched f = {.all = calloc(count + 1, sizeof *f.all), .complete = edge < 0};
    cs_status status =
        f.all == NULL ? cs_fail_memory(error) : sort_all(c, matches, count, f.all, error);
    if (status != CS_OK) {
        free(f.all);
        return status;
    }
    f.sure = without_edge(f.all, count, f.complete ? -1 : rounded(edge));
    *ret_fetched = f;
    return CS_OK;
}

/* The last weight that was fetched, of a search that found more; else below 0. */
static double edge_of(const xc_mset *mset, uint32_t fetch)
{
    return mset->count == fetch && fetch > 0 ? mset->items[fetch - 1].weight : -1;
}

cs_status cs_fetch(const cs_collection *c, xc_query *query, xc_query *every, uint32_t fetch,
                   uint32_t check, cs_fetched *ret_fetched, cs_error *error)
{
    xc_mset mset, all = {0};
    cs_status status = cs_fetch_matches(c, query, fetch, check, &mset, error);
    if (status != CS_OK)
        return status;
    if (every != NULL)
        status = cs_fetch_matches(c, every, fetch, 0, &all, error);
    bool complete = mset.count < fetch, exact = mset.matches_lower == mset.matches_upper;
    uint32_t estimate = complete ? (uint32_t)mset.count : mset.matches_estimated;
    double edge = fmax(edge_of(&mset, fetch), edge_of(&all, fetch));
    if (status == CS_OK && all.count > 0 && !add_matches(&mset, &all))
        status = cs_fail_memory(error);
    if (status == CS_OK)
        status = cs_fetched_make(c, mset.items, mset.count, edge, ret_fetched, error);
    if (status == CS_OK) {
        ret_fetched->complete = complete;
        ret_fetched->exact = exact;
        ret_fetched->estimate = estimate;
    }
    xc_mset_free(&mset);
    xc_mset_free(&all);
    return status;
}
