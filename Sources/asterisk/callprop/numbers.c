/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Which number a decision is about: read from the channel, and nothing but a number
 *
 * What a caller dials arrives in the dialplan as text, and there may say more than a number. A comma begins the next argument of
 * Gosub(); and in ${F(${EXTEN})} the text `101):0:1` ends the argument of F() early, so that F() sees 101 where something else is
 * dialled. So the number is not taken from the text of an argument. It is read from the variable that has it.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! The context of extensions_callprop.conf, in which the number is an argument of Gosub(). */
#define SUBROUTINES "callprop"

/*! What is shown of a number that is refused. */
#define SHOWN 40

/*! Beside letters and digits; what is not ASCII may be a letter. None of these means anything to Asterisk where numbers stand. */
#define OTHER_CHARACTERS "+*#._~-"

static int is_number_character(unsigned char character)
{
	return character >= 0x80 || (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z')
		|| (character >= 'a' && character <= 'z') || (character && strchr(OTHER_CHARACTERS, character));
}

int is_plain_number(const char *text)
{
	size_t length;

	for (length = 0; text[length]; length++) {
		if (!is_number_character(text[length])) {
			return 0;
		}
	}
	return length > 0 && length < AST_MAX_EXTENSION;
}

/*! \brief Denied, because of a text that may come from a caller. Shows its beginning, without what might forge a line of the log */
static int deny_text(struct ast_channel *chan, const char *text, const char *why)
{
	char shown[SHOWN + 1], line[256];
	char *character;

	ast_copy_string(shown, text, sizeof(shown));
	for (character = shown; *character; character++) {
		if (*character < ' ' || *character > '~') {
			*character = '?';
		}
	}
	snprintf(line, sizeof(line), "'%s' %s", shown, why);
	return deny_unknown(chan, line);
}

static int check_number(struct ast_channel *chan, const char *text)
{
	return is_plain_number(text)
		|| deny_text(chan, text, "is no number: it consists of letters, digits and " OTHER_CHARACTERS);
}

int in_subroutine(struct ast_channel *chan)
{
	int inside;

	ast_channel_lock(chan);
	inside = !strcmp(ast_channel_context(chan), SUBROUTINES);
	ast_channel_unlock(chan);
	return inside;
}

/*! \brief How many arguments the Gosub() has that runs here */
static unsigned int count_arguments(struct ast_channel *chan)
{
	char text[16];
	unsigned int count;

	return get_variable(chan, "ARGC", text, sizeof(text)) && sscanf(text, "%30u", &count) == 1 ? count : 0;
}

int read_arguments(struct ast_channel *chan, unsigned int least, unsigned int most, char arguments[][NUMBER_SIZE])
{
	unsigned int count = count_arguments(chan), i;
	char name[16], subroutine[AST_MAX_EXTENSION], line[256];

	if (count < least || count > most) {
		ast_channel_lock(chan);
		ast_copy_string(subroutine, ast_channel_exten(chan), sizeof(subroutine));
		ast_channel_unlock(chan);
		snprintf(line, sizeof(line),
			"Gosub(" SUBROUTINES
			",%s,1(…)) has %u arguments, and takes %u: a comma that a caller dialled, or the usage of "
			"callprop 1.0 with a second argument",
			subroutine, count, most);
		return deny_unknown(chan, line);
	}
	for (i = 0; i < most; i++) {
		arguments[i][0] = '\0';
		snprintf(name, sizeof(name), "ARG%u", i + 1);
		if (i < count && get_variable(chan, name, arguments[i], NUMBER_SIZE) && !is_plain_number(arguments[i])) {
			return check_number(chan, arguments[i]);
		}
		if (i < least && !arguments[i][0]) {
			return check_number(chan, "");
		}
	}
	return 1;
}

int number_of_call(struct ast_channel *chan, const char *function, const char *text, char number[NUMBER_SIZE])
{
	char line[256];

	if (in_subroutine(chan)) {
		/* What else stands there as text is of extensions_callprop.conf of 1.0. */
		return read_arguments(chan, 1, 1, (char (*)[NUMBER_SIZE]) number);
	}
	ast_channel_lock(chan);
	ast_copy_string(number, ast_channel_exten(chan), NUMBER_SIZE);
	ast_channel_unlock(chan);
	if (!check_number(chan, number)) {
		return 0;
	}
	if (!ast_strlen_zero(text) && strcmp(text, number)) {
		snprintf(line, sizeof(line),
			"is not what was dialled, ${EXTEN}, which %s() is about; for another number there is Gosub(" SUBROUTINES
			",…)",
			function);
		return deny_text(chan, text, line);
	}
	return 1;
}

int read_callback(struct ast_channel *chan, char first[NUMBER_SIZE], char second[NUMBER_SIZE])
{
	char *star;

	ast_channel_lock(chan);
	ast_copy_string(first, ast_channel_exten(chan), NUMBER_SIZE);
	ast_channel_unlock(chan);
	if (!check_number(chan, first)) {
		return 0;
	}
	if (!(star = strchr(first, '*')) || star == first || !star[1] || strchr(star + 1, '*')) {
		return deny_text(chan, first, "is no callback: it is written as two numbers with a * between them");
	}
	ast_copy_string(second, star + 1, NUMBER_SIZE);
	*star = '\0';
	return 1;
}
