/* SPDX-License-Identifier: MIT */
/**
 * \file abi_errors.c
 * Refusals, from C99: what is written, and what is left as it was. Which texts are refused, and the words, are
 * Tests/cases/refusals.json's.
 */
#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS */

#include <callprop.h>

#include <string.h>

#include "abi_fences.h"
#include "abi_words.h"
#include "check.h"

/* clang-format off */
static const char *const bad_lists[] = {
    "bogus", "li,", ",", "LI", "[", "[\"li\"", "[\"li\",]", "[1]", "[\"bogus\"]", "[\"li\"] x", "[\"\xff\"]", "{}",
    "{\"property_list\":\"li\"}", "{\"property_list\":[\"li\"],\"property_list\":[\"li\"]}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
};

static const char *const bad_calls[] = {
    "", "bogus", "src=external", "src=nobody,dst=ivr,leg=dst", "src=external,dst=ivr,leg=dst,", "[]", "{}", "{",
    "{\"src\":1}", "src=external,dst=ivr,leg=src", "src=ivr,dst=ivr,leg=dst", "src=external,dst=external,leg=dst",
    "src=queue,dst=ivr,leg=dst", "src=external,dst=ivr,leg=dst,callback=1", "src=external,src=external,dst=ivr,leg=dst",
    "{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\",\"callback\":0}",
    "{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\",\"note\":\"\"}",
};
/* clang-format on */

/* ---- What is parsed ----------------------------------------------------------------------------------- */

static void check_no_explanation(const char *list, const char *call)
{
    struct fenced memory;
    size_t size;

    for (size = 0; size <= 3; size++) {
        cp_error error;

        fence(&memory);
        CHECK(cp_explain(list, call, (char *)memory.bytes, size, &error) == 0, "\"%s\", \"%s\", size %lu", list, call,
            (unsigned long)size);
        CHECK(error.code != CP_OK, "\"%s\", \"%s\"", list, call);
        CHECK(fence_holds(&memory, size), "\"%s\", \"%s\", size %lu", list, call, (unsigned long)size);
        CHECK(size == 0 || memory.bytes[0] == '\0', "\"%s\", \"%s\", size %lu", list, call, (unsigned long)size);
    }
    CHECK(cp_explain(list, call, NULL, 0, NULL) == 0, "\"%s\", \"%s\", no buffer", list, call);
}

static void an_error_explains_nothing_and_empties_the_buffer(void)
{
    size_t i;

    for (i = 0; i < COUNT(bad_lists); i++)
        check_no_explanation(bad_lists[i], A_CALL);
    for (i = 0; i < COUNT(bad_calls); i++)
        check_no_explanation("all", bad_calls[i]);
}

static void what_is_parsed_stays_untouched_on_an_error(void)
{
    size_t i;

    for (i = 0; i < COUNT(bad_lists); i++) {
        struct {
            unsigned char before[FENCE];
            cp_properties out;
            unsigned char after[FENCE];
        } memory, as_it_was;

        memset(&memory, CANARY, sizeof memory);
        as_it_was = memory;
        CHECK(cp_properties_parse(bad_lists[i], &memory.out, NULL) == 0, "%s", bad_lists[i]);
        CHECK(memcmp(&memory, &as_it_was, sizeof memory) == 0, "%s", bad_lists[i]);
    }
    for (i = 0; i < COUNT(bad_calls); i++) {
        struct {
            unsigned char before[FENCE];
            cp_call out;
            unsigned char after[FENCE];
        } memory, as_it_was;

        memset(&memory, CANARY, sizeof memory);
        as_it_was = memory;
        CHECK(cp_call_parse(bad_calls[i], &memory.out, NULL) == 0, "%s", bad_calls[i]);
        CHECK(memcmp(&memory, &as_it_was, sizeof memory) == 0, "%s", bad_calls[i]);
    }
}

static void what_is_parsed_is_all_that_is_written(void)
{
    struct {
        unsigned char before[FENCE];
        cp_properties set;
        cp_call call;
        unsigned char after[FENCE];
    } memory, expected;

    memset(&memory, CANARY, sizeof memory);
    expected = memory;
    expected.set = CP_LI | CP_RO;
    CHECK(cp_properties_parse("ro,li,ro", &memory.set, NULL) == 1, "ro,li,ro");
    CHECK(memcmp(&memory, &expected, sizeof memory) == 0, "ro,li,ro");
    expected.call.src = CP_EXTERNAL;
    expected.call.dst = CP_EXTENSION;
    expected.call.leg = CP_LEG_DST;
    expected.call.callback = 0;
    CHECK(cp_call_parse(A_CALL, &memory.call, NULL) == 1, A_CALL);
    CHECK(memcmp(&memory, &expected, sizeof memory) == 0, A_CALL);
}

static void of_a_list_of_a_newer_pbx_what_is_known_is_all_that_is_written(void)
{
    static const struct {
        const char *list;
        int result, code, position;
        cp_properties set;
    } rows[] = {
        {"li,lo", 1, CP_OK, 0, CP_LI | CP_LO},
        {"li,video,lo,fax", 1, CP_ERROR_PROPERTY, 3, CP_LI | CP_LO},
        {"[\"video\"]", 1, CP_ERROR_PROPERTY, 2, 0},
        {"{\"property_list\":[\"ri\",\"ALL\"]}", 1, CP_ERROR_PROPERTY, 24, CP_RI},
        {"", 1, CP_OK, 0, 0},
        {"video,,li", 0, CP_ERROR_SYNTAX, 6, 0},
        {"[\"video\",1]", 0, CP_ERROR_TYPE, 9, 0},
        {"[\"video\"", 0, CP_ERROR_SYNTAX, 8, 0},
        {"{\"video\":[]}", 0, CP_ERROR_TYPE, -1, 0},
        {NULL, 0, CP_ERROR_ARGUMENT, -1, 0},
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        struct {
            unsigned char before[FENCE];
            cp_properties set;
            unsigned char between[FENCE];
            cp_error unknown;
            unsigned char after[FENCE];
        } memory, expected;
        const char *list = rows[i].list ? rows[i].list : "NULL";
        size_t length;

        memset(&memory, CANARY, sizeof memory);
        expected = memory;
        CHECK(cp_properties_parse_known(rows[i].list, &memory.set, &memory.unknown) == rows[i].result, "%s", list);
        CHECK(memory.unknown.code == rows[i].code && memory.unknown.position == rows[i].position, "%s: code %d at %d", list,
            (int)memory.unknown.code, (int)memory.unknown.position);
        length = strlen(memory.unknown.text);
        CHECK((length > 0) == (rows[i].code != CP_OK), "%s: %s", list, memory.unknown.text);
        if (rows[i].result)
            expected.set = rows[i].set;
        memset(&expected.unknown, 0, sizeof expected.unknown);
        expected.unknown.code = rows[i].code;
        expected.unknown.position = rows[i].position;
        memcpy(expected.unknown.text, memory.unknown.text, length);
        CHECK(memcmp(&memory, &expected, sizeof memory) == 0, "%s: something else was written", list);

        memset(&memory, CANARY, sizeof memory);
        memset(&expected, CANARY, sizeof expected);
        if (rows[i].result)
            expected.set = rows[i].set;
        CHECK(cp_properties_parse_known(rows[i].list, &memory.set, NULL) == rows[i].result, "%s", list);
        CHECK(memcmp(&memory, &expected, sizeof memory) == 0, "%s: something else was written", list);
        CHECK(cp_properties_parse_known(rows[i].list, NULL, NULL) == 0, "%s, out is NULL", list);
    }
}

/* ---- Errors ------------------------------------------------------------------------------------------- */

static int is_zero(const void *memory, size_t size)
{
    const unsigned char *bytes = memory;
    size_t i;

    for (i = 0; i < size; i++)
        if (bytes[i] != 0)
            return 0;
    return 1;
}

struct fenced_error {
    unsigned char before[FENCE];
    cp_error error;
    unsigned char after[FENCE];
};

/** Every function that takes an error, with one property list and one call. */
static int call_by_number(int function, const char *list, const char *call, cp_error *error)
{
    char buffer[CP_EXPLAIN_MAX];
    cp_properties set;
    cp_call parsed;

    switch (function) {
    case 0: return cp_allows(list, call, error);
    case 1: return cp_explain(list, call, buffer, sizeof buffer, error) != 0;
    case 2: return cp_properties_parse(list, &set, error);
    default: return cp_call_parse(call, &parsed, error);
    }
}

enum { FUNCTIONS_WITH_AN_ERROR = 4 };

static void check_error(int function, const char *list, const char *call, int fails)
{
    static const unsigned char fills[] = {0x00, 0xA5, 0xFF};
    size_t i, j;

    for (i = 0; i < COUNT(fills); i++) {
        struct fenced_error memory;
        size_t length;

        memset(&memory, CANARY, sizeof memory);
        memset(&memory.error, fills[i], sizeof memory.error);
        if (fails) {
            CHECK(call_by_number(function, list, call, &memory.error) == 0, "function %d, \"%s\", \"%s\"", function, list, call);
            CHECK(memory.error.code != CP_OK, "function %d, \"%s\", \"%s\"", function, list, call);
            length = strnlen(memory.error.text, sizeof memory.error.text);
            CHECK(length > 0 && length < sizeof memory.error.text, "function %d, \"%s\", \"%s\": %lu", function, list, call,
                (unsigned long)length);
            CHECK(is_zero(memory.error.text + length, sizeof memory.error.text - length), "function %d, \"%s\", \"%s\"", function,
                list, call);
            CHECK(is_zero(memory.error.reserved, sizeof memory.error.reserved), "function %d, \"%s\", \"%s\"", function, list,
                call);
        } else {
            (void)call_by_number(function, list, call, &memory.error);
            CHECK(is_zero(&memory.error, sizeof memory.error), "function %d, \"%s\", \"%s\", filled with %d", function, list,
                call, fills[i]);
        }
        for (j = 0; j < FENCE; j++)
            CHECK(memory.before[j] == CANARY && memory.after[j] == CANARY, "function %d, \"%s\", \"%s\": outside of the error",
                function, list, call);
    }
}

static void an_error_is_cleared_at_entry_and_filled_in_within_its_bounds(void)
{
    int function;
    size_t i;

    for (function = 0; function < FUNCTIONS_WITH_AN_ERROR; function++) {
        check_error(function, "all", A_CALL, 0);                          /* permitted */
        check_error(function, "", A_CALL, 0);                             /* denied */
        check_error(function, "[\"li\"]", "{\"src\":\"external\",\"dst\":\"extension\",\"leg\":\"dst\"}", 0); /* denied */
    }
    for (i = 0; i < COUNT(bad_lists); i++)
        for (function = 0; function < 3; function++)
            check_error(function, bad_lists[i], A_CALL, 1);
    for (i = 0; i < COUNT(bad_calls); i++)
        for (function = 0; function < FUNCTIONS_WITH_AN_ERROR; function++)
            if (function != 2)
                check_error(function, "all", bad_calls[i], 1);
    check_error(2, "all", bad_calls[0], 0); /* not its argument */
    check_error(3, bad_lists[0], A_CALL, 0);
}

/** The error of the last call of a function must be about this argument, and have no position. */
static void check_null_error(const cp_error *error, const char *argument)
{
    static const struct {
        const char *argument, *text;
    } rows[] = {
        {"property_list", "property_list is NULL; expected a property list, such as li,lo"},
        {"call", "call is NULL; expected a call, such as src=external,dst=extension,leg=dst"},
        {"buffer", "buffer is NULL; expected a buffer, or size 0"},
        {"out", "out is NULL; expected a place for the result"},
    };
    size_t i = 0;

    while (strcmp(rows[i].argument, argument) != 0)
        i++;
    CHECK(error->code == CP_ERROR_ARGUMENT, "%s is NULL: code %d", argument, (int)error->code);
    CHECK(error->position == -1, "%s is NULL: position %d", argument, (int)error->position);
    CHECK(strcmp(error->text, rows[i].text) == 0, "%s is NULL: %s", argument, error->text);
}

static void null_is_refused_for_every_argument_that_needs_a_pointer(void)
{
    char buffer[CP_EXPLAIN_MAX];
    cp_properties set = CANARY;
    cp_call call;
    cp_error error;

    CHECK(cp_get(NULL) == NULL, "mnemo");
    CHECK(cp_required(NULL) == 0, "call");
    CHECK(cp_permits(0xFFFFFFFFu, NULL) == 0, "call");

    CHECK(cp_allows(NULL, A_CALL, &error) == 0, "property_list");
    check_null_error(&error, "property_list");
    CHECK(cp_allows("all", NULL, &error) == 0, "call");
    check_null_error(&error, "call");
    CHECK(cp_allows(NULL, NULL, &error) == 0, "both");
    check_null_error(&error, "property_list");
    CHECK(cp_allows(NULL, A_CALL, NULL) == 0, "property_list and error");
    CHECK(cp_allows("all", NULL, NULL) == 0, "call and error");
    CHECK(cp_allows(NULL, NULL, NULL) == 0, "everything");
    CHECK(cp_allows("all", A_CALL, NULL) == 1, "only the error");

    strcpy(buffer, "as it was");
    CHECK(cp_explain(NULL, A_CALL, buffer, sizeof buffer, &error) == 0, "property_list");
    check_null_error(&error, "property_list");
    CHECK(buffer[0] == '\0', "property_list: %s", buffer);
    strcpy(buffer, "as it was");
    CHECK(cp_explain("all", NULL, buffer, sizeof buffer, &error) == 0, "call");
    check_null_error(&error, "call");
    CHECK(buffer[0] == '\0', "call: %s", buffer);
    CHECK(cp_explain("all", A_CALL, NULL, sizeof buffer, &error) == 0, "buffer");
    check_null_error(&error, "buffer");
    CHECK(cp_explain("all", A_CALL, NULL, sizeof buffer, NULL) == 0, "buffer and error");
    CHECK(cp_explain(NULL, NULL, NULL, sizeof buffer, NULL) == 0, "everything");
    CHECK(cp_explain(NULL, NULL, NULL, 0, NULL) == 0, "everything, size 0");
    CHECK(cp_explain("all", A_CALL, buffer, sizeof buffer, NULL) == strlen(buffer) && buffer[0] == '{', "only the error: %s",
        buffer);

    CHECK(cp_properties_parse(NULL, &set, &error) == 0 && set == CANARY, "property_list");
    check_null_error(&error, "property_list");
    CHECK(cp_properties_parse("all", NULL, &error) == 0, "out");
    check_null_error(&error, "out");
    CHECK(cp_properties_parse(NULL, NULL, &error) == 0, "property_list and out");
    CHECK(error.code == CP_ERROR_ARGUMENT, "property_list and out: %d", (int)error.code);
    CHECK(cp_properties_parse(NULL, NULL, NULL) == 0, "everything");
    CHECK(cp_properties_parse("li", &set, NULL) == 1 && set == CP_LI, "only the error");

    memset(&call, CANARY, sizeof call);
    CHECK(cp_call_parse(NULL, &call, &error) == 0 && call.src == CANARY && call.callback == CANARY, "call");
    check_null_error(&error, "call");
    CHECK(cp_call_parse(A_CALL, NULL, &error) == 0, "out");
    check_null_error(&error, "out");
    CHECK(cp_call_parse(NULL, NULL, &error) == 0, "call and out");
    CHECK(error.code == CP_ERROR_ARGUMENT, "call and out: %d", (int)error.code);
    CHECK(cp_call_parse(NULL, NULL, NULL) == 0, "everything");
    CHECK(cp_call_parse(A_CALL, &call, NULL) == 1 && call.src == CP_EXTERNAL, "only the error");
}

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"an error explains nothing and empties the buffer", an_error_explains_nothing_and_empties_the_buffer},
        {"what is parsed stays untouched on an error", what_is_parsed_stays_untouched_on_an_error},
        {"what is parsed is all that is written", what_is_parsed_is_all_that_is_written},
        {"of a list of a newer PBX, what is known is all that is written",
            of_a_list_of_a_newer_pbx_what_is_known_is_all_that_is_written},
        {"an error is cleared at entry and filled in within its bounds",
            an_error_is_cleared_at_entry_and_filled_in_within_its_bounds},
        {"NULL is refused for every argument that needs a pointer", null_is_refused_for_every_argument_that_needs_a_pointer},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
