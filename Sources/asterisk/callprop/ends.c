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

void name_of(struct ast_channel *chan, char name[AST_CHANNEL_NAME])
{
	ast_channel_lock(chan);
	ast_copy_string(name, ast_channel_name(chan), AST_CHANNEL_NAME);
	ast_channel_unlock(chan);
}

int is_local(const char *name)
{
	return !strncmp(name, "Local/", strlen("Local/"));
}

enum end end_of_name(struct configuration *configuration, const char *name, struct extension **extension)
{
	char device[AST_CHANNEL_NAME];
	char *dash;
	struct interface *interface;

	*extension = NULL;
	ast_copy_string(device, name, sizeof(device));
	if (is_local(device)) {
		return END_LOCAL;
	}
	if (strlen(device) == sizeof(device) - 1) {
		/* It may go on, and what is here may look like the name of another device. */
		return END_UNKNOWN;
	}
	if ((dash = strrchr(device, '-'))) {
		*dash = '\0';
	}
	if ((interface = table_find(&configuration->interfaces, device))) {
		*extension = interface->extension;
		return END_EXTENSION;
	}
	return table_matches(&configuration->trunks, device) ? END_TRUNK : END_UNKNOWN;
}

enum end end_of(struct configuration *configuration, struct ast_channel *chan, struct extension **extension)
{
	char name[AST_CHANNEL_NAME];

	name_of(chan, name);
	return end_of_name(configuration, name, extension);
}

int party_of_channel(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	struct facts facts;

	switch (end_of(configuration, chan, &extension)) {
	case END_EXTENSION:
		return CP_EXTENSION;
	case END_TRUNK:
		return CP_EXTERNAL;
	case END_LOCAL:
		return facts_get(chan, &facts) ? facts.call.src : -1;
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
	char name[AST_CHANNEL_NAME];

	name_of(chan, name);
	return is_local(name) && name[strlen(name) - 1] == '1';
}

struct ast_channel *other_half(struct ast_channel *chan)
{
	char name[AST_CHANNEL_NAME], found[AST_CHANNEL_NAME];
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

/*! Local channels that lead on to one another. No call needs as many; without an end there is a circle. */
#define LONGEST_CHAIN 32

/*! \brief Goes from one Local channel to the next. \return the last one, with a reference, or NULL; how many there are is counted */
static struct ast_channel *end_of_chain(struct ast_channel *chan, int *length)
{
	struct ast_channel *end = ast_channel_ref(chan), *half;

	for (*length = 0; end && *length < LONGEST_CHAIN && (half = other_half(end)); ++*length) {
		ast_channel_unref(end);
		end = ast_channel_bridge_peer(half);
		ast_channel_unref(half);
	}
	return end;
}

struct ast_channel *far_end(struct ast_channel *chan)
{
	int length;
	struct ast_channel *end = end_of_chain(chan, &length);

	if (length == LONGEST_CHAIN) {
		/* In a circle nobody is there. */
		ao2_cleanup(end);
		end = NULL;
	}
	return end;
}

int is_circle(struct ast_channel *chan)
{
	int length;

	ao2_cleanup(end_of_chain(chan, &length));
	return length == LONGEST_CHAIN;
}

int was_dialled(struct ast_channel *chan)
{
	int outgoing;

	ast_channel_lock(chan);
	outgoing = ast_test_flag(ast_channel_flags(chan), AST_FLAG_OUTGOING) != 0;
	ast_channel_unlock(chan);
	return outgoing;
}
