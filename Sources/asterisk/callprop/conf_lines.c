/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Lines of which Asterisk makes nothing
 *
 * It leaves out a line without `=`, with a warning: an extension that is not there then, or an emergency number. Here that is a mistake like any
 * other, for which the file is refused.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/paths.h"
#include "asterisk/strings.h"

#include "conf_file.h"

/*! As Asterisk has it: a longer line is left out. */
#define LONGEST 8192

/*! What counts as the beginning of a file, and is not seen. */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/*! \brief Takes the comments out, as Asterisk does: from ; on, and between ;-- and --; over any number of lines */
static void strip_comments(char *line, int *nested)
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
		} else if (*from == ';' && (from == line || from[-1] != '\\')) {
			break;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
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
	strip_comments(text, nested);
	text = ast_strip(text);
	if (!*text || *text == '[' || *text == '#' || strchr(text, '=')) {
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
