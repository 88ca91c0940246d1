/* manifest.h - which segments of an index count; spec section 7.
 *
 * A small text file that is replaced as a whole by one rename(2):
 *
 *   casesearch manifest 1
 *   root /home/ada/cases
 *   extensions md markdown
 *   options no-ignore follow
 *   max-size 8388608
 *   language en
 *   segment 01c5a0f2e6b34d77 passages 5190 files 40 studies 39
 *   db 812345 9f3c... <mtime> <ctime> <inode>
 *   store 1234567 77aa... <mtime> <ctime> <inode>
 *   dead 3,7-9
 *   end <XXH3 of all bytes before this line>
 *
 * In a path, a backslash and a line end are written \\ and \n. A segment never
 * changes; "dead" are the numbers of its files that no longer count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CS_MANIFEST_H
#define CS_MANIFEST_H

#include "walk.h"

enum {
    cs_max_segments = 8,   /* open at once; the indexer merges before there are more */
    cs_segment_name = 16,  /* hex digits */
    cs_max_files = 1 << 24 /* of a segment: bounds what a manifest can ask memory for */
};

/* A file of a segment, as it was when last verified. */
typedef struct cs_part {
    uint64_t checksum;
    cs_stamp stamp;
} cs_part;

typedef struct cs_segment {
    char name[cs_segment_name + 1];
    uint32_t passages, files, studies;    /* studies: files with passages */
    uint32_t dead_passages, dead_studies; /* counted by the index when it is opened */
    cs_part db, store;
    struct {
        uint32_t *items;
        size_t count, cap;
    } dead; /* numbers of files, rising */
} cs_segment;

typedef struct cs_settings {
    char *root; /* real path of the folder; owned */
    cs_selection selection;
    char *language; /* code; owned */
} cs_settings;

bool cs_settings_equal(const cs_settings *a, const cs_settings *b);

typedef struct cs_manifest {
    cs_settings settings;
    struct {
        cs_segment *items;
        size_t count, cap;
    } segments;
} cs_manifest;

void cs_manifest_release(cs_manifest *manifest);

/* Reads <directory>/manifest. CS_NO_INDEX when there is none, CS_FORMAT for
 * another version, CS_DAMAGED when its checksum does not hold. */
cs_status cs_manifest_read(const char *directory, cs_manifest *ret_manifest, cs_error *error);

/* Writes it aside, syncs it and the directory, renames, syncs the directory again:
 * after a crash there is either the old one or the new one, and the files that it
 * names have their names. After a failure it may be either. */
cs_status cs_manifest_write(const char *directory, const cs_manifest *manifest, cs_error *error);

bool cs_segment_is_dead(const cs_segment *segment, uint32_t file);

/* Marks a file as dead; false without memory. */
bool cs_segment_kill(cs_segment *segment, uint32_t file);

/* "<directory>/<name>.db" or ".store" into `out`. */
void cs_segment_path(cs_buf *out, const char *directory, const cs_segment *segment,
                     const char *suffix);
#define CS_DB_SUFFIX    ".db"
#define CS_STORE_SUFFIX ".store"

#endif
