/* fuzz.h - what the fuzz targets share. A target is one function on any bytes; what
 * it promises beyond not crashing it says with FUZZ_MUST.
 *
 * How to add a target
 *   1. <name>_fuzz.c with LLVMFuzzerTestOneInput
 *   2. some small inputs of your own in corpus/<name>/
 *   3. make fuzz SECONDS=60, then make check: rules/fuzz replays the corpus
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buf.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_MUST(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline cs_view fuzz_view(const uint8_t *data, size_t size)
{
    return (cs_view){(const char *)data, size};
}

/* What stands in an error or a result: text that a terminal may be given. */
static inline void fuzz_must_be_text(cs_view text)
{
    FUZZ_MUST(cs_text_is_valid(text.data, text.len));
}

/* A descriptor that holds the bytes, at its start. */
static inline int fuzz_descriptor(cs_view bytes)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_MUST(fd >= 0);
    for (size_t done = 0; done < bytes.len;) {
        ssize_t n = write(fd, bytes.data + done, bytes.len - done);
        FUZZ_MUST(n > 0);
        done += (size_t)n;
    }
    FUZZ_MUST(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

#endif
