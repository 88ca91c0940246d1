/* sentence.h - where sentences end.
 *
 * A line end always ends one, with lines of nothing but footnote marks that
 * follow. Else a full stop, question or exclamation mark
 * (also those of CJK, Arabic, Indic and other scripts) ends it, with the closing
 * quotes and brackets and the footnote marks that follow, unless it is the stop of
 * an abbreviation, of an initial, of an ordinal, of a number that begins the
 * sentence, or inside a number, or the next word goes on in lower case. Thai, Lao
 * and others that have no stops end at lines only. A simplification of UAX 29, section 5, that
 * knows abbreviations and footnotes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SENTENCE_H
#define CS_SENTENCE_H

#include "buf.h"

/* The end of the sentence that begins at `start` < text.len: after its last
 * byte and the blanks that follow it, so that it is where the next one begins. */
size_t cs_sentence_end(cs_view text, size_t start);

#endif
