/* request.h - what a command line asks of casesearch.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_REQUEST_H
#define CS_REQUEST_H

#include "locate.h"
#include "narrow.h"
#include "order.h"
#include "reference.h"

enum { cs_default_limit = 10, cs_default_per_file = 3 }; /* of the page */

typedef enum cs_mode {
    CS_MODE_SEARCH,
    CS_MODE_SHOW,    /* a section, lines, a study */
    CS_MODE_OUTLINE, /* the headings of a study */
    CS_MODE_LIST,    /* the studies */
    CS_MODE_OPEN,    /* a hit, in the editor */
    CS_MODE_SERVE,   /* programs, over MCP */
    CS_MODE_TYPE,    /* results as one types */
    CS_MODE_HELP,
    CS_MODE_VERSION
} cs_mode;

typedef enum cs_format {
    CS_FORMAT_USUAL, /* for people at a terminal, else one line a passage */
    CS_FORMAT_FILES,
    CS_FORMAT_COUNT,
    CS_FORMAT_JSON,
    CS_FORMAT_JSONL,
    CS_FORMAT_CSV,
    CS_FORMAT_MARKDOWN,
    CS_FORMAT_TEMPLATE
} cs_format;

/* Strings point into argv. */
typedef struct cs_request {
    cs_mode mode;
    cs_buf query;   /* the words, joined; may be empty but in a search */
    const char *db; /* NULL: not said; points into `db_list` */
    cs_buf db_list;
    cs_narrowing narrowing;
    cs_order order;
    cs_refresh refresh;
    cs_asking asking; /* without the synonyms, which are not loaded yet */
    bool no_synonyms;
    cs_page page;
    bool limited;           /* --limit was given */
    cs_reference reference; /* of show and outline */
    uint32_t hit;           /* of open: its rank */
    uint32_t sentences;     /* shown around the best ones */
    bool full;              /* show whole sections */
    bool no_pager;
    bool sources; /* list what is cited */
    cs_format format;
    const char *template; /* of CS_FORMAT_TEMPLATE, checked */
    bool null;            /* names end with a NUL byte */
    int color;            /* -1 never, 0 auto, 1 always */
} cs_request;

/* CS_USAGE when it cannot be understood, CS_SYNTAX when the query is too long. Release
 * the result also after a failure. */
cs_status cs_request_parse(int argc, char **argv, cs_request *ret_request, cs_error *error);
void cs_request_release(cs_request *request);

/* The query, NUL-terminated. */
const char *cs_request_query(const cs_request *request);

/* Whether errors are told as JSON; known also after a command line that cannot be understood. */
bool cs_request_wants_json(const cs_request *request);

/* The text of --help. */
void cs_request_help(cs_buf *out);

#endif
