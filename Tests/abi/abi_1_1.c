/* SPDX-License-Identifier: MIT */
/**
 * \file abi_1_1.c
 * What 1.1 brought, from C99: calls from ints and as text, reasons, lists of a newer PBX, what many calls require. Their words
 * are compared by the tests in Python; here is what happens at the edges of every buffer and of every range.
 */
#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS */

#include <callprop.h>

#include <limits.h>
#include <string.h>

#include "abi_calls.h"
#include "abi_fences.h"
#include "check.h"

/* The signatures: with another one in the header, this does not compile. */
static int (*const signature_of_properties_parse_known)(const char *, cp_properties *, cp_error *) = cp_properties_parse_known;
static size_t (*const signature_of_call_format)(const cp_call *, char *, size_t) = cp_call_format;
static size_t (*const signature_of_reason)(cp_properties, const cp_call *, char *, size_t) = cp_reason;
static size_t (*const signature_of_required_many)(const cp_call *, size_t, cp_properties *) = cp_required_many;
static cp_call (*const signature_of_call_make)(int, int, int, int) = cp_call_make;

/** The idiom of snprintf for "without a bound", and what else is larger than any buffer. */
static const size_t unbounded[] = {(size_t)-1, (size_t)-1 >> 1, ((size_t)-1 >> 1) + 1, ((size_t)-1 >> 1) + 2};

static cp_call call_of_number(unsigned number)
{
    return cp_call_make((int)(number & 3), (int)(number >> 2 & 3), (int)(number >> 4 & 1), (int)(number >> 5 & 1));
}

/* ---- Calls from ints ------------------------------------------------------------------------------- */

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

    for (i = 0; i < COUNT(calls_that_happen); i++) {
        const cp_call *expected = &calls_that_happen[i].call;
        cp_call call = cp_call_make(expected->src, expected->dst, expected->leg, expected->callback);

        CHECK(same_call(&call, expected), "%s", calls_that_happen[i].text);
        CHECK(cp_required(&call) == calls_that_happen[i].required, "%s", calls_that_happen[i].text);
    }
}

/* ---- Text that is written -------------------------------------------------------------------------- */

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
        CHECK(cp_required(&call) == 0 || same_call(&call, &again), "%s", whole);
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

/* ---- Lists of a newer PBX -------------------------------------------------------------------------- */

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

/* ---- What many calls require ----------------------------------------------------------------------- */

enum { MANY = 130 };

static void check_required_many(const unsigned char *calls, size_t n, unsigned char *required, int calls_at, int required_at)
{
    size_t expected_count = 0, count, i;

    memset(required - FENCE, CANARY, FENCE + 4 * n + FENCE);
    /* Through void *, because the elements may stand at any address. */
    count = cp_required_many((const cp_call *)(const void *)calls, n, (cp_properties *)(void *)required);
    for (i = 0; i < n; i++) {
        cp_properties one;
        cp_call call;

        memcpy(&call, calls + 4 * i, 4);
        memcpy(&one, required + 4 * i, 4);
        expected_count += one != 0;
        CHECK(one == cp_required(&call) && one == expected_required(&call),
            "element %lu of %lu, calls at %d, required at %d: bytes %d %d %d %d, got %#x", (unsigned long)i, (unsigned long)n,
            calls_at, required_at, call.src, call.dst, call.leg, call.callback, (unsigned)one);
    }
    CHECK(count == expected_count, "n %lu, calls at %d, required at %d: returned %lu, expected %lu", (unsigned long)n, calls_at,
        required_at, (unsigned long)count, (unsigned long)expected_count);
    for (i = 1; i <= FENCE; i++)
        CHECK(required[-(ptrdiff_t)i] == CANARY && required[4 * n + i - 1] == CANARY,
            "n %lu, calls at %d, required at %d: written %lu bytes outside", (unsigned long)n, calls_at, required_at,
            (unsigned long)i);
}

static void what_many_calls_require_is_what_each_does_at_any_alignment(void)
{
    /* A union, so that offset 0 is aligned for certain and 1 to 7 are not. */
    static union {
        uint64_t aligned;
        unsigned char bytes[4 * MANY + 8];
    } calls;
    static union {
        uint64_t aligned;
        unsigned char bytes[FENCE + 8 + 4 * MANY + FENCE];
    } required;
    int calls_at, required_at;
    size_t n, i;

    for (calls_at = 0; calls_at < 8; calls_at++)
        for (required_at = 0; required_at < 8; required_at++) {
            for (i = 0; i < MANY; i++) {
                /* Every call in turn, and one in five with a byte that is out of range. */
                cp_call call = call_of_number((unsigned)(i * 37 + (size_t)calls_at));

                memcpy(calls.bytes + calls_at + 4 * i, &call, 4);
                if (i % 5 == 0)
                    calls.bytes[(size_t)calls_at + 4 * i + i / 5 % 4] ^= (unsigned char)(1u << (2 + i % 6));
            }
            for (n = 0; n <= MANY; n++)
                check_required_many(calls.bytes + calls_at, n, required.bytes + FENCE + required_at, calls_at, required_at);
        }
}

static void what_many_calls_require_is_right_for_every_two_bytes(void)
{
    enum { N = 256 * 256 };
    static unsigned char calls[N][4];
    static cp_properties required[N];
    size_t base, i;
    int first, second;

    for (base = 0; base < COUNT(calls_that_happen); base += 5)
        for (first = 0; first < 3; first++)
            for (second = first + 1; second < 4; second++) {
                size_t count, expected_count = 0;

                for (i = 0; i < N; i++) {
                    memcpy(calls[i], &calls_that_happen[base].call, 4);
                    calls[i][first] = (unsigned char)(i >> 8);
                    calls[i][second] = (unsigned char)i;
                }
                count = cp_required_many((const cp_call *)(const void *)calls, N, required);
                for (i = 0; i < N; i++) {
                    cp_call call;

                    memcpy(&call, calls[i], 4);
                    expected_count += expected_required(&call) != 0;
                    CHECK(required[i] == expected_required(&call), "bytes %d %d %d %d: %#x", call.src, call.dst, call.leg,
                        call.callback, (unsigned)required[i]);
                }
                CHECK(count == expected_count, "returned %lu, expected %lu", (unsigned long)count, (unsigned long)expected_count);
            }
}

static void what_many_calls_require_without_arrays_is_nothing(void)
{
    cp_call calls[2] = {{CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 0}, {CP_EXTENSION, CP_EXTENSION, CP_LEG_DST, 0}};
    cp_properties required[2] = {CANARY, CANARY};

    CHECK(cp_required_many(NULL, 2, required) == 0, "calls is NULL");
    CHECK(cp_required_many(calls, 2, NULL) == 0, "required is NULL");
    CHECK(cp_required_many(NULL, 2, NULL) == 0, "both are NULL");
    CHECK(cp_required_many(NULL, (size_t)-1, NULL) == 0, "both are NULL, the largest n");
    CHECK(cp_required_many(NULL, 0, NULL) == 0, "both are NULL, n is 0");
    CHECK(cp_required_many(calls, 0, required) == 0, "n is 0");
    CHECK(required[0] == CANARY && required[1] == CANARY, "nothing is to be written");
    CHECK(cp_required_many(calls, 2, required) == 2 && required[0] == CP_LO && required[1] == CP_LI, "both are there");
}

/* ---- Memory that must not be touched --------------------------------------------------------------- */

static void nothing_outside_of_the_arguments_is_read_or_written(void)
{
    static const char *const lists[] = {"", "li", "li,video", "video", "[\"video\"]", "[\"li\"", "[\"vide",
        "{\"property_list\":[\"v", "{\"a\":\"", "\xef\xbb\xbf", "\xef\xbb", "\xef\xbb\xbf[", "[\"\\u00", "[\"\\ud83d\\ud"};
    struct island first = make_island(), second = make_island();
    size_t i, n, size, space = (size_t)(first.end - first.start);

    /* A byte too far is a SIGSEGV. */
    for (i = 0; i < COUNT(lists); i++) {
        cp_properties *out = (cp_properties *)(void *)(second.end - sizeof *out);

        (void)!cp_properties_parse_known(at_the_end(&first, lists[i]), out, (cp_error *)(void *)second.start);
        CHECK((cp_properties_parse_known(at_the_end(&first, lists[i]), out, NULL) & ~1) == 0, "%s", lists[i]);
    }
    for (size = 0; size <= 300; size++) {
        cp_call *call = (cp_call *)(void *)(first.end - 4);

        *call = cp_call_make(CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0);
        CHECK(cp_reason(CP_LI, call, (char *)second.end - size, size) > 60, "size %lu", (unsigned long)size);
        CHECK(cp_reason(CP_LI, call, (char *)second.start, size) > 60, "size %lu", (unsigned long)size);
        CHECK(cp_call_format(call, (char *)second.end - size, size) == 45, "size %lu", (unsigned long)size);
        CHECK(cp_call_format(call, (char *)second.start, size) == 45, "size %lu", (unsigned long)size);
    }
    for (i = 0; 4 * i < space; i++) {
        cp_call call = call_of_number((unsigned)i);

        memcpy(first.start + 4 * i, &call, 4);
    }
    for (n = 0; n <= 300; n++) {
        CHECK(cp_required_many((const cp_call *)(void *)first.start, n, (cp_properties *)(void *)second.start) <= n, "n %lu",
            (unsigned long)n);
        CHECK(
            cp_required_many((const cp_call *)(void *)(first.end - 4 * n), n, (cp_properties *)(void *)(second.end - 4 * n)) <= n,
            "n %lu", (unsigned long)n);
    }
}

static void a_pointer_to_each_function_is_the_function(void)
{
    cp_call call = signature_of_call_make(CP_EXTERNAL, CP_IVR, CP_LEG_DST, 0);
    cp_properties set = CP_ALL;

    CHECK(call.src == CP_EXTERNAL && call.dst == CP_IVR && call.leg == CP_LEG_DST && call.callback == 0, "cp_call_make");
    CHECK(signature_of_properties_parse_known("ri,video", &set, NULL) == 1 && set == CP_RI, "cp_properties_parse_known");
    CHECK(signature_of_call_format(&call, NULL, 0) == 43, "cp_call_format");
    CHECK(signature_of_reason(set, &call, NULL, 0) > 60, "cp_reason");
    CHECK(signature_of_required_many(&call, 1, &set) == 1 && set == CP_RI, "cp_required_many");
}

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"a call from ints is that call, or one that cannot happen", a_call_from_ints_is_that_call_or_one_that_cannot_happen},
        {"a call from the names of the header is that call", a_call_from_the_names_of_the_header_is_that_call},
        {"a call as text is cut off at the end of the buffer", a_call_as_text_is_cut_off_at_the_end_of_the_buffer},
        {"a call that has no text empties the buffer", a_call_that_has_no_text_empties_the_buffer},
        {"a reason is cut off at the end of the buffer", a_reason_is_cut_off_at_the_end_of_the_buffer},
        {"what 1.0 writes has no bound either", what_1_0_writes_has_no_bound_either},
        {"of a list of a newer PBX, what is known is all that is written",
            of_a_list_of_a_newer_pbx_what_is_known_is_all_that_is_written},
        {"what many calls require is what each does, at any alignment",
            what_many_calls_require_is_what_each_does_at_any_alignment},
        {"what many calls require is right for every two bytes", what_many_calls_require_is_right_for_every_two_bytes},
        {"what many calls require without arrays is nothing", what_many_calls_require_without_arrays_is_nothing},
        {"nothing outside of the arguments is read or written", nothing_outside_of_the_arguments_is_read_or_written},
        {"a pointer to each function is the function", a_pointer_to_each_function_is_the_function},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
