/* store_format.h - what store.c and store_writer.c share: the sizes and marks of a
 * store, see store.h, and its integers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_STORE_FORMAT_H
#define CS_STORE_FORMAT_H

#include "store.h"

#define CS_STORE_MAGIC "CSSTORE1"
#define CS_STORE_END   "CSEN"

enum {
    cs_store_magic_size = 8,
    cs_store_end_size = 4,
    cs_store_footer_size = 8 + 8 + 4 + 4 + 4 + 4 + cs_store_end_size,
    cs_store_print_size = 8 + 4, /* a fingerprint */
    cs_store_length_size = 2,
    cs_store_value_size = cs_schema_value_size + 4
};

uint64_t cs_store_u64(const char *at);
uint32_t cs_store_u32(const char *at);

#endif
