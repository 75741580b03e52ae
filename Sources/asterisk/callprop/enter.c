/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief From one client to another, without leaving the machine
 *
 * To both that is a call outside: whoever makes it needs ro, and from then on he is outside for whoever it reaches. Nothing
 * else leads there: what another client has is rung, picked up, retrieved and connected by nobody who has not come this way.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

/*! \brief A call that comes from outside, by a trunk that is everybody's, is nobody's call before it gets to a client */
static int comes_from_outside(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan)
{
	char name[CHANNEL_NAME_SIZE];
	struct facts facts;

	name_of(chan, name);
	return scene->end == END_TRUNK && !scene->visitor && scene->by == DIVERSIONS
		&& !(facts_get(chan, &facts) && facts.forwarded) && !client_of_device(configuration, name);
}

/*! \brief Notes that the call is in that client. It has to be said there what was dialled */
static int note_client(const struct scene *scene, struct ast_channel *chan, const struct client *client)
{
	const struct extension *own = scene->own ? scene->own : scene->visitor;
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		int id = scene->end == END_LOCAL ? facts->id : 0;
		unsigned int inherited = facts->inherited;
		char maker[AST_MAX_EXTENSION];

		ast_copy_string(maker, facts->maker, sizeof(maker));

		facts_forget(facts, client->named.name, own && !id ? own->named.name : "");
		if (id) {
			/* On a Local channel it stays the same call, which is rung for whoever is at its other end. */
			facts->id = id;
			facts->inherited = inherited;
			ast_copy_string(facts->came_from, maker, sizeof(facts->came_from));
			facts->client_only = 0;
			facts->call = (cp_call){ .src = CP_EXTERNAL, .dst = CP_EXTENSION, .leg = CP_LEG_DST };
		}
	}
	ast_channel_unlock(chan);
	return facts ? 1 : deny_unknown(chan, "there is no memory for the facts of the call");
}

int decide_enter(struct configuration *configuration, struct ast_channel *chan, const char *name)
{
	struct client *client = client_named(configuration, name);
	struct scene scene;
	struct facts facts;

	if (!client) {
		return deny_unknown(chan, "Gosub(callprop,client,1(…)) names no client of " CONFIG_FILE);
	}
	end_forward(chan);
	read_scene(configuration, chan, &scene);
	if (scene.end == END_UNKNOWN) {
		return deny_stranger(configuration, chan, "", "this");
	}
	if (scene.client == client) {
		return 1;
	}
	if (comes_from_outside(configuration, &scene, chan)) {
		return note_client(&scene, chan, client);
	}
	if (!facts_get(chan, &facts) && scene.end == END_LOCAL) {
		/* A callback, or a call of whoever has said nothing of it. That is found out when it is said what was dialled. */
		return note_client(&scene, chan, client);
	}
	if (scene.end == END_LOCAL && facts.call.leg == CP_LEG_SRC) {
		return deny_unknown(chan, "the first leg of a callback does not go to another client");
	}
	return decide_made_call(configuration, chan, &scene, name, CP_EXTERNAL) && note_client(&scene, chan, client);
}

int is_of_client(struct configuration *configuration, const struct client *client, struct ast_channel *chan,
	struct ast_channel *taker)
{
	return (client && client_of_call(configuration, chan) == client)
		|| deny_unknown(taker, "the call is in another client");
}
