/* json.c - see json.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <string.h>

#include "text.h"

json_t *cs_json_text(cs_view text)
{
    json_t *value = json_stringn(text.len > 0 ? text.data : "", text.len);
    return value != NULL ? value : cs_json_bytes(text.data, text.len);
}

json_t *cs_json_bytes(const char *bytes, size_t len)
{
    CS_SCOPED(cs_buf) valid = {.limit = len * 3 + 1}; /* a U+FFFD for each byte */
    cs_text_repair(&valid, bytes, len);
    return cs_buf_status(&valid) == CS_OK
               ? json_stringn(valid.data == NULL ? "" : valid.data, valid.len)
               : NULL;
}

json_t *cs_json_pair(uint32_t first, uint32_t last)
{
    return json_pack("[I,I]", (json_int_t)first, (json_int_t)last);
}

static bool incomplete; /* a part of the value that is being made could not be */

void cs_json_append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        incomplete = true;
}

void cs_json_set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        incomplete = true;
}

typedef struct dumping {
    cs_buf *out;
    int indent;
} dumping;

static int add_dumped(const char *bytes, size_t len, void *context)
{
    const dumping *d = context;
    const char *line_end;
    while ((line_end = memchr(bytes, '\n', len)) != NULL) {
        size_t size = (size_t)(line_end - bytes) + 1;
        cs_text_add_safe_json(d->out, bytes, size); /* jansson parts no character */
        cs_buf_addf(d->out, "%*s", d->indent, "");
        bytes += size;
        len -= size;
    }
    cs_text_add_safe_json(d->out, bytes, len);
    return 0;
}

static cs_status dump(json_t *value, size_t flags, int indent, cs_buf *out, cs_error *error)
{
    dumping d = {out, indent};
    int failed = value == NULL || incomplete
                     ? -1
                     : json_dump_callback(value, add_dumped, &d, flags | JSON_REAL_PRECISION(9));
    json_decref(value);
    incomplete = false;
    return failed == 0 && cs_buf_status(out) == CS_OK ? CS_OK : cs_fail_memory(error);
}

cs_status cs_json_add(json_t *value, size_t flags, cs_buf *out, cs_error *error)
{
    cs_status status = dump(value, flags, 0, out, error);
    cs_buf_add_char(out, '\n');
    return status == CS_OK && cs_buf_status(out) != CS_OK ? cs_fail_memory(error) : status;
}

cs_status cs_json_add_inner(json_t *value, int indent, cs_buf *out, cs_error *error)
{
    return dump(value, JSON_INDENT(2), indent, out, error);
}

cs_status cs_json_add_open(json_t *object, cs_buf *out, cs_error *error)
{
    static const char end[] = "\n}";
    cs_status status = dump(object, JSON_INDENT(2), 0, out, error);
    cs_buf_truncate(out, status == CS_OK ? out->len - (sizeof end - 1) : 0);
    return status;
}
