/* clean_test.c - what no reader sees is in no passage: outside code there is no
 * tag, entity, base64 or shortcode left, and no mark is glued to a word.
 *
 *   tag        "<" "name" ">" with attributes or without, or "</name>", of an
 *              element of HTML, also over several lines; of any other name with an
 *              attribute that has a value, or with "/>"; a comment. Its "<" stands so in
 *              the file. "<5 people", "List<String>", "<your-name>" are text, and so
 *              are "\\<b>" and "&lt;b&gt;", which a reader sees as they are.
 *   entity     "&name;" or "&#number;" that Markdown knows, as it stands in the file
 *   base64     100 bytes and more of it in a row, of both cases and with digits,
 *              outside an address
 *   shortcode  "{{<", "{{%", "{%"
 *   glued      a word of a mark, or partly: "million5" of million<sup>5</sup>, "3" of [^3];
 *              a raised number after a word of two letters or more that is no unit
 *
 * Further folders: CASES_CORPORA=DIR[:DIR...].
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>

#include <cmocka.h>

#include "corpora.h"
#include "text.h"

enum { max_faults = 40 }; /* that are printed */

static size_t files, pieces, faults;
static size_t next_span, next_code; /* of the study, for rising places */
static cs_view file_bytes;

static uint32_t line_at(const cs_study *study, uint32_t at)
{
    const cs_spans *spans = &study->visible.spans;
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

static void fault(const cs_study *study, const char *path, const char *what, uint32_t at)
{
    enum { before = 30, shown = 90 };
    cs_view text = cs_buf_view(&study->visible.text);
    uint32_t start = at > before ? at - before : 0;
    size_t len = text.len - start < shown ? text.len - start : shown;
    const char *end = memchr(text.data + at, '\n', start + len - at);
    if (end != NULL)
        len = (size_t)(end - text.data) - start;
    if (faults++ < max_faults)
        fprintf(stderr, "%s:%u: %s: %.*s\n", path, line_at(study, at), what, (int)len,
                text.data + start);
}

/* Whether visible byte `at` stands so in the file, and is not escaped there. */
static bool is_raw(const cs_study *study, uint32_t at)
{
    const cs_spans *spans = &study->visible.spans;
    while (next_span + 1 < spans->count && spans->items[next_span + 1].text <= at)
        next_span++;
    const cs_span *span = &spans->items[next_span];
    if (span->kind != CS_SPAN_COPY)
        return false;
    uint32_t source = span->source + (at - span->text);
    return source == 0 || file_bytes.data[source - 1] != '\\';
}

static bool is_code(const cs_study *study, uint32_t at)
{
    while (next_code < study->code.count && study->code.items[next_code].end <= at)
        next_code++;
    return next_code < study->code.count && study->code.items[next_code].start <= at;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word_byte(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* ---- what must not be there -------------------------------------------------------- */

static bool is_element(cs_view name)
{
    static const char *const elements[] = {
        "a",      "abbr",    "b",      "blockquote", "br",     "center", "code",    "dd",
        "del",    "details", "div",    "dl",         "dt",     "em",     "figure",  "figcaption",
        "font",   "footer",  "form",   "h1",         "h2",     "h3",     "h4",      "h5",
        "h6",     "header",  "hr",     "i",          "iframe", "img",    "input",   "ins",
        "kbd",    "label",   "li",     "link",       "main",   "mark",   "meta",    "nav",
        "object", "ol",      "p",      "picture",    "pre",    "script", "section", "small",
        "source", "span",    "strike", "strong",     "style",  "sub",    "summary", "sup",
        "svg",    "table",   "tbody",  "td",         "th",     "thead",  "tr",      "tt",
        "u",      "ul",      "video",
    };
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (strlen(elements[i]) == name.len && strncasecmp(elements[i], name.data, name.len) == 0)
            return true;
    return false;
}

/* Whether [at, end), what stands between a name and its ">", is of a tag whatever
 * the name: an attribute with a value, or a slash at the end. */
static bool has_attributes(cs_view text, size_t at, size_t end)
{
    for (size_t i = at; i + 1 < end; i++)
        if (text.data[i] == '=' && strchr("\"'{", text.data[i + 1]) != NULL && i > at + 1)
            return true;
    return end > at && text.data[end - 1] == '/';
}

static bool is_tag(cs_view text)
{
    enum { max_tag = 1000 };
    if (text.len > 4 && memcmp(text.data, "<!--", 4) == 0)
        return memmem(text.data + 4, text.len - 4, "-->", 3) != NULL;
    size_t at = 1, name;
    at += at < text.len && text.data[at] == '/';
    name = at;
    while (at < text.len && (is_word_byte(text.data[at]) || strchr("-.:", text.data[at]) != NULL))
        at++;
    size_t left = text.len - at < max_tag ? text.len - at : max_tag;
    const char *close = memchr(text.data + at, '>', left);
    if (at == name || !is_letter(text.data[name]) || close == NULL)
        return false;
    size_t end = (size_t)(close - text.data);
    if (!is_element((cs_view){text.data + name, at - name}))
        return strchr(" /\n", text.data[at]) != NULL && has_attributes(text, at, end);
    return strchr(" />\n\t", text.data[at]) != NULL &&
           memchr(text.data + at, '<', end - at) == NULL;
}

static bool is_entity(cs_view text)
{
    enum { max_entity = 40 };
    char out[16];
    size_t end = 1, length = 0;
    end += end < text.len && text.data[end] == '#';
    while (end < text.len && end < max_entity && is_word_byte(text.data[end]))
        end++;
    return end < text.len && text.data[end] == ';' &&
           cs_markdown_entity((cs_view){text.data, end + 1}, out, sizeof out, &length) &&
           length > 0;
}

/* The length of the run of base64 that text begins with. */
static size_t base64_run(cs_view text)
{
    size_t len = 0;
    while (len < text.len &&
           (is_word_byte(text.data[len]) || memchr("+/=", text.data[len], 3) != NULL))
        len++;
    return len;
}

static bool is_base64(cs_view run)
{
    enum { least = 100 };
    bool upper = false, lower = false, digit = false;
    for (size_t i = 0; i < run.len; i++) {
        upper = upper || (run.data[i] >= 'A' && run.data[i] <= 'Z');
        lower = lower || (run.data[i] >= 'a' && run.data[i] <= 'z');
        digit = digit || (run.data[i] >= '0' && run.data[i] <= '9');
    }
    return run.len >= least && upper && lower && digit;
}

static bool is_in_address(cs_view text, size_t at)
{
    size_t start = at;
    while (start > 0 && strchr(" \n\t", text.data[start - 1]) == NULL)
        start--;
    return memmem(text.data + start, at - start, "://", 3) != NULL;
}

/* Whether text ends in a word that no raised number is a power of. */
static bool ends_in_word(cs_view text)
{
    static const char *const units[] = {"nm", "mm", "cm", "dm", "km", "in", "ft", "yd", "mi", "ha"};
    size_t start = text.len;
    while (start > 0 && is_letter(text.data[start - 1]))
        start--;
    cs_view word = {text.data + start, text.len - start};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (cs_view_equal(word, cs_view_of(units[i])))
            return false;
    return word.len >= 2;
}

/* Whether a number is raised at `at` that is no exponent. */
static bool is_raised(cs_view text, size_t at)
{
    size_t size;
    if ((unsigned char)text.data[at] < 0xC2)
        return false;
    uint32_t c = cs_text_decode(text.data + at, text.len - at, &size);
    bool raised = c == 0xB9 || c == 0xB2 || c == 0xB3 || c == 0x2070 || (c > 0x2073 && c < 0x207A);
    return raised && ends_in_word((cs_view){text.data, at});
}

static void check_text(const cs_study *study, const char *path, const cs_piece *piece)
{
    cs_view text = {study->visible.text.data, piece->end};
    for (uint32_t at = piece->start; at < piece->end; at++) {
        cs_view rest = {text.data + at, text.len - at};
        const char *what = NULL;
        if (is_code(study, at))
            continue;
        if (rest.data[0] == '<' && is_tag(rest) && is_raw(study, at))
            what = "tag";
        else if (rest.data[0] == '&' && is_entity(rest) && is_raw(study, at))
            what = "entity";
        else if (rest.len > 2 && rest.data[0] == '{' &&
                 (rest.data[1] == '%' || memcmp(rest.data, "{{<", 3) == 0 ||
                  memcmp(rest.data, "{{%", 3) == 0))
            what = "shortcode";
        else if (is_raised(text, at))
            what = "glued";
        if (what != NULL)
            fault(study, path, what, at);
        size_t run = base64_run(rest);
        if (is_base64((cs_view){rest.data, run}) && !is_in_address(text, at))
            fault(study, path, "base64", at);
        at += run > 1 ? (uint32_t)run - 1 : 0;
    }
}

/* ---- marks ------------------------------------------------------------------------- */

/* The bytes of a mark of one source, with its brackets; 0 for a link, and for
 * "[1, 2]", whose numbers are words like others. */
static uint32_t mark_length(const cs_study *study, const cs_mark *mark)
{
    cs_view label = study->file.sources.items[mark->source].label;
    cs_view text = cs_buf_view(&study->visible.text);
    const char *start = text.data + mark->text;
    size_t left = text.len - mark->text, at = left > 1 && start[1] == '^' ? 2 : 1;
    bool one = label.len > 0 && left > at + label.len && start[0] == '[' &&
               memcmp(start + at, label.data, label.len) == 0 && start[at + label.len] == ']';
    return one ? (uint32_t)(at + label.len + 1) : 0;
}

/* Whether a token is letters, then digits that a <sup> parts from them in the file. */
static bool is_glued(const cs_study *study, const cs_token *token, size_t *span)
{
    const cs_spans *spans = &study->visible.spans;
    while (*span < spans->count &&
           spans->items[*span].text + spans->items[*span].length <= token->start)
        ++*span;
    for (size_t i = *span; i + 1 < spans->count && spans->items[i + 1].text < token->end; i++) {
        const cs_span *before = &spans->items[i], *after = &spans->items[i + 1];
        uint32_t from = before->source + before->source_length;
        char next = study->visible.text.data[after->text];
        bool digit = next >= '0' && next <= '9';
        if (digit && is_letter(study->visible.text.data[after->text - 1]) && after->source > from &&
            memmem(file_bytes.data + from, after->source - from, "<sup", 4) != NULL)
            return true;
    }
    return false;
}

static void check_marks(const cs_study *study, const char *path)
{
    cs_view text = cs_buf_view(&study->visible.text);
    cs_tokenizer tokenizer;
    cs_token token;
    size_t m = 0, span = 0;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    while (cs_tokenizer_next(&tokenizer, &token)) {
        const cs_mark *mark = &study->marks.items[m];
        while (m < study->marks.count && mark->text + mark_length(study, mark) <= token.start)
            mark = &study->marks.items[++m];
        bool in_mark =
            m < study->marks.count && mark_length(study, mark) > 0 && token.end > mark->text;
        if (in_mark || is_glued(study, &token, &span))
            fault(study, path, "glued", token.start);
    }
}

/* ---- files ------------------------------------------------------------------------- */

static void check_bytes(const char *path, cs_view bytes)
{
    CS_SCOPED(cs_study) study = {0};
    assert_int_equal(cs_study_read(bytes, cs_view_of(path), "en", &study, NULL), CS_OK);
    next_span = next_code = 0;
    file_bytes = bytes;
    for (size_t i = 0; i < study.pieces.count; i++, pieces++)
        if (study.pieces.items[i].kind != CS_KIND_CODE)
            check_text(&study, path, &study.pieces.items[i]);
    check_marks(&study, path);
    files++;
}

static void check_folder(const char *folder)
{
    files = pieces = faults = 0;
    corpora_folder(folder, check_bytes);
    print_message("%s: %zu files, %zu pieces\n", folder, files, pieces);
    if (faults > 0)
        fail_msg("%zu faults", faults);
    assert_true(files > 0 && pieces > 0);
}

static void test_own_folders(void **state)
{
    (void)state;
    corpora_own(check_folder);
}

static void test_other_corpora(void **state)
{
    (void)state;
    if (!corpora_others(check_folder))
        skip();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_folders),
        cmocka_unit_test(test_other_corpora),
    };
    return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
