/* SPDX-License-Identifier: MIT */
/* What bench.c measures, and rows.c holds. */
#ifndef ROWS_H
#define ROWS_H

#include <callprop.h>
#include <stddef.h>

struct row {
    const char *name;     /* by which report.py knows it */
    const char *function; /* whose instructions are counted, or NULL */
    void (*run)(size_t n); /* NULL where what it needs is not installed */
    size_t n;
    size_t units; /* decisions, or whatever else is counted, in one run */
};

extern const struct row rows[];
extern const size_t row_count;

/* growth.c: a property_list of `size` bytes, read by cp_properties_parse, or by json_loads alone. */
void parse_commas(size_t size);
void parse_array(size_t size);
void parse_status(size_t size);
void load_array(size_t size);
void load_status(size_t size);

/* json.c: decisions from each of its texts, and parsers that only read the two texts of one. */
void json_allows(size_t which);
void json_by_jansson(size_t which);
#ifdef WITH_RAPIDJSON
void json_by_rapidjson(size_t which);
#else
#define json_by_rapidjson NULL
#endif
#ifdef WITH_SIMDJSON
void json_by_simdjson(size_t which);
#else
#define json_by_simdjson NULL
#endif
int two_json_loads(const char *one, const char *other);
const char *prepare_json(void);
/** Which simdjson it is; empty when there is none. */
const char *json_about(void);

/* reason.c: the sentence of cp_reason from pieces; whether they could be made, and give the same. */
int prepare_reasons(void);
size_t c_reason(cp_properties granted, const cp_call *call, char *buffer, size_t size);

/* explanation.c: keeps what the i-th explanation is to say, and writes it by jansson alone. */
void keep_explanation(size_t i, cp_properties granted, const cp_call *call);
size_t explain_in_c(size_t i, char *buffer, size_t size);

enum { FEW_CASES = 1 << 12, TEXTS = 1 << 10 };

/** Makes the input of the rows that need no more than n cases, FEW_CASES at least; returns what went wrong, or NULL. */
const char *prepare(size_t n);
/** Whether the decisions, all of them, are those of the table in C, and without an allocation by jansson; and so on. What is
    wrong, or NULL. */
const char *check(void);

#endif
