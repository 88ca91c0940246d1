/* study.c - see study.h: from blocks to sections and pieces.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "study.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "study_work.h"

enum { max_heading = 300 }; /* bytes of a heading that are kept */

typedef cs_study_work work;

void cs_study_release(cs_study *study)
{
    cs_file_release(&study->file);
    free(study->pieces.items);
    free(study->marks.items);
    free(study->code.items);
    cs_visible_release(&study->visible);
    cs_source_release(&study->source);
    cs_arena_release(&study->arena);
    *study = (cs_study){0};
}

static void release_work(work *w)
{
    cs_inline_release(&w->inline_reader);
    cs_flat_release(&w->flat);
    free(w->references.items);
    free(w->definitions.items);
}

static const char *source_text(const work *w)
{
    return w->study->source.text.data;
}

/* ---- lines -------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

void cs_study_line(const work *w, uint32_t line, uint32_t quotes, uint32_t *ret_start,
                   uint32_t *ret_end)
{
    uint32_t start, end;
    const char *text = source_text(w);
    cs_source_line_range(&w->study->source, line, &start, &end);
    for (;;) {
        while (start < end && is_blank(text[start]))
            start++;
        if (quotes == 0 || start >= end || text[start] != '>')
            break;
        quotes--;
        start++;
    }
    *ret_start = start;
    *ret_end = end;
}

void cs_study_block_line(const work *w, const cs_block *block, uint32_t line, uint32_t *ret_start,
                         uint32_t *ret_end)
{
    cs_study_line(w, line, block->quotes, ret_start, ret_end);
    if (line != block->first)
        return;
    uint32_t start, end;
    cs_source_line_range(&w->study->source, line, &start, &end);
    start += block->column;
    *ret_start = start < end ? start : end;
}

static cs_view line_view(const work *w, uint32_t start, uint32_t end)
{
    return (cs_view){source_text(w) + start, end - start};
}

/* ---- sections and pieces ---------------------------------------------------------------- */

void cs_study_open_section(work *w, cs_heading_form form, uint32_t level, uint32_t line,
                           cs_view heading)
{
    cs_file *file = &w->study->file;
    if (heading.len == 0)
        return;
    uint32_t parent = w->section;
    while (parent != cs_no_parent && file->sections.items[parent].level >= level)
        parent = file->sections.items[parent].parent;
    cs_section *section = CS_PUSH(&file->sections);
    if (section == NULL) {
        w->failed = true;
        return;
    }
    *section = (cs_section){form, parent, level, line + 1, heading};
    w->section = (uint32_t)file->sections.count - 1;
    w->in_sources = false;
    for (uint32_t s = w->section; s != cs_no_parent; s = file->sections.items[s].parent)
        w->in_sources = w->in_sources || cs_is_source_heading(file->sections.items[s].heading);
}

void cs_study_end_piece(work *w, cs_piece piece, uint32_t before)
{
    piece.section = w->section;
    piece.end = cs_visible_length(&w->study->visible);
    if (piece.end <= piece.start) {
        cs_visible_truncate(&w->study->visible, before);
        return;
    }
    cs_piece *added = CS_PUSH(&w->study->pieces);
    if (added == NULL)
        w->failed = true;
    else
        *added = piece;
}

void cs_study_add_piece(work *w, uint32_t kind, cs_inline_mode mode, uint32_t source,
                        uint32_t source_end)
{
    cs_visible *visible = &w->study->visible;
    uint32_t before = cs_visible_length(visible);
    if (before > 0)
        cs_visible_insert(visible, cs_view_of("\n"), source);
    uint32_t start = cs_visible_length(visible);
    cs_inline_render(&w->inline_reader, &w->flat, mode, visible);
    cs_piece piece = {.kind = kind, .start = start, .source = source, .source_end = source_end};
    cs_study_end_piece(w, piece, before);
}

/* "{#id}" and "{.class}" at the end of a heading. */
static cs_view without_attributes(cs_view text)
{
    if (text.len < 3 || text.data[text.len - 1] != '}')
        return text;
    size_t open = text.len - 1;
    while (open > 0 && text.data[open] != '{')
        open--;
    char next = text.data[open + 1];
    if (text.data[open] == '{' && (next == '#' || next == '.' || next == ':'))
        text.len = open;
    return text;
}

cs_view cs_study_heading_text(work *w)
{
    cs_visible *visible = &w->study->visible;
    uint32_t before = cs_visible_length(visible);
    size_t notes = w->inline_reader.notes.count;
    cs_inline_render(&w->inline_reader, &w->flat, CS_INLINE_LINE, visible);
    cs_view text = {visible->text.data + before, cs_visible_length(visible) - before};
    text = without_attributes(text);
    while (text.len > 0 && (is_blank(text.data[text.len - 1]) || text.data[text.len - 1] == ':'))
        text.len--;
    if (text.len > max_heading) {
        text.len = max_heading;
        while (text.len > 0 && ((unsigned char)text.data[text.len] & 0xC0) == 0x80)
            text.len--;
    }
    cs_view kept = cs_arena_copy(&w->study->arena, text);
    cs_visible_truncate(visible, before);
    w->inline_reader.notes.count = notes;
    return kept;
}

/* ---- headings ---------------------------------------------------------------------------- */

/* ATX: the marks off both ends (CommonMark 4.2). */
static void trim_atx(const work *w, uint32_t *start, uint32_t *end)
{
    const char *text = source_text(w);
    while (*start < *end && text[*start] == '#')
        ++*start;
    uint32_t last = *end;
    while (last > *start && is_blank(text[last - 1]))
        last--;
    *end = last;
    while (last > *start && text[last - 1] == '#')
        last--;
    if (last == *start || is_blank(text[last - 1]))
        *end = last;
}

uint32_t cs_study_piece_kind(const cs_block *block)
{
    if (block->quotes > 0)
        return CS_KIND_QUOTE;
    return block->lists > 0 ? CS_KIND_LIST : CS_KIND_PROSE;
}

void cs_study_flatten(work *w, const cs_block *block, uint32_t first, uint32_t last)
{
    cs_flat_clear(&w->flat);
    for (uint32_t line = first; line <= last; line++) {
        uint32_t start, end;
        cs_study_block_line(w, block, line, &start, &end);
        cs_flat_add(&w->flat, &w->study->source, start, end);
    }
}

uint32_t cs_study_line_start(const work *w, uint32_t line)
{
    return w->study->source.lines.items[line];
}

uint32_t cs_study_line_end(const work *w, uint32_t line)
{
    uint32_t start, end;
    cs_source_line_range(&w->study->source, line, &start, &end);
    return end;
}

/* The last line of a setext heading's text: the one before its underline. (Not
 * block->last: cmark 0.30 puts the end of such a heading one line too far.) */
static uint32_t before_underline(const work *w, const cs_block *block)
{
    for (uint32_t line = block->first + 1; line <= block->last; line++) {
        uint32_t start, end;
        cs_study_block_line(w, block, line, &start, &end);
        while (end > start && is_blank(source_text(w)[end - 1]))
            end--;
        uint32_t at = start;
        while (at < end && source_text(w)[at] == source_text(w)[start])
            at++;
        bool rule = start < end && (source_text(w)[start] == '=' || source_text(w)[start] == '-');
        if (rule && at == end)
            return line - 1;
    }
    return block->first;
}

static void read_heading(work *w, const cs_block *block)
{
    uint32_t start, end;
    cs_study_block_line(w, block, block->first, &start, &end);
    bool atx = start < end && source_text(w)[start] == '#';
    if (atx) {
        trim_atx(w, &start, &end);
        cs_flat_clear(&w->flat);
        cs_flat_add(&w->flat, &w->study->source, start, end);
    } else {
        cs_study_flatten(w, block, block->first, before_underline(w, block));
    }
    if (block->quotes > 0 || block->lists > 0)
        cs_study_add_piece(w, cs_study_piece_kind(block), CS_INLINE_LINE,
                           cs_study_line_start(w, block->first), cs_study_line_end(w, block->last));
    else
        cs_study_open_section(w, atx ? CS_HEADING_ATX : CS_HEADING_SETEXT, block->level,
                              block->first, cs_study_heading_text(w));
}

/* ---- paragraphs ------------------------------------------------------------------------------ */

/* "[ ] " and "[x] " of a task list. */
static void skip_task_box(work *w, cs_block *block)
{
    uint32_t start, end;
    cs_study_block_line(w, block, block->first, &start, &end);
    const char *text = source_text(w) + start;
    if (!block->begins_item || end - start < 4 || text[0] != '[' || text[2] != ']' ||
        text[3] != ' ' || strchr(" xX", text[1]) == NULL)
        return;
    block->column += 4;
}

static void add_lines(work *w, const cs_block *block, uint32_t first, uint32_t last)
{
    if (first > last)
        return;
    cs_study_flatten(w, block, first, last);
    cs_study_add_piece(w, cs_study_piece_kind(block), CS_INLINE_PROSE,
                       cs_study_line_start(w, first), cs_study_line_end(w, last));
}

/* A line that is one address: in a list of sources each is a line of its own. */
static bool is_address(const work *w, const cs_block *block, uint32_t line)
{
    uint32_t start, end;
    cs_study_block_line(w, block, line, &start, &end);
    while (end > start && is_blank(source_text(w)[end - 1]))
        end--;
    cs_view text = line_view(w, start, end);
    bool web = text.len > 8 &&
               (memcmp(text.data, "https://", 8) == 0 || memcmp(text.data, "http://", 7) == 0);
    return web && memchr(text.data, ' ', text.len) == NULL;
}

/* Text, with the tables and addresses that stand between its lines. */
static void read_lines(work *w, const cs_block *block, uint32_t first)
{
    uint32_t text = first;
    for (uint32_t line = first; line <= block->last;) {
        bool table = line < block->last && cs_table_begins(w, line, block->quotes);
        bool address = !table && is_address(w, block, line);
        if (!table && !address) {
            line++;
            continue;
        }
        if (line > text)
            add_lines(w, block, text, line - 1);
        if (address)
            add_lines(w, block, line, line);
        text = line = address ? line + 1 : cs_table_read(w, line, block->last, block->quotes);
    }
    add_lines(w, block, text, block->last);
}

/* "##Results" without the blank that CommonMark asks for, and "#Results" where it
 * cannot be a hashtag: it stands alone and begins with a capital. The bytes of
 * '#' are its level; 0 when it is none. */
static uint32_t glued_heading_level(const work *w, const cs_block *block)
{
    enum { max_level = 6, max_length = 120 };
    uint32_t start, end, level = 0;
    cs_study_block_line(w, block, block->first, &start, &end);
    cs_view line = line_view(w, start, end);
    while (level < line.len && line.data[level] == '#')
        level++;
    if (level == 0 || level > max_level || level == line.len || line.len > max_length ||
        block->quotes > 0 || block->lists > 0 || is_blank(line.data[level]))
        return 0;
    char first = line.data[level];
    bool capital = (first >= 'A' && first <= 'Z') || (unsigned char)first >= 0x80;
    bool letter = capital || (first >= 'a' && first <= 'z') || (first >= '0' && first <= '9');
    bool hashes = memchr(line.data + level, '#', line.len - level) != NULL;
    if (level == 1)
        return block->first == block->last && capital && !hashes ? level : 0;
    return letter || first == '*' ? level : 0;
}

/* Opens the section; the lines after it are left in the block. */
static void read_glued_heading(work *w, cs_block *block, uint32_t level)
{
    uint32_t start, end;
    cs_study_block_line(w, block, block->first, &start, &end);
    trim_atx(w, &start, &end);
    cs_flat_clear(&w->flat);
    cs_flat_add(&w->flat, &w->study->source, start, end);
    cs_study_open_section(w, CS_HEADING_ATX, level, block->first, cs_study_heading_text(w));
    block->first++;
    if (block->first <= block->last) {
        cs_study_line(w, block->first, 0, &start, &end);
        block->column = start - cs_study_line_start(w, block->first);
    }
}

/* A paragraph of text, of definitions, or of both one after the other. */
static void read_text(work *w, cs_block *block)
{
    uint32_t defined = cs_definition_first(w, block), last = block->last;
    if (defined > block->first) {
        block->last = defined - 1;
        skip_task_box(w, block);
        uint32_t first = cs_definition_skip_references(w, block);
        if (first <= block->last)
            read_lines(w, block, first);
        block->last = last;
    }
    if (defined <= last)
        cs_definition_read_all(w, block, defined);
}

static void read_paragraph(work *w, cs_block *block)
{
    uint32_t start, end, level = glued_heading_level(w, block);
    cs_view inner;
    if (level > 0)
        read_glued_heading(w, block, level);
    if (block->first > block->last)
        return;
    cs_study_block_line(w, block, block->first, &start, &end);
    bool alone = block->first == block->last && block->quotes == 0 && block->lists == 0;
    if (alone && cs_heading_is_bold_line(line_view(w, start, end), &inner)) {
        cs_flat_clear(&w->flat);
        uint32_t from = (uint32_t)(inner.data - source_text(w));
        cs_flat_add(&w->flat, &w->study->source, from, from + (uint32_t)inner.len);
        cs_study_open_section(w, CS_HEADING_BOLD, cs_bold_level, block->first,
                              cs_study_heading_text(w));
        return;
    }
    if (!cs_definition_read_item(w, block))
        read_text(w, block);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Takes off a block what lies in an element that is not shown. False when
 * nothing is left. */
static bool is_shown(const work *w, cs_block *block)
{
    if (cs_study_line_start(w, block->first) >= w->hidden_until)
        return true;
    uint32_t line = cs_source_line(&w->study->source, w->hidden_until), start, end;
    if (line > block->last)
        return false;
    cs_study_line(w, line, block->quotes, &start, &end);
    start = start > w->hidden_until ? start : w->hidden_until;
    if (start == end || block->kind == CS_BLOCK_CODE) { /* nothing is left of that line */
        if (++line > block->last)
            return false;
        cs_study_line(w, line, block->quotes, &start, &end);
    }
    block->lines -= block->lines < line - block->first ? block->lines : line - block->first;
    block->first = line;
    block->column = start - cs_study_line_start(w, line);
    return true;
}

static void read_block(work *w, cs_block *block)
{
    uint32_t lines = (uint32_t)w->study->source.lines.count;
    if (block->last >= lines)
        block->last = lines - 1;
    if (block->last < block->first || !is_shown(w, block))
        return;
    w->after_note = w->after_note && block->kind == CS_BLOCK_CODE;
    switch (block->kind) {
    case CS_BLOCK_HEADING:
        read_heading(w, block);
        break;
    case CS_BLOCK_PARAGRAPH:
        read_paragraph(w, block);
        break;
    case CS_BLOCK_CODE:
        cs_code_read(w, block);
        break;
    case CS_BLOCK_HTML:
        cs_heading_read_html(w, block);
        break;
    }
    w->after_html = block->kind == CS_BLOCK_HTML || (block->kind == CS_BLOCK_CODE && w->after_html);
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

/* The lines of a front matter that could not be read, as text. */
static void read_broken_front(work *w, uint32_t lines)
{
    cs_block block = {.kind = CS_BLOCK_PARAGRAPH, .first = 1, .last = lines - 2};
    if (lines > 2)
        add_lines(w, &block, block.first, block.last);
}

/* Whether a heading anywhere names a list of sources, or a raised number defines
 * one: then numbers glued to words can be marks. */
static bool has_numbered_sources(const work *w, const cs_blocks *blocks)
{
    cs_citation_kind kind;
    cs_view label;
    for (size_t i = 0; i < blocks->count; i++) {
        const cs_block *block = &blocks->items[i];
        if (block->kind != CS_BLOCK_HEADING && block->kind != CS_BLOCK_PARAGRAPH)
            continue;
        uint32_t start, end;
        cs_study_block_line(w, block, block->first, &start, &end);
        if (cs_definition_at(line_view(w, start, end), false, &kind, &label) &&
            kind == CS_CITATION_NUMBER)
            return true;
        if (block->kind == CS_BLOCK_PARAGRAPH && block->first != block->last)
            continue;
        while (start < end && strchr("#*_ \t", source_text(w)[start]) != NULL)
            start++;
        while (end > start && strchr("#*_ \t:", source_text(w)[end - 1]) != NULL)
            end--;
        if (start < end && cs_is_source_heading(line_view(w, start, end)))
            return true;
    }
    return false;
}

static cs_status read_blocks(work *w, uint32_t first_line, cs_error *error)
{
    CS_SCOPED(cs_blocks) blocks = {0};
    cs_status status = cs_markdown_blocks(&w->study->source, first_line, &blocks, error);
    if (status != CS_OK)
        return status;
    w->inline_reader.numbered_sources = has_numbered_sources(w, &blocks);
    for (size_t i = 0; i < blocks.count && !w->failed; i++)
        read_block(w, &blocks.items[i]);
    return CS_OK;
}

static void set_language(cs_study *study, const cs_frontmatter *front, const char *language)
{
    cs_view named = cs_frontmatter_value(front, "lang");
    if (named.len == 0)
        named = cs_frontmatter_value(front, "language");
    const char *code = language;
    if (named.len > 0 && cs_language_is_plausible(named))
        code = cs_language_code(named);
    study->file.language = cs_arena_copy(&study->arena, cs_view_of(code));
}

static void keep_code(work *w)
{
    for (size_t i = 0; i < w->inline_reader.notes.count; i++) {
        const cs_note *note = &w->inline_reader.notes.items[i];
        if (note->kind != CS_NOTE_CODE || note->start >= note->end)
            continue;
        struct cs_range *range = CS_PUSH(&w->study->code);
        if (range != NULL)
            *range = (struct cs_range){note->start, note->end};
        else
            w->failed = true;
    }
}

static cs_status read_all(work *w, const cs_frontmatter *front, cs_view path, const char *language,
                          cs_error *error)
{
    cs_study *study = w->study;
    set_language(study, front, language);
    study->file.note = front->note;
    cs_definition_find_references(w, front->lines);
    if (front->broken)
        read_broken_front(w, front->lines);
    cs_status status = read_blocks(w, front->lines, error);
    if (status != CS_OK)
        return status;
    cs_heading_set_title(w, cs_frontmatter_value(front, "title"), path);
    cs_view visible = cs_buf_view(&study->visible.text);
    keep_code(w);
    if (!cs_citations_resolve(&w->definitions, w->inline_reader.notes.items,
                              w->inline_reader.notes.count, visible, &study->source, &study->file,
                              &study->marks))
        w->failed = true;
    /* texts of links are views into the visible text, which stands now */
    w->failed = w->failed || w->inline_reader.failed || w->flat.failed || study->arena.failed ||
                study->visible.failed || cs_buf_status(&study->visible.text) != CS_OK;
    return w->failed ? cs_fail_memory(error) : CS_OK;
}

cs_status cs_study_read(cs_view bytes, cs_view path, const char *language, cs_study *ret_study,
                        cs_error *error)
{
    cs_study *study = ret_study;
    *study = (cs_study){0};
    cs_status status = cs_source_decode(bytes, &study->source, error);
    if (status != CS_OK)
        return status;
    cs_visible_init(&study->visible, &study->source);
    CS_SCOPED(cs_frontmatter) front = {0};
    status = cs_frontmatter_read(&study->source, &study->arena, &front, error);
    if (status != CS_OK)
        return status;
    study->file.metadata.items = front.metadata.items;
    study->file.metadata.count = front.metadata.count;
    study->file.metadata.cap = front.metadata.cap;
    work w = {.study = study, .section = cs_no_parent};
    w.inline_reader.arena = &study->arena;
    w.inline_reader.references = &w.references;
    w.header_budget = 8 * (uint64_t)study->source.text.len + (1 << 16);
    status = read_all(&w, &front, path, language, error);
    front.metadata.items = NULL; /* the study's now */
    release_work(&w);
    return status;
}
