/* SPDX-License-Identifier: MIT */
/**
 * \file abi_calls.h
 * Calls to try: each of the 64, by its number; and some without a pattern, of bytes that may be out of range.
 */
#ifndef ABI_CALLS_H
#define ABI_CALLS_H

#include "../shared/scenarios.h"

static inline cp_call call_of_number(unsigned number)
{
    return cp_call_make((int)(number & 3), (int)(number >> 2 & 3), (int)(number >> 4 & 1), (int)(number >> 5 & 1));
}

/** Numbers without a pattern, the same in every run. */
static inline uint32_t next_random(void)
{
    static uint32_t state = 2463534242u;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/** One call in four has a byte changed, mostly in one bit; one set in four has bits that are no property. */
static inline void fill_pair(unsigned char *granted, unsigned char *call)
{
    uint32_t random = next_random();
    cp_properties set = random & 1 ? 0 : random >> 8 & 0xFF;
    unsigned char bytes[4];

    if (random >> 1 & 1)
        set = (cp_properties)1 << (random >> 2 & 7);
    if ((random >> 5 & 3) == 0)
        set |= next_random() & 0xFFFFFF00u;
    memcpy(granted, &set, 4);

    memcpy(bytes, &scenarios[next_random() % SCENARIOS].call, 4);
    random = next_random();
    if ((random & 3) == 0)
        bytes[random >> 2 & 3] ^= (unsigned char)(random >> 4 & 3 ? 1u << (random >> 6 & 7) : random >> 9);
    memcpy(call, bytes, 4);
}

#endif
