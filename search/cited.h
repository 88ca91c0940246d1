/* cited.h - which sources a query asks for: cite: and site:.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_CITED_H
#define CS_CITED_H

#include "pattern.h"

typedef struct cs_cited {
    cs_pattern pattern; /* of cite: */
    char *site;         /* of site: the domain, or NULL; owned */
    bool begins;        /* the site only begins so: site:tech* */
} cs_cited;

void cs_cited_release(cs_cited *cited);

/* Whether `source` is one of those asked for. */
bool cs_cited_is(const cs_cited *cited, const cs_citation *source);

/* Appends the domain that is meant by what was typed after site: a host, an
 * address, "*.edu"; *ret_begins for "tech*". */
void cs_cited_add_site(cs_buf *out, const char *typed, bool *ret_begins);

#endif
