/* SPDX-License-Identifier: MIT */
/* The floor of the text forms. c_text.c says what it is. */
#ifndef C_TEXT_H
#define C_TEXT_H

int c_allows(const char *property_list, const char *call_text);

#endif
