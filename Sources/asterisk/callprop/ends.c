/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who is who: what is at the other end of a channel, and what Asterisk says of it
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/chanvars.h"
#include "asterisk/pbx.h"
#include "asterisk/strings.h"

void name_of(struct ast_channel *chan, char name[CHANNEL_NAME_SIZE])
{
	ast_channel_lock(chan);
	/* One that does not fit is nobody's: what is cut off may be all that tells it from another's. */
	ast_copy_string(
		name, strlen(ast_channel_name(chan)) < CHANNEL_NAME_SIZE ? ast_channel_name(chan) : "", CHANNEL_NAME_SIZE);
	ast_channel_unlock(chan);
}

int is_local(const char *name)
{
	return !strncmp(name, "Local/", strlen("Local/"));
}

int is_local_channel(struct ast_channel *chan)
{
	char name[CHANNEL_NAME_SIZE];

	name_of(chan, name);
	return is_local(name);
}

/*! \brief The device of a channel: that of PJSIP/101-00000007 is PJSIP/101. Empty when that is not known */
static void device_of_name(const char *name, char device[CHANNEL_NAME_SIZE])
{
	char *dash;

	ast_copy_string(device, name, CHANNEL_NAME_SIZE);
	if (strlen(device) == CHANNEL_NAME_SIZE - 1) {
		/* It may go on, and what is here may look like the name of another device. */
		*device = '\0';
	}
	if ((dash = strrchr(device, '-'))) {
		*dash = '\0';
	}
}

enum end end_of_name(struct configuration *configuration, const char *name, struct extension **extension)
{
	char device[CHANNEL_NAME_SIZE];
	struct interface *interface;

	*extension = NULL;
	if (is_local(name)) {
		return END_LOCAL;
	}
	device_of_name(name, device);
	if ((interface = table_find(&configuration->interfaces, device))) {
		*extension = extension_at(interface);
		return *extension ? END_EXTENSION : END_UNKNOWN;
	}
	return *device && trunk_of(configuration, device) ? END_TRUNK : END_UNKNOWN;
}

enum end end_of(struct configuration *configuration, struct ast_channel *chan, struct extension **extension)
{
	char name[CHANNEL_NAME_SIZE];

	name_of(chan, name);
	return end_of_name(configuration, name, extension);
}

struct client *client_of_device(struct configuration *configuration, const char *name)
{
	char device[CHANNEL_NAME_SIZE];
	const struct interface *interface;
	const struct trunk *trunk;

	device_of_name(name, device);
	if ((interface = table_find(&configuration->interfaces, device))) {
		return interface->client;
	}
	if (*device && (trunk = trunk_of(configuration, device))) {
		return trunk->client;
	}
	return configuration->refused ? client_by_device(configuration, device) : NULL;
}

struct client *client_of_call(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	struct client *client;
	struct facts facts;
	char name[CHANNEL_NAME_SIZE];
	int is_said;

	name_of(chan, name);
	facts_get(chan, &facts);
	switch (end_of_name(configuration, name, &extension)) {
	case END_EXTENSION:
		/* By the extension, too: another phone may have taken the place of the one that went out. */
		is_said = !strcmp(facts.went_out, extension->named.name);
		break;
	case END_TRUNK:
		is_said = facts.id || facts.client_only;
		break;
	default:
		is_said = is_local(name);
	}
	if (is_said) {
		return client_named(configuration, facts.client);
	}
	client = client_of_device(configuration, name);
	return client ? client : configuration->nameless;
}

enum end end_for_client(struct configuration *configuration, const struct client *client, struct ast_channel *chan,
	struct extension **extension)
{
	enum end end = end_of(configuration, chan, extension);

	if (*extension && (*extension)->client != client) {
		*extension = NULL;
		return END_TRUNK;
	}
	return end;
}

int party_of_channel(struct configuration *configuration, const struct client *client, struct ast_channel *chan)
{
	struct extension *extension;

	switch (end_for_client(configuration, client, chan, &extension)) {
	case END_EXTENSION:
		return CP_EXTENSION;
	case END_TRUNK:
		return CP_EXTERNAL;
	default:
		return -1;
	}
}

int get_variable(struct ast_channel *chan, const char *name, char *value, size_t size)
{
	struct ast_var_t *variable;

	*value = '\0';
	ast_channel_lock(chan);
	/* The channel's own alone: whoever may set a global variable must not say so what happened to every channel. */
	AST_LIST_TRAVERSE(ast_channel_varshead(chan), variable, entries)
	{
		if (!strcmp(ast_var_name(variable), name)) {
			ast_copy_string(value, S_OR(ast_var_value(variable), ""), size);
			break;
		}
	}
	ast_channel_unlock(chan);
	return !ast_strlen_zero(value);
}

int is_originated(struct ast_channel *chan)
{
	int originated;

	ast_channel_lock(chan);
	originated = ast_test_flag(ast_channel_flags(chan), AST_FLAG_ORIGINATED) != 0;
	ast_channel_unlock(chan);
	return originated;
}

int is_first_half(struct ast_channel *chan)
{
	char name[CHANNEL_NAME_SIZE];

	name_of(chan, name);
	return is_local(name) && name[strlen(name) - 1] == '1';
}

struct ast_channel *other_half(struct ast_channel *chan)
{
	char name[CHANNEL_NAME_SIZE], found[CHANNEL_NAME_SIZE];
	struct ast_channel *half;
	size_t length;

	name_of(chan, name);
	length = strlen(name);
	if (!is_local(name) || name[length - 2] != ';') {
		return NULL;
	}
	name[length - 1] = name[length - 1] == '1' ? '2' : '1';
	if ((half = ast_channel_get_by_name(name))) {
		/* Without a channel of that name, Asterisk takes it for a unique id, which an application chooses as it likes. */
		name_of(half, found);
		if (strcmp(found, name)) {
			half = ast_channel_unref(half);
		}
	}
	return half;
}

struct ast_channel *far_end(struct ast_channel *chan)
{
	struct ast_channel *end = ast_channel_ref(chan), *half;
	int length;

	for (length = 0; end && length < LONGEST_CHAIN && (half = other_half(end)); length++) {
		ast_channel_unref(end);
		end = ast_channel_bridge_peer(half);
		ast_channel_unref(half);
	}
	if (length == LONGEST_CHAIN) {
		/* In a circle nobody is there. */
		ao2_cleanup(end);
		end = NULL;
	}
	return end;
}

int was_dialled(struct ast_channel *chan)
{
	int outgoing;

	ast_channel_lock(chan);
	outgoing = ast_test_flag(ast_channel_flags(chan), AST_FLAG_OUTGOING) != 0;
	ast_channel_unlock(chan);
	return outgoing;
}

int is_of_originator(struct ast_channel *chan)
{
	int result;

	ast_channel_lock(chan);
	result = !ast_channel_pbx(chan)
		&& (ast_test_flag(ast_channel_flags(chan), AST_FLAG_ORIGINATED)
			|| (ast_channel_state(chan) == AST_STATE_DOWN
				&& !strcmp(S_OR(ast_channel_appl(chan), "AppDial2"), "AppDial2")));
	ast_channel_unlock(chan);
	return result;
}
