/* SPDX-License-Identifier: MIT */
/**
 * \file json_grammar.c
 * The grammar of json_model.h.
 */
#include <string.h>

#include "json_model.h"

int json_is_space(unsigned char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }
static int is_digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }

static int hex(unsigned char byte)
{
    const char *digits = "0123456789abcdef",
               *place = byte == 0 ? NULL : strchr(digits, byte >= 'A' && byte <= 'F' ? byte + 32 : byte);

    return place == NULL ? -1 : (int)(place - digits);
}

void json_begin(struct json_state_machine *machine)
{
    memset(machine, 0, sizeof *machine);
    machine->state = BEFORE_VALUE;
}

static enum json_step enter(struct json_state_machine *machine, unsigned char byte)
{
    if (machine->depth == JSON_DEPTH_MAX)
        return STEP_TOO_DEEP;
    machine->closers[machine->depth++] = byte == '[' ? ']' : '}';
    machine->state = byte == '[' ? BEFORE_ITEM_OR_END : BEFORE_MEMBER_OR_END;
    return STEP_RIGHT;
}

static enum json_step leave(struct json_state_machine *machine, unsigned char byte)
{
    if (machine->depth == 0 || machine->closers[machine->depth - 1] != (char)byte)
        return machine->depth == 0 ? STEP_BEHIND : STEP_MALFORMED;
    machine->depth--;
    machine->state = BEHIND_VALUE;
    return STEP_RIGHT;
}

static enum json_step begin_value(struct json_state_machine *machine, unsigned char byte)
{
    machine->is_key = 0;
    switch (byte) {
    case '[':
    case '{': return enter(machine, byte);
    case '"': machine->state = IN_STRING; return STEP_RIGHT;
    case '-': machine->state = BEHIND_MINUS; return STEP_RIGHT;
    case '0': machine->state = BEHIND_ZERO; return STEP_RIGHT;
    case 't': machine->word = "rue"; break;
    case 'f': machine->word = "alse"; break;
    case 'n': machine->word = "ull"; break;
    default: machine->state = IN_INTEGER; return is_digit(byte) ? STEP_RIGHT : STEP_MALFORMED;
    }
    machine->state = IN_WORD;
    return STEP_RIGHT;
}

static enum json_step begin_key(struct json_state_machine *machine, unsigned char byte)
{
    machine->is_key = 1;
    machine->state = IN_STRING;
    return byte == '"' ? STEP_RIGHT : STEP_MALFORMED;
}

static enum json_step follow_value(struct json_state_machine *machine, unsigned char byte)
{
    machine->state = BEHIND_VALUE;
    if (json_is_space(byte))
        return STEP_RIGHT;
    if (byte != ',' || machine->depth == 0)
        return leave(machine, byte);
    machine->state = machine->closers[machine->depth - 1] == ']' ? BEFORE_VALUE : BEFORE_KEY;
    return STEP_RIGHT;
}

/* The Unicode Standard, table 3-7. */
static const struct {
    unsigned char first, last, from, to;
    int rest;
} sequences[] = {{0xC2, 0xDF, 0x80, 0xBF, 1}, {0xE0, 0xE0, 0xA0, 0xBF, 2}, {0xE1, 0xEC, 0x80, 0xBF, 2},
    {0xED, 0xED, 0x80, 0x9F, 2}, {0xEE, 0xEF, 0x80, 0xBF, 2}, {0xF0, 0xF0, 0x90, 0xBF, 3}, {0xF1, 0xF3, 0x80, 0xBF, 3},
    {0xF4, 0xF4, 0x80, 0x8F, 3}};

static enum json_step begin_character(struct json_state_machine *machine, unsigned char byte)
{
    size_t i;

    for (i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
        if (byte >= sequences[i].first && byte <= sequences[i].last) {
            machine->state = IN_CHARACTER;
            machine->rest = sequences[i].rest;
            machine->from = sequences[i].from;
            machine->to = sequences[i].to;
            return STEP_RIGHT;
        }
    return STEP_NOT_UTF8;
}

static enum json_step go_on_in_string(struct json_state_machine *machine, unsigned char byte)
{
    if (byte == '"')
        machine->state = machine->is_key ? BEFORE_COLON : BEHIND_VALUE;
    else if (byte == '\\')
        machine->state = IN_ESCAPE;
    else if (byte >= 0x80)
        return begin_character(machine, byte);
    return byte < 0x20 ? STEP_MALFORMED : STEP_RIGHT;
}

static enum json_step go_on_in_character(struct json_state_machine *machine, unsigned char byte)
{
    if (byte < machine->from || byte > machine->to)
        return STEP_NOT_UTF8;
    machine->from = 0x80;
    machine->to = 0xBF;
    if (--machine->rest == 0)
        machine->state = IN_STRING;
    return STEP_RIGHT;
}

static enum json_step begin_unit(struct json_state_machine *machine, int is_low)
{
    machine->state = IN_UNIT;
    machine->is_low = is_low;
    machine->digits = 0;
    machine->unit = 0;
    return STEP_RIGHT;
}

/** Whether 0 to 4 digits can still become a unit that may stand here: a low surrogate behind a high one, and only there. */
static int can_become_unit(const struct json_state_machine *machine)
{
    unsigned first = machine->unit << 4 * (4 - machine->digits);
    unsigned last = first + (1u << 4 * (4 - machine->digits)) - 1;

    return machine->is_low ? first <= 0xDFFF && last >= 0xDC00 : first < 0xDC00 || last > 0xDFFF;
}

static enum json_step go_on_in_unit(struct json_state_machine *machine, unsigned char byte)
{
    int value = hex(byte);

    if (value < 0)
        return STEP_MALFORMED;
    machine->unit = machine->unit << 4 | (unsigned)value;
    machine->digits++;
    if (!can_become_unit(machine))
        return STEP_MALFORMED;
    if (machine->digits == 4)
        machine->state = !machine->is_low && machine->unit >= 0xD800 && machine->unit <= 0xDBFF ? BEFORE_LOW_ESCAPE : IN_STRING;
    return STEP_RIGHT;
}

static enum json_step expect(struct json_state_machine *machine, int is_right, enum json_state next)
{
    machine->state = next;
    return is_right ? STEP_RIGHT : STEP_MALFORMED;
}

int json_is_number_end(const struct json_state_machine *machine)
{
    return machine->state == BEHIND_ZERO || machine->state == IN_INTEGER || machine->state == IN_FRACTION ||
        machine->state == IN_EXPONENT;
}

static enum json_step go_on_in_number(struct json_state_machine *machine, unsigned char byte)
{
    enum json_state state = machine->state;

    if (is_digit(byte) && state != BEHIND_ZERO)
        machine->state = state == BEHIND_MINUS          ? (byte == '0' ? BEHIND_ZERO : IN_INTEGER)
            : state == BEHIND_POINT                     ? IN_FRACTION
            : state == BEHIND_E || state == BEHIND_SIGN ? IN_EXPONENT
                                                        : state;
    else if (byte == '.' && (state == BEHIND_ZERO || state == IN_INTEGER))
        machine->state = BEHIND_POINT;
    else if ((byte == 'e' || byte == 'E') && (state == BEHIND_ZERO || state == IN_INTEGER || state == IN_FRACTION))
        machine->state = BEHIND_E;
    else if ((byte == '+' || byte == '-') && state == BEHIND_E)
        machine->state = BEHIND_SIGN;
    else
        return json_is_number_end(machine) ? follow_value(machine, byte) : STEP_MALFORMED;
    return STEP_RIGHT;
}

enum json_step json_take(struct json_state_machine *machine, unsigned char byte)
{
    if (json_is_space(byte) && machine->state <= BEHIND_VALUE)
        return STEP_RIGHT;
    switch (machine->state) {
    case BEFORE_VALUE: return begin_value(machine, byte);
    case BEFORE_ITEM_OR_END: return byte == ']' ? leave(machine, byte) : begin_value(machine, byte);
    case BEFORE_MEMBER_OR_END: return byte == '}' ? leave(machine, byte) : begin_key(machine, byte);
    case BEFORE_KEY: return begin_key(machine, byte);
    case BEFORE_COLON: return expect(machine, byte == ':', BEFORE_VALUE);
    case BEHIND_VALUE: return follow_value(machine, byte);
    case IN_STRING: return go_on_in_string(machine, byte);
    case IN_CHARACTER: return go_on_in_character(machine, byte);
    case IN_ESCAPE:
        return byte == 'u' ? begin_unit(machine, 0) : expect(machine, byte != 0 && strchr("\"\\/bfnrt", byte) != NULL, IN_STRING);
    case IN_UNIT: return go_on_in_unit(machine, byte);
    case BEFORE_LOW_ESCAPE: return expect(machine, byte == '\\', BEFORE_LOW_U);
    case BEFORE_LOW_U: return byte == 'u' ? begin_unit(machine, 1) : STEP_MALFORMED;
    case IN_WORD:
        if ((char)byte != *machine->word++)
            return STEP_MALFORMED;
        if (*machine->word == '\0')
            machine->state = BEHIND_VALUE;
        return STEP_RIGHT;
    default: return go_on_in_number(machine, byte);
    }
}

int json_is_complete(const struct json_state_machine *machine)
{
    return machine->depth == 0 && (machine->state == BEHIND_VALUE || json_is_number_end(machine));
}

/** What ends the token. */
static char *end_token(struct json_state_machine *machine, char *rest)
{
    while (machine->state == IN_CHARACTER) {
        *rest++ = (char)machine->from;
        json_take(machine, machine->from);
    }
    while (machine->state >= IN_STRING && machine->state <= BEFORE_LOW_U) {
        const char *bytes = machine->state == IN_STRING ? "\""
            : machine->state == IN_ESCAPE               ? "n"
            : machine->state == BEFORE_LOW_ESCAPE       ? "\\"
            : machine->state == BEFORE_LOW_U            ? "u"
                                                        : "0dc";

        /* Of the digits, the first that will do. */
        for (;; bytes++) {
            struct json_state_machine next = *machine;

            if (json_take(&next, (unsigned char)*bytes) != STEP_RIGHT)
                continue;
            *machine = next;
            *rest++ = *bytes;
            break;
        }
    }
    if (machine->state == IN_WORD)
        rest += strlen(strcpy(rest, machine->word));
    else if (machine->state == BEFORE_COLON)
        rest += strlen(strcpy(rest, ":0"));
    else if (machine->state == BEFORE_KEY)
        rest += strlen(strcpy(rest, "\"\":0"));
    else if (machine->state >= BEHIND_MINUS && !json_is_number_end(machine))
        *rest++ = '0';
    else if (machine->state == BEFORE_VALUE)
        *rest++ = '0';
    return rest;
}

void json_complete(const struct json_state_machine *machine, char *rest)
{
    struct json_state_machine copy = *machine;

    rest = end_token(&copy, rest);
    while (copy.depth > 0)
        *rest++ = copy.closers[--copy.depth];
    *rest = '\0';
}
