/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief What is whose: the same number may be another's in each client
 *
 * A number that is dialled has no client in it; it is looked up in that of the call. Administrators write number@client.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/strings.h"
#include "asterisk/utils.h"

struct client *client_named(struct configuration *configuration, const char *name)
{
	return table_find(&configuration->clients, name);
}

/*! \brief PJSIP/101 without a name, PJSIP/acme-101 with one, unless [general] says otherwise. \return 0, or -1 without memory */
static int set_devices(struct client *client)
{
	const char *name = client->named.name;

	if (ast_asprintf(&client->device_prefix, "PJSIP/%s%s", name, *name ? "-" : "") < 0) {
		client->device_prefix = NULL;
	}
	client->device_suffix = ast_strdup("");
	return client->device_prefix && client->device_suffix ? 0 : -1;
}

struct client *client_made(struct configuration *configuration, const char *name)
{
	struct client *client = client_named(configuration, name);

	if (client || !(client = table_add(&configuration->clients, name, sizeof(*client)))) {
		return client;
	}
	client->emergency_numbers.of_numbers = client->transit.of_numbers = 1;
	return set_devices(client) ? NULL : client;
}

int full_name(const struct client *client, const char *number, char *name, size_t size)
{
	int length;

	if (!client || strchr(number, '@')) {
		return -1;
	}
	length = snprintf(name, size, "%s%s%s", number, *client->named.name ? "@" : "", client->named.name);
	return length < (int) size ? 0 : -1;
}

const char *client_in_name(const char *name)
{
	const char *at = strchr(name, '@');

	return at ? at + 1 : "";
}

struct extension *extension_of(struct configuration *configuration, const struct client *client, const char *number)
{
	char name[DIALLED_NAME_SIZE];

	return full_name(client, number, name, sizeof(name)) ? NULL : table_find(&configuration->extensions, name);
}

static struct number *number_of(struct configuration *configuration, const struct client *client, const char *number)
{
	char name[DIALLED_NAME_SIZE];

	return full_name(client, number, name, sizeof(name)) ? NULL : table_find(&configuration->numbers, name);
}

struct status *status_named(struct configuration *configuration, const struct client *client, const char *name)
{
	const struct client *const whose[] = { client, configuration->nameless };
	struct status *status = NULL;
	struct status_id *id;
	size_t i;

	for (i = 0; !status && i < ARRAY_LEN(whose); i++) {
		if (whose[i] && !(status = table_find(&whose[i]->statuses, name))
			&& (id = table_find(&whose[i]->status_ids, name))) {
			status = id->status;
		}
	}
	return status;
}

int is_emergency(struct configuration *configuration, const struct client *client, const char *number)
{
	return (client && table_find(&client->emergency_numbers, number))
		|| table_find(&configuration->nameless->emergency_numbers, number);
}

int is_service(struct configuration *configuration, const struct client *client, const char *number)
{
	const struct number *found = number_of(configuration, client, number);

	return found && found->service;
}

uint8_t party_of_number(struct configuration *configuration, const struct client *client, const char *number)
{
	const struct number *found = number_of(configuration, client, number);

	if (found) {
		return found->party;
	}
	return extension_of(configuration, client, number) ? CP_EXTENSION : CP_EXTERNAL;
}

struct trunk *trunk_of(struct configuration *configuration, const char *device)
{
	struct trunk *trunk = table_find(&configuration->trunks, device);

	return trunk ? trunk : table_match(&configuration->trunk_patterns, device);
}

struct client *client_by_device(struct configuration *configuration, const char *device)
{
	struct client *best = NULL;
	size_t i, longest = 0;

	for (i = 0; i < AST_VECTOR_SIZE(&configuration->clients); i++) {
		struct client *client = (struct client *) AST_VECTOR_GET(&configuration->clients, i);
		size_t length = client->device_prefix ? strlen(client->device_prefix) : 0;

		if (length > longest && !strncmp(device, client->device_prefix, length)) {
			best = client;
			longest = length;
		}
	}
	return best;
}
