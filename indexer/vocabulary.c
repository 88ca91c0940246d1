/* vocabulary.c - see vocabulary.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "vocabulary.h"

#include <stdlib.h>
#include <string.h>

enum {
    first_slots = 1 << 14, /* a power of two */
    max_languages = 32,    /* one bit each */
    head_size = 11         /* makes 32 bytes of a word */
};

typedef struct word {
    uint32_t hash;
    uint32_t at;        /* in the bytes */
    uint32_t passage;   /* the last it was counted in */
    uint32_t wdf;       /* in that */
    uint32_t languages; /* that have it as a form */
    uint8_t length;
    char head[head_size]; /* its first bytes: most words are told without the rest */
} word;

typedef struct form {
    uint32_t language;
    uint32_t stem_at, word_at; /* in the bytes; each followed by a NUL */
} form;

struct cs_vocabulary {
    cs_buf bytes;
    struct {
        word *items;
        size_t count, cap;
    } words;
    uint32_t *slots; /* index + 1 into words */
    size_t slot_count;
    struct {
        form *items;
        size_t count, cap;
    } forms;
    size_t stored; /* forms handed over */
    struct {
        uint32_t *items;
        size_t count, cap;
    } counted; /* indexes of words */
    cs_stemmer *stemmers[max_languages];
    uint32_t stemmer_count;
    uint32_t language; /* index of the one at hand */
    uint32_t passage;
};

cs_status cs_vocabulary_new(cs_vocabulary **ret_vocabulary, cs_error *error)
{
    cs_vocabulary *v = calloc(1, sizeof *v);
    if (v == NULL)
        return cs_fail_memory(error);
    cs_buf_init(&v->bytes, UINT32_MAX - 1);
    v->slot_count = first_slots;
    v->slots = calloc(v->slot_count, sizeof *v->slots);
    if (v->slots == NULL) {
        cs_vocabulary_free(v);
        return cs_fail_memory(error);
    }
    *ret_vocabulary = v;
    return CS_OK;
}

void cs_vocabulary_free(cs_vocabulary *vocabulary)
{
    if (vocabulary == NULL)
        return;
    for (uint32_t i = 0; i < vocabulary->stemmer_count; i++)
        cs_stemmer_free(vocabulary->stemmers[i]);
    cs_buf_release(&vocabulary->bytes);
    free(vocabulary->words.items);
    free(vocabulary->slots);
    free(vocabulary->forms.items);
    free(vocabulary->counted.items);
    free(vocabulary);
}

cs_status cs_vocabulary_set_language(cs_vocabulary *vocabulary, cs_view language, cs_error *error)
{
    cs_vocabulary *v = vocabulary;
    for (v->language = 0; v->language < v->stemmer_count; v->language++)
        if (cs_view_equal(cs_view_of(cs_stemmer_language(v->stemmers[v->language])), language))
            return CS_OK;
    if (v->stemmer_count == max_languages)
        return cs_fail(error, CS_LIMIT, "more than %d languages", max_languages);
    cs_status status =
        cs_stemmer_new(cs_language_code(language), &v->stemmers[v->stemmer_count], error);
    v->stemmer_count += status == CS_OK;
    return status;
}

/* ---- words ------------------------------------------------------------------------- */

/* FNV-1a (Fowler, Noll, Vo), 32 bits: short keys. */
static uint32_t hash_of(cs_view term)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < term.len; i++)
        hash = (hash ^ (unsigned char)term.data[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static bool is_word(const cs_vocabulary *v, const word *w, cs_view term, uint32_t hash)
{
    if (w->hash != hash || w->length != term.len)
        return false;
    if (term.len <= head_size)
        return memcmp(w->head, term.data, term.len) == 0;
    return memcmp(v->bytes.data + w->at, term.data, term.len) == 0;
}

static uint32_t *find_slot(const cs_vocabulary *v, cs_view term, uint32_t hash)
{
    for (size_t i = hash;; i++) {
        uint32_t *slot = &v->slots[i & (v->slot_count - 1)];
        if (*slot == 0 || is_word(v, &v->words.items[*slot - 1], term, hash))
            return slot;
    }
}

static bool grow_slots(cs_vocabulary *v)
{
    size_t count = v->slot_count * 2;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < v->words.count; i++) {
        size_t at = v->words.items[i].hash;
        while (slots[at & (count - 1)] != 0)
            at++;
        slots[at & (count - 1)] = (uint32_t)i + 1;
    }
    free(v->slots);
    v->slots = slots;
    v->slot_count = count;
    return true;
}

static uint32_t add_bytes(cs_vocabulary *v, cs_view bytes)
{
    uint32_t at = (uint32_t)v->bytes.len;
    cs_buf_add_view(&v->bytes, bytes);
    cs_buf_add_char(&v->bytes, '\0');
    return at;
}

/* The word of a term, new or known; NULL without memory. */
static word *word_of(cs_vocabulary *v, cs_view term)
{
    uint32_t hash = hash_of(term);
    uint32_t *slot = find_slot(v, term, hash);
    if (*slot != 0)
        return &v->words.items[*slot - 1];
    if ((v->words.count + 1) * 4 > v->slot_count * 3) {
        if (!grow_slots(v))
            return NULL;
        slot = find_slot(v, term, hash);
    }
    word *w = CS_PUSH(&v->words);
    if (w == NULL)
        return NULL;
    w->hash = hash;
    w->length = (uint8_t)term.len;
    memcpy(w->head, term.data, term.len < head_size ? term.len : head_size);
    w->at = add_bytes(v, term);
    *slot = (uint32_t)v->words.count;
    return cs_buf_status(&v->bytes) == CS_OK ? w : NULL;
}

static bool add_form(cs_vocabulary *v, word *w, cs_view term)
{
    w->languages |= 1u << v->language;
    form *f = CS_PUSH(&v->forms);
    if (f == NULL)
        return false;
    f->language = v->language;
    f->word_at = w->at;
    f->stem_at = add_bytes(v, cs_stemmer_stem(v->stemmers[v->language], term));
    return cs_buf_status(&v->bytes) == CS_OK;
}

cs_status cs_vocabulary_count(cs_vocabulary *vocabulary, const cs_token *token, uint32_t wdf,
                              cs_error *error)
{
    cs_vocabulary *v = vocabulary;
    word *w = word_of(v, token->term);
    if (w == NULL)
        return cs_fail_memory(error);
    bool known = (w->languages & 1u << v->language) != 0;
    if (!known && cs_token_has_stem(token) && !add_form(v, w, token->term))
        return cs_fail_memory(error);
    if (w->passage == v->passage) {
        w->wdf += wdf;
        return CS_OK;
    }
    w->passage = v->passage;
    w->wdf = wdf;
    uint32_t *counted = CS_PUSH(&v->counted);
    if (counted == NULL)
        return cs_fail_memory(error);
    *counted = (uint32_t)(w - v->words.items);
    return CS_OK;
}

void cs_vocabulary_begin(cs_vocabulary *vocabulary)
{
    vocabulary->passage++;
    vocabulary->counted.count = 0;
}

size_t cs_vocabulary_counted(const cs_vocabulary *vocabulary)
{
    return vocabulary->counted.count;
}

cs_view cs_vocabulary_word(const cs_vocabulary *vocabulary, size_t i, uint32_t *ret_wdf)
{
    const word *w = &vocabulary->words.items[vocabulary->counted.items[i]];
    *ret_wdf = w->wdf;
    return (cs_view){vocabulary->bytes.data + w->at, w->length};
}

/* ---- forms ------------------------------------------------------------------------- */

static int compare_forms(const void *a, const void *b, void *context)
{
    const form *f = a, *g = b;
    const char *bytes = context;
    if (f->language != g->language)
        return f->language < g->language ? -1 : 1;
    int order = strcmp(bytes + f->stem_at, bytes + g->stem_at);
    return order != 0 ? order : strcmp(bytes + f->word_at, bytes + g->word_at);
}

cs_status cs_vocabulary_store(cs_vocabulary *vocabulary, cs_store_writer *store, cs_error *error)
{
    cs_vocabulary *v = vocabulary;
    size_t first = v->stored;
    if (v->forms.count > first + 1)
        qsort_r(v->forms.items + first, v->forms.count - first, sizeof *v->forms.items,
                compare_forms, v->bytes.data);
    cs_status status = CS_OK;
    for (size_t i = first; i < v->forms.count && status == CS_OK; i++) {
        const form *f = &v->forms.items[i];
        if (i == first || f->language != v->forms.items[i - 1].language)
            status = cs_store_writer_add_language(
                store, cs_view_of(cs_stemmer_language(v->stemmers[f->language])), error);
        if (status == CS_OK)
            status = cs_store_writer_add_form(store, cs_view_of(v->bytes.data + f->stem_at),
                                              cs_view_of(v->bytes.data + f->word_at), error);
    }
    v->stored = v->forms.count;
    return status;
}
