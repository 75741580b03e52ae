/* SPDX-License-Identifier: MIT */
/* The floor of cp_explain: the same text by jansson from C, which has to read both arguments, build every value of the
   explanation, and dump them. The sentence and the mnemos are there already. */
#include "rows.h"
#include <callprop.h>
#include <jansson.h>
#include <string.h>

/* What an explanation says. */
static struct facts {
    int allowed, callback;
    char src[16], dst[16], leg[4], required[4], matched[4], reason[256], granted[8][4];
    size_t granted_count;
} facts[TEXTS];

static const char *string(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

int take_explanation(size_t i, const char *text)
{
    struct facts *to = &facts[i];
    json_t *explanation = json_loads(text, 0, NULL);
    const json_t *call = json_object_get(explanation, "call"), *granted = json_object_get(explanation, "granted");
    if (!call || !granted)
        return 0;
    to->allowed = json_is_true(json_object_get(explanation, "allowed"));
    to->callback = json_is_true(json_object_get(call, "callback"));
    strcpy(to->src, string(call, "src"));
    strcpy(to->dst, string(call, "dst"));
    strcpy(to->leg, string(call, "leg"));
    strcpy(to->required, string(explanation, "required"));
    strcpy(to->matched, string(explanation, "matched"));
    strcpy(to->reason, string(explanation, "reason"));
    to->granted_count = json_array_size(granted);
    for (size_t j = 0; j < to->granted_count; j++)
        strcpy(to->granted[j], json_string_value(json_array_get(granted, j)));
    json_decref(explanation);
    return 1;
}

static void set(json_t *object, const char *key, json_t *value) { json_object_set_new_nocheck(object, key, value); }

size_t explain_in_c(size_t i, char *buffer, size_t size)
{
    const struct facts *from = &facts[i];
    json_t *call = json_object(), *granted = json_array(), *explanation = json_object();
    set(call, "src", json_string_nocheck(from->src));
    set(call, "dst", json_string_nocheck(from->dst));
    set(call, "leg", json_string_nocheck(from->leg));
    set(call, "callback", json_boolean(from->callback));
    for (size_t j = 0; j < from->granted_count; j++)
        json_array_append_new(granted, json_string_nocheck(from->granted[j]));
    set(explanation, "allowed", json_boolean(from->allowed));
    set(explanation, "call", call);
    set(explanation, "required", json_string_nocheck(from->required));
    set(explanation, "granted", granted);
    set(explanation, "matched", *from->matched ? json_string_nocheck(from->matched) : json_null());
    set(explanation, "reason", json_string_nocheck(from->reason));
    size_t length = json_dumpb(explanation, buffer, size, JSON_COMPACT);
    json_decref(explanation);
    return length;
}
