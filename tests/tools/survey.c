/* survey.c - `make survey`: what is read of a folder of real files, counted, to be
 * compared with what is known of them from elsewhere. Every file is read as
 * caseindex reads it; nothing is counted from the bytes alone, but for encodings
 * and letters.
 *
 *   survey [--samples N] [--seed N] [FOLDER...]
 *
 * One page a folder; without any, those that CASES_CORPORA names (DIR[:DIR...]), else
 * corpus/. "files" and "share" say in how many of the files that were
 * read a thing occurs, "count" how often it does where that is another number.
 * With samples, N things of each kind follow its line: where, and what stands
 * there; of a mark, the sentence, the source that it leads to, and the line that
 * defines it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "passage.h"
#include "sentence.h"
#include "tally.h"
#include "text.h"
#include "walk.h"

enum { max_names = 20 }; /* of sites, keys, languages */

/* What is counted; rows of the page in its order. */
enum {
    BINARY,
    BLANK,
    BOM,
    UTF16,
    CRLF,
    LONE_CR,
    INVALID,
    CURLY,
    HARD_BLANK,
    ACCENT,
    GREEK,
    CYRILLIC,
    HEBREW,
    ARABIC,
    PAIRS,
    FRONT,
    FRONT_BROKEN,
    FRONT_FIELD,
    TITLE_FRONT,
    TITLE_H1,
    TITLE_HEADING,
    TITLE_PATH,
    FORM, /* + cs_heading_form */
    LEVEL = FORM + cs_heading_forms,
    NO_HEADING = LEVEL + 7,
    ONLY_BOLD,
    NO_H1,
    MANY_H1,
    SKIPPED,
    EMPTY_SECTION,
    KIND, /* + bit of CS_KIND_* */
    TABLE = KIND + cs_kinds,
    ROW,
    CODE_BLOCK,
    CODE_SPAN,
    SOURCES_SECTION,
    INLINE_LINK,
    BARE_ADDRESS,
    NOTE_MARK,
    SOURCE, /* + cs_citation_kind */
    NEVER_CITED = SOURCE + cs_citation_kinds,
    MARK = NEVER_CITED + cs_citation_kinds,
    tally_count = MARK + cs_citation_kinds
};

static tally tallies[tally_count] = {
    [BINARY] = {.group = "files", .name = "binary: not read"},
    [BLANK] = {.name = "blank: nothing in it to find"},
    [BOM] = {.group = "encoding", .name = "byte-order mark of UTF-8"},
    [UTF16] = {.name = "UTF-16"},
    [CRLF] = {.name = "CR LF"},
    [LONE_CR] = {.name = "lone CR"},
    [INVALID] = {.name = "ill-formed bytes, repaired"},
    [CURLY] = {.group = "letters", .name = "curly quotes"},
    [HARD_BLANK] = {.name = "no-break spaces"},
    [ACCENT] = {.name = "Latin letters with accents"},
    [GREEK] = {.name = "Greek"},
    [CYRILLIC] = {.name = "Cyrillic"},
    [HEBREW] = {.name = "Hebrew"},
    [ARABIC] = {.name = "Arabic"},
    [PAIRS] = {.name = "Han, kana, Hangul, Thai and the like"},
    [FRONT] = {.group = "front matter", .name = "read"},
    [FRONT_BROKEN] = {.name = "broken: its lines are text"},
    [FRONT_FIELD] = {.name = "values"},
    [TITLE_FRONT] = {.group = "title from", .name = "front matter"},
    [TITLE_H1] = {.name = "the first heading of level 1"},
    [TITLE_HEADING] = {.name = "another heading"},
    [TITLE_PATH] = {.name = "folder and file name"},
    [FORM + CS_HEADING_ATX] = {.group = "headings", .name = "# with marks"},
    [FORM + CS_HEADING_SETEXT] = {.name = "underlined (setext)"},
    [FORM + CS_HEADING_HTML] = {.name = "<h1> to <h6>"},
    [FORM + CS_HEADING_SUMMARY] = {.name = "<summary>"},
    [FORM + CS_HEADING_BOLD] = {.name = "a bold line"},
    [LEVEL] = {.name = "level 1"},
    [LEVEL + 1] = {.name = "level 2"},
    [LEVEL + 2] = {.name = "level 3"},
    [LEVEL + 3] = {.name = "level 4"},
    [LEVEL + 4] = {.name = "level 5"},
    [LEVEL + 5] = {.name = "level 6"},
    [LEVEL + 6] = {.name = "level 7: bold lines, <summary>"},
    [NO_HEADING] = {.name = "no heading"},
    [ONLY_BOLD] = {.name = "none but bold lines"},
    [NO_H1] = {.name = "no heading of level 1"},
    [MANY_H1] = {.name = "several of level 1"},
    [SKIPPED] = {.name = "a level skipped (bold lines aside)"},
    [EMPTY_SECTION] = {.group = "sections", .name = "without words of their own"},
    [KIND] = {.group = "passages with", .name = "prose"},
    [KIND + 1] = {.name = "lists"},
    [KIND + 2] = {.name = "quotes"},
    [KIND + 3] = {.name = "tables"},
    [KIND + 4] = {.name = "code"},
    [KIND + 5] = {.name = "nothing but what a section of sources lists"},
    [KIND + 6] = {.name = "nothing but questions"},
    [TABLE] = {.group = "blocks", .name = "tables"},
    [ROW] = {.name = "rows of tables"},
    [CODE_BLOCK] = {.name = "blocks of code"},
    [CODE_SPAN] = {.name = "code spans"},
    [SOURCES_SECTION] = {.group = "citing", .name = "a section of sources"},
    [INLINE_LINK] = {.name = "links"},
    [BARE_ADDRESS] = {.name = "bare addresses"},
    [NOTE_MARK] = {.name = "[^n], defined or not"},
    [SOURCE + CS_CITATION_NOTE] = {.group = "sources, each once a file", .name = "[^3]: text"},
    [SOURCE + CS_CITATION_LOOSE] = {.name = "[^3]text"},
    [SOURCE + CS_CITATION_NUMBER] = {.name = "[3] text, among sources"},
    [SOURCE + CS_CITATION_ITEM] = {.name = "3. text, among sources"},
    [SOURCE + CS_CITATION_LINK] = {.name = "[text](url)"},
    [SOURCE + CS_CITATION_ADDRESS] = {.name = "an address"},
    [SOURCE + CS_CITATION_UNDEFINED] = {.name = "unresolved: a mark without definition"},
    [NEVER_CITED + CS_CITATION_NOTE] = {.group = "of them never cited", .name = "[^3]: text"},
    [NEVER_CITED + CS_CITATION_LOOSE] = {.name = "[^3]text"},
    [NEVER_CITED + CS_CITATION_NUMBER] = {.name = "[3] text"},
    [NEVER_CITED + CS_CITATION_ITEM] = {.name = "3. text"},
    [NEVER_CITED + CS_CITATION_LINK] = {.name = "[text](url)"},
    [NEVER_CITED + CS_CITATION_ADDRESS] = {.name = "an address"},
    [NEVER_CITED + CS_CITATION_UNDEFINED] = {.name = "unresolved"},
    [MARK + CS_CITATION_NOTE] = {.group = "marks that lead to", .name = "[^3]: text"},
    [MARK + CS_CITATION_LOOSE] = {.name = "[^3]text"},
    [MARK + CS_CITATION_NUMBER] = {.name = "[3] text"},
    [MARK + CS_CITATION_ITEM] = {.name = "3. text"},
    [MARK + CS_CITATION_LINK] = {.name = "a link"},
    [MARK + CS_CITATION_ADDRESS] = {.name = "an address"},
    [MARK + CS_CITATION_UNDEFINED] = {.name = "nothing: unresolved"},
};

/* Of one folder. */
static struct {
    size_t files, failed;
    uint64_t bytes;
    spread section_words, passage_words, front_lines;
    names sites, keys, languages;
} page;

/* The file at hand. */
typedef struct reading {
    size_t number; /* from 1 */
    const char *path;
    cs_view bytes;
    const cs_study *study;
} reading;

/* ---- samples ----------------------------------------------------------------------- */

static cs_view source_line(const reading *r, uint32_t line)
{
    uint32_t start, end;
    if (line == 0 || line > r->study->source.lines.count)
        return (cs_view){"", 0};
    cs_source_line_range(&r->study->source, line - 1, &start, &end);
    cs_view text = {r->study->source.text.data + start, end - start};
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text.data++, text.len--;
    return text;
}

/* Counts things of which the first is on a line (from 1; 0 for none). */
static void count(const reading *r, size_t what, size_t things, uint32_t line)
{
    cs_buf *sample = tally_add(&tallies[what], r->number, things);
    if (sample == NULL)
        return;
    tally_place(sample, r->path, line > 0 ? line : 1);
    if (r->study != NULL)
        tally_line(sample, 8, source_line(r, line > 0 ? line : 1));
}

static uint32_t piece_line(const reading *r, const cs_piece *piece)
{
    return cs_source_line(&r->study->source, piece->source) + 1;
}

/* The sentence of the visible text that a mark is in, up to the mark. */
static cs_view sentence_at(const reading *r, uint32_t at, size_t shown)
{
    const cs_study *study = r->study;
    size_t low = 0, high = study->pieces.count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (study->pieces.items[middle].start <= at)
            low = middle;
        else
            high = middle;
    }
    cs_view text = {study->visible.text.data, study->pieces.items[low].end};
    size_t start = study->pieces.items[low].start;
    for (size_t end = start; start < text.len; start = end) {
        end = cs_sentence_end(text, start);
        if (end > at)
            break;
    }
    const char *close = memchr(text.data + at, ']', text.len - at);
    size_t stop =
        text.data[at] == '[' && close != NULL ? (size_t)(close + 1 - text.data) : at + shown;
    stop = stop < text.len ? stop : text.len;
    return (cs_view){text.data + start, stop - start};
}

static uint32_t mark_line(const reading *r, uint32_t at)
{
    const cs_spans *spans = &r->study->visible.spans;
    size_t low = 0, high = spans->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (spans->items[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    return spans->count == 0 ? 0 : spans->items[low].line;
}

static void sample_source(cs_buf *sample, const reading *r, const cs_citation *source)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 20};
    cs_buf_add_string(&text, "[");
    cs_buf_add_view(&text, source->label);
    cs_buf_add_string(&text, "] ");
    cs_buf_add_view(&text, source->text);
    if (source->url.len > 0) {
        cs_buf_add_string(&text, " <");
        cs_buf_add_view(&text, source->url);
        cs_buf_add_string(&text, ">");
    }
    if (source->line == 0)
        cs_buf_add_string(&text, " is not resolved");
    tally_line(sample, 10, cs_buf_view(&text));
    if (source->line == 0)
        return;
    cs_buf_clear(&text);
    cs_buf_addf(&text, "line %u: ", source->line);
    cs_buf_add_view(&text, source_line(r, source->line));
    tally_line(sample, 10, cs_buf_view(&text));
}

/* ---- encodings, letters ------------------------------------------------------------ */

static void count_encoding(const reading *r)
{
    const cs_source *source = &r->study->source;
    cs_view text = cs_buf_view(&source->text);
    bool bom = r->bytes.len >= 3 && memcmp(r->bytes.data, "\xEF\xBB\xBF", 3) == 0;
    bool crlf = false, cr = false;
    uint32_t invalid = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool pair = text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
        crlf = crlf || pair;
        cr = cr || (text.data[i] == '\r' && !pair);
    }
    for (size_t i = 0; i < source->patches.count && invalid == 0; i++)
        if (source->patches.items[i].text_length > 0)
            invalid = cs_source_line(source, source->patches.items[i].text) + 1;
    count(r, BOM, bom, 1);
    count(r, UTF16, source->utf16, 1);
    count(r, CRLF, crlf, 1);
    count(r, LONE_CR, cr, 1);
    count(r, INVALID, invalid > 0, invalid);
}

/* The row of a character, or -1. */
static int letter_of(uint32_t c)
{
    if (c >= 0x2018 && c <= 0x201F)
        return CURLY;
    if (c == 0xA0 || c == 0x202F)
        return HARD_BLANK;
    if (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7)
        return ACCENT;
    if (c >= 0x370 && c < 0x400)
        return GREEK;
    if (c >= 0x400 && c < 0x530)
        return CYRILLIC;
    if (c >= 0x590 && c < 0x600)
        return HEBREW;
    if (c >= 0x600 && c < 0x780)
        return ARABIC;
    return c >= 0xE00 && cs_text_class(c) == CS_CLASS_BIGRAM ? PAIRS : -1;
}

/* Each row once a file, at its first. */
static void count_letters(const reading *r)
{
    cs_view text = cs_buf_view(&r->study->source.text);
    bool seen[tally_count] = {false};
    size_t size;
    for (size_t i = 0; i < text.len; i += size) {
        size = 1;
        if ((unsigned char)text.data[i] < 0x80)
            continue;
        int row = letter_of(cs_text_decode(text.data + i, text.len - i, &size));
        if (row < 0 || seen[row])
            continue;
        seen[row] = true;
        count(r, (size_t)row, 1, cs_source_line(&r->study->source, (uint32_t)i) + 1);
    }
}

/* ---- front matter, title ----------------------------------------------------------- */

static void count_front(const reading *r)
{
    CS_SCOPED(cs_frontmatter) front = {0};
    cs_arena arena = {0};
    if (cs_frontmatter_read(&r->study->source, &arena, &front, NULL) != CS_OK)
        tally_die("out of memory");
    count(r, FRONT, front.lines > 0 && !front.broken, 2);
    count(r, FRONT_BROKEN, front.broken, 2);
    count(r, FRONT_FIELD, front.metadata.count, 2);
    if (front.lines > 0)
        spread_add(&page.front_lines, front.lines);
    for (size_t i = 0; i < front.metadata.count; i++) {
        bool again = false;
        for (size_t j = 0; j < i && !again; j++)
            again = cs_view_equal(front.metadata.items[j].key, front.metadata.items[i].key);
        if (!again)
            names_add(&page.keys, front.metadata.items[i].key);
    }
    const cs_file *file = &r->study->file;
    size_t from = TITLE_PATH;
    uint32_t line = 1;
    for (size_t i = file->sections.count; i-- > 0;)
        if (cs_view_equal(file->sections.items[i].heading, file->title)) {
            from = file->sections.items[i].level == 1 ? TITLE_H1 : TITLE_HEADING;
            line = file->sections.items[i].line;
        }
    if (cs_frontmatter_value(&front, "title").len > 0)
        from = TITLE_FRONT;
    cs_buf *sample = tally_add(&tallies[from], r->number, 1);
    if (sample != NULL) {
        tally_place(sample, r->path, line);
        tally_line(sample, 8, file->title);
    }
    cs_arena_release(&arena);
}

/* ---- headings, sections ------------------------------------------------------------ */

static void count_headings(const reading *r)
{
    const cs_file *file = &r->study->file;
    size_t first_level = 0, bold = 0;
    for (size_t i = 0; i < file->sections.count; i++) {
        const cs_section *s = &file->sections.items[i];
        uint32_t above = s->parent == cs_no_parent ? 0 : file->sections.items[s->parent].level;
        first_level += s->level == 1;
        bold += s->form == CS_HEADING_BOLD;
        count(r, FORM + s->form, 1, s->line);
        if (s->level >= 1 && s->level <= 7)
            count(r, LEVEL + s->level - 1, 1, s->line);
        count(r, SKIPPED, s->level < 7 && above > 0 && s->level > above + 1, s->line);
    }
    count(r, NO_HEADING, file->sections.count == 0, 1);
    count(r, ONLY_BOLD, bold > 0 && bold == file->sections.count, 1);
    count(r, NO_H1, first_level == 0, 1);
    count(r, MANY_H1, first_level > 1, 1);
    for (size_t i = 0; i < file->sections.count; i++)
        if (cs_is_source_heading(file->sections.items[i].heading)) {
            count(r, SOURCES_SECTION, 1, file->sections.items[i].line);
            break;
        }
}

/* Runs between blanks. */
static uint32_t words_of(cs_view text)
{
    uint32_t words = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.data[i] == ' ' || text.data[i] == '\n';
        bool before = i == 0 || text.data[i - 1] == ' ' || text.data[i - 1] == '\n';
        words += !blank && before;
    }
    return words;
}

static void count_sections(const reading *r)
{
    const cs_study *study = r->study;
    size_t sections = study->file.sections.count;
    uint32_t *words = calloc(sections + 1, sizeof *words); /* the last: before any heading */
    if (words == NULL)
        tally_die("out of memory");
    for (size_t i = 0; i < study->pieces.count; i++) {
        const cs_piece *p = &study->pieces.items[i];
        size_t section = p->section < sections ? p->section : sections;
        words[section] +=
            words_of((cs_view){study->visible.text.data + p->start, p->end - p->start});
    }
    for (size_t i = 0; i < sections + 1; i++)
        if (i < sections || words[i] > 0)
            spread_add(&page.section_words, words[i]);
    for (size_t i = 0; i < sections; i++)
        count(r, EMPTY_SECTION, words[i] == 0, study->file.sections.items[i].line);
    free(words);
}

/* ---- passages, blocks -------------------------------------------------------------- */

static void count_passages(const reading *r)
{
    cs_passages walk = {.study = r->study};
    for (bool found = true; found;) {
        CS_SCOPED(cs_passage) passage = {0};
        if (cs_passages_next(&walk, &passage, &found, NULL) != CS_OK)
            tally_die("out of memory");
        if (!found)
            break;
        spread_add(&page.passage_words, words_of(passage.text));
        for (size_t bit = 0; bit < cs_kinds; bit++)
            count(r, KIND + bit, (passage.kinds >> bit & 1) != 0, passage.first_line);
    }
}

/* Rows of one table follow each other; a line between them ends it. */
static void count_blocks(const reading *r)
{
    const cs_study *study = r->study;
    uint32_t next_row = 0; /* the line on which the table would go on */
    for (size_t i = 0; i < study->pieces.count; i++) {
        const cs_piece *p = &study->pieces.items[i];
        uint32_t line = piece_line(r, p);
        count(r, CODE_BLOCK, p->kind == CS_KIND_CODE, line);
        bool row = (p->kind & CS_KIND_TABLE) != 0;
        count(r, TABLE, row && line != next_row && line + 1 != next_row, line);
        count(r, ROW, row, line);
        next_row = row ? cs_source_line(&study->source, p->source_end) + 2 : 0;
    }
    for (size_t i = 0; i < study->code.count; i++)
        count(r, CODE_SPAN, 1, mark_line(r, study->code.items[i].start));
}

/* ---- citing ------------------------------------------------------------------------ */

static void count_marks(const reading *r, bool *used)
{
    const cs_study *study = r->study;
    bool note = false;
    for (size_t i = 0; i < study->marks.count; i++) {
        const cs_mark *mark = &study->marks.items[i];
        const cs_citation *source = &study->file.sources.items[mark->source];
        uint32_t line = mark_line(r, mark->text);
        used[mark->source] = true;
        if (mark->text + 1 < study->visible.text.len && !note) {
            note = memcmp(study->visible.text.data + mark->text, "[^", 2) == 0;
            count(r, NOTE_MARK, note, line);
        }
        cs_buf *sample = tally_add(&tallies[MARK + source->kind], r->number, 1);
        if (sample == NULL)
            continue;
        tally_place(sample, r->path, line);
        tally_end(sample, 8, sentence_at(r, mark->text, source->text.len));
        sample_source(sample, r, source);
    }
}

static void count_sources(const reading *r)
{
    const cs_file *file = &r->study->file;
    bool *used = calloc(file->sources.count + 1, sizeof *used);
    bool link = false, address = false;
    if (used == NULL)
        tally_die("out of memory");
    count_marks(r, used);
    for (size_t i = 0; i < file->sources.count; i++) {
        const cs_citation *source = &file->sources.items[i];
        CS_SCOPED(cs_buf) site = {.limit = 1 << 16};
        cs_schema_add_site(&site, source->url);
        if (site.len > 0)
            names_add(&page.sites, cs_buf_view(&site));
        count(r, SOURCE + source->kind, 1, source->line);
        count(r, NEVER_CITED + source->kind, !used[i], source->line);
        count(r, INLINE_LINK, source->kind == CS_CITATION_LINK && !link, source->line);
        count(r, BARE_ADDRESS, source->kind == CS_CITATION_ADDRESS && !address, source->line);
        link = link || source->kind == CS_CITATION_LINK;
        address = address || source->kind == CS_CITATION_ADDRESS;
    }
    free(used);
}

/* ---- folders ----------------------------------------------------------------------- */

static void count_bytes(const char *path, cs_view bytes)
{
    CS_SCOPED(cs_study) study = {0};
    reading r = {.number = ++page.files, .path = path, .bytes = bytes};
    if (cs_source_is_binary(bytes)) {
        count(&r, BINARY, 1, 1);
        return;
    }
    if (cs_study_read(bytes, cs_view_of(path), "en", &study, NULL) != CS_OK)
        tally_die("out of memory");
    r.study = &study;
    names_add(&page.languages, study.file.language);
    count(&r, BLANK, study.pieces.count == 0, 1);
    count_encoding(&r);
    count_letters(&r);
    count_front(&r);
    count_headings(&r);
    count_sections(&r);
    count_passages(&r);
    count_blocks(&r);
    count_sources(&r);
}

static void print_page(const char *folder)
{
    printf("%s\n%zu files, %.1f MB", folder, page.files, (double)page.bytes / 1e6);
    printf(page.failed > 0 ? ", %zu could not be read\n" : "\n", page.failed);
    for (size_t i = 0; i < tally_count; i++) {
        tally_print(&tallies[i], page.files);
        if (i == FRONT_FIELD) {
            spread_print(&page.front_lines, "lines of front matter");
            names_print(&page.keys, "keys, by files", max_names);
        } else if (i == EMPTY_SECTION) {
            double empty = (double)tallies[i].things / (double)(page.section_words.count + 1);
            printf("  %-44s %5.1f %% of sections\n", "", 100 * empty);
            spread_print(&page.section_words, "words");
        } else if (i == KIND + cs_kinds - 1) {
            spread_print(&page.passage_words, "words");
        } else if (i == PAIRS) {
            names_print(&page.languages, "languages, by files", max_names);
        }
    }
    putchar('\n');
    names_print(&page.sites, "sites, by sources", 10);
    putchar('\n');
}

static void survey_folder(const char *folder, size_t samples, uint64_t seed)
{
    tally_draw(samples, seed);
    static const cs_walk_bounds none = {0};
    cs_selection selection = {.max_size = cs_default_max_size};
    CS_SCOPED(cs_walk) walk = {0};
    cs_error error = {0};
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || cs_walk_folder(folder, &selection, &none, &walk, &error) != CS_OK)
        tally_die("cannot read the folder");
    for (size_t i = 0; i < walk.files.count; i++) {
        CS_SCOPED(cs_buf) bytes = {.limit = SIZE_MAX};
        cs_stamp stamp;
        const char *why;
        const char *path = walk.files.items[i].path;
        if (cs_read_file(fd, path, false, selection.max_size, &bytes, &stamp, &why) != CS_OK) {
            page.failed++;
            continue;
        }
        page.bytes += bytes.len;
        count_bytes(path, cs_buf_view(&bytes));
    }
    close(fd);
    print_page(folder);
    spread_release(&page.section_words);
    spread_release(&page.passage_words);
    spread_release(&page.front_lines);
    names_release(&page.sites);
    names_release(&page.keys);
    names_release(&page.languages);
    memset(&page, 0, sizeof page);
    for (size_t i = 0; i < tally_count; i++)
        tally_release(&tallies[i]);
}

int main(int argc, char **argv)
{
    unsigned long samples = 0, seed = 1;
    int at = 1;
    for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
        unsigned long *option = strcmp(argv[at], "--samples") == 0 ? &samples
                                : strcmp(argv[at], "--seed") == 0  ? &seed
                                                                   : NULL;
        if (option == NULL)
            break;
        *option = strtoul(argv[at + 1], NULL, 10);
    }
    if (at < argc && argv[at][0] == '-') {
        fputs("usage: survey [--samples N] [--seed N] [FOLDER...]\n", stderr);
        return 2;
    }
    const char *named = getenv("CASES_CORPORA");
    char *folders = cs_copy_string(cs_view_of(named == NULL || *named == '\0' ? "corpus" : named));
    if (folders == NULL)
        tally_die("out of memory");
    for (int i = at; i < argc; i++)
        survey_folder(argv[i], samples, seed);
    char *rest = at < argc ? NULL : folders;
    while (rest != NULL)
        survey_folder(strsep(&rest, ":"), samples, seed);
    free(folders);
    return 0;
}
