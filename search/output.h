/* output.h - the answer on standard output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_OUTPUT_H
#define CS_OUTPUT_H

#include "answer.h"
#include "print.h"

/* Prints an answer in the format of its request: for people at a terminal, for
 * programs else. A long one is written while it is made, so that an error may come after
 * a part of it. */
cs_status cs_output_answer(cs_answer *answer, cs_error *error);

/* What the formats are told of an answer and of the terminal; `cwd` is the real path of
 * the current folder, or NULL, and must last as long. */
cs_report cs_output_report(const cs_answer *answer, const char *cwd);

/* Tells lines for people on standard error. */
void cs_output_tell(const cs_buf *notes);

/* Notes at a terminal that nothing was found, so that a person sees that it ran; a program reads
 * the exit code. */
void cs_output_note_nothing(cs_answer *answer);

/* Writes it, at a terminal through a pager if it is longer than that. Notes are told before it,
 * within the pager, where they are read, if they would be told at the terminal; NULL: none. */
cs_status cs_output_show(const cs_request *request, const cs_buf *notes, const cs_buf *out,
                         cs_error *error);

/* Writes all of it; a reader that went away is a quiet success. */
cs_status cs_output_write(const cs_buf *out, cs_error *error);

#endif
