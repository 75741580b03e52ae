/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Reads callprop.conf. A file with a mistake is refused whole
 *
 * [extensions] is of the client without a name, [extensions@acme] of another. Asterisk gives what is kept in a database, as static
 * realtime, in the same form.
 */

#include "asterisk.h"

#include "private.h"

#include <ctype.h>
#include <sys/stat.h>

#include "asterisk/config.h"
#include "asterisk/paths.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "conf_file.h"

/*! \return the next section of the file, templates included; NULL after the last. The same name may come again */
static struct ast_category *next_section(struct ast_config *file, struct ast_category *section)
{
	return ast_category_browse_filtered(file, NULL, section, "TEMPLATES=include");
}

/*! \return the client in the name of a section of this kind; NULL when it is of another kind */
static const char *client_of_section(const struct ast_category *section, const struct section *kind)
{
	const char *name = ast_category_get_name(section);
	size_t length = strlen(kind->name);

	if (strncmp(name, kind->name, length)) {
		return NULL;
	}
	return !name[length] ? "" : name[length] == '@' ? name + length + 1 : NULL;
}

static int is_client_name(const char *name)
{
	size_t length = strlen(name);

	return length < CLIENT_SIZE && isalnum((unsigned char) *name)
		&& length == strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");
}

/*! \brief Acme and acme would be two clients, but one to Asterisk where [extensions@acme](+) adds lines to a section */
static int check_case(struct configuration *configuration, struct ast_category *section, const char *name)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		const char *there = AST_VECTOR_GET(&configuration->clients, i)->name;

		if (strcmp(there, name) && !strcasecmp(there, name)) {
			return refuse(ast_category_first(section), "[%s]: the client '%s' is there already, in other letters",
				ast_category_get_name(section), there);
		}
	}
	return 0;
}

static int check_section(struct configuration *configuration, struct ast_category *section)
{
	const char *name = ast_category_get_name(section), *client = NULL;
	const struct section *kind;

	for (kind = sections; kind->name && !(client = client_of_section(section, kind)); kind++)
		;
	if (ast_category_is_template(section)) {
		/* Its lines count where another section takes them over. */
		return client ? refuse(ast_category_first(section), "[%s] is a template, so its lines would not count", name)
					  : 0;
	}
	if (!client) {
		return refuse(ast_category_first(section),
			"no such section: [%s]; expected general, statuses, extensions, interfaces, numbers, trunks, transit, codes "
			"or may_set, of a client with its name: [extensions@acme]",
			name);
	}
	if (*client ? !is_client_name(client) : strchr(name, '@') != NULL) {
		return refuse(ast_category_first(section),
			"[%s]: the name of a client is up to %d letters, digits, _, - and ., and begins with a letter or digit",
			name, CLIENT_SIZE - 1);
	}
	return check_case(configuration, section, client) || !client_made(configuration, client) ? -1 : 0;
}

static int check_sections(struct configuration *configuration, struct ast_config *file)
{
	struct ast_category *section = NULL;

	if (!next_section(file, NULL)) {
		/* So it is when a database cannot be read, too: that must not put out of force what was read before. */
		return refuse(NULL, "has no section");
	}
	while ((section = next_section(file, section))) {
		if (check_section(configuration, section)) {
			return -1;
		}
	}
	return 0;
}

/*! \brief Reads every section of this kind: an #include may bring another one */
static int read_sections_of(struct configuration *configuration, struct ast_config *file, const struct section *kind)
{
	struct ast_category *section = NULL;
	const struct ast_variable *line;
	const char *client;

	while ((section = next_section(file, section))) {
		if (!(client = client_of_section(section, kind))) {
			continue;
		}
		section_read = ast_category_get_name(section);
		for (line = ast_category_first(section); line; line = line->next) {
			if (kind->read(configuration, client_named(configuration, client), line)) {
				return -1;
			}
		}
	}
	return 0;
}

static int read_sections(struct configuration *configuration, struct ast_config *file)
{
	const struct section *kind;
	int result = 0;

	for (kind = sections; kind->name && !result; kind++) {
		result = read_sections_of(configuration, file, kind);
	}
	section_read = NULL;
	return result;
}

/*! \brief Gives each extension the list of its phones, in the order of the file, and puts the rest in the order of names */
static void finish(struct configuration *configuration)
{
	size_t i;

	for (i = AST_VECTOR_SIZE(&configuration->interfaces); i > 0; i--) {
		struct interface *interface = (struct interface *) AST_VECTOR_GET(&configuration->interfaces, i - 1);

		if (interface->of_file) {
			interface->next = interface->of_file->first;
			interface->of_file->first = interface;
		}
	}
	table_sort(&configuration->clients);
	table_sort(&configuration->extensions);
	table_sort(&configuration->interfaces);
	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		table_sort(&((struct client *) AST_VECTOR_GET(&configuration->clients, i))->statuses);
	}
}

/*! \brief Of a client without an extension, its name is more likely to be written wrong */
static void warn_of_clients(struct configuration *configuration)
{
	size_t i;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		const struct client *client = (struct client *) AST_VECTOR_GET(&configuration->clients, i);

		if (client != configuration->nameless && !client->has_extensions) {
			warn(NULL, "client '%s' has no extension: is that its name?", client->named.name);
		}
	}
}

/*! \brief Does extconfig.conf name a database for this file, or for all? */
static int is_of_database(void)
{
	return ast_realtime_is_mapping_defined(CONFIG_FILE) || ast_realtime_is_mapping_defined("global");
}

/*! \brief Tells why Asterisk gives no file. It says so itself only of some of the reasons. \return NULL */
static struct ast_config *refuse_unread(void)
{
	char path[PATH_MAX];
	struct stat found;

	snprintf(path, sizeof(path), "%s/%s", ast_config_AST_CONFIG_DIR, CONFIG_FILE);
	if (is_of_database()) {
		refuse(NULL, "cannot be read from the database of extconfig.conf");
	} else if (!access(path, R_OK) && !stat(path, &found)) {
		refuse(NULL, S_ISREG(found.st_mode) ? "cannot be read" : "is no file");
	} else if (errno == ENOENT) {
		refuse(NULL, "there is no such file");
	} else {
		refuse(NULL, "cannot be read: %s", strerror(errno));
	}
	return NULL;
}

/*!
 * \brief Is this what extconfig.conf says, where it names a database? A line of a database has no number
 *
 * Asterisk reads files where the module of the database is not there. What they have said since, nobody knows.
 */
static int is_as_said(struct ast_config *file)
{
	struct ast_category *section = NULL;
	const struct ast_variable *line;

	if (!is_of_database()) {
		return 1;
	}
	while ((section = next_section(file, section))) {
		for (line = ast_category_first(section); line; line = line->next) {
			if (!line->lineno) {
				return 1;
			}
		}
	}
	return 0;
}

/*! \return what Asterisk reads, to be destroyed; NULL after telling why that is nothing */
static struct ast_config *load_file(void)
{
	struct ast_flags flags = { 0 };
	struct ast_config *file = ast_config_load(CONFIG_FILE, flags);

	if (!file) {
		return refuse_unread();
	}
	if (file == CONFIG_STATUS_FILEINVALID) {
		refuse(NULL, "cannot be parsed: the log says why above");
		return NULL;
	}
	if (!is_as_said(file)) {
		ast_config_destroy(file);
		refuse(NULL, "no line is from the database that extconfig.conf names; the file itself does not count");
		return NULL;
	}
	return file;
}

/*! \return the same, of a file that is refused; where a database says nothing, the file itself. NULL when that is nothing, too */
static struct ast_config *load_refused(void)
{
	struct ast_flags flags = { 0 };
	struct ast_config *file = ast_config_load(CONFIG_FILE, flags);

	if (file == CONFIG_STATUS_FILEINVALID) {
		return NULL;
	}
	if (is_of_database() && (!file || !is_as_said(file))) {
		ast_config_destroy(file);
		ast_set_flag(&flags, CONFIG_FLAG_NOREALTIME);
		file = ast_config_load(CONFIG_FILE, flags);
	}
	return file == CONFIG_STATUS_FILEINVALID ? NULL : file;
}

/*! \brief What counts of [general] in a file that is refused: its emergency numbers, and whose devices they are for */
static void read_refused(struct client *client, const struct ast_variable *line)
{
	if (!strcmp(line->name, "emergency")) {
		/* What is wrong with it was told. The numbers in front of that count. */
		add_emergency_numbers(client, line->value);
	} else if (!strcmp(line->name, "phones")) {
		set_phones(client, line->value);
	}
}

struct configuration *configuration_read_refused(const char *why)
{
	static const struct section general = { "general", NULL };
	struct configuration *configuration = configuration_alloc();
	struct ast_config *file = load_refused();
	struct ast_category *section = NULL;
	const struct ast_variable *line;
	const char *name;

	while (configuration && file && (section = next_section(file, section))) {
		struct client *client = (name = client_of_section(section, &general)) && (!*name || is_client_name(name))
			? client_made(configuration, name)
			: NULL;

		for (line = client ? ast_category_first(section) : NULL; line; line = line->next) {
			read_refused(client, line);
		}
	}
	if (configuration) {
		configuration->refused = why;
	}
	if (file) {
		ast_config_destroy(file);
	}
	return configuration;
}

struct configuration *configuration_read(void)
{
	struct ast_config *file;
	struct configuration *configuration;

	warnings_told = 0;
	if (!(file = load_file())) {
		return NULL;
	}
	configuration = configuration_alloc();
	if (!configuration || (!is_of_database() && check_lines(file)) || check_sections(configuration, file)
		|| read_sections(configuration, file)) {
		ao2_cleanup(configuration);
		configuration = NULL;
	} else {
		finish(configuration);
		warn_of_clients(configuration);
		configuration->warnings = warnings_told;
	}
	ast_config_destroy(file);
	return configuration;
}
