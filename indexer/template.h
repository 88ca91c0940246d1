/* template.h - whether a passage only asks: the questions of a template that
 * nobody answered, or its places to fill in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_TEMPLATE_H
#define CS_TEMPLATE_H

#include "buf.h"

/* True when nine tenths of a passage's text are questions and prompts, and there
 * are two questions or a prompt:
 *
 *   question  a sentence that ends with a question mark, and what stands in
 *             brackets after it on its line: a hint; but where more than half
 *             of the questions have one, these are the answers
 *   prompt    a line that is one [remark in square brackets], or begins with
 *             TODO, TBD or Lorem ipsum
 *
 * A lone question is none: it may be the author's own, and answered below. */
bool cs_template_is(cs_view text);

#endif
