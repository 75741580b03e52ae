/* SPDX-License-Identifier: MIT */
/**
 * \file process.c
 * The library in a process that has threads and children (process threads), that forks while threads are inside of the first call of all
 * (process fork), and that speaks other languages (process locales).
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

static pthread_barrier_t barrier;

/* ---- Threads and children -------------------------------------------------------------------------- */

enum { WORKERS = 8, FRESH = 200, WORKER_ROUNDS = 20, FORKS = 25, STEP = 41, DEADLOCK = 300 };

static void require(int done, const char *what)
{
    if (done)
        return;
    printf("  cannot test: %s\n", what);
    fflush(stdout);
    _exit(3);
}

/** Runs `work` in a child process; NULL when that gave NULL. A child that hangs is ended by SIGALRM: not right either. */
static const char *wrong_in_a_child(const char *(*work)(void))
{
    const char *wrong;
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    require(child >= 0, "fork");
    if (child == 0) {
        alarm(DEADLOCK);
        wrong = work();
        if (wrong != NULL) {
            printf("  in process %ld: %s\n", (long)getpid(), wrong);
            fflush(stdout);
        }
        _exit(wrong != NULL);
    }
    require(waitpid(child, &status, 0) == child, "waitpid");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : "a child";
}

/** Runs `work` in eight threads; what one of them found wrong. */
static const char *wrong_in_threads(void *(*work)(void *))
{
    pthread_t threads[WORKERS];
    const char *wrong = NULL;
    void *of_thread;
    intptr_t i;

    for (i = 0; i < WORKERS; i++)
        require(pthread_create(&threads[i], NULL, work, (void *)i) == 0, "pthread_create");
    for (i = 0; i < WORKERS; i++) {
        require(pthread_join(threads[i], &of_thread) == 0, "pthread_join");
        wrong = of_thread != NULL ? of_thread : wrong;
    }
    return wrong;
}

static const char *lists_seen[WORKERS];
static const char *objects_seen[WORKERS];

static void *see_catalogue(void *number)
{
    int i = (int)(intptr_t)number;

    pthread_barrier_wait(&barrier);
    /* Half of the threads come by the other entrance. */
    if (i % 2)
        objects_seen[i] = cp_get("ro");
    lists_seen[i] = cp_list();
    if (i % 2 == 0)
        objects_seen[i] = cp_get("ro");
    return NULL;
}

/** In a process where nobody has called the library yet. */
static const char *race_for_the_catalogue(void)
{
    int i;

    require(pthread_barrier_init(&barrier, NULL, WORKERS) == 0, "pthread_barrier_init");
    if (wrong_in_threads(see_catalogue) != NULL)
        return "a thread that reads the catalogue";
    for (i = 0; i < WORKERS; i++) {
        if (lists_seen[i] == NULL || lists_seen[i] != lists_seen[0] || lists_seen[i] != cp_list())
            return "another cp_list for each thread";
        if (objects_seen[i] == NULL || objects_seen[i] != objects_seen[0] || objects_seen[i] != cp_get("ro"))
            return "another cp_get for each thread";
    }
    /* What was published must be whole. */
    return lists_seen[0][strlen(lists_seen[0]) - 1] == ']' && strstr(lists_seen[0], objects_seen[0]) != NULL
        ? NULL
        : "a catalogue that is not whole";
}

/** Every function that takes values. Those that read text are texts.c's. */
static const char *wrong_with_values(void)
{
    const cp_call call = {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0}, calls[3] = {call, call, call};
    const cp_properties sets[3] = {CP_LI | CP_QRI, CP_LI, CP_ALL};
    cp_properties required[3];
    uint8_t permitted[3];
    char text[CP_REASON_MAX];

    if (strcmp(cp_version(), CP_VERSION_STRING) != 0)
        return "cp_version";
    if (cp_properties_format(sets[0], text, sizeof text) != 6 || strcmp(text, "li,qri") != 0)
        return "cp_properties_format";
    if (cp_call_format(&call, text, sizeof text) != 45 || strcmp(text, "src=external,dst=queue,leg=dst,callback=false") != 0)
        return "cp_call_format";
    if (cp_reason(sets[0], &call, text, sizeof text) != strlen(text) || strncmp(text, "Permitted: an outside number ", 29) != 0)
        return "cp_reason";
    if (cp_required(&call) != CP_QRI || cp_permits(sets[0], &call) != 1 || cp_permits(CP_LI, &call) != 0)
        return "cp_required, cp_permits";
    if (cp_permits_many(sets, calls, 3, permitted) != 2 || permitted[0] != 1 || permitted[1] != 0 || permitted[2] != 1)
        return "cp_permits_many";
    if (cp_required_many(calls, 3, required) != 3 || required[0] != CP_QRI || required[2] != CP_QRI)
        return "cp_required_many";
    return NULL;
}

/** Calls every function. */
static const char *wrong_in_one_round(void)
{
    const char *wrong = wrong_with_values();

    return wrong != NULL ? wrong : wrong_in_a_round(STEP);
}

static void *make_rounds(void *unused)
{
    const char *wrong = NULL;
    int i;

    (void)unused;
    for (i = 0; i < WORKER_ROUNDS && wrong == NULL; i++)
        wrong = wrong_in_one_round();
    return (void *)(uintptr_t)wrong;
}

static void *rounds_and_forks(void *unused)
{
    const char *wrong = NULL;
    int i;

    (void)unused;
    for (i = 0; i < FORKS && wrong == NULL; i++) {
        wrong = wrong_in_one_round();
        if (wrong == NULL)
            wrong = wrong_in_a_child(wrong_in_one_round);
    }
    return (void *)(uintptr_t)wrong;
}

static const char *wrong_in_own_threads(void) { return wrong_in_threads(make_rounds); }
static const char *wrong_while_threads_fork(void) { return wrong_in_threads(rounds_and_forks); }
static const char *wrong_in_a_child_of_its_own(void) { return wrong_in_a_child(wrong_in_one_round); }
static const char *wrong_after_fork(void) { return wrong_in_a_child(wrong_in_a_child_of_its_own); }
static const char *wrong_in_threads_of_a_child(void) { return wrong_in_a_child(wrong_in_own_threads); }

static int test_threads(void)
{
    static const struct {
        const char *what;
        const char *(*work)(void);
    } parts[] = {
        {"eight threads that call every function", wrong_in_own_threads},
        {"a child, and a child of it", wrong_after_fork},
        {"a child with eight threads of its own", wrong_in_threads_of_a_child},
        {"eight threads that call and fork", wrong_while_threads_fork},
    };
    const char *wrong = NULL;
    size_t i;

    alarm(2 * DEADLOCK);
    for (i = 0; i < FRESH && wrong == NULL; i++)
        wrong = wrong_in_a_child(race_for_the_catalogue);
    printf("  %d fresh processes whose threads race for the catalogue: %s\n", FRESH, wrong != NULL ? wrong : "all see the same");
    for (i = 0; i < sizeof parts / sizeof parts[0] && wrong == NULL; i++) {
        wrong = parts[i].work();
        printf("  %s: %s\n", parts[i].what, wrong != NULL ? wrong : "all right");
    }
    return wrong != NULL;
}

/* ---- Fork ------------------------------------------------------------------------------------------ */

enum { PARENTS = 300, THREADS = 6, CHILDREN = 3, WATCHDOG = 30, WAS_OUTSIDE = 0, WAS_INSIDE = 1, IS_WRONG = 2 };

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
    const char *part = count > 1 ? arguments[1] : "threads";

    texts_make();
    return strcmp(part, "locales") == 0 ? test_locales() : strcmp(part, "fork") == 0 ? test_fork() : test_threads();
}
