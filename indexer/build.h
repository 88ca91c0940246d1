/* build.h - reads files into a new segment, on all processors.
 *
 * Files are read by worker processes, a chunk of neighbours at a time. A chunk whose
 * worker was killed is read again; a file that kills its worker twice is left out, at once
 * one that goes over the limits of limit.h. What the segment holds, and in which order,
 * does not depend on how many workers there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_BUILD_H
#define CS_BUILD_H

#include <signal.h>

#include "manifest.h"
#include "schema.h"

/* Bytes of source text in a chunk: enough for some batches, few enough that all
 * workers are busy to the end. */
enum { cs_chunk_bytes = 2 << 20, cs_min_chunk_bytes = 128 << 10 };

/* What became of a file. */
typedef enum cs_outcome {
    CS_OUTCOME_NONE,    /* not read yet */
    CS_OUTCOME_READ,    /* it is in the segment */
    CS_OUTCOME_SKIPPED, /* likewise, without passages: not text, or blank */
    CS_OUTCOME_GONE,    /* it was deleted meanwhile */
    CS_OUTCOME_FAILED,  /* it could not be read, or killed its reader */
    CS_OUTCOME_REFUSED  /* in the segment without passages: it went over its limits; told as FAILED
                         */
} cs_outcome;

typedef struct cs_build_file {
    const char *path; /* below the root */
    uint64_t size;    /* what is expected */
    cs_outcome outcome;
} cs_build_file;

typedef struct cs_build {
    const char *directory; /* of the index */
    int root_fd, lock_fd;  /* of the folder; of the index, for workers to close */
    const cs_settings *settings;
    unsigned jobs;
    const volatile sig_atomic_t *interrupted; /* or NULL */
    cs_build_file *files;                     /* in order; outcomes are set */
    size_t count;
    uint64_t bytes; /* set: what was read */

    /* Something to tell of a file, in the order of the files; `outcome` is READ for
     * an oddity. How far it is, often; or that all is read, and is being joined. */
    void *context;
    void (*tell)(void *context, cs_outcome outcome, const char *path, const char *text);
    void (*progress)(void *context, size_t files, uint64_t bytes);
    void (*joining)(void *context, size_t files);
} cs_build;

/* Why a file that was read has no passages; NULL if it has some. */
const char *cs_build_why_skipped(cs_file_state state);

/* Writes the segment. *ret_any is false, and there is none, when no file of them
 * all is in it. */
cs_status cs_build_segment(cs_build *build, cs_segment *ret_segment, bool *ret_any,
                           cs_error *error);

#endif
