/* tally.h - counting for survey.c: how many things, in how many files, and a few
 * of them drawn at random, each as likely as any other.
 *
 * No memory ends the program: this is a tool for reviewers, no part of casesearch.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TALLY_H
#define TALLY_H

#include "buf.h"

enum { tally_columns = 100 };

/* What is counted under one name. */
typedef struct tally {
    const char *group; /* heading above it on the page; NULL: that of the one before */
    const char *name;
    size_t things, files;
    size_t last_file; /* the number of the file last counted */
    struct {
        cs_buf *items;
        size_t count, cap;
    } samples;
} tally;

/* How many samples each tally keeps, and where the drawing begins. */
void tally_draw(size_t samples, uint64_t seed);

/* Counts `things` of file number `file`, which rises from 1. Returns an empty
 * buffer when this one is drawn as a sample, to be filled with its lines; else
 * NULL. */
cs_buf *tally_add(tally *t, size_t file, size_t things);

/* Prints "name, files, share of all, things" with the samples below. */
void tally_print(const tally *t, size_t all_files);
void tally_release(tally *t);

/* Appends a line of a sample: `indent` blanks, the text, cut to the page. */
void tally_line(cs_buf *sample, size_t indent, cs_view text);

/* The same for a text whose end must be seen: it is cut in front. */
void tally_end(cs_buf *sample, size_t indent, cs_view text);

/* The first line of a sample. */
void tally_place(cs_buf *sample, const char *path, uint32_t line);

/* Numbers whose median and extremes are of interest. */
typedef struct spread {
    uint32_t *items;
    size_t count, cap;
} spread;

void spread_add(spread *s, uint32_t number);
void spread_print(spread *s, const char *name);
void spread_release(spread *s);

/* Names that occur again and again, as often as they do. */
typedef struct names {
    char **items;
    size_t count, cap;
} names;

void names_add(names *n, cs_view name);

/* The commonest, at most `max`, and how many different ones there are. */
void names_print(names *n, const char *title, size_t max);
void names_release(names *n);

void tally_die(const char *what) __attribute__((noreturn));

#endif
