/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Lines of which Asterisk makes nothing
 *
 * It leaves out a line without `=`, with a warning, or a file that `#inclde` names: an extension that is not there then, or an emergency number.
 * Here that is a mistake like any other, for which the file is refused.
 */

#include "asterisk.h"

#include "private.h"

#include <ctype.h>

#include "asterisk/options.h"
#include "asterisk/paths.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "conf_file.h"

/*! As Asterisk has it: a longer line is left out. */
#define LONGEST 8192

/*! What counts as the beginning of a file, and is not seen. */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/*!
 * \brief Takes the comments out, as Asterisk does: from ; on, and between ;-- and --; over any number of lines
 * \return 0, or -1 where a comment ends that has not begun: Asterisk leaves out whatever comes after it
 */
static int strip_comments(char *line, int *nested)
{
	char *from = line, *to = line;

	while (*from) {
		if (!strncmp(from, ";--", 3) && from[3] != '-') {
			(*nested)++;
			from += 3;
		} else if (*nested && !strncmp(from, "--;", 3)) {
			(*nested)--;
			from += 3;
		} else if (*nested) {
			from++;
		} else if (!strncmp(from, "--;", 3)) {
			return -1;
		} else if (*from == ';' && (from == line || from[-1] != '\\')) {
			break;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return 0;
}

/*! \brief What begins with # and no letter is a comment elsewhere, and meant as one here */
static int check_directive(const char *text, const struct ast_variable *where)
{
	static const char *const directives[] = { "include", "tryinclude", "exec" };
	size_t i, length = strcspn(text + 1, " \t");

	if (!isalpha((unsigned char) text[1])) {
		return 0;
	}
	for (i = 0; i < ARRAY_LEN(directives); i++) {
		if (length == strlen(directives[i]) && !strncasecmp(text + 1, directives[i], length)) {
			if (!text[1 + length]) {
				return refuse(where, "'%s': expected the name of a file behind it", text);
			}
			return i == ARRAY_LEN(directives) - 1 && !ast_opt_exec_includes
				? refuse(where, "#exec is only carried out with execincludes = yes in asterisk.conf")
				: 0;
		}
	}
	return refuse(where, "'%.40s': expected #include, #tryinclude or #exec; a comment begins with ;", text);
}

static int check_line(char *line, const struct ast_variable *where, int *nested)
{
	char *text = line;

	if (strlen(line) == LONGEST - 1) {
		return refuse(where, "the line is longer than %d bytes, and Asterisk leaves it out", LONGEST - 2);
	}
	if (where->lineno == 1 && !strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK))) {
		text += strlen(BYTE_ORDER_MARK);
	}
	if (strip_comments(text, nested)) {
		return refuse(
			where, "'--;' ends a comment that has not begun with ';--', and Asterisk leaves out all that follows");
	}
	text = ast_strip(text);
	if (*text == '#') {
		return check_directive(text, where);
	}
	if (!*text || *text == '[' || strchr(text, '=')) {
		return 0;
	}
	return refuse(where, "'%.40s': expected name = value", text);
}

static int check_file(const char *name)
{
	struct ast_variable where = { .file = name };
	char path[PATH_MAX], line[LONGEST];
	int nested = 0, result = 0;
	FILE *file;

	snprintf(
		path, sizeof(path), "%s%s%s", *name == '/' ? "" : ast_config_AST_CONFIG_DIR, *name == '/' ? "" : "/", name);
	/* A database has none. */
	file = fopen(path, "r");
	while (file && !result && fgets(line, sizeof(line), file)) {
		where.lineno++;
		result = check_line(line, &where, &nested);
	}
	if (file) {
		fclose(file);
	}
	if (nested && !result) {
		result = refuse(&where, "a comment that begins with ';--' does not end with '--;' until here");
	}
	return result;
}

int check_lines(struct ast_config *file)
{
	const char *last = CONFIG_FILE;
	struct ast_category *section = NULL;
	const struct ast_variable *line;

	if (check_file(CONFIG_FILE)) {
		return -1;
	}
	while ((section = ast_category_browse_filtered(file, NULL, section, "TEMPLATES=include"))) {
		for (line = ast_category_first(section); line; line = line->next) {
			/* What was included comes in one piece, mostly. */
			if (ast_strlen_zero(line->file) || !strcmp(line->file, last) || !strcmp(line->file, CONFIG_FILE)) {
				continue;
			}
			if (check_file(line->file)) {
				return -1;
			}
			last = line->file;
		}
	}
	return 0;
}
