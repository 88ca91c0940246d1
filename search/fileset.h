/* fileset.h - the passages that a field picks whatever they say: those of files,
 * by title, front matter, path, name or language, and those of a kind of block.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FILESET_H
#define CS_FILESET_H

#include "collection.h"
#include "query.h"

/* Sets *ret_set to the passages that `leaf` picks. CS_SYNTAX, with the nearest
 * name, for a field that no study has or an unknown kind; `query` is for the message. */
cs_status cs_fileset_make(const cs_collection *collection, const char *query, const cs_node *leaf,
                          cs_docset *ret_set, cs_error *error);

#endif
