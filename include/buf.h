/* buf.h - byte strings: borrowed views, a growing buffer that builds, a
 * reader that parses. No parser does index arithmetic of its own.
 *
 * A buffer states its ceiling at birth. Growing past it, or past memory,
 * marks the buffer as failed; adding to a failed buffer does nothing, so a
 * caller checks once, at the end, with cs_buf_status().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_BUF_H
#define CS_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

/* Bytes owned by somebody else; not NUL-terminated. */
typedef struct cs_view {
    const char *data;
    size_t len;
} cs_view;

/* The view of a string literal or of a NUL-terminated string. */
cs_view cs_view_of(const char *string);
bool cs_view_equal(cs_view a, cs_view b);

/* Byte order, as memcmp(3); a prefix stands before what it begins. */
int cs_view_compare(cs_view a, cs_view b);

/* The same of paths, folder by folder: what is in `a` stands before what is in `a-b`. */
int cs_path_compare(cs_view a, cs_view b);

/* The limit of a buffer for what is shown of a document, such as a line, a heading or an address:
 * more than any has. */
enum { cs_max_scratch = 1 << 30 };

/* `data` is NUL-terminated whenever it is not NULL; `len` does not count the
 * NUL. Read the members freely, change them through the functions only. */
typedef struct cs_buf {
    char *data;
    size_t len;
    size_t cap;
    size_t limit;
    cs_status status;
} cs_buf;

/* An empty buffer that never holds more than `limit` bytes. Allocates nothing. */
void cs_buf_init(cs_buf *buf, size_t limit);

/* Frees the bytes; the buffer is as after cs_buf_init. Safe on a zeroed one. */
void cs_buf_release(cs_buf *buf);

/* Empties it, forgets a failure, keeps the memory. */
void cs_buf_clear(cs_buf *buf);

/* CS_OK, CS_MEMORY or CS_LIMIT. */
cs_status cs_buf_status(const cs_buf *buf);

/* The bytes so far; valid until the next change. */
cs_view cs_buf_view(const cs_buf *buf);

void cs_buf_add(cs_buf *buf, const void *data, size_t len);
void cs_buf_add_view(cs_buf *buf, cs_view view);
void cs_buf_add_string(cs_buf *buf, const char *string);
void cs_buf_add_char(cs_buf *buf, char c);
void cs_buf_addf(cs_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Cuts it to `len` bytes; longer than it is does nothing. */
void cs_buf_truncate(cs_buf *buf, size_t len);

/* Numbers in LEB128, seven bits a byte, least significant first; signed ones
 * zigzag-folded first (protocol buffers' encoding). */
void cs_buf_add_varint(cs_buf *buf, uint64_t value);
void cs_buf_add_svarint(cs_buf *buf, int64_t value);

/* A varint length, then the bytes. */
void cs_buf_add_sized(cs_buf *buf, cs_view view);

/* Fixed width, little endian. */
void cs_buf_add_u32(cs_buf *buf, uint32_t value);
void cs_buf_add_u64(cs_buf *buf, uint64_t value);

/* Reads what the functions above wrote. Reading past the end yields zero or
 * an empty view and sets `failed`, so a caller checks once, at the end. */
typedef struct cs_reader {
    const char *at;
    const char *end;
    bool failed;
} cs_reader;

void cs_reader_init(cs_reader *reader, cs_view bytes);
uint64_t cs_read_varint(cs_reader *reader);
int64_t cs_read_svarint(cs_reader *reader);
uint32_t cs_read_u32(cs_reader *reader);
uint64_t cs_read_u64(cs_reader *reader);

/* A varint that must fit 32 bits, and a count that cannot exceed the bytes
 * left (each item takes at least one), so that a damaged one never allocates. */
uint32_t cs_read_varint32(cs_reader *reader);
uint32_t cs_read_count(cs_reader *reader);

/* The view points into the bytes given to cs_reader_init. */
cs_view cs_read_sized(cs_reader *reader);
cs_view cs_read_bytes(cs_reader *reader, size_t len);

/* Growing arrays: makes room for one more item after `count`, doubling `*cap`.
 * Returns the array, moved or not, or NULL without memory (the old one is then
 * still the caller's). Use through CS_PUSH. */
void *cs_grow(void *items, size_t count, size_t *cap, size_t item_size);

/* A zeroed new last item of an array held as items/count/cap members of `v`,
 * or NULL without memory. */
#define CS_PUSH(v)                                                                                 \
    ((v)->count < (v)->cap ||                                                                      \
             cs_grow_into((void **)&(v)->items, (v)->count, &(v)->cap, sizeof *(v)->items)         \
         ? cs_zero_item(&(v)->items[(v)->count++], sizeof *(v)->items)                             \
         : NULL)
bool cs_grow_into(void **items, size_t count, size_t *cap, size_t item_size);
void *cs_zero_item(void *item, size_t size);

/* A NUL-terminated copy that the caller frees; NULL without memory. */
char *cs_copy_string(cs_view view);

/* Whether an allocation of this module has failed since the process began. A net under
 * the checks of single buffers: asked once before an answer is shown, or a file's
 * passages count, so that nothing that lacks a part is ever given out for whole. */
bool cs_buf_starved(void);

/* `__attribute__((cleanup))` in one way everywhere: CS_SCOPED(cs_buf) b = {0};
 * is released when it goes out of scope. A type T has T_release(T *). */
#define CS_SCOPED(type) __attribute__((cleanup(type##_release))) type

#endif
