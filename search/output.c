/* output.c - an answer is printed in the format that was asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pager.h"

enum {
    default_columns = 80,
    max_output = 1 << 30, /* bytes, of what goes through a pager */
    max_held = 1 << 20    /* bytes; what is longer is written piece by piece, before all is made */
};

/* Writes all. *ret_left: the reader went away, a quiet success. */
static cs_status write_all(const cs_buf *out, bool *ret_left, cs_error *error)
{
    if (cs_buf_starved())
        return cs_fail_memory(error);
    for (size_t done = 0; done < out->len;) {
        ssize_t n = write(STDOUT_FILENO, out->data + done, out->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE) {
            *ret_left = true;
            return CS_OK;
        }
        if (n < 0)
            return cs_fail_errno(error, CS_IO, errno, "cannot write the results");
        done += (size_t)n;
    }
    return CS_OK;
}

cs_status cs_output_write(const cs_buf *out, cs_error *error)
{
    bool left = false;
    return write_all(out, &left, error);
}

static bool may_be_paged(const cs_request *request)
{
    return !request->no_pager && cs_pager_is_possible();
}

static unsigned terminal_columns(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (columns != NULL && atoi(columns) > 0)
        return (unsigned)atoi(columns);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return default_columns;
}

static void add_notes(const cs_buf *notes, cs_buf *out)
{
    for (size_t at = 0, len; at < notes->len; at += len) {
        len = strcspn(notes->data + at, "\n") + 1; /* each ends with one */
        cs_buf_addf(out, "casesearch: %.*s", (int)len, notes->data + at);
    }
}

void cs_output_tell(const cs_buf *notes)
{
    CS_SCOPED(cs_buf) lines = {.limit = cs_max_scratch};
    add_notes(notes, &lines);
    if (lines.len > 0)
        fputs(lines.data, stderr);
}

/* In a pager, after the notes. False: neither was shown. */
static bool show_paged(const cs_buf *notes, const cs_buf *out)
{
    CS_SCOPED(cs_buf) lines = {.limit = cs_max_scratch};
    bool within = notes != NULL && isatty(STDERR_FILENO);
    if (within)
        add_notes(notes, &lines);
    if (!cs_pager_is_wanted(&lines, out) || !cs_pager_show(&lines, out))
        return false;
    if (notes != NULL && !within)
        cs_output_tell(notes);
    return true;
}

cs_status cs_output_show(const cs_request *request, const cs_buf *notes, const cs_buf *out,
                         cs_error *error)
{
    if (cs_buf_starved())
        return cs_fail_memory(error);
    if (!request->no_pager && show_paged(notes, out))
        return CS_OK;
    if (notes != NULL)
        cs_output_tell(notes);
    return cs_output_write(out, error);
}

static cs_print choose_format(const cs_request *request, bool terminal)
{
    switch (request->format) {
    case CS_FORMAT_FILES:
        return cs_print_files;
    case CS_FORMAT_JSON:
        return cs_print_json;
    case CS_FORMAT_JSONL:
        return cs_print_jsonl;
    case CS_FORMAT_CSV:
        return cs_print_csv;
    case CS_FORMAT_MARKDOWN:
        return cs_print_markdown;
    case CS_FORMAT_TEMPLATE:
        return cs_print_template;
    default:
        break;
    }
    if (request->asking.explain)
        return cs_print_explanation;
    return terminal ? cs_print_terminal : cs_print_lines;
}

static bool wants_color(const cs_request *request, bool terminal)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = term != NULL && strcmp(term, "dumb") == 0;
    bool wanted = terminal && !dumb && !(no_color != NULL && no_color[0] != '\0');
    return request->color > 0 || (request->color == 0 && wanted);
}

static cs_status print_count(size_t count, cs_buf *out, cs_error *error)
{
    cs_buf_addf(out, "%zu\n", count);
    return cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

/* What was searched for in the place of the query, or else might have been meant; or NULL. */
static const char *better_of(const cs_answer *answer, bool corrected)
{
    bool is = answer->better.len > 0 && answer->corrected == corrected;
    return is ? answer->better.data : NULL;
}

cs_report cs_output_report(const cs_answer *answer, const char *cwd)
{
    const cs_request *request = answer->request;
    bool terminal = isatty(STDOUT_FILENO);
    cs_report report = {
        .query = answer->query,
        .corrected = better_of(answer, true),
        .suggestion = better_of(answer, false),
        .collection = &answer->collection,
        .hits = &answer->hits,
        .contexts = answer->contexts,
        .count = answer->count,
        .first = answer->shown == 0,
        .last = answer->next >= answer->hits.count,
        .extracts = answer->extracts,
        .offset = request->page.offset + answer->shown,
        .studies = cs_answer_studies(answer),
        .milliseconds = (double)answer->took / 1e6,
        .cwd = cwd,
        .color = wants_color(request, terminal),
        .columns = terminal_columns(),
        .separator = request->null && !terminal ? '\0' : '\n', /* raw names are for programs */
        .template = request->template,
        .explanation = request->asking.explain ? &answer->explanation : NULL,
    };
    report.links = report.color && terminal;
    return report;
}

/* What is shown now, and then what is left, until the reader goes away. */
static cs_status print_hits(cs_answer *answer, const char *cwd, cs_buf *out, cs_error *error)
{
    bool paged = may_be_paged(answer->request);
    cs_print print = choose_format(answer->request, isatty(STDOUT_FILENO));
    for (bool left = false;;) {
        cs_report report = cs_output_report(answer, cwd);
        cs_status status = print(&report, out, error);
        if (status == CS_OK && !paged && out->len > max_held) {
            status = write_all(out, &left, error);
            cs_buf_clear(out);
        }
        if (status != CS_OK || report.last || left)
            return status;
        status = cs_answer_next(answer, error);
        if (status != CS_OK)
            return status;
    }
}

static cs_status print_report(cs_answer *answer, cs_buf *out, cs_error *error)
{
    char *cwd = realpath(".", NULL);
    if (cwd == NULL && errno == ENOMEM)
        return cs_fail_memory(error);
    cs_status status = print_hits(answer, cwd, out, error);
    free(cwd);
    return status;
}

static cs_print_sources choose_source_format(const cs_request *request, bool terminal)
{
    switch (request->format) {
    case CS_FORMAT_JSON:
        return cs_print_sources_json;
    case CS_FORMAT_JSONL:
        return cs_print_sources_jsonl;
    default:
        return terminal ? cs_print_sources_terminal : cs_print_sources_lines;
    }
}

/* All of them, unless a limit was set. */
static cs_status print_sources(const cs_answer *answer, cs_buf *out, cs_error *error)
{
    const cs_request *request = answer->request;
    const cs_source_list *list = &answer->sources;
    bool terminal = isatty(STDOUT_FILENO);
    cs_source_report report = {
        .list = list,
        .query = answer->query[0] == '\0' ? NULL : answer->query,
        .collection = &answer->collection,
        .studies = cs_answer_studies(answer),
        .color = wants_color(request, terminal),
        .columns = terminal_columns(),
        .corrected = better_of(answer, true),
        .suggestion = better_of(answer, false),
    };
    report.first = request->page.offset < list->count ? request->page.offset : list->count;
    report.last = list->count;
    if (request->limited && report.last - report.first > request->page.limit)
        report.last = report.first + request->page.limit;
    return choose_source_format(request, terminal)(&report, out, error);
}

void cs_output_note_nothing(cs_answer *a)
{
    uint64_t studies = cs_answer_studies(a);
    bool person = a->request->format == CS_FORMAT_USUAL && isatty(STDOUT_FILENO);
    if (person && a->notes.len == 0)
        cs_buf_addf(&a->notes, "nothing found in %llu case %s\n", (unsigned long long)studies,
                    studies == 1 ? "study" : "studies");
}

cs_status cs_output_answer(cs_answer *answer, cs_error *error)
{
    const cs_request *request = answer->request;
    CS_SCOPED(cs_buf) out = {.limit = max_output};
    const cs_buf *notes = &answer->notes;
    cs_status status;
    if (!cs_answer_found(answer))
        cs_output_note_nothing(answer);
    if (!may_be_paged(request)) { /* then a part may be written before all is made */
        cs_output_tell(notes);
        notes = NULL;
    }
    if (request->format == CS_FORMAT_COUNT)
        status = print_count(request->sources ? answer->sources.count : answer->total, &out, error);
    else if (request->sources)
        status = print_sources(answer, &out, error);
    else
        status = print_report(answer, &out, error);
    if (status == CS_OK)
        return cs_output_show(request, notes, &out, error);
    if (notes != NULL)
        cs_output_tell(notes);
    return status;
}
