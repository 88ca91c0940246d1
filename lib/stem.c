/* stem.c - languages and their stemmers: part of terms.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "terms.h"
#include "xapian-c.h"

/* The Snowball languages in libxapian 1.4: codes of ISO 639-1 and 639-2 (both, where
 * the library's differs from the language's own), and the name. */
static const struct {
    const char *code, *name;
    const char *three[3];
} languages[] = {
    {"ar", "arabic", {"ara"}},        {"ca", "catalan", {"cat"}},
    {"da", "danish", {"dan"}},        {"de", "german", {"deu", "ger"}},
    {"en", "english", {"eng"}},       {"es", "spanish", {"spa"}},
    {"eu", "basque", {"eus", "baq"}}, {"fi", "finnish", {"fin"}},
    {"fr", "french", {"fra", "fre"}}, {"ga", "irish", {"gle"}},
    {"hu", "hungarian", {"hun"}},     {"hy", "armenian", {"hye", "arm"}},
    {"id", "indonesian", {"ind"}},    {"it", "italian", {"ita"}},
    {"lt", "lithuanian", {"lit"}},    {"ne", "nepali", {"nep"}},
    {"nl", "dutch", {"nld", "dut"}},  {"no", "norwegian", {"nor"}},
    {"nb", "norwegian", {"nob"}},     {"nn", "norwegian", {"nno"}},
    {"pt", "portuguese", {"por"}},    {"ro", "romanian", {"ron", "rum"}},
    {"ru", "russian", {"rus"}},       {"sv", "swedish", {"swe"}},
    {"ta", "tamil", {"tam"}},         {"tr", "turkish", {"tur"}},
};

static const char no_language[] = "none";

static bool same_letters(cs_view name, const char *word)
{
    size_t i = 0;
    for (; i < name.len && word[i] != '\0'; i++)
        if ((name.data[i] | 0x20) != word[i])
            return false;
    return i == name.len && word[i] == '\0';
}

/* "en-GB", "en_US.UTF-8" without what follows the language. */
static cs_view without_region(cs_view name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] == '-' || name.data[i] == '_' || name.data[i] == '.')
            return (cs_view){name.data, i};
    return name;
}

static bool is_language(cs_view name, size_t i)
{
    const char *const *three = languages[i].three;
    bool same = same_letters(name, languages[i].code) || same_letters(name, languages[i].name);
    for (; !same && *three != NULL; three++)
        same = same_letters(name, *three);
    return same;
}

const char *cs_language_code(cs_view name)
{
    cs_view language = without_region(name);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        if (!is_language(language, i))
            continue;
        bool norwegian = strcmp(languages[i].name, "norwegian") == 0;
        return norwegian ? "no" : languages[i].code;
    }
    return no_language;
}

void cs_language_add_code(cs_buf *out, cs_view name)
{
    const char *code = cs_language_code(name);
    cs_view language = without_region(name);
    if (code != no_language)
        cs_buf_add_string(out, code);
    for (size_t i = 0; code == no_language && i < language.len; i++) {
        char c = language.data[i];
        cs_buf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
}

bool cs_language_is_plausible(cs_view name)
{
    if (same_letters(name, no_language) || cs_language_code(name) != no_language)
        return true;
    cs_view language = without_region(name);
    for (size_t i = 0; i < language.len; i++)
        if ((language.data[i] | 0x20) < 'a' || (language.data[i] | 0x20) > 'z')
            return false;
    return language.len == 2 || language.len == 3;
}

struct cs_stemmer {
    const char *code;
    xc_stem *stem; /* NULL for "none" */
    char result[cs_max_term * 2];
};

cs_status cs_stemmer_new(const char *code, cs_stemmer **ret_stemmer, cs_error *error)
{
    cs_stemmer *stemmer = calloc(1, sizeof *stemmer);
    if (stemmer == NULL)
        return cs_fail_memory(error);
    stemmer->code = cs_language_code(cs_view_of(code));
    xc_error failure;
    if (stemmer->code != no_language &&
        xc_stem_new(stemmer->code, &stemmer->stem, &failure) != XC_OK) {
        cs_stemmer_free(stemmer);
        if (failure.status == XC_MEMORY)
            return cs_fail_memory(error);
        return cs_fail(error, CS_USAGE, "no stemmer for language %s: %s", code, failure.message);
    }
    *ret_stemmer = stemmer;
    return CS_OK;
}

void cs_stemmer_free(cs_stemmer *stemmer)
{
    if (stemmer == NULL)
        return;
    xc_stem_free(stemmer->stem);
    free(stemmer);
}

const char *cs_stemmer_language(const cs_stemmer *stemmer)
{
    return stemmer->code;
}

bool cs_token_has_stem(const cs_token *token)
{
    if (token->pair || token->term.len < 2)
        return false;
    for (size_t i = 0; i < token->term.len; i++) {
        char c = token->term.data[i];
        if ((c >= '0' && c <= '9') || c == '&')
            return false;
    }
    return true;
}

cs_view cs_stemmer_stem(cs_stemmer *stemmer, cs_view term)
{
    size_t len;
    if (stemmer->stem == NULL || term.len > cs_max_term ||
        xc_stem_word(stemmer->stem, term.data, term.len, stemmer->result, sizeof stemmer->result,
                     &len, NULL) != XC_OK)
        return term;
    return (cs_view){stemmer->result, len};
}
