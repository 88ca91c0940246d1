/* context.c - see context.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "context.h"

#include <stdlib.h>
#include <string.h>

#include "sentence.h"
#include "text.h"

void cs_context_release(cs_context *context)
{
    cs_passage_release(&context->passage);
    if (!context->borrowed)
        cs_file_release(&context->file);
    free(context->matches.items);
    *context = (cs_context){0};
}

/* ---- matches ----------------------------------------------------------------------- */

static int compare_founds(const void *a, const void *b)
{
    const cs_found *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end < y->end) - (x->end > y->end);
}

/* Joins what overlaps; pairs of characters of one word do. */
static void merge_matches(cs_founds *founds)
{
    size_t kept = 0;
    if (founds->count > 1)
        qsort(founds->items, founds->count, sizeof *founds->items, compare_founds);
    for (size_t i = 0; i < founds->count; i++) {
        cs_found *last = kept > 0 ? &founds->items[kept - 1] : NULL;
        if (last != NULL && founds->items[i].start < last->end) {
            if (founds->items[i].end > last->end)
                last->end = founds->items[i].end;
            continue;
        }
        founds->items[kept++] = founds->items[i];
    }
    founds->count = kept;
}

/* ---- sentences --------------------------------------------------------------------- */

typedef struct sentence {
    uint32_t start, end;
    uint64_t patterns; /* which of the first 64 it has */
    double score;
} sentence;

typedef struct sentences {
    sentence *items;
    size_t count, cap;
} sentences;

static uint64_t pattern_bit(uint32_t pattern)
{
    return (uint64_t)1 << (pattern & 63);
}

/* A word of the title or a heading tells one sentence of the passage little from
 * another. */
static double pattern_weight(const cs_context *c, const cs_pattern *pattern)
{
    const double in_trail = 0.2, floor = 0.5;
    for (size_t i = 0; i < c->depth; i++)
        if (cs_pattern_is_in(pattern, c->trail[i]))
            return (pattern->weight + floor) * in_trail;
    return pattern->weight + floor;
}

/* Each pattern counts once, by its weight; more matches only break ties. */
static void score_sentence(const double *weights, const cs_founds *founds, sentence *s)
{
    for (size_t i = 0; i < founds->count; i++) {
        const cs_found *f = &founds->items[i];
        if (f->start < s->start || f->start >= s->end)
            continue;
        bool first = (s->patterns & pattern_bit(f->pattern)) == 0;
        s->score += first ? weights[f->pattern] : 0.01;
        s->patterns |= pattern_bit(f->pattern);
    }
}

/* The end of the sentence from `start` on; a phrase that goes on into the next
 * one takes that along, so that it is shown whole. */
static size_t end_past_matches(cs_view text, const cs_founds *founds, size_t start)
{
    size_t end = cs_sentence_end(text, start);
    for (size_t i = 0; i < founds->count && founds->items[i].start < end; i++)
        while (founds->items[i].start >= start && founds->items[i].end > end && end < text.len)
            end = cs_sentence_end(text, end);
    return end;
}

static bool split_sentences(const double *weights, cs_view text, const cs_founds *founds,
                            sentences *out)
{
    for (size_t start = 0; start < text.len;) {
        size_t end = end_past_matches(text, founds, start);
        sentence *s = CS_PUSH(out);
        if (s == NULL)
            return false;
        s->start = (uint32_t)start;
        s->end = (uint32_t)end;
        while (s->end > s->start + 1 &&
               (text.data[s->end - 1] == ' ' || text.data[s->end - 1] == '\n'))
            s->end--;
        score_sentence(weights, founds, s);
        start = end;
    }
    return true;
}

/* Moves a cut to the blank before it, if one is near and after `floor`. */
static uint32_t at_blank(cs_view text, uint32_t floor, uint32_t at)
{
    for (uint32_t back = 0; back < 40 && floor + back < at; back++)
        if (text.data[at - back] == ' ')
            return at - back;
    return floor + (uint32_t)cs_text_cut(text.data + floor, text.len - floor, at - floor);
}

/* A sentence longer than the ceiling is cut around its first match. */
static cs_excerpt make_excerpt(cs_view text, const sentence *s, const cs_founds *matches,
                               uint32_t room)
{
    cs_excerpt e = {s->start, s->end, false, false};
    if (e.end - e.start <= room)
        return e;
    uint32_t match = s->start;
    for (size_t i = 0; i < matches->count; i++)
        if (matches->items[i].start >= s->start && matches->items[i].start < s->end) {
            match = matches->items[i].start;
            break;
        }
    if (match - s->start > cs_cut_margin) {
        e.start = at_blank(text, s->start, match - cs_cut_margin);
        e.start += text.data[e.start] == ' ';
        e.cut_before = true;
    }
    if (e.end - e.start > room) {
        e.end = at_blank(text, e.start, e.start + room);
        e.cut_after = true;
    }
    return e;
}

static const sentence *best_of(const sentences *all, uint64_t covered, const bool *taken)
{
    const sentence *best = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const sentence *s = &all->items[i];
        bool adds = (s->patterns & ~covered) != 0;
        if (taken[i] || (covered != 0 && !adds))
            continue;
        if (best == NULL || s->score > best->score)
            best = s;
    }
    return best;
}

static int compare_excerpts(const void *a, const void *b)
{
    uint32_t x = ((const cs_excerpt *)a)->start, y = ((const cs_excerpt *)b)->start;
    return (x > y) - (x < y);
}

/* The best sentence; then those that hold words it lacks, as room is left. */
static bool choose_excerpts(cs_context *c, const sentences *all)
{
    bool *taken = calloc(all->count + 1, sizeof *taken);
    if (taken == NULL)
        return false;
    uint64_t covered = 0;
    uint32_t room = cs_max_snippet, best_start = 0;
    while (c->excerpt_count < cs_max_sentences) {
        const sentence *s = best_of(all, covered, taken);
        if (s == NULL || (c->excerpt_count > 0 && s->end - s->start > room))
            break;
        taken[s - all->items] = true;
        cs_excerpt e = make_excerpt(c->passage.text, s, &c->matches, room);
        if (c->excerpt_count == 0)
            best_start = e.start;
        room -= e.end - e.start < room ? e.end - e.start : room;
        covered |= s->patterns;
        c->excerpts[c->excerpt_count++] = e;
        if (covered == 0)
            break; /* nothing matches in the text: its beginning is enough */
    }
    free(taken);
    qsort(c->excerpts, c->excerpt_count, sizeof *c->excerpts, compare_excerpts);
    for (size_t i = 0; i < c->excerpt_count; i++)
        if (c->excerpts[i].start == best_start)
            c->best = i;
    return true;
}

/* The start of the sentence before the one that begins at `at`. */
static uint32_t sentence_before(cs_view text, uint32_t at)
{
    uint32_t start = 0;
    for (size_t next = cs_sentence_end(text, 0); next < at && next < text.len;
         next = cs_sentence_end(text, next))
        start = (uint32_t)next;
    return start;
}

/* The first end of a sentence that is not before `at`. */
static uint32_t sentence_end_from(cs_view text, uint32_t at)
{
    size_t end = cs_sentence_end(text, 0);
    while (end < at && end < text.len)
        end = cs_sentence_end(text, end);
    return (uint32_t)end;
}

static bool is_blank_at(cs_view text, uint32_t at)
{
    return text.data[at] == ' ' || text.data[at] == '\n';
}

static void widen(cs_view text, cs_excerpt *e, uint32_t more)
{
    e->cut_before = e->cut_after = false;
    e->start = e->start > 0 ? sentence_before(text, e->start + 1) : 0; /* of its own sentence */
    for (uint32_t i = 0; i < more && e->start > 0; i++)
        e->start = sentence_before(text, e->start);
    e->end = sentence_end_from(text, e->end); /* likewise */
    for (uint32_t i = 0; i < more && e->end < text.len; i++)
        e->end = sentence_end_from(text, e->end + 1);
    while (e->end > e->start + 1 && is_blank_at(text, e->end - 1))
        e->end--;
}

void cs_context_widen(cs_context *context, uint32_t more)
{
    cs_excerpt *excerpts = context->excerpts;
    size_t kept = 0, best = 0;
    for (size_t i = 0; i < context->excerpt_count; i++) {
        cs_excerpt e = excerpts[i];
        if (e.end > e.start)
            widen(context->passage.text, &e, more);
        bool joined = kept > 0 && e.start <= excerpts[kept - 1].end + 1;
        if (joined && e.end > excerpts[kept - 1].end)
            excerpts[kept - 1].end = e.end;
        else if (!joined)
            excerpts[kept++] = e;
        if (i == context->best)
            best = kept - 1;
    }
    context->excerpt_count = kept;
    context->best = best;
}

/* Bytes of text that a mark covers: [^3], or the text of its link; 0 where that
 * cannot be told. */
static uint32_t mark_length(const cs_context *c, const cs_mark *mark)
{
    const cs_citation *source = &c->file.sources.items[mark->source];
    cs_view rest = {c->passage.text.data + mark->text, c->passage.text.len - mark->text};
    if (source->label.len == 0) {
        bool same = source->text.len <= rest.len && source->text.len > 0 &&
                    memcmp(rest.data, source->text.data, source->text.len) == 0;
        return same ? (uint32_t)source->text.len : 0;
    }
    const char *close =
        rest.len > 0 && rest.data[0] == '[' ? memchr(rest.data, ']', rest.len) : NULL;
    return close == NULL ? 0 : (uint32_t)(close + 1 - rest.data);
}

/* A mark whose source was asked for is found as a word is; `first` numbers these
 * patterns, after those of the text. */
static bool find_cited(const cs_search_plan *plan, const cs_context *c, cs_founds *founds)
{
    uint32_t first = (uint32_t)plan->patterns.count;
    for (size_t i = 0; i < plan->cited.count; i++)
        for (size_t m = 0; m < c->passage.marks.count; m++) {
            const cs_mark *mark = &c->passage.marks.items[m];
            uint32_t length = mark->source < c->file.sources.count ? mark_length(c, mark) : 0;
            if (length == 0 ||
                !cs_cited_is(&plan->cited.items[i], &c->file.sources.items[mark->source]))
                continue;
            cs_found *found = CS_PUSH(founds);
            if (found == NULL)
                return false;
            *found = (cs_found){mark->text, mark->text + length, first + (uint32_t)i};
        }
    return true;
}

static cs_status choose(const cs_search_plan *plan, cs_context *c, cs_error *error)
{
    const double cited_weight = 1; /* a sentence with the mark, before one without */
    cs_founds founds = {0};
    sentences all = {0};
    double *weights = calloc(plan->patterns.count + plan->cited.count + 1, sizeof *weights);
    bool ok = weights != NULL && cs_patterns_find(plan->patterns.items, plan->patterns.count,
                                                  c->passage.text, &founds);
    ok = ok && find_cited(plan, c, &founds);
    for (size_t i = 0; ok && i < plan->patterns.count; i++)
        weights[i] = pattern_weight(c, &plan->patterns.items[i]);
    for (size_t i = 0; ok && i < plan->cited.count; i++)
        weights[plan->patterns.count + i] = cited_weight;
    for (size_t i = 0; ok && i < founds.count; i++) {
        cs_found *found = CS_PUSH(&c->matches);
        ok = found != NULL;
        if (ok)
            *found = founds.items[i];
    }
    merge_matches(&c->matches);
    ok = ok && split_sentences(weights, c->passage.text, &founds, &all) && choose_excerpts(c, &all);
    free(weights);
    free(founds.items);
    free(all.items);
    return ok ? CS_OK : cs_fail_memory(error);
}

cs_status cs_context_make(const cs_collection *collection, const cs_search_plan *plan,
                          const cs_hit *hit, const cs_context *same, cs_context *ret_context,
                          cs_error *error)
{
    cs_context *c = ret_context;
    const cs_shard *shard = &collection->shards[hit->shard];
    *c = (cs_context){.hit = hit, .index = shard->index};
    cs_status status =
        cs_schema_read_passage(cs_store_passage(shard->store, hit->passage), &c->passage, error);
    if (status == CS_OK && same != NULL) {
        c->file = same->file;
        c->borrowed = true;
    } else if (status == CS_OK) {
        status = cs_schema_read_file(cs_store_file(shard->store, hit->file), &c->file, error);
    }
    if (status != CS_OK)
        return status;
    c->depth = cs_file_trail(&c->file, c->passage.section, c->trail);
    return choose(plan, c, error);
}

/* ---- places ------------------------------------------------------------------------ */

cs_position cs_context_locate(const cs_context *context, uint32_t start, uint32_t end)
{
    cs_position p = cs_passage_locate(&context->passage, start, end);
    p.start = (uint32_t)((int64_t)p.start + context->byte_shift);
    p.end = (uint32_t)((int64_t)p.end + context->byte_shift);
    p.line = (uint32_t)((int64_t)p.line + context->line_shift);
    return p;
}

cs_position cs_context_place(const cs_context *context)
{
    const cs_excerpt *e = &context->excerpts[context->best];
    for (size_t i = 0; context->excerpt_count > 0 && i < context->matches.count; i++) {
        const cs_found *m = &context->matches.items[i];
        if (m->start >= e->start && m->start < e->end)
            return cs_context_locate(context, m->start, m->end);
    }
    uint32_t start = context->excerpt_count > 0 ? e->start : 0;
    return cs_context_locate(context, start, start);
}

bool cs_context_shows(const cs_context *context, const cs_mark *mark)
{
    for (size_t i = 0; i < context->excerpt_count; i++)
        if (mark->text >= context->excerpts[i].start && mark->text < context->excerpts[i].end)
            return true;
    return false;
}
