/* last.h - the last search on a terminal: so that --show 3 and -o 3 mean its third hit.
 *
 * It is kept for each terminal and session in $XDG_RUNTIME_DIR/casesearch, or else below
 * the folder of the indexes, with mode 0600; nothing is kept of a search without a
 * terminal. A record that cannot be read is as none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_LAST_H
#define CS_LAST_H

#include "answer.h"
#include "result.h"

typedef struct cs_last_hit {
    cs_view path; /* absolute */
    cs_id id;
    uint32_t line, column, rank;
} cs_last_hit;

/* Views point into `bytes`. */
typedef struct cs_last {
    cs_buf bytes;
    cs_buf db;     /* its index directories, as for -d */
    cs_view query; /* as it was searched for */
    struct {
        cs_last_hit *items;
        size_t count, cap;
    } hits;
} cs_last;

void cs_last_release(cs_last *last);

/* Keeps an answer; a failure is none, for the answer has been given. */
void cs_last_keep(const cs_answer *answer);

/* CS_USAGE when there is none. */
cs_status cs_last_read(cs_last *ret_last, cs_error *error);

/* The hit of that rank; CS_USAGE when there is none. */
cs_status cs_last_hit_of(const cs_last *last, uint32_t rank, const cs_last_hit **ret_hit,
                         cs_error *error);

#endif
