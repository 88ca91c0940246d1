/* limit.h - what one file may cost the worker that reads it, so that no file keeps the
 * others waiting, whatever stands in it.
 *
 * Time is CPU time, of a timer that kills the process by SIGPROF; memory is
 * RLIMIT_DATA, past which malloc(3) fails. Both are per process: for a worker that
 * may die, never for the parent.
 *
 * 2 s are some ten times what two MiB of prose take, 128 MB the most that 8 MiB of it take
 * (doc/decisions.md, with the figures). Larger files, which were asked for by
 * --max-size, may cost in proportion.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_LIMIT_H
#define CS_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* Sanitizers take several times the time, and keep what is freed. */
#if defined(__SANITIZE_ADDRESS__)
#define CS_LIMIT_LENIENCE 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CS_LIMIT_LENIENCE 16
#endif
#endif
#ifndef CS_LIMIT_LENIENCE
#define CS_LIMIT_LENIENCE 1
#endif

enum {
    cs_limit_lenience = CS_LIMIT_LENIENCE, /* so many times all that follows */
    cs_limit_seconds = 2,                  /* of CPU, for a file of up to cs_limit_bytes */
    cs_limit_bytes = 2 << 20,              /* and for each so many bytes more */
    cs_limit_memory = 128,                 /* MiB, for a file of up to the size by default */
    cs_limit_memory_share = 16             /* bytes of memory for a byte of a larger one */
};

/* Before a file of that many bytes is read, and after it. */
void cs_limit_begin(uint64_t bytes);
void cs_limit_end(void);

/* Around what is not the file's own doing, though it happens while it is read: a batch
 * that is written. Does nothing outside of a file. */
void cs_limit_pause(void);
void cs_limit_resume(void);

/* After an allocation failed: whether this file's memory did it, and not a machine
 * that has none left. Lifts the limit. */
bool cs_limit_was_reached(void);

/* The limits of a file, for messages. */
unsigned cs_limit_seconds_of(uint64_t bytes);
unsigned cs_limit_memory_of(uint64_t bytes); /* MiB */

#endif
