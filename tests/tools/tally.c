/* tally.c - see tally.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { name_columns = 46, max_sample = 1 << 16 };

static size_t wanted;      /* samples of each tally */
static uint64_t state = 1; /* of the drawing */

void tally_die(const char *what)
{
    fprintf(stderr, "survey: %s\n", what);
    exit(70);
}

/* ---- things ------------------------------------------------------------------------ */

void tally_draw(size_t samples, uint64_t seed)
{
    wanted = samples;
    state = seed != 0 ? seed : 1;
}

/* xorshift64*, Vigna 2016. */
static uint64_t draw(uint64_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 2685821657736338717u >> 11) % below;
}

static cs_buf *new_sample(tally *t)
{
    cs_buf *sample = CS_PUSH(&t->samples);
    if (sample == NULL)
        tally_die("out of memory");
    cs_buf_init(sample, max_sample);
    return sample;
}

/* Algorithm R (Vitter 1985): the n-th of all is taken with probability k / n. */
cs_buf *tally_add(tally *t, size_t file, size_t things)
{
    if (things == 0)
        return NULL;
    t->files += t->last_file != file;
    t->last_file = file;
    t->things += things;
    if (t->samples.count < wanted)
        return new_sample(t);
    uint64_t place = wanted > 0 ? draw(t->things) : 0;
    if (place >= wanted)
        return NULL;
    cs_buf_clear(&t->samples.items[place]);
    return &t->samples.items[place];
}

void tally_release(tally *t)
{
    for (size_t i = 0; i < t->samples.count; i++)
        cs_buf_release(&t->samples.items[i]);
    free(t->samples.items);
    t->samples.items = NULL;
    t->samples.count = t->samples.cap = t->things = t->files = t->last_file = 0;
}

void tally_print(const tally *t, size_t all_files)
{
    if (t->group != NULL)
        printf("\n%-*s %8s %7s %9s\n", name_columns, t->group, "files", "share", "count");
    double share = all_files > 0 ? 100.0 * (double)t->files / (double)all_files : 0;
    printf("  %-*s %8zu %5.1f %%", name_columns - 2, t->name, t->files, share);
    if (t->things != t->files)
        printf(" %9zu", t->things);
    putchar('\n');
    for (size_t i = 0; i < t->samples.count; i++)
        fwrite(t->samples.items[i].data, 1, t->samples.items[i].len, stdout);
}

/* ---- samples ----------------------------------------------------------------------- */

void tally_line(cs_buf *sample, size_t indent, cs_view text)
{
    enum { looked_at = 800 };
    CS_SCOPED(cs_buf) clean = {.limit = 8 * looked_at};
    size_t len = text.len < looked_at ? text.len : looked_at;
    cs_buf_add_string(&clean, "");
    cs_text_add_printable(&clean, text.data, len);
    size_t room = tally_columns - indent;
    size_t whole = cs_text_prefix(clean.data, clean.len, room);
    bool cut = whole < clean.len || len < text.len;
    size_t shown = cut ? cs_text_prefix(clean.data, clean.len, room - 1) : whole;
    cs_buf_addf(sample, "%*s", (int)indent, "");
    cs_buf_add(sample, clean.data, shown);
    cs_buf_add_string(sample, cut ? "\xE2\x80\xA6\n" : "\n");
}

void tally_end(cs_buf *sample, size_t indent, cs_view text)
{
    size_t room = tally_columns - indent - 1;
    bool cut = text.len > room;
    if (cut) { /* bytes: some of it may have more of them than columns */
        text.data += text.len - room;
        text.len = room;
        while (text.len > 0 && ((unsigned char)text.data[0] & 0xC0) == 0x80)
            text.data++, text.len--;
    }
    CS_SCOPED(cs_buf) end = {.limit = 1 << 12};
    cs_buf_add_string(&end, cut ? "\xE2\x80\xA6" : "");
    cs_buf_add_view(&end, text);
    tally_line(sample, indent, cs_buf_view(&end));
}

void tally_place(cs_buf *sample, const char *path, uint32_t line)
{
    CS_SCOPED(cs_buf) place = {.limit = 1 << 20};
    cs_buf_addf(&place, "%s:%u", path, line);
    tally_end(sample, 6, cs_buf_view(&place));
}

/* ---- numbers ----------------------------------------------------------------------- */

void spread_add(spread *s, uint32_t number)
{
    uint32_t *item = CS_PUSH(s);
    if (item == NULL)
        tally_die("out of memory");
    *item = number;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The least number that `percent` of all do not exceed (nearest rank). */
static uint32_t percentile(const spread *s, unsigned percent)
{
    size_t rank = (s->count * percent + 99) / 100;
    return s->count == 0 ? 0 : s->items[rank > 0 ? rank - 1 : 0];
}

void spread_print(spread *s, const char *name)
{
    if (s->count > 1)
        qsort(s->items, s->count, sizeof *s->items, compare_numbers);
    printf("  %-*s p50 %u, p90 %u, p99 %u, max %u, of %zu\n", name_columns - 2, name,
           percentile(s, 50), percentile(s, 90), percentile(s, 99), percentile(s, 100), s->count);
}

void spread_release(spread *s)
{
    free(s->items);
    *s = (spread){0};
}

/* ---- names ------------------------------------------------------------------------- */

void names_add(names *n, cs_view name)
{
    char **item = CS_PUSH(n);
    if (item == NULL || (*item = cs_copy_string(name)) == NULL)
        tally_die("out of memory");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef struct common {
    const char *name;
    size_t count;
} common;

static int compare_commons(const void *a, const void *b)
{
    const common *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* Prints "name count, name count, ..." over as many lines as it takes. */
static void print_commons(const common *all, size_t count)
{
    enum { indent = 4 };
    CS_SCOPED(cs_buf) line = {.limit = 1 << 16};
    for (size_t i = 0; i < count; i++) {
        CS_SCOPED(cs_buf) item = {.limit = 1 << 12};
        cs_text_add_printable(&item, all[i].name, strlen(all[i].name));
        cs_buf_addf(&item, " %zu%s", all[i].count, i + 1 < count ? "," : "");
        size_t width = indent + cs_text_width(line.data == NULL ? "" : line.data, line.len);
        if (line.len > 0 && width + 1 + cs_text_width(item.data, item.len) > tally_columns) {
            printf("%*s%s\n", indent, "", line.data);
            cs_buf_clear(&line);
        }
        if (line.len > 0)
            cs_buf_add_char(&line, ' ');
        cs_buf_add_view(&line, cs_buf_view(&item));
    }
    if (line.len > 0)
        printf("%*s%s\n", indent, "", line.data);
}

void names_print(names *n, const char *title, size_t max)
{
    if (n->count > 1)
        qsort(n->items, n->count, sizeof *n->items, compare_names);
    struct {
        common *items;
        size_t count, cap;
    } different = {0};
    for (size_t i = 0; i < n->count; i++) {
        bool again = i > 0 && strcmp(n->items[i], n->items[i - 1]) == 0;
        common *c = again ? &different.items[different.count - 1] : CS_PUSH(&different);
        if (c == NULL)
            tally_die("out of memory");
        c->name = n->items[i];
        c->count++;
    }
    if (different.count > 1)
        qsort(different.items, different.count, sizeof *different.items, compare_commons);
    printf("  %s: %zu different\n", title, different.count);
    print_commons(different.items, different.count < max ? different.count : max);
    free(different.items);
}

void names_release(names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->items[i]);
    free(n->items);
    *n = (names){0};
}
