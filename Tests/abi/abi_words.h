/* SPDX-License-Identifier: MIT */
/**
 * \file abi_words.h
 * What the programs of this folder share: the scenarios, and the mnemos.
 */
#ifndef ABI_WORDS_H
#define ABI_WORDS_H

#include "../shared/scenarios.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define A_CALL "src=external,dst=extension,leg=dst"

static const char *const mnemos[8] = {"all", "cq", "li", "lo", "qli", "qri", "ri", "ro"};

/** Mnemos joined by commas, in the order of the bits. */
static inline size_t expected_text(cp_properties set, char *text)
{
    size_t length = 0;
    int bit;

    text[0] = '\0';
    for (bit = 0; bit < 8; bit++) {
        if (!(set >> bit & 1))
            continue;
        if (length)
            text[length++] = ',';
        strcpy(text + length, mnemos[bit]);
        length += strlen(mnemos[bit]);
    }
    return length;
}

#endif
