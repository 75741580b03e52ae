/* SPDX-License-Identifier: MIT */
/**
 * \file allocation.c
 * Every allocation fails once, in turn, and in worse patterns; with every text of texts.c, through every function that reads text.
 * What is right: the outcome that the call has with memory, or CP_ERROR_MEMORY; no crash, no byte read or written beyond a
 * block, nothing left behind, and the next call is right.
 *
 * allocation hooks|process [N]: the failures come from jansson's hooks (json_set_alloc_funcs), or from the process's malloc. With N,
 * every Nth text and fewer patterns, for tools that make all slow.
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

#include "fence.h"
#include "texts.h"

enum { ALL = 1 << 30 };

/** What was found, by all workers together. */
static struct tally {
    long calls, crashes, wrong, leaks, damaged;
} * tally;

static int is_process, is_quick;
static size_t step = 1;

/* ---- One call under a plan ------------------------------------------------------------------------- */

static sigjmp_buf after_crash;
static volatile sig_atomic_t crash_signal;

static void note_crash(int number)
{
    crash_signal = number;
    siglongjmp(after_crash, 1);
}

/** The case that runs, for messages. */
static struct {
    const struct text *text;
    enum reader reader;
    struct fence_plan plan;
    struct outcome expected;
} now;

static void report(long *counter, const char *what)
{
    if (__sync_add_and_fetch(counter, 1) > 10)
        return;
    printf("  %s: %s \"%s\", token of %lu bytes: allocations %ld…+%ld above %lu bytes fail, chance %u/256, seed %u: %.60s\n", what,
        reader_names[now.reader], now.text->kind, (unsigned long)now.text->token, now.plan.from, now.plan.count,
        (unsigned long)now.plan.above, now.plan.chance, now.plan.seed, now.text->is_call ? now.text->call : now.text->list);
    fflush(stdout);
}

/** Returns 0 when it crashed. */
static int call(const struct fence_plan *plan, struct outcome *outcome)
{
    fence_begin(plan);
    if (sigsetjmp(after_crash, 1) != 0) {
        fence_interposes = 0;
        report(&tally->crashes, crash_signal == SIGABRT ? "abort" : "crash");
        fence_begin(&fence_no_failure);
        return 0;
    }
    fence_interposes = is_process;
    read_text(now.reader, now.text, outcome);
    fence_interposes = 0;
    __sync_add_and_fetch(&tally->calls, 1);
    if (fence_count.alive != 0 || fence_count.mappings != 0)
        report(&tally->leaks, "left behind");
    if (fence_count.damaged != 0 || fence_count.foreign != 0)
        report(&tally->damaged, "memory damaged");
    return 1;
}

static void attempt(struct fence_plan plan)
{
    struct outcome outcome;

    now.plan = plan;
    if (call(&plan, &outcome) && memcmp(&outcome, &now.expected, sizeof outcome) != 0 && !is_out_of_memory(&outcome)) {
        report(&tally->wrong, "wrong");
        if (tally->wrong <= 10)
            printf("    result %ld, error %d at %d: %.128s\n", outcome.result, (int)outcome.error.code,
                (int)outcome.error.position, outcome.error.text);
    }
    if (plan.count == 1 && call(&fence_no_failure, &outcome) && memcmp(&outcome, &now.expected, sizeof outcome) != 0)
        report(&tally->wrong, "wrong in the call after it");
}

/* ---- All plans for one call ------------------------------------------------------------------------ */

static void attempt_all(const struct text *text, enum reader reader)
{
    static const long counts[] = {1, 2, 3, 17, 129, 130, 300, ALL};
    static const size_t limits[] = {16, 32, 64, 100, 128, 256, 512, 1024};
    static const unsigned chances[] = {8, 32, 128, 224};
    struct fence_plan plan = fence_no_failure;
    int is_thorough = !is_quick && strlen(text->list) + strlen(text->call) < 5000;
    const char *wrong;
    long needed;
    size_t i;

    now.text = text;
    now.reader = reader;
    now.plan = plan;
    if (!call(&plan, &now.expected))
        return;
    needed = fence_count.asked;
    wrong = wrong_in(reader, text, &now.expected);
    if (wrong != NULL)
        report(&tally->wrong, wrong);

    for (plan.from = 0; plan.from < needed; plan.from++) {
        for (i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            plan.count = counts[i];
            attempt(plan);
        }
        if (!is_thorough)
            continue;
        /* The growth of a buffer fails again and again, while what is smaller succeeds. */
        for (i = 0; i < sizeof limits / sizeof limits[0]; i++) {
            plan.above = limits[i];
            attempt(plan);
        }
        plan.above = 0;
        /* Any number of failures one after the other. */
        if (reader == READ_PARSE && (text->token == 17 || text->token == 129) && strstr("string before, escapes, key", text->kind))
            for (plan.count = 4; plan.count < 600; plan.count++)
                attempt(plan);
    }
    plan.from = 0;
    plan.count = ALL;
    for (plan.above = 1; plan.above < 300000; plan.above += 1 + plan.above / (is_thorough ? 32 : 2))
        attempt(plan);
    plan.above = 0;
    for (plan.seed = 1; plan.seed <= (is_thorough ? 100 : 4); plan.seed++) {
        plan.chance = chances[plan.seed % 4];
        attempt(plan);
    }
}

/* ---- The catalogue --------------------------------------------------------------------------------- */

/** In a process where nobody has asked for it yet. Returns what is wrong. */
static int wrong_with_catalogue(struct fence_plan plan, long *needed)
{
    const char *list, *object;
    int wrong = 0;

    fence_begin(&plan);
    fence_interposes = is_process;
    list = cp_list();
    object = cp_get("qri");
    fence_interposes = 0;
    *needed = fence_count.asked;
    wrong |= (list == NULL) < (object == NULL);
    wrong |= plan.count == 1 && plan.from < 20 && list != NULL;
    wrong |= fence_count.alive != 0 || fence_count.damaged != 0 || fence_count.foreign != 0;
    wrong |= is_process && fence_count.mappings != (object != NULL);

    fence_begin(&fence_no_failure);
    list = cp_list();
    object = cp_get("qri");
    wrong |= list == NULL || object == NULL || strstr(list, object) == NULL || strlen(list) < 500;
    wrong |= strncmp(list, "[{\"mnemo\":\"all\",", 16) != 0 || list != cp_list() || object != cp_get("qri");
    return wrong;
}

static void attempt_catalogue(void)
{
    static const long counts[] = {1, 2, 3, 17, 130, ALL};
    struct fence_plan plan = fence_no_failure;
    long *needed = mmap(NULL, sizeof *needed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    size_t i;

    *needed = 1;
    for (plan.from = 0; plan.from < *needed; plan.from++)
        for (i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            long seen = 0;
            int status = 0;
            pid_t child;

            plan.count = counts[i];
            child = fork();
            if (child == 0) {
                status = wrong_with_catalogue(plan, &seen);
                if (seen > *needed)
                    *needed = seen;
                _exit(status);
            }
            waitpid(child, &status, 0);
            tally->calls++;
            if (status != 0 && __sync_add_and_fetch(WIFSIGNALED(status) ? &tally->crashes : &tally->wrong, 1) <= 10)
                printf("  the catalogue: allocations %ld…+%ld fail: wait status %d\n", plan.from, plan.count, status);
        }
}

/* ---- The program ----------------------------------------------------------------------------------- */

static void work(size_t worker, size_t workers)
{
    size_t i;
    int reader;

    for (i = worker * step; i < texts_count; i += workers * step)
        for (reader = 0; reader < READERS; reader++)
            if (reader == READ_PARSE || !is_quick || texts[i].token == 0)
                attempt_all(&texts[i], (enum reader)reader);
}

int main(int count, char **arguments)
{
    const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    long workers = sysconf(_SC_NPROCESSORS_ONLN), i;
    int status, failed = 0;

    is_process = count > 1 && strcmp(arguments[1], "process") == 0;
    is_quick = count > 2;
    step = is_quick ? strtoul(arguments[2], NULL, 10) : 1;
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    texts_make();
    fence_free_a(fence_malloc_a(1)); /* the pools, before the forks */
    fence_free_a(fence_malloc_a(10000));
    if (!is_process)
        json_set_alloc_funcs(fence_malloc_a, fence_free_a);
    attempt_catalogue();
    (void)!cp_list();

#ifdef FENCE_PLAIN
    (void)deadly;
    (void)note_crash;
    (void)workers;
    work(0, 1);
#else
    for (i = 0; i < 5; i++)
        signal(deadly[i], note_crash);
    fflush(stdout);
    for (i = 0; i < workers; i++)
        if (fork() == 0) {
            work((size_t)i, (size_t)workers);
            fflush(stdout);
            _exit(0);
        }
#endif
    for (i = 0; wait(&status) > 0; i++)
        failed |= status;
    printf("  %s: %lu texts, %ld calls with failing allocations: %ld crashes, %ld wrong, %ld left something behind, %ld damaged memory\n",
        is_process ? "malloc" : "hooks", (unsigned long)(texts_count / step), tally->calls, tally->crashes, tally->wrong,
        tally->leaks, tally->damaged);
    return failed || tally->crashes || tally->wrong || tally->leaks || tally->damaged;
}
