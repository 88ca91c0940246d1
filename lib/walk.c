/* walk.c - the candidate files below a folder; see walk.h.
 *
 * Depth first over an explicit stack of folders, so that neither the C stack nor
 * the descriptors grow with the depth (folder.h). A folder is read in full, then
 * its ignore files, then its files are taken, then its sub-folders entered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "ignore.h"
#include "walk.h"

enum {
    MAX_DEPTH = 512, /* folders within each other; also in the note's text */
    TICKS = 16,      /* entries between two looks at the clock */
    MAX_PATH_BYTES = PATH_MAX + (MAX_DEPTH + 2) * (NAME_MAX + 1)
};

const char cs_default_extensions[] = "md markdown mdown mkd mdx txt";

typedef struct walker {
    const char *root;
    const cs_selection *selection;
    const char *extensions;
    cs_walk_bounds bounds;
    cs_walk *walk;
    cs_error *error;
    cs_buf path;   /* of what is looked at, below the repository that holds root */
    size_t prefix; /* bytes of it that stand for root */
    cs_ignore ignore;
    cs_ignore_problems problems;
    cs_folders folders;
    cs_folder_set seen; /* folders entered, with --follow only */
    unsigned ticks;
    bool stopped;
} walker;

int64_t cs_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool cs_stamp_equal(const cs_stamp *a, const cs_stamp *b)
{
    return a->size == b->size && a->mtime == b->mtime && a->ctime == b->ctime &&
           a->inode == b->inode;
}

static int64_t nanoseconds(struct timespec t)
{
    /* Wraps instead of overflowing: a file system can hold any time. */
    return (int64_t)((uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec);
}

cs_stamp cs_stamp_of(const struct stat *st)
{
    return (cs_stamp){.size = (uint64_t)st->st_size,
                      .mtime = nanoseconds(st->st_mtim),
                      .ctime = nanoseconds(st->st_ctim),
                      .inode = (uint64_t)st->st_ino};
}

static cs_folder_id id_of(const struct stat *st)
{
    return (cs_folder_id){st->st_dev, st->st_ino};
}

void cs_walk_release(cs_walk *walk)
{
    for (size_t i = 0; i < walk->files.count; i++)
        free(walk->files.items[i].path);
    for (size_t i = 0; i < walk->notes.count; i++)
        free(walk->notes.items[i].path);
    for (size_t i = 0; i < walk->folders.count; i++)
        free(walk->folders.items[i]);
    free(walk->folders.items);
    free(walk->files.items);
    free(walk->notes.items);
    *walk = (cs_walk){0};
}

static void walker_release(walker *w)
{
    cs_folders_release(&w->folders);
    cs_folder_set_release(&w->seen);
    cs_ignore_release(&w->ignore);
    cs_ignore_problems_release(&w->problems);
    cs_buf_release(&w->path);
}

/* ---- paths and notes --------------------------------------------------------------- */

/* Makes walker.path the path of `name` in a folder. */
static cs_status set_path(walker *w, size_t folder_len, const char *name)
{
    cs_buf_truncate(&w->path, folder_len);
    cs_buf_add_string(&w->path, name);
    return cs_buf_status(&w->path) == CS_OK ? CS_OK : cs_fail_memory(w->error);
}

/* The same relative to root. */
static const char *relative_path(const walker *w)
{
    return w->path.data + w->prefix;
}

static cs_status add_note(walker *w, const char *path, const char *reason, bool failure)
{
    char *copy = cs_copy_string(cs_view_of(path));
    cs_walk_note *note = copy ? CS_PUSH(&w->walk->notes) : NULL;

    if (!note) {
        free(copy);
        return cs_fail_memory(w->error);
    }
    *note = (cs_walk_note){.path = copy, .reason = reason, .failure = failure};
    return CS_OK;
}

/* A note on walker.path for a failed call. What has vanished meanwhile is as if
 * it had never been there. */
static cs_status note_errno(walker *w, int code)
{
    const char *reason = "cannot be read";

    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return CS_OK;
    case ENOMEM:
        return cs_fail_memory(w->error);
    case EACCES:
    case EPERM:
        reason = "permission denied";
        break;
    case EMFILE:
    case ENFILE:
        reason = "too many open files";
        break;
    case EIO:
        reason = "input/output error";
        break;
    }
    return add_note(w, relative_path(w), reason, true);
}

/* Turns the problems with ignore files of the folder whose path, with '/', has
 * `folder_len` bytes into notes. */
static cs_status note_problems(walker *w, size_t folder_len)
{
    CS_SCOPED(cs_buf) path = {0};
    cs_status status = CS_OK;

    cs_buf_init(&path, MAX_PATH_BYTES);
    for (size_t i = 0; i < w->problems.count && status == CS_OK; i++) {
        const cs_ignore_problem *problem = &w->problems.items[i];
        cs_buf_clear(&path);
        for (size_t up = problem->up; up > 0; up--)
            cs_buf_add_string(&path, "../");
        if (folder_len > w->prefix)
            cs_buf_add(&path, relative_path(w), folder_len - w->prefix);
        cs_buf_add_string(&path, problem->file);
        status = cs_buf_status(&path) == CS_OK
                     ? add_note(w, path.data, problem->reason, problem->failure)
                     : cs_fail_memory(w->error);
    }
    w->problems.count = 0;
    return status;
}

/* Counts an entry; true when the time is over. */
static bool tick(walker *w)
{
    if (w->bounds.deadline && w->ticks++ % TICKS == 0 && cs_clock() > w->bounds.deadline)
        w->stopped = true;
    return w->stopped;
}

/* ---- entries ----------------------------------------------------------------------- */

/* Whether the name ends in a dot and one of the extensions, with something
 * before it. Letters of ASCII in any case. */
static bool has_extension(const char *extensions, const char *name)
{
    size_t name_len = strlen(name);

    for (const char *at = extensions; *at;) {
        size_t len = strcspn(at, " ");
        if (len > 0 && name_len > len + 1 && name[name_len - len - 1] == '.' &&
            strncasecmp(name + name_len - len, at, len) == 0)
            return true;
        at += len + (at[len] == ' ');
    }
    return false;
}

static bool may_matter(const walker *w, const char *name, unsigned char type)
{
    if (name[0] == '.' &&
        (!w->selection->no_ignore || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
        return false;
    switch (type) {
    case DT_DIR:
    case DT_UNKNOWN:
        return true;
    case DT_REG:
        return has_extension(w->extensions, name);
    case DT_LNK:
        return w->selection->follow;
    default:
        return false;
    }
}

bool cs_walk_may_matter(const cs_selection *selection, const char *name, bool folder)
{
    const char *extensions = selection->extensions;
    if (name[0] == '.')
        return selection->no_ignore || (!folder && cs_ignore_bit(name) != 0);
    /* whatever name a link to a folder has */
    return folder || selection->follow ||
           has_extension(extensions != NULL ? extensions : cs_default_extensions, name);
}

/* Reads the names that may matter, and which ignore files there are. *ret_code
 * is the errno of a failed read. */
static cs_status list_folder(walker *w, cs_folder *f, DIR *stream, unsigned *ret_ignore,
                             int *ret_code)
{
    struct dirent *found;

    while (!tick(w) && (errno = 0, found = readdir(stream)) != NULL) {
        const char *name = found->d_name;
        if (name[0] == '.' && !w->selection->no_ignore)
            *ret_ignore |= cs_ignore_bit(name);
        if (!may_matter(w, name, found->d_type))
            continue;
        cs_folder_entry *e = CS_PUSH(&f->entries);
        if (!e)
            return cs_fail_memory(w->error);
        *e = (cs_folder_entry){.name = f->names.len, .type = found->d_type};
        cs_buf_add(&f->names, name, strlen(name) + 1);
        if (cs_buf_status(&f->names) == CS_MEMORY)
            return cs_fail_memory(w->error);
        if (cs_buf_status(&f->names) != CS_OK) {
            f->entries.count--;
            errno = EFBIG;
            break;
        }
    }
    *ret_code = w->stopped ? 0 : errno;
    return CS_OK;
}

/* list_folder through a copy of the descriptor, since closedir(3) closes it. */
static cs_status open_and_list(walker *w, cs_folder *f, unsigned *ret_ignore, int *ret_code)
{
    int copy = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);

    if (!stream) {
        *ret_code = errno;
        if (copy >= 0)
            close(copy);
        return CS_OK;
    }
    cs_status status = list_folder(w, f, stream, ret_ignore, ret_code);
    closedir(stream);
    return status;
}

static cs_status add_file(walker *w, const struct stat *st)
{
    cs_walk *walk = w->walk;

    if ((uint64_t)st->st_size > w->selection->max_size)
        return add_note(w, relative_path(w), "larger than --max-size", false);
    if (w->bounds.max_files && walk->files.count == w->bounds.max_files) {
        w->stopped = true;
        return CS_OK;
    }
    char *path = cs_copy_string(cs_view_of(w->path.len > w->prefix ? relative_path(w) : ""));
    cs_candidate *file = path ? CS_PUSH(&walk->files) : NULL;
    if (!file) {
        free(path);
        return cs_fail_memory(w->error);
    }
    *file = (cs_candidate){.path = path, .stamp = cs_stamp_of(st)};
    walk->bytes += file->stamp.size;
    return CS_OK;
}

static unsigned char type_of(const struct stat *st)
{
    return S_ISDIR(st->st_mode)   ? DT_DIR
           : S_ISREG(st->st_mode) ? DT_REG
           : S_ISLNK(st->st_mode) ? DT_LNK
                                  : DT_FIFO;
}

/* What the entry is, as far as readdir did not say, links followed when asked. */
static cs_status resolve(walker *w, const cs_folder *f, cs_folder_entry *e, const char *name,
                         struct stat *st)
{
    if (e->type == DT_UNKNOWN) {
        if (fstatat(f->fd, name, st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
            return note_errno(w, errno);
        e->type = type_of(st);
    }
    if (e->type == DT_LNK && w->selection->follow) {
        e->link = true;
        if (fstatat(f->fd, name, st, AT_NO_AUTOMOUNT) == 0)
            e->type = type_of(st);
        else if (errno != ENOENT && errno != ELOOP)
            return note_errno(w, errno);
        else if (has_extension(w->extensions, name))
            return add_note(w, relative_path(w), "symbolic link to nothing", false);
    }
    return CS_OK;
}

/* Takes the entry when it is a candidate. *ret_enter: it is a folder to enter. */
static cs_status take_entry(walker *w, const cs_folder *f, cs_folder_entry *e, bool *ret_enter)
{
    const char *name = f->names.data + e->name;
    bool resolved = e->type != DT_REG && e->type != DT_DIR;
    struct stat st;

    cs_status status = set_path(w, f->path_len, name);
    if (status == CS_OK && resolved)
        status = resolve(w, f, e, name, &st);
    if (status != CS_OK || (e->type != DT_REG && e->type != DT_DIR))
        return status;
    if (e->type == DT_REG && !has_extension(w->extensions, name))
        return CS_OK;
    if (cs_ignore_excludes(&w->ignore, w->path.data, e->type == DT_DIR))
        return CS_OK;
    if (e->type == DT_DIR) {
        *ret_enter = true;
        return CS_OK;
    }
    if (!resolved && fstatat(f->fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
        return note_errno(w, errno);
    return S_ISREG(st.st_mode) ? add_file(w, &st) : CS_OK;
}

static int compare_entries(const void *a, const void *b, void *names)
{
    const cs_folder_entry *x = a, *y = b;
    if (x->link != y->link)
        return x->link ? 1 : -1; /* so that a folder is rather met under its own name */
    return strcmp((char *)names + x->name, (char *)names + y->name);
}

/* Takes the files; leaves the sub-folders in a defined order. */
static cs_status take_entries(walker *w, cs_folder *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->entries.count && !tick(w); i++) {
        bool enter = false;
        cs_status status = take_entry(w, f, &f->entries.items[i], &enter);
        if (status != CS_OK)
            return status;
        if (enter)
            f->entries.items[kept++] = f->entries.items[i];
    }
    f->entries.count = kept;
    if (kept > 1)
        qsort_r(f->entries.items, kept, sizeof *f->entries.items, compare_entries, f->names.data);
    return CS_OK;
}

/* ---- folders ----------------------------------------------------------------------- */

/* Reads the folder on top of the stack: ignore files, files, sub-folders. */
static cs_status read_folder(walker *w, cs_folder *f)
{
    unsigned ignore_files = 0;
    int code = 0;

    cs_status status = open_and_list(w, f, &ignore_files, &code);
    if (status != CS_OK)
        return status;
    if (code != 0 && f->path_len == w->prefix)
        return cs_fail_errno(w->error, CS_IO, code, "cannot read %s", w->root);
    if (code != 0) {
        cs_buf_truncate(&w->path, f->path_len - 1);
        status = note_errno(w, code);
        cs_buf_add_char(&w->path, '/');
    }
    if (status == CS_OK && ignore_files) {
        f->has_level = true;
        status =
            cs_ignore_push(&w->ignore, f->fd, f->path_len, ignore_files, &w->problems, w->error);
        if (status == CS_OK)
            status = note_problems(w, f->path_len);
    }
    return status == CS_OK ? take_entries(w, f) : status;
}

/* Puts the folder open as `fd`, with its path in walker.path, on the stack and
 * reads it. Takes fd over in any case. */
static cs_status push_folder(walker *w, int fd, const struct stat *st)
{
    cs_folder *f = cs_folders_push(&w->folders, fd, id_of(st));

    if (!f)
        return cs_fail_memory(w->error);
    if (w->path.len > w->prefix)
        cs_buf_add_char(&w->path, '/');
    if (cs_buf_status(&w->path) != CS_OK)
        return cs_fail_memory(w->error);
    f->path_len = w->path.len;
    char *name = cs_copy_string(cs_view_of(w->path.len > w->prefix ? relative_path(w) : ""));
    char **folder = name ? CS_PUSH(&w->walk->folders) : NULL;
    if (!folder) {
        free(name);
        return cs_fail_memory(w->error);
    }
    *folder = name;
    return read_folder(w, f);
}

/* A folder already met through a link is not entered again. */
static cs_status check_seen(walker *w, const struct stat *st, bool *ret_skip)
{
    cs_folder_id id = id_of(st);

    if (!cs_folder_set_add(&w->seen, id, ret_skip))
        return cs_fail_memory(w->error);
    if (!*ret_skip)
        return CS_OK;
    return add_note(w, relative_path(w),
                    cs_folders_hold(&w->folders, id)
                        ? "symbolic link to a folder above it: not followed"
                        : "folder already read under another path",
                    false);
}

/* Enters a sub-folder of the folder on top of the stack. */
static cs_status enter(walker *w, cs_folder_entry e)
{
    const cs_folder *top = cs_folders_top(&w->folders);
    const char *name = top->names.data + e.name;
    struct stat st;

    cs_status status = set_path(w, top->path_len, name);
    if (status != CS_OK)
        return status;
    if (w->folders.count > MAX_DEPTH)
        return add_note(w, relative_path(w), "deeper than 512 folders", true);
    int fd = openat(top->fd, name, CS_FOLDER_FLAGS | (e.link ? 0 : O_NOFOLLOW));
    if (fd < 0 && errno == ELOOP && !e.link)
        return CS_OK; /* a link stands there by now */
    if (fd < 0)
        return note_errno(w, errno);

    bool skip = false;
    if (fstat(fd, &st) != 0)
        status = note_errno(w, errno), skip = true;
    else if (w->selection->follow)
        status = check_seen(w, &st, &skip);
    if (status != CS_OK || skip) {
        close(fd);
        return status;
    }
    return push_folder(w, fd, &st);
}

/* Takes the folder on top from the stack. */
static cs_status leave(walker *w)
{
    cs_folder *f = cs_folders_top(&w->folders);
    cs_folder *around = w->folders.count > 1 ? f - 1 : NULL;
    cs_status status = CS_OK;

    if (f->has_level)
        cs_ignore_pop(&w->ignore);
    if (around && around->fd < 0) {
        cs_buf_truncate(&w->path, around->path_len - 1);
        bool open = cs_folders_unpark(&w->folders, relative_path(w));
        if (!open && around->next < around->entries.count) {
            status = add_note(w, relative_path(w), "moved while it was read", true);
            around->next = around->entries.count;
        }
    }
    cs_folders_pop(&w->folders);
    return status;
}

static cs_status walk_all(walker *w)
{
    cs_status status = CS_OK;

    while (status == CS_OK && w->folders.count > 0 && !w->stopped) {
        cs_folder *top = cs_folders_top(&w->folders);
        status =
            top->next < top->entries.count ? enter(w, top->entries.items[top->next++]) : leave(w);
    }
    return status;
}

/* ---- root -------------------------------------------------------------------------- */

/* Rules of the folders above root, as git has them. */
static cs_status read_above(walker *w)
{
    char *real = realpath(w->root, NULL);

    if (!real)
        return errno == ENOMEM ? cs_fail_memory(w->error) : CS_OK;
    cs_status status = cs_ignore_push_above(&w->ignore, real, &w->path, &w->problems, w->error);
    free(real);
    w->prefix = w->path.len;
    return status == CS_OK ? note_problems(w, w->prefix) : status;
}

static cs_status start(walker *w)
{
    struct stat st;
    bool known = false;

    int fd = open(w->root, CS_FOLDER_FLAGS);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int code = errno;
        if (fd >= 0)
            close(fd);
        return cs_fail_errno(w->error, CS_IO, code, "cannot read %s", w->root);
    }
    cs_status status = w->selection->no_ignore ? CS_OK : read_above(w);
    if (status == CS_OK && w->selection->follow && !cs_folder_set_add(&w->seen, id_of(&st), &known))
        status = cs_fail_memory(w->error);
    if (status != CS_OK) {
        close(fd);
        return status;
    }
    return push_folder(w, fd, &st);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const cs_candidate *)a)->path, ((const cs_candidate *)b)->path);
}

static int compare_notes(const void *a, const void *b)
{
    return strcmp(((const cs_walk_note *)a)->path, ((const cs_walk_note *)b)->path);
}

cs_status cs_walk_folder(const char *root, const cs_selection *selection,
                         const cs_walk_bounds *bounds, cs_walk *ret_walk, cs_error *error)
{
    cs_walk *walk = ret_walk;
    __attribute__((cleanup(walker_release)))
    walker w = {.root = root,
                .selection = selection,
                .extensions = selection->extensions ? selection->extensions : cs_default_extensions,
                .walk = walk,
                .error = error};

    if (bounds)
        w.bounds = *bounds;
    cs_buf_init(&w.path, MAX_PATH_BYTES);
    cs_status status = start(&w);
    if (status == CS_OK)
        status = walk_all(&w);
    if (walk->files.count > 1)
        qsort(walk->files.items, walk->files.count, sizeof *walk->files.items, compare_files);
    if (walk->notes.count > 1)
        qsort(walk->notes.items, walk->notes.count, sizeof *walk->notes.items, compare_notes);
    walk->complete = status == CS_OK && !w.stopped;
    return status;
}
