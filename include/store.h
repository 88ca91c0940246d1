/* store.h - the store of a segment: its passages and files, one file, written
 * once and read through mmap(2).
 *
 *   "CSSTORE1"
 *   records          passages and files (schema.h), in the order they were read, files
 *                    after some MB of passages; then forms: each a varint length
 *                    and the record
 *   passage offsets  u64 each, and one past the last
 *   file offsets     u64 each, and one past the last
 *   first passages   u32 for each file, and the number of passages
 *   form offsets     u64 each, of all languages
 *   kinds            u8 for each passage, CS_KIND_* of schema.h
 *   fingerprints     u64 and u32 for each passage: sketch and exact of fingerprint.h
 *   lengths          u16 for each passage: words with their weights, as ranking counts them
 *   values           numbers and dates of front matter, key by key in the order
 *                    of the keys, each key's in the order of the files: type u8,
 *                    8 bytes (cs_schema_add_value), u32 file
 *   facts            languages: varint count; each its code, first form and
 *                    number of forms. Front-matter keys: varint count; each a
 *                    sized string and its number of values
 *   footer           u64 offset of the passage offsets, u64 offset of the facts,
 *                    u32 passages, u32 files, u32 forms, u32 format version,
 *                    "CSEN"
 *
 * A form is a word as it stands in the text, under its stem in the language of
 * the study: (sized stem, word), sorted by both within a language.
 *
 * All integers little endian. The passages of a file are consecutive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_STORE_H
#define CS_STORE_H

#include "schema.h"

/* ---- reading ----------------------------------------------------------------------- */

typedef struct cs_views {
    cs_view *items;
    size_t count, cap;
} cs_views;
void cs_views_release(cs_views *views);

/* The numbers and dates of one key of front matter. */
typedef struct cs_typed_key {
    uint32_t first, count;
} cs_typed_key;

/* The forms of one language: each in order, a stem and a word. */
typedef struct cs_language {
    cs_view code;
    uint32_t first, count;
} cs_language;

typedef struct cs_store {
    cs_view bytes; /* the mapped file, */
    int fd;        /* and the file */
    uint32_t passage_count, file_count, form_count;
    const char *passages, *files, *first, *forms, *kinds, *prints, *lengths; /* the tables */
    struct {
        cs_language *items;
        size_t count, cap;
    } languages;
    cs_views keys; /* of front matter, folded; views into the file */
    const char *values;
    struct {
        cs_typed_key *items;
        size_t count, cap;
    } typed; /* one for each key */
} cs_store;

/* Maps an open file; `name` is for messages. The descriptor stays the caller's
 * and may be closed. CS_FORMAT for another format, CS_DAMAGED when its tables
 * cannot be right. */
cs_status cs_store_open(int fd, const char *name, cs_store *ret_store, cs_error *error);
void cs_store_release(cs_store *store);

/* Records, valid while the store is open; an empty view for a number out of
 * range or a damaged table. */
cs_view cs_store_passage(const cs_store *store, uint32_t passage);
cs_view cs_store_file(const cs_store *store, uint32_t file);

/* The same for many records that are far apart, of which each one would map 16 pages: by pread(2)
 * into `room`, which is the caller's. A record that is longer than it is left where it stands. */
cs_view cs_store_read_passage(const cs_store *store, uint32_t passage, char *room, size_t size);
cs_view cs_store_read_file(const cs_store *store, uint32_t file, char *room, size_t size);

/* What kinds of block a passage holds, without reading its record. */
uint32_t cs_store_kinds(const cs_store *store, uint32_t passage);

/* How many words it has for the ranking, likewise; 65,535 for more. */
uint32_t cs_store_length(const cs_store *store, uint32_t passage);

/* What tells its copies, likewise; of a number out of range that of a passage
 * without words. */
cs_fingerprint cs_store_fingerprint(const cs_store *store, uint32_t passage);

/* The passages of a file are [first, first of file + 1). */
uint32_t cs_store_first_passage(const cs_store *store, uint32_t file);
uint32_t cs_store_file_of(const cs_store *store, uint32_t passage);

/* The key of that name (folded), or keys.count. */
size_t cs_store_key(const cs_store *store, cs_view name);

/* A number or date, first <= i < first + count of its key, and its file. */
cs_value cs_store_value(const cs_store *store, uint32_t i, uint32_t *ret_file);

/* The first form of [low, high), which are of one language, whose stem does not stand before
 * `stem`; or high. */
uint32_t cs_store_form_from(const cs_store *store, uint32_t low, uint32_t high, cs_view stem);

/* Appends the forms of a stem in one language of the store. False without
 * memory. */
bool cs_store_forms(const cs_store *store, const cs_language *language, cs_view stem,
                    cs_views *forms);

/* The form of a number below form_count; false in a damaged table. */
bool cs_store_form(const cs_store *store, uint32_t number, cs_view *ret_stem, cs_view *ret_form);

/* ---- writing ----------------------------------------------------------------------- */

typedef struct cs_store_writer cs_store_writer;

/* Creates `path`, which must not exist. */
cs_status cs_store_writer_new(const char *path, cs_store_writer **ret_writer, cs_error *error);
cs_status cs_store_writer_add_passage(cs_store_writer *writer, const cs_passage *passage,
                                      cs_error *error);

/* Ends a file: the passages added since the last call are its own. */
cs_status cs_store_writer_end_file(cs_store_writer *writer, const cs_file *file, cs_error *error);

/* After the last file: the forms of a language, in order. `code` must last until the end. */
cs_status cs_store_writer_add_language(cs_store_writer *writer, cs_view code, cs_error *error);
cs_status cs_store_writer_add_form(cs_store_writer *writer, cs_view stem, cs_view form,
                                   cs_error *error);

uint32_t cs_store_writer_passages(const cs_store_writer *writer);
uint32_t cs_store_writer_files(const cs_store_writer *writer);

/* Appends all passages and files of another store; its forms are left out. After
 * cs_store_writer_end_file only. */
cs_status cs_store_writer_append(cs_store_writer *writer, const cs_store *store, cs_error *error);

/* Writes the tables, and syncs if asked to. The writer can only be freed afterwards. */
cs_status cs_store_writer_finish(cs_store_writer *writer, bool sync, cs_error *error);
void cs_store_writer_free(cs_store_writer *writer);

#endif
