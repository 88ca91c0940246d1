/* update.h - one run of the indexer: what changed since the last one, a new
 * segment for it, a new manifest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_UPDATE_H
#define CS_UPDATE_H

#include <signal.h>

#include "index.h"

/* What was asked for on the command line. Pointers that are NULL keep what the
 * index has, or take the default. */
typedef struct cs_update_options {
    const char *root;      /* real path of the folder */
    const char *directory; /* of the index; exists */
    const char *extensions;
    const char *language;
    const uint64_t *max_size;
    bool no_ignore, follow; /* from now on */
    bool ignore, no_follow; /* not any more */
    bool rebuild;           /* read everything again */
    bool compact;           /* merge all segments into one without dead passages */
    bool dry;               /* only tell what would be done: no lock, nothing is written */
    bool wait;              /* for another writer */
    bool tell_kept;         /* tell also what was said of files when they were read before */
    unsigned jobs;          /* processes that read; 0: one a processor */
    bool quick;             /* only look, for cs_quick_look at most; write if little changed, and if
                               the index can be written */
    const volatile sig_atomic_t *interrupted; /* not 0: stop, publish nothing */
} cs_update_options;

/* What is little enough to be done while somebody waits for an answer. */
enum {
    cs_quick_look = 30 * 1000000, /* ns */
    cs_quick_files = 64,
    cs_quick_bytes = 4 << 20
};

/* Something to tell of one file. */
typedef enum cs_event_kind {
    CS_EVENT_FAILED,  /* it could not be read */
    CS_EVENT_SKIPPED, /* by rule: binary, oversize */
    CS_EVENT_NOTE,    /* it was read, but something was odd */
    CS_EVENT_NEW,     /* dry runs only: what would be done with it */
    CS_EVENT_CHANGED,
    CS_EVENT_DELETED,
    CS_EVENT_AGAIN /* unchanged, but its segment is merged */
} cs_event_kind;

/* Called as the run goes on, where not NULL; `progress` often, with the numbers so
 * far; `joining` often when all is read; `walked` before anything is read. */
typedef struct cs_update_watch {
    void *context;
    void (*event)(void *context, cs_event_kind kind, const char *path, const char *text);
    void (*progress)(void *context, size_t files, size_t all_files, uint64_t bytes,
                     uint64_t all_bytes);
    void (*joining)(void *context, size_t files);
    void *walker; /* context of `walked` */
    cs_status (*walked)(void *walker, const cs_walk *walk, const cs_selection *selection,
                        cs_error *error);
} cs_update_watch;

/* What an index measures. */
typedef struct cs_update_size {
    size_t segments;
    uint64_t bytes, dead; /* on disk; passages that no longer count */
} cs_update_size;

typedef struct cs_update_result {
    size_t files, added, changed, deleted, kept; /* candidates; and what became of them */
    size_t skipped, failed;
    size_t reread;              /* unchanged files of segments that were merged into the new one */
    uint64_t studies, passages; /* live in the index afterwards */
    uint64_t bytes;             /* read */
    size_t reading;             /* files that are to be read, and what they measure */
    uint64_t reading_bytes;
    cs_update_size before, after;
    bool published; /* there is a new manifest */
    size_t newer;   /* quick: files that changed, and were left as they are */
    bool partly;    /* quick: not all of the folder was looked at */
} cs_update_result;

cs_status cs_update_run(const cs_update_options *options, const cs_update_watch *watch,
                        cs_update_result *ret_result, cs_error *error);

#endif
