/* schema.h - everything an index holds, in one place.
 *
 * An index directory
 *
 *   manifest            which segments count; text, see manifest.h
 *   lock                held by the one writer; names it
 *   <segment>.db        Xapian: the terms of the passages, one document each
 *   <segment>.store     the passages and files themselves, see store.h
 *
 * Passage number n of a segment (from 0) is document n + 1 of its database.
 *
 * Terms of a document. A folded term never begins with A-Z, so that a prefix of
 * capitals cannot be mistaken for one. wdf is the within-document frequency.
 *
 *   term           word of the passage, or of title and headings above it
 *                  wdf: body 1, title 3, headings 2
 *   $<code><n>     an amount of a currency, 4500000000 one of none (terms.h); with the wdf
 *                  of a word, but it does not make the passage longer
 *   S<term>        word of the title            wdf 0, first passage of a file
 *   F<key>:<term>  word of a front-matter value wdf 0, first passage of a file
 *   L<code>        its language                 wdf 0, first passage of a file
 *   C<term>        word of a source's text, URL or label  wdf 0, passages that rest on it
 *   H<domain>      its site, and the domains above it     wdf 0, passages that rest on it
 *
 * Title and headings go into every passage below them, so that a passage that
 * never says "Stripe" is found in the study of Stripe. Title and front matter
 * are of a whole file: their terms stand once, in its first passage, and a
 * filter on them becomes a set of files.
 *
 * Words stand as they are, folded; a query word is widened to the forms of its
 * stem that the segment's languages have used, which the store lists. So an
 * exact word is a plain term, and the index has half the postings it would have
 * with stems as terms beside the words (doc/decisions.md, with the figures).
 *
 * What front matter says in numbers and dates is no term: it is a table of the
 * store (store.h), which ranges look through.
 *
 * No positions are kept: phrases are checked on the stored text. No values, no
 * document data, no term lists.
 *
 * How to add a field that can be filtered
 *   1. a name in cs_fields (schema.c), a value in cs_field   tests/unit/query_test
 *   2. its terms in indexer/document.c, if it has any        tests/unit/document_test
 *   3. its text for phrases, in search/fileset.c (whole files) or check.c and
 *      plan.c (passages)                                     tests/unit/search_plan_test
 *   4. doc/query-language.md, README, CHANGELOG              tests/cli/fields.test
 *   5. raise cs_format_version: old indexes are then rebuilt
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_SCHEMA_H
#define CS_SCHEMA_H

#include "fingerprint.h"
#include "terms.h"
#include "value.h"
#include "walk.h"

/* Raised whenever anything described in this file changes meaning. */
enum { cs_format_version = 9 };

enum {
    cs_weight_body = 1, /* wdf of a word in the passage itself */
    cs_weight_title = 3,
    cs_weight_heading = 2,
    cs_max_title_words = 200,   /* words of a title that one file can be filtered by */
    cs_max_field_words = 20000, /* and of its front matter: 1,100 lines are normal */
    cs_max_cited_words = 400,   /* words of sources that one passage can be filtered by */
    cs_max_site = 200,          /* bytes of a site that can be filtered by */
    cs_max_key = 120            /* bytes of a front-matter key; a longer one is cut */
};

typedef enum cs_field {
    CS_FIELD_TEXT,    /* title, headings and body: no prefix */
    CS_FIELD_TITLE,   /* title: */
    CS_FIELD_HEADING, /* heading: and section: */
    CS_FIELD_PATH,    /* path: any part of the path; not in the terms */
    CS_FIELD_FILE,    /* file: the file's name; not in the terms */
    CS_FIELD_CITE,    /* cite: text, URL and label of the sources of a passage */
    CS_FIELD_SITE,    /* site: where they are */
    CS_FIELD_IN,      /* in: kinds of block; in the store's table of kinds */
    CS_FIELD_LANG,    /* lang: language of the study */
    CS_FIELD_META     /* any key of the front matter */
} cs_field;

/* The fields with a name of their own. */
typedef struct cs_field_name {
    const char *name; /* as typed before the colon, lower case */
    cs_field field;
} cs_field_name;
extern const cs_field_name cs_fields[];
extern const size_t cs_fields_count;

/* Appends a term of a field that has terms; `key` is used by CS_FIELD_META only.
 * Headings have none of their own: they are looked up as text and checked. */
void cs_schema_add_term(cs_buf *out, cs_field field, cs_view key, cs_view term);

/* A front-matter key as it stands in terms and as it is typed: ASCII lower case,
 * at most cs_max_key bytes; what cannot be typed before a colon is '_', once for
 * any run of it and not at either end ("Revenue (USD)" is revenue_usd). */
void cs_schema_fold_key(cs_buf *out, cs_view key);

/* ---- what is stored of a passage --------------------------------------------------- */

/* Kinds of block a passage holds, as a set of bits. */
enum {
    CS_KIND_PROSE = 1,
    CS_KIND_LIST = 2,
    CS_KIND_QUOTE = 4,
    CS_KIND_TABLE = 8,
    CS_KIND_CODE = 16,      /* a block of it, or a code span */
    CS_KIND_SOURCES = 32,   /* it stands in a section of sources: it lists, and says little */
    CS_KIND_QUESTIONS = 64, /* it only asks: questions of a template, places to fill in */
    CS_KIND_CONTENTS = 128  /* it only leads elsewhere: a table of contents, an index of pages */
};

/* Their names, as `in:` and the dump have them; name i is that of bit i. */
enum { cs_kinds = 8 };
extern const char *const cs_kind_names[cs_kinds];

/* How a stretch of visible text came from the file. */
typedef enum cs_span_kind {
    CS_SPAN_COPY,   /* byte for byte */
    CS_SPAN_UTF16,  /* character for character: 2 or 4 bytes each on disk */
    CS_SPAN_WHOLE,  /* the whole stands for the whole: an entity, a repaired byte */
    CS_SPAN_NOWHERE /* not in the file: a separator; stands at one place of it */
} cs_span_kind;

/* A stretch of visible text within one line of the file. The spans of a passage
 * follow each other in the text without a gap. */
typedef struct cs_span {
    cs_span_kind kind;
    uint32_t text;          /* first byte in the visible text */
    uint32_t length;        /* bytes of visible text */
    uint32_t source;        /* first byte in the file */
    uint32_t source_length; /* bytes in the file */
    uint32_t line;          /* from 1, as an editor counts */
    uint32_t column;        /* of the first byte: bytes on disk from its line's start, from 1 */
} cs_span;

typedef struct cs_spans {
    cs_span *items;
    size_t count, cap;
} cs_spans;

/* A place of the visible text that cites a source of the file. */
typedef struct cs_mark {
    uint32_t text;   /* byte in the visible text where the mark begins */
    uint32_t source; /* index into the file's sources */
} cs_mark;

typedef struct cs_marks {
    cs_mark *items;
    size_t count, cap;
} cs_marks;

typedef struct cs_passage {
    cs_view text;     /* visible text; '\n' between blocks and table rows */
    uint32_t section; /* index into the file's sections */
    uint32_t first_line, last_line;
    uint32_t start, end; /* bytes of the file, half open */
    uint32_t kinds;
    uint32_t length;      /* words with their weights; likewise, cs_store_length */
    cs_fingerprint print; /* not in its record: read it by cs_store_fingerprint */
    cs_spans spans;
    cs_marks marks;
} cs_passage;

void cs_passage_release(cs_passage *passage);

/* Where visible bytes [start, end) are in the file. The span may cover several
 * lines; line and column are those of its first byte. Text that is nowhere in
 * the file gives an empty range at its place. */
typedef struct cs_position {
    uint32_t line, column;
    uint32_t start, end;
} cs_position;
cs_position cs_passage_locate(const cs_passage *passage, uint32_t start, uint32_t end);

/* ---- what is stored of a file ------------------------------------------------------ */

/* How a heading was written. */
typedef enum cs_heading_form {
    CS_HEADING_ATX,
    CS_HEADING_SETEXT,
    CS_HEADING_HTML, /* <h1> to <h6> */
    CS_HEADING_SUMMARY,
    CS_HEADING_BOLD /* a paragraph that is one bold line */
} cs_heading_form;
enum { cs_heading_forms = CS_HEADING_BOLD + 1 };

typedef struct cs_section {
    cs_heading_form form;
    uint32_t parent; /* index of the section above, or cs_no_parent */
    uint32_t level;  /* 1 to 6; 7 for a line of bold or a <summary> */
    uint32_t line;   /* of the heading */
    cs_view heading; /* visible text; empty for what stands before the first one */
} cs_section;
#define cs_no_parent UINT32_MAX /* no enum: those are ints */

typedef struct cs_metadata {
    cs_view key;    /* cs_schema_fold_key */
    cs_view value;  /* as written; one for each item of a list */
    cs_value typed; /* what it is worth as a number or date */
} cs_metadata;

/* How a source was given. */
typedef enum cs_citation_kind {
    CS_CITATION_NOTE,     /* [^3]: text */
    CS_CITATION_LOOSE,    /* [^3]text */
    CS_CITATION_NUMBER,   /* [3] text, under a heading of sources */
    CS_CITATION_ITEM,     /* 3. text, under a heading of sources */
    CS_CITATION_LINK,     /* [text](url), [[3]](url), [text][label] */
    CS_CITATION_ADDRESS,  /* <url> or a bare one */
    CS_CITATION_UNDEFINED /* a mark without definition */
} cs_citation_kind;
enum { cs_citation_kinds = CS_CITATION_UNDEFINED + 1 };

typedef struct cs_citation {
    cs_citation_kind kind;
    cs_view label; /* "3" of [^3]; empty for a link in the text */
    cs_view text;  /* visible text of the definition, or of the link */
    cs_view url;   /* empty without one */
    uint32_t line; /* of the definition or link; 0 when there is none: unresolved */
} cs_citation;

/* Appends the site that an address is on: its host in lower case, without port,
 * user and a leading "www."; nothing when it has none. */
void cs_schema_add_site(cs_buf *out, cs_view url);

/* Why a file has no passages, or has. */
typedef enum cs_file_state {
    CS_FILE_READ,
    CS_FILE_BINARY, /* a NUL early, or another format in disguise */
    CS_FILE_BLANK   /* nothing in it to find */
} cs_file_state;

typedef struct cs_file {
    cs_view path; /* relative to the root */
    cs_stamp stamp;
    bool racy;     /* written within the clock's grain of being read: its stamp proves little */
    uint64_t hash; /* cs_hash of its bytes */
    cs_file_state state;
    cs_view language; /* a code of cs_language_code */
    cs_view title;
    cs_view note; /* what was odd about it, for --verbose; mostly empty */
    struct {
        cs_section *items;
        size_t count, cap;
    } sections;
    struct {
        cs_metadata *items;
        size_t count, cap;
    } metadata;
    struct {
        cs_citation *items;
        size_t count, cap;
    } sources;
} cs_file;

void cs_file_release(cs_file *file);

/* The path of headings to a section: the title of the study, then the headings
 * above it from the outermost, its own last. A heading that only repeats the
 * title, or the heading below it, is left out. Writes at most cs_max_trail views
 * (inner headings beyond that are left out); returns how many, at least 1. */
enum { cs_max_trail = 12 };
size_t cs_file_trail(const cs_file *file, uint32_t section, cs_view trail[cs_max_trail]);

/* ---- their encoding ---------------------------------------------------------------- */

/* Appends a record. Text comes first in a passage, path and stamp in a file, so
 * that they are read without decoding the rest. */
void cs_schema_add_passage(cs_buf *out, const cs_passage *passage);
void cs_schema_add_file(cs_buf *out, const cs_file *file);

/* A number or date, as it stands in the record of a file and in the store's
 * table of values: cs_schema_value_size bytes, but for text. */
enum { cs_schema_value_size = 1 + 8 };
void cs_schema_add_value(cs_buf *out, const cs_value *value);
cs_value cs_schema_read_value(cs_reader *reader);

/* Read a record; views point into `bytes`. CS_DAMAGED when it cannot be what the
 * functions above wrote. Release the result also after a failure. */
cs_status cs_schema_read_passage(cs_view bytes, cs_passage *ret_passage, cs_error *error);
cs_status cs_schema_read_file(cs_view bytes, cs_file *ret_file, cs_error *error);

/* A file without its metadata and sources, which a trail does not need. */
cs_status cs_schema_read_headings(cs_view bytes, cs_file *ret_file, cs_error *error);

/* Only the section; false when it cannot be read. */
bool cs_schema_passage_section(cs_view bytes, uint32_t *ret_section);

/* Only the first line; 0 when it cannot be read. */
uint32_t cs_schema_passage_line(cs_view bytes);

/* Only the text; only path, stamp, hash and state (nothing to release). */
cs_view cs_schema_passage_text(cs_view bytes);
cs_status cs_schema_read_stamp(cs_view bytes, cs_file *ret_file, cs_error *error);

#endif
