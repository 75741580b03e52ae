/* SPDX-License-Identifier: MIT */
/**
 * \file abi_process.c
 * The installed library in a process that has threads, forks, and is interrupted by signals.
 */
#define _XOPEN_SOURCE 700

#include <callprop.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "check.h"

enum { THREADS = 8, ROUNDS = 500 };

/** After so many seconds, what hangs has hung: far more than anything here takes. */
enum { DEADLOCK = 300 };

/* ---- Every allocation of the process passes here --------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

/** Counts on the thread that allocates. */
static __thread volatile sig_atomic_t allocations;

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations++;
    return __libc_realloc(memory, size);
}

void free(void *memory)
{
    allocations++;
    __libc_free(memory);
}

/* ---- Processes and threads ------------------------------------------------------------------------- */

/** Something that went wrong before the library was even asked: the test cannot be made. */
static void require(int done, const char *what)
{
    if (done)
        return;
    printf("FAILED: cannot test: %s: %s\n", what, strerror(errno));
    fflush(stdout);
    _exit(2);
}

/** Runs `work` in a child process; whether it returned 1. A child that hangs is ended by SIGALRM: not right either. */
static int right_in_a_child(int (*work)(void))
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    require(child >= 0, "fork");
    if (child == 0) {
        alarm(DEADLOCK);
        _exit(work() == 1 ? 0 : 1);
    }
    require(waitpid(child, &status, 0) == child, "waitpid");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/** Runs `work` in eight threads that start together; how many returned NULL, that is: were right. */
static int right_in_threads(void *(*work)(void *), pthread_t *threads)
{
    int i, right = 0;

    for (i = 0; i < THREADS; i++)
        require(pthread_create(&threads[i], NULL, work, NULL) == 0, "pthread_create");
    for (i = 0; i < THREADS; i++) {
        void *wrong;

        require(pthread_join(threads[i], &wrong) == 0, "pthread_join");
        right += wrong == NULL;
    }
    return right;
}

/* ---- A round through the whole library ------------------------------------------------------------- */

/** Calls every function; NULL when all is right, or the one that was wrong. */
static const char *wrong_in_a_round(void)
{
    static const char list[] = "{\"id\":1,\"property_list\":[\"li\",\"qri\"]}";
    static const char call[] = "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":false}";
    char text[CP_EXPLAIN_MAX];
    cp_properties set = 0, sets[3];
    cp_call parsed, calls[3];
    uint8_t permitted[3];
    cp_error error;
    const char *object;

    if (strcmp(cp_version(), CP_VERSION_STRING) != 0)
        return "cp_version";
    if (cp_list() == NULL || cp_list() != cp_list())
        return "cp_list";
    object = cp_get("qri");
    if (object == NULL || strstr(cp_list(), object) == NULL || cp_get("bogus") != NULL)
        return "cp_get";
    if (cp_allows(list, call, &error) != 1 || error.code != CP_OK)
        return "cp_allows, permitted";
    if (cp_allows("[\"li\"]", call, &error) != 0 || error.code != CP_OK)
        return "cp_allows, denied";
    if (cp_allows("[\"li\",", call, &error) != 0 || error.code != CP_ERROR_SYNTAX || error.position != 6)
        return "cp_allows, an error in the property list";
    if (cp_allows("li", "{\"src\":\"external\",\"src\":1}", &error) != 0 || error.code != CP_ERROR_TYPE)
        return "cp_allows, an error in the call";
    if (cp_properties_parse_known("[\"li\",\"video\"]", &set, &error) != 1 || set != CP_LI || error.code != CP_ERROR_PROPERTY)
        return "cp_properties_parse_known";
    if (cp_explain(list, call, text, sizeof text, NULL) != strlen(text) || strstr(text, "\"matched\":\"qri\"") == NULL)
        return "cp_explain";
    if (cp_properties_parse(list, &set, NULL) != 1 || set != (CP_LI | CP_QRI))
        return "cp_properties_parse";
    if (cp_properties_format(set, text, sizeof text) != 6 || strcmp(text, "li,qri") != 0)
        return "cp_properties_format";
    if (cp_call_parse(call, &parsed, NULL) != 1 || parsed.src != CP_EXTERNAL || parsed.dst != CP_QUEUE)
        return "cp_call_parse";
    if (cp_call_format(&parsed, text, sizeof text) != 45 || strcmp(text, "src=external,dst=queue,leg=dst,callback=false") != 0)
        return "cp_call_format";
    if (cp_reason(set, &parsed, text, sizeof text) != strlen(text) || strncmp(text, "Permitted: an outside number ", 29) != 0)
        return "cp_reason";
    if (cp_required(&parsed) != CP_QRI)
        return "cp_required";
    if (cp_permits(set, &parsed) != 1 || cp_permits(CP_LI, &parsed) != 0)
        return "cp_permits";
    sets[0] = set;
    sets[1] = CP_LI;
    sets[2] = CP_ALL;
    calls[0] = calls[1] = calls[2] = parsed;
    if (cp_permits_many(sets, calls, 3, permitted) != 2 || permitted[0] != 1 || permitted[1] != 0 || permitted[2] != 1)
        return "cp_permits_many";
    if (cp_required_many(calls, 3, sets) != 3 || sets[0] != CP_QRI || sets[2] != CP_QRI)
        return "cp_required_many";
    return NULL;
}

static int round_is_right(void)
{
    const char *wrong = wrong_in_a_round();

    if (wrong != NULL) {
        printf("    in process %ld: %s\n", (long)getpid(), wrong);
        fflush(stdout);
    }
    return wrong == NULL;
}

/* ---- The first call -------------------------------------------------------------------------------- */

static pthread_barrier_t barrier;
static const char *lists_seen[THREADS];
static const char *objects_seen[THREADS];

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
static int race_for_the_catalogue(void)
{
    pthread_t threads[THREADS];
    intptr_t i;

    require(pthread_barrier_init(&barrier, NULL, THREADS) == 0, "pthread_barrier_init");
    for (i = 0; i < THREADS; i++)
        require(pthread_create(&threads[i], NULL, see_catalogue, (void *)i) == 0, "pthread_create");
    for (i = 0; i < THREADS; i++)
        require(pthread_join(threads[i], NULL) == 0, "pthread_join");
    for (i = 0; i < THREADS; i++) {
        if (lists_seen[i] == NULL || lists_seen[i] != lists_seen[0] || lists_seen[i] != cp_list())
            return 0;
        if (objects_seen[i] == NULL || objects_seen[i] != objects_seen[0] || objects_seen[i] != cp_get("ro"))
            return 0;
    }
    /* What was published must be whole. */
    return lists_seen[0][strlen(lists_seen[0]) - 1] == ']' && strstr(lists_seen[0], objects_seen[0]) != NULL;
}

static void threads_that_race_for_the_catalogue_get_the_same(void)
{
    int i;

    for (i = 0; i < 200; i++)
        CHECK(right_in_a_child(race_for_the_catalogue), "fresh process %d", i);
}

/* ---- Threads --------------------------------------------------------------------------------------- */

static void *make_rounds(void *unused)
{
    const char *wrong = NULL;
    int i;

    (void)unused;
    for (i = 0; i < ROUNDS && wrong == NULL; i++)
        wrong = wrong_in_a_round();
    return (void *)(uintptr_t)wrong;
}

static void every_function_may_be_called_by_many_threads_at_once(void)
{
    pthread_t threads[THREADS];

    CHECK(right_in_threads(make_rounds, threads) == THREADS, "eight threads, %d rounds through every function each", ROUNDS);
}

/* ---- Fork ------------------------------------------------------------------------------------------ */

static void a_child_can_call_everything_after_fork(void)
{
    CHECK(round_is_right(), "the parent");
    CHECK(right_in_a_child(round_is_right), "a child of a process that has used the library");
}

static int has_a_child_that_is_right(void) { return right_in_a_child(round_is_right); }

static void a_child_of_a_child_can_call_everything(void) { CHECK(right_in_a_child(has_a_child_that_is_right), "a grandchild"); }

static void *rounds_and_forks(void *unused)
{
    const char *wrong = NULL;
    int i;

    (void)unused;
    for (i = 0; i < 25 && wrong == NULL; i++) {
        wrong = wrong_in_a_round();
        if (!right_in_a_child(round_is_right))
            wrong = "a child";
    }
    return (void *)(uintptr_t)wrong;
}

static void a_child_can_call_everything_though_threads_were_calling_at_the_fork(void)
{
    pthread_t threads[THREADS];

    CHECK(right_in_threads(rounds_and_forks, threads) == THREADS, "eight threads that call and fork");
}

static int threads_are_right(void)
{
    pthread_t threads[THREADS];

    return right_in_threads(make_rounds, threads) == THREADS;
}

static void a_child_can_have_threads_of_its_own(void) { CHECK(right_in_a_child(threads_are_right), "eight threads in a child"); }

/* ---- Signals --------------------------------------------------------------------------------------- */

enum { SIGNALS = 500 };

static volatile sig_atomic_t signals_handled;
static volatile sig_atomic_t wrong_in_handler;
static volatile sig_atomic_t allocations_in_handler;

/** How many of the functions that may be called in a signal handler are wrong: all but cp_list, cp_get and cp_explain. */
static int wrong_among_the_safe(void)
{
    static const char json_list[] = "{\"id\":1,\"rate\":1.5,\"property_list\":[\"li\",\"qri\"]}";
    static const char json_call[] = "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":false}";
    static const struct {
        cp_properties set;
        cp_call call;
        uint8_t permitted;
    } rows[4] = {
        {CP_QRI, {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0}, 1},
        {CP_LI, {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0}, 0},
        {CP_ALL, {CP_QUEUE, CP_IVR, CP_LEG_SRC, 1}, 1},
        {CP_ALL, {CP_IVR, CP_IVR, CP_LEG_SRC, 1}, 0},
    };
    /* Enough for any way in which many are decided at once, and some left over. */
    enum { N = 4 * 25 };
    cp_properties sets[N], set = 0;
    cp_call calls[N], call = cp_call_make(CP_IVR, CP_IVR, CP_LEG_SRC, 1);
    uint8_t permitted[N];
    char text[CP_REASON_MAX];
    cp_error error;
    int i, wrong = 0;

    for (i = 0; i < N; i++) {
        sets[i] = rows[i % 4].set;
        calls[i] = rows[i % 4].call;
        permitted[i] = 9;
    }
    wrong += cp_required(&calls[0]) != CP_QRI || cp_required(&calls[3]) != 0;
    wrong += cp_permits(sets[0], &calls[0]) != 1 || cp_permits(sets[1], &calls[1]) != 0;
    wrong += cp_permits_many(sets, calls, N, permitted) != N / 2;
    for (i = 0; i < N; i++)
        wrong += permitted[i] != rows[i % 4].permitted;
    wrong += cp_required_many(calls, N, sets) != 3 * N / 4 || sets[0] != CP_QRI || sets[2] != CP_CQ || sets[3] != 0;
    wrong += strcmp(cp_version(), CP_VERSION_STRING) != 0;

    wrong += cp_allows(json_list, json_call, &error) != 1 || error.code != CP_OK;
    wrong += cp_allows("li", "src=external,dst=queue,leg=dst", &error) != 0 || error.code != CP_OK;
    wrong += cp_allows("[\"li\",", json_call, &error) != 0 || error.code != CP_ERROR_SYNTAX || error.position != 6;
    wrong += cp_allows("li,video", json_call, &error) != 0 || error.code != CP_ERROR_PROPERTY;
    wrong += cp_properties_parse(json_list, &set, NULL) != 1 || set != (CP_LI | CP_QRI);
    wrong += cp_properties_parse_known("li,video", &set, &error) != 1 || set != CP_LI || error.code != CP_ERROR_PROPERTY;
    wrong += cp_properties_format(CP_LI | CP_RO, text, sizeof text) != 5 || strcmp(text, "li,ro") != 0;
    wrong += cp_call_parse(json_call, &call, NULL) != 1 || call.src != CP_EXTERNAL || call.dst != CP_QUEUE;
    wrong += cp_call_format(&call, text, sizeof text) != 45 || strncmp(text, "src=external,dst=queue,", 23) != 0;
    wrong += cp_reason(CP_LI, &call, text, sizeof text) != strlen(text) || strncmp(text, "Denied: an outside number ", 26) != 0;
    return wrong;
}

static void handle(int number)
{
    sig_atomic_t before = allocations;
    int saved = errno;

    (void)number;
    wrong_in_handler += wrong_among_the_safe();
    if (errno != saved)
        wrong_in_handler++;
    allocations_in_handler += allocations - before;
    signals_handled++;
}

static void *send_signals(void *target)
{
    int i;

    for (i = 0; i < SIGNALS; i++) {
        sig_atomic_t handled = signals_handled;

        require(pthread_kill(*(pthread_t *)target, SIGUSR1) == 0, "pthread_kill");
        while (signals_handled == handled)
            sched_yield(); /* until it was handled: signals of a kind melt into one */
    }
    return NULL;
}

static void signal_handlers_may_call_what_the_header_allows(void)
{
    pthread_t self = pthread_self(), sender;
    struct sigaction action;
    const char *wrong = NULL;

    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    require(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    require(pthread_create(&sender, NULL, send_signals, &self) == 0, "pthread_create");
    while (signals_handled < SIGNALS && wrong == NULL)
        wrong = wrong_in_a_round();
    require(pthread_join(sender, NULL) == 0, "pthread_join");

    CHECK(wrong == NULL, "interrupted: %s", wrong ? wrong : "");
    CHECK(signals_handled == SIGNALS, "%d signals were handled", (int)signals_handled);
    CHECK(wrong_in_handler == 0, "%d times wrong in the handler", (int)wrong_in_handler);
    CHECK(allocations_in_handler == 0, "%d allocations in the handler", (int)allocations_in_handler);
}

static void decisions_never_allocate(void)
{
    cp_properties sets[200];
    cp_call calls[200];
    uint8_t permitted[200];
    char text[CP_EXPLAIN_MAX];
    sig_atomic_t before;
    size_t n, permitted_count = 0;
    int i;

    before = allocations;
    CHECK(cp_explain("[\"lo\"]", "src=extension,dst=extension,leg=src", text, sizeof text, NULL) > 100, "%s", text);
    CHECK(allocations > before, "an explanation allocates: otherwise this counts nothing");

    before = allocations;
    CHECK(wrong_among_the_safe() == 0, "without a signal");
    for (i = 0; i < 200; i++) {
        sets[i] = (cp_properties)i;
        calls[i] = cp_call_make(i % 5, i % 3, i % 2, i / 100);
        permitted_count += (size_t)cp_permits(sets[i], &calls[i]) + (cp_required(&calls[i]) != 0);
    }
    for (n = 0; n <= 200; n++)
        permitted_count += cp_permits_many(sets, calls, n, permitted) + cp_required_many(calls, n, sets);
    CHECK(allocations == before, "%d allocations", (int)(allocations - before));
    CHECK(permitted_count > 0, "something was permitted");
}

int main(int argc, char **argv)
{
    /* The first case needs processes in which nobody has called the library yet, so it is the first. */
    static const struct test_case cases[] = {
        {"threads that race for the catalogue get the same", threads_that_race_for_the_catalogue_get_the_same},
        {"every function may be called by many threads at once", every_function_may_be_called_by_many_threads_at_once},
        {"a child can call everything after fork", a_child_can_call_everything_after_fork},
        {"a child of a child can call everything", a_child_of_a_child_can_call_everything},
        {"a child can call everything though threads were calling at the fork",
            a_child_can_call_everything_though_threads_were_calling_at_the_fork},
        {"a child can have threads of its own", a_child_can_have_threads_of_its_own},
        {"signal handlers may call what the header allows", signal_handlers_may_call_what_the_header_allows},
        {"decisions never allocate", decisions_never_allocate},
    };

    alarm(2 * DEADLOCK);
    return run_cases(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
