/* passages_fuzz.c - the bytes of a file to passages, their records and their
 * documents: what caseindex does with a file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "document.h"
#include "passage.h"

/* Each span lies in text and file, the spans follow each other, and a copy is one. */
static void check_spans(const cs_passage *p, cs_view bytes)
{
    uint32_t at = 0;
    for (size_t i = 0; i < p->spans.count; i++) {
        const cs_span *span = &p->spans.items[i];
        FUZZ_MUST(span->text == at);
        at += span->length;
        FUZZ_MUST(at <= p->text.len);
        FUZZ_MUST((uint64_t)span->source + span->source_length <= bytes.len);
        FUZZ_MUST(span->line >= 1 && span->column >= 1);
        if (span->kind == CS_SPAN_COPY) {
            FUZZ_MUST(span->length == span->source_length);
            FUZZ_MUST(memcmp(p->text.data + span->text, bytes.data + span->source, span->length) ==
                      0);
        }
    }
    FUZZ_MUST(at == p->text.len);
    for (size_t i = 0; i < p->marks.count; i++)
        FUZZ_MUST(p->marks.items[i].text <= p->text.len);
    FUZZ_MUST(p->start <= p->end && p->end <= bytes.len);
    FUZZ_MUST(p->first_line >= 1 && p->first_line <= p->last_line);
}

/* A record says what it was made of: written again it is the same. */
static void check_passage_record(const cs_passage *p)
{
    CS_SCOPED(cs_buf) record = {.limit = 1 << 28};
    CS_SCOPED(cs_buf) again = {.limit = 1 << 28};
    CS_SCOPED(cs_passage) read = {0};
    cs_schema_add_passage(&record, p);
    FUZZ_MUST(cs_buf_status(&record) == CS_OK);
    FUZZ_MUST(cs_schema_read_passage(cs_buf_view(&record), &read, NULL) == CS_OK);
    cs_schema_add_passage(&again, &read);
    FUZZ_MUST(cs_view_equal(cs_buf_view(&record), cs_buf_view(&again)));
    uint32_t half = (uint32_t)p->text.len / 2;
    cs_position a = cs_passage_locate(p, half, (uint32_t)p->text.len);
    cs_position b = cs_passage_locate(&read, half, (uint32_t)p->text.len);
    FUZZ_MUST(a.start == b.start && a.end == b.end && a.line == b.line && a.column == b.column);
    FUZZ_MUST(a.start <= a.end);
}

static void check_file_record(const cs_file *file)
{
    CS_SCOPED(cs_buf) record = {.limit = 1 << 28};
    CS_SCOPED(cs_buf) again = {.limit = 1 << 28};
    CS_SCOPED(cs_file) read = {0};
    cs_schema_add_file(&record, file);
    FUZZ_MUST(cs_buf_status(&record) == CS_OK);
    FUZZ_MUST(cs_schema_read_file(cs_buf_view(&record), &read, NULL) == CS_OK);
    cs_schema_add_file(&again, &read);
    FUZZ_MUST(cs_view_equal(cs_buf_view(&record), cs_buf_view(&again)));
    for (size_t i = 0; i < file->sections.count; i++) {
        cs_view trail[cs_max_trail];
        size_t depth = cs_file_trail(file, (uint32_t)i, trail);
        FUZZ_MUST(depth >= 1 && depth <= cs_max_trail);
        for (size_t t = 0; t < depth; t++)
            fuzz_must_be_text(trail[t]);
    }
}

static void check_passages(cs_study *study, cs_view bytes)
{
    static cs_document_maker *maker;
    if (maker == NULL)
        FUZZ_MUST(cs_document_maker_new(&maker, NULL) == CS_OK);
    cs_passages passages = {.study = study};
    cs_error error = {0};
    for (bool first = true;; first = false) {
        CS_SCOPED(cs_passage) p = {0};
        bool found;
        FUZZ_MUST(cs_passages_next(&passages, &p, &found, &error) == CS_OK);
        if (!found)
            break;
        FUZZ_MUST(p.text.len > 0);
        FUZZ_MUST(p.section == cs_no_parent || p.section < study->file.sections.count);
        fuzz_must_be_text(p.text);
        check_spans(&p, bytes);
        check_passage_record(&p);
        xc_document *document;
        if (cs_document_make(maker, &study->file, &p, first, &document, &error) != CS_OK) {
            fprintf(stderr, "%s\n", error.message);
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cs_view bytes = fuzz_view(data, size);
    cs_error error = {0};
    CS_SCOPED(cs_study) study = {0};
    if (cs_source_is_binary(bytes))
        return 0;
    FUZZ_MUST(cs_study_read(bytes, cs_view_of("a folder/a file.md"), "en", &study, &error) ==
              CS_OK);
    study.file.path = cs_view_of("a folder/a file.md");
    fuzz_must_be_text(cs_buf_view(&study.source.text));
    check_passages(&study, bytes);
    check_file_record(&study.file);
    return 0;
}
