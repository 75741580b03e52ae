/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Calls that are taken: pickup and parking
 *
 * Permitted is what might have rung the phone that takes the call.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/pickup.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "sent.h"
#include "sides.h"

/*!
 * \brief Who sent the channel here by a blind transfer is asked as for any: it calls whoever is connected by it
 * \return 1 when that is permitted, or nobody did
 */
static int decide_sender_of(struct ast_channel *chan, const struct scene *scene, uint8_t party)
{
	return scene->by != BLIND_TRANSFER || decide_sender(chan, scene->diverter_end, scene->diverter_extension, party);
}

/*! \brief With whom somebody is connected when he takes this call, as seen by who sends him there */
static uint8_t party_of_call(const cp_call *call)
{
	return call->leg == CP_LEG_DST ? call->src : call->dst;
}

/*!
 * \brief Outside takes a call that is connected with outside: who sends it there by a blind transfer calls outside, and nobody else does so
 *
 * He was asked for that by decide_sender_of().
 */
static int decide_outside_takes(struct ast_channel *chan, const struct scene *scene)
{
	struct facts *facts;

	if (scene->by != BLIND_TRANSFER || !scene->diverter_extension) {
		return deny_unknown(chan, "it takes a call from outside to outside, and no extension does so");
	}
	ast_channel_lock(chan);
	if ((facts = facts_made(chan))) {
		facts->sent_outside = 1;
	}
	ast_channel_unlock(chan);
	return facts != NULL;
}

/*!
 * \brief May who is at this channel take a call, as though the call had rung him?
 *
 * It has to be a call of the client in which he is: his own, or that of who sent him there.
 */
static int decide_take(struct configuration *configuration, struct ast_channel *chan, const struct scene *scene,
	struct ast_channel *taken, const cp_call *call)
{
	if (scene->end == END_UNKNOWN) {
		return deny_stranger(configuration, chan, "", "who takes the call is not known: this");
	}
	if (scene->end == END_LOCAL) {
		return deny_unknown(chan, "who takes the call is not known");
	}
	if (!is_of_client(configuration, scene->client, taken, chan)) {
		return 0;
	}
	if (scene->end == END_EXTENSION) {
		return permits(chan, scene->own, call);
	}
	return party_of_call(call) != CP_EXTERNAL || decide_outside_takes(chan, scene);
}

/*!
 * \brief Notes that the transfer which sent somebody here was decided, and in which client he is. It is not about another call
 * \param chan his channel, or the one in whose place he comes
 */
static void note_taker(struct ast_channel *chan, const struct scene *scene)
{
	struct facts *facts;

	ast_channel_lock(chan);
	if ((facts = scene->visitor ? facts_made(chan) : facts_of(chan))) {
		note_diversion(scene, facts);
		if (scene->visitor) {
			ast_copy_string(facts->client, scene->client->named.name, sizeof(facts->client));
			ast_copy_string(facts->went_out, scene->visitor->named.name, sizeof(facts->went_out));
		}
	}
	ast_channel_unlock(chan);
}

/*! \brief A condition on a channel. Gets the channel locked. */
typedef int (*channel_condition)(struct ast_channel *chan, const struct facts *facts, const void *wanted);

/*! \return the first channel that has facts and meets the condition, with a reference; NULL when there is none */
static struct ast_channel *find_channel(channel_condition condition, const void *wanted, struct facts *facts)
{
	struct ast_channel_iterator *iterator = ast_channel_iterator_all_new();
	struct ast_channel *chan = NULL;

	while (iterator && (chan = ast_channel_iterator_next(iterator))) {
		int found;

		ast_channel_lock(chan);
		found = facts_get(chan, facts) && condition(chan, facts, wanted);
		ast_channel_unlock(chan);
		if (found) {
			break;
		}
		ast_channel_unref(chan);
	}
	ast_channel_iterator_destroy(iterator);
	return chan;
}

/*! What rings: a phone of an extension. */
struct ringing_phone {
	struct configuration *configuration;
	struct extension *extension;
};

static int rings_at(struct ast_channel *chan, const struct facts *facts, const void *wanted)
{
	const struct ringing_phone *phone = wanted;
	struct extension *extension;

	return facts->ringing && ast_can_pickup(chan) && end_of(phone->configuration, chan, &extension) == END_EXTENSION
		&& extension == phone->extension;
}

static struct ast_channel *find_ringing(struct configuration *configuration, struct ast_channel *chan,
	const struct client *client, const char *number, struct facts *facts)
{
	struct ringing_phone phone = { .configuration = configuration, .extension = NULL };
	struct ast_channel *target;

	if (!ast_strlen_zero(number)) {
		phone.extension = extension_of(configuration, client, number);
		return phone.extension ? find_channel(rings_at, &phone, facts) : NULL;
	}
	if ((target = ast_pickup_find_by_group(chan))) {
		int known = facts_get(target, facts) && facts->ringing;

		ast_channel_unlock(target);
		if (!known) {
			deny_unknown(
				target, "it rings without having evaluated CALLPROP_RING(), and cannot be picked up" BY_HANDLER);
			target = ast_channel_unref(target);
		}
	}
	return target;
}

void decide_pickup(
	struct configuration *configuration, struct ast_channel *chan, const char *number, char *name, size_t size)
{
	struct facts facts;
	struct scene scene;
	char found[CHANNEL_NAME_SIZE];
	struct ast_channel *target;

	*name = '\0';
	read_scene(configuration, chan, &scene);
	target = find_ringing(configuration, chan, scene.client, number, &facts);
	if (target && decide_sender_of(chan, &scene, party_of_call(&facts.call))
		&& decide_take(configuration, chan, &scene, target, &facts.call)) {
		note_taker(chan, &scene);
		/* Whoever takes the call is in its place then. */
		note_taker(target, &scene);
		name_of(target, found);
		ast_copy_string(name, found, size);
	}
	ao2_cleanup(target);
}

struct space {
	unsigned int number;
	const char *lot;
};

static int is_parked_in(struct ast_channel *chan, const struct facts *facts, const void *wanted)
{
	const struct space *space = wanted;

	return facts->space == space->number && !strcmp(facts->lot, space->lot);
}

int decide_retrieve(struct configuration *configuration, struct ast_channel *chan, const char *number, const char *lot)
{
	struct space space = { 0, S_OR(lot, "default") };
	struct facts facts;
	struct scene scene;
	struct side side;
	cp_call call = { .dst = CP_EXTENSION, .leg = CP_LEG_DST };
	char name[CHANNEL_NAME_SIZE];
	RAII_VAR(struct ast_channel *, parked, NULL, ao2_cleanup);
	RAII_VAR(struct ast_channel *, party, NULL, ao2_cleanup);
	int src;

	if (sscanf(number, "%30u", &space.number) != 1 || !space.number
		|| !(parked = find_channel(is_parked_in, &space, &facts))) {
		name_of(chan, name);
		ast_log(LOG_NOTICE, "%s: no call is parked in %s of lot %s\n", name, number, space.lot);
		return 0;
	}
	read_scene(configuration, chan, &scene);
	/* Who parks by keys, and consults for it, parks a Local channel that leads to whom he was connected with. */
	party = far_end(parked);
	if (!party || (src = party_of_channel(configuration, scene.client, party)) < 0) {
		return deny_unknown(chan, "where the parked call began is not known");
	}
	look_at(configuration, party, &side);
	if (is_emergency_line(&side)) {
		note_taker(chan, &scene);
		return 1;
	}
	call.src = src;
	if (!facts.inherited && facts.call.dst == CP_QUEUE) {
		call.dst = CP_QUEUE;
	}
	if (!decide_sender_of(chan, &scene, src) || !decide_take(configuration, chan, &scene, parked, &call)) {
		return 0;
	}
	note_taker(chan, &scene);
	return 1;
}
