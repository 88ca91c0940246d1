/* watch.c - see watch.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define EVENTS                                                                                     \
    (IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_FROM |              \
     IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF)

static const int64_t millisecond = 1000000; /* ns */

typedef struct root {
    char *path;
    cs_selection selection; /* its extensions are owned */
    int64_t first, last;    /* change that is not yet reported; 0: none */
    bool lost;
} root;

/* The kernel's number of a folder, for a root: roots can be inside each other. */
typedef struct entry {
    int wd;
    size_t root;
    bool is_root, seen;
} entry;

struct cs_watch {
    int fd;
    struct {
        root *items;
        size_t count, cap;
    } roots;
    struct {
        entry *items;
        size_t count, cap;
    } entries; /* by wd, then root */
};

/* ---- roots ------------------------------------------------------------------------- */

static long limit_of(const char *file)
{
    long limit = 0;
    FILE *f = fopen(file, "re");
    if (f != NULL && fscanf(f, "%ld", &limit) != 1)
        limit = 0;
    if (f != NULL)
        fclose(f);
    return limit;
}

/* inotify is out of something. */
static cs_status fail_limit(const char *what, const char *name, cs_error *error)
{
    char file[64];
    snprintf(file, sizeof file, "/proc/sys/fs/inotify/%s", name);
    long limit = limit_of(file);
    cs_fail(error, CS_IO, "%s: the limit is %ld, in %s", what, limit, file);
    cs_hint(error, "raise it: sudo sysctl fs.inotify.%s=%ld", name, limit > 0 ? 4 * limit : 524288);
    return CS_IO;
}

cs_status cs_watch_new(cs_watch **ret_watch, cs_error *error)
{
    cs_watch *w = calloc(1, sizeof *w);
    if (w == NULL)
        return cs_fail_memory(error);
    w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w->fd < 0) {
        int code = errno;
        free(w);
        if (code == EMFILE)
            return fail_limit("too many programs watch folders", "max_user_instances", error);
        return cs_fail_errno(error, CS_IO, code, "cannot watch folders");
    }
    *ret_watch = w;
    return CS_OK;
}

void cs_watch_free(cs_watch *watch)
{
    if (watch == NULL)
        return;
    for (size_t i = 0; i < watch->roots.count; i++) {
        free(watch->roots.items[i].path);
        free(watch->roots.items[i].selection.extensions);
    }
    free(watch->roots.items);
    free(watch->entries.items);
    close(watch->fd);
    free(watch);
}

cs_status cs_watch_add_root(cs_watch *watch, const char *path, cs_error *error)
{
    char *copy = cs_copy_string(cs_view_of(path));
    root *r = copy == NULL ? NULL : CS_PUSH(&watch->roots);
    if (r == NULL) {
        free(copy);
        return cs_fail_memory(error);
    }
    *r = (root){.path = copy};
    return CS_OK;
}

static void note_change(root *r)
{
    r->last = cs_clock();
    if (r->first == 0)
        r->first = r->last;
}

/* When it is due; 0: it is not. */
static int64_t due_at(const root *r)
{
    int64_t quiet = r->last + cs_watch_quiet * millisecond;
    int64_t longest = r->first + cs_watch_longest * millisecond;
    return r->first == 0 ? 0 : quiet < longest ? quiet : longest;
}

/* ---- entries ----------------------------------------------------------------------- */

/* The first entry of that number and of that root or a later one. */
static size_t find(const cs_watch *w, int wd, size_t root_number)
{
    size_t low = 0, high = w->entries.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const entry *e = &w->entries.items[middle];
        if (e->wd < wd || (e->wd == wd && e->root < root_number))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* *ret_new: it was not there. False without memory. */
static bool enter(cs_watch *w, int wd, size_t root_number, bool is_root, bool *ret_new)
{
    size_t at = find(w, wd, root_number);
    entry *items = w->entries.items;
    *ret_new = at == w->entries.count || items[at].wd != wd || items[at].root != root_number;
    if (*ret_new) {
        if (CS_PUSH(&w->entries) == NULL)
            return false;
        items = w->entries.items;
        memmove(items + at + 1, items + at, (w->entries.count - 1 - at) * sizeof *items);
    }
    items[at] = (entry){wd, root_number, is_root, true};
    return true;
}

/* Whether a number stands in an entry before or after this one, too. */
static bool is_shared(const cs_watch *w, size_t at)
{
    const entry *items = w->entries.items;
    return (at > 0 && items[at - 1].wd == items[at].wd) ||
           (at + 1 < w->entries.count && items[at + 1].wd == items[at].wd);
}

static void remove_entry(cs_watch *w, size_t at)
{
    entry *items = w->entries.items;
    memmove(items + at, items + at + 1, (w->entries.count - at - 1) * sizeof *items);
    w->entries.count--;
}

/* Ends the watches of a root on what the last walk did not enter. */
static void sweep(cs_watch *w, size_t root_number)
{
    for (size_t i = w->entries.count; i > 0; i--) {
        const entry *e = &w->entries.items[i - 1];
        if (e->root != root_number || e->seen)
            continue;
        if (!is_shared(w, i - 1))
            inotify_rm_watch(w->fd, e->wd);
        remove_entry(w, i - 1);
    }
}

/* ---- watching ---------------------------------------------------------------------- */

static cs_status fail_to_watch(const char *path, int code, cs_error *error)
{
    CS_SCOPED(cs_buf) what = {.limit = 900};
    switch (code) {
    case ENOSPC:
        cs_buf_addf(&what, "cannot follow %s: too many folders to watch", path);
        return fail_limit(what.data == NULL ? "too many folders to watch" : what.data,
                          "max_user_watches", error);
    case ENOMEM:
        return cs_fail_memory(error);
    case ENOENT: /* gone, replaced or unreadable by now: the folder around it hears of it */
    case ENOTDIR:
    case ELOOP:
    case EACCES:
    case ENAMETOOLONG:
        return CS_OK;
    default:
        return cs_fail_errno(error, CS_IO, code, "cannot follow %s", path);
    }
}

static cs_status watch_folder(cs_watch *w, size_t number, const char *folder, cs_error *error)
{
    root *r = &w->roots.items[number];
    CS_SCOPED(cs_buf) path = {.limit = 1 << 18};
    cs_buf_addf(&path, "%s/%s", r->path, folder);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    if (folder[0] != '\0' && !r->selection.follow)
        cs_buf_truncate(&path, path.len - 1); /* a last '/' would follow a link */
    uint32_t how = IN_ONLYDIR | (r->selection.follow ? 0 : IN_DONT_FOLLOW);
    int wd = inotify_add_watch(w->fd, path.data, EVENTS | how);
    if (wd < 0)
        return fail_to_watch(path.data, errno, error);
    bool fresh;
    if (!enter(w, wd, number, folder[0] == '\0', &fresh))
        return cs_fail_memory(error);
    if (fresh)
        note_change(r);
    return CS_OK;
}

static cs_status keep_selection(root *r, const cs_selection *selection, cs_error *error)
{
    char *extensions =
        selection->extensions == NULL ? NULL : cs_copy_string(cs_view_of(selection->extensions));
    if (extensions == NULL && selection->extensions != NULL)
        return cs_fail_memory(error);
    free(r->selection.extensions);
    r->selection = *selection;
    r->selection.extensions = extensions;
    return CS_OK;
}

cs_status cs_watch_folders(cs_watch *watch, size_t root_number, const cs_walk *walk,
                           const cs_selection *selection, cs_error *error)
{
    cs_status status = keep_selection(&watch->roots.items[root_number], selection, error);
    for (size_t i = 0; i < watch->entries.count; i++)
        if (watch->entries.items[i].root == root_number)
            watch->entries.items[i].seen = false;
    for (size_t i = 0; i < walk->folders.count && status == CS_OK; i++)
        status = watch_folder(watch, root_number, walk->folders.items[i], error);
    if (status == CS_OK)
        sweep(watch, root_number);
    return status;
}

/* ---- events ------------------------------------------------------------------------ */

static cs_status take_event(cs_watch *w, const struct inotify_event *event, cs_error *error)
{
    const uint32_t ends = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;
    if (event->mask & IN_Q_OVERFLOW)
        for (size_t i = 0; i < w->roots.count; i++) {
            note_change(&w->roots.items[i]);
            w->roots.items[i].lost = true;
        }
    size_t at = find(w, event->wd, 0);
    while (at < w->entries.count && w->entries.items[at].wd == event->wd) {
        const entry *e = &w->entries.items[at];
        root *r = &w->roots.items[e->root];
        if (event->mask & IN_IGNORED) { /* the kernel has ended it */
            remove_entry(w, at);
            continue;
        }
        if (e->is_root && (event->mask & ends))
            return cs_fail(error, CS_IO, "cannot follow %s any more: it was removed or moved",
                           r->path);
        if (event->len == 0 ||
            cs_walk_may_matter(&r->selection, event->name, event->mask & IN_ISDIR))
            note_change(r);
        at++;
    }
    return CS_OK;
}

static cs_status take_events(cs_watch *w, cs_error *error)
{
    _Alignas(struct inotify_event) char bytes[1 << 16];
    ssize_t n = read(w->fd, bytes, sizeof bytes);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return CS_OK;
    if (n <= 0)
        return cs_fail_errno(error, CS_IO, errno, "cannot read what changed");
    cs_status status = CS_OK;
    for (ssize_t at = 0; at < n && status == CS_OK;) {
        const struct inotify_event *event =
            (const struct inotify_event *)(const void *)(bytes + at);
        status = take_event(w, event, error);
        at += (ssize_t)(sizeof *event + event->len);
    }
    return status;
}

/* The root that is due first; NULL when none will be. */
static root *next_root(const cs_watch *w)
{
    root *next = NULL;
    for (size_t i = 0; i < w->roots.count; i++) {
        root *r = &w->roots.items[i];
        if (r->first != 0 && (next == NULL || due_at(r) < due_at(next)))
            next = r;
    }
    return next;
}

/* Until there are events, a root is due, or a signal comes; those are let in here
 * only, so that none comes between the look and the wait. */
static cs_status sleep_until(const cs_watch *w, const root *next,
                             const volatile sig_atomic_t *interrupted, cs_error *error)
{
    sigset_t block, old;
    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGTERM);
    int64_t left = next == NULL ? 0 : due_at(next) - cs_clock();
    left = left < 0 ? 0 : left;
    struct timespec timeout = {left / 1000000000, left % 1000000000};
    struct pollfd fd = {.fd = w->fd, .events = POLLIN};
    sigprocmask(SIG_BLOCK, &block, &old);
    int ready = 0, code = 0;
    if (*interrupted == 0)
        ready = ppoll(&fd, 1, next == NULL ? NULL : &timeout, &old);
    code = errno;
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (ready < 0 && code != EINTR)
        return cs_fail_errno(error, CS_IO, code, "cannot wait for changes");
    return CS_OK;
}

cs_status cs_watch_wait(cs_watch *watch, const volatile sig_atomic_t *interrupted, size_t *ret_root,
                        bool *ret_lost, cs_error *error)
{
    for (;;) {
        cs_status status = take_events(watch, error);
        root *next = next_root(watch);
        if (status == CS_OK && *interrupted != 0)
            status = cs_fail(error, CS_INTERRUPTED, "stopped: nothing is followed any more");
        if (status != CS_OK)
            return status;
        if (next != NULL && due_at(next) <= cs_clock()) {
            *ret_root = (size_t)(next - watch->roots.items);
            *ret_lost = next->lost;
            next->first = next->last = 0;
            next->lost = false;
            return CS_OK;
        }
        status = sleep_until(watch, next, interrupted, error);
        if (status != CS_OK)
            return status;
    }
}
