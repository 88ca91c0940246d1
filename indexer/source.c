/* source.c - see source.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "text.h"

enum { max_text = INT32_MAX, read_tries = 3 };

/* ---- reading ----------------------------------------------------------------------- */

static cs_status read_bytes(int fd, cs_buf *out, uint64_t max_size)
{
    char chunk[1 << 16];
    cs_buf_clear(out);
    out->limit = (size_t)max_size;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return CS_IO;
        cs_buf_add(out, chunk, (size_t)n);
        if (n == 0 || cs_buf_status(out) != CS_OK)
            return cs_buf_status(out);
    }
}

/* Reads until the file is the same before and after. */
static cs_status read_steady(int fd, uint64_t max_size, cs_buf *out, cs_stamp *ret_stamp)
{
    struct stat before, after;
    for (int i = 0; i < read_tries; i++) {
        if (fstat(fd, &before) != 0)
            return CS_IO;
        if (!S_ISREG(before.st_mode))
            return CS_GONE;
        if (lseek(fd, 0, SEEK_SET) != 0)
            return CS_IO;
        cs_status status = read_bytes(fd, out, max_size);
        if (status == CS_OK && fstat(fd, &after) != 0)
            status = CS_IO;
        if (status != CS_OK)
            return status;
        *ret_stamp = cs_stamp_of(&before);
        cs_stamp now = cs_stamp_of(&after);
        if (cs_stamp_equal(ret_stamp, &now))
            break;
    }
    return CS_OK;
}

cs_status cs_read_file(int folder, const char *path, bool follow, uint64_t max_size, cs_buf *out,
                       cs_stamp *ret_stamp, const char **ret_why)
{
    int fd = cs_open_beneath(folder, path, follow);
    if (fd < 0) {
        *ret_why = strerror(errno);
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? CS_GONE : CS_IO;
    }
    cs_status status = read_steady(fd, max_size, out, ret_stamp);
    if (status == CS_IO)
        *ret_why = strerror(errno);
    if (status == CS_LIMIT)
        *ret_why = "larger than --max-size";
    if (status == CS_GONE)
        *ret_why = "not a regular file";
    close(fd);
    return status;
}

/* ---- decoding ---------------------------------------------------------------------- */

void cs_source_release(cs_source *source)
{
    cs_buf_release(&source->text);
    free(source->lines.items);
    free(source->steps.items);
    free(source->patches.items);
    *source = (cs_source){0};
}

static bool begins(cs_view bytes, const char *with, size_t len)
{
    return bytes.len >= len && memcmp(bytes.data, with, len) == 0;
}

static bool is_utf16(cs_view bytes)
{
    return begins(bytes, "\xFF\xFE", 2) || begins(bytes, "\xFE\xFF", 2);
}

bool cs_source_is_binary(cs_view bytes)
{
    if (begins(bytes, "PK\x03\x04", 4) || begins(bytes, "%PDF-", 5))
        return true;
    if (bytes.len == 0 || is_utf16(bytes))
        return false;
    size_t probe = bytes.len < cs_binary_probe ? bytes.len : cs_binary_probe;
    return memchr(bytes.data, '\0', probe) != NULL;
}

static bool add_patch(cs_source *s, size_t text_length, size_t disk, size_t disk_length)
{
    cs_patch *patch = CS_PUSH(&s->patches);
    if (patch == NULL)
        return false;
    *patch = (cs_patch){(uint32_t)s->text.len, (uint32_t)text_length, (uint32_t)disk,
                        (uint32_t)disk_length};
    return true;
}

static bool decode_utf8(cs_view bytes, cs_source *s)
{
    size_t at = 0;
    if (begins(bytes, "\xEF\xBB\xBF", 3)) {
        if (!add_patch(s, 0, 0, 3))
            return false;
        at = 3;
    }
    size_t clean = at;
    for (size_t size; at < bytes.len; at += size) {
        if ((unsigned char)bytes.data[at] < 0x80) {
            size = 1;
            continue;
        }
        uint32_t c = cs_text_decode(bytes.data + at, bytes.len - at, &size);
        if (c != 0xFFFD || begins((cs_view){bytes.data + at, size}, "\xEF\xBF\xBD", 3))
            continue;
        cs_buf_add(&s->text, bytes.data + clean, at - clean);
        if (!add_patch(s, 3, at, size))
            return false;
        cs_buf_add_string(&s->text, "\xEF\xBF\xBD");
        clean = at + size;
    }
    cs_buf_add(&s->text, bytes.data + clean, bytes.len - clean);
    return true;
}

static uint32_t unit_at(cs_view bytes, size_t at, bool big)
{
    uint32_t a = (unsigned char)bytes.data[at], b = (unsigned char)bytes.data[at + 1];
    return big ? a << 8 | b : b << 8 | a;
}

/* A lone surrogate becomes U+FFFD, three bytes like the two it replaces would
 * be; an odd last byte is left out. */
static void decode_utf16(cs_view bytes, cs_source *s)
{
    bool big = bytes.data[0] == '\xFE';
    s->utf16 = true;
    for (size_t at = 2; at + 1 < bytes.len; at += 2) {
        uint32_t c = unit_at(bytes, at, big);
        if (c >= 0xD800 && c < 0xDC00 && at + 3 < bytes.len) {
            uint32_t low = unit_at(bytes, at + 2, big);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                at += 2;
            }
        }
        char out[4];
        cs_buf_add(&s->text, out, cs_text_encode(c, out));
    }
}

static bool add_line(cs_source *s, size_t at)
{
    uint32_t *line = CS_PUSH(&s->lines);
    if (line == NULL)
        return false;
    *line = (uint32_t)at;
    return true;
}

/* Lines are what blocks, pieces and spans come from, and all their memory: beyond
 * cs_max_lines the text is cut off. */
static bool find_lines(cs_source *s)
{
    const char *text = s->text.data;
    if (!add_line(s, 0))
        return false;
    for (size_t i = 0; i < s->text.len; i++) {
        if (text[i] != '\n' && text[i] != '\r')
            continue;
        if (text[i] == '\r' && i + 1 < s->text.len && text[i + 1] == '\n')
            i++;
        if (s->lines.count == cs_max_lines) {
            s->cut = i + 1 < s->text.len;
            cs_buf_truncate(&s->text, i + 1);
            return true;
        }
        if (!add_line(s, i + 1))
            return false;
    }
    return true;
}

/* So that a place is found without counting from the start. A step within a
 * character has that character behind it, as lengths are counted. */
static bool place_steps(cs_source *s)
{
    uint32_t disk = 2;
    for (size_t at = 0; at <= s->text.len; at += cs_source_step) {
        uint32_t *step = CS_PUSH(&s->steps);
        if (step == NULL)
            return false;
        *step = disk;
        size_t left = s->text.len - at;
        disk +=
            cs_text_utf16_size(s->text.data + at, left < cs_source_step ? left : cs_source_step);
    }
    return true;
}

cs_status cs_source_decode(cs_view bytes, cs_source *ret_source, cs_error *error)
{
    CS_SCOPED(cs_source) s = {0};
    cs_buf_init(&s.text, max_text);
    bool ok = true;
    if (is_utf16(bytes))
        decode_utf16(bytes, &s);
    else
        ok = decode_utf8(bytes, &s);
    cs_buf_add(&s.text, "", 0);
    ok = ok && cs_buf_status(&s.text) == CS_OK && find_lines(&s);
    if (ok && s.utf16)
        ok = place_steps(&s);
    if (!ok)
        return cs_fail_memory(error);
    *ret_source = s;
    s = (cs_source){0};
    return CS_OK;
}

uint32_t cs_source_line(const cs_source *source, uint32_t at)
{
    size_t low = 0, high = source->lines.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->lines.items[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

void cs_source_line_range(const cs_source *source, uint32_t line, uint32_t *ret_start,
                          uint32_t *ret_end)
{
    uint32_t start = source->lines.items[line];
    uint32_t end = (uint32_t)source->text.len;
    if (line + 1 < source->lines.count)
        end = source->lines.items[line + 1];
    while (end > start &&
           (source->text.data[end - 1] == '\n' || source->text.data[end - 1] == '\r'))
        end--;
    *ret_start = start;
    *ret_end = end;
}

uint32_t cs_source_disk(const cs_source *source, uint32_t at)
{
    if (source->utf16) {
        uint32_t step = at / cs_source_step, start = step * cs_source_step;
        return source->steps.items[step] +
               cs_text_utf16_size(source->text.data + start, at - start);
    }
    size_t low = 0, high = source->patches.count;
    if (high == 0 || at < source->patches.items[0].text)
        return at;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->patches.items[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    const cs_patch *p = &source->patches.items[low];
    if (at < p->text + p->text_length)
        return p->disk;
    return p->disk + p->disk_length + (at - p->text - p->text_length);
}
