/* terms_test.c - text to terms; amounts are in terms_amount_test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "terms_fixture.h"

static void test_plain_words(void **state)
{
    static const example examples[] = {
        {"", ""},
        {"   \n\t ", ""},
        {"...!?--[](){}", ""},
        {"raised", "raised"},
        {"Hugging Face has raised $235 million.",
         "hugging=Hugging face=Face has raised 235 million +$usd235000000@4=$235 million"},
        {"a", "a"},
        {"a,b;c/d", "a b c d"},
        {"HubSpot", "hubspot=HubSpot"},
        {"4G 3D Web3", "4g=4G 3d=3D web3=Web3"},
        {"www.example.com", "www example com"},
        {"**bold**", "bold"},
        {"Apple™ C++ C#", "apple=Apple c=C c=C"},
        {"50% #1 @home", "50 1 home"},
        {"one\u00A0two\u2003three\u3000four", "one two three four"},
        {"Kubernetes® Kafka™", "kubernetes=Kubernetes kafka=Kafka"},
        {"one—two–three…four", "one two three +twothree@1=two–three four"},
        {"a\uFFFDb", "a b"},
    };
    (void)state;
    CHECK(examples);
}

static void test_folding(void **state)
{
    static const example examples[] = {
        {"Käärmann", "kaarmann=Käärmann"},
        {"Ka\u0308a\u0308rmann!", "kaarmann=Ka\u0308a\u0308rmann"},
        {"Kaarmann", "kaarmann=Kaarmann"},
        {"Straße STRASSE", "strasse=Straße strasse=STRASSE"},
        {"ＧＰＴ", "gpt=ＧＰＴ"},
        {"１２３", "123=１２３"},
        {"Ærø, São Paulo", "aero=Ærø sao=São paulo=Paulo"},
        {"Łódź Ørsted cœur ısı", "lodz=Łódź orsted=Ørsted coeur=cœur isi=ısı"},
        {"ﬁnance", "finance=ﬁnance"},
        {"МОСКВА", "москва=МОСКВА"},
        {"İstanbul", "istanbul=İstanbul"},
        {"हिन्दी", "हिन्दी"},
        {"مَرْحَبًا", "مرحبا=مَرْحَبًا"},
        {"x² Ⅷ", "x2=x² viii=Ⅷ"},
        {"co\u00ADfounder", "cofounder=co\u00ADfounder"},
        {"zero\u200Dwidth\u200Cjoined\u2060word",
         "zerowidthjoinedword=zero\u200Dwidth\u200Cjoined\u2060word"},
        {"one\u200Bword a\u200Fb", "oneword=one\u200Bword ab=a\u200Fb"},
        {"word\u200F word\u00AD, word\u200B", "word word word"}, /* not seen: not marked */
        {"क्\u200D", "क्=क्\u200D"},                                /* a joiner is of its letter */
        {"\u00AD\u200D\uFEFF", ""},
        {"\u00ADa", "a"},
        {"\uFEFFTitle", "title=Title"},
        {"\u0301\u0302", ""},
        {"\u0301a", "a"},
        {"4\uFE0F", "4=4\uFE0F"},
    };
    (void)state;
    CHECK(examples);
}

static void test_apostrophes(void **state)
{
    static const example examples[] = {
        {"O'Reilly", "o'reilly=O'Reilly"},
        {"O’Reilly", "o'reilly=O’Reilly"},
        {"don't won’t", "don't won't=won’t"},
        {"rock'n'roll", "rock'n'roll"},
        {"Stripe's", "stripe=Stripe"},
        {"Stripe’s valuation", "stripe=Stripe valuation"},
        {"STRIPE'S", "stripe=STRIPE"},
        {"O'Reilly's", "o'reilly=O'Reilly"},
        {"O’Reilly’s", "o'reilly=O’Reilly"},
        {"AT&T's", "at&t=AT&T"},
        {"1990's", "1990"},
        {"it's", "it"},
        {"Käärmann's", "kaarmann=Käärmann"},
        {"McDonald's.", "mcdonald=McDonald"},
        {"C's and M’s", "c=C and m=M"},
        {"All's well", "all=All well"},
        {"the U.S.'s growth", "the us=U.S growth"},
        {"U.S's", "us=U.S"},
        {"companies' plans", "companies plans"},
        {"'quoted' ''twice''", "quoted twice"},
        {"’tis", "tis"},
        {"it'second", "it'second"},
        {"l'entreprise", "l entreprise"},
        {"L’Oréal", "l=L oreal=Oréal"},
        {"d'Arcy qu'il jusqu’à", "d arcy=Arcy qu il jusqu a=à"},
        {"dell'azienda un'altra", "dell azienda un altra"},
        {"aujourd'hui", "aujourd'hui"},
        {"don\u02BCt don\u2018t don\u00B4t don\uFF07t",
         "don't=don\u02BCt don't=don\u2018t don't=don\u00B4t don't=don\uFF07t"},
        {"Stripe\u02BCs Hawai\u02BBi", "stripe=Stripe hawai'i=Hawai\u02BBi"},
        {"ג׳ורג׳", "ג'ורג=ג׳ורג"},
        {"צה״ל צה\"ל \"צה\" ל", "צהל=צה״ל צהל=צה\"ל צה ל"},
        {"'", ""},
        {"a'", "a"},
    };
    (void)state;
    CHECK(examples);
}

static void test_and(void **state)
{
    static const example examples[] = {
        {"R&D", "r&d=R&D"},
        {"AT&T", "at&t=AT&T"},
        {"P&G", "p&g=P&G"},
        {"M&A's", "m&a=M&A"},
        {"R & D", "r=R and=& d=D"},
        {"& D", "d=D"},
        {"D &", "d=D"},
        {"a && b, &c; word&amp;word name&long=z", "a b c word amp word name long z"},
        {"Procter & Gamble", "procter=Procter and=& gamble=Gamble"},
        {"R&", "r=R"},
        {"&D", "d=D"},
        {"R&&D", "r=R d=D"},
        {"Johnson&Johnson", "johnson=Johnson and=& johnson=Johnson"},
        {"ABCD&E", "abcd=ABCD and=& e=E"},
        {"A&BCDE", "a=A and=& bcde=BCDE"},
        {"12&34", "12 34"},
        {"id=1&q=ab", "id 1 q ab"},
        {"é&b", "e=é b"},
        {"a&bé", "a and=& be=bé"},
        {"R&D-heavy", "r&d=R&D heavy +r&dheavy@0=R&D-heavy"},
    };
    (void)state;
    CHECK(examples);
}

static void test_numbers(void **state)
{
    static const example examples[] = {
        {"4.5", "4.5"},
        {"4.5 billion.", "4.5 billion +4500000000@0=4.5 billion"},
        {"4.5B", "4.5b=4.5B +4500000000@0=4.5B"},
        {"1,000", "1000=1,000"},
        {"1000", "1000"},
        {"1,000,000", "1000000=1,000,000"},
        {"1,000,000.50", "1000000.50=1,000,000.50"},
        {"1,5", "1 5"},
        {"1,50", "1 50"},
        {"1,0000", "1 0000"},
        {"1,000,5", "1000=1,000 5"},
        {"1, 000", "1 000"},
        {"1.2.3", "1.2.3"},
        {"in 2023.", "in 2023"},
        {"2023.[^3]", "2023"},
        {".5 5. 5.x", "5 5 5 x"},
        {"v1.2", "v1 2"},
        {"a,000", "a 000"},
        {"10:30", "10 30"},
        {"1,000's", "1000=1,000"},
        {"1,000,000,5", "1000000=1,000,000 5"},
        {"2015,300", "2015 300"},
        {"1\u00A0000\u202F000 km", "1000000=1\u00A0000\u202F000 km"},
        {"1'000 1’000", "1000=1'000 1000=1’000"},
        {"1 000 12\u00A034", "1 000 12 34"},
        {"2015\u00A0300", "2015 300"},
        {"٣٤ ४५ ๖๗ １２", "34=٣٤ 45=४५ 67=๖๗ 12=１２"},
        {"٤٫٥ ١٬٠٠٠ ４．５ １，０００", "4.5=٤٫٥ 1000=١٬٠٠٠ 4.5=４．５ 1000=１，０００"},
    };
    (void)state;
    CHECK(examples);
}

static void test_numbers_in_one_sign(void **state)
{
    static const example examples[] = {
        {"m² km³ CO₂", "m2=m² km3=km³ co2=CO₂"},
        {"billion³ and more.¹² Next", "billion and more next=Next"},
        {"2023² is 10⁶", "2023 is 10"},
        {"км² слово²", "км2=км² слово"},
        {"2½ ½ step①②", "2 1\u20442=½ 1\u20442=½ step 1=① 2=②"},
        {"World War Ⅱ", "world=World war=War ii=Ⅱ"},
        {"№ 5", "5"},
    };
    (void)state;
    CHECK(examples);
}

static void test_letters_with_dots(void **state)
{
    static const example examples[] = {
        {"U.S.", "us=U.S"},
        {"U.S. firms", "us=U.S firms"},
        {"US", "us=US"},
        {"e.g. this, i.e. that", "eg=e.g this ie=i.e that"},
        {"U.S.A", "usa=U.S.A"},
        {"A.I.", "ai=A.I"},
        {"the U.S.-based", "the us=U.S based"},
        {"non-U.S.", "non us=U.S +nonus@0=non-U.S"},
        {"J.P. Morgan", "jp=J.P morgan=Morgan"},
        {"J.P.Morgan", "jp=J.P morgan=Morgan"},
        {"U.S.Army", "us=U.S army=Army"},
        {"a.m.", "am=a.m"},
        {"I.The", "i=I the=The"},
        {"x.1", "x 1"},
        {"a.b1", "a b1"},
        {"e.é", "e e=é"},
        {"e.e\u0301", "e e=e\u0301"},
        {"A.", "a=A"},
        {"A..B", "a=A b=B"},
    };
    (void)state;
    CHECK(examples);
}

static void test_compounds(void **state)
{
    static const example examples[] = {
        {"GPT-4", "gpt=GPT 4 +gpt4@0=GPT-4"},
        {"COVID-19 hit", "covid=COVID 19 +covid19@0=COVID-19 hit"},
        {"a co-founder of", "a co founder +cofounder@1=co-founder of"},
        {"snake_case", "snake case +snakecase@0=snake_case"},
        {"GPT\u20104 GPT\u20114", "gpt=GPT 4 +gpt4@0=GPT\u20104 gpt=GPT 4 +gpt4@2=GPT\u20114"},
        {"2023-05-12", "2023 05 12 +20230512@0=2023-05-12"},
        {"state-of-the-art", "state of the art"},
        {"state-of-the-art x-ray", "state of the art x ray +xray@4=x-ray"},
        {"GPT-4.5", "gpt=GPT 4.5 +gpt4.5@0=GPT-4.5"},
        {"co--founder", "co founder"},
        {"co- founder -chatbot well-", "co founder chatbot well"},
        {"a-b c-d", "a b +ab@0=a-b c d +cd@2=c-d"},
        {"vice-president's", "vice president +vicepresident@0=vice-president"},
        {"president's-office", "president office"},
        {"Zürich-Nord", "zurich=Zürich nord=Nord +zurichnord@0=Zürich-Nord"},
        {"AI-模型", "ai=AI 模型 +型@1"},
        {"a-\uFFA0 b", "a b"}, /* a letter that folds to nothing */
        {"10–12", "10 12 +1012@0=10–12"},
        {"GPT–4 GPT−4 בית־ספר",
         "gpt=GPT 4 +gpt4@0=GPT–4 gpt=GPT 4 +gpt4@2=GPT−4 בית ספר +ביתספר@4=בית־ספר"},
        {"-tc- -toplyne- While", "tc toplyne while=While"},
    };
    (void)state;
    CHECK(examples);
}

static void test_footnote_marks(void **state)
{
    static const example examples[] = {
        {"million.[^5] Next", "million next=Next"},
        {"million.[^5]Next", "million next=Next"},
        {"billion. [^3]", "billion"},
        {"word[^note] end", "word end"},
        {"word[12] end", "word end"},
        {"far.[^2][^3]It", "far it=It"},
        {"[^3]axios", "axios"},
        {"a[^1]b", "a b"},
        {"[1] x", "x"},
        {"[a] b", "a b"},
        {"[12a]", "12a"},
        {"[12345]", "12345"},
        {"[^ a\nb]", "a b"},
        {"[^open [x]", "open x"},
        {"[^", ""},
        {"[^]", ""},
        {"[1", "1"},
        {"GPT-4[^3]", "gpt=GPT 4 +gpt4@0=GPT-4"},
        {"中[^3]国", "中 国"},
    };
    (void)state;
    CHECK(examples);
}

static void test_scripts_without_blanks(void **state)
{
    static const example examples[] = {
        {"中", "中"},
        {"中国", "中国 +国@0"},
        {"人工智能", "人工 工智 智能 +能@2"},
        {"中。国", "中 国"},
        {"トヨタ", "トヨ ヨタ +タ@1"},
        {"ｶﾞｽ", "ガス=ｶﾞｽ +ス@0=ｽ"},
        {"カ\u3099ス", "ガス=カ\u3099ス +ス@0"},
        {"ひらがな", "ひら らが がな +な@2"},
        {"한국어", "한국 국어 +어@1"},
        {"\u1112\u1161\u11AB\u1100\u116E\u11A8",
         "한국=\u1112\u1161\u11AB\u1100\u116E\u11A8 +국@0=\u1100\u116E\u11A8"},
        {"กิน", "กิน +น@0"},
        {"GPT模型4", "gpt=GPT 模型 +型@1 4"},
        {"第1章", "第 1 章"},
        {"中 国", "中 国"},
        {"a中b", "a 中 b"},
        {"中a国", "中 a 国"},
        {"日本·東京", "日本 +本@0 東京 +京@1"},
        {"ทำงาน", "ท\u0E4D\u0E32ง=ทำง งา าน +น@2"},
        {"ភាសា\u200Bខ្មែរ", "ភាសា សាខ្=សា\u200Bខ្ ខ្មែ មែរ +រ@3"},
        {"葛\U000E0100飾", "葛飾=葛\U000E0100飾 +飾@0"},
        {"中\u200D国", "中国=中\u200D国 +国@0"},
        {"\U00020000\U00020001", "\U00020000\U00020001 +\U00020001@0"},
    };
    (void)state;
    CHECK(examples);
}

/* The one term of a text, cut from `part` repeated. */
static void check_cut(const char *part, size_t times, size_t term_len)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 16};
    cs_tokenizer tokenizer;
    cs_token token;

    for (size_t i = 0; i < times; i++)
        cs_buf_add_string(&text, part);
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    assert_true(cs_tokenizer_next(&tokenizer, &token));
    assert_int_equal(token.term.len, term_len);
    assert_memory_equal(token.term.data, text.data, term_len);
    assert_int_equal(token.start, 0);
    assert_int_equal(token.end, text.len);
    assert_false(cs_tokenizer_next(&tokenizer, &token));
}

static void test_long_words_are_cut(void **state)
{
    (void)state;
    check_cut("a", 64, 64);
    check_cut("a", 65, 64);
    check_cut("abcdef", 10000, 64);
    check_cut("д", 32, 64);
    check_cut("д", 33, 64);
    check_cut("ह", 1000, 63);
    check_cut("1", 300, 64);
}

static void test_long_words_keep_their_beginning(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 12};

    (void)state;
    cs_buf_add_char(&text, 'a');
    for (size_t i = 0; i < 127; i++)
        cs_buf_add_string(&text, "\u0301");
    cs_buf_add_string(&text, "éb"); /* é does not fit any more: nor may b */
    cs_tokenizer tokenizer;
    cs_token token;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    assert_true(cs_tokenizer_next(&tokenizer, &token));
    assert_int_equal(token.term.len, 1);
    assert_int_equal(token.end, text.len);
}

static void test_runs_of_marks(void **state)
{
    CS_SCOPED(cs_buf) text = {.limit = 1 << 12};

    (void)state;
    cs_buf_add_string(&text, "e");
    for (size_t i = 0; i < 1000; i++)
        cs_buf_add_string(&text, "\u0301");
    cs_buf_add_string(&text, " ก");
    for (size_t i = 0; i < 500; i++)
        cs_buf_add_string(&text, "\u0301");
    cs_tokenizer tokenizer;
    cs_token token;
    cs_tokenizer_init(&tokenizer, text.data, text.len);
    assert_true(cs_tokenizer_next(&tokenizer, &token));
    assert_true(cs_view_equal(token.term, cs_view_of("e")));
    assert_int_equal(token.end, 2001);
    assert_true(cs_tokenizer_next(&tokenizer, &token));
    assert_true(cs_view_equal(token.term, cs_view_of("ก")));
    assert_int_equal(token.end, text.len);
    assert_false(cs_tokenizer_next(&tokenizer, &token));
}

static void test_joined_form_is_cut(void **state)
{
    char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-ддд";
    cs_tokenizer tokenizer;
    cs_token token = {0};

    (void)state;
    cs_tokenizer_init(&tokenizer, text, sizeof text - 1);
    while (cs_tokenizer_next(&tokenizer, &token) && !token.extra)
        ;
    assert_true(token.extra);
    assert_int_equal(token.term.len, 63);
    assert_true(cs_text_is_valid(token.term.data, token.term.len));
}

static void test_a_copy_goes_on_alone(void **state)
{
    static const char text[] = "GPT-4 and 人工智能 today";
    cs_tokenizer tokenizer, copy;
    cs_token token, again;

    (void)state;
    cs_tokenizer_init(&tokenizer, text, sizeof text - 1);
    do {
        copy = tokenizer;
        bool more = cs_tokenizer_next(&copy, &again);
        CS_SCOPED(cs_buf) term = {.limit = 100};
        if (more)
            cs_buf_add_view(&term, again.term);
        assert_int_equal(cs_tokenizer_next(&tokenizer, &token), more);
        if (!more)
            break;
        assert_true(cs_view_equal(token.term, cs_buf_view(&term)));
        assert_int_equal(token.start, again.start);
        assert_int_equal(token.position, again.position);
    } while (true);
}

/* ---- any text ---------------------------------------------------------------------- */

/* Bytes, and pieces that the tokenizer looks at. */
static void add_soup(cs_buf *out, uint64_t *seed)
{
    static const char *const pieces[] = {
        "a",          "B",        "é",          "e\u0301", "1",      "23",
        ",",          ".",        ",000",       "'",       "’",      "'s",
        "&",          "-",        "_",          " ",       "\n",     "[",
        "[^",         "]",        "[^3]",       "[12]",    "中",     "国",
        "ｶ",          "ﾞ",        "한",         "ก",       "ิ",       "\u00AD",
        "\u200D",     "\u0301",   "l'",         "U.S.",    "e.g",    "ß",
        "ﷺ",          "\u1112",   "\u1161",     "\uFE0F",  "\u2010", "\uFFA0",
        "\u3164",     "\u3099",   "हि",         "state",   "1,000",  "R&D",
        "\U00020000", "𝐀",        "½",          "ŉ",       "ẞ",      "İ",
        "²",          "\u200B",   "\u200F",     "צה\"ל",   "–",      "\u00A0",
        "٣",          "ทำ",       "U.S.Ab",     "$",       "€",      "USD",
        "bn",         " million", "lakh crore", "(EUR)",   " to ",   "U.S. dollars",
    };
    uint64_t r = next_random(seed);
    if (r % 4 == 0)
        cs_buf_add_char(out, (char)(r >> 32));
    else
        cs_buf_add_string(out, pieces[(r >> 32) % (sizeof pieces / sizeof *pieces)]);
}

static void check_token(const cs_buf *text, const cs_token *token, const cs_token *before)
{
    uint32_t size;
    size_t used;
    assert_in_range(token->term.len, 1, cs_max_term);
    assert_true(cs_text_is_valid(token->term.data, token->term.len));
    assert_true(token->term.data[0] < 'A' || token->term.data[0] > 'Z');
    assert_true(token->start < token->end && token->end <= text->len);
    assert_true(cs_text_is_valid(text->data + token->start, token->end - token->start));
    if (token->amount) { /* signs of currencies may be its first and last character */
        assert_true(token->extra && before != NULL);
        return;
    }
    cs_class class =
        cs_text_class(cs_text_decode(text->data + token->start, text->len - token->start, &used));
    assert_true(class == CS_CLASS_LETTER || class == CS_CLASS_DIGIT || class == CS_CLASS_BIGRAM ||
                class == CS_CLASS_SIGN || text->data[token->start] == '&');
    if (text->data[token->start] == '&')
        return;
    size = token->end - 1;
    while (((unsigned char)text->data[size] & 0xC0) == 0x80)
        size--;
    class = cs_text_class(cs_text_decode(text->data + size, text->len - size, &used));
    assert_true(class != CS_CLASS_OTHER && class != CS_CLASS_IGNORED);
    if (before == NULL)
        return;
    if (token->extra) {
        assert_true(token->end <= before->end && token->position <= before->position);
    } else {
        assert_true(token->start > before->start || before->extra);
        assert_true(token->end > before->end || before->extra);
        assert_true(token->start >= before->end || before->pair);
        assert_true(token->position > before->position);
    }
}

static void test_any_text(void **state)
{
    uint64_t seed = 88172645463325252u;

    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        CS_SCOPED(cs_buf) soup = {.limit = 1 << 12};
        CS_SCOPED(cs_buf) text = {.limit = 1 << 14};
        size_t count = next_random(&seed) % 40;
        for (size_t i = 0; i < count; i++)
            add_soup(&soup, &seed);
        cs_text_repair(&text, soup.data, soup.len);
        cs_tokenizer tokenizer;
        cs_token token, before;
        size_t tokens = 0;
        cs_tokenizer_init(&tokenizer, text.data, text.len);
        while (cs_tokenizer_next(&tokenizer, &token)) {
            check_token(&text, &token, tokens == 0 ? NULL : &before);
            before = token;
            assert_true(++tokens <= 2 * text.len);
        }
    }
}

static void test_what_has_a_stem(void **state)
{
    static const struct {
        const char *text;
        bool stem;
    } examples[] = {
        {"running", true}, {"don't", true}, {"Käärmann", true}, {"a", false},   {"4.5", false},
        {"web3", false},   {"R&D", false},  {"中国", false},    {"U.S.", true}, {"москва", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        cs_tokenizer tokenizer;
        cs_token token;
        cs_tokenizer_init(&tokenizer, examples[i].text, strlen(examples[i].text));
        assert_true(cs_tokenizer_next(&tokenizer, &token));
        if (cs_token_has_stem(&token) != examples[i].stem)
            fail_msg("\"%s\"", examples[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_words),
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_apostrophes),
        cmocka_unit_test(test_and),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_in_one_sign),
        cmocka_unit_test(test_letters_with_dots),
        cmocka_unit_test(test_compounds),
        cmocka_unit_test(test_footnote_marks),
        cmocka_unit_test(test_scripts_without_blanks),
        cmocka_unit_test(test_long_words_are_cut),
        cmocka_unit_test(test_long_words_keep_their_beginning),
        cmocka_unit_test(test_runs_of_marks),
        cmocka_unit_test(test_joined_form_is_cut),
        cmocka_unit_test(test_a_copy_goes_on_alone),
        cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_what_has_a_stem),
    };
    return cmocka_run_group_tests_name("terms", tests, NULL, NULL);
}
