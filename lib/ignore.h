/* ignore.h - what .gitignore, .ignore and .casesearchignore leave out.
 *
 * The rules are those of gitignore(5). They stand in levels, one for a folder,
 * outermost first; the innermost level that says anything about a path decides.
 * Within a level, .casesearchignore stands above .ignore, .ignore above
 * .gitignore, .gitignore above .git/info/exclude, and a later line above an
 * earlier one. Rules of git stop at the folder that holds .git: they say nothing
 * about a repository within the folder. The user's global excludes are not read.
 *
 * A caller does not descend into an excluded folder, which is what makes it
 * impossible to take back something inside one.
 *
 * Private to lib.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_IGNORE_H
#define CS_IGNORE_H

#include "buf.h"

/* An ignore file larger than this is not applied; of one with more rules only
 * the first are. Both are told as problems. */
#define CS_IGNORE_MAX_BYTES ((size_t)1 << 20)
#define CS_IGNORE_MAX_RULES 10000

typedef struct cs_ignore_rule {
    uint32_t pattern;    /* offset in the level's text, NUL-terminated there */
    bool negated;        /* takes back: "!pattern" */
    bool directory_only; /* "pattern/" */
    bool anchored;       /* matched with the whole path below the folder, not the name */
    bool literal;        /* no wildcard in it: plain comparison will do */
    bool suffix;         /* "*" and then none: comparing the end of the name will do */
    bool git;            /* ends at the border of a repository */
} cs_ignore_rule;

/* The rules of one folder, weakest first. */
typedef struct cs_ignore_level {
    size_t base;     /* bytes of a path up to and with the folder's '/' */
    bool repository; /* the folder holds .git */
    cs_buf text;
    struct {
        cs_ignore_rule *items;
        size_t count, cap;
    } rules;
} cs_ignore_level;

typedef struct cs_ignore {
    cs_ignore_level *items;
    size_t count, cap;
} cs_ignore;

void cs_ignore_release(cs_ignore *ignore);

/* An ignore file that is not, or not wholly, applied. */
typedef struct cs_ignore_problem {
    const char *file;   /* its name, static */
    const char *reason; /* static */
    size_t up;          /* how many folders above the one at hand it stands */
    bool failure;       /* as cs_walk_note has it */
} cs_ignore_problem;

typedef struct cs_ignore_problems {
    cs_ignore_problem *items;
    size_t count, cap;
} cs_ignore_problems;

void cs_ignore_problems_release(cs_ignore_problems *problems);

/* A bit for a name that cs_ignore_push wants to know of: an ignore file's, or
 * ".git"; else 0. */
unsigned cs_ignore_bit(const char *name);
#define CS_IGNORE_ALL_BITS 0xFu

/* Adds a level with the rules of the folder open as `folder`. `present`: the
 * bits of the names that may stand in it; others are not looked for. `base` as
 * in cs_ignore_level. Only regular files are opened. A file that cannot be read
 * is a problem (appended, `up` 0), not a failure. */
cs_status cs_ignore_push(cs_ignore *ignore, int folder, size_t base, unsigned present,
                         cs_ignore_problems *problems, cs_error *error);

/* Takes the innermost level away. */
void cs_ignore_pop(cs_ignore *ignore);

/* Adds the levels of the folders above `root`, a real path, from the one that
 * holds .git down; none when root holds .git itself or lies in no work tree.
 * `prefix` gets root's path below that folder, with a final '/', or nothing:
 * paths given to cs_ignore_excludes begin with it. */
cs_status cs_ignore_push_above(cs_ignore *ignore, const char *root, cs_buf *prefix,
                               cs_ignore_problems *problems, cs_error *error);

/* Appends the rules of one ignore file's text. *ret_cut: CS_IGNORE_MAX_RULES
 * was reached. */
cs_status cs_ignore_parse(cs_ignore_level *level, cs_view text, bool git, bool *ret_cut,
                          cs_error *error);

/* Whether the levels leave out `path`, which lies in the innermost level's
 * folder or below and whose folders have not been left out. */
bool cs_ignore_excludes(const cs_ignore *ignore, const char *path, bool is_directory);

#endif
