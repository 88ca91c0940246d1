/* study.c - see study.h: from blocks to sections and pieces.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "study.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "study_work.h"

typedef cs_study_work work;

void cs_study_release(cs_study *study)
{
    cs_file_release(&study->file);
    free(study->pieces.items);
    free(study->marks.items);
    free(study->code.items);
    free(study->leads.items);
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
    free(w->notes.items);
    free(w->definitions.items);
}

static const char *source_text(const work *w)
{
    return w->study->source.text.data;
}

/* ---- lines ------------------------------------------------------------------------- */

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

void cs_study_begin_block_at(const work *w, cs_block *block, uint32_t line)
{
    uint32_t start, end;
    block->first = line;
    if (line > block->last)
        return;
    cs_study_line(w, line, block->quotes, &start, &end);
    block->column = start - cs_study_line_start(w, line);
}

static cs_view line_view(const work *w, uint32_t start, uint32_t end)
{
    return (cs_view){source_text(w) + start, end - start};
}

/* ---- sections and pieces ----------------------------------------------------------- */

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
    cs_study_enter_section(w, (uint32_t)file->sections.count - 1);
}

bool cs_study_begins_bare(const cs_study *study)
{
    return study->pieces.count > 0 && study->pieces.items[0].section == cs_no_parent;
}

/* "# Notes" above all of a study, which is no list of sources for that. */
static bool is_title(const cs_study *study, uint32_t section)
{
    const cs_section *first = &study->file.sections.items[0];
    return section == 0 && first->level == 1 && !cs_study_begins_bare(study) &&
           cs_is_vague_heading(first->heading);
}

void cs_study_enter_section(work *w, uint32_t section)
{
    const cs_file *file = &w->study->file;
    w->section = section;
    w->in_sources = false;
    for (uint32_t s = section; s != cs_no_parent; s = file->sections.items[s].parent)
        if (s == section || !is_title(w->study, s))
            w->in_sources = w->in_sources || cs_is_source_heading(file->sections.items[s].heading);
}

/* What a heading cites is cited by the first piece under it. */
static void place_heading_notes(work *w, uint32_t at)
{
    for (size_t i = w->heading_notes.start; i < w->heading_notes.end; i++)
        w->inline_reader.notes.items[i].start = w->inline_reader.notes.items[i].end = at;
    w->heading_notes.start = w->heading_notes.end = SIZE_MAX;
}

void cs_study_end_piece(work *w, cs_piece piece, uint32_t before)
{
    piece.section = w->section;
    piece.sources = w->in_sources;
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
    place_heading_notes(w, piece.start);
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

/* ---- all of them ------------------------------------------------------------------- */

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
        cs_heading_read(w, block);
        break;
    case CS_BLOCK_PARAGRAPH:
        cs_paragraph_read(w, block);
        break;
    case CS_BLOCK_CODE:
        cs_code_read(w, block);
        break;
    case CS_BLOCK_HTML:
        cs_html_read(w, block);
        break;
    }
    w->after_html = block->kind == CS_BLOCK_HTML || (block->kind == CS_BLOCK_CODE && w->after_html);
}

/* ---- the whole --------------------------------------------------------------------- */

/* The lines of a front matter that could not be read, as text. */
static void read_broken_front(work *w, uint32_t lines)
{
    cs_block block = {.kind = CS_BLOCK_PARAGRAPH, .first = 1, .last = lines - 2};
    if (lines > 2)
        cs_paragraph_add(w, &block, block.first, block.last, 0);
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
    w->blocks = &blocks; /* cppcheck-suppress autoVariables ; taken back below */
    for (w->block = 0; w->block < blocks.count && !w->failed; w->block++)
        read_block(w, &blocks.items[w->block]);
    w->blocks = NULL;
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

/* Whether a link leads to another place of the folder: it names no scheme (RFC 3986, 3.1) and
 * no host. */
static bool leads_near(cs_view url)
{
    size_t i = 0;
    while (i < url.len && (isalnum((unsigned char)url.data[i]) || strchr("+-.", url.data[i])))
        i++;
    bool scheme = i > 0 && i < url.len && url.data[i] == ':';
    bool host = url.len > 1 && url.data[0] == '/' && url.data[1] == '/';
    return url.len > 0 && !scheme && !host;
}

static void keep_range(work *w, const cs_note *note, cs_ranges *ranges)
{
    bool later = ranges->count == 0 || ranges->items[ranges->count - 1].end <= note->start;
    if (note->start >= note->end || !later)
        return;
    cs_range *range = CS_PUSH(ranges);
    if (range != NULL)
        *range = (cs_range){note->start, note->end};
    else
        w->failed = true;
}

static void keep_ranges(work *w)
{
    for (size_t i = 0; i < w->inline_reader.notes.count; i++) {
        const cs_note *note = &w->inline_reader.notes.items[i];
        if (note->kind == CS_NOTE_CODE)
            keep_range(w, note, &w->study->code);
        else if (note->kind == CS_NOTE_LINK && leads_near(note->url))
            keep_range(w, note, &w->study->leads);
    }
}

static cs_status read_all(work *w, const cs_frontmatter *front, cs_view path, const char *language,
                          cs_error *error)
{
    cs_study *study = w->study;
    set_language(study, front, language);
    study->file.note = front->note;
    cs_definition_find_labels(w, front->lines);
    if (front->broken)
        read_broken_front(w, front->lines);
    cs_status status = read_blocks(w, front->lines, error);
    if (status != CS_OK)
        return status;
    cs_heading_set_title(w, cs_frontmatter_value(front, "title"), path);
    keep_ranges(w);
    /* texts of links will be views into the visible text, which stands now */
    cs_view visible = cs_buf_view(&study->visible.text);
    if (!cs_citations_resolve(&w->definitions, w->inline_reader.notes.items,
                              w->inline_reader.notes.count, visible, &study->source, &study->file,
                              &study->marks))
        w->failed = true;
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
    w.heading_notes.start = w.heading_notes.end = SIZE_MAX;
    w.inline_reader.arena = &study->arena;
    w.inline_reader.references = &w.references;
    w.header_budget = 8 * (uint64_t)study->source.text.len + (1 << 16);
    status = read_all(&w, &front, path, language, error);
    front.metadata.items = NULL; /* the study's now */
    release_work(&w);
    return status;
}
