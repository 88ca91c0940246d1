/* reading.c - see reading.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

enum { first_slots = 1 << 12 };

bool cs_reading_init(cs_reading *r)
{
    *r = (cs_reading){.slots = calloc(first_slots, sizeof *r->slots), .mask = first_slots - 1};
    cs_buf_init(&r->bytes, UINT32_MAX);
    return r->slots != NULL;
}

void cs_reading_release(cs_reading *r)
{
    cs_buf_release(&r->bytes);
    free(r->words.items);
    free(r->places.items);
    free(r->hits);
    free(r->slots);
    *r = (cs_reading){0};
}

/* ---- words ------------------------------------------------------------------------- */

cs_view cs_reading_text(const cs_reading *r, uint32_t word)
{
    const cs_read_word *w = &r->words.items[word];
    return (cs_view){r->bytes.data + w->start, w->length};
}

/* The slot that has the word, or the free one for it. */
static uint32_t *slot_of(const cs_reading *r, cs_view word)
{
    size_t at = (size_t)cs_hash(word.data, word.len);
    while (r->slots[at & r->mask] != 0 &&
           !cs_view_equal(cs_reading_text(r, r->slots[at & r->mask] - 1), word))
        at++;
    return &r->slots[at & r->mask];
}

static bool grow_slots(cs_reading *r)
{
    size_t size = (r->mask + 1) * 2;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return false;
    free(r->slots);
    r->slots = slots;
    r->mask = size - 1;
    for (uint32_t i = 0; i < r->words.count; i++)
        *slot_of(r, cs_reading_text(r, i)) = i + 1;
    return true;
}

uint32_t cs_reading_word(cs_reading *r, cs_view word)
{
    if (r->words.count * 2 > r->mask && !grow_slots(r))
        return UINT32_MAX;
    uint32_t *slot = slot_of(r, word);
    if (*slot != 0)
        return *slot - 1;
    cs_read_word added = {(uint32_t)r->bytes.len, (uint32_t)word.len};
    cs_read_word *place = CS_PUSH(&r->words);
    cs_buf_add_view(&r->bytes, word);
    if (place == NULL || cs_buf_status(&r->bytes) != CS_OK)
        return UINT32_MAX;
    *place = added;
    *slot = (uint32_t)r->words.count;
    return *slot - 1;
}

/* ---- hits -------------------------------------------------------------------------- */

/* Adds the words of a text, up to `most` places in all. */
static bool read_text(cs_reading *r, cs_view text, size_t most)
{
    cs_tokenizer tokenizer;
    cs_token token;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (r->places.count < most && cs_tokenizer_next(&tokenizer, &token)) {
        if (token.extra)
            continue;
        uint32_t word = cs_reading_word(r, token.term);
        uint32_t *place = word == UINT32_MAX ? NULL : CS_PUSH(&r->places);
        if (place == NULL)
            return false;
        *place = word;
    }
    return true;
}

static bool read_hit(cs_reading *r, const cs_file *file, cs_view record, cs_read_hit *ret_hit)
{
    cs_view trail[cs_max_trail] = {{0}};
    uint32_t section;
    size_t depth = 0, most = r->places.count + cs_max_read_words;
    if (cs_schema_passage_section(record, &section) && section < file->sections.count)
        depth = cs_file_trail(file, section, trail);
    cs_read_hit hit = {.start = r->places.count};
    bool ok = depth == 0 || read_text(r, trail[0], most);
    hit.title = r->places.count;
    for (size_t i = 1; i < depth && ok; i++)
        ok = read_text(r, trail[i], most);
    hit.headings = r->places.count;
    ok = ok && read_text(r, cs_schema_passage_text(record), most);
    hit.end = r->places.count;
    *ret_hit = hit;
    return ok;
}

typedef struct numbered {
    const cs_hit *hit;
    size_t number;
} numbered;

/* In order of place, so that each file is read once. */
static int compare_places(const void *a, const void *b)
{
    const cs_hit *x = ((const numbered *)a)->hit, *y = ((const numbered *)b)->hit;
    if (x->shard != y->shard)
        return x->shard > y->shard ? 1 : -1;
    return (x->passage > y->passage) - (x->passage < y->passage);
}

static cs_status read_all(cs_reading *r, const cs_collection *c, const numbered *list, size_t count,
                          cs_error *error)
{
    CS_SCOPED(cs_file) file = {0};
    cs_status status = CS_OK;
    for (size_t i = 0; i < count && status == CS_OK; i++) {
        const cs_hit *hit = list[i].hit, *before = i > 0 ? list[i - 1].hit : NULL;
        const cs_store *store = c->shards[hit->shard].store;
        if (before == NULL || before->shard != hit->shard || before->file != hit->file) {
            cs_file_release(&file);
            file = (cs_file){0};
            status = cs_schema_read_file(cs_store_file(store, hit->file), &file, error);
        }
        if (status == CS_OK &&
            !read_hit(r, &file, cs_store_passage(store, hit->passage), &r->hits[list[i].number]))
            status = cs_fail_memory(error);
    }
    return status;
}

cs_status cs_reading_read(cs_reading *r, const cs_collection *c, const cs_hit *hits, size_t count,
                          cs_error *error)
{
    numbered *list = calloc(count + 1, sizeof *list);
    r->hits = calloc(count + 1, sizeof *r->hits);
    if (list == NULL || r->hits == NULL) {
        free(list);
        return cs_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++)
        list[i] = (numbered){&hits[i], i};
    qsort(list, count, sizeof *list, compare_places);
    cs_status status = read_all(r, c, list, count, error);
    free(list);
    return status;
}
