/* SPDX-License-Identifier: MIT */
/**
 * \file check.h
 * A test program's bones: cases that run one after the other, and checks that report and go on. It speaks TAP
 * (https://testanything.org), and runs one case when it is given a part of its name: `program "small buffer"`.
 */
#ifndef CHECK_H
#define CHECK_H

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** What a C test program is made of: the behaviour in words, and the function that checks it. */
struct test_case {
    const char *name;
    void (*run)(void);
};

static const char *case_name = "";
static unsigned long checks_made;
static unsigned long case_failures;

/** Reports file:line, the expression and the case when `passed` is 0. The format says which input it was. */
__attribute__((format(printf, 5, 6))) static void check(
    int passed, const char *expression, const char *file, int line, const char *format, ...)
{
    va_list arguments;

    checks_made++;
    if (passed)
        return;
    if (++case_failures > 20)
        return;
    printf("# %s:%d: false: %s\n#     case:  %s\n#     input: ", file, line, expression, case_name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

/** CHECK(expression, format, …): the format and what follows say which input it was. */
#define CHECK(expression, ...) check((expression) ? 1 : 0, #expression, __FILE__, __LINE__, __VA_ARGS__)

/** A crash ends the program; this says in which case it was. */
static void report_crash(int number)
{
    static const char words[] = "Bail out! A deadly signal in: ";

    if (write(1, words, sizeof words - 1) < 0 || write(1, case_name, strlen(case_name)) < 0 || write(1, "\n", 1) < 0)
        _exit(3);
    signal(number, SIG_DFL);
    raise(number);
}

/**
 * Runs the cases, or those whose name holds the program's argument. Returns the exit status of the program. A case that checks
 * nothing has failed.
 */
static int run_cases(int argc, char **argv, const struct test_case *cases, size_t count)
{
    const char *part = argc > 1 ? argv[1] : "";
    unsigned long failed_cases = 0, cases_run = 0, before;
    size_t i;

    signal(SIGSEGV, report_crash);
    signal(SIGBUS, report_crash);
    signal(SIGILL, report_crash);
    signal(SIGABRT, report_crash);
    signal(SIGALRM, report_crash);
    for (i = 0; i < count; i++) {
        if (strstr(cases[i].name, part) == NULL)
            continue;
        case_name = cases[i].name;
        case_failures = 0;
        before = checks_made;
        cases[i].run();
        if (checks_made == before)
            check(0, "a case checks something", __FILE__, __LINE__, "none");
        printf("%sok %lu - %s", case_failures ? "not " : "", ++cases_run, case_name);
        if (case_failures > 20)
            printf(" # %lu checks failed; 20 are shown", case_failures);
        putchar('\n');
        fflush(stdout);
        failed_cases += case_failures != 0;
    }
    printf("1..%lu\n# %lu of %lu cases failed, %lu checks\n", cases_run, failed_cases, cases_run, checks_made);
    return failed_cases != 0 || cases_run == 0;
}

#endif
