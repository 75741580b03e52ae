/* SPDX-License-Identifier: MIT */
/**
 * \file abi_arrays.c
 * Many calls at once, from C99: what arrays decide and require is what each call does alone, at any alignment and with any bytes.
 */
#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS */

#include <callprop.h>

#include <string.h>

#include "abi_calls.h"
#include "abi_fences.h"
#include "abi_words.h"
#include "check.h"

enum { MANY = 130, EVERY_TWO_BYTES = 256 * 256 };

/** A scenario's call with everything that two of its bytes can be. */
static void fill_with_two_bytes(unsigned char calls[EVERY_TWO_BYTES][4], size_t scenario, int first, int second)
{
    size_t i;

    for (i = 0; i < EVERY_TWO_BYTES; i++) {
        memcpy(calls[i], &scenarios[scenario].call, 4);
        calls[i][first] = (unsigned char)(i >> 8);
        calls[i][second] = (unsigned char)i;
    }
}

/* ---- Permitted ---------------------------------------------------------------------------------------- */

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
        CHECK(permitted[i] == one && one == is_permitted(set, call),
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
        expected_count += (size_t)is_permitted(granted[i], calls[i]);
        CHECK(permitted[i] == is_permitted(granted[i], calls[i]), "set %#x, bytes %d %d %d %d", (unsigned)granted[i],
            calls[i].src, calls[i].dst, calls[i].leg, calls[i].callback);
    }
    CHECK(count == expected_count, "returned %lu, expected %lu", (unsigned long)count, (unsigned long)expected_count);
}

static void a_byte_out_of_range_is_refused_among_many(void)
{
    static cp_properties every_bit[EVERY_TWO_BYTES];
    static unsigned char calls[EVERY_TWO_BYTES][4];
    static uint8_t permitted[EVERY_TWO_BYTES];
    size_t base, i;
    int first, second;

    memset(every_bit, 0xFF, sizeof every_bit);
    for (base = 0; base < SCENARIOS; base += 5)
        for (first = 0; first < 3; first++)
            for (second = first + 1; second < 4; second++) {
                size_t count, expected_count = 0;

                fill_with_two_bytes(calls, base, first, second);
                count = cp_permits_many(every_bit, (const cp_call *)(const void *)calls, EVERY_TWO_BYTES, permitted);
                for (i = 0; i < EVERY_TWO_BYTES; i++) {
                    cp_call call;

                    memcpy(&call, calls[i], 4);
                    expected_count += required_by(call) != 0;
                    CHECK(permitted[i] == (required_by(call) != 0), "bytes %d %d %d %d: %d", call.src, call.dst, call.leg,
                        call.callback, permitted[i]);
                }
                CHECK(count == expected_count, "returned %lu, expected %lu", (unsigned long)count, (unsigned long)expected_count);
            }
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

/* ---- Required ----------------------------------------------------------------------------------------- */

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
        CHECK(one == cp_required(&call) && one == required_by(call),
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
    static unsigned char calls[EVERY_TWO_BYTES][4];
    static cp_properties required[EVERY_TWO_BYTES];
    size_t base, i;
    int first, second;

    for (base = 0; base < SCENARIOS; base += 5)
        for (first = 0; first < 3; first++)
            for (second = first + 1; second < 4; second++) {
                size_t count, expected_count = 0;

                fill_with_two_bytes(calls, base, first, second);
                count = cp_required_many((const cp_call *)(const void *)calls, EVERY_TWO_BYTES, required);
                for (i = 0; i < EVERY_TWO_BYTES; i++) {
                    cp_call call;

                    memcpy(&call, calls[i], 4);
                    expected_count += required_by(call) != 0;
                    CHECK(required[i] == required_by(call), "bytes %d %d %d %d: %#x", call.src, call.dst, call.leg, call.callback,
                        (unsigned)required[i]);
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

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"many decisions are as many single ones, at any alignment", many_decisions_are_as_many_single_ones_at_any_alignment},
        {"many decisions cover every call with every set", many_decisions_cover_every_call_with_every_set},
        {"a byte out of range is refused among many", a_byte_out_of_range_is_refused_among_many},
        {"many decisions without arrays are none", many_decisions_without_arrays_are_none},
        {"what many calls require is what each does, at any alignment",
            what_many_calls_require_is_what_each_does_at_any_alignment},
        {"what many calls require is right for every two bytes", what_many_calls_require_is_right_for_every_two_bytes},
        {"what many calls require without arrays is nothing", what_many_calls_require_without_arrays_is_nothing},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
