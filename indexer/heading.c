/* heading.c - headings, plain and in disguise, and what a study is called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "study_work.h"
#include "text.h"

typedef cs_study_work work;

enum { max_bold_heading = 120 }; /* bytes; a longer bold line is a sentence */

/* Bytes of a heading; a longer one is a paragraph that someone marked as one,
 * or that stands above a rule. The longest real ones have about 190. */
enum { max_heading = 200 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *source_text(const work *w)
{
    return w->study->source.text.data;
}

static cs_view line_view(const work *w, uint32_t start, uint32_t end)
{
    return (cs_view){source_text(w) + start, end - start};
}

/* ---- its text ---------------------------------------------------------------------- */

/* "{#id}", "{.class}", "{-}" at the end of a heading. */
static cs_view without_attributes(cs_view text)
{
    if (text.len < 3 || text.data[text.len - 1] != '}')
        return text;
    size_t open = text.len - 1;
    while (open > 0 && text.data[open] != '{')
        open--;
    size_t next = open + 1;
    while (text.data[next] == ' ')
        next++;
    if (text.data[open] == '{' && strchr("#.:-", text.data[next]) != NULL)
        text.len = open;
    return text;
}

static bool ends_with(cs_view text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* A heading as it stands in a trail: no attributes, no colon at the end. */
static cs_view clean_heading(cs_view text)
{
    static const char *const ends[] = {" ", "\t", ":", "\xEF\xBC\x9A", "\xC2\xB6"}; /* "：", "¶" */
    text = without_attributes(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(text, ends[i])) {
            text.len -= strlen(ends[i]);
            i = SIZE_MAX; /* from the first one again */
        }
    return text;
}

/* Rules and dots head nothing. */
static bool has_word(cs_view text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i], letter = c | 0x20;
        if (c >= 0x80 || (c >= '0' && c <= '9') || (letter >= 'a' && letter <= 'z'))
            return true;
    }
    return false;
}

static bool is_mark(const work *w, const cs_note *note)
{
    return note->kind == CS_NOTE_MARK ||
           (note->kind == CS_NOTE_NUMBER && w->inline_reader.numbered_sources);
}

/* The visible text from `start` on without the marks in it, which are the notes
 * from `first` on. */
static void add_unmarked(const work *w, uint32_t start, size_t first, cs_buf *text)
{
    const char *visible = w->study->visible.text.data;
    for (size_t i = first; i < w->inline_reader.notes.count; i++) {
        const cs_note *note = &w->inline_reader.notes.items[i];
        if (!is_mark(w, note) || note->start < start)
            continue;
        cs_buf_add(text, visible + start, note->start - start);
        start = note->end;
    }
    cs_buf_add(text, visible + start, cs_visible_length(&w->study->visible) - start);
}

/* Keeps of the notes from `first` on the marks, and the links with their text, for
 * the first piece under the heading: cs_study_end_piece. */
static void keep_notes(work *w, size_t first)
{
    cs_inline *reader = &w->inline_reader;
    size_t kept = first;
    for (size_t i = first; i < reader->notes.count; i++) {
        cs_note note = reader->notes.items[i];
        cs_view text = {w->study->visible.text.data + note.start, note.end - note.start};
        if (note.kind == CS_NOTE_CODE || text.len == 0 ||
            (note.kind == CS_NOTE_NUMBER && !reader->numbered_sources))
            continue;
        note.text = cs_arena_copy(&w->study->arena, text);
        reader->notes.items[kept++] = note;
    }
    if (w->heading_notes.end != first)
        w->heading_notes.start = first;
    w->heading_notes.end = reader->notes.count = kept;
}

bool cs_heading_text(work *w, cs_view *ret_text)
{
    CS_SCOPED(cs_buf) unmarked = {.limit = max_heading + 1};
    cs_visible *visible = &w->study->visible;
    uint32_t before = cs_visible_length(visible);
    size_t notes = w->inline_reader.notes.count;
    cs_inline_render(&w->inline_reader, &w->flat, CS_INLINE_LINE, visible);
    bool fits = cs_visible_length(visible) - before <= max_heading;
    *ret_text = (cs_view){"", 0};
    if (fits) {
        add_unmarked(w, before, notes, &unmarked);
        w->failed = w->failed || cs_buf_status(&unmarked) != CS_OK;
        cs_view text = clean_heading(cs_buf_view(&unmarked));
        if (has_word(text))
            *ret_text = cs_arena_copy(&w->study->arena, text);
    }
    if (ret_text->len > 0)
        keep_notes(w, notes);
    else
        w->inline_reader.notes.count = notes;
    cs_visible_truncate(visible, before);
    return fits;
}

/* ---- headings ---------------------------------------------------------------------- */

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

/* A heading in a quote or a list is text, and so is one as long as a paragraph. */
void cs_heading_read(work *w, cs_block *block)
{
    uint32_t start, end;
    cs_view heading;
    cs_study_block_line(w, block, block->first, &start, &end);
    bool atx = start < end && source_text(w)[start] == '#';
    bool inside = block->quotes > 0 || block->lists > 0;
    uint32_t last = atx ? block->first : before_underline(w, block);
    if (atx) {
        trim_atx(w, &start, &end);
        cs_flat_clear(&w->flat);
        cs_flat_add(&w->flat, &w->study->source, start, end);
    } else {
        cs_study_flatten(w, block, block->first, last);
    }
    if (!inside && cs_heading_text(w, &heading)) {
        cs_study_open_section(w, atx ? CS_HEADING_ATX : CS_HEADING_SETEXT, block->level,
                              block->first, heading);
    } else if (!inside && !atx) {
        block->last = last;
        cs_paragraph_read(w, block);
    } else {
        cs_study_add_piece(w, cs_study_piece_kind(block), CS_INLINE_LINE,
                           cs_study_line_start(w, block->first), cs_study_line_end(w, block->last));
    }
}

/* "##Results" without the blank that CommonMark asks for, and "#Results" where it
 * cannot be a hashtag: it stands alone and begins with a capital. The bytes of
 * '#' are its level; 0 when it is none. */
static uint32_t glued_heading_level(const work *w, const cs_block *block, uint32_t at)
{
    enum { max_level = 6, max_length = 120 };
    uint32_t start, end, level = 0;
    cs_study_block_line(w, block, at, &start, &end);
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

uint32_t cs_heading_next_glued(const work *w, const cs_block *block)
{
    uint32_t line = block->first + 1;
    uint32_t start, end;
    for (; line <= block->last; line++) {
        cs_study_block_line(w, block, line, &start, &end);
        bool row = memchr(w->study->source.text.data + start, '|', end - start) != NULL;
        if (!row && glued_heading_level(w, block, line) > 0)
            return line;
    }
    return block->last + 1;
}

/* Opens the section; the lines after it are left in the block. */
void cs_heading_read_glued(work *w, cs_block *block)
{
    uint32_t level = glued_heading_level(w, block, block->first);
    if (level == 0)
        return;
    uint32_t start, end;
    cs_view heading;
    cs_study_block_line(w, block, block->first, &start, &end);
    trim_atx(w, &start, &end);
    cs_flat_clear(&w->flat);
    cs_flat_add(&w->flat, &w->study->source, start, end);
    if (!cs_heading_text(w, &heading))
        return;
    cs_study_open_section(w, CS_HEADING_ATX, level, block->first, heading);
    cs_study_begin_block_at(w, block, block->first + 1);
}

/* ---- a bold line ------------------------------------------------------------------- */

static bool ends_sentence(cs_view text)
{
    static const char *const ends[] = {
        ".", ",", ";", "!", "\xE3\x80\x82", "\xEF\xBC\x8C", "\xEF\xBC\x9B", "\xEF\xBC\x81"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) { /* the last ones: 。，；！ */
        size_t len = strlen(ends[i]);
        if (text.len >= len && memcmp(text.data + text.len - len, ends[i], len) == 0)
            return true;
    }
    return false;
}

/* "3", "IV", "B". */
static bool is_number(const char *text, size_t len)
{
    enum { max_number = 4 };
    if (len == 0 || len > max_number)
        return false;
    return strspn(text, "0123456789") >= len || strspn(text, "IVX") >= len || len == 1;
}

/* Whether a sentence ends within a text; "3. Results" is none. */
static bool holds_sentence(cs_view text)
{
    const char *stop = memmem(text.data, text.len, ". ", 2);
    if (stop != NULL && is_number(text.data, (size_t)(stop - text.data))) {
        size_t rest = (size_t)(stop + 2 - text.data);
        stop = memmem(stop + 2, text.len - rest, ". ", 2);
    }
    return stop != NULL || ends_sentence(text);
}

/* Without blanks, colons and a hard break at the end. */
static cs_view without_break(cs_view line)
{
    static const char *const ends[] = {" ", "\t", "\\", ":", "<br>", "<br/>", "<br />"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(ends[i]);
        if (line.len < len || strncasecmp(line.data + line.len - len, ends[i], len) != 0)
            continue;
        line.len -= len;
        i = SIZE_MAX; /* from the first one again */
    }
    return line;
}

/* <b>text</b> and <strong>text</strong>. */
static bool is_bold_element(cs_view line, cs_view *ret_inner)
{
    static const char *const tags[][2] = {{"<b>", "</b>"}, {"<strong>", "</strong>"}};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t open = strlen(tags[i][0]), close = open + 1;
        if (line.len <= open + close || line.len > max_bold_heading + open + close ||
            strncasecmp(line.data, tags[i][0], open) != 0 ||
            strncasecmp(line.data + line.len - close, tags[i][1], close) != 0)
            continue;
        *ret_inner = (cs_view){line.data + open, line.len - open - close};
        return memmem(ret_inner->data, ret_inner->len, tags[i][1], close) == NULL &&
               !holds_sentence(*ret_inner);
    }
    return false;
}

static bool parse_bold_line(cs_view line, cs_view *ret_inner)
{
    line = without_break(line);
    if (line.len > 0 && line.data[0] == '<')
        return is_bold_element(line, ret_inner);
    size_t marks = 0; /* 2, or 3 for bold italics */
    while (marks < 3 && marks < line.len && line.data[marks] == line.data[0])
        marks++;
    if (marks < 2 || line.len < 2 * marks + 1 || line.len > max_bold_heading + 2 * marks ||
        (line.data[0] != '*' && line.data[0] != '_') ||
        memcmp(line.data + line.len - marks, line.data, marks) != 0)
        return false;
    cs_view inner = {line.data + marks, line.len - 2 * marks};
    if (memmem(inner.data, inner.len, line.data, 2) != NULL || inner.data[0] == ' ' ||
        inner.data[0] == line.data[0] || holds_sentence(inner))
        return false;
    *ret_inner = inner;
    return true;
}

/* A paragraph that is one bold line, not in a quote or list; its text. */
static bool is_bold_line(const work *w, const cs_block *block, cs_view *ret_inner)
{
    uint32_t start, end;
    cs_study_block_line(w, block, block->first, &start, &end);
    return block->kind == CS_BLOCK_PARAGRAPH && block->first == block->last && block->quotes == 0 &&
           block->lists == 0 && parse_bold_line(line_view(w, start, end), ret_inner);
}

/* Whether there is text under a bold line: before another one, a heading or the
 * end. Without any it heads nothing; it is then a fact in bold. */
static bool heads_text(const work *w)
{
    cs_view inner;
    if (w->block + 1 >= w->blocks->count)
        return false;
    const cs_block *next = &w->blocks->items[w->block + 1];
    bool heading = next->kind == CS_BLOCK_HEADING && next->quotes == 0 && next->lists == 0;
    return !heading && !is_bold_line(w, next, &inner);
}

bool cs_heading_read_bold(work *w, const cs_block *block)
{
    cs_view inner, heading;
    if (!is_bold_line(w, block, &inner) || !heads_text(w))
        return false;
    uint32_t from = (uint32_t)(inner.data - source_text(w));
    cs_flat_clear(&w->flat);
    cs_flat_add(&w->flat, &w->study->source, from, from + (uint32_t)inner.len);
    if (!cs_heading_text(w, &heading) || heading.len == 0)
        return false;
    cs_study_open_section(w, CS_HEADING_BOLD, cs_html_bold_level(w), block->first, heading);
    return true;
}

/* ---- the title --------------------------------------------------------------------- */

/* Where the last `parts` components of a path begin. */
static size_t tail_of_path(cs_view path, size_t parts)
{
    size_t start = path.len;
    while (start > 0 && !(path.data[start - 1] == '/' && --parts == 0))
        start--;
    return start;
}

/* "a/fintech/case_study.md" becomes "fintech/case study". */
static cs_view title_of_path(work *w, cs_view path)
{
    size_t start = tail_of_path(path, 2), name = tail_of_path(path, 1), end = path.len;
    while (end > name && path.data[end - 1] != '.')
        end--;
    end = end > name + 1 ? end - 1 : path.len;
    CS_SCOPED(cs_buf) title = {.limit = 1 << 13};
    for (size_t i = start; i < end; i++)
        if (path.data[i] != '_')
            cs_buf_add_char(&title, path.data[i]);
        else if (i > start && path.data[i - 1] != '_')
            cs_buf_add_char(&title, ' ');
    CS_SCOPED(cs_buf) valid = {.limit = 1 << 15}; /* names are any bytes */
    cs_text_add_printable(&valid, title.data, title.len);
    return cs_arena_copy(&w->study->arena, cs_buf_view(&valid));
}

/* The first heading, when nothing stands before it and no other has its level; one above it may be
 * that of a list of sources. */
static cs_view lone_first_heading(const cs_study *study)
{
    const cs_view none = {"", 0};
    const cs_file *file = &study->file;
    if (file->sections.count == 0)
        return none;
    if (cs_study_begins_bare(study))
        return none;
    const cs_section *first = &file->sections.items[0];
    for (size_t i = 1; i < file->sections.count; i++)
        if (file->sections.items[i].level == first->level ||
            (file->sections.items[i].level < first->level &&
             !cs_is_source_heading(file->sections.items[i].heading)))
            return none;
    return file->sections.count > 1 ? first->heading : none;
}

void cs_heading_set_title(work *w, cs_view front_title, cs_view path)
{
    cs_file *file = &w->study->file;
    file->title = front_title;
    for (size_t i = 0; i < file->sections.count && file->title.len == 0; i++) {
        const cs_section *s = &file->sections.items[i];
        bool first = i == 0 && !cs_study_begins_bare(w->study);
        if (s->level == 1 && (first || !cs_is_source_heading(s->heading)))
            file->title = s->heading;
    }
    if (file->title.len == 0)
        file->title = lone_first_heading(w->study);
    if (file->title.len == 0)
        file->title = title_of_path(w, path);
}
