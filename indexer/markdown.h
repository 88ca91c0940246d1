/* markdown.h - the blocks of a Markdown text, by cmark.
 *
 * cmark is given a skeleton of the text: of the same length, line for line and
 * byte for byte, in which what means something only inside a block is replaced
 * by letters. So it finds the blocks of the text and nothing else: it cannot
 * swallow "[^3]: axios" as a link reference definition, and the inputs on which
 * its reading of insides is quadratic cost nothing. Nesting is capped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_MARKDOWN_H
#define CS_MARKDOWN_H

#include "source.h"

enum {
    cs_max_nesting = 32,     /* containers opened on one line; deeper ones are text */
    cs_max_indentation = 200 /* columns; a deeper line is text */
};

typedef enum cs_block_kind {
    CS_BLOCK_PARAGRAPH,
    CS_BLOCK_HEADING,
    CS_BLOCK_CODE,
    CS_BLOCK_HTML
} cs_block_kind;

/* A leaf block. Lines are of the source, from 0, `last` included. */
typedef struct cs_block {
    cs_block_kind kind;
    uint32_t first, last;
    uint32_t lines;   /* of code or HTML: how many, fences not counted */
    uint32_t column;  /* byte offset of the content in the first line */
    uint32_t inner;   /* the same; `column` may be before it, at a year that numbers the item */
    uint32_t level;   /* of a heading */
    uint32_t quotes;  /* block quotes around it */
    uint32_t lists;   /* lists around it */
    uint32_t number;  /* of the ordered list item it begins, from 1; else 0 */
    bool begins_item; /* the first block of a list item */
} cs_block;

typedef struct cs_blocks {
    cs_block *items;
    size_t count, cap;
} cs_blocks;

void cs_blocks_release(cs_blocks *blocks);

/* The leaf blocks from line `first_line` on, in order. */
cs_status cs_markdown_blocks(const cs_source *source, uint32_t first_line, cs_blocks *ret_blocks,
                             cs_error *error);

/* Decodes one entity or numeric character reference, "&amp;", into `out`;
 * *ret_length is 0 when it is none or does not fit. False when there is no memory.
 * HTML 5's table is cmark's. */
bool cs_markdown_entity(cs_view entity, char *out, size_t size, size_t *ret_length);

#endif
