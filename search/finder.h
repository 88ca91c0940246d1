/* finder.h - the screen of casesearch -i: a query, the list of its hits, and below it the section
 * of the chosen one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FINDER_H
#define CS_FINDER_H

#include "answer.h"
#include "tty.h"

enum { cs_max_frame = 1 << 22 /* bytes of a screen, and of a preview */ };

/* A request with its answer, which points into it. */
typedef struct cs_asked {
    cs_request request;
    cs_answer answer;
} cs_asked;

void cs_asked_free(cs_asked *asked);

typedef struct cs_finder {
    cs_tty *tty;
    cs_request base;    /* what all searches have in common: no look at the folder */
    cs_refresh refresh; /* what was asked for, where one is due */
    cs_buf query;
    bool due;        /* it was not searched for yet */
    cs_asked *asked; /* the last that could be answered; NULL: none */
    cs_buf message;  /* what is wrong with the query, or was told of it */
    size_t chosen;   /* hit */
    size_t top;      /* first hit of the list */
    cs_buf preview;  /* the section of the chosen hit, a line each */
    size_t scroll;   /* first line of it that is shown; drawing keeps it within */
    unsigned rows, columns;
} cs_finder;

void cs_finder_release(cs_finder *finder);

size_t cs_finder_hits(const cs_finder *finder);

/* Reads the section of the chosen hit, as wide as the screen is now, and scrolls to its match. */
cs_status cs_finder_preview(cs_finder *finder, cs_error *error);

/* How many lines of that are shown. */
size_t cs_finder_preview_rows(const cs_finder *finder);

/* Draws all of the screen, the cursor behind the query. */
cs_status cs_finder_draw(cs_finder *finder, cs_error *error);

#endif
