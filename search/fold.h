/* fold.h - copies are folded into the best of them: passages alike by their
 * fingerprints (fingerprint.h), of one study or of several.
 *
 * The hits come in order of rank. One that stands on a page is kept here; one
 * that is a copy of it is found again. Whether a hit is a copy depends on the
 * hits before it only, so the pages of an answer neither overlap nor leave a gap.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_FOLD_H
#define CS_FOLD_H

#include <stddef.h>

#include "fingerprint.h"

enum {
    /* Long passages with the same figures, most often none, that are kept to be
     * compared: the best ones. What is like a later one is not folded. */
    cs_fold_reach = 1024
};

/* A hash table of fingerprints by what must be the same in copies; open
 * addressing. */
typedef struct cs_fold {
    struct cs_fold_entry {
        cs_fingerprint print;
        uint32_t hit;
        uint32_t next; /* of the same chain: index + 1 */
    } * entries;
    size_t count;
    struct cs_fold_chain {
        uint32_t exact;
        uint32_t first, last; /* index + 1 into entries; first 0: empty */
        uint32_t length;
    } * chains;
    size_t mask;
} cs_fold;

/* Room for so many hits to be kept. False without memory. */
bool cs_fold_init(cs_fold *fold, size_t hits);
void cs_fold_release(cs_fold *fold);

/* The number of the first hit kept that is like this one. */
bool cs_fold_find(const cs_fold *fold, cs_fingerprint print, uint32_t *ret_hit);

/* Keeps a hit under a number of the caller's. */
void cs_fold_keep(cs_fold *fold, cs_fingerprint print, uint32_t hit);

#endif
