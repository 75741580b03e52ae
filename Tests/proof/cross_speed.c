/* SPDX-License-Identifier: MIT */
/* Runs one function on arrays, for counting its instructions: cross_speed LIBRARY PREFIX FUNCTION TIMES, with PREFIX "cp" or "c" (C's loop,
 * Tests/bench/c_table.c) and FUNCTION "permits" or "required". What a run takes besides is the same for any number of times. */
#include <callprop.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 4096 };

static cp_properties granted[N], required[N];
static cp_call calls[N];
static uint8_t permitted[N];

int main(int argc, char **argv)
{
    size_t (*permits_many)(const cp_properties *, const cp_call *, size_t, uint8_t *);
    size_t (*required_many)(const cp_call *, size_t, cp_properties *);
    char name[64];
    void *library = argc == 5 ? dlopen(argv[1], RTLD_NOW) : NULL;
    void *function;
    size_t count = 0;
    int i;

    if (library == NULL) {
        fprintf(stderr, "cross_speed: %s\n", argc == 5 ? dlerror() : "four arguments");
        return 2;
    }
    for (i = 0; i < N; i++) {
        granted[i] = (cp_properties)(i * 37 & 255);
        calls[i] = cp_call_make(i & 3, i >> 2 & 3, i >> 4 & 1, i >> 5 & 1);
    }
    snprintf(name, sizeof name, "%s_%s_many", argv[2], argv[3]);
    function = dlsym(library, name);
    if (function == NULL)
        return 3;
    memcpy(&permits_many, &function, sizeof function);
    memcpy(&required_many, &function, sizeof function);
    for (i = 0; i < atoi(argv[4]); i++)
        count += strcmp(argv[3], "permits") == 0 ? permits_many(granted, calls, N, permitted) : required_many(calls, N, required);
    printf("%lu\n", (unsigned long)count);
    return 0;
}
