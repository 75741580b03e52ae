/* SPDX-License-Identifier: MIT */
/**
 * \file fence.c
 * See fence.h. Built as a library that programs link with before the C library, whose malloc it stands in front of.
 */
#include "fence.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where words have 32 bits, the kernel counts in pages from where. */
#ifdef SYS_mmap2
#define MAP_CALL SYS_mmap2
#define MAP_UNIT 4096
#else
#define MAP_CALL SYS_mmap
#define MAP_UNIT 1
#endif

enum { PAGE = 4096, NOBODY = 0, OWNER_A, OWNER_B, OWNER_PROCESS, FRESH = 0xA5, GONE = 0xDD };

const struct fence_plan fence_no_failure = {0, 0, 0, 0, 0, 0, 0};
struct fence_count fence_count;
__thread int fence_interposes;

static struct fence_plan plan;
static unsigned dice;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/** Whether allocation `number` fails. */
static int is_to_fail(long number, size_t size)
{
    if (plan.quota != 0 && (size_t)fence_count.bytes_alive + size > plan.quota)
        return 1;
    if (number < plan.from || number - plan.from >= plan.count || size <= plan.above || (plan.upto != 0 && size > plan.upto))
        return 0;
    if (plan.chance == 0)
        return 1;
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 16) % 256 < plan.chance;
}

/* ---- Where blocks come from ------------------------------------------------------------------------ */

/** What is known of a block. */
struct block {
    struct block *next; /* in the queue of those that are free */
    char *end;          /* where the forbidden page begins */
    char *start;
    size_t size, dirty; /* dirty: how much before `end` was ever used */
    int owner;
};

#ifdef FENCE_PLAIN

static struct block *block_of(void *memory)
{
    return (struct block *)((char *)memory - ((sizeof(struct block) + 15) & ~(size_t)15));
}

static struct block *take_block(size_t size)
{
    size_t head = (sizeof(struct block) + 15) & ~(size_t)15;
    char *memory = malloc(head + size);
    struct block *block = (struct block *)memory;

    if (memory == NULL)
        abort();
    block->start = memory + head;
    return block;
}

static void give_back_block(struct block *block) { free(block); }
static int is_damaged(const struct block *block) { return block->owner == NOBODY; }

#else

/** Where a processor stops at words that are not aligned, a few bytes between a block and the page behind it are let be. */
static size_t aligned(size_t size)
{
#if defined(__arm__)
    return (size + 7) & ~(size_t)7;
#else
    return size;
#endif
}

/** Blocks up to a size. The longest free is used first again, so that use after the end is found. */
struct pool {
    size_t room, count;
    char *memory;
    struct block *blocks, *first, *last;
};

static struct pool pools[] = {{PAGE, 500, NULL, NULL, NULL, NULL}, {33 * PAGE, 30, NULL, NULL, NULL, NULL}};

static void enqueue(struct pool *pool, struct block *block)
{
    block->next = NULL;
    block->owner = NOBODY;
    if (pool->first == NULL)
        pool->first = block;
    else
        pool->last->next = block;
    pool->last = block;
}

static void *map(size_t size)
{
    long address = syscall(MAP_CALL, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (address == -1)
        abort();
    return (void *)address;
}

static void make(struct pool *pool)
{
    size_t i, stride = pool->room + PAGE;

    pool->memory = map(pool->count * stride);
    pool->blocks = map(pool->count * sizeof *pool->blocks);
    pool->first = NULL;
    for (i = 0; i < pool->count; i++) {
        pool->blocks[i].end = pool->memory + i * stride + pool->room;
        if (mprotect(pool->blocks[i].end, PAGE, PROT_NONE) != 0)
            abort();
        enqueue(pool, &pool->blocks[i]);
    }
}

static struct block *block_of(void *memory)
{
    size_t i;

    for (i = 0; i < sizeof pools / sizeof pools[0]; i++) {
        size_t offset = (size_t)((char *)memory - pools[i].memory), stride = pools[i].room + PAGE;

        if (pools[i].memory != NULL && (char *)memory >= pools[i].memory && offset < pools[i].count * stride)
            return &pools[i].blocks[offset / stride];
    }
    return NULL;
}

static int is_filled(const char *start, const char *end, int with)
{
    while (start < end)
        if (*start++ != (char)with)
            return 0;
    return 1;
}

/** Whether something was written into a block that was free, or just before one that is not. */
static int is_damaged(const struct block *block)
{
    const char *before = block->dirty > aligned(block->size) ? block->end - block->dirty : block->start;

    return block->owner == NOBODY ? !is_filled(block->end - block->dirty, block->end, GONE)
                                  : !is_filled(before, block->start, GONE);
}

static struct block *take_block(size_t size)
{
    struct pool *pool = &pools[size > pools[0].room];
    struct block *block;

    if (pool->memory == NULL)
        make(pool);
    block = pool->first;
    if (size > pool->room || block == NULL) {
        fprintf(stderr, "fence: no room for %lu bytes\n", (unsigned long)size);
        abort();
    }
    pool->first = block->next;
    fence_count.damaged += is_damaged(block);
    block->start = block->end - aligned(size);
    if (block->dirty < aligned(size))
        block->dirty = aligned(size);
    return block;
}

static void give_back_block(struct block *block)
{
    memset(block->start, GONE, aligned(block->size));
    enqueue(&pools[block->size > pools[0].room], block);
}

#endif

/* ---- Two allocators -------------------------------------------------------------------------------- */

void fence_begin(const struct fence_plan *new_plan)
{
#ifndef FENCE_PLAIN
    size_t i, k;

    if (fence_count.alive != 0)
        for (i = 0; i < sizeof pools / sizeof pools[0]; i++)
            for (k = 0; pools[i].memory != NULL && k < pools[i].count; k++)
                if (pools[i].blocks[k].owner != NOBODY)
                    give_back_block(&pools[i].blocks[k]);
#endif
    plan = *new_plan;
    dice = plan.seed * 2654435761u;
    memset(&fence_count, 0, sizeof fence_count);
}

static void *give(size_t size, int owner)
{
    struct block *block = NULL;

    pthread_mutex_lock(&lock);
    if (!is_to_fail(fence_count.asked++, size)) {
        block = take_block(size);
        block->size = size;
        block->owner = owner;
        memset(block->start, FRESH, size);
        fence_count.alive++;
        fence_count.bytes_alive += (long)size;
    }
    pthread_mutex_unlock(&lock);
    return block == NULL ? NULL : block->start;
}

static void take(void *memory, int owner)
{
    struct block *block;

    if (memory == NULL)
        return;
    pthread_mutex_lock(&lock);
    block = block_of(memory);
    if (block == NULL || block->start != memory || block->owner == NOBODY) {
        fprintf(stderr, "fence: freed what is no block of ours, or twice: %p\n", memory);
        abort();
    }
    fence_count.foreign += block->owner != owner;
    fence_count.damaged += is_damaged(block);
    fence_count.alive--;
    fence_count.bytes_alive -= (long)block->size;
    give_back_block(block);
    pthread_mutex_unlock(&lock);
}

void *fence_malloc_a(size_t size) { return give(size, OWNER_A); }
void fence_free_a(void *memory) { take(memory, OWNER_A); }
void *fence_malloc_b(size_t size) { return give(size, OWNER_B); }
void fence_free_b(void *memory) { take(memory, OWNER_B); }

/* ---- The process's allocator ----------------------------------------------------------------------- */

#ifndef FENCE_PLAIN

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

void *malloc(size_t size) { return fence_interposes ? give(size, OWNER_PROCESS) : __libc_malloc(size); }

void *calloc(size_t count, size_t size)
{
    void *memory;

    if (!fence_interposes)
        return __libc_calloc(count, size);
    memory = give(count * size, OWNER_PROCESS);
    return memory == NULL ? NULL : memset(memory, 0, count * size);
}

void free(void *memory)
{
    if (memory != NULL && block_of(memory) != NULL)
        take(memory, OWNER_PROCESS);
    else
        __libc_free(memory);
}

void *realloc(void *memory, size_t size)
{
    struct block *block = memory == NULL ? NULL : block_of(memory);
    void *moved;

    if (block == NULL && !fence_interposes)
        return __libc_realloc(memory, size);
    moved = give(size, OWNER_PROCESS);
    if (moved != NULL && block != NULL)
        memcpy(moved, memory, block->size < size ? block->size : size);
    if (moved != NULL)
        free(memory);
    return moved;
}

/** What blocks cannot be used for: it is refused, or left to the C library. */
static int refuses(size_t size)
{
    if (!fence_interposes || !is_to_fail(fence_count.asked++, size))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *__libc_memalign(size_t alignment, size_t size);
void *__libc_valloc(size_t size);
void *__libc_pvalloc(size_t size);
void *__sbrk(intptr_t step);

void *memalign(size_t alignment, size_t size) { return refuses(size) ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
void *valloc(size_t size) { return refuses(size) ? NULL : __libc_valloc(size); }
void *pvalloc(size_t size) { return refuses(size) ? NULL : __libc_pvalloc(size); }
void *reallocarray(void *memory, size_t count, size_t size) { return realloc(memory, count * size); }
void *sbrk(intptr_t step) { return refuses((size_t)step) ? (void *)-1 : __sbrk(step); }

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

void *mmap(void *wanted, size_t size, int access, int flags, int file, off_t offset)
{
    if (refuses(size))
        return MAP_FAILED;
    fence_count.mappings += fence_interposes;
    return (void *)syscall(MAP_CALL, wanted, size, access, flags, file, (long)(offset / MAP_UNIT));
}

#ifdef SYS_mmap2
/* What the library calls there. */
void *mmap64(void *wanted, size_t size, int access, int flags, int file, off64_t offset)
{
    return mmap(wanted, size, access, flags, file, (off_t)offset);
}
#endif

int munmap(void *start, size_t size)
{
    fence_count.mappings -= fence_interposes;
    return (int)syscall(SYS_munmap, start, size);
}

#endif
