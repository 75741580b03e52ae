/* SPDX-License-Identifier: MIT */
/**
 * \file process.c
 * The library in a process that forks while threads are inside of it (process fork), that is interrupted by signals (process
 * signals), and that speaks other languages (process locales).
 */
#include <fcntl.h>
#include <jansson.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "texts.h"

static void pause_for(long nanoseconds)
{
    const struct timespec time = {0, nanoseconds};

    nanosleep(&time, NULL);
}

/** Goes through the library by all that a text can be read with; returns what is wrong, or NULL. */
static const char *wrong_in_a_round(size_t step)
{
    struct outcome outcome;
    const char *wrong;
    size_t i;
    int reader;

    for (i = 0; i < texts_count; i += step)
        for (reader = 0; reader < READERS; reader++) {
            read_text((enum reader)reader, &texts[i], &outcome);
            wrong = wrong_in((enum reader)reader, &texts[i], &outcome);
            if (wrong != NULL)
                return wrong;
        }
    if (cp_list() == NULL || cp_get("qri") == NULL || strstr(cp_list(), cp_get("qri")) == NULL)
        return "the catalogue";
    return NULL;
}

/** What may be called in a signal handler. Returns how often it was wrong. */
static int wrong_values(void)
{
    static const cp_call calls[40] = {{CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0}, {CP_QUEUE, CP_IVR, CP_LEG_SRC, 1}};
    static const cp_properties sets[40] = {CP_QRI, CP_LI, CP_ALL, CP_LO};
    uint8_t permitted[40];

    return (cp_required(&calls[0]) != CP_QRI) + (cp_permits(CP_QRI, &calls[0]) != 1) + (cp_permits(CP_LI, &calls[1]) != 0) +
        (cp_permits_many(sets, calls, 40, permitted) != 3) + (permitted[0] != 1 || permitted[1] != 0 || permitted[3] != 1) +
        (strcmp(cp_version(), CP_VERSION_STRING) != 0);
}

/* ---- Fork ------------------------------------------------------------------------------------------ */

enum { PARENTS = 300, THREADS = 6, CHILDREN = 3, WATCHDOG = 30, WAS_OUTSIDE = 0, WAS_INSIDE = 1, IS_WRONG = 2 };

static pthread_barrier_t barrier;
static int inside;
static volatile int is_slow;

/** jansson seeds its hash tables from /dev/urandom, once. Made slow here, so that forks come in the middle of it. */
int open(const char *path, int flags, ...)
{
    va_list rest;
    int mode;

    va_start(rest, flags);
    mode = va_arg(rest, int);
    va_end(rest);
    if (is_slow && strcmp(path, "/dev/urandom") == 0)
        pause_for(3000000);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void *malloc_slowly(size_t size)
{
    pause_for(1000);
    return malloc(size);
}

static void *call_first(void *unused)
{
    pthread_barrier_wait(&barrier);
    __sync_add_and_fetch(&inside, 1);
    if (cp_list() == NULL)
        abort();
    __sync_add_and_fetch(&inside, -1);
    return unused;
}

/** In a process where nobody has called the library yet. Returns how many children were forked while a thread was inside of its first
 * cp_list, or -1 when one did not come back right. */
static int fork_from_the_middle(void)
{
    pthread_t threads[THREADS];
    pid_t children[CHILDREN];
    int i, status, from_inside = 0, is_wrong = 0;

    json_set_alloc_funcs(malloc_slowly, free);
    is_slow = 1;
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, call_first, NULL) != 0)
            abort();
    pthread_barrier_wait(&barrier);
    for (i = 0; i < CHILDREN; i++) {
        pause_for(20000);
        children[i] = fork();
        if (children[i] == 0) {
            int was_inside = inside != 0;

            alarm(WATCHDOG); /* a child that waits for a thread which it does not have would wait forever */
            json_set_alloc_funcs(malloc, free);
            _exit(wrong_in_a_round(50) != NULL || wrong_values() ? IS_WRONG : was_inside ? WAS_INSIDE : WAS_OUTSIDE);
        }
    }
    for (i = 0; i < CHILDREN; i++) {
        waitpid(children[i], &status, 0);
        if (WIFSIGNALED(status))
            printf("  a child was ended by signal %d%s\n", WTERMSIG(status), WTERMSIG(status) == SIGALRM ? ": it hung" : "");
        is_wrong |= !WIFEXITED(status) || WEXITSTATUS(status) == IS_WRONG;
        from_inside += WIFEXITED(status) && WEXITSTATUS(status) == WAS_INSIDE;
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    fflush(stdout);
    return is_wrong ? -1 : from_inside;
}

static int test_fork(void)
{
    int parent, status, from_inside = 0, is_wrong = 0;

    for (parent = 0; parent < PARENTS && !is_wrong; parent++) {
        pid_t child = fork();

        if (child == 0)
            _exit(fork_from_the_middle() & 0xFF);
        waitpid(child, &status, 0);
        is_wrong = !WIFEXITED(status) || WEXITSTATUS(status) > CHILDREN;
        from_inside += is_wrong ? 0 : WEXITSTATUS(status);
    }
    printf("  %d forks, %d of them while a thread was inside of its first cp_list: %s\n", parent * CHILDREN, from_inside,
        is_wrong ? "a child did not come back right" : "all children right");
    return is_wrong || from_inside < parent;
}

/* ---- Signals --------------------------------------------------------------------------------------- */

enum { SIGNALS = 20000 };

static volatile sig_atomic_t handled, wrong_in_handler, allocated_in_handler, interrupted_allocator;
static __thread volatile sig_atomic_t is_in_handler, is_in_allocator;

void *__libc_malloc(size_t size);
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

void free(void *memory)
{
    allocated_in_handler += is_in_handler;
    is_in_allocator++;
    __libc_free(memory);
    is_in_allocator--;
}

static void handle(int number)
{
    (void)number;
    interrupted_allocator += is_in_allocator != 0;
    is_in_handler = 1;
    wrong_in_handler += wrong_values();
    is_in_handler = 0;
    handled++;
}

static void *keep_reading(void *wrong)
{
    while (handled < SIGNALS && *(const char **)wrong == NULL)
        *(const char **)wrong = wrong_in_a_round(7);
    return NULL;
}

static int test_signals(void)
{
    const struct itimerspec often = {{0, 30000}, {0, 30000}};
    const char *wrong[2] = {NULL, NULL};
    struct sigaction action;
    struct sigevent event;
    pthread_t thread;
    timer_t timer;

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
    printf("  %d signals handled, %d of them inside malloc or free: %d wrong in the handler, %d allocations there; outside %s\n",
        (int)handled, (int)interrupted_allocator, (int)wrong_in_handler, (int)allocated_in_handler,
        wrong[0] != NULL || wrong[1] != NULL ? "wrong" : "all right");
    return wrong[0] != NULL || wrong[1] != NULL || wrong_in_handler != 0 || allocated_in_handler != 0 || interrupted_allocator == 0;
}

/* ---- Locales --------------------------------------------------------------------------------------- */

enum { ROUNDS = 400000 };

/** Reads a number with a fraction while other threads have another decimal point: a thread's locale is its own, so a host may. */
static void *read_fractions(void *name)
{
    static const char list[] = "{\"load\":2.5,\"property_list\":[\"ro\"]}", call[] = "src=extension,dst=external,leg=src";
    locale_t own = newlocale(LC_ALL_MASK, name, (locale_t)0);
    int i;

    if (own == (locale_t)0)
        return "there is no such locale";
    uselocale(own);
    for (i = 0; i < ROUNDS; i++)
        if (cp_allows(list, call, NULL) != 1)
            return "a status with a fraction";
    return NULL;
}

static int test_locales(void)
{
    /* The decimal point is one byte, another byte, and two bytes. */
    static const char *const names[] = {"C", "de_DE.UTF-8", "ps_AF.UTF-8"};
    pthread_t threads[2];
    const char *wrong = NULL;
    void *of_thread;
    size_t i;

    for (i = 0; i < 3 && wrong == NULL; i++) {
        if (setlocale(LC_ALL, names[i]) == NULL) {
            printf("  there is no locale %s\n", names[i]);
            return 1;
        }
        printf("  a host in %s (decimal point %s)\n", names[i], localeconv()->decimal_point);
        fflush(stdout);
        wrong = wrong_in_a_round(1);
    }
    setlocale(LC_ALL, "C");
    for (i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, read_fractions, (void *)(uintptr_t)names[i]) != 0)
            abort();
    for (i = 0; i < 2; i++) {
        pthread_join(threads[i], &of_thread);
        wrong = of_thread != NULL ? of_thread : wrong;
    }
    printf("  a host in three locales, and in two at once, %d rounds: %s\n", ROUNDS, wrong != NULL ? wrong : "all right");
    return wrong != NULL;
}

int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "signals";

    texts_make();
    return strcmp(what, "fork") == 0 ? test_fork() : strcmp(what, "locales") == 0 ? test_locales() : test_signals();
}
