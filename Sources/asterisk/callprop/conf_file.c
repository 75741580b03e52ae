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

	if (!cp_properties_parse_known(line->value, &granted, &error)) {
		if (error.position < 0) {
			return refuse(line, "status '%s': %s", line->name, error.text);
		}
		return refuse(line, "status '%s': %s (at byte %d)", line->name, error.text, (int) error.position);
	}
	if (!(status = table_add(&configuration->statuses, line->name, sizeof(*status)))) {
		return refuse(line, "status '%s' is there already", line->name);
	}
	if (error.code != CP_OK) {
		/* Of a newer PBX, perhaps. Refusing the file for it would end all calls at the next start. */
		ast_log(LOG_WARNING, "%s:%d: status '%s': %s; what is unknown grants nothing\n", S_OR(line->file, CONFIG_FILE),
			line->lineno, line->name, error.text);
	}
	status->granted = granted;
	cp_properties_format(granted, status->granted_text, sizeof(status->granted_text));
	return 0;
}

static int read_default(struct configuration *configuration, const struct ast_variable *line)
{
	if (configuration->default_status) {
		return refuse(line, "default is there already");
	}
	if (!(configuration->default_status = table_find(&configuration->statuses, line->value))) {
		return refuse(line, "default: no such status: '%s'", line->value);
	}
	return 0;
}

/*! The longest text that is taken apart at its commas. */
#define MAX_LIST 1024

/*! \brief Reads numbers with commas between them. \return NULL, or what is wrong */
static const char *add_emergency_numbers(struct configuration *configuration, const char *list)
{
	char text[MAX_LIST], *rest = text, *number;

	if (strlen(list) >= sizeof(text)) {
		return "too long: write a second line";
	}
	strcpy(text, list); /* Safe */
	while ((number = strsep(&rest, ","))) {
		number = ast_strip(number);
		if (ast_strlen_zero(number) || number[strspn(number, "0123456789*#+")]) {
			return "expected numbers of digits, *, # and +, with a comma between them";
		}
		if (!table_add(&configuration->emergency_numbers, number, sizeof(struct named))) {
			return "a number is there already";
		}
	}
	return NULL;
}

static int read_emergency(struct configuration *configuration, const struct ast_variable *line)
{
	const char *wrong = add_emergency_numbers(configuration, line->value);

	return wrong ? refuse(line, "emergency: '%.100s': %s", line->value, wrong) : 0;
}

/*! The settings of [general]. */
static const struct setting {
	const char *name;
	int (*read)(struct configuration *configuration, const struct ast_variable *line);
} settings[] = {
	{ "default", read_default },
	{ "emergency", read_emergency },
};

static int read_setting(struct configuration *configuration, const struct ast_variable *line)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(settings); i++) {
		if (!strcmp(settings[i].name, line->name)) {
			return settings[i].read(configuration, line);
		}
	}
	return refuse(line, "'%s' is not a setting of [general]; expected default or emergency", line->name);
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
	if (is_emergency(configuration, line->name)) {
		return refuse(line, "extension '%s' is an emergency number", line->name);
	}
	if (!(extension = table_add(&configuration->extensions, line->name, sizeof(*extension)))) {
		return refuse(line, "extension '%s' is there already", line->name);
	}
	extension->status = extension->of_file = status;
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
	int party = word_index(parties, line->value), service = !strcmp(line->value, "service");

	if (party < 0 && !service) {
		return refuse(line, "number '%s': no such kind: '%s'; expected extension, external, queue, ivr or service",
			line->name, line->value);
	}
	if (is_emergency(configuration, line->name)) {
		return refuse(line, "number '%s' is an emergency number", line->name);
	}
	if (table_find(&configuration->extensions, line->name)) {
		return refuse(line, "number '%s' is an extension", line->name);
	}
	if (!(number = table_add(&configuration->numbers, line->name, sizeof(*number)))) {
		return refuse(line, "number '%s' is there already", line->name);
	}
	/* A service is asked about nowhere. Where a party must be named for it, it is the one that is permitted least. */
	number->party = service ? CP_EXTERNAL : party;
	number->service = service;
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
	{ "general", read_setting },
	{ "extensions", read_extension },
	{ "interfaces", read_interface },
	{ "numbers", read_number },
	{ "trunks", read_trunk },
	{ "transit", read_transit },
};

/*! \return the next section of the file, templates included; NULL after the last. The same name may come again */
static struct ast_category *next_section(struct ast_config *file, struct ast_category *section)
{
	return ast_category_browse_filtered(file, NULL, section, "TEMPLATES=include");
}

static int is_named(const struct ast_category *section, const char *name)
{
	return !strcmp(ast_category_get_name(section), name);
}

static int check_sections(struct ast_config *file)
{
	struct ast_category *section = NULL;
	size_t i;

	while ((section = next_section(file, section))) {
		for (i = 0; i < ARRAY_LEN(sections) && !is_named(section, sections[i].name); i++)
			;
		if (ast_category_is_template(section)) {
			/* Its lines count where another section takes them over. */
			if (i < ARRAY_LEN(sections)) {
				return refuse(ast_category_first(section), "[%s] is a template, so its lines would not count",
					ast_category_get_name(section));
			}
		} else if (i == ARRAY_LEN(sections)) {
			return refuse(ast_category_first(section), "no such section: [%s]", ast_category_get_name(section));
		}
	}
	return 0;
}

/*! \brief Reads every section of this name: an #include may bring another one */
static int read_section(struct configuration *configuration, struct ast_config *file, const struct section *kind)
{
	struct ast_category *section = NULL;
	const struct ast_variable *line;

	while ((section = next_section(file, section))) {
		for (line = is_named(section, kind->name) ? ast_category_first(section) : NULL; line; line = line->next) {
			if (kind->read(configuration, line)) {
				return -1;
			}
		}
	}
	return 0;
}

static int read_sections(struct configuration *configuration, struct ast_config *file)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(sections); i++) {
		if (read_section(configuration, file, &sections[i])) {
			return -1;
		}
	}
	return 0;
}

/*! \return the file, to be destroyed; NULL when there is none, or nothing can be made of it, which is not told when quiet */
static struct ast_config *load_file(int quiet)
{
	struct ast_flags flags = { 0 };
	struct ast_config *file = ast_config_load(CONFIG_FILE, flags);

	if (file && file != CONFIG_STATUS_FILEINVALID) {
		return file;
	}
	if (!quiet) {
		refuse(NULL, file ? "cannot be parsed" : "there is no such file");
	}
	return NULL;
}

struct configuration *configuration_read_refused(void)
{
	struct configuration *configuration = configuration_alloc();
	struct ast_config *file = load_file(1);
	struct ast_category *section = NULL;
	const struct ast_variable *line;

	while (configuration && file && (section = next_section(file, section))) {
		for (line = is_named(section, "general") ? ast_category_first(section) : NULL; line; line = line->next) {
			if (!strcmp(line->name, "emergency")) {
				/* What is wrong with it was told. The numbers in front of that count. */
				add_emergency_numbers(configuration, line->value);
			}
		}
	}
	if (configuration) {
		configuration->refused = 1;
	}
	if (file) {
		ast_config_destroy(file);
	}
	return configuration;
}

struct configuration *configuration_read(void)
{
	struct ast_config *file = load_file(0);
	struct configuration *configuration;

	if (!file) {
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
