/* SPDX-License-Identifier: MIT */
/* The floors: the same work in C, as fast as it can be written plainly, behind a shared library of its own. The table
   holds the same 64 entries as DecisionTable.swift; rows.c checks that both decide alike before measuring. It is a contestant: no test
   takes what is right from here. */
#include "c_table.h"

enum { CQ = 0x03, LI = 0x05, LO = 0x09, QLI = 0x11, QRI = 0x21, RI = 0x41, RO = 0x81 };

/* clang-format off */
static const uint8_t table[64] = {
    LO, 0, 0, 0, RO, 0, 0, 0, LO, 0, 0, 0, LO, 0, 0, 0,
    LI, RI, 0, 0, 0, 0, 0, 0, QLI, QRI, 0, 0, LI, RI, 0, 0,
    LO, 0, CQ, 0, RO, 0, CQ, 0, LO, 0, CQ, 0, LO, 0, CQ, 0,
    LI, RI, LI, 0, 0, 0, 0, 0, QLI, QRI, QLI, 0, LI, RI, LI, 0,
};
/* clang-format on */

static inline uint32_t requirement(const cp_call *call)
{
    if (((call->src | call->dst) & ~3) | ((call->leg | call->callback) & ~1))
        return 0;
    return table[call->src | call->dst << 2 | call->leg << 4 | call->callback << 5];
}

/* At the start of a cache line: otherwise a few percent hang on where the linker happens to put them. */
#define ALIGNED __attribute__((aligned(64)))

ALIGNED int c_permits(uint32_t granted, const cp_call *call) { return call && (granted & requirement(call)) != 0; }

ALIGNED uint32_t c_required(const cp_call *call) { return call ? requirement(call) & ~1u : 0; }

ALIGNED size_t c_permits_many(const uint32_t *granted, const cp_call *calls, size_t n, uint8_t *permitted)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += permitted[i] = (granted[i] & requirement(&calls[i])) != 0;
    return count;
}

ALIGNED size_t c_required_many(const cp_call *calls, size_t n, uint32_t *required)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += (required[i] = requirement(&calls[i]) & ~1u) != 0;
    return count;
}

/* What any kernel has to do, and nothing else: 8 bytes read and 1 written for each decision, 32 bytes at a time. */
typedef uint8_t wide __attribute__((vector_size(32), aligned(1), may_alias));

#if defined(__x86_64__)
__attribute__((target("avx2")))
#endif
static void stream(const wide *granted, const wide *calls, size_t n, wide *out)
{
    for (size_t i = 0; i < n / 32; i++, granted += 4, calls += 4)
        out[i] = (granted[0] | granted[1] | granted[2] | granted[3]) & (calls[0] | calls[1] | calls[2] | calls[3]);
}

size_t c_stream(const uint32_t *granted, const cp_call *calls, size_t n, uint8_t *out)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2"))
        return 0;
#endif
    stream((const wide *)granted, (const wide *)calls, n, (wide *)out);
    return n;
}

/* What a call through a foreign function interface costs before anything is decided. */
int c_empty_typed(uint32_t granted, const cp_call *call)
{
    (void)granted, (void)call;
    return 0;
}

int c_empty_text(const char *property_list, const char *call, cp_error *error)
{
    (void)property_list, (void)call, (void)error;
    return 0;
}

static unsigned random_bits(uint64_t *state, unsigned count)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> (64 - count));
}

/* The same cases for everyone: each has one of 16 statuses, which are any sets, and a call that can happen. */
void c_random(uint32_t *granted, cp_call *calls, size_t n)
{
    uint64_t state = 20261123;
    uint32_t statuses[16];
    for (int i = 0; i < 16; i++)
        statuses[i] = random_bits(&state, 8);
    for (size_t i = 0; i < n;) {
        unsigned facts = random_bits(&state, 6);
        if (!table[facts])
            continue;
        granted[i] = statuses[random_bits(&state, 4)];
        calls[i++] = (cp_call){facts & 3, facts >> 2 & 3, facts >> 4 & 1, (uint8_t)(facts >> 5)};
    }
}
