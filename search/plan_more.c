/* plan_more.c - what a ranked query finds beside the words that were typed: synonyms, which
 * weigh less, and words that were typed together and stand apart. --exact leaves them out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan_work.h"
#include "ranking.h"
#include "words.h"

/* The words of `from` that `typed` has not, into `to`. False without memory. */
static bool add_others(const cs_pattern *from, const cs_pattern *typed, cs_pattern *to)
{
    for (size_t i = 0; i < from->words.count; i++) {
        bool known = false;
        for (size_t k = 0; k < typed->words.count && !known; k++)
            known = strcmp(typed->words.items[k], from->words.items[i]) == 0;
        if (!known && !cs_pattern_add_word(to, cs_view_of(from->words.items[i])))
            return false;
    }
    return true;
}

/* *query, or any of the words of `other` at `factor` of the weight of the word typed,
 * which weighs `weight`. */
static cs_status add_lighter(cs_planner *p, cs_pattern *other, double weight, double factor,
                             xc_query **query)
{
    xc_query *found = NULL;
    cs_plan_use_terms(p, other->words.count);
    cs_status status = cs_words_query(p->collection, CS_FIELD_TEXT, NULL, other->words.items,
                                      other->words.count, NULL, &found, &other->weight, p->error);
    if (status != CS_OK || other->weight == 0) { /* none is in the index */
        xc_query_free(found);
        return status;
    }
    if (weight > 0 && weight < other->weight)
        factor *= weight / other->weight; /* a rare synonym says no more than the word */
    other->weight *= factor;
    status = cs_plan_scale(&found, factor, p->error);
    if (status == CS_OK)
        status = cs_plan_keep_pattern(p, other);
    if (status != CS_OK) {
        xc_query_free(found);
        return status;
    }
    return cs_plan_join(XC_OP_OR, query, found, p->error);
}

cs_status cs_plan_add_synonyms(cs_planner *planner, const cs_node *leaf, xc_query **query)
{
    cs_planner *p = planner;
    CS_SCOPED(cs_pattern) all = {0};
    CS_SCOPED(cs_pattern) others = {.kind = CS_NODE_WORD};
    if (p->asking->exact || p->asking->synonyms == NULL || p->terms_left < cs_max_forms)
        return CS_OK;
    if (!cs_synonyms_find(p->asking->synonyms, leaf->words.items[0], &all))
        return cs_fail_memory(p->error);
    const cs_pattern typed = p->plan->patterns.items[p->plan->patterns.count - 1];
    if (!add_others(&all, &typed, &others))
        return cs_fail_memory(p->error);
    return others.words.count == 0
               ? CS_OK
               : add_lighter(p, &others, typed.weight, cs_synonym_weight, query);
}

/* ---- words apart ------------------------------------------------------------------- */

enum {
    max_splits = 16, /* words of one query that are looked at for parts */
    max_apart = 8,   /* of which phrases are made: each is checked in the text */
    least_part = 3,  /* letters of a part of a word that is nothing but letters */
    rare = 1000      /* one in so many passages, and few more, has a word that is looked at so */
};

/* The parts of a word, as they would be typed: "lending club", "gpt 4", "r and d". */
typedef struct parts {
    char *words[cs_max_joined_parts];
    size_t count;
    char bytes[2 * cs_max_term];
    size_t len;
} parts;

static void add_part(parts *all, const char *part, size_t len)
{
    char *to = all->bytes + all->len;
    if (all->count == cs_max_joined_parts || all->len + len + 1 > sizeof all->bytes)
        return;
    memcpy(to, part, len);
    to[len] = '\0';
    all->len += len + 1;
    all->words[all->count++] = to;
}

static void two_parts(parts *all, const char *word, size_t at, const char *between)
{
    *all = (parts){0};
    add_part(all, word, at);
    if (between != NULL)
        add_part(all, "and", strlen("and"));
    at += between != NULL;
    add_part(all, word + at, strlen(word + at));
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Where letters end and digits begin, or the reverse, if that is so once: gpt|4. Else 0. */
static size_t boundary(const char *word)
{
    size_t found = 0, letters = 0;
    for (size_t i = 0; word[i] != '\0'; i++) {
        if (!is_letter(word[i]) && !is_digit(word[i]))
            return 0;
        letters += is_letter(word[i]);
        if (i == 0 || is_letter(word[i]) == is_letter(word[i - 1]))
            continue;
        if (found != 0)
            return 0;
        found = i;
    }
    return letters > 1 ? found : 0;
}

static cs_status frequency(cs_planner *p, const char *word, size_t len, uint32_t *ret_freq)
{
    xc_error failure;
    if (xc_database_term_freq(p->collection->database, word, len, ret_freq, &failure) != XC_OK)
        return cs_index_fail(p->error, &failure, "cannot read the index");
    return CS_OK;
}

/* Where a rare word of letters only is best parted into two words of the index, both of which are
 * commoner than it is; 0 for nowhere. */
static cs_status find_seam(cs_planner *p, const char *word, size_t *ret_at)
{
    size_t len = strlen(word);
    uint32_t best = 0, whole;
    cs_status status = frequency(p, word, len, &whole);
    if (status != CS_OK || whole > p->collection->documents / rare + max_splits)
        return status;
    for (size_t i = 0; i < len; i++)
        if (!is_letter(word[i]))
            return status;
    for (size_t at = 1; at + least_part <= len && status == CS_OK; at++) {
        if (at < least_part && (at > 1 || *word != 'e')) /* e commerce */
            continue;
        uint32_t first, second;
        status = frequency(p, word, at, &first);
        if (status == CS_OK && first > best)
            status = frequency(p, word + at, len - at, &second);
        else
            continue;
        uint32_t least = second < first ? second : first;
        if (status == CS_OK && least > best && least >= whole) {
            best = least;
            *ret_at = at;
        }
    }
    return status;
}

static cs_status find_parts(cs_planner *p, const char *word, parts *ret_parts)
{
    const char *and = strchr(word, '&');
    size_t at = boundary(word);
    cs_status status = CS_OK;
    ret_parts->count = 0;
    if (and != NULL)
        two_parts(ret_parts, word, (size_t)(and-word), and);
    else if (at == 0)
        status = find_seam(p, word, &at);
    if (at != 0)
        two_parts(ret_parts, word, at, NULL);
    for (size_t i = 0; i < ret_parts->count && status == CS_OK; i++) {
        uint32_t freq;
        status = frequency(p, ret_parts->words[i], strlen(ret_parts->words[i]), &freq);
        if (status == CS_OK && freq == 0)
            ret_parts->count = 0;
    }
    return status;
}

cs_status cs_plan_add_apart(cs_planner *planner, const char *word, double weight, xc_query **query)
{
    cs_planner *p = planner;
    parts found;
    if (p->asking->exact || *word == cs_amount_mark || p->splits == max_splits ||
        p->apart == max_apart || p->plan->checks.count >= cs_max_phrases)
        return CS_OK;
    p->splits++;
    cs_status status = find_parts(p, word, &found);
    if (status != CS_OK || found.count == 0)
        return status;
    cs_node phrase = {.kind = CS_NODE_PHRASE,
                      .quoted = true,
                      .words = {.items = found.words, .count = found.count, .cap = found.count}};
    bool affords;
    status = cs_plan_affords(p, &phrase, &affords);
    if (status != CS_OK || !affords)
        return status;
    p->apart++;
    xc_query *apart = NULL;
    bool top = p->top;
    p->top = false; /* it is not required */
    status = cs_plan_leaf(p, &phrase, &apart);
    p->top = top;
    if (status != CS_OK) {
        xc_query_free(apart);
        return status;
    }
    cs_pattern *pattern = &p->plan->patterns.items[p->plan->patterns.count - 1];
    double factor = weight > 0 ? weight / pattern->weight : 1.0 / (double)found.count;
    pattern->weight *= factor;
    status = cs_plan_scale(&apart, factor, p->error);
    return status == CS_OK ? cs_plan_join(XC_OP_MAX, query, apart, p->error) : status;
}
