/* SPDX-License-Identifier: MIT */
/**
 * \file grammar.c
 * Every text of a few bytes, at every kind of place in JSON: the library says of each what the model of json_model.h says, and
 * jansson agrees with both. grammar part: a few seconds of it; grammar deep: all of it.
 *
 * The model is held against jansson in three ways. Of each text, both have the same verdict. Each beginning of a text with which
 * the model would go on is JSON once the model's own end is put behind it. And where the model says that a byte is the first
 * wrong one, none of many ends makes JSON of what stands up to it.
 */
#include "grammar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Which texts ----------------------------------------------------------------------------------- */

#define STATUS_END ",\"property_list\":[]}"
#define CALL_END "\"src\":\"extension\",\"dst\":\"ivr\",\"leg\":\"src\"}"
#define DEEP_30 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define SHALLOW_30 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

/* Each kind of byte that JSON tells apart; one of a kind, where a kind is told apart by nothing. */
#define STRUCTURE "[]{},:\" 1"
#define EVERY_KIND STRUCTURE "0-+.eEtrunlfas\\\x1F\xC2\x80"
#define ESCAPES "\"\\/ubn089aDdCcfFg\xC2"
#define UNITS "089aBdDCcfFgu\\\"\xC2"
#define UTF_8 "a\"\\\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF1\xF4\xF5\xFF"

/** Any `length` bytes of the alphabet, and any fewer, between two fixed texts. */
static const struct place {
    const char *before, *alphabet, *behind; /* NULL for the alphabet: all 255 bytes */
    int part, deep;                         /* the length */
    int pads;                               /* also with 1 … pads letters in front, for what looks at words of 8 bytes */
    enum json_argument argument;
} places[] = {
    /* any value, whose meaning does not count: this is the grammar as such */
    {"{\"x\":", EVERY_KIND, STATUS_END, 4, 6, 0, LIST},
    {"{\"x\":", NULL, STATUS_END, 2, 3, 0, LIST},
    {"{\"x\":", "019-+.eE, ", STATUS_END, 5, 7, 0, LIST},
    {"{\"x\":", "truefalsn,]", STATUS_END, 4, 6, 0, LIST},
    {"{\"x\":[", STRUCTURE, STATUS_END, 4, 7, 0, LIST},
    {"{\"x\":{", STRUCTURE, STATUS_END, 4, 7, 0, LIST},
    /* keys and the places about them */
    {"{", EVERY_KIND, ":1" STATUS_END, 3, 5, 0, LIST},
    {"{\"x\"", STRUCTURE, "1" STATUS_END, 4, 7, 0, LIST},
    {"{\"x\":1", EVERY_KIND, "\"property_list\":[]}", 3, 5, 0, LIST},
    {"{\"", UTF_8, "\":1" STATUS_END, 2, 4, 0, LIST},
    /* inside of strings */
    {"{\"x\":\"", NULL, "\"" STATUS_END, 2, 3, 0, LIST},
    {"{\"x\":\"", ESCAPES, "\"" STATUS_END, 3, 6, 0, LIST},
    {"{\"x\":\"", UTF_8, "\"" STATUS_END, 3, 5, 0, LIST},
    {"{\"x\":\"\\u", "0123456789abcdefABCDEF", "\"" STATUS_END, 3, 4, 0, LIST},
    {"{\"x\":\"\\ud8", UNITS, "\"" STATUS_END, 3, 6, 0, LIST},
    {"{\"x\":\"\\uDbFf\\u", UNITS, "\"" STATUS_END, 3, 6, 0, LIST},
    {"[\"", UTF_8, "\"]", 2, 4, 17, KNOWN_LIST},
    {"[\"", ESCAPES, "\"]", 2, 4, 17, KNOWN_LIST},
    {"[\"", UTF_8, "", 2, 3, 17, KNOWN_LIST},
    /* whole texts, which end anywhere */
    {"[", STRUCTURE, "", 4, 7, 0, KNOWN_LIST},
    {"{", STRUCTURE, "", 4, 7, 0, LIST},
    {"[\"li\"", EVERY_KIND, "", 3, 5, 0, LIST},
    {"[\"li\"]", NULL, "", 2, 2, 0, LIST},
    {"\xEF\xBB\xBF[", EVERY_KIND, "", 3, 4, 0, LIST},
    {"\r\n\t [", EVERY_KIND, "]", 3, 4, 0, LIST},
    {"{\"property_list\":", EVERY_KIND, "", 3, 5, 0, LIST},
    {"{\"property_list\":[]", EVERY_KIND, "", 3, 4, 0, LIST},
    {"{\"x\":" DEEP_30, STRUCTURE, "", 3, 6, 0, LIST},
    {"{\"x\":" DEEP_30, STRUCTURE, SHALLOW_30 STATUS_END, 3, 6, 0, LIST},
    {"{\"x\":" DEEP_30 "{\"x\":", EVERY_KIND, "}" SHALLOW_30 STATUS_END, 2, 4, 0, LIST},
    /* mnemos */
    {"[", "\"lioqra\\u,6", "]", 4, 6, 0, LIST},
    {"[", "\"lioqra\\u,6", "]", 4, 5, 0, KNOWN_LIST},
    {"[\"", "lioqracu\\\" ", "\"]", 4, 6, 0, LIST},
    {"{\"property_list\":[\"li\",", EVERY_KIND, "],\"x\":1}", 3, 4, 0, LIST},
    {"{\"property_list\":[", STRUCTURE, "\"ro\"]}", 4, 7, 0, KNOWN_LIST},
    {"{\"property_list\":[\"li\"]", STRUCTURE, "}", 4, 7, 0, LIST},
    {"{\"property_list\":[\"li\"],\"", "property_list\\", "\":[]}", 1, 2, 0, LIST},
    /* calls */
    {"{", EVERY_KIND, CALL_END, 3, 4, 0, CALL},
    {"{", STRUCTURE, "", 4, 7, 0, CALL},
    {"[", STRUCTURE, "", 4, 6, 0, CALL},
    {"{\"callback\":", "truefalsn\"[]{}, 1", "," CALL_END, 3, 5, 0, CALL},
    {"{\"src\":\"queue\",", STRUCTURE, "\"dst\":\"ivr\"}", 4, 6, 0, CALL},
    {"{\"dst\":\"ivr\",\"leg\":\"src\",\"src\":", "\"extnsiou[]{}, 1", "\"extension\"}", 3, 5, 0, CALL},
    {"{\"dst\":\"ivr\",\"leg\":\"src\",\"src\":\"extension\"", EVERY_KIND, "}", 3, 4, 0, CALL},
    {"{\"src\":\"extension\",\"dst\":\"ivr\",\"leg\":\"", "srcdt\\u0073\"", "\"}", 4, 6, 0, CALL},
};

enum { PLACES = sizeof places / sizeof places[0], BEHIND_MAX = 160 };

static char all_bytes[256];
static int is_deep;

static const char *alphabet_of(const struct place *place) { return place->alphabet == NULL ? all_bytes : place->alphabet; }

/* ---- One text and those that begin with it --------------------------------------------------------- */

/** A beginning: what the model knows of it, and the verdict of the grammar, which goes on where the meaning is known. */
struct beginning {
    struct json_model model;
    struct json_state_machine machine;
    enum json_step step;
};

static void take(struct beginning *beginning, const char *bytes)
{
    for (; *bytes != '\0'; bytes++) {
        model_take(&beginning->model, (unsigned char)*bytes);
        if (beginning->step == STEP_RIGHT)
            beginning->step = json_take(&beginning->machine, (unsigned char)*bytes);
    }
}

/** The beginning can become JSON: the end that the model knows makes it so. */
static void check_completion(char *text, size_t length, const struct json_state_machine *machine)
{
    json_complete(machine, text + length);
    grammar_own.completions++;
    if (!is_json(text))
        grammar_fail(text, "a beginning that is no JSON when it is completed", 0, 1);
}

/** A beginning cannot become JSON since its last byte: no end makes it so. `machine` is that of the beginning without this byte. */
static void check_dead_end(char *text, size_t length, const struct json_state_machine *machine)
{
    static const char *const tokens[] = {"", "\"", "\":1", "1", "\"\":1", ":1", ",1", ",\"\":1", "n\"", "0000\"", "d800\\udc00\"",
        "\\udc00\"", "dc00\"", "\x80\"", "\xA0\x80\"", "\x90\x80\x80\"", "rue", "alse", "ull"};
    struct json_state_machine closing = *machine;
    size_t i;
    int change;

    for (change = -1; change <= 2; change++) {
        /* The brackets that are open; one fewer; and one more, of either kind. */
        closing.state = BEHIND_VALUE;
        closing.depth = machine->depth + (change == 2 ? 1 : change);
        if (closing.depth < 0 || closing.depth > JSON_DEPTH_MAX)
            continue;
        if (change > 0)
            closing.closers[machine->depth] = change == 1 ? ']' : '}';
        for (i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
            strcpy(text + length, tokens[i]);
            json_complete(&closing, text + length + strlen(tokens[i]));
            grammar_own.dead_ends++;
            if (is_json(text))
                grammar_fail(text, "a text that was to be no JSON, whatever follows", 1, 0);
        }
    }
}

static void check_beginning(const struct place *place, char *text, size_t length, const struct beginning *beginning,
    const struct json_state_machine *before, int is_short)
{
    struct beginning whole = *beginning;

    if (beginning->step == STEP_RIGHT)
        check_completion(text, length, &beginning->machine);
    else if (before != NULL && is_short && beginning->step != STEP_TOO_DEEP)
        check_dead_end(text, length, before);

    strcpy(text + length, place->behind);
    take(&whole, place->behind);
    model_end(&whole.model);
    check_library(text, place->argument, &whole.model.meaning);
    check_jansson(text, whole.step, json_is_complete(&whole.machine));
    if (whole.model.meaning.code == CP_OK)
        check_meaning(text, place->argument, &whole.model.meaning);
}

/** All texts that begin so, with up to `more` bytes more. */
static void go_on(const struct place *place, char *text, size_t length, const struct beginning *beginning, int more, int made)
{
    const char *byte;

    for (byte = alphabet_of(place); more > 0 && *byte != '\0'; byte++) {
        const char taken[2] = {*byte, '\0'};
        struct beginning next = *beginning;

        text[length] = *byte;
        take(&next, taken);
        check_beginning(
            place, text, length + 1, &next, beginning->step == STEP_RIGHT ? &beginning->machine : NULL, made < (is_deep ? 3 : 2));
        go_on(place, text, length + 1, &next, more - 1, made + 1);
    }
}

/* ---- The work, in units ---------------------------------------------------------------------------- */

/** A place, a first byte at it, and a number of letters in front. */
static void check_place(const struct place *place, long unit)
{
    char text[512];
    size_t symbols = strlen(alphabet_of(place)), length;
    struct beginning beginning, next;
    char first[2] = {alphabet_of(place)[(size_t)unit % symbols], '\0'};
    size_t mark = strncmp(place->before, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    length = (size_t)sprintf(text, "%s%.*s", place->before, (int)((size_t)unit / symbols), "aaaaaaaaaaaaaaaaa");
    model_begin(&beginning.model, place->argument, (long)mark);
    json_begin(&beginning.machine);
    beginning.step = STEP_RIGHT;
    take(&beginning, text + mark);
    if (first[0] == alphabet_of(place)[0])
        check_beginning(place, text, length, &beginning, NULL, 0);
    next = beginning;
    text[length] = first[0];
    take(&next, first);
    check_beginning(place, text, length + 1, &next, &beginning.machine, 1);
    go_on(place, text, length + 1, &next, (is_deep ? place->deep : place->part) - 1, 1);
}

static long units_of(const struct place *place) { return (long)strlen(alphabet_of(place)) * (place->pads + 1); }

/** Does a unit of the whole work; 0 when there is none of this number. */
static int work(long unit)
{
    size_t i;

    for (i = 0; i < PLACES; unit -= units_of(&places[i++]))
        if (unit < units_of(&places[i])) {
            check_place(&places[i], unit);
            return 1;
        }
    if (unit < SPELLINGS) {
        check_spellings(unit, is_deep);
        return 1;
    }
    unit -= SPELLINGS;
    if (unit < changes_count())
        check_changes(unit, is_deep);
    return unit < changes_count();
}

static void work_on(void)
{
    while (work(__sync_fetch_and_add(&grammar_count->next, 1)))
        grammar_add_up();
    fflush(stdout);
    _exit(0);
}

/** Whether all is as it should be. An explained difference that was not met needs no explanation: that is wrong as well. */
static const char *verdict(int is_lost)
{
    int i;

    for (i = 0; i < EXPLAINED; i++)
        if (grammar_count->explained[i] == 0)
            return "FAILED: an explained difference was not met";
    return is_lost ? "FAILED: a worker was lost" : grammar_count->failures ? "FAILED" : "none wrong";
}

int main(int count, char **arguments)
{
    long workers = sysconf(_SC_NPROCESSORS_ONLN), i;
    int status, is_lost = 0;
    const char *words;

    is_deep = count > 1 && strcmp(arguments[1], "deep") == 0;
    grammar_count = mmap(NULL, sizeof *grammar_count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (i = 0; i < 255; i++)
        all_bytes[i] = (char)(i + 1);
    grammar_prepare();
    for (i = 0; i < workers; i++)
        if (fork() == 0)
            work_on();
    for (i = 0; i < workers; i++) {
        wait(&status);
        is_lost |= !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    words = verdict(is_lost);
    printf(
        "  %ld texts, %ld of them accepted, each as the model says and as jansson says, but for %ld with large numbers,\n"
        "  %ld with \\u0000 in a key and %ld nested deeper than %d; %ld beginnings completed, %ld ends tried behind a wrong byte: %s\n",
        grammar_count->texts, grammar_count->accepted, grammar_count->explained[LARGE_NUMBER],
        grammar_count->explained[NUL_IN_KEY], grammar_count->explained[DEEP_NESTING], CP_DEPTH_MAX, grammar_count->completions,
        grammar_count->dead_ends, words);
    return strcmp(words, "none wrong") != 0;
}
