/* notation.h - lines that speak to a tool and not to the reader: markers of
 * callouts, tables of contents, merge conflicts, the code of MDX.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_NOTATION_H
#define CS_NOTATION_H

#include "buf.h"

/* What is to be known of the lines before one. Zero-initialise. */
typedef struct cs_notation {
    bool conflict; /* between "<<<<<<<" and ">>>>>>>" */
} cs_notation;

/* Whether a line holds nothing for a reader: the line of a merge conflict, the
 * end of a ":::" container or its beginning without a title, [TOC], a page
 * break, {.attributes} of its own, "[//]: # (a comment)". */
bool cs_notation_is_hidden(cs_notation *lines, cs_view line);

/* Whether a line makes the one before it a table of contents: "{:toc}". */
bool cs_notation_is_toc(cs_view line);

/* Whether a line begins a callout of MkDocs, '!!! note "Title"'; its text is
 * indented by four. */
bool cs_notation_is_admonition(cs_view line);

/* Whether a line begins a callout: '!!! note "Title"', ":::note Title", and, in
 * a quote, "[!note] Title". The title may be empty. */
bool cs_notation_is_callout(cs_view line, bool quoted, cs_view *ret_title);

/* Whether a line of MDX imports a module; whether one begins an export. */
bool cs_notation_is_import(cs_view line);
bool cs_notation_is_export(cs_view line);

#endif
