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

enum { max_read = 64 << 20 /* bytes of a changed file; a larger one is stale */ };

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

/* The line of a byte, counted as editors do. */
static uint32_t line_of(cs_view bytes, size_t at)
{
    uint32_t line = 1;
    for (size_t i = 0; i < at; i++)
        if (bytes.data[i] == '\n' ||
            (bytes.data[i] == '\r' && !(i + 1 < bytes.len && bytes.data[i + 1] == '\n')))
            line++;
    return line;
}

/* Finds the passage in the new bytes, as near as can be to its old place. */
static void find_again(cs_context *c, cs_view bytes)
{
    const cs_span *anchor = longest_copy(&c->passage);
    bool found = false;
    c->freshness = CS_STALE;
    for (size_t from = 0; anchor != NULL && from < bytes.len;) {
        const char *at = memmem(bytes.data + from, bytes.len - from,
                                c->passage.text.data + anchor->text, anchor->length);
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
        return;
    c->freshness = CS_MOVED;
    c->line_shift =
        (int64_t)line_of(bytes, (size_t)((int64_t)anchor->source + c->byte_shift)) - anchor->line;
}

cs_status cs_fresh_check(cs_context *context, bool *ret_gone, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = cs_max_scratch};
    CS_SCOPED(cs_buf) bytes = {.limit = max_read};
    cs_buf_addf(&path, "%s/", context->index->manifest.settings.root);
    cs_buf_add_view(&path, context->hit->path);
    if (cs_buf_status(&path) != CS_OK)
        return cs_fail_memory(error);
    struct stat st;
    bool there = stat(path.data, &st) == 0;
    *ret_gone = there ? !S_ISREG(st.st_mode) : errno == ENOENT || errno == ENOTDIR;
    if (*ret_gone)
        return CS_OK;
    cs_stamp now = there ? cs_stamp_of(&st) : (cs_stamp){0};
    if (there && !context->file.racy && cs_stamp_equal(&now, &context->file.stamp))
        return CS_OK;
    context->freshness = CS_STALE;
    int fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return CS_OK;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read_all(fd, &bytes) == CS_OK) {
        if (cs_hash(bytes.data, bytes.len) == context->file.hash)
            context->freshness = CS_FRESH; /* only touched */
        else
            find_again(context, cs_buf_view(&bytes));
    }
    close(fd);
    return CS_OK;
}
