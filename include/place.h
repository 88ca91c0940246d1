/* place.h - where an index lives, spec section 1.
 *
 * An index directory is derived data and never stands in the user's folder:
 * $XDG_CACHE_HOME/casesearch/<basename>-<8 hex digits of the real path's hash>
 * with $HOME/.cache for an unset, empty or relative XDG_CACHE_HOME (XDG Base
 * Directory Specification 0.8).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_PLACE_H
#define CS_PLACE_H

#include "buf.h"

/* The absolute path without symbolic links, as realpath(3); the caller frees it. */
cs_status cs_place_real_path(const char *path, char **ret_path, cs_error *error);

/* The directory of the index of the folder with the real path `root`, whether
 * it exists or not. In the basename, bytes outside [A-Za-z0-9._-] become '_'
 * and it is cut at 40 bytes; "/" gives "root". CS_IO when neither XDG_CACHE_HOME
 * nor HOME is usable. The caller frees it. */
cs_status cs_place_for_root(const char *root, char **ret_directory, cs_error *error);

/* Index directories; each owned. */
typedef struct cs_places {
    char **items;
    size_t count, cap;
} cs_places;

void cs_places_release(cs_places *places);

/* The index whose folder contains `directory` (a real path), nearest first: an
 * index directory with a manifest for it or for one of its parents. NULL when
 * there is none. The caller frees it. */
cs_status cs_place_covering(const char *directory, char **ret_directory, cs_error *error);

/* Every index directory with a manifest under the cache folder, in byte order. */
cs_status cs_place_all(cs_places *ret_places, cs_error *error);

/* Splits a ':'-separated list such as CASESEARCH_DB; a ':' of a name is written "\:", and empty
 * parts are left out. CS_USAGE when nothing is left. */
cs_status cs_place_split(const char *list, cs_places *ret_places, cs_error *error);

/* Adds a directory to such a list. */
void cs_place_list_add(cs_buf *list, cs_view directory);

/* Creates a directory and its missing parents with mode 0700, as the XDG
 * specification asks. */
cs_status cs_place_create(const char *directory, cs_error *error);

/* Why a directory or a file may not be taken for an index: "belongs to another user"
 * (root is no other), "can be written by everybody"; NULL when it may. */
struct stat;
const char *cs_place_fault(const struct stat *st);

/* CS_REFUSED, with the reason, for an index directory that is a link or a file, or has
 * such a fault. One that is not there is no fault. */
cs_status cs_place_check(const char *directory, cs_error *error);

/* The name of the file whose presence makes a directory an index. */
#define CS_MANIFEST_NAME "manifest"

#endif
