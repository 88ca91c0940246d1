/* print_terminal.c - for a person at a terminal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "screen.h"
#include "text.h"

enum { max_sources = 6 };

/* ---- the line of a hit ------------------------------------------------------------- */

/* file://host/path with what is not unreserved (RFC 3986, 2.3) escaped. */
static void begin_link(cs_screen *s, const cs_context *c)
{
    if (!s->report->links)
        return;
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_report absolute = *s->report;
    absolute.cwd = NULL;
    cs_print_path(&absolute, c->index, c->hit->path, &path);
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    cs_buf_addf(s->out, "\033]8;;file://%s", host);
    for (size_t i = 0; i < path.len; i++) {
        unsigned char b = (unsigned char)path.data[i];
        bool plain_byte = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') ||
                          (b >= '0' && b <= '9') || (b != '\0' && strchr("-._~/", b) != NULL);
        if (plain_byte)
            cs_buf_add_char(s->out, (char)b);
        else
            cs_buf_addf(s->out, "%%%02X", b);
    }
    cs_buf_add_string(s->out, "\033\\");
}

static void end_link(cs_screen *s)
{
    if (s->report->links)
        cs_buf_add_string(s->out, "\033]8;;\033\\");
}

static void add_place(cs_screen *s, const cs_context *c, cs_buf *out)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_print_path(s->report, c->index, c->hit->path, &path);
    cs_text_add_printable(out, path.data == NULL ? "" : path.data, path.len);
    if (c->freshness == CS_STALE)
        cs_buf_add_string(out, " (changed since)");
    else
        cs_buf_addf(out, ":%u", cs_context_place(c).line);
}

/* "1  Trail                path:7"; a long place goes on a line of its own. */
static void add_header(cs_screen *s, const cs_context *c, size_t rank)
{
    CS_SCOPED(cs_buf) trail = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) place = {.limit = cs_max_scratch};
    char number[16];
    int used = snprintf(number, sizeof number, "%zu ", rank);
    while (used < cs_screen_indent)
        number[used++] = ' ';
    number[used] = '\0';
    add_place(s, c, &place);
    size_t room = s->columns - (size_t)used;
    size_t place_width = cs_text_width(place.data, place.len);
    bool fits = place_width + 2 <= room / 2;
    cs_screen_fit_trail(c, fits ? room - place_width - 2 : room, &trail);
    size_t width = cs_text_width(trail.data, trail.len);
    if (!fits && width + 2 + place_width <= room)
        fits = true;
    cs_buf_addf(s->out, "%s%s%s%s", number, s->style->title, trail.data, s->style->off);
    if (fits)
        cs_buf_addf(s->out, "%*s", (int)(room - width - place_width), "");
    else
        cs_buf_addf(s->out, "\n%*s", cs_screen_indent, "");
    begin_link(s, c);
    cs_buf_addf(s->out, "%s%s%s", s->style->path, place.data, s->style->off);
    end_link(s);
    cs_buf_add_char(s->out, '\n');
}

/* ---- sources ----------------------------------------------------------------------- */

/* Whether there is nothing to add to what the text says: a source that stood
 * above, or an address that is shown as such. */
static bool is_said(const cs_context *c, size_t mark)
{
    const cs_citation *source = &c->file.sources.items[c->passage.marks.items[mark].source];
    if (source->label.len == 0 && cs_view_equal(source->text, source->url))
        return true;
    for (size_t i = 0; i < mark; i++)
        if (c->passage.marks.items[i].source == c->passage.marks.items[mark].source &&
            cs_context_shows(c, &c->passage.marks.items[i]))
            return true;
    return false;
}

static void add_sources(cs_screen *s, const cs_context *c)
{
    size_t shown = 0;
    for (size_t i = 0; i < c->passage.marks.count && shown < max_sources; i++) {
        const cs_mark *mark = &c->passage.marks.items[i];
        if (mark->source >= c->file.sources.count || !cs_context_shows(c, mark) || is_said(c, i))
            continue;
        cs_screen_add_source(s, c, mark);
        shown++;
    }
}

/* ---- copies ------------------------------------------------------------------------ */

/* The place of a copy; of one too wide the end is kept, which has the name and
 * the line. */
static void add_copy(cs_screen *s, const cs_copy *copy, size_t room, cs_buf *out)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) place = {.limit = cs_max_scratch};
    const cs_index *index = s->report->collection->shards[copy->shard].index;
    cs_print_path(s->report, index, copy->path, &path);
    cs_text_add_printable(&place, path.data == NULL ? "" : path.data, path.len);
    cs_buf_addf(&place, ":%u", copy->line);
    cs_text_add_end(out, cs_buf_view(&place), room);
}

/* "and 3 copies: a.md:12, b.md:40, ...": as many places as fit in the line. */
static void add_copies(cs_screen *s, const cs_hit *hit)
{
    enum { rest = 3 }; /* columns of ", ..." */
    const cs_copy *copies = &s->report->hits->copies.items[hit->first_copy];
    bool all = hit->named == hit->copies;
    if (hit->copies == 0)
        return;
    CS_SCOPED(cs_buf) line = {.limit = cs_max_scratch};
    cs_buf_addf(&line, "and %u %s: ", hit->copies, hit->copies == 1 ? "copy" : "copies");
    for (uint32_t i = 0; i < hit->named; i++) {
        size_t room = s->columns - cs_screen_indent - (i + 1 < hit->copies ? rest : 0);
        size_t used = cs_text_width(line.data, line.len), before = line.len;
        cs_buf_add_string(&line, i == 0 ? "" : ", ");
        add_copy(s, &copies[i], i == 0 ? room - used : SIZE_MAX, &line);
        if (i > 0 && cs_text_width(line.data, line.len) > room) {
            cs_buf_truncate(&line, before);
            all = false;
            break;
        }
    }
    if (!all)
        cs_buf_add_string(&line, ", \xE2\x80\xA6");
    cs_buf_addf(s->out, "%*s%s%s%s\n", cs_screen_indent, "", s->style->dim, line.data,
                s->style->off);
}

/* ---- the whole --------------------------------------------------------------------- */

/* 12345 as 12,345. */
void cs_print_add_number(cs_buf *out, uint64_t number)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            cs_buf_add_char(out, ',');
        cs_buf_add_char(out, digits[i]);
    }
}

/* The total to two digits, where it is an estimate. */
static uint64_t rounded(uint64_t number)
{
    uint64_t unit = 1;
    while (number / unit >= 100)
        unit *= 10;
    return (number + unit / 2) / unit * unit;
}

void cs_print_add_total(cs_buf *out, const cs_hits *hits, uint64_t studies)
{
    bool exact = hits->total_exact;
    cs_buf_add_string(out, exact ? "" : "about ");
    cs_print_add_number(out, exact ? hits->total : rounded(hits->total));
    cs_buf_add_string(out, hits->total == 1 ? " passage in " : " passages in ");
    cs_buf_add_string(out, exact || hits->files >= studies ? "" : "at least ");
    cs_print_add_number(out, hits->files);
}

static void add_summary(cs_screen *s)
{
    cs_buf_add_string(s->out, s->style->dim);
    cs_print_add_total(s->out, s->report->hits, s->report->studies);
    cs_buf_add_string(s->out, " of ");
    cs_print_add_number(s->out, s->report->studies);
    cs_buf_addf(s->out, " case %s  \xC2\xB7  %.1f ms%s\n",
                s->report->studies == 1 ? "study" : "studies", s->report->milliseconds,
                s->style->off);
}

static void add_section(cs_screen *s, const cs_extract *extract)
{
    if (extract->count > 0)
        cs_screen_add_extract(s, extract);
    else
        cs_buf_addf(s->out, "%*s%s(in the section above)%s\n", cs_screen_indent, "", s->style->dim,
                    s->style->off);
}

cs_status cs_print_terminal(const cs_report *report, cs_buf *out, cs_error *error)
{
    cs_screen s = cs_screen_of(report, out);
    for (size_t i = 0; i < report->count; i++) {
        const cs_context *c = &report->contexts[i];
        add_header(&s, c, (size_t)(i + 1) + report->offset);
        if (report->extracts == NULL) {
            cs_screen_add_excerpts(&s, c);
            add_sources(&s, c);
        } else {
            add_section(&s, &report->extracts[i]);
        }
        add_copies(&s, c->hit);
        if (c->hit->more > 0)
            cs_buf_addf(out, "%*s%s+ %u more in this study%s%s\n", cs_screen_indent, "",
                        s.style->dim, c->hit->more, c->hit->capped ? " (--per-file 0)" : "",
                        s.style->off);
        cs_buf_add_char(out, '\n');
    }
    if (report->last && !(report->first && report->count == 0))
        add_summary(&s);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}
