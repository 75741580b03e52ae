/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Tells what is wrong with callprop.conf, and where: to the log, and to whoever has it read again
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/config.h"
#include "asterisk/strings.h"

#include "conf_file.h"

/*! Of the longest place that is shown. */
#define PLACE_SIZE 120

const char *section_read;
unsigned int warnings_told;

/*! Why the file that was refused last was. */
static char refusal_told[REFUSAL_SIZE];

/*! \brief Writes where a line is, for people: the file and the line, or what a database has instead of that */
static void write_place(const struct ast_variable *line, char place[PLACE_SIZE])
{
	if (line && line->lineno) {
		snprintf(place, PLACE_SIZE, "%s:%d", S_OR(line->file, CONFIG_FILE), line->lineno);
	} else if (line && section_read) {
		snprintf(place, PLACE_SIZE, "%s: [%s]", CONFIG_FILE, section_read);
	} else {
		ast_copy_string(place, CONFIG_FILE, PLACE_SIZE);
	}
}

void warn(const struct ast_variable *line, const char *format, ...)
{
	char text[512], place[PLACE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_place(line, place);
	ast_log(LOG_WARNING, "%s: %s\n", place, text);
	warnings_told++;
}

int refuse(const struct ast_variable *line, const char *format, ...)
{
	char text[REFUSAL_SIZE - PLACE_SIZE - 2], place[PLACE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_place(line, place);
	ast_log(LOG_ERROR, "%s: %s\n", place, text);
	snprintf(refusal_told, sizeof(refusal_told), "%s: %s", place, text);
	return -1;
}

const char *configuration_refusal(void)
{
	return refusal_told;
}
