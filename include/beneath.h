/* beneath.h - opening a file below a folder, by the path that a walk found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_BENEATH_H
#define CS_BENEATH_H

#include <stdbool.h>

/* Opens for reading, without waiting for a writer of a FIFO; -1 and errno. `path` is
 * relative, of any length. Without `follow` no symbolic link is followed, wherever in the
 * path it stands: a folder that became one since it was walked gives ELOOP or ENOTDIR. */
int cs_open_beneath(int folder, const char *path, bool follow);

#endif
