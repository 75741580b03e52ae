/* SPDX-License-Identifier: MIT */
/*
 * callprop-check: callprop on the command line. Try `callprop-check --help`.
 *
 * Nothing that callprop returns is to be freed, so there is no cleanup here.
 */
#include <callprop.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A script must be able to tell a denial from a question that has no answer. */
enum { PERMITTED = 0, DENIED = 1, FAILED = 2 };

static const char usage[] = "usage: callprop-check list\n"
                            "       callprop-check get MNEMO\n"
                            "       callprop-check allows PROPERTY_LIST CALL\n"
                            "       callprop-check explain PROPERTY_LIST CALL\n"
                            "\n"
                            "PROPERTY_LIST  li,lo  or  [\"li\",\"lo\"]  or a status object in JSON\n"
                            "CALL           src=external,dst=ivr,leg=dst,callback=false  or the same as a JSON object\n"
                            "\n"
                            "exit status: 0 permitted, or listed; 1 denied; 2 error, and behind this help\n";

static int fail(const char *text)
{
    fprintf(stderr, "callprop-check: %s\n", text);
    return FAILED;
}

static int fail_with(const cp_error *error)
{
    if (error->position < 0) {
        return fail(error->text);
    }
    fprintf(stderr, "callprop-check: %s (at byte %" PRId32 ")\n", error->text, error->position);
    return FAILED;
}

static int list(void)
{
    const char *json = cp_list();
    if (json == NULL) {
        return fail("out of memory");
    }
    puts(json);
    return PERMITTED;
}

static int get(const char *mnemo)
{
    const char *json = cp_get(mnemo);
    if (json == NULL) {
        /* cp_get() has two reasons for NULL; cp_list() has one of them only. */
        return fail(cp_list() == NULL ? "out of memory" : "no such property; `callprop-check list` shows all of them");
    }
    puts(json);
    return PERMITTED;
}

static int allows(const char *property_list, const char *call)
{
    cp_error error;
    int permitted = cp_allows(property_list, call, &error);
    if (error.code != CP_OK) {
        return fail_with(&error);
    }
    puts(permitted ? "permitted" : "denied");
    return permitted ? PERMITTED : DENIED;
}

static int explain(const char *property_list, const char *call)
{
    char json[CP_EXPLAIN_MAX];
    cp_error error;
    if (cp_explain(property_list, call, json, sizeof json, &error) == 0) {
        return fail_with(&error);
    }
    puts(json);
    /* The program decides with a function that decides; the JSON is for people and for programs that show it. */
    return cp_allows(property_list, call, NULL) ? PERMITTED : DENIED;
}

static int run(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";

    if (argc == 2 && strcmp(command, "--help") == 0) {
        fputs(usage, stdout);
        return fail("help: nothing was decided, so the exit status is 2");
    }
    if (argc == 2 && strcmp(command, "list") == 0) {
        return list();
    }
    if (argc == 3 && strcmp(command, "get") == 0) {
        return get(argv[2]);
    }
    if (argc == 4 && strcmp(command, "allows") == 0) {
        return allows(argv[2], argv[3]);
    }
    if (argc == 4 && strcmp(command, "explain") == 0) {
        return explain(argv[2], argv[3]);
    }
    fputs(usage, stderr);
    return FAILED;
}

int main(int argc, char **argv)
{
    int status = run(argc, argv);

    /* stdout is buffered: a full disk shows here, and a caller who reads the output must not miss it. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "callprop-check: standard output: %s\n", strerror(errno));
        return FAILED;
    }
    return status;
}
