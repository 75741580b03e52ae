/* SPDX-License-Identifier: MIT */
/**
 * \file json_model.c
 * The meaning of json_model.h: which problem of a text is known first, and what a text without one says.
 */
#include "json_model.h"

#include <string.h>

static const char *const call_keys[] = {"src", "dst", "leg", "callback", NULL};
static const char *const list_keys[] = {"property_list", NULL};
static const char *const parties[] = {"extension", "external", "queue", "ivr", NULL};
static const char *const legs[] = {"src", "dst", NULL};
static const char *const mnemos[] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro", NULL};

static struct meaning problem(int code, long position, const char *words)
{
    struct meaning meaning = {code, position, words, 0, {0, 0, 0, 0}};

    return meaning;
}

/** Ends the reading. */
static void is_known(struct json_model *model, struct meaning meaning)
{
    model->meaning = meaning;
    model->is_known = 1;
}

void model_begin(struct json_model *model, enum json_argument argument, long offset)
{
    memset(model, 0, sizeof *model);
    json_begin(&model->machine);
    model->argument = argument;
    model->offset = offset;
    model->meaning = problem(CP_OK, -1, "");
    model->wrong_depth = -1;
}

/* ---- Names ----------------------------------------------------------------------------------------- */

/** Adds to the name what a byte of a string means, in the state before it. */
static void spell(struct json_model *model, enum json_state state, int digits, unsigned char byte)
{
    unsigned unit = model->machine.unit;
    int means = -1;

    if (state == IN_STRING && byte != '\\')
        means = byte < 0x80 ? byte : 0xFF;
    else if (state == IN_ESCAPE && byte != 'u')
        means = byte == '"' || byte == '\\' || byte == '/' ? byte : 0xFF;
    else if (state == IN_UNIT && digits == 3)
        means = unit > 0 && unit < 0x80 ? (int)unit : 0xFF;
    if (means < 0 || model->length < 0)
        return;
    if (model->length == JSON_NAME_MAX)
        model->length = -1;
    else
        model->name[model->length++] = (char)means;
}

/** The place of the name among others; -1 when it is none of them. */
static int find(const struct json_model *model, const char *const *names)
{
    int i;

    for (i = 0; names[i] != NULL; i++)
        if (model->length == (int)strlen(names[i]) && memcmp(model->name, names[i], strlen(names[i])) == 0)
            return i;
    return -1;
}

/* ---- Values ---------------------------------------------------------------------------------------- */

/** Whether what stands at this depth is a member of the text's own object. */
static int is_member(const struct json_model *model, int depth)
{
    return depth == 1 && model->machine.closers[0] == '}' && model->wrong_depth < 0;
}

/** A value began that cannot be right, whatever it will be. The problem is known where the value ends. */
static void is_wrong(struct json_model *model, int depth, const char *words)
{
    model->wrong_depth = depth;
    model->problem = problem(CP_ERROR_TYPE, model->offset, words);
}

static void value_begins(struct json_model *model, unsigned char byte, int depth)
{
    int is_call = model->argument == CALL, is_in_member = is_member(model, depth);

    model->role = IGNORED;
    if (model->wrong_depth >= 0)
        return;
    if (depth == 0) {
        model->item_depth = byte == '[';
        if (is_call && byte == '[')
            is_wrong(model, depth, ": not a JSON object:");
    } else if (model->item_depth == depth) {
        model->role = ITEM;
        if (byte != '"')
            is_wrong(model, depth, byte == '{' ? " holds an object:" : ": not a JSON string:");
    } else if (is_in_member && !is_call && model->key == 0) {
        model->item_depth = 2;
        if (byte != '[')
            is_wrong(model, depth, ": the member property_list is no array:");
    } else if (is_in_member && is_call && model->key == 3) {
        model->values[3] = byte == 't';
        if (byte != 't' && byte != 'f')
            is_wrong(model, depth, ": not a JSON boolean:");
    } else if (is_in_member && is_call) {
        model->role = FACT;
        if (byte != '"')
            is_wrong(model, depth, ": not a JSON string:");
    }
}

static void string_value_ends(struct json_model *model)
{
    int place;

    if (model->role == ITEM) {
        place = find(model, mnemos);
        if (place >= 0)
            model->meaning.set |= 1u << place;
        else if (model->argument == LIST)
            is_known(model, problem(CP_ERROR_PROPERTY, model->name_start, ": no such property:"));
        else if (model->meaning.code == CP_OK) {
            model->meaning.code = CP_ERROR_PROPERTY;
            model->meaning.position = model->name_start;
            model->meaning.words = ": no such property:";
        }
    } else if (model->role == FACT) {
        place = find(model, model->key == 2 ? legs : parties);
        model->values[model->key] = place;
        if (place < 0)
            is_known(model, problem(CP_ERROR_PARTY, model->name_start, model->key == 2 ? ": no such leg:" : ": no such party:"));
    }
}

/** Behind the colon: the key is whole. */
static void key_ends(struct json_model *model)
{
    if (model->key < 0 && model->argument == CALL)
        is_known(model, problem(CP_ERROR_TYPE, model->name_start, ": unknown key"));
    if (model->key < 0)
        return;
    if (model->seen & 1u << model->key)
        is_known(model, problem(CP_ERROR_TYPE, model->name_start, ": repeated key"));
    model->seen |= 1u << model->key;
}

/* ---- Reading --------------------------------------------------------------------------------------- */

static void is_refused(struct json_model *model, enum json_step step)
{
    static const char *const words[] = {
        "", ": malformed JSON at", ": JSON is not UTF-8 at", ": text after the JSON value:", ": JSON is nested too deeply"};

    is_known(model, problem(step == STEP_TOO_DEEP ? CP_ERROR_LIMIT : CP_ERROR_SYNTAX, model->offset, words[step]));
}

/** What a right byte brought to an end. */
static void look_back(struct json_model *model, enum json_state state, int depth)
{
    const struct json_state_machine *machine = &model->machine;
    enum json_state next = machine->state;

    if (next == BEHIND_VALUE && model->wrong_depth == machine->depth) {
        is_known(model, model->problem);
        return;
    }
    if (state == IN_STRING && next == BEHIND_VALUE && model->wrong_depth < 0)
        string_value_ends(model);
    if (state == IN_STRING && next == BEFORE_COLON && is_member(model, depth))
        model->key = find(model, model->argument == CALL ? call_keys : list_keys);
    if (state == BEFORE_COLON && next == BEFORE_VALUE && is_member(model, depth))
        key_ends(model);
    if (machine->depth < model->item_depth)
        model->item_depth = 0;
    if (model->argument != CALL && machine->depth < depth && is_member(model, depth) && model->seen == 0)
        model->is_without_list = 1;
}

void model_take(struct json_model *model, unsigned char byte)
{
    struct json_state_machine *machine = &model->machine;
    enum json_state state = machine->state;
    int depth = machine->depth, digits = machine->digits, was_number = json_is_number_end(machine), is_right;
    enum json_step step;

    if (model->is_known)
        return;
    step = json_take(machine, byte);
    is_right = step == STEP_RIGHT;
    if (was_number && model->wrong_depth == depth && (!is_right || machine->state < BEHIND_MINUS)) {
        is_known(model, model->problem);
    } else if (!is_right) {
        is_refused(model, step);
    } else {
        if (state == BEFORE_VALUE || (state == BEFORE_ITEM_OR_END && byte != ']'))
            if (!json_is_space(byte))
                value_begins(model, byte, depth);
        if (machine->state == IN_STRING && state <= BEFORE_KEY) {
            model->name_start = model->offset + 1;
            model->length = 0;
        } else if (state >= IN_STRING && machine->state >= IN_STRING) {
            spell(model, state, digits, byte);
        }
        look_back(model, state, depth);
    }
    model->offset++;
}

static void finish_call(struct json_model *model)
{
    static const char *const words[] = {" has no src", " has no dst", " has no leg"};
    cp_call call = {(uint8_t)model->values[0], (uint8_t)model->values[1], (uint8_t)model->values[2], (uint8_t)model->values[3]};
    int key;

    for (key = 0; key < 3; key++)
        if (!(model->seen & 1u << key)) {
            is_known(model, problem(CP_ERROR_TYPE, -1, words[key]));
            return;
        }
    model->meaning.call = call;
    if (cp_required(&call) == 0)
        is_known(model, problem(CP_ERROR_CALL, -1, " cannot happen: "));
}

void model_end(struct json_model *model)
{
    const struct json_state_machine *machine = &model->machine;

    if (model->is_known)
        return;
    if (json_is_number_end(machine) && model->wrong_depth == machine->depth)
        is_known(model, model->problem);
    else if (!json_is_complete(machine))
        is_known(model, problem(CP_ERROR_SYNTAX, model->offset, ": JSON ends too early"));
    else if (model->argument == CALL)
        finish_call(model);
    else if (model->is_without_list)
        is_known(model, problem(CP_ERROR_TYPE, -1, ": the JSON object has no member property_list"));
    model->is_known = 1;
}

int model_read(const char *text, enum json_argument argument, struct meaning *meaning)
{
    struct json_model model;
    const char *byte = strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;

    while (json_is_space((unsigned char)*byte))
        byte++;
    if (*byte != '[' && *byte != '{')
        return 0;
    model_begin(&model, argument, byte - text);
    for (; *byte != '\0' && !model.is_known; byte++)
        model_take(&model, (unsigned char)*byte);
    model_end(&model);
    *meaning = model.meaning;
    return 1;
}
