/* fingerprint.h - tells copies of a passage by 12 bytes: equal ones, and long
 * ones that were edited a little.
 *
 * How alike two texts are is the share of their runs of three words that both
 * have (Broder 1997, "On the resemblance and containment of documents"). It is
 * estimated without the texts: the runs' hashes fall into 64 bins, and of the
 * least hash of each bin one bit is kept (Li, Owen, Zhang 2012, "One permutation
 * hashing"; Li, Koenig 2010, "b-bit minwise hashing"). An empty bin borrows from
 * the next one (Shrivastava, Li 2014, "Densifying one permutation hashing").
 *
 *   long      cs_fingerprint_whole words or more: copies differ in few runs
 *   short     copies have the same words in the same order. One word is then a
 *             name or a not, and a row of a table another row
 *   figures   are the same in copies, in the same order, each with its sign,
 *             currency or per cent and the word after it: $5 million is neither
 *             $6 million nor $5 billion. Figures in words are words like others
 *   no words  a copy of nothing
 *
 * Figures, with what else was tried, are in doc/decisions.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FINGERPRINT_H
#define CS_FINGERPRINT_H

#include "terms.h"

enum {
    cs_fingerprint_bins = 64, /* bits of the sketch */
    cs_fingerprint_whole = 64,
    cs_fingerprint_distance = 5 /* bits in which copies differ at most */
};

typedef struct cs_fingerprint {
    uint64_t sketch; /* of the runs of words; of a short passage, a hash of its words */
    uint32_t exact;  /* hash of what must be the same: the figures; if short, all words */
} cs_fingerprint;

bool cs_fingerprint_alike(cs_fingerprint a, cs_fingerprint b);

/* Makes one from the words of a passage, as they come out of a tokenizer. */
typedef struct cs_fingerprinter {
    uint64_t least[cs_fingerprint_bins];
    uint64_t last[2]; /* the words before, the nearer one first */
    uint64_t all_words, figures;
    uint32_t words;
    bool after_figure;
} cs_fingerprinter;

void cs_fingerprint_begin(cs_fingerprinter *maker);

/* `text` is what the token stands in. */
void cs_fingerprint_add(cs_fingerprinter *maker, cs_view text, const cs_token *token);
cs_fingerprint cs_fingerprint_end(const cs_fingerprinter *maker);

#endif
