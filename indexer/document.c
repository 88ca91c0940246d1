/* document.c - see document.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"

#include <stdlib.h>

#include "index.h"

struct cs_document_maker {
    xc_document *document;
    cs_vocabulary *words;
    cs_fingerprinter print; /* of the passage at hand */
    uint32_t amounts;       /* of it, with their weights: no words of its length */
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

/* ---- words that rank --------------------------------------------------------------- */

static cs_status count_token(cs_document_maker *m, const cs_token *token, uint32_t wdf,
                             cs_error *error)
{
    m->amounts += token->amount ? wdf : 0;
    return cs_vocabulary_count(m->words, token, wdf, error);
}

static cs_status count_text(cs_document_maker *m, cs_view text, uint32_t wdf, cs_error *error)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_status status = CS_OK;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (status == CS_OK && cs_tokenizer_next(&tokenizer, &token))
        status = count_token(m, &token, wdf, error);
    return status;
}

/* The words of the passage itself make its fingerprint too. */
static cs_status count_body(cs_document_maker *m, cs_view text, cs_error *error)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_status status = CS_OK;
    cs_fingerprint_begin(&m->print);
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (status == CS_OK && cs_tokenizer_next(&tokenizer, &token)) {
        cs_fingerprint_add(&m->print, text, &token);
        status = count_token(m, &token, cs_weight_body, error);
    }
    return status;
}

static cs_status count_all(cs_document_maker *m, const cs_file *file, const cs_passage *passage,
                           cs_error *error)
{
    cs_view trail[cs_max_trail];
    size_t depth = cs_file_trail(file, passage->section, trail);
    m->amounts = 0;
    cs_status status = count_text(m, trail[0], cs_weight_title, error);
    for (size_t i = 1; i < depth && status == CS_OK; i++)
        status = count_text(m, trail[i], cs_weight_heading, error);
    if (status == CS_OK)
        status = count_body(m, passage->text, error);
    return status;
}

/* ---- words that filter files ------------------------------------------------------- */

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

/* ---- words that filter passages ---------------------------------------------------- */

/* Adds a term that is no word of a text, unless it is too long. */
static cs_status add_name(cs_document_maker *m, cs_field field, cs_view name, cs_error *error)
{
    const cs_view no_key = {"", 0};
    if (name.len == 0 || name.len > cs_max_site)
        return CS_OK;
    cs_buf_clear(&m->term);
    cs_schema_add_term(&m->term, field, no_key, name);
    return add_term(m, cs_buf_view(&m->term), 0, error);
}

/* The site of a source and the domains above it: blog.example.com, example.com, com. */
static cs_status add_site(cs_document_maker *m, cs_view url, cs_error *error)
{
    CS_SCOPED(cs_buf) site = {.limit = 1 << 16};
    cs_schema_add_site(&site, url);
    cs_view domain = cs_buf_view(&site);
    cs_status status = add_name(m, CS_FIELD_SITE, domain, error);
    for (size_t i = 0; i < site.len && status == CS_OK; i++)
        if (site.data[i] == '.')
            status =
                add_name(m, CS_FIELD_SITE, (cs_view){site.data + i + 1, site.len - i - 1}, error);
    return status;
}

static bool was_cited(const cs_marks *marks, size_t mark)
{
    for (size_t i = 0; i < mark; i++)
        if (marks->items[i].source == marks->items[mark].source)
            return true;
    return false;
}

/* The sources that a passage rests on. */
static cs_status add_sources(cs_document_maker *m, const cs_file *file, const cs_passage *passage,
                             cs_error *error)
{
    const cs_view no_key = {"", 0};
    uint32_t room = cs_max_cited_words;
    cs_status status = CS_OK;
    for (size_t i = 0; i < passage->marks.count && room > 0 && status == CS_OK; i++) {
        if (was_cited(&passage->marks, i))
            continue;
        const cs_citation *source = &file->sources.items[passage->marks.items[i].source];
        status = add_field(m, CS_FIELD_CITE, no_key, source->text, &room, error);
        if (status == CS_OK && !cs_view_equal(source->text, source->url))
            status = add_field(m, CS_FIELD_CITE, no_key, source->url, &room, error);
        if (status == CS_OK)
            status = add_field(m, CS_FIELD_CITE, no_key, source->label, &room, error);
        if (status == CS_OK)
            status = add_site(m, source->url, error);
    }
    return status;
}

/* The language of a study: that of its stemmer, and what it says itself. */
static cs_status add_language(cs_document_maker *m, const cs_file *file, cs_error *error)
{
    cs_status status = add_name(m, CS_FIELD_LANG, file->language, error);
    for (size_t i = 0; i < file->metadata.count && status == CS_OK; i++) {
        const cs_metadata *field = &file->metadata.items[i];
        CS_SCOPED(cs_buf) code = {.limit = 1 << 12};
        if (!cs_view_equal(field->key, cs_view_of("lang")) &&
            !cs_view_equal(field->key, cs_view_of("language")))
            continue;
        cs_language_add_code(&code, field->value);
        status = add_name(m, CS_FIELD_LANG, cs_buf_view(&code), error);
    }
    return status;
}

static cs_status add_fields(cs_document_maker *m, const cs_file *file, cs_error *error)
{
    const cs_view no_key = {"", 0};
    uint32_t room = cs_max_title_words;
    cs_status status = add_field(m, CS_FIELD_TITLE, no_key, file->title, &room, error);
    room = cs_max_field_words;
    for (size_t i = 0; i < file->metadata.count && status == CS_OK; i++)
        status = add_field(m, CS_FIELD_META, file->metadata.items[i].key,
                           file->metadata.items[i].value, &room, error);
    return status == CS_OK ? add_language(m, file, error) : status;
}

cs_status cs_document_make(cs_document_maker *maker, const cs_file *file, cs_passage *passage,
                           bool first, xc_document **ret_document, cs_error *error)
{
    xc_error failure;
    if (xc_document_clear(maker->document, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot clear a document");
    uint32_t length = 0;
    cs_vocabulary_begin(maker->words);
    cs_status status = cs_vocabulary_set_language(maker->words, file->language, error);
    if (status == CS_OK)
        status = count_all(maker, file, passage, error);
    for (size_t i = 0; status == CS_OK && i < cs_vocabulary_counted(maker->words); i++) {
        uint32_t wdf;
        cs_view word = cs_vocabulary_word(maker->words, i, &wdf);
        length += wdf;
        status = add_term(maker, word, wdf, error);
    }
    if (status == CS_OK)
        status = add_sources(maker, file, passage, error);
    if (status == CS_OK && first)
        status = add_fields(maker, file, error);
    if (status == CS_OK) {
        passage->length = length - maker->amounts;
        passage->print = cs_fingerprint_end(&maker->print);
        *ret_document = maker->document;
    }
    return status;
}

cs_status cs_document_store_forms(cs_document_maker *maker, cs_store_writer *store, cs_error *error)
{
    return cs_vocabulary_store(maker->words, store, error);
}
