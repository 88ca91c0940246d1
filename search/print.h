/* print.h - the output formats. They know nothing of searching.
 *
 * How to add an output format
 *   1. print_<name>.c with a cs_print function over cs_report, declared below
 *   2. a cs_format (request.h), its option in the table of request.c and its line in
 *      format_of there                                             tests/rules/help
 *   3. its line in choose_format (output.c)
 *   4. casesearch(1) in doc/, README, CHANGELOG    tests/cli/export.test, a case, and
 *      another program that reads it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PRINT_H
#define CS_PRINT_H

#include "explain.h"
#include "extract.h"
#include "listing.h"
#include "sources.h"

/* What there is to show: all, or a stretch of an answer that is printed piece by piece. */
typedef struct cs_report {
    const char *query;      /* as typed */
    const char *corrected;  /* what was searched for in its place, or NULL */
    const char *suggestion; /* what may have been meant, or NULL */
    const cs_collection *collection;
    const cs_hits *hits;
    const cs_context *contexts; /* one for each hit */
    size_t count;
    bool first, last;           /* nothing was printed before it, nothing comes after it */
    const cs_extract *extracts; /* of --full: the section of each hit, or empty; else NULL */
    size_t offset;              /* of the first hit: ranks go on from page to page */
    uint64_t studies;           /* in the index */
    double milliseconds;
    const char *cwd; /* paths for people are relative to it; absolute if NULL */
    bool color;
    bool links;           /* OSC 8 hyperlinks */
    unsigned columns;     /* of the terminal */
    char separator;       /* after each name of --files, each hit of --format: '\n' or '\0' */
    const char *template; /* of --format */
    const cs_explanation *explanation; /* of --explain, or NULL */
} cs_report;

typedef cs_status (*cs_print)(const cs_report *report, cs_buf *out, cs_error *error);

cs_status cs_print_terminal(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_lines(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_files(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_json(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_jsonl(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_csv(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_markdown(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_explanation(const cs_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_template(const cs_report *report, cs_buf *out, cs_error *error);

/* What is read on, a study's headings, studies. Of the report the query, the collection, the
 * studies, the folder and what is said of the terminal count. `plain`: for pipes; `lines`: JSON
 * Lines. */
cs_status cs_print_extract(const cs_report *report, const cs_extract *extract, bool plain,
                           cs_buf *out, cs_error *error);
cs_status cs_print_extract_json(const cs_report *report, const cs_extract *extract, bool lines,
                                cs_buf *out, cs_error *error);
cs_status cs_print_outline(const cs_report *report, const cs_outline *outline, bool plain,
                           cs_buf *out, cs_error *error);
cs_status cs_print_outline_json(const cs_report *report, const cs_outline *outline, bool lines,
                                cs_buf *out, cs_error *error);
cs_status cs_print_listing(const cs_report *report, const cs_listing *listing, bool plain,
                           cs_buf *out, cs_error *error);
cs_status cs_print_listing_json(const cs_report *report, const cs_listing *listing, bool lines,
                                cs_buf *out, cs_error *error);

/* What --sources lists. */
typedef struct cs_source_report {
    const cs_source_list *list;
    size_t first, last; /* of them those that are shown, half open */
    const char *query;  /* NULL without one */
    const cs_collection *collection;
    uint64_t studies;
    bool color;
    unsigned columns;
    const char *corrected, *suggestion; /* as of cs_report */
} cs_source_report;

typedef cs_status (*cs_print_sources)(const cs_source_report *report, cs_buf *out, cs_error *error);

cs_status cs_print_sources_terminal(const cs_source_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_sources_lines(const cs_source_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_sources_json(const cs_source_report *report, cs_buf *out, cs_error *error);
cs_status cs_print_sources_jsonl(const cs_source_report *report, cs_buf *out, cs_error *error);

/* Appends "3,881". */
void cs_print_add_number(cs_buf *out, uint64_t number);

/* Appends "17 passages in 13", of so many `studies`; "about 12,000 passages in at least 140". */
void cs_print_add_total(cs_buf *out, const cs_hits *hits, uint64_t studies);

/* Appends a path of an index as it is opened from `cwd`: raw bytes. */
void cs_print_path(const cs_report *report, const cs_index *index, cs_view path, cs_buf *out);

#endif
