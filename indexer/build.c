/* build.c - see build.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "build.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "hash.h"
#include "limit.h"
#include "walk.h"
#include "workers.h"
#include "writer.h"

/* How long after a write a stamp may still be that of another write, in
 * nanoseconds: a kernel tick with room; on file systems with whole seconds (FAT:
 * even ones) two seconds. */
static const int64_t clock_grain = 20000000, coarse_grain = 2000000000;

#define no_file UINT32_MAX /* no enum: those are ints */

/* A chunk: files [first, end) of the build. In memory that all processes share. */
typedef struct piece {
    uint32_t first, end;
    uint32_t at;     /* the file that is being read, or no_file */
    uint32_t losses; /* workers that were killed at it, and where the last one was */
    uint32_t lost_at;
    bool over_memory; /* the worker ended itself: the file takes too much */
    uint64_t bytes;   /* read */
    cs_chunk result;  /* once it is done */
} piece;

/* In memory that all processes share. */
typedef struct shared {
    atomic_uint_fast64_t files, bytes; /* done, for the progress */
    cs_part db, store;                 /* of the segment, once they are joined */
    piece *pieces;
    unsigned char *outcomes; /* cs_outcome of each file */
} shared;

typedef struct builder {
    cs_build *build;
    cs_segment_writer *writer;
    shared *shared;
    size_t shared_size;
    uint32_t pieces;
    cs_chunk *chunks; /* with files in them */
    size_t chunk_count;
    unsigned lost_joiners;
    bool joining; /* all is read */
    cs_buf bytes; /* of the file at hand */
} builder;

/* ---- chunks ------------------------------------------------------------------------ */

static uint64_t piece_bytes(const cs_build *b)
{
    enum { pieces_a_job = 8 };
    uint64_t all = 0;
    for (size_t i = 0; i < b->count; i++)
        all += b->files[i].size;
    uint64_t share = all / b->jobs / pieces_a_job;
    return share > cs_chunk_bytes       ? cs_chunk_bytes
           : share < cs_min_chunk_bytes ? cs_min_chunk_bytes
                                        : share;
}

/* Parts the files; `pieces` NULL: only counts. */
static uint32_t cut(const cs_build *b, piece *pieces)
{
    uint64_t most = piece_bytes(b), bytes = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        bytes += b->files[i].size + 1;
        if (i + 1 < b->count && bytes < most)
            continue;
        if (pieces != NULL)
            pieces[count] = (piece){
                .first = count > 0 ? pieces[count - 1].end : 0, .end = i + 1, .at = no_file};
        count++;
        bytes = 0;
    }
    return count;
}

static cs_status share(builder *b, cs_error *error)
{
    b->pieces = cut(b->build, NULL);
    size_t pieces = sizeof(shared) + b->pieces * sizeof(piece);
    b->shared_size = pieces + b->build->count;
    void *memory =
        mmap(NULL, b->shared_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return cs_fail_memory(error);
    b->shared = memory;
    b->shared->pieces = (piece *)(b->shared + 1);
    b->shared->outcomes = (unsigned char *)memory + pieces;
    cut(b->build, b->shared->pieces);
    return CS_OK;
}

/* ---- in a worker ------------------------------------------------------------------- */

static void say(cs_outcome outcome, const char *path, const char *text)
{
    CS_SCOPED(cs_buf) message = {.limit = 1 << 17};
    cs_buf_add_char(&message, (char)outcome);
    cs_buf_add(&message, path, strlen(path) + 1);
    cs_buf_add(&message, text, strlen(text) + 1);
    if (cs_buf_status(&message) == CS_OK)
        cs_workers_say(cs_buf_view(&message));
}

static bool is_racy(const cs_stamp *stamp)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t at = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    bool coarse = stamp->mtime % 1000000000 == 0 && stamp->ctime % 1000000000 == 0;
    int64_t grain = coarse ? coarse_grain : clock_grain;
    return stamp->mtime > at - grain || stamp->ctime > at - grain;
}

/* What is the same for every file that is in the segment. */
static void set_file(cs_file *file, const char *path, const cs_stamp *stamp, cs_view bytes)
{
    file->path = cs_view_of(path);
    file->stamp = *stamp;
    file->racy = is_racy(stamp);
    file->hash = cs_hash(bytes.data, bytes.len);
}

const char *cs_build_why_skipped(cs_file_state state)
{
    return state == CS_FILE_READ    ? NULL
           : state == CS_FILE_BLANK ? "nothing in it to find"
                                    : "not text";
}

static cs_status add_study(builder *b, const char *path, const cs_stamp *stamp,
                           cs_outcome *ret_outcome, cs_error *error)
{
    cs_view bytes = cs_buf_view(&b->bytes);
    CS_SCOPED(cs_study) study = {0};
    cs_status status = CS_OK;
    bool binary = cs_source_is_binary(bytes);
    if (!binary)
        status =
            cs_study_read(bytes, cs_view_of(path), b->build->settings->language, &study, error);
    else
        study.file = (cs_file){.title = {"", 0}, .language = {"", 0}, .note = {"", 0}};
    if (status != CS_OK)
        return status;
    set_file(&study.file, path, stamp, bytes);
    study.file.state = binary                    ? CS_FILE_BINARY
                       : study.pieces.count == 0 ? CS_FILE_BLANK
                                                 : CS_FILE_READ;
    const char *why = cs_build_why_skipped(study.file.state);
    *ret_outcome = why == NULL ? CS_OUTCOME_READ : CS_OUTCOME_SKIPPED;
    if (study.file.note.len > 0)
        say(CS_OUTCOME_READ, path, study.file.note.data);
    if (why != NULL)
        say(CS_OUTCOME_SKIPPED, path, why);
    if (study.source.cut) {
        study.file.note = cs_view_of("more than 200,000 lines: only these are in the index");
        say(CS_OUTCOME_FAILED, path, study.file.note.data);
    }
    return cs_segment_writer_add(b->writer, &study, error);
}

/* A file that costs too much is in the segment all the same, as one without passages: so it
 * is tried again when it changes, and not in every run. */
static cs_status add_refused(builder *b, const char *path, const cs_stamp *stamp, cs_error *error)
{
    CS_SCOPED(cs_study) study = {.file = {.title = {"", 0}, .language = {"", 0}}};
    set_file(&study.file, path, stamp, cs_buf_view(&b->bytes));
    study.file.state = CS_FILE_BLANK;
    study.file.note = cs_view_of("reading it costs too much: left out");
    return cs_segment_writer_add(b->writer, &study, error);
}

/* For a file that took too much memory: of its passages some may be written, so the piece is
 * done again without it. */
_Noreturn static void end_worker(piece *p)
{
    p->over_memory = true;
    raise(SIGKILL);
    _exit(1);
}

static cs_status add_file(builder *b, uint32_t number, piece *p, const cs_stamp *stamp,
                          cs_outcome *outcome, cs_error *error)
{
    const char *path = b->build->files[number].path;
    if (*outcome == CS_OUTCOME_REFUSED)
        return add_refused(b, path, stamp, error);
    cs_limit_begin(b->bytes.len);
    cs_status status = add_study(b, path, stamp, outcome, error);
    if (status == CS_OK && cs_buf_starved())
        status = cs_fail_memory(error);
    if (status == CS_MEMORY && cs_limit_was_reached())
        end_worker(p);
    cs_limit_end();
    return status;
}

static cs_status read_one(builder *b, uint32_t number, piece *p, cs_error *error)
{
    const cs_build *build = b->build;
    const cs_selection *selection = &build->settings->selection;
    const char *path = build->files[number].path, *why = "";
    cs_outcome outcome = CS_OUTCOME_FAILED;
    cs_stamp stamp;
    cs_status status = cs_read_file(build->root_fd, path, selection->follow, selection->max_size,
                                    &b->bytes, &stamp, &why);
    if (status == CS_MEMORY)
        return cs_fail_memory(error);
    if (status == CS_OK) {
        p->bytes += b->bytes.len;
        outcome = (cs_outcome)b->shared->outcomes[number];
        status = add_file(b, number, p, &stamp, &outcome, error);
        if (status != CS_OK)
            return status;
    } else if (status == CS_GONE) {
        outcome = CS_OUTCOME_GONE;
    } else {
        say(CS_OUTCOME_FAILED, path, why);
    }
    b->shared->outcomes[number] = (unsigned char)outcome;
    return CS_OK;
}

/* Reads the files of a piece but for those that killed a worker. */
static cs_status read_piece(void *context, uint32_t number, cs_error *error)
{
    builder *b = context;
    piece *p = &b->shared->pieces[number];
    const volatile sig_atomic_t *interrupted = b->build->interrupted;
    p->bytes = 0;
    cs_status status = cs_segment_writer_begin_chunk(b->writer, number, error);
    for (uint32_t i = p->first; i < p->end && status == CS_OK; i++) {
        p->at = i;
        if (interrupted != NULL && *interrupted != 0)
            return cs_fail(error, CS_INTERRUPTED, "interrupted: the index is as it was");
        if (b->shared->outcomes[i] != CS_OUTCOME_FAILED)
            status = read_one(b, i, p, error);
        atomic_fetch_add(&b->shared->files, 1);
        atomic_fetch_add(&b->shared->bytes, b->build->files[i].size);
    }
    p->at = no_file;
    return status == CS_OK ? cs_segment_writer_end_chunk(b->writer, &p->result, error) : status;
}

/* ---- in the parent ----------------------------------------------------------------- */

static void hear(void *context, cs_view message)
{
    const cs_build *build = ((builder *)context)->build;
    const char *path = message.data + 1, *text = path + strlen(path) + 1;
    build->tell(build->context, (cs_outcome)message.data[0], path, text);
}

/* Leaves out a file at which its reader ended. */
static cs_status blame(builder *b, uint32_t file, cs_outcome outcome, const char *why)
{
    b->shared->outcomes[file] = (unsigned char)outcome;
    b->build->tell(b->build->context, CS_OUTCOME_FAILED, b->build->files[file].path, why);
    return CS_OK;
}

/* Whatever kills a worker once (a person, the kernel short of memory) may not do it
 * again: the piece is done again, and only a file at which a second one dies in a
 * row is to blame; but at once one that went over its limits. */
static cs_status lose_worker(void *context, uint32_t number, int signal, cs_error *error)
{
    builder *b = context;
    piece *p = &b->shared->pieces[number];
    bool reading = p->at >= p->first && p->at < p->end, over_memory = p->over_memory;
    uint32_t at = reading ? p->at : no_file, most = 2 * (p->end - p->first) + 2;
    bool again = p->losses > 0 && p->lost_at == at;
    char text[64];
    p->at = no_file;
    p->lost_at = at;
    p->over_memory = false;
    if (++p->losses > most || (again && !reading))
        return cs_fail(error, CS_IO, "workers were killed (signal %d), again and again", signal);
    bool refused = reading && (over_memory || signal == SIGPROF);
    uint64_t bytes = reading ? b->build->files[at].size : 0;
    if (refused && over_memory)
        snprintf(text, sizeof text, "takes more than %u MB: left out", cs_limit_memory_of(bytes));
    else if (refused)
        snprintf(text, sizeof text, "takes more than %u s: left out", cs_limit_seconds_of(bytes));
    else if (again)
        snprintf(text, sizeof text, "its reader was killed (signal %d): left out", signal);
    else
        return CS_OK;
    return blame(b, at, refused ? CS_OUTCOME_REFUSED : CS_OUTCOME_FAILED, text);
}

static void tick(void *context)
{
    builder *b = context;
    if (b->joining)
        b->build->joining(b->build->context, b->build->count);
    else
        b->build->progress(b->build->context, (size_t)atomic_load(&b->shared->files),
                           atomic_load(&b->shared->bytes));
}

/* ---- joining ----------------------------------------------------------------------- */

/* Takes stock of what the workers left in shared memory. */
static cs_status collect(builder *b, cs_error *error)
{
    b->chunks = calloc(b->pieces + 1, sizeof *b->chunks);
    if (b->chunks == NULL)
        return cs_fail_memory(error);
    for (uint32_t i = 0; i < b->pieces; i++) {
        const piece *p = &b->shared->pieces[i];
        b->build->bytes += p->bytes;
        if (p->result.files > 0)
            b->chunks[b->chunk_count++] = p->result;
    }
    for (size_t i = 0; i < b->build->count; i++)
        b->build->files[i].outcome = (cs_outcome)b->shared->outcomes[i];
    return CS_OK;
}

enum { join_databases, join_stores, joins }; /* pieces of the second run of workers */

static cs_status join(void *context, uint32_t number, cs_error *error)
{
    builder *b = context;
    if (number == join_databases)
        return cs_segment_writer_join_databases(b->writer, b->chunks, b->chunk_count,
                                                &b->shared->db, error);
    return cs_segment_writer_join_stores(b->writer, b->chunks, b->chunk_count, &b->shared->store,
                                         error);
}

/* What it left is written over; whatever killed it again and again is no accident. */
static cs_status lose_joiner(void *context, uint32_t number, int signal, cs_error *error)
{
    const unsigned most = 3;
    builder *b = context;
    if (++b->lost_joiners < most)
        return CS_OK;
    return cs_fail(error, CS_IO, "the process that joined the %s was killed (signal %d)",
                   number == join_databases ? "databases" : "stores", signal);
}

static cs_work new_work(builder *b, uint32_t pieces)
{
    return (cs_work){.pieces = pieces,
                     .jobs = b->build->jobs,
                     .parent_fd = b->build->lock_fd,
                     .context = b,
                     .interrupted = b->build->interrupted,
                     .said = hear,
                     .tick = tick};
}

static cs_status read_pieces(builder *b, cs_error *error)
{
    cs_work work = new_work(b, b->pieces);
    work.work = read_piece;
    work.died = lose_worker;
    return cs_workers_run(&work, error);
}

static cs_status join_chunks(builder *b, cs_segment *ret_segment, cs_error *error)
{
    cs_work work = new_work(b, joins);
    b->joining = true;
    work.work = join;
    work.died = lose_joiner;
    cs_status status = cs_workers_run(&work, error);
    if (status == CS_OK)
        cs_segment_writer_finish(b->writer, b->chunks, b->chunk_count, &b->shared->db,
                                 &b->shared->store, ret_segment);
    return status;
}

cs_status cs_build_segment(cs_build *build, cs_segment *ret_segment, bool *ret_any, cs_error *error)
{
    builder b = {.build = build};
    *ret_any = false;
    if (build->count == 0)
        return CS_OK;
    if (build->count > cs_max_files)
        return cs_fail(error, CS_LIMIT, "more than %d files", cs_max_files);
    cs_status status = share(&b, error);
    if (status == CS_OK)
        status = cs_segment_writer_new(build->directory, &b.writer, error);
    if (status == CS_OK)
        status = read_pieces(&b, error);
    if (status == CS_OK)
        status = collect(&b, error);
    if (status == CS_OK && b.chunk_count > 0)
        status = join_chunks(&b, ret_segment, error);
    *ret_any = status == CS_OK && b.chunk_count > 0;
    cs_segment_writer_free(b.writer);
    if (b.shared != NULL)
        munmap(b.shared, b.shared_size);
    free(b.chunks);
    cs_buf_release(&b.bytes);
    return status;
}
