/* document.c - see document.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"

#include <stdlib.h>
#include <string.h>

#include "index.h"

enum { max_languages = 32 };

struct cs_document_maker {
    xc_document *document;
    cs_stemmer *stemmers[max_languages]; /* one for each language met */
    size_t stemmer_count;
    cs_stemmer *stemmer; /* of the file at hand */
    cs_buf term;
};

cs_status cs_document_maker_new(cs_document_maker **ret_maker, cs_error *error)
{
    cs_document_maker *maker = calloc(1, sizeof *maker);
    if (maker == NULL)
        return cs_fail_memory(error);
    cs_buf_init(&maker->term, xc_term_max);
    xc_error failure;
    if (xc_document_new(&maker->document, &failure) != XC_OK) {
        free(maker);
        return cs_index_fail(error, &failure, "cannot make a document");
    }
    *ret_maker = maker;
    return CS_OK;
}

void cs_document_maker_free(cs_document_maker *maker)
{
    if (maker == NULL)
        return;
    xc_document_free(maker->document);
    for (size_t i = 0; i < maker->stemmer_count; i++)
        cs_stemmer_free(maker->stemmers[i]);
    cs_buf_release(&maker->term);
    free(maker);
}

static cs_status choose_stemmer(cs_document_maker *m, cs_view language, cs_error *error)
{
    for (size_t i = 0; i < m->stemmer_count; i++) {
        m->stemmer = m->stemmers[i];
        if (cs_view_equal(cs_view_of(cs_stemmer_language(m->stemmer)), language))
            return CS_OK;
    }
    if (m->stemmer_count == max_languages)
        return cs_fail(error, CS_LIMIT, "more than %d languages", max_languages);
    cs_status status = cs_stemmer_new(cs_language_code(language), &m->stemmer, error);
    if (status == CS_OK)
        m->stemmers[m->stemmer_count++] = m->stemmer;
    return status;
}

static cs_status add_term(cs_document_maker *m, uint32_t wdf, cs_error *error)
{
    xc_error failure;
    cs_status status = cs_buf_status(&m->term);
    if (status != CS_OK)
        return cs_fail(error, status, "a term is too long");
    if (xc_document_add_term(m->document, m->term.data, m->term.len, wdf, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot add a term");
    return CS_OK;
}

/* Adds the exact form and, where there is one, the stem of every word. */
static cs_status add_text(cs_document_maker *m, cs_field field, cs_view text, uint32_t wdf,
                          cs_error *error)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_status status = CS_OK;
    const cs_view no_key = {"", 0};
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (status == CS_OK && cs_tokenizer_next(&tokenizer, &token)) {
        cs_buf_clear(&m->term);
        cs_schema_add_exact(&m->term, field, no_key, token.term);
        status = add_term(m, wdf, error);
        if (status != CS_OK || !cs_token_has_stem(&token))
            continue;
        cs_view stem = cs_stemmer_stem(m->stemmer, token.term);
        cs_buf_clear(&m->term);
        cs_schema_add_stem(&m->term, field, cs_stemmer_language(m->stemmer), stem);
        status = add_term(m, wdf, error);
    }
    return status;
}

static cs_status add_metadata(cs_document_maker *m, const cs_file *file, cs_error *error)
{
    cs_tokenizer tokenizer;
    cs_token token;
    uint32_t words = 0;
    for (size_t i = 0; i < file->metadata.count && words < cs_max_field_words; i++) {
        const cs_metadata *pair = &file->metadata.items[i];
        cs_tokenizer_init(&tokenizer, pair->value.data, pair->value.len);
        while (cs_tokenizer_next(&tokenizer, &token) && words < cs_max_field_words) {
            cs_buf_clear(&m->term);
            cs_schema_add_exact(&m->term, CS_FIELD_META, pair->key, token.term);
            cs_status status = add_term(m, 0, error);
            if (status != CS_OK)
                return status;
            words++;
        }
    }
    return CS_OK;
}

static cs_status add_context(cs_document_maker *m, const cs_file *file, const cs_passage *passage,
                             cs_error *error)
{
    cs_view trail[cs_max_trail];
    size_t depth = cs_file_trail(file, passage->section, trail);
    cs_status status = add_text(m, CS_FIELD_TEXT, trail[0], cs_weight_title, error);
    if (status == CS_OK)
        status = add_text(m, CS_FIELD_TITLE, trail[0], 0, error);
    for (size_t i = 1; i < depth && status == CS_OK; i++) {
        status = add_text(m, CS_FIELD_TEXT, trail[i], cs_weight_heading, error);
        if (status == CS_OK)
            status = add_text(m, CS_FIELD_HEADING, trail[i], 0, error);
    }
    return status;
}

cs_status cs_document_make(cs_document_maker *maker, const cs_file *file, const cs_passage *passage,
                           xc_document **ret_document, cs_error *error)
{
    xc_error failure;
    if (xc_document_clear(maker->document, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot clear a document");
    cs_status status = choose_stemmer(maker, file->language, error);
    if (status == CS_OK)
        status = add_context(maker, file, passage, error);
    if (status == CS_OK)
        status = add_metadata(maker, file, error);
    if (status == CS_OK)
        status = add_text(maker, CS_FIELD_TEXT, passage->text, cs_weight_body, error);
    if (status == CS_OK)
        *ret_document = maker->document;
    return status;
}
