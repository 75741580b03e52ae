/* SPDX-License-Identifier: MIT */
/**
 * \file texts.c
 * See texts.h.
 */
#include "texts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The table ------------------------------------------------------------------------------------- */

/* The counterparts. This call needs CP_QRI. */
#define GOOD_LIST "{\"id\":7,\"property_list\":[\"qri\"]}"
#define GOOD_CALL "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\"}"

struct text *texts;
size_t texts_count;
static size_t token;

__attribute__((format(printf, 5, 6))) static void add(
    int is_call, const char *kind, int code, cp_properties set, const char *format, ...)
{
    struct text *text;
    va_list arguments;
    char *bytes;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    bytes = malloc((size_t)length + 1);
    texts = realloc(texts, (texts_count + 1) * sizeof *texts);
    if (bytes == NULL || texts == NULL)
        abort();
    va_start(arguments, format);
    vsnprintf(bytes, (size_t)length + 1, format, arguments);
    va_end(arguments);

    text = &texts[texts_count++];
    text->list = is_call ? GOOD_LIST : bytes;
    text->call = is_call ? bytes : GOOD_CALL;
    text->is_call = is_call;
    text->code = code;
    text->set = is_call ? CP_QRI : set;
    text->kind = kind;
    text->token = token;
}

#define LIST 0
#define CALL 1

/** The unit again and again, as often as it fits into `length` bytes, and then `~`. One of 32 buffers. */
static const char *repeat(const char *unit, size_t length)
{
    static char buffers[32][CP_TEXT_MAX + 2];
    static unsigned next;
    char *buffer = buffers[next++ % 32];
    size_t size = strlen(unit), at = 0;

    for (; at + size <= length; at += size)
        memcpy(buffer + at, unit, size);
    memset(buffer + at, '~', length - at);
    buffer[length] = '\0';
    return buffer;
}

/** Texts with one token of this length in bytes, quotes included. */
static void add_tokens(size_t length)
{
    size_t inside = length - 2;
    const char *a = repeat("a", inside);

    token = length;
    add(LIST, "string behind", CP_OK, CP_QRI, "{\"property_list\":[\"qri\"],\"x\":\"%s\"}", a);
    add(LIST, "string before", CP_OK, CP_QRI, "{\"x\":\"%s\",\"property_list\":[\"qri\"]}", a);
    add(LIST, "key", CP_OK, CP_QRI, "{\"%s\":null,\"property_list\":[\"qri\"]}", a);
    add(LIST, "twice an ignored key", CP_OK, CP_QRI, "{\"%s\":1,\"%s\":2,\"property_list\":[\"qri\"]}", a, a);
    add(LIST, "mnemo", CP_ERROR_PROPERTY, CP_LI, "[\"li\",\"%s\"]", a);
    add(LIST, "item", CP_ERROR_PROPERTY, CP_LI, "%s, li", repeat("a", length));
    add(LIST, "escapes", CP_OK, CP_QRI, "{\"x\":\"%s\",\"property_list\":[\"qri\"]}", repeat("\\u0061", inside));
    add(LIST, "escaped quotes", CP_OK, CP_QRI, "{\"x\":\"%s\",\"property_list\":[\"qri\"]}", repeat("\\\"", inside));
    add(LIST, "zero bytes", CP_OK, CP_QRI, "{\"x\":\"%s\",\"property_list\":[\"qri\"]}", repeat("\\u0000", inside));
    add(LIST, "two-byte characters", CP_OK, CP_QRI, "{\"x\":\"%s\",\"property_list\":[\"qri\"]}", repeat("\xC3\xA9", inside));
    add(LIST, "number", CP_OK, CP_QRI, "{\"x\":1%s,\"property_list\":[\"qri\"]}", repeat("0", length - 1));
    add(LIST, "fraction", CP_OK, CP_QRI, "{\"x\":-0.%s1,\"property_list\":[\"qri\"]}", repeat("0", length - 4));
    add(LIST, "exponent", CP_OK, CP_QRI, "{\"property_list\":[\"qri\"],\"x\":1e%s}", repeat("9", length - 2));
    add(LIST, "a zero too many", CP_ERROR_SYNTAX, 0, "{\"x\":%s,\"property_list\":[\"qri\"]}", repeat("0", length));
    add(LIST, "point at the end", CP_ERROR_SYNTAX, 0, "{\"x\":1%s.,\"property_list\":[\"qri\"]}", repeat("1", length - 2));
    add(LIST, "word", CP_ERROR_SYNTAX, 0, "{\"x\":%s,\"property_list\":[\"qri\"]}", repeat("true", length));
    add(LIST, "no string, and long", CP_ERROR_TYPE, 0, "[\"li\",1%s]", repeat("0", length - 1));
    add(LIST, "no array, and long", CP_ERROR_TYPE, 0, "{\"property_list\":\"%s\"}", a);
    add(LIST, "a long list of statuses", CP_ERROR_TYPE, 0, "[{\"%s\":1}]", a);
    add(LIST, "text behind, and long", CP_ERROR_SYNTAX, 0, "[\"li\"]\"%s\"", a);
    add(LIST, "no closing quote", CP_ERROR_SYNTAX, 0, "[\"li\",\"%s", a);
    add(LIST, "bad escape at the end", CP_ERROR_SYNTAX, 0, "[\"%s\\x\"]", repeat("a", inside - 2));
    add(LIST, "half a surrogate pair", CP_ERROR_SYNTAX, 0, "[\"%s\\ud800\"]", repeat("a", inside - 6));
    add(LIST, "control character", CP_ERROR_SYNTAX, 0, "[\"%s\x01\"]", repeat("a", inside - 1));
    add(LIST, "not UTF-8", CP_ERROR_SYNTAX, 0, "[\"%s\xFF\"]", repeat("a", inside - 1));
    add(LIST, "cut off character", CP_ERROR_SYNTAX, 0, "[\"%s\xC3\"]", repeat("a", inside - 1));
    add(CALL, "unknown key", CP_ERROR_TYPE, 0, "{\"src\":\"external\",\"%s\":1}", a);
    add(CALL, "no object, and long", CP_ERROR_TYPE, 0, "[\"%s\"]", a);
    add(CALL, "no boolean, and long", CP_ERROR_TYPE, 0, "{\"callback\":\"%s\"}", a);
    add(CALL, "no string, and long", CP_ERROR_TYPE, 0, "{\"src\":1%s}", repeat("0", length - 1));
    add(CALL, "unknown flag", CP_ERROR_PARTY, 0, "callback=%s", a);
    add(CALL, "unknown leg", CP_ERROR_PARTY, 0, "leg=%s", a);
    add(CALL, "no equals sign, and long", CP_ERROR_SYNTAX, 0, "%s", a);
    add(CALL, "unknown key of a pair", CP_ERROR_TYPE, 0, "src=external,%s=1", a);
    add(CALL, "unknown party", CP_ERROR_PARTY, 0, "{\"src\":\"external\",\"dst\":\"%s\",\"leg\":\"dst\"}", a);
    add(CALL, "unknown party of a pair", CP_ERROR_PARTY, 0, "src=external,dst=%s,leg=dst", a);
    token = 0;
}

static void add_cut_off(const char *text)
{
    size_t length;

    /* Text of white space is the empty list, so at least the bracket stays. */
    for (length = 1; length < strlen(text); length++)
        add(LIST, "cut off", CP_ERROR_SYNTAX, 0, "%.*s", (int)length, text);
}

void texts_make(void)
{
    /* Around what the reader takes at once (8 and 16 bytes), what a quotation holds, and far beyond. */
    static const size_t lengths[] = {
        8, 9, 10, 11, 15, 16, 17, 18, 19, 23, 24, 25, 26, 31, 32, 33, 34, 35, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025};
    const char *open32 = repeat("[", 30), *close32 = repeat("]", 30), *open33 = repeat("[", 31), *close33 = repeat("]", 31);
    size_t i;

    add(LIST, "array", CP_OK, CP_LI | CP_QRI, "[\"li\",\"qri\"]");
    add(LIST, "all, and twice", CP_OK, 0xFF, "[\"ro\",\"ri\",\"qri\",\"qli\",\"lo\",\"li\",\"cq\",\"all\",\"cq\",\"li\",\"lo\"]");
    add(LIST, "empty", CP_OK, 0, "[]");
    add(LIST, "plain", CP_OK, CP_LI | CP_QRI, "li, qri");
    add(LIST, "status", CP_OK, CP_LI | CP_QRI,
        "{\"id\":7,\"name\":\"Lunch\",\"property_list\":[\"li\",\"qri\"],\"more\":{\"a\":[1,2.5,null,true]}}");
    add(LIST, "long name", CP_OK, CP_LI,
        "{\"id\":7,\"name\":\"Away from the desk until the end of the week, ask "
        "the team\",\"property_list\":[\"li\"]}");
    add(LIST, "long numbers", CP_OK, CP_LI,
        "{\"id\":9223372036854775807,\"since\":1758000000.123456789,\"property_list\":[\"li\"]}");
    add(LIST, "many members", CP_OK, CP_QRI,
        "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":0,\"k\":{},"
        "\"l\":[],\"m\":\"\",\"n\":1,\"o\":2,\"p\":3,\"q\":4,\"property_list\":[\"qri\"],\"description of the eighteenth\":null}");
    add(LIST, "escaped mnemo", CP_OK, CP_QRI, "[\"\\u0071\\u0072\\u0069\"]");
    add(LIST, "escaped key", CP_OK, CP_QRI, "{\"\\u0070roperty_list\":[\"qri\"]}");
    add(LIST, "byte order mark", CP_OK, CP_QRI, "\xEF\xBB\xBF[\"qri\"]");
    add(LIST, "byte order mark, plain", CP_OK, CP_QRI, "\xEF\xBB\xBF qri");
    add(LIST, "65,536 bytes", CP_OK, CP_QRI, "{\"x\":\"%s\",\"property_list\":[\"qri\"]}", repeat("a", CP_TEXT_MAX - 32));
    add(LIST, "65,537 bytes", CP_ERROR_LIMIT, 0, "{\"x\":\"%s\",\"property_list\":[\"qri\"]}", repeat("a", CP_TEXT_MAX - 31));
    add(LIST, "60,000 bytes that never close", CP_ERROR_SYNTAX, 0, "[\"%s", repeat("a", 60000));
    add(LIST, "32 levels", CP_OK, CP_QRI, "{\"x\":[%s%s],\"property_list\":[\"qri\"]}", open32, close32);
    add(LIST, "33 levels", CP_ERROR_LIMIT, 0, "{\"x\":[%s%s],\"property_list\":[\"qri\"]}", open33, close33);
    add(LIST, "32 levels and a long string", CP_OK, CP_QRI, "{\"x\":[%s\"%s\"%s],\"property_list\":[\"qri\"]}", open32,
        repeat("a", 200), close32);
    add(LIST, "no such property", CP_ERROR_PROPERTY, CP_LI, "[\"li\",\"bogus\"]");
    add(LIST, "no such properties", CP_ERROR_PROPERTY, CP_LI | CP_RO, "li, bogus, ro, fax");
    add(LIST, "empty item", CP_ERROR_SYNTAX, 0, "li,,lo");
    add(LIST, "a list of statuses", CP_ERROR_TYPE, 0, "[{\"property_list\":[\"qri\"]}]");
    add(LIST, "no string", CP_ERROR_TYPE, 0, "[\"li\",5]");
    add(LIST, "no property_list", CP_ERROR_TYPE, 0, "{\"id\":7,\"name\":\"A status without a list\"}");
    add(LIST, "no array", CP_ERROR_TYPE, 0, "{\"property_list\":\"li\"}");
    add(LIST, "twice the list", CP_ERROR_TYPE, 0, "{\"property_list\":[],\"property_list\":[\"all\"]}");
    add(LIST, "text behind", CP_ERROR_SYNTAX, 0, "[\"all\"] [\"all\"]");
    add(LIST, "text behind a long string", CP_ERROR_SYNTAX, 0, "{\"x\":\"%s\",\"property_list\":[]},", repeat("a", 100));
    add(LIST, "a zero byte", CP_ERROR_PROPERTY, 0, "[\"all\\u0000\"]");
    add(LIST, "a zero byte in a key", CP_ERROR_TYPE, 0, "{\"property_list\\u0000\":[\"all\"]}");
    add_cut_off("{\"name\":\"Lunch, and a walk\",\"property_list\":[\"all\",\"lo\"],\"n\":-1.5e+30}");

    add(CALL, "object", CP_OK, 0, GOOD_CALL);
    add(CALL, "with callback", CP_OK, 0, " { \"callback\" : false, \"leg\":\"dst\", \"dst\":\"queue\", \"src\":\"external\" } ");
    add(CALL, "plain call", CP_OK, 0, "src=external, dst=queue, leg=dst");
    add(CALL, "byte order mark, call", CP_OK, 0, "\xEF\xBB\xBFsrc=external,dst=queue,leg=dst,callback=false");
    add(CALL, "empty call", CP_ERROR_SYNTAX, 0, " ");
    add(CALL, "no equals sign", CP_ERROR_SYNTAX, 0, "src=external,dst");
    add(CALL, "no such leg", CP_ERROR_PARTY, 0, "src=external,dst=queue,leg=left");
    add(CALL, "no such flag", CP_ERROR_PARTY, 0, "src=external,dst=queue,leg=dst,callback=1");
    add(CALL, "escaped call", CP_OK, 0, "{\"\\u0073rc\":\"\\u0065xternal\",\"dst\":\"\\u0071ueue\",\"leg\":\"dst\"}");
    add(CALL, "cannot happen", CP_ERROR_CALL, 0, "{\"src\":\"ivr\",\"dst\":\"queue\",\"leg\":\"dst\"}");
    add(CALL, "missing key", CP_ERROR_TYPE, 0, "{\"src\":\"ivr\",\"dst\":\"queue\"}");
    add(CALL, "repeated key", CP_ERROR_TYPE, 0, "{\"src\":\"external\",\"src\":\"extension\"}");
    add(CALL, "repeated key, escaped", CP_ERROR_TYPE, 0, "{\"src\":\"external\",\"\\u0073\\u0072\\u0063\":\"extension\"}");
    add(CALL, "number for a flag", CP_ERROR_TYPE, 0, "{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\",\"callback\":0}");
    add(CALL, "no object", CP_ERROR_TYPE, 0, "[\"a call in the wrong place\"]");
    add(CALL, "malformed call", CP_ERROR_SYNTAX, 0, "{\"src\":\"external\",}");

    for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        add_tokens(lengths[i]);
}

/* ---- Reading --------------------------------------------------------------------------------------- */

const char *const reader_names[READERS] = {"the parser", "cp_properties_parse_known", "cp_allows", "cp_explain"};

void read_text(enum reader reader, const struct text *text, struct outcome *outcome)
{
    memset(outcome, 0xA5, sizeof *outcome);
    if (reader == READ_ALLOWS)
        outcome->result = cp_allows(text->list, text->call, &outcome->error);
    else if (reader == READ_EXPLAIN)
        outcome->result = (long)cp_explain(text->list, text->call, outcome->explanation, CP_EXPLAIN_MAX, &outcome->error);
    else if (reader == READ_KNOWN)
        outcome->result = cp_properties_parse_known(text->list, &outcome->set, &outcome->error);
    else if (text->is_call)
        outcome->result = cp_call_parse(text->call, &outcome->call, &outcome->error);
    else
        outcome->result = cp_properties_parse(text->list, &outcome->set, &outcome->error);
}

/** Whether this is a whole sentence for a log: what it is about, what is wrong, what is expected. */
static int is_whole(const cp_error *error)
{
    const char *end = memchr(error->text, 0, sizeof error->text), *expected = strstr(error->text, "; expected ");
    const char *c;
    int reserved = 0;
    size_t i;

    /* A text that fills all its room may be cut. */
    if (end == NULL || end == error->text + sizeof error->text - 1 || expected == NULL || expected[11] == '\0')
        return 0;
    for (c = error->text; c < end; c++)
        if (*c < ' ' || *c > '~')
            return 0;
    for (i = 0; i < sizeof error->reserved; i++)
        reserved |= error->reserved[i];
    return reserved == 0 && (strncmp(error->text, "property_list", 13) == 0 || strncmp(error->text, "call", 4) == 0);
}

/** Whether nothing but the error was written, and the empty text where there is a buffer. */
static int is_untouched(enum reader reader, const struct outcome *outcome)
{
    struct outcome untouched;

    memset(&untouched, 0xA5, sizeof untouched);
    untouched.result = outcome->result;
    untouched.error = outcome->error;
    if (reader == READ_EXPLAIN)
        untouched.explanation[0] = '\0';
    return memcmp(outcome, &untouched, sizeof untouched) == 0;
}

const char *wrong_in(enum reader reader, const struct text *text, const struct outcome *outcome)
{
    int is_allowed = (text->set & (CP_QRI | CP_ALL)) != 0;
    const char *words = is_allowed ? "{\"allowed\":true," : "{\"allowed\":false,";
    /* The list that goes with a call is good; and a mnemo that is not known is no error to who asks for those that are. */
    int code = reader == READ_KNOWN && text->is_call ? CP_OK : text->code;
    int is_refused = code != CP_OK && !(reader == READ_KNOWN && code == CP_ERROR_PROPERTY);

    if (outcome->error.code != code)
        return "error code";
    if (code == CP_OK ? outcome->error.position != 0 || outcome->error.text[0] != '\0' : !is_whole(&outcome->error))
        return "error text";
    if (is_refused)
        return outcome->result != 0 ? "result of an error" : is_untouched(reader, outcome) ? NULL : "something is written";
    if (reader == READ_ALLOWS)
        return outcome->result == is_allowed ? NULL : "permission";
    if (reader == READ_EXPLAIN)
        return (size_t)outcome->result == strlen(outcome->explanation) && outcome->result > 100 &&
                strncmp(outcome->explanation, words, strlen(words)) == 0
            ? NULL
            : "explanation";
    if (outcome->result != 1)
        return "result";
    if (reader == READ_PARSE && text->is_call)
        return memcmp(&outcome->call, "\1\2\1\0", 4) == 0 ? NULL : "call";
    return outcome->set == text->set ? NULL : "set";
}

const char *wrong_in_a_round(size_t step)
{
    struct outcome outcome;
    const char *wrong;
    size_t i;
    int reader;

    for (i = 0; i < texts_count; i += step)
        for (reader = 0; reader < READERS; reader++) {
            read_text((enum reader)reader, &texts[i], &outcome);
            wrong = wrong_in((enum reader)reader, &texts[i], &outcome);
            if (wrong != NULL)
                return wrong;
        }
    if (cp_list() == NULL || cp_get("qri") == NULL || strstr(cp_list(), cp_get("qri")) == NULL)
        return "the catalogue";
    return NULL;
}
