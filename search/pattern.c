/* pattern.c - see pattern.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "pattern.h"

#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "text.h"

void cs_pattern_release(cs_pattern *pattern)
{
    for (size_t i = 0; i < pattern->words.count; i++)
        free(pattern->words.items[i]);
    free(pattern->words.items);
    if (pattern->joined != NULL)
        cs_pattern_release(pattern->joined);
    free(pattern->joined);
    for (size_t i = 0; i < pattern->parts.count; i++)
        cs_pattern_release(&pattern->parts.items[i]);
    free(pattern->parts.items);
    *pattern = (cs_pattern){0};
}

bool cs_pattern_add_word(cs_pattern *pattern, cs_view word)
{
    char *copy = cs_copy_string(word);
    char **place = copy == NULL ? NULL : CS_PUSH(&pattern->words);
    if (place == NULL) {
        free(copy);
        return false;
    }
    *place = copy;
    return true;
}

cs_pattern *cs_pattern_join(cs_pattern *pattern)
{
    pattern->joined = calloc(1, sizeof *pattern->joined);
    if (pattern->joined != NULL)
        pattern->joined->kind = CS_NODE_WORD;
    return pattern->joined;
}

bool cs_pattern_copy(const cs_pattern *from, cs_pattern *to)
{
    to->kind = from->kind;
    to->weight = from->weight;
    to->overlaps = from->overlaps;
    to->distance = from->distance;
    to->operand = from->operand;
    for (size_t i = 0; i < from->words.count; i++)
        if (!cs_pattern_add_word(to, cs_view_of(from->words.items[i])))
            return false;
    for (size_t i = 0; i < from->parts.count; i++) {
        cs_pattern *part = CS_PUSH(&to->parts);
        if (part == NULL || !cs_pattern_copy(&from->parts.items[i], part))
            return false;
    }
    return from->joined == NULL ||
           (cs_pattern_join(to) != NULL && cs_pattern_copy(from->joined, to->joined));
}

static bool is_word(cs_view term, const char *word)
{
    return strncmp(word, term.data, term.len) == 0 && word[term.len] == '\0';
}

static bool is_any_word(const cs_pattern *pattern, cs_view term)
{
    for (size_t i = 0; i < pattern->words.count; i++)
        if (is_word(term, pattern->words.items[i]))
            return true;
    return false;
}

/* Whether a table's cell ends between two words: what follows is the head of
 * the next column, which stands elsewhere in the file. */
static bool crosses_cell(const cs_tokenizer *tokenizer, uint32_t end, uint32_t start)
{
    const char *text = tokenizer->text;
    if (start <= end)
        return false;
    if (memchr(text + end, '|', start - end) != NULL)
        return true;
    if (memchr(text + end, '\n', start - end) == NULL)
        return false;
    /* the next line, if it is a row of several cells */
    const char *stop = memchr(text + start, '\n', tokenizer->len - start);
    size_t len = stop == NULL ? tokenizer->len - start : (size_t)(stop - (text + start));
    return memmem(text + start, len, " | ", 3) != NULL;
}

/* Whether word i stands to the one that ended at `end` as in the pattern: pairs of one
 * run share a character, so that two runs side by side are not taken for one. */
static bool overlaps_alike(const cs_pattern *pattern, size_t i, const cs_token *token, uint32_t end)
{
    bool overlaps = i < cs_max_phrase && (pattern->overlaps >> i & 1) != 0;
    return overlaps == (token->start < end);
}

/* Whether the words after `first` follow in the text; the tokenizer is a copy
 * that stands after it. Sets the end of the last. */
static bool follows(const cs_pattern *pattern, cs_tokenizer tokenizer, const cs_token *first,
                    uint32_t *ret_end)
{
    cs_token token = *first;
    size_t i = 1;
    uint32_t position = first->position;
    *ret_end = first->end;
    while (i < pattern->words.count && cs_tokenizer_next(&tokenizer, &token)) {
        if (token.extra)
            continue;
        if (token.position != ++position || !is_word(token.term, pattern->words.items[i]) ||
            !overlaps_alike(pattern, i, &token, *ret_end) ||
            crosses_cell(&tokenizer, *ret_end, token.start))
            return false;
        *ret_end = token.end;
        i++;
    }
    return i == pattern->words.count;
}

bool cs_pattern_begins(const cs_pattern *pattern, const cs_tokenizer *tokenizer,
                       const cs_token *token, uint32_t *ret_end)
{
    *ret_end = token->end;
    if (pattern->words.count == 0)
        return false;
    if (pattern->kind == CS_NODE_WORD)
        return is_any_word(pattern, token->term);
    const char *first = pattern->words.items[0];
    if (pattern->kind == CS_NODE_PREFIX) {
        size_t len = strlen(first);
        if (token->pair && len < token->term.len) /* one of the two characters */
            *ret_end = token->start + (uint32_t)cs_text_cluster(tokenizer->text + token->start,
                                                                token->end - token->start);
        return len <= token->term.len && memcmp(first, token->term.data, len) == 0;
    }
    if (pattern->joined != NULL && is_any_word(pattern->joined, token->term))
        return true;
    return (!token->extra || pattern->words.count == 1) && is_word(token->term, first) &&
           follows(pattern, *tokenizer, token, ret_end);
}

bool cs_patterns_find(const cs_pattern *patterns, size_t count, cs_view text, cs_founds *ret_founds)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (cs_tokenizer_next(&tokenizer, &token))
        for (size_t i = 0; i < count; i++) {
            uint32_t end;
            if (!cs_pattern_begins(&patterns[i], &tokenizer, &token, &end))
                continue;
            cs_found *found = CS_PUSH(ret_founds);
            if (found == NULL)
                return false;
            for (; found > ret_founds->items && found[-1].start > token.start; found--)
                *found = found[-1]; /* a joined form comes after its words */
            *found = (cs_found){token.start, end, (uint32_t)i};
        }
    return cs_near_find(patterns, count, text, ret_founds);
}

bool cs_pattern_is_in(const cs_pattern *pattern, cs_view text)
{
    cs_tokenizer tokenizer;
    cs_token token;
    uint32_t end;
    if (pattern->kind == CS_NODE_NEAR)
        return cs_near_is_in(pattern, text);
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (cs_tokenizer_next(&tokenizer, &token))
        if (cs_pattern_begins(pattern, &tokenizer, &token, &end))
            return true;
    return false;
}
