/* workers.h - processes that do numbered pieces of work, so that what kills one of
 * them costs that piece and not the run.
 *
 * Workers are forked at once and get one piece after the other, in order. What
 * they say arrives in the order of the pieces, whoever did them. A worker ends
 * with its parent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_WORKERS_H
#define CS_WORKERS_H

#include <signal.h>

#include "buf.h"
#include "status.h"

enum { cs_max_jobs = 256 };

typedef struct cs_work {
    uint32_t pieces;
    unsigned jobs; /* processes, 1 to cs_max_jobs; no more than pieces are forked */
    int parent_fd; /* workers close it: a lock must not outlive its holder; or -1 */
    void *context;
    const volatile sig_atomic_t *interrupted; /* not 0: stop at once; or NULL */

    /* In a worker: does a piece. A failure ends the run. */
    cs_status (*work)(void *context, uint32_t piece, cs_error *error);

    /* Here: a message of a piece that is done. */
    void (*said)(void *context, cs_view message);

    /* Here: a worker was killed by a signal at a piece. CS_OK to have it done again. */
    cs_status (*died)(void *context, uint32_t piece, int signal, cs_error *error);

    /* Here: called some ten times a second. */
    void (*tick)(void *context);
} cs_work;

/* Does all pieces; CS_INTERRUPTED when it was told to stop. No worker is left
 * when it returns. */
cs_status cs_workers_run(const cs_work *work, cs_error *error);

/* In a worker: sends a message. */
void cs_workers_say(cs_view message);

/* How many processors this process may use. */
unsigned cs_workers_processors(void);

#endif
