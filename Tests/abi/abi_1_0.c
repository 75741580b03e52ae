/* SPDX-License-Identifier: MIT */
/**
 * \file abi_1_0.c
 * A program of callprop 1.0: its header, and every function of it. It prints what it was told; test_built_with_1_0.py judges.
 * Arguments: texts to be refused, each behind L (a property list) or C (a call).
 */
#include "callprop-1.0.h"

#include <stdio.h>
#include <string.h>

enum { SETS = 256, FILL = 0xA5 };

static const char *const parties[] = {"extension", "external", "queue", "ivr"};
static const char *const legs[] = {"src", "dst"};

/** Prints answers for all sets, as digits. */
static void print_answers(const char *function, const uint8_t *answers)
{
    int set;

    printf(" %s=", function);
    for (set = 0; set < SETS; set++)
        printf("%d", answers[set]);
}

/** What every function of 1.0 says of a call with every set. */
static void decide(int src, int dst, int leg, int callback)
{
    static cp_properties sets[SETS];
    static cp_call calls[SETS];
    uint8_t permits[SETS], many[SETS], allows[SETS], explains[SETS];
    cp_call call, parsed;
    char call_text[128];
    size_t count;
    int set;

    call.src = (uint8_t)src;
    call.dst = (uint8_t)dst;
    call.leg = (uint8_t)leg;
    call.callback = (uint8_t)callback;
    sprintf(call_text, "src=%s,dst=%s,leg=%s,callback=%s", parties[src], parties[dst], legs[leg], callback ? "true" : "false");
    for (set = 0; set < SETS; set++) {
        char list[CP_PROPERTIES_MAX], explanation[CP_EXPLAIN_MAX];
        cp_properties again = 0;

        sets[set] = (cp_properties)set;
        calls[set] = call;
        permits[set] = (uint8_t)cp_permits(sets[set], &call);
        if (cp_properties_format(sets[set], list, sizeof list) != strlen(list))
            puts("cp_properties_format is wrong");
        if (cp_properties_parse(list, &again, NULL) != 1 || again != sets[set])
            puts("cp_properties_parse is wrong");
        allows[set] = (uint8_t)cp_allows(list, call_text, NULL);
        if (cp_explain(list, call_text, explanation, sizeof explanation, NULL) != strlen(explanation))
            puts("cp_explain is wrong");
        explains[set] = strstr(explanation, "{\"allowed\":true,") == explanation;
    }
    count = cp_permits_many(sets, calls, SETS, many);
    memset(&parsed, FILL, sizeof parsed);
    if (cp_call_parse(call_text, &parsed, NULL) != (memcmp(&parsed, &call, sizeof call) == 0))
        puts("cp_call_parse is wrong");
    printf("%s required=%u count=%lu", call_text, (unsigned)cp_required(&call), (unsigned long)count);
    print_answers("cp_permits", permits);
    print_answers("cp_permits_many", many);
    print_answers("cp_allows", allows);
    print_answers("cp_explain", explains);
    putchar('\n');
}

/** Prints the bytes of a cp_error, and of what stands behind it. */
static void print_error(const char *function, int result, const unsigned char *bytes)
{
    size_t i;

    printf("%s %d ", function, result);
    for (i = 0; i < sizeof(cp_error) + 8; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}

static void refuse(const char *list, const char *call, int is_list)
{
    union {
        cp_error error;
        unsigned char bytes[sizeof(cp_error) + 8];
    } memory;
    char explanation[CP_EXPLAIN_MAX];
    cp_properties set;
    cp_call parsed;
    int result;

    memset(&memory, FILL, sizeof memory);
    result = cp_allows(list, call, &memory.error);
    print_error("cp_allows", result, memory.bytes);
    memset(&memory, FILL, sizeof memory);
    result = (int)cp_explain(list, call, explanation, sizeof explanation, &memory.error);
    print_error("cp_explain", result, memory.bytes);
    memset(&memory, FILL, sizeof memory);
    result = is_list ? cp_properties_parse(list, &set, &memory.error) : cp_call_parse(call, &parsed, &memory.error);
    print_error(is_list ? "cp_properties_parse" : "cp_call_parse", result, memory.bytes);
}

int main(int count, char **texts)
{
    int src, dst, leg, callback, i;

    printf("built with %s, runs with %s\n", CP_VERSION_STRING, cp_version());
    printf("%s\n%s\n", cp_list(), cp_get("qli"));
    for (src = 0; src < 4; src++)
        for (dst = 0; dst < 4; dst++)
            for (leg = 0; leg < 2; leg++)
                for (callback = 0; callback < 2; callback++)
                    decide(src, dst, leg, callback);
    for (i = 1; i < count; i++) {
        int is_list = texts[i][0] == 'L';

        refuse(is_list ? texts[i] + 1 : "all", is_list ? "src=external,dst=ivr,leg=dst" : texts[i] + 1, is_list);
    }
    return 0;
}
