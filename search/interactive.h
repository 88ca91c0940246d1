/* interactive.h - casesearch -i: results as one types, with the section of the chosen one
 * below.
 *
 * Two processes: one has the terminal, the other waits for it and gives the terminal back
 * when that ends, however it does; and when the waiting one is killed the other is told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_INTERACTIVE_H
#define CS_INTERACTIVE_H

#include "request.h"

/* Returns when the user is done; *ret_code is the exit code then. */
cs_status cs_interactive(const cs_request *request, int *ret_code, cs_error *error);

#endif
