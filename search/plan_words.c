/* plan_words.c - see plan_work.h: the words that a list is ranked by.
 *
 * They are the plain words of the list, and the parts of compounds (high-speed) that have other
 * words beside them; alone, a compound is a phrase. Stop words are left out where there are
 * others. A word typed n times is planned once and weighs as BM25's k3 says. Two words side by
 * side are also the one that they make together, where the index has that: "lending club" finds
 * LendingClub, which then counts as each of the two. On its own it would weigh as much as a rare
 * word does, and it is one of the two typed otherwise (doc/decisions.md).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan_work.h"
#include "ranking.h"
#include "words.h"

enum { cs_max_word_pairs = 64 }; /* whose nearness counts */

typedef struct ranked_word {
    const char *word;  /* of the node */
    cs_pattern joined; /* words that it makes with those beside it */
    uint32_t times;
} ranked_word;

typedef struct ranked_words {
    ranked_word *items;
    size_t count, cap;
    size_t last; /* the word before, as typed; SIZE_MAX for none */
} ranked_words;

static void ranked_words_release(ranked_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        cs_pattern_release(&words->items[i].joined);
    free(words->items);
}

bool cs_is_plain_word(const cs_node *node)
{
    return node->kind == CS_NODE_WORD && node->field == CS_FIELD_TEXT && node->occur == CS_MAY;
}

/* Words joined by hyphens and the like; pairs of characters are no words. */
static bool is_compound(const cs_node *node)
{
    return node->kind == CS_NODE_PHRASE && !node->quoted && node->field == CS_FIELD_TEXT &&
           node->occur == CS_MAY && node->words.count > 1 && node->overlaps == 0;
}

bool cs_is_ranked_word(const cs_node *list, const cs_node *child)
{
    if (cs_is_plain_word(child) || !is_compound(child))
        return cs_is_plain_word(child);
    for (size_t i = 0; i < list->children.count; i++) {
        const cs_node *other = list->children.items[i];
        if (other != child && (is_compound(other) || (cs_is_plain_word(other) &&
                                                      !cs_is_stop_word(other->words.items[0]))))
            return true;
    }
    return false;
}

/* The word's place among those that differ; SIZE_MAX without memory. */
static size_t place_of(ranked_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i].word, word) == 0)
            return i;
    ranked_word *added = CS_PUSH(words);
    if (added == NULL)
        return SIZE_MAX;
    added->word = word;
    return words->count - 1;
}

/* Notes that two words of the root follow each other. */
static bool add_pair(cs_planner *p, size_t first, size_t second)
{
    cs_search_plan *plan = p->plan;
    bool known = first == second || plan->pairs.count >= cs_max_word_pairs;
    for (size_t i = 0; i < plan->pairs.count; i++)
        known =
            known || (plan->pairs.items[i].first == first && plan->pairs.items[i].second == second);
    if (known)
        return true;
    cs_word_pair *pair = CS_PUSH(&plan->pairs);
    if (pair != NULL)
        *pair = (cs_word_pair){(uint32_t)first, (uint32_t)second};
    return pair != NULL;
}

static bool add_word(cs_planner *p, bool root, ranked_words *words, const char *word)
{
    size_t place = place_of(words, word);
    if (place == SIZE_MAX || (root && words->last != SIZE_MAX && !add_pair(p, words->last, place)))
        return false;
    words->items[place].times++;
    words->last = place;
    return true;
}

/* The word that was added last is found as `joined`, too. */
static bool add_joined(ranked_words *words, cs_view joined)
{
    ranked_word *word = &words->items[words->last];
    return word->joined.words.count >= cs_max_forms || cs_pattern_add_word(&word->joined, joined);
}

/* The word that was added last finds what two words make together, if the index has it. */
static cs_status join(cs_planner *p, const char *first, const char *sign, const char *second,
                      ranked_words *words)
{
    CS_SCOPED(cs_buf) joined = {.limit = cs_max_term};
    uint32_t freq = 0;
    xc_error failure;
    cs_buf_add_string(&joined, first);
    cs_buf_add_string(&joined, sign);
    cs_buf_add_string(&joined, second);
    if (cs_buf_status(&joined) != CS_OK)
        return cs_buf_status(&joined) == CS_MEMORY ? cs_fail_memory(p->error) : CS_OK;
    if (xc_database_term_freq(p->collection->database, joined.data, joined.len, &freq, &failure) !=
        XC_OK)
        return cs_index_fail(p->error, &failure, "cannot read the index");
    return freq == 0 || add_joined(words, cs_buf_view(&joined)) ? CS_OK : cs_fail_memory(p->error);
}

/* A child that is a plain word, else NULL; `child` may be beyond either end. */
static const char *plain_word(const cs_node *list, size_t child)
{
    bool plain = child < list->children.count && cs_is_plain_word(list->children.items[child]);
    return plain ? list->children.items[child]->words.items[0] : NULL;
}

/* Whether it may be a side of r&d, as terms.h has them. */
static bool is_short(const char *word)
{
    return word != NULL && strlen(word) <= cs_max_and_side;
}

/* What the word at `child` makes with the one after it (step 1) or before it (step -1): lending
 * club, r & d, r and d. */
static cs_status join_to(cs_planner *p, const cs_node *list, size_t child, int step,
                         ranked_words *words)
{
    const char *word = plain_word(list, child), *other = plain_word(list, child + (size_t)step);
    cs_status status = CS_OK;
    if (other == NULL)
        return CS_OK;
    if (strcmp(other, "and") == 0)
        other = plain_word(list, child + 2 * (size_t)step);
    else
        status = step > 0 ? join(p, word, "", other, words) : join(p, other, "", word, words);
    if (status != CS_OK || !is_short(word) || !is_short(other))
        return status;
    return step > 0 ? join(p, word, "&", other, words) : join(p, other, "&", word, words);
}

/* A plain word, with what it makes with its neighbours. */
static cs_status add_plain(cs_planner *p, const cs_node *list, size_t child, ranked_words *words)
{
    if (!add_word(p, list == p->root, words, plain_word(list, child)))
        return cs_fail_memory(p->error);
    cs_status status = join_to(p, list, child, -1, words);
    return status == CS_OK ? join_to(p, list, child, 1, words) : status;
}

/* A letter or digit says nothing without the rest of its compound. */
static bool says_enough(const char *part)
{
    return strlen(part) > 1 && !cs_is_stop_word(part);
}

static cs_status add_compound(cs_planner *p, const cs_node *list, const cs_node *leaf,
                              ranked_words *words)
{
    bool any = false, ok = true;
    for (size_t i = 0; i < leaf->words.count; i++)
        any = any || says_enough(leaf->words.items[i]);
    for (size_t i = 0; i < leaf->words.count && ok; i++) {
        if (any && !says_enough(leaf->words.items[i]))
            continue;
        ok = add_word(p, list == p->root, words, leaf->words.items[i]) &&
             (leaf->joined == NULL || add_joined(words, cs_view_of(leaf->joined)));
    }
    return ok ? CS_OK : cs_fail_memory(p->error);
}

static cs_status collect(cs_planner *p, const cs_node *list, bool drop_stop_words,
                         ranked_words *words)
{
    cs_status status = CS_OK;
    for (size_t i = 0; i < list->children.count && status == CS_OK; i++) {
        const cs_node *child = list->children.items[i];
        if (!cs_is_ranked_word(list, child) ||
            (drop_stop_words && cs_is_plain_word(child) && cs_is_stop_word(child->words.items[0])))
            continue;
        status = cs_is_plain_word(child) ? add_plain(p, list, i, words)
                                         : add_compound(p, list, child, words);
    }
    return status;
}

/* Plans one word; at the root, its pattern is kept for the second look at the best. */
static cs_status plan_word(cs_planner *p, bool root, ranked_word *word, cs_parts *may)
{
    char *only = (char *)word->word;
    cs_node leaf = {
        .kind = CS_NODE_WORD, .text = only, .words = {.items = &only, .count = 1, .cap = 1}};
    xc_query *query = NULL;
    double times = word->times, repeats = (cs_bm25_k3 + 1) * times / (cs_bm25_k3 + times);
    p->joined = p->asking->exact ? NULL : &word->joined;
    p->ranked = root;
    cs_status status = cs_plan_leaf(p, &leaf, &query);
    p->ranked = false;
    p->joined = NULL;
    size_t pattern = p->plan->patterns.count - 1;
    if (status == CS_OK)
        status = cs_plan_add_synonyms(p, &leaf, &query);
    if (status == CS_OK)
        status = cs_plan_add_apart(p, only, p->plan->patterns.items[pattern].weight, &query);
    if (status == CS_OK && word->times > 1)
        status = cs_plan_scale(&query, repeats, p->error);
    if (status == CS_OK)
        status = cs_plan_keep_weigher(p, only, query, pattern);
    if (status != CS_OK) {
        xc_query_free(query);
        return status;
    }
    p->plan->patterns.items[pattern].weight *= repeats;
    uint32_t *ranked = root ? CS_PUSH(&p->plan->ranked) : NULL;
    if (ranked != NULL)
        *ranked = (uint32_t)pattern;
    status = cs_parts_add(may, query, p->error);
    return status == CS_OK && root && ranked == NULL ? cs_fail_memory(p->error) : status;
}

cs_status cs_plan_words(cs_planner *p, const cs_node *list, bool drop_stop_words, cs_parts *may)
{
    CS_SCOPED(ranked_words) words = {.last = SIZE_MAX};
    cs_status status = collect(p, list, drop_stop_words, &words);
    for (size_t i = 0; i < words.count && status == CS_OK; i++)
        status = plan_word(p, list == p->root, &words.items[i], may);
    return status;
}
