/*
 * SPDX-License-Identifier: MIT
 */

/*! \file
 *
 * \brief Decides each leg of a call: who makes it, and who is rung
 */

#include "asterisk.h"

#include "private.h"

#include "asterisk/channel.h"
#include "asterisk/strings.h"
#include "asterisk/utils.h"

#include "unsaid.h"

#define OTHER_CLIENT_RINGS \
	"it is a phone of another client, and the call has not gone there: Gosub(callprop,client,1(…)) in its dialplan"

/*!
 * \brief Whether a call may lead outside that no extension makes
 *
 * Nobody's status decides that: a callback whose agent was asked, or what the administrator allows by name.
 */
static int may_lead_outside(struct configuration *configuration, const struct scene *scene, struct ast_channel *chan,
	const char *number, const struct facts *facts)
{
	return facts->outside
		|| (scene->end == END_LOCAL && !facts->went_on && is_originated(chan) && facts->call.src == CP_QUEUE)
		|| table_match(&scene->client->transit, number);
}

/*!
 * \brief What is denied is no call: the facts of the one that was there before stay. Only who was sent here has none any more: that call is over,
 * and so is the right of who sent him
 */
static void note_denied(struct ast_channel *chan, const struct scene *scene)
{
	struct facts *facts = facts_made(chan);

	if (facts && scene->by != DIVERSIONS) {
		facts_forget(facts, scene->client->named.name, scene->visitor ? scene->visitor->named.name : "");
		note_diversion(scene, facts);
	}
}

int decide_made_call(struct configuration *configuration, struct ast_channel *chan, const struct scene *scene,
	const char *number, uint8_t party)
{
	struct facts facts;
	/* Looked for before anything is locked: Asterisk locks one channel after the other to find it. */
	RAII_VAR(struct ast_channel *, half, facts_get(chan, &facts) ? NULL : other_half(chan), ao2_cleanup);
	struct maker maker;
	const struct status *status = NULL;
	cp_call call = { .src = CP_EXTENSION, .dst = party, .leg = CP_LEG_SRC };
	const char *unknown = NULL;
	int permitted = 1;

	if (!scene->client) {
		return deny_unknown(chan, "the client of this call is not in " CONFIG_FILE " any more");
	}
	if (is_forward_over(chan)) {
		return deny_number(chan, number, FORWARD_IS_OVER);
	}
	if (scene->end == END_UNKNOWN) {
		return deny_stranger(configuration, chan, number, "where the call began is not known: this");
	}
	if (half) {
		ast_channel_lock_both(chan, half);
	} else {
		ast_channel_lock(chan);
	}
	if (find_facts(configuration, scene, chan, half, number, party, &facts)) {
		unknown = "where the call began is not known: the creator of this Local channel " NO_CALL;
	} else if (find_maker(configuration, scene, chan, party, &facts, &maker)) {
		unknown = scene->by == DIVERSIONS
			? "no extension is known to make this call: set CALLBACK_TO for a callback of several"
			: "who has sent it here is not known: it is no phone where somebody is and no trunk of " CONFIG_FILE
			  ", or Asterisk has noted a transfer of which it does not tell";
	} else if (party == CP_EXTERNAL && !maker.extension
		&& !(facts.outside = may_lead_outside(configuration, scene, chan, number, &facts))) {
		unknown = "no extension makes this call from outside to outside: " CONFIG_FILE
				  " names the number neither in [extensions] or [numbers] nor in [transit]";
	} else {
		call.callback = maker.callback;
		if (maker.extension && !maker.was_asked) {
			/* Read once: what is reported is what was decided. */
			status = status_of(maker.extension);
			permitted = cp_permits(status->granted, &call);
		}
		note_maker(scene, &maker, &facts);
		if (!maker.was_asked) {
			facts.asked_inside = party != CP_EXTERNAL;
		}
		if (facts.emergency) {
			/* The first leg of a callback that leads to an emergency number */
			note_emergency_place(chan, &facts);
		}
		facts.unsaid = 0;
		facts.whereto_unknown = 0;
		facts.brought_by[0] = '\0';
		if (!permitted) {
			note_denied(chan, scene);
		} else if (facts_set(chan, &facts)) {
			unknown = "there is no memory for the facts of the call";
		}
	}
	ast_channel_unlock(chan);
	if (half) {
		ast_channel_unlock(half);
	}
	if (unknown) {
		return deny_number(chan, number, unknown);
	}
	if (!permitted) {
		report_denial(chan, maker.extension, status, &call);
	} else {
		note_far_end(scene, chan);
	}
	return permitted;
}

int decide_call(struct configuration *configuration, struct ast_channel *chan, const char *number, int party)
{
	struct scene scene;
	int permitted;

	/* Before it is looked at who sends the call here. */
	end_forward(chan);
	read_scene(configuration, chan, &scene);
	if (decide_unasked(configuration, chan, &scene, number, &permitted)) {
		return permitted;
	}
	return decide_made_call(
		configuration, chan, &scene, number, party < 0 ? party_of_number(configuration, scene.client, number) : party);
}

uint8_t any_destination(const struct status *status)
{
	return status->granted & CP_RO ? CP_EXTERNAL : CP_EXTENSION;
}

/*! \brief Decides for a leg that leads outside: whoever makes the call is asked, also when he dialled a number inside */
static int decide_outside(struct configuration *configuration, struct ast_channel *chan)
{
	struct facts facts, *own;
	struct extension *maker;
	struct client *client;
	cp_call call = { .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_SRC };
	char name[CHANNEL_NAME_SIZE];

	if (!facts_get(chan, &facts) || !facts.id) {
		return deny_unknown(chan, NO_FACTS);
	}
	name_of(chan, name);
	if ((client = client_of_device(configuration, name)) && strcmp(client->named.name, facts.client)) {
		return deny_unknown(chan, "it is a trunk of another client");
	}
	if (is_forward_over(chan)) {
		return deny_unknown(chan, FORWARD_IS_OVER);
	}
	maker = table_find(&configuration->extensions, facts.maker);
	call.callback = facts.makes_callback;
	if (!maker && !facts.outside) {
		return deny_unknown(chan, "it leads outside, and no extension makes this call");
	}
	if (maker && !permits(chan, maker, &call)) {
		return 0;
	}
	ast_channel_lock(chan);
	if ((own = facts_of(chan))) {
		own->ringing = 1;
	}
	ast_channel_unlock(chan);
	return own != NULL;
}

/*!
 * \brief The dialplan forwards on behalf of an extension, or connects a callback, and rings a phone without saying which number that is: whose
 * call it is calls a number inside
 */
static int may_ring_unsaid(struct configuration *configuration, struct ast_channel *chan)
{
	cp_call call = { .src = CP_EXTENSION, .dst = CP_EXTENSION, .leg = CP_LEG_SRC };
	struct extension *maker;
	struct facts facts;

	if (!facts_get(chan, &facts) || (!facts.forwarded && !(facts.whereto_unknown && *facts.maker))) {
		return 1;
	}
	call.callback = !facts.forwarded;
	if (is_forward_over(chan)) {
		return deny_unknown(chan, FORWARD_IS_OVER);
	}
	maker = table_find(&configuration->extensions, facts.maker);
	return maker ? permits(chan, maker, &call) : deny_unknown(chan, "whose call it is is not known");
}

/*! \brief A phone whose Contact leads outside sends the call there, as though it forwarded it */
static int may_ring_contact(struct configuration *configuration, struct ast_channel *chan, struct extension *extension,
	const struct status *status)
{
	cp_call call = { .src = CP_EXTENSION, .dst = CP_EXTERNAL, .leg = CP_LEG_SRC };
	struct facts *facts;

	if (cp_permits(status->granted, &call) || !contact_is_outside(configuration, chan)) {
		return 1;
	}
	ast_channel_lock(chan);
	if ((facts = facts_of(chan))) {
		facts->ringing = 0;
		facts->rung[0] = '\0';
	}
	ast_channel_unlock(chan);
	report_denial_because(chan, extension, status, &call,
		"The Contact of this phone leads outside: to the host of a trunk, or elsewhere than it says");
	return 0;
}

int decide_ring(struct configuration *configuration, struct ast_channel *chan)
{
	struct extension *extension;
	enum end end = end_of(configuration, chan, &extension);
	const struct status *status;
	struct facts *facts;
	cp_call call = { 0 };
	int permitted = 0, is_other = 0;

	switch (rings_for_emergency(configuration, chan)) {
	case FOR_EMERGENCY:
		return 1;
	case WAS_EMERGENCY:
		return deny_unknown(
			chan, "an emergency number was dialled, and the call went elsewhere, where the dialplan " NO_CALL);
	default:
		break;
	}
	if (end == END_UNKNOWN) {
		return deny_stranger(configuration, chan, "", "this");
	}
	if (will_ring_unsaid(configuration, chan)) {
		return deny_unknown(chan, RUNG_UNSAID);
	}
	if (end == END_LOCAL) {
		/* The dialplan of a Local channel decides for what it rings. */
		return 1;
	}
	if (end == END_TRUNK) {
		return decide_outside(configuration, chan);
	}
	if (!may_ring_unsaid(configuration, chan)) {
		return 0;
	}
	/* Read once: what is reported is what was decided. */
	status = status_of(extension);
	ast_channel_lock(chan);
	if ((facts = facts_of(chan)) && !facts->id) {
		facts = NULL;
	}
	if (facts && !(is_other = strcmp(facts->client, extension->client->named.name) != 0)) {
		call = facts->call;
		if (facts->dst_unknown && call.src == CP_EXTENSION) {
			call.dst = any_destination(status);
		}
		if ((permitted = cp_permits(status->granted, &call))) {
			facts->call = call;
			facts->ringing = 1;
			ast_copy_string(facts->rung, extension->named.name, sizeof(facts->rung));
		}
	}
	ast_channel_unlock(chan);
	if (!facts) {
		return deny_unknown(chan, NO_FACTS);
	}
	if (is_other) {
		return deny_unknown(chan, OTHER_CLIENT_RINGS);
	}
	if (!permitted) {
		report_denial(chan, extension, status, &call);
		return 0;
	}
	return may_ring_contact(configuration, chan, extension, status);
}
