/* order.h - hits and studies in another order than by score: --sort.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_ORDER_H
#define CS_ORDER_H

#include "listing.h"

typedef enum cs_order {
    CS_ORDER_SCORE, /* best first; studies without a query by path */
    CS_ORDER_PATH,  /* then by line */
    CS_ORDER_DATE   /* the latest first, by the first day of cs_listing_date; then those
                     * without a date; then by path */
} cs_order;

/* What they are called, three. */
extern const char *const cs_order_names[];

/* Orders all hits of a query, and leaves the page of them. */
cs_status cs_order_hits(const cs_collection *collection, cs_order order, const cs_page *page,
                        cs_hits *hits, cs_error *error);

void cs_order_listing(cs_order order, cs_listing *listing);

#endif
