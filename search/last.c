/* last.c - see last.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "last.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"

enum { max_record = 1 << 20 };
static const char magic[] = "CSLAST1";

void cs_last_release(cs_last *last)
{
    cs_buf_release(&last->bytes);
    cs_buf_release(&last->db);
    free(last->hits.items);
    *last = (cs_last){0};
}

/* ---- where ------------------------------------------------------------------------- */

/* The terminal this process is at, or NULL. */
static const char *terminal_name(char *name, size_t size)
{
    for (int fd = STDOUT_FILENO; fd >= 0; fd = fd == STDOUT_FILENO   ? STDERR_FILENO
                                               : fd == STDERR_FILENO ? STDIN_FILENO
                                                                     : -1)
        if (ttyname_r(fd, name, size) == 0)
            return name;
    return NULL;
}

static bool add_folder(cs_buf *path)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (runtime != NULL && runtime[0] == '/')
        cs_buf_addf(path, "%s/casesearch", runtime);
    else if (cache != NULL && cache[0] == '/')
        cs_buf_addf(path, "%s/casesearch/last", cache);
    else if (home != NULL && home[0] == '/')
        cs_buf_addf(path, "%s/.cache/casesearch/last", home);
    return path->len > 0 && cs_buf_status(path) == CS_OK;
}

/* The record of this terminal, in a folder that is made if asked for. False without one. */
static bool add_path(cs_buf *path, bool make)
{
    char name[256];
    const char *terminal = terminal_name(name, sizeof name);
    if (terminal == NULL || !add_folder(path))
        return false;
    if (make && access(path->data, W_OK) != 0 && cs_place_create(path->data, NULL) != CS_OK)
        return false;
    cs_buf_addf(path, "/%016llx-%d", (unsigned long long)cs_hash(terminal, strlen(terminal)),
                (int)getsid(0));
    return cs_buf_status(path) == CS_OK;
}

/* ---- keeping ----------------------------------------------------------------------- */

static void add_hit(const cs_context *c, uint32_t rank, cs_buf *out)
{
    cs_id id = {0};
    CS_SCOPED(cs_buf) path = {.limit = 1 << 17};
    const char *root = c->index->manifest.settings.root;
    cs_buf_addf(&path, "%s/", strcmp(root, "/") == 0 ? "" : root);
    cs_buf_add_view(&path, c->hit->path);
    if (!cs_result_id(c->hit->path, c->trail, c->depth, c->passage.text, &id))
        out->status = CS_MEMORY;
    cs_buf_add_varint(out, rank);
    cs_buf_add_u32(out, id.path);
    cs_buf_add_u32(out, id.passage);
    bool stale = c->freshness == CS_STALE; /* then where it is now is not known */
    cs_buf_add_varint(out, stale ? 0 : cs_context_place(c).line);
    cs_buf_add_varint(out, stale ? 0 : cs_context_place(c).column);
    cs_buf_add_sized(out, cs_buf_view(&path));
}

/* As it is found from any folder. */
static void add_directory(const char *directory, cs_buf *out)
{
    char *real = realpath(directory, NULL);
    cs_buf_add_sized(out, cs_view_of(real == NULL ? directory : real));
    free(real);
}

static void add_record(const cs_answer *a, cs_buf *out)
{
    size_t kept = a->count < cs_max_shown ? a->count : cs_max_shown;
    cs_buf_add_string(out, magic);
    cs_buf_add_sized(out, cs_view_of(a->corrected ? a->better.data : a->query));
    cs_buf_add_varint(out, a->collection.index_count);
    for (size_t i = 0; i < a->collection.index_count; i++)
        add_directory(a->collection.indexes[i].directory, out);
    cs_buf_add_varint(out, kept);
    for (size_t i = 0; i < kept; i++)
        add_hit(&a->contexts[i], a->request->page.offset + (uint32_t)i + 1, out);
}

static bool write_record(const cs_answer *answer, const char *path)
{
    CS_SCOPED(cs_buf) record = {.limit = max_record};
    CS_SCOPED(cs_buf) aside = {.limit = 1 << 16};
    add_record(answer, &record);
    cs_buf_addf(&aside, "%s.%d", path, (int)getpid());
    if (cs_buf_status(&record) != CS_OK || cs_buf_status(&aside) != CS_OK)
        return false;
    int fd = open(aside.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool written = write(fd, record.data, record.len) == (ssize_t)record.len;
    bool kept = close(fd) == 0 && written && rename(aside.data, path) == 0;
    if (!kept)
        unlink(aside.data);
    return kept;
}

void cs_last_keep(const cs_answer *answer)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    if (!add_path(&path, true))
        return;
    if (!write_record(answer, path.data))
        unlink(path.data); /* no hit of another search is taken for one of this */
}

/* ---- reading ----------------------------------------------------------------------- */

static bool read_file(const char *path, cs_buf *out)
{
    char chunk[1 << 14];
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() ? 1 : -1;
    while (n > 0) {
        n = read(fd, chunk, sizeof chunk);
        cs_buf_add(out, chunk, n > 0 ? (size_t)n : 0);
    }
    close(fd);
    return n == 0 && cs_buf_status(out) == CS_OK;
}

static bool read_record(cs_last *last)
{
    cs_reader r;
    cs_reader_init(&r, cs_buf_view(&last->bytes));
    if (!cs_view_equal(cs_read_bytes(&r, sizeof magic - 1), cs_view_of(magic)))
        return false;
    last->query = cs_read_sized(&r);
    for (uint32_t i = 0, count = cs_read_count(&r); i < count; i++) {
        cs_place_list_add(&last->db, cs_read_sized(&r));
    }
    for (uint32_t i = 0, count = cs_read_count(&r); i < count; i++) {
        cs_last_hit *hit = CS_PUSH(&last->hits);
        if (hit == NULL)
            return false;
        hit->rank = cs_read_varint32(&r);
        hit->id.path = cs_read_u32(&r);
        hit->id.passage = cs_read_u32(&r);
        hit->line = cs_read_varint32(&r);
        hit->column = cs_read_varint32(&r);
        hit->path = cs_read_sized(&r);
    }
    return !r.failed && last->db.len > 0 && cs_buf_status(&last->db) == CS_OK;
}

cs_status cs_last_read(cs_last *ret_last, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    *ret_last = (cs_last){.bytes = {.limit = max_record}, .db = {.limit = 1 << 18}};
    if (add_path(&path, false) && read_file(path.data, &ret_last->bytes) && read_record(ret_last))
        return CS_OK;
    cs_fail(error, CS_USAGE, "there was no search on this terminal");
    cs_hint(error, "a number means a hit of the last search; else give path:line or an id");
    return CS_USAGE;
}

cs_status cs_last_hit_of(const cs_last *last, uint32_t rank, const cs_last_hit **ret_hit,
                         cs_error *error)
{
    for (size_t i = 0; i < last->hits.count; i++)
        if (last->hits.items[i].rank == rank) {
            *ret_hit = &last->hits.items[i];
            return CS_OK;
        }
    if (last->hits.count == 0)
        return cs_fail(error, CS_USAGE, "the last search found nothing");
    return cs_fail(error, CS_USAGE, "no hit %u of the last search is known; %u to %u are", rank,
                   last->hits.items[0].rank, last->hits.items[last->hits.count - 1].rank);
}
