/* glob.h - shell patterns on paths, as gitignore(5) describes them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_GLOB_H
#define CS_GLOB_H

#include <stdbool.h>

/* Whether `path` matches `pattern`: components are matched one by one ('*', '?'
 * and '[...]' never cross a '/'), and a component that is "**" matches any
 * number of components, none included. As fnmatch(3) otherwise, with what git
 * does differently: a leading dot is like any other character, and a bracket
 * that is not closed or a backslash at the end matches nothing. '?' and '[...]'
 * match one character of UTF-8, or one byte of what is none, whatever the
 * locale. The time is bounded by a product of lengths. */
bool cs_glob_match(const char *pattern, const char *path);

/* Whether it holds any of the characters that make a pattern of a string. */
bool cs_glob_is_pattern(const char *string);

#endif
