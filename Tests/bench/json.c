/* SPDX-License-Identifier: MIT */
/* A decision from JSON: cp_allows as a whole, beside what other parsers need only to read the same two texts. */
#include "parsers.h"
#include "rows.h"
#include <callprop.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { LISTS = 3 };

/* The same grant in three forms: an array; a small status; a status as an API answers it. */
static const char *const lists[LISTS] = {
    "[\"li\",\"ri\"]",
    "{\"id\":2,\"name\":\"Lunch\",\"property_list\":[\"li\",\"ri\"]}",
    "{\"id\":42,\"name\":\"Out of office in London\",\"color\":\"#f4a261\",\"active\":true,\"weight\":1.5,"
    "\"property_list\":[\"li\",\"ri\"],\"updated_at\":\"2026-11-23T09:30:00Z\"}",
};
static const char call[] = "{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\",\"callback\":false}";

static volatile int sink;

/* Not inlined: callgrind has to see it. */
__attribute__((noinline)) int two_json_loads(const char *one, const char *other)
{
    json_t *list = json_loads(one, JSON_REJECT_DUPLICATES, NULL);
    json_t *asked = json_loads(other, JSON_REJECT_DUPLICATES, NULL);
    int loaded = list && asked;
    json_decref(list);
    json_decref(asked);
    return loaded;
}

#define JSON_ROW(name, expression)                                                                                               \
    void name(size_t which)                                                                                                      \
    {                                                                                                                            \
        int count = 0;                                                                                                           \
        for (size_t i = 0; i < TEXTS; i++)                                                                                       \
            count += (expression);                                                                                               \
        if (count != TEXTS)                                                                                                      \
            abort();                                                                                                             \
        sink = count;                                                                                                            \
    }

JSON_ROW(json_allows, cp_allows(lists[which], call, NULL))
JSON_ROW(json_by_jansson, two_json_loads(lists[which], call))
#ifdef WITH_RAPIDJSON
JSON_ROW(json_by_rapidjson, rapidjson_parses(lists[which], call))
#endif
#ifdef WITH_SIMDJSON
JSON_ROW(json_by_simdjson, simdjson_parses(which))
#endif

const char *prepare_json(void)
{
#ifdef WITH_SIMDJSON
    if (!simdjson_keep(lists, LISTS, call))
        return "out of memory";
#endif
    return NULL;
}

const char *json_about(void)
{
#ifdef WITH_SIMDJSON
    return simdjson_about();
#else
    return "";
#endif
}
