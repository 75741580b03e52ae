/* SPDX-License-Identifier: MIT */
/**
 * \file grammar.h
 * One text, read by the library, by the model and by jansson. Where two of them disagree, it is reported, and counted.
 */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include <stddef.h>

#include "json_model.h"

/** Why the library and jansson may disagree, and about what. Everything else is a failure. */
enum explained {
    LARGE_NUMBER, /* jansson refuses a number that no double holds; callprop reads what it ignores for its syntax only */
    NUL_IN_KEY,   /* jansson refuses \u0000 in a key; the same */
    DEEP_NESTING, /* jansson goes deeper than CP_DEPTH_MAX */
    EXPLAINED
};

/** What was done. In memory that all workers share. */
struct grammar_count {
    long texts, accepted, completions, dead_ends, failures, explained[EXPLAINED];
    long next; /* of the work that is still to be done */
};

extern struct grammar_count *grammar_count;

/** A worker's own count, which is added to that of all. */
extern struct grammar_count grammar_own;
void grammar_add_up(void);

void grammar_prepare(void);

/** The text is not what it should be. Says which one, and what is wrong. */
void grammar_fail(const char *text, const char *what, long seen, long right);

/** Holds the library against what is right for a text. */
void check_library(const char *text, enum json_argument argument, const struct meaning *right);

/** Holds jansson's verdict against that of the grammar. The text may be accepted by both, and means this then. */
void check_jansson(const char *text, enum json_step step, int is_complete);

/** Holds what jansson reads against the meaning of a text that is accepted. */
void check_meaning(const char *text, enum json_argument argument, const struct meaning *right);

/** All of that, for a text of which nothing is known. 0 when its first byte makes it none in JSON. */
int check_text(const char *text, enum json_argument argument);

/** Whether jansson says that a text is JSON. Explained differences count as the grammar says. */
int is_json(const char *text);

/** Single-byte changes of realistic texts, one text a unit; every one of them when it is deep. */
long changes_count(void);
void check_changes(long unit, int is_deep);

/** Names in every spelling that JSON has for them. */
enum { SPELLINGS = 5 };
void check_spellings(long unit, int is_deep);

#endif
