/* SPDX-License-Identifier: MIT */
/**
 * \file fence.h
 * An allocator that fails by plan, knows who owns each block, and ends each block where a forbidden page begins, so that
 * reading or writing one byte too far is a crash. Compiled with FENCE_PLAIN, blocks come from malloc instead, for
 * tools that watch malloc themselves (AddressSanitizer, valgrind).
 */
#ifndef FENCE_H
#define FENCE_H

#include <stddef.h>

/** Which allocations fail: those with a number (counted from 0) in from … from + count - 1, that ask for more than `above` bytes and,
 * where it is not 0, for at most `upto`, with a chance of `chance` in 256 (0: always); and, where `quota` is not 0, those after
 * which more than that would be in use. */
struct fence_plan {
    long from, count;
    size_t above, upto, quota;
    unsigned chance, seed;
};

extern const struct fence_plan fence_no_failure;

/** Two allocators for json_set_alloc_funcs. What one gave and the other takes is taken, and counted. */
void *fence_malloc_a(size_t size);
void fence_free_a(void *memory);
void *fence_malloc_b(size_t size);
void fence_free_b(void *memory);

/** Starts a count; what is still there from before is forgotten. */
void fence_begin(const struct fence_plan *plan);

/** While this is not 0, all by which this thread asks the C library for memory goes by the plan as well. Not with FENCE_PLAIN. */
extern __thread int fence_interposes;

/** Since fence_begin: allocations asked for, blocks and mappings not given back, bytes in those blocks; and what went wrong:
 * blocks that the other allocator took back, and blocks written to beyond their ends or after their end. */
struct fence_count {
    long asked, alive, bytes_alive, mappings, foreign, damaged;
};

extern struct fence_count fence_count;

#endif
