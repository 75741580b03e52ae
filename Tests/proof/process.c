/* SPDX-License-Identifier: MIT */
/**
 * \file process.c
 * The library in a process that forks while threads are inside of it (process fork), and in one that speaks other languages (process
 * locales).
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
            _exit(wrong_in_a_round(50) != NULL ? IS_WRONG : was_inside ? WAS_INSIDE : WAS_OUTSIDE);
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

/* ---- Locales --------------------------------------------------------------------------------------- */

enum { ROUNDS = 400000 };

static volatile int are_locales_over;

/** Reads numbers with fractions, and explains, in a locale of its own: a thread's locale is its own, so a host may. */
static void *read_fractions(void *name)
{
    static const char list[] = "{\"load\":2.5,\"property_list\":[\"ro\"]}", call[] = "src=extension,dst=external,leg=src";
    locale_t own = newlocale(LC_ALL_MASK, name, (locale_t)0);
    char explanation[CP_EXPLAIN_MAX], reason[CP_REASON_MAX];
    const cp_call values = cp_call_make(CP_EXTENSION, CP_EXTERNAL, CP_LEG_SRC, 0);
    int i;

    if (own == (locale_t)0)
        return "there is no such locale";
    uselocale(own);
    for (i = 0; i < ROUNDS; i++) {
        if (cp_allows(list, call, NULL) != 1)
            return "a status with a fraction";
        if (i % 16 == 0 &&
            (cp_explain(list, call, explanation, sizeof explanation, NULL) == 0 ||
                cp_reason(CP_RO, &values, reason, sizeof reason) == 0 || strstr(explanation, reason) == NULL))
            return "an explanation";
    }
    return NULL;
}

/** A thread that has nothing to do with the library, and asks for its own decimal point again and again. */
static void *ask_for_the_point(void *name)
{
    locale_t own = newlocale(LC_ALL_MASK, name, (locale_t)0);

    if (own == (locale_t)0)
        return "there is no such locale";
    uselocale(own);
    while (!are_locales_over)
        if (strcmp(localeconv()->decimal_point, ",") != 0)
            return "the decimal point of another thread";
    return NULL;
}

static int test_locales(void)
{
    /* The decimal point is one byte, another byte, and two bytes. */
    static const char *const names[] = {"C", "de_DE.UTF-8", "ps_AF.UTF-8"};
    enum { READING = 3 };
    pthread_t threads[READING + 1];
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
    for (i = 0; i <= READING; i++)
        if (pthread_create(&threads[i], NULL, i < READING ? read_fractions : ask_for_the_point,
                (void *)(uintptr_t)names[i < READING ? i : 1]) != 0)
            abort();
    for (i = 0; i <= READING; i++) {
        are_locales_over = i == READING;
        pthread_join(threads[i], &of_thread);
        wrong = of_thread != NULL ? of_thread : wrong;
    }
    printf(
        "  a host in three locales, one after the other and all at once, while another thread asks for its decimal comma, %d rounds: %s\n",
        ROUNDS, wrong != NULL ? wrong : "all right");
    return wrong != NULL;
}

int main(int count, char **arguments)
{
    texts_make();
    return count > 1 && strcmp(arguments[1], "locales") == 0 ? test_locales() : test_fork();
}
