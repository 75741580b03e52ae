/* SPDX-License-Identifier: MIT */
/**
 * \file replaced.c
 * The host replaces jansson's allocator between calls: every block goes back to whom it came from, nothing stays behind, and every
 * answer is right. The catalogue is made under each of the allocators, and read under all of them.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fence.h"
#include "texts.h"

enum { ALLOCATORS = 3, ROUNDS = 4 };

static long calls, asked, wrong, foreign, left, damaged;

static void replace(int by)
{
    json_set_alloc_funcs(by == 0 ? fence_malloc_a
            : by == 1            ? fence_malloc_b
                                 : malloc,
        by == 0       ? fence_free_a
            : by == 1 ? fence_free_b
                      : free);
}

/** After each call. */
static void look(int is_right)
{
    calls++;
    asked += fence_count.asked;
    wrong += !is_right;
    foreign += fence_count.foreign;
    left += fence_count.alive != 0;
    damaged += fence_count.damaged;
    fence_begin(&fence_no_failure);
}

/** Returns what is wrong, in a process whose first catalogue is made under this allocator. */
static int live(int first)
{
    const char *list, *object;
    struct outcome outcome;
    int round, reader, by = first;
    size_t i;

    fence_begin(&fence_no_failure);
    replace(by);
    list = cp_list();
    object = cp_get("ro");
    look(list != NULL && object != NULL && strstr(list, object) != NULL);
    for (round = 0; round < ROUNDS; round++)
        for (i = 0; i < texts_count; i++)
            for (reader = 0; reader < READERS; reader++) {
                /* Each reader comes to each allocator, after each other one. */
                by = (by + 1 + round % 2) % ALLOCATORS;
                replace(by);
                read_text((enum reader)reader, &texts[i], &outcome);
                look(wrong_in((enum reader)reader, &texts[i], &outcome) == NULL);
                if (i % 16 == 0)
                    look(cp_list() == list && cp_get("ro") == object && strstr(list, object) != NULL);
            }
    printf(
        "  replaced between calls, the catalogue made by allocator %d: %ld calls, %ld blocks: %ld wrong, %ld blocks freed by the "
        "wrong allocator, %ld left behind, %ld damaged\n",
        first, calls, asked, wrong, foreign, left, damaged);
    fflush(stdout);
    return asked == 0 || wrong != 0 || foreign != 0 || left != 0 || damaged != 0;
}

int main(void)
{
    int first, status, failed = 0;

    texts_make();
    fflush(stdout);
    for (first = 0; first < ALLOCATORS; first++)
        if (fork() == 0)
            _exit(live(first));
        else
            wait(&status), failed |= status;
    return failed != 0;
}
