/* SPDX-License-Identifier: MIT */
/* Times the rows, or runs one of them alone (for callgrind). Rounds go over all rows, so that whatever else the machine
   does meanwhile hits a row and its floor alike; time is the processor's, not the clock's. Prints a line of JSON a row,
   with the nanoseconds a unit in every round. With a PART, only of the rows whose names hold it.
   Usage: bench ROUNDS [PART] | bench --run TIMES ROW | bench --counted */
#define _POSIX_C_SOURCE 200809L
#include "rows.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ROUNDS = 201, MOST_ROWS = 128 };

static const double target = 1e6; /* ns that one measurement should take at least */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double time_of(const struct row *row, unsigned repeats)
{
    double start = now();
    for (unsigned i = 0; i < repeats; i++)
        row->run(row->n);
    return now() - start;
}

static unsigned repeats_of(const struct row *row)
{
    time_of(row, 1); /* warms up */
    double once = time_of(row, 1);
    return once >= target ? 1 : (unsigned)(target / once) + 1;
}

/* 0: the row is not asked for, or cannot run. */
static unsigned repeats[MOST_ROWS];

static int is_chosen(const struct row *row, const char *part) { return strstr(row->name, part) != NULL; }

/* As many as the longest array of these rows: all cases take seconds to make. */
static size_t cases_of(const char *part)
{
    size_t cases = FEW_CASES;
    for (size_t i = 0; i < row_count; i++)
        if (is_chosen(&rows[i], part) && rows[i].n > cases)
            cases = rows[i].n;
    return cases;
}

static size_t choose(const char *part)
{
    size_t chosen = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (!is_chosen(&rows[i], part))
            continue;
        chosen++;
        if (rows[i].run)
            repeats[i] = repeats_of(&rows[i]);
        else
            printf("{\"name\": \"%s\", \"error\": \"this parser is not installed\"}\n", rows[i].name);
    }
    return chosen;
}

static void time_rows(unsigned rounds)
{
    static double times[MOST_ROWS][MOST_ROUNDS];
    for (unsigned round = 0; round < rounds; round++)
        for (size_t i = 0; i < row_count; i++) {
            /* Every other round goes backwards, so that no row always runs in the wake of the same other one. */
            size_t row = round % 2 ? row_count - 1 - i : i;
            if (repeats[row])
                times[row][round] = time_of(&rows[row], repeats[row]) / repeats[row] / (double)rows[row].units;
        }
    for (size_t i = 0; i < row_count; i++) {
        if (!repeats[i])
            continue;
        printf("{\"name\": \"%s\", \"ns\": [", rows[i].name);
        for (unsigned round = 0; round < rounds; round++)
            printf("%s%.5g", round ? ", " : "", times[i][round]);
        printf("]}\n");
    }
}

static int run(const char *name, int times)
{
    for (size_t i = 0; i < row_count; i++)
        if (strcmp(rows[i].name, name) == 0 && rows[i].run) {
            while (times-- > 0)
                rows[i].run(rows[i].n);
            return 0;
        }
    fprintf(stderr, "bench: no such row: %s\n", name);
    return 2;
}

int main(int argc, char **argv)
{
    int alone = argc == 4 && strcmp(argv[1], "--run") == 0;
    const char *part = argc == 3 ? argv[2] : "";
    const char *problem = row_count > MOST_ROWS ? "too many rows" : prepare(alone ? FEW_CASES : cases_of(part));
    if (!problem && alone)
        return run(argv[3], atoi(argv[2]));
    if (!problem && argc == 2 && strcmp(argv[1], "--counted") == 0) {
        for (size_t i = 0; i < row_count; i++)
            if (rows[i].function)
                printf("%zu %s %s\n", rows[i].units, rows[i].function, rows[i].name);
        return 0;
    }
    int rounds = argc == 2 || argc == 3 ? atoi(argv[1]) : 0;
    if (!problem && (rounds < 1 || rounds > MOST_ROUNDS))
        problem = "usage: bench ROUNDS [PART] | bench --run TIMES ROW | bench --counted";
    if (!problem)
        problem = check();
    if (!problem && !choose(part))
        problem = "no row's name holds that";
    if (problem) {
        fprintf(stderr, "bench: %s\n", problem);
        return 1;
    }
    printf("{\"name\": \"simdjson\", \"how\": \"%s\"}\n", json_about());
    time_rows((unsigned)rounds);
    return 0;
}
