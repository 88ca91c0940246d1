/* words.c - see words.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "ranking.h"

const xc_bm25 cs_weighting = {.k1 = cs_bm25_k1, .b = cs_bm25_b, .min_normlen = 0};

/* Sorted. Dropped from ranked queries that have other words: nDCG@10 +1.0 to
 * +1.6 on judged sets. */
static const char *const stop_words[] = {
    "a",      "about", "after", "all",  "an",    "and",   "any",  "are",  "as",    "at",    "be",
    "been",   "but",   "by",    "can",  "could", "did",   "do",   "does", "for",   "from",  "had",
    "has",    "have",  "he",    "her",  "his",   "how",   "i",    "if",   "in",    "into",  "is",
    "it",     "its",   "many",  "me",   "much",  "my",    "of",   "on",   "or",    "our",   "she",
    "should", "so",    "than",  "that", "the",   "their", "them", "then", "there", "these", "they",
    "this",   "those", "to",    "was",  "we",    "were",  "what", "when", "where", "which", "who",
    "whom",   "whose", "why",   "will", "with",  "would", "you",  "your",
};

static int compare_strings(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

bool cs_is_stop_word(const char *word)
{
    return bsearch(word, stop_words, sizeof stop_words / sizeof *stop_words, sizeof *stop_words,
                   compare_strings) != NULL;
}

/* ---- forms ------------------------------------------------------------------------- */

static bool has_word(const cs_pattern *pattern, cs_view word)
{
    for (size_t i = 0; i < pattern->words.count; i++)
        if (cs_view_equal(cs_view_of(pattern->words.items[i]), word))
            return true;
    return false;
}

/* Adds the forms of one language in one shard. */
static cs_status add_shard_forms(const cs_shard *shard, const cs_language *language,
                                 const char *word, cs_pattern *pattern, cs_error *error)
{
    cs_stemmer *stemmer;
    CS_SCOPED(cs_views) forms = {0};
    CS_SCOPED(cs_buf) code = {.limit = 16};
    cs_buf_add_view(&code, language->code);
    if (cs_buf_status(&code) == CS_MEMORY)
        return cs_fail_memory(error);
    if (cs_buf_status(&code) != CS_OK)
        return cs_fail(error, CS_DAMAGED, "a language of the index cannot be read");
    cs_status status = cs_stemmer_new(code.data, &stemmer, error);
    if (status != CS_OK)
        return status;
    cs_view stem = cs_stemmer_stem(stemmer, cs_view_of(word));
    bool ok = cs_store_forms(shard->store, language, stem, &forms);
    cs_stemmer_free(stemmer);
    for (size_t i = 0; ok && i < forms.count && pattern->words.count < cs_max_forms; i++)
        if (!has_word(pattern, forms.items[i]))
            ok = cs_pattern_add_word(pattern, forms.items[i]);
    return ok ? CS_OK : cs_fail_memory(error);
}

/* Adds the other terms of a number or an amount that the index has: as it would be with each
 * currency, or without. Short numbers are years and the like. */
static cs_status add_amounts(const cs_collection *collection, const char *word, cs_pattern *pattern,
                             cs_error *error)
{
    enum { least = 5 }; /* digits */
    char other[cs_max_amount];
    size_t len;
    bool number = strspn(word, "0123456789.") == strlen(word) && strlen(word) >= least;
    if (*word != cs_amount_mark && !number)
        return CS_OK;
    for (size_t i = 0; cs_amount_other(cs_view_of(word), i, other, &len); i++) {
        uint32_t freq;
        xc_error failure;
        if (xc_database_term_freq(collection->database, other, len, &freq, &failure) != XC_OK)
            return cs_index_fail(error, &failure, "cannot read the index");
        if (freq > 0 && !cs_pattern_add_word(pattern, (cs_view){other, len}))
            return cs_fail_memory(error);
    }
    return CS_OK;
}

cs_status cs_words_add_forms(const cs_collection *collection, const char *word, cs_pattern *pattern,
                             cs_error *error)
{
    if (!cs_pattern_add_word(pattern, cs_view_of(word)))
        return cs_fail_memory(error);
    cs_token token = {.term = cs_view_of(word)};
    if (!cs_token_has_stem(&token))
        return add_amounts(collection, word, pattern, error);
    for (size_t i = 0; i < collection->shard_count; i++) {
        const cs_shard *shard = &collection->shards[i];
        for (size_t l = 0; l < shard->store->languages.count; l++) {
            cs_status status =
                add_shard_forms(shard, &shard->store->languages.items[l], word, pattern, error);
            if (status != CS_OK)
                return status;
        }
    }
    return CS_OK;
}

cs_status cs_words_add_joined(const cs_collection *collection, const cs_node *leaf, bool forms,
                              cs_pattern *pattern, cs_error *error)
{
    if (leaf->joined == NULL)
        return CS_OK;
    cs_pattern *joined = cs_pattern_join(pattern);
    if (joined == NULL)
        return cs_fail_memory(error);
    if (forms)
        return cs_words_add_forms(collection, leaf->joined, joined, error);
    return cs_pattern_add_word(joined, cs_view_of(leaf->joined)) ? CS_OK : cs_fail_memory(error);
}

static cs_status term_of(cs_field field, const char *key, const char *word, cs_buf *out,
                         cs_error *error)
{
    cs_buf_clear(out);
    cs_schema_add_term(out, field, cs_view_of(key == NULL ? "" : key), cs_view_of(word));
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

cs_status cs_words_expand(const cs_collection *collection, cs_field field, const char *key,
                          const char *prefix, size_t max, cs_pattern *pattern, cs_error *error)
{
    CS_SCOPED(cs_buf) term = {.limit = xc_term_max};
    cs_status status = term_of(field, key, prefix, &term, error);
    if (status != CS_OK)
        return status;
    size_t skip = term.len - strlen(prefix);
    xc_terms terms;
    xc_error failure;
    if (xc_database_terms(collection->database, term.data, term.len, max, cs_max_look, &terms,
                          &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot read the index");
    bool ok = true;
    for (size_t i = 0; ok && i < terms.count; i++)
        ok = cs_pattern_add_word(
            pattern, (cs_view){terms.items[i].text + skip, terms.items[i].length - skip});
    xc_terms_free(&terms);
    return ok ? CS_OK : cs_fail_memory(error);
}

/* ---- weights ----------------------------------------------------------------------- */

double cs_word_weight(uint32_t documents, double freq, double count)
{
    if (freq > documents)
        freq = documents;
    double odds = (documents - freq + 0.5) / (freq + 0.5);
    double idf = log(odds < 2 ? odds * 0.5 + 1 : odds);
    double times = (count + 1) / freq;
    return times > 1 ? idf * pow(times, cs_topical) : idf;
}

/* The terms of a class, their bytes in one buffer. */
typedef struct word_class {
    xc_class_term terms[cs_max_class];
    size_t starts[cs_max_class];
    size_t size;
    double freq;  /* passages that have each, added up */
    double count; /* how often all of them occur there, with the weights of the fields */
    cs_buf bytes;
} word_class;

/* Adds a word that occurs. */
static cs_status add_term(word_class *class, const cs_collection *collection, cs_view term,
                          double boost, cs_error *error)
{
    xc_error failure;
    uint32_t freq = 0;
    uint64_t count = 0;
    if (xc_database_term_freq(collection->database, term.data, term.len, &freq, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot read the index");
    if (freq == 0)
        return CS_OK;
    if (xc_database_term_count(collection->database, term.data, term.len, &count, &failure) !=
        XC_OK)
        return cs_index_fail(error, &failure, "cannot read the index");
    class->freq += freq;
    class->count += (double)count;
    class->starts[class->size] = class->bytes.len;
    class->terms[class->size++] = (xc_class_term){.length = term.len, .boost = boost, .freq = freq};
    cs_buf_add_view(&class->bytes, term);
    return cs_buf_status(&class->bytes) == CS_OK ? CS_OK : cs_fail_memory(error);
}

static cs_status make_query(word_class *class, double scale, xc_query **ret_query, cs_error *error)
{
    xc_error failure;
    for (size_t i = 0; i < class->size; i++)
        class->terms[i].term = class->bytes.data + class->starts[i];
    xc_status made = class->size == 0
                         ? xc_query_nothing(ret_query, &failure)
                         : xc_query_class(class->terms, class->size, scale, ret_query, &failure);
    return made == XC_OK ? CS_OK : cs_index_fail(error, &failure, "cannot make a query");
}

cs_status cs_words_query(const cs_collection *collection, cs_field field, const char *key,
                         char *const *words, size_t count, const char *typed, xc_query **ret_query,
                         double *ret_weight, cs_error *error)
{
    CS_SCOPED(cs_buf) term = {.limit = xc_term_max};
    word_class class = {.bytes = {.limit = (size_t)cs_max_class * xc_term_max}};
    cs_status status = CS_OK;
    if (count > cs_max_class)
        count = cs_max_class;
    for (size_t i = 0; i < count && status == CS_OK; i++) {
        bool exact = typed != NULL && strcmp(typed, words[i]) == 0;
        status = term_of(field, key, words[i], &term, error);
        if (status == CS_OK)
            status = add_term(&class, collection, cs_buf_view(&term),
                              exact ? 1 + cs_exact_boost : 1, error);
    }
    double weight =
        class.size == 0 ? 0 : cs_word_weight(collection->documents, class.freq, class.count);
    if (status == CS_OK)
        status = make_query(&class, weight, ret_query, error);
    cs_buf_release(&class.bytes);
    if (status == CS_OK)
        *ret_weight = weight;
    return status;
}
