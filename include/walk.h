/* walk.h - the candidate files below a folder, spec section 2.
 *
 * A candidate is a regular file with one of the extensions, not hidden and not
 * named by .gitignore, .ignore or .casesearchignore. Directories are read
 * through descriptors (openat), so a folder renamed meanwhile is still the same
 * folder. FIFOs, devices and sockets are never opened.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_WALK_H
#define CS_WALK_H

#include "buf.h"

/* What tells that a file changed without reading it. Times in nanoseconds
 * since the epoch. */
typedef struct cs_stamp {
    uint64_t size;
    int64_t mtime;
    int64_t ctime;
    uint64_t inode;
} cs_stamp;

bool cs_stamp_equal(const cs_stamp *a, const cs_stamp *b);

struct stat;
cs_stamp cs_stamp_of(const struct stat *st);

/* Which files are candidates; part of the index's settings. */
typedef struct cs_selection {
    char *extensions;  /* lower case, blank separated, without dots: "md markdown txt"; owned;
                          NULL: the default ones */
    bool no_ignore;    /* take hidden files and what ignore files name */
    bool follow;       /* follow symbolic links */
    uint64_t max_size; /* bytes; larger files are skipped */
} cs_selection;

/* The default extensions of the spec. */
extern const char cs_default_extensions[];

typedef struct cs_candidate {
    char *path; /* relative to the root, '/'-separated, no leading "./"; owned */
    cs_stamp stamp;
} cs_candidate;

/* A file or folder left out that a user may ask about. */
typedef struct cs_walk_note {
    char *path;
    const char *reason; /* static text, for instance "larger than --max-size" */
    bool failure;       /* could not be read, as against skipped by rule */
} cs_walk_note;

typedef struct cs_walk {
    struct {
        cs_candidate *items;
        size_t count, cap;
    } files; /* in byte order of path */
    struct {
        cs_walk_note *items;
        size_t count, cap;
    } notes; /* in byte order of path; of an ignore file above root it begins with "../" */
    struct {
        char **items;
        size_t count, cap;
    } folders;      /* that were read, as they were met: "", "a/", "a/b/" */
    uint64_t bytes; /* sum of the candidates' sizes */
    bool complete;  /* false when the deadline or max_files stopped it */
} cs_walk;

void cs_walk_release(cs_walk *walk);

/* Bounds for a quick look; zero means none. */
typedef struct cs_walk_bounds {
    int64_t deadline; /* CLOCK_MONOTONIC, nanoseconds */
    size_t max_files;
} cs_walk_bounds;

/* Collects the candidates below `root`. A folder below it that cannot be read
 * is a note; a root that cannot is CS_IO. With `follow`, no folder is read twice,
 * which also ends loops; each further way to one is a note. What lies deeper than
 * 512 folders is left out with a note that is a failure. Zero-initialised
 * *ret_walk; released by the caller also after a failure. */
cs_status cs_walk_folder(const char *root, const cs_selection *selection,
                         const cs_walk_bounds *bounds, cs_walk *ret_walk, cs_error *error);

/* Whether something of that name can change what a walk finds: a folder, or a file
 * with one of the extensions or with ignore rules. */
bool cs_walk_may_matter(const cs_selection *selection, const char *name, bool folder);

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t cs_clock(void);

#endif
