/* SPDX-License-Identifier: MIT */
/**
 * \file loaded.c
 * What happens when the library is loaded: jansson's hash tables get their seed, before any thread can be at it, and once. A host that
 * gave a seed before keeps its own. loaded LIBRARY. Not linked with the library.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exported by this program, these come before those of jansson and of the C library. */

static int seeds, last_seed, randoms;

void json_object_seed(size_t seed)
{
    static void (*real)(size_t);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "json_object_seed");
    seeds++;
    last_seed = (int)seed;
    real(seed);
}

/** A seed that nobody gave comes from here. */
int open(const char *path, int flags, ...)
{
    va_list rest;
    int mode;

    va_start(rest, flags);
    mode = va_arg(rest, int);
    va_end(rest);
    randoms += strcmp(path, "/dev/urandom") == 0;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int is_right(int is, const char *what)
{
    if (!is)
        printf("  loading: wrong: %s (%d calls of json_object_seed, %d of /dev/urandom)\n", what, seeds, randoms);
    return is;
}

static int load(const char *path, int is_seeded_before)
{
    const char *(*list)(void);
    void *library;
    int right = 1;

    if (is_seeded_before)
        json_object_seed(4711);
    seeds = randoms = 0;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return is_right(0, dlerror());
    right &= is_right(seeds == 1 && last_seed == 0, "it asks for a seed once, by the function of .init_array");
    right &= is_right(randoms == !is_seeded_before, is_seeded_before ? "the host keeps its seed" : "jansson seeds itself");

    *(void **)&list = dlsym(library, "cp_list");
    right &= is_right(list() != NULL && seeds == 1 && randoms == !is_seeded_before, "the first object finds a seed");
    right &= is_right(dlclose(library) == 0 && dlopen(path, RTLD_NOW) != NULL && seeds == 1, "not again when it is loaded again");
    return right;
}

int main(int count, char **arguments)
{
    const char *path = count > 1 ? arguments[1] : "libcallprop.so.1";
    int status, seeded, right = 1;

    for (seeded = 0; seeded < 2; seeded++) {
        fflush(stdout);
        if (fork() == 0) {
            int is = load(path, seeded);

            fflush(stdout);
            _exit(!is);
        }
        wait(&status);
        right &= status == 0;
    }
    printf(
        "  loading: jansson has its seed when dlopen returns, and a host that has one keeps it: %s\n", right ? "right" : "WRONG");
    return !right;
}
