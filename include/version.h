/* version.h - the version of both programs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_VERSION_H
#define CS_VERSION_H

#define CS_VERSION "0.1.0"

#endif
