/* SPDX-License-Identifier: MIT */
/**
 * \file texts.h
 * Good and bad texts, with what is right for each; and the functions that read text, in one form, so that programs can
 * go through all of them.
 */
#ifndef TEXTS_H
#define TEXTS_H

#include <callprop.h>

/** A property list, or a call, that is put to the test together with a good counterpart. */
struct text {
    const char *list, *call;
    int is_call;       /* which of the two is put to the test */
    int code;          /* CP_OK or the right error */
    cp_properties set; /* what the mnemos of the list that are known grant */
    const char *kind;  /* for messages */
    size_t token;      /* the length of its long token, or 0 */
};

extern struct text *texts;
extern size_t texts_count;

/** Makes the table. Each text stands in a block of malloc's, without a byte to spare. */
void texts_make(void);

/** What can be called with a text. */
enum reader { READ_PARSE, READ_KNOWN, READ_ALLOWS, READ_EXPLAIN, READERS };
extern const char *const reader_names[READERS];

/** All that came of a call. Compared as bytes. */
struct outcome {
    long result;
    cp_error error;
    cp_properties set;
    cp_call call;
    char explanation[CP_EXPLAIN_MAX];
};

/** Calls the library. */
void read_text(enum reader reader, const struct text *text, struct outcome *outcome);

/** NULL when this is the one right outcome of the call, or what is wrong. */
const char *wrong_in(enum reader reader, const struct text *text, const struct outcome *outcome);

/** Reads every text, or only one of so many, by all that it can be read with, and the catalogue. NULL, or what is wrong. */
const char *wrong_in_a_round(size_t step);

#endif
