/* SPDX-License-Identifier: MIT */
/**
 * \file stack.c
 * How much stack each function needs, measured: the stack of a thread is painted, and what is no longer painted was used.
 * Then everything is called from threads with a small stack.
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

enum { SIZE = 256 * 1024, PAINT = 0xC5, MARGIN = 32 * 1024 };

/** What is measured: the readers of texts.h, and the rest. */
enum { LIST = READERS, GET, FORMAT, VALUES, MEASURED };
static const char *const names[MEASURED] = {
    "the parsers", "cp_allows", "cp_explain", "cp_list", "cp_get", "cp_properties_format", "cp_required, cp_permits, cp_permits_many"};

struct job {
    int what;
    const struct text *text;
    char *entry; /* where the stack stood before the call */
    const char *wrong;
};

static void do_job(struct job *job)
{
    static const cp_call calls[64];
    static const cp_properties sets[64];
    static struct outcome outcome;
    uint8_t permitted[64];
    char text[CP_PROPERTIES_MAX];

    if (job->what < READERS) {
        read_text((enum reader)job->what, job->text, &outcome);
        job->wrong = wrong_in((enum reader)job->what, job->text, &outcome);
    } else if (job->what == LIST) {
        job->wrong = cp_list() == NULL ? "NULL" : NULL;
    } else if (job->what == GET) {
        job->wrong = cp_get("ro") == NULL ? "NULL" : NULL;
    } else if (job->what == FORMAT) {
        job->wrong = cp_properties_format(0xFF, text, sizeof text) < 20 ? "short" : NULL;
    } else {
        job->wrong = cp_required(calls) != CP_LO || cp_permits(0, calls) || cp_permits_many(sets, calls, 64, permitted) ? "wrong" : NULL;
    }
}

static void *run(void *argument)
{
    struct job *job = argument;
    char here;

    job->entry = &here;
    do_job(job);
    return NULL;
}

/** Bytes of stack that a job used. */
static long measure(struct job *job)
{
    static char *stack;
    pthread_attr_t attributes;
    pthread_t thread;
    long untouched = 0;

    if (stack == NULL)
        stack = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(stack, PAINT, SIZE);
    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstack(&attributes, stack, SIZE) != 0 ||
        pthread_create(&thread, &attributes, run, job) != 0 || pthread_join(thread, NULL) != 0)
        abort();
    while (stack[untouched] == (char)PAINT)
        untouched++;
    return job->entry - (stack + untouched);
}

/** The most that a function uses: in any call, and in the first one of a process, when symbols are still to be bound. */
static long most(int what, const char **deepest)
{
    long *result = mmap(NULL, 2 * sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    size_t i, count = what < READERS ? texts_count : 1;
    int status;

    if (fork() == 0) {
        for (i = 0; i < count; i++) {
            struct job job = {what, &texts[i], NULL, NULL};
            long used = measure(&job);

            if (job.wrong != NULL)
                _Exit(1);
            if (used > result[0]) {
                result[0] = used;
                result[1] = (long)i;
            }
        }
        _Exit(0);
    }
    wait(&status);
    *deepest = what < READERS ? texts[result[1]].kind : "first call";
    return status == 0 ? result[0] : -1;
}

static void *call_everything(void *argument)
{
    struct job *job = argument;
    size_t i;

    for (job->what = 0; job->what < MEASURED && job->wrong == NULL; job->what++)
        for (i = 0; i < (job->what < READERS ? texts_count : 1) && job->wrong == NULL; i++) {
            job->text = &texts[i];
            do_job(job);
        }
    return NULL;
}

int main(void)
{
    struct job job = {0, NULL, NULL, NULL};
    size_t small = (size_t)PTHREAD_STACK_MIN + MARGIN;
    pthread_attr_t attributes;
    pthread_t thread;
    long worst = 0;
    int what;

    texts_make();
    for (what = 0; what < MEASURED; what++) {
        const char *deepest;
        long used = most(what, &deepest);

        printf("  stack: %6ld bytes  %s (%s)\n", used, names[what], deepest);
        if (used < 0)
            return 1;
        if (used > worst)
            worst = used;
    }
    fflush(stdout);
    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, small) != 0 ||
        pthread_create(&thread, &attributes, call_everything, &job) != 0 || pthread_join(thread, NULL) != 0)
        abort();
    printf("  stack: everything called in a thread with %lu bytes: %s; at most %ld bytes used\n", (unsigned long)small,
        job.wrong ? job.wrong : "right", worst);
    return job.wrong != NULL || worst > MARGIN;
}
