/* interactive.c - see interactive.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "interactive.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "browse.h"
#include "options.h"
#include "output.h"
#include "screen.h"
#include "text.h"
#include "tty.h"

enum { max_hits = 100, max_frame = 1 << 22 };

/* A request with its answer, which points into it. */
typedef struct asked {
    cs_request request;
    cs_answer answer;
} asked;

typedef struct view {
    cs_tty *tty;
    cs_request base; /* what all searches have in common */
    cs_buf query;
    asked *asked;   /* the last that could be answered; NULL: none */
    cs_buf message; /* what is wrong with the query, or was told of it */
    size_t chosen;  /* hit */
    size_t top;     /* first hit of the list */
    cs_buf preview; /* the section of the chosen hit, a line each */
    size_t scroll;  /* first line of it that is shown */
    unsigned rows, columns;
} view;

static void free_asked(asked *a)
{
    if (a == NULL)
        return;
    cs_answer_release(&a->answer);
    cs_buf_release(&a->request.query);
    free(a);
}

static void view_release(view *v)
{
    free_asked(v->asked);
    cs_buf_release(&v->query);
    cs_buf_release(&v->message);
    cs_buf_release(&v->preview);
}

static size_t hits_of(const view *v)
{
    return v->asked == NULL ? 0 : v->asked->answer.count;
}

/* ---- the preview ------------------------------------------------------------------- */

static cs_report report_of(const view *v, const char *cwd)
{
    cs_report report = cs_output_report(&v->asked->answer, cwd);
    report.columns = v->columns;
    report.links = false;
    return report;
}

/* The preview without the blank line that it begins with. */
static const char *preview_text(const view *v)
{
    const char *text = v->preview.len > 0 ? v->preview.data : "";
    return text + (text[0] == '\n');
}

/* The first line of the preview that has a match, with one above it. */
static size_t first_match(const view *v, const cs_style *style)
{
    const char *text = preview_text(v);
    const char *match = strstr(text, style->match);
    size_t line = 0;
    for (const char *at = text; match != NULL && at < match; at++)
        line += *at == '\n';
    return line > 1 ? line - 1 : 0;
}

/* Narrower than a page of hits may be: lines end where the screen does. */
static cs_status draw_section(view *v, const cs_extract *extract, bool color, cs_error *error)
{
    cs_report report = report_of(v, NULL);
    report.color = color;
    cs_screen screen = cs_screen_of(&report, &v->preview);
    if (v->columns < screen.columns && v->columns > 2 * cs_screen_indent)
        screen.columns = v->columns;
    cs_buf_clear(&v->preview);
    cs_screen_add_extract(&screen, extract);
    if (color)
        v->scroll = first_match(v, screen.style);
    return cs_buf_status(&v->preview) == CS_OK ? CS_OK : cs_fail_memory(error);
}

/* Reads the section of the chosen hit. Where the match stands is known by its colour, so that is
 * drawn first even if it is not wanted. */
static cs_status make_preview(view *v, cs_error *error)
{
    CS_SCOPED(cs_extract) extract = {0};
    cs_buf_clear(&v->preview);
    v->scroll = 0;
    if (v->chosen >= hits_of(v))
        return CS_OK;
    const cs_answer *a = &v->asked->answer;
    const cs_context *c = &a->contexts[v->chosen];
    cs_part_asked part = {c->passage.section, 0, UINT32_MAX};
    CS_SCOPED(cs_extractor) extractor = {.collection = &a->collection, .plan = &a->plan};
    cs_status status = cs_extract_make(&extractor, (cs_file_place){c->hit->shard, c->hit->file},
                                       &part, c, &extract, error);
    if (status != CS_OK)
        return status;
    status = draw_section(v, &extract, true, error);
    if (status == CS_OK && !report_of(v, NULL).color)
        status = draw_section(v, &extract, false, error);
    return status;
}

/* ---- searching --------------------------------------------------------------------- */

static asked *new_asked(const view *v, const char *suffix)
{
    asked *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->request = v->base;
    a->request.query = (cs_buf){.limit = cs_max_query};
    cs_buf_add_view(&a->request.query, cs_buf_view(&v->query));
    cs_buf_add_string(&a->request.query, suffix);
    return a;
}

/* Whether the query ends in a word that may go on. */
static bool ends_in_word(const view *v)
{
    char last = v->query.len > 0 ? v->query.data[v->query.len - 1] : ' ';
    return (unsigned char)last >= 0x80 || (last >= 'a' && last <= 'z') ||
           (last >= 'A' && last <= 'Z') || (last >= '0' && last <= '9');
}

static cs_status ask(const view *v, const char *suffix, asked **ret_asked, cs_error *error)
{
    asked *a = new_asked(v, suffix);
    if (a == NULL)
        return cs_fail_memory(error);
    cs_status status = cs_answer_make(&a->request, &a->answer, error);
    if (status != CS_OK) {
        free_asked(a);
        return status;
    }
    *ret_asked = a;
    return CS_OK;
}

/* As typed; when that finds nothing as it stands, as the beginning of a word. */
static cs_status ask_as_typed(const view *v, asked **ret_asked, cs_error *error)
{
    asked *begun = NULL;
    cs_status status = ask(v, "", ret_asked, error);
    if (status != CS_OK || ((*ret_asked)->answer.count > 0 && !(*ret_asked)->answer.corrected) ||
        !ends_in_word(v))
        return status;
    if (ask(v, "*", &begun, NULL) != CS_OK)
        return CS_OK;
    if (begun->answer.count > 0) {
        asked *typed = *ret_asked;
        *ret_asked = begun;
        begun = typed;
    }
    free_asked(begun);
    return CS_OK;
}

static void set_message(view *v, const char *text)
{
    size_t len = strcspn(text, "\n");
    cs_buf_clear(&v->message);
    cs_text_add_printable(&v->message, text, len);
}

/* A query that cannot be understood leaves what was found before, for it may be half typed. */
static cs_status search(view *v, cs_error *error)
{
    asked *found = NULL;
    cs_error mistake = {0};
    set_message(v, "");
    cs_status status = v->query.len == 0 ? CS_OK : ask_as_typed(v, &found, &mistake);
    if (status == CS_SYNTAX || status == CS_USAGE) {
        set_message(v, mistake.message);
        return CS_OK;
    }
    if (status != CS_OK) {
        *error = mistake;
        return status;
    }
    free_asked(v->asked);
    v->asked = found;
    v->chosen = v->top = 0;
    if (found != NULL && found->answer.notes.len > 0)
        set_message(v, found->answer.notes.data);
    return make_preview(v, error);
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
static void draw_query(const view *v, cs_buf *frame)
{
    CS_SCOPED(cs_buf) total = {.limit = 200};
    CS_SCOPED(cs_buf) query = {.limit = 1 << 20};
    CS_SCOPED(cs_buf) end = {.limit = 1 << 20};
    const cs_answer *a = v->asked == NULL ? NULL : &v->asked->answer;
    if (a != NULL) {
        cs_print_add_total(&total, &a->hits, cs_answer_studies(a));
        cs_buf_add_string(&total, a->hits.files == 1 ? " study" : " studies");
    }
    cs_text_add_printable(&query, v->query.len > 0 ? v->query.data : "", v->query.len);
    cs_text_add_end(&end, cs_buf_view(&query), v->columns > 6 ? v->columns - 3 : 3);
    cs_buf_addf(frame, "\033[1m> %s\033[0m\0337", end.len > 0 ? end.data : "");
    size_t width = 2 + cs_text_width(end.data, end.len);
    if (width + total.len < v->columns) {
        add_spaces(frame, width, v->columns - total.len);
        cs_buf_addf(frame, "\033[2m%s", total.len > 0 ? total.data : "");
    }
    end_row(frame);
}

static void draw_hit(const view *v, const cs_report *report, size_t i, cs_buf *frame)
{
    const cs_context *c = &v->asked->answer.contexts[i];
    CS_SCOPED(cs_buf) whole = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) place = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) trail = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    cs_print_path(report, c->index, c->hit->path, &path);
    cs_text_add_printable(&whole, path.len > 0 ? path.data : "", path.len);
    cs_buf_addf(&whole, ":%u", cs_context_place(c).line);
    cs_text_add_end(&place, cs_buf_view(&whole), v->columns / 2);
    size_t width = cs_text_width(place.data, place.len), start = 4;
    size_t room = v->columns > width + start + 2 ? v->columns - width - start - 2 : 1;
    cs_buf_addf(frame, "%s%3zu ", i == v->chosen ? "\033[7m" : "", i + 1);
    cs_screen_fit_trail(c, room, &trail);
    cs_buf_add_view(frame, cs_buf_view(&trail));
    add_spaces(frame, start + cs_text_width(trail.data, trail.len), v->columns - width);
    cs_buf_add_view(frame, cs_buf_view(&place));
    end_row(frame);
}

static size_t list_rows(const view *v)
{
    size_t free_rows = v->rows > 6 ? v->rows - 3 : 3; /* query, rule, keys */
    return free_rows / 3 > 1 ? free_rows / 3 : 1;
}

static void draw_list(view *v, cs_buf *frame)
{
    size_t rows = list_rows(v);
    char *cwd = realpath(".", NULL);
    cs_report report = {0};
    if (v->asked != NULL)
        report = report_of(v, cwd);
    if (v->chosen < v->top)
        v->top = v->chosen;
    if (v->chosen >= v->top + rows)
        v->top = v->chosen - rows + 1;
    for (size_t i = v->top; i < v->top + rows; i++)
        if (i < hits_of(v))
            draw_hit(v, &report, i, frame);
        else
            end_row(frame);
    free(cwd);
}

/* What is wrong with the query, or told of it, stands in the rule. */
static void draw_rule(const view *v, cs_buf *frame)
{
    CS_SCOPED(cs_buf) text = {.limit = cs_max_scratch};
    size_t width = 0;
    if (v->message.len > 0)
        cs_buf_addf(&text, "\xE2\x94\x80\xE2\x94\x80 %s ", v->message.data);
    cs_buf_add_string(frame, "\033[2m");
    if (text.len > 0) {
        add_cut(frame, &text, v->columns);
        width = cs_text_width(text.data, text.len);
    }
    for (; width < v->columns; width++)
        cs_buf_add_string(frame, "\xE2\x94\x80");
    end_row(frame);
}

static size_t preview_rows(const view *v)
{
    size_t used = 3 + list_rows(v);
    return v->rows > used ? v->rows - used : 0;
}

static size_t preview_lines(const view *v)
{
    size_t lines = 0;
    for (const char *at = preview_text(v); *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

static void draw_preview(view *v, cs_buf *frame)
{
    size_t rows = preview_rows(v), lines = preview_lines(v), line = 0;
    size_t last = lines > rows ? lines - rows : 0;
    v->scroll = v->scroll < last ? v->scroll : last;
    const char *at = preview_text(v);
    for (; line < v->scroll; at++)
        line += *at == '\n';
    for (size_t row = 0; row < rows; row++) {
        size_t len = strcspn(at, "\n");
        cs_buf_add(frame, at, len);
        end_row(frame);
        at += len + (at[len] == '\n');
    }
}

static cs_status draw(view *v, cs_error *error)
{
    static const char keys[] = "\xE2\x86\x91\xE2\x86\x93 choose  PgUp PgDn scroll  Enter edit  "
                               "^U clear  Esc quit";
    CS_SCOPED(cs_buf) frame = {.limit = max_frame};
    CS_SCOPED(cs_buf) foot = {.limit = 200};
    cs_buf_add_string(&frame, "\033[?25l\033[H\033[K");
    draw_query(v, &frame);
    draw_list(v, &frame);
    draw_rule(v, &frame);
    draw_preview(v, &frame);
    cs_buf_add_string(&foot, keys);
    cs_buf_add_string(&frame, "\033[2m");
    add_cut(&frame, &foot, v->columns);
    cs_buf_add_string(&frame, "\033[0m\0338\033[?25h"); /* the cursor is where one types */
    if (cs_buf_status(&frame) != CS_OK)
        return cs_fail_memory(error);
    return cs_output_write(&frame, error);
}

/* ---- keys -------------------------------------------------------------------------- */

static void shorten(cs_buf *query, bool word)
{
    size_t end = query->len;
    while (word && end > 0 && query->data[end - 1] == ' ')
        end--;
    do {
        size_t start = 0, last = 0;
        while (start < end) { /* clusters are cut from the beginning only */
            last = start;
            start += cs_text_cluster(query->data + start, end - start);
        }
        end = last;
    } while (word && end > 0 && query->data[end - 1] != ' ');
    cs_buf_truncate(query, end);
}

static cs_status choose(view *v, size_t hit, cs_error *error)
{
    size_t hits = hits_of(v);
    hit = hit < hits ? hit : hits > 0 ? hits - 1 : 0;
    if (hit == v->chosen)
        return CS_OK;
    v->chosen = hit;
    return make_preview(v, error);
}

/* The terminal is the editor's meanwhile; how it went is told in the rule. */
static cs_status edit(view *v, cs_error *error)
{
    cs_error mistake = {0};
    if (v->chosen >= hits_of(v))
        return CS_OK;
    cs_tty_leave(v->tty);
    cs_status status = cs_browse_open(&v->asked->answer.contexts[v->chosen], &mistake);
    set_message(v, status == CS_OK ? "" : mistake.message);
    return cs_tty_enter(v->tty, error);
}

static cs_status suspend(view *v, cs_error *error)
{
    cs_tty_leave(v->tty);
    kill(0, SIGTSTP); /* the one that waits as well */
    return cs_tty_enter(v->tty, error);
}

static cs_status resize(view *v, cs_error *error)
{
    size_t scroll = v->scroll, columns = v->columns;
    cs_tty_size(&v->rows, &v->columns);
    cs_status status = make_preview(v, error);
    if (v->columns == columns) /* else its lines are others: it is at the match again */
        v->scroll = scroll;
    return status;
}

static cs_status move(view *v, cs_key key, cs_error *error)
{
    size_t page = preview_rows(v) > 2 ? preview_rows(v) - 1 : 1;
    switch (key) {
    case CS_KEY_UP:
        return choose(v, v->chosen > 0 ? v->chosen - 1 : 0, error);
    case CS_KEY_DOWN:
        return choose(v, v->chosen + 1, error);
    case CS_KEY_HOME:
        return choose(v, 0, error);
    case CS_KEY_END:
        return choose(v, SIZE_MAX, error);
    case CS_KEY_PAGE_UP:
        v->scroll -= v->scroll < page ? v->scroll : page;
        return CS_OK;
    case CS_KEY_PAGE_DOWN:
        v->scroll += page; /* drawing keeps it within */
        return CS_OK;
    default:
        return CS_OK;
    }
}

static cs_status take_key(view *v, cs_key key, cs_error *error)
{
    switch (key) {
    case CS_KEY_TEXT:
        break;
    case CS_KEY_BACKSPACE:
    case CS_KEY_WORD:
        shorten(&v->query, key == CS_KEY_WORD);
        break;
    case CS_KEY_CLEAR:
        cs_buf_clear(&v->query);
        break;
    case CS_KEY_ENTER:
        return edit(v, error);
    case CS_KEY_SUSPEND:
        return suspend(v, error);
    case CS_KEY_REDRAW:
        return resize(v, error);
    default:
        return move(v, key, error);
    }
    if (cs_buf_status(&v->query) != CS_OK)
        cs_buf_clear(&v->query);
    return cs_tty_has_more() ? CS_OK : search(v, error); /* one search for what is pasted */
}

static cs_status run(view *v, cs_error *error)
{
    cs_status status = cs_tty_enter(v->tty, error);
    cs_tty_size(&v->rows, &v->columns);
    if (status == CS_OK)
        status = search(v, error);
    while (status == CS_OK) {
        status = draw(v, error);
        cs_key key = status == CS_OK ? cs_tty_read(v->tty, &v->query) : CS_KEY_QUIT;
        if (key == CS_KEY_QUIT)
            break;
        if (status == CS_OK)
            status = take_key(v, key, error);
    }
    cs_tty_leave(v->tty);
    return status;
}

/* ---- two processes ----------------------------------------------------------------- */

static volatile sig_atomic_t child;

static void forward(int number)
{
    if (child > 0)
        kill((pid_t)child, number);
}

/* Waits for the one that has the terminal, and gives that back if it could not. */
static int wait_for(pid_t pid, const cs_tty *tty)
{
    struct sigaction action = {.sa_handler = forward};
    int code = 0;
    child = pid;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR)
        continue;
    if (tty->entered)
        cs_tty_restore(tty);
    return WIFEXITED(code) ? WEXITSTATUS(code) : CS_EXIT_SIGNAL + WTERMSIG(code);
}

/* The process that has the terminal; does not return. */
static void serve(const cs_request *base, const char *query, cs_tty *tty, pid_t parent)
{
    cs_error error = {0};
    view v = {.tty = tty,
              .base = *base,
              .query = {.limit = cs_max_query - 1},
              .message = {.limit = 1 << 13},
              .preview = {.limit = max_frame}};
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* it was killed before that */
        _exit(CS_EXIT_SIGNAL + SIGTERM);
    cs_buf_add_string(&v.query, query);
    cs_status status = run(&v, &error);
    view_release(&v);
    if (status != CS_OK)
        cs_error_print("casesearch", &error);
    _exit(status != CS_OK    ? cs_exit_code(status)
          : tty->signal != 0 ? CS_EXIT_SIGNAL + tty->signal
                             : CS_EXIT_OK);
}

/* What both processes know of the terminal, in memory that they share. */
static cs_tty *shared_tty(cs_error *error)
{
    cs_tty *tty =
        mmap(NULL, sizeof *tty, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tty != MAP_FAILED)
        return tty;
    cs_fail_memory(error);
    return NULL;
}

/* Ready for searches in the indexes that were opened, without a look at the folder. */
static cs_status settle(cs_request *base, const cs_answer *first, cs_buf *db, cs_error *error)
{
    for (size_t i = 0; i < first->collection.index_count; i++)
        cs_place_list_add(db, cs_view_of(first->collection.indexes[i].directory));
    if (cs_buf_status(db) != CS_OK)
        return cs_fail_memory(error);
    base->db = db->data;
    base->refresh = CS_REFRESH_NEVER;
    base->format = CS_FORMAT_USUAL;
    base->page.limit = base->limited ? base->page.limit : max_hits;
    return CS_OK;
}

cs_status cs_interactive(const cs_request *request, int *ret_code, cs_error *error)
{
    CS_SCOPED(cs_answer) first = {0};
    CS_SCOPED(cs_buf) db = {.limit = 1 << 18};
    cs_request base = *request;
    cs_tty *tty = shared_tty(error);
    cs_status status = tty == NULL ? CS_MEMORY : cs_tty_init(tty, error);
    base.query = (cs_buf){0};
    if (status == CS_OK) /* what is to be said of indexes is said before the screen is taken */
        status = cs_answer_open(&base, &first, error);
    if (status == CS_OK)
        status = settle(&base, &first, &db, error);
    if (status != CS_OK)
        return status;
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot start a process");
    if (pid == 0)
        serve(&base, cs_request_query(request), tty, parent);
    *ret_code = wait_for(pid, tty);
    return CS_OK;
}
