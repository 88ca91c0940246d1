/* console.c - see console.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "text.h"

enum { max_named = 10 /* skipped files that are named without --verbose */ };

static const int64_t second = 1000000000, interval = 100000000; /* ns */

static const char *const verbs[] = {
    [CS_EVENT_FAILED] = "cannot read", [CS_EVENT_SKIPPED] = "skipped",
    [CS_EVENT_NOTE] = "note:",         [CS_EVENT_NEW] = "new",
    [CS_EVENT_CHANGED] = "changed",    [CS_EVENT_DELETED] = "deleted",
    [CS_EVENT_AGAIN] = "again",
};

void cs_console_clear(cs_console *console)
{
    if (console->shown != 0 && console->terminal)
        fputs("\r\033[K", stderr);
}

/* A path without control characters. */
static void print_path(FILE *to, const char *path)
{
    CS_SCOPED(cs_buf) shown = {.limit = 1 << 18};
    cs_text_add_printable(&shown, path, strlen(path));
    fputs(shown.data == NULL ? "?" : shown.data, to);
}

/* Whether an event is worth a line now. */
static bool is_told(cs_console *c, cs_event_kind kind)
{
    if (kind == CS_EVENT_FAILED || c->verbose)
        return true;
    if (kind == CS_EVENT_NOTE || c->quiet)
        return false;
    if (c->named >= max_named) {
        c->unnamed++;
        return false;
    }
    c->named++;
    return true;
}

void cs_console_event(void *context, cs_event_kind kind, const char *path, const char *text)
{
    cs_console *c = context;
    if (!c->dry && !is_told(c, kind))
        return;
    FILE *to = c->dry ? stdout : stderr;
    cs_console_clear(c);
    fprintf(to, "%s%s ", c->dry ? "" : "caseindex: ", verbs[kind]);
    print_path(to, path);
    fprintf(to, "%s%s\n", text[0] == '\0' ? "" : ": ", text);
}

/* "1:05 min" or "12 s". */
static void format_time_left(double seconds, char *text, size_t size)
{
    if (seconds < 100)
        snprintf(text, size, "%.0f s left", seconds);
    else
        snprintf(text, size, "%.0f:%02d min left", (double)(int64_t)(seconds / 60),
                 (int)seconds % 60);
}

/* In the place of the line before; cut, for only a line that did not go on below can be taken back.
 */
static void show(const char *line)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    fprintf(stderr, "\r\033[K%.*s", known ? size.ws_col - 1 : 79, line);
}

/* Whether the progress line is to be shown again. */
static bool is_time(cs_console *c)
{
    int64_t now = cs_clock();
    if (c->begun == 0)
        c->begun = c->shown = now;
    if (!c->terminal || now - c->shown < interval)
        return false;
    c->shown = now;
    return true;
}

void cs_console_progress(void *context, size_t files, size_t all_files, uint64_t bytes,
                         uint64_t all_bytes)
{
    cs_console *c = context;
    if (!is_time(c))
        return;
    double elapsed = (double)(c->shown - c->begun) / (double)second;
    double rate = (double)bytes / elapsed;
    char left[40] = "just begun", line[160];
    if (bytes > 0)
        format_time_left(bytes < all_bytes ? (double)(all_bytes - bytes) / rate : 0, left,
                         sizeof left);
    snprintf(line, sizeof line, "%zu of %zu files, %.1f MB/s, %s", files, all_files, rate / 1e6,
             left);
    show(line);
}

void cs_console_joining(void *context, size_t files)
{
    cs_console *c = context;
    if (c->joining == 0)
        c->joining = cs_clock();
    if (!is_time(c))
        return;
    char line[160];
    snprintf(line, sizeof line, "%zu files read, joining them into one segment: %.0f s", files,
             (double)(c->shown - c->joining) / (double)second);
    show(line);
}

static void print_plan(const char *root, const cs_update_result *r)
{
    printf("would read %zu %s (%.1f MB) of ", r->reading, r->reading == 1 ? "file" : "files",
           (double)r->reading_bytes / 1e6);
    print_path(stdout, root);
    printf(": %zu new, %zu changed, %zu again; and forget %zu deleted\n", r->added, r->changed,
           r->reread, r->deleted);
}

static void print_log_time(void)
{
    char text[32];
    struct tm tm;
    time_t now = time(NULL);
    if (gmtime_r(&now, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ ", &tm) > 0)
        fputs(text, stderr);
}

static void print_result(const cs_console *c, const char *root, const cs_update_result *r)
{
    if (c->log)
        print_log_time();
    fputs("caseindex: ", stderr);
    print_path(stderr, root);
    fprintf(stderr, ": %llu %s, %llu %s", (unsigned long long)r->studies,
            r->studies == 1 ? "study" : "studies", (unsigned long long)r->passages,
            r->passages == 1 ? "passage" : "passages");
    if (r->added + r->changed + r->deleted == 0)
        fputs(", nothing new", stderr);
    else
        fprintf(stderr, " (%zu new, %zu changed, %zu deleted)", r->added, r->changed, r->deleted);
    fputc('\n', stderr);
}

void cs_console_summary(cs_console *console, const char *root, const cs_update_result *result)
{
    cs_console_clear(console);
    if (console->unnamed > 0)
        fprintf(stderr, "caseindex: skipped %zu more %s (--verbose names them)\n", console->unnamed,
                console->unnamed == 1 ? "file" : "files");
    if (console->dry)
        print_plan(root, result);
    else if (!console->quiet)
        print_result(console, root, result);
    console->named = console->unnamed = 0;
    console->begun = console->shown = console->joining = 0;
}

void cs_console_sizes(const cs_console *console, const cs_update_result *result)
{
    const cs_update_size *a = &result->before, *b = &result->after;
    if (console->quiet)
        return;
    fprintf(stderr,
            "caseindex: before: %zu %s, %.1f MB, %llu dead passages; "
            "after: %zu %s, %.1f MB, %llu dead\n",
            a->segments, a->segments == 1 ? "segment" : "segments", (double)a->bytes / 1e6,
            (unsigned long long)a->dead, b->segments, b->segments == 1 ? "segment" : "segments",
            (double)b->bytes / 1e6, (unsigned long long)b->dead);
}

void cs_console_say(const cs_console *console, const char *text, const char *path)
{
    if (console->quiet)
        return;
    if (console->log)
        print_log_time();
    fprintf(stderr, "caseindex: %s ", text);
    print_path(stderr, path);
    fputc('\n', stderr);
}
