/* screen.h - text at a terminal: wrapped at its width, matches marked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SCREEN_H
#define CS_SCREEN_H

#include "print.h"

enum { cs_screen_indent = 3 };

/* Escape sequences; empty without colour. */
typedef struct cs_style {
    const char *title, *path, *match, *source, *dim, *off;
} cs_style;

typedef struct cs_screen {
    const cs_report *report;
    const cs_style *style;
    cs_buf *out;
    size_t columns;
    size_t column; /* where the line stands */
    size_t lead;   /* columns by which the next line is set in, as code is */
    bool marking;  /* inside of a match */
} cs_screen;

/* Of 40 to 100 columns. */
cs_screen cs_screen_of(const cs_report *report, cs_buf *out);

/* The headings above a passage from the one of that number on, parted by angles. */
void cs_screen_add_trail(const cs_context *context, size_t from, cs_buf *out);

/* The trail in so many columns: what is too long loses of its title first, for the section
 * says more; then headings between the two; then of its end. */
void cs_screen_fit_trail(const cs_context *context, size_t columns, cs_buf *out);

/* What is shown of a passage, as one paragraph. */
void cs_screen_add_excerpts(cs_screen *screen, const cs_context *context);

/* All of an extract: headings where they change, text by paragraph, its sources. */
void cs_screen_add_extract(cs_screen *screen, const cs_extract *extract);

/* The source of a mark, on a line of its own. */
void cs_screen_add_source(cs_screen *screen, const cs_context *context, const cs_mark *mark);

#endif
