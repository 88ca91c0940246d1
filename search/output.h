/* output.h - the answer on standard output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_OUTPUT_H
#define CS_OUTPUT_H

#include "answer.h"

/* Prints an answer in the format of its request: for people at a terminal, for
 * programs else. */
cs_status cs_output_answer(const cs_answer *answer, cs_error *error);

/* Writes all of it; a reader that went away is a quiet success. */
cs_status cs_output_write(const cs_buf *out, cs_error *error);

#endif
