/* fingerprint.c - see fingerprint.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fingerprint.h"

#include <string.h>

#include "hash.h"

enum { bin_bits = 6, nothing_yet = 0xFF };

/* The end of MurmurHash3 (Appleby): every bit in changes every bit out. */
static uint64_t mixed(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDu;
    hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53u;
    return hash ^ hash >> 33;
}

/* A hash of a sequence, one more member on; to be mixed at its end. */
static uint64_t followed_by(uint64_t sequence, uint64_t member)
{
    return sequence * 0x9E3779B97F4A7C15u + member;
}

bool cs_fingerprint_alike(cs_fingerprint a, cs_fingerprint b)
{
    bool wordless = a.exact == 0 && a.sketch == 0;
    return a.exact == b.exact && !wordless &&
           __builtin_popcountll(a.sketch ^ b.sketch) <= cs_fingerprint_distance;
}

void cs_fingerprint_begin(cs_fingerprinter *maker)
{
    *maker = (cs_fingerprinter){0};
    memset(maker->least, nothing_yet, sizeof maker->least);
}

static bool has_digit(cs_view term)
{
    for (size_t i = 0; i < term.len; i++)
        if (term.data[i] >= '0' && term.data[i] <= '9')
            return true;
    return false;
}

static bool is_alnum(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_inside(cs_view text, size_t at)
{
    return at < text.len && ((unsigned char)text.data[at] & 0xC0) == 0x80;
}

/* A character at a figure, unless it stands between two words: the dash of 5-10,
 * of GPT-4. `beyond` is the byte on its other side. */
static uint64_t sign_of(cs_view character, unsigned char beyond)
{
    char first = character.data[0];
    bool sign = (first & 0x80) != 0 || (first != '\0' && strchr("+-<>~$%", first) != NULL);
    return sign && !is_alnum(beyond) ? cs_hash(character.data, character.len) : 0;
}

/* The signs before and after a figure: some of ASCII, and any character beyond. */
static uint64_t signs_at(cs_view text, const cs_token *token)
{
    size_t before = token->start, after = token->end;
    uint64_t sign = 0, unit = 0;
    if (before > 0) {
        for (before--; before > 0 && is_inside(text, before); before--)
            ;
        sign = sign_of((cs_view){text.data + before, token->start - before},
                       before > 0 ? (unsigned char)text.data[before - 1] : ' ');
    }
    if (after < text.len) {
        for (after++; is_inside(text, after); after++)
            ;
        unit = sign_of((cs_view){text.data + token->end, after - token->end},
                       after < text.len ? (unsigned char)text.data[after] : ' ');
    }
    return followed_by(sign, unit);
}

void cs_fingerprint_add(cs_fingerprinter *maker, cs_view text, const cs_token *token)
{
    cs_fingerprinter *m = maker;
    if (token->extra)
        return;
    uint64_t word = cs_hash(token->term.data, token->term.len);
    bool figure = has_digit(token->term);
    if (figure)
        m->figures = followed_by(m->figures, signs_at(text, token));
    if (figure || m->after_figure)
        m->figures = followed_by(m->figures, word);
    m->after_figure = figure;
    m->all_words = followed_by(m->all_words, word);
    if (++m->words >= 3) {
        uint64_t run = mixed(followed_by(followed_by(m->last[1], m->last[0]), word));
        uint64_t *least = &m->least[run >> (64 - bin_bits)];
        if (run << bin_bits < *least)
            *least = run << bin_bits;
    }
    m->last[1] = m->last[0];
    m->last[0] = word;
}

/* One bit of the least hash in a bin, or in the next one that has any. */
static uint64_t bit_of(const cs_fingerprinter *m, unsigned bin)
{
    uint64_t distance = 0;
    while (distance < cs_fingerprint_bins &&
           m->least[(bin + distance) % cs_fingerprint_bins] == UINT64_MAX)
        distance++;
    return mixed(m->least[(bin + distance) % cs_fingerprint_bins] + distance) & 1;
}

cs_fingerprint cs_fingerprint_end(const cs_fingerprinter *maker)
{
    const cs_fingerprinter *m = maker;
    cs_fingerprint print = {.exact = (uint32_t)mixed(m->figures)};
    if (m->words < cs_fingerprint_whole) {
        print.sketch = mixed(m->all_words);
        print.exact = (uint32_t)mixed(m->figures ^ print.sketch);
        return print;
    }
    for (unsigned bin = 0; bin < cs_fingerprint_bins; bin++)
        print.sketch |= bit_of(m, bin) << bin;
    return print;
}
