/* query_fuzz.c - what somebody types to the passages found: parsed, planned, matched
 * and marked on a small index, which is made when the target begins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "../../search/explain.h"
#include "../unit/scratch.h"
#include "update.h"

static const char study[] =
    "---\ntitle: Hugging Face\ntags: [ai, open source]\nyear: 2023\ndate: 2021-06-30\n---\n\n"
    "# Overview\n\nHugging Face has raised $235 million at a valuation of $4.5 billion. [^3]\n"
    "An open-source company; GPT-4 and R&D. It's O'Reilly's. \xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd "
    "stra\xc3\x9f"
    "e.\n\n## Results\n\n- It was valued, open source the third time.\n- `code`\n\n"
    "| a | b |\n|---|---|\n| open | source |\n\n[^3]: axios https://example.org/a\n";

static cs_collection collection;

static void remove_index(void)
{
    cs_collection_release(&collection);
    nftw(scratch_root, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make_index(void)
{
    char directory[PATH_MAX + 16], root[PATH_MAX + 16];
    cs_update_result result;
    cs_error error = {0};
    const cs_update_watch watch = {0};
    scratch_make(NULL);
    scratch_file("cases/2023/face.md", study);
    scratch_file("cases/other.md",
                 "# Stripe\n\nIts valuation fell. The open market, the source. Lending Club & Co.\n"
                 "EUR 4,500m, $30-50 million, R and D, GPT 4, 50k.\n");
    scratch_folder("index");
    snprintf(directory, sizeof directory, "%s/index", scratch_root);
    snprintf(root, sizeof root, "%s/cases", scratch_root);
    cs_update_options options = {.root = root, .directory = directory, .jobs = 1};
    char *const directories[] = {directory};
    if (cs_update_run(&options, &watch, &result, &error) != CS_OK ||
        cs_collection_open(directories, 1, &collection, &error) != CS_OK) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    atexit(remove_index);
}

/* The parts of a score are none of them less than nothing, and are all of it. */
static void check_scores(const cs_search_plan *plan, const char *query, const cs_context *contexts,
                         size_t count)
{
    CS_SCOPED(cs_explanation) e = {0};
    FUZZ_MUST(cs_explain(&collection, plan, query, contexts, count, &e, NULL) == CS_OK);
    for (size_t i = 0; i < count; i++) {
        double sum = e.scores[i].all_words;
        FUZZ_MUST(sum >= 0);
        for (size_t k = 0; k < plan->weighers.count; k++) {
            FUZZ_MUST(cs_explanation_weight(&e, i, k) >= 0);
            sum += cs_explanation_weight(&e, i, k);
        }
        FUZZ_MUST(sum * e.scores[i].share <= contexts[i].hit->score + 1e-3);
    }
}

static void check_hits(const cs_search_plan *plan, const char *query, const cs_hits *hits)
{
    cs_context shown[16] = {0};
    for (size_t i = 0; i < hits->count; i++) {
        cs_context *context = &shown[i];
        FUZZ_MUST(cs_context_make(&collection, plan, &hits->items[i], NULL, context, NULL) ==
                  CS_OK);
        FUZZ_MUST(context->excerpt_count >= 1);
        uint32_t end = 0;
        for (size_t m = 0; m < context->matches.count; m++) {
            const cs_found *found = &context->matches.items[m];
            FUZZ_MUST(found->start >= end && found->start < found->end);
            end = found->end;
        }
        FUZZ_MUST(end <= context->passage.text.len);
    }
    if (plan->weighers.count > 0)
        check_scores(plan, query, shown, hits->count);
    for (size_t i = 0; i < hits->count; i++)
        cs_context_release(&shown[i]);
}

static void ask(const char *query, bool all)
{
    const cs_synonyms synonyms = {0};
    const cs_asking asking = {.all = all,
                              .exact = strlen(query) % 3 == 0,
                              .explain = strlen(query) % 4 == 0,
                              .synonyms = &synonyms};
    const cs_page page = {.limit = 10, .per_file = 3, .fold = true};
    cs_error error = {0};
    cs_node *tree = NULL;
    CS_SCOPED(cs_search_plan) plan = {0};
    CS_SCOPED(cs_hits) hits = {0};
    cs_status status = cs_query_parse(query, &tree, &error);
    if (status == CS_OK)
        status = cs_search_plan_make(&collection, query, tree, &asking, &plan, &error);
    if (status == CS_OK)
        status = cs_match_run(&collection, &plan, &page, &hits, &error);
    if (status == CS_OK) {
        uint32_t count;
        FUZZ_MUST(cs_match_count(&collection, &plan, &count, &error) == CS_OK);
        FUZZ_MUST(!hits.total_exact || hits.total == count);
        check_hits(&plan, query, &hits);
    } else {
        if (status != CS_SYNTAX)
            fprintf(stderr, "%s\n", error.message);
        FUZZ_MUST(status == CS_SYNTAX && error.message[0] != '\0');
    }
    cs_node_free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (collection.database == NULL)
        make_index();
    if (size > cs_max_query)
        return -1;
    char *query = cs_copy_string(fuzz_view(data, size));
    FUZZ_MUST(query != NULL);
    ask(query, size % 2 == 0);
    free(query);
    return 0;
}
