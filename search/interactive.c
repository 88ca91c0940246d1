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
#include "finder.h"
#include "options.h"
#include "text.h"

enum { max_hits = 100, max_line = 1 << 13 };

/* ---- searching --------------------------------------------------------------------- */

static cs_asked *new_asked(const cs_finder *f, const char *suffix)
{
    cs_asked *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->request = f->base;
    a->request.query = (cs_buf){.limit = cs_max_query};
    cs_buf_add_view(&a->request.query, cs_buf_view(&f->query));
    cs_buf_add_string(&a->request.query, suffix);
    return a;
}

/* Whether the query ends in a word that may go on. */
static bool ends_in_word(const cs_finder *f)
{
    char last = f->query.len > 0 ? f->query.data[f->query.len - 1] : ' ';
    return (unsigned char)last >= 0x80 || (last >= 'a' && last <= 'z') ||
           (last >= 'A' && last <= 'Z') || (last >= '0' && last <= '9');
}

static cs_status ask(const cs_finder *f, const char *suffix, cs_asked **ret_asked, cs_error *error)
{
    cs_asked *a = new_asked(f, suffix);
    if (a == NULL)
        return cs_fail_memory(error);
    cs_status status = cs_answer_make(&a->request, &a->answer, error);
    if (status != CS_OK) {
        cs_asked_free(a);
        return status;
    }
    *ret_asked = a;
    return CS_OK;
}

/* As typed; when that finds nothing as it stands, as the beginning of a word. */
static cs_status ask_as_typed(const cs_finder *f, cs_asked **ret_asked, cs_error *error)
{
    cs_asked *begun = NULL;
    cs_status status = ask(f, "", ret_asked, error);
    if (status != CS_OK || ((*ret_asked)->answer.count > 0 && !(*ret_asked)->answer.corrected) ||
        !ends_in_word(f))
        return status;
    if (ask(f, "*", &begun, NULL) != CS_OK)
        return CS_OK;
    if (begun->answer.count > 0) {
        cs_asked *typed = *ret_asked;
        *ret_asked = begun;
        begun = typed;
    }
    cs_asked_free(begun);
    return CS_OK;
}

static void set_message(cs_finder *f, const char *text)
{
    size_t len = strcspn(text, "\n");
    cs_buf_clear(&f->message);
    cs_text_add_printable(&f->message, text, len);
}

/* A query that cannot be understood leaves what was found before, for it may be half typed. */
static cs_status search(cs_finder *f, cs_error *error)
{
    cs_asked *found = NULL;
    cs_error mistake = {0};
    set_message(f, "");
    cs_status status = f->query.len == 0 ? CS_OK : ask_as_typed(f, &found, &mistake);
    if (status == CS_SYNTAX || status == CS_USAGE) {
        set_message(f, mistake.message);
        return CS_OK;
    }
    if (status != CS_OK) {
        *error = mistake;
        return status;
    }
    cs_asked_free(f->asked);
    f->asked = found;
    f->chosen = f->top = 0;
    if (found != NULL && found->answer.notes.len > 0)
        set_message(f, found->answer.notes.data);
    return cs_finder_preview(f, error);
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

static cs_status choose(cs_finder *f, size_t hit, cs_error *error)
{
    size_t hits = cs_finder_hits(f);
    hit = hit < hits ? hit : hits > 0 ? hits - 1 : 0;
    if (hit == f->chosen)
        return CS_OK;
    f->chosen = hit;
    return cs_finder_preview(f, error);
}

/* The same search, after a look at the folder. */
static cs_status search_anew(cs_finder *f, cs_error *error)
{
    size_t chosen = f->chosen;
    f->base.refresh = f->refresh;
    cs_status status = search(f, error);
    f->base.refresh = CS_REFRESH_NEVER;
    return status == CS_OK ? choose(f, chosen, error) : status;
}

/* The terminal is the editor's meanwhile. What was changed there is found anew; why there was no
 * editor is told in the rule. */
static cs_status edit(cs_finder *f, cs_error *error)
{
    cs_error mistake = {0};
    if (f->chosen >= cs_finder_hits(f))
        return CS_OK;
    cs_tty_leave(f->tty);
    cs_status status = CS_OK;
    if (cs_browse_open(&f->asked->answer.contexts[f->chosen], &mistake) == CS_OK)
        status = search_anew(f, error);
    else
        set_message(f, mistake.message);
    return status == CS_OK ? cs_tty_enter(f->tty, error) : status;
}

static cs_status suspend(cs_finder *f, cs_error *error)
{
    cs_tty_leave(f->tty);
    kill(0, SIGTSTP); /* the one that waits as well */
    return cs_tty_enter(f->tty, error);
}

static cs_status resize(cs_finder *f, cs_error *error)
{
    size_t scroll = f->scroll, columns = f->columns;
    cs_tty_size(&f->rows, &f->columns);
    cs_status status = cs_finder_preview(f, error);
    if (f->columns == columns) /* else its lines are others: it is at the match again */
        f->scroll = scroll;
    return status;
}

static cs_status move(cs_finder *f, cs_key key, cs_error *error)
{
    size_t page = cs_finder_preview_rows(f) > 2 ? cs_finder_preview_rows(f) - 1 : 1;
    switch (key) {
    case CS_KEY_UP:
        return choose(f, f->chosen > 0 ? f->chosen - 1 : 0, error);
    case CS_KEY_DOWN:
        return choose(f, f->chosen + 1, error);
    case CS_KEY_HOME:
        return choose(f, 0, error);
    case CS_KEY_END:
        return choose(f, SIZE_MAX, error);
    case CS_KEY_PAGE_UP:
        f->scroll -= f->scroll < page ? f->scroll : page;
        return CS_OK;
    case CS_KEY_PAGE_DOWN:
        f->scroll += page; /* drawing keeps it within */
        return CS_OK;
    default:
        return CS_OK;
    }
}

/* Whether a key was for the query, which is another one now. */
static bool type(cs_finder *f, cs_key key)
{
    switch (key) {
    case CS_KEY_TEXT:
        break;
    case CS_KEY_BACKSPACE:
    case CS_KEY_WORD:
        shorten(&f->query, key == CS_KEY_WORD);
        break;
    case CS_KEY_CLEAR:
        cs_buf_clear(&f->query);
        break;
    default:
        return false;
    }
    if (cs_buf_status(&f->query) != CS_OK)
        cs_buf_clear(&f->query);
    return true;
}

static cs_status act(cs_finder *f, cs_key key, cs_error *error)
{
    switch (key) {
    case CS_KEY_ENTER:
        return edit(f, error);
    case CS_KEY_SUSPEND:
        return suspend(f, error);
    case CS_KEY_REDRAW:
        return resize(f, error);
    default:
        return move(f, key, error);
    }
}

/* One search for all that is typed ahead or pasted, but before anything is done with hits. */
static cs_status take_key(cs_finder *f, cs_key key, cs_error *error)
{
    bool typed = type(f, key);
    cs_status status = CS_OK;
    f->due = f->due || typed;
    if (f->due && !(typed && cs_tty_has_more())) {
        f->due = false;
        status = search(f, error);
    }
    return typed || status != CS_OK ? status : act(f, key, error);
}

static cs_status run(cs_finder *f, cs_error *error)
{
    cs_status status = cs_tty_enter(f->tty, error);
    cs_tty_size(&f->rows, &f->columns);
    if (status == CS_OK)
        status = search(f, error);
    while (status == CS_OK) {
        status = cs_finder_draw(f, error);
        cs_key key = status == CS_OK ? cs_tty_read(f->tty, &f->query) : CS_KEY_QUIT;
        if (key == CS_KEY_QUIT)
            break;
        if (status == CS_OK)
            status = take_key(f, key, error);
    }
    cs_tty_leave(f->tty);
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
static void serve(const cs_request *base, const cs_request *asked, cs_tty *tty, pid_t parent)
{
    cs_error error = {0};
    cs_finder f = {.tty = tty,
                   .base = *base,
                   .refresh = asked->refresh,
                   .query = {.limit = cs_max_query - 1},
                   .message = {.limit = max_line},
                   .preview = {.limit = cs_max_frame}};
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* it was killed before that */
        _exit(CS_EXIT_SIGNAL + SIGTERM);
    cs_buf_add_string(&f.query, cs_request_query(asked));
    cs_status status = run(&f, &error);
    cs_finder_release(&f);
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
        serve(&base, request, tty, parent);
    *ret_code = wait_for(pid, tty);
    return CS_OK;
}
