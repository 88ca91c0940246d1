/* inline_work.h - what the files of inline.h share while one block is read: the
 * scan (inline.c), brackets (inline_link.c), addresses (inline_address.c), HTML
 * tags (inline_tag.c), templates and data (inline_template.c), the output
 * (inline_emit.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_INLINE_WORK_H
#define CS_INLINE_WORK_H

#include "inline.h"

/* What becomes of a byte. */
enum { CS_KEEP, CS_DROP, CS_REPLACE };

/* Shown instead of flat bytes [start, end). */
typedef struct cs_replacement {
    uint32_t start, end;
    uint8_t length;
    char text[11];
} cs_replacement;

typedef struct cs_delimiter {
    uint32_t at, length;
} cs_delimiter;

enum { cs_delimiter_kinds = 4 };

typedef struct cs_delimiters {
    cs_delimiter *items;
    size_t count, cap;
} cs_delimiters;

typedef struct cs_bracket {
    uint32_t at;   /* of the [ or ![ */
    uint32_t text; /* after it */
    bool image;
} cs_bracket;

enum {
    cs_entities = 64,
    cs_max_entity = 36
}; /* "&CounterClockwiseContourIntegral;" has 33 bytes */

/* An entity that was decoded before. */
typedef struct cs_entity {
    uint8_t name_length, length;
    char name[cs_max_entity], text[11];
} cs_entity;

typedef struct cs_inline_work {
    cs_inline *reader;
    const cs_flat *flat;
    const char *text;
    uint32_t len;
    cs_inline_mode mode;
    unsigned char *actions;
    size_t actions_cap;
    struct {
        cs_replacement *items;
        size_t count, cap;
    } replacements; /* in rising order of start */
    struct {
        cs_bracket *items;
        size_t count, cap;
    } brackets;
    cs_delimiters delimiters[cs_delimiter_kinds]; /* open runs of * _ ~ = */
    bool in_anchor; /* an <a href> is open: where its text begins, and its url */
    uint32_t anchor;
    cs_view anchor_url;
    size_t first_note; /* the first note of this block */

    /* what was looked for to the end of the block and is not there: each such
     * search is made once, so that the scan stays linear */
    bool no_backticks[cs_max_backticks + 1];
    bool no_quote[2]; /* " and ' of attributes */
    bool no_tag_end, no_comment_end;
    unsigned endless;                /* kinds of hidden.h */
    uint32_t plain_until;            /* up to here no run of data begins */
    cs_entity entities[cs_entities]; /* by hash */
    uint64_t budget;                 /* bytes that failed attempts may still look at */
} cs_inline_work;

static inline char cs_inline_at(const cs_inline_work *w, uint32_t i)
{
    return i < w->len ? w->text[i] : '\0';
}

static inline bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static inline bool is_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

/* The end of the block counts as one. */
static inline bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\0';
}

static inline uint32_t skip_blanks(const cs_inline_work *w, uint32_t i)
{
    while (i < w->len && is_blank(w->text[i]))
        i++;
    return i;
}

bool cs_inline_looking_at(const cs_inline_work *w, uint32_t i, const char *string);
void cs_inline_drop(cs_inline_work *w, uint32_t start, uint32_t end);

/* Shows `text`, at most 11 bytes, instead of [start, end). */
void cs_inline_replace(cs_inline_work *w, uint32_t start, uint32_t end, cs_view text);

/* A note on flat bytes [start, end); emit makes them visible ones. NULL without
 * memory. */
cs_note *cs_inline_note(cs_inline_work *w, cs_note_kind kind, uint32_t start, uint32_t end);

/* A lasting copy of flat bytes. */
cs_view cs_inline_keep(cs_inline_work *w, uint32_t start, uint32_t end);

/* Folds a label into `bytes`, which has room for it and may be its own; its new
 * length. */
size_t cs_reference_fold(char *bytes, cs_view label);

/* Reads what stands at a '&'; returns where to go on. */
uint32_t cs_inline_scan_entity(cs_inline_work *w, uint32_t i);

/* Notes a link around flat bytes [start, end). A link around nothing but a mark,
 * [[20]](url), is that mark's source; addresses in its text are none of their own. */
void cs_inline_note_link(cs_inline_work *w, uint32_t start, uint32_t end, cs_view url);

/* Read what stands at a '{', and a word; return where to go on. */
uint32_t cs_inline_scan_brace(cs_inline_work *w, uint32_t i);
uint32_t cs_inline_scan_word(cs_inline_work *w, uint32_t i);

/* Shows the digits [first, last) raised: 10<sup>3</sup> is 10³ and not 103. */
void cs_inline_raise(cs_inline_work *w, uint32_t first, uint32_t last);

/* Read a number that is raised without HTML: at the first byte of '³', at the '^'
 * of ^3^, at the '$' of $^{[3]}$; return where to go on, the last two 0 at none. */
uint32_t cs_inline_scan_tex(cs_inline_work *w, uint32_t i);
uint32_t cs_inline_scan_raised(cs_inline_work *w, uint32_t i);
uint32_t cs_inline_scan_caret(cs_inline_work *w, uint32_t i);

/* Reads what stands at a '<'; returns where to go on. */
uint32_t cs_inline_scan_tag(cs_inline_work *w, uint32_t i);

/* Read what stands at a [ or ![, a ]; return where to go on. */
uint32_t cs_inline_open_bracket(cs_inline_work *w, uint32_t i, bool image);
uint32_t cs_inline_close_bracket(cs_inline_work *w, uint32_t i);

/* Reads "\[3\]" at the backslash: its end, or 0. */
uint32_t cs_inline_scan_escaped_mark(cs_inline_work *w, uint32_t i);

/* Past a number of a mark at i, and past "1, 3-5"; i when there is none. */
uint32_t cs_inline_number_end(const cs_inline_work *w, uint32_t i);
uint32_t cs_inline_numbers_end(const cs_inline_work *w, uint32_t i);

/* Notes a number that is a link: a mark of that source, or the source itself. */
void cs_inline_note_mark_link(cs_inline_work *w, cs_view label, uint32_t start, uint32_t end,
                              cs_view url);

/* Read an address: at the first letter of a bare one (its end, or 0), at a '<' (its
 * end, or 0), at the d of "data:" (where to go on). */
uint32_t cs_inline_scan_url(cs_inline_work *w, uint32_t i);
uint32_t cs_inline_scan_autolink(cs_inline_work *w, uint32_t i);
uint32_t cs_inline_scan_data(cs_inline_work *w, uint32_t i);

/* A lasting copy of an address, without escapes and "&amp;". */
cs_view cs_inline_keep_url(cs_inline_work *w, uint32_t start, uint32_t end);

/* Whether an address is a place in the same page. */
static inline bool cs_inline_is_anchor(cs_view url)
{
    return url.len > 0 && url.data[0] == '#';
}

void cs_inline_emit(cs_inline_work *w, cs_visible *out);

#endif
