/* SPDX-License-Identifier: MIT */
/* Everything that the library answers, as text to compare between machines: each decision in each way of asking, from text, from values and
 * from arrays at any alignment, what is written about it, and refusals. What must agree with itself ends the program. */
#include <callprop.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS = 64, SETS = 256, PAIRS = CALLS * SETS, ROOM = 70000, THREADS = 8 };

static const char *const PARTIES[] = {"extension", "external", "queue", "ivr"};
static const char *const LEGS[] = {"src", "dst"};
static const char *const FLAGS[] = {"false", "true"};
static const char *const MNEMOS[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};

static void differ(const char *what, size_t number)
{
    printf("%s disagrees with itself at %lu\n", what, (unsigned long)number);
    exit(1);
}

static uint64_t digest = 1469598103934665603u;

static void add(const char *text)
{
    for (; *text != '\0'; text++)
        digest = (digest ^ (unsigned char)*text) * 1099511628211u;
    digest = (digest ^ 10) * 1099511628211u;
}

/* ---- The catalogue, made by many threads at once ---------------------------------------------------- */

static void *ask_for_the_list(void *gate)
{
    while (!__atomic_load_n((int *)gate, __ATOMIC_ACQUIRE)) {
    }
    return (void *)cp_list();
}

static void catalogue(void)
{
    pthread_t threads[THREADS];
    void *lists[THREADS];
    int gate = 0, i;

    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, ask_for_the_list, &gate) != 0)
            differ("pthread_create", (size_t)i);
    __atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &lists[i]);
        if (lists[i] == NULL || lists[i] != lists[0])
            differ("cp_list", (size_t)i);
    }
    printf("%s\n%s\n", cp_version(), cp_list());
    for (i = 0; i < 8; i++)
        printf("%s\n", cp_get(MNEMOS[i]));
    printf("error %lu, call %lu, %s\n", (unsigned long)sizeof(cp_error), (unsigned long)sizeof(cp_call),
        cp_get("nope") == NULL ? "no nope" : "nope");
}

/* ---- Decisions ---------------------------------------------------------------------------------------- */

static cp_properties granted[PAIRS], required[PAIRS];
static cp_call calls[PAIRS];
static uint8_t permitted[PAIRS];

static void make_pairs(void)
{
    int k, set;

    for (k = 0; k < CALLS; k++)
        for (set = 0; set < SETS; set++) {
            granted[k * SETS + set] = (cp_properties)set;
            calls[k * SETS + set] = cp_call_make(k & 3, k >> 2 & 3, k >> 4 & 1, k >> 5 & 1);
        }
}

static void values(void)
{
    size_t i, count = cp_permits_many(granted, calls, PAIRS, permitted), possible = cp_required_many(calls, PAIRS, required);

    for (i = 0; i < PAIRS; i++) {
        char reason[CP_REASON_MAX];
        if (cp_permits(granted[i], &calls[i]) != permitted[i])
            differ("cp_permits", i);
        if (cp_required(&calls[i]) != required[i])
            differ("cp_required", i);
        putchar(permitted[i] ? '1' : '0');
        cp_reason(granted[i], &calls[i], reason, sizeof reason);
        add(reason);
    }
    printf("\n%lu permitted, %lu can happen\n", (unsigned long)count, (unsigned long)possible);
    for (i = 0; i < CALLS; i++)
        printf("required %lu\n", (unsigned long)required[i * SETS]);
}

/** The set as JSON: a status, or an array. */
static void write_list(char *text, cp_properties set, int is_status)
{
    const char *comma = "";
    int i;

    text += sprintf(text, is_status ? "{\"id\":1.25e3,\"property_list\":[" : "[");
    for (i = 0; i < 8; i++)
        if (set >> i & 1) {
            text += sprintf(text, "%s\"%s\"", comma, MNEMOS[i]);
            comma = ",";
        }
    sprintf(text, is_status ? "]}" : "]");
}

static void texts(void)
{
    size_t i, total = 0;

    for (i = 0; i < PAIRS; i++) {
        char list[256], call[200], back[CP_CALL_MAX], explanation[CP_EXPLAIN_MAX];
        cp_properties set = 99;
        cp_call read = {9, 9, 9, 9};
        cp_error error;

        if (i % 3 == 0)
            cp_properties_format(granted[i], list, sizeof list);
        else
            write_list(list, granted[i], i % 3 == 1);
        snprintf(call, sizeof call,
            i & 1 ? "src=%s,dst=%s,leg=%s,callback=%s" : "{\"src\":\"%s\",\"dst\":\"%s\",\"leg\":\"%s\",\"callback\":%s}",
            PARTIES[calls[i].src], PARTIES[calls[i].dst], LEGS[calls[i].leg], FLAGS[calls[i].callback]);
        if (!cp_properties_parse(list, &set, NULL) || set != granted[i])
            differ("cp_properties_parse", i);
        if (cp_call_parse(call, &read, &error) != (required[i] != 0) ||
            (required[i] != 0 && memcmp(&read, &calls[i], sizeof read) != 0))
            differ("cp_call_parse", i);
        if (cp_allows(list, call, &error) != permitted[i])
            differ("cp_allows", i);
        add(error.text);
        cp_call_format(&calls[i], back, sizeof back);
        add(back);
        total += cp_explain(list, call, explanation, sizeof explanation, &error);
        add(explanation);
        add(error.text);
        if (i % 1021 == 0)
            printf("%s %s %d %d %s\n", list, explanation, error.code, error.position, error.text);
    }
    printf("%lu bytes of explanations\n", (unsigned long)total);
}

/** Arrays of anything, at each alignment, in many lengths. */
static void arrays(void)
{
    static unsigned char sets[4 * 200 + 16], raw[4 * 200 + 16], out[200 + 16], words[4 * 200 + 16];
    uint32_t dice = 12345;
    size_t alignment, n, i;

    for (alignment = 0; alignment < 16; alignment++)
        for (n = 0; n < 200; n += n < 70 ? 1 : 37) {
            size_t count, possible, permits = 0, can_happen = 0;
            for (i = 0; i < 4 * n; i++) {
                dice = dice * 1103515245 + 12345;
                sets[alignment + i] = (unsigned char)(dice >> 16);
                dice = dice * 1103515245 + 12345;
                raw[alignment + i] = (unsigned char)((dice >> 16) & (dice >> 28 ? 1 : 255));
            }
            count = cp_permits_many((void *)(sets + alignment), (void *)(raw + alignment), n, out + alignment);
            possible = cp_required_many((void *)(raw + alignment), n, (void *)(words + alignment));
            for (i = 0; i < n; i++) {
                cp_properties set, word;
                cp_call call;
                memcpy(&set, sets + alignment + 4 * i, 4);
                memcpy(&word, words + alignment + 4 * i, 4);
                memcpy(&call, raw + alignment + 4 * i, 4);
                permits += (size_t)out[alignment + i];
                can_happen += word != 0;
                if (cp_permits(set, &call) != out[alignment + i])
                    differ("cp_permits_many", n);
                if (cp_required(&call) != word)
                    differ("cp_required_many", n);
            }
            if (permits != count || can_happen != possible)
                differ("the count of many", n);
            printf("%lu/%lu ", (unsigned long)count, (unsigned long)possible);
        }
    putchar('\n');
}

/* ---- Refusals ------------------------------------------------------------------------------------------ */

static void refuse(const char *list, const char *call)
{
    char explanation[CP_EXPLAIN_MAX];
    cp_properties known = 99;
    cp_error error;
    size_t length;
    int is_known;

    memset(&error, 0xAA, sizeof error);
    memset(explanation, 0x55, sizeof explanation);
    printf("%d ", cp_allows(list, call, NULL));
    length = cp_explain(list, call, explanation, sizeof explanation, &error);
    printf("%lu %d %d %s %s\n", (unsigned long)length, error.code, error.position, error.text, explanation);
    is_known = cp_properties_parse_known(list, &known, &error);
    printf("  known %d %lu %d %d %s\n", is_known, (unsigned long)known, error.code, error.position, error.text);
}

static void refusals(void)
{
    static const char good[] = "src=external,dst=ivr,leg=dst";
    static const char *const lists[] = {"li,zz", "[\"li\",1]", "{\"property_list\":[\"li\"],\"x\":1e400}",
        "{\"property_list\":[\"li\"],\"x\":9223372036854775808}", "[\"li\"", "\xff\xfe", "", "[]", " li , lo ", "li,,lo",
        "[\"\\u0000\"]", "[\"\\ud800\"]", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\xef\xbb\xbf[\"ri\"]",
        "abcdefghijklmnopqrstuvwxyz"};
    static const char *const bad[] = {"src=external,dst=ivr", "src=external,dst=ivr,leg=dst,leg=dst",
        "{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\",\"callback\":3}", "src=ivr,dst=ivr,leg=src",
        "src=queue,dst=queue,leg=src", "{\"src\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
        " src = external , dst=ivr,leg=dst"};
    static char big[ROOM + 1];
    size_t i;

    refuse(NULL, good);
    refuse("li", NULL);
    for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
        refuse(lists[i], good);
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuse("li", bad[i]);
    memset(big, ' ', ROOM);
    refuse(big, good);
    big[65536] = '\0';
    refuse(big, good);
}

int main(void)
{
    catalogue();
    make_pairs();
    values();
    texts();
    arrays();
    refusals();
    printf("digest %08lx%08lx\n", (unsigned long)(digest >> 32), (unsigned long)(digest & 0xFFFFFFFFu));
    return 0;
}
