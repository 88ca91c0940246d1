/* rerank.c - see rerank.h; its numbers are those of ranking.h.
 *
 * All of it goes by the text and by counts of the whole collection, never by the order of
 * documents, so that it is the same however segments are cut.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "rerank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ranking.h"
#include "reading.h"
#include "words.h"

enum { max_words = 64, no_word = 255 }; /* of the query; more are not looked at */

/* What a word of the texts is to the query: a form of up to two of its words ("lendingclub"
 * is one of both of "lending club"). */
typedef struct role {
    uint8_t of[2]; /* index of the query's words, or no_word */
    double boost;
} role;

typedef struct look {
    const cs_collection *collection;
    const cs_search_plan *plan;
    cs_hit *hits;
    size_t count;
    cs_reading reading;
    double average;     /* length of a passage */
    size_t words;       /* of the query */
    role *roles;        /* of the first words of `reading`, */
    size_t roles_count; /* so many */
    uint8_t *pairs;     /* words x words: which of plan->pairs plus one */
    double *own;        /* count x words: what each word gives each hit */
    double *gain;       /* of each hit, at the end of a step */
} look;

static void look_release(look *l)
{
    cs_reading_release(&l->reading);
    free(l->roles);
    free(l->pairs);
    free(l->own);
    free(l->gain);
}

static const cs_pattern *pattern_of(const look *l, size_t word)
{
    return &l->plan->patterns.items[l->plan->ranked.items[word]];
}

/* What a number of times gives, as in the first search. */
static double saturated(const look *l, const cs_hit *hit, double times)
{
    uint32_t length = cs_store_length(l->collection->shards[hit->shard].store, hit->passage);
    double norm = 1 - cs_bm25_b + cs_bm25_b * length / l->average;
    return times * (cs_bm25_k1 + 1) / (times + cs_bm25_k1 * norm);
}

/* By how much a place counts, by its field. */
static double field_weight(const cs_read_hit *hit, size_t place)
{
    return place < hit->title      ? cs_weight_title
           : place < hit->headings ? cs_weight_heading
                                   : cs_weight_body;
}

/* Adds what was gained, less for passages that say little, and sorts from `first` on. */
static cs_status settle(look *l, size_t first, cs_error *error)
{
    for (size_t i = 0; i < l->count; i++) {
        cs_hit *hit = &l->hits[i];
        hit->score += cs_score_of(hit, l->gain[hit->first_rank]);
        l->gain[hit->first_rank] = 0;
    }
    return first < l->count ? cs_hits_sort(l->collection, l->hits + first, l->count - first, error)
                            : CS_OK;
}

/* ---- the query's words in the text ------------------------------------------------- */

static bool add_role(look *l, uint32_t text, size_t word, bool typed)
{
    if (text == UINT32_MAX)
        return false;
    while (l->roles_count <= text)
        l->roles[l->roles_count++] = (role){{no_word, no_word}, 1};
    role *r = &l->roles[text];
    r->of[r->of[0] != no_word] = (uint8_t)word;
    if (typed)
        r->boost = 1 + cs_exact_boost;
    return true;
}

static bool add_roles(look *l)
{
    size_t forms = 0;
    for (size_t i = 0; i < l->words; i++)
        forms += pattern_of(l, i)->words.count;
    l->roles = calloc(forms + 1, sizeof *l->roles);
    bool ok = l->roles != NULL;
    for (size_t i = 0; i < l->words && ok; i++) {
        const cs_pattern *p = pattern_of(l, i);
        for (size_t k = 0; k < p->words.count && ok; k++)
            ok =
                add_role(l, cs_reading_word(&l->reading, cs_view_of(p->words.items[k])), i, k == 0);
    }
    return ok;
}

static bool add_pairs(look *l)
{
    l->pairs = calloc(l->words * l->words + 1, 1);
    for (size_t i = 0; l->pairs != NULL && i < l->plan->pairs.count; i++) {
        cs_word_pair pair = l->plan->pairs.items[i];
        if (pair.first < l->words && pair.second < l->words)
            l->pairs[pair.first * l->words + pair.second] = (uint8_t)(i + 1);
    }
    return l->pairs != NULL;
}

static cs_status begin(look *l, cs_error *error)
{
    xc_error failure;
    l->words = l->plan->ranked.count < max_words ? l->plan->ranked.count : max_words;
    l->own = calloc(l->count * l->words + 1, sizeof *l->own);
    l->gain = calloc(l->count + 1, sizeof *l->gain);
    if (!cs_reading_init(&l->reading) || l->own == NULL || l->gain == NULL || !add_roles(l) ||
        !add_pairs(l))
        return cs_fail_memory(error);
    if (xc_database_average_length(l->collection->database, &l->average, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot read the index");
    l->average = fmax(l->average, 1);
    return cs_reading_read(&l->reading, l->collection, l->hits, l->count, error);
}

/* ---- sections that are asked for --------------------------------------------------- */

static bool has_heading(const look *l, const cs_read_hit *hit)
{
    bool has = false;
    for (size_t i = hit->title; i < hit->headings && !has; i++) {
        uint32_t text = l->reading.places.items[i];
        has = text < l->roles_count && l->roles[text].of[0] != no_word;
    }
    return has;
}

/* A list of sources under a heading with a word of the query is what was asked for: "hugging
 * face resources". */
static void raise_asked(look *l)
{
    for (size_t i = 0; i < l->count; i++) {
        cs_hit *hit = &l->hits[i];
        uint32_t kinds = cs_store_kinds(l->collection->shards[hit->shard].store, hit->passage);
        if ((kinds & CS_KIND_SOURCES) == 0 || !has_heading(l, &l->reading.hits[i]))
            continue;
        hit->score /= hit->share;
        hit->share = 1;
    }
}

/* ---- nearness ---------------------------------------------------------------------- */

/* A word of the query at a place of the text. */
typedef struct at {
    size_t place;
    uint8_t word;
} at;

/* The places of the query's words; texts are apart from title and headings. */
static size_t find_words(const look *l, const cs_read_hit *hit, at found[cs_max_read_words])
{
    size_t count = 0, apart = 0;
    for (size_t i = hit->start; i < hit->end; i++) {
        uint32_t text = l->reading.places.items[i];
        apart += i == hit->title || i == hit->headings ? cs_near_window : 0;
        if (text < l->roles_count && l->roles[text].of[0] != no_word)
            found[count++] = (at){i + apart, l->roles[text].of[0]};
    }
    return count;
}

/* What the words of the query gain by standing near those that they stand beside in the query:
 * ordered and unordered pairs as in Metzler and Croft's sequential dependence model (2005),
 * saturated as BM25 does. */
static double nearness(const look *l, const cs_read_hit *hit)
{
    at found[cs_max_read_words];
    size_t count = find_words(l, hit, found);
    float side[max_words] = {0}, near[max_words] = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count && found[k].place - found[i].place < cs_near_window; k++) {
            size_t ahead = l->pairs[found[i].word * l->words + found[k].word];
            size_t back = l->pairs[found[k].word * l->words + found[i].word];
            if (ahead > 0) {
                side[ahead - 1] += found[k].place - found[i].place == 1;
                near[ahead - 1]++;
            }
            if (back > 0)
                near[back - 1]++;
        }
    double gain = 0;
    for (size_t i = 0; i < l->plan->pairs.count && i < max_words; i++) {
        cs_word_pair pair = l->plan->pairs.items[i];
        if (near[i] == 0)
            continue;
        double weight =
            (pattern_of(l, pair.first)->weight + pattern_of(l, pair.second)->weight) / 2;
        gain += weight * (1 + cs_near_k) *
                (cs_near_ordered * side[i] / (side[i] + cs_near_k) +
                 cs_near_unordered * near[i] / (near[i] + cs_near_k));
    }
    return gain;
}

/* ---- the study --------------------------------------------------------------------- */

/* What each word of the query gives a hit. */
static void weigh_words(look *l, size_t i)
{
    const cs_read_hit *hit = &l->reading.hits[i];
    double *own = l->own + i * l->words;
    for (size_t k = hit->start; k < hit->end; k++) {
        uint32_t text = l->reading.places.items[k];
        for (size_t of = 0; text < l->roles_count && of < 2; of++)
            if (l->roles[text].of[of] != no_word)
                own[l->roles[text].of[of]] += field_weight(hit, k) * l->roles[text].boost;
    }
    for (size_t word = 0; word < l->words; word++)
        own[word] = pattern_of(l, word)->weight * saturated(l, &l->hits[i], own[word]);
}

static bool of_one_study(const cs_hit *a, const cs_hit *b)
{
    return a->shard == b->shard && a->file == b->file;
}

/* What a hit lacks of each word and another passage of its study has counts a little. */
static double from_study(const look *l, size_t hit)
{
    double gain = 0, best[max_words] = {0};
    for (size_t i = 0; i < l->count; i++)
        for (size_t word = 0; of_one_study(&l->hits[i], &l->hits[hit]) && word < l->words; word++)
            best[word] = fmax(best[word], l->own[i * l->words + word]);
    for (size_t word = 0; word < l->words; word++)
        gain += best[word] - l->own[hit * l->words + word];
    return cs_from_study * gain;
}

/* ---- words in common --------------------------------------------------------------- */

typedef struct common {
    uint32_t word;
    double freq, weight;
} common;

static bool may_be_common(const look *l, uint32_t word)
{
    cs_view text = cs_reading_text(&l->reading, word);
    char copy[cs_max_term + 1];
    if (text.len < 3 || text.len > cs_max_term || (text.data[0] >= '0' && text.data[0] <= '9'))
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return !cs_is_stop_word(copy);
}

/* Takes the best hits of different studies for right, and counts how many have each word.
 * Returns how many were taken; SIZE_MAX without memory. */
static size_t count_common(const look *l, uint32_t *hits_with)
{
    size_t taken = 0, of[cs_feedback_hits];
    uint32_t *last = calloc(l->reading.words.count + 1, sizeof *last);
    if (last == NULL)
        return SIZE_MAX;
    for (size_t i = 0; i < l->count && taken < cs_feedback_hits; i++) {
        bool again = false;
        for (size_t k = 0; k < taken && !again; k++)
            again = of_one_study(&l->hits[of[k]], &l->hits[i]);
        if (again)
            continue;
        of[taken++] = i;
        const cs_read_hit *hit = &l->reading.hits[l->hits[i].first_rank];
        for (size_t k = hit->start; k < hit->end; k++) {
            uint32_t word = l->reading.places.items[k];
            hits_with[word] += last[word] != taken;
            last[word] = (uint32_t)taken;
        }
    }
    free(last);
    return taken;
}

static int compare_weights(const void *a, const void *b)
{
    double x = ((const common *)a)->weight, y = ((const common *)b)->weight;
    return (x < y) - (x > y);
}

/* The offer weight of a word that `hits` of `taken` right passages have, and `freq` of all
 * (Robertson 1990, as in Xapian's TradWeight). */
static double offer(double documents, double freq, double hits, double taken)
{
    freq = fmin(freq, documents - 1);
    double odds = (hits + 0.5) * (documents - freq - taken + hits + 0.5) /
                  (fmax(freq - hits + 0.5, 0.1) * (taken - hits + 0.5));
    return hits * fmax(log(odds), 0);
}

/* Puts the words that the best hits have in common, best first, into `list`, which is as long
 * as there are words. */
static cs_status list_common(const look *l, const uint32_t *hits_with, size_t taken, common *list,
                             size_t *ret_count, cs_error *error)
{
    size_t count = 0;
    xc_error failure;
    for (uint32_t word = 0; word < l->reading.words.count; word++) {
        uint32_t freq = 0;
        if (hits_with[word] < cs_feedback_least || !may_be_common(l, word))
            continue;
        cs_view text = cs_reading_text(&l->reading, word);
        if (xc_database_term_freq(l->collection->database, text.data, text.len, &freq, &failure) !=
            XC_OK)
            return cs_index_fail(error, &failure, "cannot read the index");
        double weight = offer(l->collection->documents, freq, hits_with[word], (double)taken);
        if (freq > 0 && weight > 0)
            list[count++] = (common){word, freq, weight};
    }
    if (count > 1)
        qsort(list, count, sizeof *list, compare_weights);
    *ret_count = count < cs_feedback_words ? count : cs_feedback_words;
    return CS_OK;
}

/* From their worth as words of the query to what each weighs. */
static cs_status weigh_common(const look *l, common *list, size_t count, cs_error *error)
{
    double best = count > 0 ? list[0].weight : 1;
    for (size_t i = 0; i < count; i++) {
        cs_view text = cs_reading_text(&l->reading, list[i].word);
        uint64_t times = 0;
        xc_error failure;
        if (xc_database_term_count(l->collection->database, text.data, text.len, &times,
                                   &failure) != XC_OK)
            return cs_index_fail(error, &failure, "cannot read the index");
        list[i].weight *= cs_feedback / best *
                          cs_word_weight(l->collection->documents, list[i].freq, (double)times);
    }
    return CS_OK;
}

/* What each hit gains by the words on the list. False without memory. */
static bool gain_common(look *l, const common *list, size_t count)
{
    uint8_t *of = calloc(l->reading.words.count + 1, 1);
    if (of == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        of[list[i].word] = (uint8_t)(i + 1);
    for (size_t i = 0; i < l->count; i++) {
        const cs_read_hit *hit = &l->reading.hits[l->hits[i].first_rank];
        double times[cs_feedback_words + 1] = {0};
        for (size_t k = hit->start; k < hit->end; k++)
            times[of[l->reading.places.items[k]]] += field_weight(hit, k);
        for (size_t k = 0; k < count; k++)
            l->gain[l->hits[i].first_rank] +=
                list[k].weight * saturated(l, &l->hits[i], times[k + 1]);
    }
    free(of);
    return true;
}

static cs_status feed_back(look *l, cs_error *error)
{
    size_t count = 0, words = l->reading.words.count;
    uint32_t *hits_with = calloc(words + 1, sizeof *hits_with);
    common *list = calloc(words + 1, sizeof *list);
    size_t taken = hits_with == NULL || list == NULL ? SIZE_MAX : count_common(l, hits_with);
    cs_status status = taken == SIZE_MAX ? cs_fail_memory(error) : CS_OK;
    if (status == CS_OK)
        status = list_common(l, hits_with, taken, list, &count, error);
    if (status == CS_OK)
        status = weigh_common(l, list, count, error);
    if (status == CS_OK && !gain_common(l, list, count))
        status = cs_fail_memory(error);
    free(hits_with);
    free(list);
    return status;
}

/* The first hits keep their places: they score more than what follows, by the least there is,
 * for equal ones would be sorted by path. */
static void keep_first(look *l)
{
    const double least = 1e-6;
    for (size_t i = cs_feedback_kept; i > 0; i--)
        if (i < l->count && l->hits[i - 1].score <= l->hits[i].score)
            l->hits[i - 1].score = l->hits[i].score + least;
}

cs_status cs_rerank(const cs_collection *c, const cs_search_plan *plan, cs_fetched *fetched,
                    cs_error *error)
{
    CS_SCOPED(look) l = {.collection = c, .plan = plan, .hits = fetched->all};
    l.count = fetched->sure < cs_reranked ? fetched->sure : cs_reranked;
    if (plan->ranked.count < 2 || l.count == 0)
        return CS_OK;
    for (size_t i = 0; i < l.count; i++)
        l.hits[i].first_rank = (uint32_t)i;
    cs_status status = begin(&l, error);
    if (status != CS_OK)
        return status;
    raise_asked(&l);
    for (size_t i = 0; i < l.count; i++)
        weigh_words(&l, i);
    for (size_t i = 0; i < l.count; i++)
        l.gain[i] = nearness(&l, &l.reading.hits[i]) + from_study(&l, i);
    for (size_t i = 0; i < l.count; i++)
        l.hits[i].near_score = cs_score_of(&l.hits[i], l.gain[i]);
    status = settle(&l, 0, error);
    if (status == CS_OK)
        status = feed_back(&l, error);
    if (status == CS_OK)
        status = settle(&l, cs_feedback_kept, error);
    keep_first(&l);
    return status;
}
