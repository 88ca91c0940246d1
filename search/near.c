/* near.c - see near.h. One sweep over the places of the operands, from left to right,
 * keeps for each set of operands the fewest words between them; so that three words
 * that all must be different ones need no search. A second sweep from the right says
 * which places have part in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "near.h"

#include <limits.h>
#include <stdlib.h>

/* Where an operand stands: bytes, half open, and words, both included. */
typedef struct place {
    int64_t start, end;
    int first, last;
    unsigned operand;
    size_t id; /* its number in the text */
} place;

typedef struct places {
    place *items;
    size_t count, cap;
} places;

enum { never = INT_MAX / 4 }; /* more words than any text has */

static unsigned operands_of(const cs_pattern *near)
{
    return near->parts.items[near->parts.count - 1].operand + 1;
}

/* The last word of what begins at a token: of a joined form or phrase, one further on. */
static uint32_t last_word(const cs_pattern *part, const cs_tokenizer *tokenizer,
                          const cs_token *token, uint32_t end)
{
    if (token->extra)
        return tokenizer->position - 1;
    bool one = part->kind != CS_NODE_PHRASE || end <= token->end;
    return one ? token->position : token->position + (uint32_t)part->words.count - 1;
}

/* Adds the places of all operands that begin at a token. False without memory. */
static bool add_places(const cs_pattern *near, const cs_tokenizer *tokenizer, const cs_token *token,
                       places *out, unsigned *seen)
{
    for (size_t i = 0; i < near->parts.count; i++) {
        const cs_pattern *part = &near->parts.items[i];
        uint32_t end;
        if (!cs_pattern_begins(part, tokenizer, token, &end))
            continue;
        place *p = CS_PUSH(out);
        if (p == NULL)
            return false;
        *p = (place){.start = token->start,
                     .end = end,
                     .first = (int)token->position,
                     .last = (int)last_word(part, tokenizer, token, end),
                     .operand = part->operand,
                     .id = out->count - 1};
        *seen |= 1u << part->operand;
    }
    return true;
}

static unsigned all_operands(const cs_pattern *near)
{
    return (1u << operands_of(near)) - 1;
}

/* All places of all operands. *ret_all: there is one of each. False without memory. */
static bool collect(const cs_pattern *near, cs_view text, places *out, bool *ret_all)
{
    cs_tokenizer tokenizer;
    cs_token token;
    unsigned seen = 0;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (cs_tokenizer_next(&tokenizer, &token))
        if (!add_places(near, &tokenizer, &token, out, &seen))
            return false;
    *ret_all = out->count > 0 && seen == all_operands(near);
    return true;
}

static int compare_starts(const void *a, const void *b)
{
    const place *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->id > y->id) - (x->id < y->id);
}

static int compare_ends(const void *a, const void *b)
{
    const place *x = a, *y = b;
    return x->end != y->end ? (x->end > y->end) - (x->end < y->end)
                            : (x->id > y->id) - (x->id < y->id);
}

/* For each place, and each set of operands that ends with it: the fewest words between
 * them, in words[id * sets + set]; until all are together with fewer than `enough`,
 * which is what is returned. Sorts `p`; `ended` is as long. */
static bool sweep(place *p, place *ended, size_t count, size_t sets, int enough, int *words)
{
    int best[1 << cs_max_near_operands]; /* of what ended before, less its last word */
    size_t next = 0;
    for (size_t set = 0; set < sets; set++)
        best[set] = never;
    for (size_t i = 0; i < count; i++)
        ended[i] = p[i];
    qsort(p, count, sizeof *p, compare_starts);
    qsort(ended, count, sizeof *ended, compare_ends);
    for (size_t i = 0; i < count; i++) {
        for (; next < count && ended[next].end <= p[i].start; next++)
            for (size_t set = 1; set < sets; set++) {
                int before = words[ended[next].id * sets + set];
                if (before != never && before - ended[next].last < best[set])
                    best[set] = before - ended[next].last;
            }
        int *mine = words + p[i].id * sets;
        size_t bit = (size_t)1 << p[i].operand;
        for (size_t set = 0; set < sets; set++)
            mine[set] = never;
        mine[bit] = 0;
        for (size_t set = 1; set < sets; set++)
            if ((set & bit) == 0 && best[set] != never)
                mine[set | bit] = best[set] + p[i].first - 1;
        if (mine[sets - 1] < enough)
            return true;
    }
    return false;
}

/* The text read from its end. */
static void mirror(places *p)
{
    for (size_t i = 0; i < p->count; i++) {
        place *at = &p->items[i];
        *at = (place){-at->end, -at->start, -at->last, -at->first, at->operand, at->id};
    }
}

/* A sweep of all places. What it returns is to be freed; NULL without memory. */
static int *sweep_all(places *p, size_t sets, int enough, bool *ret_found)
{
    place *ended = calloc(p->count, sizeof *ended);
    int *words = calloc(p->count * sets, sizeof *words);
    if (ended != NULL && words != NULL)
        *ret_found = sweep(p->items, ended, p->count, sets, enough, words);
    free(ended);
    if (ended != NULL)
        return words;
    free(words);
    return NULL;
}

/* Whether the places so far have all operands near each other. */
static bool are_near(const cs_pattern *near, places *p)
{
    bool found = false;
    size_t sets = (size_t)1 << operands_of(near);
    free(sweep_all(p, sets, (int)near->distance, &found));
    return found;
}

/* Common words are near each other at the beginning of most texts, so that it is looked for
 * whenever the places are twice as many. */
bool cs_near_is_in(const cs_pattern *near, cs_view text)
{
    cs_tokenizer tokenizer;
    cs_token token;
    places p = {0};
    unsigned seen = 0;
    size_t next = near->parts.count == 0 ? 0 : operands_of(near), looked = 0;
    bool ok = next > 0, found = false;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (ok && !found && cs_tokenizer_next(&tokenizer, &token)) {
        ok = add_places(near, &tokenizer, &token, &p, &seen);
        if (!ok || p.count < next || seen != all_operands(near))
            continue;
        found = are_near(near, &p);
        looked = p.count;
        next = 2 * p.count;
    }
    if (ok && !found && p.count > looked && seen == all_operands(near))
        found = are_near(near, &p);
    free(p.items);
    return found;
}

/* Whether some operands up to a place and the others from it on are near enough. */
static bool has_part(const int *before, const int *after, size_t sets, unsigned operand,
                     unsigned distance)
{
    size_t bit = (size_t)1 << operand, all = sets - 1;
    for (size_t set = 1; set < sets; set++) {
        if ((set & bit) == 0)
            continue;
        int one = before[set], two = after[(all ^ set) | bit];
        if (one != never && two != never && one + two < (int)distance)
            return true;
    }
    return false;
}

static bool add_near(const cs_pattern *near, places *p, uint32_t number, cs_founds *founds)
{
    size_t sets = (size_t)1 << operands_of(near);
    bool unused;
    int *before = sweep_all(p, sets, INT_MIN, &unused);
    mirror(p);
    int *after = sweep_all(p, sets, INT_MIN, &unused);
    mirror(p);
    bool ok = before != NULL && after != NULL;
    for (size_t i = 0; ok && i < p->count; i++) {
        const place *at = &p->items[i];
        if (at->operand != near->operand || !has_part(before + at->id * sets, after + at->id * sets,
                                                      sets, at->operand, near->distance))
            continue;
        cs_found *found = CS_PUSH(founds);
        ok = found != NULL;
        if (ok)
            *found = (cs_found){(uint32_t)at->start, (uint32_t)at->end, number};
    }
    free(before);
    free(after);
    return ok;
}

static int compare_founds(const void *a, const void *b)
{
    const cs_found *x = a, *y = b;
    if (x->start != y->start)
        return x->start > y->start ? 1 : -1;
    return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

bool cs_near_find(const cs_pattern *patterns, size_t count, cs_view text, cs_founds *founds)
{
    size_t others = founds->count;
    for (size_t i = 0; i < count; i++) {
        if (patterns[i].kind != CS_NODE_NEAR || patterns[i].parts.count == 0)
            continue;
        places p = {0};
        bool all = false;
        bool ok = collect(&patterns[i], text, &p, &all) &&
                  (!all || add_near(&patterns[i], &p, (uint32_t)i, founds));
        free(p.items);
        if (!ok)
            return false;
    }
    if (founds->count > others)
        qsort(founds->items, founds->count, sizeof *founds->items, compare_founds);
    return true;
}
