/* SPDX-License-Identifier: MIT */
/**
 * \file threads.c
 * Threads that race for the first cp_list, read what it gives byte by byte, and call everything else beside it: for tools that look
 * for data races (ThreadSanitizer, helgrind).
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "texts.h"

enum { THREADS = 4 };

static pthread_barrier_t before, after;
static unsigned sums[THREADS];

/** Its own function, so that a suppression can name it. */
__attribute__((noinline)) static unsigned read_catalogue(const char *text)
{
    unsigned sum = 0;

    while (*text != '\0')
        sum = sum * 31 + (unsigned char)*text++;
    return sum;
}

static void *race(void *argument)
{
    cp_call calls[64];
    cp_properties sets[64];
    uint8_t permitted[64];
    char reason[CP_REASON_MAX];
    struct outcome *outcome = malloc(sizeof *outcome);
    unsigned *sum = argument;
    const char *list, *object;
    int is_reader = (sum - sums) % 2;
    size_t i;

    memset(calls, 0, sizeof calls);
    memset(sets, 0xFF, sizeof sets);
    pthread_barrier_wait(&before);
    /* Half of the threads race to make the catalogue, and do not read it: else their reads would push their writes out of
       ThreadSanitizer's memory. The others come later, by the clock alone, and read what they did not write. */
    if (is_reader)
        usleep(20000);
    list = cp_list();
    object = cp_get("qli");
    if (is_reader)
        *sum = read_catalogue(list) + read_catalogue(object);
    pthread_barrier_wait(&after);
    if (!is_reader)
        *sum = read_catalogue(list) + read_catalogue(object);
    if (cp_permits_many(sets, calls, 64, permitted) != 64 || cp_required_many(calls, 64, sets) != 64 || outcome == NULL)
        abort();
    if (cp_reason(CP_LO, calls, reason, sizeof reason) == 0 || cp_call_format(calls, reason, sizeof reason) == 0)
        abort();
    for (i = 0; i < texts_count; i += 5) {
        enum reader reader = (enum reader)(i % READERS);

        read_text(reader, &texts[i], outcome);
        if (strlen(texts[i].list) < 5000 && wrong_in(reader, &texts[i], outcome) != NULL)
            abort();
    }
    free(outcome);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int i, is_wrong = 0;

    texts_make();
    pthread_barrier_init(&before, NULL, THREADS);
    pthread_barrier_init(&after, NULL, THREADS);
    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, race, &sums[i]) != 0)
            abort();
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (i = 0; i < THREADS; i++)
        is_wrong |= sums[i] != read_catalogue(cp_list()) + read_catalogue(cp_get("qli"));
    printf("  threads: %d raced for the first cp_list: %s\n", THREADS,
        is_wrong ? "they saw different texts" : "all saw the same text");
    return is_wrong;
}
