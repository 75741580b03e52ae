/* SPDX-License-Identifier: MIT */
/**
 * \file abi_pages.c
 * Arguments at the edges of memory, from C99: a byte too far is a page that cannot be touched. Tests/proof/edges.c has every text.
 */
#define _DEFAULT_SOURCE /* mmap's MAP_ANONYMOUS */

#include <callprop.h>

#include <string.h>
#include <sys/mman.h>

#include "abi_calls.h"
#include "abi_fences.h"
#include "abi_words.h"
#include "check.h"

static void nothing_outside_of_the_arguments_is_read_or_written(void)
{
    /* clang-format off */
    static const struct {
        const char *text;
        int is_good;
    } lists[] = {
        {"", 1}, {"li", 1}, {"li,lo", 1}, {"[\"li\"]", 1}, {"{\"property_list\":[\"li\"]}", 1},
        {"li,", 0}, {"bogus", 0}, {"[", 0}, {"[\"li\"", 0}, {"[\"\xc3", 0}, {"[\"li\"]\\", 0}, {"[\"\\", 0},
        {"[\"\\u00", 0}, {"{\"a\":1,\"a\"", 0}, {"[1]", 0}, {"{\"property_list\":1}", 0},
    }, calls[] = {
        {A_CALL, 1}, {A_CALL ",callback=true", 1}, {"{\"src\":\"external\",\"dst\":\"extension\",\"leg\":\"dst\"}", 1},
        {"", 0}, {"src", 0}, {"src=", 0}, {A_CALL ",", 0}, {"{", 0}, {"{\"src\"", 0}, {"{\"src\":\"", 0}, {"{\"\\", 0},
        {"{\"src\":1}", 0}, {"{\"bogus\":1}", 0},
    };
    /* clang-format on */
    struct island first = make_island(), second = make_island(), third = make_island();
    size_t i, n, size;

    /* A byte too far is a SIGSEGV. */
    for (i = 0; i < COUNT(lists); i++) {
        const char *list = at_the_end(&first, lists[i].text);
        cp_properties *out = (cp_properties *)(void *)(second.end - sizeof *out);
        cp_error *error = (cp_error *)(void *)(third.end - sizeof *error);

        CHECK(cp_properties_parse(list, out, error) == lists[i].is_good, "%s: %s", list, error->text);
        CHECK(cp_allows(list, at_the_end(&second, A_CALL), error) == 0, "%s", list);
        CHECK((error->code == CP_OK) == lists[i].is_good, "%s: %s", list, error->text);
    }
    for (i = 0; i < COUNT(calls); i++) {
        const char *call = at_the_end(&first, calls[i].text);
        cp_call *out = (cp_call *)(void *)(second.end - sizeof *out);
        cp_error *error = (cp_error *)(void *)third.start;

        CHECK(cp_call_parse(call, out, error) == calls[i].is_good, "%s: %s", call, error->text);
        CHECK(cp_allows(at_the_end(&second, "all"), call, error) == calls[i].is_good, "%s: %s", call, error->text);
    }
    for (i = 0; i < 8; i++)
        CHECK(cp_get(at_the_end(&first, mnemos[i])) != NULL, "%s", mnemos[i]);
    CHECK(cp_get(at_the_end(&first, "")) == NULL, "empty");
    CHECK(cp_get(at_the_end(&first, "q")) == NULL, "q");

    for (size = 0; size <= 600; size++) {
        CHECK(cp_explain("li", A_CALL, (char *)third.end - size, size, NULL) > 100, "size %lu", (unsigned long)size);
        CHECK(cp_explain("li", A_CALL, (char *)third.start, size, NULL) > 100, "size %lu", (unsigned long)size);
        CHECK(cp_properties_format(255, (char *)third.end - size, size) == 26, "size %lu", (unsigned long)size);
        CHECK(cp_properties_format(255, (char *)third.start, size) == 26, "size %lu", (unsigned long)size);
    }

    for (i = 0; (size_t)(first.end - first.start) > 4 * i; i++)
        fill_pair(first.start + 4 * i, second.start + 4 * i);
    for (n = 0; n <= 300; n++) {
        size_t from_start, at_end;

        from_start =
            cp_permits_many((const cp_properties *)(void *)first.start, (const cp_call *)(void *)second.start, n, third.start);
        CHECK(from_start <= n, "n %lu", (unsigned long)n);
        at_end = cp_permits_many(
            (const cp_properties *)(void *)(first.end - 4 * n), (const cp_call *)(void *)(second.end - 4 * n), n, third.end - n);
        CHECK(at_end <= n, "n %lu", (unsigned long)n);
    }
    CHECK(cp_required((const cp_call *)(void *)(second.end - 4)) <= CP_RO, "last call of the island");
    CHECK(cp_required((const cp_call *)(void *)second.start) <= CP_RO, "first call of the island");
}

static void nothing_outside_is_read_or_written_by_what_1_1_brought(void)
{
    static const char *const lists[] = {"", "li", "li,video", "video", "[\"video\"]", "[\"li\"", "[\"vide",
        "{\"property_list\":[\"v", "{\"a\":\"", "\xef\xbb\xbf", "\xef\xbb", "\xef\xbb\xbf[", "[\"\\u00", "[\"\\ud83d\\ud"};
    struct island first = make_island(), second = make_island();
    size_t i, n, size, space = (size_t)(first.end - first.start);

    /* A byte too far is a SIGSEGV. */
    for (i = 0; i < COUNT(lists); i++) {
        cp_properties *out = (cp_properties *)(void *)(second.end - sizeof *out);

        (void)!cp_properties_parse_known(at_the_end(&first, lists[i]), out, (cp_error *)(void *)second.start);
        CHECK((cp_properties_parse_known(at_the_end(&first, lists[i]), out, NULL) & ~1) == 0, "%s", lists[i]);
    }
    for (size = 0; size <= 300; size++) {
        cp_call *call = (cp_call *)(void *)(first.end - 4);

        *call = cp_call_make(CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0);
        CHECK(cp_reason(CP_LI, call, (char *)second.end - size, size) > 60, "size %lu", (unsigned long)size);
        CHECK(cp_reason(CP_LI, call, (char *)second.start, size) > 60, "size %lu", (unsigned long)size);
        CHECK(cp_call_format(call, (char *)second.end - size, size) == 45, "size %lu", (unsigned long)size);
        CHECK(cp_call_format(call, (char *)second.start, size) == 45, "size %lu", (unsigned long)size);
    }
    for (i = 0; 4 * i < space; i++) {
        cp_call call = call_of_number((unsigned)i);

        memcpy(first.start + 4 * i, &call, 4);
    }
    for (n = 0; n <= 300; n++) {
        CHECK(cp_required_many((const cp_call *)(void *)first.start, n, (cp_properties *)(void *)second.start) <= n, "n %lu",
            (unsigned long)n);
        CHECK(
            cp_required_many((const cp_call *)(void *)(first.end - 4 * n), n, (cp_properties *)(void *)(second.end - 4 * n)) <= n,
            "n %lu", (unsigned long)n);
    }
}

static void arguments_may_stand_in_memory_that_cannot_be_written(void)
{
    struct island first = make_island(), second = make_island();
    const char *list = at_the_end(&first, "{\"property_list\":[\"ri\"]}");
    const char *call = at_the_end(&second, "{\"src\":\"external\",\"dst\":\"extension\",\"leg\":\"dst\"}");

    if (mprotect(first.start, (size_t)(first.end - first.start), PROT_READ) != 0 ||
        mprotect(second.start, (size_t)(second.end - second.start), PROT_READ) != 0) {
        CHECK(0, "mprotect failed: the case cannot be tried");
        return;
    }
    CHECK(cp_allows(list, call, NULL) == 1, "%s, %s", list, call);
}

int main(int argc, char **argv)
{
    static const struct test_case cases[] = {
        {"nothing outside of the arguments is read or written", nothing_outside_of_the_arguments_is_read_or_written},
        {"nothing outside is read or written by what 1.1 brought", nothing_outside_is_read_or_written_by_what_1_1_brought},
        {"arguments may stand in memory that cannot be written", arguments_may_stand_in_memory_that_cannot_be_written},
    };

    return run_cases(argc, argv, cases, COUNT(cases));
}
