/* SPDX-License-Identifier: MIT */
/**
 * \file abi_decisions.c
 * Decisions on single calls, from C99: each call with each set, as a value and as text, from ints, and with bytes out of range.
 */
#include <callprop.h>

#include <limits.h>
#include <string.h>

#include "abi_words.h"
#include "check.h"

static void each_call_needs_the_property_that_the_description_says(void)
{
    int src, dst, leg, callback;
    unsigned long happening = 0;

    for (src = 0; src < 4; src++)
        for (dst = 0; dst < 4; dst++)
            for (leg = 0; leg < 2; leg++)
                for (callback = 0; callback < 2; callback++) {
                    cp_call call;
                    cp_properties set, required;

                    call.src = (uint8_t)src;
                    call.dst = (uint8_t)dst;
                    call.leg = (uint8_t)leg;
                    call.callback = (uint8_t)callback;
                    required = cp_required(&call);
                    happening += required != 0;
                    CHECK(required == required_by(call), "src %d dst %d leg %d callback %d: %#x, expected %#x", src, dst, leg,
                        callback, (unsigned)required, (unsigned)required_by(call));
                    for (set = 0; set < 256; set++)
                        CHECK(cp_permits(set, &call) == is_permitted(set, call), "set %#x, src %d dst %d leg %d callback %d",
                            (unsigned)set, src, dst, leg, callback);
                }
    CHECK(happening == 27, "%lu calls can happen", happening);
}

static void a_call_as_text_is_the_call_as_a_value(void)
{
    size_t i;

    for (i = 0; i < SCENARIOS; i++) {
        const char *text = scenarios[i].text;
        char required[CP_PROPERTIES_MAX];
        cp_call call;

        memset(&call, 0xA5, sizeof call);
        CHECK(cp_call_parse(text, &call, NULL) == 1, "%s", text);
        CHECK(is_same_call(call, scenarios[i].call), "%s", text);
        expected_text(scenarios[i].required, required);
        CHECK(cp_allows(required, text, NULL) == 1, "%s with %s", text, required);
        CHECK(cp_allows("all", text, NULL) == 1, "%s with all", text);
        expected_text(0xFE & ~scenarios[i].required, required);
        CHECK(cp_allows(required, text, NULL) == 0, "%s with %s", text, required);
    }
}

static void bits_that_are_no_property_grant_nothing(void)
{
    size_t i;

    for (i = 0; i < SCENARIOS; i++) {
        const cp_call *call = &scenarios[i].call;
        cp_properties set;
        int bit;

        for (bit = 8; bit < 32; bit++)
            CHECK(cp_permits((cp_properties)1 << bit, call) == 0, "bit %d, %s", bit, scenarios[i].text);
        for (set = 0; set < 256; set++)
            CHECK(
                cp_permits(set | 0xFFFFFF00u, call) == is_permitted(set, *call), "set %#x, %s", (unsigned)set, scenarios[i].text);
    }
}

/* ---- Bytes out of range ------------------------------------------------------------------------------- */

static void check_call_of_any_bytes(const cp_call *call)
{
    cp_properties expected = required_by(*call);

    CHECK(cp_required(call) == expected, "bytes %d %d %d %d", call->src, call->dst, call->leg, call->callback);
    CHECK(cp_permits(CP_ALL, call) == (expected != 0), "all, bytes %d %d %d %d", call->src, call->dst, call->leg, call->callback);
    CHECK(cp_permits(0xFFFFFFFFu, call) == (expected != 0), "every bit, bytes %d %d %d %d", call->src, call->dst, call->leg,
        call->callback);
}

static void a_byte_out_of_range_makes_a_call_that_nothing_permits(void)
{
    /* Any of these could be what the other two bytes are. */
    static const cp_call bases[] = {
        {CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 0},
        {CP_QUEUE, CP_EXTERNAL, CP_LEG_SRC, 1},
        {CP_EXTERNAL, CP_IVR, CP_LEG_DST, 1},
        {CP_IVR, CP_IVR, CP_LEG_DST, 0},
    };
    size_t base;
    int first, second, i, j;

    for (base = 0; base < COUNT(bases); base++)
        for (first = 0; first < 3; first++)
            for (second = first + 1; second < 4; second++)
                for (i = 0; i < 256; i++)
                    for (j = 0; j < 256; j++) {
                        unsigned char bytes[4];
                        cp_call call;

                        memcpy(bytes, &bases[base], 4);
                        bytes[first] = (unsigned char)i;
                        bytes[second] = (unsigned char)j;
                        memcpy(&call, bytes, 4);
                        check_call_of_any_bytes(&call);
                    }
}

static void every_single_byte_value_of_each_field_is_judged_rightly(void)
{
    size_t i;
    int field, value;

    for (i = 0; i < SCENARIOS; i++)
        for (field = 0; field < 4; field++)
            for (value = 0; value < 256; value++) {
                unsigned char bytes[4];
                cp_call call;

                memcpy(bytes, &scenarios[i].call, 4);
                bytes[field] = (unsigned char)value;
                memcpy(&call, bytes, 4);
                check_call_of_any_bytes(&call);
            }
}

/* ---- Calls from ints ---------------------------------------------------------------------------------- */

static void check_made(int src, int dst, int leg, int callback)
{
    cp_call call = cp_call_make(src, dst, leg, callback);
    int is_in_range = src >= 0 && src <= 3 && dst >= 0 && dst <= 3 && leg >= 0 && leg <= 1 && callback >= 0 && callback <= 1;
    char text[CP_CALL_MAX];

    CHECK((cp_call_format(&call, text, sizeof text) > 0) == is_in_range, "cp_call_make(%d, %d, %d, %d)", src, dst, leg, callback);
    if (is_in_range) {
        CHECK(call.src == src && call.dst == dst && call.leg == leg && call.callback == callback, "cp_call_make(%d, %d, %d, %d)",
            src, dst, leg, callback);
    } else {
        CHECK(cp_required(&call) == 0, "cp_call_make(%d, %d, %d, %d)", src, dst, leg, callback);
        CHECK(cp_permits(0xFFFFFFFFu, &call) == 0, "cp_call_make(%d, %d, %d, %d)", src, dst, leg, callback);
    }
}

static void a_call_from_ints_is_that_call_or_one_that_cannot_happen(void)
{
    /* What would wrap to a good value in a byte, or in two. */
    static const int values[] = {0, 1, 2, 3, 4, -1, -2, -255, -256, 127, 128, 254, 255, 256, 257, 258, 259, 511, 512, 65535,
        65536, 65537, INT_MAX, INT_MAX - 255, INT_MIN, INT_MIN + 1};
    size_t i, j, k, l;
    int value;

    for (i = 0; i < COUNT(values); i++)
        for (j = 0; j < COUNT(values); j++)
            for (k = 0; k < COUNT(values); k++)
                for (l = 0; l < COUNT(values); l++)
                    check_made(values[i], values[j], values[k], values[l]);
    for (value = -70000; value <= 70000; value++) {
        check_made(value, 0, 0, 0);
        check_made(0, value, 0, 0);
        check_made(0, 0, value, 0);
        check_made(0, 0, 0, value);
    }
}

static void a_call_from_the_names_of_the_header_is_that_call(void)
{
    size_t i;

    for (i = 0; i < SCENARIOS; i++) {
        const cp_call *expected = &scenarios[i].call;
        cp_call call = cp_call_make(expected->src, expected->dst, expected->leg, expected->callback);

        CHECK(is_same_call(call, *expected), "%s", scenarios[i].text);
        CHECK(cp_required(&call) == scenarios[i].required, "%s", scenarios[i].text);
    }
}

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"each call needs the property that the description says", each_call_needs_the_property_that_the_description_says},
        {"a call as text is the call as a value", a_call_as_text_is_the_call_as_a_value},
        {"bits that are no property grant nothing", bits_that_are_no_property_grant_nothing},
        {"a byte out of range makes a call that nothing permits", a_byte_out_of_range_makes_a_call_that_nothing_permits},
        {"every single byte value of each field is judged rightly", every_single_byte_value_of_each_field_is_judged_rightly},
        {"a call from ints is that call, or one that cannot happen", a_call_from_ints_is_that_call_or_one_that_cannot_happen},
        {"a call from the names of the header is that call", a_call_from_the_names_of_the_header_is_that_call},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
