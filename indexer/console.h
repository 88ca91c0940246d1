/* console.h - what caseindex says while it works: events, progress, a summary on
 * standard error; what it would do (--dry-run) on standard output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_CONSOLE_H
#define CS_CONSOLE_H

#include "update.h"

typedef struct cs_console {
    bool quiet, verbose;
    bool terminal; /* show progress */
    bool dry;      /* nothing is done, only told */
    bool log;      /* each summary begins with the time */

    size_t named, unnamed; /* skipped files */
    int64_t begun, shown;  /* of the progress line */
    int64_t joining;       /* since when; 0: not yet */
} cs_console;

/* For cs_update_watch; the context is the console. */
void cs_console_event(void *context, cs_event_kind kind, const char *path, const char *text);
void cs_console_progress(void *context, size_t files, size_t all_files, uint64_t bytes,
                         uint64_t all_bytes);
void cs_console_joining(void *context, size_t files);

/* Takes the progress line away; before anything else is printed. */
void cs_console_clear(cs_console *console);

/* What came of a run; the next one begins anew. */
void cs_console_summary(cs_console *console, const char *root, const cs_update_result *result);

/* Before and after a --compact. */
void cs_console_sizes(const cs_console *console, const cs_update_result *result);

/* "caseindex: <text> <path>", on standard error, unless quiet. */
void cs_console_say(const cs_console *console, const char *text, const char *path);

#endif
