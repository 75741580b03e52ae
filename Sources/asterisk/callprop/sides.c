/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief The two who are connected: who they are, and in which calls
 *
 * A number is nobody: the same one may be another's in each client. What is compared here are whole names, 101@acme, and clients.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "sides.h"

void look_at(struct configuration *configuration, struct ast_channel *chan, struct side *side)
{
	side->chan = chan;
	name_of(chan, side->name);
	side->end = end_of_name(configuration, side->name, &side->extension);
	side->client = client_of_call(configuration, chan);
	side->visitor = NULL;
	side->rings = 0;
	if (side->extension && side->extension->client != side->client) {
		side->visitor = side->extension;
		side->extension = NULL;
		side->end = END_TRUNK;
	}
	facts_get(chan, &side->facts);
}

struct extension *who_is_at(const struct side *side)
{
	return side->extension ? side->extension : side->visitor;
}

int are_colleagues(const struct side *one, const struct side *two)
{
	const struct extension *first = who_is_at(one), *second = who_is_at(two);

	return first && second && first->client == second->client;
}

int is_extension(const struct side *side, const char *name)
{
	return side->extension && !strcmp(side->extension->named.name, name);
}

int took_place(const struct side *side)
{
	return side->facts.rung[0] && !is_extension(side, side->facts.rung);
}

/*! \brief Is the one from another client still there who came by this call, and nobody else from outside? */
static int is_same_visitor(const struct side *side)
{
	return !strcmp(side->facts.went_out, side->visitor ? side->visitor->named.name : "");
}

int is_in_place(const struct side *side)
{
	if (side->extension) {
		return is_extension(side, side->facts.inherited ? side->facts.rung : side->facts.caller);
	}
	if (!is_same_visitor(side)) {
		return 0;
	}
	return side->facts.inherited ? side->facts.ringing && !side->facts.rung[0] : !side->facts.caller[0];
}

int is_caller(const struct side *side)
{
	return side->facts.id && !side->facts.inherited && is_in_place(side);
}

int began_later(const struct side *side, const struct side *other)
{
	return (int) ((unsigned int) side->facts.id - (unsigned int) other->facts.id) > 0;
}

int was_put_through_from_outside(const struct side *side)
{
	const char *by = side->facts.with;

	return side->extension && side->facts.put_through
		&& (!*by || strcmp(client_in_name(by), side->extension->client->named.name));
}

int has_inside_call(const struct side *side)
{
	const cp_call *call = &side->facts.call;

	if (!side->extension || !side->facts.id || side->facts.inside_over || !is_in_place(side)
		|| was_put_through_from_outside(side)) {
		return 0;
	}
	if (side->facts.inherited && call->leg == CP_LEG_DST) {
		/* Who has only been rung yet is asked for whoever he is connected with then. */
		return call->src != CP_EXTERNAL && side->facts.with[0];
	}
	return call->dst != CP_EXTERNAL && !side->facts.dst_unknown;
}

int was_rung_for_nobody(const struct side *side)
{
	return side->end == END_TRUNK && !side->facts.id && was_dialled(side->chan);
}

int is_emergency_line(const struct side *side)
{
	return !side->extension && side->facts.for_emergency && is_in_place(side);
}

int is_helper(const struct side *side)
{
	static const char *const helpers[] = { "Announcer/", "Recorder/", "Snoop/", "CBAnn/", "CBRec/", "Surrogate/",
		"Message/" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(helpers); i++) {
		if (!strncmp(side->name, helpers[i], strlen(helpers[i]))) {
			return 1;
		}
	}
	return 0;
}

/*! \brief Is this call in no client yet? */
static int is_of_nobody(struct configuration *configuration, const struct side *side)
{
	return was_rung_for_nobody(side) && !client_of_device(configuration, side->name);
}

/*! \brief Is who is there of the client in which the facts say that the call is? He may have come in another's place */
static int is_of_call(const struct side *side)
{
	return side->client && (!side->facts.id || !strcmp(side->facts.client, side->client->named.name));
}

int are_of_one_client(struct configuration *configuration, const struct side *one, const struct side *two)
{
	if (is_of_nobody(configuration, one) || is_of_nobody(configuration, two)) {
		return 1;
	}
	return one->client == two->client && is_of_call(one) && is_of_call(two);
}

struct client *client_of_connection(
	struct configuration *configuration, struct ast_channel *chan, struct ast_channel *other)
{
	struct side one, two;

	look_at(configuration, chan, &one);
	look_at(configuration, other, &two);
	return are_colleagues(&one, &two) ? who_is_at(&one)->client : one.client;
}
