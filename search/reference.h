/* reference.h - what --show, --outline and -o are given: a place in a study.
 *
 *   path              the whole study
 *   path:9            the section that line 9 is in; what follows the number and a colon
 *                     is ignored, so that a line of a pipe can be pasted
 *   path:9-20         these lines
 *   755f551d2b5476c7  the section of the passage with that id
 *   3                 the section of hit 3 of the last search on this terminal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_REFERENCE_H
#define CS_REFERENCE_H

#include "collection.h"
#include "result.h"

typedef enum cs_reference_kind {
    CS_REFERENCE_STUDY,
    CS_REFERENCE_LINE,
    CS_REFERENCE_LINES,
    CS_REFERENCE_ID,
    CS_REFERENCE_HIT
} cs_reference_kind;

typedef struct cs_reference {
    cs_reference_kind kind;
    cs_view path; /* points into the text it was read from */
    uint32_t first, last;
    cs_id id;
    uint32_t hit; /* from 1 */
} cs_reference;

/* CS_USAGE for lines that end before they begin, and for nothing. */
cs_status cs_reference_read(const char *text, cs_reference *ret_reference, cs_error *error);

/* A file of a collection that is not dead. */
typedef struct cs_file_place {
    uint32_t shard, file;
} cs_file_place;

/* Finds a study by its path: relative to the current folder, absolute, or relative to
 * the root of an index. *ret_found: there is one. */
cs_status cs_reference_find_path(const cs_collection *collection, cs_view path,
                                 cs_file_place *ret_place, bool *ret_found, cs_error *error);

/* Appends the paths of studies that end in a path that none has, a comma between, three at most. */
void cs_reference_suggest(const cs_collection *collection, cs_view path, cs_buf *out);

/* Appends a path or a pattern of paths that is absolute, or that begins at the current folder with
 * "." or "..", as it is below the root of an index; "*" for the root. False when it is below none.
 */
bool cs_reference_add_below(const cs_collection *collection, cs_view path, cs_buf *out);

/* Finds a passage by its id, and its number in its segment. */
cs_status cs_reference_find_id(const cs_collection *collection, cs_id id, cs_file_place *ret_place,
                               uint32_t *ret_passage, bool *ret_found, cs_error *error);

#endif
