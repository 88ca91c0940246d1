/* fresh.c - see fresh.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fresh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"

enum {
    max_read = 64 << 20,     /* bytes of a changed file; a larger one is stale */
    max_searched = 1 << 30,  /* bytes of it that are searched through, for all its passages */
    cs_fresh_step = 1 << 12, /* bytes */
};

void cs_fresh_release(cs_fresh *fresh)
{
    cs_buf_release(&fresh->bytes);
    free(fresh->steps.items);
    *fresh = (cs_fresh){0};
}

static cs_status read_all(int fd, cs_buf *out)
{
    char chunk[1 << 16];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? CS_IO : cs_buf_status(out);
        cs_buf_add(out, chunk, (size_t)n);
    }
}

/* Whether every copied span stands in `bytes`, each `shift` on from where it was. */
static bool stands_at(const cs_passage *p, cs_view bytes, int64_t shift)
{
    bool any = false;
    for (size_t i = 0; i < p->spans.count; i++) {
        const cs_span *s = &p->spans.items[i];
        if (s->kind == CS_SPAN_UTF16)
            return false;
        if (s->kind != CS_SPAN_COPY)
            continue;
        int64_t at = (int64_t)s->source + shift;
        if (at < 0 || (uint64_t)at + s->length > bytes.len ||
            memcmp(bytes.data + at, p->text.data + s->text, s->length) != 0)
            return false;
        any = true;
    }
    return any;
}

static const cs_span *longest_copy(const cs_passage *p)
{
    const cs_span *best = NULL;
    for (size_t i = 0; i < p->spans.count; i++)
        if (p->spans.items[i].kind == CS_SPAN_COPY &&
            (best == NULL || p->spans.items[i].length > best->length))
            best = &p->spans.items[i];
    return best;
}

static int64_t distance(int64_t a)
{
    return a < 0 ? -a : a;
}

/* ---- lines ------------------------------------------------------------------------- */

/* Line ends in [from, to), as editors count them. */
static uint32_t count_ends(cs_view bytes, size_t from, size_t to)
{
    uint32_t ends = 0;
    for (size_t i = from; i < to; i++)
        ends += bytes.data[i] == '\n' ||
                (bytes.data[i] == '\r' && !(i + 1 < bytes.len && bytes.data[i + 1] == '\n'));
    return ends;
}

/* The line of a byte, from 1; 0 without memory. */
static uint32_t line_of(cs_fresh *f, size_t at)
{
    cs_view bytes = cs_buf_view(&f->bytes);
    while (f->steps.count <= at / cs_fresh_step) {
        size_t n = f->steps.count;
        uint32_t before = n == 0 ? 0 : f->steps.items[n - 1];
        uint32_t *step = CS_PUSH(&f->steps);
        if (step == NULL)
            return 0;
        *step = n == 0 ? 0 : before + count_ends(bytes, (n - 1) * cs_fresh_step, n * cs_fresh_step);
    }
    size_t step = at / cs_fresh_step;
    return 1 + f->steps.items[step] + count_ends(bytes, step * cs_fresh_step, at);
}

/* ---- finding again ----------------------------------------------------------------- */

/* How far from its old place the passage stands at most; nearer ones may be there. */
static uint64_t reach_of(const cs_fresh *f, const cs_passage *p)
{
    cs_view bytes = cs_buf_view(&f->bytes);
    if (stands_at(p, bytes, 0))
        return 0;
    return stands_at(p, bytes, f->shift) ? (uint64_t)distance(f->shift) : max_read;
}

/* Finds the passage in the new bytes, as near as can be to its old place. */
static cs_status find_again(cs_fresh *f, cs_context *c, cs_error *error)
{
    const cs_span *anchor = longest_copy(&c->passage);
    cs_view bytes = cs_buf_view(&f->bytes);
    bool found = false;
    c->freshness = CS_STALE;
    if (anchor == NULL || f->searched > max_searched)
        return CS_OK;
    uint64_t reach = reach_of(f, &c->passage), end = anchor->source + reach + anchor->length;
    size_t from = anchor->source > reach ? (size_t)(anchor->source - reach) : 0;
    size_t to = end < bytes.len ? (size_t)end : bytes.len;
    f->searched += to > from ? to - from : 0;
    while (from < to) {
        const char *at = memmem(bytes.data + from, to - from, c->passage.text.data + anchor->text,
                                anchor->length);
        if (at == NULL)
            break;
        int64_t shift = at - bytes.data - (int64_t)anchor->source;
        if (stands_at(&c->passage, bytes, shift) &&
            (!found || distance(shift) < distance(c->byte_shift))) {
            found = true;
            c->byte_shift = shift;
        }
        from = (size_t)(at - bytes.data) + 1;
    }
    if (!found)
        return CS_OK;
    uint32_t line = line_of(f, (size_t)((int64_t)anchor->source + c->byte_shift));
    if (line == 0)
        return cs_fail_memory(error);
    c->freshness = CS_MOVED;
    c->line_shift = (int64_t)line - anchor->line;
    f->shift = c->byte_shift;
    return CS_OK;
}

/* ---- the file ---------------------------------------------------------------------- */

/* Reads a file whose stamp says nothing: it may only have been touched. */
static cs_change read_again(cs_fresh *f, const char *path, uint64_t hash)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return CS_CHANGE_UNREADABLE;
    bool whole = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read_all(fd, &f->bytes) == CS_OK;
    close(fd);
    if (!whole)
        return CS_CHANGE_UNREADABLE;
    return cs_hash(f->bytes.data, f->bytes.len) == hash ? CS_CHANGE_NONE : CS_CHANGE_CONTENT;
}

static cs_status look(cs_fresh *f, const cs_context *c, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    struct stat st;
    cs_fresh_release(f);
    f->bytes.limit = max_read;
    cs_buf_addf(&path, "%s/", c->index->manifest.settings.root);
    cs_buf_add_view(&path, c->hit->path);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    bool there = stat(path.data, &st) == 0;
    bool gone = there ? !S_ISREG(st.st_mode) : errno == ENOENT || errno == ENOTDIR;
    cs_stamp now = there ? cs_stamp_of(&st) : (cs_stamp){0};
    bool same = there && !c->file.racy && cs_stamp_equal(&now, &c->file.stamp);
    f->change = gone   ? CS_CHANGE_GONE
                : same ? CS_CHANGE_NONE
                       : read_again(f, path.data, c->file.hash);
    f->known = true;
    f->shard = c->hit->shard;
    f->file = c->hit->file;
    return CS_OK;
}

cs_status cs_fresh_check(cs_fresh *fresh, cs_context *context, bool *ret_gone, cs_error *error)
{
    const cs_hit *hit = context->hit;
    cs_status status = CS_OK;
    if (!fresh->known || fresh->shard != hit->shard || fresh->file != hit->file)
        status = look(fresh, context, error);
    if (status != CS_OK)
        return status;
    *ret_gone = fresh->change == CS_CHANGE_GONE;
    if (fresh->change == CS_CHANGE_CONTENT)
        return find_again(fresh, context, error);
    context->freshness = fresh->change == CS_CHANGE_NONE ? CS_FRESH : CS_STALE;
    return CS_OK;
}
