/* profile.c - `make profile`: which share of the time of caseindex each stage takes.
 *
 * caseindex is linked once more with the functions below wrapped (ld --wrap): each
 * call stops the clock of the stage that it interrupts and runs its own. So the
 * shares are exact, of the very program, and need no profiler; what the clock
 * itself costs is measured and said. The clock is the CPU time of the process.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <cmark.h>
#include <stdio.h>
#include <time.h>

#include "citation.h"
#include "document.h"
#include "frontmatter.h"
#include "markdown.h"
#include "passage.h"
#include "store.h"
#include "walk.h"

typedef enum stage {
    REST, /* main, plan, hash, verification, manifest */
    WALK,
    READ,
    STUDY,
    DECODE,
    FRONT,
    BLOCKS,
    CMARK,
    INLINE,
    RESOLVE,
    PASSAGES,
    TERMS,
    STORE,
    XAPIAN,
    MERGE,
    STAGES
} stage;

static const struct {
    const char *name;
    bool parsing;
} stages[STAGES] = {
    [WALK] = {"folders and stamps", false},
    [READ] = {"reading files", false},
    [DECODE] = {"encoding, lines", true},
    [FRONT] = {"front matter", true},
    [BLOCKS] = {"blocks: the skeleton", true},
    [CMARK] = {"blocks: cmark", true},
    [INLINE] = {"inside of blocks", true},
    [STUDY] = {"sections, tables, code", true},
    [RESOLVE] = {"citations", true},
    [PASSAGES] = {"passages", false},
    [TERMS] = {"terms, into documents", false},
    [STORE] = {"store", false},
    [XAPIAN] = {"Xapian: batches", false},
    [MERGE] = {"Xapian: compaction", false},
    [REST] = {"the rest", false},
};

enum { max_depth = 16 };

static uint64_t spent[STAGES], since;
static uint64_t halves[STAGES]; /* of the time of a look at the clock, that a stage took */
static stage running[max_depth] = {REST};
static int depth;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* One half of the look at the clock is the time of the stage before, one that of
 * the stage after. */
static void change(void)
{
    uint64_t at = now();
    spent[running[depth]] += at - since;
    halves[running[depth]]++;
    since = at;
}

static void enter(stage s)
{
    change();
    if (depth + 1 < max_depth)
        running[++depth] = s;
    halves[running[depth]]++;
}

static void leave(void)
{
    change();
    if (depth > 0)
        depth--;
    halves[running[depth]]++;
}

/* The stage, what the function returns, its name, its parameters, their names. */
#define WRAP(STAGE, TYPE, NAME, PARAMETERS, ARGUMENTS)                                             \
    TYPE __real_##NAME PARAMETERS;                                                                 \
    TYPE __wrap_##NAME PARAMETERS;                                                                 \
    TYPE __wrap_##NAME PARAMETERS                                                                  \
    {                                                                                              \
        enter(STAGE);                                                                              \
        TYPE result = __real_##NAME ARGUMENTS;                                                     \
        leave();                                                                                   \
        return result;                                                                             \
    }

/* Each is named in profile.wraps too, for the linker. */
/* clang-format off */
WRAP(WALK, cs_status, cs_walk_folder,
     (const char *root, const cs_selection *selection, const cs_walk_bounds *bounds, cs_walk *walk,
      cs_error *error), (root, selection, bounds, walk, error))
WRAP(READ, cs_status, cs_read_file,
     (int folder, const char *path, bool follow, uint64_t max_size, cs_buf *out, cs_stamp *stamp,
      const char **why), (folder, path, follow, max_size, out, stamp, why))
WRAP(STUDY, cs_status, cs_study_read,
     (cs_view bytes, cs_view path, const char *language, cs_study *study, cs_error *error),
     (bytes, path, language, study, error))
WRAP(DECODE, cs_status, cs_source_decode,
     (cs_view bytes, cs_source *source, cs_error *error), (bytes, source, error))
WRAP(FRONT, cs_status, cs_frontmatter_read,
     (const cs_source *source, cs_arena *arena, cs_frontmatter *front, cs_error *error),
     (source, arena, front, error))
WRAP(BLOCKS, cs_status, cs_markdown_blocks,
     (const cs_source *source, uint32_t first_line, cs_blocks *blocks, cs_error *error),
     (source, first_line, blocks, error))
WRAP(CMARK, cmark_node *, cmark_parse_document,
     (const char *text, size_t length, int options), (text, length, options))
WRAP(RESOLVE, bool, cs_citations_resolve,
     (const cs_definitions *definitions, const cs_note *notes, size_t count, cs_view text,
      const cs_source *source, cs_file *file, cs_marks *marks),
     (definitions, notes, count, text, source, file, marks))
WRAP(PASSAGES, cs_status, cs_passages_next,
     (cs_passages *passages, cs_passage *passage, bool *found, cs_error *error),
     (passages, passage, found, error))
WRAP(TERMS, cs_status, cs_document_make,
     (cs_document_maker *maker, const cs_file *file, cs_passage *passage, bool first,
      xc_document **document, cs_error *error), (maker, file, passage, first, document, error))
WRAP(TERMS, cs_status, cs_document_store_forms,
     (cs_document_maker *maker, cs_store_writer *store, cs_error *error), (maker, store, error))
WRAP(STORE, cs_status, cs_store_writer_add_passage,
     (cs_store_writer *writer, const cs_passage *passage, cs_error *error),
     (writer, passage, error))
WRAP(STORE, cs_status, cs_store_writer_end_file,
     (cs_store_writer *writer, const cs_file *file, cs_error *error), (writer, file, error))
WRAP(STORE, cs_status, cs_store_writer_finish,
     (cs_store_writer *writer, cs_error *error), (writer, error))
WRAP(XAPIAN, xc_status, xc_writer_create,
     (const char *path, unsigned flags, xc_writer **writer, xc_error *error),
     (path, flags, writer, error))
WRAP(XAPIAN, xc_status, xc_writer_add,
     (xc_writer *writer, xc_document *document, uint32_t *docid, xc_error *error),
     (writer, document, docid, error))
WRAP(XAPIAN, xc_status, xc_writer_commit,
     (xc_writer *writer, xc_error *error), (writer, error))
WRAP(MERGE, xc_status, xc_compact,
     (const char *const *paths, size_t count, const char *destination, bool single_file,
      xc_error *error), (paths, count, destination, single_file, error))
/* clang-format on */

void __real_cs_inline_render(cs_inline *reader, const cs_flat *flat, cs_inline_mode mode,
                             cs_visible *out);
void __wrap_cs_inline_render(cs_inline *reader, const cs_flat *flat, cs_inline_mode mode,
                             cs_visible *out);
void __wrap_cs_inline_render(cs_inline *reader, const cs_flat *flat, cs_inline_mode mode,
                             cs_visible *out)
{
    enter(INLINE);
    __real_cs_inline_render(reader, flat, mode, out);
    leave();
}

static void print_line(const char *name, uint64_t nanoseconds, uint64_t all)
{
    double share = all == 0 ? 0 : 100 * (double)nanoseconds / (double)all;
    printf("%-26s %8.3f s %6.1f %%\n", name, (double)nanoseconds / 1e9, share);
}

__attribute__((destructor)) static void print_stages(void)
{
    static const stage order[STAGES] = {WALK,  READ,   DECODE, FRONT,   BLOCKS,
                                        CMARK, INLINE, STUDY,  RESOLVE, PASSAGES,
                                        TERMS, STORE,  XAPIAN, MERGE,   REST};
    enum { trials = 100000 };
    change();
    uint64_t all = 0, parsing = 0, begun = now();
    for (int i = 0; i < trials; i++)
        (void)now();
    uint64_t look = (now() - begun) / trials, clock = 0;
    for (size_t i = 0; i < STAGES; i++) {
        uint64_t cost = halves[i] * look / 2;
        cost = cost < spent[i] ? cost : spent[i];
        spent[i] -= cost;
        clock += cost;
        all += spent[i];
        parsing += stages[i].parsing ? spent[i] : 0;
    }
    for (size_t i = 0; i < STAGES; i++)
        print_line(stages[order[i]].name, spent[order[i]], all);
    print_line("all", all, all);
    print_line("of it parsing", parsing, all);
    print_line("the clock, taken off", clock, all);
}
