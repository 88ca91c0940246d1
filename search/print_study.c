/* print_study.c - what is read on, a study's headings, studies: for people and for pipes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "screen.h"
#include "text.h"

/* ---- an extract -------------------------------------------------------------------- */

static void add_lines_of(cs_buf *out, const cs_extract *extract)
{
    const cs_context *first = &extract->passages[0];
    const cs_context *last = &extract->passages[extract->count - 1];
    const cs_excerpt *end = &last->excerpts[0];
    if (first->freshness == CS_STALE || last->freshness == CS_STALE) {
        cs_buf_add_string(out, " (changed since)");
        return;
    }
    uint32_t from = cs_context_locate(first, first->excerpts[0].start, end->end).line;
    uint32_t at = end->end > end->start ? end->end - 1 : end->end;
    uint32_t to = cs_context_locate(last, at, at + 1).line;
    cs_buf_addf(out, to > from ? ":%u-%u" : ":%u", from, to);
}

/* The headings above and where it stands; both as on a page of hits. */
static void add_head(cs_screen *s, const cs_extract *extract, bool plain)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) place = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) trail = {.limit = cs_max_scratch};
    cs_print_path(s->report, extract->index, extract->file.path, &path);
    cs_text_add_printable(&place, path.data == NULL ? "" : path.data, path.len);
    add_lines_of(&place, extract);
    cs_screen_add_trail(&extract->passages[0], 0, &trail);
    if (plain) {
        cs_buf_addf(s->out, "%s: %s\n", place.data, trail.data);
        return;
    }
    size_t used = cs_text_width(trail.data, trail.len) + cs_text_width(place.data, place.len) + 2;
    cs_buf_addf(s->out, "%s%s%s", s->style->title, trail.data, s->style->off);
    if (used <= s->columns)
        cs_buf_addf(s->out, "%*s", (int)(s->columns - used + 2), "");
    else
        cs_buf_add_char(s->out, '\n');
    cs_buf_addf(s->out, "%s%s%s\n", s->style->path, place.data, s->style->off);
}

/* The heading of a passage that stands under another one than that before it. */
static void add_heading(cs_screen *s, const cs_context *c, const cs_context *before)
{
    if (before == NULL || before->passage.section == c->passage.section || c->depth < 2)
        return;
    cs_buf_addf(s->out, "\n%s", s->style->title);
    cs_text_add_printable(s->out, c->trail[c->depth - 1].data, c->trail[c->depth - 1].len);
    cs_buf_addf(s->out, "%s\n", s->style->off);
}

/* The bytes of the blanks that a line begins with, and their columns. */
static uint32_t lead_of(const char *line, uint32_t len, size_t *ret_columns)
{
    enum { tab = 4 };
    uint32_t at = 0;
    for (*ret_columns = 0; at < len && (line[at] == ' ' || line[at] == '\t'); at++)
        *ret_columns += line[at] == ' ' ? 1 : tab - *ret_columns % tab;
    return at;
}

/* Each line of the text by itself; a blank line where the file has one. `*last` is the line of
 * the file that was shown last, 0 at the beginning. */
static void add_text(cs_screen *s, const cs_context *c, uint32_t *last)
{
    cs_context line = *c;
    const cs_excerpt whole = c->excerpts[0];
    line.excerpt_count = 1;
    for (uint32_t at = whole.start; at < whole.end;) {
        const char *text = c->passage.text.data;
        const char *end = memchr(text + at, '\n', whole.end - at);
        uint32_t stop = end == NULL ? whole.end : (uint32_t)(end - text);
        uint32_t from = cs_context_locate(c, at, at + 1).line;
        if (stop > at) {
            cs_buf_add_string(s->out, *last == 0 || from > *last + 1 ? "\n" : "");
            line.excerpts[0] =
                (cs_excerpt){at + lead_of(text + at, stop - at, &s->lead), stop, false, false};
            cs_screen_add_excerpts(s, &line);
            *last = cs_context_locate(c, stop - 1, stop).line;
        }
        at = stop + 1;
    }
}

/* Whether a passage before this one, or a mark before this one, has the source. */
static bool is_named(const cs_extract *extract, size_t passage, size_t mark)
{
    uint32_t source = extract->passages[passage].passage.marks.items[mark].source;
    for (size_t p = 0; p <= passage; p++) {
        const cs_context *c = &extract->passages[p];
        size_t end = p == passage ? mark : c->passage.marks.count;
        for (size_t m = 0; m < end; m++)
            if (c->passage.marks.items[m].source == source &&
                cs_context_shows(c, &c->passage.marks.items[m]))
                return true;
    }
    return false;
}

/* Whether the definition of a source is itself among what was shown. */
static bool is_shown(const cs_extract *extract, const cs_citation *source)
{
    for (size_t p = 0; source->label.len > 0 && p < extract->count; p++) {
        const cs_context *c = &extract->passages[p];
        const cs_excerpt *e = &c->excerpts[0];
        if (e->end > e->start &&
            source->line >= cs_context_locate(c, e->start, e->start + 1).line &&
            source->line <= cs_context_locate(c, e->end - 1, e->end).line)
            return true;
    }
    return false;
}

static void add_sources(cs_screen *s, const cs_extract *extract)
{
    bool any = false;
    for (size_t p = 0; p < extract->count; p++) {
        const cs_context *c = &extract->passages[p];
        for (size_t m = 0; m < c->passage.marks.count; m++) {
            const cs_mark *mark = &c->passage.marks.items[m];
            if (mark->source >= c->file.sources.count || !cs_context_shows(c, mark) ||
                is_named(extract, p, m) || is_shown(extract, &c->file.sources.items[mark->source]))
                continue;
            cs_buf_add_string(s->out, any ? "" : "\n");
            cs_screen_add_source(s, c, mark);
            any = true;
        }
    }
}

void cs_screen_add_extract(cs_screen *s, const cs_extract *extract)
{
    uint32_t last = 0;
    for (size_t i = 0; i < extract->count; i++) {
        const cs_context *c = &extract->passages[i];
        add_heading(s, c, i > 0 ? c - 1 : NULL);
        add_text(s, c, &last);
    }
    add_sources(s, extract);
}

cs_status cs_print_extract(const cs_report *report, const cs_extract *extract, bool plain,
                           cs_buf *out, cs_error *error)
{
    cs_screen s = cs_screen_of(report, out);
    if (plain) /* no line is wrapped */
        s.columns = SIZE_MAX / 2;
    add_head(&s, extract, plain);
    cs_screen_add_extract(&s, extract);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

/* ---- an outline -------------------------------------------------------------------- */

static uint32_t least_level(const cs_outline *outline)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < outline->file.sections.count; i++) {
        const cs_section *s = &outline->file.sections.items[i];
        if (s->heading.len > 0 && s->level < least)
            least = s->level;
    }
    return least;
}

/* "path:12: heading", indented by its level, as grep has it; or "  12  heading". */
static void add_outline_line(const cs_report *report, const cs_outline *outline, size_t i,
                             uint32_t least, bool plain, cs_buf *out)
{
    enum { line_columns = 8, min_heading = 12 };
    const cs_section *s = &outline->file.sections.items[i];
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) words = {.limit = 64};
    const char *dim = report->color ? "\033[2m" : "", *off = report->color ? "\033[0m" : "";
    if (plain) {
        cs_print_path(report, outline->index, outline->file.path, &path);
        cs_text_add_printable(out, path.data == NULL ? "" : path.data, path.len);
        cs_buf_addf(out, ":%u: ", s->line);
    } else {
        cs_buf_addf(out, "%s%6u%s  ", dim, s->line, off);
    }
    int indent = 2 * (int)(s->level - least);
    cs_buf_addf(out, "%*s", indent, "");
    CS_SCOPED(cs_buf) heading = {.limit = cs_max_scratch};
    cs_text_add_printable(&heading, s->heading.data, s->heading.len);
    if (!plain && outline->words[i] > 0)
        cs_buf_addf(&words, "  %llu %s", (unsigned long long)outline->words[i],
                    outline->words[i] == 1 ? "word" : "words");
    if (!plain) {
        size_t used = line_columns + (size_t)indent + words.len;
        cs_text_ellipsize(&heading, report->columns > used + min_heading ? report->columns - used
                                                                         : min_heading);
    }
    cs_buf_add_view(out, cs_buf_view(&heading));
    if (words.len > 0)
        cs_buf_addf(out, "%s%s%s", dim, words.data, off);
    cs_buf_add_char(out, '\n');
}

cs_status cs_print_outline(const cs_report *report, const cs_outline *outline, bool plain,
                           cs_buf *out, cs_error *error)
{
    uint32_t least = least_level(outline);
    for (size_t i = 0; i < outline->file.sections.count; i++)
        if (outline->file.sections.items[i].heading.len > 0)
            add_outline_line(report, outline, i, least, plain, out);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

/* ---- studies ----------------------------------------------------------------------- */

enum { number_columns = 9, date_columns = 12, min_title = 20 };

static void add_study(const cs_report *report, const cs_listed *listed, cs_buf *out)
{
    const char *dim = report->color ? "\033[2m" : "", *off = report->color ? "\033[0m" : "";
    const char *purple = report->color ? "\033[35m" : "";
    CS_SCOPED(cs_buf) date = {.limit = 64};
    CS_SCOPED(cs_buf) title = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    int used = 2 * number_columns + date_columns + 2;
    bool narrow = (int)report->columns < used + min_title; /* a title gets a line of its own */
    used = narrow ? cs_screen_indent : used;
    int room = (int)report->columns - used;
    cs_value_add(&date, &listed->date);
    cs_text_add_printable(&title, listed->title.data, listed->title.len);
    cs_text_ellipsize(&title, room > min_title ? (size_t)room : min_title);
    cs_print_path(report, listed->index, listed->path, &path);
    cs_buf_addf(out, "%s%*llu%*u%*s%s", dim, number_columns, (unsigned long long)listed->words,
                number_columns, listed->sections, date_columns, date.len > 0 ? date.data : "", off);
    cs_buf_addf(out, "%s%*s%s\n%*s%s", narrow ? "\n" : "", narrow ? used : 2, "", title.data, used,
                "", purple);
    cs_text_add_printable(out, path.data == NULL ? "" : path.data, path.len);
    cs_buf_addf(out, "%s\n", off);
}

/* Fields parted by tabs, which no field holds: path, title, date, sections, words. */
static void add_row(const cs_report *report, const cs_listed *listed, cs_buf *out)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_print_path(report, listed->index, listed->path, &path);
    cs_text_add_printable(out, path.data == NULL ? "" : path.data, path.len);
    cs_buf_add_char(out, '\t');
    cs_text_add_printable(out, listed->title.data, listed->title.len);
    cs_buf_add_char(out, '\t');
    cs_value_add(out, &listed->date);
    cs_buf_addf(out, "\t%u\t%llu\n", listed->sections, (unsigned long long)listed->words);
}

static void add_listing_total(const cs_report *report, const cs_listing *listing, cs_buf *out)
{
    cs_buf_addf(out, "\n%s", report->color ? "\033[2m" : "");
    cs_print_add_number(out, listing->count);
    cs_buf_add_string(out, " of ");
    cs_print_add_number(out, report->studies);
    cs_buf_add_string(out, report->studies == 1 ? " case study" : " case studies");
    if (report->count < listing->count)
        cs_buf_addf(out, ", %zu shown", report->count);
    cs_buf_addf(out, "%s\n", report->color ? "\033[0m" : "");
}

cs_status cs_print_listing(const cs_report *report, const cs_listing *listing, bool plain,
                           cs_buf *out, cs_error *error)
{
    const char *dim = report->color ? "\033[2m" : "", *off = report->color ? "\033[0m" : "";
    if (!plain && report->count > 0)
        cs_buf_addf(out, "%s%*s%*s%*s  study%s\n", dim, number_columns, "words", number_columns,
                    "sections", date_columns, "date", off);
    for (size_t i = 0; i < report->count; i++)
        if (plain)
            add_row(report, &listing->items[report->offset + i], out);
        else
            add_study(report, &listing->items[report->offset + i], out);
    if (!plain && report->count > 0)
        add_listing_total(report, listing, out);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
