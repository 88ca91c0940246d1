/* answer.h - a request answered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_ANSWER_H
#define CS_ANSWER_H

#include "explain.h"
#include "extract.h"
#include "request.h"
#include "sources.h"

/* What is ready to be shown at a time, which is what an answer of any length keeps in memory. */
enum {
    cs_max_shown = 1000,         /* hits */
    cs_max_shown_text = 16 << 20 /* bytes of text, and then that of one hit */
};

/* Its parts point into each other: it stays where it was made. */
typedef struct cs_answer {
    const cs_request *request;
    const char *query; /* as typed */
    cs_node *tree;     /* NULL: no query */
    cs_synonyms synonyms;
    cs_asking asking;
    cs_collection collection;
    cs_search_plan plan;  /* of `better` if that was searched for, */
    cs_search_plan typed; /* and then this is of `query` */
    int64_t begun, took;  /* cs_clock when the indexes were open, and until hits could be shown */
    uint32_t total;       /* passages that match: exact with --count, else what hits says */
    cs_hits hits;
    cs_context *contexts; /* one for each of the hits that are shown now, */
    size_t count;         /* cs_max_shown at most, */
    size_t shown;         /* after so many that were shown before; */
    size_t next;          /* and those from this one on are left */
    cs_extract *extracts; /* of --full: the section of each hit, empty where it is shown with a
                           * hit before; else NULL */
    cs_extractor extractor;
    cs_fresh fresh;         /* of the file of the last context */
    unsigned char *read;    /* and a bit for each passage whose section was shown */
    cs_buf better;          /* the query without misspelt words that finds something, or empty */
    bool corrected;         /* it was searched for in the place of `query`; else it only orders */
    cs_source_list sources; /* of --sources */
    cs_explanation explanation; /* of --explain */
    cs_buf notes;               /* lines for people, each ended */
} cs_answer;

/* Opens the indexes, brings them up to date and plans the query, if there is one; as
 * cs_answer_make, without searching. */
cs_status cs_answer_open(const cs_request *request, cs_answer *ret_answer, cs_error *error);

/* Of an open answer whose hits are not looked at one by one: when nothing matches as typed and a
 * word is nowhere in the index, its plan becomes that of what may be meant. */
cs_status cs_answer_correct(cs_answer *answer, cs_error *error);

/* Notes that a page begins behind all that there is, `count`. */
void cs_answer_note_page(cs_answer *answer, size_t count);

/* Answers a request, which outlives the answer, and makes the first hits ready to be shown.
 * Release it also after a failure: its notes are worth telling. */
cs_status cs_answer_make(const cs_request *request, cs_answer *ret_answer, cs_error *error);
void cs_answer_release(cs_answer *answer);

/* Goes on to the next hits, in the place of those that were shown; none: there are no more. */
cs_status cs_answer_next(cs_answer *answer, cs_error *error);

/* Whether there was anything to show. */
bool cs_answer_found(const cs_answer *answer);

/* Studies in the indexes. */
uint64_t cs_answer_studies(const cs_answer *answer);

#endif
