/* source.h - a file's bytes as valid UTF-8, with the way back to the bytes.
 *
 * Line ends stay as they are: a line ends at LF, CR LF or a lone CR, as editors
 * count. NUL bytes past the first block become blanks in what is shown, not here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SOURCE_H
#define CS_SOURCE_H

#include "schema.h"

enum {
    cs_binary_probe = 8192,        /* bytes that are looked at for a NUL, as git does */
    cs_default_max_size = 8 << 20, /* of a file, --max-size */
    cs_max_lines = 200000,         /* of one file; the rest of it is not read */
    cs_source_step = 256
};

/* Reads a regular file below a folder's descriptor, never anything else. Its
 * stamp is that from before the reading; a file that changes meanwhile is read
 * again, a few times. CS_GONE when there is no such file (any more), CS_IO or
 * CS_LIMIT with the reason in *ret_why, CS_MEMORY. */
cs_status cs_read_file(int folder, const char *path, bool follow, uint64_t max_size, cs_buf *out,
                       cs_stamp *ret_stamp, const char **ret_why);

/* A stretch of text that is not a copy of its bytes: a byte-order mark (no
 * text), or an ill-formed part that became U+FFFD. */
typedef struct cs_patch {
    uint32_t text, text_length;
    uint32_t disk, disk_length;
} cs_patch;

typedef struct cs_source {
    cs_buf text;
    bool cut;   /* it had more lines than cs_max_lines */
    bool utf16; /* the bytes are UTF-16; `steps` says where its text is */
    struct {
        uint32_t *items;
        size_t count, cap;
    } lines; /* where each line begins in the text; a last empty one included */
    struct {
        uint32_t *items;
        size_t count, cap;
    } steps; /* of UTF-16: the byte on disk of every cs_source_step-th byte of text */
    struct {
        cs_patch *items;
        size_t count, cap;
    } patches;
} cs_source;

void cs_source_release(cs_source *source);

/* Whether bytes are of no text: a NUL early without a UTF-16 mark, or the
 * signature of a ZIP (docx, odt) or PDF file. */
bool cs_source_is_binary(cs_view bytes);

/* Decodes a file of under 2 GiB. CS_MEMORY is the only failure. */
cs_status cs_source_decode(cs_view bytes, cs_source *ret_source, cs_error *error);

/* The line, from 0, that holds a text offset. */
uint32_t cs_source_line(const cs_source *source, uint32_t at);

/* The text of a line without its end. */
void cs_source_line_range(const cs_source *source, uint32_t line, uint32_t *ret_start,
                          uint32_t *ret_end);

/* The byte on disk of a text offset; inside a patch its first byte. */
uint32_t cs_source_disk(const cs_source *source, uint32_t at);

#endif
