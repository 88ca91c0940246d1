/* fold.c - see fold.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold.h"

#include <stdlib.h>

bool cs_fold_init(cs_fold *fold, size_t hits)
{
    size_t size = 64;
    while (size < hits * 2)
        size *= 2;
    *fold = (cs_fold){.mask = size - 1};
    fold->entries = malloc((hits + 1) * sizeof *fold->entries);
    fold->chains = calloc(size, sizeof *fold->chains);
    return fold->entries != NULL && fold->chains != NULL;
}

void cs_fold_release(cs_fold *fold)
{
    free(fold->entries);
    free(fold->chains);
    *fold = (cs_fold){0};
}

/* The chain of what is exact, or the empty place for it. */
static struct cs_fold_chain *chain_of(const cs_fold *fold, cs_fingerprint print)
{
    for (size_t i = print.exact;; i++) {
        struct cs_fold_chain *chain = &fold->chains[i & fold->mask];
        if (chain->first == 0 || chain->exact == print.exact)
            return chain;
    }
}

bool cs_fold_find(const cs_fold *fold, cs_fingerprint print, uint32_t *ret_hit)
{
    uint32_t at = chain_of(fold, print)->first;
    while (at != 0 && !cs_fingerprint_alike(fold->entries[at - 1].print, print))
        at = fold->entries[at - 1].next;
    if (at != 0)
        *ret_hit = fold->entries[at - 1].hit;
    return at != 0;
}

void cs_fold_keep(cs_fold *fold, cs_fingerprint print, uint32_t hit)
{
    struct cs_fold_chain *chain = chain_of(fold, print);
    if (chain->length == cs_fold_reach)
        return;
    fold->entries[fold->count++] = (struct cs_fold_entry){.print = print, .hit = hit};
    chain->exact = print.exact;
    if (chain->first == 0)
        chain->first = (uint32_t)fold->count;
    else
        fold->entries[chain->last - 1].next = (uint32_t)fold->count;
    chain->last = (uint32_t)fold->count;
    chain->length++;
}
