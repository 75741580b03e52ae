/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Reads the lines of callprop.conf, a kind of section after the other
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/config.h"
#include "asterisk/paths.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "conf_file.h"

int read_granted(struct status *status, const struct ast_variable *line, const char *property_list)
{
	const char *name = status->named.name;
	cp_error error;

	if (!cp_properties_parse_known(property_list, &status->granted, &error)) {
		if (error.position < 0) {
			return refuse(line, "status '%s': %s", name, error.text);
		}
		return refuse(line, "status '%s': %s (at byte %d)", name, error.text, (int) error.position);
	}
	if (error.code != CP_OK) {
		/* Of a newer PBX, perhaps. Refusing the file for it would end all calls at the next start. */
		warn(line, "status '%s': %s; what is unknown grants nothing", name, error.text);
	}
	cp_properties_format(status->granted, status->granted_text, sizeof(status->granted_text));
	return 0;
}

static int read_status(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	struct status *status;

	if (!is_printable(line->name)) {
		return refuse(line, "a status has a control character in its name");
	}
	status = table_add(&client->statuses, line->name, sizeof(*status));
	return status ? read_granted(status, line, line->value) : refuse(line, "status '%s' is there already", line->name);
}

static int read_default(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	if (client->default_status) {
		return refuse(line, "default is there already");
	}
	if (!(client->default_status = status_named(configuration, client, line->value))) {
		return refuse(line, "default: no such status: '%s'", line->value);
	}
	client->default_name = ast_strdup(line->value);
	return client->default_name ? 0 : refuse(line, "default: no memory");
}

/*! The longest text that is taken apart at its commas. */
#define MAX_LIST 1024

const char *add_emergency_numbers(struct client *client, const char *list)
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
		if (number[strlen(number) - 1] == '*') {
			return "a * stands for nothing here: write the whole numbers";
		}
		if (!table_add(&client->emergency_numbers, number, sizeof(struct named))) {
			return "a number is there already";
		}
	}
	return NULL;
}

static int read_emergency(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	const char *wrong = add_emergency_numbers(client, line->value);

	return wrong ? refuse(line, "emergency: '%.100s': %s", line->value, wrong) : 0;
}

static int read_history(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	if (client != configuration->nameless) {
		return refuse(line, "history: there is one of all clients, in [general]");
	}
	if (configuration->history || ast_strlen_zero(line->value)) {
		return refuse(line, "history: %s", configuration->history ? "is there already" : "expected a file");
	}
	/* Where Asterisk's logs are, unless it says where. */
	if (*line->value == '/') {
		configuration->history = ast_strdup(line->value);
	} else if (ast_asprintf(&configuration->history, "%s/%s", ast_config_AST_LOG_DIR, line->value) < 0) {
		configuration->history = NULL;
	}
	return configuration->history ? 0 : refuse(line, "history: no memory");
}

static int read_nothing(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	return 0;
}

const char *set_phones(struct client *client, const char *pattern)
{
	const char *star = strchr(pattern, '*');

	ast_free(client->device_prefix);
	ast_free(client->device_suffix);
	client->device_prefix = client->device_suffix = NULL;
	if (ast_strlen_zero(pattern)) {
		return NULL;
	}
	if (!star || !strchr(pattern, '/') || strchr(pattern, '/') > star || strchr(star + 1, '*')
		|| strpbrk(pattern, ",&\"'") || is_local(pattern)) {
		return "expected a device with one * for the number, such as PJSIP/*, or nothing";
	}
	client->device_prefix = ast_strndup(pattern, star - pattern);
	client->device_suffix = ast_strdup(star + 1);
	return client->device_prefix && client->device_suffix ? NULL : "there is no memory";
}

static int read_phones(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	const char *wrong = client->phones_of_file ? "is there already" : set_phones(client, line->value);

	client->phones_of_file = 1;
	return wrong ? refuse(line, "phones: '%s': %s", line->value, wrong) : 0;
}

/*! The settings of [general]. */
static const struct setting {
	const char *name;
	int (*read)(struct configuration *configuration, struct client *client, const struct ast_variable *line);
} settings[] = {
	{ "default", read_default },
	{ "emergency", read_emergency },
	{ "history", read_history },
	/* It was read before the statuses are referred to. */
	{ "statuses_file", read_nothing },
	{ "phones", read_phones },
};

static int read_setting(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(settings); i++) {
		if (!strcmp(settings[i].name, line->name)) {
			return settings[i].read(configuration, client, line);
		}
	}
	return refuse(line,
		"'%s' is not a setting of [general]; expected default, emergency, history, phones or statuses_file",
		line->name);
}

/*! \brief Refuses what is there already. \return -1 */
static int refuse_interface(const struct ast_variable *line, const struct interface *there)
{
	return refuse(line, "interface '%s' is there already%s%s%s", there->named.name,
		there->by_number ? ", as the phone of extension '" : "", there->by_number ? there->of_file->named.name : "",
		there->by_number ? "'" : "");
}

/*! \param extension NULL when it is nobody's until somebody logs in */
static int add_interface(struct configuration *configuration, struct client *client, const struct ast_variable *line,
	const char *name, struct extension *extension)
{
	struct interface *interface = table_find(&configuration->interfaces, name);

	if (interface) {
		/* A line of [interfaces] comes before the number of a phone; but another client's phone it cannot take. */
		if (!interface->by_number || interface->client != client) {
			return refuse_interface(line, interface);
		}
		interface->by_number = 0;
	} else if (!(interface = table_add(&configuration->interfaces, name, sizeof(*interface)))) {
		return refuse(line, "interface '%s': there is no memory", name);
	}
	interface->client = client;
	interface->extension = interface->of_file = extension;
	return 0;
}

/*! \brief Adds the phone that has the number of the extension */
static int add_phone(struct configuration *configuration, struct client *client, const struct ast_variable *line,
	struct extension *extension)
{
	char device[CHANNEL_NAME_SIZE];
	struct interface *there;

	if (!client->device_prefix) {
		return 0;
	}
	if (snprintf(device, sizeof(device), "%s%s%s", client->device_prefix, line->name, client->device_suffix)
		>= (int) sizeof(device)) {
		return refuse(line, "extension '%s': the name of its phone is too long", extension->named.name);
	}
	if ((there = table_find(&configuration->interfaces, device))) {
		return refuse_interface(line, there);
	}
	if (add_interface(configuration, client, line, device, extension)) {
		return -1;
	}
	there = table_find(&configuration->interfaces, device);
	there->by_number = 1;
	return 0;
}

/*! \brief The whole name of an extension or a number, which must be one that can be dialled. \return 0, or -1 */
static int read_name(
	const struct client *client, const struct ast_variable *line, const char *what, char name[FULL_NAME_SIZE])
{
	if (!full_name(client, line->name, name, FULL_NAME_SIZE)) {
		const char *wrong = wrong_number(line->name);

		return wrong ? refuse(line, "%s '%s': %s", what, line->name, wrong) : 0;
	}
	if (strchr(line->name, '@')) {
		return refuse(line, "%s '%s': the client stands in the name of the section, such as [%ss%s]", what, line->name,
			what, strchr(line->name, '@'));
	}
	return refuse(line, "%s '%s': too long", what, line->name);
}

static int read_extension(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	const struct client *says = client->default_status ? client : configuration->nameless;
	struct extension *extension;
	struct status *status = says->default_name ? status_named(configuration, client, says->default_name) : NULL;
	char name[FULL_NAME_SIZE];

	if (read_name(client, line, "extension", name)) {
		return -1;
	}
	if (!ast_strlen_zero(line->value) && !(status = status_named(configuration, client, line->value))) {
		return refuse(line, "extension '%s': no such status: '%s'", name, line->value);
	}
	if (!status) {
		return refuse(line, "extension '%s': names no status, and [general] has no default", name);
	}
	if (is_emergency(configuration, client, line->name)) {
		return refuse(line, "extension '%s' is an emergency number", name);
	}
	if (!(extension = table_add(&configuration->extensions, name, sizeof(*extension)))) {
		return refuse(line, "extension '%s' is there already", name);
	}
	client->has_extensions = 1;
	extension->client = client;
	extension->status = extension->of_file = status;
	return add_phone(configuration, client, line, extension);
}

static int read_interface(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	struct extension *extension = NULL;
	const char *wrong = wrong_device(line->name, 0);

	if (wrong) {
		return refuse(line, "interface '%s': %s", line->name, wrong);
	}
	if (!ast_strlen_zero(line->value) && !(extension = extension_of(configuration, client, line->value))) {
		return refuse(line, "interface '%s': no such extension: '%s'", line->name, line->value);
	}
	return add_interface(configuration, client, line, line->name, extension);
}

static int read_number(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	struct number *number;
	int party = word_index(parties, line->value), service = !strcmp(line->value, "service");
	char name[FULL_NAME_SIZE];

	if (read_name(client, line, "number", name)) {
		return -1;
	}
	if (party < 0 && !service) {
		return refuse(line, "number '%s': no such kind: '%s'; expected extension, external, queue, ivr or service",
			name, line->value);
	}
	if (is_emergency(configuration, client, line->name)) {
		return refuse(line, "number '%s' is an emergency number", name);
	}
	if (table_find(&configuration->extensions, name)) {
		return refuse(line, "number '%s' is an extension", name);
	}
	if (!(number = table_add(&configuration->numbers, name, sizeof(*number)))) {
		return refuse(line, "number '%s' is there already", name);
	}
	/* A service is asked about nowhere. Where a party must be named for it, it is the one that is permitted least. */
	number->party = service ? CP_EXTERNAL : party;
	number->service = service;
	return 0;
}

static int read_trunk(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	const char *device = line->value, *wrong;
	struct trunk *trunk;
	struct table *table;

	if (strcmp(line->name, "trunk") || ast_strlen_zero(device)) {
		return refuse(line, "'%s = %s': expected trunk = device", line->name, device);
	}
	if ((wrong = wrong_device(device, 1))) {
		return refuse(line, "trunk '%s': %s", device, wrong);
	}
	if (table_find(&configuration->interfaces, device)) {
		return refuse(line, "trunk '%s' is an extension's interface", device);
	}
	table = device[strlen(device) - 1] == '*' ? &configuration->trunk_patterns : &configuration->trunks;
	if (!(trunk = table_add(table, device, sizeof(*trunk)))) {
		return refuse(line, "trunk '%s' is there already", device);
	}
	trunk->client = client == configuration->nameless ? NULL : client;
	return 0;
}

static int read_transit(struct configuration *configuration, struct client *client, const struct ast_variable *line)
{
	const char *wrong;

	if (strcmp(line->name, "number") || ast_strlen_zero(line->value)) {
		return refuse(line, "'%s = %s': expected number = outside number", line->name, line->value);
	}
	if ((wrong = wrong_number(line->value))) {
		return refuse(line, "number '%s': %s", line->value, wrong);
	}
	if (!table_add(&client->transit, line->value, sizeof(struct named))) {
		return refuse(line, "number '%s' is there already", line->value);
	}
	return 0;
}

const struct section sections[] = {
	{ "statuses", read_status },
	{ "general", read_statuses_file },
	{ "general", read_setting },
	{ "extensions", read_extension },
	{ "interfaces", read_interface },
	{ "numbers", read_number },
	{ "trunks", read_trunk },
	{ "transit", read_transit },
	{ "codes", read_code },
	{ "may_set", read_may_set },
	{ NULL, NULL },
};
