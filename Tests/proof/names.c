/* SPDX-License-Identifier: MIT */
/**
 * \file names.c
 * A host whose executable exports a function of its own under a name of jansson's: the loader hands it to all who ask for that
 * name, whatever the version. Compiled once for each NAME of jansson's. What it is called, the function counts, and does nothing.
 *
 * Prints what became of it. Exit status 0: the decisions are right and did not call it; and either cp_list and cp_explain are
 * right too, or they called it, which callprop.h does not rule out.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "texts.h"

long NAME(void);
#define TEXT_OF(name) #name
#define NAME_AS_TEXT(name) TEXT_OF(name)

static long called;

long NAME(void)
{
    called++;
    return 0;
}

static int is_right_to_write(void)
{
    static struct outcome outcome;
    const char *list = cp_list(), *object = cp_get("ro");
    size_t i;

    for (i = 0; i < texts_count; i++) {
        read_text(READ_EXPLAIN, &texts[i], &outcome);
        if (wrong_in(READ_EXPLAIN, &texts[i], &outcome) != NULL)
            return 0;
    }
    return list != NULL && object != NULL && strlen(list) > 1000 && strstr(list, object) != NULL;
}

static int is_right_to_decide(void)
{
    static struct outcome outcome;
    size_t i;
    int reader;

    for (i = 0; i < texts_count; i++)
        for (reader = 0; reader < READERS; reader++) {
            if (reader == READ_EXPLAIN)
                continue;
            read_text((enum reader)reader, &texts[i], &outcome);
            if (wrong_in((enum reader)reader, &texts[i], &outcome) != NULL)
                return 0;
        }
    return 1;
}

int main(void)
{
    long *seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long at_load = called;
    int status, is_right, is_written;

    texts_make();
    is_right = is_right_to_decide() && called == at_load;
    fflush(stdout);
    if (fork() == 0) {
        alarm(20);
        is_written = is_right_to_write();
        *seen = called;
        _exit(!is_written);
    }
    wait(&status);
    is_written = status == 0;
    printf("%s: decisions %s; cp_list and cp_explain %s%s%s\n", NAME_AS_TEXT(NAME), is_right ? "right" : "WRONG",
        is_written                ? "right"
            : WIFSIGNALED(status) ? "end the process"
                                  : "fail",
        *seen > at_load || WIFSIGNALED(status) ? ", call it" : "", at_load != 0 ? "; called when the library was loaded" : "");
    return !is_right || (!is_written && *seen == at_load && !WIFSIGNALED(status));
}
