/* editor.h - a place is opened in the user's editor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_EDITOR_H
#define CS_EDITOR_H

#include "buf.h"

/* A place to open: line and column count from 1, 0 for none. */
typedef struct cs_spot {
    const char *path;
    uint32_t line;
    uint32_t byte_column;      /* bytes */
    uint32_t character_column; /* characters */
} cs_spot;

/* The words that are given to an editor, by the name of its program; each ends with a
 * NUL byte. Of one that is not known the path alone. A command with {file} in it is not
 * asked for words: it is a template itself. */
void cs_editor_arguments(const char *command, const cs_spot *spot, cs_buf *out);

/* Runs $CASESEARCH_EDITOR, $VISUAL, $EDITOR or vi, which the shell reads, and waits for it.
 * CS_IO when it cannot be run or fails. */
cs_status cs_editor_open(const cs_spot *spot, cs_error *error);

#endif
