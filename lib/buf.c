/* buf.c - see buf.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool starved;

static void *note(void *memory)
{
    starved = starved || memory == NULL;
    return memory;
}

bool cs_buf_starved(void)
{
    return starved;
}

cs_view cs_view_of(const char *string)
{
    return (cs_view){string, strlen(string)};
}

bool cs_view_equal(cs_view a, cs_view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int cs_view_compare(cs_view a, cs_view b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

int cs_path_compare(cs_view a, cs_view b)
{
    size_t len = a.len < b.len ? a.len : b.len, i = 0;
    while (i < len && a.data[i] == b.data[i])
        i++;
    if (i == len)
        return (a.len > b.len) - (a.len < b.len);
    int x = a.data[i] == '/' ? -1 : (unsigned char)a.data[i];
    int y = b.data[i] == '/' ? -1 : (unsigned char)b.data[i];
    return x < y ? -1 : 1;
}

void cs_buf_init(cs_buf *buf, size_t limit)
{
    *buf = (cs_buf){.limit = limit};
}

void cs_buf_release(cs_buf *buf)
{
    free(buf->data);
    cs_buf_init(buf, buf->limit);
}

void cs_buf_clear(cs_buf *buf)
{
    buf->len = 0;
    buf->status = CS_OK;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

cs_status cs_buf_status(const cs_buf *buf)
{
    return buf->status;
}

cs_view cs_buf_view(const cs_buf *buf)
{
    return (cs_view){buf->data, buf->len};
}

/* Room for `more` bytes and the NUL. */
static bool make_room(cs_buf *buf, size_t more)
{
    if (buf->status != CS_OK)
        return false;
    if (more > buf->limit || buf->len > buf->limit - more) {
        buf->status = CS_LIMIT;
        return false;
    }
    size_t need = buf->len + more + 1;
    if (need <= buf->cap)
        return true;
    size_t cap = buf->cap < 32 ? 64 : buf->cap * 2;
    if (cap < need)
        cap = need;
    char *data = note(realloc(buf->data, cap));
    if (data == NULL) {
        buf->status = CS_MEMORY;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void cs_buf_add(cs_buf *buf, const void *data, size_t len)
{
    if (!make_room(buf, len))
        return;
    if (len > 0)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void cs_buf_add_view(cs_buf *buf, cs_view view)
{
    cs_buf_add(buf, view.data, view.len);
}

void cs_buf_add_string(cs_buf *buf, const char *string)
{
    cs_buf_add(buf, string, strlen(string));
}

void cs_buf_add_char(cs_buf *buf, char c)
{
    cs_buf_add(buf, &c, 1);
}

void cs_buf_addf(cs_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        buf->status = CS_MEMORY;
    else if (make_room(buf, (size_t)len)) {
        vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void cs_buf_truncate(cs_buf *buf, size_t len)
{
    if (len >= buf->len)
        return;
    buf->len = len;
    buf->data[len] = '\0';
}

void cs_buf_add_varint(cs_buf *buf, uint64_t value)
{
    char bytes[10];
    size_t n = 0;
    while (value >= 0x80) {
        bytes[n++] = (char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (char)value;
    cs_buf_add(buf, bytes, n);
}

void cs_buf_add_svarint(cs_buf *buf, int64_t value)
{
    uint64_t bits = (uint64_t)value;
    cs_buf_add_varint(buf, (bits << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

void cs_buf_add_sized(cs_buf *buf, cs_view view)
{
    cs_buf_add_varint(buf, view.len);
    cs_buf_add_view(buf, view);
}

static void add_fixed(cs_buf *buf, uint64_t value, size_t width)
{
    char bytes[8];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (char)(value >> (8 * i));
    cs_buf_add(buf, bytes, width);
}

void cs_buf_add_u32(cs_buf *buf, uint32_t value)
{
    add_fixed(buf, value, 4);
}

void cs_buf_add_u64(cs_buf *buf, uint64_t value)
{
    add_fixed(buf, value, 8);
}

void cs_reader_init(cs_reader *reader, cs_view bytes)
{
    *reader = (cs_reader){bytes.data, bytes.len == 0 ? bytes.data : bytes.data + bytes.len, false};
}

static size_t left(const cs_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

uint64_t cs_read_varint(cs_reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (reader->at == reader->end)
            break;
        unsigned char byte = (unsigned char)*reader->at++;
        if (shift == 63 && byte > 1)
            break; /* more than 64 bits */
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    reader->failed = true;
    return 0;
}

int64_t cs_read_svarint(cs_reader *reader)
{
    uint64_t bits = cs_read_varint(reader);
    return (int64_t)((bits >> 1) ^ (bits & 1 ? UINT64_MAX : 0));
}

static uint64_t read_fixed(cs_reader *reader, size_t width)
{
    cs_view bytes = cs_read_bytes(reader, width);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len; i++)
        value |= (uint64_t)(unsigned char)bytes.data[i] << (8 * i);
    return value;
}

uint32_t cs_read_u32(cs_reader *reader)
{
    return (uint32_t)read_fixed(reader, 4);
}

uint64_t cs_read_u64(cs_reader *reader)
{
    return read_fixed(reader, 8);
}

uint32_t cs_read_varint32(cs_reader *reader)
{
    uint64_t value = cs_read_varint(reader);
    if (value <= UINT32_MAX)
        return (uint32_t)value;
    reader->failed = true;
    return 0;
}

uint32_t cs_read_count(cs_reader *reader)
{
    uint32_t count = cs_read_varint32(reader);
    if (count <= left(reader))
        return count;
    reader->failed = true;
    return 0;
}

cs_view cs_read_bytes(cs_reader *reader, size_t len)
{
    if (len > left(reader)) {
        reader->failed = true;
        reader->at = reader->end;
        return (cs_view){"", 0};
    }
    cs_view view = {reader->at, len};
    if (len > 0) /* not to add to a NULL */
        reader->at += len;
    return view;
}

cs_view cs_read_sized(cs_reader *reader)
{
    return cs_read_bytes(reader, cs_read_varint32(reader));
}

void *cs_grow(void *items, size_t count, size_t *cap, size_t item_size)
{
    if (count < *cap)
        return items;
    size_t wanted = *cap < 4 ? 8 : *cap * 2;
    if (wanted > SIZE_MAX / item_size)
        return NULL;
    void *grown = note(realloc(items, wanted * item_size));
    if (grown != NULL)
        *cap = wanted;
    return grown;
}

bool cs_grow_into(void **items, size_t count, size_t *cap, size_t item_size)
{
    void *grown = cs_grow(*items, count, cap, item_size);
    if (grown == NULL)
        return false;
    *items = grown;
    return true;
}

void *cs_zero_item(void *item, size_t size)
{
    return memset(item, 0, size);
}

char *cs_copy_string(cs_view view)
{
    char *copy = note(malloc(view.len + 1));
    if (copy == NULL)
        return NULL;
    if (view.len > 0)
        memcpy(copy, view.data, view.len);
    copy[view.len] = '\0';
    return copy;
}
