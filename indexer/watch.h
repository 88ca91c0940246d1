/* watch.h - follows folders with inotify(7): waits until something below one of them
 * has changed and things are quiet again.
 *
 * A watch is on each folder that a walk entered, so ignore rules hold: what is
 * changed elsewhere is not heard. In a folder that is new to the watch, things may
 * have changed before; so its root is due at once, and the next walk sees them.
 *
 * Not heard: what files behind symbolic links hold, and ignore files above a root.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_WATCH_H
#define CS_WATCH_H

#include <signal.h>

#include "walk.h"

/* A root is due so long after the last change, and so long after the first one if
 * there is no end of them; milliseconds. */
enum { cs_watch_quiet = 200, cs_watch_longest = 2000 };

typedef struct cs_watch cs_watch;

cs_status cs_watch_new(cs_watch **ret_watch, cs_error *error);
void cs_watch_free(cs_watch *watch);

/* Takes a root, numbered from 0 in this order. */
cs_status cs_watch_add_root(cs_watch *watch, const char *root, cs_error *error);

/* Watches exactly the folders that a walk of a root entered. CS_IO where there are
 * no watches left: the message names the limit. */
cs_status cs_watch_folders(cs_watch *watch, size_t root, const cs_walk *walk,
                           const cs_selection *selection, cs_error *error);

/* Waits until a root is due. *ret_lost: so much happened that the kernel lost count.
 * CS_INTERRUPTED when `interrupted` is set by a handler of SIGINT or SIGTERM; CS_IO when a
 * root was removed or moved. */
cs_status cs_watch_wait(cs_watch *watch, const volatile sig_atomic_t *interrupted, size_t *ret_root,
                        bool *ret_lost, cs_error *error);

#endif
