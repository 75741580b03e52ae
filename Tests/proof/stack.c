/* SPDX-License-Identifier: MIT */
/**
 * \file stack.c
 * Whether each function needs no more stack than callprop.h says. It is measured: the stack of a thread is painted, and what is
 * no longer painted was used. Then everything is called in threads that have the smallest stack there is.
 *
 * stack [threads]: with the word, only the second half: for a program whose functions are bound when they are first called.
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "texts.h"

enum { SIZE = 64 * 1024, PAINT = 0xC5, CALLS = 64, SETS = 256, THREADS = 10 };

/* ---- What is called -------------------------------------------------------------------------------- */

/** What the header says of its two kinds of functions. */
enum { DECIDES = 2 * 1024, WRITES_JSON = 8 * 1024 };

static cp_call calls[CALLS];
static cp_properties sets[SETS];

struct job {
    int what;
    size_t round;
    char *entry; /* where the stack stood before the call */
    const char *wrong;
};

static const char *read_one(struct job *job, enum reader reader)
{
    static struct outcome outcome;

    read_text(reader, &texts[job->round], &outcome);
    return wrong_in(reader, &texts[job->round], &outcome);
}

static const char *parse(struct job *job) { return read_one(job, READ_PARSE); }
static const char *parse_known(struct job *job) { return read_one(job, READ_KNOWN); }
static const char *allow(struct job *job) { return read_one(job, READ_ALLOWS); }
static const char *explain(struct job *job) { return read_one(job, READ_EXPLAIN); }
static const char *list(struct job *job) { return cp_list() == NULL ? "NULL" : (void)job, NULL; }
static const char *get(struct job *job) { return cp_get("ro") == NULL ? "NULL" : (void)job, NULL; }

/** Every call that can happen with every set. */
static const char *explain_all(struct job *job)
{
    static char list[CP_PROPERTIES_MAX], call[CP_CALL_MAX], text[CP_EXPLAIN_MAX];
    const cp_call *one = &calls[job->round / SETS];

    cp_properties_format(sets[job->round % SETS], list, sizeof list);
    cp_call_format(one, call, sizeof call);
    return (cp_explain(list, call, text, sizeof text, NULL) == 0) == (cp_required(one) == 0) ? NULL : "length";
}

static const char *format(struct job *job)
{
    static char list[CP_PROPERTIES_MAX], call[CP_CALL_MAX], reason[CP_REASON_MAX];
    const cp_call *one = &calls[job->round / SETS];
    cp_properties set = sets[job->round % SETS];

    return (cp_properties_format(set, list, sizeof list) == 0) == (set == 0) && cp_call_format(one, call, sizeof call) >= 37 &&
            cp_reason(set, one, reason, sizeof reason) > 20
        ? NULL
        : "length";
}

static const char *decide(struct job *job)
{
    static uint8_t permitted[SETS];
    static cp_properties required[CALLS];
    static cp_call same[SETS];
    const cp_call *one = &calls[job->round / SETS];
    cp_properties set = sets[job->round % SETS];
    size_t n = job->round % SETS, i, count = 0;

    for (i = 0; i < n; i++)
        same[i] = *one;
    for (i = 0; i < n; i++)
        count += (size_t)cp_permits(sets[i], one);
    return cp_permits(set, one) == ((set & (cp_required(one) | CP_ALL)) != 0 && cp_required(one) != 0) &&
            cp_permits_many(sets, same, n, permitted) == count && cp_required_many(calls, CALLS, required) == 27 &&
            strcmp(cp_version(), CP_VERSION_STRING) == 0
        ? NULL
        : "decision";
}

static const struct kind {
    const char *name;
    const char *(*call)(struct job *job); /* returns what is wrong */
    int is_for_texts;                     /* one round for each text; else for each call and set */
    long limit;
} kinds[] = {
    {"cp_list", list, 0, WRITES_JSON},
    {"cp_get", get, 0, WRITES_JSON},
    {"cp_explain, each text", explain, 1, WRITES_JSON},
    {"cp_explain, each decision", explain_all, 0, WRITES_JSON},
    {"cp_properties_parse, cp_call_parse", parse, 1, DECIDES},
    {"cp_properties_parse_known", parse_known, 1, DECIDES},
    {"cp_allows", allow, 1, DECIDES},
    {"cp_properties_format, cp_call_format, cp_reason", format, 0, DECIDES},
    {"cp_required, cp_permits, cp_…_many, cp_version", decide, 0, DECIDES},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static size_t rounds_of(const struct kind *kind) { return kind->is_for_texts ? texts_count : CALLS * SETS; }

/* ---- Measuring ------------------------------------------------------------------------------------- */

static void *run(void *argument)
{
    struct job *job = argument;
    char here;

    job->entry = &here;
    job->wrong = kinds[job->what].call(job);
    return NULL;
}

/** Bytes of stack that a job used. */
static long measure(struct job *job)
{
    static char *stack;
    static size_t clean; /* what lies below was never used, and is painted still */
    pthread_attr_t attributes;
    pthread_t thread;
    size_t untouched;

    if (stack == NULL)
        stack = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(stack + clean, PAINT, SIZE - clean);
    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstack(&attributes, stack, SIZE) != 0 ||
        pthread_create(&thread, &attributes, run, job) != 0 || pthread_join(thread, NULL) != 0)
        abort();
    if (stack[SIZE / 2] != (char)PAINT)
        return SIZE / 2; /* far beyond all limits */
    clean = untouched = SIZE / 2;
    while (stack[untouched] == (char)PAINT)
        untouched++;
    return job->entry - (stack + untouched);
}

/** The most that a function uses: in any call, and in the first one of a process, when jansson's functions are still to be bound. */
static int is_within_limit(int what)
{
    const struct kind *kind = &kinds[what];
    long *most = mmap(NULL, sizeof *most, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct job job = {what, 0, NULL, NULL};
    int status, is_right;

    fflush(stdout);
    if (fork() == 0) {
        for (; job.round < rounds_of(kind); job.round++) {
            long used = measure(&job);

            if (used > *most)
                *most = used;
            if (job.wrong != NULL)
                _Exit(1);
        }
        _Exit(0);
    }
    wait(&status);
    is_right = status == 0 && *most <= kind->limit;
    printf("  stack: %5ld of %ld bytes  %s%s\n", *most, kind->limit, kind->name,
        status != 0    ? ": WRONG"
            : is_right ? ""
                       : ": TOO MUCH");
    return is_right;
}

/* ---- The smallest stacks --------------------------------------------------------------------------- */

static void *call_everything(void *argument)
{
    struct job *job = argument;

    for (job->what = 0; job->what < KINDS && job->wrong == NULL; job->what++)
        for (job->round = 0; job->round < rounds_of(&kinds[job->what]) && job->wrong == NULL; job->round += 7)
            job->wrong = kinds[job->what].call(job);
    return NULL;
}

/** Each in a new process, whose first call it makes. */
static int is_right_in_a_thread(size_t size)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        struct job job = {0, 0, NULL, NULL};
        pthread_attr_t attributes;
        pthread_t thread;

        if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, size) != 0 ||
            pthread_create(&thread, &attributes, call_everything, &job) != 0 || pthread_join(thread, NULL) != 0)
            abort();
        if (job.wrong != NULL)
            printf("  stack: in a thread: %s, round %lu: %s\n", kinds[job.what - 1].name, (unsigned long)job.round, job.wrong);
        fflush(stdout);
        _exit(job.wrong != NULL);
    }
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        printf("  stack: in a thread: ended by signal %d\n", WTERMSIG(status));
    return status == 0;
}

int main(int count, char **arguments)
{
    const char *binding = count > 1 && strcmp(arguments[1], "threads") == 0 ? "when first called" : "when loaded";
    long system = sysconf(_SC_THREAD_STACK_MIN);
    size_t smallest = system > (long)PTHREAD_STACK_MIN ? (size_t)system : (size_t)PTHREAD_STACK_MIN;
    int i, is_right = 1;

    texts_make();
    for (i = 0; i < SETS; i++)
        sets[i] = (cp_properties)i;
    for (i = 0; i < CALLS; i++)
        calls[i] = cp_call_make(i % 4, i / 4 % 4, i / 16 % 2, i / 32);
    if (count == 1)
        for (i = 0; i < KINDS; i++)
            is_right &= is_within_limit(i);
    for (i = 0; i < THREADS && is_right; i++)
        is_right = is_right_in_a_thread(smallest);
    printf("  stack: everything called in %d threads of %lu bytes (PTHREAD_STACK_MIN is %lu), bound %s: %s\n", THREADS,
        (unsigned long)smallest, (unsigned long)PTHREAD_STACK_MIN, binding, is_right ? "right" : "WRONG");
    return !is_right;
}
