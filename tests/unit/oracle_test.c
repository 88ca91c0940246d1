/* oracle_test.c - phrases and NEARs find what a plain search finds: pseudo-random ones,
 * taken from the texts as they stand, are asked of an index, and of an oracle that
 * goes through all words of all passages and trails, in the order that terms.h gives
 * them. The passages must be the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "corpora.h"
#include "library.h"

#define absent UINT32_MAX /* no term; no enum: those are ints */
enum { max_operands = 3, max_wanted = 64, max_classes = 50 };

#define ADD(list, ...)                                                                             \
    do {                                                                                           \
        assert_non_null(CS_PUSH(list));                                                            \
        (list)->items[(list)->count - 1] = __VA_ARGS__;                                            \
    } while (0)

/* ---- all words of all texts -------------------------------------------------------- */

typedef struct word {
    uint32_t id; /* of its term, in the dictionary */
    uint32_t start, end, position;
    bool extra, pair;
} word;

typedef struct text {
    cs_view bytes;
    size_t first, count; /* its words */
} text;

typedef struct passage {
    uint32_t shard, number;
    size_t text;
    size_t trail, depth; /* texts */
    uint32_t language;
} passage;

static struct {
    cs_collection collection;
    struct {
        char **items;
        size_t count, cap;
    } terms;
    uint32_t *slots; /* hash table: term + 1 */
    size_t mask;
    struct {
        word *items;
        size_t count, cap;
    } words;
    struct {
        text *items;
        size_t count, cap;
    } texts;
    struct {
        passage *items;
        size_t count, cap;
    } passages;
    struct {
        char **items;
        size_t count, cap;
    } languages;
    struct {
        uint64_t *items; /* bit l: the term is used in language l */
        size_t count, cap;
    } used;
} all;

static uint32_t *slot_of(cs_view term)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < term.len; i++)
        hash = (hash ^ (unsigned char)term.data[i]) * 1099511628211u;
    for (size_t i = (size_t)(hash >> 8);; i++) {
        uint32_t *slot = &all.slots[i & all.mask];
        if (*slot == 0 || cs_view_equal(cs_view_of(all.terms.items[*slot - 1]), term))
            return slot;
    }
}

static uint32_t find_term(cs_view term)
{
    return *slot_of(term) == 0 ? absent : *slot_of(term) - 1;
}

static uint32_t add_term(cs_view term)
{
    uint32_t *slot = slot_of(term);
    if (*slot == 0) {
        assert_true(all.terms.count < all.mask / 2);
        ADD(&all.terms, cs_copy_string(term));
        ADD(&all.used, 0);
        *slot = (uint32_t)all.terms.count;
    }
    return *slot - 1;
}

static size_t add_text(cs_view bytes, uint32_t language)
{
    cs_tokenizer tokenizer;
    cs_token token;
    text *t = CS_PUSH(&all.texts);
    *t = (text){.bytes = bytes, .first = all.words.count};
    cs_tokenizer_init(&tokenizer, bytes.data, bytes.len);
    while (cs_tokenizer_next(&tokenizer, &token)) {
        uint32_t id = add_term(token.term);
        if (cs_token_has_stem(&token))
            all.used.items[id] |= (uint64_t)1 << language;
        ADD(&all.words,
            (word){id, token.start, token.end, token.position, token.extra, token.pair});
        t->count++;
    }
    return all.texts.count - 1;
}

static uint32_t language_of(cs_view code)
{
    for (size_t i = 0; i < all.languages.count; i++)
        if (cs_view_equal(cs_view_of(all.languages.items[i]), code))
            return (uint32_t)i;
    assert_true(all.languages.count < 64);
    ADD(&all.languages, cs_copy_string(code));
    return (uint32_t)all.languages.count - 1;
}

/* The passages of one file; those of a section follow each other and share a trail. */
static void read_file(uint32_t shard, uint32_t number)
{
    const cs_store *store = all.collection.shards[shard].store;
    CS_SCOPED(cs_file) file = {0};
    assert_int_equal(cs_schema_read_file(cs_store_file(store, number), &file, NULL), CS_OK);
    uint32_t language = language_of(file.language), section = 0;
    size_t trail = 0, depth = 0;
    for (uint32_t i = cs_store_first_passage(store, number);
         i < store->passage_count && cs_store_file_of(store, i) == number; i++) {
        CS_SCOPED(cs_passage) p = {0};
        assert_int_equal(cs_schema_read_passage(cs_store_passage(store, i), &p, NULL), CS_OK);
        if (depth == 0 || p.section != section) {
            cs_view views[cs_max_trail];
            section = p.section;
            depth = cs_file_trail(&file, section, views);
            trail = all.texts.count;
            for (size_t k = 0; k < depth; k++)
                add_text(views[k], language);
        }
        size_t body = add_text(p.text, language);
        ADD(&all.passages, (passage){shard, i, body, trail, depth, language});
    }
}

static void read_all(void)
{
    all.mask = ((size_t)1 << 22) - 1;
    all.slots = calloc(all.mask + 1, sizeof *all.slots);
    for (uint32_t s = 0; s < all.collection.shard_count; s++)
        for (uint32_t f = 0; f < all.collection.shards[s].store->file_count; f++)
            read_file(s, f);
}

static void forget_all(void)
{
    cs_collection_release(&all.collection);
    for (size_t i = 0; i < all.terms.count; i++)
        free(all.terms.items[i]);
    for (size_t i = 0; i < all.languages.count; i++)
        free(all.languages.items[i]);
    free(all.terms.items);
    free(all.languages.items);
    free(all.slots);
    free(all.words.items);
    free(all.texts.items);
    free(all.passages.items);
    free(all.used.items);
    memset(&all, 0, sizeof all);
}

/* ---- the oracle -------------------------------------------------------------------- */

/* A phrase, or any of several words, or what begins so. */
typedef struct wanted {
    uint32_t ids[max_wanted];
    bool overlaps[max_wanted]; /* the word shares a character with the one before */
    size_t count;
    uint32_t joined; /* the phrase in one word */
    bool in_a_row;
    char prefix[16]; /* empty without one */
} wanted;

/* Where one stands. */
typedef struct place {
    uint32_t start, end, first, last;
} place;

typedef struct places {
    place *items;
    size_t count, cap;
} places;

/* Words in two cells of a table do not follow each other. */
static bool in_two_cells(cs_view bytes, uint32_t end, uint32_t start)
{
    bool line = false;
    for (uint32_t i = end; i < start; i++) {
        if (bytes.data[i] == '|')
            return true;
        line = line || bytes.data[i] == '\n';
    }
    for (uint32_t i = start; line && i + 3 <= bytes.len && bytes.data[i] != '\n'; i++)
        if (memcmp(bytes.data + i, " | ", 3) == 0)
            return true;
    return false;
}

static void add_phrase(const text *t, size_t at, const wanted *want, places *out)
{
    const word *words = all.words.items + t->first, *last = &words[at];
    size_t found = last->id == want->ids[0];
    for (size_t i = at + 1; found > 0 && found < want->count && i < t->count; i++) {
        const word *w = &words[i];
        if (w->extra)
            continue;
        if (w->id != want->ids[found] || (w->start < last->end) != want->overlaps[found] ||
            in_two_cells(t->bytes, last->end, w->start))
            return;
        last = w;
        found++;
    }
    if (found < want->count || found == 0)
        return;
    ADD(out, (place){words[at].start, last->end, words[at].position, last->position});
}

static bool is_one_of(uint32_t id, const wanted *want)
{
    if (want->prefix[0] != '\0')
        return strncmp(all.terms.items[id], want->prefix, strlen(want->prefix)) == 0;
    if (want->in_a_row)
        return id == want->joined;
    for (size_t i = 0; i < want->count; i++)
        if (want->ids[i] == id)
            return true;
    return false;
}

/* All places of it in a text. */
static void find_places(const text *t, const wanted *want, places *out)
{
    const word *words = all.words.items + t->first;
    out->count = 0;
    for (size_t i = 0; i < t->count; i++) {
        const word *w = &words[i];
        bool compound = w->extra && want->in_a_row && want->count == 1 && w->id == want->ids[0];
        if (want->in_a_row && !w->extra)
            add_phrase(t, i, want, out);
        if (!compound && !is_one_of(w->id, want))
            continue;
        place p = {w->start, w->end, w->position, w->position};
        for (size_t k = 0; w->extra && k < t->count; k++)
            if (!words[k].extra && words[k].start >= p.start && words[k].end <= p.end)
                p.last = words[k].position > p.last ? words[k].position : p.last;
        ADD(out, p);
    }
}

/* Tries every place of each that is over none of the others'. */
static bool try_all(const places found[], size_t count, size_t i, const place *chosen[],
                    unsigned distance)
{
    if (i < count) {
        for (size_t k = 0; k < found[i].count; k++) {
            const place *p = &found[i].items[k];
            bool apart = true;
            for (size_t o = 0; o < i; o++)
                apart = apart && (chosen[o]->end <= p->start || p->end <= chosen[o]->start);
            chosen[i] = p;
            if (apart && try_all(found, count, i + 1, chosen, distance))
                return true;
        }
        return false;
    }
    int64_t first = INT64_MAX, last = -1, inside = 0;
    for (size_t o = 0; o < count; o++) {
        first = chosen[o]->first < first ? chosen[o]->first : first;
        last = chosen[o]->last > last ? chosen[o]->last : last;
        inside += (int64_t)chosen[o]->last - chosen[o]->first + 1;
    }
    return last - first + 1 - inside < (int64_t)distance;
}

static bool is_in_text(const text *t, const wanted *want, size_t count, unsigned distance)
{
    static places found[max_operands];
    const place *chosen[max_operands];
    for (size_t i = 0; i < count; i++) {
        find_places(t, &want[i], &found[i]);
        if (found[i].count == 0)
            return false;
    }
    return count == 1 || try_all(found, count, 0, chosen, distance);
}

static bool is_in_passage(const passage *p, const wanted *want, size_t count, unsigned distance)
{
    if (is_in_text(&all.texts.items[p->text], want, count, distance))
        return true;
    for (size_t i = 0; i < p->depth; i++)
        if (is_in_text(&all.texts.items[p->trail + i], want, count, distance))
            return true;
    return false;
}

/* ---- what is asked for ------------------------------------------------------------- */

/* The words of a phrase as it was typed. */
static void want_phrase(cs_view typed, wanted *want)
{
    cs_tokenizer tokenizer;
    cs_token token;
    uint32_t end = 0, joined_end = 0;
    *want = (wanted){.joined = absent, .in_a_row = true};
    cs_tokenizer_init(&tokenizer, typed.data, typed.len);
    while (cs_tokenizer_next(&tokenizer, &token)) {
        if (token.extra && !token.pair && token.position == 0) {
            want->joined = find_term(token.term);
            joined_end = token.end;
        }
        if (token.extra)
            continue;
        want->overlaps[want->count] = token.start < end;
        want->ids[want->count++] = find_term(token.term);
        end = token.end;
    }
    if (joined_end != end)
        want->joined = absent;
}

/* The word and what has its stem in some language that uses it. False when these are
 * more than a query takes. */
static bool want_forms(uint32_t id, wanted *want)
{
    const char *typed = all.terms.items[id];
    *want = (wanted){.ids = {id}, .count = 1, .joined = absent};
    cs_token token = {.term = cs_view_of(typed)};
    for (size_t l = 0; cs_token_has_stem(&token) && l < all.languages.count; l++) {
        cs_stemmer *stemmer;
        char stem[cs_max_term + 1];
        assert_int_equal(cs_stemmer_new(all.languages.items[l], &stemmer, NULL), CS_OK);
        cs_view s = cs_stemmer_stem(stemmer, cs_view_of(typed));
        snprintf(stem, sizeof stem, "%.*s", (int)s.len, s.data);
        for (uint32_t t = 0; t < all.terms.count && want->count < max_classes; t++)
            if ((all.used.items[t] >> l & 1) != 0 && !is_one_of(t, want) &&
                all.terms.items[t][0] == typed[0] &&
                cs_view_equal(cs_stemmer_stem(stemmer, cs_view_of(all.terms.items[t])),
                              cs_view_of(stem)))
                want->ids[want->count++] = t;
        cs_stemmer_free(stemmer);
    }
    return want->count < max_classes;
}

static bool want_prefix(const char *prefix, wanted *want)
{
    size_t count = 0;
    *want = (wanted){.joined = absent};
    snprintf(want->prefix, sizeof want->prefix, "%s", prefix);
    for (uint32_t t = 0; t < all.terms.count; t++)
        count += is_one_of(t, want);
    return count < max_classes;
}

/* A stretch of `count` words from word `at` of a text on, as it stands. */
static cs_view stretch(const text *t, size_t at, size_t count)
{
    const word *words = all.words.items + t->first;
    uint32_t end = words[at].end;
    for (size_t i = at; i < t->count && count > 0; i++)
        if (!words[i].extra) {
            end = words[i].end > end ? words[i].end : end;
            count--;
        }
    return (cs_view){t->bytes.data + words[at].start, end - words[at].start};
}

/* Quotes that are not in it round it. False when it has them all, or is a single
 * character, or one word only in a wider text. */
static bool add_quoted(cs_buf *query, cs_view typed, wanted *want)
{
    static const char *const quotes[][4] = {
        {"\"", "\"", "“", "”"}, {"『", "』", "『", "』"}, {"«", "»", "«", "»"}};
    want_phrase(typed, want);
    for (size_t i = 0; want->count > (typed.len < 8) && i < 3; i++) {
        bool clear = memmem(typed.data, typed.len, "„", 3) == NULL || i > 0;
        for (size_t k = 0; k < 4; k++)
            clear =
                clear && memmem(typed.data, typed.len, quotes[i][k], strlen(quotes[i][k])) == NULL;
        if (!clear)
            continue;
        cs_buf_add_string(query, quotes[i][0]);
        cs_buf_add_view(query, typed);
        cs_buf_add_string(query, quotes[i][1]);
        return true;
    }
    return false;
}

static const text *random_text(uint32_t *seed)
{
    for (;;) {
        uint32_t number = library_random(seed, (uint32_t)all.passages.count);
        const passage *p = &all.passages.items[number];
        size_t which = library_random(seed, 8) > 0 ? p->text : p->trail;
        if (all.texts.items[which].count > 1)
            return &all.texts.items[which];
    }
}

static size_t random_word(const text *t, uint32_t *seed)
{
    size_t at;
    do
        at = library_random(seed, (uint32_t)t->count);
    while (all.words.items[t->first + at].extra);
    return at;
}

/* One operand of a NEAR, which begins at a word. */
static bool add_operand(cs_buf *query, const text *t, size_t at, uint32_t *seed, wanted *want)
{
    const word *w = &all.words.items[t->first + at];
    const char *term = all.terms.items[w->id];
    uint32_t kind = library_random(seed, 6);
    bool letters = strspn(term, "abcdefghijklmnopqrstuvwxyz") == strlen(term);
    if (kind < 2 && letters) {
        cs_buf_add_string(query, term);
        return want_forms(w->id, want);
    }
    if (kind == 2 && letters && strlen(term) > 4) {
        char prefix[16];
        snprintf(prefix, sizeof prefix, "%.*s", (int)(4 + library_random(seed, 4)), term);
        cs_buf_addf(query, "%s*", prefix);
        return want_prefix(prefix, want);
    }
    return add_quoted(query, stretch(t, at, kind < 5 ? 1 : 2), want);
}

/* ---- asked both ways --------------------------------------------------------------- */

static bool is_hit(const cs_hits *hits, const passage *p)
{
    for (size_t i = 0; i < hits->count; i++)
        if (hits->items[i].shard == p->shard && hits->items[i].passage == p->number)
            return true;
    return false;
}

/* Returns how many passages there are. */
static size_t ask(const char *query, const wanted *want, size_t count, unsigned distance)
{
    CS_SCOPED(answer) a = {0};
    size_t expected = 0;
    library_ask(&all.collection, query, false, NULL, &a);
    for (size_t i = 0; i < all.passages.count; i++) {
        const passage *p = &all.passages.items[i];
        if (!is_in_passage(p, want, count, distance))
            continue;
        expected++;
        if (a.hits.count < 2000 && !is_hit(&a.hits, p))
            fail_msg("%s: not found in: %.*s", query, (int)all.texts.items[p->text].bytes.len,
                     all.texts.items[p->text].bytes.data);
    }
    if (a.hits.count != expected)
        fail_msg("%s: %zu hits, not %zu: %.500s", query, a.hits.count, expected,
                 library_hits(&all.collection, &a.hits));
    return expected;
}

/* Two stretches of a text with a blank between: one after the other, or not. */
static void ask_broken_phrases(size_t count)
{
    uint32_t seed = 1105;
    for (size_t asked = 0; asked < count; asked++) {
        CS_SCOPED(cs_buf) query = {.limit = 1 << 16};
        CS_SCOPED(cs_buf) typed = {.limit = 1 << 16};
        wanted want;
        const text *t = random_text(&seed);
        size_t first = random_word(t, &seed), second = first + 1;
        if (second == t->count || library_random(&seed, 3) == 0)
            second = random_word(t, &seed);
        cs_buf_add_view(&typed, stretch(t, first, 1));
        cs_buf_add_char(&typed, ' ');
        cs_buf_add_view(&typed, stretch(t, second, 1 + library_random(&seed, 2)));
        if (add_quoted(&query, cs_buf_view(&typed), &want))
            ask(query.data, &want, 1, 0);
    }
}

/* Each is found, but for those that run from one cell of a table into another. */
static void ask_phrases(size_t count)
{
    uint32_t seed = 4711;
    size_t asked = 0;
    for (size_t tries = 0; asked < count && tries < 10 * count; tries++) {
        CS_SCOPED(cs_buf) query = {.limit = 1 << 16};
        wanted want;
        const text *t = random_text(&seed);
        cs_view typed = stretch(t, random_word(t, &seed), 2 + library_random(&seed, 5));
        if (!add_quoted(&query, typed, &want))
            continue;
        asked++;
        bool cells = memchr(typed.data, '|', typed.len) != NULL ||
                     memchr(typed.data, '\n', typed.len) != NULL;
        if (ask(query.data, &want, 1, 0) == 0 && !cells)
            fail_msg("%s: not found where it was taken from", query.data);
    }
    assert_int_equal(asked, count);
}

/* The words are near each other, or from one text, or from several. */
static void ask_nears(size_t count)
{
    static const unsigned distances[] = {1, 2, 3, 5, 10, 40};
    uint32_t seed = 815;
    size_t asked = 0, found = 0;
    for (size_t tries = 0; asked < count && tries < 20 * count; tries++) {
        CS_SCOPED(cs_buf) query = {.limit = 1 << 16};
        wanted want[max_operands];
        size_t operands = library_random(&seed, 4) == 0 ? 3 : 2, at = 0;
        unsigned distance = distances[library_random(&seed, 6)];
        const text *t = random_text(&seed);
        bool ok = true;
        for (size_t i = 0; ok && i < operands; i++) {
            t = asked % 3 == 2 ? random_text(&seed) : t;
            bool near = asked % 3 == 0 && i > 0 && at + 8 < t->count;
            at = near ? at + 1 + library_random(&seed, 8) : random_word(t, &seed);
            ok = !all.words.items[t->first + at].extra;
            if (i > 0)
                cs_buf_addf(&query, " NEAR/%u ", distance);
            ok = ok && add_operand(&query, t, at, &seed, &want[i]);
        }
        if (!ok)
            continue;
        asked++;
        found += ask(query.data, want, operands, distance) > 0;
    }
    assert_int_equal(asked, count);
    if (found * 3 < asked || found * 6 > asked * 5)
        fail_msg("%zu of %zu NEARs are found", found, asked);
}

static void check_folder(const char *folder, size_t count)
{
    const cs_update_watch watch = {0};
    char root[PATH_MAX];
    cs_update_result result;
    cs_error error = {0};
    assert_non_null(realpath(folder, root));
    const cs_update_options options = {.root = root, .directory = scratch_path(LIBRARY_INDEX)};
    if (cs_update_run(&options, &watch, &result, &error) != CS_OK)
        fail_msg("%s", error.message);
    library_open(&all.collection);
    read_all();
    ask_phrases(count);
    ask_broken_phrases(count / 2);
    ask_nears(count);
    forget_all();
}

static void check_own(const char *folder)
{
    check_folder(folder, strstr(folder, "reading") == NULL ? 1000 : 500);
}

static void check_other(const char *folder)
{
    check_folder(folder, 500);
}

/* Each folder in an index of its own. */
static void test_corpus(void **state)
{
    (void)state;
    const char *folder = getenv("CORPUS");
    check_own(folder != NULL ? folder : "corpus");
}

static void test_reading(void **state)
{
    (void)state;
    check_own("tests/reading");
}

static void test_other_corpora(void **state)
{
    (void)state;
    if (!corpora_others(check_other))
        skip();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, library_make, scratch_remove)
    const struct CMUnitTest tests[] = {
        TEST(test_corpus),
        TEST(test_reading),
        TEST(test_other_corpora),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
