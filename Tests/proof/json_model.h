/* SPDX-License-Identifier: MIT */
/**
 * \file json_model.h
 * What callprop has to say of a text in JSON, byte by byte: a second reader, written from RFC 8259 and callprop.h alone. It is
 * a pushdown automaton that knows for each byte whether the text can still become JSON, and in what way. grammar.c holds
 * it against jansson, and the library against both.
 */
#ifndef JSON_MODEL_H
#define JSON_MODEL_H

#include <callprop.h>

/** What may come next. */
enum json_state {
    BEFORE_VALUE,         /* a value */
    BEFORE_ITEM_OR_END,   /* behind [ */
    BEFORE_MEMBER_OR_END, /* behind { */
    BEFORE_KEY,           /* behind the comma of an object */
    BEFORE_COLON,
    BEHIND_VALUE, /* a comma or an end; nothing more, where nothing is open */
    IN_STRING,
    IN_CHARACTER,      /* in UTF-8: bytes that continue it */
    IN_ESCAPE,         /* behind the backslash */
    IN_UNIT,           /* in the digits of \u */
    BEFORE_LOW_ESCAPE, /* behind a high surrogate: the other one's backslash, then its u */
    BEFORE_LOW_U,
    BEHIND_MINUS,
    BEHIND_ZERO,
    IN_INTEGER,
    BEHIND_POINT,
    IN_FRACTION,
    BEHIND_E,
    BEHIND_SIGN,
    IN_EXPONENT,
    IN_WORD /* true, false, null */
};

enum { JSON_DEPTH_MAX = CP_DEPTH_MAX, JSON_NAME_MAX = 24 };

/** The grammar alone: small, so that it can be copied for each way that a text may go on. */
struct json_state_machine {
    enum json_state state;
    int depth;
    char closers[JSON_DEPTH_MAX]; /* what closes each array or object that is open */
    int is_key;                   /* the string is a key */
    int is_low;                   /* the digits are those of a low surrogate */
    int digits;                   /* how many of the four were read, */
    unsigned unit;                /* and what they say */
    int rest;                     /* how many bytes the character still needs; */
    unsigned char from, to;       /* the range of the next one */
    const char *word;             /* the rest of the word */
};

/** What a byte does to a text. */
enum json_step { STEP_RIGHT, STEP_MALFORMED, STEP_NOT_UTF8, STEP_BEHIND, STEP_TOO_DEEP };

void json_begin(struct json_state_machine *machine);
enum json_step json_take(struct json_state_machine *machine, unsigned char byte);
int json_is_space(unsigned char byte);
int json_is_number_end(const struct json_state_machine *machine);
int json_is_complete(const struct json_state_machine *machine);
/** Writes what makes the text JSON, and ends it with a NUL. */
void json_complete(const struct json_state_machine *machine, char *rest);

/** Which text it is. A known list is one for cp_properties_parse_known. */
enum json_argument { LIST, KNOWN_LIST, CALL };

/** What is right for a text: a code, a position, how the message begins behind the argument's name; the set or the call. */
struct meaning {
    int code;
    long position;
    const char *words;
    cp_properties set;
    cp_call call;
};

/** What a value is for. */
enum json_role { IGNORED, ITEM, FACT };

/** A text while it is read. Once the meaning is known, no further byte changes it. */
struct json_model {
    struct json_state_machine machine;
    enum json_argument argument;
    long offset;
    int is_known;
    struct meaning meaning;
    int item_depth;     /* where the mnemos stand, while they are read */
    unsigned seen;      /* a bit for each key of ours that there was */
    int is_without_list; /* whether the outermost value was an object without property_list */
    int key, values[4]; /* the key of the member, by its place; what the facts of a call are, by theirs */
    enum json_role role;
    int wrong_depth; /* a value is read that will be a problem, when it ends at this depth; -1 when none is */
    struct meaning problem;
    long name_start; /* where the string's content began, */
    char name[JSON_NAME_MAX];
    int length; /* and what it means; -1 when it is too long to be any of ours */
};

void model_begin(struct json_model *model, enum json_argument argument, long offset);
void model_take(struct json_model *model, unsigned char byte);
void model_end(struct json_model *model);

/** The whole of a text. 0 when it is not JSON by its first byte, so that the model has nothing to say. */
int model_read(const char *text, enum json_argument argument, struct meaning *meaning);

#endif
