/* result.c - see result.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "result.h"

#include <inttypes.h>
#include <stdio.h>

#include "hash.h"

uint32_t cs_result_path_id(cs_view path)
{
    return (uint32_t)cs_hash(path.data, path.len);
}

bool cs_result_id(cs_view path, const cs_view *trail, size_t depth, cs_view text, cs_id *ret_id)
{
    CS_SCOPED(cs_buf) bytes = {.limit = 1 << 30};
    for (size_t i = 0; i < depth; i++)
        cs_buf_add_sized(&bytes, trail[i]);
    cs_buf_add_view(&bytes, text);
    if (cs_buf_status(&bytes) != CS_OK)
        return false;
    *ret_id = (cs_id){cs_result_path_id(path), (uint32_t)cs_hash(bytes.data, bytes.len)};
    return true;
}

void cs_result_write_id(cs_id id, char out[cs_id_size])
{
    snprintf(out, cs_id_size, "%08" PRIx32 "%08" PRIx32, id.path, id.passage);
}

static bool read_hex(const char *text, uint32_t *ret_value)
{
    uint32_t value = 0;
    for (int i = 0; i < 8; i++) {
        char c = text[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && !(c >= 'a' && c <= 'f'))
            return false;
        value = value << 4 | (uint32_t)(digit ? c - '0' : c - 'a' + 10);
    }
    *ret_value = value;
    return true;
}

bool cs_result_read_id(const char *text, cs_id *ret_id)
{
    cs_id id;
    if (!read_hex(text, &id.path) || !read_hex(text + 8, &id.passage) || text[16] != '\0')
        return false;
    *ret_id = id;
    return true;
}

void cs_result_lines(const cs_context *context, uint32_t *ret_first, uint32_t *ret_last)
{
    *ret_first = (uint32_t)(context->passage.first_line + context->line_shift);
    *ret_last = (uint32_t)(context->passage.last_line + context->line_shift);
}

void cs_result_add_snippet(const cs_context *context, cs_buf *out)
{
    for (size_t i = 0; i < context->excerpt_count; i++) {
        const cs_excerpt *e = &context->excerpts[i];
        bool gap = i > 0 && e->start > context->excerpts[i - 1].end + 1;
        if (i > 0)
            cs_buf_add_char(out, ' ');
        if (gap || e->cut_before)
            cs_buf_add_string(out, "\xE2\x80\xA6 ");
        for (uint32_t at = e->start; at < e->end; at++) {
            char byte = context->passage.text.data[at]; /* marks may have a line of their own */
            cs_buf_add_char(out, byte == '\n' ? ' ' : byte);
        }
        if (e->cut_after)
            cs_buf_add_string(out, " \xE2\x80\xA6");
    }
}

const cs_citation *cs_result_source(const cs_context *context, size_t mark)
{
    uint32_t number = context->passage.marks.items[mark].source;
    if (number >= context->file.sources.count)
        return NULL;
    for (size_t i = 0; i < mark; i++)
        if (context->passage.marks.items[i].source == number)
            return NULL;
    return &context->file.sources.items[number];
}
