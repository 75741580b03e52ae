/* SPDX-License-Identifier: MIT */
/* How fast callprop decides, beside the same work in C. Every figure is the median of interleaved rounds in one run;
   ratios hold from machine to machine, times do not. Usage: bench [ROUNDS] */
#define _POSIX_C_SOURCE 200809L
#include <callprop.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int c_permits(uint32_t granted, const cp_call *call);

enum { CALLS = 1 << 12, MOST_ROUNDS = 101 };

static cp_properties granted[CALLS];
static cp_call calls[CALLS];
static uint8_t permitted[CALLS];
static volatile unsigned sink;

static const char *const comma_list = "li,lo,ri", *const pairs = "src=external,dst=extension,leg=dst,callback=false";
static const char *const json_list = "[\"li\",\"lo\",\"ri\"]";
static const char *const json_call = "{\"src\":\"external\",\"dst\":\"extension\",\"leg\":\"dst\",\"callback\":false}";

static void permits(void)
{
    unsigned count = 0;
    for (int i = 0; i < CALLS; i++)
        count += (unsigned)cp_permits(granted[i], &calls[i]);
    sink = count;
}

static void permits_in_c(void)
{
    unsigned count = 0;
    for (int i = 0; i < CALLS; i++)
        count += (unsigned)c_permits(granted[i], &calls[i]);
    sink = count;
}

static void permits_many(void)
{
    sink = (unsigned)cp_permits_many(granted, calls, CALLS, permitted);
}

static void allows_comma(void)
{
    for (int i = 0; i < 100; i++)
        sink = (unsigned)cp_allows(comma_list, pairs, NULL);
}

static void allows_json(void)
{
    for (int i = 0; i < 100; i++)
        sink = (unsigned)cp_allows(json_list, json_call, NULL);
}

static void two_json_loads(void)
{
    for (int i = 0; i < 100; i++) {
        json_t *list = json_loads(json_list, JSON_REJECT_DUPLICATES, NULL);
        json_t *call = json_loads(json_call, JSON_REJECT_DUPLICATES, NULL);
        sink = list && call;
        json_decref(list);
        json_decref(call);
    }
}

static void explain(void)
{
    char buffer[CP_EXPLAIN_MAX];
    for (int i = 0; i < 100; i++)
        sink = (unsigned)cp_explain(json_list, json_call, buffer, sizeof buffer, NULL);
}

static void list(void)
{
    for (int i = 0; i < 1000; i++)
        sink = cp_list() != NULL;
}

static void get(void)
{
    for (int i = 0; i < 1000; i++)
        sink = cp_get("qri") != NULL;
}

static const struct row {
    const char *name;
    void (*run)(void);
    int decisions;  /* in one run */
    int repeats;    /* of a run in one round */
    int floor;      /* the row that it is compared with, or -1 */
    double at_most; /* what the project promises for that ratio */
} rows[] = {
    {"the same table in C (floor)", permits_in_c, CALLS, 60, -1, 0},
    {"cp_permits", permits, CALLS, 60, 0, 1.25},
    {"cp_permits_many", permits_many, CALLS, 60, 0, 1},
    {"two json_loads and json_decref (floor)", two_json_loads, 100, 10, -1, 0},
    {"cp_allows, JSON", allows_json, 100, 10, 3, 1.3},
    {"cp_explain, JSON", explain, 100, 10, 3, 0},
    {"cp_allows, commas and key=value", allows_comma, 100, 50, -1, 0},
    {"cp_list", list, 1000, 10, -1, 0},
    {"cp_get", get, 1000, 10, -1, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static unsigned random_bits(void)
{
    static uint64_t state = 20261123;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33);
}

static size_t allocations;

static void *counting_malloc(size_t size)
{
    allocations++;
    return malloc(size);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 25;
    if (rounds < 1 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "bench: ROUNDS is 1 to %d\n", MOST_ROUNDS);
        return 2;
    }
    for (int i = 0; i < CALLS; i++) {
        granted[i] = random_bits() & 0xFF;
        calls[i] = (cp_call){(uint8_t)(random_bits() & 3), (uint8_t)(random_bits() & 3), (uint8_t)(random_bits() & 1),
                             (uint8_t)(random_bits() & 1)};
        if (cp_permits(granted[i], &calls[i]) != c_permits(granted[i], &calls[i])) {
            fprintf(stderr, "bench: the table in C decides otherwise\n");
            return 1;
        }
    }

    static double times[ROWS][MOST_ROUNDS];
    for (int round = -1; round < rounds; round++) /* round -1 warms up */
        for (int row = 0; row < ROWS; row++) {
            double start = now();
            for (int i = 0; i < rows[row].repeats; i++)
                rows[row].run();
            if (round >= 0)
                times[row][round] = (now() - start) / rows[row].repeats / rows[row].decisions;
        }

    printf("callprop %s, median of %d interleaved rounds\n\n", cp_version(), rounds);
    printf("%-42s %10s %10s %10s  %s\n", "", "ns", "min", "max", "against its floor");
    for (int row = 0; row < ROWS; row++) {
        qsort(times[row], (size_t)rounds, sizeof(double), by_size);
        printf("%-42s %10.2f %10.2f %10.2f", rows[row].name, times[row][rounds / 2], times[row][0],
               times[row][rounds - 1]);
        if (rows[row].floor >= 0)
            printf("  %.2fx", times[row][rounds / 2] / times[rows[row].floor][rounds / 2]);
        if (rows[row].at_most > 0)
            printf(" (promised: at most %.2fx)", rows[row].at_most);
        printf("\n");
    }

    json_set_alloc_funcs(counting_malloc, free);
    permits();
    permits_many();
    printf("\nallocations during %d typed decisions: %zu\n", 2 * CALLS, allocations);
    return 0;
}
