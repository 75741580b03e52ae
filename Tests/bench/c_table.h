/* SPDX-License-Identifier: MIT */
/* The floors that callprop is measured against. c_table.c says what each is. */
#ifndef C_TABLE_H
#define C_TABLE_H

#include <callprop.h>

int c_permits(uint32_t granted, const cp_call *call);
uint32_t c_required(const cp_call *call);
size_t c_permits_many(const uint32_t *granted, const cp_call *calls, size_t n, uint8_t *permitted);
size_t c_required_many(const cp_call *calls, size_t n, uint32_t *required);
size_t c_stream(const uint32_t *granted, const cp_call *calls, size_t n, uint8_t *out);
int c_empty_typed(uint32_t granted, const cp_call *call);
int c_empty_text(const char *property_list, const char *call, cp_error *error);
void c_random(uint32_t *granted, cp_call *calls, size_t n);

#endif
