/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Lines of which Asterisk makes nothing
 *
 * It leaves out a line without `=`, one with nothing in front of it, and a directive that it does not know, with a warning: an extension that is not
 * there then, or an emergency number. Here that is a mistake like any other, for which the file is refused.
 */

#include "asterisk.h"

#include "private.h"

#include <glob.h>

#include "asterisk/options.h"
#include "asterisk/paths.h"
#include "asterisk/strings.h"

#include "conf_file.h"

/*! As Asterisk has it: a longer line is left out. */
#define LONGEST 8192

/*! What counts as the beginning of a file, and is not seen. */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/*! How far one includes another, at most. */
#define DEEPEST 10

/*! What Asterisk made of it all, and how deep in that the file is that is read. */
struct reading {
	struct ast_config *loaded;
	int depth;
};

static int check_files(const char *name, const struct reading *reading);

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

/*! \brief Is there a section of that name, in the same letters? Asterisk itself does not look at upper and lower case */
static int has_section(struct ast_config *loaded, const char *name)
{
	struct ast_category *section = NULL;

	while ((section = ast_category_browse_filtered(loaded, NULL, section, "TEMPLATES=include"))) {
		if (!strcmp(ast_category_get_name(section), name)) {
			return 1;
		}
	}
	return 0;
}

/*! \brief [name], [name](!), [name](another): what stands behind that is left out */
static int check_header(const char *text, const struct ast_variable *where, const struct reading *reading)
{
	char *name = ast_strdupa(text + 1), *options = strchr(name, ']'), *end = options;

	if (end && end[1] == '(') {
		end = strchr(end, ')');
	}
	/* Without an end Asterisk has refused the file. */
	if (!end || end[1]) {
		return refuse(where, "'%.40s': expected nothing behind the name of the section", text);
	}
	*options++ = '\0';
	return !strchr(options, '+') || has_section(reading->loaded, name)
		? 0
		: refuse(where, "'%.40s': the section that it adds to is written in other letters", text);
}

/*! \brief #include and its like. What begins with # is never taken for name = value; with a blank behind it, it is meant as a comment */
static int check_directive(char *text, const struct ast_variable *where, const struct reading *reading)
{
	const struct reading deeper = { reading->loaded, reading->depth + 1 };
	char *argument = text + strcspn(text, " \t");
	int is_exec;

	if (!text[1] || strchr(" \t#", text[1])) {
		return 0;
	}
	if (*argument) {
		*argument++ = '\0';
		argument = ast_strip(argument);
	}
	is_exec = !strcasecmp(text, "#exec");
	if (!is_exec && strcasecmp(text, "#include") && strcasecmp(text, "#tryinclude")) {
		return refuse(where, "'%.40s': no such directive; a comment begins with ;", text);
	}
	if (!*argument) {
		return refuse(where, "'%.40s': expected a file behind it", text);
	}
	if (is_exec) {
		return ast_opt_exec_includes ? 0 : refuse(where, "#exec needs execincludes = yes in asterisk.conf");
	}
	return check_files(ast_strip_quoted(argument, "\"<", "\">"), &deeper);
}

static int check_line(char *line, const struct ast_variable *where, int *nested, const struct reading *reading)
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
	if (*text == '[') {
		return check_header(text, where, reading);
	}
	if (*text == '#') {
		return check_directive(text, where, reading);
	}
	if (!*text || (strchr(text, '=') && *text != '=' && strncmp(text, "+=", 2))) {
		return 0;
	}
	return refuse(where, "'%.40s': expected name = value", text);
}

static int check_file(const char *path, const char *name, const struct reading *reading)
{
	struct ast_variable where = { .file = name };
	char line[LONGEST];
	int nested = 0, result = 0;
	FILE *file = fopen(path, "r");

	while (file && !result && fgets(line, sizeof(line), file)) {
		where.lineno++;
		result = check_line(line, &where, &nested, reading);
	}
	if (file) {
		fclose(file);
	}
	if (nested && !result) {
		result = refuse(&where, "a comment that begins with ';--' does not end with '--;' until here");
	}
	return result;
}

/*! \brief Checks the files of this name, which may be a pattern of several, as Asterisk has it */
static int check_files(const char *name, const struct reading *reading)
{
	char path[PATH_MAX];
	glob_t found = { 0 };
	size_t i;
	int result = 0;

	if (reading->depth > DEEPEST) {
		return refuse(NULL, "%s: it is included by a file that it includes", name);
	}
	snprintf(
		path, sizeof(path), "%s%s%s", *name == '/' ? "" : ast_config_AST_CONFIG_DIR, *name == '/' ? "" : "/", name);
	if (!glob(path, GLOB_NOMAGIC | GLOB_BRACE, NULL, &found)) {
		for (i = 0; i < found.gl_pathc && !result; i++) {
			result = check_file(found.gl_pathv[i], strpbrk(name, "*?[{") ? found.gl_pathv[i] : name, reading);
		}
	}
	globfree(&found);
	return result;
}

int check_lines(struct ast_config *file)
{
	const struct reading reading = { file, 0 };

	return check_files(CONFIG_FILE, &reading);
}
