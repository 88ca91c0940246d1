/* terms_amount_test.c - amounts as terms, however they are spelt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "terms_fixture.h"

static void test_amounts(void **state)
{
    static const example examples[] = {
        {"$750", "750 +$usd750@0=$750"},
        {"$0.50", "0.50 +$usd0.5@0=$0.50"},
        {"$1,234,567.89", "1234567.89=1,234,567.89 +$usd1234567.89@0=$1,234,567.89"},
        {"7B parameters", "7b=7B +7000000000@0=7B parameters"},
        {"5t 4 m 3d 2nd", "5t 4 m 3d 2nd"}, /* tonnes, metres */
        {"$4 m", "4 m +$usd4000000@0=$4 m"},
        {"4.5 of a billion", "4.5 of a billion"},
        {"4.5\nbillion", "4.5 billion"},
        {"1.2.3 million", "1.2.3 million"},
        {"in 2019 Stripe", "in 2019 stripe=Stripe"},
        {"in 2020 $5 m", "in 2020 5 m +$usd5000000@2=$5 m"},
        {"in 2020 EUR 5m", "in 2020 eur=EUR 5m +$eur5000000@2=EUR 5m"},
        {"150,000$ 300 men", "150000=150,000 +$usd150000@0=150,000$ 300 men"},
        {"3, 4 million", "3 4 million +4000000@1=4 million"},
        {"about $.5 million", "about 5 million +$usd500000@1=$.5 million"},
        {"$30 - $50 million", "30 +$usd30000000@0=$30 50 million +$usd50000000@1=$50 million"},
        {"$30 to 50 million", "30 +$usd30000000@0=$30 to 50 million +$usd50000000@2=50 million"},
        {"$5 to 3 men", "5 +$usd5@0=$5 to 3 men"},
        {"$30m-50m", "30m +$usd30000000@0=$30m 50m +30m50m@0=30m-50m +$usd50000000@1=50m"},
        {"4-5 bn euros", "4 +$eur4000000000@0=4 5 +45@0=4-5 bn euros +$eur5000000000@1=5 bn euros"},
        {"£5 million.[^3]", "5 million +$gbp5000000@0=£5 million"},
        {"Rs. 500, try 5, php 7", "rs=Rs 500 +$inr500@0=Rs. 500 try 5 php 7"},
        {"A$5 HK$6 US$7 X$8", "a=A 5 +$aud5@0=A$5 hk=HK 6 +$hkd6@2=HK$6 us=US 7 +$usd7@4=US$7 "
                              "x=X 8 +$usd8@7=$8"},
        {"5 Million(usd)", "5 million=Million usd +$usd5000000@0=5 Million(usd)"},
        {"99999999999999999999 million", "99999999999999999999 million"},
    };
    (void)state;
    CHECK(examples);
}

/* The only amount of a text; fails when it does not cover all of it. */
static void amount_of(const char *text, cs_buf *out)
{
    cs_tokenizer tokenizer;
    cs_token token;
    size_t len = strlen(text);
    cs_tokenizer_init(&tokenizer, text, len);
    while (cs_tokenizer_next(&tokenizer, &token)) {
        if (!token.amount)
            continue;
        if (out->len > 0 || token.start != 0 || token.end != len)
            fail_msg("\"%s\": an amount from %u to %u", text, token.start, token.end);
        cs_buf_add_view(out, token.term);
    }
    cs_buf_add_string(out, "");
}

static void test_spellings_of_one_amount(void **state)
{
    static const char *const spellings[] = {
        "$4.5 billion",
        "$4.5B",
        "$4.5bn",
        "$4.5b",
        "$ 4.5 bn",
        "$4,500 million",
        "$4500m",
        "$4.50 billion",
        "$4,500,000,000",
        "$4\u00A0500\u00A0000\u00A0000",
        "$4500000000.00",
        "$4.5-billion",
        "US$4.5 billion",
        "US$ 4.5bn",
        "USD 4.5bn",
        "USD4.5bn",
        "usd 4.5 billion",
        "4.5 billion dollars",
        "4.5 BILLION DOLLARS",
        "4.5-billion-dollar",
        "4.5 billion US dollars",
        "4.5 billion U.S. dollars",
        "4.5bn USD",
        "4.5 billion (USD)",
        "4.5 billion US$",
        "4,500 million dollars",
        "＄4.5 billion",
        "$4.5\u00A0billion",
        "$４.５ billion",
        "$0.0045 trillion",
        "$450 crore",
        "4,500,000,000$",
        "4,5 Milliarden dollars",
        "$4,5 Mrd",
    };
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        CS_SCOPED(cs_buf) amount = {.limit = 64};
        amount_of(spellings[i], &amount);
        if (strcmp(amount.data, "$usd4500000000") != 0)
            fail_msg("\"%s\" is %s", spellings[i], amount.data);
    }
}

/* Any value, spelt in several ways, is the same term, and no other value is. */
static void test_any_amount(void **state)
{
    static const struct {
        const char *name;
        int zeros;
    } scales[] = {{"k", 3},        {" thousand", 3}, {"m", 6},
                  {" million", 6}, {"bn", 9},        {" trillion", 12}};
    uint64_t seed = 2463534242u;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        CS_SCOPED(cs_buf) plain = {.limit = 256};
        CS_SCOPED(cs_buf) scaled = {.limit = 256};
        CS_SCOPED(cs_buf) one = {.limit = 64};
        CS_SCOPED(cs_buf) two = {.limit = 64};
        unsigned thousandths = 1 + (unsigned)(next_random(&seed) % 999999);
        size_t s = next_random(&seed) % (sizeof scales / sizeof *scales);
        bool other = next_random(&seed) % 4 == 0;
        cs_buf_addf(&plain, "€%u%0*d", thousandths + other, scales[s].zeros - 3, 0);
        if (scales[s].zeros == 3) /* %00d is one nought */
            cs_buf_truncate(&plain, plain.len - 1);
        cs_buf_addf(&scaled, "EUR %u.%03u%s", thousandths / 1000, thousandths % 1000,
                    scales[s].name);
        amount_of(plain.data, &one);
        amount_of(scaled.data, &two);
        if ((strcmp(one.data, two.data) == 0) == other)
            fail_msg("%s is %s, %s is %s", plain.data, one.data, scaled.data, two.data);
    }
}

static void test_other_terms_of_an_amount(void **state)
{
    char other[cs_max_amount];
    size_t len, count = 0;
    (void)state;
    assert_true(cs_amount_other(cs_view_of("$usd45.5"), 0, other, &len));
    assert_true(cs_view_equal((cs_view){other, len}, cs_view_of("45.5")));
    assert_false(cs_amount_other(cs_view_of("$usd45.5"), 1, other, &len));
    for (; cs_amount_other(cs_view_of("45.5"), count, other, &len); count++)
        assert_true(len == 8 && other[0] == cs_amount_mark && memcmp(other + 4, "45.5", 4) == 0);
    assert_true(count > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_spellings_of_one_amount),
        cmocka_unit_test(test_any_amount),
        cmocka_unit_test(test_other_terms_of_an_amount),
    };
    return cmocka_run_group_tests_name("terms", tests, NULL, NULL);
}
