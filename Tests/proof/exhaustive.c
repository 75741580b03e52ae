/* SPDX-License-Identifier: MIT */
/**
 * \file exhaustive.c
 * Every value that a cp_call can have, through the installed library.
 *
 * exhaustive all: all 2^32 calls. exhaustive arrays: cp_permits_many and cp_required_many at every length, alignment and edge of
 * memory; prints which code decided the arrays: the wide kernel (AVX2) or the portable one.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "../shared/scenarios.h"

static cp_call call_of(uint32_t bytes)
{
    cp_call call;

    memcpy(&call, &bytes, 4);
    return call;
}

/* ---- Reports --------------------------------------------------------------------------------------- */

static long failures;

static void wrong(const char *what, uint32_t call, uint32_t granted, long seen)
{
    if (__sync_add_and_fetch(&failures, 1) <= 10)
        printf("  wrong: %s: call bytes %08x, granted %08x: %ld\n", what, (unsigned)call, (unsigned)granted, seen);
}

/** Which code decides 32 calls. The wide kernel clears the upper halves of the processor's wide registers when it ends; the
 * portable code does not touch them. So something is put there, and looked for after the call. */
static const char *code_that_decides_arrays(void)
{
    cp_properties granted[32] = {0};
    cp_call calls[32] = {{0, 0, 0, 0}};
    uint8_t permitted[32];
    unsigned a, b = 0, c, d;
    const char *kernel = "portable";

    cp_permits_many(granted, calls, 32, permitted);
#if defined(__x86_64__)
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 5) != 0) {
        long long upper[2] = {0, 0};

        __asm__ volatile("vpcmpeqd %%ymm15, %%ymm15, %%ymm15" ::: "xmm15");
        cp_permits_many(granted, calls, 32, permitted);
        __asm__ volatile("vextractf128 $1, %%ymm15, %0" : "=m"(upper));
        if (upper[0] == 0)
            kernel = "wide (AVX2)";
    }
    printf("  cpuid says: %s; cp_permits_many decides by: the %s code\n", (b & 1u << 5) != 0 ? "AVX2" : "no AVX2", kernel);
#else
    (void)a, (void)b, (void)c, (void)d;
    printf("  cp_permits_many decides by: the %s code\n", kernel);
#endif
    return kernel;
}

/* ---- All 2^32 calls -------------------------------------------------------------------------------- */

enum { BLOCK = 4096 };

static struct part {
    uint64_t start, end;
    long with_property, permitted;
} parts[64];

/** A set that differs from call to call, in all 32 bits. */
static uint32_t some_set(uint32_t call)
{
    call ^= call >> 15;
    call *= 2246822519u;
    call ^= call >> 13;
    return call;
}

static void *go_through(void *argument)
{
    struct part *part = argument;
    static __thread uint32_t calls[BLOCK], granted[BLOCK], required_many[BLOCK];
    static __thread uint8_t permitted[BLOCK];
    uint64_t first;
    size_t i;

    for (first = part->start; first < part->end; first += BLOCK) {
        size_t count, can_happen, one_by_one = 0, required_one_by_one = 0;

        for (i = 0; i < BLOCK; i++) {
            calls[i] = (uint32_t)(first + i);
            granted[i] = some_set(calls[i]);
            permitted[i] = 0xEE;
            required_many[i] = 0xEEEEEEEE;
        }
        count = cp_permits_many(granted, (const cp_call *)calls, BLOCK, permitted);
        can_happen = cp_required_many((const cp_call *)calls, BLOCK, required_many);
        for (i = 0; i < BLOCK; i++) {
            const cp_call *call = (const cp_call *)&calls[i];
            cp_properties required = cp_required(call);
            int with_all = cp_permits(0xFFFFFFFFu, call), with_some = cp_permits(granted[i], call);

            one_by_one += (size_t)with_some;
            required_one_by_one += required != 0;
            if (required_many[i] != required)
                wrong("cp_required_many is not cp_required", calls[i], 0, required_many[i]);
            if (permitted[i] != with_some)
                wrong("cp_permits_many is not cp_permits", calls[i], granted[i], permitted[i]);
            if (required == 0 && with_all == 0 && with_some == 0)
                continue;
            part->with_property += required != 0;
            part->permitted += with_all != 0;
            if (required != required_by(*call))
                wrong("cp_required", calls[i], 0, required);
            if (with_all != is_permitted(0xFFFFFFFFu, *call))
                wrong("cp_permits, everything granted", calls[i], 0xFFFFFFFFu, with_all);
            if (with_some != is_permitted(granted[i], *call))
                wrong("cp_permits", calls[i], granted[i], with_some);
        }
        if (count != one_by_one)
            wrong("the count of cp_permits_many", (uint32_t)first, 0, (long)count);
        if (can_happen != required_one_by_one)
            wrong("the count of cp_required_many", (uint32_t)first, 0, (long)can_happen);
    }
    return NULL;
}

static int go_through_all(void)
{
    long threads = sysconf(_SC_NPROCESSORS_ONLN), i, with_property = 0, permitted = 0;
    pthread_t ids[64];

    if (threads < 1 || threads > 64)
        threads = 2;
    for (i = 0; i < threads; i++) {
        uint64_t blocks = ((uint64_t)1 << 32) / BLOCK;

        parts[i].start = blocks * (uint64_t)i / (uint64_t)threads * BLOCK;
        parts[i].end = blocks * (uint64_t)(i + 1) / (uint64_t)threads * BLOCK;
        if (pthread_create(&ids[i], NULL, go_through, &parts[i]) != 0)
            abort();
    }
    for (i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        with_property += parts[i].with_property;
        permitted += parts[i].permitted;
    }
    printf("4294967296 calls, %ld have a property, %ld others permitted, %ld wrong", with_property, permitted - with_property,
        failures);
    return with_property == SCENARIOS && permitted == SCENARIOS && failures == 0;
}

/* ---- All sets -------------------------------------------------------------------------------------- */

/** The 64 calls in range and their neighbours out of range, with all sets, and with rubbish in the other bits of the sets. */
static void go_through_sets(long *made)
{
    uint32_t set, rubbish, call;

    for (call = 0; call < 5 * 5 * 3 * 3; call++) {
        cp_call value = {(uint8_t)(call % 5), (uint8_t)(call / 5 % 5), (uint8_t)(call / 25 % 3), (uint8_t)(call / 75)};

        if (cp_required(&value) != required_by(value))
            wrong("cp_required", call, 0, (long)cp_required(&value));
        for (set = 0; set < 256; set++)
            for (rubbish = 0; rubbish < 32; rubbish++) {
                /* none, each bit from 8 to 31 alone, all, and mixtures */
                uint32_t bits = rubbish == 0 ? 0
                    : rubbish < 25           ? 1u << (rubbish + 7)
                    : rubbish == 25          ? ~0u
                                             : some_set(rubbish * 977u);
                cp_properties granted = set | (bits & 0xFFFFFF00u);

                ++*made;
                if (cp_permits(granted, &value) != is_permitted(set, value))
                    wrong("cp_permits, one of 256 sets", call, granted, cp_permits(granted, &value));
            }
    }
    if (cp_required(NULL) != 0 || cp_permits(0xFFFFFFFFu, NULL) != 0)
        wrong("NULL", 0, 0, 0);
}

/* ---- Arrays ---------------------------------------------------------------------------------------- */

enum { LONGEST = 130, ALIGNMENTS = 32, GUARD = 64, ROOM = 4096 };

/** Two pages between two that must not be touched. */
static uint8_t *fenced(void)
{
    uint8_t *memory = mmap(NULL, 4 * ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED || mprotect(memory + ROOM, 2 * ROOM, PROT_READ | PROT_WRITE) != 0)
        abort();
    return memory + ROOM;
}

static uint32_t sets[LONGEST], calls[LONGEST];
static cp_properties required_each[LONGEST];
static uint8_t expected[LONGEST];

/** n decisions, with the arrays at these places. `guarded`: how many bytes around `permitted` may be looked at. */
static void decide(uint8_t *granted, uint8_t *call, uint8_t *permitted, size_t n, size_t guard)
{
    size_t i, count, expected_count = 0;

    memcpy(granted, sets, n * 4);
    memcpy(call, calls, n * 4);
    memset(permitted - guard, 0xEE, n + 2 * guard);
    count = cp_permits_many((const cp_properties *)(void *)granted, (const cp_call *)call, n, permitted);
    for (i = 0; i < n; i++)
        expected_count += expected[i];
    if (count != expected_count || memcmp(permitted, expected, n) != 0)
        wrong("cp_permits_many, n", (uint32_t)n, 0, (long)count);
    for (i = 0; i < guard; i++)
        if (permitted[-1 - (long)i] != 0xEE || permitted[n + i] != 0xEE)
            wrong("cp_permits_many wrote beside the array, n", (uint32_t)n, 0, (long)i);
}

/** n calls, and room for what each requires, at these places. */
static void require(uint8_t *call, uint8_t *required, size_t n, size_t guard)
{
    size_t i, count, expected_count = 0;

    memcpy(call, calls, n * 4);
    memset(required - guard, 0xEE, n * 4 + 2 * guard);
    count = cp_required_many((const cp_call *)call, n, (cp_properties *)(void *)required);
    for (i = 0; i < n; i++)
        expected_count += required_each[i] != 0;
    if (count != expected_count || memcmp(required, required_each, n * 4) != 0)
        wrong("cp_required_many, n", (uint32_t)n, 0, (long)count);
    for (i = 0; i < guard; i++)
        if (required[-1 - (long)i] != 0xEE || required[n * 4 + i] != 0xEE)
            wrong("cp_required_many wrote beside the array, n", (uint32_t)n, 0, (long)i);
}

static void go_through_arrays(int is_reduced, long *made)
{
    uint8_t *granted = fenced(), *call = fenced(), *permitted = fenced();
    size_t n, a, b, c;

    for (n = 0; n < LONGEST; n++) {
        /* Half of the calls can happen; a quarter is out of range in one byte. */
        cp_call value = scenarios[some_set((uint32_t)n) % SCENARIOS].call;
        cp_call other = call_of(some_set((uint32_t)n * 31) & 0x01010303u);

        if (n % 2)
            value = other;
        memcpy(&calls[n], &value, 4);
        calls[n] ^= n % 4 == 3 ? 0x80u << (n / 4 % 4 * 8) : 0;
        sets[n] = some_set((uint32_t)n * 7919) & ~(n % 3 ? (uint32_t)CP_ALL : 0);
        required_each[n] = required_by(call_of(calls[n]));
        expected[n] = (uint8_t)is_permitted(sets[n], call_of(calls[n]));
    }
    for (n = 0; n <= LONGEST; n++) {
        for (a = 0; a < ALIGNMENTS; a++)
            for (b = 0; b < ALIGNMENTS; b++, ++*made)
                require(call + GUARD + a, granted + GUARD + b, n, GUARD);
        for (a = 0; a < ALIGNMENTS; a++)
            for (b = 0; b < ALIGNMENTS; b++)
                for (c = 0; c < ALIGNMENTS; c += is_reduced ? 1 + (a * b) % ALIGNMENTS : 1) {
                    if (is_reduced && a != 0 && b != 0 && a != b)
                        continue;
                    ++*made;
                    decide(granted + GUARD + a, call + GUARD + b, permitted + GUARD + c, n, GUARD);
                }
        /* Right behind a forbidden page, and right before one. */
        decide(granted, call, permitted, n, 0);
        decide(granted + 2 * ROOM - 4 * n, call + 2 * ROOM - 4 * n, permitted + 2 * ROOM - n, n, 0);
        require(call, granted, n, 0);
        require(call + 2 * ROOM - 4 * n, granted + 2 * ROOM - 4 * n, n, 0);
        *made += 4;
    }
    if (cp_permits_many(NULL, (cp_call *)call, 1, permitted) != 0 || cp_permits_many(sets, NULL, 1, permitted) != 0 ||
        cp_permits_many(sets, (cp_call *)call, 1, NULL) != 0 || cp_permits_many(NULL, NULL, 0, NULL) != 0)
        wrong("cp_permits_many, NULL", 0, 0, 0);
    if (cp_required_many(NULL, 1, sets) != 0 || cp_required_many((cp_call *)call, 1, NULL) != 0 ||
        cp_required_many(NULL, 0, NULL) != 0)
        wrong("cp_required_many, NULL", 0, 0, 0);
}

int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "all", *kernel;
    long decisions = 0, arrays = 0;

    if (strcmp(what, "all") == 0)
        return !go_through_all();
    kernel = code_that_decides_arrays();
    if (count > 2 && strcmp(arguments[2], kernel) != 0) {
        printf("  wrong: this was to run the %s code, not the %s\n", arguments[2], kernel);
        return 1;
    }
    go_through_sets(&decisions);
    go_through_arrays(strcmp(what, "few-arrays") == 0, &arrays);
    printf("  the %s code: %ld decisions on sets, %ld arrays, %ld wrong\n", kernel, decisions, arrays, failures);
    return failures != 0;
}
