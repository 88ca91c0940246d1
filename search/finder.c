/* finder.c - see finder.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "finder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "screen.h"
#include "text.h"

void cs_asked_free(cs_asked *a)
{
    if (a == NULL)
        return;
    cs_answer_release(&a->answer);
    cs_buf_release(&a->request.query);
    free(a);
}

void cs_finder_release(cs_finder *f)
{
    cs_asked_free(f->asked);
    cs_buf_release(&f->query);
    cs_buf_release(&f->message);
    cs_buf_release(&f->preview);
}

size_t cs_finder_hits(const cs_finder *f)
{
    return f->asked == NULL ? 0 : f->asked->answer.count;
}

/* ---- the preview ------------------------------------------------------------------- */

static cs_report report_of(const cs_finder *f, const char *cwd)
{
    cs_report report = cs_output_report(&f->asked->answer, cwd);
    report.columns = f->columns;
    report.links = false;
    return report;
}

/* The preview without the blank line that it begins with. */
static const char *preview_text(const cs_finder *f)
{
    const char *text = f->preview.len > 0 ? f->preview.data : "";
    return text + (text[0] == '\n');
}

/* The first line of the preview that has a match, with one above it. */
static size_t first_match(const cs_finder *f, const cs_style *style)
{
    const char *text = preview_text(f);
    const char *match = strstr(text, style->match);
    size_t line = 0;
    for (const char *at = text; match != NULL && at < match; at++)
        line += *at == '\n';
    return line > 1 ? line - 1 : 0;
}

/* Narrower than a page of hits may be: lines end where the screen does. */
static cs_status draw_section(cs_finder *f, const cs_extract *extract, bool color, cs_error *error)
{
    cs_report report = report_of(f, NULL);
    report.color = color;
    cs_screen screen = cs_screen_of(&report, &f->preview);
    if (f->columns < screen.columns && f->columns > 2 * cs_screen_indent)
        screen.columns = f->columns;
    cs_buf_clear(&f->preview);
    cs_screen_add_extract(&screen, extract);
    if (color)
        f->scroll = first_match(f, screen.style);
    return cs_buf_status(&f->preview) == CS_OK ? CS_OK : cs_fail_memory(error);
}

/* Reads the section of the chosen hit. Where the match stands is known by its colour, so that is
 * drawn first even if it is not wanted. */
cs_status cs_finder_preview(cs_finder *f, cs_error *error)
{
    CS_SCOPED(cs_extract) extract = {0};
    cs_buf_clear(&f->preview);
    f->scroll = 0;
    if (f->chosen >= cs_finder_hits(f))
        return CS_OK;
    const cs_answer *a = &f->asked->answer;
    const cs_context *c = &a->contexts[f->chosen];
    cs_part_asked part = {c->passage.section, 0, UINT32_MAX};
    CS_SCOPED(cs_extractor) extractor = {.collection = &a->collection, .plan = &a->plan};
    cs_status status = cs_extract_make(&extractor, (cs_file_place){c->hit->shard, c->hit->file},
                                       &part, c, &extract, error);
    if (status != CS_OK)
        return status;
    status = draw_section(f, &extract, true, error);
    if (status == CS_OK && !report_of(f, NULL).color)
        status = draw_section(f, &extract, false, error);
    return status;
}

/* ---- drawing ----------------------------------------------------------------------- */

/* The next row begins, empty. */
static void end_row(cs_buf *frame)
{
    cs_buf_add_string(frame, "\033[0m\r\n\033[K");
}

static void add_cut(cs_buf *frame, cs_buf *text, size_t columns)
{
    if (text->len > 0)
        cs_text_ellipsize(text, columns);
    cs_buf_add_view(frame, cs_buf_view(text));
}

static void add_spaces(cs_buf *frame, size_t from, size_t to)
{
    if (to > from)
        cs_buf_addf(frame, "%*s", (int)(to - from), "");
}

/* Of a long query the end is shown, where one types; the total only beside a whole one. */
static void draw_query(const cs_finder *f, cs_buf *frame)
{
    CS_SCOPED(cs_buf) total = {.limit = 200};
    CS_SCOPED(cs_buf) query = {.limit = 1 << 20};
    CS_SCOPED(cs_buf) end = {.limit = 1 << 20};
    const cs_answer *a = f->asked == NULL ? NULL : &f->asked->answer;
    if (a != NULL) {
        cs_print_add_total(&total, &a->hits, cs_answer_studies(a));
        cs_buf_add_string(&total, a->hits.files == 1 ? " study" : " studies");
    }
    cs_text_add_printable(&query, f->query.len > 0 ? f->query.data : "", f->query.len);
    cs_text_add_end(&end, cs_buf_view(&query), f->columns > 6 ? f->columns - 3 : 3);
    cs_buf_addf(frame, "\033[1m> %s\033[0m\0337", end.len > 0 ? end.data : "");
    size_t width = 2 + cs_text_width(end.data, end.len);
    if (width + total.len < f->columns) {
        add_spaces(frame, width, f->columns - total.len);
        cs_buf_addf(frame, "\033[2m%s", total.len > 0 ? total.data : "");
    }
    end_row(frame);
}

static void draw_hit(const cs_finder *f, const cs_report *report, size_t i, cs_buf *frame)
{
    const cs_context *c = &f->asked->answer.contexts[i];
    CS_SCOPED(cs_buf) whole = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) place = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) trail = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_print_path(report, c->index, c->hit->path, &path);
    cs_text_add_printable(&whole, path.len > 0 ? path.data : "", path.len);
    cs_buf_addf(&whole, ":%u", cs_context_place(c).line);
    cs_text_add_end(&place, cs_buf_view(&whole), f->columns / 2);
    char number[24];
    size_t start = (size_t)snprintf(number, sizeof number, "%3zu ", report->offset + i + 1);
    size_t width = cs_text_width(place.data, place.len);
    size_t room = f->columns > width + start + 2 ? f->columns - width - start - 2 : 1;
    cs_buf_addf(frame, "%s%s", i == f->chosen ? "\033[7m" : "", number);
    cs_screen_fit_trail(c, room, &trail);
    cs_buf_add_view(frame, cs_buf_view(&trail));
    add_spaces(frame, start + cs_text_width(trail.data, trail.len), f->columns - width);
    cs_buf_add_view(frame, cs_buf_view(&place));
    end_row(frame);
}

static size_t list_rows(const cs_finder *f)
{
    size_t free_rows = f->rows > 6 ? f->rows - 3 : 3; /* query, rule, keys */
    return free_rows / 3 > 1 ? free_rows / 3 : 1;
}

static void draw_list(cs_finder *f, cs_buf *frame)
{
    size_t rows = list_rows(f);
    char *cwd = realpath(".", NULL);
    cs_report report = {0};
    if (f->asked != NULL)
        report = report_of(f, cwd);
    if (f->chosen < f->top)
        f->top = f->chosen;
    if (f->chosen >= f->top + rows)
        f->top = f->chosen - rows + 1;
    for (size_t i = f->top; i < f->top + rows; i++)
        if (i < cs_finder_hits(f))
            draw_hit(f, &report, i, frame);
        else
            end_row(frame);
    free(cwd);
}

/* What is wrong with the query, or told of it, stands in the rule. */
static void draw_rule(const cs_finder *f, cs_buf *frame)
{
    CS_SCOPED(cs_buf) text = {.limit = cs_max_scratch};
    size_t width = 0;
    if (f->message.len > 0)
        cs_buf_addf(&text, "\xE2\x94\x80\xE2\x94\x80 %s ", f->message.data);
    cs_buf_add_string(frame, "\033[2m");
    if (text.len > 0) {
        add_cut(frame, &text, f->columns);
        width = cs_text_width(text.data, text.len);
    }
    for (; width < f->columns; width++)
        cs_buf_add_string(frame, "\xE2\x94\x80");
    end_row(frame);
}

size_t cs_finder_preview_rows(const cs_finder *f)
{
    size_t used = 3 + list_rows(f);
    return f->rows > used ? f->rows - used : 0;
}

static size_t preview_lines(const cs_finder *f)
{
    size_t lines = 0;
    for (const char *at = preview_text(f); *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

static void draw_preview(cs_finder *f, cs_buf *frame)
{
    size_t rows = cs_finder_preview_rows(f), lines = preview_lines(f), line = 0;
    size_t last = lines > rows ? lines - rows : 0;
    f->scroll = f->scroll < last ? f->scroll : last;
    const char *at = preview_text(f);
    for (; line < f->scroll; at++)
        line += *at == '\n';
    for (size_t row = 0; row < rows; row++) {
        size_t len = strcspn(at, "\n");
        cs_buf_add(frame, at, len);
        end_row(frame);
        at += len + (at[len] == '\n');
    }
}

cs_status cs_finder_draw(cs_finder *f, cs_error *error)
{
    static const char keys[] = "\xE2\x86\x91\xE2\x86\x93 choose  PgUp PgDn scroll  Enter edit  "
                               "^U clear  Esc quit";
    CS_SCOPED(cs_buf) frame = {.limit = cs_max_frame};
    CS_SCOPED(cs_buf) foot = {.limit = 200};
    cs_buf_add_string(&frame, "\033[?25l\033[H\033[K");
    draw_query(f, &frame);
    draw_list(f, &frame);
    draw_rule(f, &frame);
    draw_preview(f, &frame);
    cs_buf_add_string(&foot, keys);
    cs_buf_add_string(&frame, "\033[2m");
    add_cut(&frame, &foot, f->columns);
    cs_buf_add_string(&frame, "\033[0m\0338\033[?25h"); /* the cursor is where one types */
    if (cs_buf_status(&frame) != CS_OK)
        return cs_fail_memory(error);
    return cs_output_write(&frame, error);
}
