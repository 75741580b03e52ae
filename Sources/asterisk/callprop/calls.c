/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Who calls whom: finds the facts of a call from what Asterisk knows of its channels
 *
 * Here is most of the risk. Whatever is found wrong here is decided wrong, and looks right everywhere else.
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "sent.h"

/*! \brief Who is at the other end of a Local channel */
static void look_at_far_end(struct configuration *configuration, struct ast_channel *chan, struct scene *scene)
{
	struct ast_channel *far = far_end(chan);

	scene->far = END_UNKNOWN;
	if (far) {
		scene->far = end_for_client(configuration, scene->client, far, &scene->far_extension);
		ast_channel_unref(far);
	}
}

/*! \return 1 when who is behind this Local channel makes a call of his own now: he was sent on, or goes on when his caller is gone */
static int is_call_of_far_end(const struct scene *scene)
{
	return scene->end == END_LOCAL && (scene->by == BLIND_TRANSFER || scene->goes_on);
}

void note_far_end(const struct scene *scene, struct ast_channel *chan)
{
	struct facts facts, *own;
	struct ast_channel *far;

	if (!is_call_of_far_end(scene) || !facts_get(chan, &facts) || !(far = far_end(chan))) {
		return;
	}
	ast_channel_lock(far);
	if ((own = facts_of(far)) && own->id) {
		own->id = facts.id;
	}
	ast_channel_unlock(far);
	ast_channel_unref(far);
}

enum end end_behind_name(struct configuration *configuration, const char *name, struct extension **extension)
{
	enum end end = end_of_name(configuration, name, extension);
	struct ast_channel *chan, *far = NULL;

	if (end != END_LOCAL) {
		return end;
	}
	if ((chan = ast_channel_get_by_name(name))) {
		far = far_end(chan);
		ast_channel_unref(chan);
	}
	end = far ? end_of(configuration, far, extension) : END_UNKNOWN;
	ao2_cleanup(far);
	return end;
}

/*! \brief Who is forwarded, or calls for a transfer, does so on the second half of a Local channel made for it, and once */
static enum diversion find_note(struct ast_channel *chan, const struct facts *facts, struct scene *scene)
{
	enum diversion by;

	if (scene->end != END_LOCAL || facts->went_on || is_first_half(chan)) {
		return DIVERSIONS;
	}
	for (by = FORWARD; by < DIVERSIONS; by++) {
		if (has_note(chan, facts, by, scene->diverter)) {
			return by;
		}
	}
	/* Of who consults by keys Asterisk leaves another note here, when whom he consults has answered. */
	return get_variable(chan, "TRANSFERERNAME", scene->diverter, sizeof(scene->diverter))
			&& strcmp(scene->diverter, facts->diverted[CONSULTATION])
		? CONSULTATION
		: DIVERSIONS;
}

static void find_diverter(
	struct configuration *configuration, struct ast_channel *chan, const struct facts *facts, struct scene *scene)
{
	enum sender sender = look_for_sender(chan, scene->diverter);

	scene->by = sender == SENT_BY_NOBODY ? find_note(chan, facts, scene) : BLIND_TRANSFER;
	if (scene->by == DIVERSIONS) {
		return;
	}
	scene->diverter_end = sender == SENT_BY_UNKNOWN
		? END_UNKNOWN
		: end_behind_name(configuration, scene->diverter, &scene->diverter_extension);
}

void read_scene(struct configuration *configuration, struct ast_channel *chan, struct scene *scene)
{
	struct facts facts;

	memset(scene, 0, sizeof(*scene));
	scene->end = end_of(configuration, chan, &scene->own);
	facts_get(chan, &facts);
	find_diverter(configuration, chan, &facts, scene);
	/* Whoever sends a call on dials a number of his own client. */
	scene->client = scene->diverter_extension ? scene->diverter_extension->client : client_of_call(configuration, chan);
	if (scene->own && scene->own->client != scene->client) {
		scene->visitor = scene->own;
		scene->own = NULL;
		scene->end = END_TRUNK;
	}
	if (scene->end == END_LOCAL) {
		look_at_far_end(configuration, chan, scene);
		scene->goes_on = facts.inherited && is_first_half(chan) && !is_originated(chan);
	}
}

/*! \brief Begins facts anew, all but which transfers and forwards are over */
static void begin_facts(
	struct facts *facts, const struct scene *scene, uint8_t src, const struct extension *caller, uint8_t party)
{
	struct facts begun = { .call = { .src = src, .dst = party, .leg = CP_LEG_DST }, .id = facts_new_id() };

	memcpy(begun.diverted, facts->diverted, sizeof(begun.diverted));
	ast_copy_string(begun.client, scene->client->named.name, sizeof(begun.client));
	if (scene->visitor) {
		ast_copy_string(begun.went_out, scene->visitor->named.name, sizeof(begun.went_out));
	}
	if (caller) {
		ast_copy_string(begun.caller, caller->named.name, sizeof(begun.caller));
	}
	*facts = begun;
}

/*!
 * \brief The first leg of a callback begins: this is the dialplan of an originated Local channel's second half
 *
 * The first half waits for the answer, and then runs the second leg: it gets the facts for that.
 */
static int begin_callback(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan,
	struct ast_channel *half, const char *number, uint8_t party, struct facts *facts)
{
	const struct extension *first = extension_of(configuration, scene->client, number);
	struct facts second;
	char to[AST_MAX_EXTENSION];

	begin_facts(facts, scene, party, first, CP_EXTENSION);
	facts->call.leg = CP_LEG_SRC;
	facts->call.callback = 1;
	ast_copy_string(facts->maker, first ? first->named.name : "", sizeof(facts->maker));
	/* A first leg that is outside is asked of nobody. */
	facts->outside = party == CP_EXTERNAL;
	if (get_variable(chan, "CALLBACK_TO", to, sizeof(to))) {
		facts->call.dst = party_of_number(configuration, scene->client, to);
		facts->emergency = is_emergency(configuration, scene->client, to) ? EMERGENCY_DIALLED : NO_EMERGENCY;
		if (facts->call.dst == CP_EXTERNAL) {
			facts->outside = facts->outside && table_match(&scene->client->transit, to);
		}
	} else {
		facts->dst_unknown = 1;
	}
	second = *facts;
	second.call.leg = CP_LEG_DST;
	second.dst_unknown = 0;
	second.emergency = NO_EMERGENCY;
	second.outside = 0;
	/* What is asked is whether this may be connected with anything. With what, the dialplan has still to say. */
	second.whereto_unknown = facts->dst_unknown;
	return facts_set(half, &second) ? -1 : 0;
}

/*! \brief What was dialled, seen by whom it rings: a call that came through a menu or a queue stays one */
static uint8_t dialled(const struct facts *facts, uint8_t party, int branch)
{
	if (party == CP_EXTENSION && !facts->denied
		&& (facts->call.dst == CP_IVR || (branch && facts->call.dst == CP_QUEUE))) {
		return facts->call.dst;
	}
	return party;
}

/*! \brief The call goes on in the dialplan of a Local channel */
static int find_local_facts(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan,
	struct ast_channel *half, const char *number, uint8_t party, struct facts *facts)
{
	int known = facts_get(chan, facts);

	if (scene->by == CONSULTATION) {
		/* Somebody consults before a transfer, and calls for that. What is inherited is about the other call. */
		begin_facts(
			facts, scene, scene->diverter_extension ? CP_EXTENSION : CP_EXTERNAL, scene->diverter_extension, party);
		return 0;
	}
	if (known && is_call_of_far_end(scene)) {
		/* Who is transferred, or goes on, is not who called when the one who was called is sent away. */
		if (scene->far != END_EXTENSION && scene->far != END_TRUNK) {
			return -1;
		}
		begin_facts(
			facts, scene, scene->far == END_EXTENSION ? CP_EXTENSION : CP_EXTERNAL, scene->far_extension, party);
		return 0;
	}
	if (known && facts->id) {
		facts->outside = 0;
		if (facts->call.leg == CP_LEG_DST) {
			facts->call.dst = dialled(facts, party, !is_originated(chan));
		}
		return 0;
	}
	if (half && is_originated(half)) {
		return begin_callback(configuration, scene, chan, half, number, party, facts);
	}
	return -1;
}

/*! \brief The call is made by the phone, or comes from the trunk, that this channel is */
static void find_own_facts(
	const struct scene *scene, struct ast_channel *chan, uint8_t src, uint8_t party, struct facts *facts)
{
	int transferred = scene->by == BLIND_TRANSFER;
	int known = facts_get(chan, facts);
	uint8_t dst = dialled(facts, party, 0);

	if (!known || !facts->id || facts->inherited || transferred) {
		/* What was before a transfer does not count, nor what rang this phone when it now makes a call. */
		begin_facts(facts, scene, src, scene->own, party);
		facts->call.callback = !transferred && is_originated(chan);
		return;
	}
	/* Who had to do with the call before has nothing to do with this one, and another may be at this channel since an attended transfer. */
	if (facts->forwarded) {
		facts->id = facts_new_id();
	} else {
		begin_facts(facts, scene, src, scene->own, party);
	}
	facts->outside = 0;
	facts->call = (cp_call){ .src = src, .dst = dst, .leg = CP_LEG_DST, .callback = is_originated(chan) };
}

int find_facts(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan,
	struct ast_channel *half, const char *number, uint8_t party, struct facts *facts)
{
	switch (scene->end) {
	case END_LOCAL:
		return find_local_facts(configuration, scene, chan, half, number, party, facts);
	case END_EXTENSION:
		find_own_facts(scene, chan, CP_EXTENSION, party, facts);
		return 0;
	case END_TRUNK:
		find_own_facts(scene, chan, CP_EXTERNAL, party, facts);
		return 0;
	default:
		return -1;
	}
}

/*! \brief Who makes the call in the dialplan of a Local channel, which nobody sent there */
static int find_local_maker(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan,
	uint8_t party, const struct facts *facts, struct maker *maker)
{
	int second_leg = facts->call.leg == CP_LEG_DST && facts->call.callback && is_originated(chan);

	maker->callback = facts->call.callback;
	if (facts->call.leg == CP_LEG_SRC || (!facts->went_on && !second_leg)) {
		/* A branch of the call of somebody who was asked already, or the phone that is rung first and is asked then. */
		maker->extension = table_find(&configuration->extensions, facts->maker);
		maker->was_asked = party != CP_EXTERNAL && (facts->call.leg == CP_LEG_SRC || facts->asked_inside);
	} else if (!facts->went_on) {
		/* The second leg. Who answered the first is asked again, now that it is certain what he is connected with. */
		if (facts->call.src == CP_EXTENSION
			&& !(maker->extension = table_find(&configuration->extensions, facts->maker))) {
			return -1;
		}
	} else if (facts->call.src != CP_QUEUE || party == CP_EXTERNAL) {
		/* Whoever is on the line dials on, such as through a menu. */
		maker->extension =
			scene->far == END_UNKNOWN ? table_find(&configuration->extensions, facts->caller) : scene->far_extension;
	}
	return 0;
}

int find_maker(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan, uint8_t party,
	const struct facts *facts, struct maker *maker)
{
	memset(maker, 0, sizeof(*maker));
	if (scene->by != DIVERSIONS && scene->diverter_end == END_UNKNOWN) {
		return -1;
	}
	if (scene->by != DIVERSIONS && scene->diverter_extension) {
		maker->extension = scene->diverter_extension;
		return 0;
	}
	/* Somebody outside who transfers an extension has it make the call. */
	if (facts->forwarded) {
		maker->extension = table_find(&configuration->extensions, facts->maker);
		return maker->extension ? 0 : -1;
	}
	if (scene->end == END_LOCAL) {
		if (is_call_of_far_end(scene)) {
			maker->extension = scene->far_extension;
			return 0;
		}
		return find_local_maker(configuration, scene, chan, party, facts, maker);
	}
	maker->extension = scene->own;
	maker->callback = facts->call.callback;
	return 0;
}

void note_maker(const struct scene *scene, const struct maker *maker, struct facts *facts)
{
	if (maker->extension) {
		ast_copy_string(facts->maker, maker->extension->named.name, sizeof(facts->maker));
	} else if (facts->call.leg == CP_LEG_DST) {
		facts->maker[0] = '\0';
	}
	facts->makes_callback = maker->callback;
	facts->forwarded = 0;
	facts->went_on = 1;
	note_diversion(scene, facts);
}

void note_diversion(const struct scene *scene, struct facts *facts)
{
	if (scene->by != DIVERSIONS) {
		ast_copy_string(facts->diverted[scene->by], scene->diverter, sizeof(facts->diverted[scene->by]));
	}
}
