/* SPDX-License-Identifier: MIT */
/**
 * \file grammar_changes.c
 * Texts as they are met with, each with every single byte of it changed; and our names in every spelling that JSON has for them.
 */
#include <stdio.h>
#include <string.h>

#include "grammar.h"

/* ---- Changes --------------------------------------------------------------------------------------- */

static const struct {
    enum json_argument argument;
    const char *text;
} corpus[] = {
    /* Statuses, as an API answers them. */
    {LIST, "[\"li\",\"lo\"]"},
    {LIST, "[]"},
    {LIST, "[ \"all\" , \"cq\", \"li\",\"lo\",\"qli\",\"qri\",\"ri\",\"ro\" ]\n"},
    {LIST, "{\"id\":7,\"name\":\"Lunch\",\"property_list\":[\"li\",\"lo\",\"qli\"]}"},
    {LIST,
        "{\n  \"id\": 1042,\n  \"name\": \"At work\",\n  \"property_list\": [\n    \"all\"\n  ],\n  \"is_default\": true\n}\n"},
    {LIST,
        "{\"property_list\":[\"ri\",\"ro\"],\"color\":\"#00ff7f\",\"order\":-1,\"rate\":1.25e-3,\"parent\":null,\"active\":false}"},
    {LIST, "{\"name\":\"\xD0\x9E\xD0\xB1\xD0\xB5\xD0\xB4 \xE2\x82\xAC \xF0\x9F\x98\x80\",\"property_list\":[\"qri\"]}"},
    {LIST, "{\"name\":\"\\u041e\\u0431\\u0435\\u0434 \\ud83d\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t\",\"property_list\":[\"qri\"]}"},
    {LIST,
        "{\"links\":{\"self\":\"\\/status\\/7\",\"all\":[]},\"tags\":[[\"a\",{\"b\":[1,0,-0.0]}],{}],\"property_list\":[\"lo\"]}"},
    {LIST, "{\"meta\":{\"property_list\":[\"all\"]},\"property_list\":[\"cq\"]}"},
    {LIST, "{\"property_lisT\":[1],\"property_list\":[\"ro\"],\"property_lisU\":2}"},
    {LIST, "{\"updated\":\"2026-11-25T20:00:00Z\",\"ttl\":1e308,\"property_list\":[],\"etag\":\"9f8e7d6c5b4a39281706\"}"},
    {LIST, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"},
    {LIST, "{\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],\"property_list\":[]}"},
    {LIST, "\xEF\xBB\xBF[\"li\"]"},
    {LIST, "\xEF\xBB\xBF \r\n{\"property_list\":[\"l\\u0069\"]}\t"},
    {LIST, "{\"property_list\":\"li\"}"},
    {LIST, "{\"id\":7,\"name\":\"no list\"}"},
    {LIST, "[{\"id\":7,\"property_list\":[\"li\"]},{\"id\":8,\"property_list\":[]}]"},
    {LIST, "[\"li\",\"video\",\"\\u0000\",\"lo\"]"},
    {KNOWN_LIST, "[\"li\",\"video\",\"fax_\\u00e9\",\"lo\"]"},
    {KNOWN_LIST, "{\"\":0,\"property_list\":[\"newer_than_callprop\",\"ro\"],\"a\\u0000b\":1e999}"},
    /* Calls. */
    {CALL, "{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\",\"callback\":false}"},
    {CALL, "{\"src\":\"queue\",\"dst\":\"extension\",\"leg\":\"src\",\"callback\":true}"},
    {CALL, "{\n  \"leg\" : \"src\",\n  \"dst\" : \"external\",\n  \"src\" : \"extension\"\n}\n"},
    {CALL, "{\"\\u0073rc\":\"ext\\u0065rnal\",\"\\u0064\\u0073\\u0074\":\"qu\\u0065ue\",\"leg\":\"d\\u0073t\"}"},
    {CALL, "{\"src\":\"ivr\",\"dst\":\"queue\",\"leg\":\"dst\"}"},
    {CALL, "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":1}"},
    {CALL, "\xEF\xBB\xBF{\"src\":\"external\",\"dst\":\"queue\"}"},
    {CALL, "[{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\"}]"},
};

enum { CORPUS = sizeof corpus / sizeof corpus[0], TEXT_MAX = 256 };

long changes_count(void) { return CORPUS; }

static void check(enum json_argument argument, const char *text)
{
    check_text(text, argument);
    if (argument == LIST)
        check_text(text, KNOWN_LIST);
}

/** The bytes that are put in. In part, one or two of each kind. */
static const char *bytes_to_try(int is_deep)
{
    static const char few[] = "[]{},:\" 1.-eltu\\\n\x1F\xC2\x80\xED\xF4\xFF";
    static char all[256];
    int i;

    for (i = 0; i < 255; i++)
        all[i] = (char)(i + 1);
    return is_deep ? all : few;
}

/** Puts `with` where `count` bytes stand. */
static void check_change(long unit, size_t at, size_t count, const char *with)
{
    const char *text = corpus[unit].text;
    char changed[TEXT_MAX];

    snprintf(changed, sizeof changed, "%.*s%s%s", (int)at, text, with, text + at + count);
    check(corpus[unit].argument, changed);
}

void check_changes(long unit, int is_deep)
{
    size_t at, length = strlen(corpus[unit].text);
    const char *byte;

    check_change(unit, 0, 0, "");
    for (at = 0; at <= length; at++) {
        check_change(unit, at, length - at, ""); /* cut off here */
        check_change(unit, 0, at, "");           /* begun here */
        for (byte = bytes_to_try(is_deep); *byte != '\0'; byte++) {
            const char with[2] = {*byte, '\0'};

            check_change(unit, at, 0, with);
            if (at < length)
                check_change(unit, at, 1, with);
        }
        if (at < length)
            check_change(unit, at, 1, "");
        if (at > 0 && at < length) { /* two bytes in the wrong order */
            const char swapped[3] = {corpus[unit].text[at], corpus[unit].text[at - 1], '\0'};

            check_change(unit, at - 1, 2, swapped);
        }
    }
}

/* ---- Spellings ------------------------------------------------------------------------------------- */

/** Writes the name with each letter as itself or as an escape, whose hexadecimal digits are lower or upper case: `number` says
 * which, as a number to the base of three. Returns what is left of the number: more than 0 when all spellings were written. */
static long spell(const char *name, long number, char *spelling)
{
    static const char *const forms[] = {"%c", "\\u%04x", "\\u%04X"};

    for (; *name != '\0'; name++, number /= 3)
        spelling += sprintf(spelling, forms[number % 3], (unsigned char)*name);
    return number;
}

static void check_spelling(
    const char *before, const char *spelling, const char *behind, enum json_argument argument, struct meaning right)
{
    char text[TEXT_MAX];

    snprintf(text, sizeof text, "%s\"%.127s\"%s", before, spelling, behind);
    check_library(text, argument, &right);
    check_jansson(text, STEP_RIGHT, 1);
    check_meaning(text, argument, &right);
}

/** All spellings of a name, in its place. In part, every 97th of them. */
static void check_name(
    const char *name, const char *before, const char *behind, enum json_argument argument, struct meaning right, int is_deep)
{
    char spelling[TEXT_MAX / 2];
    long number;

    for (number = 0; spell(name, number, spelling) == 0; number += is_deep || number < 2000 ? 1 : 97)
        check_spelling(before, spelling, behind, argument, right);
}

void check_spellings(long unit, int is_deep)
{
    static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};
    static const char *const parties[] = {"extension", "external", "queue", "ivr"};
    struct meaning right = {CP_OK, -1, "", 0, {CP_EXTENSION, CP_IVR, CP_LEG_SRC, 0}};
    unsigned i;

    if (unit == 0)
        for (i = 0; i < 8; i++) {
            right.set = 1u << i;
            check_name(mnemos[i], "[", "]", LIST, right, is_deep);
            check_name(mnemos[i], "{\"x\":\"\",\"property_list\":[", "]}", LIST, right, is_deep);
        }
    right.set = CP_RO;
    if (unit == 1)
        check_name("property_list", "{", ":[\"ro\"]}", LIST, right, is_deep);
    if (unit == 2) {
        check_name("src", "{", ":\"extension\",\"dst\":\"ivr\",\"leg\":\"src\"}", CALL, right, is_deep);
        check_name("dst", "{\"src\":\"extension\",", ":\"ivr\",\"leg\":\"src\"}", CALL, right, is_deep);
        check_name("leg", "{\"src\":\"extension\",\"dst\":\"ivr\",", ":\"src\"}", CALL, right, is_deep);
        check_name("callback", "{\"src\":\"extension\",\"dst\":\"ivr\",\"leg\":\"src\",", ":false}", CALL, right, is_deep);
    }
    if (unit == 3)
        for (i = 0; i < 4; i++) {
            right.call.dst = (uint8_t)i;
            check_name(parties[i], "{\"src\":\"extension\",\"dst\":", ",\"leg\":\"src\"}", CALL, right, is_deep);
        }
    if (unit == 4)
        check_name("src", "{\"src\":\"extension\",\"dst\":\"ivr\",\"leg\":", "}", CALL, right, is_deep);
}
