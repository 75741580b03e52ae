/* SPDX-License-Identifier: MIT */
/**
 * \file abi_memory.c
 * The installed library in a host that replaces jansson's allocator, and runs out of memory.
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

/* ---- Texts that jansson reads, and what is right for them ------------------------------------------ */

#define LIST "{\"id\":7,\"name\":\"Lunch\",\"property_list\":[\"li\",\"qri\"],\"more\":{\"a\":[1,2.5,null,true]}}"
#define LONG_NAME "a name that is longer than most, and that goes on and on, until the buffer in which it is read must grow for the second time"
#define CALL "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":false}"

static const struct {
    const char *list, *call;
    int allowed, code;
} texts[] = {
    {LIST, CALL, 1, CP_OK},
    {"[\"li\"]", CALL, 0, CP_OK},
    {"li,qri", "src=external,dst=queue,leg=dst", 1, CP_OK},
    {"[\"li\",\"bogus\"]", CALL, 0, CP_ERROR_PROPERTY},
    {"[\"li\",", CALL, 0, CP_ERROR_SYNTAX},
    {"{\"property_list\":[],\"property_list\":[]}", CALL, 0, CP_ERROR_TYPE},
    {LIST, "{\"src\":\"ivr\",\"dst\":\"queue\",\"leg\":\"dst\"}", 0, CP_ERROR_CALL},
    {LIST, "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"note\":[1,[2]]}", 0, CP_ERROR_TYPE},
    /* Tokens for which jansson's lexer needs a larger buffer than it begins with. */
    {"{\"name\":\"Do not disturb\",\"property_list\":[\"li\",\"qri\"]}", CALL, 1, CP_OK},
    {"{\"name\":\"" LONG_NAME "\",\"property_list\":[\"qri\"]}", CALL, 1, CP_OK},
    {"{\"property_list\":[\"qri\"],\"" LONG_NAME "\":\"" LONG_NAME ", " LONG_NAME "\"}", CALL, 1, CP_OK},
    {"{\"a\":[[[{\"b\":\"" LONG_NAME "\"}]]],\"n\":1234567890.12345678901234567890,\"property_list\":[]}", CALL, 0, CP_OK},
    {"[\"" LONG_NAME "\"]", CALL, 0, CP_ERROR_PROPERTY},
    {"[\"qri\",\"" LONG_NAME, CALL, 0, CP_ERROR_SYNTAX},
    {"qri", "{\"src\":\"" LONG_NAME "\"}", 0, CP_ERROR_PARTY},
};

/** Whether the error is the one that is right for the row; or, while memory is short, one that says so. */
static int is_right_code(size_t row, const cp_error *error)
{
    if (error->code == CP_ERROR_MEMORY)
        return failing >= 0 && error->position == -1 && strstr(error->text, "memory") != NULL;
    return error->code == texts[row].code;
}

/** Calls every function that reads text; what comes back must be right, or a failure for want of memory that permits nothing. */
static void check_row(size_t row, const char *when)
{
    const char *list = texts[row].list, *call = texts[row].call;
    char buffer[CP_EXPLAIN_MAX] = "as it was";
    cp_properties set = 0xA5A5A5A5u;
    cp_call parsed = {0xA5, 0xA5, 0xA5, 0xA5};
    cp_error error;
    size_t length;
    int result;

    result = cp_allows(list, call, &error);
    CHECK(result == (error.code == CP_OK && texts[row].allowed), "cp_allows, row %lu, %s: result %d, code %d", (unsigned long)row,
        when, result, (int)error.code);
    CHECK(is_right_code(row, &error), "cp_allows, row %lu, %s: code %d, position %d: %s", (unsigned long)row, when,
        (int)error.code, (int)error.position, error.text);

    length = cp_explain(list, call, buffer, sizeof buffer, &error);
    CHECK(is_right_code(row, &error), "cp_explain, row %lu, %s: code %d, position %d: %s", (unsigned long)row, when,
        (int)error.code, (int)error.position, error.text);
    CHECK(strlen(buffer) == length && (length > 100) == (error.code == CP_OK), "cp_explain, row %lu, %s: %lu bytes: %s",
        (unsigned long)row, when, (unsigned long)length, buffer);

    result = cp_properties_parse(list, &set, &error);
    CHECK(result == (error.code == CP_OK), "cp_properties_parse, row %lu, %s: code %d", (unsigned long)row, when, (int)error.code);
    CHECK(result == 1 || set == 0xA5A5A5A5u, "cp_properties_parse, row %lu, %s: out is %#x", (unsigned long)row, when,
        (unsigned)set);

    result = cp_call_parse(call, &parsed, &error);
    CHECK(result == (error.code == CP_OK), "cp_call_parse, row %lu, %s: code %d", (unsigned long)row, when, (int)error.code);
    CHECK(result == 1 || (parsed.src == 0xA5 && parsed.dst == 0xA5 && parsed.leg == 0xA5 && parsed.callback == 0xA5),
        "cp_call_parse, row %lu, %s: out was written", (unsigned long)row, when);
}

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
    for (i = 0; i < 20; i++) {
        count_from_here(i, 0);
        if (cp_list() != NULL || blocks_alive != 0)
            return 0;
    }
    count_from_here(-1, 0);
    list = cp_list();
    needed = allocations;
    object = cp_get("li");
    if (list == NULL || object == NULL || needed < 20 || blocks_alive != 0)
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

static void nothing_is_left_behind(void)
{
    size_t row;

    json_set_alloc_funcs(allocate_a, free_a);
    for (row = 0; row < COUNT(texts); row++) {
        count_from_here(-1, 0);
        check_row(row, "enough memory");
        CHECK(allocations > 0, "row %lu is to be one that allocates", (unsigned long)row);
        CHECK(blocks_alive == 0, "row %lu: %ld blocks", (unsigned long)row, blocks_alive);
        CHECK(freed_by_another == 0 && written_past == 0, "row %lu: %ld freed by another, %ld written past", (unsigned long)row,
            freed_by_another, written_past);
    }
}

static void every_allocation_that_fails_is_an_error_and_never_a_permission(void)
{
    size_t row;
    int and_all_after;

    json_set_alloc_funcs(allocate_a, free_a);
    for (row = 0; row < COUNT(texts); row++)
        for (and_all_after = 0; and_all_after < 2; and_all_after++) {
            long needed, i;

            count_from_here(-1, 0);
            check_row(row, "enough memory");
            needed = allocations;
            for (i = 0; i < needed; i++) {
                char when[64];

                sprintf(when, "allocation %ld fails%s", i, and_all_after ? " and all after it" : "");
                count_from_here(i, and_all_after);
                check_row(row, when);
                CHECK(blocks_alive == 0 && written_past == 0, "row %lu, %s: %ld blocks are left behind, %ld were written past",
                    (unsigned long)row, when, blocks_alive, written_past);
            }
        }
}

static void without_any_memory_json_is_an_error_and_values_are_decided_still(void)
{
    char buffer[CP_EXPLAIN_MAX];
    cp_call call = {CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0};
    cp_properties set;
    cp_error error;

    json_set_alloc_funcs(allocate_a, free_a);
    count_from_here(0, 1);
    CHECK(cp_allows(LIST, CALL, &error) == 0 && error.code == CP_ERROR_MEMORY, "cp_allows: code %d", (int)error.code);
    CHECK(strncmp(error.text, "property_list: ", 15) == 0 && error.position == -1, "%s", error.text);
    CHECK(cp_allows("li,qri", CALL, &error) == 0 && error.code == CP_ERROR_MEMORY, "cp_allows: code %d", (int)error.code);
    CHECK(strncmp(error.text, "call: ", 6) == 0 && error.position == -1, "%s", error.text);
    CHECK(cp_explain("li", "src=external,dst=queue,leg=dst", buffer, sizeof buffer, &error) == 0, "cp_explain");
    CHECK(error.code == CP_ERROR_MEMORY && buffer[0] == '\0', "cp_explain: code %d, %s", (int)error.code, buffer);
    CHECK(cp_properties_parse(LIST, &set, &error) == 0 && error.code == CP_ERROR_MEMORY, "code %d", (int)error.code);
    CHECK(cp_call_parse(CALL, &call, &error) == 0 && error.code == CP_ERROR_MEMORY, "code %d", (int)error.code);
    CHECK(cp_required(&call) == CP_QRI && cp_permits(CP_QRI, &call) == 1 && cp_permits(CP_LI, &call) == 0, "values");
    CHECK(blocks_alive == 0, "%ld blocks", blocks_alive);
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
            check_row(row, "the host has replaced the allocator");
            CHECK(cp_list() != NULL && cp_get("qri") != NULL, "the catalogue");
            CHECK(freed_by_another == 0 && blocks_alive == 0, "row %lu: %ld freed by another, %ld left", (unsigned long)row,
                freed_by_another, blocks_alive);
        }
    json_set_alloc_funcs(malloc, free);
    count_from_here(-1, 0);
    CHECK(cp_allows(LIST, CALL, NULL) == 1, "back to malloc");
    CHECK(allocations == 0 && freed_by_another == 0, "back to malloc");
}

int main(void)
{
    /* The first case needs a process in which nobody has called the library yet, so it is the first. */
    static const struct test_case cases[] = {
        {"the catalogue is NULL only while there is no memory", the_catalogue_is_null_only_while_there_is_no_memory},
        {"nothing is left behind", nothing_is_left_behind},
        {"every allocation that fails is an error and never a permission",
            every_allocation_that_fails_is_an_error_and_never_a_permission},
        {"without any memory JSON is an error, and values are decided still",
            without_any_memory_json_is_an_error_and_values_are_decided_still},
        {"what one allocator gave is never freed by another", what_one_allocator_gave_is_never_freed_by_another},
    };

    return run_cases(cases, COUNT(cases));
}
