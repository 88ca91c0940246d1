/* order.c - see order.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "order.h"

#include <stdlib.h>
#include <string.h>

const char *const cs_order_names[] = {"score", "path", "date"};

/* A hit, and what it is ordered by. */
typedef struct ordered {
    cs_hit hit;
    cs_view root;
    int32_t day; /* INT32_MIN: none */
} ordered;

static int32_t day_of(const cs_value *date)
{
    int32_t first, last;
    return cs_value_days(date, &first, &last) ? first : INT32_MIN;
}

static int compare_places(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    int order = cs_path_compare(x->hit.path, y->hit.path);
    if (order == 0)
        order = cs_view_compare(x->root, y->root);
    if (order != 0)
        return order;
    return (x->hit.passage > y->hit.passage) - (x->hit.passage < y->hit.passage);
}

static int compare_dates(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    return x->day != y->day ? (x->day < y->day ? 1 : -1) : compare_places(a, b);
}

/* By study, so that each is read once. */
static int compare_studies(const void *a, const void *b)
{
    const cs_hit *x = &((const ordered *)a)->hit, *y = &((const ordered *)b)->hit;
    if (x->shard != y->shard)
        return x->shard < y->shard ? -1 : 1;
    return (x->file > y->file) - (x->file < y->file);
}

static bool same_study(const cs_hit *a, const cs_hit *b)
{
    return a->shard == b->shard && a->file == b->file;
}

static cs_status read_days(const cs_collection *collection, ordered *items, size_t count,
                           cs_error *error)
{
    qsort(items, count, sizeof *items, compare_studies);
    for (size_t i = 0; i < count; i++) {
        const cs_hit *hit = &items[i].hit;
        cs_file file = {0};
        if (i > 0 && same_study(hit, &items[i - 1].hit)) {
            items[i].day = items[i - 1].day;
            continue;
        }
        cs_view record = cs_store_file(collection->shards[hit->shard].store, hit->file);
        cs_status status = cs_schema_read_file(record, &file, error);
        cs_value date = status == CS_OK ? cs_listing_date(&file) : (cs_value){0};
        items[i].day = day_of(&date);
        cs_file_release(&file);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

/* How many of a study are not shown stands on its last hit that is. */
static void move_more(ordered *items, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (same_study(&items[i].hit, &items[i + 1].hit) && items[i].hit.more > 0) {
            items[i + 1].hit.more = items[i].hit.more;
            items[i + 1].hit.capped = items[i].hit.capped;
            items[i].hit.more = 0;
        }
}

static void take_page(const ordered *items, const cs_page *page, cs_hits *hits)
{
    size_t first = page->offset < hits->count ? page->offset : hits->count;
    size_t kept = hits->count - first;
    kept = kept < page->limit ? kept : page->limit;
    for (size_t i = 0; i < kept; i++)
        hits->items[i] = items[first + i].hit;
    hits->count = kept;
}

cs_status cs_order_hits(const cs_collection *collection, cs_order order, const cs_page *page,
                        cs_hits *hits, cs_error *error)
{
    cs_status status = CS_OK;
    ordered *items = calloc(hits->count + 1, sizeof *items);
    if (items == NULL)
        return cs_fail_memory(error);
    for (size_t i = 0; i < hits->count; i++) {
        const cs_hit *hit = &hits->items[i];
        const cs_index *index = collection->shards[hit->shard].index;
        items[i] = (ordered){*hit, cs_view_of(index->manifest.settings.root), INT32_MIN};
    }
    if (hits->count > 0 && order == CS_ORDER_DATE)
        status = read_days(collection, items, hits->count, error);
    if (hits->count > 0 && status == CS_OK)
        qsort(items, hits->count, sizeof *items,
              order == CS_ORDER_DATE ? compare_dates : compare_places);
    if (status == CS_OK) {
        move_more(items, hits->count);
        take_page(items, page, hits);
    }
    free(items);
    return status;
}

/* ---- studies ----------------------------------------------------------------------- */

static int compare_listed_dates(const void *a, const void *b)
{
    const cs_listed *x = a, *y = b;
    int32_t first = day_of(&x->date), second = day_of(&y->date);
    return first != second ? (first < second ? 1 : -1) : cs_listed_compare(a, b);
}

void cs_order_listing(cs_order order, cs_listing *listing)
{
    if (order != CS_ORDER_SCORE && listing->count > 1)
        qsort(listing->items, listing->count, sizeof *listing->items,
              order == CS_ORDER_DATE ? compare_listed_dates : cs_listed_compare);
}
