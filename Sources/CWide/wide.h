/* SPDX-License-Identifier: MIT */
/* What the core needs to use the wide kernels. Not part of the API, and not exported. */
#ifndef CALLPROP_WIDE_H
#define CALLPROP_WIDE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) || defined(__aarch64__)
/** Decides n calls, n a multiple of 32 (16 on ARM), by the 64 entries of the decision table; returns how many are permitted. */
size_t callprop_permits_wide(const void *granted, const void *calls, size_t n, void *permitted, const void *table);
#endif

#if defined(__aarch64__)
/** What n calls require, n a multiple of 16; returns how many can happen. */
size_t callprop_required_wide(const void *calls, size_t n, void *required, const void *table);
#endif

#if defined(__x86_64__)
#include <cpuid.h>

/** Asks for the 128 bytes that are needed a page after those at an address: what the processor fetches ahead by itself ends with
    the page. That there may be nothing does no harm. */
static inline void callprop_fetch_ahead(const void *address)
{
    const uintptr_t page = 4096, line = 64, ahead = (uintptr_t)address + page;
    __builtin_prefetch((const void *)ahead);
    __builtin_prefetch((const void *)(ahead + line));
}

/** Whether the processor has AVX2, and the operating system saves its registers. */
static inline int callprop_has_avx2(void)
{
    const unsigned saves_registers = 1u << 27, avx = 1u << 28, avx2 = 1u << 5, xmm_and_ymm = 6;
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & saves_registers) || !(c & avx))
        return 0;
    unsigned saved, high;
    __asm__("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
    return (saved & xmm_and_ymm) == xmm_and_ymm && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & avx2) != 0;
}
#endif

#endif
