/* SPDX-License-Identifier: MIT */
/**
 * \file edges.c
 * Text at the edges of memory: it ends where an unreadable page begins, or begins where one ends. In every length, in every form,
 * as either argument, each function says what it says of the same text in the heap, at each alignment. And what is written to a
 * buffer of any size at the edge stays inside of it.
 */
#include <callprop.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, ROOM = 17 * PAGE, LENGTHS = 300, ALIGNMENTS = 16 };

/* clang-format off */
/** A text of any length: the middle is repeated between the two ends. */
static const struct form {
    const char *head, middle, *tail;
} forms[] = {
    /* mnemos between commas, names and separators at the very end */
    {"", ' ', "li"}, {"", ' ', "qli"}, {"li", ' ', ""}, {"li,", ' ', "lo"}, {"all,cq,li,lo,qli,qri,ri,", ' ', "ro"}, {"li", ' ', ","},
    {"", ',', ""}, {"", 'l', "i"}, {"", '\t', ""}, {"\xEF\xBB\xBF", ' ', "ro"}, {"", '\xEF', "\xBB"},
    /* arrays, and statuses with a long string */
    {"[", ' ', "]"}, {"[\"", 'x', "\"]"}, {"[", ' ', "\"li\"]"}, {"[\"li\",", ' ', "\"qri"}, {"[\"", 'x', ""}, {"[\"li\"]", ' ', ""},
    {"{\"name\":\"", 'x', "\",\"property_list\":[\"li\"]}"}, {"{\"name\":\"", '\xE9', "\",\"property_list\":[\"li\"]}"},
    {"{\"property_list\":[\"ro\"],\"", 'k', "\":1}"}, {"{\"property_list\":[\"ro\"],\"x\":", '1', "}"}, {"{", ' ', "\"property_list"},
    {"{\"property_list\":[\"ro\"],\"x\":", '7', ""}, {"{\"property_list\":[\"ro\"],\"x\":-0.", '7', "e+"}, {"[", '[', "]"}, {"", '[', ""},
    /* cut off: in a word, an escape, a pair of surrogates, a character */
    {"[", ' ', "tru"}, {"[", ' ', "null"}, {"[\"", 'a', "\\"}, {"[\"", 'a', "\\u"}, {"[\"", 'a', "\\u00"}, {"[\"", 'a', "\\u006"},
    {"[\"", 'a', "\\u006c"}, {"[\"", 'a', "\\ud83d"}, {"[\"", 'a', "\\ud83d\\"}, {"[\"", 'a', "\\ud83d\\u"}, {"[\"", 'a', "\\ud83d\\ude0"},
    {"[\"", 'a', "\\ud83d\\ude00"}, {"[\"", 'a', "\xC3"}, {"[\"", 'a', "\xE2\x82"}, {"[\"", 'a', "\xF0"}, {"[\"", 'a', "\xF0\x9F"},
    {"[\"", 'a', "\xF0\x9F\x98"}, {"[\"", 'a', "\xF0\x9F\x98\x80"}, {"[\"", 'a', "\xF4\x8F\xBF"}, {"[\"", 'a', "\xFF"},
    /* calls */
    {"src=external,dst=ivr,", ' ', "leg=dst"}, {"src=external,dst=ivr,leg=", ' ', "dst"}, {"src=external,dst=ivr,leg=dst,", ' ', "callback=true"},
    {"src=external,dst=ivr,leg=dst", ' ', ""}, {"src=", 'x', ""}, {"", 's', "="}, {"", '=', ""}, {"src=", ' ', "extension"},
    {"{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\"", ' ', "}"}, {"{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":", ' ', "\"dst\"}"},
    {"{\"src\":\"external\",\"dst\":\"ivr\",\"leg\":\"dst\",\"callback\":", ' ', "true}"}, {"{\"src\":\"external\",\"dst\":\"", 'x', ""},
    {"{\"src\":\"external\",\"dst\":", ' ', "\"exte\\u006Esion"}, {"{\"", 'k', "\":1}"}, {"{", ' ', "\"callback\":fals"},
};
/* clang-format on */

static const char good_list[] = "{\"id\":7,\"property_list\":[\"ri\"]}", good_call[] = "src=external,dst=ivr,leg=dst";
static const char *now = "nothing";
static long calls, failures;

static void fail(const char *what, const char *text, size_t length)
{
    if (failures++ < 10)
        printf("  wrong: %s, %lu bytes: %.*s\n", what, (unsigned long)length, length > 80 ? 80 : (int)length, text);
}

static void report_crash(int number)
{
    if (write(1, "  crashed: ", 11) < 0 || write(1, now, strlen(now)) < 0 || write(1, "\n", 1) < 0)
        _exit(3);
    signal(number, SIG_DFL);
    raise(number);
}

/* ---- Edges ----------------------------------------------------------------------------------------- */

/** Memory between two unreadable pages. */
struct fenced {
    char *start, *end;
};

static struct fenced fenced(void)
{
    char *memory = mmap(NULL, ROOM + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct fenced result = {memory + PAGE, memory + PAGE + ROOM};

    if (memory == MAP_FAILED || mprotect(result.start, ROOM, PROT_READ | PROT_WRITE) != 0)
        abort();
    return result;
}

/** The text, with its NUL as the last byte that can be read, or with its first byte as the first one. */
static const char *at_end(const struct fenced *memory, const char *text, size_t length)
{
    return memcpy(memory->end - length - 1, text, length + 1);
}

static const char *at_start(const struct fenced *memory, const char *text, size_t length)
{
    return memcpy(memory->start, text, length + 1);
}

/* ---- What comes of a text -------------------------------------------------------------------------- */

enum { LIST_PARSE, KNOWN_PARSE, CALL_PARSE, ALLOWS_LIST, ALLOWS_CALL, EXPLAIN, GET, FUNCTIONS };
static const char *const names[FUNCTIONS] = {"cp_properties_parse", "cp_properties_parse_known", "cp_call_parse",
    "cp_allows, property_list", "cp_allows, call", "cp_explain", "cp_get"};

struct outcome {
    const void *pointer;
    size_t result;
    cp_properties set;
    cp_call call;
    cp_error error;
    char explanation[CP_EXPLAIN_MAX];
};

static void ask(int function, const char *text, struct outcome *outcome)
{
    memset(outcome, 0xA5, sizeof *outcome);
    now = names[function];
    calls++;
    switch (function) {
    case LIST_PARSE: outcome->result = (size_t)cp_properties_parse(text, &outcome->set, &outcome->error); break;
    case KNOWN_PARSE: outcome->result = (size_t)cp_properties_parse_known(text, &outcome->set, &outcome->error); break;
    case CALL_PARSE: outcome->result = (size_t)cp_call_parse(text, &outcome->call, &outcome->error); break;
    case ALLOWS_LIST: outcome->result = (size_t)cp_allows(text, good_call, &outcome->error); break;
    case ALLOWS_CALL: outcome->result = (size_t)cp_allows(good_list, text, &outcome->error); break;
    case EXPLAIN: outcome->result = cp_explain(text, good_call, outcome->explanation, CP_EXPLAIN_MAX, &outcome->error); break;
    default: outcome->pointer = cp_get(text);
    }
}

static void compare(int function, const char *where, const char *text, size_t length, const struct outcome *right)
{
    static struct outcome outcome;

    ask(function, text, &outcome);
    if (memcmp(&outcome, right, sizeof outcome) != 0)
        fail(where, text, length);
}

static void check_text(const struct fenced *memory, const char *text, size_t length)
{
    static struct outcome right;
    char *block = malloc(length + 1 + ALIGNMENTS);
    int function, alignment;

    if (block == NULL)
        abort();
    for (function = 0; function < FUNCTIONS; function++) {
        ask(function, text, &right);
        compare(function, "at the end of memory", at_end(memory, text, length), length, &right);
        compare(function, "at the start of memory", at_start(memory, text, length), length, &right);
        for (alignment = 0; alignment < ALIGNMENTS; alignment++)
            compare(function, "in the heap", memcpy(block + alignment, text, length + 1), length, &right);
    }
    free(block);
}

/** The text of a form that has this length: its middle is as long as need be. Where the ends alone are longer, their first bytes, or
 * their last ones. */
static void make(const struct form *form, size_t length, int is_last, char *text)
{
    size_t head = strlen(form->head), tail = strlen(form->tail), ends = head + tail;
    char both[LENGTHS + 1];

    if (ends <= length) {
        memcpy(text, form->head, head);
        memset(text + head, form->middle, length - ends);
        memcpy(text + length - tail, form->tail, tail);
    } else {
        strcat(strcpy(both, form->head), form->tail);
        memcpy(text, is_last ? both + ends - length : both, length);
    }
    text[length] = '\0';
}

/* ---- Both arguments, text without an end, buffers -------------------------------------------------- */

static void check_both(const struct fenced *one, const struct fenced *other, const char *list, const char *call)
{
    int is_allowed = cp_allows(list, call, NULL);
    size_t length = strlen(list), call_length = strlen(call);

    now = "cp_allows, both arguments";
    calls += 4;
    if (cp_allows(at_end(one, list, length), at_end(other, call, call_length), NULL) != is_allowed ||
        cp_allows(at_start(one, list, length), at_end(other, call, call_length), NULL) != is_allowed ||
        cp_allows(at_end(one, list, length), at_start(other, call, call_length), NULL) != is_allowed ||
        cp_allows(at_start(one, list, length), at_start(other, call, call_length), NULL) != is_allowed)
        fail(now, list, length);
}

/** Behind the byte that makes a text too long, nothing is read. */
static void check_endless(const struct fenced *memory)
{
    static const char fillings[] = {' ', 'x', ',', '[', '"', '\\', '\xF0'};
    static struct outcome outcome;
    char *text = memory->end - CP_TEXT_MAX - 1;
    size_t i;
    int function;

    for (i = 0; i < sizeof fillings; i++)
        for (function = 0; function < FUNCTIONS; function++) {
            memset(text, fillings[i], CP_TEXT_MAX + 1);
            ask(function, text, &outcome);
            if (function == GET
                    ? outcome.pointer != NULL
                    : outcome.result != 0 || outcome.error.code != CP_ERROR_LIMIT || outcome.error.position != CP_TEXT_MAX)
                fail(names[function], text, CP_TEXT_MAX + 1);
        }
}

enum { WRITE_PROPERTIES, WRITE_CALL, WRITE_REASON, WRITE_EXPLANATION, WRITERS };

static size_t write_to(int writer, char *buffer, size_t size)
{
    static const cp_call call = {CP_EXTERNAL, CP_IVR, CP_LEG_DST, 0};

    calls++;
    switch (writer) {
    case WRITE_PROPERTIES: return cp_properties_format(0xFF, buffer, size);
    case WRITE_CALL: return cp_call_format(&call, buffer, size);
    case WRITE_REASON: return cp_reason(CP_LI, &call, buffer, size);
    default: return cp_explain("all,cq,li,lo", good_call, buffer, size, NULL);
    }
}

/** The buffer of each size gets the beginning of the text, its NUL, and nothing outside. */
static void check_buffers(const struct fenced *memory)
{
    char whole[CP_EXPLAIN_MAX];
    size_t size, length;
    int writer;

    for (writer = 0; writer < WRITERS; writer++) {
        now = "a buffer";
        length = write_to(writer, whole, sizeof whole);
        for (size = 1; size <= length + 40; size++) {
            char *end = memory->end - size, *start = memory->start;
            size_t kept = size <= length ? size - 1 : length;

            memset(end - 8, 0x5A, size + 8);
            memset(start, 0x5A, size + 8);
            if (write_to(writer, end, size) != length || write_to(writer, start, size) != length ||
                memcmp(end, whole, kept) != 0 || memcmp(start, whole, kept) != 0 || end[kept] != '\0' || start[kept] != '\0' ||
                end[-1] != 0x5A || start[size] != 0x5A)
                fail("a buffer", whole, size);
        }
    }
}

int main(void)
{
    struct fenced one = fenced(), other = fenced();
    char text[LENGTHS + 1];
    size_t i, length;
    int is_last;

    signal(SIGSEGV, report_crash);
    signal(SIGBUS, report_crash);
    for (i = 0; i < sizeof forms / sizeof forms[0]; i++)
        for (length = 0; length <= LENGTHS; length++)
            for (is_last = 0; is_last < 2; is_last++) {
                make(&forms[i], length, is_last, text);
                check_text(&one, text, length);
                check_both(&one, &other, text, good_call);
                check_both(&one, &other, good_list, text);
            }
    check_endless(&one);
    check_buffers(&one);
    printf("  %lu forms in each length up to %d: %ld calls at both edges of memory, at %d alignments: %s\n",
        (unsigned long)(sizeof forms / sizeof forms[0]), LENGTHS, calls, ALIGNMENTS,
        failures ? "FAILED" : "none reads or writes outside, none differs");
    return failures != 0;
}
