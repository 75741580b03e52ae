/* SPDX-License-Identifier: MIT */
/**
 * \file abi_test.c
 * The installed library from C99: decisions, refusals, and what happens at the edges of every buffer.
 */
#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS, strnlen */

#include <callprop.h>

#include <string.h>
#include <sys/mman.h>

#include "abi_calls.h"
#include "abi_fences.h"
#include "check.h"

#define PASTE(a, b) a##b
#define NAMED(a, b) PASTE(a, b)
#define FACT(condition) typedef char NAMED(fact_, __LINE__)[(condition) ? 1 : -1];
#define ALIGNMENT_OF(type) offsetof(struct aligned_##type, value)
struct aligned_cp_call {
    char before;
    cp_call value;
};
struct aligned_cp_error {
    char before;
    cp_error value;
};
#include "abi_layout.h"

/* The signatures: with another one in the header, this does not compile. */
static const char *(*const signature_of_version)(void) = cp_version;
static const char *(*const signature_of_list)(void) = cp_list;
static const char *(*const signature_of_get)(const char *) = cp_get;
static int (*const signature_of_allows)(const char *, const char *, cp_error *) = cp_allows;
static size_t (*const signature_of_explain)(const char *, const char *, char *, size_t, cp_error *) = cp_explain;
static int (*const signature_of_properties_parse)(const char *, cp_properties *, cp_error *) = cp_properties_parse;
static size_t (*const signature_of_properties_format)(cp_properties, char *, size_t) = cp_properties_format;
static int (*const signature_of_call_parse)(const char *, cp_call *, cp_error *) = cp_call_parse;
static cp_properties (*const signature_of_required)(const cp_call *) = cp_required;
static int (*const signature_of_permits)(cp_properties, const cp_call *) = cp_permits;
static size_t (*const signature_of_permits_many)(const cp_properties *, const cp_call *, size_t, uint8_t *) = cp_permits_many;

/* ---- What is expected ------------------------------------------------------------------------------ */

static int expected_permits(cp_properties granted, const cp_call *call)
{
    cp_properties required = expected_required(call);

    return required != 0 && (granted & (required | CP_ALL)) != 0;
}

static const char *const mnemos[8] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};

/** Mnemos joined by commas, in the order of the bits. */
static size_t expected_text(cp_properties set, char *text)
{
    size_t length = 0;
    int bit;

    text[0] = '\0';
    for (bit = 0; bit < 8; bit++) {
        if (!(set >> bit & 1))
            continue;
        if (length)
            text[length++] = ',';
        strcpy(text + length, mnemos[bit]);
        length += strlen(mnemos[bit]);
    }
    return length;
}

/* ---- What is refused ------------------------------------------------------------------------------- */

#define A_CALL "src=external,dst=extension,leg=dst"

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

/* ---- Decisions ------------------------------------------------------------------------------------- */

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
                    CHECK(required == expected_required(&call), "src %d dst %d leg %d callback %d: %#x, expected %#x", src, dst,
                        leg, callback, (unsigned)required, (unsigned)expected_required(&call));
                    for (set = 0; set < 256; set++)
                        CHECK(cp_permits(set, &call) == expected_permits(set, &call), "set %#x, src %d dst %d leg %d callback %d",
                            (unsigned)set, src, dst, leg, callback);
                }
    CHECK(happening == 27, "%lu calls can happen", happening);
}

static void a_call_as_text_is_the_call_as_a_value(void)
{
    size_t i;

    for (i = 0; i < COUNT(calls_that_happen); i++) {
        const char *text = calls_that_happen[i].text;
        char required[CP_PROPERTIES_MAX];
        cp_call call;

        memset(&call, CANARY, sizeof call);
        CHECK(cp_call_parse(text, &call, NULL) == 1, "%s", text);
        CHECK(same_call(&call, &calls_that_happen[i].call), "%s", text);
        expected_text(calls_that_happen[i].required, required);
        CHECK(cp_allows(required, text, NULL) == 1, "%s with %s", text, required);
        CHECK(cp_allows("all", text, NULL) == 1, "%s with all", text);
        expected_text(0xFE & ~calls_that_happen[i].required, required);
        CHECK(cp_allows(required, text, NULL) == 0, "%s with %s", text, required);
    }
}

static void bits_that_are_no_property_grant_nothing(void)
{
    size_t i;

    for (i = 0; i < COUNT(calls_that_happen); i++) {
        const cp_call *call = &calls_that_happen[i].call;
        cp_properties set;
        int bit;

        for (bit = 8; bit < 32; bit++)
            CHECK(cp_permits((cp_properties)1 << bit, call) == 0, "bit %d, %s", bit, calls_that_happen[i].text);
        for (set = 0; set < 256; set++)
            CHECK(cp_permits(set | 0xFFFFFF00u, call) == expected_permits(set, call), "set %#x, %s", (unsigned)set,
                calls_that_happen[i].text);
    }
}

static void check_call_of_any_bytes(const cp_call *call)
{
    cp_properties expected = expected_required(call);

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

static void a_byte_out_of_range_is_refused_among_many(void)
{
    enum { N = 256 * 256 };
    static cp_properties every_bit[N];
    static unsigned char calls[N][4];
    static uint8_t permitted[N];
    size_t base, i;
    int first, second;

    memset(every_bit, 0xFF, sizeof every_bit);
    for (base = 0; base < COUNT(calls_that_happen); base += 5)
        for (first = 0; first < 3; first++)
            for (second = first + 1; second < 4; second++) {
                size_t count, expected_count = 0;

                for (i = 0; i < N; i++) {
                    memcpy(calls[i], &calls_that_happen[base].call, 4);
                    calls[i][first] = (unsigned char)(i >> 8);
                    calls[i][second] = (unsigned char)i;
                }
                count = cp_permits_many(every_bit, (const cp_call *)(const void *)calls, N, permitted);
                for (i = 0; i < N; i++) {
                    cp_call call;

                    memcpy(&call, calls[i], 4);
                    expected_count += expected_required(&call) != 0;
                    CHECK(permitted[i] == (expected_required(&call) != 0), "bytes %d %d %d %d: %d", call.src, call.dst, call.leg,
                        call.callback, permitted[i]);
                }
                CHECK(count == expected_count, "returned %lu, expected %lu", (unsigned long)count, (unsigned long)expected_count);
            }
}

static void every_single_byte_value_of_each_field_is_judged_rightly(void)
{
    size_t i;
    int field, value;

    for (i = 0; i < COUNT(calls_that_happen); i++)
        for (field = 0; field < 4; field++)
            for (value = 0; value < 256; value++) {
                unsigned char bytes[4];
                cp_call call;

                memcpy(bytes, &calls_that_happen[i].call, 4);
                bytes[field] = (unsigned char)value;
                memcpy(&call, bytes, 4);
                check_call_of_any_bytes(&call);
            }
}

/* ---- Many at once ---------------------------------------------------------------------------------- */

/** Numbers without a pattern, the same in every run. */
static uint32_t next_random(void)
{
    static uint32_t state = 2463534242u;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/** One call in four has a byte changed, mostly in one bit; one set in four has bits that are no property. */
static void fill_pair(unsigned char *granted, unsigned char *call)
{
    uint32_t random = next_random();
    cp_properties set = random & 1 ? 0 : random >> 8 & 0xFF;
    unsigned char bytes[4];

    if (random >> 1 & 1)
        set = (cp_properties)1 << (random >> 2 & 7);
    if ((random >> 5 & 3) == 0)
        set |= next_random() & 0xFFFFFF00u;
    memcpy(granted, &set, 4);

    memcpy(bytes, &calls_that_happen[next_random() % COUNT(calls_that_happen)].call, 4);
    random = next_random();
    if ((random & 3) == 0)
        bytes[random >> 2 & 3] ^= (unsigned char)(random >> 4 & 3 ? 1u << (random >> 6 & 7) : random >> 9);
    memcpy(call, bytes, 4);
}

enum { MANY = 130 };

static void check_many(
    const unsigned char *granted, const unsigned char *calls, size_t n, unsigned char *permitted, int granted_at, int calls_at)
{
    size_t expected_count = 0, count, i;

    memset(permitted - FENCE, CANARY, FENCE + n + FENCE);
    /* Through void *, because the elements may stand at any address. */
    count = cp_permits_many((const cp_properties *)(const void *)granted, (const cp_call *)(const void *)calls, n, permitted);
    for (i = 0; i < n; i++) {
        cp_properties set;
        cp_call call;
        int one;

        memcpy(&set, granted + 4 * i, 4);
        memcpy(&call, calls + 4 * i, 4);
        one = cp_permits(set, &call);
        expected_count += (size_t)one;
        CHECK(permitted[i] == one && one == expected_permits(set, &call),
            "element %lu of %lu, granted at %d, calls at %d: set %#x, bytes %d %d %d %d, got %d, cp_permits says %d",
            (unsigned long)i, (unsigned long)n, granted_at, calls_at, (unsigned)set, call.src, call.dst, call.leg, call.callback,
            permitted[i], one);
    }
    CHECK(count == expected_count, "n %lu, granted at %d, calls at %d: returned %lu, expected %lu", (unsigned long)n, granted_at,
        calls_at, (unsigned long)count, (unsigned long)expected_count);
    for (i = 1; i <= FENCE; i++)
        CHECK(permitted[-(ptrdiff_t)i] == CANARY && permitted[n + i - 1] == CANARY,
            "n %lu, granted at %d, calls at %d: written %lu bytes outside of permitted", (unsigned long)n, granted_at, calls_at,
            (unsigned long)i);
}

static void many_decisions_are_as_many_single_ones_at_any_alignment(void)
{
    /* A union, so that offset 0 is aligned for certain and 1 to 7 are not. */
    static union {
        uint64_t aligned;
        unsigned char bytes[4 * MANY + 8];
    } granted, calls;
    static unsigned char permitted[FENCE + 8 + MANY + FENCE];
    int granted_at, calls_at;
    size_t n, i;

    for (granted_at = 0; granted_at < 8; granted_at++)
        for (calls_at = 0; calls_at < 8; calls_at++) {
            for (i = 0; i < MANY; i++)
                fill_pair(granted.bytes + granted_at + 4 * i, calls.bytes + calls_at + 4 * i);
            for (n = 0; n <= MANY; n++)
                check_many(granted.bytes + granted_at, calls.bytes + calls_at, n, permitted + FENCE + (granted_at + calls_at) % 8,
                    granted_at, calls_at);
        }
}

static void many_decisions_cover_every_call_with_every_set(void)
{
    enum { ALL_PAIRS = 64 * 256 };
    static cp_properties granted[ALL_PAIRS];
    static cp_call calls[ALL_PAIRS];
    static uint8_t permitted[ALL_PAIRS];
    size_t count, expected_count = 0, i;

    for (i = 0; i < ALL_PAIRS; i++) {
        granted[i] = (cp_properties)(i & 255);
        calls[i].src = (uint8_t)(i >> 8 & 3);
        calls[i].dst = (uint8_t)(i >> 10 & 3);
        calls[i].leg = (uint8_t)(i >> 12 & 1);
        calls[i].callback = (uint8_t)(i >> 13 & 1);
    }
    count = cp_permits_many(granted, calls, ALL_PAIRS, permitted);
    for (i = 0; i < ALL_PAIRS; i++) {
        expected_count += (size_t)expected_permits(granted[i], &calls[i]);
        CHECK(permitted[i] == expected_permits(granted[i], &calls[i]), "set %#x, bytes %d %d %d %d", (unsigned)granted[i],
            calls[i].src, calls[i].dst, calls[i].leg, calls[i].callback);
    }
    CHECK(count == expected_count, "returned %lu, expected %lu", (unsigned long)count, (unsigned long)expected_count);
}

static void many_decisions_without_arrays_are_none(void)
{
    cp_properties granted[2] = {CP_ALL, CP_ALL};
    cp_call calls[2] = {{CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 0}, {CP_EXTENSION, CP_EXTENSION, CP_LEG_DST, 0}};
    uint8_t permitted[2] = {CANARY, CANARY};

    CHECK(cp_permits_many(NULL, calls, 2, permitted) == 0, "granted is NULL");
    CHECK(cp_permits_many(granted, NULL, 2, permitted) == 0, "calls is NULL");
    CHECK(cp_permits_many(granted, calls, 2, NULL) == 0, "permitted is NULL");
    CHECK(cp_permits_many(NULL, NULL, 2, permitted) == 0, "granted and calls are NULL");
    CHECK(cp_permits_many(NULL, NULL, 2, NULL) == 0, "all are NULL");
    CHECK(cp_permits_many(NULL, NULL, (size_t)-1, NULL) == 0, "all are NULL, the largest n");
    CHECK(cp_permits_many(NULL, NULL, 0, NULL) == 0, "all are NULL, n is 0");
    CHECK(cp_permits_many(granted, calls, 0, permitted) == 0, "n is 0");
    CHECK(permitted[0] == CANARY && permitted[1] == CANARY, "nothing is to be written, got %d %d", permitted[0], permitted[1]);
    CHECK(cp_permits_many(granted, calls, 2, permitted) == 2, "all are there");
    CHECK(permitted[0] == 1 && permitted[1] == 1, "all are there: got %d %d", permitted[0], permitted[1]);
}

/* ---- Buffers --------------------------------------------------------------------------------------- */

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

    for (i = 0; i < COUNT(calls_that_happen); i++)
        for (j = 0; j < COUNT(lists); j++) {
            const char *call = calls_that_happen[i].text;
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

/* ---- Errors ---------------------------------------------------------------------------------------- */

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

/* ---- Memory that must not be touched --------------------------------------------------------------- */

static void nothing_outside_of_the_arguments_is_read_or_written(void)
{
    /* clang-format off */
    static const struct {
        const char *text;
        int is_good;
    } lists[] = {
        {"", 1}, {"li", 1}, {"li,lo", 1}, {"[\"li\"]", 1}, {"{\"property_list\":[\"li\"]}", 1},
        {"li,", 0}, {"bogus", 0}, {"[", 0}, {"[\"li\"", 0}, {"[\"\xc3", 0}, {"[\"li\"]\\", 0}, {"[\"\\", 0},
        {"[\"\\u00", 0}, {"{\"a\":1,\"a\"", 0}, {"[1]", 0}, {"{\"property_list\":1}", 0},
    }, calls[] = {
        {A_CALL, 1}, {A_CALL ",callback=true", 1}, {"{\"src\":\"external\",\"dst\":\"extension\",\"leg\":\"dst\"}", 1},
        {"", 0}, {"src", 0}, {"src=", 0}, {A_CALL ",", 0}, {"{", 0}, {"{\"src\"", 0}, {"{\"src\":\"", 0}, {"{\"\\", 0},
        {"{\"src\":1}", 0}, {"{\"bogus\":1}", 0},
    };
    /* clang-format on */
    struct island first = make_island(), second = make_island(), third = make_island();
    size_t i, n, size;

    /* A byte too far is a SIGSEGV. */
    for (i = 0; i < COUNT(lists); i++) {
        const char *list = at_the_end(&first, lists[i].text);
        cp_properties *out = (cp_properties *)(void *)(second.end - sizeof *out);
        cp_error *error = (cp_error *)(void *)(third.end - sizeof *error);

        CHECK(cp_properties_parse(list, out, error) == lists[i].is_good, "%s: %s", list, error->text);
        CHECK(cp_allows(list, at_the_end(&second, A_CALL), error) == 0, "%s", list);
        CHECK((error->code == CP_OK) == lists[i].is_good, "%s: %s", list, error->text);
    }
    for (i = 0; i < COUNT(calls); i++) {
        const char *call = at_the_end(&first, calls[i].text);
        cp_call *out = (cp_call *)(void *)(second.end - sizeof *out);
        cp_error *error = (cp_error *)(void *)third.start;

        CHECK(cp_call_parse(call, out, error) == calls[i].is_good, "%s: %s", call, error->text);
        CHECK(cp_allows(at_the_end(&second, "all"), call, error) == calls[i].is_good, "%s: %s", call, error->text);
    }
    for (i = 0; i < 8; i++)
        CHECK(cp_get(at_the_end(&first, mnemos[i])) != NULL, "%s", mnemos[i]);
    CHECK(cp_get(at_the_end(&first, "")) == NULL, "empty");
    CHECK(cp_get(at_the_end(&first, "q")) == NULL, "q");

    for (size = 0; size <= 600; size++) {
        CHECK(cp_explain("li", A_CALL, (char *)third.end - size, size, NULL) > 100, "size %lu", (unsigned long)size);
        CHECK(cp_explain("li", A_CALL, (char *)third.start, size, NULL) > 100, "size %lu", (unsigned long)size);
        CHECK(cp_properties_format(255, (char *)third.end - size, size) == 26, "size %lu", (unsigned long)size);
        CHECK(cp_properties_format(255, (char *)third.start, size) == 26, "size %lu", (unsigned long)size);
    }

    for (i = 0; (size_t)(first.end - first.start) > 4 * i; i++)
        fill_pair(first.start + 4 * i, second.start + 4 * i);
    for (n = 0; n <= 300; n++) {
        size_t from_start, at_end;

        from_start =
            cp_permits_many((const cp_properties *)(void *)first.start, (const cp_call *)(void *)second.start, n, third.start);
        CHECK(from_start <= n, "n %lu", (unsigned long)n);
        at_end = cp_permits_many(
            (const cp_properties *)(void *)(first.end - 4 * n), (const cp_call *)(void *)(second.end - 4 * n), n, third.end - n);
        CHECK(at_end <= n, "n %lu", (unsigned long)n);
    }
    CHECK(cp_required((const cp_call *)(void *)(second.end - 4)) <= CP_RO, "last call of the island");
    CHECK(cp_required((const cp_call *)(void *)second.start) <= CP_RO, "first call of the island");
}

static void arguments_may_stand_in_memory_that_cannot_be_written(void)
{
    struct island first = make_island(), second = make_island();
    const char *list = at_the_end(&first, "{\"property_list\":[\"ri\"]}");
    const char *call = at_the_end(&second, "{\"src\":\"external\",\"dst\":\"extension\",\"leg\":\"dst\"}");

    if (mprotect(first.start, (size_t)(first.end - first.start), PROT_READ) != 0 ||
        mprotect(second.start, (size_t)(second.end - second.start), PROT_READ) != 0) {
        CHECK(0, "mprotect failed: the case cannot be tried");
        return;
    }
    CHECK(cp_allows(list, call, NULL) == 1, "%s, %s", list, call);
}

/* ---- What is borrowed ------------------------------------------------------------------------------ */

static void borrowed_text_is_the_same_every_time(void)
{
    static const char *const no_mnemos[] = {"", " ", "li ", " li", "LI", "al", "alll", "li,lo", "\"li\"", "bogus", "\xff"};
    const char *list = cp_list();
    const char *objects[8];
    size_t i;

    CHECK(list != NULL && list[0] == '[' && list[strlen(list) - 1] == ']', "cp_list: %s", list ? list : "NULL");
    for (i = 0; i < 8; i++) {
        const char *object = cp_get(mnemos[i]);
        char start[32];

        sprintf(start, "{\"mnemo\":\"%s\",", mnemos[i]);
        CHECK(object != NULL && strncmp(object, start, strlen(start)) == 0, "%s: %s", mnemos[i], object ? object : "NULL");
        CHECK(object != NULL && list != NULL && strstr(list, object) != NULL, "%s: its text is to be in cp_list", mnemos[i]);
        objects[i] = object;
    }
    for (i = 0; i < COUNT(no_mnemos); i++)
        CHECK(cp_get(no_mnemos[i]) == NULL, "\"%s\"", no_mnemos[i]);
    for (i = 0; i < 8; i++)
        CHECK(cp_get(mnemos[i]) == objects[i], "%s", mnemos[i]);
    CHECK(cp_list() == list, "cp_list");
}

static void the_library_is_of_the_version_that_its_header_says(void)
{
    char numbers[64];

    sprintf(numbers, "%d.%d.%d", CP_VERSION_MAJOR, CP_VERSION_MINOR, CP_VERSION_PATCH);
    CHECK(strcmp(CP_VERSION_STRING, numbers) == 0, "%s, but the numbers say %s", CP_VERSION_STRING, numbers);
    CHECK(strcmp(cp_version(), CP_VERSION_STRING) == 0, "library %s, header %s", cp_version(), CP_VERSION_STRING);
    CHECK(cp_version() == cp_version(), "the same pointer every time");
}

static void a_pointer_to_each_function_is_the_function(void)
{
    cp_call call = {CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 0};
    cp_properties set = CP_ALL;
    uint8_t permitted = 0;

    CHECK(strcmp(signature_of_version(), CP_VERSION_STRING) == 0, "cp_version");
    CHECK(signature_of_list() == cp_list(), "cp_list");
    CHECK(signature_of_get("li") == cp_get("li"), "cp_get");
    CHECK(signature_of_allows("ri", A_CALL, NULL) == 1, "cp_allows");
    CHECK(signature_of_explain("ri", A_CALL, NULL, 0, NULL) > 100, "cp_explain");
    CHECK(signature_of_properties_parse("ri", &set, NULL) == 1 && set == CP_RI, "cp_properties_parse");
    CHECK(signature_of_properties_format(set, NULL, 0) == 2, "cp_properties_format");
    CHECK(signature_of_call_parse(A_CALL, &call, NULL) == 1 && call.src == CP_EXTERNAL, "cp_call_parse");
    CHECK(signature_of_required(&call) == CP_RI, "cp_required");
    CHECK(signature_of_permits(set, &call) == 1, "cp_permits");
    CHECK(signature_of_permits_many(&set, &call, 1, &permitted) == 1 && permitted == 1, "cp_permits_many");
}

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"each call needs the property that the description says", each_call_needs_the_property_that_the_description_says},
        {"a call as text is the call as a value", a_call_as_text_is_the_call_as_a_value},
        {"bits that are no property grant nothing", bits_that_are_no_property_grant_nothing},
        {"a byte out of range makes a call that nothing permits", a_byte_out_of_range_makes_a_call_that_nothing_permits},
        {"a byte out of range is refused among many", a_byte_out_of_range_is_refused_among_many},
        {"every single byte value of each field is judged rightly", every_single_byte_value_of_each_field_is_judged_rightly},
        {"many decisions are as many single ones, at any alignment", many_decisions_are_as_many_single_ones_at_any_alignment},
        {"many decisions cover every call with every set", many_decisions_cover_every_call_with_every_set},
        {"many decisions without arrays are none", many_decisions_without_arrays_are_none},
        {"a set as text is cut off at the end of the buffer", a_set_as_text_is_cut_off_at_the_end_of_the_buffer},
        {"an explanation is cut off at the end of the buffer", an_explanation_is_cut_off_at_the_end_of_the_buffer},
        {"an error explains nothing and empties the buffer", an_error_explains_nothing_and_empties_the_buffer},
        {"what is parsed stays untouched on an error", what_is_parsed_stays_untouched_on_an_error},
        {"what is parsed is all that is written", what_is_parsed_is_all_that_is_written},
        {"an error is cleared at entry and filled in within its bounds",
            an_error_is_cleared_at_entry_and_filled_in_within_its_bounds},
        {"NULL is refused for every argument that needs a pointer", null_is_refused_for_every_argument_that_needs_a_pointer},
        {"nothing outside of the arguments is read or written", nothing_outside_of_the_arguments_is_read_or_written},
        {"arguments may stand in memory that cannot be written", arguments_may_stand_in_memory_that_cannot_be_written},
        {"borrowed text is the same every time", borrowed_text_is_the_same_every_time},
        {"the library is of the version that its header says", the_library_is_of_the_version_that_its_header_says},
        {"a pointer to each function is the function", a_pointer_to_each_function_is_the_function},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
