/* match.c - see match.h.
 *
 * Checks, of phrases and headings, cost a look at the text, so they are asked as seldom as can
 * be: of few passages with the words the best are checked until the page is full, and a sample
 * of the others (check_few); of very many likewise, as far as can be foreseen (check_after);
 * else all, during the match.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "match.h"

#include <math.h>
#include <stdlib.h>

#include "fetch.h"
#include "fold.h"
#include "ranking.h"
#include "rerank.h"

/* So many passages with the words of a phrase are few. */
enum { few_words = 4 * cs_exact_total };

void cs_hits_release(cs_hits *hits)
{
    free(hits->items);
    free(hits->copies.items);
    *hits = (cs_hits){0};
}

/* ---- grouping ---------------------------------------------------------------------- */

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

static void set_more(tally *t, uint32_t per_file, cs_hits *hits)
{
    for (size_t i = 0; i < hits->count; i++) {
        const struct tally_slot *slot = tally_of(t, &hits->items[i]);
        if (slot->last != i)
            continue;
        hits->items[i].more = slot->hits - slot->shown;
        hits->items[i].capped = per_file != 0 && slot->shown >= per_file;
    }
}

/* Picks the page out of what was fetched; *ret_full says whether there is enough for it. */
static cs_status show(const cs_collection *c, const cs_page *page, const cs_fetched *f,
                      cs_hits *hits, bool *ret_full, cs_error *error)
{
    picker p = {.collection = c, .page = page, .hits = hits};
    cs_status status = pick(&p, f->all, f->sure) ? CS_OK : cs_fail_memory(error);
    if (status == CS_OK) {
        set_more(&p.tally, page->per_file, hits);
        hits->files = p.tally.files;
        *ret_full = p.passed >= (uint64_t)page->offset + page->limit;
    }
    free(p.tally.slots);
    cs_fold_release(&p.fold);
    for (size_t i = 0; status == CS_OK && i < hits->count; i++)
        status = cs_hit_set_path(c, &hits->items[i], error);
    return status == CS_OK ? place_copies(c, hits, error) : status;
}

/* Fetches `fetch` matches and picks the page; *ret_enough says whether the page
 * is full or there are no more. */
static cs_status try_fetch(const cs_collection *c, const cs_search_plan *plan, const cs_page *page,
                           uint32_t fetch, cs_hits *hits, bool *ret_enough, cs_error *error)
{
    cs_fetched f;
    bool many = plan->at_least > cs_exact_total; /* then the total is an estimate anyway */
    uint32_t check = many || fetch > cs_exact_total ? fetch : cs_exact_total;
    cs_status status = cs_fetch(c, plan->query, plan->every, fetch, check, &f, error);
    if (status != CS_OK)
        return status;
    hits->total = f.estimate;
    hits->total_exact = f.exact;
    status = cs_rerank(c, plan, &f, error);
    if (status == CS_OK)
        status = show(c, page, &f, hits, ret_enough, error);
    *ret_enough = status == CS_OK && (f.complete || (*ret_enough && f.sure >= cs_reranked));
    free(f.all);
    return status;
}

/* ---- checks after the match -------------------------------------------------------- */

static bool passes(const cs_search_plan *plan, const cs_hit *hit)
{
    uint32_t next;
    for (size_t i = 0; i < plan->required.count; i++)
        if (!cs_check_accept(plan->required.items[i], hit->shard, hit->passage + 1, &next))
            return false;
    return true;
}

/* In order of place, so that each file is read once. */
static int compare_numbers(const void *a, const void *b)
{
    const cs_hit *x = *(const cs_hit *const *)a, *y = *(const cs_hit *const *)b;
    if (x->shard != y->shard)
        return x->shard > y->shard ? 1 : -1;
    return (x->passage > y->passage) - (x->passage < y->passage);
}

/* Leaves those out that do not pass. False without memory. */
static bool keep_passing(const cs_search_plan *plan, cs_fetched *f)
{
    const cs_hit **list = calloc(f->sure + 1, sizeof *list);
    bool *kept = calloc(f->sure + 1, sizeof *kept);
    bool ok = list != NULL && kept != NULL;
    size_t count = 0;
    for (size_t i = 0; ok && i < f->sure; i++)
        list[i] = &f->all[i];
    if (ok)
        qsort(list, f->sure, sizeof *list, compare_numbers);
    for (size_t i = 0; ok && i < f->sure; i++)
        kept[list[i] - f->all] = passes(plan, list[i]);
    for (size_t i = 0; ok && i < f->sure; i++)
        if (kept[i])
            f->all[count++] = f->all[i];
    f->sure = count;
    free(list);
    free(kept);
    return ok;
}

/* Every `step`th passage of the collection. False without memory. */
static bool spread(const cs_collection *c, uint32_t step, cs_docset *ret_set)
{
    uint32_t next = step / 2; /* counted over all shards */
    bool ok = cs_docset_init(ret_set, c->shard_count);
    for (size_t s = 0; s < c->shard_count && ok; s++) {
        uint32_t count = c->shards[s].store->passage_count;
        for (; next < count && ok; next += step)
            ok = cs_docset_add_passages(ret_set, s, next, next + 1);
        next -= count;
    }
    cs_docset_finish(ret_set);
    return ok;
}

/* Those of the set that the words find. */
static cs_status search_set(const cs_collection *c, xc_query *words, cs_docset *set,
                            xc_mset *ret_mset, cs_error *error)
{
    xc_query *plain = NULL, *accept = NULL, *both = NULL;
    xc_error failure;
    xc_status status = xc_query_scale(words, 0, &plain, &failure);
    if (status == XC_OK)
        status =
            xc_query_accept(cs_docset_accept, set, (uint32_t)set->documents, &accept, &failure);
    xc_query *parts[2] = {plain, accept};
    if (status == XC_OK)
        status = xc_query_combine(XC_OP_FILTER, parts, 2, &both, &failure);
    uint32_t all = (uint32_t)set->documents + 1;
    cs_status found = status == XC_OK ? cs_fetch_matches(c, both, all, all, ret_mset, error)
                                      : cs_index_fail(error, &failure, "cannot make a query");
    xc_query_free(plain);
    xc_query_free(accept);
    xc_query_free(both);
    return found;
}

/* Guesses from a sample that is spread over the collection how many passages have the
 * words, and how many of these pass the checks. */
static cs_status sample(const cs_collection *c, const cs_search_plan *plan, double *ret_words,
                        double *ret_passing, cs_error *error)
{
    uint32_t step = c->documents / cs_sampled + 1;
    cs_docset set = {0};
    xc_mset mset = {0};
    cs_status status = spread(c, step, &set) ? CS_OK : cs_fail_memory(error);
    if (status == CS_OK)
        status = search_set(c, plan->loose, &set, &mset, error);
    cs_docset_release(&set);
    if (status != CS_OK)
        return status;
    uint32_t passing = 0;
    for (size_t i = 0; i < mset.count; i++)
        passing += passes(
            plan, &(cs_hit){.shard = mset.items[i].shard, .passage = mset.items[i].docid - 1});
    *ret_words = (double)mset.count * step;
    *ret_passing = (double)passing * step;
    xc_mset_free(&mset);
    return CS_OK;
}

/* What a sample tells: two digits, and more than an exact total. */
static uint32_t about(double number)
{
    double unit = 1;
    while (number / unit > 100)
        unit *= 10;
    double told = round(number / unit) * unit;
    return (uint32_t)(told > cs_exact_total ? told : told + unit);
}

/* How many passages may have the words, by how many have each: costs no search. */
static cs_status guess_words(const cs_collection *c, const cs_search_plan *plan,
                             uint32_t *ret_words, cs_error *error)
{
    xc_mset mset;
    cs_status status = cs_fetch_matches(c, plan->loose, 0, 0, &mset, error);
    if (status != CS_OK)
        return status;
    *ret_words = mset.matches_estimated;
    xc_mset_free(&mset);
    return CS_OK;
}

static uint64_t wanted_of(const cs_page *page)
{
    enum { pages = 4, spare = cs_reranked + 20 };
    return ((uint64_t)page->offset + page->limit) * pages + spare;
}

/* Whether a sample of those that have the words and are not checked yet tells surely, by four
 * standard deviations, that more pass than an exact total counts; then *ret_total. */
static bool is_surely_many(const cs_search_plan *plan, const xc_mset *mset, size_t checked,
                           size_t passing, uint32_t *ret_total)
{
    enum { sampled = 256 };
    size_t rest = mset->count - checked, found = 0;
    if (passing + rest <= cs_exact_total || rest <= (size_t)2 * sampled)
        return false;
    for (size_t i = 0; i < sampled; i++) {
        const xc_match *match = &mset->items[checked + i * rest / sampled];
        found += passes(plan, &(cs_hit){.shard = match->shard, .passage = match->docid - 1});
    }
    double part = ((double)found + 1) / (sampled + 2); /* Laplace's rule: never sure of all */
    double deviation = sqrt(part * (1 - part) / sampled);
    *ret_total = about((double)passing + (double)rest * part);
    return (double)passing + (double)rest * (part - 4 * deviation) > cs_exact_total;
}

/* Checks further matches, best first, until `wanted` pass, which are moved to the front. */
static void check_best(const cs_search_plan *plan, uint64_t wanted, xc_mset *mset, size_t *checked,
                       size_t *passing)
{
    for (; *checked < mset->count && *passing < wanted; ++*checked) {
        xc_match match = mset->items[*checked];
        if (passes(plan, &(cs_hit){.shard = match.shard, .passage = match.docid - 1}))
            mset->items[(*passing)++] = match;
    }
}

/* Makes the page of the first `passing` matches; any other weighs at most `edge`. */
static cs_status show_passing(const cs_collection *c, const cs_search_plan *plan,
                              const cs_page *page, const xc_mset *mset, size_t passing, double edge,
                              cs_hits *hits, bool *ret_full, cs_error *error)
{
    cs_fetched f;
    cs_status status = cs_fetched_make(c, mset->items, passing, edge, &f, error);
    if (status != CS_OK)
        return status;
    status = cs_rerank(c, plan, &f, error);
    if (status == CS_OK)
        status = show(c, page, &f, hits, ret_full, error);
    free(f.all);
    return status;
}

/* The page of all that have the words. */
static cs_status check_all(const cs_collection *c, const cs_search_plan *plan, const cs_page *page,
                           xc_mset *mset, cs_hits *hits, cs_error *error)
{
    size_t checked = 0, passing = 0;
    for (uint64_t wanted = wanted_of(page);; wanted *= 4) {
        check_best(plan, wanted, mset, &checked, &passing);
        hits->total_exact = checked == mset->count;
        if (!hits->total_exact && !is_surely_many(plan, mset, checked, passing, &hits->total)) {
            check_best(plan, UINT64_MAX, mset, &checked, &passing);
            hits->total_exact = true;
        }
        if (hits->total_exact)
            hits->total = (uint32_t)passing;
        double edge = checked < mset->count ? mset->items[checked].weight : -1;
        bool full = false;
        cs_status status = show_passing(c, plan, page, mset, passing, edge, hits, &full, error);
        if (status != CS_OK || full || checked == mset->count)
            return status;
    }
}

/* For phrases whose words stand in few passages: all are found, and checked as far as the page
 * and the total need. *ret_done: they were few. */
static cs_status check_few(const cs_collection *c, const cs_search_plan *plan, const cs_page *page,
                           cs_hits *hits, bool *ret_done, cs_error *error)
{
    xc_mset mset;
    if (plan->every != NULL)
        return CS_OK;
    cs_status status = cs_fetch_matches(c, plan->loose, few_words + 1, 0, &mset, error);
    if (status != CS_OK)
        return status;
    *ret_done = mset.count <= few_words;
    if (*ret_done)
        status = check_all(c, plan, page, &mset, hits, error);
    xc_mset_free(&mset);
    return status;
}

/* For phrases that stand in many passages: the best passages by their words, of which
 * those that pass the checks are kept. *ret_done: they fill the page, and are more than
 * an exact total counts; else nothing is done but *ret_guess, of the total. */
static cs_status check_after(const cs_collection *c, const cs_search_plan *plan,
                             const cs_page *page, cs_hits *hits, double *ret_guess, bool *ret_done,
                             cs_error *error)
{
    double words, passing;
    uint32_t likely;
    cs_fetched f;
    cs_status status = guess_words(c, plan, &likely, error);
    if (status == CS_OK && likely <= few_words)
        status = check_few(c, plan, page, hits, ret_done, error);
    if (status != CS_OK || likely <= few_words)
        return status;
    status = sample(c, plan, &words, &passing, error);
    if (status != CS_OK || passing == 0)
        return status;
    *ret_guess = passing;
    uint64_t wanted = wanted_of(page);
    wanted = wanted > cs_exact_total ? wanted : cs_exact_total + 1;
    double fetch = (double)wanted * words / passing * 1.25;
    if (fetch > cs_max_checked_after || fetch * 4 > words)
        return CS_OK;
    status = cs_fetch(c, plan->loose, NULL, (uint32_t)fetch, (uint32_t)fetch, &f, error);
    if (status != CS_OK)
        return status;
    if (!keep_passing(plan, &f))
        status = cs_fail_memory(error);
    if (status == CS_OK && f.sure > cs_exact_total)
        status = cs_rerank(c, plan, &f, error);
    if (status == CS_OK && f.sure > cs_exact_total)
        status = show(c, page, &f, hits, ret_done, error);
    free(f.all);
    return status;
}

/* How many matches to begin with: all that an exact total needs, or when there are
 * more anyway, a few pages. */
static uint64_t first_fetch(const cs_search_plan *plan, const cs_page *page)
{
    uint64_t wanted = wanted_of(page);
    return plan->at_least > cs_exact_total && wanted < cs_exact_total ? wanted : cs_exact_total + 1;
}

static cs_status check_in_match(const cs_collection *c, const cs_search_plan *plan,
                                const cs_page *page, cs_hits *hits, cs_error *error)
{
    uint64_t fetch = first_fetch(plan, page);
    for (;;) {
        bool all = page->limit == UINT32_MAX || fetch > c->documents;
        uint32_t now = all ? c->documents + 1 : (uint32_t)fetch;
        bool enough = false;
        cs_status status = try_fetch(c, plan, page, now, hits, &enough, error);
        if (status != CS_OK || enough || all)
            return status;
        fetch *= 4;
    }
}

cs_status cs_match_run(const cs_collection *collection, const cs_search_plan *plan,
                       const cs_page *page, cs_hits *ret_hits, cs_error *error)
{
    bool done = false;
    double guess = 0, words;
    cs_status status = CS_OK;
    ret_hits->total_exact = false;
    if (plan->loose != NULL && page->limit != UINT32_MAX)
        status = check_after(collection, plan, page, ret_hits, &guess, &done, error);
    if (status == CS_OK && !done)
        status = check_in_match(collection, plan, page, ret_hits, error);
    if (status == CS_OK && plan->loose != NULL && !ret_hits->total_exact && guess <= 0)
        status = sample(collection, plan, &words, &guess, error);
    if (status == CS_OK && !ret_hits->total_exact && guess > 0)
        ret_hits->total = about(guess > cs_exact_total ? guess : cs_exact_total + 1);
    return status;
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
    cs_status status =
        cs_fetch_matches(collection, plan->query, 0, collection->documents + 1, &mset, error);
    if (status != CS_OK)
        return status;
    *ret_count = mset.matches_estimated;
    xc_mset_free(&mset);
    return CS_OK;
}
