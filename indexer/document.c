/* document.c - see document.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"

#include <stdlib.h>

#include "index.h"

struct cs_document_maker {
    xc_document *document;
    cs_vocabulary *words;
    cs_buf term;
};

cs_status cs_document_maker_new(cs_document_maker **ret_maker, cs_error *error)
{
    cs_document_maker *maker = calloc(1, sizeof *maker);
    if (maker == NULL)
        return cs_fail_memory(error);
    cs_buf_init(&maker->term, xc_term_max);
    xc_error failure;
    cs_status status = cs_vocabulary_new(&maker->words, error);
    if (status == CS_OK && xc_document_new(&maker->document, &failure) != XC_OK)
        status = cs_index_fail(error, &failure, "cannot make a document");
    if (status != CS_OK) {
        cs_document_maker_free(maker);
        return status;
    }
    *ret_maker = maker;
    return CS_OK;
}

void cs_document_maker_free(cs_document_maker *maker)
{
    if (maker == NULL)
        return;
    xc_document_free(maker->document);
    cs_vocabulary_free(maker->words);
    cs_buf_release(&maker->term);
    free(maker);
}

static cs_status add_term(cs_document_maker *m, cs_view term, uint32_t wdf, cs_error *error)
{
    xc_error failure;
    if (xc_document_add_term(m->document, term.data, term.len, wdf, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot add a term");
    return CS_OK;
}

/* ---- words that rank ------------------------------------------------------------- */

static cs_status count_text(cs_document_maker *m, cs_view text, uint32_t wdf, cs_error *error)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_status status = CS_OK;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (status == CS_OK && cs_tokenizer_next(&tokenizer, &token))
        status = cs_vocabulary_count(m->words, &token, wdf, error);
    return status;
}

static cs_status count_all(cs_document_maker *m, const cs_file *file, const cs_passage *passage,
                           cs_error *error)
{
    cs_view trail[cs_max_trail];
    size_t depth = cs_file_trail(file, passage->section, trail);
    cs_status status = count_text(m, trail[0], cs_weight_title, error);
    for (size_t i = 1; i < depth && status == CS_OK; i++)
        status = count_text(m, trail[i], cs_weight_heading, error);
    if (status == CS_OK)
        status = count_text(m, passage->text, cs_weight_body, error);
    return status;
}

/* ---- words that filter files --------------------------------------------------------- */

/* Adds the words of a value of the whole file; at most *room of them. */
static cs_status add_field(cs_document_maker *m, cs_field field, cs_view key, cs_view value,
                           uint32_t *room, cs_error *error)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_status status = CS_OK;
    cs_tokenizer_init(&tokenizer, value.data, value.len);
    while (status == CS_OK && *room > 0 && cs_tokenizer_next(&tokenizer, &token)) {
        cs_buf_clear(&m->term);
        cs_schema_add_term(&m->term, field, key, token.term);
        status = add_term(m, cs_buf_view(&m->term), 0, error);
        --*room;
    }
    return status;
}

static cs_status add_fields(cs_document_maker *m, const cs_file *file, cs_error *error)
{
    const cs_view no_key = {"", 0};
    uint32_t room = cs_max_field_words;
    cs_status status = add_field(m, CS_FIELD_TITLE, no_key, file->title, &room, error);
    room = cs_max_field_words;
    for (size_t i = 0; i < file->metadata.count && status == CS_OK; i++)
        status = add_field(m, CS_FIELD_META, file->metadata.items[i].key,
                           file->metadata.items[i].value, &room, error);
    return status;
}

cs_status cs_document_make(cs_document_maker *maker, const cs_file *file, const cs_passage *passage,
                           bool first, xc_document **ret_document, cs_error *error)
{
    xc_error failure;
    if (xc_document_clear(maker->document, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot clear a document");
    cs_vocabulary_begin(maker->words);
    cs_status status = cs_vocabulary_set_language(maker->words, file->language, error);
    if (status == CS_OK)
        status = count_all(maker, file, passage, error);
    for (size_t i = 0; status == CS_OK && i < cs_vocabulary_counted(maker->words); i++) {
        uint32_t wdf;
        cs_view word = cs_vocabulary_word(maker->words, i, &wdf);
        status = add_term(maker, word, wdf, error);
    }
    if (status == CS_OK && first)
        status = add_fields(maker, file, error);
    if (status == CS_OK)
        *ret_document = maker->document;
    return status;
}

cs_status cs_document_store_forms(cs_document_maker *maker, cs_store_writer *store, cs_error *error)
{
    return cs_vocabulary_store(maker->words, store, error);
}
