/* reading.h - the words of some hits, read from the stored text: what the second look at
 * the best hits (rerank.h) goes by.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_READING_H
#define CS_READING_H

#include "match.h"

enum { cs_max_read_words = 1000 }; /* of one passage with title and headings */

/* A word that differs from all others: bytes of cs_reading.bytes. */
typedef struct cs_read_word {
    uint32_t start, length;
} cs_read_word;

/* The places of one hit's words in cs_reading.places: [start, title) is its title,
 * [title, headings) the headings, [headings, end) the text. */
typedef struct cs_read_hit {
    size_t start, title, headings, end;
} cs_read_hit;

typedef struct cs_reading {
    cs_buf bytes;
    struct {
        cs_read_word *items;
        size_t count, cap;
    } words;
    struct {
        uint32_t *items; /* index into `words` */
        size_t count, cap;
    } places;
    cs_read_hit *hits; /* one for each hit, in their order */
    uint32_t *slots;   /* a hash table of words, each number plus one */
    size_t mask;
} cs_reading;

/* Begins without words and hits; release it also after a failure. False without memory. */
bool cs_reading_init(cs_reading *reading);
void cs_reading_release(cs_reading *reading);

/* The number of a word, added if it is new; UINT32_MAX without memory. */
uint32_t cs_reading_word(cs_reading *reading, cs_view word);

/* Its bytes, until the next word is added. */
cs_view cs_reading_text(const cs_reading *reading, uint32_t word);

/* Reads the hits; once. */
cs_status cs_reading_read(cs_reading *reading, const cs_collection *collection, const cs_hit *hits,
                          size_t count, cs_error *error);

#endif
