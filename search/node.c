/* node.c - the nodes of the tree that query.c makes, and what is said of faults in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query.h"
#include "text.h"

void cs_node_free(cs_node *node)
{
    if (node == NULL)
        return;
    for (size_t i = 0; i < node->children.count; i++)
        cs_node_free(node->children.items[i]);
    for (size_t i = 0; i < node->words.count; i++)
        free(node->words.items[i]);
    free(node->children.items);
    free(node->words.items);
    free(node->joined);
    free(node->key);
    free(node->text);
    free(node);
}

bool cs_node_is_leaf(const cs_node *node)
{
    return node->kind <= CS_NODE_RANGE;
}

bool cs_node_is_empty(const cs_node *node)
{
    if (node->kind == CS_NODE_GLOB)
        return node->text[0] == '\0';
    return cs_node_is_leaf(node) && node->kind < CS_NODE_GLOB && node->words.count == 0;
}

/* ---- errors ------------------------------------------------------------------------ */

static bool is_inside(const char *text, size_t at)
{
    return ((unsigned char)text[at] & 0xC0) == 0x80;
}

/* The query around the fault, as much as fits in a line of a terminal, for else the caret would not
 * stand below the fault; the column of that. */
static size_t add_around(const char *query, size_t fault, cs_buf *line)
{
    enum { columns = 76, before = 50, bytes = 3 * columns };
    CS_SCOPED(cs_buf) left = {.limit = 1 << 13};
    size_t start = fault > bytes ? fault - bytes : 0, len = strnlen(query + fault, bytes);
    while (start > 0 && is_inside(query, start))
        start--;
    while (len > 0 && is_inside(query, fault + len))
        len--;
    cs_text_add_printable(&left, query + start, fault - start);
    cs_text_add_end(line, cs_buf_view(&left), before);
    size_t at = cs_text_width(line->data, line->len);
    cs_text_add_printable(line, query + fault, len);
    cs_text_ellipsize(line, columns);
    return at;
}

cs_status cs_query_fail(cs_error *error, const char *query, size_t column, const char *format, ...)
{
    char what[200];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    CS_SCOPED(cs_buf) line = {.limit = 1 << 14};
    size_t at = add_around(query, column, &line);
    cs_fail(error, CS_SYNTAX, "%s\n  %s\n  %*s^", what, line.len > 0 ? line.data : "", (int)at, "");
    return CS_SYNTAX;
}

/* ---- words ------------------------------------------------------------------------- */

static bool add_word(cs_node *node, cs_view word)
{
    char *copy = cs_copy_string(word);
    char **place = copy == NULL ? NULL : CS_PUSH(&node->words);
    if (place == NULL) {
        free(copy);
        return false;
    }
    *place = copy;
    return true;
}

static bool is_one_character(const char *word)
{
    return word[cs_text_cluster(word, strlen(word))] == '\0';
}

/* What a leaf is depends on its words; `pair`: of a script without blanks. */
static void settle_kind(cs_node *leaf, bool pair)
{
    size_t count = leaf->words.count;
    if (leaf->kind == CS_NODE_WORD && count > 1)
        leaf->kind = CS_NODE_PHRASE; /* GPT-4, node.js: words in a row */
    if (leaf->kind == CS_NODE_PREFIX && count > 1 && pair)
        leaf->kind = CS_NODE_PHRASE; /* pairs overlap: it is found in longer runs */
    if (count == 1 && pair && is_one_character(leaf->words.items[0]))
        leaf->kind = CS_NODE_PREFIX; /* it begins a pair, or ends a run */
}

size_t cs_node_amount(cs_view text, cs_buf *term)
{
    cs_tokenizer tokenizer;
    cs_token token;
    size_t first = text.len, words = 0, end = 0;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (end == 0 && words <= cs_max_amount_words && cs_tokenizer_next(&tokenizer, &token)) {
        words += !token.extra;
        first = token.start < first ? token.start : first;
        if (!token.amount)
            continue;
        if (token.start > first)
            return 0;
        end = token.end;
        cs_buf_add_view(term, token.term);
    }
    return end;
}

/* Makes a word of a leaf that is an amount, and nothing else. */
static bool become_amount(cs_node *leaf, bool *ret_is)
{
    CS_SCOPED(cs_buf) term = {.limit = cs_max_amount};
    cs_tokenizer rest;
    cs_token token;
    size_t len = strlen(leaf->text);
    size_t end = cs_node_amount((cs_view){leaf->text, len}, &term);
    *ret_is = false;
    if (end == 0)
        return true;
    cs_tokenizer_init(&rest, leaf->text + end, len - end);
    *ret_is = !cs_tokenizer_next(&rest, &token);
    return !*ret_is || add_word(leaf, cs_buf_view(&term));
}

#define too_many "too many words" /* a format */

/* A joined form is kept if it is of all words: "GPT-4 launch" is not found by gpt4 alone. */
static cs_status split_words(cs_node *leaf, const char *query, size_t *words, cs_error *error)
{
    cs_tokenizer tokenizer;
    cs_token token;
    size_t tokens = 0, joined_words = 0;
    uint32_t before = 0; /* where the last word ended */
    bool pair = false;
    cs_tokenizer_init(&tokenizer, leaf->text, strlen(leaf->text));
    while (cs_tokenizer_next(&tokenizer, &token)) {
        bool joined = token.extra && !token.pair && !token.amount;
        if (joined && token.position == 0 && leaf->joined == NULL) {
            leaf->joined = cs_copy_string(token.term);
            joined_words = leaf->words.count;
        }
        if (token.extra)
            continue;
        pair = token.pair;
        if (token.start < before)
            leaf->overlaps |= (uint64_t)1 << (tokens & 63);
        before = token.end;
        if (++*words > cs_max_query_words || ++tokens > cs_max_phrase)
            return cs_query_fail(error, query, leaf->column, too_many);
        if (!add_word(leaf, token.term))
            return cs_fail_memory(error);
    }
    if (leaf->joined != NULL && joined_words < leaf->words.count) {
        free(leaf->joined);
        leaf->joined = NULL;
    }
    settle_kind(leaf, pair);
    return CS_OK;
}

cs_status cs_node_split(cs_node *leaf, const char *query, size_t *words, cs_error *error)
{
    bool amount = false;
    if (leaf->kind == CS_NODE_WORD && leaf->field == CS_FIELD_TEXT && !become_amount(leaf, &amount))
        return cs_fail_memory(error);
    if (!amount)
        return split_words(leaf, query, words, error);
    leaf->amount = true;
    return ++*words <= cs_max_query_words ? CS_OK
                                          : cs_query_fail(error, query, leaf->column, too_many);
}
