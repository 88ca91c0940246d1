/* terms_fuzz.c - any bytes to text, to terms, to sentences, to what a terminal is
 * given.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "sentence.h"
#include "terms.h"

static cs_stemmer *stemmer_of(size_t n)
{
    static const char *const codes[] = {"en", "de", "fr", "none", "tr", "ru"};
    static cs_stemmer *stemmers[sizeof codes / sizeof codes[0]];
    n %= sizeof codes / sizeof codes[0];
    if (stemmers[n] == NULL)
        FUZZ_MUST(cs_stemmer_new(codes[n], &stemmers[n], NULL) == CS_OK);
    return stemmers[n];
}

static void check_terms(cs_view text)
{
    cs_tokenizer t;
    cs_token token;
    uint32_t start = 0, next = 0;
    cs_stemmer *stemmer = stemmer_of(text.len);
    cs_tokenizer_init(&t, text.data, text.len);
    while (cs_tokenizer_next(&t, &token)) {
        FUZZ_MUST(token.start < token.end && token.end <= text.len);
        FUZZ_MUST(token.extra || token.start >= start);
        FUZZ_MUST(token.term.len > 0 && token.term.len <= cs_max_term);
        FUZZ_MUST(memchr(token.term.data, '\0', token.term.len) == NULL);
        FUZZ_MUST(token.term.data[0] < 'A' || token.term.data[0] > 'Z' ||
                  (unsigned char)token.term.data[0] >= 0x80);
        fuzz_must_be_text(token.term);
        fuzz_must_be_text((cs_view){text.data + token.start, token.end - token.start});
        FUZZ_MUST(token.extra ? token.position < next : token.position >= next);
        if (!token.extra) {
            start = token.start;
            next = token.position + 1;
        }
        if (cs_token_has_stem(&token))
            fuzz_must_be_text(cs_stemmer_stem(stemmer, token.term));
    }
}

static void check_sentences(cs_view text)
{
    for (size_t at = 0; at < text.len;) {
        size_t end = cs_sentence_end(text, at);
        FUZZ_MUST(end > at && end <= text.len);
        fuzz_must_be_text((cs_view){text.data + at, end - at});
        at = end;
    }
}

/* What spec and text.h say of a terminal: no control but those two, nothing that
 * turns text around, nothing ill-formed. */
static void check_printable(cs_view bytes)
{
    CS_SCOPED(cs_buf) out = {.limit = 4 * bytes.len + 16};
    cs_text_add_printable(&out, bytes.data, bytes.len);
    FUZZ_MUST(cs_buf_status(&out) == CS_OK);
    fuzz_must_be_text(cs_buf_view(&out));
    for (size_t at = 0, size; at < out.len; at += size) {
        uint32_t c = cs_text_decode(out.data + at, out.len - at, &size);
        FUZZ_MUST(c >= 0x20 && (c < 0x7f || c > 0x9f));
        FUZZ_MUST((c < 0x202a || c > 0x202e) && (c < 0x2066 || c > 0x2069));
    }
}

static void check_cuts(cs_view text)
{
    for (size_t at = 0; at < text.len;) {
        size_t len = cs_text_cluster(text.data + at, text.len - at);
        FUZZ_MUST(len > 0 && len <= text.len - at);
        at += len;
    }
    for (size_t max = 1; max < 40; max += 13) {
        size_t cut = cs_text_cut(text.data, text.len, max);
        FUZZ_MUST(cut <= max && cut <= text.len);
        fuzz_must_be_text((cs_view){text.data, cut});
        size_t fit = cs_text_prefix(text.data, text.len, max);
        FUZZ_MUST(fit <= text.len && cs_text_width(text.data, fit) <= max);
    }
    char folded[cs_max_term];
    size_t len = cs_text_fold(text.data, text.len, folded, sizeof folded);
    FUZZ_MUST(len <= sizeof folded);
    fuzz_must_be_text((cs_view){folded, len});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cs_view bytes = fuzz_view(data, size);
    CS_SCOPED(cs_buf) repaired = {.limit = 4 * size + 16};
    check_printable(bytes);
    cs_text_repair(&repaired, bytes.data, bytes.len);
    FUZZ_MUST(cs_buf_status(&repaired) == CS_OK);
    cs_view text = repaired.len > 0 ? cs_buf_view(&repaired) : (cs_view){"", 0};
    fuzz_must_be_text(text);
    check_terms(text);
    check_sentences(text);
    check_cuts(text);
    return 0;
}
