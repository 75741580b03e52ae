/* SPDX-License-Identifier: MIT */
/**
 * \file grammar_check.c
 * See grammar.h.
 */
#include "grammar.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct grammar_count *grammar_count;
struct grammar_count grammar_own;

void grammar_add_up(void)
{
    int i;

    __sync_fetch_and_add(&grammar_count->texts, grammar_own.texts);
    __sync_fetch_and_add(&grammar_count->accepted, grammar_own.accepted);
    __sync_fetch_and_add(&grammar_count->completions, grammar_own.completions);
    __sync_fetch_and_add(&grammar_count->dead_ends, grammar_own.dead_ends);
    __sync_fetch_and_add(&grammar_count->failures, grammar_own.failures);
    for (i = 0; i < EXPLAINED; i++)
        __sync_fetch_and_add(&grammar_count->explained[i], grammar_own.explained[i]);
    memset(&grammar_own, 0, sizeof grammar_own);
}

void grammar_fail(const char *text, const char *what, long seen, long right)
{
    const unsigned char *byte;

    if (grammar_own.failures++ >= 10)
        return;
    printf("  wrong: %s: %ld, not %ld: ", what, seen, right);
    for (byte = (const unsigned char *)text; *byte != '\0'; byte++)
        printf(*byte >= 0x20 && *byte < 0x7F && *byte != '\\' ? "%c" : "\\x%02x", *byte);
    putchar('\n');
    fflush(stdout);
}

/* ---- jansson, with memory that is thrown away after each text -------------------------------------- */

static _Alignas(16) char pool[1 << 22];
static size_t used;

static void *take_memory(size_t size)
{
    void *memory = pool + used;

    used += (size + 15) & ~(size_t)15;
    if (used > sizeof pool)
        abort();
    return memory;
}

static void leave_memory(void *memory) { (void)memory; }

void grammar_prepare(void) { json_set_alloc_funcs(take_memory, leave_memory); }

static json_t *load(const char *text, json_error_t *error)
{
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3; /* jansson reads no byte order mark: the text without it is to be the same */
    used = 0;
    return json_loads(text, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, error);
}

/** Why jansson refuses what the grammar lets pass; EXPLAINED when nothing explains it. */
static enum explained explanation(const char *text)
{
    json_error_t error;

    if (load(text, &error) != NULL)
        return EXPLAINED;
    switch (json_error_code(&error)) {
    case json_error_numeric_overflow: return LARGE_NUMBER;
    case json_error_null_byte_in_key: return NUL_IN_KEY;
    default: return EXPLAINED;
    }
}

int is_json(const char *text)
{
    enum explained why;

    if (load(text, NULL) != NULL)
        return 1;
    why = explanation(text);
    if (why == EXPLAINED)
        return 0;
    grammar_own.explained[why]++;
    return 1;
}

void check_jansson(const char *text, enum json_step step, int is_complete)
{
    int is_right = step == STEP_RIGHT && is_complete, is_accepted = load(text, NULL) != NULL;
    enum explained why;

    if (is_accepted == is_right)
        return;
    why = is_accepted ? (step == STEP_TOO_DEEP ? DEEP_NESTING : EXPLAINED) : explanation(text);
    if (why == EXPLAINED)
        grammar_fail(text, "jansson's verdict", is_accepted, is_right);
    else
        grammar_own.explained[why]++;
}

/* ---- The meaning, by jansson ----------------------------------------------------------------------- */

static cp_properties set_of(const json_t *list)
{
    static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};
    cp_properties set = 0;
    size_t i, k;

    for (i = 0; i < json_array_size(list); i++)
        for (k = 0; k < 8; k++)
            if (json_string_length(json_array_get(list, i)) == strlen(mnemos[k]) &&
                strcmp(json_string_value(json_array_get(list, i)), mnemos[k]) == 0)
                set |= 1u << k;
    return set;
}

static int place_of(const json_t *json, const char *key, const char *names)
{
    const char *value = json_string_value(json_object_get(json, key)), *place = value == NULL ? NULL : strstr(names, value);

    return place == NULL ? -1 : (int)(place - names) / 10;
}

static cp_call call_of(const json_t *json)
{
    static const char parties[] = "extension external  queue     ivr       ", legs[] = "src       dst       ";

    return cp_call_make(place_of(json, "src", parties), place_of(json, "dst", parties), place_of(json, "leg", legs),
        json_is_true(json_object_get(json, "callback")));
}

void check_meaning(const char *text, enum json_argument argument, const struct meaning *right)
{
    const json_t *json = load(text, NULL);
    cp_properties set;
    cp_call call;

    if (json == NULL)
        return; /* what jansson refuses, check_jansson has explained */
    if (argument == CALL) {
        call = call_of(json);
        if (memcmp(&call, &right->call, sizeof call) != 0)
            grammar_fail(text, "the call that jansson reads", call.src, right->call.src);
    } else {
        set = set_of(json_is_object(json) ? json_object_get(json, "property_list") : json);
        if (set != right->set)
            grammar_fail(text, "the set that jansson reads", (long)set, (long)right->set);
    }
}

/* ---- The library ----------------------------------------------------------------------------------- */

void check_library(const char *text, enum json_argument argument, const struct meaning *right)
{
    static const cp_call no_call = {0xA5, 0xA5, 0xA5, 0xA5};
    int is_right = right->code == CP_OK || (argument == KNOWN_LIST && right->code == CP_ERROR_PROPERTY), result;
    cp_properties set = 0xA5A5A5A5;
    cp_call call = no_call;
    cp_error error;
    const char *name = right->code == CP_OK ? "" : argument == CALL ? "call" : "property_list";

    grammar_own.texts++;
    grammar_own.accepted += is_right;
    if (argument == CALL)
        result = cp_call_parse(text, &call, &error);
    else
        result = (argument == LIST ? cp_properties_parse : cp_properties_parse_known)(text, &set, &error);
    if (result != is_right)
        grammar_fail(text, "result", result, is_right);
    if (error.code != right->code)
        grammar_fail(text, "code", error.code, right->code);
    if (error.position != (right->code == CP_OK ? 0 : right->position))
        grammar_fail(text, "position", error.position, right->position);
    if (strncmp(error.text, name, strlen(name)) != 0 ||
        strncmp(error.text + strlen(name), right->words, strlen(right->words)) != 0 ||
        (right->code == CP_OK && error.text[0] != '\0'))
        grammar_fail(text, error.text, error.code, right->code);
    if (set != (argument != CALL && is_right ? right->set : 0xA5A5A5A5))
        grammar_fail(text, "set", (long)set, (long)right->set);
    if (memcmp(&call, argument == CALL && is_right ? &right->call : &no_call, sizeof call) != 0)
        grammar_fail(text, "call", call.src, right->call.src);
}

int check_text(const char *text, enum json_argument argument)
{
    const char *byte = strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
    struct json_state_machine machine;
    enum json_step step = STEP_RIGHT;
    struct meaning right;

    if (!model_read(text, argument, &right)) {
        if (load(text, NULL) != NULL)
            grammar_fail(text, "JSON, by jansson, that neither [ nor { begins", 1, 0);
        return 0;
    }
    check_library(text, argument, &right);
    json_begin(&machine);
    for (; *byte != '\0' && step == STEP_RIGHT; byte++)
        step = json_take(&machine, (unsigned char)*byte);
    check_jansson(text, step, json_is_complete(&machine));
    if (right.code == CP_OK || (argument == KNOWN_LIST && right.code == CP_ERROR_PROPERTY))
        check_meaning(text, argument, &right);
    return 1;
}
