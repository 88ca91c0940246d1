/* cited.c - see cited.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "cited.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void cs_cited_release(cs_cited *cited)
{
    cs_pattern_release(&cited->pattern);
    free(cited->site);
    *cited = (cs_cited){0};
}

/* Whether `domain` is the site, or one above it; or only begins one of these. */
static bool is_on(const cs_cited *cited, cs_view site)
{
    size_t len = strlen(cited->site);
    for (size_t i = 0; i + len <= site.len; i++) {
        bool starts = i == 0 || site.data[i - 1] == '.';
        bool ends = i + len == site.len || cited->begins;
        if (starts && ends && memcmp(site.data + i, cited->site, len) == 0)
            return true;
    }
    return false;
}

bool cs_cited_is(const cs_cited *cited, const cs_citation *source)
{
    if (cited->site == NULL)
        return cs_pattern_is_in(&cited->pattern, source->text) ||
               cs_pattern_is_in(&cited->pattern, source->url) ||
               cs_pattern_is_in(&cited->pattern, source->label);
    CS_SCOPED(cs_buf) site = {.limit = 1 << 16};
    cs_schema_add_site(&site, source->url);
    return is_on(cited, cs_buf_view(&site));
}

void cs_cited_add_site(cs_buf *out, const char *typed, bool *ret_begins)
{
    size_t len = strlen(typed);
    *ret_begins = false;
    if (strstr(typed, "//") != NULL) {
        cs_schema_add_site(out, (cs_view){typed, len});
        return;
    }
    if (strncmp(typed, "*.", 2) == 0)
        typed += 2;
    else if (strncasecmp(typed, "www.", 4) == 0)
        typed += 4;
    len = strcspn(typed, "/:");
    *ret_begins = len > 1 && typed[len - 1] == '*';
    len -= *ret_begins;
    while (len > 1 && typed[len - 1] == '.' && !*ret_begins)
        len--;
    for (size_t i = 0; i < len; i++)
        cs_buf_add_char(out,
                        typed[i] >= 'A' && typed[i] <= 'Z' ? (char)(typed[i] | 0x20) : typed[i]);
}
