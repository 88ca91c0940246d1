/* values_fuzz.c - what front matter and ranges say in numbers and dates; patterns of
 * paths and the lines of ignore files. The first byte chooses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <math.h>

#include "../../lib/ignore.h"
#include "glob.h"
#include "range.h"
#include "schema.h"

/* What is written for a value is read as the same. */
static void check_value(cs_view text, bool plain)
{
    CS_SCOPED(cs_buf) said = {.limit = 1024};
    CS_SCOPED(cs_buf) stored = {.limit = 64};
    cs_value value = cs_value_read(text, plain);
    FUZZ_MUST(value.type != CS_VALUE_NUMBER || isfinite(value.number));
    FUZZ_MUST(value.type != CS_VALUE_DATE || value.first <= value.last);
    cs_value_add(&said, &value);
    FUZZ_MUST(cs_buf_status(&said) == CS_OK);
    FUZZ_MUST((said.len == 0) == (value.type == CS_VALUE_TEXT));
    if (value.type == CS_VALUE_TEXT)
        return;
    cs_value again = cs_value_read(cs_buf_view(&said), true);
    FUZZ_MUST(again.type == value.type);
    cs_value_range same = cs_range_of(&value);
    FUZZ_MUST(cs_range_holds(&same, &value));
    FUZZ_MUST(cs_range_holds(&same, &again));
    cs_schema_add_value(&stored, &value);
    cs_reader in;
    cs_reader_init(&in, cs_buf_view(&stored));
    again = cs_schema_read_value(&in);
    FUZZ_MUST(!in.failed && again.type == value.type && again.number == value.number &&
              again.first == value.first && again.last == value.last);
}

static void check_range(cs_view text)
{
    cs_value_range range;
    size_t at = 0;
    if (!cs_range_is_meant(text))
        return;
    const char *what = cs_range_read(text, &range, &at);
    if (what != NULL) {
        FUZZ_MUST(at <= text.len);
        return;
    }
    FUZZ_MUST(range.lower.given || range.upper.given);
    for (double n = -3000; n < 3000; n += 997) {
        cs_value value = {.type = CS_VALUE_NUMBER, .number = n};
        cs_range_holds(&range, &value);
    }
}

/* Text, a line end, and a path. */
static void check_patterns(cs_view bytes)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 20};
    CS_SCOPED(cs_ignore) ignore = {0};
    const char *end = memchr(bytes.data, '\0', bytes.len);
    size_t len = end == NULL ? bytes.len / 2 : (size_t)(end - bytes.data);
    cs_view rules = {bytes.data, len};
    for (size_t i = len; i < bytes.len; i++)
        if (bytes.data[i] != '\0')
            cs_buf_add_char(&path, bytes.data[i]);
    const char *name = path.len > 0 ? path.data : "a/b.md";
    cs_ignore_level *level = CS_PUSH(&ignore);
    bool cut;
    FUZZ_MUST(level != NULL);
    cs_buf_init(&level->text, CS_IGNORE_MAX_BYTES);
    FUZZ_MUST(cs_ignore_parse(level, rules, true, &cut, NULL) == CS_OK);
    cs_ignore_excludes(&ignore, name, false);
    cs_ignore_excludes(&ignore, name, true);
    char *pattern = cs_copy_string(rules);
    FUZZ_MUST(pattern != NULL);
    if (!cs_glob_is_pattern(pattern) && strchr(pattern, '\\') == NULL)
        FUZZ_MUST(cs_glob_match(pattern, name) == (strcmp(pattern, name) == 0));
    cs_glob_match(pattern, name);
    free(pattern);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cs_view rest = fuzz_view(data + (size > 0), size > 0 ? size - 1 : 0);
    switch (size > 0 ? data[0] : 0) {
    case 'v':
        check_value(rest, false);
        check_value(rest, true);
        break;
    case 'r':
        check_range(rest);
        break;
    case 'p':
        check_patterns(rest);
        break;
    default:
        return -1;
    }
    return 0;
}
