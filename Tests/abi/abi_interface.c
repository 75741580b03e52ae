/* SPDX-License-Identifier: MIT */
/**
 * \file abi_interface.c
 * What the header declares, from C99: sizes and numbers, signatures, the version, and text that is borrowed.
 */
#include <callprop.h>

#include <string.h>

#include "abi_words.h"
#include "check.h"

#define PASTE(a, b) a##b
#define NAMED(a, b) PASTE(a, b)
#define FACT(condition) typedef char NAMED(fact_, __LINE__)[(condition) ? 1 : -1];
#define ALIGNMENT_OF(type) offsetof(struct aligned_##type, value)
struct aligned_cp_call {
    char before;
    cp_call value;
};
struct aligned_cp_error {
    char before;
    cp_error value;
};
#include "abi_layout.h"

/* The signatures: with another one in the header, this does not compile. */
static const char *(*const signature_of_version)(void) = cp_version;
static const char *(*const signature_of_list)(void) = cp_list;
static const char *(*const signature_of_get)(const char *) = cp_get;
static int (*const signature_of_allows)(const char *, const char *, cp_error *) = cp_allows;
static size_t (*const signature_of_explain)(const char *, const char *, char *, size_t, cp_error *) = cp_explain;
static int (*const signature_of_properties_parse)(const char *, cp_properties *, cp_error *) = cp_properties_parse;
static size_t (*const signature_of_properties_format)(cp_properties, char *, size_t) = cp_properties_format;
static int (*const signature_of_call_parse)(const char *, cp_call *, cp_error *) = cp_call_parse;
static cp_properties (*const signature_of_required)(const cp_call *) = cp_required;
static int (*const signature_of_permits)(cp_properties, const cp_call *) = cp_permits;
static size_t (*const signature_of_permits_many)(const cp_properties *, const cp_call *, size_t, uint8_t *) = cp_permits_many;
static int (*const signature_of_properties_parse_known)(const char *, cp_properties *, cp_error *) = cp_properties_parse_known;
static size_t (*const signature_of_call_format)(const cp_call *, char *, size_t) = cp_call_format;
static size_t (*const signature_of_reason)(cp_properties, const cp_call *, char *, size_t) = cp_reason;
static size_t (*const signature_of_required_many)(const cp_call *, size_t, cp_properties *) = cp_required_many;
static cp_call (*const signature_of_call_make)(int, int, int, int) = cp_call_make;

static void borrowed_text_is_the_same_every_time(void)
{
    static const char *const no_mnemos[] = {"", " ", "li ", " li", "LI", "al", "alll", "li,lo", "\"li\"", "bogus", "\xff"};
    const char *list = cp_list();
    const char *objects[8];
    size_t i;

    CHECK(list != NULL && list[0] == '[' && list[strlen(list) - 1] == ']', "cp_list: %s", list ? list : "NULL");
    for (i = 0; i < 8; i++) {
        const char *object = cp_get(mnemos[i]);
        char start[32];

        sprintf(start, "{\"mnemo\":\"%s\",", mnemos[i]);
        CHECK(object != NULL && strncmp(object, start, strlen(start)) == 0, "%s: %s", mnemos[i], object ? object : "NULL");
        CHECK(object != NULL && list != NULL && strstr(list, object) != NULL, "%s: its text is to be in cp_list", mnemos[i]);
        objects[i] = object;
    }
    for (i = 0; i < COUNT(no_mnemos); i++)
        CHECK(cp_get(no_mnemos[i]) == NULL, "\"%s\"", no_mnemos[i]);
    for (i = 0; i < 8; i++)
        CHECK(cp_get(mnemos[i]) == objects[i], "%s", mnemos[i]);
    CHECK(cp_list() == list, "cp_list");
}

static void the_library_is_of_the_version_that_its_header_says(void)
{
    char numbers[64];

    sprintf(numbers, "%d.%d.%d", CP_VERSION_MAJOR, CP_VERSION_MINOR, CP_VERSION_PATCH);
    CHECK(strcmp(CP_VERSION_STRING, numbers) == 0, "%s, but the numbers say %s", CP_VERSION_STRING, numbers);
    CHECK(strcmp(cp_version(), CP_VERSION_STRING) == 0, "library %s, header %s", cp_version(), CP_VERSION_STRING);
    CHECK(cp_version() == cp_version(), "the same pointer every time");
}

static void a_pointer_to_each_function_is_the_function(void)
{
    cp_call call = {CP_EXTENSION, CP_EXTENSION, CP_LEG_SRC, 0};
    cp_properties set = CP_ALL;
    uint8_t permitted = 0;

    CHECK(strcmp(signature_of_version(), CP_VERSION_STRING) == 0, "cp_version");
    CHECK(signature_of_list() == cp_list(), "cp_list");
    CHECK(signature_of_get("li") == cp_get("li"), "cp_get");
    CHECK(signature_of_allows("ri", A_CALL, NULL) == 1, "cp_allows");
    CHECK(signature_of_explain("ri", A_CALL, NULL, 0, NULL) > 100, "cp_explain");
    CHECK(signature_of_properties_parse("ri", &set, NULL) == 1 && set == CP_RI, "cp_properties_parse");
    CHECK(signature_of_properties_format(set, NULL, 0) == 2, "cp_properties_format");
    CHECK(signature_of_call_parse(A_CALL, &call, NULL) == 1 && call.src == CP_EXTERNAL, "cp_call_parse");
    CHECK(signature_of_required(&call) == CP_RI, "cp_required");
    CHECK(signature_of_permits(set, &call) == 1, "cp_permits");
    CHECK(signature_of_permits_many(&set, &call, 1, &permitted) == 1 && permitted == 1, "cp_permits_many");
}

static void a_pointer_to_each_function_of_1_1_is_the_function(void)
{
    cp_call call = signature_of_call_make(CP_EXTERNAL, CP_IVR, CP_LEG_DST, 0);
    cp_properties set = CP_ALL;

    CHECK(call.src == CP_EXTERNAL && call.dst == CP_IVR && call.leg == CP_LEG_DST && call.callback == 0, "cp_call_make");
    CHECK(signature_of_properties_parse_known("ri,video", &set, NULL) == 1 && set == CP_RI, "cp_properties_parse_known");
    CHECK(signature_of_call_format(&call, NULL, 0) == 43, "cp_call_format");
    CHECK(signature_of_reason(set, &call, NULL, 0) > 60, "cp_reason");
    CHECK(signature_of_required_many(&call, 1, &set) == 1 && set == CP_RI, "cp_required_many");
}

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"borrowed text is the same every time", borrowed_text_is_the_same_every_time},
        {"the library is of the version that its header says", the_library_is_of_the_version_that_its_header_says},
        {"a pointer to each function is the function", a_pointer_to_each_function_is_the_function},
        {"a pointer to each function of 1.1 is the function", a_pointer_to_each_function_of_1_1_is_the_function},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
