/* dump.h - the text form of what would be indexed of a file: caseindex --dump.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_DUMP_H
#define CS_DUMP_H

#include "study.h"

/* Appends title, language, fields, each passage with its trail, kinds, lines,
 * text and sources, and the file's sources. `study->file.path` is set. */
cs_status cs_dump_study(const cs_study *study, cs_buf *out, cs_error *error);

#endif
