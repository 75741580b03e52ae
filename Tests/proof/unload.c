/* SPDX-License-Identifier: MIT */
/**
 * \file unload.c
 * A host that loads and unloads the library again and again: nothing grows, and what it borrowed stays readable.
 * unload LIBRARY. Not linked with the library.
 */
#include <callprop.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CYCLES = 2000, WARM = 200 };

/** What a host may have borrowed. */
enum { LIST, OBJECT, VERSION, BORROWED };
static const char *const names[BORROWED] = {"cp_list()", "cp_get(\"ro\")", "cp_version()"};

/** The kernel is asked to read, because it does not crash where nothing is. */
static int is_readable(const char *text, const char *expected)
{
    static int ends[2] = {-1, -1};
    char read_back[4096];
    size_t size = strlen(expected) + 1;

    if (ends[0] == -1 && pipe(ends) != 0)
        abort();
    return write(ends[1], text, size) == (ssize_t)size && read(ends[0], read_back, size) == (ssize_t)size &&
        memcmp(read_back, expected, size) == 0;
}

/** Mappings, and resident pages. */
static void measure(long *mappings, long *pages)
{
    FILE *file = fopen("/proc/self/maps", "r");
    int c;

    *mappings = 0;
    while (file != NULL && (c = getc(file)) != EOF)
        *mappings += c == '\n';
    if (file == NULL || fclose(file) != 0 || (file = fopen("/proc/self/statm", "r")) == NULL ||
        fscanf(file, "%*d %ld", pages) != 1)
        abort();
    fclose(file);
}

static void *need(void *library, const char *name)
{
    void *symbol = dlsym(library, name);

    if (symbol == NULL)
        abort();
    return symbol;
}

int main(int count, char **arguments)
{
    long mappings[2] = {0, 0}, pages[2] = {0, 0}, failures = 0;
    const char *borrowed[BORROWED] = {NULL, NULL, NULL};
    char copies[BORROWED][4096];
    int cycle, i;

    for (cycle = 0; cycle < CYCLES; cycle++) {
        void *library = dlopen(count > 1 ? arguments[1] : "libcallprop.so.1", RTLD_NOW | RTLD_LOCAL);
        const char *(*list)(void), *(*get)(const char *), *(*version)(void), *now[BORROWED];
        int (*allows)(const char *, const char *, cp_error *);

        if (library == NULL) {
            printf("  %s\n", dlerror());
            return 1;
        }
        *(void **)&list = need(library, "cp_list");
        *(void **)&get = need(library, "cp_get");
        *(void **)&version = need(library, "cp_version");
        *(void **)&allows = need(library, "cp_allows");
        if (allows("{\"property_list\":[\"ro\"]}", "src=extension,dst=external,leg=src", NULL) != 1)
            failures++;
        now[LIST] = list();
        now[OBJECT] = get("ro");
        now[VERSION] = version();
        for (i = 0; i < BORROWED; i++) {
            if (cycle == 0) {
                borrowed[i] = now[i];
                snprintf(copies[i], sizeof copies[i], "%s", now[i]);
            }
            if (now[i] != borrowed[i] && failures++ < 5)
                printf("  in cycle %d %s is another pointer\n", cycle, names[i]);
        }
        if (dlclose(library) != 0)
            failures++;
        for (i = 0; i < BORROWED; i++)
            if (!is_readable(borrowed[i], copies[i]) && failures++ < 5)
                printf("  after dlclose in cycle %d what %s gave cannot be read\n", cycle, names[i]);
        /* The first measurement is for the pages that measuring itself needs. */
        if (cycle == WARM - 1 || cycle == WARM || cycle == CYCLES - 1)
            measure(&mappings[cycle > WARM], &pages[cycle > WARM]);
    }
    printf("  %d times loaded and unloaded: mappings %ld then %ld, resident pages %ld then %ld, %ld failures\n", CYCLES,
        mappings[0], mappings[1], pages[0], pages[1], failures);
    return failures != 0 || mappings[1] > mappings[0] || pages[1] > pages[0] + 4;
}
