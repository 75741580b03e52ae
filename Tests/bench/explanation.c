/* SPDX-License-Identifier: MIT */
/* The floor of cp_explain: the same text by jansson from C, which has to build every value of the explanation, and dump
   them. The decision, the sentence and the mnemos are there already, and nothing is read. */
#include "c_table.h"
#include "rows.h"
#include <jansson.h>

static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};
static const char *const parties[] = {"extension", "external", "queue", "ivr"};
static const char *const legs[] = {"src", "dst"};

/* What an explanation says. */
static struct facts {
    cp_call call;
    cp_properties granted;
    const char *required, *matched; /* matched is NULL after a denial */
    char reason[CP_REASON_MAX];
} facts[TEXTS];

void keep_explanation(size_t i, cp_properties granted, const cp_call *call)
{
    cp_properties required = c_required(call), matched = granted & required ? required : granted & CP_ALL;
    facts[i] = (struct facts){*call, granted, mnemos[__builtin_ctz(required)], NULL, ""};
    if (matched)
        facts[i].matched = mnemos[__builtin_ctz(matched)];
    c_reason(granted, call, facts[i].reason, sizeof facts[i].reason);
}

static void set(json_t *object, const char *key, json_t *value) { json_object_set_new_nocheck(object, key, value); }

size_t explain_in_c(size_t i, char *buffer, size_t size)
{
    const struct facts *from = &facts[i];
    json_t *call = json_object(), *granted = json_array(), *explanation = json_object();
    set(call, "src", json_string_nocheck(parties[from->call.src]));
    set(call, "dst", json_string_nocheck(parties[from->call.dst]));
    set(call, "leg", json_string_nocheck(legs[from->call.leg]));
    set(call, "callback", json_boolean(from->call.callback));
    for (int bit = 0; bit < 8; bit++)
        if (from->granted >> bit & 1)
            json_array_append_new(granted, json_string_nocheck(mnemos[bit]));
    set(explanation, "allowed", json_boolean(from->matched));
    set(explanation, "call", call);
    set(explanation, "required", json_string_nocheck(from->required));
    set(explanation, "granted", granted);
    set(explanation, "matched", from->matched ? json_string_nocheck(from->matched) : json_null());
    set(explanation, "reason", json_string_nocheck(from->reason));
    size_t length = json_dumpb(explanation, buffer, size, JSON_COMPACT);
    json_decref(explanation);
    return length;
}
