/* forge.c - makes the checksums of an index true again after its files were changed: what
 * a hostile index has, and no accident.
 *
 *   forge DIRECTORY
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "index.h"

static cs_status measure(const char *directory, const cs_segment *segment, const char *suffix,
                         cs_part *part, cs_error *error)
{
    CS_SCOPED(cs_buf) path = {.limit = 1 << 16};
    cs_segment_path(&path, directory, segment, suffix);
    return cs_buf_status(&path) == CS_OK ? cs_part_measure(path.data, part, error)
                                         : cs_fail_memory(error);
}

int main(int count, char **arguments)
{
    CS_SCOPED(cs_manifest) manifest = {0};
    cs_error error = {0};
    if (count != 2)
        return CS_EXIT_USAGE;
    cs_status status = cs_manifest_read(arguments[1], &manifest, &error);
    for (size_t i = 0; status == CS_OK && i < manifest.segments.count; i++) {
        cs_segment *segment = &manifest.segments.items[i];
        status = measure(arguments[1], segment, CS_DB_SUFFIX, &segment->db, &error);
        if (status == CS_OK)
            status = measure(arguments[1], segment, CS_STORE_SUFFIX, &segment->store, &error);
    }
    if (status == CS_OK)
        status = cs_manifest_write(arguments[1], &manifest, &error);
    if (status != CS_OK)
        fprintf(stderr, "forge: %s\n", error.message);
    return cs_exit_code(status);
}
