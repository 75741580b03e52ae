/* SPDX-License-Identifier: MIT */
/* The floor of cp_reason: snprintf of pieces that lie ready, as a plugin in C would have it. The pieces are cut out of
   cp_reason's own sentences; rows.c checks that both then write the same for every set and call. */
#include "c_table.h"
#include "rows.h"
#include <stdio.h>
#include <string.h>

enum { SETS = 256, CALLS_THERE_ARE = 64, ROOM = CP_REASON_MAX };

static char clauses[CALLS_THERE_ARE][ROOM]; /* "an outside number calls this extension" */
static char words[8][ROOM];                 /* "ri (External incoming personal)", by the property's bit */

static size_t index_of(const cp_call *call)
{
    return (size_t)(call->src | call->dst << 2 | call->leg << 4 | call->callback << 5);
}

/* What stands between two parts of a text; whether they are there. */
static int cut(char *to, const char *text, const char *from, const char *until)
{
    const char *start = strstr(text, from), *end = start ? strstr(start + strlen(from), until) : NULL;
    if (!end)
        return 0;
    start += strlen(from);
    memcpy(to, start, (size_t)(end - start));
    to[end - start] = 0;
    return 1;
}

static int same_for_all_sets(const cp_call *call)
{
    for (cp_properties granted = 0; granted < SETS; granted++) {
        char ours[ROOM], in_c[ROOM];
        size_t length = cp_reason(granted, call, ours, sizeof ours);
        if (c_reason(granted, call, in_c, sizeof in_c) != length || memcmp(ours, in_c, length + 1) != 0)
            return 0;
    }
    return 1;
}

int prepare_reasons(void)
{
    char text[ROOM];
    cp_call call;
    for (unsigned facts = 0; facts < CALLS_THERE_ARE; facts++) {
        call = (cp_call){facts & 3, facts >> 2 & 3, facts >> 4 & 1, (uint8_t)(facts >> 5)};
        if (!c_required(&call))
            continue;
        cp_reason(CP_ALL, &call, text, sizeof text);
        if (!cut(words[0], text, ", allowed by ", "."))
            return 0;
        cp_reason(0, &call, text, sizeof text);
        if (!cut(clauses[facts], text, "Denied: ", ", which needs ") ||
            !cut(words[__builtin_ctz(c_required(&call))], text, ", which needs ", " or all; "))
            return 0;
    }
    for (unsigned facts = 0; facts < CALLS_THERE_ARE; facts++) {
        call = (cp_call){facts & 3, facts >> 2 & 3, facts >> 4 & 1, (uint8_t)(facts >> 5)};
        if (c_required(&call) && !same_for_all_sets(&call))
            return 0;
    }
    return 1;
}

size_t c_reason(cp_properties granted, const cp_call *call, char *buffer, size_t size)
{
    cp_properties required = c_required(call), matched = granted & required ? required : granted & CP_ALL;
    const char *clause = clauses[index_of(call)];
    if (matched)
        return (size_t)snprintf(buffer, size, "Permitted: %s, allowed by %s.", clause, words[__builtin_ctz(matched)]);
    return (size_t)snprintf(buffer, size, "Denied: %s, which needs %s or all; %s", clause, words[__builtin_ctz(required)],
        granted ? "the status grants neither." : "the status grants nothing.");
}
