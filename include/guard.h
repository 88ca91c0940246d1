/* guard.h - what happens when a mapped file is cut short, or its disk fails, while
 * it is read.
 *
 * The sizes and checksums of a segment are looked at before it is mapped; what
 * another program does to it afterwards reaches us as SIGBUS, at any byte.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_GUARD_H
#define CS_GUARD_H

/* From now on a SIGBUS ends this process with CS_EXIT_INDEX and a message of
 * `program`, which must last. A process forked later dies of the signal. */
void cs_guard_install(const char *program);

/* Opens what is closed of standard input, output and error, so that no file that is opened later
 * takes its place: reading or writing it fails, as before. The first thing a program does. */
void cs_guard_streams(void);

#endif
