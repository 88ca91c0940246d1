/* library.h - a small folder of studies for a test, its index, and questions to
 * it. Stands on scratch.h: "cases" is the folder, "index" the index directory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "../../search/match.h"
#include "scratch.h"
#include "update.h"

#define LIBRARY_FOLDER "cases"
#define LIBRARY_INDEX  "index"

/* What a test would have to free after a question. */
typedef struct answer {
    cs_node *tree;
    cs_search_plan plan;
    cs_hits hits;
} answer;

static inline void answer_release(answer *a)
{
    cs_hits_release(&a->hits);
    cs_search_plan_release(&a->plan);
    cs_node_free(a->tree);
    *a = (answer){0};
}

/* cmocka set-up: the scratch folder with both folders in it. */
static inline int library_make(void **state)
{
    scratch_make(state);
    scratch_folder(LIBRARY_FOLDER);
    scratch_folder(LIBRARY_INDEX);
    return 0;
}

/* The name in the folder of studies, relative to the scratch folder; valid until
 * the next but three. */
static inline const char *library_name(const char *path)
{
    static char names[4][PATH_MAX];
    static unsigned turn;
    char *name = names[turn++ % 4];

    snprintf(name, sizeof names[0], LIBRARY_FOLDER "/%s", path);
    return name;
}

static inline void library_write(const char *path, const char *text)
{
    scratch_file(library_name(path), text);
}

static inline void library_delete(const char *path)
{
    scratch_must(unlink(scratch_path(library_name(path))) == 0, path);
}

/* Runs the indexer on the folder into `directory`, as `asked` says; its root and
 * directory are set here. */
static inline cs_status library_run(const char *directory, const cs_update_options *asked,
                                    cs_update_result *ret_result, cs_error *error)
{
    const cs_update_watch watch = {0};
    cs_update_options options = asked == NULL ? (cs_update_options){0} : *asked;

    options.root = scratch_path(LIBRARY_FOLDER);
    options.directory = scratch_path(directory);
    return cs_update_run(&options, &watch, ret_result, error);
}

/* Brings the index up to date; a failure fails the test. */
static inline cs_update_result library_update(void)
{
    cs_update_result result;
    cs_error error = {0};

    if (library_run(LIBRARY_INDEX, NULL, &result, &error) != CS_OK)
        fail_msg("%s", error.message);
    return result;
}

static inline void library_open_at(const char *directory, cs_collection *collection)
{
    char path[2 * PATH_MAX];
    char *const directories[] = {path};
    cs_error error = {0};

    snprintf(path, sizeof path, "%s", scratch_path(directory));
    if (cs_collection_open(directories, 1, collection, &error) != CS_OK)
        fail_msg("%s", error.message);
}

static inline void library_open(cs_collection *collection)
{
    library_open_at(LIBRARY_INDEX, collection);
}

/* Synonyms of the next questions; none unless a test sets them. */
static const cs_synonyms *library_synonyms;

/* Parses and plans; the status of the first step that fails. */
static inline cs_status library_plan(const cs_collection *collection, const char *query, bool all,
                                     answer *ret_answer, cs_error *error)
{
    const cs_asking asking = {.all = all, .synonyms = library_synonyms};
    *ret_answer = (answer){0};
    cs_status status = cs_query_parse(query, &ret_answer->tree, error);
    if (status == CS_OK)
        status = cs_search_plan_make(collection, query, ret_answer->tree, &asking,
                                     &ret_answer->plan, error);
    return status;
}

/* All the way to the hits; a failure fails the test. `page` NULL: all hits. */
static inline void library_ask(const cs_collection *collection, const char *query, bool all,
                               const cs_page *page, answer *ret_answer)
{
    const cs_page everything = {.limit = UINT32_MAX};
    cs_error error = {0};
    cs_status status = library_plan(collection, query, all, ret_answer, &error);

    if (status == CS_OK)
        status = cs_match_run(collection, &ret_answer->plan, page == NULL ? &everything : page,
                              &ret_answer->hits, &error);
    if (status != CS_OK)
        fail_msg("%s: %s", query, error.message);
}

/* The first line of the file that the passage of a hit covers. */
static inline uint32_t library_line(const cs_collection *collection, const cs_hit *hit)
{
    CS_SCOPED(cs_passage) passage = {0};
    cs_view record = cs_store_passage(collection->shards[hit->shard].store, hit->passage);

    assert_int_equal(cs_schema_read_passage(record, &passage, NULL), CS_OK);
    return passage.first_line;
}

/* The hits as "path:line path:line ..."; the text is valid until the next call. */
static inline const char *library_hits(const cs_collection *collection, const cs_hits *hits)
{
    static char text[1 << 16];
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < hits->count && len + PATH_MAX < sizeof text; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s:%u", i == 0 ? "" : " ",
                                (int)hits->items[i].path.len, hits->items[i].path.data,
                                library_line(collection, &hits->items[i]));
    return text;
}

/* The same for a question to an open collection. */
static inline const char *library_find(const cs_collection *collection, const char *query)
{
    CS_SCOPED(answer) a = {0};

    library_ask(collection, query, false, NULL, &a);
    return library_hits(collection, &a.hits);
}

/* Numbers that are the same in every run (Marsaglia's xorshift, 2003). */
static inline uint32_t library_random(uint32_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

#endif
