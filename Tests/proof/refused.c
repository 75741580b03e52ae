/* SPDX-License-Identifier: MIT */
/**
 * \file refused.c
 * In a process where nobody gets any memory, every decision is right: each call with each set, in every form of text and as values,
 * and each refusal. The process's allocators and jansson's refuse; what they might be by-passed with is a system call, and the
 * kernel ends the process at any of those (seccomp's strict mode, which lets only read, write and exit through).
 */
#include <jansson.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../shared/scenarios.h"
#include "fence.h"
#include "texts.h"

enum { CALLS = 64, SETS = 256, LIST_FORMS = 8, CALL_FORMS = 6 };

/* ---- All that is read, made beforehand ------------------------------------------------------------- */

static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};
static const char *const parties[] = {"extension", "external", "queue", "ivr"}, *const legs[] = {"src", "dst"};
static const char *const escaped[] = {
    "\\u0061ll", "c\\u0071", "\\u006Ci", "\\u006co", "ql\\u0069", "q\\u0072i", "r\\u0069", "r\\u006f"};
static const char *const flags[] = {"false", "true"};

static cp_call calls[CALLS];
static char *lists[SETS][LIST_FORMS], *call_texts[CALLS][CALL_FORMS];
static char reasons[CALLS][SETS][CP_REASON_MAX];
static struct outcome (*outcomes)[READERS];

/** What was found, by the process that gets no memory. */
static struct tally {
    long decisions, refusals, wrong;
    char first[400];
    int is_over;
} *tally;

static char *text(const char *format, ...)
{
    va_list arguments;
    char *made = malloc(2048);

    va_start(arguments, format);
    if (made == NULL || vsnprintf(made, 2048, format, arguments) >= 2048)
        abort();
    va_end(arguments);
    return made;
}

/** The mnemos of a set, each between `before` and `after`, with `comma` between two. */
static const char *join(
    const char *const *names, int set, int is_backwards, const char *before, const char *after, const char *comma)
{
    static char joined[512];
    int i, bit;

    joined[0] = '\0';
    for (i = 0; i < 8; i++) {
        bit = is_backwards ? 7 - i : i;
        if (set >> bit & 1) {
            strcat(joined, joined[0] == '\0' ? "" : comma);
            strcat(strcat(strcat(joined, before), names[bit]), after);
        }
    }
    return joined;
}

static void make_texts(void)
{
    char explanation[CP_EXPLAIN_MAX];
    int i, set;
    size_t k;

    for (set = 0; set < SETS; set++) {
        char **form = lists[set];

        *form++ = text("%s", join(mnemos, set, 0, "", "", ","));
        *form++ = text("\r\n %s\t", join(mnemos, set, 1, "", "", " ,\n "));
        *form++ = text("\xEF\xBB\xBF%s", join(mnemos, set, 0, "", "", ","));
        *form++ = text("[%s]", join(mnemos, set, 0, "\"", "\"", ","));
        *form++ = text(" [ %s ] ", join(mnemos, set, 1, "\"", "\"", "\t,\r\n"));
        *form++ = text("{\"property_list\":[%s]}", join(mnemos, set, 0, "\"", "\"", ","));
        *form++ = text(
            "{\"id\":9223372036854775808,\"name\":\"Away from the desk until the end of the week: ask Zo\xC3\xAB, \\u0416 or the "
            "\\\"team\\\"\",\"rate\":-0.250e+3,\"huge\":1e999,\"property_list\":[%s],\"tags\":[{\"a\":[null,true,false]}]}",
            join(mnemos, set, 0, "\"", "\"", ", "));
        *form++ = text("{\"\\u0070roperty\\u005Flist\":[%s]}", join(escaped, set, 0, "\"", "\"", ","));
    }
    for (i = 0; i < CALLS; i++) {
        int callback = i / 32;
        const char *src = parties[i % 4], *dst = parties[i / 4 % 4], *leg = legs[i / 16 % 2], *flag = flags[callback];
        char **form = call_texts[i];

        calls[i] = cp_call_make(i % 4, i / 4 % 4, i / 16 % 2, callback);
        *form++ = text("src=%s,dst=%s,leg=%s,callback=%s", src, dst, leg, flag);
        *form++ = text(callback ? " callback = true ,\tleg=%s\r\n, dst = %s, src=%s " : "leg=%s,dst=%s,src=%s", leg, dst, src);
        *form++ = text("{\"src\":\"%s\",\"dst\":\"%s\",\"leg\":\"%s\",\"callback\":%s}", src, dst, leg, flag);
        *form++ = text(callback ? " { \"callback\" : true , \"leg\":\"%s\", \"dst\" :\"%s\",\r\n\t\"src\": \"%s\" } "
                                : "{\"leg\":\"%s\",\"dst\":\"%s\",\"src\":\"%s\"}",
            leg, dst, src);
        *form++ = text("\xEF\xBB\xBF{\"src\":\"%s\",\"dst\":\"%s\",\"leg\":\"%s\",\"callback\":%s}", src, dst, leg, flag);
        *form++ = text("{\"s\\u0072c\":\"%s\",\"dst\":\"%s\",\"\\u006Ceg\":\"%s\",\"callback\":%s}", src, dst, leg, flag);
        for (set = 0; set < SETS; set++) {
            cp_reason((cp_properties)set, &calls[i], reasons[i][set], CP_REASON_MAX);
            /* A reason is right when it is that of the explanation, which has its own tests. */
            if (required_by(calls[i]) != 0 &&
                (cp_explain(lists[set][0], call_texts[i][0], explanation, sizeof explanation, NULL) == 0 ||
                    strstr(explanation, reasons[i][set]) == NULL))
                abort();
        }
    }
    outcomes = calloc(texts_count, sizeof *outcomes);
    for (k = 0; k < texts_count; k++)
        for (i = 0; i < READERS; i++)
            read_text((enum reader)i, &texts[k], &outcomes[k][i]);
}

/* ---- Without memory -------------------------------------------------------------------------------- */

static void check(int is_right, const char *what, const char *a, const char *b)
{
    if (is_right || tally->wrong++ > 0)
        return;
    snprintf(tally->first, sizeof tally->first, "%s: %.100s | %.200s", what, a, b);
}

/** One call with one set, in every form. */
static void decide_from_text(int i, int set)
{
    int is_right = is_permitted((cp_properties)set, calls[i]), code = required_by(calls[i]) == 0 ? CP_ERROR_CALL : CP_OK, a, b;
    cp_error error;

    for (a = 0; a < LIST_FORMS; a++)
        for (b = 0; b < CALL_FORMS; b++) {
            tally->decisions++;
            check(cp_allows(lists[set][a], call_texts[i][b], &error) == is_right && error.code == code, "cp_allows",
                lists[set][a], call_texts[i][b]);
        }
}

static void decide_from_values(int i, int set)
{
    static cp_properties granted[CALLS], required[CALLS];
    static uint8_t permitted[CALLS];
    char reason[CP_REASON_MAX];
    size_t count = 0, can_happen = 0, length;
    int k;

    tally->decisions++;
    check(cp_permits((cp_properties)set, &calls[i]) == is_permitted((cp_properties)set, calls[i]), "cp_permits", "", "");
    check(cp_required(&calls[i]) == required_by(calls[i]), "cp_required", "", "");
    length = cp_reason((cp_properties)set, &calls[i], reason, sizeof reason);
    check(length == strlen(reason) && strcmp(reason, reasons[i][set]) == 0, "cp_reason", reason, reasons[i][set]);
    if (i != 0)
        return;
    for (k = 0; k < CALLS; k++) {
        granted[k] = (cp_properties)set;
        count += (size_t)is_permitted((cp_properties)set, calls[k]);
        can_happen += required_by(calls[k]) != 0;
    }
    check(cp_permits_many(granted, calls, CALLS, permitted) == count, "cp_permits_many", "", "");
    check(cp_required_many(calls, CALLS, required) == can_happen, "cp_required_many", "", "");
    for (k = 0; k < CALLS; k++)
        check(
            permitted[k] == is_permitted((cp_properties)set, calls[k]) && required[k] == required_by(calls[k]), "arrays", "", "");
}

static void parse_and_format(void)
{
    char written[CP_PROPERTIES_MAX];
    cp_properties set;
    cp_error error;
    cp_call call;
    int i, form;

    for (i = 0; i < SETS; i++) {
        check(cp_properties_format((cp_properties)i, written, sizeof written) == strlen(written) &&
                strcmp(written, lists[i][0]) == 0,
            "cp_properties_format", written, lists[i][0]);
        for (form = 0; form < LIST_FORMS; form++) {
            check(cp_properties_parse(lists[i][form], &set, &error) == 1 && error.code == CP_OK && set == (cp_properties)i,
                "cp_properties_parse", lists[i][form], error.text);
            check(cp_properties_parse_known(lists[i][form], &set, &error) == 1 && error.code == CP_OK && set == (cp_properties)i,
                "cp_properties_parse_known", lists[i][form], error.text);
        }
    }
    for (i = 0; i < CALLS; i++) {
        int can_happen = required_by(calls[i]) != 0;

        check(cp_call_format(&calls[i], written, sizeof written) == strlen(written) && strcmp(written, call_texts[i][0]) == 0,
            "cp_call_format", written, call_texts[i][0]);
        for (form = 0; form < CALL_FORMS; form++)
            check(cp_call_parse(call_texts[i][form], &call, &error) == can_happen &&
                    error.code == (can_happen ? CP_OK : CP_ERROR_CALL) &&
                    (!can_happen || memcmp(&call, &calls[i], sizeof call) == 0),
                "cp_call_parse", call_texts[i][form], error.text);
    }
}

/** The refusals: whole, and the same as ever. Only what would be explained is not. */
static void refuse(void)
{
    static struct outcome outcome;
    size_t i;
    int reader;

    for (i = 0; i < texts_count; i++)
        for (reader = 0; reader < READERS; reader++) {
            int is_writing = reader == READ_EXPLAIN && texts[i].code == CP_OK;

            tally->refusals++;
            read_text((enum reader)reader, &texts[i], &outcome);
            if (is_writing)
                check(outcome.result == 0 && outcome.error.code == CP_ERROR_MEMORY && outcome.error.position == -1 &&
                        strstr(outcome.error.text, "buffer: no memory") != NULL && outcome.explanation[0] == '\0',
                    "cp_explain", texts[i].kind, outcome.error.text);
            else
                check(memcmp(&outcome, &outcomes[i][reader], sizeof outcome) == 0 &&
                        wrong_in((enum reader)reader, &texts[i], &outcome) == NULL,
                    reader_names[reader], texts[i].kind, outcome.error.text);
        }
    check(cp_list() == NULL && cp_get("li") == NULL && cp_get("bogus") == NULL, "the catalogue", "", "");
}

static long asked_of_jansson;

static void *refuse_block(size_t size)
{
    (void)size;
    asked_of_jansson++;
    return NULL;
}

static void free_nothing(void *memory) { check(memory == NULL, "jansson frees something", "", ""); }

/** Whether every way to memory is closed. */
static void knock(void)
{
    void *block = NULL;

    check(malloc(1) == NULL && calloc(1, 1) == NULL && realloc(NULL, 1) == NULL && reallocarray(NULL, 1, 1) == NULL &&
            memalign(16, 16) == NULL && aligned_alloc(16, 16) == NULL && valloc(1) == NULL && pvalloc(1) == NULL &&
            posix_memalign(&block, 16, 16) != 0 && block == NULL && strdup("x") == NULL && sbrk(4096) == (void *)-1 &&
            mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && json_object() == NULL,
        "an allocator does not refuse", "", "");
}

/* qemu-user has no seccomp: there, only what the process itself is asked for is seen. */
static int is_without_seccomp;

static void live_without_memory(int is_to_call_the_kernel)
{
    const struct fence_plan all = {0, LONG_MAX, 0, 0, 0, 0, 0};
    int i, set;

    json_set_alloc_funcs(refuse_block, free_nothing);
    fence_begin(&all);
    fence_interposes = 1;
    knock();
    fence_begin(&all);
    asked_of_jansson = 0;
    if (!is_without_seccomp && prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
        check(0, "there is no seccomp", "", "");
    if (is_to_call_the_kernel)
        (void)!syscall(SYS_brk, NULL);
    for (i = 0; i < CALLS; i++)
        for (set = 0; set < SETS; set++) {
            decide_from_text(i, set);
            decide_from_values(i, set);
        }
    parse_and_format();
    check(fence_count.asked == 0 && asked_of_jansson == 0, "a decision asks for memory", "", "");
    refuse();
    check(asked_of_jansson > 0, "cp_explain asks for none", "", "");
    check(strcmp(cp_version(), CP_VERSION_STRING) == 0, "cp_version", "", "");
    tally->is_over = 1;
    syscall(SYS_exit, 0); /* _exit ends all threads by another system call */
}

int main(int argc, char **argv)
{
    int status, is_killed;

    is_without_seccomp = argc == 2 && strcmp(argv[1], "without-seccomp") == 0;
    texts_make();
    make_texts();
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (!is_without_seccomp && fork() == 0)
        live_without_memory(1);
    is_killed = is_without_seccomp;
    if (!is_without_seccomp) {
        wait(&status);
        is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && !tally->is_over;
    }
    if (!is_killed)
        printf("  a system call is not noticed, so this shows nothing\n");
    if (fork() == 0)
        live_without_memory(0);
    wait(&status);
    if (status != 0)
        printf("  ended with wait status %d: %s\n", status,
            WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? "a system call" : "a crash");
    printf("  every allocator refuses%s: %ld decisions, %ld texts of texts.c read: %ld wrong%s%s\n",
        is_without_seccomp ? "" : ", and the kernel too", tally->decisions, tally->refusals, tally->wrong,
        tally->wrong ? ": " : "", tally->first);
    return !is_killed || status != 0 || !tally->is_over || tally->wrong != 0;
}
