/* browse.h - what casesearch does in place of searching: a section is read, the headings of a
 * study or all studies are listed, a hit is opened in the editor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_BROWSE_H
#define CS_BROWSE_H

#include "answer.h"

/* Answers a request whose mode is show, outline, list or open. *ret_found: there was
 * something to show; the notes, lines for people, say why not. */
cs_status cs_browse(const cs_request *request, cs_buf *notes, bool *ret_found, cs_error *error);

/* What of a study a reference means, in an answer that is open. *ret_found as above. */
cs_status cs_browse_find(cs_answer *answer, const cs_reference *reference, cs_file_place *ret_place,
                         cs_part_asked *ret_part, bool *ret_found, cs_error *error);

/* Opens a hit in the editor, and waits for it. */
cs_status cs_browse_open(const cs_context *context, cs_error *error);

#endif
