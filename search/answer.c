/* answer.c - from a request to its answer: indexes are opened, the query is planned,
 * run, corrected if it is misspelt, and its hits are made ready to be shown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#include "fetch.h"
#include "fresh.h"
#include "suggest.h"
#include "text.h"

/* What was made of the hits that are shown; an extract points into its context. */
static void release_shown(cs_answer *a)
{
    for (size_t i = 0; a->extracts != NULL && i < a->count; i++)
        cs_extract_release(&a->extracts[i]);
    for (size_t i = 0; i < a->count; i++)
        cs_context_release(&a->contexts[i]);
    free(a->extracts);
    free(a->contexts);
    a->extracts = NULL;
    a->contexts = NULL;
    a->count = 0;
}

void cs_answer_release(cs_answer *answer)
{
    release_shown(answer);
    free(answer->read);
    cs_extractor_release(&answer->extractor);
    cs_fresh_release(&answer->fresh);
    cs_explanation_release(&answer->explanation);
    cs_source_list_release(&answer->sources);
    cs_hits_release(&answer->hits);
    cs_buf_release(&answer->better);
    cs_search_plan_release(&answer->plan);
    cs_search_plan_release(&answer->typed);
    cs_collection_release(&answer->collection);
    cs_synonyms_release(&answer->synonyms);
    cs_node_free(answer->tree);
    cs_buf_release(&answer->notes);
}

/* A context that was made of another hit of the same study, or NULL. */
static const cs_context *same_study(const cs_answer *a, const cs_hit *hit)
{
    for (size_t i = a->count; i > 0; i--) {
        const cs_hit *other = a->contexts[i - 1].hit;
        if (other->shard == hit->shard && other->file == hit->file)
            return &a->contexts[i - 1];
    }
    return NULL;
}

/* Makes a hit ready to be shown. *ret_gone: its file is, and nothing was made. */
static cs_status make_context(cs_answer *a, const cs_hit *hit, bool *ret_gone, cs_error *error)
{
    const cs_context *same = same_study(a, hit);
    cs_context *context = &a->contexts[a->count];
    *ret_gone = false;
    cs_status status = cs_context_make(&a->collection, &a->plan, hit, same, context, error);
    if (status == CS_OK && a->request->sentences > 0)
        cs_context_widen(context, a->request->sentences);
    if (status == CS_OK && a->request->refresh != CS_REFRESH_NEVER)
        status = cs_fresh_check(&a->fresh, context, ret_gone, error);
    if (status == CS_OK && !*ret_gone)
        a->count++;
    else
        cs_context_release(context);
    return status;
}

/* Of paths: one hit a study, copies too, all studies unless a limit was set. */
static cs_page page_of(const cs_request *request)
{
    cs_page page = request->page;
    if (request->format == CS_FORMAT_FILES) {
        page.per_file = 1;
        page.fold = false;
        page.limit = request->limited ? page.limit : UINT32_MAX;
    }
    return page;
}

/* Counts, or finds the page. */
static cs_status find(cs_answer *a, cs_error *error)
{
    cs_page page = page_of(a->request);
    if (a->request->format == CS_FORMAT_COUNT)
        return cs_match_count(&a->collection, &a->plan, &a->total, error);
    bool ordered = a->request->order != CS_ORDER_SCORE;
    const cs_page all = {.limit = UINT32_MAX, .per_file = page.per_file, .fold = page.fold};
    cs_status status =
        cs_match_run(&a->collection, &a->plan, ordered ? &all : &page, &a->hits, error);
    if (status == CS_OK && ordered)
        status = cs_order_hits(&a->collection, a->request->order, &page, &a->hits, error);
    a->total = a->hits.total;
    return status;
}

/* Plans the query in a->better; when it finds nothing, a->better is emptied. */
static cs_status plan_better(cs_answer *a, cs_search_plan *plan, cs_error *error)
{
    cs_node *tree = NULL;
    xc_mset found = {0};
    cs_status status = cs_query_parse(a->better.data, &tree, error);
    if (status == CS_OK)
        status = cs_narrow_tree(&a->collection, &a->request->narrowing, &tree, error);
    if (status == CS_OK)
        status = cs_search_plan_make(&a->collection, a->better.data, tree, &a->asking, plan, error);
    cs_node_free(tree);
    if (status == CS_OK)
        status = cs_fetch_matches(&a->collection, plan->query, 1, 0, &found, error);
    if (status == CS_OK && found.count == 0)
        cs_buf_clear(&a->better);
    xc_mset_free(&found);
    return status;
}

/* In quotes, unless it has its own. */
static void note_query(cs_buf *notes, cs_view query)
{
    const char *quote = memchr(query.data, '"', query.len) == NULL ? "\"" : "";
    cs_buf_add_string(notes, quote);
    cs_text_add_printable(notes, query.data, query.len);
    cs_buf_add_string(notes, quote);
}

/* Notes what was searched for in the place of the query, or might have been meant. */
static void note_better(cs_answer *a)
{
    cs_buf *notes = &a->notes;
    cs_buf_add_string(notes, a->corrected ? "nothing for " : "did you mean ");
    if (a->corrected) {
        note_query(notes, cs_view_of(a->query));
        cs_buf_add_string(notes, "; showing ");
    }
    note_query(notes, cs_buf_view(&a->better));
    cs_buf_add_string(notes, a->corrected ? "\n" : "?\n");
}

/* Searches by the better plan, which takes the place of the one as typed. */
static cs_status find_better(cs_answer *a, cs_search_plan *better, cs_error *error)
{
    a->typed = a->plan;
    a->plan = *better;
    *better = (cs_search_plan){0};
    cs_hits_release(&a->hits);
    return find(a, error);
}

/* Whether a word is nowhere in the index, so that it may be misspelt. */
static bool may_be_misspelt(const cs_answer *a)
{
    bool short_enough = a->plan.patterns.count <= cs_max_spelt_words;
    return a->plan.unknown && !a->asking.exact && short_enough;
}

/* What may be meant, and its plan, of a query that finds nothing or something; a->better stays
 * empty when nothing else would be found. */
static cs_status suggest(cs_answer *a, bool nothing, cs_search_plan *plan, cs_error *error)
{
    a->better.limit = cs_max_query;
    const cs_synonyms *found = nothing ? NULL : a->asking.synonyms;
    cs_status status = cs_suggest(&a->collection, a->query, a->tree, found, &a->better, error);
    return status == CS_OK && a->better.len > 0 ? plan_better(a, plan, error) : status;
}

/* After find(): where the words that are known find nothing, what may be meant is searched for;
 * else it puts what they find in order. */
static cs_status correct(cs_answer *a, cs_error *error)
{
    CS_SCOPED(cs_search_plan) plan = {0};
    bool again = a->total == 0;
    cs_status status = suggest(a, again, &plan, error);
    if (status != CS_OK || a->better.len == 0)
        return status;
    a->corrected = again;
    if (!again && a->request->format != CS_FORMAT_COUNT)
        status = cs_search_plan_keep(&plan, &a->plan, &again, error);
    if (status == CS_OK && again)
        status = find_better(a, &plan, error);
    if (status == CS_OK)
        note_better(a);
    return status;
}

/* Passages of the shards before this one. */
static size_t count_before(const cs_collection *c, size_t shard)
{
    size_t count = 0;
    for (size_t i = 0; i < shard; i++)
        count += c->shards[i].store->passage_count;
    return count;
}

static size_t number_of(const cs_collection *c, const cs_hit *hit)
{
    return count_before(c, hit->shard) + hit->passage;
}

/* Whether the section of a hit was shown with a hit before it. */
static bool is_read(const cs_answer *a, const cs_hit *hit)
{
    size_t number = number_of(&a->collection, hit);
    return (a->read[number / 8] >> number % 8 & 1) != 0;
}

static void set_read(cs_answer *a, const cs_hit *hit)
{
    size_t number = number_of(&a->collection, hit);
    a->read[number / 8] |= (unsigned char)(1 << number % 8);
}

static cs_status read_section(cs_answer *a, const cs_context *c, cs_extract *ret_extract,
                              cs_error *error)
{
    cs_part_asked part = {c->passage.section, 0, UINT32_MAX};
    cs_file_place place = {c->hit->shard, c->hit->file};
    cs_status status = cs_extract_make(&a->extractor, place, &part, c, ret_extract, error);
    set_read(a, c->hit);
    for (size_t i = 0; i < ret_extract->count; i++)
        set_read(a, &ret_extract->hits[i]);
    return status;
}

static bool make_room(cs_answer *a, size_t most)
{
    size_t left = a->hits.count - a->next, room = left < most ? left : most;
    room = room > 0 ? room : 1;
    a->contexts = calloc(room, sizeof *a->contexts);
    if (!a->request->full)
        return a->contexts != NULL;
    a->extractor.collection = &a->collection;
    a->extractor.plan = &a->plan;
    a->extractor.check = a->request->refresh != CS_REFRESH_NEVER;
    a->extracts = calloc(room, sizeof *a->extracts);
    if (a->read == NULL)
        a->read = calloc(count_before(&a->collection, a->collection.shard_count) / 8 + 1, 1);
    return a->contexts != NULL && a->extracts != NULL && a->read != NULL;
}

/* The text of the last hit that was made ready, and with --full of its section. */
static size_t text_of_last(const cs_answer *a)
{
    size_t size = a->contexts[a->count - 1].passage.text.len;
    const cs_extract *section = a->extracts == NULL ? NULL : &a->extracts[a->count - 1];
    for (size_t i = 0; section != NULL && i < section->count; i++)
        size += section->passages[i].passage.text.len;
    return size;
}

/* Makes the next hits ready to be shown, all (SIZE_MAX) or `most` of them and cs_max_shown_text
 * bytes; those whose file is gone fall out, or leave their place to a copy. */
static cs_status make_shown(cs_answer *a, size_t most, cs_error *error)
{
    const size_t max_text = most < SIZE_MAX ? cs_max_shown_text : SIZE_MAX;
    if (!make_room(a, most))
        return cs_fail_memory(error);
    for (size_t text = 0; a->next < a->hits.count && a->count < most && text < max_text;) {
        bool gone;
        const cs_hit *hit = &a->hits.items[a->next];
        cs_status status = make_context(a, hit, &gone, error);
        if (status == CS_OK && !gone && a->request->full && !is_read(a, hit))
            status = read_section(a, &a->contexts[a->count - 1], &a->extracts[a->count - 1], error);
        if (status != CS_OK)
            return status;
        text += gone ? 0 : text_of_last(a);
        a->hits.total -= gone && a->hits.total > 0;
        a->next += !gone || !cs_match_replace(&a->hits, a->next);
    }
    return CS_OK;
}

/* The query of a->plan. */
static const char *planned_query(const cs_answer *a)
{
    return a->typed.query != NULL ? a->better.data : a->query;
}

/* Weights are explained of all hits at once. */
cs_status cs_answer_next(cs_answer *a, cs_error *error)
{
    bool explain = a->asking.explain;
    a->shown += a->count;
    release_shown(a);
    cs_status status = make_shown(a, explain ? SIZE_MAX : cs_max_shown, error);
    if (status == CS_OK && explain && a->shown == 0)
        status = cs_explain(&a->collection, &a->plan, planned_query(a), a->contexts, a->count,
                            &a->explanation, error);
    return status;
}

cs_status cs_answer_correct(cs_answer *a, cs_error *error)
{
    CS_SCOPED(cs_search_plan) plan = {0};
    xc_mset found = {0};
    if (a->tree == NULL || !may_be_misspelt(a))
        return CS_OK;
    cs_status status = cs_fetch_matches(&a->collection, a->plan.query, 1, 0, &found, error);
    bool nothing = found.count == 0;
    xc_mset_free(&found);
    if (status == CS_OK)
        status = suggest(a, nothing, &plan, error);
    if (status != CS_OK || a->better.len == 0)
        return status;
    a->corrected = nothing;
    if (nothing) {
        a->typed = a->plan;
        a->plan = plan;
        plan = (cs_search_plan){0};
    }
    note_better(a);
    return CS_OK;
}

static cs_status search(cs_answer *a, cs_error *error)
{
    cs_status status = find(a, error);
    if (status == CS_OK && may_be_misspelt(a))
        status = correct(a, error);
    return status == CS_OK && a->request->format != CS_FORMAT_COUNT ? cs_answer_next(a, error)
                                                                    : status;
}

static cs_status open_and_plan(cs_answer *a, const cs_places *places, cs_error *error)
{
    cs_status status = cs_collection_open(places->items, places->count, &a->collection, error);
    a->begun = cs_clock();
    if (status == CS_OK)
        status = cs_narrow_tree(&a->collection, &a->request->narrowing, &a->tree, error);
    if (status == CS_OK && a->tree != NULL)
        status =
            cs_search_plan_make(&a->collection, a->query, a->tree, &a->asking, &a->plan, error);
    return status;
}

/* The user's; their faults are noted, and the rest is taken. */
static cs_status load_synonyms(cs_answer *a, cs_error *error)
{
    if (a->request->no_synonyms || a->asking.exact)
        return CS_OK;
    a->asking.synonyms = &a->synonyms;
    cs_status status = cs_synonyms_load(&a->synonyms, error);
    if (status == CS_OK)
        cs_buf_add_view(&a->notes, cs_buf_view(&a->synonyms.faults));
    return status;
}

static void hint_rebuild(const char *directory, cs_error *error)
{
    CS_SCOPED(cs_buf) word = {.limit = 1 << 16};
    cs_text_add_shell_word(&word, directory);
    cs_hint(error, "build it anew with: caseindex --rebuild -d %s",
            word.data == NULL ? "DIR" : word.data);
}

cs_status cs_answer_open(const cs_request *request, cs_answer *ret_answer, cs_error *error)
{
    enum { max_notes = 1 << 20 };
    CS_SCOPED(cs_places) places = {0};
    cs_answer *a = ret_answer;
    bool made = false;
    *a = (cs_answer){.request = request,
                     .query = cs_request_query(request),
                     .asking = request->asking,
                     .notes = {.limit = max_notes}};
    cs_status status = a->query[0] == '\0' ? CS_OK : cs_query_parse(a->query, &a->tree, error);
    if (status == CS_OK)
        status = cs_locate(request->db, &places, &made, error);
    for (size_t i = 0; status == CS_OK && !made && i < places.count; i++)
        status = cs_locate_refresh(places.items[i], request->refresh, error);
    if (status == CS_OK)
        status = load_synonyms(a, error);
    if (status == CS_OK)
        status = open_and_plan(a, &places, error);
    if (status == CS_DAMAGED && places.count == 1)
        hint_rebuild(places.items[0], error);
    return status;
}

void cs_answer_note_page(cs_answer *a, size_t count)
{
    uint32_t offset = a->request->page.offset;
    if (offset > 0 && count > 0 && a->request->mode != CS_MODE_OPEN)
        cs_buf_addf(&a->notes, "there is nothing after the first %u\n", offset);
}

static cs_status count_sources(cs_answer *a, cs_error *error)
{
    cs_status status = cs_answer_correct(a, error);
    if (status == CS_OK)
        status =
            cs_sources_count(&a->collection, a->tree != NULL ? &a->plan : NULL, &a->sources, error);
    bool counted = a->request->format == CS_FORMAT_COUNT;
    if (!counted && a->sources.count <= a->request->page.offset)
        cs_answer_note_page(a, a->sources.count);
    return status;
}

cs_status cs_answer_make(const cs_request *request, cs_answer *ret_answer, cs_error *error)
{
    cs_answer *a = ret_answer;
    cs_status status = cs_answer_open(request, a, error);
    if (status == CS_OK && request->sources)
        return count_sources(a, error);
    if (status == CS_OK)
        status = search(a, error);
    if (status == CS_OK && request->format != CS_FORMAT_COUNT && a->count == 0)
        cs_answer_note_page(a, a->hits.total);
    a->took = cs_clock() - a->begun;
    return status;
}

bool cs_answer_found(const cs_answer *answer)
{
    if (answer->request->format == CS_FORMAT_COUNT)
        return answer->total > 0 || answer->sources.count > 0;
    return answer->shown + answer->count > 0 ||
           answer->sources.count > answer->request->page.offset;
}

uint64_t cs_answer_studies(const cs_answer *answer)
{
    uint64_t studies = 0;
    for (size_t i = 0; i < answer->collection.index_count; i++)
        studies += cs_index_study_count(&answer->collection.indexes[i]);
    return studies;
}
