/* match.c - see match.h.
 *
 * Equal weights come out of the matcher in the order of document numbers, which
 * change as segments are merged; so a page is cut only after our own sort, and
 * matches as light as the last one fetched are left to a larger fetch.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "match.h"

#include <stdlib.h>

#include "fold.h"
#include "words.h"

void cs_hits_release(cs_hits *hits)
{
    free(hits->items);
    free(hits->copies.items);
    *hits = (cs_hits){0};
}

static int compare_scores(const void *a, const void *b)
{
    double x = ((const cs_hit *)a)->score, y = ((const cs_hit *)b)->score;
    return (x < y) - (x > y);
}

/* Hits of equal score: by path, then by place in it. */
static int compare_places(const void *a, const void *b)
{
    const cs_hit *x = a, *y = b;
    int order = cs_view_compare(x->path, y->path);
    if (order != 0)
        return order;
    if (x->passage != y->passage)
        return x->passage > y->passage ? 1 : -1;
    return (x->shard > y->shard) - (x->shard < y->shard); /* two indexes of like folders */
}

static cs_status set_path(const cs_collection *c, cs_hit *hit, cs_error *error)
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

/* A list of sources names what others say, questions without an answer say nothing: a passage that
 * says it comes first. */
static double score_of(const cs_store *store, uint32_t passage, double weight)
{
    const double says_little = 0.5;
    const uint32_t little = CS_KIND_SOURCES | CS_KIND_QUESTIONS;
    return rounded(cs_store_kinds(store, passage) & little ? weight * says_little : weight);
}

/* Sorts every match that was fetched. Paths are needed, and read, only where
 * scores are equal: each is in another page of the store. */
static cs_status sort_all(const cs_collection *c, const xc_mset *mset, cs_hit *all, cs_error *error)
{
    for (size_t i = 0; i < mset->count; i++) {
        const xc_match *match = &mset->items[i];
        uint32_t passage = match->docid - 1;
        const cs_store *store = c->shards[match->shard].store;
        all[i] = (cs_hit){.shard = match->shard, .passage = passage};
        all[i].file = cs_store_file_of(store, passage);
        all[i].score = score_of(store, passage, match->weight);
    }
    if (mset->count > 1)
        qsort(all, mset->count, sizeof *all, compare_scores);
    for (size_t first = 0, last; first < mset->count; first = last) {
        for (last = first + 1; last < mset->count && all[last].score == all[first].score; last++)
            ;
        for (size_t i = first; last - first > 1 && i < last; i++) {
            cs_status status = set_path(c, &all[i], error);
            if (status != CS_OK)
                return status;
        }
        if (last - first > 1)
            qsort(all + first, last - first, sizeof *all, compare_places);
    }
    return CS_OK;
}

/* ---- grouping ------------------------------------------------------------------------- */

/* How many hits each study has, and where its last shown one is. A hash table;
 * as many slots as twice the hits. */
typedef struct tally {
    struct tally_slot {
        uint32_t shard, file;
        uint32_t hits, shown;
        uint32_t last; /* index into the page, of the last shown */
        bool used;
    } * slots;
    size_t mask;
    uint32_t files;
} tally;

static bool tally_init(tally *t, size_t hits)
{
    size_t size = 64;
    while (size < hits * 2)
        size *= 2;
    *t = (tally){.slots = calloc(size, sizeof *t->slots), .mask = size - 1};
    return t->slots != NULL;
}

static struct tally_slot *tally_of(tally *t, const cs_hit *hit)
{
    uint64_t key = ((uint64_t)hit->shard << 32 | hit->file) * 0x9E3779B97F4A7C15u;
    for (size_t i = (size_t)(key >> 20);; i++) {
        struct tally_slot *slot = &t->slots[i & t->mask];
        if (slot->used && (slot->shard != hit->shard || slot->file != hit->file))
            continue;
        if (!slot->used) {
            *slot = (struct tally_slot){.shard = hit->shard, .file = hit->file, .used = true};
            t->files++;
        }
        return slot;
    }
}

/* What picks a page out of the sorted hits. */
typedef struct picker {
    const cs_collection *collection;
    const cs_page *page;
    tally tally;
    cs_fold fold;
    uint64_t passed; /* hits that stand on this and the pages before it */
    cs_hits *hits;
} picker;

#define other_page UINT32_MAX /* a hit of the pages before; no enum: those are ints */

static bool add_copy(cs_hits *hits, uint32_t of, const cs_hit *hit, size_t rank)
{
    if (of == other_page || hits->items[of].copies++ >= cs_named_copies)
        return true;
    cs_copy *copy = CS_PUSH(&hits->copies);
    if (copy == NULL)
        return false;
    *copy = (cs_copy){.shard = hit->shard,
                      .passage = hit->passage,
                      .file = hit->file,
                      .of = of,
                      .rank = (uint32_t)rank};
    return true;
}

/* Shows a hit, passes it over for another page, or folds it. */
static bool pick_one(picker *p, const cs_hit *hit, size_t rank)
{
    uint32_t of = other_page;
    struct tally_slot *slot = tally_of(&p->tally, hit);
    cs_fingerprint print = {0};
    if (p->page->fold) {
        print = cs_store_fingerprint(p->collection->shards[hit->shard].store, hit->passage);
        if (cs_fold_find(&p->fold, print, &of))
            return add_copy(p->hits, of, hit, rank);
    }
    slot->hits++;
    bool before = p->passed < p->page->offset;
    bool after = p->passed >= (uint64_t)p->page->offset + p->page->limit;
    if (after || (p->page->per_file != 0 && slot->shown >= p->page->per_file))
        return true;
    slot->shown++;
    p->passed++;
    if (p->page->fold)
        cs_fold_keep(&p->fold, print, before ? other_page : (uint32_t)p->hits->count);
    if (before)
        return true;
    slot->last = (uint32_t)p->hits->count;
    cs_hit *shown = CS_PUSH(p->hits);
    if (shown != NULL)
        *shown = *hit;
    return shown != NULL;
}

static bool pick(picker *p, const cs_hit *all, size_t count)
{
    uint64_t kept = (uint64_t)p->page->offset + p->page->limit;
    p->hits->count = p->hits->copies.count = 0;
    bool done =
        tally_init(&p->tally, count) && cs_fold_init(&p->fold, kept < count ? (size_t)kept : count);
    for (size_t i = 0; done && i < count; i++)
        done = pick_one(p, &all[i], i);
    return done;
}

static int compare_copies(const void *a, const void *b)
{
    const cs_copy *x = a, *y = b;
    if (x->of != y->of)
        return x->of > y->of ? 1 : -1;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Gives each hit its copies, and these their places. */
static cs_status place_copies(const cs_collection *c, cs_hits *hits, cs_error *error)
{
    cs_status status = CS_OK;
    if (hits->copies.count > 1)
        qsort(hits->copies.items, hits->copies.count, sizeof *hits->copies.items, compare_copies);
    for (size_t i = 0; i < hits->copies.count && status == CS_OK; i++) {
        cs_copy *copy = &hits->copies.items[i];
        const cs_store *store = c->shards[copy->shard].store;
        cs_file file;
        cs_hit *hit = &hits->items[copy->of];
        if (hit->named++ == 0)
            hit->first_copy = (uint32_t)i;
        copy->line = cs_schema_passage_line(cs_store_passage(store, copy->passage));
        status = cs_schema_read_stamp(cs_store_file(store, copy->file), &file, error);
        if (status == CS_OK)
            copy->path = file.path;
    }
    return status;
}

static void set_more(tally *t, cs_hits *hits)
{
    for (size_t i = 0; i < hits->count; i++) {
        const struct tally_slot *slot = tally_of(t, &hits->items[i]);
        if (slot->last == i)
            hits->items[i].more = slot->hits - slot->shown;
    }
}

/* ---- fetching -------------------------------------------------------------------------- */

/* What was not fetched weighs at most `edge`, the last weight fetched, and scores
 * no more: only hits above it are sure of their place. */
static size_t without_edge(const cs_hit *all, size_t count, double edge)
{
    while (count > 0 && all[count - 1].score <= edge)
        count--;
    return count;
}

/* Fetches `fetch` matches and picks the page; *ret_enough says whether the page
 * is full or there are no more. */
static cs_status try_fetch(const cs_collection *c, const cs_search_plan *plan, const cs_page *page,
                           uint32_t fetch, cs_hits *hits, bool *ret_enough, cs_error *error)
{
    xc_mset mset;
    xc_error failure;
    bool many = plan->at_least > cs_exact_total; /* then the total is an estimate anyway */
    uint32_t check = many || fetch > cs_exact_total ? fetch : cs_exact_total;
    if (xc_search(c->database, plan->query, &cs_weighting, fetch, check, &mset, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot search the index");
    bool complete = mset.count < fetch;
    hits->total_exact = mset.matches_lower == mset.matches_upper;
    hits->total = complete ? (uint32_t)mset.count : mset.matches_estimated;
    cs_hit *all = calloc(mset.count + 1, sizeof *all);
    cs_status status = all == NULL ? cs_fail_memory(error) : sort_all(c, &mset, all, error);
    size_t sure = mset.count;
    if (status == CS_OK && !complete)
        sure = without_edge(all, mset.count, rounded(mset.items[mset.count - 1].weight));
    xc_mset_free(&mset);
    picker p = {.collection = c, .page = page, .hits = hits};
    if (status == CS_OK && !pick(&p, all, sure))
        status = cs_fail_memory(error);
    if (status == CS_OK) {
        set_more(&p.tally, hits);
        hits->files = p.tally.files;
        *ret_enough = complete || p.passed >= (uint64_t)page->offset + page->limit;
    }
    free(p.tally.slots);
    cs_fold_release(&p.fold);
    free(all);
    for (size_t i = 0; status == CS_OK && i < hits->count; i++)
        status = set_path(c, &hits->items[i], error);
    return status == CS_OK ? place_copies(c, hits, error) : status;
}

/* How many matches to begin with: all that an exact total needs, or when there are
 * more anyway, a few pages. */
static uint64_t first_fetch(const cs_search_plan *plan, const cs_page *page)
{
    enum { pages = 4, spare = 60 };
    uint64_t wanted = ((uint64_t)page->offset + page->limit) * pages + spare;
    return plan->at_least > cs_exact_total && wanted < cs_exact_total ? wanted : cs_exact_total + 1;
}

cs_status cs_match_run(const cs_collection *collection, const cs_search_plan *plan,
                       const cs_page *page, cs_hits *ret_hits, cs_error *error)
{
    uint64_t fetch = first_fetch(plan, page);
    for (;;) {
        bool all = page->limit == UINT32_MAX || fetch > collection->documents;
        uint32_t now = all ? collection->documents + 1 : (uint32_t)fetch;
        bool enough = false;
        cs_status status = try_fetch(collection, plan, page, now, ret_hits, &enough, error);
        if (status != CS_OK || enough || all)
            return status;
        fetch *= 4;
    }
}

bool cs_match_replace(cs_hits *hits, size_t hit)
{
    cs_hit *h = &hits->items[hit];
    if (h->named == 0)
        return false;
    const cs_copy *copy = &hits->copies.items[h->first_copy++];
    h->named--;
    h->copies--;
    h->more = 0; /* of the study that is gone */
    h->shard = copy->shard;
    h->passage = copy->passage;
    h->file = copy->file;
    h->path = copy->path;
    return true;
}

cs_status cs_match_count(const cs_collection *collection, const cs_search_plan *plan,
                         uint32_t *ret_count, cs_error *error)
{
    xc_mset mset;
    xc_error failure;
    if (xc_search(collection->database, plan->query, &cs_weighting, 0, collection->documents + 1,
                  &mset, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot search the index");
    *ret_count = mset.matches_estimated;
    xc_mset_free(&mset);
    return CS_OK;
}
