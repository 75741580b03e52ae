/* SPDX-License-Identifier: MIT */
/* The floor of the text forms: the two texts read in C as most hosts would write it by hand, with strspn, strcspn and memcmp, and decided by the
   table of c_table.c. It refuses what is not a list or a call, and says neither where nor why. */
#include "c_text.h"
#include "c_table.h"
#include <string.h>

static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro", NULL};
static const char *const keys[] = {"src", "dst", "leg", "callback", NULL};
static const char *const parties[] = {"extension", "external", "queue", "ivr", NULL};
static const char *const legs[] = {"src", "dst", NULL};
static const char *const booleans[] = {"false", "true", NULL};
static const char *const *const values[] = {parties, parties, legs, booleans};

static int find(const char *const words[], const char *text, size_t length)
{
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
            return i;
    return -1;
}

/* The next word, up to a separator or white space; the text goes on behind it. */
static size_t word(const char **text, const char **found)
{
    *found = *text += strspn(*text, " \t\r\n");
    size_t length = strcspn(*text, " \t\r\n,=");
    *text += length;
    *text += strspn(*text, " \t\r\n");
    return length;
}

static int read_list(const char *text, uint32_t *granted)
{
    const char *found;
    *granted = 0;
    if (!*text)
        return 1;
    for (;; text++) {
        size_t length = word(&text, &found);
        int mnemo = find(mnemos, found, length);
        if (mnemo < 0)
            return 0;
        *granted |= 1u << mnemo;
        if (*text != ',')
            return !*text;
    }
}

static int read_call(const char *text, cp_call *call)
{
    uint8_t facts[4] = {0};
    unsigned seen = 0;
    for (;; text++) {
        const char *found;
        size_t length = word(&text, &found);
        int key = find(keys, found, length), value;
        if (key < 0 || seen >> key & 1 || *text++ != '=')
            return 0;
        length = word(&text, &found);
        if ((value = find(values[key], found, length)) < 0)
            return 0;
        facts[key] = (uint8_t)value;
        seen |= 1u << key;
        if (*text != ',')
            break;
    }
    *call = (cp_call){facts[0], facts[1], facts[2], facts[3]};
    return !*text && (seen & 7) == 7;
}

int c_allows(const char *property_list, const char *call_text)
{
    uint32_t granted;
    cp_call call;
    return read_list(property_list, &granted) && read_call(call_text, &call) && c_permits(granted, &call);
}
