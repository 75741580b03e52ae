/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Reads callprop.conf. A file with a mistake is refused whole
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/config.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! \brief Logs why the file is refused, and where. \return -1, which the caller returns */
__attribute__((format(printf, 2, 3))) static int refuse(const struct ast_variable *line, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (line) {
		ast_log(LOG_ERROR, "%s:%d: %s\n", S_OR(line->file, CONFIG_FILE), line->lineno, text);
	} else {
		ast_log(LOG_ERROR, "%s: %s\n", CONFIG_FILE, text);
	}
	return -1;
}

static int read_status(struct configuration *configuration, const struct ast_variable *line)
{
	struct status *status;
	cp_properties granted;
	cp_error error;

	if (!cp_properties_parse(line->value, &granted, &error)) {
		if (error.position < 0) {
			return refuse(line, "status '%s': %s", line->name, error.text);
		}
		return refuse(line, "status '%s': %s (at byte %d)", line->name, error.text, (int) error.position);
	}
	if (!(status = table_add(&configuration->statuses, line->name, sizeof(*status)))) {
		return refuse(line, "status '%s' is there already", line->name);
	}
	status->granted = granted;
	cp_properties_format(granted, status->granted_text, sizeof(status->granted_text));
	return 0;
}

static int read_default(struct configuration *configuration, const struct ast_variable *line)
{
	if (strcmp(line->name, "default")) {
		return refuse(line, "'%s' is not a setting of [general]; expected default", line->name);
	}
	if (!(configuration->default_status = table_find(&configuration->statuses, line->value))) {
		return refuse(line, "default: no such status: '%s'", line->value);
	}
	return 0;
}

static int add_interface(
	struct configuration *configuration, const struct ast_variable *line, const char *name, struct extension *extension)
{
	struct interface *interface = table_add(&configuration->interfaces, name, sizeof(*interface));

	if (!interface) {
		return refuse(line, "interface '%s' is there already", name);
	}
	interface->extension = extension;
	return 0;
}

static int read_extension(struct configuration *configuration, const struct ast_variable *line)
{
	struct extension *extension;
	struct status *status = configuration->default_status;
	char *interface;

	if (!ast_strlen_zero(line->value) && !(status = table_find(&configuration->statuses, line->value))) {
		return refuse(line, "extension '%s': no such status: '%s'", line->name, line->value);
	}
	if (!status) {
		return refuse(line, "extension '%s': names no status, and [general] has no default", line->name);
	}
	if (!(extension = table_add(&configuration->extensions, line->name, sizeof(*extension)))) {
		return refuse(line, "extension '%s' is there already", line->name);
	}
	extension->status = status;
	interface = ast_alloca(strlen(line->name) + sizeof("PJSIP/"));
	sprintf(interface, "PJSIP/%s", line->name); /* Safe */
	return add_interface(configuration, line, interface, extension);
}

static int read_interface(struct configuration *configuration, const struct ast_variable *line)
{
	struct extension *extension = table_find(&configuration->extensions, line->value);

	if (!extension) {
		return refuse(line, "interface '%s': no such extension: '%s'", line->name, line->value);
	}
	return add_interface(configuration, line, line->name, extension);
}

static int read_number(struct configuration *configuration, const struct ast_variable *line)
{
	struct number *number;
	int party = word_index(parties, line->value);

	if (party < 0) {
		return refuse(line, "number '%s': no such kind: '%s'; expected extension, external, queue or ivr", line->name,
			line->value);
	}
	if (table_find(&configuration->extensions, line->name)) {
		return refuse(line, "number '%s' is an extension", line->name);
	}
	if (!(number = table_add(&configuration->numbers, line->name, sizeof(*number)))) {
		return refuse(line, "number '%s' is there already", line->name);
	}
	number->party = party;
	return 0;
}

static int read_trunk(struct configuration *configuration, const struct ast_variable *line)
{
	if (strcmp(line->name, "trunk") || ast_strlen_zero(line->value)) {
		return refuse(line, "'%s = %s': expected trunk = device", line->name, line->value);
	}
	if (table_find(&configuration->interfaces, line->value)) {
		return refuse(line, "trunk '%s' is an extension's interface", line->value);
	}
	if (!table_add(&configuration->trunks, line->value, sizeof(struct named))) {
		return refuse(line, "trunk '%s' is there already", line->value);
	}
	return 0;
}

static int read_transit(struct configuration *configuration, const struct ast_variable *line)
{
	if (strcmp(line->name, "number") || ast_strlen_zero(line->value)) {
		return refuse(line, "'%s = %s': expected number = outside number", line->name, line->value);
	}
	if (!table_add(&configuration->transit, line->value, sizeof(struct named))) {
		return refuse(line, "number '%s' is there already", line->value);
	}
	return 0;
}

/*! The sections, in the order in which they refer to each other; in the file they may stand in any order. */
static const struct section {
	const char *name;
	int (*read)(struct configuration *configuration, const struct ast_variable *line);
} sections[] = {
	{ "statuses", read_status },
	{ "general", read_default },
	{ "extensions", read_extension },
	{ "interfaces", read_interface },
	{ "numbers", read_number },
	{ "trunks", read_trunk },
	{ "transit", read_transit },
};

static int check_sections(struct ast_config *file)
{
	const char *name = NULL;
	size_t i;

	while ((name = ast_category_browse(file, name))) {
		for (i = 0; i < ARRAY_LEN(sections) && strcmp(sections[i].name, name); i++)
			;
		if (i == ARRAY_LEN(sections)) {
			return refuse(ast_variable_browse(file, name), "no such section: [%s]", name);
		}
	}
	return 0;
}

static int read_sections(struct configuration *configuration, struct ast_config *file)
{
	const struct ast_variable *line;
	size_t i;

	for (i = 0; i < ARRAY_LEN(sections); i++) {
		for (line = ast_variable_browse(file, sections[i].name); line; line = line->next) {
			if (sections[i].read(configuration, line)) {
				return -1;
			}
		}
	}
	return 0;
}

struct configuration *configuration_read(void)
{
	struct ast_flags flags = { 0 };
	struct ast_config *file = ast_config_load(CONFIG_FILE, flags);
	struct configuration *configuration;

	if (!file || file == CONFIG_STATUS_FILEINVALID) {
		refuse(NULL, file ? "cannot be parsed" : "there is no such file");
		return NULL;
	}
	configuration = configuration_alloc();
	if (!configuration || check_sections(file) || read_sections(configuration, file)) {
		ao2_cleanup(configuration);
		configuration = NULL;
	}
	ast_config_destroy(file);
	return configuration;
}
