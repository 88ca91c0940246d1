/* frontmatter_fuzz.c - the top of a file to metadata: YAML, TOML, and what is broken.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "frontmatter.h"
#include "schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(cs_source) source = {0};
    CS_SCOPED(cs_arena) arena = {0};
    CS_SCOPED(cs_frontmatter) front = {0};
    cs_error error = {0};
    FUZZ_MUST(cs_source_decode(fuzz_view(data, size), &source, &error) == CS_OK);
    FUZZ_MUST(cs_frontmatter_read(&source, &arena, &front, &error) == CS_OK);
    FUZZ_MUST(front.lines <= source.lines.count);
    FUZZ_MUST(front.metadata.count <= cs_max_metadata);
    fuzz_must_be_text(front.note);
    for (size_t i = 0; i < front.metadata.count; i++) {
        const cs_metadata *m = &front.metadata.items[i];
        CS_SCOPED(cs_buf) folded = {.limit = 4096};
        cs_schema_fold_key(&folded, m->key);
        FUZZ_MUST(m->key.len > 0 && cs_view_equal(cs_buf_view(&folded), m->key));
        fuzz_must_be_text(m->key);
        fuzz_must_be_text(m->value);
        cs_value typed = cs_value_read(m->value, false);
        int32_t first, last;
        if (cs_value_days(&typed, &first, &last))
            FUZZ_MUST(first <= last);
    }
    return 0;
}
