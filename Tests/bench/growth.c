/* SPDX-License-Identifier: MIT */
/* How the cost of text grows: a property_list of n bytes, n a power of two, read by callprop and by jansson alone. */
#include "rows.h"
#include <callprop.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static volatile int sink;

/* Room for `size` bytes of text with this beginning and end, and spaces between them. */
static char *frame(const char *start, const char *end, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        abort();
    memset(text, ' ', size);
    memcpy(text, start, strlen(start));
    memcpy(text + size - strlen(end), end, strlen(end) + 1);
    return text;
}

/* A list that is as long as fits. */
static char *list(const char *start, const char *item, const char *end, size_t size)
{
    char *text = frame(start, end, size);
    size_t length = strlen(start), step = strlen(item);
    memcpy(text + length, item, step);
    for (length += step; length + 1 + step + strlen(end) <= size; length += 1 + step) {
        text[length] = ',';
        memcpy(text + length + 1, item, step);
    }
    return text;
}

/* A status as an API may answer it, with a long note that does not matter here. */
static char *status(size_t size)
{
    static const char start[] = "{\"property_list\":[\"li\"],\"note\":\"", end[] = "\"}";
    char *text = frame(start, end, size);
    memset(text + sizeof start - 1, 'n', size - (sizeof start - 1) - (sizeof end - 1));
    return text;
}

enum form { COMMAS, ARRAY, STATUS, FORMS };

/* Made once, then kept. */
static const char *text_of(enum form form, size_t size)
{
    static char *texts[FORMS][32];
    char **text = &texts[form][__builtin_ctzl(size)];
    if (!*text)
        *text = form == COMMAS ? list("", "li", "", size) : form == ARRAY ? list("[", "\"li\"", "]", size) : status(size);
    return *text;
}

static void parse(const char *text)
{
    cp_properties set = 0;
    if (!cp_properties_parse(text, &set, NULL) || set != CP_LI)
        abort();
}

static void load(const char *text)
{
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    sink = json != NULL;
    json_decref(json);
}

void parse_commas(size_t size) { parse(text_of(COMMAS, size)); }
void parse_array(size_t size) { parse(text_of(ARRAY, size)); }
void parse_status(size_t size) { parse(text_of(STATUS, size)); }
void load_array(size_t size) { load(text_of(ARRAY, size)); }
void load_status(size_t size) { load(text_of(STATUS, size)); }
