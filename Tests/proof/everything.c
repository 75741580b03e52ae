/* SPDX-License-Identifier: MIT */
/**
 * \file everything.c
 * Calls every function with good and bad arguments, all of which stand in blocks of malloc's without a byte to spare, so that a
 * tool which watches memory (valgrind, AddressSanitizer) sees a byte too many.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texts.h"

static long calls, failures;

static void check(int is_right, const char *what, const char *input)
{
    calls++;
    if (!is_right && failures++ < 10)
        printf("  wrong: %s: %.60s\n", what, input);
}

/** Bytes that are followed by nothing: in a block of their own. */
static void *block(const void *bytes, size_t size)
{
    void *memory = malloc(size + (size == 0));

    if (memory == NULL)
        abort();
    return memcpy(memory, bytes, size);
}

static void read_all_texts(void)
{
    struct outcome outcome;
    size_t i;
    int reader;

    for (i = 0; i < texts_count; i++)
        for (reader = 0; reader < READERS; reader++) {
            read_text((enum reader)reader, &texts[i], &outcome);
            check(wrong_in((enum reader)reader, &texts[i], &outcome) == NULL, reader_names[reader], texts[i].kind);
        }
}

/** Text without an end: nothing behind the byte that makes it too long may be read. */
static void read_endless_text(void)
{
    static char spaces[CP_TEXT_MAX + 1];
    char *text;
    cp_error error;
    cp_properties set;
    cp_call call;

    memset(spaces, ' ', sizeof spaces);
    text = block(spaces, sizeof spaces);
    check(cp_properties_parse(text, &set, &error) == 0 && error.code == CP_ERROR_LIMIT, "cp_properties_parse", "endless");
    check(cp_properties_parse_known(text, &set, &error) == 0 && error.code == CP_ERROR_LIMIT, "cp_properties_parse_known",
        "endless");
    check(cp_call_parse(text, &call, &error) == 0 && error.code == CP_ERROR_LIMIT, "cp_call_parse", "endless");
    check(cp_allows(text, text, &error) == 0 && error.code == CP_ERROR_LIMIT, "cp_allows", "endless");
    check(cp_get(text) == NULL, "cp_get", "endless");
    free(text);
}

static void leave_out_arguments(void)
{
    static const char list[] = "ro", call[] = "src=extension,dst=external,leg=src";
    char buffer[CP_EXPLAIN_MAX];
    cp_error error;
    cp_properties set;
    cp_call parsed = {CP_IVR, CP_IVR, CP_LEG_SRC, 0};
    int i;

    for (i = 0; i < 16; i++) {
        const char *a = i & 1 ? list : NULL, *b = i & 2 ? call : NULL;
        char *to = i & 4 ? buffer : NULL;
        cp_error *why = i & 8 ? &error : NULL;

        check(cp_allows(a, b, why) == ((i & 3) == 3), "cp_allows", "NULL");
        check((cp_explain(a, b, to, sizeof buffer, why) != 0) == ((i & 7) == 7), "cp_explain", "NULL");
        check((cp_explain(a, b, NULL, 0, why) != 0) == ((i & 3) == 3), "cp_explain", "NULL, 0");
        check(cp_properties_parse(a, i & 4 ? &set : NULL, why) == ((i & 5) == 5), "cp_properties_parse", "NULL");
        check(cp_properties_parse_known(a, i & 4 ? &set : NULL, why) == ((i & 5) == 5), "cp_properties_parse_known", "NULL");
        check(cp_call_parse(b, i & 4 ? &parsed : NULL, why) == ((i & 6) == 6), "cp_call_parse", "NULL");
        check((cp_properties_format(0xFF, to, sizeof buffer) != 0) == ((i & 4) != 0), "cp_properties_format", "NULL");
        check((cp_call_format(i & 2 ? &parsed : NULL, to, sizeof buffer) != 0) == ((i & 6) == 6), "cp_call_format", "NULL");
        check((cp_reason(0xFF, i & 2 ? &parsed : NULL, to, sizeof buffer) != 0) == ((i & 4) != 0), "cp_reason", "NULL");
    }
    check(cp_get(NULL) == NULL && cp_required(NULL) == 0 && cp_permits(CP_ALL, NULL) == 0, "values", "NULL");
}

/** The four that write into a buffer. */
enum { EXPLAIN, REASON, FORMAT_SET, FORMAT_CALL, WRITERS };
static const char *const writer_names[WRITERS] = {"cp_explain", "cp_reason", "cp_properties_format", "cp_call_format"};

static size_t write_to(int writer, char *buffer, size_t size)
{
    static const cp_call call = {CP_QUEUE, CP_QUEUE, CP_LEG_SRC, 1};

    return writer == EXPLAIN   ? cp_explain("all,li", "src=queue,dst=queue,leg=src,callback=true", buffer, size, NULL)
        : writer == REASON     ? cp_reason(CP_LI, &call, buffer, size)
        : writer == FORMAT_SET ? cp_properties_format(0xFFFFFFFFu, buffer, size)
                               : cp_call_format(&call, buffer, size);
}

static void write_to_buffers_of_any_size(void)
{
    static const size_t huge[] = {(size_t)-1, (size_t)-1 / 2, (size_t)-1 / 2 + 1, (size_t)-1 / 2 + 2, 1u << 31};
    static char rubbish[CP_EXPLAIN_MAX], expected[CP_EXPLAIN_MAX];
    size_t size, whole, i;
    int writer;

    memset(rubbish, 'x', sizeof rubbish);
    for (writer = 0; writer < WRITERS; writer++) {
        whole = write_to(writer, expected, sizeof expected);
        check(whole > 20 && strlen(expected) == whole && write_to(writer, NULL, 0) == whole, writer_names[writer], "whole");
        for (size = 0; size < whole + 3; size++) {
            char *buffer = block(rubbish, size);

            check(write_to(writer, buffer, size) == whole &&
                    (size == 0 ||
                        (strlen(buffer) == (size <= whole ? size - 1 : whole) && memcmp(buffer, expected, strlen(buffer)) == 0)),
                writer_names[writer], "size");
            check(cp_explain("bogus", "", buffer, size, NULL) == 0 && (size == 0 || buffer[0] == '\0'), "cp_explain", "error");
            free(buffer);
        }
        /* What programs say when they know that there is room. */
        for (i = 0; i < sizeof huge / sizeof huge[0]; i++) {
            char *buffer = block(rubbish, whole + 1);

            check(write_to(writer, buffer, huge[i]) == whole && strcmp(buffer, expected) == 0, writer_names[writer], "huge size");
            free(buffer);
        }
    }
}

static void decide_values(void)
{
    size_t n, i, expected, can_happen;

    for (n = 0; n < 200; n++) {
        cp_properties *sets = malloc(n * sizeof *sets + (n == 0));
        cp_call *calls_made = malloc(n * sizeof *calls_made + (n == 0));
        cp_properties *required = malloc(n * sizeof *required + (n == 0));
        uint8_t *permitted = malloc(n + (n == 0));

        expected = can_happen = 0;
        for (i = 0; i < n; i++) {
            cp_call call = {(uint8_t)(i % 5), (uint8_t)(i / 5 % 5), (uint8_t)(i / 25 % 3), (uint8_t)(i / 75)};

            sets[i] = (cp_properties)(i * 2654435761u);
            calls_made[i] = call;
            can_happen += cp_required(&call) != 0;
            expected += (size_t)cp_permits(sets[i], &calls_made[i]);
            check(cp_permits(0, &call) == 0 && cp_permits(CP_ALL, &call) == (cp_required(&call) != 0), "cp_permits", "values");
        }
        check(cp_permits_many(sets, calls_made, n, permitted) == expected, "cp_permits_many", "values");
        check(cp_required_many(calls_made, n, required) == can_happen, "cp_required_many", "values");
        for (i = 0; i < n; i++) {
            check(permitted[i] == cp_permits(sets[i], &calls_made[i]), "cp_permits_many", "one of the values");
            check(required[i] == cp_required(&calls_made[i]), "cp_required_many", "one of the values");
        }
        free(sets);
        free(calls_made);
        free(required);
        free(permitted);
    }
}

static void read_the_catalogue(void)
{
    static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};
    static const char *const bad[] = {"", "a", "al", "alll", "ALL", " all", "x", "li,lo", "\xFF"};
    size_t i;

    for (i = 0; i < sizeof mnemos / sizeof mnemos[0]; i++) {
        char *mnemo = block(mnemos[i], strlen(mnemos[i]) + 1);

        check(cp_get(mnemo) != NULL && cp_list() != NULL && strstr(cp_list(), cp_get(mnemo)) != NULL, "cp_get", mnemo);
        free(mnemo);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *mnemo = block(bad[i], strlen(bad[i]) + 1);

        check(cp_get(mnemo) == NULL, "cp_get", mnemo);
        free(mnemo);
    }
    check(strcmp(cp_version(), CP_VERSION_STRING) == 0, "cp_version", "");
}

int main(void)
{
    size_t i;

    texts_make();
    read_all_texts();
    read_endless_text();
    leave_out_arguments();
    write_to_buffers_of_any_size();
    decide_values();
    read_the_catalogue();
    for (i = 0; i < texts_count; i++)
        free((char *)(texts[i].is_call ? texts[i].call : texts[i].list));
    free(texts);
    printf("  everything: %ld checks, %ld wrong\n", calls, failures);
    return failures != 0;
}
