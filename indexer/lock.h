/* lock.h - one writer an index: flock(2) on <directory>/lock, which holds the
 * holder's process number and host for messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_LOCK_H
#define CS_LOCK_H

#include "buf.h"

/* Takes the lock; *ret_fd holds it until it is closed, also when the process
 * dies. CS_LOCKED names the holder, unless `wait`. */
cs_status cs_lock_take(const char *directory, bool wait, int *ret_fd, cs_error *error);

#endif
