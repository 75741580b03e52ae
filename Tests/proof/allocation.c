/* SPDX-License-Identifier: MIT */
/**
 * \file allocation.c
 * The three functions that write JSON, while each of their allocations fails in turn, and in worse patterns. What is right: the outcome
 * that the call has with memory, or "no memory"; no crash, no byte read or written beyond a block, nothing left behind, and the
 * next call is right.
 *
 * allocation hooks|process [N]: the failures come from jansson's hooks (json_set_alloc_funcs), or from the process's malloc. With N,
 * every Nth decision and fewer patterns, for tools that make all slow. Without either it is a quick look: hooks 97.
 */
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../shared/scenarios.h"
#include "fence.h"

enum { SETS = 256, FRESH = 0x5A };
#define ALL (1L << 30)

/** What was found, by all workers together. */
static struct tally {
    long calls, refused, crashes, wrong, leaks, damaged;
} *tally;

static int is_process, is_quick;

/* ---- One call under a plan ------------------------------------------------------------------------- */

struct outcome {
    size_t length;
    cp_error error;
    char buffer[CP_EXPLAIN_MAX];
};

static sigjmp_buf after_crash;
static volatile sig_atomic_t crash_signal;

static void note_crash(int number)
{
    crash_signal = number;
    siglongjmp(after_crash, 1);
}

/** The case that runs, for messages. */
static struct {
    char list[CP_PROPERTIES_MAX], call[CP_CALL_MAX];
    size_t size;
    struct fence_plan plan;
    struct outcome expected;
} now;

static void report(long *counter, const char *what)
{
    const struct fence_plan *plan = &now.plan;

    if (__sync_add_and_fetch(counter, 1) > 10)
        return;
    printf(
        "  %s: cp_explain(\"%s\", \"%s\", size %lu): allocations %ld…+%ld of %lu…%lu bytes fail, quota %lu, chance %u/256, seed %u\n",
        what, now.list, now.call, (unsigned long)now.size, plan->from, plan->count, (unsigned long)plan->above + 1,
        (unsigned long)plan->upto, (unsigned long)plan->quota, plan->chance, plan->seed);
    fflush(stdout);
}

/** Returns 0 when it crashed. */
static int call(const struct fence_plan *plan, struct outcome *outcome)
{
    memset(outcome, FRESH, sizeof *outcome);
    fence_begin(plan);
    if (sigsetjmp(after_crash, 1) != 0) {
        fence_interposes = 0;
        report(&tally->crashes, crash_signal == SIGABRT ? "abort" : "crash");
        fence_begin(&fence_no_failure);
        return 0;
    }
    fence_interposes = is_process;
    outcome->length = cp_explain(now.list, now.call, outcome->buffer, now.size, &outcome->error);
    fence_interposes = 0;
    __sync_add_and_fetch(&tally->calls, 1);
    if (fence_count.alive != 0 || fence_count.mappings != 0)
        report(&tally->leaks, "left behind");
    if (fence_count.damaged != 0 || fence_count.foreign != 0)
        report(&tally->damaged, "memory damaged");
    return 1;
}

/** Whether the outcome is that memory ran out: the error, the empty text, and nothing beyond the buffer. */
static int is_out_of_memory(const struct outcome *outcome)
{
    size_t i;

    for (i = now.size; i < sizeof outcome->buffer; i++)
        if (outcome->buffer[i] != FRESH)
            return 0;
    return outcome->length == 0 && outcome->error.code == CP_ERROR_MEMORY && outcome->error.position == -1 &&
        strcmp(outcome->error.text, "buffer: no memory to write JSON; expected jansson's allocator to give some KiB") == 0 &&
        (now.size == 0 || outcome->buffer[0] == '\0');
}

static void attempt(struct fence_plan plan)
{
    struct outcome outcome;

    now.plan = plan;
    if (!call(&plan, &outcome))
        return;
    if (is_out_of_memory(&outcome))
        __sync_add_and_fetch(&tally->refused, 1);
    else if (memcmp(&outcome, &now.expected, sizeof outcome) != 0)
        report(&tally->wrong, "wrong");
    if (call(&fence_no_failure, &outcome) && memcmp(&outcome, &now.expected, sizeof outcome) != 0)
        report(&tally->wrong, "wrong in the call after it");
}

/* ---- All plans for one call ------------------------------------------------------------------------ */

/** Allocators have classes of sizes, and one of them may be used up. */
static const size_t classes[] = {0, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 1 << 20};
enum { CLASSES = sizeof classes / sizeof classes[0] - 1 };

static void attempt_patterns(long needed)
{
    static const long counts[] = {2, 3, 17, ALL};
    static const unsigned chances[] = {8, 32, 128, 224};
    struct fence_plan plan = fence_no_failure;
    size_t i, k;

    for (plan.from = 0; plan.from < needed; plan.from++) {
        for (i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            plan.count = counts[i];
            attempt(plan);
        }
        /* From here on, blocks of these sizes are refused, and all others are given. */
        for (i = 0; i < CLASSES; i++) {
            plan.above = classes[i];
            for (k = i + 1; k <= CLASSES; k += is_quick ? CLASSES - i : 1) {
                plan.upto = classes[k];
                attempt(plan);
            }
        }
        plan.above = plan.upto = 0;
    }
    plan = fence_no_failure;
    for (plan.quota = 1; plan.quota < 6000; plan.quota += is_quick ? 512 : 1 + plan.quota / 64)
        attempt(plan);
    plan.quota = 0;
    plan.count = ALL;
    for (plan.seed = 1; plan.seed <= (is_quick ? 4 : 100); plan.seed++) {
        plan.chance = chances[plan.seed % 4];
        attempt(plan);
    }
}

static void explain(const struct scenario *scenario, cp_properties set, size_t size)
{
    const char *words = is_permitted(set, scenario->call) ? "{\"allowed\":true," : "{\"allowed\":false,";
    struct fence_plan plan = fence_no_failure;
    long needed;

    cp_properties_format(set, now.list, sizeof now.list);
    cp_call_format(&scenario->call, now.call, sizeof now.call);
    now.size = size;
    now.plan = plan;
    if (!call(&plan, &now.expected))
        return;
    needed = fence_count.asked;
    if (now.expected.error.code != CP_OK || needed < 20 || now.expected.length < 200 ||
        (size > 20 && strncmp(now.expected.buffer, words, strlen(words)) != 0))
        report(&tally->wrong, "wrong with all memory");

    plan.count = 1;
    for (plan.from = 0; plan.from < needed; plan.from++)
        attempt(plan);
    if (set == 0 || set == 0xFF || set == scenario->required || set == (CP_LI | CP_LO | CP_ALL))
        attempt_patterns(needed);
}

static void explain_all(size_t worker, size_t workers, size_t step)
{
    static const size_t sizes[] = {0, 1, 2, 17, 300};
    size_t i, k;

    for (i = worker * step; i < SCENARIOS * SETS; i += workers * step) {
        explain(&scenarios[i / SETS], (cp_properties)(i % SETS), CP_EXPLAIN_MAX);
        if (i % SETS == 0x0C)
            for (k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
                explain(&scenarios[i / SETS], (cp_properties)(i % SETS), sizes[k]);
    }
}

/* ---- The catalogue --------------------------------------------------------------------------------- */

/** How many allocations it takes, seen by all processes: cp_list alone, and with cp_get behind it; the most where some fail. */
static struct need {
    long of_list, of_both;
} *need;

/** In a process where nobody has asked for it yet. Returns what is wrong. */
static int wrong_with_catalogue(struct fence_plan plan)
{
    const struct fence_plan no_memory = {.count = ALL};
    const char *list, *object;
    long of_list;
    int wrong = 0;

    fence_begin(&plan);
    fence_interposes = is_process;
    list = cp_list();
    of_list = fence_count.asked;
    object = cp_get("qri");
    fence_interposes = 0;
    if (need->of_list == 0)
        need->of_list = of_list; /* nothing fails in the first of these processes */
    if (fence_count.asked > need->of_both)
        need->of_both = fence_count.asked;
    wrong |= (list == NULL) < (object == NULL);
    wrong |= need->of_list < 100 || (plan.count == 1 && plan.from < need->of_list && list != NULL);
    wrong |= fence_count.alive != 0 || fence_count.damaged != 0 || fence_count.foreign != 0;
    wrong |= is_process && fence_count.mappings != (object != NULL);

    fence_begin(&fence_no_failure);
    list = cp_list();
    object = cp_get("qri");
    wrong |= list == NULL || object == NULL || strstr(list, object) == NULL || strlen(list) < 500;
    wrong |= strncmp(list, "[{\"mnemo\":\"all\",", 16) != 0 || list != cp_list() || object != cp_get("qri");

    /* Once it is there, it takes no memory. */
    fence_begin(&no_memory);
    fence_interposes = is_process;
    wrong |= list != cp_list() || object != cp_get("qri");
    fence_interposes = 0;
    wrong |= fence_count.asked != 0;
    return wrong;
}

static void attempt_catalogue(struct fence_plan plan)
{
    int status = 0;
    pid_t child;

    child = fork();
    if (child == 0)
        _exit(wrong_with_catalogue(plan));
    waitpid(child, &status, 0);
    tally->calls++;
    if (status != 0 && __sync_add_and_fetch(WIFSIGNALED(status) ? &tally->crashes : &tally->wrong, 1) <= 10)
        printf("  the catalogue: allocations %ld…+%ld of %lu…%lu bytes fail, quota %lu: wait status %d\n", plan.from, plan.count,
            (unsigned long)plan.above + 1, (unsigned long)plan.upto, (unsigned long)plan.quota, status);
}

static void attempt_catalogues(void)
{
    static const long counts[] = {1, 2, 17, ALL};
    struct fence_plan plan = fence_no_failure;
    size_t i;

    attempt_catalogue(plan);
    for (plan.from = 0; plan.from < need->of_both; plan.from++)
        for (i = 0; i < (is_quick && plan.from % 17 ? 1 : sizeof counts / sizeof counts[0]); i++) {
            plan.count = counts[i];
            attempt_catalogue(plan);
        }
    plan.count = ALL;
    for (plan.from = 0; plan.from < need->of_both; plan.from += is_quick ? 40 : 10)
        for (i = 0; i < CLASSES; i++) {
            plan.above = classes[i];
            plan.upto = classes[i + 1];
            attempt_catalogue(plan);
        }
    plan = fence_no_failure;
    for (plan.quota = 1; plan.quota < 20000; plan.quota += is_quick ? 4000 : 1 + plan.quota / 16)
        attempt_catalogue(plan);
}

/* ---- The program ----------------------------------------------------------------------------------- */

int main(int count, char **arguments)
{
    const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    long workers = sysconf(_SC_NPROCESSORS_ONLN), i;
    size_t step = count > 2 ? strtoul(arguments[2], NULL, 10) : count > 1 ? 1 : 97;
    int status, failed = 0;

    is_process = count > 1 && strcmp(arguments[1], "process") == 0;
    is_quick = count != 2;
    need = mmap(NULL, sizeof *need, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fence_free_a(fence_malloc_a(1)); /* the pools, before the forks */
    fence_free_a(fence_malloc_a(10000));
    if (!is_process)
        json_set_alloc_funcs(fence_malloc_a, fence_free_a);
    attempt_catalogues();
    (void)!cp_list();

#ifdef FENCE_PLAIN
    (void)deadly;
    (void)note_crash;
    (void)workers;
    explain_all(0, 1, step);
#else
    for (i = 0; i < 5; i++)
        signal(deadly[i], note_crash);
    fflush(stdout);
    for (i = 0; i < workers; i++)
        if (fork() == 0) {
            explain_all((size_t)i, (size_t)workers, step);
            fflush(stdout);
            _exit(0);
        }
#endif
    for (i = 0; wait(&status) > 0; i++)
        failed |= status;
    printf("  %s: %ld calls, %ld of them without memory: %ld crashes, %ld wrong, %ld left something behind, %ld damaged memory\n",
        is_process ? "malloc" : "hooks", tally->calls, tally->refused, tally->crashes, tally->wrong, tally->leaks,
        tally->damaged);
    return failed || tally->refused == 0 || tally->crashes || tally->wrong || tally->leaks || tally->damaged;
}
