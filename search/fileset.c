/* fileset.c - see fileset.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fileset.h"

#include <stdlib.h>
#include <string.h>

#include "fetch.h"
#include "glob.h"
#include "listing.h"
#include "pattern.h"
#include "plan.h"
#include "suggest.h"
#include "words.h"

/* ---- unknown fields ---------------------------------------------------------------- */

static bool has_key(const cs_collection *c, const char *key)
{
    for (size_t i = 0; i < c->shard_count; i++) {
        const cs_store *store = c->shards[i].store;
        if (cs_store_key(store, cs_view_of(key)) < store->keys.count)
            return true;
    }
    return false;
}

static void find_nearest(const cs_collection *c, const char *key, cs_buf *out)
{
    unsigned best = 3; /* farther names are no typing mistakes */
    cs_view typed = cs_view_of(key);
    for (size_t i = 0; i < cs_fields_count; i++) {
        unsigned distance = cs_spelling_distance(typed, cs_view_of(cs_fields[i].name), best - 1);
        if (distance < best) {
            best = distance;
            cs_buf_clear(out);
            cs_buf_add_string(out, cs_fields[i].name);
        }
    }
    for (size_t i = 0; i < c->shard_count; i++)
        for (size_t k = 0; k < c->shards[i].store->keys.count; k++) {
            cs_view name = c->shards[i].store->keys.items[k];
            unsigned distance = cs_spelling_distance(typed, name, best - 1);
            if (distance < best) {
                best = distance;
                cs_buf_clear(out);
                cs_buf_add_view(out, name);
            }
        }
}

static cs_status unknown_field(const cs_collection *c, const char *query, const cs_node *leaf,
                               cs_error *error)
{
    CS_SCOPED(cs_buf) nearest = {.limit = cs_max_key};
    find_nearest(c, leaf->key, &nearest);
    cs_query_fail(error, query, leaf->column, "no study has a field \"%s\"", leaf->key);
    if (nearest.len > 0)
        cs_hint(error, "did you mean %s: ? Put the words in quotes to search for them as text",
                nearest.data);
    else
        cs_hint(error, "put the words in quotes to search for them as text");
    return CS_SYNTAX;
}

/* ---- by terms ---------------------------------------------------------------------- */

/* Whether the pattern is in the field's text itself: words in a row. */
static bool is_in_field(const cs_collection *c, const xc_match *match, const cs_node *leaf,
                        const cs_pattern *pattern)
{
    const cs_store *store = c->shards[match->shard].store;
    cs_file file;
    bool found = false;
    uint32_t number = cs_store_file_of(store, match->docid - 1);
    if (cs_schema_read_file(cs_store_file(store, number), &file, NULL) == CS_OK) {
        if (leaf->field == CS_FIELD_TITLE)
            found = cs_pattern_is_in(pattern, file.title);
        for (size_t i = 0; leaf->key != NULL && i < file.metadata.count && !found; i++)
            found = cs_view_equal(file.metadata.items[i].key, cs_view_of(leaf->key)) &&
                    cs_pattern_is_in(pattern, file.metadata.items[i].value);
    }
    cs_file_release(&file);
    return found;
}

static cs_status fill_pattern(const cs_collection *c, const cs_node *leaf, cs_pattern *pattern,
                              cs_error *error)
{
    pattern->kind = leaf->kind;
    pattern->overlaps = leaf->overlaps;
    if (leaf->kind == CS_NODE_WORD && leaf->field == CS_FIELD_TITLE)
        return cs_words_add_forms(c, leaf->words.items[0], pattern, error);
    if (leaf->kind == CS_NODE_PREFIX)
        return cs_words_expand(c, leaf->field, leaf->key, leaf->words.items[0], cs_max_expansions,
                               pattern, error);
    for (size_t i = 0; i < leaf->words.count; i++)
        if (!cs_pattern_add_word(pattern, cs_view_of(leaf->words.items[i])))
            return cs_fail_memory(error);
    return cs_words_add_joined(c, leaf, leaf->field == CS_FIELD_TITLE && !leaf->quoted, pattern,
                               error);
}

/* *query, or GPT-4 in one word. */
static cs_status add_joined(const cs_collection *c, const cs_node *leaf, const cs_pattern *pattern,
                            xc_query **query, cs_error *error)
{
    xc_query *both[2] = {*query, NULL}, *any = NULL;
    xc_error failure;
    double weight;
    cs_status status = cs_words_query(c, leaf->field, leaf->key, pattern->words.items,
                                      pattern->words.count, NULL, &both[1], &weight, error);
    if (status == CS_OK && xc_query_combine(XC_OP_OR, both, 2, &any, &failure) != XC_OK)
        status = cs_index_fail(error, &failure, "cannot make a query");
    xc_query_free(both[1]);
    if (status != CS_OK)
        return status;
    xc_query_free(*query);
    *query = any;
    return CS_OK;
}

/* Any of the words, or for a phrase all of them. */
static cs_status make_query(const cs_collection *c, const cs_node *leaf, const cs_pattern *pattern,
                            xc_query **ret_query, cs_error *error)
{
    double weight;
    if (leaf->kind != CS_NODE_PHRASE)
        return cs_words_query(c, leaf->field, leaf->key, pattern->words.items, pattern->words.count,
                              NULL, ret_query, &weight, error);
    xc_query *words[cs_max_phrase] = {NULL};
    size_t count = 0;
    cs_status status = CS_OK;
    for (; count < pattern->words.count && status == CS_OK; count += status == CS_OK)
        status = cs_words_query(c, leaf->field, leaf->key, &pattern->words.items[count], 1, NULL,
                                &words[count], &weight, error);
    xc_error failure;
    if (status == CS_OK && xc_query_combine(XC_OP_AND, words, count, ret_query, &failure) != XC_OK)
        status = cs_index_fail(error, &failure, "cannot make a query");
    for (size_t i = 0; i < count; i++)
        xc_query_free(words[i]);
    return status;
}

static cs_status add_matches(const cs_collection *c, const cs_node *leaf, const cs_pattern *pattern,
                             xc_query *query, cs_docset *set, cs_error *error)
{
    xc_mset mset;
    cs_status status = cs_fetch_matches(c, query, c->documents, c->documents, &mset, error);
    if (status != CS_OK)
        return status;
    bool ok = true;
    bool check = leaf->kind == CS_NODE_PHRASE && leaf->words.count > 1;
    for (size_t i = 0; ok && i < mset.count; i++) {
        const xc_match *match = &mset.items[i];
        uint32_t file = cs_store_file_of(c->shards[match->shard].store, match->docid - 1);
        if (!check || is_in_field(c, match, leaf, pattern))
            ok = cs_docset_add_file(set, c, match->shard, file);
    }
    xc_mset_free(&mset);
    return ok ? CS_OK : cs_fail_memory(error);
}

static cs_status add_by_terms(const cs_collection *c, const cs_node *leaf, cs_docset *set,
                              cs_error *error)
{
    if (leaf->words.count == 0)
        return CS_OK;
    CS_SCOPED(cs_pattern) pattern = {0};
    xc_query *query = NULL;
    cs_status status = fill_pattern(c, leaf, &pattern, error);
    if (status == CS_OK)
        status = make_query(c, leaf, &pattern, &query, error);
    if (status == CS_OK && pattern.joined != NULL)
        status = add_joined(c, leaf, pattern.joined, &query, error);
    if (status == CS_OK)
        status = add_matches(c, leaf, &pattern, query, set, error);
    xc_query_free(query);
    return status;
}

/* ---- by number or date ------------------------------------------------------------- */

/* Files with a value of the key in the range. *ret_any: the key has a number or
 * date in some file. */
static cs_status add_by_value(const cs_collection *c, const cs_node *leaf,
                              const cs_value_range *range, cs_docset *set, bool *ret_any,
                              cs_error *error)
{
    *ret_any = false;
    for (size_t i = 0; i < c->shard_count; i++) {
        const cs_store *store = c->shards[i].store;
        size_t key = cs_store_key(store, cs_view_of(leaf->key));
        if (key == store->keys.count)
            continue;
        cs_typed_key typed = store->typed.items[key];
        *ret_any = *ret_any || typed.count > 0;
        for (uint32_t v = typed.first; v < typed.first + typed.count; v++) {
            uint32_t file;
            cs_value value = cs_store_value(store, v, &file);
            if (cs_range_holds(range, &value) && !cs_docset_add_file(set, c, i, file))
                return cs_fail_memory(error);
        }
    }
    return CS_OK;
}

static cs_status add_by_range(const cs_collection *c, const char *query, const cs_node *leaf,
                              cs_docset *set, cs_error *error)
{
    bool any;
    cs_status status = add_by_value(c, leaf, &leaf->range, set, &any, error);
    if (status != CS_OK || any)
        return status;
    cs_query_fail(error, query, leaf->column, "no study has a number or a date in \"%s\"",
                  leaf->key);
    cs_hint(error, "%s: takes words; put the text in quotes to search for it as text", leaf->key);
    return CS_SYNTAX;
}

/* By words; and what is a number or date, also where it is written otherwise. */
static cs_status add_by_words_or_value(const cs_collection *c, const cs_node *leaf, cs_docset *set,
                                       cs_error *error)
{
    bool any;
    cs_status status = add_by_terms(c, leaf, set, error);
    if (status != CS_OK || leaf->kind == CS_NODE_PREFIX)
        return status;
    cs_value value = cs_value_read(cs_view_of(leaf->text), false);
    cs_value_range range = cs_range_of(&value);
    return value.type == CS_VALUE_TEXT ? CS_OK : add_by_value(c, leaf, &range, set, &any, error);
}

/* ---- by path ----------------------------------------------------------------------- */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* A pattern matches the whole path, or its end from some folder on; plain text
 * any part of it, in any case. */
static bool matches_path(const char *text, const char *path)
{
    if (!cs_glob_is_pattern(text))
        return strcasestr(path, text) != NULL;
    if (cs_glob_match(text, path))
        return true;
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
        if (cs_glob_match(text, slash + 1))
            return true;
    return false;
}

/* Marks the files of a segment whose date is so or later, by the first of their dates that is
 * one, as cs_listing_date has it. */
static void mark_dated(const cs_store *store, int32_t since, char *marks)
{
    enum { unknown, earlier, later };
    for (size_t k = 0; k < cs_date_keys_count; k++) {
        size_t key = cs_store_key(store, cs_view_of(cs_date_keys[k]));
        uint32_t count = key < store->keys.count ? store->typed.items[key].count : 0;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t file;
            int32_t first, last;
            cs_value value = cs_store_value(store, store->typed.items[key].first + i, &file);
            if (file < store->file_count && marks[file] == unknown &&
                cs_value_days(&value, &first, &last))
                marks[file] = first >= since ? later : earlier;
        }
    }
    for (uint32_t f = 0; f < store->file_count; f++)
        marks[f] = marks[f] == later;
}

static cs_status add_by_date(const cs_collection *c, const cs_node *leaf, cs_docset *set,
                             cs_error *error)
{
    int32_t since = 0, last;
    cs_value_days(&leaf->range.lower.value, &since, &last);
    for (size_t i = 0; i < c->shard_count; i++) {
        const cs_store *store = c->shards[i].store;
        char *marks = calloc((size_t)store->file_count + 1, 1);
        if (marks == NULL)
            return cs_fail_memory(error);
        mark_dated(store, since, marks);
        bool ok = true;
        for (uint32_t f = 0; f < store->file_count && ok; f++)
            ok = !marks[f] || cs_docset_add_file(set, c, i, f);
        free(marks);
        if (!ok)
            return cs_fail_memory(error);
    }
    return CS_OK;
}

static cs_status add_by_path(const cs_collection *c, const cs_node *leaf, cs_docset *set,
                             cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    for (size_t i = 0; i < c->shard_count; i++)
        for (uint32_t f = 0; f < c->shards[i].store->file_count; f++) {
            cs_file file;
            cs_status status =
                cs_schema_read_stamp(cs_store_file(c->shards[i].store, f), &file, error);
            if (status != CS_OK)
                return status;
            cs_buf_clear(&path);
            cs_buf_add_view(&path, file.path);
            if (cs_buf_status(&path) != CS_OK)
                return cs_fail_memory(error);
            const char *shown = leaf->field == CS_FIELD_FILE ? file_name(path.data) : path.data;
            if (matches_path(leaf->text, shown) && !cs_docset_add_file(set, c, i, f))
                return cs_fail_memory(error);
        }
    return CS_OK;
}

/* ---- by kind of block, by language ------------------------------------------------- */

static cs_status unknown_kind(const char *query, const cs_node *leaf, cs_error *error)
{
    CS_SCOPED(cs_buf) names = {.limit = 1 << 10};
    for (size_t i = 0; i < cs_kinds; i++)
        cs_buf_addf(&names, "%s%s",
                    i == 0             ? ""
                    : i + 1 < cs_kinds ? ", "
                                       : " or ",
                    cs_kind_names[i]);
    if (cs_buf_status(&names) != CS_OK)
        return cs_fail_memory(error);
    cs_query_fail(error, query, leaf->column, "no kind of text is called \"%s\"", leaf->text);
    cs_hint(error, "in: takes %s", names.data);
    return CS_SYNTAX;
}

/* Passages that hold a kind of block. */
static cs_status add_by_kind(const cs_collection *c, const char *query, const cs_node *leaf,
                             cs_docset *set, cs_error *error)
{
    uint32_t kind = 0;
    for (size_t i = 0; i < cs_kinds; i++)
        if (strcasecmp(leaf->text, cs_kind_names[i]) == 0)
            kind = 1u << i;
    if (kind == 0)
        return unknown_kind(query, leaf, error);
    for (size_t i = 0; i < c->shard_count; i++) {
        const cs_store *store = c->shards[i].store;
        for (uint32_t first = 0, last; first < store->passage_count; first = last + 1) {
            for (last = first; last < store->passage_count; last++)
                if ((cs_store_kinds(store, last) & kind) == 0)
                    break;
            if (!cs_docset_add_passages(set, i, first, last))
                return cs_fail_memory(error);
        }
    }
    return CS_OK;
}

static cs_status add_by_language(const cs_collection *c, const cs_node *leaf, cs_docset *set,
                                 cs_error *error)
{
    CS_SCOPED(cs_buf) code = {.limit = cs_max_site};
    CS_SCOPED(cs_pattern) pattern = {.kind = CS_NODE_WORD};
    cs_language_add_code(&code, cs_view_of(leaf->text));
    if (cs_buf_status(&code) == CS_LIMIT)
        return CS_OK; /* no language has such a name */
    if (cs_buf_status(&code) != CS_OK || !cs_pattern_add_word(&pattern, cs_buf_view(&code)))
        return cs_fail_memory(error);
    xc_query *query = NULL;
    cs_status status = make_query(c, leaf, &pattern, &query, error);
    if (status == CS_OK)
        status = add_matches(c, leaf, &pattern, query, set, error);
    xc_query_free(query);
    return status;
}

static cs_status add_matching(const cs_collection *c, const char *query, const cs_node *leaf,
                              cs_docset *set, cs_error *error)
{
    if (leaf->kind == CS_NODE_DATED)
        return add_by_date(c, leaf, set, error);
    switch (leaf->field) {
    case CS_FIELD_PATH:
    case CS_FIELD_FILE:
        return add_by_path(c, leaf, set, error);
    case CS_FIELD_IN:
        return add_by_kind(c, query, leaf, set, error);
    case CS_FIELD_LANG:
        return add_by_language(c, leaf, set, error);
    case CS_FIELD_META:
        return leaf->kind == CS_NODE_RANGE ? add_by_range(c, query, leaf, set, error)
                                           : add_by_words_or_value(c, leaf, set, error);
    default:
        return add_by_terms(c, leaf, set, error);
    }
}

cs_status cs_fileset_make(const cs_collection *collection, const char *query, const cs_node *leaf,
                          cs_docset *ret_set, cs_error *error)
{
    if (!cs_docset_init(ret_set, collection->shard_count))
        return cs_fail_memory(error);
    if (leaf->field == CS_FIELD_META && leaf->key != NULL && !has_key(collection, leaf->key))
        return unknown_field(collection, query, leaf, error);
    cs_status status = add_matching(collection, query, leaf, ret_set, error);
    if (status == CS_OK)
        cs_docset_finish(ret_set);
    return status;
}
