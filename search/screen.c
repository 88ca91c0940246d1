/* screen.c - see screen.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen.h"

#include <string.h>

#include "text.h"

static const cs_style colored = {"\033[1m",  "\033[35m", "\033[1;31m",
                                 "\033[36m", "\033[2m",  "\033[0m"};
static const cs_style plain = {"", "", "", "", "", ""};

cs_screen cs_screen_of(const cs_report *report, cs_buf *out)
{
    enum { min_columns = 40, max_columns = 100 };
    cs_screen s = {.report = report, .style = report->color ? &colored : &plain, .out = out};
    s.columns = report->columns < min_columns   ? min_columns
                : report->columns > max_columns ? max_columns
                                                : report->columns;
    return s;
}

void cs_screen_add_trail(const cs_context *c, size_t from, cs_buf *out)
{
    for (size_t i = from; i < c->depth; i++) {
        cs_buf_add_string(out, i == 0 ? "" : " \xE2\x80\xBA ");
        cs_text_add_printable(out, c->trail[i].data, c->trail[i].len);
    }
}

/* The headings below the title; of those that do not fit, the last. */
static void add_tail(const cs_context *c, size_t columns, cs_buf *tail)
{
    cs_screen_add_trail(c, 1, tail);
    for (size_t from = 2; from < c->depth && cs_text_width(tail->data, tail->len) > columns;
         from++) {
        cs_buf_clear(tail);
        cs_buf_add_string(tail, " \xE2\x80\xBA \xE2\x80\xA6");
        cs_screen_add_trail(c, from, tail);
    }
}

void cs_screen_fit_trail(const cs_context *c, size_t columns, cs_buf *out)
{
    enum { min_title = 12, min_tail = 8 };
    CS_SCOPED(cs_buf) tail = {.limit = cs_max_scratch};
    cs_text_add_printable(out, c->trail[0].data, c->trail[0].len);
    if (columns >= min_title + min_tail) /* else nothing of it could be read */
        add_tail(c, columns - min_title, &tail);
    size_t tail_width = cs_text_width(tail.data, tail.len);
    if (cs_text_width(out->data, out->len) + tail_width > columns)
        cs_text_ellipsize(out, tail_width + min_title < columns ? columns - tail_width : min_title);
    cs_buf_add_view(out, cs_buf_view(&tail));
    cs_text_ellipsize(out, columns);
}

/* ---- text -------------------------------------------------------------------------- */

static void set_marking(cs_screen *s, bool on)
{
    if (s->marking != on)
        cs_buf_add_string(s->out, on ? s->style->match : s->style->off);
    s->marking = on;
}

static void begin_line(cs_screen *s)
{
    cs_buf_addf(s->out, "%*s", cs_screen_indent, "");
    s->column = cs_screen_indent;
}

/* Whether visible byte `at` is inside a match. */
static bool is_matched(const cs_context *c, uint32_t at)
{
    for (size_t i = 0; i < c->matches.count; i++) {
        if (c->matches.items[i].start > at)
            return false;
        if (at < c->matches.items[i].end)
            return true;
    }
    return false;
}

/* Writes text with its matches coloured. */
static void add_marked(cs_screen *s, const cs_context *c, uint32_t start, uint32_t end)
{
    const char *text = c->passage.text.data;
    while (start < end) {
        bool matched = is_matched(c, start);
        uint32_t stop = start;
        while (stop < end && is_matched(c, stop) == matched)
            stop++;
        set_marking(s, matched);
        cs_text_add_printable(s->out, text + start, stop - start);
        start = stop;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

/* The last character before `at` > 0. */
static uint32_t point_before(cs_view text, uint32_t at)
{
    size_t size;
    uint32_t start = at - 1;
    while (start > 0 && ((unsigned char)text.data[start] & 0xC0) == 0x80)
        start--;
    return cs_text_decode(text.data + start, at - start, &size);
}

/* The end of what cannot be broken from `at` on. */
static uint32_t chunk_end(cs_view text, uint32_t at, uint32_t end)
{
    while (at < end && !is_blank(text.data[at])) {
        size_t size;
        at += (uint32_t)cs_text_cluster(text.data + at, end - at);
        if (at < end && cs_text_may_break(point_before(text, at),
                                          cs_text_decode(text.data + at, end - at, &size)))
            break;
    }
    return at;
}

static void end_line(cs_screen *s)
{
    set_marking(s, false);
    cs_buf_add_char(s->out, '\n');
}

/* Writes a chunk; one wider than a line is broken where the line ends. */
static void add_chunk(cs_screen *s, const cs_context *c, uint32_t start, uint32_t end, bool blank)
{
    const char *text = c->passage.text.data;
    size_t width = cs_text_width(text + start, end - start);
    if (s->column > cs_screen_indent && s->column + blank + width > s->columns) {
        end_line(s);
        begin_line(s);
        blank = false;
    }
    if (blank && s->column > cs_screen_indent) {
        set_marking(s, s->marking && start > 0 && is_matched(c, start - 1));
        cs_buf_add_char(s->out, ' ');
        s->column++;
    }
    while (s->column + width > s->columns) {
        uint32_t fit = (uint32_t)cs_text_prefix(text + start, end - start, s->columns - s->column);
        if (fit == 0)
            break;
        add_marked(s, c, start, start + fit);
        end_line(s);
        begin_line(s);
        start += fit;
        width = cs_text_width(text + start, end - start);
    }
    add_marked(s, c, start, end);
    s->column += width;
}

static void add_ellipsis(cs_screen *s)
{
    set_marking(s, false);
    if (s->column + 2 > s->columns) {
        cs_buf_add_char(s->out, '\n');
        begin_line(s);
    }
    cs_buf_add_string(s->out, s->column > cs_screen_indent ? " \xE2\x80\xA6" : "\xE2\x80\xA6");
    s->column += s->column > cs_screen_indent ? 2 : 1;
}

static void add_excerpt(cs_screen *s, const cs_context *c, const cs_excerpt *e)
{
    bool blank = true;
    if (e->cut_before)
        add_ellipsis(s);
    for (uint32_t at = e->start; at < e->end;) {
        if (is_blank(c->passage.text.data[at])) {
            at++;
            blank = true;
            continue;
        }
        uint32_t end = chunk_end(c->passage.text, at, e->end);
        add_chunk(s, c, at, end, blank);
        at = end;
        blank = false;
    }
    if (e->cut_after)
        add_ellipsis(s);
}

/* The blanks before a line of code but the last, which its first word brings. */
static void add_lead(cs_screen *s)
{
    size_t most = (s->columns - cs_screen_indent) / 2, lead = s->lead < most ? s->lead : most;
    for (size_t i = 1; i < lead; i++)
        cs_buf_add_char(s->out, ' ');
    s->column += lead > 0 ? lead - 1 : 0;
    s->lead = 0;
}

void cs_screen_add_excerpts(cs_screen *s, const cs_context *c)
{
    begin_line(s);
    add_lead(s);
    for (size_t i = 0; i < c->excerpt_count; i++) {
        const cs_excerpt *e = &c->excerpts[i];
        bool gap = i > 0 && e->start > c->excerpts[i - 1].end + 1;
        if (gap && !c->excerpts[i - 1].cut_after && !e->cut_before)
            add_ellipsis(s);
        add_excerpt(s, c, e);
    }
    end_line(s);
}

/* ---- sources ----------------------------------------------------------------------- */

/* The mark as it stands in the text: [^3], [3]. */
static void add_mark(cs_buf *out, const cs_context *c, const cs_mark *mark)
{
    cs_view text = {c->passage.text.data + mark->text, c->passage.text.len - mark->text};
    const char *close = text.data[0] == '[' ? memchr(text.data, ']', text.len) : NULL;
    if (close == NULL)
        return;
    cs_text_add_printable(out, text.data, (size_t)(close + 1 - text.data));
    cs_buf_add_char(out, ' ');
}

void cs_screen_add_source(cs_screen *s, const cs_context *c, const cs_mark *mark)
{
    const cs_citation *source = &c->file.sources.items[mark->source];
    CS_SCOPED(cs_buf) line = {.limit = cs_max_scratch};
    bool labelled = source->label.len > 0;
    if (labelled)
        add_mark(&line, c, mark);
    if (source->line == 0)
        cs_buf_add_string(&line, "(no such source)");
    else if (labelled || source->url.len == 0)
        cs_text_add_printable(&line, source->text.data, source->text.len);
    bool said = labelled && memmem(source->text.data, source->text.len, source->url.data,
                                   source->url.len) != NULL;
    if (source->url.len > 0 && !said) {
        cs_buf_add_string(&line, labelled ? " " : "");
        cs_text_add_printable(&line, source->url.data, source->url.len);
    }
    size_t room = s->columns - cs_screen_indent, width = cs_text_width(line.data, line.len);
    if (width > room) {
        cs_buf_truncate(&line, cs_text_prefix(line.data, line.len, room - 1));
        cs_buf_add_string(&line, "\xE2\x80\xA6");
    }
    cs_buf_addf(s->out, "%*s%s%s%s\n", cs_screen_indent, "", s->style->source, line.data,
                s->style->off);
}
