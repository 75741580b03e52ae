/* SPDX-License-Identifier: MIT */
/**
 * \file signals.c
 * Everything but cp_list, cp_get and cp_explain, called in a signal handler that interrupts threads inside of every function of the
 * library, and inside of malloc and free.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "texts.h"

enum { SIGNALS = 30000, WRITES = READERS, DECIDES, READS_CATALOGUE, PLACES, STEP = 7 };
static const char *const places[PLACES] = {"cp_…_parse", "cp_properties_parse_known", "cp_allows", "cp_explain",
    "cp_…_format, cp_reason", "cp_permits, cp_required, cp_…_many", "cp_list, cp_get"};

static volatile sig_atomic_t handled, wrong_in_handler, allocated_in_handler, interrupted_allocator, interrupted[PLACES];
static __thread volatile sig_atomic_t is_in_handler, is_in_allocator, place = -1;

/* ---- The allocator --------------------------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

/** Every allocation of the process passes here. */
void *malloc(size_t size)
{
    void *memory;

    allocated_in_handler += is_in_handler;
    is_in_allocator++;
    memory = __libc_malloc(size);
    is_in_allocator--;
    return memory;
}

void *calloc(size_t count, size_t size)
{
    allocated_in_handler += is_in_handler;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocated_in_handler += is_in_handler;
    return __libc_realloc(memory, size);
}

void free(void *memory)
{
    allocated_in_handler += is_in_handler;
    is_in_allocator++;
    __libc_free(memory);
    is_in_allocator--;
}

/* ---- What may be called in a handler --------------------------------------------------------------- */

static int is_wrong_to_write(void)
{
    static const cp_call call = {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0}, impossible = {CP_IVR, CP_IVR, CP_LEG_SRC, 1};
    char set[CP_PROPERTIES_MAX], text[CP_CALL_MAX], reason[CP_REASON_MAX];

    return cp_properties_format(0xFF, set, sizeof set) != 26 || strcmp(set, "all,cq,li,lo,qli,qri,ri,ro") != 0 ||
        cp_call_format(&call, text, sizeof text) != strlen(text) ||
        strcmp(text, "src=external,dst=queue,leg=dst,callback=false") != 0 ||
        cp_reason(CP_LI, &call, reason, sizeof reason) != strlen(reason) ||
        strncmp(reason, "Denied: an outside number", 25) != 0 || cp_reason(CP_ALL, &impossible, reason, sizeof reason) == 0 ||
        strncmp(reason, "Denied: this call cannot happen", 31) != 0;
}

static int is_wrong_to_decide(void)
{
    /* Enough for any way in which many are decided at once, and some left over. */
    enum { N = 100 };
    static const cp_call calls[N] = {
        {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0}, {CP_QUEUE, CP_IVR, CP_LEG_SRC, 1}, {CP_IVR, 0, 0, 0}};
    static const cp_properties sets[N] = {CP_QRI, CP_LI, CP_ALL, CP_LO};
    cp_properties required[N];
    uint8_t permitted[N];

    return cp_required(&calls[0]) != CP_QRI || cp_permits(CP_QRI, &calls[0]) != 1 || cp_permits(CP_LI, &calls[1]) != 0 ||
        cp_permits_many(sets, calls, N, permitted) != 2 || permitted[0] != 1 || permitted[1] != 0 || permitted[3] != 1 ||
        cp_required_many(calls, N, required) != N - 1 || required[1] != CP_CQ || required[2] != 0 ||
        strcmp(cp_version(), CP_VERSION_STRING) != 0;
}

static void handle(int number)
{
    static volatile sig_atomic_t next;
    struct outcome outcome;
    int reader = (int)(handled % READ_EXPLAIN);
    size_t i = (size_t)next;

    (void)number;
    interrupted_allocator += is_in_allocator != 0;
    if (place >= 0)
        interrupted[place]++;
    next = (next + 1) % (sig_atomic_t)texts_count;
    errno = 4711;
    is_in_handler = 1;
    read_text((enum reader)reader, &texts[i], &outcome);
    wrong_in_handler += wrong_in((enum reader)reader, &texts[i], &outcome) != NULL || is_wrong_to_write() || is_wrong_to_decide();
    is_in_handler = 0;
    wrong_in_handler += errno != 4711;
    handled++;
}

/* ---- What is interrupted --------------------------------------------------------------------------- */

static const char *wrong_in_round(size_t round)
{
    static __thread struct outcome outcome;
    const char *wrong = NULL;
    size_t i;
    int k;

    for (i = round % STEP; i < texts_count && wrong == NULL; i += STEP)
        for (place = 0; place < READERS && wrong == NULL; place++) {
            read_text((enum reader)place, &texts[i], &outcome);
            wrong = wrong_in((enum reader)place, &texts[i], &outcome);
        }
    place = WRITES;
    for (k = 0; k < 100 && wrong == NULL; k++)
        wrong = is_wrong_to_write() ? "format" : NULL;
    place = DECIDES;
    for (k = 0; k < 1000 && wrong == NULL; k++)
        wrong = is_wrong_to_decide() ? "values" : NULL;
    place = READS_CATALOGUE;
    for (k = 0; k < 100 && wrong == NULL; k++)
        wrong = cp_list() == NULL || cp_get("qri") == NULL || strstr(cp_list(), cp_get("qri")) == NULL ? "the catalogue" : NULL;
    place = -1;
    return wrong;
}

static void *keep_reading(void *wrong)
{
    size_t round;

    for (round = 0; handled < SIGNALS && *(const char **)wrong == NULL; round++)
        *(const char **)wrong = wrong_in_round(round);
    return NULL;
}

int main(void)
{
    const struct itimerspec often = {{0, 30000}, {0, 30000}};
    const char *wrong[2] = {NULL, NULL};
    struct sigaction action;
    struct sigevent event;
    pthread_t thread;
    timer_t timer;
    int i, is_somewhere_never;

    texts_make();
    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR1;
    /* The first call of all comes from a handler. */
    if (sigaction(SIGUSR1, &action, NULL) != 0 || raise(SIGUSR1) != 0 || timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
        pthread_create(&thread, NULL, keep_reading, &wrong[1]) != 0 || timer_settime(timer, 0, &often, NULL) != 0)
        abort();
    keep_reading(&wrong[0]);
    timer_delete(timer);
    pthread_join(thread, NULL);

    is_somewhere_never = interrupted_allocator == 0;
    printf("  %d signals handled, %d of them inside malloc or free", (int)handled, (int)interrupted_allocator);
    for (i = 0; i < PLACES; i++) {
        printf(", %d in %s", (int)interrupted[i], places[i]);
        is_somewhere_never |= interrupted[i] == 0;
    }
    printf(": %d wrong in the handler, %d allocations there; outside %s\n", (int)wrong_in_handler, (int)allocated_in_handler,
        wrong[0] != NULL || wrong[1] != NULL ? "wrong" : "all right");
    return wrong[0] != NULL || wrong[1] != NULL || wrong_in_handler != 0 || allocated_in_handler != 0 || is_somewhere_never;
}
