/* SPDX-License-Identifier: MIT */
/**
 * \file swapping.c
 * The host replaces jansson's allocator before, between and during calls. Each block knows which of two allocators gave it, so a
 * free by the other one is counted, harmless, and put down to whoever could have avoided it:
 *
 * - callprop: the allocators that it saw before and after the function of jansson that made the block, and before the one that
 *   freed it, were not one and the same, or it did not look;
 * - jansson: the allocator changed inside one of jansson's functions, which looks at it anew for each block;
 * - race: another thread replaced it in the few instructions between callprop's look and jansson's function.
 *
 * So whenever a thread is interrupted, callprop is blamed for nothing but what it saw. The functions of jansson by which callprop
 * allocates and frees are wrapped here, to know which one is running.
 */
#include <dlfcn.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fence.h"
#include "texts.h"

static long swaps;         /* grows by 2 each time the host replaces the allocator; odd while it does */
static int is_b;           /* which of the two is in place */
static int is_with_thread; /* whether another thread replaces it */

static void swap(void)
{
    __sync_add_and_fetch(&swaps, 1);
    is_b = !is_b;
    json_set_alloc_funcs(is_b ? fence_malloc_b : fence_malloc_a, is_b ? fence_free_b : fence_free_a);
    __sync_add_and_fetch(&swaps, 1);
}

static long swaps_so_far(void) { return __sync_add_and_fetch(&swaps, 0); }

/* ---- Which function of jansson runs ---------------------------------------------------------------- */

/** What callprop saw when it looked at the allocator. */
enum sight { NOTHING, ONE_OF_B = 1, BOTH_OF_B = 2, OF_A = 4 };

/** What is known of a thread's present call of jansson, and of callprop's last look. */
static __thread struct {
    int depth;
    const char *function;
    long number, swaps_at_entry, swaps_at_look;
    enum sight sight; /* NOTHING: it has not looked since the last call */
} running;

/** Called right before each look, and in each allocation: then the host may replace the allocator. */
static void on_moment(void);

/** What callprop saw before and after each call of jansson, and during which of them each allocation was made. */
enum { REMEMBERED = 1 << 23 };
static struct {
    unsigned char before, after;
} seen[REMEMBERED];
static int births[REMEMBERED];
static long jansson_calls;

static void enter(const char *function)
{
    if (running.depth++ > 0)
        return;
    running.function = function;
    running.number = __sync_add_and_fetch(&jansson_calls, 1) % REMEMBERED;
    running.swaps_at_entry = swaps_so_far();
    seen[running.number].before = (unsigned char)running.sight;
    seen[running.number].after = NOTHING;
}

static void leave(void)
{
    if (--running.depth == 0)
        running.sight = NOTHING;
}

/* Each wrapper finds the real function once. */
#define WRAP(type, name, parameters, arguments) \
    type name parameters \
    { \
        static type(*real) parameters; \
        type result; \
        if (real == NULL) \
            *(void **)&real = dlsym(RTLD_NEXT, #name); \
        enter(#name); \
        result = real arguments; \
        leave(); \
        return result; \
    }

WRAP(json_t *, json_object, (void), ())
WRAP(json_t *, json_array, (void), ())
WRAP(json_t *, json_stringn_nocheck, (const char *text, size_t size), (text, size))
WRAP(int, json_object_set_new_nocheck, (json_t * object, const char *key, json_t *value), (object, key, value))
WRAP(int, json_object_del, (json_t * object, const char *key), (object, key))
WRAP(int, json_array_append_new, (json_t * array, json_t *value), (array, value))
WRAP(int, json_array_remove, (json_t * array, size_t index), (array, index))
WRAP(json_t *, json_loadb, (const char *text, size_t size, size_t flags, json_error_t *error), (text, size, flags, error))
WRAP(json_t *, json_load_callback, (json_load_callback_t callback, void *data, size_t flags, json_error_t *error),
    (callback, data, flags, error))
WRAP(size_t, json_dumpb, (const json_t *json, char *buffer, size_t size, size_t flags), (json, buffer, size, flags))

void json_delete(json_t *json)
{
    static void (*real)(json_t *);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "json_delete");
    enter("json_delete");
    real(json);
    leave();
}

void json_get_alloc_funcs(json_malloc_t *allocate, json_free_t *release)
{
    static void (*real)(json_malloc_t *, json_free_t *);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "json_get_alloc_funcs");
    on_moment();
    running.swaps_at_look = swaps_so_far();
    real(allocate, release);
    running.sight = *allocate == fence_malloc_b && *release == fence_free_b ? BOTH_OF_B
        : *allocate == fence_malloc_b || *release == fence_free_b           ? ONE_OF_B
                                                                            : OF_A;
    if (seen[running.number].after == NOTHING)
        seen[running.number].after = (unsigned char)running.sight;
}

/* ---- Whose doing a foreign free is ----------------------------------------------------------------- */

static long by_callprop, by_jansson, by_race;

/** The case that runs, for messages. */
static const char *when;
static long first, second;
static const struct text *text;
static enum reader reader;

static void attribute(long number)
{
    int birth = births[number % REMEMBERED];
    long *whose = &by_jansson;

    if (running.depth == 0)
        whose = &by_callprop;
    else if (birth != running.number) {
        enum sight sight = seen[running.number].before;
        if (sight == NOTHING || seen[birth].before != sight || seen[birth].after != sight)
            whose = &by_callprop;
        else if (running.swaps_at_look != running.swaps_at_entry)
            whose = &by_race;
    }
    if (__sync_add_and_fetch(whose, 1) > 12 || whose != &by_callprop)
        return;
    printf("  freed by the wrong allocator, in %s: ", running.depth > 0 ? running.function : "callprop itself");
    if (is_with_thread)
        puts("while a thread replaced it");
    else
        printf("%s \"%s\" (%.50s), %s %ld, %ld; block %ld\n", reader_names[reader], text->kind, text->is_call ? text->call : text->list,
            when, first, second, number);
    fflush(stdout);
}

/* ---- Replaced at each moment ------------------------------------------------------------------------ */

static long calls, wrong, lost, most_lost, damaged;
static long moments;

/** Gives the other threads time, now and then. */
static void linger(void)
{
    static __thread unsigned count;
    const struct timespec a_while = {0, 20000};

    if (++count % 7 == 0)
        nanosleep(&a_while, NULL);
}

static void on_moment(void)
{
    if (is_with_thread) {
        linger();
        return;
    }
    if (moments == first || moments == second)
        swap();
    moments++;
}

static void on_allocation(long number)
{
    births[number % REMEMBERED] = running.depth > 0 ? (int)running.number : 0;
    on_moment();
}

static void call(struct fence_plan plan)
{
    struct outcome outcome;
    long swaps_before = swaps;

    moments = 0;
    fence_begin(&plan);
    read_text(reader, text, &outcome);
    calls++;
    if (wrong_in(reader, text, &outcome) != NULL && !is_out_of_memory(&outcome) &&
        !(plan.count > 0 && outcome.error.code == CP_ERROR_SYNTAX && outcome.result == 0)) {
        if (++wrong <= 10)
            printf("  wrong: %s \"%s\", %s %ld, %ld: %s\n", reader_names[reader], text->kind, when, first, second,
                wrong_in(reader, text, &outcome));
    }
    if (swaps == swaps_before)
        lost += fence_count.alive != 0;
    else if (fence_count.bytes_alive > most_lost)
        most_lost = fence_count.bytes_alive;
    damaged += fence_count.damaged;
}

/** Texts that need more moments than this are not tried with every pair of them. */
enum { MOST_PAIRED = 120 };

/** Every way to replace it while this text is read. */
static void replace_everywhere(void)
{
    struct fence_plan plan = fence_no_failure;
    long needed, allocations;

    first = second = -1;
    when = "replaced between the calls";
    call(plan);
    needed = moments;
    allocations = fence_count.asked;
    swap();
    call(plan);
    if (text->token != 0 && text->token != 17)
        return;

    when = "replaced at the moments";
    for (first = 0; first < needed; first++) {
        second = -1;
        call(plan);
        if (needed < MOST_PAIRED)
            for (second = first + 1; second < needed; second++)
                call(plan);
    }
    when = "replaced at the first moment, and the allocation fails:";
    plan.count = 1;
    second = -1;
    for (first = 0; first < needed && needed < MOST_PAIRED; first++)
        for (plan.from = 0; plan.from < allocations; plan.from++)
            call(plan);
}

/* ---- Replaced by another thread -------------------------------------------------------------------- */

enum { THREADS = 2, ROUNDS = 60 };
static volatile int is_over;
static long swaps_by_thread;

static void *keep_swapping(void *unused)
{
    const struct timespec a_moment = {0, 2000};

    while (!is_over) {
        swap();
        swaps_by_thread++;
        nanosleep(&a_moment, NULL);
    }
    return unused;
}

static void *keep_reading(void *unused)
{
    struct outcome outcome;
    int round;
    size_t i;

    for (round = 0; round < ROUNDS; round++)
        for (i = 0; i < texts_count; i++) {
            if (texts[i].token != 0 || strlen(texts[i].list) > 1000)
                continue;
            read_text((enum reader)(round % READERS), &texts[i], &outcome);
            __sync_add_and_fetch(&calls, 1);
            if (wrong_in((enum reader)(round % READERS), &texts[i], &outcome) != NULL && !is_out_of_memory(&outcome) &&
                __sync_add_and_fetch(&wrong, 1) <= 10)
                printf("  wrong while a thread replaces the allocator: \"%s\"\n", texts[i].kind);
        }
    return unused;
}

static void race(void)
{
    pthread_t swapper, threads[THREADS];
    int i;

    is_with_thread = 1;
    fence_begin(&fence_no_failure);
    pthread_create(&swapper, NULL, keep_swapping, NULL);
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, keep_reading, NULL);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    is_over = 1;
    pthread_join(swapper, NULL);
}

int main(void)
{
    size_t i;
    int any;

    texts_make();
    (void)!cp_list();
    fence_on_foreign_free = attribute;
    fence_on_allocation = on_allocation;
    json_set_alloc_funcs(fence_malloc_a, fence_free_a);
    for (i = 0; i < texts_count; i++)
        for (any = 0; any < READERS; any++) {
            text = &texts[i];
            reader = (enum reader)any;
            replace_everywhere();
        }
    printf("  replaced at each moment: %ld calls, %ld wrong, freed by the wrong allocator: %ld by callprop, %ld inside jansson's "
           "functions; lost without a reason %ld, at most %ld bytes given up in a call\n",
        calls, wrong, by_callprop, by_jansson, lost, most_lost);
    any = wrong != 0 || by_callprop != 0 || lost != 0 || damaged != 0;

    calls = wrong = by_callprop = by_jansson = by_race = 0;
    race();
    printf("  replaced by a thread, %ld times: %ld calls, %ld wrong, freed by the wrong allocator: %ld by callprop, %ld inside jansson's "
           "functions, %ld between a look and a free\n",
        swaps_by_thread, calls, wrong, by_callprop, by_jansson, by_race);
    return any || wrong != 0 || by_callprop != 0;
}
