/* SPDX-License-Identifier: MIT */
/* What bench.c measures, and rows.c holds. */
#ifndef ROWS_H
#define ROWS_H

#include <stddef.h>

struct row {
    const char *name;     /* by which report.py knows it */
    const char *function; /* whose instructions are counted, or NULL */
    void (*run)(size_t n);
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

/* explanation.c: keeps what the i-th explanation says, and writes the same text by jansson alone. */
int take_explanation(size_t i, const char *text);
size_t explain_in_c(size_t i, char *buffer, size_t size);

enum { FEW_CASES = 1 << 12, ALL_CASES = 10000000, TEXTS = 1 << 10 };

/** Makes the input of the rows that need no more than n cases, FEW_CASES at least; returns what went wrong, or NULL. */
const char *prepare(size_t n);
/** Whether the typed decisions, all of them, are those of the table in C; without an allocation by jansson. */
const char *check(void);

#endif
