// SPDX-License-Identifier: MIT
//
// The installed library from C++11: the header's types, numbers and signatures, and a call of every function.

#include <callprop.h>

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#define FACT(condition) static_assert(condition, #condition);
#define ALIGNMENT_OF(type) alignof(type)
#include "abi_layout.h"

template <typename Expected, typename Actual> constexpr bool is_signature(Actual)
{
    return std::is_same<Expected, Actual>::value;
}

static_assert(is_signature<const char *(*)()>(cp_version), "cp_version");
static_assert(is_signature<const char *(*)()>(cp_list), "cp_list");
static_assert(is_signature<const char *(*)(const char *)>(cp_get), "cp_get");
static_assert(is_signature<int (*)(const char *, const char *, cp_error *)>(cp_allows), "cp_allows");
static_assert(
    is_signature<std::size_t (*)(const char *, const char *, char *, std::size_t, cp_error *)>(cp_explain), "cp_explain");
static_assert(is_signature<int (*)(const char *, cp_properties *, cp_error *)>(cp_properties_parse), "cp_properties_parse");
static_assert(is_signature<std::size_t (*)(cp_properties, char *, std::size_t)>(cp_properties_format), "cp_properties_format");
static_assert(is_signature<int (*)(const char *, cp_call *, cp_error *)>(cp_call_parse), "cp_call_parse");
static_assert(is_signature<cp_properties (*)(const cp_call *)>(cp_required), "cp_required");
static_assert(is_signature<int (*)(cp_properties, const cp_call *)>(cp_permits), "cp_permits");
static_assert(is_signature<std::size_t (*)(const cp_properties *, const cp_call *, std::size_t, std::uint8_t *)>(cp_permits_many),
    "cp_permits_many");
static_assert(
    is_signature<int (*)(const char *, cp_properties *, cp_error *)>(cp_properties_parse_known), "cp_properties_parse_known");
static_assert(is_signature<std::size_t (*)(const cp_call *, char *, std::size_t)>(cp_call_format), "cp_call_format");
static_assert(is_signature<std::size_t (*)(cp_properties, const cp_call *, char *, std::size_t)>(cp_reason), "cp_reason");
static_assert(is_signature<std::size_t (*)(const cp_call *, std::size_t, cp_properties *)>(cp_required_many), "cp_required_many");
static_assert(is_signature<cp_call (*)(int, int, int, int)>(cp_call_make), "cp_call_make");

static_assert(std::is_same<cp_properties, std::uint32_t>::value, "cp_properties");
static_assert(std::is_trivial<cp_call>::value && std::is_standard_layout<cp_call>::value, "cp_call is plain data");
static_assert(std::is_trivial<cp_error>::value && std::is_standard_layout<cp_error>::value, "cp_error is plain data");

namespace {

int failures = 0;

void check(bool passed, const char *expression, int line, const std::string &input)
{
    if (passed)
        return;
    std::printf("%s:%d: false: %s\n    input: %s\n", __FILE__, line, expression, input.c_str());
    failures++;
}

#define CHECK(expression, input) check(expression, #expression, __LINE__, input)

std::string explanation(const char *list, const char *call)
{
    std::vector<char> buffer(cp_explain(list, call, nullptr, 0, nullptr) + 1);
    cp_explain(list, call, buffer.data(), buffer.size(), nullptr);
    return buffer.data();
}

void text_is_decided()
{
    static const struct {
        const char *list, *call;
        bool allowed;
        int code;
    } rows[] = {
        {"li,lo,ri", "src=external,dst=ivr,leg=dst", true, CP_OK},
        {"[\"li\",\"lo\"]", "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":false}", false, CP_OK},
        {"{\"id\":3,\"property_list\":[\"all\"]}", "src=queue,dst=external,leg=src,callback=true", true, CP_OK},
        {"", "src=extension,dst=extension,leg=src", false, CP_OK},
        {"all", "src=queue,dst=external,leg=src", false, CP_ERROR_CALL},
        {"lx", "src=extension,dst=extension,leg=src", false, CP_ERROR_PROPERTY},
    };

    for (const auto &row : rows) {
        const std::string input = std::string(row.list) + " " + row.call;
        cp_error error;

        CHECK(cp_allows(row.list, row.call, &error) == row.allowed, input);
        CHECK(error.code == row.code, input + ": " + error.text);
        const std::string text = explanation(row.list, row.call);
        CHECK(text.empty() == (row.code != CP_OK), input + ": " + text);
        CHECK(row.code != CP_OK || text.find(row.allowed ? "\"allowed\":true" : "\"allowed\":false") != std::string::npos,
            input + ": " + text);
    }
}

void values_are_decided()
{
    cp_properties set = 0;
    cp_call call;
    char text[CP_PROPERTIES_MAX];

    CHECK(cp_properties_parse("qri, li", &set, nullptr) == 1 && set == (CP_LI | CP_QRI), "qri, li");
    CHECK(cp_properties_format(set, text, sizeof text) == 6 && std::string(text) == "li,qri", text);
    CHECK(cp_call_parse("src=external,dst=queue,leg=dst", &call, nullptr) == 1, "src=external,dst=queue,leg=dst");
    CHECK(cp_required(&call) == CP_QRI, "src=external,dst=queue,leg=dst");
    CHECK(cp_permits(set, &call) == 1, "src=external,dst=queue,leg=dst");
    CHECK(cp_permits(CP_LI, &call) == 0, "src=external,dst=queue,leg=dst");

    const std::vector<cp_properties> sets = {CP_QRI, CP_LI, CP_ALL, 0};
    const std::vector<cp_call> calls(sets.size(), call);
    std::vector<std::uint8_t> permitted(sets.size(), 9);
    CHECK(cp_permits_many(sets.data(), calls.data(), sets.size(), permitted.data()) == 2, "four sets");
    CHECK((permitted == std::vector<std::uint8_t>{1, 0, 1, 0}), "four sets");
}

void calls_are_made_from_ints_and_written()
{
    for (int value = -300; value <= 600; value++) {
        const cp_call call = cp_call_make(value, CP_EXTERNAL, CP_LEG_SRC, 0);
        const std::string input = "src " + std::to_string(value);

        CHECK((cp_required(&call) == CP_RO) == (value == CP_EXTENSION), input);
        CHECK((cp_call_format(&call, nullptr, 0) > 0) == (value >= CP_EXTENSION && value <= CP_IVR), input);
    }
    const cp_call call = cp_call_make(CP_EXTERNAL, CP_QUEUE, CP_LEG_DST, 0);
    char text[CP_CALL_MAX], reason[CP_REASON_MAX];
    CHECK(cp_call_format(&call, text, sizeof text) == std::strlen(text), text);
    CHECK(std::string(text) == "src=external,dst=queue,leg=dst,callback=false", text);
    CHECK(cp_reason(CP_LI, &call, reason, sizeof reason) == std::strlen(reason), reason);
    CHECK(std::string(reason) ==
            "Denied: an outside number calls this extension through a queue, which needs qri (External queue "
            "incoming) or all; the status grants neither.",
        reason);
    cp_properties set = 0, required[2];
    cp_error unknown;
    CHECK(cp_properties_parse_known("li,video", &set, &unknown) == 1 && set == CP_LI, "li,video");
    CHECK(unknown.code == CP_ERROR_PROPERTY && unknown.position == 3, unknown.text);
    const std::vector<cp_call> calls(2, call);
    CHECK(cp_required_many(calls.data(), calls.size(), required) == 2 && required[1] == CP_QRI, "two calls");
}

void the_catalogue_is_borrowed()
{
    const char *list = cp_list(), *one = cp_get("qli");

    CHECK(list != nullptr && one != nullptr, "cp_list, cp_get");
    CHECK(list != nullptr && one != nullptr && std::strstr(list, one) != nullptr, "qli is in the list");
    CHECK(std::string(cp_version()) == CP_VERSION_STRING, cp_version());
}

}  // namespace

int main()
{
    text_is_decided();
    values_are_decided();
    calls_are_made_from_ints_and_written();
    the_catalogue_is_borrowed();
    std::printf("%d checks failed\n", failures);
    return failures != 0;
}
