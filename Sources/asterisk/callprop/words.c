/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The words in which calls are written: in the file, in the dialplan, and by the administrator
 */

#include "asterisk.h"

#include "private.h"

const char *const parties[] = { "extension", "external", "queue", "ivr", NULL };

const char *const legs[] = { "src", "dst", NULL };

int word_index(const char *const words[], const char *word)
{
	int i;

	for (i = 0; words[i]; i++) {
		if (word && !strcmp(words[i], word)) {
			return i;
		}
	}
	return -1;
}

const char *read_question(struct configuration *configuration, const char *const words[5], struct question *question)
{
	int src = word_index(parties, words[1]), dst = word_index(parties, words[2]), leg = word_index(legs, words[3]);

	if (!(question->extension = table_find(&configuration->extensions, S_OR(words[0], "")))) {
		return no_extension(configuration, S_OR(words[0], ""), question->wrong);
	}
	if (src < 0 || dst < 0) {
		return "src and dst are extension, external, queue or ivr";
	}
	if (leg < 0) {
		return "leg is src or dst";
	}
	if (!ast_strlen_zero(words[4]) && strcmp(words[4], "callback")) {
		return "the last word may only be callback";
	}
	question->call = (cp_call){ .src = src, .dst = dst, .leg = leg, .callback = !ast_strlen_zero(words[4]) };
	return NULL;
}
