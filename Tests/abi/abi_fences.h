/* SPDX-License-Identifier: MIT */
/**
 * \file abi_fences.h
 * Memory in which it shows when something else is read or written: between canaries, or between pages.
 * Needs _DEFAULT_SOURCE, for mmap's MAP_ANONYMOUS.
 */
#ifndef ABI_FENCES_H
#define ABI_FENCES_H

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/** Bytes between canaries. */
enum { CANARY = 0xA5, FENCE = 64 };

struct fenced {
    unsigned char before[FENCE];
    unsigned char bytes[2048];
};

static inline void fence(struct fenced *memory) { memset(memory, CANARY, sizeof *memory); }

/** Whether everything but the first `size` of the bytes is as it was. */
static inline int fence_holds(const struct fenced *memory, size_t size)
{
    size_t i;

    for (i = 0; i < FENCE; i++)
        if (memory->before[i] != CANARY)
            return 0;
    for (i = size; i < sizeof memory->bytes; i++)
        if (memory->bytes[i] != CANARY)
            return 0;
    return 1;
}

/** Whether the bytes hold `text`, cut off as snprintf does in a buffer of `size`, and nothing else was written. */
static inline int holds_prefix(const struct fenced *memory, size_t size, const char *text, size_t length)
{
    size_t written = size == 0 ? 0 : size - 1 < length ? size - 1 : length;

    if (size == 0)
        return fence_holds(memory, 0);
    return fence_holds(memory, size) && memcmp(memory->bytes, text, written) == 0 && memory->bytes[written] == '\0';
}

/** Memory between two pages that cannot be touched: reading or writing past either end kills the program. */
struct island {
    unsigned char *start;
    unsigned char *end;
};

static inline struct island make_island(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct island island = {NULL, NULL};
    unsigned char *pages = mmap(NULL, page * 34, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED || mprotect(pages + page, page * 32, PROT_READ | PROT_WRITE) != 0) {
        puts("FAILED: no memory to test with");
        _exit(2);
    }
    island.start = pages + page;
    island.end = pages + page * 33;
    return island;
}

/** A copy of the text whose NUL is the last byte before the end of the island. */
static inline const char *at_the_end(const struct island *island, const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(island->end - size, text, size);
}

#endif
