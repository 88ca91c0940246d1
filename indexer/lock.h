/* lock.h - one writer an index: flock(2) on <directory>/lock, which says for
 * messages who holds it: "process 4711 on host since 2026-11-25T10:07:00+0100".
 *
 * The lock goes with its holder, however that ends. Readers never ask for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_LOCK_H
#define CS_LOCK_H

#include "buf.h"

/* Takes the lock; *ret_fd holds it until it is closed, also when the process
 * dies. A process that is forked must close it at once. CS_LOCKED names the holder,
 * unless `wait`; one that is dead is waited for all the same, for its children are
 * about to go. */
cs_status cs_lock_take(const char *directory, bool wait, int *ret_fd, cs_error *error);

#endif
