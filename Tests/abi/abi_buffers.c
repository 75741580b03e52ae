/* SPDX-License-Identifier: MIT */
/**
 * \file abi_buffers.c
 * Text that the library writes, from C99: what happens at the end of every buffer, of every size. The words are compared by the tests in
 * Python.
 */
#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS */

#include <callprop.h>

#include <string.h>

#include "abi_calls.h"
#include "abi_fences.h"
#include "abi_words.h"
#include "check.h"

/** The idiom of snprintf for "without a bound", and what else is larger than any buffer. */
static const size_t unbounded[] = {(size_t)-1, (size_t)-1 >> 1, ((size_t)-1 >> 1) + 1, ((size_t)-1 >> 1) + 2};

static void a_set_as_text_is_cut_off_at_the_end_of_the_buffer(void)
{
    struct fenced memory;
    char *buffer = (char *)memory.bytes;
    char expected[CP_PROPERTIES_MAX];
    cp_properties set;

    for (set = 0; set < 256; set++) {
        size_t length = expected_text(set, expected), size;

        CHECK(length < CP_PROPERTIES_MAX, "set %#x needs %lu bytes", (unsigned)set, (unsigned long)length);
        for (size = 0; size <= length + 2; size++) {
            fence(&memory);
            CHECK(cp_properties_format(set, buffer, size) == length, "set %#x, size %lu", (unsigned)set, (unsigned long)size);
            CHECK(holds_prefix(&memory, size, expected, length), "set %#x, size %lu", (unsigned)set, (unsigned long)size);
            fence(&memory);
            CHECK(cp_properties_format(set | 0xFFFFFF00u, buffer, size) == length, "set %#x, size %lu",
                (unsigned)(set | 0xFFFFFF00u), (unsigned long)size);
            CHECK(holds_prefix(&memory, size, expected, length), "set %#x, size %lu", (unsigned)(set | 0xFFFFFF00u),
                (unsigned long)size);
        }
        CHECK(cp_properties_format(set, NULL, 0) == length, "set %#x, no buffer", (unsigned)set);
        CHECK(cp_properties_format(set, NULL, 1) == 0, "set %#x, NULL with size 1", (unsigned)set);
        CHECK(cp_properties_format(set, NULL, (size_t)-1) == 0, "set %#x, NULL with the largest size", (unsigned)set);
    }
}

static void an_explanation_is_cut_off_at_the_end_of_the_buffer(void)
{
    static const char *const lists[] = {"", "all", "li,lo,ri", "all,cq,li,lo,qli,qri,ri,ro"};
    struct fenced memory;
    char *buffer = (char *)memory.bytes;
    size_t i, j;

    for (i = 0; i < SCENARIOS; i++)
        for (j = 0; j < COUNT(lists); j++) {
            const char *call = scenarios[i].text;
            char whole[CP_EXPLAIN_MAX];
            size_t length = cp_explain(lists[j], call, whole, sizeof whole, NULL), size;

            CHECK(length > 100 && length < CP_EXPLAIN_MAX && strlen(whole) == length, "%s with %s: %lu bytes", call, lists[j],
                (unsigned long)length);
            for (size = 0; size <= length + 2; size++) {
                cp_error error;

                fence(&memory);
                CHECK(cp_explain(lists[j], call, buffer, size, &error) == length, "%s with %s, size %lu", call, lists[j],
                    (unsigned long)size);
                CHECK(error.code == CP_OK, "%s with %s, size %lu", call, lists[j], (unsigned long)size);
                CHECK(holds_prefix(&memory, size, whole, length), "%s with %s, size %lu", call, lists[j], (unsigned long)size);
            }
            CHECK(cp_explain(lists[j], call, NULL, 0, NULL) == length, "%s with %s, no buffer", call, lists[j]);
        }
}

/** Whether the bytes hold the text and its NUL, and nothing else was written, wherever the buffer was said to end. */
static int holds_whole(const struct fenced *memory, const char *text, size_t length)
{
    return holds_prefix(memory, length + 1, text, length);
}

static void a_call_as_text_is_cut_off_at_the_end_of_the_buffer(void)
{
    struct fenced memory;
    char *buffer = (char *)memory.bytes;
    unsigned number;
    size_t size, i;

    for (number = 0; number < 64; number++) {
        cp_call call = call_of_number(number), again;
        char whole[CP_CALL_MAX];
        size_t length = cp_call_format(&call, whole, sizeof whole);

        CHECK(length == strlen(whole) && length > 30, "call %u: %lu bytes", number, (unsigned long)length);
        CHECK(cp_call_parse(whole, &again, NULL) == (cp_required(&call) != 0), "%s", whole);
        CHECK(cp_required(&call) == 0 || is_same_call(call, again), "%s", whole);
        for (size = 0; size <= length + 2; size++) {
            fence(&memory);
            CHECK(cp_call_format(&call, buffer, size) == length, "%s, size %lu", whole, (unsigned long)size);
            CHECK(holds_prefix(&memory, size, whole, length), "%s, size %lu", whole, (unsigned long)size);
        }
        for (i = 0; i < COUNT(unbounded); i++) {
            fence(&memory);
            CHECK(cp_call_format(&call, buffer, unbounded[i]) == length, "%s, size %lx", whole, (unsigned long)unbounded[i]);
            CHECK(holds_whole(&memory, whole, length), "%s, size %lx", whole, (unsigned long)unbounded[i]);
            CHECK(cp_call_format(&call, NULL, unbounded[i]) == 0, "%s, NULL with size %lx", whole, (unsigned long)unbounded[i]);
        }
        CHECK(cp_call_format(&call, NULL, 0) == length, "%s, no buffer", whole);
        CHECK(cp_call_format(&call, NULL, 1) == 0, "%s, NULL with size 1", whole);
    }
}

static void a_call_that_has_no_text_empties_the_buffer(void)
{
    struct fenced memory;
    char *buffer = (char *)memory.bytes;
    size_t size;
    int member, value;

    for (size = 0; size <= 3; size++) {
        fence(&memory);
        CHECK(cp_call_format(NULL, buffer, size) == 0, "NULL, size %lu", (unsigned long)size);
        CHECK(holds_prefix(&memory, size, "", 0), "NULL, size %lu", (unsigned long)size);
        for (member = 0; member < 4; member++)
            for (value = member < 2 ? 4 : 2; value < 256; value++) {
                unsigned char bytes[4] = {0, 0, 0, 0};
                cp_call call;

                bytes[member] = (unsigned char)value;
                memcpy(&call, bytes, 4);
                fence(&memory);
                CHECK(cp_call_format(&call, buffer, size) == 0, "member %d is %d", member, value);
                CHECK(holds_prefix(&memory, size, "", 0), "member %d is %d, size %lu", member, value, (unsigned long)size);
            }
    }
    CHECK(cp_call_format(NULL, NULL, 0) == 0 && cp_call_format(NULL, NULL, 9) == 0, "NULL and NULL");
}

static void a_reason_is_cut_off_at_the_end_of_the_buffer(void)
{
    static const cp_properties sets[] = {0, CP_ALL, 0xFF, CP_LI | CP_LO | CP_RI, 0xFFFFFF00u};
    struct fenced memory;
    char *buffer = (char *)memory.bytes;
    unsigned number;
    size_t set, size, i;

    /* The last is NULL. */
    for (number = 0; number <= 64; number++)
        for (set = 0; set < COUNT(sets); set++) {
            cp_call made = call_of_number(number), *call = number == 64 ? NULL : &made;
            char whole[CP_REASON_MAX];
            size_t length = cp_reason(sets[set], call, whole, sizeof whole);

            CHECK(length == strlen(whole) && length > 60 && whole[length - 1] == '.', "call %u: %s", number, whole);
            CHECK((strncmp(whole, "Permitted: ", 11) == 0) == cp_permits(sets[set], call), "call %u: %s", number, whole);
            for (size = 0; size <= length + 2; size++) {
                fence(&memory);
                CHECK(cp_reason(sets[set], call, buffer, size) == length, "%s, size %lu", whole, (unsigned long)size);
                CHECK(holds_prefix(&memory, size, whole, length), "%s, size %lu", whole, (unsigned long)size);
            }
            for (i = 0; i < COUNT(unbounded); i++) {
                fence(&memory);
                CHECK(cp_reason(sets[set], call, buffer, unbounded[i]) == length, "%s, size %lx", whole,
                    (unsigned long)unbounded[i]);
                CHECK(holds_whole(&memory, whole, length), "%s, size %lx", whole, (unsigned long)unbounded[i]);
                CHECK(cp_reason(sets[set], call, NULL, unbounded[i]) == 0, "NULL, size %lx", (unsigned long)unbounded[i]);
            }
            CHECK(cp_reason(sets[set], call, NULL, 0) == length, "%s, no buffer", whole);
        }
}

static void what_1_0_writes_has_no_bound_either(void)
{
    static const char a_call[] = "src=external,dst=extension,leg=dst";
    struct fenced memory;
    char *buffer = (char *)memory.bytes, whole[CP_EXPLAIN_MAX];
    size_t length = cp_explain("li,ri", a_call, whole, sizeof whole, NULL), i;
    cp_error error;

    for (i = 0; i < COUNT(unbounded); i++) {
        fence(&memory);
        CHECK(cp_explain("li,ri", a_call, buffer, unbounded[i], &error) == length, "size %lx", (unsigned long)unbounded[i]);
        CHECK(error.code == CP_OK && holds_whole(&memory, whole, length), "size %lx", (unsigned long)unbounded[i]);
        fence(&memory);
        CHECK(cp_explain("lx", a_call, buffer, unbounded[i], &error) == 0, "size %lx", (unsigned long)unbounded[i]);
        CHECK(error.code == CP_ERROR_PROPERTY && holds_whole(&memory, "", 0), "size %lx", (unsigned long)unbounded[i]);
        fence(&memory);
        CHECK(cp_properties_format(CP_LI | CP_RI, buffer, unbounded[i]) == 5, "size %lx", (unsigned long)unbounded[i]);
        CHECK(holds_whole(&memory, "li,ri", 5), "size %lx", (unsigned long)unbounded[i]);
    }
}

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"a set as text is cut off at the end of the buffer", a_set_as_text_is_cut_off_at_the_end_of_the_buffer},
        {"an explanation is cut off at the end of the buffer", an_explanation_is_cut_off_at_the_end_of_the_buffer},
        {"a call as text is cut off at the end of the buffer", a_call_as_text_is_cut_off_at_the_end_of_the_buffer},
        {"a call that has no text empties the buffer", a_call_that_has_no_text_empties_the_buffer},
        {"a reason is cut off at the end of the buffer", a_reason_is_cut_off_at_the_end_of_the_buffer},
        {"what 1.0 writes has no bound either", what_1_0_writes_has_no_bound_either},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
