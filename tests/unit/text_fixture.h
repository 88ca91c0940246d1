/* text_fixture.h - what the tests of text share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_FIXTURE_H
#define TEXT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "text.h"

/* U+FFFD is shown as ? */
static inline const char *shown(cs_buf *buf)
{
    static char text[256];
    size_t used = 0;
    for (size_t i = 0, size; i < buf->len; i += size) {
        bool replaced = cs_text_decode(buf->data + i, buf->len - i, &size) == 0xFFFD;
        memcpy(text + used, replaced ? "?" : buf->data + i, replaced ? 1 : size);
        used += replaced ? 1 : size;
    }
    text[used] = '\0';
    return text;
}

#endif
