/* SPDX-License-Identifier: MIT */
/* What a library costs a process that loads it: run once in a fresh process for each figure.
   Usage: footprint LIBRARY [FIRST]: FIRST is loaded and used beforehand, and not counted. Prints a line of JSON. */
#define _POSIX_C_SOURCE 200809L
#include <callprop.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char list[] = "[\"li\",\"lo\",\"ri\"]";
static const char call[] = "{\"src\":\"external\",\"dst\":\"extension\",\"leg\":\"dst\",\"callback\":false}";

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

struct memory {
    long resident, private_dirty; /* KiB */
};

static long field(const char *text, const char *name)
{
    const char *found = strstr(text, name);
    return found ? strtol(found + strlen(name), NULL, 10) : -1;
}

static struct memory memory(void)
{
    static char text[4096];
    int file = open("/proc/self/smaps_rollup", O_RDONLY);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (length < 0) {
        perror("footprint: /proc/self/smaps_rollup");
        exit(1);
    }
    close(file);
    text[length] = 0;
    return (struct memory){field(text, "\nRss:"), field(text, "\nPrivate_Dirty:")};
}

/* The part of it that belongs to mappings of the library's own file. */
static struct memory own_memory(const char *file)
{
    struct memory sum = {0, 0};
    char line[512];
    int is_own = 0;
    FILE *maps = fopen("/proc/self/smaps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        long size;
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            is_own = strstr(line, file) != NULL;
        else if (is_own && sscanf(line, "Rss: %ld", &size) == 1)
            sum.resident += size;
        else if (is_own && sscanf(line, "Private_Dirty: %ld", &size) == 1)
            sum.private_dirty += size;
    }
    if (maps)
        fclose(maps);
    return sum;
}

static void *load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "footprint: %s\n", dlerror());
        exit(1);
    }
    return library;
}

/* The first work of a host: a decision on JSON; for jansson alone, reading the same JSON. */
static int work(void *library)
{
    int (*allows)(const char *, const char *, cp_error *);
    void *(*loads)(const char *, size_t, void *);
    void (*delete)(void *);
    *(void **)&allows = dlsym(library, "cp_allows");
    if (allows)
        return allows(list, call, NULL);
    *(void **)&loads = dlsym(library, "json_loads");
    *(void **)&delete = dlsym(library, "json_delete");
    if (!loads || !delete)
        return 1; /* the empty library */
    void *one = loads(list, 1, NULL), *other = loads(call, 1, NULL);
    delete(one);
    delete(other);
    return one && other;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    memory(), now();
    free(malloc(1)); /* the heap is there already */
    if (argc > 2)
        work(load(argv[2]));
    struct memory before = memory();
    double start = now();
    void *library = load(argv[1]);
    double loaded = now();
    int worked = work(library);
    double decided = now();
    struct memory after = memory();
    const char *slash = strrchr(argv[1], '/');
    struct memory own = own_memory(slash ? slash : argv[1]);
    printf("{\"dlopen_us\": %.2f, \"first_us\": %.2f, \"rss_kb\": %ld, \"dirty_kb\": %ld, \"own_rss_kb\": %ld, "
           "\"own_dirty_kb\": %ld}\n",
        loaded - start, decided - loaded, after.resident - before.resident, after.private_dirty - before.private_dirty,
        own.resident, own.private_dirty);
    return worked ? 0 : 1;
}
