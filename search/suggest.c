/* suggest.c - see suggest.h.
 *
 * Forms are sorted by stem, so those with one first letter stand together. Compared are
 * those with the word's first, and those with its second that may be its first two
 * exchanged; all only when none of them is alike. Most are told by their length and by
 * which letters they have (a bit each); the rest by their edits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "suggest.h"

#include <stdlib.h>
#include <string.h>

#include "fetch.h"
#include "text.h"
#include "words.h"

enum {
    min_letters = 4,  /* of a word that is corrected */
    long_letters = 8, /* of one that may have two edits */
};

/* ---- edits ------------------------------------------------------------------------- */

typedef struct letters {
    uint32_t items[cs_max_term];
    unsigned count;
} letters;

static void read_letters(cs_view word, letters *out)
{
    out->count = 0;
    for (size_t at = 0, size; at < word.len && out->count < cs_max_term; at += size)
        out->items[out->count++] = cs_text_decode(word.data + at, word.len - at, &size);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned distance(const letters *a, const letters *b, unsigned most)
{
    unsigned rows[3][cs_max_term + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    if (a->count > b->count + most || b->count > a->count + most)
        return most + 1;
    for (unsigned j = 0; j <= b->count; j++)
        last[j] = j;
    for (unsigned i = 1; i <= a->count; i++) {
        unsigned best = row[0] = i;
        for (unsigned j = 1; j <= b->count; j++) {
            bool same = a->items[i - 1] == b->items[j - 1];
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && a->items[i - 1] == b->items[j - 2] &&
                a->items[i - 2] == b->items[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
            best = least(best, row[j]);
        }
        if (best > most)
            return most + 1;
        unsigned *next = before;
        before = last;
        last = row;
        row = next;
    }
    return least(last[b->count], most + 1);
}

unsigned cs_spelling_distance(cs_view a, cs_view b, unsigned most)
{
    letters x, y;
    read_letters(a, &x);
    read_letters(b, &y);
    return distance(&x, &y, most);
}

/* ---- words that are spelt alike ---------------------------------------------------- */

typedef struct alike {
    cs_view word;
    unsigned edits;
    uint32_t freq;
} alike;

typedef struct speller {
    cs_view word;
    letters letters;
    uint32_t signature;
    int most_bits; /* by which signatures of words that are alike differ */
    unsigned most; /* edits */
    unsigned left; /* forms that may still be looked at */
    alike items[cs_max_spelt_alike];
    size_t count;
} speller;

/* Which letters a word has, a bit for all that are the same modulo 32. */
static uint32_t signature_of(cs_view word)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < word.len; i++)
        bits |= (uint32_t)1 << (word.data[i] & 31);
    return bits;
}

static void begin(speller *s, cs_view word)
{
    *s = (speller){.word = word, .signature = signature_of(word), .left = cs_max_spelling_look};
    read_letters(word, &s->letters);
    s->most = s->letters.count < long_letters ? 1 : 2;
    bool ascii = s->letters.count == word.len;
    s->most_bits = (int)s->most * (ascii ? 2 : 4); /* a letter replaced: two, or two of each byte */
}

static int count_bits(uint32_t bits, int most)
{
    int count = 0;
    for (; bits != 0 && count <= most; bits &= bits - 1)
        count++;
    return count;
}

/* Whether two words are surely not alike. */
static bool is_unlike(const speller *s, cs_view form)
{
    size_t room = (size_t)s->most * 4; /* bytes of a letter */
    return form.len + room < s->word.len || s->word.len + room < form.len ||
           count_bits(signature_of(form) ^ s->signature, s->most_bits) > s->most_bits;
}

/* Keeps a form among those with the fewest edits. */
static void keep(speller *s, cs_view form, unsigned edits)
{
    size_t worst = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (cs_view_equal(s->items[i].word, form))
            return; /* of another segment or language */
        worst = s->items[i].edits > s->items[worst].edits ? i : worst;
    }
    if (s->count < cs_max_spelt_alike)
        s->items[s->count++] = (alike){.word = form, .edits = edits};
    else if (edits < s->items[worst].edits)
        s->items[worst] = (alike){.word = form, .edits = edits};
}

static void compare(speller *s, const cs_store *store, uint32_t number, bool exchanged)
{
    cs_view stem, form;
    letters other;
    if (!cs_store_form(store, number, &stem, &form) || is_unlike(s, form))
        return;
    if (exchanged && (form.len < 2 || form.data[1] != s->word.data[0]))
        return;
    read_letters(form, &other);
    unsigned edits = distance(&s->letters, &other, s->most);
    if (edits > 0 && edits <= s->most)
        keep(s, form, edits);
}

/* Compares with the forms of a language: those that begin with this byte, or all. */
static void look_through(speller *s, const cs_store *store, const cs_language *language,
                         const char *first)
{
    bool exchanged = first != NULL && first != s->word.data;
    uint32_t low = language->first, high = low + language->count;
    if (first != NULL) {
        char next = (char)(*first + 1);
        low = cs_store_form_from(store, low, high, (cs_view){first, 1});
        high = cs_store_form_from(store, low, high, (cs_view){&next, 1});
    }
    for (; low < high && s->left > 0; low++, s->left--)
        compare(s, store, low, exchanged);
}

static void look_everywhere(speller *s, const cs_collection *c, const char *first)
{
    for (size_t i = 0; i < c->shard_count; i++) {
        const cs_store *store = c->shards[i].store;
        for (size_t l = 0; l < store->languages.count; l++)
            look_through(s, store, &store->languages.items[l], first);
    }
}

static void find_alike(speller *s, const cs_collection *c)
{
    look_everywhere(s, c, s->word.data);
    if (s->word.data[1] != s->word.data[0])
        look_everywhere(s, c, s->word.data + 1);
    if (s->count == 0)
        look_everywhere(s, c, NULL);
}

/* ---- the best of them -------------------------------------------------------------- */

static cs_status freq_of(const cs_collection *c, cs_view word, uint32_t *ret_freq, cs_error *error)
{
    xc_error failure;
    if (xc_database_term_freq(c->database, word.data, word.len, ret_freq, &failure) != XC_OK)
        return cs_index_fail(error, &failure, "cannot read the index");
    return CS_OK;
}

/* Those that occur, the fewest edits, then the commonest, then by bytes. */
static bool is_better(const alike *a, const alike *b)
{
    if ((a->freq == 0) != (b->freq == 0))
        return a->freq > 0;
    if (a->edits != b->edits)
        return a->edits < b->edits;
    return a->freq != b->freq ? a->freq > b->freq : cs_view_compare(a->word, b->word) < 0;
}

static int compare_alike(const void *a, const void *b)
{
    return is_better(a, b) ? -1 : is_better(b, a);
}

/* Looks up how common they are, and puts the best first. */
static cs_status sort_alike(const cs_collection *c, speller *s, cs_error *error)
{
    for (size_t i = 0; i < s->count; i++) {
        cs_status status = freq_of(c, s->items[i].word, &s->items[i].freq, error);
        if (status != CS_OK)
            return status;
    }
    if (s->count > 1)
        qsort(s->items, s->count, sizeof *s->items, compare_alike);
    return CS_OK;
}

/* How many passages have the word and one of those that stand beside it in the query; more than
 * cs_max_beside are as many. */
static cs_status count_beside(const cs_collection *c, cs_view word, xc_query *beside,
                              uint32_t *ret_count, cs_error *error)
{
    CS_SCOPED(cs_buf) text = {.limit = cs_max_term};
    xc_query *query = NULL, *both = NULL;
    xc_error failure;
    xc_mset found = {0};
    double weight;
    cs_buf_add_view(&text, word);
    if (cs_buf_status(&text) != CS_OK)
        return cs_fail_memory(error);
    cs_status status =
        cs_words_query(c, CS_FIELD_TEXT, NULL, &text.data, 1, NULL, &query, &weight, error);
    xc_query *parts[2] = {query, beside};
    if (status == CS_OK && xc_query_combine(XC_OP_AND, parts, 2, &both, &failure) != XC_OK)
        status = cs_index_fail(error, &failure, "cannot make a query");
    if (status == CS_OK)
        status = cs_fetch_matches(c, both, cs_max_beside, 0, &found, error);
    if (status == CS_OK)
        *ret_count = (uint32_t)found.count;
    xc_mset_free(&found);
    xc_query_free(both);
    xc_query_free(query);
    return status;
}

/* The word's best correction; empty when there is none: of those with the fewest edits, of which
 * the commonest are looked at, the one that most passages have beside a word of the query. */
static cs_status choose(const cs_collection *c, speller *s, xc_query *beside, cs_view *ret_word,
                        cs_error *error)
{
    uint32_t most = 0;
    cs_status status = sort_alike(c, s, error);
    if (status != CS_OK || s->count == 0 || s->items[0].freq == 0)
        return status;
    *ret_word = s->items[0].word;
    for (size_t i = 0; i < s->count && i < cs_max_weighed && beside != NULL; i++) {
        uint32_t count = 0;
        if (s->items[i].edits > s->items[0].edits || s->items[i].freq == 0)
            break;
        status = count_beside(c, s->items[i].word, beside, &count, error);
        if (status != CS_OK)
            return status;
        if (count > most)
            *ret_word = s->items[i].word;
        most = count > most ? count : most;
    }
    return CS_OK;
}

/* ---- words of the query ------------------------------------------------------------ */

/* A word that is nowhere in the index: bytes of the query, and what it is folded. */
typedef struct unknown {
    size_t start, end;
    cs_buf word;
} unknown;

typedef struct finder {
    const cs_collection *collection;
    unknown unknowns[cs_max_suggested];
    size_t count;
    cs_pattern known; /* the other words, the first ones */
    const cs_synonyms *synonyms;
    cs_error *error;
} finder;

static void finder_release(finder *f)
{
    cs_pattern_release(&f->known);
    for (size_t i = 0; i < f->count; i++)
        cs_buf_release(&f->unknowns[i].word);
}

/* Whether the index has a form of the word, or it says nothing. */
static cs_status is_known(finder *f, cs_view word, bool *ret_known)
{
    CS_SCOPED(cs_pattern) forms = {0};
    CS_SCOPED(cs_buf) text = {.limit = cs_max_term};
    uint32_t freq = 0;
    cs_status status = freq_of(f->collection, word, &freq, f->error);
    cs_buf_add_view(&text, word);
    if (cs_buf_status(&text) == CS_MEMORY)
        return cs_fail_memory(f->error);
    if (status == CS_OK && freq == 0 && cs_buf_status(&text) == CS_OK)
        status = cs_words_add_forms(f->collection, text.data, &forms, f->error);
    if (status == CS_OK)
        *ret_known = freq > 0 || forms.words.count > 1 ||
                     cs_is_stop_word(text.data == NULL ? "" : text.data);
    return status;
}

/* Whether the index has a synonym of the word. */
static cs_status has_synonym(finder *f, cs_view word, bool *ret_has)
{
    CS_SCOPED(cs_pattern) found = {0};
    CS_SCOPED(cs_buf) text = {.limit = cs_max_term};
    cs_status status = CS_OK;
    uint32_t freq = 0;
    cs_buf_add_view(&text, word);
    if (f->synonyms == NULL || cs_buf_status(&text) != CS_OK)
        return CS_OK;
    if (!cs_synonyms_find(f->synonyms, text.data, &found))
        return cs_fail_memory(f->error);
    for (size_t i = 0; i < found.words.count && freq == 0 && status == CS_OK; i++)
        status = freq_of(f->collection, cs_view_of(found.words.items[i]), &freq, f->error);
    *ret_has = freq > 0;
    return status;
}

/* A word that says something tells which correction of the others is meant. */
static cs_status keep_known(finder *f, cs_view word)
{
    CS_SCOPED(cs_buf) text = {.limit = cs_max_term};
    cs_buf_add_view(&text, word);
    if (cs_buf_status(&text) == CS_MEMORY)
        return cs_fail_memory(f->error);
    if (cs_buf_status(&text) != CS_OK || cs_is_stop_word(text.data) ||
        f->known.words.count == cs_max_suggested)
        return CS_OK;
    return cs_pattern_add_word(&f->known, word) ? CS_OK : cs_fail_memory(f->error);
}

static cs_status look_at_word(finder *f, const cs_node *leaf, const cs_token *token)
{
    letters known;
    bool is = true;
    cs_status status = is_known(f, token->term, &is);
    if (status == CS_OK && !is)
        status = has_synonym(f, token->term, &is);
    if (status == CS_OK && is)
        return keep_known(f, token->term);
    if (status != CS_OK || f->count == cs_max_suggested || !cs_token_has_stem(token))
        return status;
    read_letters(token->term, &known);
    if (known.count < min_letters)
        return CS_OK;
    unknown *u = &f->unknowns[f->count++];
    *u = (unknown){.start = leaf->column + token->start, .end = leaf->column + token->end};
    u->word = (cs_buf){.limit = cs_max_term};
    cs_buf_add_view(&u->word, token->term);
    return cs_buf_status(&u->word) == CS_OK ? CS_OK : cs_fail_memory(f->error);
}

static cs_status look_at_leaf(finder *f, const cs_node *leaf)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_status status = CS_OK;
    bool words = leaf->kind == CS_NODE_WORD || leaf->kind == CS_NODE_PHRASE;
    if (leaf->field != CS_FIELD_TEXT || !words || leaf->amount)
        return CS_OK;
    cs_tokenizer_init(&tokenizer, leaf->text, strlen(leaf->text));
    while (status == CS_OK && cs_tokenizer_next(&tokenizer, &token))
        if (!token.extra && !token.pair)
            status = look_at_word(f, leaf, &token);
    return status;
}

/* All leaves that are searched for. The depth is the parser's. */
static cs_status look_at(finder *f, const cs_node *node)
{
    cs_status status = CS_OK;
    if (node->kind == CS_NODE_NOT || node->occur == CS_MUST_NOT)
        return CS_OK;
    if (cs_node_is_leaf(node))
        return look_at_leaf(f, node);
    for (size_t i = 0; i < node->children.count && status == CS_OK; i++)
        status = look_at(f, node->children.items[i]);
    return status;
}

/* Appends the query up to the unknown word, and its correction if there is one. */
static cs_status replace(finder *f, const char *query, const unknown *u, xc_query *beside,
                         size_t *at, bool *any, cs_buf *out)
{
    speller *s = malloc(sizeof *s);
    cs_view word = {0};
    if (s == NULL)
        return cs_fail_memory(f->error);
    begin(s, cs_buf_view(&u->word));
    find_alike(s, f->collection);
    cs_status status = choose(f->collection, s, beside, &word, f->error);
    free(s);
    if (status != CS_OK || word.len == 0)
        return status;
    *any = true;
    cs_buf_add(out, query + *at, u->start - *at);
    cs_buf_add_view(out, word);
    *at = u->end;
    return CS_OK;
}

cs_status cs_suggest(const cs_collection *collection, const char *query, const cs_node *tree,
                     const cs_synonyms *synonyms, cs_buf *ret_query, cs_error *error)
{
    finder f = {.collection = collection, .synonyms = synonyms, .error = error};
    size_t at = 0;
    bool any = false;
    xc_query *beside = NULL; /* any of the words that are known */
    double weight;
    cs_status status = look_at(&f, tree);
    if (status == CS_OK && f.count > 0 && f.known.words.count > 0)
        status = cs_words_query(collection, CS_FIELD_TEXT, NULL, f.known.words.items,
                                f.known.words.count, NULL, &beside, &weight, error);
    for (size_t i = 0; i < f.count && status == CS_OK; i++)
        status = replace(&f, query, &f.unknowns[i], beside, &at, &any, ret_query);
    xc_query_free(beside);
    finder_release(&f);
    if (any)
        cs_buf_add_string(ret_query, query + at);
    if (status == CS_OK && cs_buf_status(ret_query) != CS_OK)
        status = cs_buf_status(ret_query) == CS_LIMIT ? CS_OK : cs_fail_memory(error);
    return status;
}
