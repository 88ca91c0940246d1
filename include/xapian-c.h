/* xapian-c.h - a small C wrapper over libxapian. Mechanism only: prefixes,
 * fields and weights are the caller's.
 *
 * It stands alone: it includes nothing of casesearch and could be lifted into
 * another C project together with xapian-c.cc.
 *
 * Rules that hold for all of it
 *   Errors   Every call that reaches libxapian turns each C++ exception into an
 *            xc_status, with the text in a caller-owned xc_error (may be NULL).
 *            No exception crosses the border. Outputs (ret_*) are untouched on
 *            failure.
 *   Strings  are (pointer, length), any bytes; they are copied before a call
 *            returns.
 *   Results  are copied out into arrays that the caller frees with the free
 *            function named beside them. No iterator, and nothing else of
 *            Xapian, is alive between calls; a handle is valid until it is freed.
 *   Threads  A handle, and all handles made from it, may be used by one thread
 *            at a time. Separate handles in separate threads are independent.
 *   NULL     Every *_free takes NULL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XAPIAN_C_H
#define XAPIAN_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Xapian::Error is not polymorphic in C: each of its types has a value of its
 * own here where a caller would act differently. */
typedef enum xc_status {
    XC_OK = 0,
    XC_INVALID,   /* InvalidArgumentError, InvalidOperationError, QueryParserError, RangeError,
                     AssertionError: the caller's mistake */
    XC_NOT_FOUND, /* DatabaseNotFoundError, DocNotFoundError: no such database or document */
    XC_LOCKED,    /* DatabaseLockError: another writer holds it */
    XC_CORRUPT,   /* DatabaseCorruptError, SerialisationError, a store that is no database, and a
                     DatabaseError or DatabaseOpeningError without a reason from the system */
    XC_VERSION,   /* DatabaseVersionError: written by another version */
    XC_MODIFIED,  /* DatabaseModifiedError: a writer went too far; reopen and retry */
    XC_CLOSED,    /* DatabaseClosedError */
    XC_IO,        /* DatabaseError, DatabaseCreateError, DatabaseOpeningError: the system refused */
    XC_NETWORK,   /* NetworkError, NetworkTimeoutError */
    XC_UNSUPPORTED,   /* FeatureUnavailableError, UnimplementedError, WildcardError's kin */
    XC_TERM_TOO_LONG, /* a term over xc_term_max bytes: refused before it reaches Xapian */
    XC_MEMORY,        /* std::bad_alloc, or malloc here */
    XC_INTERNAL       /* InternalError, LogicError, and any exception not known */
} xc_status;

typedef struct xc_error {
    xc_status status;
    char type[40];     /* Xapian's name of it, for instance "DatabaseLockError" */
    char message[472]; /* one line; with the system's reason where Xapian gave one */
} xc_error;

/* A name for a status, as above without the XC_, in lower case. */
const char *xc_status_name(xc_status status);

/* "1.4.22": the version of libxapian that is linked in. */
const char *xc_version(void);

/* ---- Stemming ---------------------------------------------------------------------- */

typedef struct xc_stem xc_stem;

/* A Snowball stemmer by English name or ISO 639 code ("english", "en", "none").
 * XC_INVALID for a language Xapian does not know. */
xc_status xc_stem_new(const char *language, xc_stem **ret_stem, xc_error *error);
void xc_stem_free(xc_stem *stem);

/* Writes the stem of `word` (UTF-8, lower case) into `buffer`; *ret_length is
 * its length in bytes. A stem that does not fit `size` is XC_INVALID. */
xc_status xc_stem_word(xc_stem *stem, const char *word, size_t length, char *buffer, size_t size,
                       size_t *ret_length, xc_error *error);

/* ---- Writing ----------------------------------------------------------------------- */

/* The longest term, in bytes, that Xapian takes; a NUL byte counts twice. */
enum { xc_term_max = 245 };

/* One document, built up and added, then cleared for the next. Terms are kept
 * here until xc_writer_add. */
typedef struct xc_document xc_document;

xc_status xc_document_new(xc_document **ret_document, xc_error *error);
void xc_document_free(xc_document *document);
xc_status xc_document_clear(xc_document *document, xc_error *error);

/* Adds `wdf` to the within-document frequency of a term. An empty term is
 * XC_INVALID, one over xc_term_max XC_TERM_TOO_LONG; the document is then
 * unchanged. (Xapian itself would throw inside add_document and drop every
 * uncommitted document with it.) */
xc_status xc_document_add_term(xc_document *document, const char *term, size_t length, uint32_t wdf,
                               xc_error *error);
xc_status xc_document_set_value(xc_document *document, uint32_t slot, const char *value,
                                size_t length, xc_error *error);
xc_status xc_document_set_data(xc_document *document, const char *data, size_t length,
                               xc_error *error);

/* A glass database that is being written. All work is one transaction: no
 * document is in the database before xc_writer_commit, and freeing the writer
 * without it, or after it failed, removes the directory again. */
typedef struct xc_writer xc_writer;

enum {
    XC_WRITER_NO_TERMLIST = 1, /* no per-document term lists: smaller, faster; no delete, no ESet */
    XC_WRITER_NO_SYNC = 2      /* do not fsync: for a database that will be compacted anyway */
};

/* Creates the database directory `path`. Whatever exists there already is left
 * alone: XC_LOCKED for a database that a writer is at work on, else XC_IO. */
xc_status xc_writer_create(const char *path, unsigned flags, xc_writer **ret_writer,
                           xc_error *error);

/* Adds a copy of the document; *ret_docid counts from 1. */
xc_status xc_writer_add(xc_writer *writer, xc_document *document, uint32_t *ret_docid,
                        xc_error *error);

/* Commits, and checks that the number of documents is the number added. The
 * writer can only be closed afterwards. */
xc_status xc_writer_commit(xc_writer *writer, xc_error *error);
void xc_writer_free(xc_writer *writer);

/* Merges database directories, in this order, into one compacted database:
 * document numbers follow on. With `single_file` the result is one file at
 * `destination`, else a directory. It must not exist (XC_IO), and does not after
 * a failure. A single file is synced, a directory is not. With more databases than the soft
 * RLIMIT_NOFILE lets be open at once (about 120 at 1,024) they are merged in levels, by way of a
 * temporary directory `destination`.XXXXXX: raise the limit to avoid that. */
xc_status xc_compact(const char *const *paths, size_t count, const char *destination,
                     bool single_file, xc_error *error);

/* ---- Reading ----------------------------------------------------------------------- */

/* One or more databases ("shards") searched as one. */
typedef struct xc_database xc_database;

/* Opens single-file databases by descriptor, in this order; shard i is fds[i].
 * Opening by descriptor refuses stub files, which could name a program to run.
 * The descriptors stay the caller's: they are duplicated, which shares the file
 * offset, so one descriptor must not be opened by two threads at the same time.
 * `count` may be 0: an empty database. Two copies of one file are XC_INVALID. */
xc_status xc_database_open(const int *fds, size_t count, xc_database **ret_database,
                           xc_error *error);

/* Opens one database directory, glass only, never a stub. */
xc_status xc_database_open_directory(const char *path, xc_database **ret_database, xc_error *error);
void xc_database_free(xc_database *database);

/* The length of a document, the sum of the wdf of its terms, as Xapian counts it. */
typedef uint32_t (*xc_length_fn)(void *context, size_t shard, uint32_t docid);

/* Who is asked for lengths by class leaves, for as long as the database is open: Xapian's own
 * table of them costs twice what a posting costs. `length` is called from inside xc_search; NULL
 * for Xapian's. */
void xc_database_set_lengths(xc_database *database, xc_length_fn length, void *context);

xc_status xc_database_doc_count(xc_database *database, uint32_t *ret_count, xc_error *error);

/* In how many documents a term occurs; 0 for none. Terms are refused as by
 * xc_document_add_term, here and in xc_query_term. */
xc_status xc_database_term_freq(xc_database *database, const char *term, size_t length,
                                uint32_t *ret_freq, xc_error *error);

/* How often a term occurs in all: the sum of its wdf. */
xc_status xc_database_term_count(xc_database *database, const char *term, size_t length,
                                 uint64_t *ret_count, xc_error *error);

/* The average of the documents' lengths; 0 without documents. */
xc_status xc_database_average_length(xc_database *database, double *ret_length, xc_error *error);

typedef struct xc_term {
    char *text; /* NUL-terminated as well */
    size_t length;
    uint32_t freq;
} xc_term;

typedef struct xc_terms {
    xc_term *items;
    size_t count;
    bool truncated; /* there were more than `max`, or than were looked at */
} xc_terms;

/* The terms that begin with `prefix`: the `max` commonest of the first `look`
 * in byte order, commonest first, ties in byte order. Free with xc_terms_free. */
xc_status xc_database_terms(xc_database *database, const char *prefix, size_t length, size_t max,
                            size_t look, xc_terms *ret_terms, xc_error *error);
void xc_terms_free(xc_terms *terms);

/* ---- Queries ----------------------------------------------------------------------- */

/* An immutable query tree. Combining shares the parts: free every handle that
 * was made, in any order. */
typedef struct xc_query xc_query;

typedef enum xc_op {
    XC_OP_AND,
    XC_OP_OR,
    XC_OP_AND_NOT,   /* first, without the second */
    XC_OP_AND_MAYBE, /* first; the second only adds weight */
    XC_OP_FILTER,    /* first, where the second holds; the second gives no weight */
    XC_OP_SYNONYM,   /* as if all were one term */
    XC_OP_MAX        /* OR, with the weight of the best */
} xc_op;

xc_status xc_query_term(const char *term, size_t length, xc_query **ret_query, xc_error *error);
xc_status xc_query_all(xc_query **ret_query, xc_error *error);     /* every document, weight 0 */
xc_status xc_query_nothing(xc_query **ret_query, xc_error *error); /* no document */

/* One part or more; XC_OP_AND_NOT, XC_OP_AND_MAYBE and XC_OP_FILTER take two. */
xc_status xc_query_combine(xc_op op, xc_query *const *parts, size_t count, xc_query **ret_query,
                           xc_error *error);
xc_status xc_query_scale(xc_query *query, double factor, xc_query **ret_query, xc_error *error);

/* A term of a class, and how much each time that it occurs counts: 1 as usual. */
typedef struct xc_class_term {
    const char *term;
    size_t length;
    double boost;  /* above 0 */
    uint32_t freq; /* documents that have it, as xc_database_term_freq says: for speed only */
} xc_class_term;

/* A leaf that matches documents with any of the terms and weighs them by BM25 as if all were one
 * term that occurs tf times, the sum of boost x wdf: scale x tf (k1 + 1) / (tf + k1 ((1 - b) + b
 * length / average length)), with the parameters of the search. `scale` is the inverse document
 * frequency of the class, which the caller knows best. One term or more. */
xc_status xc_query_class(const xc_class_term *terms, size_t count, double scale,
                         xc_query **ret_query, xc_error *error);

/* The other way back into C during a match, beside xc_length_fn. Returns whether the document is
 * accepted. When it is not, *next may be set to a later document number before
 * which none is accepted (UINT32_MAX: none at all); it comes as docid + 1.
 * Called in rising order of docid within a shard, from inside xc_search, in the
 * calling thread; anew for each place in the query where the leaf stands. It
 * must not call into the same database; it may search another one. */
typedef bool (*xc_accept_fn)(void *context, size_t shard, uint32_t docid, uint32_t *next);

/* A leaf that matches, with weight 0, the documents `accept` accepts: combine
 * by XC_OP_FILTER to keep them, by XC_OP_AND_NOT to drop them. `context` must
 * outlive every search with it. `estimate` is a guess, per shard, of how many
 * it accepts: the matcher visits the rarer side first, so give UINT32_MAX when
 * accept is costly and must only be asked about documents that match the rest:
 * the other parts of its AND or FILTER, or the first part when the leaf itself
 * is the second of an AND_NOT. With any other estimate AND_NOT looks ahead for
 * the next accepted document, which is quick when accept gives `next`. In an OR
 * it is asked about every document. */
xc_status xc_query_accept(xc_accept_fn accept, void *context, uint32_t estimate,
                          xc_query **ret_query, xc_error *error);

/* For messages and tests: Xapian's own description. Free with free(3). */
xc_status xc_query_describe(xc_query *query, char **ret_text, xc_error *error);
void xc_query_free(xc_query *query);

/* ---- Matching ---------------------------------------------------------------------- */

/* Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
 * Beyond" (2009); the names are those of Xapian::BM25Weight. k3 weighs repeated
 * words of the query, and xc_query_term makes terms that occur once: to count
 * one more, scale it by (k3 + 1) * n / (k3 + n) yourself. */
typedef struct xc_bm25 {
    double k1, k2, k3, b, min_normlen;
} xc_bm25;

typedef struct xc_match {
    uint32_t shard; /* index into the databases opened */
    uint32_t docid; /* the document's number in its shard, from 1 */
    double weight;
} xc_match;

typedef struct xc_mset {
    xc_match *items; /* best first; equal weights by Xapian's merged number */
    size_t count;
    uint32_t matches_lower, matches_estimated, matches_upper;
} xc_mset;

/* The `max` best matches. At least `check_at_least` documents are looked at
 * before estimates are trusted: the bounds are equal when there are no more
 * matches than that. Free with xc_mset_free. */
xc_status xc_search(xc_database *database, xc_query *query, const xc_bm25 *weighting, uint32_t max,
                    uint32_t check_at_least, xc_mset *ret_mset, xc_error *error);
void xc_mset_free(xc_mset *mset);

#ifdef __cplusplus
}
#endif

#endif
