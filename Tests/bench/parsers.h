/* SPDX-License-Identifier: MIT */
/* Other parsers, written in C++: each reads a property list and a call, which the caller has, and nothing is decided. Where
   a parser is not installed, parsers.cpp is compiled without it, and rows.c says so. */
#ifndef PARSERS_H
#define PARSERS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef WITH_RAPIDJSON
/** Two documents made, parsed into, and destroyed; whether both are JSON. */
int rapidjson_parses(const char *list, const char *call);
#endif

#ifdef WITH_SIMDJSON
/** Keeps the texts as simdjson reads them quickest, with room behind them; whether there is memory. */
int simdjson_keep(const char *const *lists, size_t count, const char *call);
/** The which-th list and the call, both parsed by the same parser; whether both are JSON. */
int simdjson_parses(size_t which);
/** Its version, and for which instructions it has chosen its code. */
const char *simdjson_about(void);
#endif

#ifdef __cplusplus
}
#endif

#endif
