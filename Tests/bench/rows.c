/* SPDX-License-Identifier: MIT */
/* The rows that are written in C: callprop's functions on random statuses and calls, and the floors beside them. */
#include "rows.h"
#include "c_table.h"
#include "c_text.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS = FEW_CASES };

static cp_properties *granted;
static cp_call *calls;
static uint8_t *permitted;
static cp_properties *needed;
static size_t cases;
static volatile size_t sink;

/* The first TEXTS of the random statuses and calls, in all text forms. */
static struct {
    char list[CP_PROPERTIES_MAX], json_list[CP_PROPERTIES_MAX], pairs[80], json_call[96];
} texts[TEXTS];

static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};

#define ROW(name, expression)                                                                                                    \
    static void name(size_t n)                                                                                                   \
    {                                                                                                                            \
        size_t count = 0;                                                                                                        \
        for (size_t i = 0; i < n; i++)                                                                                           \
            count += (size_t)(expression);                                                                                       \
        sink = count;                                                                                                            \
    }

/* ---- Typed ----------------------------------------------------------------------------------------- */

/* Byte by byte, as an assignment to each field is: the library must not wait for the stores to become one word. */
static inline const cp_call *written(size_t i)
{
    static cp_call call;
    volatile uint8_t *bytes = (volatile uint8_t *)&call;
    bytes[0] = calls[i].src, bytes[1] = calls[i].dst, bytes[2] = calls[i].leg, bytes[3] = calls[i].callback;
    return &call;
}

ROW(permits, cp_permits(granted[i], &calls[i]))
ROW(permits_in_c, c_permits(granted[i], &calls[i]))
ROW(permits_written, cp_permits(granted[i], written(i)))
ROW(permits_written_in_c, c_permits(granted[i], written(i)))
ROW(required, cp_required(&calls[i]))
ROW(required_in_c, c_required(&calls[i]))

/* ---- Arrays ---------------------------------------------------------------------------------------- */

/* Arrays shorter than CALLS: one after another, as many as fit. */
#define FEW(name, statement)                                                                                                     \
    static void name(size_t n)                                                                                                   \
    {                                                                                                                            \
        size_t count = 0;                                                                                                        \
        for (size_t i = 0; i + n <= CALLS; i += n)                                                                               \
            statement;                                                                                                           \
        sink = count;                                                                                                            \
    }

FEW(few, count += cp_permits_many(granted + i, calls + i, n, permitted + i))
FEW(few_in_c, count += c_permits_many(granted + i, calls + i, n, permitted + i))
FEW(few_one_by_one, for (size_t j = i; j < i + n; j++) count += permitted[j] = (uint8_t)cp_permits(granted[j], &calls[j]))

static void many(size_t n) { sink = cp_permits_many(granted, calls, n, permitted); }
static void copying(size_t n)
{
    memcpy(needed, calls, n * sizeof *calls);
    sink = needed[n - 1];
}

static void many_in_c(size_t n) { sink = c_permits_many(granted, calls, n, permitted); }
static void required_many(size_t n) { sink = cp_required_many(calls, n, needed); }
static void required_many_in_c(size_t n) { sink = c_required_many(calls, n, needed); }
static void streaming(size_t n) { sink = c_stream(granted, calls, n, permitted); }

/* ---- Text ------------------------------------------------------------------------------------------ */

static size_t explained(const char *list, const char *call)
{
    char buffer[CP_EXPLAIN_MAX];
    return cp_explain(list, call, buffer, sizeof buffer, NULL);
}

static size_t explained_in_c(size_t i)
{
    char buffer[CP_EXPLAIN_MAX];
    return explain_in_c(i, buffer, sizeof buffer);
}

static size_t reasoned(size_t i)
{
    char buffer[CP_REASON_MAX];
    return cp_reason(granted[i], &calls[i], buffer, sizeof buffer);
}

static size_t reasoned_in_c(size_t i)
{
    char buffer[CP_REASON_MAX];
    return c_reason(granted[i], &calls[i], buffer, sizeof buffer);
}

ROW(allows_text, cp_allows(texts[i].list, texts[i].pairs, NULL))
ROW(allows_same_text, cp_allows("li,lo,ri", "src=external,dst=extension,leg=dst,callback=false", NULL))
ROW(allows_text_in_c, c_allows(texts[i].list, texts[i].pairs))
ROW(allows_same_text_in_c, c_allows("li,lo,ri", "src=external,dst=extension,leg=dst,callback=false"))
ROW(allows_json, cp_allows(texts[i].json_list, texts[i].json_call, NULL))
ROW(jansson_json, two_json_loads(texts[i].json_list, texts[i].json_call))
ROW(explain, explained(texts[i].json_list, texts[i].json_call))
ROW(explain_text, explained(texts[i].list, texts[i].pairs))
ROW(explain_with_jansson, explained_in_c(i))
ROW(reason, reasoned(i))
ROW(reason_in_c, reasoned_in_c(i))
ROW(list, cp_list() != NULL)
ROW(get, cp_get(mnemos[granted[i] & 7]) != NULL)

/* ---- All of them ----------------------------------------------------------------------------------- */

/* clang-format off */
#define TYPED(name, function, run) {name, function, run, CALLS, CALLS}
#define ARRAYS(n, ours, floor, plain)                                                                                  \
    {"stream/" #n, floor, streaming, n, n}, {"many/" #n, ours, many, n, n}, {"c_many/" #n, plain, many_in_c, n, n}
#define NEEDED(n)                                                                                                      \
    {"copy/" #n, NULL, copying, n, n}, {"c_required_many/" #n, NULL, required_many_in_c, n, n},                        \
        {"required_many/" #n, NULL, required_many, n, n}
#define SHORT_ARRAYS(n)                                                                                                \
    {"few/" #n, "cp_permits_many", few, n, CALLS / n * n},                                                             \
        {"one_by_one/" #n, NULL, few_one_by_one, n, CALLS / n * n},                                                    \
        {"c_few/" #n, "c_permits_many", few_in_c, n, CALLS / n * n}
#define TEXT(name, function, run) {name, function, run, TEXTS, TEXTS}
#define JSON(name, which)                                                                                              \
    {"json/" name "/simdjson", NULL, json_by_simdjson, which, TEXTS},                                                  \
        {"json/" name "/allows", "cp_allows", json_allows, which, TEXTS},                                              \
        {"json/" name "/rapidjson", NULL, json_by_rapidjson, which, TEXTS},                                            \
        {"json/" name "/jansson", "two_json_loads", json_by_jansson, which, TEXTS}
#define GROWTH(n)                                                                                                      \
    {"text/commas/" #n, NULL, parse_commas, n, 1}, {"text/array/" #n, NULL, parse_array, n, 1},                        \
        {"text/array in C/" #n, NULL, load_array, n, 1}, {"text/status/" #n, NULL, parse_status, n, 1},                \
        {"text/status in C/" #n, NULL, load_status, n, 1}

#define DECISIONS(n)                                                                                                   \
    {"decide/permits/" #n, NULL, permits, n, n}, {"decide/many/" #n, NULL, many, n, n},                                \
        {"decide/c_many/" #n, NULL, many_in_c, n, n}

/* A row stands beside its floor. */
const struct row rows[] = {
    TYPED("c_permits", "c_permits", permits_in_c),
    TYPED("permits", "cp_permits", permits),
    TYPED("c_permits written", NULL, permits_written_in_c),
    TYPED("permits written", NULL, permits_written),
    TYPED("c_required", "c_required", required_in_c),
    TYPED("required", "cp_required", required),
    SHORT_ARRAYS(1),
    SHORT_ARRAYS(8),
    SHORT_ARRAYS(31),
    ARRAYS(4096, "cp_permits_many", "c_stream", "c_permits_many"),
    ARRAYS(65536, NULL, NULL, NULL),
    ARRAYS(4194304, NULL, NULL, NULL),
    NEEDED(4096),
    NEEDED(65536),
    NEEDED(4194304),
    TEXT("allows text in C", "c_allows", allows_text_in_c),
    TEXT("allows text", "cp_allows", allows_text),
    TEXT("allows same text in C", NULL, allows_same_text_in_c),
    TEXT("allows same text", NULL, allows_same_text),
    JSON("array", 0),
    JSON("status", 1),
    JSON("answer", 2),
    TEXT("json/random/jansson", "two_json_loads", jansson_json),
    TEXT("json/random/allows", "cp_allows", allows_json),
    TEXT("reason in C", NULL, reason_in_c),
    TEXT("reason", "cp_reason", reason),
    TEXT("explain in C", NULL, explain_with_jansson),
    TEXT("explain", "cp_explain", explain),
    TEXT("explain text", "cp_explain", explain_text),
    TEXT("list or get in C", "c_permits", permits_in_c),
    TEXT("list", "cp_list", list),
    TEXT("get", "cp_get", get),
    DECISIONS(1000), DECISIONS(10000), DECISIONS(100000), DECISIONS(1000000), DECISIONS(10000000),
    GROWTH(64), GROWTH(256), GROWTH(1024), GROWTH(4096), GROWTH(16384), GROWTH(65536),
    {"text/commas/16", NULL, parse_commas, 16, 1},
    {"text/array/16", NULL, parse_array, 16, 1},
    {"text/array in C/16", NULL, load_array, 16, 1},
};
/* clang-format on */
const size_t row_count = sizeof rows / sizeof *rows;

static void write_texts(size_t i)
{
    static const char *const parties[] = {"extension", "external", "queue", "ivr"};
    const char *src = parties[calls[i].src], *dst = parties[calls[i].dst];
    const char *leg = calls[i].leg ? "dst" : "src", *callback = calls[i].callback ? "true" : "false";
    snprintf(texts[i].pairs, sizeof texts[i].pairs, "src=%s,dst=%s,leg=%s,callback=%s", src, dst, leg, callback);
    snprintf(texts[i].json_call, sizeof texts[i].json_call, "{\"src\":\"%s\",\"dst\":\"%s\",\"leg\":\"%s\",\"callback\":%s}", src,
        dst, leg, callback);
    cp_properties_format(granted[i], texts[i].list, sizeof texts[i].list);

    char *end = texts[i].json_list;
    *end++ = '[';
    for (int bit = 0; bit < 8; bit++)
        if (granted[i] >> bit & 1)
            end += sprintf(end, "%s\"%s\"", end[-1] == '[' ? "" : ",", mnemos[bit]);
    strcpy(end, "]");
}

const char *prepare(size_t n)
{
    cases = n;
    granted = malloc(n * sizeof *granted);
    calls = malloc(n * sizeof *calls);
    permitted = calloc(n, 1);
    needed = calloc(n, sizeof *needed);
    if (!granted || !calls || !permitted || !needed)
        return "out of memory";
    c_random(granted, calls, n);
    if (!prepare_reasons())
        return "snprintf in C writes other sentences than cp_reason";
    for (size_t i = 0; i < TEXTS; i++) {
        write_texts(i);
        keep_explanation(i, granted[i], &calls[i]);
    }
    return prepare_json();
}

static size_t allocations;

static void *counting_malloc(size_t size)
{
    allocations++;
    return malloc(size);
}

static const char *check_decisions(void)
{
    if (cp_permits_many(granted, calls, cases, permitted) != c_permits_many(granted, calls, cases, permitted))
        return "the table in C decides otherwise";
    if (cp_required_many(calls, cases, needed) != cases)
        return "the table in C has other calls that can happen";
    for (size_t i = 0; i < cases; i++)
        if (cp_permits(granted[i], &calls[i]) != permitted[i] || cp_required(&calls[i]) != c_required(&calls[i]) ||
            needed[i] != c_required(&calls[i]))
            return "the table in C decides otherwise";
    for (size_t i = 0; i < TEXTS; i++)
        if (cp_allows(texts[i].list, texts[i].pairs, NULL) != permitted[i] ||
            c_allows(texts[i].list, texts[i].pairs) != permitted[i] ||
            cp_allows(texts[i].json_list, texts[i].json_call, NULL) != permitted[i])
            return "text is decided otherwise";
    return NULL;
}

const char *check(void)
{
    json_set_alloc_funcs(counting_malloc, free);
    const char *problem = check_decisions();
    json_set_alloc_funcs(malloc, free);
    if (problem || allocations)
        return problem ? problem : "a decision allocated";
    for (size_t i = 0; i < TEXTS; i++) {
        char ours[CP_EXPLAIN_MAX], in_c[CP_EXPLAIN_MAX] = "";
        size_t length = cp_explain(texts[i].json_list, texts[i].json_call, ours, sizeof ours, NULL);
        if (!length || explain_in_c(i, in_c, sizeof in_c) != length || memcmp(ours, in_c, length) != 0)
            return "jansson alone explains otherwise";
    }
    if (!c_stream(granted, calls, 32, permitted))
        return "no AVX2: this processor cannot run the floor of cp_permits_many";
    return NULL;
}
