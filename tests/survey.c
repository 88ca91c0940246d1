/* survey.c - `make survey`: what the indexer understood of real files, counted by
 * feature, with samples to be looked at.
 *
 *   survey [-s SAMPLES] FOLDER...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "passage.h"
#include "sentence.h"
#include "text.h"
#include "unit/corpora.h"

enum { max_samples = 20, sample_columns = 150 };

/* What is counted: how often, and in how many files. */
typedef enum feature {
    FILES,
    BLANK,
    MARKED,
    UTF16,
    CRLF,
    REPAIRED,
    FRONT,
    FRONT_BROKEN,
    FIELDS,
    TITLE_FRONT,
    NO_HEADING,
    NO_H1,
    SEVERAL_H1,
    SKIPPED,
    HEADINGS, /* by cs_heading_form */
    SECTIONS = HEADINGS + cs_heading_forms,
    EMPTY_SECTIONS,
    PASSAGES,
    KINDS, /* by bit of CS_KIND_* */
    TABLES = KINDS + cs_kinds,
    ROWS,
    CODE_BLOCKS,
    CODE_SPANS,
    SOURCE_SECTIONS,
    SOURCES, /* by cs_citation_kind */
    UNCITED = SOURCES + cs_citation_kinds,
    MARKS, /* by cs_citation_kind of their source */
    FEATURES = MARKS + cs_citation_kinds
} feature;

static const char *const names[FEATURES] = {
    [FILES] = "files",
    [BLANK] = "  nothing in them",
    [MARKED] = "  byte-order mark",
    [UTF16] = "  UTF-16",
    [CRLF] = "  CRLF",
    [REPAIRED] = "  bytes that were repaired",
    [FRONT] = "front matter read",
    [FRONT_BROKEN] = "front matter broken",
    [FIELDS] = "  values in it",
    [TITLE_FRONT] = "  title of the study from it",
    [NO_HEADING] = "no heading at all",
    [NO_H1] = "no heading of level 1",
    [SEVERAL_H1] = "several of level 1",
    [SKIPPED] = "a level is skipped",
    [HEADINGS + CS_HEADING_ATX] = "headings: atx",
    [HEADINGS + CS_HEADING_SETEXT] = "  setext",
    [HEADINGS + CS_HEADING_HTML] = "  html",
    [HEADINGS + CS_HEADING_SUMMARY] = "  summary",
    [HEADINGS + CS_HEADING_BOLD] = "  bold line",
    [SECTIONS] = "sections",
    [EMPTY_SECTIONS] = "  without words of their own",
    [PASSAGES] = "passages",
    [KINDS + 0] = "  with prose",
    [KINDS + 1] = "  with lists",
    [KINDS + 2] = "  with quotes",
    [KINDS + 3] = "  with tables",
    [KINDS + 4] = "  with code",
    [KINDS + 5] = "  under a heading of sources",
    [KINDS + 6] = "  that only ask",
    [TABLES] = "tables",
    [ROWS] = "  rows",
    [CODE_BLOCKS] = "code: blocks",
    [CODE_SPANS] = "  spans",
    [SOURCE_SECTIONS] = "sections of sources",
    [SOURCES + CS_CITATION_NOTE] = "sources: [^n]: text",
    [SOURCES + CS_CITATION_LOOSE] = "  [^n]text",
    [SOURCES + CS_CITATION_NUMBER] = "  [n] text",
    [SOURCES + CS_CITATION_ITEM] = "  n. text",
    [SOURCES + CS_CITATION_LINK] = "  links",
    [SOURCES + CS_CITATION_ADDRESS] = "  bare addresses",
    [SOURCES + CS_CITATION_UNDEFINED] = "  marks without a definition",
    [UNCITED] = "  definitions that nothing cites",
    [MARKS + CS_CITATION_NOTE] = "cited by marks: [^n]: text",
    [MARKS + CS_CITATION_LOOSE] = "  [^n]text",
    [MARKS + CS_CITATION_NUMBER] = "  [n] text",
    [MARKS + CS_CITATION_ITEM] = "  n. text",
    [MARKS + CS_CITATION_LINK] = "  links",
    [MARKS + CS_CITATION_ADDRESS] = "  bare addresses",
    [MARKS + CS_CITATION_UNDEFINED] = "  unresolved",
};

static struct count {
    size_t items, files, last; /* the file that was counted last */
    char *samples[max_samples];
} counts[FEATURES];

typedef struct numbers {
    uint32_t *items;
    size_t count, cap;
} numbers;

static numbers section_words, passage_words, front_lines;
static size_t wanted_samples, file_number;
static const char *file_path;
static uint64_t randomness = 88172645463325252u;

/* Marsaglia 2003, xorshift: the same samples in every run. */
static uint64_t next_random(void)
{
    randomness ^= randomness << 13;
    randomness ^= randomness >> 7;
    randomness ^= randomness << 17;
    return randomness;
}

/* Keeps each of the items seen with the same chance (Vitter 1985, algorithm R). */
static void add_sample(struct count *c, uint32_t line, cs_view text)
{
    size_t place = c->items <= wanted_samples ? c->items - 1 : next_random() % c->items;
    if (place >= wanted_samples)
        return;
    CS_SCOPED(cs_buf) sample = {.limit = 1 << 20};
    cs_buf_addf(&sample, "%s:%u: ", file_path, line);
    cs_text_add_printable(&sample, text.data, cs_text_prefix(text.data, text.len, sample_columns));
    if (cs_buf_status(&sample) != CS_OK)
        abort();
    free(c->samples[place]);
    c->samples[place] = cs_copy_string(cs_buf_view(&sample));
}

static void count(feature f, uint32_t line, cs_view text)
{
    struct count *c = &counts[f];
    c->items++;
    c->files += c->last != file_number;
    c->last = file_number;
    add_sample(c, line, text);
}

static void count_if(bool is, feature f)
{
    if (is)
        count(f, 1, cs_view_of(""));
}

static void add_number(numbers *list, uint32_t number)
{
    uint32_t *place = CS_PUSH(list);
    if (place == NULL)
        abort();
    *place = number;
}

static uint32_t count_words(cs_view text)
{
    cs_tokenizer tokenizer;
    cs_token token;
    uint32_t words = 0;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (cs_tokenizer_next(&tokenizer, &token))
        words += !token.extra;
    return words;
}

/* ---- one file ------------------------------------------------------------------------- */

static uint32_t line_of(const cs_study *study, uint32_t source)
{
    return cs_source_line(&study->source, source) + 1;
}

static void count_encoding(cs_view bytes, const cs_study *study)
{
    const cs_source *source = &study->source;
    bool mark = bytes.len >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0;
    count_if(mark, MARKED);
    count_if(source->utf16, UTF16);
    count_if(!source->utf16 && memmem(bytes.data, bytes.len, "\r\n", 2) != NULL, CRLF);
    count_if(source->patches.count > (mark ? 1 : 0) && !source->utf16, REPAIRED);
}

static void count_front(const cs_study *study)
{
    CS_SCOPED(cs_arena) arena = {0};
    CS_SCOPED(cs_frontmatter) front = {0};
    if (cs_frontmatter_read(&study->source, &arena, &front, NULL) != CS_OK)
        abort();
    if (front.broken)
        count(FRONT_BROKEN, 1, front.note);
    else if (front.lines > 0)
        count(FRONT, 1, front.metadata.count > 0 ? front.metadata.items[0].value : front.note);
    for (size_t i = 0; i < front.metadata.count; i++)
        count(FIELDS, 1, front.metadata.items[i].value);
    if (front.lines > 0)
        add_number(&front_lines, front.lines);
    count_if(cs_frontmatter_value(&front, "title").len > 0, TITLE_FRONT);
}

static void count_headings(const cs_study *study)
{
    size_t tops = 0;
    bool skipped = false;
    for (size_t i = 0; i < study->file.sections.count; i++) {
        const cs_section *s = &study->file.sections.items[i];
        uint32_t above =
            s->parent == cs_no_parent ? s->level : study->file.sections.items[s->parent].level;
        tops += s->level == 1;
        skipped = skipped || (s->level <= 6 && s->level > above + 1);
        count(HEADINGS + (feature)s->form, s->line, s->heading);
        if (cs_is_source_heading(s->heading))
            count(SOURCE_SECTIONS, s->line, s->heading);
    }
    count_if(study->file.sections.count == 0, NO_HEADING);
    count_if(tops == 0, NO_H1);
    count_if(tops > 1, SEVERAL_H1);
    count_if(skipped, SKIPPED);
}

static void count_pieces(const cs_study *study)
{
    cs_view text = cs_buf_view(&study->visible.text);
    size_t sections = study->file.sections.count;
    uint32_t *words = calloc(sections + 1, sizeof *words);
    uint32_t end = 0; /* of the table before */
    if (words == NULL)
        abort();
    for (size_t i = 0; i < study->pieces.count; i++) {
        const cs_piece *p = &study->pieces.items[i];
        cs_view piece = {text.data + p->start, p->end - p->start};
        uint32_t line = line_of(study, p->source);
        words[p->section == cs_no_parent ? sections : p->section] += count_words(piece);
        if (p->kind == CS_KIND_CODE)
            count(CODE_BLOCKS, line, piece);
        if (p->kind != CS_KIND_TABLE)
            continue;
        count(ROWS, line, piece);
        if (line != end + 1)
            count(TABLES, line, piece);
        end = line_of(study, p->source_end);
    }
    for (size_t i = 0; i < sections; i++) {
        const cs_section *s = &study->file.sections.items[i];
        count(SECTIONS, s->line, s->heading);
        if (words[i] == 0)
            count(EMPTY_SECTIONS, s->line, s->heading);
        else
            add_number(&section_words, words[i]);
    }
    for (size_t i = 0; i < study->code.count; i++) {
        const struct cs_range *code = &study->code.items[i];
        count(CODE_SPANS, 0, (cs_view){text.data + code->start, code->end - code->start});
    }
    free(words);
}

static void count_sources(const cs_study *study)
{
    bool *cited = calloc(study->file.sources.count + 1, sizeof *cited);
    if (cited == NULL)
        abort();
    for (size_t i = 0; i < study->marks.count; i++)
        cited[study->marks.items[i].source] = true;
    for (size_t i = 0; i < study->file.sources.count; i++) {
        const cs_citation *c = &study->file.sources.items[i];
        cs_view text = c->text.len > 0 ? c->text : c->url.len > 0 ? c->url : c->label;
        count(SOURCES + (feature)c->kind, c->line, text);
        if (!cited[i])
            count(UNCITED, c->line, text);
    }
    free(cited);
}

/* "... sentence with its mark => label: text (line of the definition)" */
static void count_mark(const cs_study *study, const cs_passage *passage, const cs_mark *mark)
{
    const cs_citation *c = &study->file.sources.items[mark->source];
    size_t start = 0, end = 0;
    while (end <= mark->text && end < passage->text.len) {
        start = end;
        end = cs_sentence_end(passage->text, start);
    }
    if (mark->text - start > 70) /* the end of it is enough */
        start = mark->text - 70;
    CS_SCOPED(cs_buf) text = {.limit = 1 << 24};
    size_t shown = end > mark->text + 20 ? mark->text + 20 : end;
    cs_buf_add(&text, passage->text.data + start, shown - start);
    cs_buf_addf(&text, " => %.*s: ", (int)c->label.len, c->label.data);
    cs_buf_add(&text, c->text.data, c->text.len < 40 ? c->text.len : 40);
    cs_buf_addf(&text, " %.*s (line %u)", c->url.len < 50 ? (int)c->url.len : 50, c->url.data,
                c->line);
    count(MARKS + (feature)c->kind, cs_passage_locate(passage, mark->text, mark->text).line,
          cs_buf_view(&text));
}

static void count_passages(const cs_study *study)
{
    cs_passages walk = {.study = study};
    for (bool found = true; found;) {
        CS_SCOPED(cs_passage) p = {0};
        if (cs_passages_next(&walk, &p, &found, NULL) != CS_OK)
            abort();
        if (!found)
            break;
        count(PASSAGES, p.first_line, p.text);
        add_number(&passage_words, count_words(p.text));
        for (unsigned kind = 0; kind < cs_kinds; kind++)
            if (p.kinds & 1u << kind)
                count(KINDS + kind, p.first_line, p.text);
        for (size_t i = 0; i < p.marks.count; i++)
            count_mark(study, &p, &p.marks.items[i]);
    }
}

static void survey_file(const char *path, cs_view bytes)
{
    static const char *const extensions[] = {".md", ".markdown", ".mdown", ".mkd", ".mdx", ".txt"};
    bool taken = false;
    size_t len = strlen(path);
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        size_t end = strlen(extensions[i]);
        taken = taken || (len > end && strcasecmp(path + len - end, extensions[i]) == 0);
    }
    if (!taken)
        return;
    CS_SCOPED(cs_study) study = {0};
    file_number++;
    file_path = path;
    if (cs_study_read(bytes, cs_view_of(path), "en", &study, NULL) != CS_OK)
        abort();
    count(FILES, 1, study.file.title);
    count_if(study.pieces.count == 0, BLANK);
    count_encoding(bytes, &study);
    count_front(&study);
    count_headings(&study);
    count_pieces(&study);
    count_sources(&study);
    count_passages(&study);
}

/* ---- the page --------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void print_numbers(const char *name, numbers *list)
{
    if (list->count == 0)
        return;
    qsort(list->items, list->count, sizeof *list->items, compare_numbers);
    printf("%-34s p50 %u, p90 %u, p99 %u, most %u\n", name, list->items[list->count / 2],
           list->items[list->count * 9 / 10], list->items[list->count * 99 / 100],
           list->items[list->count - 1]);
    list->count = 0;
}

static void survey_folder(const char *folder)
{
    memset(counts, 0, sizeof counts);
    corpora_folder(folder, survey_file);
    printf("%s\n\n%-34s %9s %9s\n", folder, "", "items", "files");
    for (size_t f = 0; f < FEATURES; f++) {
        struct count *c = &counts[f];
        double share =
            counts[FILES].items == 0 ? 0 : (double)c->files / (double)counts[FILES].items;
        printf("%-34s %9zu %9zu %5.1f %%\n", names[f], c->items, c->files, share * 100);
        for (size_t i = 0; i < wanted_samples && c->samples[i] != NULL; i++) {
            printf("      %s\n", c->samples[i]);
            free(c->samples[i]);
        }
    }
    print_numbers("words of a section", &section_words);
    print_numbers("words of a passage", &passage_words);
    print_numbers("lines of front matter", &front_lines);
    printf("\n");
}

int main(int argc, char **argv)
{
    int option;
    while ((option = getopt(argc, argv, "s:")) != -1) {
        if (option != 's')
            return 2;
        wanted_samples = (size_t)atoi(optarg);
        wanted_samples = wanted_samples > max_samples ? max_samples : wanted_samples;
    }
    for (int i = optind; i < argc; i++)
        survey_folder(argv[i]);
    if (optind == argc && !corpora_others(survey_folder))
        corpora_own(survey_folder);
    free(section_words.items);
    free(passage_words.items);
    free(front_lines.items);
    return 0;
}
