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

const char *section_read;
unsigned int warnings_told;

/*! Why the file that was refused last was. */
static char refusal_told[REFUSAL_SIZE];

/*! \brief Writes what there is to tell, behind its place, for people: the file and the line, or what a database has instead of that */
static void write_told(char told[REFUSAL_SIZE], const struct ast_variable *line, const char *format, va_list arguments)
{
	int length;

	if (line && line->lineno) {
		snprintf(told, REFUSAL_SIZE, "%s:%d: ", S_OR(line->file, CONFIG_FILE), line->lineno);
	} else if (line && section_read) {
		snprintf(told, REFUSAL_SIZE, "%s: [%s]: ", CONFIG_FILE, section_read);
	} else {
		ast_copy_string(told, CONFIG_FILE ": ", REFUSAL_SIZE);
	}
	length = strlen(told);
	vsnprintf(told + length, REFUSAL_SIZE - length, format, arguments);
}

void warn(const struct ast_variable *line, const char *format, ...)
{
	char told[REFUSAL_SIZE];
	va_list arguments;

	va_start(arguments, format);
	write_told(told, line, format, arguments);
	va_end(arguments);
	ast_log(LOG_WARNING, "%s\n", told);
	warnings_told++;
}

int refuse(const struct ast_variable *line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_told(refusal_told, line, format, arguments);
	va_end(arguments);
	ast_log(LOG_ERROR, "%s\n", refusal_told);
	return -1;
}

const char *configuration_refusal(void)
{
	return refusal_told;
}
