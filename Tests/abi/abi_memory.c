/* SPDX-License-Identifier: MIT */
/**
 * \file abi_memory.c
 * The installed library in a host that replaces jansson's allocator, and runs out of memory. Only cp_list, cp_get and cp_explain
 * take any.
 */
#define _XOPEN_SOURCE 700

#include <callprop.h>

#include <jansson.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "check.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Allocators that know what they gave ----------------------------------------------------------- */

enum { HOST_A = 0xA110CA, HOST_B = 0xB110CB, FREED = 0xDEAD, CANARY = 0xA5, FENCE = 16 };

/** What stands before each block; behind it stand FENCE canaries. */
union header {
    struct {
        long owner;
        size_t size;
    } is;
    long double alignment;
};

static long blocks_alive;
static long freed_by_another;
static long written_past;
static long allocations;
/** The allocation that fails, counted from 0; -1: none does. */
static long failing = -1;
/** Whether all that come after it fail too. */
static int fails_on;

static void *allocate(size_t size, long owner)
{
    union header *block;
    long number = allocations++;

    if (failing >= 0 && (number == failing || (fails_on && number > failing)))
        return NULL;
    block = malloc(sizeof *block + size + FENCE);
    if (block == NULL)
        return NULL;
    block->is.owner = owner;
    block->is.size = size;
    blocks_alive++;
    memset(block + 1, CANARY, size + FENCE);
    return block + 1;
}

static void give_back(void *memory, long owner)
{
    union header *block = memory;
    const unsigned char *bytes = memory;
    int i;

    if (memory == NULL)
        return;
    block--;
    if (block->is.owner != owner)
        freed_by_another++;
    for (i = 0; i < FENCE; i++)
        if (bytes[block->is.size + (size_t)i] != CANARY) {
            written_past++;
            break;
        }
    block->is.owner = FREED;
    blocks_alive--;
    free(block);
}

static void *allocate_a(size_t size) { return allocate(size, HOST_A); }
static void free_a(void *memory) { give_back(memory, HOST_A); }
static void *allocate_b(size_t size) { return allocate(size, HOST_B); }
static void free_b(void *memory) { give_back(memory, HOST_B); }

static void count_from_here(long allocation_that_fails, int and_all_after)
{
    allocations = 0;
    blocks_alive = 0;
    freed_by_another = 0;
    written_past = 0;
    failing = allocation_that_fails;
    fails_on = and_all_after;
}

/* ---- Texts, and what is right for them ------------------------------------------------------------- */

#define LIST "{\"id\":7,\"name\":\"Lunch\",\"property_list\":[\"li\",\"qri\"],\"more\":{\"a\":[1,2.5,null,true]}}"
#define LONG_NAME                                                                                                                \
    "a name that is longer than most, and that goes on and on, and would not fit into what anybody has ready for names"
#define CALL "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":false}"
#define PAIRS "src=external,dst=queue,leg=dst"

/** `list_code` and `call_code` are what is wrong with each; `known` is the set where unknown mnemos are let pass. */
static const struct {
    const char *list, *call;
    int allowed, list_code, call_code;
    cp_properties known;
} texts[] = {
    {LIST, CALL, 1, CP_OK, CP_OK, CP_LI | CP_QRI},
    {"[\"li\"]", CALL, 0, CP_OK, CP_OK, CP_LI},
    {"li,qri", PAIRS, 1, CP_OK, CP_OK, CP_LI | CP_QRI},
    {"", PAIRS, 0, CP_OK, CP_OK, 0},
    {"\xef\xbb\xbf[\"all\"]", "\xef\xbb\xbf" CALL, 1, CP_OK, CP_OK, CP_ALL},
    {"[\"li\",\"bogus\"]", CALL, 0, CP_ERROR_PROPERTY, CP_OK, CP_LI},
    {"bogus,li", PAIRS, 0, CP_ERROR_PROPERTY, CP_OK, CP_LI},
    {"[\"li\",", CALL, 0, CP_ERROR_SYNTAX, CP_OK, 0},
    {"{\"property_list\":[],\"property_list\":[]}", CALL, 0, CP_ERROR_TYPE, CP_OK, 0},
    {LIST, "{\"src\":\"ivr\",\"dst\":\"queue\",\"leg\":\"dst\"}", 0, CP_OK, CP_ERROR_CALL, CP_LI | CP_QRI},
    {LIST, "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"note\":[1,[2]]}", 0, CP_OK, CP_ERROR_TYPE, CP_LI | CP_QRI},
    {"{\"name\":\"" LONG_NAME "\",\"property_list\":[\"qri\"]}", CALL, 1, CP_OK, CP_OK, CP_QRI},
    {"{\"property_list\":[\"qri\"],\"" LONG_NAME "\":\"" LONG_NAME ", " LONG_NAME "\"}", CALL, 1, CP_OK, CP_OK, CP_QRI},
    {"{\"a\":[[[{\"b\":\"" LONG_NAME "\"}]]],\"n\":1234567890.12345678901234567890,\"property_list\":[]}", CALL, 0, CP_OK, CP_OK,
        0},
    {"{\"rate\":1.5,\"e\":1e999,\"a\":1,\"a\":\"\\u0000\\ud83d\\ude00\",\"property_list\":[\"qri\"]}", CALL, 1, CP_OK, CP_OK,
        CP_QRI},
    {"[\"" LONG_NAME "\"]", CALL, 0, CP_ERROR_PROPERTY, CP_OK, 0},
    {"[\"qri\",\"" LONG_NAME, CALL, 0, CP_ERROR_SYNTAX, CP_OK, 0},
    {"qri", "{\"src\":\"" LONG_NAME "\"}", 0, CP_OK, CP_ERROR_PARTY, CP_QRI},
};

/** Calls every function that takes no memory, and cp_explain where there is an error to report, which needs none either. */
static void check_without_memory(size_t row)
{
    const char *list = texts[row].list, *call = texts[row].call;
    int code = texts[row].list_code != CP_OK ? texts[row].list_code : texts[row].call_code;
    char text[CP_EXPLAIN_MAX] = "as it was";
    cp_properties set = 0xA5A5A5A5u, required;
    cp_call parsed = {0xA5, 0xA5, 0xA5, 0xA5};
    uint8_t permitted;
    cp_error error;
    int result;

    result = cp_allows(list, call, &error);
    CHECK(
        result == texts[row].allowed && error.code == code, "row %lu: %d, code %d", (unsigned long)row, result, (int)error.code);
    if (code != CP_OK) {
        result = (int)cp_explain(list, call, text, sizeof text, &error);
        CHECK(result == 0 && error.code == code && text[0] == '\0', "row %lu: %d, code %d, %s", (unsigned long)row, result,
            (int)error.code, text);
    }
    result = cp_properties_parse_known(list, &set, &error);
    CHECK(result == (texts[row].list_code == CP_OK || texts[row].list_code == CP_ERROR_PROPERTY), "row %lu", (unsigned long)row);
    CHECK(error.code == texts[row].list_code, "row %lu: code %d", (unsigned long)row, (int)error.code);
    CHECK(set == (result ? texts[row].known : 0xA5A5A5A5u), "row %lu: %#x", (unsigned long)row, (unsigned)set);
    set = 0;
    result = cp_properties_parse(list, &set, &error);
    CHECK(result == (texts[row].list_code == CP_OK), "row %lu: %d", (unsigned long)row, result);
    CHECK(error.code == texts[row].list_code, "row %lu: code %d", (unsigned long)row, (int)error.code);
    result = cp_call_parse(call, &parsed, &error);
    CHECK(result == (texts[row].call_code == CP_OK), "row %lu: %d", (unsigned long)row, result);
    CHECK(error.code == texts[row].call_code, "row %lu: code %d", (unsigned long)row, (int)error.code);

    /* Of a call that was not read, all members are out of range. */
    CHECK(cp_properties_format(set, text, sizeof text) == strlen(text), "row %lu: %s", (unsigned long)row, text);
    CHECK((cp_call_format(&parsed, text, sizeof text) > 0) == (texts[row].call_code == CP_OK), "row %lu: %s", (unsigned long)row,
        text);
    CHECK(
        cp_reason(set, &parsed, text, sizeof text) == strlen(text) && strlen(text) > 60, "row %lu: %s", (unsigned long)row, text);
    CHECK(cp_required(&parsed) == (texts[row].call_code == CP_OK ? (cp_properties)CP_QRI : 0), "row %lu", (unsigned long)row);
    CHECK(cp_required_many(&parsed, 1, &required) == (texts[row].call_code == CP_OK), "row %lu", (unsigned long)row);
    CHECK(cp_permits(set, &parsed) == texts[row].allowed, "row %lu", (unsigned long)row);
    CHECK(cp_permits_many(&set, &parsed, 1, &permitted) == (size_t)texts[row].allowed, "row %lu", (unsigned long)row);
    CHECK(strcmp(cp_version(), CP_VERSION_STRING) == 0, "%s", cp_version());
}

/** Whether the explanation is right; or, while memory is short, an error that says so. */
static void check_explanation(size_t row, const char *when)
{
    static const char no_memory[] = "buffer: no memory to write JSON; expected jansson's allocator to give some KiB";
    char buffer[CP_EXPLAIN_MAX] = "as it was";
    cp_error error;
    size_t length = cp_explain(texts[row].list, texts[row].call, buffer, sizeof buffer, &error);

    CHECK(strlen(buffer) == length, "row %lu, %s: %lu bytes: %s", (unsigned long)row, when, (unsigned long)length, buffer);
    if (error.code == CP_ERROR_MEMORY) {
        CHECK(failing >= 0 && failing < allocations, "row %lu, %s: no allocation has failed", (unsigned long)row, when);
        CHECK(length == 0 && error.position == -1, "row %lu, %s: position %d", (unsigned long)row, when, (int)error.position);
        CHECK(strcmp(error.text, no_memory) == 0, "row %lu, %s: %s", (unsigned long)row, when, error.text);
    } else {
        CHECK(error.code == CP_OK && length > 100 && buffer[length - 1] == '}', "row %lu, %s: code %d: %s", (unsigned long)row,
            when, (int)error.code, buffer);
        CHECK((strncmp(buffer, "{\"allowed\":true,", 16) == 0) == texts[row].allowed, "row %lu, %s: %s", (unsigned long)row, when,
            buffer);
    }
    CHECK(blocks_alive == 0 && freed_by_another == 0 && written_past == 0,
        "row %lu, %s: %ld blocks are left behind, %ld were freed by another, %ld written past", (unsigned long)row, when,
        blocks_alive, freed_by_another, written_past);
}

static int is_explained(size_t row) { return texts[row].list_code == CP_OK && texts[row].call_code == CP_OK; }

/* ---- The cases ------------------------------------------------------------------------------------- */

/** In a process where nobody has called the library yet: whether the catalogue comes as soon as there is memory. */
static int catalogue_comes_with_the_memory(void)
{
    const char *list, *object;
    long needed, i;

    json_set_alloc_funcs(allocate_a, free_a);
    count_from_here(0, 1);
    if (cp_list() != NULL || cp_get("li") != NULL || allocations == 0 || blocks_alive != 0)
        return 0;
    /* Each allocation of those that it needs fails once; how many it needs shows when none does. */
    for (i = 0;; i++) {
        count_from_here(i, 0);
        list = i % 2 ? cp_list() : cp_get("li");
        if (blocks_alive != 0)
            return 0;
        if (list != NULL)
            break;
    }
    needed = allocations;
    list = cp_list();
    object = cp_get("li");
    if (list == NULL || object == NULL || i != needed || needed < 20)
        return 0;
    /* Once it is there, no memory is needed, and another allocator changes nothing. */
    json_set_alloc_funcs(allocate_b, free_b);
    count_from_here(0, 1);
    return cp_list() == list && cp_get("li") == object && allocations == 0 && strstr(list, object) != NULL;
}

static void the_catalogue_is_null_only_while_there_is_no_memory(void)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0)
        _exit(catalogue_comes_with_the_memory() == 1 ? 0 : 1);
    CHECK(child > 0 && waitpid(child, &status, 0) == child, "fork");
    CHECK(status == 0, "a fresh process that has no memory at first: wait status %d", status);
}

static void no_other_function_asks_jansson_for_memory(void)
{
    size_t row;

    json_set_alloc_funcs(allocate_a, free_a);
    for (row = 0; row < COUNT(texts); row++) {
        count_from_here(0, 1);
        check_without_memory(row);
        CHECK(allocations == 0, "row %lu: %ld allocations", (unsigned long)row, allocations);
    }
    count_from_here(0, 1);
    check_explanation(0, "no memory");
    CHECK(allocations > 0, "cp_explain is to ask for memory: otherwise this counts nothing");
}

static void an_explanation_leaves_nothing_behind(void)
{
    size_t row;

    json_set_alloc_funcs(allocate_a, free_a);
    for (row = 0; row < COUNT(texts); row++)
        if (is_explained(row)) {
            count_from_here(-1, 0);
            check_explanation(row, "enough memory");
            CHECK(allocations > 0, "row %lu is to be one that allocates", (unsigned long)row);
        }
}

static void every_allocation_that_fails_is_an_error_and_never_an_explanation(void)
{
    size_t row;
    int and_all_after;

    json_set_alloc_funcs(allocate_a, free_a);
    for (row = 0; row < COUNT(texts); row++)
        for (and_all_after = 0; is_explained(row) && and_all_after < 2; and_all_after++) {
            long needed, i;

            count_from_here(-1, 0);
            check_explanation(row, "enough memory");
            needed = allocations;
            for (i = 0; i < needed; i++) {
                char when[64];

                sprintf(when, "allocation %ld fails%s", i, and_all_after ? " and all after it" : "");
                count_from_here(i, and_all_after);
                check_explanation(row, when);
                CHECK(allocations > i, "row %lu, %s: it was not reached", (unsigned long)row, when);
                CHECK(cp_explain(texts[row].list, texts[row].call, NULL, 0, NULL) == 0 || !and_all_after, "row %lu, %s",
                    (unsigned long)row, when);
            }
        }
}

static void what_one_allocator_gave_is_never_freed_by_another(void)
{
    size_t row;
    int i;

    for (i = 0; i < 4; i++)
        for (row = 0; row < COUNT(texts); row++) {
            if ((i + (int)row) % 2)
                json_set_alloc_funcs(allocate_a, free_a);
            else
                json_set_alloc_funcs(allocate_b, free_b);
            count_from_here(-1, 0);
            if (is_explained(row))
                check_explanation(row, "the host has replaced the allocator");
            CHECK(cp_list() != NULL && cp_get("qri") != NULL, "the catalogue");
            CHECK(freed_by_another == 0 && blocks_alive == 0, "row %lu: %ld freed by another, %ld left", (unsigned long)row,
                freed_by_another, blocks_alive);
        }
    json_set_alloc_funcs(malloc, free);
    count_from_here(-1, 0);
    check_explanation(0, "back to malloc");
    CHECK(allocations == 0 && freed_by_another == 0, "back to malloc");
}

int main(int argc, char **argv)
{
    /* The first case needs a process in which nobody has called the library yet, so it is the first. */
    static const struct test_case cases[] = {
        {"the catalogue is NULL only while there is no memory", the_catalogue_is_null_only_while_there_is_no_memory},
        {"no other function asks jansson for memory", no_other_function_asks_jansson_for_memory},
        {"an explanation leaves nothing behind", an_explanation_leaves_nothing_behind},
        {"every allocation that fails is an error and never an explanation",
            every_allocation_that_fails_is_an_error_and_never_an_explanation},
        {"what one allocator gave is never freed by another", what_one_allocator_gave_is_never_freed_by_another},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
